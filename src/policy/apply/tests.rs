//! A policy and one file, and what is left of its findings.

use super::permits::LOCKED;
use super::*;
use crate::policy::{allowance, parse};
use crate::rule::{Controls, Level, built_in, load};
use crate::source::Span;
use crate::syntax::Comment;

const KNOWN: Known<'_> = Known {
    rules: &[
        ("expired-waiver", "project"),
        ("invalid-waiver", "project"),
        ("privileged", "privilege"),
        ("root-user", "privilege"),
        ("unused-waiver", "project"),
    ],
    formats: &[],
};

fn rules() -> Vec<Rule> {
    let mut rules: Vec<Rule> = built_in()
        .iter()
        .filter(|raw| LOCKED.contains(&raw.id))
        .map(|raw| load::load(raw).unwrap())
        .collect();
    rules.extend(["privileged", "root-user"].map(|id| Rule {
        id,
        topic: "privilege",
        since: "",
        title: "",
        text: "",
        controls: Controls::default(),
        related: Controls::default(),
        cases: Vec::new(),
    }));
    rules
}

/// Applies a policy to a file in which each `root` is a finding of root-user and each `power` one of
/// privileged, on 2026-01-01. What is left is shown as "rule at line: message", what is allowed as
/// "rule at line, reason".
fn shown(policy: &str, text: &str) -> (Vec<String>, Vec<String>) {
    shown_with(policy, text, &rules(), true)
}

fn shown_with(policy: &str, text: &str, rules: &[Rule], whole: bool) -> (Vec<String>, Vec<String>) {
    let policy = parse("govlint.toml", policy, KNOWN).unwrap();
    let sources = Sources::default();
    let file = sources.add("dev/x.env".into(), text.into());
    let (source, whole_text) = (sources.file(file), sources.text(file));
    let find = |word: &str| -> Vec<Span> {
        text.match_indices(word).map(|(at, _)| whole_text.span(at..at + word.len())).collect()
    };
    let comments: Vec<Comment<'_>> = text
        .match_indices('#')
        .map(|(at, _)| {
            let length = text[at..].find('\n').unwrap_or(text.len() - at);
            let alone = at == 0 || text[..at].ends_with('\n');
            Comment { span: whole_text.span(at..at + length), text: text[at + 1..at + length].trim(), alone }
        })
        .collect();
    let allowances = allowance::from_comments(&comments, &[], file, &sources);
    let mut findings = Vec::new();
    for (word, id) in [("=root", "root-user"), ("=power", "privileged")] {
        let Some(rule) = rules.iter().find(|rule| rule.id == id) else { continue };
        findings.extend(find(word).into_iter().map(|place| Finding {
            rule,
            level: Level::Warning,
            message: "bad".into(),
            place,
            subject: "service web",
            related: Vec::new(),
            identity: String::new(),
            ordinal: 0,
        }));
    }
    let today = jiff::civil::date(2026, 1, 1);
    let checked = Checked { rules, known: KNOWN, files: &[file], whole, today, sources: &sources };
    let applied = apply(&policy, &allowances, findings, checked);
    let at = |finding: &Finding<'_, '_>| {
        let path = sources.file(finding.place.file).path();
        let line = sources.file(finding.place.file).line_of(finding.place.start);
        format!("{} {} at {path}:{line}", finding.level.name(), finding.rule.id)
    };
    assert_eq!(source.path(), "dev/x.env");
    (
        applied.findings.iter().map(|finding| format!("{}: {}", at(finding), finding.message)).collect(),
        applied
            .suppressed
            .iter()
            .map(|suppressed| {
                format!("{}, {:?}: {}", at(&suppressed.finding), suppressed.by, suppressed.reason)
            })
            .collect(),
    )
}

#[test]
fn levels_are_the_users() {
    let (left, _) = shown("[levels]\n\"privilege/*\" = \"note\"\nprivileged = \"off\"", "A=root\nB=power\n");
    assert_eq!(left, ["note root-user at dev/x.env:1: bad"]);
}

#[test]
fn an_allowance_covers_its_line_and_no_other() {
    let (left, allowed) = shown("", "A=root # govlint: allow[root-user] a lab\nB=root\n");
    assert_eq!(left, ["warning root-user at dev/x.env:2: bad"]);
    assert_eq!(allowed, ["warning root-user at dev/x.env:1, Inline: a lab"]);
}

#[test]
fn a_topic_and_a_whole_file_can_be_allowed() {
    let text = "# govlint: allow-file[privilege/*] a lab\nA=root\nB=power\n";
    let (left, allowed) = shown("", text);
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(allowed.len(), 2);
}

