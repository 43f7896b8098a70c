//! The configuration files of servers: one file a server, and here what they have in common.
//!
//! Each states its settings as they stand, so that all that follows from settings follows here too, and
//! beside them what only the server's own documentation tells.

pub(super) mod alertmanager;
pub(super) mod beats;
pub(super) mod documented;
pub(super) mod elasticsearch;
pub(super) mod fluent_bit;
pub(super) mod grafana;
pub(super) mod haproxy;
pub(super) mod ini;
pub(super) mod kafka;
pub(super) mod loki;
pub(super) mod mongod;
pub(super) mod mysql;
pub(super) mod otel_collector;
pub(super) mod pg_hba;
pub(super) mod postgresql;
pub(super) mod prometheus;
pub(super) mod rabbitmq;
pub(super) mod redis;
pub(super) mod supervisord;
pub(super) mod traefik;

use super::sections::keys;
use super::settings::Draft;
use super::unread::syntax_errors;
use super::{Candidate, Format, Reader};
use crate::facts::{Credential, CredentialClass, Field, Head, Position, Protects, Scope, Switch};
use crate::source::{Span, Text};
use crate::syntax::entry::Entry;
use crate::syntax::words::{Line, Word};
use crate::syntax::{Comment, Error};

/// Whether a file's bytes are worth a look although its extension is one that most files of other kinds have.
pub(super) fn may_be_one(candidate: &Candidate<'_>) -> bool {
    candidate.name() == "my.ini" || kafka::has_name(candidate)
}

/// The format of a text that stands in another file under the name that it will have.
pub(super) fn of_text(name: &str, text: &str) -> Option<&'static Format> {
    let candidate = Candidate::new(name, &|_| false);
    let reads = |format: &&Format| {
        (format.by_name)(&candidate).is_some() || (format.by_content)(&candidate, text).is_some()
    };
    FORMATS.iter().copied().find(reads)
}

/// The formats that a ConfigMap may hold a file of.
static FORMATS: &[&Format] = &[
    &redis::FORMAT,
    &postgresql::FORMAT,
    &pg_hba::FORMAT,
    &mysql::FORMAT,
    &rabbitmq::FORMAT,
    &kafka::FORMAT,
    &haproxy::FORMAT,
    &fluent_bit::FORMAT,
    &supervisord::FORMAT,
    &ini::FORMAT,
    &mongod::FORMAT,
    &prometheus::FORMAT,
    &alertmanager::FORMAT,
    &loki::FORMAT,
    &beats::FORMAT,
    &elasticsearch::FORMAT,
    &grafana::FORMAT,
    &otel_collector::FORMAT,
    &traefik::FORMAT,
    &super::application::FORMAT,
    &super::appsettings::FORMAT,
    &super::config::FORMAT,
    &super::properties::FORMAT,
    &super::toml::FORMAT,
];

/// What stands behind the last dot of a file's name, but for the mark of a template.
fn extension<'c>(candidate: &'c Candidate<'_>) -> &'c str {
    candidate.unmarked().rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a file's name has this extension and a word in it that names the server.
fn is_named(candidate: &Candidate<'_>, servers: &[&str], extension: &str) -> bool {
    let stem = candidate.unmarked().strip_suffix(extension).and_then(|rest| rest.strip_suffix('.'));
    stem.is_some_and(|stem| servers.iter().any(|server| stem.contains(server)))
}

/// Whether a file is YAML by its name, with one of these words in it.
fn is_yaml(candidate: &Candidate<'_>, words: &[&str]) -> bool {
    ["yaml", "yml"].iter().any(|extension| is_named(candidate, words, extension))
}

/// Whether a YAML text has one of a server's keys at its root, and none of those by which other programs'
/// files are told.
pub(super) fn reads_like(text: &str, known: &[&str]) -> bool {
    const OTHERS: &[&str] = &["apiVersion", "image", "jobs", "kind", "name", "openapi", "services", "tasks"];
    let mut found = false;
    for key in keys(text) {
        let first = key.split('.').next().unwrap_or(key);
        if OTHERS.contains(&first) {
            return false;
        }
        found |= known.contains(&first);
    }
    found
}

/// The lines of a text that are no comments.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';', '!']))
}

/// The word that a line starts with.
fn first_word(line: &str) -> &str {
    line.split(|c: char| c.is_whitespace() || matches!(c, '=' | ':')).next().unwrap_or(line)
}

/// Takes over what a parser met. A template is no file of its format yet, so that nothing in it is an error.
fn finish<'s>(reader: &mut Reader<'s>, comments: Vec<Comment<'s>>, errors: Vec<Error>) {
    reader.reading.comments.extend(comments);
    let is_template = ["{{", "{%", "<%"].iter().any(|mark| reader.text.as_str().contains(mark));
    if !is_template {
        syntax_errors(&mut reader.reading.facts, reader.sources, errors);
    }
}

/// States a setting.
fn setting<'s>(
    reader: &mut Reader<'s>,
    key: &'s str,
    key_span: Span,
    text: Text<'s>,
    scope: Scope,
    subject: &'s str,
) {
    let (store, uses) = (reader.store, Vec::new());
    let draft = Draft { key, key_span, text, store, scope, subject, image: None, uses };
    reader.reading.facts.settings.push(draft.setting());
}

/// States an entry as a setting.
fn entry<'s>(reader: &mut Reader<'s>, entry: &Entry<'s>, scope: Scope, subject: &'s str) {
    setting(reader, entry.key, entry.key_span, entry.value.clone(), scope, subject);
}

