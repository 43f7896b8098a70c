//! Elasticsearch and `OpenSearch`, Kibana and Dashboards.
//! <https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/security-settings>

use super::documented::{Documented, Meaning, ON, state};
use super::{is_yaml, reads_like};
use crate::facts::Protects;
use crate::formats::sections::{parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::yaml::Mode;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "elasticsearch",
    doc: "configuration of Elasticsearch, OpenSearch, Kibana and Dashboards: `elasticsearch*.yml`, `opensearch*.yml`, `kibana*.yml`",
    by_name: |_| None,
    by_content,
    read,
};

/// First names of outermost keys of which one of these files has one.
const KNOWN: &[&str] = &[
    "bootstrap",
    "cluster",
    "discovery",
    "elasticsearch",
    "http",
    "network",
    "node",
    "opendistro_security",
    "opensearch",
    "opensearch_security",
    "path",
    "plugins",
    "s3",
    "server",
    "transport",
    "xpack",
];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    (is_yaml(candidate, &["elasticsearch", "opensearch", "kibana"]) && reads_like(text, KNOWN))
        .then_some("named elasticsearch*.yml or kibana*.yml, and reads like it")
}

const DOCUMENTED: Documented = &[
    // https://www.elastic.co/docs/reference/elasticsearch/plugins/repository-s3-client
    ("s3.client.*.protocol", Meaning::Off(Protects::Tls, &["http"])),
    // https://docs.opensearch.org/latest/security/audit-logs/storage-types/
    ("*.security.audit.type", Meaning::Off(Protects::Audit, &["noop"])),
    ("opendistro_security.audit.type", Meaning::Off(Protects::Audit, &["noop"])),
    // https://docs.opensearch.org/latest/security/configuration/disable-enable-security/
    (
        "*.security.ssl_only",
        Meaning::Open(ON, "connections are encrypted, and nobody is asked for a password"),
    ),
    (
        "opendistro_security.ssl_only",
        Meaning::Open(ON, "connections are encrypted, and nobody is asked for a password"),
    ),
    // https://www.elastic.co/docs/reference/kibana/configuration-reference/general-settings
    ("elasticsearch.requestHeadersWhitelist", Meaning::Nothing),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        state(reader, &sections(document, reader.sources), DOCUMENTED);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_name_and_content() {
        for (path, text) in [
            ("elasticsearch.yml", "cluster.name: a\nnetwork.host: 0.0.0.0\n"),
            ("opensearch/opensearch.yml", "plugins.security.disabled: true\n"),
            ("kibana.yml", "server:\n  name: kibana\n"),
            ("opensearch_dashboards.yml", "opensearch.hosts: [https://a:9200]\n"),
        ] {
            assert_eq!(recognised(path, text), Some("elasticsearch"), "{path}");
        }
        for (path, text) in [
            ("elasticsearch.yml", "- name: install\n  apt: {}\n"),
            ("elasticsearch.yaml", "apiVersion: v1\nkind: Service\nspec: {}\n"),
            ("kibana.yml", "name: build\non: push\n"),
        ] {
            assert_ne!(recognised(path, text), Some("elasticsearch"), "{path}");
        }
    }

    #[test]
    fn nested_and_dotted_keys_are_the_same() {
        let dotted = read_as("elasticsearch", "xpack.security.http.ssl.enabled: false\n").settings;
        let nested =
            read_as("elasticsearch", "xpack:\n  security:\n    http.ssl: {enabled: false}\n").settings;
        assert_eq!(dotted, nested);
        assert_eq!(dotted, ["xpack.security.http.ssl.enabled=false"]);
    }

    #[test]
    fn documented_switches_are_known() {
        let facts = read_as(
            "elasticsearch",
            "s3.client.default.protocol: http\nplugins.security.audit.type: noop\nplugins.security.ssl_only: true\n",
        );
        assert_eq!(
            facts.switches,
            ["s3.client.default.protocol Tls Off http", "plugins.security.audit.type Audit Off noop"]
        );
        assert_eq!(facts.credentials, ["plugins.security.ssl_only Empty true"]);
        let on = "plugins.security.audit.type: internal_opensearch\nplugins.security.ssl_only: false\n";
        let facts = read_as("elasticsearch", on);
        assert!(facts.switches.is_empty() && facts.credentials.is_empty() && facts.settings.is_empty());
    }
}
