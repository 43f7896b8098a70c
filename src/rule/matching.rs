//! Rules meet facts.

use super::code::{self, Hit};
use super::condition::Truth;
use super::{Case, Level, Rule};
use crate::facts::{Fact, Kind, Use, Value};
use crate::finding::Finding;
use crate::link::Project;
use crate::parallel;
use crate::policy::Limits;
use crate::source::{Sources, Span};

/// How many facts are enough for several threads.
const PARALLEL_FROM: usize = 8192;

/// What an algorithm may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'p, 's> {
    /// All facts, references resolved.
    pub project: &'p Project<'s>,
    /// What the policy says.
    pub limits: &'p Limits,
    /// The files.
    pub sources: &'s Sources,
}

/// The rules of a run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'p> {
    /// The rules that are on.
    pub rules: &'p [Rule],
    /// What the policy says.
    pub limits: &'p Limits,
}

/// All findings of a project, unsorted and not numbered yet; the same finding reached twice is one, with the places of both.
#[must_use]
pub fn run<'r, 's>(run: Run<'r>, project: &Project<'s>, sources: &'s Sources) -> Vec<Finding<'r, 's>> {
    let context = Context { project, limits: run.limits, sources };
    let enough = project.facts.len() >= PARALLEL_FROM;
    let by_kind = parallel::map(Kind::ALL, enough, |kind| speak(*kind, run, context));
    let by_code = parallel::map(run.rules, enough, |rule| compute(rule, context));
    merge(by_kind.into_iter().chain(by_code).flatten().collect())
}

fn speak<'r, 's>(kind: Kind, run: Run<'r>, context: Context<'_, 's>) -> Vec<Finding<'r, 's>> {
    let rules: Vec<(&Rule, Vec<&Case>)> = run
        .rules
        .iter()
        .map(|rule| {
            (rule, rule.cases.iter().filter(|case| case.about == kind && case.when.is_some()).collect())
        })
        .filter(|(_, cases): &(_, Vec<_>)| !cases.is_empty())
        .collect();
    let mut findings = Vec::new();
    if !rules.is_empty() {
        context.project.facts.each(kind, &mut |fact| {
            for (rule, cases) in &rules {
                ask(rule, cases, fact, context, &mut findings);
            }
        });
    }
    findings
}

fn ask<'r, 's>(
    rule: &'r Rule,
    cases: &[&Case],
    fact: &dyn Fact<'s>,
    context: Context<'_, 's>,
    findings: &mut Vec<Finding<'r, 's>>,
) {
    let first = findings.len();
    for case in cases {
        let Some(condition) = &case.when else { continue };
        if condition.ask(fact, context.limits) != Truth::Yes {
            continue;
        }
        let at = case.at.and_then(|name| fact.field(name)).and_then(|view| view.span);
        let at = at.unwrap_or(fact.head().anchor);
        let spoken = findings.iter().skip(first).any(|finding| finding.place == at);
        let Some(level) = level(case, at, context) else { continue };
        if !spoken {
            findings.push(Finding {
                rule,
                level,
                message: case.message.render(fact, context.limits),
                place: at,
                subject: fact.head().subject,
                related: fact.head().uses.clone(),
                identity: identity(fact, case.at),
                ordinal: 0,
            });
        }
    }
}

fn compute<'r, 's>(rule: &'r Rule, context: Context<'_, 's>) -> Vec<Finding<'r, 's>> {
    let mut findings = Vec::new();
    let Some(algorithm) = code::find(rule.id) else { return findings };
    algorithm(&context, &mut |hit: Hit<'s>| {
        let Some(case) = rule.cases.get(hit.case) else { return };
        let Some(level) = level(case, hit.at, context) else { return };
        findings.push(Finding {
            rule,
            level,
            message: case.message.render_named(hit.subject, &hit.named, context.limits),
            place: hit.at,
            subject: hit.subject,
            related: hit.related,
            identity: named_identity(&hit.named),
            ordinal: 0,
        });
    });
    findings
}

/// The fields that name what a fact is about. None of them can hold a secret.
const NAMES: [&str; 6] = ["key", "name", "target", "repository", "host", "text"];

/// What tells a finding from others of its rule and subject: what its fact is called, and the field that
/// it speaks of.
fn identity(fact: &dyn Fact<'_>, at: Option<&'static str>) -> String {
    let name = NAMES.iter().find_map(|name| match fact.field(name)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    });
    [fact.kind().name(), name.unwrap_or_default(), at.unwrap_or_default()].join("\n")
}

/// What tells a finding of an algorithm from others of its rule and subject.
fn named_identity(words: &[(&'static str, String)]) -> String {
    let mut names = words.iter().filter(|(name, _)| NAMES.contains(name));
    names.next().map_or_else(String::new, |(_, text)| text.clone())
}

/// The level of a case in the environment of the place it speaks of.
fn level(case: &Case, at: Span, context: Context<'_, '_>) -> Option<Level> {
    use crate::link::Environment;
    let adjust = match context.project.environment(at) {
        Environment::Template => case.in_template,
        Environment::Development => case.in_development,
        Environment::Unstated => case.in_unstated,
        Environment::Production => super::Adjust::Keep,
    };
    adjust.apply(case.level)
}

/// The same rule at the same place is one finding: the worst level, the places of all.
fn merge<'p, 's>(mut findings: Vec<Finding<'p, 's>>) -> Vec<Finding<'p, 's>> {
    findings.sort_unstable_by(|a, b| {
        let key = |finding: &Finding<'p, 's>| (finding.place, finding.rule.id);
        key(a).cmp(&key(b)).then(b.level.cmp(&a.level)).then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup_by(|next, first| {
        let same = first.place == next.place && first.rule.id == next.rule.id;
        if same {
            first.related.append(&mut next.related);
        }
        same
    });
    for finding in &mut findings {
        let place = finding.place;
        finding.related.retain(|related: &Use<'s>| related.span != place);
        finding.related.sort_unstable();
        finding.related.dedup_by_key(|related| related.span);
    }
    findings
}
