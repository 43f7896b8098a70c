//! `disallowed-jurisdiction`: a place outside the policy's jurisdictions, or, where no policy names any,
//! outside those that the project declares.

mod declarations;

pub(super) use declarations::Declarations;
use declarations::place;

use super::jurisdiction_conflict::conflicting;
use super::{Context, Hit};
use crate::data::jurisdictions::{Declared, Jurisdiction, Set};
use crate::facts::{Declares, Region, Stating};
use crate::source::SourceId;

pub(super) fn find<'s>(context: &Context<'_, 's>, emit: &mut dyn FnMut(Hit<'s>)) {
    let declarations = Declarations::new(context);
    for region in &context.project.facts.regions {
        let allowed = match &context.limits.jurisdictions {
            Some(set) => Some(set),
            None => declared(&declarations, region.head.anchor.file),
        };
        let Some(allowed) = allowed.filter(|set| !set.is_empty()) else { continue };
        if region.within.is_empty() || !lies_outside(&region.within, allowed) {
            continue;
        }
        let case = match region.stating.value() {
            Some(Stating::Explicit) => 0,
            Some(Stating::Default) => 1,
            _ => continue,
        };
        emit(hit(region, case, allowed));
    }
    if let Some(allowed) = context.limits.jurisdictions.as_ref().filter(|set| !set.is_empty()) {
        declared_outside(context, &declarations, allowed, emit);
    }
}

/// What the project declares outside the policy. A default outside the project's own list contradicts it,
/// which is for `jurisdiction-conflict` to say.
fn declared_outside<'s>(
    context: &Context<'_, 's>,
    declarations: &Declarations<'_, 's>,
    allowed: &Set,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    for declaration in &context.project.facts.declarations {
        for (declared, at) in &declaration.named {
            let territory = place(*declared);
            let outside = allowed.contains(declared.territory()) == Some(false);
            if !outside || conflicting(declarations, declaration, *declared) {
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
fn declared<'d>(declarations: &'d Declarations<'_, '_>, file: SourceId) -> Option<&'d Set> {
    let supported = declarations.nearest(file, Declares::Supported);
    if supported.is_some_and(|list| list.hosting) {
        return supported.map(|list| &list.places);
    }
    if declarations.nearest(file, Declares::Residency).is_some_and(|stated| stated.hosting) {
        return None;
    }
    supported.or_else(|| declarations.nearest(file, Declares::Default)).map(|list| &list.places)
}

/// Whether a region lies outside the places that the project lists.
pub(super) fn outside_list(declarations: &Declarations<'_, '_>, region: &Region<'_>) -> bool {
    declarations
        .nearest(region.head.anchor.file, Declares::Supported)
        .is_some_and(|list| list.hosting && lies_outside(&region.within, &list.places))
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
