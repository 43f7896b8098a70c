//! Env files: each line is a setting.

use rustc_hash::FxHashMap;

use super::settings::{Draft, expand};
use super::unread::syntax_errors;
use super::{Candidate, Format, Reader};
use crate::facts::Scope;
use crate::source::Text;
use crate::syntax::env;
use crate::syntax::interpolation::Dialect;

pub(super) const FORMAT: Format = Format {
    name: "env",
    doc: "env files: `.env`, `.env.*`, `*.env`",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    // Names such as `.env.ts` or `.env.md` speak of env files in another language.
    const OTHERS: &[&str] = &[
        "md", "mdx", "txt", "js", "cjs", "mjs", "ts", "tsx", "json", "yaml", "yml", "toml", "py", "rb", "go",
        "rs", "sh", "ps1", "java", "php", "enc", "gpg", "age", "asc", "vault", "swp", "j2", "html", "png",
        "svg", "lock", "zip", "gz",
    ];
    let name = candidate.name();
    if name == ".envrc" || OTHERS.contains(&candidate.extension()) && name != ".env" {
        return None;
    }
    if name == ".env" || name.starts_with(".env.") || name.starts_with(".env-") || name.starts_with(".env_") {
        Some("named .env*")
    } else if candidate.extension() == "env" {
        Some("named *.env")
    } else {
        None
    }
}

fn read(reader: &mut Reader<'_>) {
    let sources = reader.sources;
    let file = env::parse(&reader.text, sources);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    let mut known: FxHashMap<&str, Text<'_>> = FxHashMap::default();
    for entry in file.entries {
        if entry.missing_equals {
            continue;
        }
        let text = if entry.interpolates {
            expand(&entry.value, Dialect::Env, &mut |name| known.get(name).cloned(), sources)
        } else {
            entry.value
        };
        known.insert(entry.key, text.clone());
        let draft = Draft {
            key: entry.key,
            key_span: entry.key_span,
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
    syntax_errors(&mut reader.reading.facts, sources, file.errors);
}

#[cfg(test)]
mod tests {
    use crate::facts::Fact as _;
    use crate::formats::{FORMATS, Reader, find};
    use crate::source::Sources;

    #[test]
    fn names_of_env_files_are_known() {
        let named = |path: &str| {
            let candidate = super::Candidate::new(path, &|_| false);
            FORMATS.iter().find(|format| (format.by_name)(&candidate).is_some()).map(|format| format.name)
        };
        for path in [".env", ".env.production", "a/.env.example", "db.env", ".env.local"] {
            assert_eq!(named(path), Some("env"), "{path}");
        }
        for path in [".envrc", ".env.ts", "env", "docs/.env.md", "environment"] {
            assert_ne!(named(path), Some("env"), "{path}");
        }
    }

    #[test]
    fn each_line_is_a_setting_with_its_variables_put_in() {
        let sources = Sources::default();
        let text = "HOST=db\nURL=\"redis://${HOST}:6379\" # cache\nRAW='${HOST}'\nEMPTY=\n";
        let id = sources.add(".env".into(), text.into());
        let reading = Reader::read(&sources, id, find("env").unwrap());
        let settings: Vec<_> = reading.facts.settings.iter().map(|setting| setting.text.as_str()).collect();
        assert_eq!(settings, ["db", "redis://db:6379", "${HOST}", ""]);
        let anchor = |index: usize| sources.slice(reading.facts.settings[index].head().anchor);
        assert_eq!(anchor(0), "db");
        assert_eq!(anchor(3), "EMPTY");
    }
}
