//! Waivers and allowances while the findings pass by, and what they have done in the end.

use std::collections::BTreeMap;
use std::slice;

use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::Checked;
use super::index::Index;
use super::waivers::Waivers;
use crate::facts::{self, Field, Head, Use, WaiverState};
use crate::finding::{Finding, number};
use crate::link::Project;
use crate::output::Suppression;
use crate::policy::{Allowance, Choice, FILE_NAME, Pattern, Policy, Waiver};
use crate::rule::{self, Run};
use crate::source::{SourceId, Span};
use crate::value::duration::Duration;

/// How many of the findings that an expired waiver covered are shown with it.
const SHOWN_WITH_EXPIRED: usize = 10;

/// The rules about waivers themselves, which no waiver can touch.
pub(super) const LOCKED: [&str; 3] = ["expired-waiver", "invalid-waiver", "unused-waiver"];

/// A waiver, or an allowance for one of its rules; one that can't be understood stands with all of them.
pub(super) struct Permit<'a> {
    pub(super) rules: &'a [Pattern],
    reason: &'a str,
    pub(super) by: By<'a>,
    pub(super) standing: Standing,
    used: bool,
    /// What it would cover if it hadn't expired.
    back: Vec<Span>,
}

#[derive(Clone, Copy)]
pub(super) enum By<'a> {
    Waiver(&'a Waiver),
    Allowance(&'a Allowance),
}

#[derive(PartialEq, Eq)]
pub(super) enum Standing {
    Holds,
    Expired(Date),
    Invalid(String),
}

pub(super) struct Permits<'a, 'r, 's> {
    policy: &'r Policy,
    checked: Checked<'r, 's>,
    /// Waivers first, then allowances.
    all: Vec<Permit<'a>>,
    /// Those that hold.
    waivers: Waivers<'a>,
    expired_waivers: Waivers<'a>,
    holding: Index<'a>,
    expired: Index<'a>,
}

