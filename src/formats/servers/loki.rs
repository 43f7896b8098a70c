//! Grafana's stores: Loki, Tempo, Mimir, Cortex.
//! <https://grafana.com/docs/loki/latest/configure/>

use super::documented::{Documented, Meaning, ON, keeps, state};
use super::{is_yaml, reads_like};
use crate::facts::{Protects, Records};
use crate::formats::sections::{has_key, parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::Section;
use crate::syntax::yaml::Mode;
use crate::value::key::Key;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "loki",
    doc: "configuration of Loki, Tempo, Mimir and Cortex: YAML with `schema_config` or `limits_config`, other YAML of their names",
    by_name: |_| None,
    by_content,
    read,
};

/// The outermost keys of which one of these files has one.
const KNOWN: &[&str] = &[
    "alertmanager_storage",
    "auth_enabled",
    "blocks_storage",
    "compactor",
    "distributor",
    "ingester",
    "limits",
    "metrics_generator",
    "multitenancy_enabled",
    "querier",
    "ruler_storage",
    "storage",
    "storage_config",
    "table_manager",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if !is_yaml(candidate, &[""]) || has_key(text, "apiVersion") {
        return None;
    }
    if has_key(text, "schema_config") || has_key(text, "limits_config") {
        return Some("schema_config or limits_config");
    }
    (is_yaml(candidate, &["loki", "tempo", "mimir", "cortex"]) && reads_like(text, KNOWN))
        .then_some("named loki*.yaml, and reads like it")
}

const DOCUMENTED: Documented = &[
    // It asks for a tenant's name, which whoever asks may choose: no login, and off by default.
    // https://grafana.com/docs/loki/latest/operations/authentication/
    ("auth_enabled", Meaning::Nothing),
    ("**.retention_period", Meaning::Nothing),
    ("**.retention_stream.period", Meaning::Nothing),
    ("**.retention_stream.selector", Meaning::Nothing),
    // https://grafana.com/docs/loki/latest/configure/#aws_storage_config
    ("**.aws.insecure", Meaning::Off(Protects::Tls, ON)),
    ("**.s3.insecure", Meaning::Off(Protects::Tls, ON)),
    ("**.s3.http_config.insecure_skip_verify", Meaning::Off(Protects::Verification, ON)),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        let sections = sections(document, reader.sources);
        state(reader, &sections, DOCUMENTED);
        retention(reader, &sections);
    }
}

/// How long logs are kept; those of an audit where the selector of a stream, or the file's name, says so.
/// <https://grafana.com/docs/loki/latest/operations/storage/retention/>
fn retention<'s>(reader: &mut Reader<'s>, sections: &[Section<'s>]) {
    let of_audit = |text: &str| Key::new(text).has_any(&["audit"]);
    let name = reader.reading.path.rsplit('/').next().unwrap_or_default();
    let whole = if of_audit(name) { Records::Audit } else { Records::Log };
    let all = || sections.iter().flat_map(|section| &section.entries);
    // Without the compactor nothing is ever deleted.
    let off = |key: &str, value: &str| key.ends_with("retention_enabled") && value == "false";
    if all().any(|found| off(found.key, found.value.as_str())) {
        return;
    }
    for section in sections {
        let selects_audit = section
            .entries
            .iter()
            .any(|found| found.key.ends_with(".selector") && of_audit(found.value.as_str()));
        for found in &section.entries {
            if found.key.ends_with("retention_period") {
                keeps(reader, found, whole, None);
            } else if found.key.ends_with("retention_stream.period") {
                keeps(reader, found, if selects_audit { Records::Audit } else { whole }, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_their_schema_or_their_name() {
        for (path, text) in [
            ("loki-config.yaml", "auth_enabled: false\nserver:\n  http_listen_port: 3100\n"),
            ("local-config.yaml", "schema_config:\n  configs: []\n"),
            ("tempo.yml", "distributor:\n  receivers: {otlp: {}}\n"),
        ] {
            assert_eq!(recognised(path, text), Some("loki"), "{path}");
        }
        for (path, text) in [
            ("loki.yaml", "apiVersion: 1\ndatasources:\n  - name: Loki\n"),
            ("loki.yml", "- name: install\n"),
            ("server.yaml", "server:\n  port: 1\n"),
        ] {
            assert_ne!(recognised(path, text), Some("loki"), "{path}");
        }
    }

    #[test]
    fn logs_are_kept_and_those_of_an_audit_are_told_by_their_selector() {
        let text = "limits_config:\n  retention_period: 744h\n  retention_stream:\n    - {selector: '{namespace=\"audit\"}', period: 2160h}\n    - {selector: '{namespace=\"dev\"}', period: 24h}\n";
        assert_eq!(
            read_as("loki", text).retentions,
            [
                "limits_config.retention_period Log 744h",
                "limits_config.retention_stream.period Audit 2160h",
                "limits_config.retention_stream.period Log 24h"
            ]
        );
        let off = format!("{text}compactor:\n  retention_enabled: false\n");
        assert!(read_as("loki", &off).retentions.is_empty());
        assert!(read_as("loki", "table_manager:\n  retention_period: 0s\n").retentions.is_empty());
    }

    #[test]
    fn a_store_may_be_reached_in_the_clear() {
        let text = "common:\n  storage:\n    s3:\n      endpoint: minio:9000\n      insecure: true\n      secret_access_key: x\nstorage_config:\n  aws:\n    insecure: false\n    region: eu-west-2\n";
        let facts = read_as("loki", text);
        assert_eq!(facts.switches, ["common.storage.s3.insecure Tls Off true"]);
        assert_eq!(
            facts.settings,
            [
                "common.storage.s3.endpoint=minio:9000",
                "common.storage.s3.secret_access_key=x",
                "storage_config.aws.region=eu-west-2"
            ]
        );
    }
}
