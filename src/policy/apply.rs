//! The policy meets the findings: levels, then inline allowances, then waivers. Those that don't do what
//! their author meant come back as findings.

mod index;
mod permits;
mod waivers;

use jiff::civil::Date;

use self::permits::Permits;
use super::{Allowance, Known, Policy};
use crate::finding::Finding;
use crate::output::Suppressed;
use crate::rule::Rule;
use crate::source::{SourceId, Sources};

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

#[cfg(test)]
mod tests;
