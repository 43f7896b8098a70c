//! Settings of an application in its folder `config`, as node-config, Rails, Sequelize and many others keep
//! them. Most files of such folders are something else, and are left alone.

use super::sections::{keys, leave_out_empty, parse_leniently, sections};
use super::servers::documented::state;
use super::{Candidate, Format, Reader};
use crate::syntax::yaml::{Kind, Mode};
use crate::value::environment::Environment;

pub(super) const FORMAT: Format = Format {
    name: "config",
    doc: "settings of an application in its folder `config`: `default.yaml`, `production.json`, `database.yml` and the like",
    by_name: |_| None,
    by_content,
    read,
};

/// The words of which the names of such files are made.
/// <https://github.com/node-config/node-config/wiki/Configuration-Files>
const WORDS: &[&str] = &[
    "app",
    "application",
    "base",
    "cable",
    "cache",
    "common",
    "config",
    "configuration",
    "database",
    "databases",
    "db",
    "default",
    "dev",
    "develop",
    "development",
    "env",
    "environment",
    "live",
    "local",
    "mail",
    "mailer",
    "mongoid",
    "override",
    "preprod",
    "prod",
    "production",
    "qa",
    "redis",
    "secrets",
    "server",
    "session",
    "settings",
    "sidekiq",
    "stage",
    "staging",
    "storage",
    "test",
    "testing",
    "uat",
];

/// Folders in the folder `config` with a file for each environment.
const PARTS: &[&str] = &["env", "environment", "environments", "settings"];

/// Outermost keys by which files of another kind are told: of CI, of an interface, of translations, of a
/// container of services, of other tools.
const OTHERS: &[&str] = &[
    "$schema",
    "apiVersion",
    "compilerOptions",
    "definitions",
    "en",
    "extends",
    "imports",
    "jobs",
    "kind",
    "locale",
    "on",
    "openapi",
    "parameters",
    "paths",
    "plugins",
    "routes",
    "rules",
    "services",
    "stages",
    "swagger",
    "tasks",
    "translations",
];

/// How much of a JSON text is looked at, in bytes.
const WINDOW: usize = 4 << 10;

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let (stem, extension) = candidate.unmarked().rsplit_once('.')?;
    if !matches!(extension, "yaml" | "yml" | "json") || !is_in_config(candidate) || candidate.is_of_tests() {
        return None;
    }
    let mut words = stem.split(['-', '_', '.']);
    if !words.all(|word| WORDS.contains(&word)) {
        return None;
    }
    let settings = if extension == "json" { is_object(text) } else { is_mapping(text) };
    settings.then_some("settings in a folder `config`")
}

fn is_in_config(candidate: &Candidate<'_>) -> bool {
    let mut folders = candidate.path.rsplit('/').skip(1);
    let is_config = |folder: Option<&str>| folder.is_some_and(|folder| matches!(folder, "conf" | "config"));
    match folders.next() {
        Some(folder) if PARTS.contains(&folder) => is_config(folders.next()),
        folder => is_config(folder),
    }
}

fn is_mapping(text: &str) -> bool {
    let mut keys = keys(text).peekable();
    keys.peek().is_some() && !keys.any(|key| OTHERS.contains(&key))
}

fn is_object(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let window = text.get(..text.floor_char_boundary(WINDOW)).unwrap_or(text);
    let has = |key: &&str| window.contains(&format!("\"{key}\""));
    // What looks like an outermost key may be an inner one: only those that say most are looked for.
    let other = ["$schema", "apiVersion", "compilerOptions", "openapi", "swagger"].iter().any(has);
    (text.starts_with(['{', '/'])) && !other
}

