//! `disallowed-jurisdiction`: a place outside the policy's jurisdictions, or, where no policy names any,
//! outside those that the project declares.

use super::jurisdiction_conflict::conflicting;
use super::{Context, Hit};
use crate::data::jurisdictions::{Declared, Jurisdiction, Set};
use crate::facts::{Declares, Region, Stating};
use crate::source::SourceId;
use crate::value::key::Key;

pub(super) fn find<'s>(context: &Context<'_, 's>, emit: &mut dyn FnMut(Hit<'s>)) {
    for region in &context.project.facts.regions {
        let allowed = match &context.limits.jurisdictions {
            Some(set) => Some(set.clone()),
            None => declared(context, region.head.anchor.file),
        };
        let Some(allowed) = allowed.filter(|set| !set.is_empty()) else { continue };
        if region.within.is_empty() || !lies_outside(&region.within, &allowed) {
            continue;
        }
        let case = match region.stating.value() {
            Some(Stating::Explicit) => 0,
            Some(Stating::Default) => 1,
            _ => continue,
        };
        emit(hit(region, case, &allowed));
    }
    if let Some(allowed) = context.limits.jurisdictions.as_ref().filter(|set| !set.is_empty()) {
        declared_outside(context, allowed, emit);
    }
}

/// What the project declares outside the policy. A default outside the project's own list contradicts it,
/// which is for `jurisdiction-conflict` to say.
fn declared_outside<'s>(context: &Context<'_, 's>, allowed: &Set, emit: &mut dyn FnMut(Hit<'s>)) {
    for declaration in &context.project.facts.declarations {
        for (declared, at) in &declaration.named {
            let territory = place(*declared);
            let outside = allowed.contains(declared.territory()) == Some(false);
            if !outside || conflicting(context, declaration, *declared) {
                continue;
            }
            let text = match declared {
                Declared::Place(place) => place.code(),
                Declared::Regulator(regulator) => regulator.code,
            };
            emit(Hit {
                case: 0,
                at: *at,
                subject: declaration.head.subject,
                related: declaration.head.uses.clone(),
                named: vec![
                    ("text", text.to_owned()),
                    ("place", territory.name().to_owned()),
                    ("allowed", names(allowed)),
                ],
            });
        }
    }
}

/// Whether any of the places that hold the data is known to lie outside.
pub(super) fn lies_outside(within: &[Jurisdiction], allowed: &Set) -> bool {
    within.iter().any(|place| allowed.contains(*place) == Some(false))
}

/// The places that the project declares to support: those of the declarations nearest to a file, else its
/// default. A regulator's territory counts here, as the places that the project says it works in, unless the
/// project says where its data lie.
fn declared(context: &Context<'_, '_>, file: SourceId) -> Option<Set> {
    let supported = nearest(context, file, Declares::Supported);
    if supported.as_ref().is_some_and(|list| list.hosting) {
        return supported.map(|list| list.places);
    }
    if nearest(context, file, Declares::Residency).is_some_and(|stated| stated.hosting) {
        return None;
    }
    supported.or_else(|| nearest(context, file, Declares::Default)).map(|list| list.places)
}

/// What declarations name.
struct Declaration {
    places: Set,
    /// Whether one of them is a place in which data may lie, and not only a regulator's territory.
    hosting: bool,
}

/// The places of the declarations of a kind that are nearest to a file. Who regulates a service says nothing
/// of where it works.
fn nearest(context: &Context<'_, '_>, file: SourceId, declares: Declares) -> Option<Declaration> {
    let path = context.sources.file(file).path();
    let of_regulator = |key: &&str| Key::new(key).has_any(&["regulator", "regulators"]);
    let declarations = context.project.facts.declarations.iter().filter(|declaration| {
        declaration.declares.value() == Some(&declares)
            && !declaration.named.is_empty()
            && !declaration.key.value().is_some_and(of_regulator)
    });
    let near = |at: SourceId| shared_folders(path, context.sources.file(at).path());
    let by_distance: Vec<_> =
        declarations.map(|declaration| (near(declaration.head.anchor.file), declaration)).collect();
    let nearest = by_distance.iter().map(|(shared, _)| *shared).max()?;
    let named: Vec<Declared> = by_distance
        .iter()
        .filter(|(shared, _)| *shared == nearest)
        .flat_map(|(_, declaration)| declaration.named.iter().map(|(declared, _)| *declared))
        .collect();
    Some(Declaration {
        hosting: named.iter().any(|declared| matches!(declared, Declared::Place(_))),
        places: named.into_iter().map(place).collect(),
    })
}

/// Whether a region lies outside the places that the project lists.
pub(super) fn outside_list(context: &Context<'_, '_>, region: &Region<'_>) -> bool {
    nearest(context, region.head.anchor.file, Declares::Supported)
        .is_some_and(|list| list.hosting && lies_outside(&region.within, &list.places))
}

/// The country of a regulator's territory: hosting can't be asked to stay in a part of a country in which
/// no cloud has a region.
fn place(declared: Declared) -> Jurisdiction {
    match declared {
        Declared::Place(place) => place,
        Declared::Regulator(regulator) => regulator.territory.country().unwrap_or(regulator.territory),
    }
}

/// How many leading folders two paths share.
pub(super) fn shared_folders(a: &str, b: &str) -> usize {
    let folder = |path| str::rsplit_once(path, '/').map_or("", |(folder, _)| folder);
    folder(a).split('/').zip(folder(b).split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}

fn hit<'s>(region: &Region<'s>, case: usize, allowed: &Set) -> Hit<'s> {
    let text = region.text.value().copied().unwrap_or_default();
    let place = region.place.value().copied().unwrap_or_default();
    Hit {
        case,
        at: region.head.anchor,
        subject: region.head.subject,
        related: region.head.uses.clone(),
        named: vec![("text", text.to_owned()), ("place", place.to_owned()), ("allowed", names(allowed))],
    }
}

/// "GB, GG, IM, JE"
pub(super) fn names(set: &Set) -> String {
    let mut codes: Vec<&str> = set.places().iter().map(|place| place.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}
