//! The deployments in `fixtures/`, each checked as a whole and compared with its `expected.txt`.
//!
//! `UPDATE=1 cargo test --test fixtures` writes what is found now; the difference is for the review to judge.
#![expect(clippy::unwrap_used, reason = "this is a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const EXPECTED: &str = "expected.txt";

/// Every invented secret in the fixtures that looks real. None of them may leave govlint.
const SECRETS: &[&str] = &[
    "Candle-Orchard-44",
    "gavel-and-inkwell-77",
    "heron-in-the-council-pond",
    "kestrel-on-a-moorland-wall-88",
    "lawful-otter-in-the-library",
    "marsh-tide-at-fifty-two",
    "otter-under-the-old-bridge",
    "paper-and-ink-1962",
];

#[test]
fn each_deployment_is_found_to_be_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut changed = Vec::new();
    for folder in deployments() {
        let (found, file) = (checked(&folder, "concise"), folder.join(EXPECTED));
        let expected = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        if found == expected {
            continue;
        }
        if update {
            fs::write(&file, found).unwrap();
        } else {
            changed.push(format!("{}\n{}", file.display(), difference(&expected, &found)));
        }
    }
    assert!(
        changed.is_empty(),
        "{}\nwhere this is meant: UPDATE=1 cargo test --test fixtures",
        changed.join("\n")
    );
}

#[test]
fn no_output_gives_a_secret_away() {
    let texts: Vec<String> = deployments()
        .iter()
        .flat_map(|folder| files(folder))
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect();
    for secret in SECRETS {
        assert!(texts.iter().any(|text| text.contains(secret)), "{secret} is in no fixture");
    }
    for folder in deployments() {
        for format in ["concise", "text", "json", "sarif"] {
            let written = checked(&folder, format);
            for secret in SECRETS {
                assert!(!written.contains(secret), "{format} of {} shows {secret}", folder.display());
            }
        }
    }
}

/// All folders of fixtures, sorted.
fn deployments() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// What a check prints, and how it ends.
fn checked(folder: &Path, format: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_govlint"))
        .current_dir(folder)
        .args(["check", ".", "--level", "note", "--color", "never", "--format", format])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let err = if err.is_empty() { err } else { format!("\non standard error:\n{err}") };
    format!("{out}{err}\nexit code {}\n", output.status.code().unwrap())
}

/// The lines that are gone, and those that are new.
fn difference(expected: &str, found: &str) -> String {
    let without = |lines: &str, others: &str, mark: &str| -> Vec<String> {
        let others: Vec<&str> = others.lines().collect();
        lines.lines().filter(|line| !others.contains(line)).map(|line| format!("{mark} {line}")).collect()
    };
    [without(expected, found, "-"), without(found, expected, "+")].concat().join("\n")
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
