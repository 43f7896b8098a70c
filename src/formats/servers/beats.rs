//! Elastic's shippers: Beats, Logstash, Elastic Agent, APM Server.
//! <https://www.elastic.co/docs/reference/beats/filebeat/configuration-ssl>

use super::documented::{Documented, Meaning, cleartext, place, state};
use super::{is_yaml, reads_like};
use crate::formats::sections::{parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::Section;
use crate::syntax::yaml::Mode;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "beats",
    doc: "configuration of Beats, Logstash, Elastic Agent and APM Server: `*beat*.yaml`, `logstash.yml`, `elastic-agent.yml`, `apm-server.yml`",
    by_name: |_| None,
    by_content,
    read,
};

/// First names of outermost keys of which one of these files has one.
const KNOWN: &[&str] = &[
    "agent",
    "api",
    "apm-server",
    "auditbeat",
    "cloud",
    "fleet",
    "filebeat",
    "heartbeat",
    "http",
    "inputs",
    "log",
    "logging",
    "metricbeat",
    "monitoring",
    "node",
    "output",
    "outputs",
    "packetbeat",
    "path",
    "pipeline",
    "processors",
    "queue",
    "setup",
    "winlogbeat",
    "xpack",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let named = is_yaml(
        candidate,
        &[
            "filebeat",
            "metricbeat",
            "auditbeat",
            "heartbeat",
            "packetbeat",
            "winlogbeat",
            "logstash",
            "elastic-agent",
            "apm-server",
        ],
    );
    (named && reads_like(text, KNOWN)).then_some("named *beat*.yml or logstash.yml, and reads like it")
}

const DOCUMENTED: Documented = &[
    // Which logs are collected, not which are written.
    ("filebeat.modules.**", Meaning::Nothing),
    ("**.processors.**", Meaning::Nothing),
    ("processors.**", Meaning::Nothing),
    ("**.elasticsearch.protocol", Meaning::Nothing),
    ("setup.kibana.protocol", Meaning::Nothing),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        let sections = sections(document, reader.sources);
        state(reader, &sections, DOCUMENTED);
        for section in &sections {
            protocol(reader, section);
        }
    }
}

/// `protocol: http` beside the hosts that have no scheme of their own.
fn protocol<'s>(reader: &mut Reader<'s>, section: &Section<'s>) {
    for found in &section.entries {
        let Some(owner) = found.key.strip_suffix(".protocol").filter(|_| found.value.as_str() == "http")
        else {
            continue;
        };
        let of_owner =
            |key: &str| key.strip_prefix(owner).is_some_and(|rest| rest == ".hosts" || rest == ".host");
        let hosts =
            section.entries.iter().filter(|other| of_owner(other.key)).map(|other| other.value.as_str());
        let bare: Vec<&str> = hosts.filter(|host| !host.contains("://")).collect();
        cleartext(reader, "http", place(found), bare.into_iter());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for (path, text) in [
            ("filebeat.yml", "filebeat.inputs:\n- type: log\noutput.elasticsearch:\n  hosts: [a]\n"),
            ("monitoring/metricbeat.docker.yml", "metricbeat.modules: []\n"),
            ("logstash.yml", "http.host: 0.0.0.0\n"),
        ] {
            assert_eq!(recognised(path, text), Some("beats"), "{path}");
        }
        for (path, text) in [
            ("filebeat.yml", "- hosts: all\n  tasks: []\n"),
            ("filebeat.yaml", "apiVersion: apps/v1\nkind: DaemonSet\n"),
            ("heartbeat.yml", "on: push\njobs:\n  a: {}\n"),
        ] {
            assert_ne!(recognised(path, text), Some("beats"), "{path}");
        }
    }

    #[test]
    fn a_stated_protocol_is_that_of_hosts_without_a_scheme() {
        let endpoints = |text: &str| read_as("beats", text).endpoints;
        assert_eq!(
            endpoints(
                "output.elasticsearch:\n  protocol: http\n  hosts: ['es:9200', 'logs.example.org:9200']\n"
            ),
            ["http logs.example.org Public http"]
        );
        assert!(endpoints("output.elasticsearch:\n  protocol: https\n  hosts: ['es:9200']\n").is_empty());
        assert!(endpoints("output.elasticsearch:\n  protocol: http\n  hosts: ['${ES_HOST}']\n").is_empty());
        assert!(endpoints("output.elasticsearch.hosts: ['es:9200']\n").is_empty());
    }

    #[test]
    fn outputs_have_settings_and_modules_have_none() {
        let text = "filebeat.modules:\n  - module: elasticsearch\n    audit: {enabled: false}\noutput.elasticsearch:\n  password: x\n  ssl.verification_mode: none\n";
        assert_eq!(
            read_as("beats", text).settings,
            ["output.elasticsearch.password=x", "output.elasticsearch.ssl.verification_mode=none"]
        );
    }
}
