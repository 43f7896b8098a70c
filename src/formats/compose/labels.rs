//! What labels tell the proxy in front of a service. Other labels are names for people and programs, and
//! state nothing. <https://doc.traefik.io/traefik/routing/providers/docker/>

use rustc_hash::FxHashSet;

use super::pairs::pairs;
use super::service::Service;
use crate::facts::{Cors, Facts, Field, Head, Position, Protects, Server, Switch, Use};
use crate::source::{Span, Text};
use crate::value::boolean;
use crate::value::duration::Duration;
use crate::value::list;

/// A label of the proxy, cut at its last point: `traefik.http.middlewares.own.headers` and `stsseconds`.
struct Label<'s> {
    owner: String,
    option: String,
    name: &'s str,
    text: Text<'s>,
    place: Span,
    uses: Vec<Use<'s>>,
}

pub(super) fn state<'s>(service: &Service<'_, 's>, note: &'s str, facts: &mut Facts<'s>) {
    let labels = labels(service, note);
    let credentials: FxHashSet<&str> = labels
        .iter()
        .filter(|label| label.option == "accesscontrolallowcredentials" && on(label) == Some(true))
        .map(|label| label.owner.as_str())
        .collect();
    for label in &labels {
        let head = |at: Span| Head { uses: label.uses.clone(), ..Head::new(at, service.subject) };
        let of_headers = label.owner.ends_with(".headers");
        match label.option.as_str() {
            "accesscontrolalloworiginlist" | "accesscontrolalloworiginlistregex" if of_headers => {
                let Some(at) = any_origin(label) else { continue };
                facts.cors.push(Cors {
                    head: head(at),
                    any_origin: Field::set(true, at, ""),
                    reflected: Field::set(false, at, ""),
                    credentials: Field::set(credentials.contains(label.owner.as_str()), at, ""),
                });
            }
            "stsseconds" if of_headers => {
                let Ok(seconds) = label.text.as_str().trim().parse::<u64>() else { continue };
                let hsts = Field::set(Duration::Finite(seconds.saturating_mul(1000)), label.place, "");
                facts.servers.push(Server { hsts, ..Server::silent(head(label.place)) });
            }
            "tls" if label.owner.contains(".routers.") && on(label) == Some(false) => {
                facts.switches.push(Switch {
                    head: head(label.place),
                    protects: Field::set(Protects::Tls, label.place, ""),
                    position: Field::set(Position::Off, label.place, ""),
                    key: Field::set(label.name, label.place, ""),
                });
            }
            _ => {}
        }
    }
}

fn labels<'s>(service: &Service<'_, 's>, note: &'s str) -> Vec<Label<'s>> {
    let mut labels = Vec::new();
    let mut seen = FxHashSet::default();
    // A stronger layer's label takes the place of a weaker one's.
    let all = [service.each(&["deploy", "labels"]), service.each(&["labels"])].concat();
    for found in all.into_iter().rev() {
        for pair in pairs(found.node) {
            if !pair.key.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("traefik.")) {
                continue;
            }
            let (Some(text), true) = (pair.value, seen.insert(pair.key)) else { continue };
            let value = service.environment.value(&text);
            let Some((owner, option)) = pair.key.rsplit_once('.').filter(|_| value.known) else { continue };
            labels.push(Label {
                owner: owner.to_ascii_lowercase(),
                option: option.to_ascii_lowercase(),
                name: pair.key,
                uses: value.uses(note),
                place: value.place,
                text: value.text,
            });
        }
    }
    labels
}

fn on(label: &Label<'_>) -> Option<bool> {
    boolean::parse(label.text.as_str().trim())
}

/// Where a list of origins, or of patterns of them, lets in every one.
fn any_origin(label: &Label<'_>) -> Option<Span> {
    let mut items = list::split(label.text.as_str());
    let every = |item: &str| matches!(item, "*" | ".*" | "^.*$" | "(.*)");
    let item = items.find(|item| every(item.text))?;
    Some(if item.text.len() == label.text.as_str().len() { label.place } else { label.text.span(item.range) })
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::formats::compose::tests::one;
    use crate::source::Sources;

    fn state<T>(labels: &str, look: impl Fn(&Facts<'_>) -> T) -> T {
        let sources = Sources::default();
        let text = format!("services:\n  a:\n    image: x\n    labels:\n{labels}");
        look(&one(&sources, &text).facts)
    }

    #[test]
    fn origins_belong_to_the_credentials_of_their_own_middleware() {
        let labels = "      - traefik.http.middlewares.a.headers.accesscontrolalloworiginlist=https://x.example.org, *\n      - traefik.http.middlewares.a.headers.accesscontrolallowcredentials=true\n      - traefik.http.middlewares.b.headers.accessControlAllowOriginListRegex=.*\n";
        let credentials = state(labels, |facts| {
            facts.cors.iter().map(|cors| cors.credentials.value().copied().unwrap()).collect::<Vec<_>>()
        });
        let mut sorted = credentials;
        sorted.sort_unstable();
        assert_eq!(sorted, [false, true]);
    }

    #[test]
    fn other_labels_state_nothing() {
        let labels = "      com.example.headers.accesscontrolalloworiginlist: '*'\n      traefik.http.routers.a.tls: 'true'\n      traefik.http.routers.a.tls.certresolver: le\n      traefik.http.middlewares.a.headers.stsSeconds: ${AGE}\n      db.password: hunter2\n";
        state(labels, |facts| {
            assert!(facts.cors.is_empty() && facts.switches.is_empty() && facts.servers.is_empty());
            assert!(facts.settings.is_empty());
        });
    }

    #[test]
    fn a_router_without_tls_says_so() {
        let key = state("      - traefik.http.routers.a.tls=false\n", |facts| {
            facts.switches.first().and_then(|switch| switch.key.value().map(|key| (*key).to_owned()))
        });
        assert_eq!(key.as_deref(), Some("traefik.http.routers.a.tls"));
    }
}
