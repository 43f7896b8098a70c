//! Prometheus' Alertmanager. <https://prometheus.io/docs/alerting/latest/configuration/>

use super::documented::{Documented, Meaning, ON, state};
use super::is_yaml;
use crate::facts::Protects;
use crate::formats::sections::{has_key, parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::yaml::Mode;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "alertmanager",
    doc: "configuration of Alertmanager: YAML with `route` and `receivers`",
    by_name: |_| None,
    by_content,
    read,
};

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    (is_yaml(candidate, &[""]) && has_key(text, "receivers") && has_key(text, "route"))
        .then_some("route and receivers")
}

const DOCUMENTED: Documented = &[
    ("**.insecure_skip_verify", Meaning::Off(Protects::Verification, ON)),
    // What alerts say, and which of them.
    ("route.**", Meaning::Nothing),
    ("inhibit_rules.**", Meaning::Nothing),
    ("receivers.*.title", Meaning::Nothing),
    ("receivers.*.text", Meaning::Nothing),
    ("receivers.*.title_link", Meaning::Nothing),
    ("receivers.*.actions.*", Meaning::Nothing),
    ("receivers.*.fields.*", Meaning::Nothing),
    ("receivers.*.details.*", Meaning::Nothing),
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
    fn files_are_told_by_their_routes() {
        let text = "global:\n  smtp_smarthost: mail:25\nroute:\n  receiver: a\nreceivers:\n  - name: a\n";
        for path in ["alertmanager.yml", "monitoring/am-config.yaml", "alertmanager.yml.example"] {
            assert_eq!(recognised(path, text), Some("alertmanager"), "{path}");
        }
        for text in [
            "receivers:\n  otlp:\nservice:\n  pipelines:\n",
            "route:\n  - x\n",
            "x:\n  route: 1\n  receivers: 2\n",
        ] {
            assert_ne!(recognised("alertmanager.yml", text), Some("alertmanager"), "{text}");
        }
    }

    #[test]
    fn receivers_have_settings_and_messages_have_none() {
        let text = "global:\n  smtp_require_tls: false\nroute:\n  receiver: a\n  routes:\n    - matchers: [token=a]\nreceivers:\n  - name: a\n    slack_configs:\n      - api_url: x\n        title: '{{ .Token }}'\n    webhook_configs:\n      - url: http://hook:8080\n        http_config: {basic_auth: {password: p}}\n";
        assert_eq!(
            read_as("alertmanager", text).settings,
            [
                "global.smtp_require_tls=false",
                "receivers.name=a",
                "receivers.slack_configs.api_url=x",
                "receivers.webhook_configs.url=http://hook:8080",
                "receivers.webhook_configs.http_config.basic_auth.password=p"
            ]
        );
    }
}
