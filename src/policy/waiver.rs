//! Waivers: the `[[waiver]]` tables of govlint.toml.

use std::ops::Range;

use jiff::civil::Date;

use super::{Paths, Pattern};

/// Findings that the user accepts for a reason and, mostly, for a time.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The rules it is for.
    pub rule: Pattern,
    /// The files it is for.
    pub paths: Paths,
    /// What it is for in these files, where not for all: `service web`, or `web` alone.
    pub object: Option<String>,
    /// Why; empty where nothing is said.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where the decision is written down.
    pub ticket: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The bytes of its `rule` in the policy file.
    pub span: Range<usize>,
    /// The bytes of its `expires`, else those of its `rule`.
    pub expires_span: Range<usize>,
}

impl Waiver {
    /// Whether it is for this file, with its path from the folder of the policy, and this subject.
    #[must_use]
    pub fn is_for(&self, path: &str, subject: &str) -> bool {
        self.object.as_deref().is_none_or(|object| names(object, subject)) && self.paths.contain(path)
    }
}

/// Whether an object is the subject of a fact: "service web", or its name without the kind before it.
fn names(object: &str, subject: &str) -> bool {
    subject == object || subject.split_once(' ').is_some_and(|(_, name)| name == object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_with_or_without_its_kind() {
        assert!(names("service web", "service web"));
        assert!(names("web", "service web"));
        assert!(!names("web", "service web-admin"));
        assert!(!names("container web", "service web"));
    }
}
