//! Something that could not be read.

use super::fact;
use super::field::words;

words! {
    /// What kept something from being read.
    ProblemKind {
        /// It does not follow the grammar of its format.
        Syntax = "syntax",
        /// It can't be read as text at all: not UTF-8, too large, too deep, no permission.
        Unreadable = "unreadable",
        /// It is a template that only its own renderer can turn into configuration.
        Template = "template",
        /// govlint itself failed on it.
        Internal = "internal",
    }
}

fact! {
    /// Something that could not be read, and why. The rest of the file was.
    Problem<'s> {
        /// What kept it from being read.
        kind ("kind"): ProblemKind,
        /// What is wrong, in lower case and without a stop.
        detail ("detail"): &'s str,
    }
}
