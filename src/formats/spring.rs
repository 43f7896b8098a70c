//! The properties of applications, whether YAML or `.properties` hold them: those of Spring, Quarkus and
//! Micronaut. Their placeholders are `${name}` and `${name:default}`.
//! <https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files.property-placeholders>

use rustc_hash::FxHashMap;

use super::Reader;
use super::settings::Draft;
use crate::facts::{Field, Head, Position, Protects, Scope, Switch};
use crate::source::{Sources, Text};
use crate::syntax::entry::{Entry, Section};
use crate::value::boolean;

/// How deep defaults within defaults are followed.
const DEPTH: usize = 8;

/// Of how many parts a value is put together. What has more stays as it is written.
const PARTS: usize = 64;

/// Whether a name without its extension is that of a file of properties, whatever the profile.
pub(super) fn is_named(stem: &str) -> bool {
    ["application", "bootstrap"].iter().any(|start| {
        stem.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
    })
}

/// States properties.
pub(super) fn state<'s>(reader: &mut Reader<'s>, sections: &[Section<'s>]) {
    let subject = reader.reading.path;
    let all = sections.iter().flat_map(|section| &section.entries);
    let known: FxHashMap<&str, &Entry<'_>> = all.map(|found| (found.key, found)).collect();
    // One step only, so that properties that name each other end.
    let lookup = |name: &str| {
        let text = &known.get(name)?.value;
        (!text.as_str().contains("${")).then(|| text.clone())
    };
    for section in sections {
        for found in &section.entries {
            let text = expand(&found.value, &lookup, reader.sources);
            if is_of_memory(found, &known) {
                continue;
            }
            reader.reading.facts.switches.extend(developers(found, &text, subject));
            let draft = Draft {
                key: found.key,
                key_span: found.key_span,
                text,
                store: reader.store,
                scope: Scope(section.span),
                subject,
                image: None,
                uses: Vec::new(),
            };
            reader.reading.facts.settings.push(draft.setting());
        }
    }
}

/// Whether it is the login of a database that lives in the process alone.
fn is_of_memory(found: &Entry<'_>, known: &FxHashMap<&str, &Entry<'_>>) -> bool {
    let Some(prefix) = ["password", "username", "user"].iter().find_map(|last| found.key.strip_suffix(last))
    else {
        return false;
    };
    let url = ["url", "jdbc-url", "jdbcUrl", "jdbc.url"].iter().find_map(|last| {
        let name = format!("{prefix}{last}");
        known.get(name.as_str()).map(|url| url.value.as_str())
    });
    url.is_some_and(|url| {
        ["jdbc:h2:mem:", "jdbc:hsqldb:mem:", "jdbc:derby:memory:", "jdbc:sqlite:"]
            .iter()
            .any(|start| url.trim().starts_with(start))
    })
}

/// What is meant for developers: consoles of databases, detailed logs of everything; and a trust in any host.
/// <https://docs.spring.io/spring-boot/appendix/application-properties/index.html>
fn developers<'s>(found: &Entry<'s>, text: &Text<'s>, subject: &'s str) -> Option<Switch<'s>> {
    let value = text.as_str().trim();
    let protects = match found.key {
        "spring.h2.console.enabled" if boolean::parse(value) == Some(true) => Protects::Debug,
        // https://jakarta.ee/specifications/mail/2.1/apidocs/: any host is trusted.
        key if key.ends_with("mail.smtp.ssl.trust") && value == "*" => Protects::Verification,
        "logging.level.root" | "quarkus.log.level"
            if value.eq_ignore_ascii_case("debug") || value.eq_ignore_ascii_case("trace") =>
        {
            Protects::LogLevel
        }
        _ => return None,
    };
    let at = text.span(0..text.as_str().len());
    Some(Switch {
        head: Head::new(at, subject),
        protects: Field::set(protects, at, ""),
        position: Field::set(Position::Off, at, ""),
        key: Field::set(found.key, at, ""),
    })
}

/// A value with its placeholders put in. `lookup` says what a name stands for where that is known; what has
/// neither a value nor a default stays as it is written.
fn expand<'s>(text: &Text<'s>, lookup: &dyn Fn(&str) -> Option<Text<'s>>, sources: &'s Sources) -> Text<'s> {
    if !text.as_str().contains("${") {
        return text.clone();
    }
    let mut parts = Vec::new();
    let complete = put_in(text, lookup, DEPTH, &mut parts).is_some();
    match parts.as_slice() {
        _ if !complete => text.clone(),
        [] => text.part(0..0),
        parts => Text::joined(parts, sources),
    }
}

/// Adds the parts of a value; nothing where there are too many.
fn put_in<'s>(
    text: &Text<'s>,
    lookup: &dyn Fn(&str) -> Option<Text<'s>>,
    depth: usize,
    parts: &mut Vec<Text<'s>>,
) -> Option<()> {
    let value = text.as_str();
    let mut at = 0;
    while let Some(found) = value.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + found;
        let Some(end) = closing(value, start + 2) else { break };
        if found > 0 {
            parts.push(text.part(at..start));
        }
        let inside = value.get(start + 2..end).unwrap_or_default();
        let (name, default) = match inside.split_once(':') {
            Some((name, _)) => (name, Some(text.part(start + 3 + name.len()..end))),
            None => (inside, None),
        };
        match (lookup(name.trim()), default) {
            (Some(known), _) => parts.push(known),
            (None, Some(default)) if depth > 0 => put_in(&default, lookup, depth - 1, parts)?,
            _ => parts.push(text.part(start..end + 1)),
        }
        at = end + 1;
        if parts.len() > PARTS {
            return None;
        }
    }
    if at < value.len() {
        parts.push(text.part(at..value.len()));
    }
    Some(())
}

/// Where the brace is closed that was opened before a byte.
fn closing(value: &str, from: usize) -> Option<usize> {
    let mut open = 1;
    for (at, byte) in value.bytes().enumerate().skip(from) {
        match byte {
            b'{' => open += 1,
            b'}' if open == 1 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expanded(value: &str) -> (String, String) {
        let sources = Sources::default();
        let id = sources.add("application.properties".into(), value.into());
        let known = sources.text(sources.add("other".into(), "known".into()));
        let lookup = |name: &str| (name == "here").then(|| known.clone());
        let text = expand(&sources.text(id), &lookup, &sources);
        let places = (0..text.as_str().len()).map(|at| sources.slice(text.span(at..at + 1)).to_owned());
        (text.as_str().to_owned(), places.collect())
    }

    #[test]
    fn defaults_and_known_names_are_put_in() {
        assert_eq!(expanded("jdbc:${DB:h2}://${HOST:db.${ZONE:eu}}/x").0, "jdbc:h2://db.eu/x");
        assert_eq!(expanded("a${here}b").0, "aknownb");
        assert_eq!(expanded("${here:other}").0, "known");
        assert_eq!(expanded("${PASSWORD}").0, "${PASSWORD}");
        assert_eq!(expanded("${PASSWORD:}").0, "");
        assert_eq!(expanded("${open").0, "${open");
    }

    #[test]
    fn each_byte_lies_where_it_was_written() {
        let (text, places) = expanded("u:${P:postgres}@${H:db}/x");
        assert_eq!((text.as_str(), places.as_str()), ("u:postgres@db/x", "u:postgres@db/x"));
    }

    proptest! {
        #[test]
        fn no_value_is_too_strange(value in "[a${}:é]{0,40}") {
            let _ = expanded(&value);
        }
    }
}