fn read(reader: &mut Reader<'_>) {
    let candidate = Candidate::new(reader.reading.path, &|_| false);
    let is_json = candidate.unmarked().rsplit_once('.').is_some_and(|(_, extension)| extension == "json");
    let stream = parse_leniently(reader, if is_json { Mode::Json } else { Mode::Plain });
    for document in &stream.documents {
        // Rails and Sequelize keep all environments in one file.
        for entry in document.root().entries().filter(|entry| entry.value.kind() == Kind::Mapping) {
            let is_environment = matches!(entry.key, "dev" | "development" | "local" | "test" | "testing");
            if is_environment && Environment::of_name(entry.key) == Environment::Development {
                reader.reading.links.development.push(entry.value.span());
            }
        }
        let mut sections = sections(document, reader.sources);
        leave_out_empty(&mut sections);
        state(reader, &sections, &[]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::Sources;

    fn recognised(path: &str, text: &str) -> Option<&'static str> {
        recognise(&Candidate::new(path, &|_| false), || Some(text)).map(|found| found.format.name)
    }

    #[test]
    fn settings_are_told_by_folder_name_and_content() {
        for (path, text) in [
            ("config/default.json", "{\n  \"db\": {\"password\": \"x\"}\n}\n"),
            ("api/config/production.yaml", "db:\n  host: x\n"),
            ("config/database.yml", "default: &d\n  adapter: postgresql\nproduction:\n  <<: *d\n"),
            ("config/config.json", "{\"development\": {}}"),
            ("config/environments/staging.json", "{\"a\": 1}"),
            ("config/local-production.yml", "a: 1\n"),
            ("config/database.yml.example", "production:\n  a: 1\n"),
        ] {
            assert_eq!(recognised(path, text), Some("config"), "{path}");
        }
    }

    #[test]
    fn other_files_of_such_folders_are_left_alone() {
        for (path, text) in [
            ("config/custom-environment-variables.json", "{\"db\": {\"password\": \"DB_PASSWORD\"}}"),
            ("config/routes.yaml", "home:\n  path: /\n"),
            ("config/locales/en.yml", "en:\n  password: Password\n"),
            ("config/app.yml", "en:\n  password: Password\n"),
            ("config/services.yaml", "services:\n  _defaults: {autowire: true}\n"),
            ("config/packages/security.yaml", "security:\n  a: 1\n"),
            ("config/api.yaml", "openapi: 3.1.0\npaths: {}\n"),
            ("config/app.json", "{\n  \"openapi\": \"3.1.0\"\n}"),
            ("config/default.yml", "on: push\njobs: {}\n"),
            ("config/production.yaml", "- a\n- b\n"),
            ("config/production.json", "[1]"),
            ("config/deploy.yml", "service: x\nregistry: {password: [X]}\n"),
            ("tests/config/default.json", "{}"),
            ("default.json", "{\"extends\": []}"),
            (".github/config/labels.yml", "bug:\n  color: x\n"),
            ("config/tsconfig.json", "{\"compilerOptions\": {}}"),
        ] {
            assert_eq!(recognised(path, text), None, "{path}");
        }
    }

    #[test]
    fn a_file_may_hold_all_environments() {
        let text = "default: &d\n  password: a\nproduction:\n  <<: *d\n  url: ''\ndevelopment:\n  <<: *d\n  host: h\n";
        let sources = Sources::default();
        let id = sources.add("config/database.yml".into(), text.into());
        let reading = Reader::read(&sources, id, find("config").unwrap());
        let settings = reading.facts.settings.iter();
        let settings: Vec<_> = settings.map(|one| (*one.key.value().unwrap(), one.text.as_str())).collect();
        assert_eq!(settings, [("default.password", "a"), ("development.host", "h")]);
        let [development] = reading.links.development[..] else { panic!() };
        assert!(sources.slice(development).contains("host: h"));
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange(path in "config/(default|app)\\.(json|yml)", text in "[-a: \n{}\\[\\],&*'\"/|%]{0,60}") {
            let sources = Sources::default();
            let _ = recognised(&path, &text);
            let id = sources.add(path, text);
            let reading = Reader::read(&sources, id, find("config").unwrap());
            for setting in reading.facts.settings {
                let _ = sources.slice(setting.head.anchor);
            }
        }
    }
}
