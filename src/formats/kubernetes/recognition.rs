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
        let window = text.get(..text.floor_char_boundary(WINDOW)).unwrap_or(text);
        let has = |key: &str| memchr::memmem::find(window.as_bytes(), key.as_bytes()).is_some();
        has("\"apiVersion\"") && has("\"kind\"") && are_outermost(window)
    } else {
        false
    };
    // A template of Helm that starts with an action is YAML with lines of its own.
    let helm =
        yaml && text.trim_start().starts_with("{{") && has_key(text, "apiVersion") && has_key(text, "kind");
    (found || helm).then_some("apiVersion and kind")
}

/// Whether both keys stand in an object that no other object holds. Descriptions of interfaces have them too,
/// but deeper.
fn are_outermost(json: &str) -> bool {
    let (mut depth, mut version, mut kind) = (0_usize, false, false);
    let mut rest = json;
    while let Some(at) = memchr::memchr3(b'{', b'}', b'"', rest.as_bytes()) {
        let mark = rest.as_bytes().get(at);
        rest = rest.get(at + 1..).unwrap_or_default();
        match mark {
            Some(b'{') => depth += 1,
            Some(b'}') => depth = depth.saturating_sub(1),
            _ => {
                let text = rest;
                loop {
                    match memchr::memchr2(b'"', b'\\', rest.as_bytes()) {
                        Some(end) if rest.as_bytes().get(end) == Some(&b'"') => {
                            rest = rest.get(end + 1..).unwrap_or_default();
                            break;
                        }
                        // What is escaped may have more than one byte, but only its first can end a text.
                        Some(end) => {
                            let escaped = rest.get(end + 1..).and_then(|rest| rest.chars().next());
                            rest =
                                rest.get(end + 1 + escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
                        }
                        None => return version && kind,
                    }
                }
                if depth == 1 && rest.trim_start().starts_with(':') {
                    version |= text.starts_with("apiVersion\"");
                    kind |= text.starts_with("kind\"");
                    if version && kind {
                        return true;
                    }
                }
            }
        }
    }
    version && kind
}