impl<'a, 'r: 'a, 's> Permits<'a, 'r, 's> {
    pub(super) fn new(policy: &'r Policy, allowances: &'a [Allowance], checked: Checked<'r, 's>) -> Self {
        let waivers = policy.waivers.iter().map(|waiver| {
            let standing = standing(&waiver.rule, &waiver.reason, waiver.expires, policy, checked);
            permit(slice::from_ref(&waiver.rule), &waiver.reason, By::Waiver(waiver), standing)
        });
        let mut all: Vec<Permit<'a>> = waivers.collect();
        for allowance in allowances {
            let by = By::Allowance(allowance);
            if let Some(wrong) = &allowance.wrong {
                all.push(permit(&allowance.rules, &allowance.reason, by, Standing::Invalid(wrong.clone())));
                continue;
            }
            all.extend(allowance.rules.iter().map(|rule| {
                let standing = standing(rule, &allowance.reason, allowance.until, policy, checked);
                permit(slice::from_ref(rule), &allowance.reason, by, standing)
            }));
        }
        let holding = Index::new(&all, |standing| *standing == Standing::Holds);
        let expired = Index::new(&all, |standing| matches!(standing, Standing::Expired(_)));
        let stands = |at: usize| all.get(at).map(|permit: &Permit<'_>| &permit.standing);
        let waivers = Waivers::new(policy, |at| stands(at) == Some(&Standing::Holds));
        let expired_waivers = Waivers::new(policy, |at| matches!(stands(at), Some(Standing::Expired(_))));
        Permits { policy, checked, all, waivers, expired_waivers, holding, expired }
    }

    /// Whether a finding is allowed: where, and why.
    pub(super) fn suppress(&mut self, finding: &Finding<'_, '_>) -> Option<(Suppression, String)> {
        if LOCKED.contains(&finding.rule.id) {
            return None;
        }
        let sources = self.checked.sources;
        let allowance = self.holding.find(finding);
        let waivers = self.waivers.of(finding, sources, 1);
        if let Some(first) = allowance.or(waivers.first).and_then(|index| self.all.get(index)) {
            let by = match first.by {
                By::Allowance(_) => Suppression::Inline,
                By::Waiver(_) => Suppression::Waiver,
            };
            let reason = first.reason.to_owned();
            for index in allowance.into_iter().chain(waivers.told) {
                if let Some(permit) = self.all.get_mut(index) {
                    permit.used = true;
                }
            }
            return Some((by, reason));
        }
        let waivers = self.expired_waivers.of(finding, sources, SHOWN_WITH_EXPIRED);
        for index in self.expired.find(finding).into_iter().chain(waivers.told) {
            if let Some(permit) = self.all.get_mut(index)
                && permit.back.len() < SHOWN_WITH_EXPIRED
            {
                permit.back.push(finding.place);
            }
        }
        None
    }

    /// What the rules about waivers say, now that all other findings are known.
    pub(super) fn findings(&self) -> Vec<Finding<'r, 's>> {
        let notes = self.notes();
        if notes.is_empty() {
            return Vec::new();
        }
        let mut project = Project::default();
        project.facts.waivers = notes.into_iter().map(|(key, note)| self.fact(key, note)).collect();
        let run = Run { rules: self.checked.rules, limits: &self.policy.limits };
        let mut findings = rule::run(run, &project, self.checked.sources);
        number(&mut findings, self.checked.sources);
        findings.retain_mut(|finding| {
            let level = self.policy.levels.adjust(finding.rule.id, finding.rule.topic, finding.level);
            finding.level = level.unwrap_or(finding.level);
            level.is_some()
        });
        findings
    }

    /// One note for each place and state: two rules of one comment are said together.
    fn notes(&self) -> BTreeMap<(Span, WaiverState), Note<'a>> {
        let files: FxHashSet<SourceId> = self.checked.files.iter().copied().collect();
        let asked = Asked::new(self.policy, self.checked);
        let mut policy_file = None;
        let mut notes: BTreeMap<(Span, WaiverState), Note<'a>> = BTreeMap::new();
        for permit in &self.all {
            let (state, detail) = match &permit.standing {
                Standing::Invalid(wrong) => (WaiverState::Invalid, wrong.clone()),
                Standing::Expired(date) if !permit.back.is_empty() => {
                    (WaiverState::Expired, date.to_string())
                }
                Standing::Expired(_) | Standing::Holds => {
                    if permit.used || !permit.rules.iter().any(|rule| asked.covers(rule)) {
                        continue;
                    }
                    (WaiverState::Unused, String::new())
                }
            };
            let place = match permit.by {
                By::Allowance(allowance) if !files.contains(&allowance.place.file) => continue,
                By::Allowance(allowance) => allowance.place,
                By::Waiver(waiver) if state == WaiverState::Unused && !self.was_looked_for(waiver) => {
                    continue;
                }
                By::Waiver(waiver) => {
                    let file = *policy_file.get_or_insert_with(|| self.policy_file());
                    let range =
                        if state == WaiverState::Expired { &waiver.expires_span } else { &waiver.span };
                    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
                    Span { file, start: at(range.start), end: at(range.end) }
                }
            };
            let note = notes.entry((place, state)).or_insert_with(|| Note::new(permit.by));
            note.add(permit, detail);
        }
        notes
    }

    fn policy_file(&self) -> SourceId {
        let path = self.policy.path.as_deref().unwrap_or(std::path::Path::new(FILE_NAME));
        self.checked.sources.add(path.to_string_lossy().into_owned(), self.policy.text.clone())
    }

    /// Whether what a waiver covers would have been found.
    fn was_looked_for(&self, waiver: &Waiver) -> bool {
        let path = |file: &SourceId| self.policy.local(self.checked.sources.file(*file).path());
        let named = |file| path(file).is_some_and(|path| waiver.paths.contain(path));
        self.checked.whole || self.checked.files.iter().any(named)
    }

    fn fact(&self, (place, state): (Span, WaiverState), note: Note<'a>) -> facts::Waiver<'s> {
        let keep = |text: String| self.checked.sources.keep(text.into());
        let text = |text: String| {
            if text.is_empty() { Field::Unset } else { Field::set(keep(text), place, "") }
        };
        let rules = note.rules.join(", ");
        let subject = match rules.as_str() {
            "" => note.form.to_owned(),
            rules => format!("{} of {rules}", note.form),
        };
        let mut head = Head::new(place, keep(subject));
        head.uses = note.back.into_iter().map(|span| Use { span, note: "covered until then" }).collect();
        facts::Waiver {
            head,
            state: Field::set(state, place, ""),
            rules: text(rules),
            owner: text(note.owner.to_owned()),
            detail: text(note.details.join("; ")),
        }
    }
}

