//! The command line: its words and their documentation.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::data::frameworks;
use crate::rule::Level;

/// Checks the configuration of a deployment (env files, Dockerfiles, Compose, Kubernetes, nginx, Terraform,
/// pipelines, servers and more) as one thing against a compliance policy.
#[derive(Parser, Debug)]
#[command(name = "govlint", version, after_help = EXIT, propagate_version = false)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT: &str = "\
Exit codes:
  0  nothing found at or above --fail-on
  1  something found
  2  govlint could not do its work: a path that isn't there or holds nothing to
     check, a broken policy file, an unknown option, an error of its own";

const EXAMPLES: &str = "\
Examples:
  govlint check                                  everything below the working folder
  govlint check deploy/ .env.production          a folder and a file
  helm template . | govlint check -              what another program writes
  govlint check -f text -f sarif=govlint.sarif   for the terminal, and for code scanning
  govlint check --select 'privilege/*'           the rules of one topic";

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Check configuration.
    #[command(after_help = EXAMPLES)]
    Check(Box<Check>),
    /// Show what a rule means, why it matters and how to mend what it finds.
    Explain {
        /// The rule's name, as findings show it.
        rule: String,
    },
    /// List all rules.
    Rules {
        /// How to print them.
        #[arg(short, long, default_value = "text")]
        format: ListFormat,
        /// Only the rules of a framework, by its controls. The mapping is guidance, not an audit.
        #[arg(long, value_name = "FRAMEWORK", value_parser = PossibleValuesParser::new(frameworks::ids()))]
        framework: Option<String>,
    },
}

/// `govlint check`
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Check {
    /// Files and folders to check; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print findings, and where to; may be repeated. Default: text on a terminal, else concise.
    #[arg(short, long = "format", value_name = "FORMAT[=FILE]")]
    pub formats: Vec<Target>,
    /// The least level that is shown.
    #[arg(long, value_name = "LEVEL", default_value = "warning")]
    pub level: Level,
    /// The least level that makes the exit code 1. Default: warning, or --level where that is higher.
    #[arg(long, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// The policy file. Default: the nearest govlint.toml in or above the checked folder.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Ask this rule, or the rules of this topic (`tls/*`), and no others; may be repeated.
    #[arg(long, value_name = "RULE")]
    pub select: Vec<String>,
    /// Don't ask this rule, or the rules of this topic; may be repeated.
    #[arg(long, value_name = "RULE")]
    pub ignore: Vec<String>,
    /// The name that standard input is recognised and shown by.
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<PathBuf>,
    /// Check what ignore files and the policy leave out, too.
    #[arg(long)]
    pub no_ignore: bool,
    /// Check the fenced blocks of Markdown documents, too, as `[files] documents = true` does.
    #[arg(long)]
    pub documents: bool,
    /// Render the charts with `helm template`, which must be on the path, and check what they become.
    #[arg(long)]
    pub helm: bool,
    /// Print which files are read, and what is left out, with the reasons; check nothing.
    #[arg(long)]
    pub list_files: bool,
}

/// An output, and the file it is written to: `sarif=report.sarif`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The output's name.
    pub format: String,
    /// The file; nothing for standard output.
    pub file: Option<PathBuf>,
}

impl std::str::FromStr for Target {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, file) = text.split_once('=').map_or((text, None), |(format, file)| (format, Some(file)));
        Ok(Target { format: format.to_owned(), file: file.map(PathBuf::from) })
    }
}

/// What makes the exit code 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOn {
    /// A finding of this level, or worse.
    Level(Level),
    /// No finding.
    Never,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal; `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` are respected.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How rules are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ListFormat {
    /// A line each.
    Text,
    /// One array.
    Json,
}

const LEVELS: [Level; 3] = [Level::Error, Level::Warning, Level::Note];

impl ValueEnum for Level {
    fn value_variants<'a>() -> &'a [Self] {
        &LEVELS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [FailOn; 4] = [
            FailOn::Level(Level::Error),
            FailOn::Level(Level::Warning),
            FailOn::Level(Level::Note),
            FailOn::Never,
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            FailOn::Level(level) => level.name(),
            FailOn::Never => "never",
        }))
    }
}

impl FailOn {
    /// Whether a run fails whose worst finding is of this level.
    #[must_use]
    pub fn fails(self, worst: Option<Level>) -> bool {
        match self {
            FailOn::Level(level) => worst >= Some(level),
            FailOn::Never => false,
        }
    }
}

impl Check {
    /// What makes the exit code 1, where nothing is said: a warning, and what isn't shown doesn't.
    #[must_use]
    pub fn fail_on(&self) -> FailOn {
        self.fail_on.unwrap_or(FailOn::Level(self.level.max(Level::Warning)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_not_shown_does_not_fail_unless_asked_for() {
        let check = |words: &[&str]| match Cli::parse_from([&["govlint", "check"], words].concat()).command {
            Command::Check(check) => check.fail_on(),
            other => panic!("{other:?}"),
        };
        assert_eq!(check(&[]), FailOn::Level(Level::Warning));
        assert_eq!(check(&["--level", "error"]), FailOn::Level(Level::Error));
        assert_eq!(check(&["--level", "note"]), FailOn::Level(Level::Warning));
        assert_eq!(check(&["--fail-on", "note"]), FailOn::Level(Level::Note));
        assert!(!FailOn::Never.fails(Some(Level::Error)));
        assert!(!FailOn::Level(Level::Note).fails(None));
        assert!(FailOn::Level(Level::Warning).fails(Some(Level::Error)));
    }
}
