//! PostgreSQL's server parameters. Who may log in stands in `pg_hba.conf`.
//! <https://www.postgresql.org/docs/current/runtime-config.html>

use super::{entry, finish, first_word, is_named, statements, switch};
use crate::facts::{Position, Protects, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::is_name;
use crate::syntax::ini::{Dialect, parse};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "postgresql",
    doc: "PostgreSQL's server parameters: `postgresql*.conf`, `postgres*.conf`",
    by_name: |_| None,
    by_content,
    read,
};

/// Parameters that one of these files has at least one of.
const KNOWN: &[&str] = &[
    "archive_mode",
    "checkpoint_completion_target",
    "data_directory",
    "effective_cache_size",
    "hba_file",
    "include",
    "include_dir",
    "listen_addresses",
    "log_connections",
    "log_destination",
    "log_statement",
    "logging_collector",
    "max_connections",
    "max_wal_size",
    "password_encryption",
    "pgaudit.log",
    "port",
    "primary_conninfo",
    "shared_buffers",
    "shared_preload_libraries",
    "ssl",
    "ssl_cert_file",
    "ssl_ciphers",
    "ssl_min_protocol_version",
    "wal_level",
    "work_mem",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if !is_named(candidate, &["postgres", "pgsql"], "conf") {
        return None;
    }
    let foreign = statements(text).any(|line| line.starts_with('[') || line.ends_with('{'));
    let known = || statements(text).any(|line| KNOWN.contains(&first_word(line)));
    (!foreign && known()).then_some("named postgresql*.conf, and reads like it")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Postgresql, reader.sources);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    for (_, found) in file.entries() {
        // https://github.com/pgaudit/pgaudit#pgauditlog
        if is_name(found.key, "pgaudit.log") && found.value.as_str().trim().eq_ignore_ascii_case("none") {
            let at = found.value.span(0..found.value.as_str().len());
            switch(reader, subject, (Protects::Audit, Position::Off), at, found.key);
        }
        entry(reader, found, scope, subject);
    }
    finish(reader, file.comments, file.errors);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for path in ["postgresql.conf", "db/postgresql.auto.conf", "postgres.conf", "postgresql.conf.sample"]
        {
            assert_eq!(recognised(path, "# x\nshared_buffers = 256MB\n"), Some("postgresql"), "{path}");
        }
        for (path, text) in [
            ("nginx/postgres.conf", "upstream postgres {\n  server db:5432;\n}\n"),
            ("supervisor/postgres.conf", "[program:postgres]\ncommand=postgres\n"),
            ("postgresql.conf", "# empty\n"),
            ("app.conf", "shared_buffers = 256MB\n"),
        ] {
            assert_ne!(recognised(path, text), Some("postgresql"), "{path}");
        }
    }

    #[test]
    fn parameters_are_settings() {
        let text = "ssl = off # why\nssl_min_protocol_version 'TLSv1'\nlisten_addresses = '*'\n";
        let facts = read_as("postgresql", text);
        assert_eq!(facts.settings, ["ssl=off", "ssl_min_protocol_version=TLSv1", "listen_addresses=*"]);
        assert!(facts.switches.is_empty(), "those follow from settings");
    }

    #[test]
    fn an_audit_extension_may_write_nothing() {
        assert_eq!(read_as("postgresql", "pgaudit.log = 'none'\n").switches, ["pgaudit.log Audit Off none"]);
        assert!(read_as("postgresql", "pgaudit.log = 'all, -misc'\n").switches.is_empty());
    }

    #[test]
    fn what_postgresql_refuses_is_a_problem() {
        assert_eq!(read_as("postgresql", "ssl = on\n-- comment\nwork_mem = 4MB\n").problems, ["-- comment"]);
        assert!(read_as("postgresql", "{% if tls %}\nssl = on\n{% endif %}\n").problems.is_empty());
    }
}
