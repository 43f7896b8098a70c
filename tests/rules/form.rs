//! What every rule's file must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use govlint::data::frameworks;
use govlint::rule::example::{Shows, examples};
use govlint::rule::{self, Controls, code};
use regex::Regex;

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
        for (framework, ids) in rule.controls.iter().chain(rule.related.iter()) {
            if frameworks::find(framework).is_none() {
                wrong.push(format!("{}: unknown framework `{framework}`", rule.id));
            }
            let twice = ids.iter().filter(|id| !seen.insert((framework, **id)));
            wrong.extend(twice.map(|id| format!("{}: {framework} {id} is named twice", rule.id)));
            if ids.is_empty() {
                wrong.push(format!("{}: {framework} without a control", rule.id));
            }
        }
    }
    report(&wrong);
}

#[test]
fn every_rule_serves_nist_800_53_and_iso_27001() {
    let mut wrong = Vec::new();
    // What is wrong with waivers and files has no control of its own.
    for rule in rules().iter().filter(|rule| rule.topic != "project") {
        for wanted in ["nist-800-53", "iso-27001"] {
            if !rule.controls.iter().chain(rule.related.iter()).any(|(framework, _)| framework == wanted) {
                wrong.push(format!("{}: no control of {wanted}", rule.id));
            }
        }
    }
    report(&wrong);
}

#[test]
fn no_control_is_both_checked_and_related() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let pairs = |controls: Controls| -> BTreeSet<(&str, &str)> {
            controls
                .iter()
                .flat_map(|(framework, ids)| ids.into_iter().map(move |id| (framework, id)))
                .collect()
        };
        let both: Vec<_> = pairs(rule.controls).intersection(&pairs(rule.related)).copied().collect();
        wrong.extend(both.iter().map(|(framework, id)| format!("{}: {framework} {id}", rule.id)));
    }
    report(&wrong);
}

#[test]
fn identifiers_of_controls_have_the_form_of_their_framework() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/data/frameworks.toml");
    let table: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let form = |id: &str| Regex::new(&format!("^(?:{})$", table[id]["id"].as_str().unwrap())).unwrap();
    let forms: BTreeMap<&str, Regex> = frameworks::ids().map(|id| (id, form(id))).collect();
    let mut wrong = Vec::new();
    for rule in rules() {
        for (framework, ids) in rule.controls.iter().chain(rule.related.iter()) {
            let Some(form) = forms.get(framework) else { continue };
            let odd = ids.iter().filter(|id| !form.is_match(id));
            wrong.extend(odd.map(|id| format!("{}: {framework} has no `{id}`", rule.id)));
        }
    }
    report(&wrong);
}

/// Frameworks and controls stand in a fixed order, so that a change shows as what it is.
#[test]
fn controls_are_sorted_by_framework() {
    let mut wrong = Vec::new();
    for rule in rules() {
        for controls in [rule.controls, rule.related] {
            if !controls.iter().is_sorted_by(|(a, _), (b, _)| a < b) {
                wrong.push(rule.id.to_owned());
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
        // What two of them ask of the project.
        .filter(|name| !["declarations", "mod"].contains(&name.as_str()))
        .collect();
    files.sort_unstable();
    assert_eq!(files, have);
    assert_eq!(have.len(), 3);
}
