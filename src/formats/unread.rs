//! Files that can't be read as text, and the problems that parsers meet.

use crate::facts::{Facts, Field, Head, Problem, ProblemKind};
use crate::source::{Sources, Span};
use crate::syntax::{Error, yaml};

/// Why a file can't be read at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unread {
    /// It isn't UTF-8.
    #[error("not UTF-8: byte {0} is no character")]
    NotText(usize),
    /// It is UTF-16, as its byte order mark says.
    #[error("UTF-16 where UTF-8 is needed")]
    Utf16,
    /// It has bytes that no text has.
    #[error("not text: byte {0} is zero")]
    Binary(usize),
    /// It is larger than the limit.
    #[error("{0} MiB, over the limit of {1} MiB")]
    TooLarge(u64, u64),
    /// The system refused it.
    #[error("{0}")]
    Refused(String),
}

/// States a problem at a place.
pub fn problem<'s>(
    facts: &mut Facts<'s>,
    sources: &'s Sources,
    kind: ProblemKind,
    span: Span,
    detail: String,
) {
    let detail = sources.keep(detail.into());
    facts.problems.push(Problem {
        head: Head::new(span, sources.file(span.file).path()),
        kind: Field::set(kind, span, ""),
        detail: Field::set(detail, span, ""),
    });
}

/// States the errors that a parser met.
pub(super) fn syntax_errors<'s>(facts: &mut Facts<'s>, sources: &'s Sources, errors: Vec<Error>) {
    for error in errors {
        problem(facts, sources, ProblemKind::Syntax, error.span, error.message);
    }
}

/// States the errors that the YAML parser met. Limits make a file unreadable, not wrong.
pub(super) fn yaml_errors<'s>(facts: &mut Facts<'s>, sources: &'s Sources, errors: Vec<yaml::Error>) {
    for error in errors {
        let kind = match error.kind {
            yaml::ErrorKind::TooDeep | yaml::ErrorKind::TooManyAliases => ProblemKind::Unreadable,
            yaml::ErrorKind::Syntax | yaml::ErrorKind::UnknownAlias | yaml::ErrorKind::OpenAction => {
                ProblemKind::Syntax
            }
        };
        problem(facts, sources, kind, error.span, error.message);
    }
}
