//! Any text is read as the settings of every server and application that keeps them in YAML or JSON, and each
//! place that is stated lies in it.
#![no_main]

use govlint::formats::{Reader, find};
use govlint::source::Sources;
use libfuzzer_sys::fuzz_target;

const FORMATS: &[(&str, &str)] = &[
    ("mongod", "mongod.conf"),
    ("prometheus", "prometheus.yml"),
    ("alertmanager", "alertmanager.yml"),
    ("loki", "loki.yaml"),
    ("beats", "filebeat.yml"),
    ("elasticsearch", "elasticsearch.yml"),
    ("grafana", "datasources.yaml"),
    ("otel-collector", "collector.yaml"),
    ("traefik", "traefik.yml"),
    ("fluent-bit", "fluent-bit.yaml"),
    ("application", "application.yml"),
    ("appsettings", "appsettings.json"),
    ("config", "config/default.json"),
    ("config", "config/database.yml"),
];

fuzz_target!(|text: &str| {
    for (name, path) in FORMATS {
        let sources = Sources::default();
        let id = sources.add((*path).into(), text.into());
        let facts = Reader::read(&sources, id, find(name).unwrap()).facts;
        let settings = facts.settings.iter().map(|one| one.head.anchor);
        let switches = facts.switches.iter().map(|one| one.head.anchor);
        let listeners = facts.listeners.iter().map(|one| one.head.anchor);
        for place in settings.chain(switches).chain(listeners) {
            assert!(text.get(place.range()).is_some());
        }
    }
});
