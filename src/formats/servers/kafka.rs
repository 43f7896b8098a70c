//! Kafka: brokers, controllers, Connect, clients, and `ZooKeeper` beside them.
//! <https://kafka.apache.org/documentation/#security_ssl>

use super::{entry, finish, first_word, setting, statements, switch};
use crate::facts::{Position, Protects, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::source::{Span, Text};
use crate::syntax::entry::Entry;
use crate::syntax::properties::parse;
use crate::value::host::{self, Place};
use crate::value::list;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "kafka",
    doc: "Kafka's properties: `server.properties`, `connect-*.properties`, `zookeeper.properties` and their kin",
    by_name: |_| None,
    by_content,
    read,
};

/// Whether a file's name is one that Kafka's own files have.
pub(super) fn has_name(candidate: &Candidate<'_>) -> bool {
    let Some(stem) = candidate.unmarked().strip_suffix(".properties") else { return false };
    [
        "server",
        "broker",
        "controller",
        "zookeeper",
        "producer",
        "consumer",
        "client",
        "connect",
        "kafka",
        "mm2",
    ]
    .iter()
    .any(|name| {
        stem.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', '_']))
    })
}

/// Names of which one of these files has at least one.
const KNOWN: &[&str] = &[
    "advertised.listeners",
    "bootstrap.servers",
    "broker.id",
    "clientPort",
    "controller.quorum.voters",
    "dataDir",
    "listeners",
    "log.dirs",
    "node.id",
    "process.roles",
    "sasl.mechanism",
    "security.protocol",
    "ssl.keystore.location",
    "ssl.truststore.location",
    "zookeeper.connect",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let known = || statements(text).any(|line| KNOWN.contains(&first_word(line)));
    (has_name(candidate) && known()).then_some("named like Kafka's properties, and reads like them")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, reader.sources);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    for found in &file.entries {
        let value = found.value.as_str().trim();
        match found.key {
            "listeners" | "advertised.listeners" | "listener.security.protocol.map" => {}
            // https://kafka.apache.org/documentation/#brokerconfigs_ssl.endpoint.identification.algorithm
            key if key.ends_with("ssl.endpoint.identification.algorithm") && value.is_empty() => {
                switch(reader, subject, (Protects::Verification, Position::Off), found.key_span, key);
            }
            "security.inter.broker.protocol" if is_cleartext(value) => {
                let at = found.value.span(0..found.value.as_str().len());
                switch(reader, subject, (Protects::Tls, Position::Off), at, found.key);
            }
            key if key.ends_with("sasl.jaas.config") => login(reader, found, subject),
            // What Kafka calls its log is the data that it holds.
            key if key.starts_with("log.") => {}
            _ => entry(reader, found, scope, subject),
        }
    }
    listeners(reader, &file.entries, subject);
    finish(reader, file.comments, Vec::new());
}

fn is_cleartext(protocol: &str) -> bool {
    matches!(protocol.trim().to_ascii_uppercase().as_str(), "PLAINTEXT" | "SASL_PLAINTEXT")
}

/// A part of a value, with its place.
struct Item<'s> {
    text: &'s str,
    at: Span,
}

fn items<'s>(text: &Text<'s>) -> Vec<Item<'s>> {
    let items = list::split_at_commas(text.as_str());
    items
        .filter_map(|item| {
            let at = text.span(item.range.clone());
            Some(Item { text: text.as_str().get(item.range)?, at })
        })
        .collect()
}

/// Listeners that speak no TLS, where the machine itself isn't the only one that reaches them. A listener's
/// name is its protocol unless the map says another. <https://kafka.apache.org/documentation/#listener_configuration>
fn listeners<'s>(reader: &mut Reader<'s>, entries: &[Entry<'s>], subject: &'s str) {
    let last = |name: &str| entries.iter().rev().find(|found| found.key == name);
    let map = last("listener.security.protocol.map").map(|found| items(&found.value)).unwrap_or_default();
    let Some(stated) = last("listeners").or_else(|| last("advertised.listeners")) else { return };
    let mut told: Vec<Span> = Vec::new();
    for listener in items(&stated.value) {
        let Some((name, address)) = listener.text.split_once("://") else { continue };
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        if host::classify(host) == Place::Loopback {
            continue;
        }
        let mapped = map.iter().find_map(|item| {
            let (mapped, protocol) = item.text.split_once(':')?;
            mapped.trim().eq_ignore_ascii_case(name.trim()).then_some((item, protocol.trim()))
        });
        let (at, key, protocol) = match mapped {
            Some((item, protocol)) if !protocol.eq_ignore_ascii_case(name.trim()) => {
                (item.at, "listener.security.protocol.map", protocol)
            }
            Some((_, protocol)) => (listener.at, stated.key, protocol),
            None => (listener.at, stated.key, name),
        };
        // Several listeners of one name are told once.
        if is_cleartext(protocol) && !told.contains(&at) && told.len() < 16 {
            told.push(at);
            switch(reader, subject, (Protects::Tls, Position::Off), at, key);
        }
    }
}

