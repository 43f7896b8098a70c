//! Image references as every format states them.

use crate::data::images;
use crate::facts::{Field, Head, Image, Pin};
use crate::source::{Sources, Text};

/// Tags that move by intention, so that the same name is another image tomorrow.
const MOVING: &[&str] = &[
    "latest", "stable", "edge", "nightly", "dev", "devel", "develop", "main", "master", "canary", "test",
    "beta", "next",
];

/// An image that something pulls; nothing where a variable hides which.
pub(super) fn image<'s>(text: &Text<'s>, subject: &'s str, _: &'s Sources) -> Option<Image<'s>> {
    let trimmed = text.as_str().trim();
    let start = text.as_str().find(trimmed)?;
    let place = text.span(start..start + trimmed.len());
    let reference = images::parse_reference(trimmed)?;
    let pin = match (reference.digest, reference.tag) {
        (Some(_), _) => Pin::Digest,
        (None, Some(tag)) if !MOVING.contains(&tag) => Pin::Tag,
        _ => Pin::Latest,
    };
    Some(Image {
        head: Head::new(place, subject),
        reference: Field::set(trimmed, place, ""),
        pin: Field::set(pin, place, ""),
        registry: Field::set(reference.registry, place, ""),
        repository: Field::set(reference.repository, place, ""),
        tag: reference.tag.map_or(Field::Unset, |tag| Field::set(tag, place, "")),
    })
}
