//! Redis, Valkey, `KeyDB` and Sentinel.
//! <https://redis.io/docs/latest/operate/oss_and_stack/management/security/>

use super::{behind_mark, credential, finish, first_word, is_named, rest, setting, statements, switch};
use crate::facts::{CredentialClass, Position, Protects, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::words::{Dialect, Line, Word, parse};
use crate::value::boolean;
use crate::value::host::{self, Place};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "redis",
    doc: "configuration of Redis, Valkey, KeyDB and Sentinel: `redis*.conf`, `valkey*.conf`, `sentinel*.conf`",
    by_name: |_| None,
    by_content,
    read,
};

/// Directives that one of these files has at least one of.
const KNOWN: &[&str] = &[
    "aclfile",
    "appendfsync",
    "appendonly",
    "bind",
    "cluster-enabled",
    "databases",
    "loglevel",
    "masterauth",
    "maxmemory",
    "maxmemory-policy",
    "port",
    "protected-mode",
    "replicaof",
    "requirepass",
    "save",
    "sentinel",
    "slaveof",
    "tcp-keepalive",
    "user",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if !is_named(candidate, &["redis", "valkey", "keydb", "sentinel"], "conf") {
        return None;
    }
    // nginx, supervisord and others keep what they say of Redis in files of its name.
    let foreign = statements(text).any(|line| line.starts_with('[') || line.ends_with(['{', ';']));
    let is_known = |word: &str| KNOWN.contains(&word) || word.starts_with("tls-");
    let known = || statements(text).any(|line| is_known(first_word(line)));
    (!foreign && known()).then_some("named redis*.conf, and reads like it")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Redis, reader.sources);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    for line in &file.lines {
        if line.starts_with(&["user"]) {
            user(reader, line, subject);
        } else if line.starts_with(&["sentinel"]) && line.words.len() > 3 {
            of_sentinel(reader, line, scope, subject);
        } else if let Some(name) = line.words.first().filter(|_| line.words.len() > 1) {
            let value = rest(reader, line, 1);
            setting(reader, name.as_str(), name.span, value, scope, subject);
        }
    }
    replication(reader, &file.lines, subject);
    let listens = Listens::of(&file.lines);
    if let Some(port) = listens.cleartext_beside_tls() {
        switch(reader, subject, (Protects::Tls, Position::Optional), port.content(), "port");
    }
    if let Some(off) = listens.protected_mode_off.filter(|_| listens.is_open()) {
        let evidence = "anyone who reaches the port is let in without a password";
        credential(reader, subject, CredentialClass::Empty, off.content(), "protected-mode", evidence);
    }
    finish(reader, file.comments, file.errors);
}

/// `sentinel auth-pass mymaster secret`
fn of_sentinel<'s>(reader: &mut Reader<'s>, line: &Line<'s>, scope: Scope, subject: &'s str) {
    let [_, name, .., value] = line.words.as_slice() else { return };
    let key = reader.sources.keep(format!("sentinel {}", name.as_str()).into());
    setting(reader, key, name.span, value.text.clone(), scope, subject);
}

/// `user name on >password ~* +@all`: <https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/>
fn user<'s>(reader: &mut Reader<'s>, line: &Line<'s>, subject: &'s str) {
    let Some(name) = line.words.get(1) else { return };
    let scope = Scope(line.span);
    let rules = line.words.get(2..).unwrap_or_default();
    let named = |what: &str| format!("user {} {what}", name.as_str());
    for rule in rules {
        if let Some(password) = behind_mark(rule, '>') {
            let login = reader.sources.keep(named("login").into());
            setting(reader, login, name.span, name.text.clone(), scope, subject);
            let key = reader.sources.keep(named("password").into());
            setting(reader, key, name.span, password, scope, subject);
        }
    }
    if let Some(nopass) = rules.iter().find(|rule| rule.is("nopass"))
        && rules.iter().any(|rule| rule.is("on"))
        && !rules.iter().any(|rule| rule.as_str().starts_with('>'))
    {
        let key = reader.sources.keep(named("nopass").into());
        let evidence = "this user logs in with any password";
        credential(reader, subject, CredentialClass::Empty, nopass.content(), key, evidence);
    }
}

/// `tls-replication no`, `tls-cluster no`: traffic between the servers goes in the clear.
fn replication<'s>(reader: &mut Reader<'s>, lines: &[Line<'s>], subject: &'s str) {
    for line in lines {
        let [name, value] = line.words.as_slice() else { continue };
        if (name.is("tls-replication") || name.is("tls-cluster"))
            && boolean::parse(value.as_str()) == Some(false)
        {
            let off = (Protects::Tls, Position::Off);
            switch(reader, subject, off, value.content(), name.as_str());
        }
    }
}

/// What decides who may reach the server. Of a directive that stands twice, the last one counts.
#[derive(Default)]
struct Listens<'l, 's> {
    port: Option<&'l Word<'s>>,
    tls_port: Option<&'l Word<'s>>,
    protected_mode_off: Option<&'l Word<'s>>,
    loopback: bool,
    authenticates: bool,
}

