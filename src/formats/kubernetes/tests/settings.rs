//! What is set: by variables, ConfigMaps and Secrets, and by fields of other kinds.

use super::{deployment, read};
use crate::facts::{Protects, Store};

#[test]
fn variables_are_settings_and_references_are_uses() {
    let pod = "containers:\n  - name: a\n    env:\n      - {name: MODE, value: \"on\"}\n      - {name: PASS, valueFrom: {secretKeyRef: {name: login, key: password}}}\n    envFrom: [{configMapRef: {name: app, optional: true}}]\nvolumes: [{name: v, configMap: {name: files}}]";
    read(&deployment(pod), |reading, at| {
        let [mode] = &reading.facts.settings[..] else { panic!() };
        assert_eq!((mode.key.value(), at(mode.head.anchor).as_str()), (Some(&"MODE"), "on"));
        let uses: Vec<_> =
            reading.links.uses.iter().map(|one| (one.kind, one.name, one.key, one.optional)).collect();
        let expected = [
            ("Secret", "login", Some("password"), false),
            ("ConfigMap", "app", None, true),
            ("ConfigMap", "files", None, false),
        ];
        assert_eq!(uses, expected);
        assert!(reading.facts.containers[0].environment_open);
    });
}

#[test]
fn entries_of_config_maps_keep_their_places() {
    read(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  url: http://a\n  config.json: |\n    {\"db\": {\"host\": \"x\"}}\n    \n",
        |reading, at| {
            let found: Vec<_> = reading
                .facts
                .settings
                .iter()
                .map(|one| (one.key.value().copied(), at(one.head.anchor), one.store))
                .collect();
            assert_eq!(found[0], (Some("url"), "http://a".to_owned(), Store::ConfigMap));
            assert_eq!(found[1], (Some("db.host"), "x".to_owned(), Store::ConfigMap));
        },
    );
}

#[test]
fn secrets_are_decoded_and_encrypted_ones_say_nothing() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\ndata: {user: cG9zdGdyZXM=}\nstringData: {mode: x}\n";
    read(secret, |reading, at| {
        let [user, mode] = &reading.facts.settings[..] else { panic!() };
        assert_eq!((user.text.as_str(), at(user.head.anchor).as_str()), ("postgres", "cG9zdGdyZXM="));
        assert_eq!(mode.store, Store::Secret);
        assert_eq!(reading.links.objects[0].data.len(), 2);
    });
    read(&format!("{secret}sops: {{mac: x}}\n"), |reading, _| assert!(reading.facts.settings.is_empty()));
}

#[test]
fn an_audit_policy_that_starts_with_none_for_all_records_nothing() {
    let policy = |rule: &str| {
        format!("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - {rule}\n  - {{level: Metadata}}\n")
    };
    read(&policy("{level: None}"), |reading, at| {
        assert_eq!(reading.facts.switches[0].protects.value(), Some(&Protects::Audit));
        assert_eq!(at(reading.facts.switches[0].head.anchor), "None");
    });
    read(&policy("{level: None, users: [x]}"), |reading, _| assert!(reading.facts.switches.is_empty()));
}

#[test]
fn places_that_a_pod_is_bound_to_and_addresses_of_other_kinds_are_settings() {
    let pod = "containers: [{name: a}]\nnodeSelector: {topology.kubernetes.io/region: eu-west-2, disk: ssd}\naffinity: {nodeAffinity: {x: [{key: topology.kubernetes.io/zone, operator: In, values: [eu-west-2a]}]}}";
    read(&deployment(pod), |reading, at| {
        let found: Vec<_> = reading.facts.settings.iter().map(|one| at(one.head.anchor)).collect();
        assert_eq!(found, ["eu-west-2", "eu-west-2a"]);
    });
    read(
        "apiVersion: velero.io/v1\nkind: BackupStorageLocation\nspec: {provider: aws, config: {region: eu-west-1}}\n",
        |reading, _| {
            assert_eq!(reading.facts.settings.len(), 1);
        },
    );
}

#[test]
fn variables_inside_an_entry_are_settings() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: DB_PASSWORD=one\n  b: DB_PASSWORD:two\n  c: |\n    DB_USER: app\n    DB_PASSWORD: three\n  password: A_B=\n  d: HOST:6379\n";
    read(text, |reading, at| {
        let settings = reading.facts.settings.iter();
        let settings: Vec<_> = settings
            .map(|one| (one.key.value().copied().unwrap_or_default(), at(one.head.anchor), one.store))
            .collect();
        let is = |key, value: &str| (key, value.to_owned(), Store::ConfigMap);
        let expected = [
            is("DB_PASSWORD", "one"),
            is("DB_PASSWORD", "two"),
            is("DB_USER", "app"),
            is("DB_PASSWORD", "three"),
            is("password", "A_B="),
            is("d", "HOST:6379"),
        ];
        assert_eq!(settings, expected);
    });
}

#[test]
fn switches_and_retentions_of_other_kinds_are_found() {
    let text = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec: {endpoints: [{tlsConfig: {insecureSkipVerify: true}}]}\n---\napiVersion: velero.io/v1\nkind: Schedule\nspec: {template: {ttl: 24h}}\n---\napiVersion: kafka.strimzi.io/v1\nkind: Kafka\nspec: {kafka: {listeners: [{tls: false}], metadata: {tls: false}}}\n";
    read(text, |reading, at| {
        assert_eq!(reading.facts.switches[0].protects.value(), Some(&Protects::Verification));
        let settings: Vec<_> = reading
            .facts
            .settings
            .iter()
            .map(|one| (one.key.value().copied().unwrap_or_default(), at(one.head.anchor)))
            .collect();
        assert_eq!(settings, [("backup.ttl", "24h".to_owned()), ("tls", "false".to_owned())]);
    });
}

#[test]
fn addresses_in_other_kinds_are_settings_whatever_their_key() {
    let text = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: kubernetes.io/quobyte\nparameters: {quobyteAPIServer: \"http://storage.example.org:7860\", registry: \"storage.example.org:7861\", mirrors: [ftp://a.example.org, none], text: see http://b.example.org}\n";
    read(text, |reading, at| {
        let found: Vec<_> = reading.facts.settings.iter().map(|one| at(one.head.anchor)).collect();
        assert_eq!(found, ["http://storage.example.org:7860", "ftp://a.example.org"]);
    });
}
