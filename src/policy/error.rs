//! What is wrong with a policy file, and how that is shown.

use std::fmt;
use std::ops::Range;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};

use crate::source::Sources;

/// One thing that is wrong with a policy file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    /// The bytes of the file.
    pub span: Range<usize>,
    /// What is wrong, in lower case and without a stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// A policy file that can't be used, with all that is wrong with it, in the order of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The path as it is shown.
    pub path: String,
    /// The file's text; empty where it can't be read at all.
    pub text: String,
    /// What is wrong with it; never empty.
    pub errors: Vec<PolicyError>,
}

impl std::error::Error for Broken {}

/// One line for each error: `govlint.toml:7:3: unknown key …`.
impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = Sources::default();
        let file = sources.file(sources.add(self.path.clone(), self.text.clone()));
        for (index, error) in self.errors.iter().enumerate() {
            let at = file.position(u32::try_from(error.span.start).unwrap_or(u32::MAX));
            let break_before = if index > 0 { "\n" } else { "" };
            write!(f, "{break_before}{}:{}:{}: {}", self.path, at.line, at.column, error.message)?;
            if let Some(help) = &error.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl Broken {
    /// Each error with the lines it lies in, for a terminal.
    pub fn reports(&self) -> impl Iterator<Item = Report> {
        self.errors.iter().map(|error| {
            let mut diagnostic = MietteDiagnostic::new(error.message.clone());
            diagnostic.help.clone_from(&error.help);
            diagnostic.labels = Some(vec![LabeledSpan::underline(error.span.clone())]);
            Report::new(diagnostic).with_source_code(NamedSource::new(&self.path, self.text.clone()))
        })
    }
}
