//! Variables inside an entry of an object's data: `DB_PASSWORD:value`, alone or one a line.

use super::config::Datum;
use super::manifest::Manifest;
use crate::facts::{Scope, Setting, Store};
use crate::formats::Reader;
use crate::formats::settings::Draft;
use crate::value::key::Key;
use crate::value::secret::is_secret_key;

/// Whether an entry of one line is a variable with its value: `REDIS_PASSWORD=value`. What stands under the
/// name of a secret is that secret, whatever it looks like.
pub(super) fn is_variable(key: &str, content: &str) -> bool {
    let named = content.split_once('=').is_some_and(|(name, _)| is_name(name.trim()));
    named && is_secret_key(&Key::new(key)).is_none()
}

/// Reads an entry of which each line is a variable, a colon and its value; the answer is whether it is one.
pub(super) fn read<'s>(
    manifest: &Manifest<'_, 's>,
    datum: &Datum<'s>,
    store: Store,
    reader: &mut Reader<'s>,
) -> bool {
    let content = datum.text.as_str();
    if is_secret_key(&Key::new(datum.key)).is_some() {
        return false;
    }
    let mut found: Vec<Setting<'s>> = Vec::new();
    let mut start = 0;
    for line in content.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let written = line.trim();
        if written.is_empty() || written.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_name(name.trim())) else {
            return false;
        };
        // `DB_URL://` is no variable.
        if value.starts_with("//") {
            return false;
        }
        let part = |from: usize, text: &str| {
            let from = from + text.len() - text.trim_start().len();
            datum.text.part(from..from + text.trim().len())
        };
        let key = part(at, name);
        let key_span = key.span(0..key.as_str().len());
        let draft = Draft {
            key: reader.sources.keep(key.as_str().to_owned().into()),
            key_span,
            text: part(at + name.len() + 1, value),
            store,
            scope: Scope(datum.text.span(0..content.len())),
            subject: manifest.subject,
            image: None,
            uses: Vec::new(),
        };
        found.push(draft.setting());
    }
    let any = !found.is_empty();
    reader.reading.facts.settings.append(&mut found);
    any
}

/// Reads the passwords among the directives of Redis in an entry that holds its configuration.
/// <https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/>
pub(super) fn directives<'s>(
    manifest: &Manifest<'_, 's>,
    datum: &Datum<'s>,
    store: Store,
    reader: &mut Reader<'s>,
) {
    let content = datum.text.as_str();
    let is_conf = datum.key.rsplit_once('.').is_some_and(|(_, extension)| extension == "conf");
    if !is_conf || !content.contains("requirepass") && !content.contains("masterauth") {
        return;
    }
    let mut start = 0;
    for line in content.split_inclusive('\n') {
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        let Some((name, rest)) = line.trim().split_once(' ') else { continue };
        if !matches!(name, "requirepass" | "masterauth") {
            continue;
        }
        let value = rest.trim_start();
        let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        let from = at + name.len() + 1 + rest.len() - value.len() + usize::from(quoted);
        let text = datum.text.part(from..from + value.len() - 2 * usize::from(quoted));
        let draft = Draft {
            key: if name == "requirepass" { "requirepass.password" } else { "masterauth.password" },
            key_span: datum.text.span(at..at + name.len()),
            text,
            store,
            scope: Scope(datum.text.span(0..content.len())),
            subject: manifest.subject,
            image: None,
            uses: Vec::new(),
        };
        reader.reading.facts.settings.push(draft.setting());
    }
}

/// Whether a text is a name such as only variables have: capitals with an underscore between them.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.contains('_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