fn permit<'a>(rules: &'a [Pattern], reason: &'a str, by: By<'a>, standing: Standing) -> Permit<'a> {
    Permit { rules, reason, by, standing, used: false, back: Vec::new() }
}

/// What is said of the waivers at one place.
struct Note<'a> {
    form: &'static str,
    owner: &'a str,
    rules: Vec<&'a str>,
    details: Vec<String>,
    back: Vec<Span>,
}

impl<'a> Note<'a> {
    fn new(by: By<'a>) -> Self {
        let (form, owner) = match by {
            By::Waiver(waiver) => ("waiver", waiver.owner.as_deref().unwrap_or_default()),
            By::Allowance(_) => ("allowance", ""),
        };
        Note { form, owner, rules: Vec::new(), details: Vec::new(), back: Vec::new() }
    }

    fn add(&mut self, permit: &Permit<'a>, detail: String) {
        self.rules.extend(permit.rules.iter().map(Pattern::as_str));
        if !detail.is_empty() && self.details.last() != Some(&detail) {
            self.details.push(detail);
        }
        self.back.extend(&permit.back);
    }
}

/// Whether a waiver holds on this day; an invalid one counts for nothing.
fn standing(
    pattern: &Pattern,
    reason: &str,
    expires: Option<Date>,
    policy: &Policy,
    checked: Checked<'_, '_>,
) -> Standing {
    let mut wrong: Vec<String> = Vec::new();
    if let Err(unknown) = pattern.check(checked.known) {
        wrong.push(unknown);
    }
    if LOCKED.contains(&pattern.as_str()) {
        wrong.push(format!("`{pattern}` can't be allowed"));
    }
    if reason.is_empty() {
        wrong.push("it gives no reason".to_owned());
    }
    if let Some(most) = policy.max_waiver_life {
        match expires {
            None => wrong.push(format!("it has no date, and the policy allows {most} at most")),
            Some(date) if life(checked.today, date) > most => {
                wrong.push(format!("{date} is more than {most} ahead"));
            }
            Some(_) => {}
        }
    }
    match expires {
        _ if !wrong.is_empty() => Standing::Invalid(wrong.join("; ")),
        Some(date) if date < checked.today => Standing::Expired(date),
        _ => Standing::Holds,
    }
}

/// How long it is from one day to another; nothing where that has passed.
fn life(today: Date, last: Date) -> Duration {
    let days = today.until(last).map_or(0, |span| span.get_days());
    Duration::from_days(u64::try_from(days).unwrap_or(0))
}

/// The rules whose findings would be here if there were any.
struct Asked<'r> {
    ids: FxHashSet<&'r str>,
    /// Topics of which a rule was left out of this run: what it would find isn't known.
    partial: FxHashSet<&'r str>,
    topics: FxHashSet<&'r str>,
}

impl<'r> Asked<'r> {
    fn new(policy: &Policy, checked: Checked<'r, '_>) -> Self {
        let off = |id: &str, topic: &str| policy.levels.of(id, topic) == Some(Choice::Off);
        let asked: FxHashSet<&str> = checked.rules.iter().map(|rule| rule.id).collect();
        let on = checked.rules.iter().filter(|rule| !off(rule.id, rule.topic));
        let left_out =
            checked.known.rules.iter().filter(|(id, topic)| !asked.contains(id) && !off(id, topic));
        Asked {
            ids: on.clone().map(|rule| rule.id).collect(),
            topics: on.map(|rule| rule.topic).collect(),
            partial: left_out.map(|(_, topic)| *topic).collect(),
        }
    }

    fn covers(&self, pattern: &Pattern) -> bool {
        match pattern.topic() {
            Some(topic) => self.topics.contains(topic) && !self.partial.contains(topic),
            None => self.ids.contains(pattern.as_str()),
        }
    }
}
