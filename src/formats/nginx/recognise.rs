//! Which files are nginx configuration.

use crate::formats::Candidate;
use crate::syntax::nginx::looks_like;

/// What may stand behind `.conf` in the name of a template or an example.
const MARKS: [&str; 9] =
    ["", ".template", ".tmpl", ".tpl", ".j2", ".example", ".sample", ".dist", ".default"];

pub(super) fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    let stem = MARKS.iter().find_map(|mark| name.strip_suffix(mark)?.strip_suffix(".conf"));
    if stem.is_some_and(|stem| stem.starts_with("nginx")) {
        return Some("named nginx*.conf");
    }
    match candidate.extension() {
        "nginx" => return Some("named *.nginx"),
        "vhost" => return Some("named *.vhost"),
        // Apache keeps its sites in folders of the same names, and all of them end so.
        "conf" | "md" | "txt" | "sh" | "bak" | "yml" | "yaml" | "json" => return None,
        _ => {}
    }
    let in_sites = matches!(candidate.folder(), "sites-available" | "sites-enabled");
    (in_sites && !name.starts_with('.')).then_some("in a folder sites-*")
}

pub(super) fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let extension = candidate.extension();
    let marked = || MARKS.iter().any(|mark| candidate.name().ends_with(&format!(".conf{mark}")));
    let may_be = matches!(extension, "conf" | "template" | "tmpl" | "tpl") || marked();
    (may_be && looks_like(text)).then_some("reads like nginx configuration")
}
