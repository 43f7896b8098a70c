//! Where a frontend sends its requests.

use super::{Config, Section};
use crate::facts::Serves;
use crate::syntax::words::{Line, Word};

/// What a section answers cleartext requests with; nothing where that can't be told.
pub(super) fn serves(config: &Config<'_, '_>, section: &Section<'_, '_>) -> Option<Serves> {
    let redirects: Vec<&Line<'_>> = section.lines.iter().filter(|line| to_https(line)).collect();
    if redirects.iter().any(|line| whenever_cleartext(line, section)) {
        return Some(Serves::RedirectToHttps);
    }
    if !redirects.is_empty() || behind(config, section).any(|backend| backend.lines.iter().any(to_https)) {
        return None;
    }
    // A page of statistics or metrics alone is nothing that the world is served.
    let has = |words: &[&str]| section.lines.iter().any(|line| line.starts_with(words));
    (has(&["default_backend"]) || has(&["use_backend"]) || has(&["server"])).then_some(Serves::Content)
}

/// The backends that a section names.
fn behind<'c, 'l, 's>(
    config: &'c Config<'l, 's>,
    section: &Section<'l, 's>,
) -> impl Iterator<Item = &'c Section<'l, 's>> {
    let uses = section.lines.iter().filter(|line| matches!(line.name(), "default_backend" | "use_backend"));
    let names = uses.filter_map(|line| line.words.get(1)).map(Word::as_str);
    names.filter_map(|name| config.sections.get(*config.backends.get(name)?))
}

/// Whether a line redirects to https: <https://docs.haproxy.org/3.0/configuration.html#4.4-redirect>
fn to_https(line: &Line<'_>) -> bool {
    if !line.starts_with(&["redirect"]) && !line.starts_with(&["http-request", "redirect"]) {
        return false;
    }
    let secure = |word: &str| {
        line.behind(word).is_some_and(|value| {
            let value = value.as_str().to_ascii_lowercase();
            value.starts_with("https://") || word == "scheme" && value == "https"
        })
    };
    secure("scheme") || secure("location") || secure("prefix")
}

/// Whether a redirect holds for every request without TLS, but for those of ACME.
fn whenever_cleartext(line: &Line<'_>, section: &Section<'_, '_>) -> bool {
    let Some(at) = line.words.iter().position(|word| word.is("if") || word.is("unless")) else { return true };
    let words: Vec<&str> = line.words.iter().skip(at + 1).map(Word::as_str).collect();
    // Each condition is a name, or stands in braces.
    let mut rest = words.as_slice();
    while let Some((first, behind)) = rest.split_first() {
        let bare = first.trim_start_matches('!');
        let condition: Vec<&str> = if bare == "{" {
            let length = behind.iter().position(|word| *word == "}").unwrap_or(behind.len());
            let (inside, following) = behind.split_at(length);
            rest = following.get(1..).unwrap_or_default();
            inside.to_vec()
        } else if bare.is_empty() || bare == "or" || bare == "||" {
            rest = behind;
            continue;
        } else {
            rest = behind;
            named(bare, section)
        };
        if !spares_nobody(&condition) {
            return false;
        }
    }
    true
}

/// What stands behind the name of a condition.
fn named<'s>(name: &str, section: &Section<'_, 's>) -> Vec<&'s str> {
    if name.eq_ignore_ascii_case("TRUE") {
        return vec!["always_true"];
    }
    let acl = section.lines.iter().filter(|line| line.starts_with(&["acl", name]));
    acl.flat_map(|line| line.words.iter().skip(2)).map(Word::as_str).collect()
}

/// Whether a condition asks only for TLS, for the port, or for ACME's paths.
fn spares_nobody(condition: &[&str]) -> bool {
    let asks = condition.first().copied().unwrap_or_default();
    matches!(asks, "ssl_fc" | "dst_port" | "always_true" | "fc_ssl")
        || asks.starts_with("hdr(X-Forwarded-Proto)")
        || condition.iter().any(|word| word.contains("acme-challenge") || word.contains(".well-known"))
}
