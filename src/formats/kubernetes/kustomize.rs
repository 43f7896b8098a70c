//! Kustomizations: the files that they put together, and the objects that they generate.
//! <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/>

use super::config::{Datum, state};
use super::lookup::{known_str, look, pairs};
use super::manifest::Manifest;
use super::patch;
use crate::facts::Store;
use crate::facts::links::{FileRole, FileUse, Object};
use crate::formats::{Reader, helm_values, image};
use crate::source::Text;
use crate::syntax::yaml::{Kind, Node};

/// Reads a kustomization.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    for list in ["resources", "bases", "components", "configurations", "crds"] {
        for item in manifest.look(&[list]).items() {
            file(manifest, item, FileRole::Part, reader);
        }
    }
    for item in manifest.look(&["patchesStrategicMerge"]).items() {
        if item.as_str().is_some_and(|text| text.contains('\n')) {
            patch::read(&item.text(), None, reader);
        } else {
            file(manifest, item, FileRole::Patch, reader);
        }
    }
    for list in ["patches", "patchesJson6902", "replacements"] {
        for item in manifest.look(&[list]).items() {
            if let Some(path) = look(item, &["path"]).node() {
                file(manifest, path, FileRole::Patch, reader);
            }
            if let Some(text) = look(item, &["patch"]).node().filter(|node| node.as_str().is_some()) {
                patch::read(&text.text(), look(item, &["target"]).node(), reader);
            }
        }
    }
    for list in ["helmCharts", "helmChartInflationGenerator", "generators"] {
        reader.reading.links.incomplete |= !manifest.look(&[list]).is_absent();
    }
    for chart in manifest.look(&["helmCharts"]).items() {
        if let Some(values) = look(chart, &["valuesInline"]).node() {
            helm_values::values(reader, values, manifest.subject);
        }
    }
    reader.reading.links.namespaces.extend(known_str(manifest.root, "namespace"));
    for (list, kind, store) in
        [("configMapGenerator", "ConfigMap", Store::ConfigMap), ("secretGenerator", "Secret", Store::Secret)]
    {
        for item in manifest.look(&[list]).items() {
            generator(manifest, item, kind, store, reader);
        }
    }
    let labels = manifest.look(&["labels"]).items().map(|entry| look(entry, &["pairs"]));
    for given in labels.chain([manifest.look(&["commonLabels"])]) {
        reader.reading.links.labels.extend(given.node().into_iter().flat_map(pairs));
    }
    for item in manifest.look(&["images"]).items() {
        images(manifest, item, reader);
    }
}

/// A file or folder of the project; what lies elsewhere is not looked at.
fn file<'s>(manifest: &Manifest<'_, 's>, node: Node<'_, 's>, role: FileRole, reader: &mut Reader<'s>) {
    let Some(source) = node.as_str().map(str::trim) else { return };
    let inline = source.contains('\n') || source.contains(": ");
    if node.kind() != Kind::Scalar || source.is_empty() || inline {
        return;
    }
    if is_remote(source) {
        reader.reading.links.incomplete |= role == FileRole::Part;
        return;
    }
    let resolved = reader.resolve(source);
    reader.want(resolved.clone(), "kubernetes");
    if role == FileRole::Part {
        for name in ["kustomization.yaml", "kustomization.yml"] {
            reader.want(format!("{resolved}/{name}"), "kubernetes");
        }
    }
    reader.reading.links.files.push(FileUse {
        path: resolved,
        source,
        span: node.span(),
        subject: manifest.subject,
        role,
    });
}

/// URLs, `github.com/org/repo//path?ref=v1`, `git@host:path`.
fn is_remote(source: &str) -> bool {
    let host = source.split('/').next().unwrap_or_default();
    source.contains("://")
        || source.contains("?ref=")
        || source.starts_with("git@")
        || source.contains("::")
        || (source.contains('/') && matches!(host, "github.com" | "gitlab.com" | "bitbucket.org"))
}

/// A generated object: its literals are settings, its files may hold any key.
fn generator<'s>(
    manifest: &Manifest<'_, 's>,
    item: Node<'_, 's>,
    kind: &'static str,
    store: Store,
    reader: &mut Reader<'s>,
) {
    if let Some(name) = known_str(item, "name") {
        reader.reading.links.objects.push(Object {
            kind,
            name,
            namespace: known_str(item, "namespace").or_else(|| known_str(manifest.root, "namespace")),
            span: item.span(),
            labels: Vec::new(),
            data: Vec::new(),
            containers: 0..0,
            open: true,
        });
    }
    for literal in look(item, &["literals"]).items() {
        let text = literal.text();
        if let Some((key, value)) = literal.as_str().and_then(|line| line.split_once('=')) {
            let start = key.len() + 1;
            let value = unquoted(&text.part(start..start + value.len()));
            state(manifest, Datum { key, key_span: text.span(0..key.len()), text: value }, store, reader);
        }
    }
    for list in ["env", "envs", "files"] {
        let found = look(item, &[list]);
        let one = found.node().filter(|node| node.kind() == Kind::Scalar);
        for node in found.items().chain(one) {
            let Some(written) = node.as_str() else { continue };
            let source =
                written.split_once('=').filter(|_| list == "files").map_or(written, |(_, path)| path);
            let path = reader.resolve(source);
            let extension = source.rsplit_once('.').map_or("", |(_, extension)| extension);
            if list != "files" || matches!(extension, "env" | "properties") {
                reader.want(path.clone(), "env");
            }
            let (span, subject) = (node.span(), manifest.subject);
            let role = if store == Store::Secret { FileRole::Secret } else { FileRole::Content };
            reader.reading.links.files.push(FileUse { path, source, span, subject, role });
        }
    }
}

/// Kustomize takes one pair of quotes around a literal's value away.
fn unquoted<'s>(value: &Text<'s>) -> Text<'s> {
    let text = value.as_str();
    let quoted =
        text.len() >= 2 && ['"', '\''].iter().any(|quote| text.starts_with(*quote) && text.ends_with(*quote));
    if quoted { value.part(1..text.len() - 1) } else { value.clone() }
}

/// A tag or a digest that replaces those of the manifests.
fn images<'s>(manifest: &Manifest<'_, 's>, item: Node<'_, 's>, reader: &mut Reader<'s>) {
    if !look(item, &["newTag"]).is_absent() || !look(item, &["digest"]).is_absent() {
        reader.reading.links.pins.extend(known_str(item, "name"));
    }
    let name = look(item, &["newName"]).or(look(item, &["name"])).node();
    let tag = look(item, &["newTag"]).node();
    let (Some(name), Some(tag)) = (name, tag) else { return };
    if name.as_str().is_none() || tag.as_str().is_none() || look(item, &["digest"]).node().is_some() {
        return;
    }
    let parts = [name.text(), Text::decoded(tag.span().head(), ":"), tag.text()];
    let joined = Text::joined(&parts, reader.sources);
    let place = tag.span();
    let stated = image::image(&Text::decoded(place, joined.as_str()), manifest.subject);
    reader.reading.facts.images.extend(stated);
}
