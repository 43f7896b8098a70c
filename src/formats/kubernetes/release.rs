//! Values of Helm charts inside the objects that install them: releases of Flux, applications of Argo CD, charts
//! of K3s.

use super::lookup::{Found, known_str, look};
use super::manifest::Manifest;
use crate::facts::Pin;
use crate::formats::image::image;
use crate::formats::{Reader, helm_values};
use crate::syntax::yaml::{self, Kind, Mode, Node};

/// Reads the values of an object that installs a chart.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    match (manifest.api.split('/').next(), manifest.kind) {
        (Some("helm.toolkit.fluxcd.io"), "HelmRelease") => {
            values(manifest, manifest.look(&["spec", "values"]), reader);
        }
        (Some("helm.cattle.io"), "HelmChart" | "HelmChartConfig") => {
            values(manifest, manifest.look(&["spec", "valuesContent"]), reader);
        }
        (Some("argoproj.io"), "Application" | "ApplicationSet") => {
            let spec = match manifest.kind {
                "Application" => manifest.look(&["spec"]),
                _ => manifest.look(&["spec", "template", "spec"]),
            };
            for source in spec.look(&["sources"]).items().chain(spec.look(&["source"]).node()) {
                let helm = look(source, &["helm"]);
                values(manifest, helm.look(&["values"]), reader);
                values(manifest, helm.look(&["valuesObject"]), reader);
                parameters(manifest, helm, reader);
                images(manifest, look(source, &["kustomize", "images"]), reader);
                for one in look(source, &["plugin", "env"]).items() {
                    named(manifest, one, reader);
                }
            }
        }
        _ => {}
    }
}

/// Values as a mapping, or as a text that is one.
fn values<'s>(manifest: &Manifest<'_, 's>, found: Found<'_, 's>, reader: &mut Reader<'s>) {
    let Some(node) = found.node() else { return };
    if node.kind() == Kind::Scalar {
        let stream = yaml::parse(&node.text(), reader.sources, Mode::Templated);
        for document in stream.documents.iter().filter(|_| stream.errors.is_empty()) {
            helm_values::values(reader, document.root(), manifest.subject);
        }
    } else {
        helm_values::values(reader, node, manifest.subject);
    }
}

/// Single values by their names.
fn parameters<'s>(manifest: &Manifest<'_, 's>, helm: Found<'_, 's>, reader: &mut Reader<'s>) {
    for one in helm.look(&["parameters"]).items() {
        named(manifest, one, reader);
    }
}

/// A value beside its name.
fn named<'s>(manifest: &Manifest<'_, 's>, one: Node<'_, 's>, reader: &mut Reader<'s>) {
    let entry: Option<(&str, Node<'_, 's>)> = known_str(one, "name").zip(look(one, &["value"]).node());
    if let (Some((key, value)), Some(name)) = (entry, look(one, &["name"]).node()) {
        super::control_plane::setting(manifest, key, name.span(), value, reader);
    }
}

/// Images that take the place of those in the manifests: `name:tag`, `name=other:tag`.
/// <https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/>
fn images<'s>(manifest: &Manifest<'_, 's>, images: Found<'_, 's>, reader: &mut Reader<'s>) {
    for text in images.items().filter(|one| one.as_str().is_some()).map(Node::text) {
        let whole = text.as_str();
        let start = whole.find('=').map_or(0, |at| at + 1);
        let found = image(&text.part(start..whole.len()), manifest.subject);
        // What names no tag leaves that of the manifest.
        let tagged =
            found.filter(|found| found.tag.value().is_some() || found.pin.value() == Some(&Pin::Digest));
        reader.reading.facts.images.extend(tagged);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

    #[test]
    fn images_that_an_application_puts_in_are_pulled() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n      sources:\n        - kustomize: {images: ['a=b:latest', 'c:1', d]}\n          plugin: {env: [{name: REGION, value: e}]}\n";
        read(text, |reading, at| {
            let images: Vec<_> = reading.facts.images.iter().map(|one| at(one.head.anchor)).collect();
            assert_eq!(images, ["b:latest", "c:1"]);
            let keys: Vec<_> =
                reading.facts.settings.iter().filter_map(|one| one.key.value().copied()).collect();
            assert!(keys.contains(&"REGION"), "{keys:?}");
        });
    }

    #[test]
    fn values_are_read_as_mappings_texts_and_single_parameters() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n        db:\n          ssl: false\n      valuesObject: {db: {host: a}}\n      parameters: [{name: db.name, value: b}]\n";
        read(text, |reading, at| {
            let found: Vec<_> = reading
                .facts
                .settings
                .iter()
                .map(|one| (one.key.value().copied().unwrap_or_default(), at(one.head.anchor)))
                .collect();
            let is = |key, value: &str| (key, value.to_owned());
            assert_eq!(found, [is("db.ssl", "false"), is("db.host", "a"), is("db.name", "b")]);
        });
    }
}
