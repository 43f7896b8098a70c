//! RabbitMQ in its newer form, one setting a line. <https://www.rabbitmq.com/docs/configure>

use super::{credential, entry, extension, finish, first_word, statements, switch};
use crate::facts::{CredentialClass, Position, Protects, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::source::Span;
use crate::syntax::entry::Entry;
use crate::syntax::ini::{Dialect, File, parse};
use crate::value::boolean;
use crate::value::host::{self, Place};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "rabbitmq",
    doc: "RabbitMQ's configuration: `rabbitmq*.conf`, and `*.conf` in a folder `rabbitmq`",
    by_name: |_| None,
    by_content,
    read,
};

/// How the names of its settings begin.
const KNOWN: &[&str] = &[
    "auth_",
    "channel_max",
    "cluster_",
    "collect_statistics",
    "consumer_timeout",
    "default_",
    "disk_free_limit.",
    "heartbeat",
    "listeners.",
    "log.",
    "loopback_users",
    "management.",
    "mqtt.",
    "ssl_options.",
    "stomp.",
    "vm_memory_high_watermark",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let in_folder = candidate.path.rsplit('/').skip(1).any(|folder| folder.contains("rabbitmq"));
    let named = candidate.unmarked().contains("rabbitmq") || in_folder;
    if !named || extension(candidate) != "conf" {
        return None;
    }
    let is_setting = |line: &str| line.contains('=') && !line.ends_with(['{', ';']) && !line.starts_with('[');
    let known = |line: &str| KNOWN.iter().any(|start| first_word(line).starts_with(start));
    let reads_like_it = statements(text).all(is_setting) && statements(text).any(known);
    reads_like_it.then_some("named rabbitmq*.conf, and reads like it")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Rabbitmq, reader.sources);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    for (_, found) in file.entries() {
        let (name, value) = (found.key, found.value.as_str());
        // Of a listener it says that clients show no certificate, elsewhere that none is looked at.
        let verifies = name.ends_with("ssl_options.verify") || name.ends_with("peer_verification");
        if verifies && value == "verify_none" {
            switch(reader, subject, (Protects::Verification, Position::Off), place(found), name);
            continue;
        }
        if name == "listeners.ssl" && value == "none" {
            switch(reader, subject, (Protects::Tls, Position::Off), place(found), name);
        } else if is_cleartext_beside_tls(found, &file) {
            switch(reader, subject, (Protects::Tls, Position::Optional), place(found), name);
        } else if name == "mqtt.allow_anonymous" && boolean::parse(value) == Some(true) {
            let evidence = "clients of MQTT are let in without a password";
            credential(reader, subject, CredentialClass::Empty, place(found), name, evidence);
        } else if lets_guest_in(found, &file) {
            let evidence = "nothing but a default: the user guest logs in from anywhere, with its own name";
            credential(reader, subject, CredentialClass::Default, place(found), name, evidence);
        }
        entry(reader, found, scope, subject);
    }
    finish(reader, file.comments, file.errors);
}

fn place(found: &Entry<'_>) -> Span {
    let value = &found.value;
    if value.as_str().is_empty() { found.key_span } else { value.span(0..value.as_str().len()) }
}

/// Whether a listener takes connections without TLS where another of the same kind takes them with it.
/// <https://www.rabbitmq.com/docs/networking#interfaces>
fn is_cleartext_beside_tls(found: &Entry<'_>, file: &File<'_>) -> bool {
    let Some((before, _)) = found.key.split_once("listeners.tcp.") else { return false };
    let host = found.value.as_str().rsplit_once(':').map_or("", |(host, _)| host);
    let encrypted = |other: &Entry<'_>| {
        other.key.strip_prefix(before).is_some_and(|rest| rest.starts_with("listeners.ssl."))
    };
    host::classify(host) != Place::Loopback && file.entries().any(|(_, other)| encrypted(other))
}

/// Whether the user `guest`, whom a new node has, may log in from elsewhere with the password that everyone
/// knows. <https://www.rabbitmq.com/docs/access-control#loopback-users>
fn lets_guest_in(found: &Entry<'_>, file: &File<'_>) -> bool {
    let open = match found.key {
        "loopback_users" => found.value.as_str() == "none",
        "loopback_users.guest" => boolean::parse(found.value.as_str()) == Some(false),
        _ => false,
    };
    let replaces = |other: &Entry<'_>| {
        other.key == "default_pass"
            || other.key == "default_user" && other.value.as_str() != "guest"
            || other.key == "load_definitions"
            || other.key == "definitions.import_backend"
    };
    open && !file.entries().any(|(_, other)| replaces(other))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for (path, text) in [
            ("rabbitmq.conf", "# x\nlisteners.tcp.default = 5672\n"),
            ("rabbitmq/conf.d/10-defaults.conf", "default_user = a\n"),
            ("rabbitmq.conf.example", "heartbeat = 60\n"),
        ] {
            assert_eq!(recognised(path, text), Some("rabbitmq"), "{path}");
        }
        for (path, text) in [
            ("rabbitmq.conf", "[{rabbit, [{tcp_listeners, [5672]}]}].\n"),
            ("nginx/rabbitmq.conf", "upstream rabbitmq {\n  server mq:15672;\n}\n"),
            ("rabbitmq/supervisord.conf", "[program:x]\ncommand=y\n"),
            ("app.conf", "default_user = a\n"),
        ] {
            assert_ne!(recognised(path, text), Some("rabbitmq"), "{path}");
        }
    }

    #[test]
    fn a_cleartext_listener_beside_tls_leaves_it_optional() {
        let switches = |text: &str| read_as("rabbitmq", text).switches;
        let both = "listeners.tcp.default = 5672\nlisteners.ssl.default = 5671\n";
        assert_eq!(switches(both), ["listeners.tcp.default Tls Optional 5672"]);
        assert!(switches("listeners.tcp = none\nlisteners.ssl.default = 5671\n").is_empty());
        assert!(switches("listeners.tcp.local = 127.0.0.1:5672\nlisteners.ssl.default = 5671\n").is_empty());
        assert!(switches("mqtt.listeners.tcp.default = 1883\nlisteners.ssl.default = 5671\n").is_empty());
        assert!(switches("listeners.tcp.default = 5672\n").is_empty());
        assert_eq!(switches("listeners.ssl = none\n"), ["listeners.ssl Tls Off none"]);
    }

    #[test]
    fn peers_may_go_unverified() {
        let switches = |text: &str| read_as("rabbitmq", text).switches;
        let off = ["auth_ldap.ssl_options.verify Verification Off verify_none"];
        assert_eq!(switches("auth_ldap.ssl_options.verify = verify_none\n"), off);
        assert!(switches("ssl_options.verify = verify_peer\n").is_empty());
    }

    #[test]
    fn the_guest_may_come_from_anywhere() {
        let open = |text: &str| read_as("rabbitmq", text).credentials;
        assert_eq!(open("loopback_users = none\n"), ["loopback_users Default none"]);
        assert_eq!(open("loopback_users.guest = false\n"), ["loopback_users.guest Default false"]);
        assert!(open("loopback_users.guest = true\n").is_empty());
        assert!(open("loopback_users = none\ndefault_user = app\ndefault_pass = x\n").is_empty());
        assert_eq!(open("mqtt.allow_anonymous = true\n"), ["mqtt.allow_anonymous Empty true"]);
        assert!(open("mqtt.allow_anonymous = false\n").is_empty());
    }
}
