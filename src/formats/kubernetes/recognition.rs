//! Which files are manifests.

use crate::formats::Candidate;
use crate::formats::sections::has_key;

/// How much of a JSON text is looked at, in bytes.
const WINDOW: usize = 64 << 10;

pub(super) fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    is_kustomization(candidate.path).then_some("named kustomization.yaml")
}

/// Whether a path is that of a kustomization.
pub(super) fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// Every manifest has `apiVersion` and `kind` among its outermost keys.
pub(super) fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let yaml = candidate.is_yaml() || matches!(candidate.extension(), "tpl" | "tmpl" | "template");
    let found = if yaml && !text.trim_start().starts_with('{') {
        has_key(text, "apiVersion") && has_key(text, "kind")
    } else if yaml || candidate.extension() == "json" {
        let window = text.get(..text.floor_char_boundary(WINDOW)).unwrap_or(text).as_bytes();
        let has = |key: &str| memchr::memmem::find(window, key.as_bytes()).is_some();
        has("\"apiVersion\"") && has("\"kind\"")
    } else {
        false
    };
    // A template of Helm that starts with an action is YAML with lines of its own.
    let helm =
        yaml && text.trim_start().starts_with("{{") && has_key(text, "apiVersion") && has_key(text, "kind");
    (found || helm).then_some("apiVersion and kind")
}