impl<'l, 's> Listens<'l, 's> {
    fn of(lines: &'l [Line<'s>]) -> Self {
        let mut listens = Listens::default();
        for line in lines {
            let Some(value) = line.words.get(1) else { continue };
            match line.name().to_ascii_lowercase().as_str() {
                "port" => listens.port = Some(value),
                "tls-port" => listens.tls_port = Some(value),
                "protected-mode" => {
                    let off = boolean::parse(value.as_str()) == Some(false);
                    listens.protected_mode_off = Some(value).filter(|_| off);
                }
                "bind" => listens.loopback = line.arguments().iter().all(is_loopback),
                "requirepass" => listens.authenticates = !value.as_str().is_empty(),
                // Users, or whatever other files hold.
                "aclfile" | "user" | "include" => listens.authenticates = true,
                _ => {}
            }
        }
        listens
    }

    fn is_open(&self) -> bool {
        !self.authenticates && !self.loopback && self.port.is_none_or(|port| port.as_str() != "0")
    }

    /// The port that takes connections without TLS where another takes them with it.
    fn cleartext_beside_tls(&self) -> Option<&'l Word<'s>> {
        let opens = |port: Option<&'l Word<'s>>| port.filter(|port| port.as_str() != "0");
        opens(self.tls_port).and_then(|_| opens(self.port)).filter(|_| !self.loopback)
    }
}

/// Whether an address is the machine's own; `-` before it says that it may be missing.
fn is_loopback(word: &Word<'_>) -> bool {
    host::classify(word.as_str().trim_start_matches('-')) == Place::Loopback
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for (path, text) in [
            ("redis/redis.conf", "maxmemory 4gb\n"),
            ("redis-master.conf", "# Redis\n\nport 6379\n"),
            ("sentinel.conf", "sentinel monitor m 10.0.0.1 6379 2\n"),
            ("conf/valkey.conf.template", "bind 0.0.0.0\n"),
        ] {
            assert_eq!(recognised(path, text), Some("redis"), "{path}");
        }
        for (path, text) in [
            ("nginx/conf.d/redis.conf", "upstream redis {\n  server redis:6379;\n}\n"),
            ("supervisor/conf.d/redis.conf", "[program:redis]\ncommand=redis-server\n"),
            ("redis.conf", "# nothing but a comment\n"),
            ("app.conf", "port 6379\n"),
        ] {
            assert_ne!(recognised(path, text), Some("redis"), "{path}");
        }
    }

    #[test]
    fn an_open_server_is_a_credential_that_is_empty() {
        let open = |text: &str| read_as("redis", text).credentials;
        assert_eq!(open("bind 0.0.0.0\nprotected-mode no\n"), ["protected-mode Empty no"]);
        assert_eq!(open("protected-mode no\n"), ["protected-mode Empty no"]);
        for closed in [
            "protected-mode no\nrequirepass x\n",
            "protected-mode no\nbind 127.0.0.1 -::1\n",
            "protected-mode no\naclfile /etc/redis/users.acl\n",
            "protected-mode no\ninclude /etc/redis/auth.conf\n",
            "protected-mode no\nport 0\nunixsocket /run/redis.sock\n",
            "protected-mode yes\nbind 0.0.0.0\n",
            "bind 0.0.0.0\n",
        ] {
            assert_eq!(open(closed), Vec::<String>::new(), "{closed}");
        }
    }

    #[test]
    fn users_have_passwords_or_none() {
        let facts = read_as("redis", "user default on nopass ~* +@all\nuser api on \">s3\" ~*\n");
        assert_eq!(facts.credentials, ["user default nopass Empty nopass"]);
        assert_eq!(facts.settings, ["user api login=api", "user api password=s3"]);
        assert!(read_as("redis", "user default off nopass\n").credentials.is_empty());
    }

    #[test]
    fn a_cleartext_port_beside_tls_leaves_it_optional() {
        assert_eq!(read_as("redis", "port 6379\ntls-port 6380\n").switches, ["port Tls Optional 6379"]);
        assert!(read_as("redis", "port 0\ntls-port 6379\n").switches.is_empty());
        assert!(read_as("redis", "port 6379\n").switches.is_empty());
        assert_eq!(read_as("redis", "tls-replication no\n").switches, ["tls-replication Tls Off no"]);
    }

    #[test]
    fn directives_are_settings_with_all_their_words() {
        let text = "tls-protocols \"TLSv1.1 TLSv1.2\"\nsave 900 1\nsentinel auth-pass mymaster x\n";
        assert_eq!(
            read_as("redis", text).settings,
            ["tls-protocols=TLSv1.1 TLSv1.2", "save=900 1", "sentinel auth-pass=x"]
        );
    }

    #[test]
    fn an_open_quote_is_a_problem_but_not_in_a_template() {
        assert_eq!(read_as("redis", "requirepass \"x\n").problems.len(), 1);
        assert!(read_as("redis", "requirepass \"{{ password }}\nport 6379\n").problems.is_empty());
    }
}