/// What the words of a line from a number on say, as one text.
fn rest<'s>(reader: &Reader<'s>, line: &Line<'s>, first: usize) -> Text<'s> {
    match line.words.get(first..).unwrap_or_default() {
        [one] => one.text.clone(),
        [] => line.words.last().map_or_else(|| reader.text.part(0..0), |last| end_of(&last.text)),
        _ => {
            let span = line.span_from(first);
            Text::verbatim(span, reader.sources.slice(span))
        }
    }
}

/// The empty text behind a text.
fn end_of<'s>(text: &Text<'s>) -> Text<'s> {
    text.part(text.as_str().len()..text.as_str().len())
}

/// A word without the mark that it starts with.
fn behind_mark<'s>(word: &Word<'s>, mark: char) -> Option<Text<'s>> {
    word.as_str().starts_with(mark).then(|| word.text.part(mark.len_utf8()..word.as_str().len()))
}

/// States a switch.
fn switch<'s>(
    reader: &mut Reader<'s>,
    subject: &'s str,
    (protects, position): (Protects, Position),
    at: Span,
    key: &'s str,
) {
    reader.reading.facts.switches.push(Switch {
        head: Head::new(at, subject),
        protects: Field::set(protects, at, ""),
        position: Field::set(position, at, ""),
        key: Field::set(key, at, ""),
    });
}

/// States that nothing is asked of those who log in, or what everyone knows.
fn credential<'s>(
    reader: &mut Reader<'s>,
    subject: &'s str,
    class: CredentialClass,
    at: Span,
    key: &'s str,
    evidence: &'s str,
) {
    let store = reader.store;
    reader.reading.facts.credentials.push(Credential {
        head: Head::new(at, subject),
        class: Field::set(class, at, ""),
        store: Field::set(store, at, ""),
        key: Field::set(key, at, ""),
        evidence: Field::set(evidence, at, ""),
        published: Field::Unset,
        bytes: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::FORMATS;
    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::{Sources, Span};

    /// The facts of a text in words.
    #[derive(Debug)]
    pub(super) struct Stated {
        pub(super) settings: Vec<String>,
        pub(super) switches: Vec<String>,
        pub(super) credentials: Vec<String>,
        pub(super) protocols: Vec<String>,
        pub(super) endpoints: Vec<String>,
        pub(super) retentions: Vec<String>,
        pub(super) problems: Vec<String>,
    }

    /// Reads a text as a format.
    pub(super) fn read_as(format: &str, text: &str) -> Stated {
        let sources = Sources::default();
        let id = sources.add("file.conf".into(), text.into());
        let facts = Reader::read(&sources, id, find(format).unwrap()).facts;
        let at = |span: Span| sources.slice(span);
        Stated {
            settings: facts
                .settings
                .iter()
                .map(|one| format!("{}={}", one.key.value().unwrap(), one.text.as_str()))
                .collect(),
            switches: facts
                .switches
                .iter()
                .map(|one| {
                    let (protects, position) = (one.protects.value().unwrap(), one.position.value().unwrap());
                    format!("{} {protects:?} {position:?} {}", one.key.value().unwrap(), at(one.head.anchor))
                })
                .collect(),
            credentials: facts
                .credentials
                .iter()
                .map(|one| {
                    let (key, class) = (one.key.value().unwrap(), one.class.value().unwrap());
                    format!("{key} {class:?} {}", at(one.head.anchor))
                })
                .collect(),
            protocols: facts
                .protocols
                .iter()
                .map(|one| format!("{} {}", one.name.value().unwrap(), at(one.head.anchor)))
                .collect(),
            endpoints: facts
                .endpoints
                .iter()
                .map(|one| {
                    let (scheme, host) = (one.scheme.value().unwrap(), one.host.value().unwrap());
                    format!("{scheme} {host} {:?} {}", one.place.value().unwrap(), at(one.head.anchor))
                })
                .collect(),
            retentions: facts
                .retentions
                .iter()
                .map(|one| {
                    let (key, records) = (one.key.value().unwrap(), one.records.value().unwrap());
                    format!("{key} {records:?} {}", at(one.head.anchor))
                })
                .collect(),
            problems: facts.problems.iter().map(|one| at(one.head.anchor).to_owned()).collect(),
        }
    }

    /// The format that a file is taken for.
    pub(super) fn recognised(path: &str, text: &str) -> Option<&'static str> {
        let candidate = Candidate::new(path, &|_| false);
        recognise(&candidate, || Some(text)).map(|found| found.format.name)
    }

    proptest! {
        #[test]
        fn every_place_lies_in_the_text(
            keys in proptest::collection::vec("(net|tls|insecure|scheme|scrape_configs|static_configs|targets|http|routers|entryPoints|web|limits_config|retention_stream|period|profile|%dev|[a-z]{1,4})", 0..8),
            value in "[-a: \n{}\\[\\],&*'\"|@$%]{0,40}",
        ) {
            let lines = keys.iter().enumerate().map(|(depth, key)| format!("{}{key}:\n", "  ".repeat(depth)));
            let nested = lines.collect::<Vec<_>>().concat();
            for text in [format!("{nested}{}{value}\n", "  ".repeat(keys.len())), format!("{nested}{value}")] {
                for format in FORMATS {
                    let sources = Sources::default();
                    let id = sources.add("traefik.yaml".into(), text.clone());
                    let facts = Reader::read(&sources, id, format).facts;
                    let settings = facts.settings.iter().map(|one| one.head.anchor);
                    let listeners = facts.listeners.iter().map(|one| one.head.anchor);
                    for place in settings.chain(listeners) {
                        prop_assert!(text.get(place.range()).is_some(), "{}", format.name);
                    }
                }
            }
        }
    }
}