#[test]
fn an_allowance_that_does_nothing_is_a_finding() {
    let text = "A=1 # govlint: allow[root-user, privileged] a lab\n";
    let (left, _) = shown("", text);
    assert_eq!(
        left,
        ["warning unused-waiver at dev/x.env:1: the allowance of privileged, root-user covers nothing"]
    );
    let (left, _) = shown("[levels]\nroot-user = \"off\"", "A=1 # govlint: allow[root-user] a lab\n");
    assert!(left.is_empty(), "{left:?}");
    let selected: Vec<Rule> = rules().into_iter().filter(|rule| rule.id != "root-user").collect();
    let text = "A=1 # govlint: allow[root-user] a lab\nB=1 # govlint: allow[privilege/*] a lab\n";
    let (left, _) = shown_with("", text, &selected, true);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_invalid_allowance_covers_nothing() {
    for (comment, why) in [
        ("allow[root-user]", "it gives no reason"),
        ("allow[root-user] why until=soon", "`until=soon` is no date: write `until=2027-03-31`"),
    ] {
        let (left, allowed) = shown("", &format!("A=root # govlint: {comment}\n"));
        assert!(allowed.is_empty());
        let said = format!(
            "error invalid-waiver at dev/x.env:1: the allowance of root-user counts for nothing: {why}"
        );
        assert_eq!(left, ["warning root-user at dev/x.env:1: bad".to_owned(), said]);
    }
    let (left, _) = shown("", "A=1 # govlint: allow[root-usr, unused-waiver] why\n");
    assert_eq!(
        left,
        [
            "error invalid-waiver at dev/x.env:1: the allowance of root-usr, unused-waiver counts for nothing: \
          unknown rule `root-usr`, did you mean `root-user`?; `unused-waiver` can't be allowed"
        ]
    );
}

fn waiver(more: &str) -> String {
    format!("[[waiver]]\nrule = \"root-user\"\npath = \"dev/**\"\n{more}")
}

#[test]
fn a_waiver_covers_its_paths_until_its_last_day() {
    for date in ["2026-01-01", "2999-01-01"] {
        let (left, allowed) = shown(&waiver(&format!("reason = \"a lab\"\nexpires = {date}")), "A=root\n");
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(allowed, ["warning root-user at dev/x.env:1, Waiver: a lab"]);
    }
    let expired = "reason = \"a lab\"\nowner = \"ops\"\nexpires = 2025-12-31";
    let (left, allowed) = shown(&waiver(expired), "A=root\n");
    assert!(allowed.is_empty());
    assert_eq!(
        left,
        [
            "warning root-user at dev/x.env:1: bad",
            "error expired-waiver at govlint.toml:6: the waiver of root-user ended on 2025-12-31, and what \
             it covered is back; its owner is ops"
        ]
    );
    let (left, _) = shown(&waiver(expired), "A=1\n");
    assert_eq!(left, ["warning unused-waiver at govlint.toml:2: the waiver of root-user covers nothing"]);
}

#[test]
fn a_waiver_can_be_for_one_object() {
    let (left, _) = shown(&waiver("reason = \"a lab\"\nobject = \"web\""), "A=root\n");
    assert!(left.is_empty(), "{left:?}");
    let (left, _) = shown(&waiver("reason = \"a lab\"\nobject = \"api\""), "A=root\n");
    assert_eq!(left.len(), 2);
}

#[test]
fn a_waiver_for_files_that_were_not_checked_is_not_unused() {
    let policy = "[[waiver]]\nrule = \"root-user\"\npath = \"prod/**\"\nreason = \"a lab\"";
    assert_eq!(shown_with(policy, "A=1\n", &rules(), true).0.len(), 1);
    assert!(shown_with(policy, "A=1\n", &rules(), false).0.is_empty());
}

#[test]
fn a_policy_can_bound_the_life_of_waivers() {
    let most = "[policy]\nmax-waiver-life = \"90d\"\n";
    let message = |date: &str| {
        let (left, _) = shown(&format!("{most}{}", waiver(&format!("reason = \"x\"\n{date}"))), "A=root\n");
        left.last().cloned().unwrap_or_default()
    };
    assert_eq!(message("expires = 2026-04-01"), "");
    assert!(message("expires = 2026-04-02").ends_with("2026-04-02 is more than 90 days ahead"));
    assert!(message("").ends_with("it has no date, and the policy allows 90 days at most"));
}
