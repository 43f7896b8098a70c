//! Rules: one Markdown file each, whose head says which facts it speaks of, and when.

pub mod code;
pub mod condition;
pub mod example;
pub mod load;
mod matching;
mod message;
mod raw;
pub mod read;
pub mod words;

pub use load::Controls;
pub use matching::{Run, run};
pub use raw::{Raw, RawRule, RawValue, Raws};

use crate::facts::Kind;
use crate::packed::{Text, text};
use condition::Condition;
use message::Message;
use raw::{Form, Node};

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Advice.
    Note,
    /// It should be fixed.
    Warning,
    /// It must not ship.
    Error,
}

impl Level {
    /// The name, as policies, rules and outputs write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Level::Note, Level::Warning, Level::Error].into_iter().find(|level| level.name() == name)
    }

    /// The level below; a note stays one.
    #[must_use]
    pub fn lower(self) -> Self {
        match self {
            Level::Error => Level::Warning,
            Level::Warning | Level::Note => Level::Note,
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which is the name of its file.
    pub id: &'static str,
    /// The name of its folder.
    pub topic: &'static str,
    /// The first version of govlint with this rule.
    pub since: &'static str,
    /// The heading of its file, without the mark.
    pub title: &'static str,
    /// The Markdown of its file, without the head.
    pub text: &'static str,
    /// The controls it checks directly: framework and identifiers.
    pub controls: Controls,
    /// The controls it supports indirectly.
    pub related: Controls,
    /// Its cases. The first that matches a place speaks there.
    pub cases: Vec<Case>,
}

impl Rule {
    /// The level it is listed with: that of its worst case.
    #[must_use]
    pub fn level(&self) -> Level {
        self.cases.iter().map(|case| case.level).max().unwrap_or(Level::Note)
    }

    /// A section of its file by heading, without the heading.
    #[must_use]
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let start = format!("\n## {heading}\n");
        let (_, rest) = self.text.split_once(&start)?;
        Some(rest.split("\n## ").next().unwrap_or(rest).trim())
    }

    /// What stands between the title and the first section: why it matters.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        let behind = self.text.trim_start().split_once('\n').map_or("", |(_, rest)| rest);
        behind.split("\n## ").next().unwrap_or_default().trim()
    }
}

/// One case of a rule.
#[derive(Debug)]
pub struct Case {
    /// The kind of fact it speaks of.
    pub about: Kind,
    /// When it speaks; nothing where an algorithm in [`code`] decides.
    pub when: Option<Condition>,
    /// The field whose place a finding takes; without one, the fact's own place.
    pub at: Option<&'static str>,
    /// How bad it is.
    pub level: Level,
    /// What a finding says.
    pub message: Message,
    /// What becomes of it in templates.
    pub in_template: Adjust,
    /// What becomes of it in development files.
    pub in_development: Adjust,
    /// What becomes of it in files that don't say what they are for.
    pub in_unstated: Adjust,
}

/// What becomes of a finding in an environment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Adjust {
    /// It stays as it is.
    Keep,
    /// It drops one level.
    Lower,
    /// It takes this level.
    To(Level),
    /// It is dropped.
    Off,
}

impl Adjust {
    /// The level after adjusting.
    #[must_use]
    pub fn apply(self, level: Level) -> Option<Level> {
        match self {
            Adjust::Keep => Some(level),
            Adjust::Lower => Some(level.lower()),
            Adjust::To(other) => Some(other),
            Adjust::Off => None,
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The built-in rules as they are written, sorted by id.
#[must_use]
pub fn built_in() -> &'static [RawRule] {
    BUILT_IN
}
