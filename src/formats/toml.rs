//! TOML that an application or a server reads its settings from. Most TOML is none: manifests of packages
//! and settings of tools are left alone.

use super::servers::traefik;
use super::settings::Draft;
use super::unread::syntax_errors;
use super::{Candidate, Format, Reader};
use crate::facts::Scope;
use crate::syntax::toml::parse;

pub(super) const FORMAT: Format = Format {
    name: "toml",
    doc: "settings in TOML: `*.toml` in a folder `config`, `conf` or `settings`, `settings*.toml`, `application*.toml`, `traefik*.toml`, `telegraf*.conf`, `influxdb*.conf`",
    by_name,
    by_content,
    read,
};

/// Folders whose TOML an application reads.
const FOLDERS: &[&str] = &["conf", "config", "configs", "configuration", "settings", "traefik"];

/// How the names of files of settings begin, wherever they lie.
const NAMES: &[&str] = &["application", "appsettings", "settings", "traefik"];

/// Files of tools that may lie in such folders.
const TOOLS: &[&str] = &[
    "babel",
    "bandit",
    "biome",
    "book",
    "buf",
    "cargo",
    "clippy",
    "cliff",
    "codecov",
    "commitlint",
    "cross",
    "deny",
    "dprint",
    "fly",
    "gitleaks",
    "golangci",
    "govlint",
    "hugo",
    "languages",
    "lefthook",
    "markup",
    "menus",
    "mise",
    "netlify",
    "nextest",
    "pyproject",
    "pyrightconfig",
    "release",
    "revive",
    "ruff",
    "rust-toolchain",
    "rustfmt",
    "selene",
    "starship",
    "stylua",
    "taplo",
    "tarpaulin",
    "tox",
    "typos",
    "wrangler",
];

/// Names of files with texts of an interface.
const TEXTS: &[&str] = &[
    "i18n",
    "l10n",
    "lang",
    "langs",
    "language",
    "languages",
    "locale",
    "locales",
    "messages",
    "translation",
    "translations",
];

/// Whether a file holds the texts of an interface, by its name: `lang.toml`, `en.toml`, `active.de-CH.toml`.
/// <https://github.com/nicksnyder/go-i18n#command-goi18n>
fn is_of_texts(candidate: &Candidate<'_>) -> bool {
    let is_locale = |part: &str| {
        let (language, region) = part.split_once(['-', '_']).unwrap_or((part, ""));
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
        matches!(language, "de" | "en" | "es" | "fr" | "it" | "ja" | "ko" | "nl" | "pl" | "pt" | "ru" | "zh")
            && matches!(region.len(), 0 | 2 | 4)
            && letters(region)
    };
    let mut parts = candidate.name().split('.');
    let stem = parts.next().unwrap_or_default();
    TEXTS.contains(&stem)
        || is_locale(stem)
        || matches!(stem, "active" | "translate") && parts.next().is_some_and(is_locale)
}

/// The part of a name that says what a file is: `settings` of `settings.prod.toml.example`.
fn stem<'c>(candidate: &'c Candidate<'_>) -> Option<&'c str> {
    let name = candidate.name();
    let (stem, behind) = name.split_once('.').filter(|(stem, _)| !stem.is_empty())?;
    let mut rest = behind.split('.');
    let is_toml = rest.any(|part| part == "toml")
        && rest.all(|mark| matches!(mark, "example" | "sample" | "template" | "dist" | "tmpl" | "j2"));
    is_toml.then_some(stem)
}

/// Whether a name has this word in front of other words.
fn begins(stem: &str, word: &str) -> bool {
    stem.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    if candidate.extension() == "conf" {
        return (name.starts_with("telegraf") || name.starts_with("influxdb"))
            .then_some("named telegraf*.conf or influxdb*.conf");
    }
    let stem = stem(candidate)?.trim_start_matches('.');
    // Tools keep their settings in folders whose names start with a dot.
    let hidden = candidate.path.rsplit('/').skip(1).any(|folder| folder.starts_with('.') && folder.len() > 2);
    if hidden || is_of_texts(candidate) || TOOLS.iter().any(|tool| begins(stem, tool)) {
        return None;
    }
    if NAMES.iter().any(|known| begins(stem, known)) {
        return Some("named like settings in TOML");
    }
    FOLDERS.contains(&candidate.folder()).then_some("*.toml in a folder of configuration")
}

