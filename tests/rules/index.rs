//! `rules/README.md`: which rule covers which format, made from the rules' files. `UPDATE=1 cargo test`
//! writes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use govlint::check::memory;
use govlint::formats::FORMATS;
use govlint::rule::example::{Shows, examples};
use govlint::rule::{self, Level, Rule};
use jiff::civil::Date;

use crate::rules;

#[test]
fn the_index_of_rules_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    let index = index(&rules());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &index).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == index, "rules/README.md is out of date: run `UPDATE=1 cargo test --test rules index`");
}

fn index(rules: &[Rule]) -> String {
    let mut out = String::from(
        "# Rules\n\nMade from the rules' files by `UPDATE=1 cargo test --test rules index`. A rule asks facts, so it covers\nevery format that states them; named are those that its bad examples show. Levels are those of its cases;\npolicies and environments change them. Controls are those that a rule checks directly.\n",
    );
    let mut topics: Vec<&str> = rules.iter().map(|rule| rule.topic).collect();
    topics.sort_unstable();
    topics.dedup();
    for topic in topics {
        let _ = writeln!(out, "\n## {topic}\n\n| rule | level | formats | controls |\n|---|---|---|---|");
        for rule in rules.iter().filter(|rule| rule.topic == topic) {
            let _ = writeln!(out, "{}", row(rule, rules));
        }
    }
    out
}

fn row(rule: &Rule, rules: &[Rule]) -> String {
    let mut levels: Vec<Level> = rule.cases.iter().map(|case| case.level).collect();
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.dedup();
    let levels: Vec<_> = levels.into_iter().map(Level::name).collect();
    let shown = shown(rule, rules);
    let formats = FORMATS.iter().map(|format| format.name).filter(|name| shown.contains(name));
    let formats: Vec<_> = formats.collect();
    let controls = rule.controls.iter().map(|(framework, ids)| format!("{framework} {}", ids.join(", ")));
    let controls: Vec<_> = controls.collect();
    format!(
        "| [{}]({}/{}.md) | {} | {} | {} |",
        rule.id,
        rule.topic,
        rule.id,
        levels.join(", "),
        formats.join(", "),
        controls.join("; ")
    )
}

/// The formats of the files in which a bad example marks something.
fn shown(rule: &Rule, rules: &[Rule]) -> BTreeSet<&'static str> {
    let raw = rule::built_in().iter().find(|raw| raw.id == rule.id);
    let examples = raw.and_then(|raw| examples(raw.text).ok()).unwrap_or_default();
    let mut shown = BTreeSet::new();
    for example in examples.iter().filter(|example| example.shows == Shows::Bad) {
        let files: Vec<_> = example.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
        let Ok(heard) = memory(&files, rules, Date::constant(2026, 1, 1)) else { continue };
        let marked =
            |path: &str| example.files.iter().any(|file| file.path == path && !file.marks.is_empty());
        shown.extend(heard.read.iter().filter(|(path, _)| marked(path)).map(|(_, format)| *format));
    }
    shown
}
