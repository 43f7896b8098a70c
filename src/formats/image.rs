//! Image references as every format states them.

use crate::data::images::{self, Datastore};
use crate::facts::{Field, Head, Image, Pin};
use crate::source::Text;

/// Tags that are moved to another image by intention.
const MOVING: [&str; 16] = [
    "latest", "stable", "edge", "nightly", "dev", "develop", "devel", "main", "master", "trunk", "canary",
    "test", "testing", "beta", "snapshot", "unstable",
];

/// The image that a reference names; nothing where the reference isn't known wholly or names no image.
pub(crate) fn image<'s>(reference: &Text<'s>, subject: &'s str) -> Option<Image<'s>> {
    let text = reference.as_str();
    let place = reference.span(0..text.len());
    let parsed = images::parse_reference(text)?;
    let pin = match (parsed.digest, parsed.tag) {
        (Some(_), _) => Pin::Digest,
        (None, Some(tag)) if !MOVING.iter().any(|moving| tag.eq_ignore_ascii_case(moving)) => Pin::Tag,
        (None, _) => Pin::Latest,
    };
    Some(Image {
        head: Head::new(place, subject),
        reference: Field::set(text, place, "image"),
        pin: Field::set(pin, place, "image"),
        registry: Field::set(parsed.registry, place, "image"),
        repository: Field::set(parsed.repository, place, "image"),
        tag: parsed.tag.map_or(Field::Unset, |tag| Field::set(tag, place, "image")),
    })
}

/// The data store that an image runs, if it is known to run one.
pub(crate) fn datastore(image: &Image<'_>) -> Option<Datastore> {
    let reference = images::parse_reference(image.reference.value()?)?;
    images::lookup(&reference)?.image.datastore
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn pin(reference: &str) -> Option<Pin> {
        let sources = Sources::default();
        let text = sources.text(sources.add("x".into(), reference.into()));
        image(&text, "x").and_then(|image| image.pin.value().copied())
    }

    #[test]
    fn a_digest_pins_a_tag_names_and_a_moving_tag_does_neither() {
        assert_eq!(pin(&format!("nginx@sha256:{}", "0".repeat(64))), Some(Pin::Digest));
        assert_eq!(pin("nginx:1.27.3"), Some(Pin::Tag));
        for reference in ["nginx", "nginx:latest", "ghcr.io/a/b:main", "nginx@sha256:abc"] {
            assert_ne!(pin(reference), Some(Pin::Tag), "{reference}");
            assert_ne!(pin(reference), Some(Pin::Digest), "{reference}");
        }
        assert_eq!(pin("${IMAGE}"), None);
    }
}
