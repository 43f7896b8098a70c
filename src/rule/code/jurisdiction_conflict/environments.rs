//! Two environments of one service in different places, for `jurisdiction-conflict`.

use rustc_hash::FxHashMap;

use super::super::disallowed_jurisdiction::{Declarations, lies_outside, names, outside_list};
use super::super::{Context, Hit};
use super::places_of;
use crate::data::jurisdictions::Set;
use crate::facts::{Declares, Head, Stating, Use};
use crate::link::Environment;
use crate::value::key::Key;

/// Words in the names of files and folders that tell one environment from another.
const WORDS: &[&str] = &[
    "production",
    "prod",
    "live",
    "staging",
    "stage",
    "stg",
    "uat",
    "qa",
    "preprod",
    "preproduction",
    "development",
    "dev",
    "dr",
];

/// A place that an environment of a service states.
struct Stated<'p, 's> {
    environment: &'p str,
    head: &'p Head<'s>,
    text: &'p str,
    place: Set,
    production: bool,
}

pub(super) fn find<'s>(
    context: &Context<'_, 's>,
    declarations: &Declarations<'_, 's>,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    let mut services: Services<'_, 's> = FxHashMap::default();
    let facts = &context.project.facts;
    let residencies = facts
        .declarations
        .iter()
        .filter(|one| matches!(one.declares.value(), Some(Declares::Residency | Declares::Default)));
    for one in residencies {
        push(context, &one.head, one.key.value(), one.text.value(), places_of(one), &mut services);
    }
    // A policy's list decides over what the project says of itself.
    if context.limits.jurisdictions.is_none() {
        let explicit = |stating: Option<&Stating>| stating == Some(&Stating::Explicit);
        for one in facts.regions.iter().filter(|one| explicit(one.stating.value())) {
            if hosts(one.key.value()) && !outside_list(declarations, one) {
                let place = one.within.iter().copied().collect();
                push(context, &one.head, one.key.value(), one.text.value(), place, &mut services);
            }
        }
    }
    let mut groups: Vec<_> = services.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_by_key(|group| group.first().map(|one| one.head.anchor));
    for group in groups {
        // Production says where the service belongs.
        let Some(home) = group.iter().find(|one| one.production).or(group.first()) else { continue };
        for other in group.iter().filter(|other| other.environment != home.environment) {
            if apart(&home.place, &other.place) {
                emit(hit(home, other));
            }
        }
    }
}

/// Whether a name says where the service runs, and not whom it talks to.
fn hosts(key: Option<&&str>) -> bool {
    key.is_some_and(|key| Key::new(key).has_any(&["region", "regions", "location", "zone", "country", "az"]))
}

type Services<'p, 's> = FxHashMap<(String, &'p str, &'p str), Vec<Stated<'p, 's>>>;

fn push<'p, 's>(
    context: &Context<'p, 's>,
    head: &'p Head<'s>,
    key: Option<&'p &'s str>,
    text: Option<&'p &'s str>,
    place: Set,
    services: &mut Services<'p, 's>,
) {
    let file = head.anchor.file;
    let path = context.sources.file(file).path();
    let Some((service, environment)) = split(path) else { return };
    let known = context.project.environment(head.anchor);
    if place.is_empty() || known == Environment::Template {
        return;
    }
    let subject = if head.subject == path { "" } else { head.subject };
    services.entry((service, subject, key.copied().unwrap_or_default())).or_default().push(Stated {
        environment,
        head,
        text: text.copied().unwrap_or_default(),
        place,
        production: known == Environment::Production
            || WORDS.iter().take(3).any(|word| environment.eq_ignore_ascii_case(word)),
    });
}

/// A path without the word for its environment, and that word: `.env` and `staging` of `.env.staging`.
fn split(path: &str) -> Option<(String, &str)> {
    let is_word = |piece: &&str| WORDS.iter().any(|word| piece.eq_ignore_ascii_case(word));
    let pieces = || path.split(['/', '.', '-', '_']);
    let environment = pieces().find(is_word)?;
    let rest = pieces().filter(|piece| !is_word(piece));
    Some((rest.flat_map(|piece| [piece, "/"]).collect(), environment))
}

/// Whether all places of each lie outside the other.
fn apart(one: &Set, other: &Set) -> bool {
    lies_outside(one.places(), other) && lies_outside(other.places(), one)
}

fn hit<'s>(home: &Stated<'_, 's>, other: &Stated<'_, 's>) -> Hit<'s> {
    Hit {
        case: 2,
        at: other.head.anchor,
        subject: other.head.subject,
        related: vec![Use { span: home.head.anchor, note: "another environment of the same service" }],
        named: vec![
            ("text", other.text.to_owned()),
            ("place", names(&other.place)),
            ("environment", home.environment.to_owned()),
            ("other", names(&home.place)),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_of_one_service_share_a_path() {
        let service = |path: &str| split(path).map(|(service, _)| service);
        assert_eq!(service(".env.production"), service(".env.staging"));
        assert_eq!(service("deploy/prod/.env"), service("deploy/staging/.env"));
        assert_eq!(service("docker-compose.prod.yml"), service("docker-compose.dr.yml"));
        assert_ne!(service("a/.env.production"), service("b/.env.production"));
        assert_eq!(service(".env"), None);
        assert_eq!(split("api.uat.env").map(|(_, environment)| environment), Some("uat"));
    }
}
