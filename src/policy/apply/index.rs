//! Which allowance covers a place.

use rustc_hash::FxHashMap;

use super::permits::{By, Permit, Standing};
use crate::finding::Finding;
use crate::policy::allowance::Scope;
use crate::source::{SourceId, Span};

/// Allowances by file and rule, for finding the one that covers a place without asking them all.
#[derive(Default)]
pub(super) struct Index<'a>(FxHashMap<(SourceId, Meant<'a>), Scopes>);

/// The rules that an allowance is for.
#[derive(PartialEq, Eq, Hash)]
enum Meant<'a> {
    Rule(&'a str),
    Topic(&'a str),
}

#[derive(Default)]
struct Scopes {
    /// Whole lines, sorted; no two overlap unless they are the same.
    lines: Vec<(Span, usize)>,
    /// Objects and files, sorted by start; each stands with the one that reaches furthest so far.
    areas: Vec<(Span, usize)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(all: &[Permit<'a>], wanted: impl Fn(&Standing) -> bool) -> Self {
        let mut index = Index::default();
        for (number, permit) in all.iter().enumerate() {
            let By::Allowance(allowance) = permit.by else { continue };
            if !wanted(&permit.standing) {
                continue;
            }
            for rule in permit.rules {
                let meant = rule.topic().map_or(Meant::Rule(rule.as_str()), Meant::Topic);
                let scopes = index.0.entry((allowance.place.file, meant)).or_default();
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

    pub(super) fn find(&self, finding: &Finding<'_, '_>) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let file = finding.place.file;
        let covering = |meant| self.0.get(&(file, meant)).and_then(|scopes| scopes.find(finding.place));
        covering(Meant::Rule(finding.rule.id)).or_else(|| covering(Meant::Topic(finding.rule.topic)))
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
