//! Values of Helm charts inside the objects that install them: releases of Flux, applications of Argo CD, charts
//! of K3s.

use super::lookup::{Found, known_str, look};
use super::manifest::Manifest;
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
        let entry: Option<(&str, Node<'_, 's>)> = known_str(one, "name").zip(look(one, &["value"]).node());
        if let (Some((key, value)), Some(name)) = (entry, look(one, &["name"]).node()) {
            super::control_plane::setting(manifest, key, name.span(), value, reader);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

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