/// `… required username="…" password="…";`: <https://kafka.apache.org/documentation/#security_sasl_jaasconfig>
fn login<'s>(reader: &mut Reader<'s>, found: &Entry<'s>, subject: &'s str) {
    let text = &found.value;
    let scope = Scope(found.key_span);
    let mut at = 0;
    while let Some(rest) = text.as_str().get(at..).filter(|rest| !rest.is_empty()) {
        let Some((before, behind)) = rest.split_once("=\"") else { return };
        let name = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or(before);
        let start = at + before.len() + 2;
        let end = start + behind.find('"').unwrap_or(behind.len());
        // `user_NAME` holds the password of a user that a broker lets in.
        let what = if name.starts_with("user_") || name == "password" { "password" } else { name };
        if what == "password" || what == "username" {
            let key = reader.sources.keep(format!("{} {what}", found.key).into());
            setting(reader, key, found.key_span, text.part(start..end), scope, subject);
        }
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for (path, text) in [
            ("kafka/server.properties", "broker.id=0\n"),
            ("config/kraft/server.properties", "process.roles=broker\n"),
            ("connect-distributed.properties", "bootstrap.servers=a:9093\n"),
            ("zookeeper.properties", "# x\nclientPort=2181\n"),
            ("client-ssl.properties", "security.protocol=SSL\n"),
        ] {
            assert_eq!(recognised(path, text), Some("kafka"), "{path}");
        }
        for (path, text) in [
            ("minecraft/server.properties", "server-port=25565\nrcon.password=x\n"),
            ("serverless.properties", "broker.id=0\n"),
            ("gradle.properties", "broker.id=0\n"),
        ] {
            assert_ne!(recognised(path, text), Some("kafka"), "{path}");
        }
    }

    #[test]
    fn listeners_without_tls_are_told_where_their_protocol_stands() {
        let switches = |text: &str| read_as("kafka", text).switches;
        assert_eq!(
            switches("listeners=PLAINTEXT://:9092,SSL://:9093\n"),
            ["listeners Tls Off PLAINTEXT://:9092"]
        );
        assert_eq!(
            switches(
                "listeners=IN://:9092,OUT://:9093\nlistener.security.protocol.map=IN:SASL_PLAINTEXT,OUT:SSL\n"
            ),
            ["listener.security.protocol.map Tls Off IN:SASL_PLAINTEXT"]
        );
        let map = "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL\n";
        assert!(switches(&format!("listeners=SSL://:9093\n{map}")).is_empty());
        assert!(switches("listeners=PLAINTEXT://127.0.0.1:9092\n").is_empty());
        assert_eq!(
            switches("security.inter.broker.protocol=PLAINTEXT\n"),
            ["security.inter.broker.protocol Tls Off PLAINTEXT"]
        );
    }

    #[test]
    fn names_of_hosts_may_go_unverified() {
        let off =
            ["ssl.endpoint.identification.algorithm Verification Off ssl.endpoint.identification.algorithm"];
        assert_eq!(read_as("kafka", "ssl.endpoint.identification.algorithm=\n").switches, off);
        assert!(read_as("kafka", "ssl.endpoint.identification.algorithm=https\n").switches.is_empty());
    }

    #[test]
    fn logins_are_settings() {
        let text = "sasl.jaas.config=org.x.ScramLoginModule required \\\n  username=\"app\" \\\n  password=\"s3\" user_b=\"t4\";\n";
        assert_eq!(
            read_as("kafka", text).settings,
            ["sasl.jaas.config username=app", "sasl.jaas.config password=s3", "sasl.jaas.config password=t4"]
        );
    }

    #[test]
    fn the_log_is_data() {
        assert!(read_as("kafka", "log.retention.hours=168\n").settings.is_empty());
    }
}
