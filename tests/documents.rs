//! A guide that shows a deployment has the findings of the deployment: each of the fixtures is written into
//! one Markdown document, and both are checked.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "this is a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Rules that treat templates otherwise: what a document shows is to be copied and filled in.
const OF_TEMPLATES: [&str; 3] = ["placeholder-secret", "empty-password", "debug-enabled"];

/// Rules about files that a document doesn't have: the ones beside it, and what is kept out of them.
const OF_FILES: [&str; 4] = ["unresolved-reference", "expired-waiver", "invalid-waiver", "unused-waiver"];

#[test]
fn a_guide_has_the_findings_of_its_deployment() {
    for name in ["care-records", "clean", "legal-cases", "policy-assistant"] {
        let deployment = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        let folder = tempfile::tempdir().unwrap();
        let guide = folder.path().join("GUIDE.md");
        fs::write(&guide, guide_to(&deployment)).unwrap();
        // Waivers are for paths, and a document is one path.
        let policy = folder.path().join("govlint.toml");
        let stated = fs::read_to_string(deployment.join("govlint.toml")).unwrap_or_default();
        fs::write(&policy, stated.split("[[waiver]]").next().unwrap()).unwrap();
        let (of_files, of_blocks) = (findings(&deployment, &policy), findings(&guide, &policy));
        let missing: Vec<_> =
            of_files.iter().filter(|(key, count)| of_blocks.get(*key) < Some(count)).collect();
        assert!(missing.is_empty(), "not in the guide to {name}: {missing:#?}");
        let more: Vec<_> = of_blocks.iter().filter(|(key, count)| of_files.get(*key) < Some(count)).collect();
        assert!(more.is_empty(), "only in the guide to {name}: {more:#?}");
        assert!(name == "clean" || of_files.len() > 10);
    }
}

/// A document with all files of a folder, every second in a list.
fn guide_to(deployment: &Path) -> String {
    let mut guide = String::from("# How to deploy\n\n");
    for (index, file) in files(deployment).into_iter().enumerate() {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let path = file.strip_prefix(deployment).unwrap().to_str().unwrap();
        let indent = if index % 2 == 0 { "" } else { "   " };
        let item = if indent.is_empty() { "" } else { "1. " };
        let language = match path.rsplit(['.', '/']).next().unwrap() {
            "yaml" | "yml" => "yaml",
            "Dockerfile" => "dockerfile",
            "conf" => "nginx",
            "json" => "json",
            _ if path.contains(".env") => "env",
            _ => "text",
        };
        write!(guide, "{item}Write `{path}`:\n\n{indent}~~~~{language}\n").unwrap();
        for line in text.lines() {
            writeln!(guide, "{indent}{line}").unwrap();
        }
        write!(guide, "{indent}~~~~\n\n").unwrap();
    }
    guide
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let is_deployed = |path: &PathBuf| !path.ends_with("expected.txt") && !path.ends_with("govlint.toml");
    entries
        .into_iter()
        .filter(is_deployed)
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// How often each rule says what about a line.
fn findings(path: &Path, policy: &Path) -> BTreeMap<(String, String, String), usize> {
    let output = Command::new(env!("CARGO_BIN_EXE_govlint"))
        .args(["check", "--format", "json", "--level", "note", "--documents", "--no-ignore", "--config"])
        .args([policy, path])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut counts = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        if OF_TEMPLATES.iter().chain(&OF_FILES).any(|rule| finding["rule"] == *rule) {
            continue;
        }
        let folder = path.ancestors().find(|folder| folder.join(text("path")).is_file()).unwrap();
        let file = fs::read_to_string(folder.join(text("path"))).unwrap();
        let line = usize::try_from(finding["region"]["start"]["line"].as_u64().unwrap()).unwrap();
        let line = file.lines().nth(line - 1).unwrap_or_default().trim().to_owned();
        *counts.entry((text("rule"), line, text("message"))).or_insert(0) += 1;
    }
    counts
}
