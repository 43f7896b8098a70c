//! Waivers: the `[[waiver]]` tables of govlint.toml.

use std::iter;
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
    /// The names by which waivers may mean what a fact is about: "service web", or its name without the kind
    /// before it.
    pub(super) fn objects(subject: &str) -> impl Iterator<Item = &str> {
        let name = subject.split_once(' ').map(|(_, name)| name);
        iter::once(subject).chain(name.filter(|name| !name.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_with_or_without_its_kind() {
        assert_eq!(Waiver::objects("service web").collect::<Vec<_>>(), ["service web", "web"]);
        assert_eq!(Waiver::objects("web").collect::<Vec<_>>(), ["web"]);
    }
}
