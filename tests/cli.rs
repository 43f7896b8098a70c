//! The command line as its users see it: what it prints, where to, and how it ends.
//!
//! Sessions stand in `tests/cli`; what needs a file that can't be kept in a repository is made here.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A good project with one finding: an env file that turns TLS off.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "REDIS_SSL=false\n").unwrap();
    folder
}

fn govlint(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_govlint")).current_dir(folder).args(words).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Checks a project with one more file, which can't be read: it is one finding, and the rest is checked.
fn with_unreadable(name: &str, bytes: &[u8], detail: &str) {
    let folder = project();
    fs::write(folder.path().join(name), bytes).unwrap();
    let checked = govlint(folder.path(), &["check"]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    assert!(out(&checked).contains(detail) && out(&checked).contains("unreadable-file"), "{}", out(&checked));
    assert!(
        out(&checked).contains(".env:1:11: error[tls-disabled] REDIS_SSL turns TLS off"),
        "{}",
        out(&checked)
    );
}

#[test]
fn sessions() {
    trycmd::TestCases::new().case("tests/cli/*.md");
}

#[test]
fn a_binary_file_with_the_name_of_configuration_is_a_finding() {
    with_unreadable("b.env", b"A=\0\x01", "b.env:1:1: error[unreadable-file] not text: byte 2 is zero");
}

#[test]
fn a_file_that_is_not_utf_8_is_a_finding() {
    with_unreadable("b.env", b"NAME=M\xfcller\n", "not UTF-8: byte 6 is no character");
    with_unreadable("b.env", b"\xff\xfeA\0=\0", "UTF-16 where UTF-8 is needed");
}

#[test]
fn a_huge_file_is_a_finding() {
    with_unreadable("Dockerfile", &vec![b'#'; 9 << 20], "9 MiB, over the limit of 8 MiB");
}

#[test]
fn a_binary_file_that_only_might_have_been_configuration_is_left_out() {
    let folder = project();
    fs::write(folder.path().join("fonts.json"), b"\0\0\0").unwrap();
    let checked = govlint(folder.path(), &["check", "--list-files"]);
    assert_eq!(checked.status.code(), Some(0));
    assert!(out(&checked).contains("fonts.json: left out (not text)"), "{}", out(&checked));
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_a_finding() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project();
    let path = folder.path().join("b.env");
    fs::write(&path, "A=b\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // The administrator may read everything.
    }
    let checked = govlint(folder.path(), &["check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(
        out(&checked).contains("b.env:1:1: error[unreadable-file] permission denied"),
        "{}",
        out(&checked)
    );
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_and_loops_are_left_out() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (project(), project());
    symlink(elsewhere.path().join(".env"), folder.path().join("b.env")).unwrap();
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    let checked = govlint(folder.path(), &["check", "--list-files"]);
    assert_eq!(
        out(&checked),
        ".env: env (named .env*)\nb.env: left out (links out of the project)\nloop: left out (links to folders)\n"
    );
}

#[test]
fn a_path_that_is_not_there_fails_and_the_rest_is_checked() {
    let folder = project();
    let checked = govlint(folder.path(), &["check", "nothing", "."]);
    assert_eq!(checked.status.code(), Some(2));
    assert!(err(&checked).contains("failed: nothing: no such file or folder"), "{}", err(&checked));
    assert!(out(&checked).contains("REDIS_SSL turns TLS off"));
}

#[test]
fn a_reader_that_has_read_enough_ends_the_output_quietly() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "REDIS_SSL=false\n".repeat(20_000)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_govlint"))
        .current_dir(folder.path())
        .args(["check", "-f", "concise"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("REDIS_SSL"), "{line}");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(!err(&ended).contains("pipe"), "{}", err(&ended));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails() {
    let folder = project();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = Command::new(env!("CARGO_BIN_EXE_govlint"))
        .current_dir(folder.path())
        .args(["check", "-f", "concise"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(err(&ended).contains("cannot write"), "{}", err(&ended));
}

#[test]
fn a_report_that_can_not_be_written_fails() {
    let folder = project();
    let checked = govlint(folder.path(), &["check", "-f", "concise=missing/report"]);
    assert_eq!(checked.status.code(), Some(2));
    assert!(err(&checked).contains("cannot write missing/report"), "{}", err(&checked));
}

#[test]
fn standard_input_is_recognised_by_the_name_that_is_given() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let check = |words: &[&str], text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_govlint"))
            .current_dir(folder.path())
            .arg("check")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let named = check(&["--stdin-filename", "deploy/.env", "-"], "REDIS_SSL=false\n");
    assert_eq!(named.status.code(), Some(1));
    assert!(out(&named).starts_with("deploy/.env:1:11: error["), "{}", out(&named));
    let unknown = check(&["-"], "hello\n");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("--stdin-filename"), "{}", err(&unknown));
}

#[test]
fn one_broken_file_hides_no_other() {
    let folder = project();
    fs::write(folder.path().join("Dockerfile"), "FRMO node\nUSER root\n").unwrap();
    fs::write(folder.path().join("compose.yaml"), "services:\n  web: [\n").unwrap();
    fs::write(folder.path().join("nginx.conf"), "server { listen 80; \n").unwrap();
    let checked = govlint(folder.path(), &["check"]);
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    assert!(
        out(&checked).contains(".env:1:11: error[tls-disabled] REDIS_SSL turns TLS off"),
        "{}",
        out(&checked)
    );
    for place in ["Dockerfile:1:1", "compose.yaml:2:8", "nginx.conf:1:8"] {
        let problem = format!("{place}: error[syntax-error]");
        assert!(out(&checked).contains(&problem), "{}", out(&checked));
    }
}

#[test]
fn an_ignored_file_that_a_checked_one_names_is_read_and_reported() {
    let folder = project();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(".gitignore", ".env\n");
    write("compose.yaml", "services:\n  web:\n    image: web\n    env_file: .env\n");
    let found = ".env:1:11: error[tls-disabled] REDIS_SSL turns TLS off\n";
    for paths in [".", "compose.yaml"] {
        let checked = govlint(folder.path(), &["check", "--select", "tls-disabled", paths]);
        assert_eq!(out(&checked), found, "{paths}");
    }
    let listed = govlint(folder.path(), &["check", "--list-files"]);
    assert!(
        out(&listed).starts_with(".env: env (named .env*, to understand others)\ncompose.yaml"),
        "{}",
        out(&listed)
    );
    assert!(!out(&listed).contains("left out"), "{}", out(&listed));
    assert_eq!(govlint(folder.path(), &["check", "--list-files", ".gitignore"]).status.code(), Some(2));
}
