//! What every rule's file must hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use govlint::data::frameworks;
use govlint::rule::example::{Shows, examples};
use govlint::rule::{self, code};

use crate::{report, rules};

/// Rules whose bad example no Markdown file can hold: bytes that are no text.
const UNSHOWN: &[&str] = &["unreadable-file"];

#[test]
fn every_rule_has_a_reason_a_fix_and_examples() {
    let mut wrong = Vec::new();
    for (rule, raw) in rules().iter().zip(rule::built_in()) {
        let mut lacks = |what: &str| wrong.push(format!("rules/{}/{}.md lacks {what}", rule.topic, rule.id));
        if rule.reason().is_empty() {
            lacks("a reason below its title");
        }
        if rule.section("Fix").is_none_or(str::is_empty) {
            lacks("a section `Fix`");
        }
        // What is wrong with waivers and files has no control of its own.
        if rule.controls.is_empty() && rule.related.is_empty() && rule.topic != "project" {
            lacks("controls");
        }
        let examples = examples(raw.text).unwrap_or_default();
        let shown = !UNSHOWN.contains(&rule.id);
        for (shows, name) in [(Shows::Bad, "bad"), (Shows::Good, "good")] {
            let wanted = shown || shows == Shows::Good;
            if wanted && !examples.iter().any(|example| example.shows == shows) {
                lacks(&format!("a {name} example"));
            }
        }
        let marks = |shows| {
            let of = examples.iter().filter(move |example| example.shows == shows);
            of.flat_map(|example| &example.files).map(|file| file.marks.len()).sum::<usize>()
        };
        if shown && marks(Shows::Bad) == 0 {
            lacks("a mark in a bad example");
        }
    }
    report(&wrong);
}

#[test]
fn ids_are_sorted_and_name_their_files() {
    let ids: Vec<_> = rule::built_in().iter().map(|raw| raw.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
    assert!(ids.iter().all(|id| id.chars().all(kebab)), "{ids:?}");
}

#[test]
fn messages_begin_in_lower_case_and_end_without_a_stop() {
    let mut wrong = Vec::new();
    for raw in rule::built_in() {
        let head = raw.text.get(..raw.body).unwrap_or_default();
        for message in head.lines().filter_map(|line| line.strip_prefix("message = \"")) {
            let message = message.strip_suffix('"').unwrap_or(message);
            let begins = message.starts_with(|c: char| c == '{' || !c.is_uppercase())
                // Names of headers and products are written as they are.
                || message.split(' ').next().is_some_and(|word| word.contains('-') || word.chars().skip(1).any(char::is_uppercase));
            if !begins || message.ends_with(['.', '!']) {
                wrong.push(format!("{}: {message}", raw.id));
            }
        }
    }
    report(&wrong);
}

#[test]
fn controls_are_of_known_frameworks_and_named_once() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let mut seen = BTreeSet::new();
        for (framework, ids) in rule.controls.iter().chain(&rule.related) {
            if frameworks::find(framework).is_none() {
                wrong.push(format!("{}: unknown framework `{framework}`", rule.id));
            }
            let twice = ids.iter().filter(|id| !seen.insert((*framework, **id)));
            wrong.extend(twice.map(|id| format!("{}: {framework} {id} is named twice", rule.id)));
            if ids.is_empty() {
                wrong.push(format!("{}: {framework} without a control", rule.id));
            }
        }
    }
    report(&wrong);
}

/// Rules that need an algorithm are few, and each is a decision: the number is stated here.
#[test]
fn algorithms_and_the_rules_that_need_them_are_one_to_one() {
    let rules = rules();
    let need = rules.iter().filter(|rule| rule.cases.iter().any(|case| case.when.is_none()));
    let need: Vec<_> = need.map(|rule| rule.id).collect();
    let have: Vec<_> = code::ALGORITHMS.iter().map(|(id, _)| *id).collect();
    assert_eq!(need, have);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rule/code");
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_string_lossy().replace('_', "-"))
        .filter(|name| name != "mod")
        .collect();
    files.sort_unstable();
    assert_eq!(files, have);
    assert_eq!(have.len(), 3);
}
