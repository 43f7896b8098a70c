//! Settings of applications of Spring, Quarkus and Micronaut in YAML.
//! <https://docs.spring.io/spring-boot/reference/features/external-config.html>

use super::sections::{keys, parse, sections};
use super::servers::reads_like;
use super::{Candidate, Format, Reader, spring};
use crate::syntax::entry::{Entry, Section};
use crate::syntax::yaml::{Document, Mode};
use crate::value::environment::Environment;

pub(super) const FORMAT: Format = Format {
    name: "application",
    doc: "settings of Spring, Quarkus and Micronaut: `application*.yaml`, `bootstrap*.yaml` that read like them, but those of tests",
    by_name: |_| None,
    by_content,
    read,
};

/// Outermost keys that these frameworks read.
const KNOWN: &[&str] = &[
    "camel",
    "datasources",
    "dubbo",
    "eureka",
    "feign",
    "grpc",
    "jhipster",
    "logging",
    "management",
    "micronaut",
    "mybatis",
    "mybatis-plus",
    "quarkus",
    "resilience4j",
    "server",
    "spring",
    "springdoc",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let (stem, extension) = candidate.unmarked().rsplit_once('.')?;
    if !matches!(extension, "yaml" | "yml") || !spring::is_named(stem) || candidate.is_of_tests() {
        return None;
    }
    let profiles = || keys(text).any(|key| key.starts_with('%'));
    (reads_like(text, KNOWN) || profiles())
        .then_some("named application*.yaml, and reads like Spring's settings")
}

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    let mut documents: Vec<(&Document<'_>, Vec<Section<'_>>)> =
        stream.documents.iter().map(|document| (document, sections(document, reader.sources))).collect();
    let has_profiles = documents.iter().any(|(_, sections)| profile(sections).is_some());
    for (document, sections) in &mut documents {
        if profile(sections).is_some_and(is_for_developers) {
            reader.reading.links.development.push(document.span());
        }
        // Which profile is the default says nothing of a file that speaks of several.
        if has_profiles {
            for section in sections.iter_mut() {
                section.entries.retain(|found| !names_default(found));
            }
        }
        // Quarkus writes the profile before the names.
        for entry in document.root().entries() {
            if entry.key.strip_prefix('%').is_some_and(is_for_developers) {
                reader.reading.links.development.push(entry.value.span());
            }
        }
        spring::state(reader, sections);
    }
}

/// The profile that a document is for.
fn profile<'s>(sections: &[Section<'s>]) -> Option<&'s str> {
    let names = ["spring.config.activate.on-profile", "spring.profiles"];
    let all = sections.iter().flat_map(|section| &section.entries);
    all.rev().find(|found| names.contains(&found.key)).map(|found| found.value.as_str())
}

fn names_default(found: &Entry<'_>) -> bool {
    matches!(found.key, "spring.profiles.active" | "spring.profiles.default")
}

fn is_for_developers(profile: &str) -> bool {
    Environment::of_name(profile.trim()) == Environment::Development
}

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::Sources;

    #[test]
    fn files_are_told_by_name_and_content() {
        let recognised = |path: &str, text: &str| {
            recognise(&Candidate::new(path, &|_| false), || Some(text)).map(|found| found.format.name)
        };
        for (path, text) in [
            ("src/main/resources/application.yml", "server:\n  port: 8080\n"),
            ("config/application-prod.yaml", "spring:\n  datasource: {url: x}\n"),
            ("bootstrap.yml", "spring.application.name: a\n"),
            ("application.yml.example", "quarkus:\n  http: {port: 1}\n"),
            ("application.yaml", "'%dev':\n  a: 1\n"),
        ] {
            assert_eq!(recognised(path, text), Some("application"), "{path}");
        }
        for (path, text) in [
            ("argocd/application.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {}\n"),
            ("src/test/resources/application.yml", "spring:\n  a: 1\n"),
            ("application.yml", "name: x\nserver: y\n"),
            ("application.yml", "- hosts: all\n"),
            ("applications.yml", "spring:\n  a: 1\n"),
        ] {
            assert_ne!(recognised(path, text), Some("application"), "{path}");
        }
    }

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let sources = Sources::default();
        let id = sources.add("application.yml".into(), text.into());
        let reading = Reader::read(&sources, id, find("application").unwrap());
        let settings = reading.facts.settings.iter();
        let settings = settings.map(|one| format!("{}={}", one.key.value().unwrap(), one.text.as_str()));
        let development = reading.links.development.iter().map(|span| sources.slice(*span).to_owned());
        (settings.collect(), development.collect())
    }

    #[test]
    fn placeholders_are_put_in() {
        let text = "db: {host: db}\nspring:\n  datasource:\n    url: jdbc:postgresql://${db.host}:${PORT:5432}/x\n    password: ${DB_PASSWORD:postgres}\n";
        assert_eq!(
            read(text).0,
            [
                "db.host=db",
                "spring.datasource.url=jdbc:postgresql://db:5432/x",
                "spring.datasource.password=postgres"
            ]
        );
    }

    #[test]
    fn documents_and_names_may_be_for_developers() {
        let text = "spring:\n  profiles: {active: dev}\na: 1\n---\nspring:\n  config: {activate: {on-profile: dev}}\nb: 2\n---\nspring.config.activate.on-profile: prod\nc: 3\n";
        let (settings, development) = read(text);
        assert_eq!(settings.first().map(String::as_str), Some("a=1"));
        assert!(
            matches!(&development[..], [one] if one.contains("b: 2") && !one.contains("c: 3")),
            "{development:?}"
        );
        assert_eq!(read("spring: {profiles: {active: dev}}\n").0, ["spring.profiles.active=dev"]);
        assert_eq!(read("'%dev':\n  a: 1\n'%prod':\n  a: 2\n").1, ["a: 1"]);
    }

    #[test]
    fn a_file_that_maven_fills_in_is_no_wrong_one() {
        let sources = Sources::default();
        let id =
            sources.add("application.yml".into(), "spring:\n  profiles:\n    active: @profile@\n".into());
        let reading = Reader::read(&sources, id, find("application").unwrap());
        assert!(reading.facts.problems.is_empty());
    }
}
