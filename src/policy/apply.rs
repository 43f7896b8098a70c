//! The policy meets the findings: levels, then inline allowances, then waivers. Those that don't do what
//! their author meant come back as findings.

use std::collections::BTreeMap;
use std::slice;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use super::allowance::Scope;
use super::waivers::Waivers;
use super::{Allowance, Choice, Known, Pattern, Policy, Waiver};
use crate::facts::{self, Field, Head, Use, WaiverState};
use crate::finding::Finding;
use crate::link::Project;
use crate::output::{Suppressed, Suppression};
use crate::rule::{self, Rule, Run};
use crate::source::{SourceId, Sources, Span};
use crate::value::duration::Duration;

/// How many of the findings that an expired waiver covered are shown with it.
const SHOWN_WITH_EXPIRED: usize = 10;

/// The rules about waivers themselves, which no waiver can touch.
const LOCKED: [&str; 3] = ["expired-waiver", "invalid-waiver", "unused-waiver"];

/// What was checked, and when.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'r, 's> {
    /// The rules that were asked.
    pub rules: &'r [Rule],
    /// All names that a waiver may use.
    pub known: Known<'r>,
    /// The files that were checked, not those that were only read to understand them.
    pub files: &'r [SourceId],
    /// Whether these are all files that the policy is for. Where they aren't, a waiver for other files isn't
    /// called unused.
    pub whole: bool,
    /// The day on which dates are judged.
    pub today: Date,
    /// The files. The policy file is added where a finding lies in it.
    pub sources: &'s Sources,
}

/// What the policy has made of the findings.
#[derive(Debug)]
pub struct Applied<'r, 's> {
    /// What is left, with the findings about waivers at the end.
    pub findings: Vec<Finding<'r, 's>>,
    /// What is allowed.
    pub suppressed: Vec<Suppressed<'r, 's>>,
}

/// Applies a policy to findings.
#[must_use]
pub fn apply<'r, 's>(
    policy: &'r Policy,
    allowances: &[Allowance],
    findings: Vec<Finding<'r, 's>>,
    checked: Checked<'r, 's>,
) -> Applied<'r, 's> {
    let mut permits = Permits::new(policy, allowances, checked);
    let mut applied = Applied { findings: Vec::with_capacity(findings.len()), suppressed: Vec::new() };
    for mut finding in findings {
        let Some(level) = policy.levels.adjust(finding.rule.id, finding.rule.topic, finding.level) else {
            continue;
        };
        finding.level = level;
        match permits.suppress(&finding) {
            Some((by, reason)) => applied.suppressed.push(Suppressed { finding, by, reason }),
            None => applied.findings.push(finding),
        }
    }
    applied.findings.extend(permits.findings());
    applied
}

/// A waiver, or an allowance for one of its rules; one that can't be understood stands with all of them.
struct Permit<'a> {
    rules: &'a [Pattern],
    reason: &'a str,
    by: By<'a>,
    standing: Standing,
    used: bool,
    /// What it would cover if it hadn't expired.
    back: Vec<Span>,
}

