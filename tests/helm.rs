//! `--helm`: charts are rendered by the program of that name on the path. A stand-in plays it here.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "this is a test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const TEMPLATE: &str = r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: web
      image: "{{ .Values.image }}"
      {{- include "web.security" . | nindent 6 }}
"#;

const RENDERED: &str = r#"---
# Source: web/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata:
  name: release
spec:
  containers:
    - name: web
      image: "registry.example.org/web:latest"
      securityContext:
        privileged: true
"#;

/// Checks a chart of two templates, with a `helm` on the path that runs this script.
fn check(script: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    write("web/values.yaml", "image: registry.example.org/web:1.0\n");
    write("web/templates/pod.yaml", TEMPLATE);
    write("web/templates/unused.yaml", &TEMPLATE.replace("Values.image", "Values.other"));
    write("rendered.yaml", RENDERED);
    write("bin/helm", script);
    fs::set_permissions(folder.path().join("bin/helm"), fs::Permissions::from_mode(0o755)).unwrap();
    run(folder.path(), &["--helm", "--select", "privileged-container", "--select", "unpinned-image", "web"])
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let path = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    Command::new(env!("CARGO_BIN_EXE_govlint"))
        .args(["check", "-f", "concise"])
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap()
}

#[test]
fn findings_of_what_is_rendered_lie_in_the_templates() {
    let output = check("#!/bin/sh\n[ \"$1\" = template ] && cat \"$3/../rendered.yaml\"\n");
    let found = String::from_utf8(output.stdout).unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        found,
        "web/templates/pod.yaml:8:15: warning[unpinned-image] registry.example.org/web:latest moves with every release\n\
         web/templates/pod.yaml:9:7: error[privileged-container] container web has all privileges of the host\n",
        "{message}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_chart_that_cannot_be_rendered_is_read_as_it_is() {
    let output = check("#!/bin/sh\necho 'Error: no such function' >&2\nexit 1\n");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("web/: helm could not render the chart: Error: no such function"), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(output.status.code(), Some(2));
}
