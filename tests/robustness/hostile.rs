//! Files made to keep a reader busy, and things in a folder that are no files. Each is small, and what it
//! asks for is not: where the work grew faster than the file, these tests would not end.

use std::time::{Duration, Instant};

use govlint::check::memory;
use govlint::rule::{self, Rule, load};
use jiff::civil::Date;

/// Far more than any of these takes on a slow machine.
const LONGEST: Duration = Duration::from_secs(20);

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn work_does_not_grow_faster_than_the_files() {
    let hostile = [
        ("nested sequences", vec![("compose.yaml", format!("services: {}", "[".repeat(50_000)))]),
        (
            "aliases of aliases",
            vec![(
                "pod.yaml",
                format!(
                    "a0: &a0 [x]\n{}apiVersion: v1\nkind: List\nitems: *a29\n",
                    lines(29, |at| format!("a{}: &a{} [{}]\n", at + 1, at + 1, format!("*a{at},").repeat(9)))
                ),
            )],
        ),
        (
            "build arguments that double",
            vec![(
                "Dockerfile",
                format!(
                    "ARG A0=xx\n{}FROM $A999\n",
                    lines(999, |at| format!("ARG A{}=${{A{at}}}${{A{at}}}\n", at + 1))
                ),
            )],
        ),
        (
            "variables of variables",
            vec![(".env", format!("A0=x\n{}", lines(5_000, |at| format!("A{}=\"x${{A{at}}}\"\n", at + 1))))],
        ),
        (
            "one long value everywhere",
            vec![
                (".env", format!("A={}\n", "x".repeat(60_000))),
                (
                    "compose.yaml",
                    format!(
                        "services:\n  a:\n    image: x\n    environment:\n{}",
                        lines(3_000, |at| format!("      Q{at}: \"p${{A}}q\"\n"))
                    ),
                ),
            ],
        ),
        (
            "stages built on each other",
            vec![("Dockerfile", lines(5_000, |at| format!("FROM s{at} AS s{}\nENV A{at}=x\n", at + 1)))],
        ),
        (
            "settings of one family",
            vec![(
                ".env",
                lines(10_000, |at| format!("DB_PASSWORD{at}=x\nDB_URL{at}=http://a.example.com\n")),
            )],
        ),
        (
            "an env file that many services read",
            vec![
                ("a.env", lines(2_000, |at| format!("A{at}=http://a.example.com\n"))),
                (
                    "compose.yaml",
                    format!(
                        "services:\n{}",
                        lines(2_000, |at| format!("  s{at}: {{image: x, env_file: a.env}}\n"))
                    ),
                ),
            ],
        ),
        (
            "a service that many extend",
            vec![(
                "compose.yaml",
                format!(
                    "services:\n  a:\n    image: x\n    environment:\n{}{}",
                    lines(1_000, |at| format!("      A{at}: b\n")),
                    lines(1_000, |at| format!("  s{at}: {{extends: a}}\n"))
                ),
            )],
        ),
        (
            "keys that many pods use",
            vec![(
                "all.yaml",
                format!(
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n{}{}",
                    lines(2_000, |at| format!("  A{at}: b\n")),
                    lines(2_000, |at| format!(
                        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}}}\nspec: {{containers: [{{name: c, image: x, \
                         env: [{{name: B, valueFrom: {{configMapKeyRef: {{name: c, key: A{at}}}}}}}]}}]}}\n"
                    ))
                ),
            )],
        ),
        (
            "files that include each other",
            vec![
                ("nginx.conf", "http { include a.conf; include a.conf; include conf.d/*; }".to_owned()),
                ("a.conf", "include a.conf; include nginx.conf;".repeat(50) + "server { listen 80; }"),
                ("conf.d/b.conf", "include a.conf; include conf.d/*;".repeat(50)),
            ],
        ),
        (
            "services that extend each other",
            vec![("compose.yaml", "services:\n  a: {extends: b}\n  b: {extends: a}\n---\n".repeat(200))],
        ),
        (
            "many allowances",
            vec![(
                ".env",
                lines(5_000, |at| format!("# govlint: allow[hardcoded-credential] why\nDB_PASSWORD{at}=x\n")),
            )],
        ),
    ];
    let rules: Vec<Rule> = rule::built_in().iter().map(|raw| load::load(raw).unwrap()).collect();
    for (name, files) in hostile {
        let files: Vec<_> = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        let start = Instant::now();
        memory(&files, &rules, Date::constant(2026, 11, 20)).unwrap();
        assert!(start.elapsed() < LONGEST, "{name} took {:?}", start.elapsed());
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;
    use std::process::{Command, Output};

    fn check(folder: &Path, path: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_govlint"))
            .current_dir(folder)
            .args(["check", path])
            .output()
            .unwrap()
    }

    #[test]
    fn nothing_but_files_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), "FROM node:22\nCOPY .env .\nUSER root\n").unwrap();
        for name in [".env", ".gitignore", ".govlintignore", ".dockerignore", "govlint.toml"] {
            let made = Command::new("mkfifo").arg(folder.path().join(name)).status();
            assert!(made.is_ok_and(|status| status.success()));
        }
        let output = check(folder.path(), ".");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        for path in [".env", "/dev/null"] {
            let output = check(folder.path(), path);
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            assert!(String::from_utf8_lossy(&output.stderr).contains("neither a file nor a folder"));
        }
    }

    #[test]
    fn strange_names_are_shown_harmless() {
        let folder = tempfile::tempdir().unwrap();
        for name in [&b"a\nb\x1b[31m.env"[..], b"\xff\xfe.env", b"-rf.env"] {
            fs::write(folder.path().join(OsStr::from_bytes(name)), "DEBUG=true\nDB_PASSWORD=changeme\n")
                .unwrap();
        }
        let output = check(folder.path(), ".");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{output:?}");
    }
}
