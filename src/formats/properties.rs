//! Properties of applications: of Spring, Quarkus and Micronaut.

use super::{Candidate, Format, Reader, spring};
use crate::syntax::entry::Section;
use crate::syntax::properties::parse;

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
    (spring::is_named(stem) && !candidate.is_of_tests()).then_some("named application*.properties")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, reader.sources);
    let all = Section { name: "", span: reader.text.span(0..0), entries: file.entries };
    spring::state(reader, &[all]);
    reader.reading.comments.extend(file.comments);
}

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::Sources;

    fn recognised(path: &str) -> Option<&'static str> {
        recognise(&Candidate::new(path, &|_| false), || None).map(|found| found.format.name)
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
