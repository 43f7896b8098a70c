//! Prometheus, its agents and exporters.
//! <https://prometheus.io/docs/prometheus/latest/configuration/configuration/>

use super::documented::{Documented, Meaning, cleartext, state};
use super::{is_yaml, reads_like};
use crate::formats::sections::{has_key, parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::yaml::{Kind, Mode, Node};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "prometheus",
    doc: "configuration of Prometheus and Promtail: YAML with `scrape_configs`, `prometheus*.yaml`, `web*.yaml` with `tls_server_config`",
    by_name: |_| None,
    by_content,
    read,
};

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let yaml = |words: &[&str]| is_yaml(candidate, words);
    if yaml(&[""]) && has_key(text, "scrape_configs") {
        return Some("scrape_configs");
    }
    if yaml(&["prometheus"]) && reads_like(text, &["alerting", "remote_read", "remote_write", "rule_files"]) {
        return Some("named prometheus*.yaml, and reads like it");
    }
    (yaml(&["web"]) && has_key(text, "tls_server_config")).then_some("tls_server_config")
}

const DOCUMENTED: Documented = &[
    // What is probed is no connection that carries anything.
    ("**.targets", Meaning::Nothing),
    ("**.static_configs.labels.*", Meaning::Nothing),
    ("**.relabel_configs.*", Meaning::Nothing),
    ("**.metric_relabel_configs.*", Meaning::Nothing),
    ("scrape_configs.pipeline_stages.**", Meaning::Nothing),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        let sections = sections(document, reader.sources);
        state(reader, &sections, DOCUMENTED);
        let jobs = [&["scrape_configs"][..], &["alerting", "alertmanagers"]];
        for job in jobs.iter().filter_map(|path| document.root().path(path)).flat_map(Node::items) {
            scheme(reader, job);
        }
    }
}

/// `scheme: http` beside the targets that are reached by it. Where nothing says it, it is the default, and
/// the network between may be trusted.
fn scheme<'s>(reader: &mut Reader<'s>, job: Node<'_, 's>) {
    let Some(scheme) = job.get("scheme").filter(|scheme| scheme.as_str() == Some("http")) else { return };
    let texts = |node: Node<'_, 's>| node.items().filter_map(Node::as_str).collect::<Vec<_>>();
    let groups = job.get("static_configs").into_iter().flat_map(Node::items);
    let targets: Vec<&str> = groups.filter_map(|group| group.get("targets")).flat_map(texts).collect();
    let discovered = job.entries().any(|entry| {
        entry.value.kind() == Kind::Sequence
            && matches!(entry.key, "kubernetes_sd_configs" | "dns_sd_configs")
    });
    // Pods and services are found under their addresses in the network.
    let hosts = if targets.is_empty() && discovered { vec!["10.0.0.0"] } else { targets };
    cleartext(reader, "http", scheme.content_span(), hosts.into_iter());
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_what_they_scrape() {
        let text = "global:\n  scrape_interval: 15s\nscrape_configs:\n  - job_name: a\n";
        for path in ["prometheus.yml", "monitoring/prom.yaml", "promtail-config.yml", "prometheus.yml.j2"] {
            assert_eq!(recognised(path, text), Some("prometheus"), "{path}");
        }
        assert_eq!(recognised("prometheus.yml", "rule_files: [a.yml]\n"), Some("prometheus"));
        assert_eq!(
            recognised("web-config.yml", "tls_server_config:\n  min_version: TLS10\n"),
            Some("prometheus")
        );
        for (path, text) in [
            ("alert.rules.yml", "groups:\n  - name: a\n    rules: []\n"),
            ("prometheus.yml", "apiVersion: v1\nkind: ConfigMap\n"),
            ("tasks/prometheus.yml", "- name: install\n  apt: {name: prometheus}\n"),
            ("x.md", "scrape_configs:\n"),
        ] {
            assert_ne!(recognised(path, text), Some("prometheus"), "{path}");
        }
    }

    fn endpoints(job: &str) -> Vec<String> {
        read_as("prometheus", &format!("scrape_configs:\n  - {job}\n")).endpoints
    }

    #[test]
    fn a_stated_cleartext_scheme_is_that_of_its_targets() {
        let job =
            "{job_name: a, scheme: http, static_configs: [{targets: ['api:3000', 'api.example.org:80']}]}";
        assert_eq!(endpoints(job), ["http api.example.org Public http"]);
        assert_eq!(
            endpoints("{scheme: http, kubernetes_sd_configs: [{role: pod}]}"),
            ["http 10.0.0.0 Internal http"]
        );
        for silent in [
            "{scheme: https, static_configs: [{targets: ['api.example.org']}]}",
            "{static_configs: [{targets: ['api.example.org']}]}",
            "{scheme: http, static_configs: [{targets: ['${HOST}:80']}]}",
            "{scheme: http, file_sd_configs: [{files: [x.json]}]}",
        ] {
            assert!(endpoints(silent).is_empty(), "{silent}");
        }
        let alerting =
            "alerting:\n  alertmanagers:\n    - {scheme: http, static_configs: [{targets: [am:9093]}]}\n";
        assert_eq!(read_as("prometheus", alerting).endpoints, ["http am Internal http"]);
    }

    #[test]
    fn what_is_probed_and_labels_are_no_settings() {
        let text = "scrape_configs:\n  - job_name: probe\n    static_configs:\n      - targets: ['http://x.example.org']\n        labels: {token: a}\n    basic_auth: {username: u, password: p}\nremote_write:\n  - url: https://x\n";
        assert_eq!(
            read_as("prometheus", text).settings,
            [
                "scrape_configs.job_name=probe",
                "scrape_configs.basic_auth.username=u",
                "scrape_configs.basic_auth.password=p",
                "remote_write.url=https://x"
            ]
        );
    }
}
