//! Image references as every format states them.

use crate::data::images::{self, Datastore};
use crate::facts::{Field, Head, Image, Pin};
use crate::source::Text;

/// Tags that move by intention, so that the same name is another image tomorrow.
const MOVING: &[&str] = &[
    "latest", "stable", "edge", "nightly", "dev", "devel", "develop", "main", "master", "canary", "test",
    "beta", "next",
];

/// An image that something pulls; nothing where a variable hides which.
pub(super) fn image<'s>(text: &Text<'s>, subject: &'s str) -> Option<Image<'s>> {
    let trimmed = text.as_str().trim();
    let start = text.as_str().find(trimmed)?;
    let whole = start..start + trimmed.len();
    let reference = images::parse_reference(trimmed)?;
    let mut place = text.span(whole.clone());
    if let Some(tag) =
        reference.tag.filter(|_| place.file != text.file() && text.spans(whole.clone()).len() > 1)
    {
        // Values that stand elsewhere, one for the name and one for the tag: it is the tag that pins.
        place = text.span(whole.end - tag.len()..whole.end);
    }
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

/// The data store that an image runs, if it is known to run one.
pub(crate) fn datastore(image: &Image<'_>) -> Option<Datastore> {
    let reference = images::parse_reference(image.reference.value()?)?;
    images::lookup(&reference)?.image.datastore()
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
