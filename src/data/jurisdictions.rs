//! Jurisdictions.

use crate::rule::condition::Truth;

/// A jurisdiction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Jurisdiction(());

/// A declared jurisdiction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declared(());

/// A set of jurisdictions.
#[derive(Clone, Debug)]
pub struct Set(());

impl Set {
    /// Whether a code lies outside.
    #[must_use]
    pub fn outside(&self, _code: &str) -> Truth {
        Truth::Unknown
    }
}

impl std::fmt::Display for Set {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
