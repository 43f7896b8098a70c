//! `json`: everything that a program may want to know, in govlint's own words. Its schema is
//! `schema/report.schema.json`; a change that breaks readers raises `version`.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::{Output, Report, Style, Suppression, plain};
use crate::facts::Use;
use crate::finding::{Finding as Found, Fingerprint};
use crate::rule::Level;
use crate::source::{Sources, Span};

/// Everything, for programs.
pub(super) const JSON: Output =
    Output { name: "json", doc: "everything, for programs: schema/report.schema.json", write };

const VERSION: u32 = 1;

fn write(report: &Report<'_, '_>, to: &mut dyn Write, _: &Style) -> io::Result<()> {
    plain::write_json_lines(&Document::new(report), to)
}

#[derive(Serialize)]
struct Document<'d> {
    version: u32,
    tool: Tool,
    findings: Vec<Finding<'d>>,
    suppressed: Vec<Suppressed<'d>>,
    summary: Summary<'d>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Finding<'d> {
    rule: &'static str,
    level: &'static str,
    message: Cow<'d, str>,
    subject: Cow<'d, str>,
    #[serde(flatten)]
    place: Place<'d>,
    related: Vec<Related<'d>>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Suppressed<'d> {
    #[serde(flatten)]
    finding: Finding<'d>,
    by: &'static str,
    reason: Cow<'d, str>,
}

#[derive(Serialize)]
struct Place<'d> {
    path: &'d str,
    region: Region,
}

#[derive(Serialize)]
struct Related<'d> {
    #[serde(flatten)]
    place: Place<'d>,
    note: Cow<'d, str>,
}

#[derive(Serialize)]
struct Region {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    byte: u32,
}

#[derive(Serialize)]
struct Summary<'d> {
    errors: usize,
    warnings: usize,
    notes: usize,
    read: Vec<Read>,
    hidden: Vec<Hidden>,
    left_out: Vec<LeftOut<'d>>,
    places: Vec<Seen<'d>>,
    failures: Vec<Cow<'d, str>>,
}

#[derive(Serialize)]
struct Read {
    format: &'static str,
    files: usize,
}

#[derive(Serialize)]
struct Hidden {
    level: &'static str,
    findings: usize,
}

#[derive(Serialize)]
struct LeftOut<'d> {
    reason: Cow<'d, str>,
    files: usize,
}

#[derive(Serialize)]
struct Seen<'d> {
    place: Cow<'d, str>,
    times: usize,
}

impl<'d> Document<'d> {
    fn new(report: &'d Report<'_, '_>) -> Self {
        let sources = report.sources;
        let suppressed = report.suppressed.iter().map(|one| Suppressed {
            finding: Finding::new(&one.finding, sources),
            by: match one.by {
                Suppression::Inline => "inline",
                Suppression::Waiver => "waiver",
            },
            reason: plain::text(&one.reason),
        });
        Document {
            version: VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            findings: report.findings.iter().map(|finding| Finding::new(finding, sources)).collect(),
            suppressed: suppressed.collect(),
            summary: Summary::new(report),
        }
    }
}

impl<'d> Finding<'d> {
    fn new(finding: &'d Found<'_, '_>, sources: &'d Sources) -> Self {
        let related =
            |one: &'d Use<'_>| Related { place: Place::new(one.span, sources), note: plain::text(one.note) };
        Finding {
            rule: finding.rule.id,
            level: finding.level.name(),
            message: plain::text(&finding.message),
            subject: plain::text(finding.subject),
            place: Place::new(finding.place, sources),
            related: finding.related.iter().map(related).collect(),
            fingerprint: Fingerprint::of(finding, sources).to_string(),
        }
    }
}

impl<'d> Place<'d> {
    fn new(span: Span, sources: &'d Sources) -> Self {
        let file = sources.file(span.file);
        let position = |byte| {
            let at = file.position(byte);
            Position { line: at.line, column: at.column, byte }
        };
        Place { path: file.path(), region: Region { start: position(span.start), end: position(span.end) } }
    }
}

impl<'d> Summary<'d> {
    fn new(report: &'d Report<'_, '_>) -> Self {
        let summary = &report.summary;
        let hidden = |(level, findings): &(Level, usize)| Hidden { level: level.name(), findings: *findings };
        let left_out =
            |(reason, files): &'d (String, usize)| LeftOut { reason: plain::text(reason), files: *files };
        let seen = |(place, times): &'d (String, usize)| Seen { place: plain::text(place), times: *times };
        Summary {
            errors: report.count(Level::Error),
            warnings: report.count(Level::Warning),
            notes: report.count(Level::Note),
            read: summary.read.iter().map(|(format, files)| Read { format, files: *files }).collect(),
            hidden: summary.hidden.iter().map(hidden).collect(),
            left_out: summary.left_out.iter().map(left_out).collect(),
            places: summary.places.iter().map(seen).collect(),
            failures: summary.failures.iter().map(|failure| plain::text(failure)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::output::{Style, samples};
    use serde_json::Value;

    #[test]
    fn a_report_with_every_part_follows_the_schema() {
        let json = samples::written("json", &samples::deployment(), Style::default());
        insta::assert_snapshot!(json);
        let schema: Value = serde_json::from_str(include_str!("../../schema/report.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut report: Value = serde_json::from_str(&json).unwrap();
        samples::assert_valid(&validator, &report);
        samples::assert_valid(&validator, &samples::json("json", &samples::hostile()));
        for list in ["findings", "suppressed"] {
            assert!(!report[list].as_array().unwrap().is_empty(), "{list}");
        }
        for list in ["read", "hidden", "left_out", "places", "failures"] {
            assert!(!report["summary"][list].as_array().unwrap().is_empty(), "{list}");
        }
        report["surprise"] = Value::Null;
        assert!(!validator.is_valid(&report), "the schema describes all fields");
    }
}
