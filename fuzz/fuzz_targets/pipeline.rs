#![no_main]

use std::sync::LazyLock;

use govlint::check::memory;
use govlint::rule::{self, Rule, load};
use jiff::civil::Date;
use libfuzzer_sys::fuzz_target;

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| rule::built_in().iter().map(|raw| load::load(raw).unwrap()).collect());

// Two files: their names choose the formats and whether one names the other.
fuzz_target!(|files: [(&str, &str); 2]| {
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    if let Ok(heard) = memory(&files, &RULES, Date::constant(2026, 11, 20)) {
        for finding in &heard.findings {
            let mut of_name = files.iter().filter(|(path, _)| *path == finding.path);
            assert!(of_name.any(|(_, text)| text.get(finding.range.clone()).is_some()), "{finding:?}");
        }
    }
});
