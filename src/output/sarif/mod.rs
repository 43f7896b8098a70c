//! `sarif`: the Static Analysis Results Interchange Format 2.1.0, as GitHub and others read it.

mod rules;
mod taxonomy;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, Invocation, Location, Message, Notification, PhysicalLocation, Region,
    ReportingDescriptorReference, Result as SarifResult, Run, Sarif, Suppression as SarifSuppression, Tool,
    ToolComponent,
};

use super::summary::counted;
use super::uri::{self, Uri};
use super::{Output, Report, Style, Suppressed, Suppression, plain};
use crate::facts::Kind;
use crate::finding::{Finding, Fingerprint};
use crate::rule::{Level, Rule};
use crate::source::Span;
use taxonomy::Taxonomies;

/// SARIF.
pub(super) const SARIF: Output =
    Output { name: "sarif", doc: "SARIF 2.1.0, for GitHub and other viewers", write };

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME: &str = "https://govlint.dev";
const ROOT: &str = "%SRCROOT%";
const FINGERPRINT: &str = "govlint/v1";
/// GitHub refuses runs with more results than this.
const MOST_RESULTS: usize = 25_000;
/// GitHub refuses results with more locations than this.
const MOST_RELATED: usize = 1_000;

fn write(report: &Report<'_, '_>, to: &mut dyn Write, _: &Style) -> io::Result<()> {
    plain::write_json(&log(report), to)
}

fn log(report: &Report<'_, '_>) -> Sarif {
    let taxonomies = Taxonomies::new(report.rules);
    let driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(HOME)
        .rules(report.rules.iter().map(|rule| rules::descriptor(rule, &taxonomies)).collect::<Vec<_>>())
        .supported_taxonomies(taxonomies.references())
        .build();
    let (results, left_out) = results(report);
    let root = ArtifactLocation::builder().uri(uri::of_folder(&report.root)).build();
    let invocation = Invocation::builder()
        .execution_successful(report.summary.failures.is_empty())
        .tool_execution_notifications(notifications(report, left_out))
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .taxonomies(taxonomies.components())
        .invocations(vec![invocation])
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root)]))
        .column_kind("unicodeCodePoints")
        .results(results)
        .build();
    Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build()
}

/// What became of a finding, where it isn't shown.
type Allowed<'f, 'r, 's> = Option<&'f Suppressed<'r, 's>>;

