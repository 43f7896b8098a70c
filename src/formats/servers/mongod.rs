//! MongoDB: `mongod` and `mongos`.
//! <https://www.mongodb.com/docs/manual/reference/configuration-options/>

use super::documented::{Documented, Meaning, ON, place, state};
use super::{is_named, is_yaml, reads_like};
use crate::data::tls::parse_protocol;
use crate::facts::{Field, Head, Protects, Protocol};
use crate::formats::sections::{parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::Entry;
use crate::syntax::yaml::Mode;
use crate::value::list;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "mongod",
    doc: "configuration of MongoDB: `mongo*.conf`, `mongo*.yaml`, YAML in a folder of its name that reads like it",
    by_name: |_| None,
    by_content,
    read,
};

/// The outermost keys that only these files have.
const KNOWN: &[&str] = &[
    "net",
    "processManagement",
    "replication",
    "security",
    "setParameter",
    "sharding",
    "storage",
    "systemLog",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let named = is_named(candidate, &["mongo"], "conf") || is_yaml(candidate, &["mongo"]);
    let beside = candidate.folder().contains("mongo") && is_yaml(candidate, &[""]);
    ((named || beside) && reads_like(text, KNOWN)).then_some("reads like the configuration of MongoDB")
}

const DOCUMENTED: Documented = &[
    (
        "security.authorization",
        Meaning::Open(&["disabled"], "anyone who reaches the port may read and write"),
    ),
    ("security.transitionToAuth", Meaning::Open(ON, "whoever doesn't log in is let in too")),
    ("security.ldap.transportSecurity", Meaning::Off(Protects::Tls, &["none"])),
    ("net.*.allowInvalidHostnames", Meaning::Off(Protects::Verification, ON)),
    ("net.*.disabledProtocols", Meaning::Nothing),
    ("setParameter.opensslCipherConfig", Meaning::Ciphers),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        let sections = sections(document, reader.sources);
        state(reader, &sections, DOCUMENTED);
        let stated = sections.iter().flat_map(|section| &section.entries);
        for found in stated.filter(|found| found.key.ends_with(".disabledProtocols")) {
            admitted(reader, found);
        }
    }
}

/// The old protocols that a list of disabled ones leaves. A stated list replaces the default one.
/// <https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-net.tls.disabledProtocols>
fn admitted<'s>(reader: &mut Reader<'s>, found: &Entry<'s>) {
    let disabled: Vec<_> = list::split(found.value.as_str()).map(|item| parse_protocol(item.text)).collect();
    let says_none = found.value.as_str().trim().eq_ignore_ascii_case("none");
    if !says_none && disabled.iter().any(Option::is_none) {
        return;
    }
    let (at, subject) = (place(found), reader.reading.path);
    for (tenths, name) in [(10, "TLS1_0"), (11, "TLS1_1")] {
        if !disabled.contains(&parse_protocol(name)) {
            reader.reading.facts.protocols.push(Protocol {
                head: Head::new(at, subject),
                version: Field::set(tenths, at, ""),
                name: Field::set(name, at, ""),
                implied: Field::set(false, at, ""),
            });
            // One finding says enough of one list.
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        let text = "# x\nstorage:\n  dbPath: /data\nnet:\n  port: 27017\n";
        for path in
            ["mongod.conf", "etc/mongos.conf", "mongo/mongodb.conf.j2", "mongod.yml", "mongo/shard.yaml"]
        {
            assert_eq!(recognised(path, text), Some("mongod"), "{path}");
        }
        for (path, text) in [
            ("mongod.conf", "bind_ip = 0.0.0.0\nauth = true\n"),
            ("nginx/mongo.conf", "server {\n  listen 80;\n}\n"),
            ("mongo/values.yaml", "auth:\n  enabled: true\n"),
            ("mongo/network.yaml", "apiVersion: v1\nkind: Service\nspec: {}\n"),
            ("storage.yml", "storage:\n  path: /x\n"),
        ] {
            assert_ne!(recognised(path, text), Some("mongod"), "{path}");
        }
    }

    #[test]
    fn a_server_without_authorization_lets_anyone_in() {
        let open = |text: &str| read_as("mongod", text).credentials;
        assert_eq!(open("security:\n  authorization: disabled\n"), ["security.authorization Empty disabled"]);
        assert_eq!(open("security.transitionToAuth: true\n"), ["security.transitionToAuth Empty true"]);
        assert!(open("security:\n  authorization: enabled\n  transitionToAuth: false\n").is_empty());
        assert!(open("net:\n  bindIpAll: true\n").is_empty(), "the command line may turn it on");
    }

    #[test]
    fn names_of_hosts_and_the_way_to_the_directory_may_be_unprotected() {
        let text = "net:\n  tls:\n    mode: requireTLS\n    allowInvalidHostnames: true\nsecurity:\n  ldap: {transportSecurity: none}\n";
        assert_eq!(
            read_as("mongod", text).switches,
            [
                "net.tls.allowInvalidHostnames Verification Off true",
                "security.ldap.transportSecurity Tls Off none"
            ]
        );
    }

    #[test]
    fn a_list_of_disabled_protocols_admits_the_others() {
        let protocols = |list: &str| {
            read_as("mongod", &format!("net:\n  tls:\n    disabledProtocols: {list}\n")).protocols
        };
        assert_eq!(protocols("none"), ["TLS1_0 none"]);
        assert_eq!(protocols("TLS1_0"), ["TLS1_1 TLS1_0"]);
        assert!(protocols("TLS1_0,TLS1_1").is_empty());
        assert!(protocols("'{{ protocols }}'").is_empty());
    }

    #[test]
    fn all_else_is_a_setting() {
        let text = "net:\n  bindIp: 127.0.0.1,db\n  tls: {mode: preferTLS}\nsystemLog: {path: /x}\n";
        assert_eq!(
            read_as("mongod", text).settings,
            ["net.bindIp=127.0.0.1,db", "net.tls.mode=preferTLS", "systemLog.path=/x"]
        );
    }
}
