//! The commands, one file each. They write to the handles that they are given, and say how the run ends.

mod check;
mod explain;
mod files;
mod pipe;
mod rules;
mod terminal;

pub use pipe::UntilClosed;
pub use terminal::Terminal;

use std::io::{self, BufRead, Write};

use crate::cli::{Cli, Command};
use crate::policy::Broken;
use crate::rule::{self, RawRule};

/// How a run ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Nothing was found at or above the level that fails.
    Clean,
    /// Something was found.
    Found,
    /// govlint could not do its work.
    Failed,
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was asked for something that can't be done; the message is in lower case and without a stop.
    #[error("{0}")]
    Asked(String),
    /// The policy file can't be used; one line for each fault.
    #[error("the policy file can't be used\n{0}")]
    Policy(Broken),
    /// It could not write.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

impl Error {
    /// Tells what went wrong: where a person looks on, with the lines of the policy file that are meant.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn tell(&self, err: &mut dyn Write, terminal: Terminal) -> io::Result<()> {
        match self {
            Error::Policy(broken) if terminal.err_colours => {
                broken.reports().try_for_each(|report| writeln!(err, "{report:?}"))
            }
            _ => writeln!(err, "govlint: {self}"),
        }
    }
}

/// What a command reads from and writes to.
pub struct Handles<'h> {
    /// Standard input.
    pub input: &'h mut dyn BufRead,
    /// Standard output: what was asked for.
    pub out: &'h mut dyn Write,
    /// Standard error: everything else.
    pub err: &'h mut dyn Write,
    /// What the reader of each can show.
    pub terminal: Terminal,
}

/// Does what the command line says.
///
/// # Errors
/// Where it can't be done.
pub fn run(cli: &Cli, handles: &mut Handles<'_>) -> Result<Exit, Error> {
    match &cli.command {
        Command::Check(options) => check::run(options, handles),
        Command::Explain { rule } => explain::run(rule, handles),
        Command::Rules { format, framework } => rules::run(*format, framework.as_deref(), handles),
    }
}

/// A built-in rule that is used; loading it can't fail, as a test holds.
fn load(raw: &RawRule) -> Result<rule::Rule, Error> {
    rule::load::load(raw).map_err(|wrong| Error::Asked(format!("rule {}: {wrong}", raw.id)))
}
