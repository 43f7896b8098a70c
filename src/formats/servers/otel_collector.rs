//! The OpenTelemetry Collector.
//! <https://opentelemetry.io/docs/collector/configuration/>

use super::documented::{Documented, Meaning, ON, keeps, place, state};
use super::{is_yaml, switch};
use crate::facts::{Position, Protects, Records};
use crate::formats::sections::{has_key, parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::{Entry, Section};
use crate::syntax::yaml::Mode;
use crate::value::boolean;
use crate::value::duration::Unit;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "otel-collector",
    doc: "configuration of the OpenTelemetry Collector: YAML with `service` and `receivers` or `exporters`",
    by_name: |_| None,
    by_content,
    read,
};

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let parts = || has_key(text, "receivers") || has_key(text, "exporters");
    // An instrumentation of an application names its exporter in other words.
    let piped = || text.contains("pipelines:");
    (is_yaml(candidate, &[""])
        && has_key(text, "service")
        && parts()
        && piped()
        && !has_key(text, "apiVersion"))
    .then_some("service with pipelines, receivers and exporters")
}

const DOCUMENTED: Documented = &[
    ("**.tls.insecure", Meaning::Nothing),
    ("**.insecure_skip_verify", Meaning::Off(Protects::Verification, ON)),
    // https://opentelemetry.io/docs/collector/internal-telemetry/#configure-internal-logs
    ("service.telemetry.logs.level", Meaning::Off(Protects::LogLevel, &["debug"])),
    ("service.pipelines.**", Meaning::Nothing),
    // What is done with the names and values of telemetry.
    ("processors.**", Meaning::Nothing),
    ("exporters.awscloudwatchlogs.log_retention", Meaning::Nothing),
    // What is probed.
    ("receivers.*.targets.*", Meaning::Nothing),
    ("receivers.*.config.scrape_configs.relabel_configs.*", Meaning::Nothing),
    ("receivers.*.config.scrape_configs.static_configs.*", Meaning::Nothing),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        let sections = sections(document, reader.sources);
        state(reader, &sections, DOCUMENTED);
        for section in &sections {
            insecure(reader, section);
        }
        // https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awscloudwatchlogsexporter
        let entries = sections.iter().flat_map(|section| &section.entries);
        for found in entries.filter(|found| found.key.ends_with(".log_retention")) {
            keeps(reader, found, Records::Log, Some(Unit::Day));
        }
    }
}

/// `tls.insecure` beside an endpoint that has no scheme; where it has one, that decides.
/// <https://github.com/open-telemetry/opentelemetry-collector/blob/main/config/configtls/README.md>
fn insecure<'s>(reader: &mut Reader<'s>, section: &Section<'s>) {
    let subject = reader.reading.path;
    for found in &section.entries {
        let Some(owner) = found.key.strip_suffix(".tls.insecure").filter(|_| is_on(found)) else { continue };
        let has_scheme = |other: &Entry<'_>| {
            let of_owner = other.key.strip_prefix(owner).and_then(|rest| rest.strip_prefix('.'));
            of_owner.is_some_and(|name| name.ends_with("endpoint")) && other.value.as_str().contains("://")
        };
        if !section.entries.iter().any(has_scheme) {
            switch(reader, subject, (Protects::Tls, Position::Off), place(found), found.key);
        }
    }
}

fn is_on(found: &Entry<'_>) -> bool {
    boolean::parse(found.value.as_str()) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_their_pipelines() {
        let text = "receivers:\n  otlp:\nexporters:\n  debug:\nservice:\n  pipelines:\n    traces: {}\n";
        for path in ["otelcol-config.yml", "collector/config.yaml"] {
            assert_eq!(recognised(path, text), Some("otel-collector"), "{path}");
        }
        for text in [
            "service: api\nexporters: [x]\n",
            "apiVersion: opentelemetry.io/v1\nkind: X\nservice:\n  pipelines: {}\nreceivers: {}\n",
            "receivers: []\nroute: {}\n",
        ] {
            assert_ne!(recognised("x.yaml", text), Some("otel-collector"), "{text}");
        }
    }

    #[test]
    fn exporters_may_send_in_the_clear() {
        let text = "exporters:\n  otlp/a:\n    endpoint: tempo:4317\n    tls: {insecure: true}\n  otlphttp:\n    endpoint: https://x\n    tls: {insecure_skip_verify: true, insecure: false}\nservice:\n  telemetry: {logs: {level: debug}}\n";
        let facts = read_as("otel-collector", text);
        assert_eq!(
            facts.switches,
            [
                "exporters.otlphttp.tls.insecure_skip_verify Verification Off true",
                "service.telemetry.logs.level LogLevel Off debug",
                "exporters.otlp/a.tls.insecure Tls Off true"
            ]
        );
        assert_eq!(
            facts.settings,
            ["exporters.otlp/a.endpoint=tempo:4317", "exporters.otlphttp.endpoint=https://x"]
        );
    }

    #[test]
    fn the_scheme_of_an_endpoint_decides() {
        let exporter = |endpoint: &str| {
            read_as(
                "otel-collector",
                &format!("exporters:\n  x:\n    endpoint: {endpoint}\n    tls: {{insecure: true}}\n"),
            )
            .switches
        };
        assert_eq!(exporter("loki:3100").len(), 1);
        assert!(exporter("http://loki:3100").is_empty() && exporter("https://loki").is_empty());
    }

    #[test]
    fn processors_and_pipelines_state_nothing() {
        let text = "processors:\n  attributes:\n    actions:\n      - {key: password, action: delete}\nexporters:\n  awscloudwatchlogs: {log_retention: 30}\nservice:\n  pipelines:\n    logs: {exporters: [debug]}\n";
        let facts = read_as("otel-collector", text);
        assert!(facts.settings.is_empty());
        assert_eq!(facts.retentions, ["exporters.awscloudwatchlogs.log_retention Log 30"]);
    }
}