/// Whether a name is that of settings and of much else.
pub(super) fn may_be_settings(candidate: &Candidate<'_>) -> bool {
    stem(candidate).is_some_and(|stem| begins(stem, "config"))
}

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    const TABLES: &[&str] = &[
        "api",
        "app",
        "application",
        "auth",
        "cache",
        "database",
        "databases",
        "db",
        "http",
        "jwt",
        "kafka",
        "logging",
        "mongodb",
        "mysql",
        "postgres",
        "postgresql",
        "redis",
        "s3",
        "server",
        "smtp",
        "storage",
        "tls",
        "web",
    ];
    let hidden = candidate.path.rsplit('/').skip(1).any(|folder| folder.starts_with('.') && folder.len() > 2);
    if hidden || !may_be_settings(candidate) {
        return None;
    }
    // Sites that Hugo and Zola make have a `config.toml` too.
    let of_site = text.lines().any(|line| {
        let name = line.split('=').next().unwrap_or_default().trim();
        ["baseurl", "base_url", "theme", "languagecode"].iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    let is_table = |line: &str| {
        let head = line.trim().trim_start_matches('[');
        head.len() < line.trim().len() && TABLES.contains(&head.split([']', '.']).next().unwrap_or_default())
    };
    (!of_site && text.lines().any(is_table)).then_some("reads like an application's settings")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, reader.sources);
    let subject = reader.reading.path;
    traefik::state(reader, &file.sections, subject);
    for (section, found) in file.entries() {
        // What is empty is filled in elsewhere.
        if found.value.as_str().trim().is_empty() {
            continue;
        }
        let draft = Draft {
            key: found.key,
            key_span: found.key_span,
            text: found.value.clone(),
            store: reader.store,
            scope: Scope(section.span),
            subject,
            image: None,
            uses: Vec::new(),
        };
        reader.reading.facts.settings.push(draft.setting());
    }
    reader.reading.comments.extend(file.comments);
    let is_template = ["{{", "{%", "<%"].iter().any(|mark| reader.text.as_str().contains(mark));
    if !is_template {
        syntax_errors(&mut reader.reading.facts, reader.sources, file.errors);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find, recognise};
    use crate::source::Sources;

    fn recognised(path: &str, text: &str) -> Option<&'static str> {
        recognise(&Candidate::new(path, &|_| false), || Some(text)).map(|found| found.format.name)
    }

    #[test]
    fn settings_are_told_by_their_name_and_folder() {
        for path in [
            "config/default.toml",
            "config/is.toml",
            "services/api/config/production.toml",
            "settings.toml",
            "settings.prod.toml.example",
            "traefik/dynamic.toml",
            "traefik.toml",
            "telegraf.conf",
        ] {
            assert_eq!(recognised(path, ""), Some("toml"), "{path}");
        }
        for path in [
            "Cargo.toml",
            "pyproject.toml",
            "config/rustfmt.toml",
            ".cargo/config.toml",
            "config/.hidden/x.toml",
            "config/_default/hugo.toml",
            "conf/lang.toml",
            "config/zh_Hans.toml",
            "locales/active.de.toml",
            "config/active.pt-BR.toml",
            "src/data.toml",
            "config.toml",
            "toml",
        ] {
            assert_eq!(recognised(path, ""), None, "{path}");
        }
    }

    #[test]
    fn other_files_are_told_by_their_tables() {
        assert_eq!(recognised("config.toml", "x = 1\n[database]\nurl = 'x'\n"), Some("toml"));
        assert_eq!(recognised("config.prod.toml", "[server.tls]\n"), Some("toml"));
        assert_eq!(recognised("config.toml", "baseURL = 'http://x'\n[server]\n"), None);
        assert_eq!(recognised(".cargo/config.toml", "[http]\n"), None);
        assert_eq!(recognised("config.toml", "[build]\ntarget = 'x'\n"), None);
    }

    #[test]
    fn leaves_are_settings() {
        let sources = Sources::default();
        let text = "[database]\npassword = 'x'\nurl = ''\n[cors]\norigins = ['*']\n";
        let id = sources.add("config/default.toml".into(), text.into());
        let facts = Reader::read(&sources, id, find("toml").unwrap()).facts;
        let keys: Vec<_> = facts.settings.iter().map(|one| *one.key.value().unwrap()).collect();
        assert_eq!(keys, ["database.password", "cors.origins"]);
    }

    #[test]
    fn a_mistake_is_a_problem_but_not_in_a_template() {
        let problems = |text: &str| {
            let sources = Sources::default();
            let id = sources.add("config/a.toml".into(), text.into());
            Reader::read(&sources, id, find("toml").unwrap()).facts.problems.len()
        };
        assert_eq!(problems("a = = 1\n"), 1);
        assert_eq!(problems("a = {{ x }}\n"), 0);
    }
}
