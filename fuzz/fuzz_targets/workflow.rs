//! Any text is read as a workflow, a pipeline and a script, and every finding lies in it.
#![no_main]

use std::sync::LazyLock;

use govlint::check::memory;
use govlint::rule::{self, Rule, load};
use jiff::civil::Date;
use libfuzzer_sys::fuzz_target;

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| rule::built_in().iter().map(|raw| load::load(raw).unwrap()).collect());

fuzz_target!(|text: &str| {
    let paths = [".github/workflows/deploy.yml", ".gitlab-ci.yml", "scripts/backup.sh"];
    let files = paths.map(|path| (path.to_owned(), text.to_owned()));
    if let Ok(heard) = memory(&files, &RULES, Date::constant(2026, 11, 20)) {
        for finding in &heard.findings {
            assert!(text.get(finding.range.clone()).is_some(), "{finding:?}");
        }
    }
});
