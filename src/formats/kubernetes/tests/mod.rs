//! What manifests say.

mod network;
mod pods;
mod settings;

use proptest::prelude::*;

use super::FORMAT;
use crate::facts::links::FileRole;
use crate::facts::{Pin, ProblemKind};
use crate::formats::{Candidate, Reader, Reading};
use crate::source::{Sources, Span};

pub(super) fn read(text: &str, check: impl Fn(&Reading<'_>, &dyn Fn(Span) -> String)) {
    named("k8s/app.yaml", text, check);
}

pub(super) fn named(path: &str, text: &str, check: impl Fn(&Reading<'_>, &dyn Fn(Span) -> String)) {
    let sources = Sources::default();
    let file = sources.add(path.into(), text.into());
    let reading = Reader::read(&sources, file, &FORMAT);
    check(&reading, &|span| sources.slice(span).to_owned());
}

/// A Deployment whose pod has these lines, each indented by six blanks.
fn deployment(pod: &str) -> String {
    let head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: {}\n  template:\n    spec:\n";
    let lines: String = pod.lines().flat_map(|line| ["      ", line, "\n"]).collect();
    format!("{head}{lines}")
}

fn recognised(path: &str, text: &str) -> bool {
    let candidate = Candidate::new(path, &|_| false);
    (FORMAT.by_name)(&candidate).or_else(|| (FORMAT.by_content)(&candidate, text)).is_some()
}

#[test]
fn manifests_are_told_by_their_outermost_keys() {
    assert!(recognised("a.yaml", "# x\napiVersion: v1\nkind: Pod\n"));
    assert!(recognised("a.yml", "---\n\"kind\": Pod\n\"apiVersion\": v1\n"));
    assert!(recognised("a.json", "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}"));
    assert!(recognised("templates/a.yaml", "{{- if .Values.x }}\napiVersion: v1\nkind: Pod\n{{- end }}"));
    assert!(recognised("base/kustomization.yaml", "resources: []"));
    assert!(!recognised("Chart.yaml", "apiVersion: v2\nname: x\n"));
    assert!(!recognised("a.yaml", "spec:\n  apiVersion: v1\n  kind: Pod\n"));
    assert!(recognised("a.json", r#"{"metadata": {"a": "\"{"}, "apiVersion": "v1", "kind": "Pod"}"#));
    assert!(recognised("a.json", "{\"kind\": \"Pod\", \"é\\é\": {}, \"apiVersion\" : \"v1\"}"));
    assert!(!recognised(
        "a.json",
        "{\"kind\": \"api\", \"schemas\": {\"apiVersion\": {\"type\": \"string\"}}}"
    ));
    assert!(!recognised("a.json", "{\"apiVersion\": \"kind\", \"x\": \"\\"));
    assert!(!recognised("a.txt", "apiVersion: v1\nkind: Pod\n"));
}

#[test]
fn lists_are_unpacked_and_documents_stand_alone() {
    let list = "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"nginx\"}]}}]}";
    named("a.json", list, |reading, _| {
        assert_eq!(reading.facts.images[0].pin.value(), Some(&Pin::Latest));
    });
    read("kind: [\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\n", |reading, _| {
        assert_eq!(reading.facts.containers.len(), 1);
        assert_eq!(reading.facts.problems[0].kind.value(), Some(&ProblemKind::Syntax));
    });
}

#[test]
fn a_key_that_stands_twice_is_a_problem_at_the_second() {
    read("apiVersion: v1\nkind: Pod\nkind: Pod\n", |reading, at| {
        let [problem] = &reading.facts.problems[..] else { panic!() };
        assert_eq!(at(problem.head.anchor), "kind");
        assert!(problem.detail.value().is_some_and(|detail| detail.contains("kind")));
    });
}

#[test]
fn kustomizations_name_files_and_generate_objects() {
    let text = "resources: [deployment.yaml, https://example.org/x.yaml]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: app, literals: [MODE=\"on\"]}]\nimages: [{name: nginx, newTag: latest}]\n";
    named("k8s/kustomization.yaml", text, |reading, at| {
        let files: Vec<_> = reading.links.files.iter().map(|one| (one.path.as_str(), one.role)).collect();
        assert_eq!(files, [("k8s/deployment.yaml", FileRole::Part), ("k8s/patch.yaml", FileRole::Patch)]);
        assert!(reading.links.objects[0].open);
        assert_eq!(reading.facts.settings[0].text.as_str(), "on");
        assert_eq!(at(reading.facts.images[0].head.anchor), "latest");
    });
}

/// Manifests with parts put in, taken out and mixed up.
fn mangled() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "apiVersion: v1\n",
        "kind: Pod\n",
        "kind: Deployment\n",
        "kind: Ingress\n",
        "kind: ConfigMap\n",
        "kind: NetworkPolicy\n",
        "kind: Workflow\n",
        "patches:\n",
        "- target: {kind: Deployment}\n",
        "  patch: |-\n",
        "    - {op: add, path: /spec/template/spec/containers/0/image, value: a}\n",
        "podSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}\n",
        "annotations: {a/server-snippet: \"ssl_protocols TLSv1;\"}\n",
        "kind: List\n",
        "items:\n",
        "- ",
        "spec:\n",
        "  ",
        "    ",
        "template:\n",
        "containers:\n",
        "- name: a\n",
        "env: [",
        "{name: x, value: y}",
        "]",
        "}",
        "{",
        "&a ",
        "*a\n",
        "<<: *a\n",
        "securityContext: {runAsUser: 0}\n",
        "data:\n",
        "x.json: |\n",
        "a=b\n",
        "{{ .x }}",
        "{{- if }}\n",
        "---\n",
        "ports: [{port: 99999}]\n",
        "kind: Service\n",
        "type: LoadBalancer\n",
        "é",
        "\t",
        "\r\n",
        "\u{0}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_makes_it_panic_and_all_places_lie_in_the_text(text in prop_oneof![mangled(), ".{0,200}"]) {
        let sources = Sources::default();
        let file = sources.add("k8s/kustomization.yaml".into(), text.clone());
        let reading = Reader::read(&sources, file, &FORMAT);
        for setting in &reading.facts.settings {
            prop_assert!(text.get(setting.head.anchor.range()).is_some());
        }
        for container in &reading.facts.containers {
            prop_assert!(text.get(container.head.anchor.range()).is_some());
        }
    }
}

#[test]
fn annotations_allow_in_their_object_and_in_the_pods_of_a_template() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  annotations: {govlint.dev/allow: root-user a}\nspec:\n  template:\n    metadata:\n      annotations: {govlint.dev/allow: root-user b}\n    spec: {containers: [{name: c}]}\n";
    read(text, |reading, at| {
        let [object, pod] = &reading.annotations[..] else { panic!() };
        assert_eq!((object.value, at(object.place).as_str()), ("root-user a", "root-user a"));
        assert!(at(object.block).starts_with("apiVersion"));
        assert_eq!(pod.value, "root-user b");
        assert!(at(pod.block).starts_with("metadata") && at(pod.block).contains("containers"));
    });
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {govlint.dev/allow: root-user a}\nspec: {containers: []}\n";
    read(pod, |reading, _| assert_eq!(reading.annotations.len(), 1));
}

#[test]
fn a_template_action_that_nothing_closes_is_a_syntax_error() {
    read("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name\n", |reading, at| {
        let [problem] = &reading.facts.problems[..] else { panic!() };
        assert_eq!(problem.kind.value(), Some(&ProblemKind::Syntax));
        assert_eq!(at(problem.head.anchor), "{{ .Values.name");
    });
}
