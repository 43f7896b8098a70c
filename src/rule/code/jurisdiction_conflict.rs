//! `jurisdiction-conflict`: a default outside the supported list, a region outside the one stated place of
//! the data, or two environments of one service in different places.

use super::disallowed_jurisdiction::{lies_outside, names, shared_folders};
use super::{Context, Hit};
use crate::data::jurisdictions::{Declared, Set};
use crate::facts::{Declaration, Declares, Stating, Use};

pub(super) fn find<'s>(context: &Context<'_, 's>, emit: &mut dyn FnMut(Hit<'s>)) {
    let declarations = &context.project.facts.declarations;
    let of = |wanted: Declares| declarations.iter().filter(move |one| one.declares.value() == Some(&wanted));
    for default in of(Declares::Default) {
        for supported in of(Declares::Supported).filter(|one| together(context, one, default)) {
            default_outside(default, supported, emit);
        }
    }
    // A policy's list decides over what the project says of itself.
    if context.limits.jurisdictions.is_some() {
        return;
    }
    for residency in of(Declares::Residency) {
        regions_outside(context, residency, emit);
    }
}

/// Whether two declarations speak of the same deployment: the same file, or the same folder.
fn together(context: &Context<'_, '_>, a: &Declaration<'_>, b: &Declaration<'_>) -> bool {
    let (a, b) = (a.head.anchor.file, b.head.anchor.file);
    let path = |file| context.sources.file(file).path();
    let folder = |file| path(file).rsplit_once('/').map_or("", |(folder, _)| folder);
    a == b || folder(a) == folder(b)
}

fn default_outside<'s>(
    default: &Declaration<'s>,
    supported: &Declaration<'s>,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    let set: Set = supported.named.iter().map(|(declared, _)| declared.territory()).collect();
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

fn regions_outside<'s>(
    context: &Context<'_, 's>,
    residency: &Declaration<'s>,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    let places = residency.named.iter().filter_map(|(declared, _)| match declared {
        Declared::Place(place) => Some(*place),
        // A regulator's territory is no hosting place.
        Declared::Regulator(_) => None,
    });
    let set: Set = places.collect();
    if set.is_empty() {
        return;
    }
    let home = context.sources.file(residency.head.anchor.file).path();
    for region in &context.project.facts.regions {
        let path = context.sources.file(region.head.anchor.file).path();
        let near = region.head.anchor.file == residency.head.anchor.file
            || shared_folders(home, path) == home.matches('/').count();
        let stated = region.stating.value() == Some(&Stating::Explicit);
        if near && stated && !region.within.is_empty() && lies_outside(&region.within, &set) {
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
}
