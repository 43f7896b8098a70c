//! The rules that need an algorithm: one function each, in a file of the rule's name.

mod broken_healthcheck;
mod disallowed_jurisdiction;
mod jurisdiction_conflict;

use super::matching::Context;
use crate::facts::Use;
use crate::source::Span;

/// A place where an algorithm says that its rule speaks.
#[derive(Clone, Debug)]
pub struct Hit<'s> {
    /// Which of the rule's cases, counted from 0.
    pub case: usize,
    /// Where.
    pub at: Span,
    /// Whose fact it is.
    pub subject: &'s str,
    /// Other places that take part.
    pub related: Vec<Use<'s>>,
    /// What the message's names stand for.
    pub named: Vec<(&'static str, String)>,
}

/// The algorithm of a rule.
pub type Algorithm = for<'p, 's> fn(&Context<'p, 's>, &mut dyn FnMut(Hit<'s>));

/// All algorithms by the id of their rule, sorted.
pub static ALGORITHMS: &[(&str, Algorithm)] = &[
    ("broken-healthcheck", broken_healthcheck::find),
    ("disallowed-jurisdiction", disallowed_jurisdiction::find),
    ("jurisdiction-conflict", jurisdiction_conflict::find),
];

/// The algorithm of a rule.
#[must_use]
pub fn find(id: &str) -> Option<Algorithm> {
    ALGORITHMS.iter().find(|(name, _)| *name == id).map(|(_, algorithm)| *algorithm)
}
