//! Properties of applications: of Spring, Quarkus and Micronaut.

use rustc_hash::FxHashMap;

use super::settings::Draft;
use super::{Candidate, Format, Reader, spring};
use crate::facts::{Field, Head, Position, Protects, Scope, Switch};
use crate::source::Text;
use crate::syntax::entry::Entry;
use crate::syntax::properties::parse;
use crate::value::boolean;

pub(super) const FORMAT: Format = Format {
    name: "properties",
    doc: "properties of applications: `application*.properties`, `bootstrap*.properties`, but those of tests",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    let marks = [".example", ".sample", ".template", ".dist", ".tmpl"];
    let name = marks.iter().find_map(|mark| name.strip_suffix(mark)).unwrap_or(name);
    let stem = name.strip_suffix(".properties")?;
    // What tests start with says nothing of a deployment.
    let of_tests = candidate.path.rsplit('/').skip(1).any(|folder| {
        ["test", "tests", "testing", "it", "androidTest"].contains(&folder) || folder.ends_with("Test")
    });
    let named = ["application", "bootstrap"].iter().any(|start| {
        stem.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
    });
    (named && !of_tests).then_some("named application*.properties")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, reader.sources);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    let known: FxHashMap<&str, &Entry<'_>> = file.entries.iter().map(|found| (found.key, found)).collect();
    // One step only, so that properties that name each other end.
    let lookup = |name: &str| {
        let text = &known.get(name)?.value;
        (!text.as_str().contains("${")).then(|| text.clone())
    };
    for found in &file.entries {
        let text = spring::expand(&found.value, &lookup, reader.sources);
        if is_of_memory(found, &known) {
            continue;
        }
        reader.reading.facts.switches.extend(developers(found, &text, subject));
        let draft = Draft {
            key: found.key,
            key_span: found.key_span,
            text,
            store: reader.store,
            scope,
            subject,
            image: None,
            uses: Vec::new(),
        };
        reader.reading.facts.settings.push(draft.setting());
    }
    reader.reading.comments.extend(file.comments);
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

/// What is meant for developers: consoles of databases, detailed logs of everything.
/// <https://docs.spring.io/spring-boot/appendix/application-properties/index.html>
fn developers<'s>(found: &Entry<'s>, text: &Text<'s>, subject: &'s str) -> Option<Switch<'s>> {
    let value = text.as_str().trim();
    let protects = match found.key {
        "spring.h2.console.enabled" if boolean::parse(value) == Some(true) => Protects::Debug,
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

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::Sources;

    fn recognised(path: &str) -> Option<&'static str> {
        recognise(&Candidate { path, has_sibling: &|_| false }, || None).map(|found| found.format.name)
    }

    #[test]
    fn files_are_told_by_their_name() {
        for path in [
            "src/main/resources/application.properties",
            "application-prod.properties",
            "config/bootstrap.properties",
            "application.properties.example",
        ] {
            assert_eq!(recognised(path), Some("properties"), "{path}");
        }
        for path in [
            "gradle.properties",
            "src/test/resources/application.properties",
            "messages_en.properties",
            "applications.properties",
            "log4j2.properties",
        ] {
            assert_eq!(recognised(path), None, "{path}");
        }
    }

    fn settings(text: &str) -> Vec<String> {
        let sources = Sources::default();
        let id = sources.add("application.properties".into(), text.into());
        let facts = Reader::read(&sources, id, find("properties").unwrap()).facts;
        let shown = facts.settings.iter().map(|one| (one.key.value().unwrap(), one.text.as_str()));
        shown.map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn properties_are_settings_with_their_placeholders_put_in() {
        let text = "db.host=db\nspring.datasource.url=jdbc:postgresql://${db.host}/x\npassword=${PASSWORD:postgres}\n";
        assert_eq!(
            settings(text),
            ["db.host=db", "spring.datasource.url=jdbc:postgresql://db/x", "password=postgres"]
        );
    }

    #[test]
    fn a_database_in_memory_has_no_login_worth_a_word() {
        let text = "spring.datasource.url=jdbc:h2:mem:x\nspring.datasource.username=sa\nspring.datasource.password=\n";
        assert_eq!(settings(text), ["spring.datasource.url=jdbc:h2:mem:x"]);
        assert_eq!(settings("spring.redis.password=\n"), ["spring.redis.password="]);
    }

    #[test]
    fn consoles_are_for_developers() {
        let sources = Sources::default();
        let text = "spring.h2.console.enabled=true\nlogging.level.root=DEBUG\nlogging.level.org.x=DEBUG\n";
        let id = sources.add("application.properties".into(), text.into());
        let facts = Reader::read(&sources, id, find("properties").unwrap()).facts;
        assert_eq!(facts.switches.len(), 2);
    }
}