#[derive(Clone, Copy)]
enum By<'a> {
    Waiver(&'a Waiver),
    Allowance(&'a Allowance),
}

#[derive(PartialEq, Eq)]
enum Standing {
    Holds,
    Expired(Date),
    Invalid(String),
}

struct Permits<'a, 'r, 's> {
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
    fn new(policy: &'r Policy, allowances: &'a [Allowance], checked: Checked<'r, 's>) -> Self {
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
    fn suppress(&mut self, finding: &Finding<'_, '_>) -> Option<(Suppression, String)> {
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
    fn findings(&self) -> Vec<Finding<'r, 's>> {
        let notes = self.notes();
        if notes.is_empty() {
            return Vec::new();
        }
        let mut project = Project::default();
        project.facts.waivers = notes.into_iter().map(|(key, note)| self.fact(key, note)).collect();
        let run = Run { rules: self.checked.rules, limits: &self.policy.limits };
        let mut findings = rule::run(run, &project, self.checked.sources);
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
        let path = self.policy.path.as_deref().unwrap_or(std::path::Path::new(super::FILE_NAME));
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

/// Allowances by file and rule, for finding the one that covers a place without asking them all.
#[derive(Default)]
struct Index<'a>(FxHashMap<(SourceId, &'a str), Scopes>);

#[derive(Default)]
struct Scopes {
    /// Whole lines, sorted; no two overlap unless they are the same.
    lines: Vec<(Span, usize)>,
    /// Objects and files, sorted by start; each stands with the one that reaches furthest so far.
    areas: Vec<(Span, usize)>,
}

impl<'a> Index<'a> {
    fn new(all: &[Permit<'a>], wanted: impl Fn(&Standing) -> bool) -> Self {
        let mut index = Index::default();
        for (number, permit) in all.iter().enumerate() {
            let By::Allowance(allowance) = permit.by else { continue };
            if !wanted(&permit.standing) {
                continue;
            }
            for rule in permit.rules {
                let scopes = index.0.entry((allowance.place.file, rule.as_str())).or_default();
                match allowance.scope {
                    Scope::Line(span) => scopes.lines.push((span, number)),
                    Scope::Area(span) => scopes.areas.push((span, number)),
                    Scope::Nothing => {}
                }
            }
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each is sorted by itself; their order doesn't matter"
        )]
        for scopes in index.0.values_mut() {
            scopes.sort();
        }
        index
    }

    fn find(&self, finding: &Finding<'_, '_>) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let file = finding.place.file;
        let by_rule = self.0.get(&(file, finding.rule.id)).and_then(|scopes| scopes.find(finding.place));
        by_rule.or_else(|| {
            let topic = format!("{}/*", finding.rule.topic);
            self.0.get(&(file, topic.as_str())).and_then(|scopes| scopes.find(finding.place))
        })
    }
}

impl Scopes {
    fn sort(&mut self) {
        self.lines.sort_unstable();
        self.areas.sort_unstable();
        let mut furthest: Option<(u32, usize)> = None;
        for (span, number) in &mut self.areas {
            match furthest {
                Some((end, other)) if end > span.end => (span.end, *number) = (end, other),
                _ => furthest = Some((span.end, *number)),
            }
        }
    }

    /// The scope that a place starts in, else the line that it runs across.
    fn find(&self, place: Span) -> Option<usize> {
        let behind = self.lines.partition_point(|(line, _)| line.start <= place.start);
        let on = behind.checked_sub(1).and_then(|before| self.lines.get(before));
        let on = on.filter(|(line, _)| place.start < line.end);
        let across = || self.lines.get(behind).filter(|(line, _)| line.start < place.end);
        let areas = self.areas.partition_point(|(area, _)| area.start <= place.start);
        let within = || {
            let area = areas.checked_sub(1).and_then(|before| self.areas.get(before));
            area.filter(|(area, _)| place.start < area.end)
        };
        on.or_else(across).or_else(within).map(|(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{allowance, parse};
    use crate::rule::{Level, built_in, load};
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
            controls: Vec::new(),
            related: Vec::new(),
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
                Comment {
                    span: whole_text.span(at..at + length),
                    text: text[at + 1..at + length].trim(),
                    alone,
                }
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
        let (left, _) =
            shown("[levels]\n\"privilege/*\" = \"note\"\nprivileged = \"off\"", "A=root\nB=power\n");
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
            let (left, allowed) =
                shown(&waiver(&format!("reason = \"a lab\"\nexpires = {date}")), "A=root\n");
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
            let (left, _) =
                shown(&format!("{most}{}", waiver(&format!("reason = \"x\"\n{date}"))), "A=root\n");
            left.last().cloned().unwrap_or_default()
        };
        assert_eq!(message("expires = 2026-04-01"), "");
        assert!(message("expires = 2026-04-02").ends_with("2026-04-02 is more than 90 days ahead"));
        assert!(message("").ends_with("it has no date, and the policy allows 90 days at most"));
    }
}
