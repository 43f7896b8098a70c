//! `jurisdiction-conflict`: a default outside the supported list, a region or a default outside the one stated
//! place of the data, or two environments of one service in different places.

mod environments;

use rustc_hash::FxHashSet;

use super::disallowed_jurisdiction::{Declarations, lies_outside, names, outside_list};
use super::{Context, Hit};
use crate::data::jurisdictions::{Declared, Set};
use crate::facts::{Declaration, Declares, Region, Stating, Use};
use crate::source::Span;

pub(super) fn find<'s>(context: &Context<'_, 's>, emit: &mut dyn FnMut(Hit<'s>)) {
    let mut places: FxHashSet<Span> = FxHashSet::default();
    let mut once = |hit: Hit<'s>| {
        if places.insert(hit.at) {
            emit(hit);
        }
    };
    let declarations = Declarations::new(context);
    for default in of(context, Declares::Default) {
        for supported in declarations.beside(Declares::Supported, default.head.anchor.file) {
            default_outside(default, supported, &mut once);
        }
    }
    for residency in of(context, Declares::Residency) {
        let file = residency.head.anchor.file;
        let defaults = declarations.beside(Declares::Default, file);
        for other in defaults.chain(declarations.beside(Declares::Supported, file)) {
            contradicting(residency, other, &mut once);
        }
    }
    // A policy's list decides over what the project says of itself.
    if context.limits.jurisdictions.is_none() {
        for region in &context.project.facts.regions {
            region_outside(&declarations, region, &mut once);
        }
    }
    environments::find(context, &declarations, &mut once);
}

/// The declarations of a kind.
fn of<'p, 's>(
    context: &Context<'p, 's>,
    wanted: Declares,
) -> impl Iterator<Item = &'p Declaration<'s>> + use<'p, 's> {
    context.project.facts.declarations.iter().filter(move |one| one.declares.value() == Some(&wanted))
}

/// Whether a default lies outside what the same deployment supports.
pub(super) fn conflicting<'s>(
    declarations: &Declarations<'_, 's>,
    default: &Declaration<'s>,
    declared: Declared,
) -> bool {
    default.declares.value() == Some(&Declares::Default)
        && declarations.beside(Declares::Supported, default.head.anchor.file).any(|supported| {
            let set = territories(supported);
            !set.is_empty() && set.contains(declared.territory()) == Some(false)
        })
}

fn territories(declaration: &Declaration<'_>) -> Set {
    declaration.named.iter().map(|(declared, _)| declared.territory()).collect()
}

/// The places that a declaration names; a regulator's territory is none.
fn places_of(declaration: &Declaration<'_>) -> Set {
    let places = declaration.named.iter().filter_map(|(declared, _)| match declared {
        Declared::Place(place) => Some(*place),
        Declared::Regulator(_) => None,
    });
    places.collect()
}

/// A place of the data that no supported place holds, or a default in another place than the data.
fn contradicting<'s>(residency: &Declaration<'s>, other: &Declaration<'s>, emit: &mut dyn FnMut(Hit<'s>)) {
    let (data, stated) = (places_of(residency), places_of(other));
    let default = other.declares.value() == Some(&Declares::Default);
    if data.is_empty()
        || stated.is_empty()
        || other.named.iter().any(|(one, _)| matches!(one, Declared::Regulator(_)))
    {
        return;
    }
    // One inside the other is no contradiction: England and the United Kingdom.
    let apart = |set: &Set, one: &Set| one.places().iter().all(|place| set.contains(*place) == Some(false));
    if !apart(&data, &stated) || !apart(&stated, &data) {
        return;
    }
    let (at, against, note) = if default {
        (other, residency, "where the data is declared to lie")
    } else {
        (residency, other, "the supported jurisdictions")
    };
    let Some((declared, span)) = at.named.first() else { return };
    emit(Hit {
        case: 1,
        at: *span,
        subject: at.head.subject,
        related: vec![Use { span: against.head.anchor, note }],
        named: vec![
            ("text", at.text.value().copied().unwrap_or_default().to_owned()),
            ("place", described(*declared)),
            ("declared", names(&places_of(against))),
        ],
    });
}

fn default_outside<'s>(
    default: &Declaration<'s>,
    supported: &Declaration<'s>,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    let set = territories(supported);
    if set.is_empty() {
        return;
    }
    for (declared, span) in &default.named {
        if set.contains(declared.territory()) == Some(false) {
            emit(Hit {
                case: 0,
                at: *span,
                subject: default.head.subject,
                related: vec![Use { span: supported.head.anchor, note: "the supported jurisdictions" }],
                named: vec![
                    ("default", described(*declared)),
                    ("supported", supported.text.value().copied().unwrap_or_default().to_owned()),
                ],
            });
        }
    }
}

fn described(declared: Declared) -> String {
    match declared {
        Declared::Place(place) => place.name().to_owned(),
        Declared::Regulator(regulator) => regulator.code.to_owned(),
    }
}

/// A region outside the place that a declaration of its folder, or of one above, states for the data.
fn region_outside<'s>(
    declarations: &Declarations<'_, 's>,
    region: &Region<'s>,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    if region.stating.value() != Some(&Stating::Explicit) || region.within.is_empty() {
        return;
    }
    let stated = declarations
        .above(Declares::Residency, region.head.anchor.file)
        .map(|residency| (residency, places_of(residency)))
        .find(|(_, set)| !set.is_empty() && lies_outside(&region.within, set));
    if let Some((residency, set)) = stated.filter(|_| !outside_list(declarations, region)) {
        emit(Hit {
            case: 1,
            at: region.head.anchor,
            subject: region.head.subject,
            related: vec![Use { span: residency.head.anchor, note: "where the data is declared to lie" }],
            named: vec![
                ("text", region.text.value().copied().unwrap_or_default().to_owned()),
                ("place", region.place.value().copied().unwrap_or_default().to_owned()),
                ("declared", names(&set)),
            ],
        });
    }
}
