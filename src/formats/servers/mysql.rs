//! Option files of MySQL and `MariaDB`: of the server and of its clients.
//! <https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html>

use super::{credential, entry, extension, finish, statements, switch};
use crate::facts::{CredentialClass, Position, Protects, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::{Entry, is_name};
use crate::syntax::ini::{Dialect, parse};
use crate::value::boolean;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "mysql",
    doc: "option files of MySQL and MariaDB: `my.cnf`, `my.ini`, other `*.cnf` that read like them",
    by_name: |_| None,
    by_content,
    read,
};

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if extension(candidate) != "cnf" && candidate.unmarked() != "my.ini" {
        return None;
    }
    let groups = ["[mysql", "[mariadb", "[client", "[server]", "[galera"];
    let is_group = |line: &str| groups.iter().any(|group| line.starts_with(group));
    statements(text).any(is_group).then_some("named *.cnf, and reads like options of MySQL")
}

/// Options that have the name of a secret or of a retention and are none: of passwords in general, of the
/// binary log.
const OTHER_MATTERS: &[&str] = &[
    "binlog_expire_logs_seconds",
    "expire_logs_days",
    "old_passwords",
    "report_password",
    "secure_auth",
    "validate_password",
];

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Mysql, reader.sources);
    let subject = reader.reading.path;
    for (section, found) in file.entries() {
        // https://dev.mysql.com/doc/refman/8.4/en/option-modifiers.html
        let name =
            found.key.strip_prefix("loose").map_or(found.key, |rest| rest.trim_start_matches(['-', '_']));
        if OTHER_MATTERS.iter().any(|other| is_name(name, other)) {
            continue;
        }
        if let Some(meaning) = meaning(name, found.value.as_str()) {
            state(reader, found, meaning, subject);
        } else if !found.value.as_str().is_empty() || is_name(name, "password") && found.is_assigned() {
            entry(reader, found, Scope(section.span), subject);
        }
    }
    finish(reader, file.comments, file.errors);
}

/// What an option means that may stand without a value.
#[derive(Clone, Copy)]
enum Meaning {
    Off(Protects),
    NobodyIsAsked,
}

fn meaning(name: &str, value: &str) -> Option<Meaning> {
    let on = value.is_empty() || boolean::parse(value) == Some(true);
    let is = |names: &[&str]| on && names.iter().any(|known| is_name(name, known));
    if is(&["skip_ssl", "disable_ssl"]) {
        Some(Meaning::Off(Protects::Tls))
    } else if is(&["skip_ssl_verify_server_cert", "disable_ssl_verify_server_cert"]) {
        Some(Meaning::Off(Protects::Verification))
    } else if is(&["skip_grant_tables"]) {
        Some(Meaning::NobodyIsAsked)
    } else {
        None
    }
}

fn state<'s>(reader: &mut Reader<'s>, found: &Entry<'s>, meaning: Meaning, subject: &'s str) {
    let value = &found.value;
    let at = if value.as_str().is_empty() { found.key_span } else { value.span(0..value.as_str().len()) };
    match meaning {
        Meaning::Off(protects) => switch(reader, subject, (protects, Position::Off), at, found.key),
        Meaning::NobodyIsAsked => {
            let evidence = "anyone is let in, with all rights and without a password";
            credential(reader, subject, CredentialClass::Empty, at, found.key, evidence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for path in ["my.cnf", ".my.cnf", "mysql/conf.d/mysqld.cnf", "my.ini", "mariadb.cnf"] {
            assert_eq!(recognised(path, "# x\n[mysqld]\nport=3306\n"), Some("mysql"), "{path}");
        }
        assert_eq!(recognised("openssl.cnf", "[req]\ndefault_bits = 2048\n"), None);
    }

    #[test]
    fn options_without_a_value_have_a_meaning() {
        let text = "[mysqld]\nskip-grant-tables\nskip_ssl\n[client]\nskip-ssl-verify-server-cert=1\n";
        let facts = read_as("mysql", text);
        assert_eq!(facts.credentials, ["skip-grant-tables Empty skip-grant-tables"]);
        assert_eq!(
            facts.switches,
            ["skip_ssl Tls Off skip_ssl", "skip-ssl-verify-server-cert Verification Off 1"]
        );
        assert!(read_as("mysql", "[mysqld]\nskip_grant_tables=0\nskip-ssl=OFF\n").credentials.is_empty());
    }

    #[test]
    fn options_are_settings_of_their_group() {
        let text = "[client]\nuser=root\npassword=\"root\"\n[mysqld]\nskip-name-resolve\ntls_version=TLSv1\n";
        assert_eq!(read_as("mysql", text).settings, ["user=root", "password=root", "tls_version=TLSv1"]);
    }

    #[test]
    fn a_password_that_stands_alone_is_asked_for() {
        assert_eq!(read_as("mysql", "[client]\npassword = \n").settings, ["password="]);
        assert!(read_as("mysql", "[client]\npassword\n").settings.is_empty());
    }

    #[test]
    fn what_only_sounds_like_a_secret_or_a_retention_is_left_alone() {
        let text = "[mysqld]\nloose_validate_password=FORCE\nexpire_logs_days=7\nold_passwords=2\n";
        assert!(read_as("mysql", text).settings.is_empty());
    }
}
