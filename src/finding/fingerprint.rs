//! What makes a finding the same one in the next run. A fingerprint survives that lines move and that a
//! message is worded anew, and holds nothing of a value, so it gives no secret away.

use std::fmt;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::Finding;
use crate::source::Sources;

/// What makes a finding the same one in the next run; shown as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Fingerprint([u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Fingerprint {
    /// That of a finding.
    #[must_use]
    pub fn of(finding: &Finding<'_, '_>, sources: &Sources) -> Self {
        Fingerprint::new(parts(finding, sources), finding.ordinal)
    }

    /// Of parts that identify something and the number of equals before it.
    fn new(parts: [&str; 4], ordinal: usize) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // With its length before it, no part can reach into the next.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.update(ordinal.to_le_bytes());
        let mut fingerprint = [0; 16];
        fingerprint.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Fingerprint(fingerprint)
    }
}

/// What a finding is about, wherever it stands in its file.
fn parts<'f>(finding: &'f Finding<'_, '_>, sources: &'f Sources) -> [&'f str; 4] {
    [finding.rule.id, sources.file(finding.place.file).path(), finding.subject, &finding.identity]
}

/// Tells findings apart that are alike in all but their place, by the order of the file. This must see all
/// findings of a run, before anything is waived or hidden.
pub fn number(findings: &mut [Finding<'_, '_>], sources: &Sources) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&index| findings.get(index).map(|finding| finding.place));
    let mut ordinals = vec![0; findings.len()];
    let mut seen: FxHashMap<[&str; 4], usize> = FxHashMap::default();
    for index in order {
        if let (Some(finding), Some(ordinal)) = (findings.get(index), ordinals.get_mut(index)) {
            let count = seen.entry(parts(finding, sources)).or_default();
            *ordinal = *count;
            *count += 1;
        }
    }
    for (finding, ordinal) in findings.iter_mut().zip(ordinals) {
        finding.ordinal = ordinal;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::Sample;

    /// The fingerprints of two findings about `KEY` in this text.
    fn fingerprints(text: &str) -> Vec<String> {
        let mut sample = Sample::default();
        let file = sample.file("a/.env", text);
        for (at, _) in text.match_indices("KEY") {
            sample.add("credential", file, at..at + 3, "a message");
        }
        let report = sample.report();
        let each = report.findings.iter();
        each.map(|finding| Fingerprint::of(finding, report.sources).to_string()).collect()
    }

    #[test]
    fn a_fingerprint_survives_moved_lines() {
        assert_eq!(fingerprints("KEY=1\nKEY=2\n"), fingerprints("# new\n\nKEY=3\n\nKEY=4\n"));
    }

    #[test]
    fn equal_findings_are_told_apart_by_their_order() {
        let two = fingerprints("KEY=1\nKEY=2\n");
        assert_ne!(two[0], two[1]);
        assert_eq!(fingerprints("KEY=1\n")[0], two[0]);
        assert_eq!(two[0].len(), 32);
    }

    #[test]
    fn parts_do_not_reach_into_each_other() {
        assert_ne!(Fingerprint::new(["ab", "c", "", ""], 0), Fingerprint::new(["a", "bc", "", ""], 0));
    }
}
