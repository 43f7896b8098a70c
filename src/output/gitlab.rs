//! `gitlab`: GitLab's Code Quality report, a part of the issues of Code Climate, for the widget of a merge request.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::{Output, Report, Style, plain};
use crate::finding::{Finding, Fingerprint};
use crate::rule::Level;

/// Code Quality.
pub(super) const GITLAB: Output =
    Output { name: "gitlab", doc: "merge requests of GitLab: a Code Quality report", write };

fn write(report: &Report<'_, '_>, to: &mut dyn Write, _: &Style) -> io::Result<()> {
    let issues: Vec<_> = report.findings.iter().map(|finding| Issue::new(report, finding)).collect();
    plain::write_json_lines(&issues, to)
}

#[derive(Serialize)]
struct Issue<'d> {
    description: Cow<'d, str>,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

impl<'d> Issue<'d> {
    fn new(report: &Report<'_, '_>, finding: &'d Finding<'_, '_>) -> Self {
        let begin = report.sources.file(finding.place.file).position(finding.place.start).line;
        Issue {
            description: plain::text(&finding.message),
            check_name: finding.rule.id,
            fingerprint: Fingerprint::of(finding, report.sources).to_string(),
            severity: match finding.level {
                Level::Error => "critical",
                Level::Warning => "major",
                Level::Note => "info",
            },
            location: Location { path: report.path(finding.place.file), lines: Lines { begin } },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::output::samples::{self, Sample};
    use crate::output::{Report, Style};
    use serde_json::Value;

    /// What GitLab checks each entry against, and what its documentation asks for beyond that: a name, a
    /// severity that it knows, a fingerprint that is unique, a path below the root, without `./` before it.
    fn assert_valid(report: &Report<'_, '_>) {
        let schema = include_str!("../../schema/third-party/gitlab-codeclimate.schema.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let issues = samples::json("gitlab", report);
        let issues = issues.as_array().unwrap();
        assert_eq!(issues.len(), report.findings.len());
        let mut fingerprints = HashSet::new();
        for issue in issues {
            samples::assert_valid(&validator, issue);
            assert!(issue["check_name"].is_string(), "{issue}");
            let severity = issue["severity"].as_str().unwrap();
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
            assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()), "{issue}");
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1, "{issue}");
            assert!(!issue["location"]["path"].as_str().unwrap().starts_with("./"), "{issue}");
        }
    }

    #[test]
    fn reports_are_what_gitlab_takes() {
        assert_valid(&samples::deployment());
        assert_valid(&samples::hostile());
        insta::assert_snapshot!(samples::written("gitlab", &samples::deployment(), Style::default()));
    }

    #[test]
    fn a_clean_run_is_an_empty_list() {
        assert_eq!(samples::json("gitlab", &Sample::default().report()), Value::Array(Vec::new()));
    }

    #[test]
    fn findings_that_are_alike_have_fingerprints_of_their_own() {
        let mut sample = Sample::default();
        let file = sample.file(".env", "A=1\nA=1\n");
        sample.add("credential", file, 0..1, "A is a credential");
        sample.add("credential", file, 4..5, "A is a credential");
        assert_valid(&sample.report());
    }
}
