//! Servers that keep their settings in sections of an INI file, and of which no more needs to be known:
//! Grafana, `PgBouncer`, PHP.

use super::{credential, entry, finish, setting};
use crate::facts::{CredentialClass, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::Entry;
use crate::syntax::ini::{Dialect, parse};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "ini",
    doc: "INI files of Grafana, PgBouncer and PHP: `grafana*.ini`, `pgbouncer*.ini`, `php*.ini`",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let stem = candidate.unmarked().strip_suffix(".ini")?;
    match stem {
        stem if stem.starts_with("grafana") => Some("named grafana*.ini"),
        stem if stem.starts_with("pgbouncer") => Some("named pgbouncer*.ini"),
        "php" | "php-production" | "php-development" | "php.prod" | "php.production" => {
            Some("named php*.ini")
        }
        _ => None,
    }
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Ini, reader.sources);
    let subject = reader.reading.path;
    let scope = Scope(reader.text.span(0..0));
    let name = subject.rsplit('/').next().unwrap_or(subject);
    let (of_php, of_pgbouncer) = (name.starts_with("php"), name.starts_with("pgbouncer"));
    for (section, found) in file.entries() {
        let value = found.value.as_str();
        // Of PHP's many settings one is of interest; the rest is the language's.
        if value.is_empty() || of_php && !found.key.eq_ignore_ascii_case("expose_php") {
            continue;
        }
        // https://www.pgbouncer.org/config.html#auth_type
        if of_pgbouncer && found.key == "auth_type" && matches!(value, "trust" | "any") {
            let at = found.value.span(0..value.len());
            let evidence = "anyone is let in without a password";
            credential(reader, subject, CredentialClass::Empty, at, found.key, evidence);
        } else if of_pgbouncer && section.name == "databases" {
            database(reader, found, subject);
        } else if of_php || section.name.is_empty() {
            entry(reader, found, scope, subject);
        } else {
            let key = reader.sources.keep(format!("{}.{}", section.name, found.key).into());
            setting(reader, key, found.key_span, found.value.clone(), scope, subject);
        }
    }
    finish(reader, file.comments, file.errors);
}

/// `app = host=db user=app password=…`: whether such a connection is encrypted, other settings say.
/// <https://www.pgbouncer.org/config.html#section-databases>
fn database<'s>(reader: &mut Reader<'s>, found: &Entry<'s>, subject: &'s str) {
    let (text, all) = (&found.value, found.value.as_str());
    let scope = Scope(found.key_span);
    let mut at = 0;
    while let Some((before, behind)) = all.get(at..).and_then(|rest| rest.split_once('=')) {
        let start = at + before.len() + 1;
        let quoted = behind.starts_with('\'');
        let inner = start + usize::from(quoted);
        let ends = |c: char| if quoted { c == '\'' } else { c.is_whitespace() };
        let end =
            all.get(inner..).and_then(|rest| rest.find(ends)).map_or(all.len(), |length| inner + length);
        let name = before.trim_start_matches('\'').trim();
        if name == "user" || name == "password" {
            let key = reader.sources.keep(format!("databases.{} {name}", found.key).into());
            setting(reader, key, found.key_span, text.part(inner..end), scope, subject);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};
    use crate::formats::{Reader, find};
    use crate::source::Sources;

    #[test]
    fn files_are_told_by_their_name() {
        for path in ["grafana/grafana.ini", "pgbouncer.ini", "docker/php.ini", "grafana.ini.example"] {
            assert_eq!(recognised(path, ""), Some("ini"), "{path}");
        }
        for path in ["tox.ini", "alembic.ini", "pytest.ini", "setup.cfg", "php.inc"] {
            assert_eq!(recognised(path, "[a]\nb=c\n"), None, "{path}");
        }
    }

    #[test]
    fn pgbouncer_logs_in_to_databases() {
        let sources = Sources::default();
        let text = "[databases]\napp = host=db user=app password='a b' dbname=x\n* = host=db\n[pgbouncer]\nauth_type = trust\n";
        let id = sources.add("pgbouncer.ini".into(), text.into());
        let facts = Reader::read(&sources, id, find("ini").unwrap()).facts;
        let values: Vec<_> = facts.settings.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(values, ["app", "a b"]);
        assert_eq!(facts.credentials.len(), 1);
    }

    #[test]
    fn settings_have_the_name_of_their_section() {
        let text = "app_mode = production\n[security]\n;admin_user = admin\nadmin_password = x ; y\n[database]\npassword =\n";
        assert_eq!(read_as("ini", text).settings, ["app_mode=production", "security.admin_password=x"]);
    }
}