/// All results, and how many were left out: what counts least goes first.
fn results(report: &Report<'_, '_>) -> (Vec<SarifResult>, usize) {
    let shown = report.findings.iter().map(|finding| (finding, None));
    let allowed = report.suppressed.iter().map(|one| (&one.finding, Some(one)));
    let mut all: Vec<(usize, (&Finding<'_, '_>, Allowed<'_, '_, '_>))> =
        shown.chain(allowed).enumerate().collect();
    let left_out = all.len().saturating_sub(MOST_RESULTS);
    if left_out > 0 {
        all.sort_by_key(|(_, (finding, allowed))| (allowed.is_some(), std::cmp::Reverse(finding.level)));
        all.truncate(MOST_RESULTS);
        all.sort_by_key(|(index, _)| *index);
    }
    (all.into_iter().map(|(_, (finding, allowed))| result(report, finding, allowed)).collect(), left_out)
}

fn result(report: &Report<'_, '_>, finding: &Finding<'_, '_>, allowed: Allowed<'_, '_, '_>) -> SarifResult {
    let fingerprint =
        BTreeMap::from([(FINGERPRINT.to_owned(), Fingerprint::of(finding, report.sources).to_string())]);
    let mut result = SarifResult::builder()
        .rule_id(finding.rule.id)
        .level(match finding.level {
            Level::Error => serde_sarif::sarif::ResultLevel::Error,
            Level::Warning => serde_sarif::sarif::ResultLevel::Warning,
            Level::Note => serde_sarif::sarif::ResultLevel::Note,
        })
        .message(message(&finding.message))
        .locations(vec![location(report, finding.place)])
        .partial_fingerprints(fingerprint)
        .build();
    result.rule_index = rule_index(report, finding.rule);
    let related: Vec<_> = finding
        .related
        .iter()
        .take(MOST_RELATED)
        .map(|one| Location { message: Some(message(one.note)), ..location(report, one.span) })
        .collect();
    result.related_locations = (!related.is_empty()).then_some(related);
    // Where some results have suppressions, the others must have an empty list (3.27.23).
    result.suppressions = match allowed {
        Some(allowed) => Some(vec![suppression(allowed)]),
        None if report.suppressed.is_empty() => None,
        None => Some(Vec::new()),
    };
    result
}

fn suppression(allowed: &Suppressed<'_, '_>) -> SarifSuppression {
    SarifSuppression::builder()
        .kind(match allowed.by {
            Suppression::Inline => "inSource",
            Suppression::Waiver => "external",
        })
        .status("accepted")
        .justification(plain::text(&allowed.reason))
        .build()
}

fn location(report: &Report<'_, '_>, place: Span) -> Location {
    let file = report.sources.file(place.file);
    let (start, end) = (file.position(place.start), file.position(place.end));
    let region = Region::builder()
        .start_line(int(start.line))
        .start_column(int(start.column))
        .end_line(int(end.line))
        .end_column(int(end.column))
        .byte_offset(i64::from(place.start))
        .byte_length(i64::from(place.end.saturating_sub(place.start)))
        .snippet(ArtifactContent::builder().text(report.snippet(place)).build())
        .build();
    let artifact = match uri::of_file(&report.root, file.path()) {
        Uri::Relative(uri) => ArtifactLocation::builder().uri(uri).uri_base_id(ROOT).build(),
        Uri::Absolute(uri) => ArtifactLocation::builder().uri(uri).build(),
    };
    let physical = PhysicalLocation::builder().artifact_location(artifact).region(region).build();
    Location::builder().physical_location(physical).build()
}

/// What kept the run from seeing or saying everything.
fn notifications(report: &Report<'_, '_>, results_left_out: usize) -> Vec<Notification> {
    let problems = report.findings.iter().filter(|finding| speaks_of_problems(finding.rule)).map(|finding| {
        let mut rule = ReportingDescriptorReference::builder().id(finding.rule.id).build();
        rule.index = rule_index(report, finding.rule);
        let mut notification = notification(finding.level, &finding.message);
        notification.associated_rule = Some(rule);
        notification.locations = Some(vec![location(report, finding.place)]);
        notification
    });
    let failures = report.summary.failures.iter().map(|failure| notification(Level::Error, failure));
    let unread = report.summary.left_out.iter().map(|(reason, files)| {
        notification(Level::Note, &format!("{} left out: {reason}", counted(*files, "file")))
    });
    let cut = (results_left_out > 0).then(|| {
        let results = counted(results_left_out, "result");
        let text =
            format!("{results} of the lowest levels left out, since GitHub takes {MOST_RESULTS} at most");
        notification(Level::Warning, &text)
    });
    let related = report.findings.iter().filter(|finding| finding.related.len() > MOST_RELATED).count();
    let cut_related = (related > 0).then(|| {
        let results = counted(related, "result");
        notification(Level::Note, &format!("{results} shown with the first {MOST_RELATED} related places"))
    });
    failures.chain(cut).chain(cut_related).chain(problems).chain(unread).collect()
}

fn speaks_of_problems(rule: &Rule) -> bool {
    !rule.cases.is_empty() && rule.cases.iter().all(|case| case.about == Kind::Problem)
}

fn notification(level: Level, text: &str) -> Notification {
    Notification::builder().level(level.name()).message(message(text)).build()
}

fn message(text: &str) -> Message {
    Message::builder().text(plain::text(text)).build()
}

/// The index of a rule among those of the run.
fn rule_index(report: &Report<'_, '_>, rule: &Rule) -> Option<i64> {
    report.rules.binary_search_by_key(&rule.id, |known| known.id).ok().map(int)
}

/// A count as SARIF holds it.
fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{self, Sample, assert_valid, json};
    use serde_json::Value;

    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../../schema/third-party/sarif-2.1.0.schema.json");
        let mut schema: Value = serde_json::from_str(schema).unwrap();
        // The schema's pattern of a language is no regular expression: it has a `]` too many.
        for of in ["run", "toolComponent"] {
            schema["definitions"][of]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
        }
        jsonschema::validator_for(&schema).unwrap()
    }

    #[test]
    fn logs_follow_the_schema() {
        let log = json("sarif", &samples::deployment());
        assert_valid(&validator(), &log);
        insta::assert_json_snapshot!(log);
        assert_valid(&validator(), &json("sarif", &samples::hostile()));
        assert_valid(&validator(), &json("sarif", &Sample::default().report()));
    }

    #[test]
    fn references_lead_to_what_they_name() {
        let log = json("sarif", &samples::deployment());
        let run = &log["runs"][0];
        let rules = &run["tool"]["driver"]["rules"];
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
        let relationships =
            rules.as_array().unwrap().iter().filter_map(|rule| rule["relationships"].as_array());
        let mut count = 0;
        for target in relationships.flatten().map(|relationship| &relationship["target"]) {
            let index = |value: &Value| usize::try_from(value["index"].as_u64().unwrap()).unwrap();
            let taxonomy = &run["taxonomies"][index(&target["toolComponent"])];
            assert_eq!(taxonomy["name"], target["toolComponent"]["name"]);
            assert_eq!(taxonomy["taxa"][index(target)]["id"], target["id"]);
            count += 1;
        }
        assert_eq!(count, 5);
    }

    #[test]
    fn what_github_refuses_is_cut_and_said() {
        let mut sample = Sample::default();
        let file = sample.file(".env", "A=1\n");
        for index in 0..25_003 {
            let rule = if index % 2 == 0 { "pinned" } else { "root-user" };
            sample.add(rule, file, 0..1, "a message");
        }
        let place = sample.place(file, "A");
        let many = sample.findings.last_mut().unwrap();
        many.rule = &samples::RULES[2];
        many.level = Level::Error;
        many.related = vec![crate::facts::Use { span: place, note: "here" }; 1_001];
        let log = json("sarif", &sample.report());
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 25_000);
        assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), 12_502);
        assert_eq!(results.last().unwrap()["relatedLocations"].as_array().unwrap().len(), 1_000);
        let notifications = &run["invocations"][0]["toolExecutionNotifications"];
        let text = |index: usize| notifications[index]["message"]["text"].as_str().unwrap();
        assert!(text(0).starts_with("3 results of the lowest levels left out"), "{notifications}");
        assert!(text(1).starts_with("1 result shown with the first 1000"), "{notifications}");
    }
}
