//! The images that a service pulls: its own, those that its build is given, and those that it mounts.

use super::interpolate::Value;
use super::pairs::pairs;
use super::service::Service;
use crate::data::images::{self, Known};
use crate::facts::{Field, Head, Image};
use crate::formats::image::image;
use crate::syntax::yaml::Node;

/// Whether an override names an image where its base only builds one: `compose.prod.yaml` takes from a
/// registry what `compose.yaml` builds. An image beside its build is the name of what is built.
pub(super) fn pulls_instead(service: &Service<'_, '_>) -> bool {
    let Some((own, below)) = service.layers.split_last() else { return false };
    let states = |key: &str| own.node.get(key).is_some();
    states("image")
        && !states("build")
        && !states("extends")
        && below.iter().all(|layer| layer.file.path != own.file.path && layer.node.get("image").is_none())
}

/// Whether an image's name is one that a registry knows: with a host, with an owner, or an official one.
/// Others name what is built here.
pub(super) fn comes_from_a_registry(image: &Image<'_>) -> bool {
    let hosted = image.registry.value().is_some_and(|registry| *registry != "docker.io");
    let owned = image.repository.value().is_some_and(|repository| repository.contains('/'));
    hosted || owned || known(image).is_some()
}

/// The image that is pulled, as far as it is known.
pub(super) fn pulled<'s>(value: &Value<'s>, subject: &'s str, note: &'s str) -> Option<Image<'s>> {
    let text = value.as_str();
    let mut image = if value.known {
        image(&value.text, subject)?
    } else {
        // An unknown tag leaves the rest known: `postgres:${VERSION}`.
        let unknown = text.find('$')?;
        let before = text.get(..unknown)?;
        let end = before
            .rfind(['@', ':'])
            .filter(|end| !before.get(*end..).is_some_and(|tag| tag.contains('/')))?;
        let mut image = image(&value.text.part(0..end), subject)?;
        (image.pin, image.tag, image.reference) =
            (Field::Unknown, Field::Unknown, Field::set(text, value.place, ""));
        image
    };
    image.head = Head { anchor: value.place, subject, uses: value.uses(note) };
    if let Field::Set(reference) = &mut image.reference {
        reference.span = value.place;
    }
    Some(image)
}

/// What is known of an image.
pub(super) fn known<'s>(image: &Image<'s>) -> Option<Known<'s>> {
    let reference = images::Reference {
        registry: image.registry.value()?,
        repository: image.repository.value()?,
        tag: image.tag.value().copied(),
        digest: None,
    };
    images::lookup(&reference)
}

/// The images that a build takes in under names of their own, and those whose files are mounted.
/// <https://docs.docker.com/reference/compose-file/build/#additional_contexts>
/// <https://docs.docker.com/reference/compose-file/services/#volumes>
pub(super) fn beside<'s>(service: &Service<'_, 's>, note: &'s str) -> Vec<Image<'s>> {
    let mut images = Vec::new();
    let contexts = service.each(&["build", "additional_contexts"]);
    for pair in contexts.into_iter().flat_map(|found| pairs(found.node)) {
        let Some(value) = pair.value.map(|text| service.environment.value(&text)) else { continue };
        if let Some(start) = value.as_str().strip_prefix("docker-image://").map(|_| "docker-image://".len()) {
            let text = value.text.part(start..value.as_str().len());
            let place =
                if value.uses(note).is_empty() { text.span(0..text.as_str().len()) } else { value.place };
            images.extend(pulled(&Value { text, place, ..value }, service.subject, note));
        }
    }
    for volume in service.each(&["volumes"]).into_iter().flat_map(|found| found.node.items()) {
        let of_image = volume.get("type").and_then(Node::as_str) == Some("image");
        let source = volume.get("source").filter(|_| of_image);
        let source = source.and_then(|source| service.environment.scalar(source));
        images.extend(source.and_then(|value| pulled(&value, service.subject, note)));
    }
    images
}
