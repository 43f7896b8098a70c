//! Every example is a project: in a bad one the rule speaks where the marks say and nowhere else, in a good
//! one it is silent, and so is every rule of level error.

use std::ops::Range;

use govlint::check::{Spoken, memory};
use govlint::rule::example::{Columns, Example, ExampleFile, Shows, examples};
use govlint::rule::{self, Level, Rule};
use jiff::civil::Date;

use crate::{report, rules};

/// The day on which the examples' dates are judged.
const TODAY: Date = Date::constant(2026, 11, 20);

#[test]
fn examples_show_what_rules_do() {
    let rules = rules();
    let mut wrong = Vec::new();
    for raw in rule::built_in() {
        match examples(raw.text) {
            Ok(examples) => {
                wrong.extend(examples.iter().filter_map(|example| judge(raw.id, example, &rules)));
            }
            Err(error) => wrong.push(format!("rules/{}/{}.md: {error}", raw.topic, raw.id)),
        }
    }
    report(&wrong);
}

/// What is wrong with an example of a rule.
fn judge(rule: &str, example: &Example, rules: &[Rule]) -> Option<String> {
    let files: Vec<_> = example.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    let heard = match memory(&files, rules, TODAY) {
        Ok(heard) => heard,
        Err(broken) => return Some(format!("{}: {broken:?}", title(rule, example))),
    };
    let mut wrong = Vec::new();
    let mut findings: Vec<&Spoken> = heard.findings.iter().collect();
    for file in &example.files {
        let here = |finding: &&Spoken| finding.path == file.path;
        if example.shows == Shows::Bad {
            let spoken = findings.iter().copied().filter(here).filter(|finding| finding.rule == rule);
            compare(file, &spoken.collect::<Vec<_>>(), &mut wrong);
        } else {
            let unwanted = |finding: &&&Spoken| finding.rule == rule || finding.level == Level::Error;
            for finding in findings.iter().copied().filter(here).filter(|finding| unwanted(&finding)) {
                wrong.push(found("unwanted", file, finding));
            }
            wrong.extend(
                file.marks.iter().map(|mark| format!("  a mark in a good example, {}", at(file, mark.line))),
            );
        }
        findings.retain(|finding| !here(finding));
    }
    wrong.extend(findings.iter().map(|finding| format!("  in no file of the example: {finding:?}")));
    (!wrong.is_empty()).then(|| {
        let read: Vec<_> = heard.read.iter().map(|(path, format)| format!("{path} as {format}")).collect();
        format!("{}\n  (read: {})\n{}", title(rule, example), read.join(", "), wrong.join("\n"))
    })
}

/// Holds the findings in a file against its marks.
fn compare(file: &ExampleFile, findings: &[&Spoken], wrong: &mut Vec<String>) {
    let mut findings = findings.to_vec();
    for mark in &file.marks {
        let meant = findings.iter().position(|finding| {
            let (line, columns) = place(file, finding);
            line == mark.line && mark.columns.meet(&columns)
        });
        match meant.map(|index| findings.remove(index)) {
            None => wrong.push(format!(
                "  missing, {}\n{}",
                at(file, mark.line),
                underlined(file, mark.line, &mark.columns)
            )),
            Some(finding) if mark.level.is_some_and(|level| level != finding.level) => {
                wrong.push(found("of another level", file, finding));
            }
            Some(_) => {}
        }
    }
    wrong.extend(findings.into_iter().map(|finding| found("unexpected", file, finding)));
}

/// The line and the columns of a finding, as marks give them.
fn place(file: &ExampleFile, finding: &Spoken) -> (usize, Range<usize>) {
    let text = |range: Range<usize>| file.text.get(range).unwrap_or_default();
    let Range { start, end } = finding.range;
    let before = text(0..start);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let first_line = text(start..end).lines().next().unwrap_or_default();
    let column = text(line_start..start).chars().count();
    (before.matches('\n').count(), column..column + first_line.chars().count())
}

fn title(rule: &str, example: &Example) -> String {
    let shows = if example.shows == Shows::Bad { "Bad" } else { "Good" };
    format!("{rule} · {shows} · {}", if example.name.is_empty() { "(unnamed)" } else { &example.name })
}

fn at(file: &ExampleFile, line: usize) -> String {
    format!("{} (line {} of the rule's file)", file.path, file.lines.get(line).copied().unwrap_or_default())
}

fn found(what: &str, file: &ExampleFile, finding: &Spoken) -> String {
    let (line, columns) = place(file, finding);
    let level = finding.level.name();
    let place = underlined(file, line, &Columns::Exactly(columns));
    format!("  {what}, {}\n{place} {level}[{}]: {}", at(file, line), finding.rule, finding.message)
}

fn underlined(file: &ExampleFile, line: usize, columns: &Columns) -> String {
    let text = file.text.lines().nth(line).unwrap_or_default();
    let carets = match columns {
        Columns::Start => "<-".to_owned(),
        Columns::Exactly(columns) => {
            format!("{}{}", " ".repeat(columns.start), "^".repeat(columns.len().max(1)))
        }
    };
    format!("      {text}\n      {carets}")
}
