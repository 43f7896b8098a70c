//! `disallowed-jurisdiction`: a place outside the policy's jurisdictions, or, where no policy names any,
//! outside those that the project declares.

use super::{Context, Hit};
use crate::data::jurisdictions::{Declared, Jurisdiction, Set};
use crate::facts::{Declares, Region, Stating};
use crate::source::SourceId;

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
}

/// Whether any of the places that hold the data is known to lie outside.
pub(super) fn lies_outside(within: &[Jurisdiction], allowed: &Set) -> bool {
    within.iter().any(|place| allowed.contains(*place) == Some(false))
}

/// The places that the project declares to support: those of the declarations nearest to a file. A
/// regulator's territory counts here, as the places that the project says it works in.
pub(super) fn declared(context: &Context<'_, '_>, file: SourceId) -> Option<Set> {
    let path = context.sources.file(file).path();
    let declarations = context.project.facts.declarations.iter().filter(|declaration| {
        matches!(declaration.declares.value(), Some(Declares::Supported)) && !declaration.named.is_empty()
    });
    let near = |at: SourceId| shared_folders(path, context.sources.file(at).path());
    let nearest = declarations.clone().map(|declaration| near(declaration.head.anchor.file)).max()?;
    let places = declarations
        .filter(|declaration| near(declaration.head.anchor.file) == nearest)
        .flat_map(|declaration| declaration.named.iter().map(|(declared, _)| place(*declared)));
    Some(places.collect())
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
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
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
