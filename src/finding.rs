//! What a rule has to say about a place.

mod fingerprint;

pub use fingerprint::{Fingerprint, number};

use crate::facts::Use;
use crate::rule::{Level, Rule};
use crate::source::Span;

/// What a rule has to say about a place.
#[derive(Clone, Debug)]
pub struct Finding<'p, 's> {
    /// The rule.
    pub rule: &'p Rule,
    /// How bad it is here.
    pub level: Level,
    /// What is wrong here.
    pub message: String,
    /// The bytes that state it, or what should have stated it.
    pub place: Span,
    /// Whose fact it is: "service web".
    pub subject: &'s str,
    /// Where it takes effect.
    pub related: Vec<Use<'s>>,
    /// What tells it from others of its rule and subject, without any value: the name of a setting.
    pub identity: String,
    /// How many findings that are alike in all but their place come before it; [`number`] counts them.
    pub ordinal: usize,
}
