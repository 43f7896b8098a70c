//! What a run has found, in the forms that people and programs read. One output is one file here. All of
//! them print the same findings, and read source through one view that masks credentials.

mod concise;
mod excerpt;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod masks;
mod plain;
#[cfg(test)]
pub(crate) mod samples;
mod sarif;
mod summary;
mod suspects;
mod text;
mod uri;

pub use masks::Masks;
pub use summary::write_summary;

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;
use std::path::PathBuf;

use crate::finding::Finding;
use crate::rule::{Level, Rule};
use crate::source::{SourceId, Sources, Span};

/// One way to write a report.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// The name behind `--format`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub doc: &'static str,
    /// Writes the findings of a report.
    pub write: fn(&Report<'_, '_>, &mut dyn Write, &Style) -> io::Result<()>,
}

/// All outputs.
pub static OUTPUTS: &[Output] = &[
    text::TEXT,
    concise::CONCISE,
    json::JSON,
    sarif::SARIF,
    github::GITHUB,
    gitlab::GITLAB,
    junit::JUNIT,
    markdown::MARKDOWN,
];

/// The output of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Output> {
    OUTPUTS.iter().find(|output| output.name == name)
}

/// What the reader's terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Whether colours are understood and wanted.
    pub colours: bool,
    /// How many columns a line has.
    pub width: usize,
    /// Whether frames may be drawn with characters beyond ASCII.
    pub unicode: bool,
}

impl Default for Style {
    /// No terminal: a file or a pipe.
    fn default() -> Self {
        Style { colours: false, width: 100, unicode: true }
    }
}

impl Style {
    /// A text in the colour of a level, where colours are on.
    fn paint(&self, level: Level, text: &str) -> String {
        let colour = match level {
            Level::Error => 31,
            Level::Warning => 33,
            Level::Note => 36,
        };
        if self.colours { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// What a run has found, after the policy was applied: sorted by path, place and rule.
pub struct Report<'r, 's> {
    /// The files.
    pub sources: &'s Sources,
    /// The bytes that no output may show.
    pub masks: &'r Masks,
    /// All rules that were on, sorted by id.
    pub rules: &'r [Rule],
    /// What is shown.
    pub findings: Vec<Finding<'r, 's>>,
    /// What a waiver or an inline allowance covers.
    pub suppressed: Vec<Suppressed<'r, 's>>,
    /// What else there is to say of the run.
    pub summary: Summary,
    /// The folder that the paths of files are relative to.
    pub root: PathBuf,
    /// A path from the root as a person in the working folder writes it.
    pub shown: &'r dyn Fn(&str) -> String,
}

impl<'s> Report<'_, 's> {
    /// A piece of a file, as outputs may show it: credentials are masked, and so is what looks like one on
    /// the same lines; characters that would disturb a terminal or deceive a reader are replaced. It has as
    /// many characters as the piece.
    #[must_use]
    pub fn show(&self, file: SourceId, piece: Range<usize>) -> Cow<'s, str> {
        match self.masks.apply(file, piece, self.sources.file(file).text()) {
            Cow::Borrowed(piece) => plain::source(piece),
            Cow::Owned(masked) => Cow::Owned(plain::source(&masked).into_owned()),
        }
    }

    /// The bytes of a place, as outputs may show them.
    #[must_use]
    pub fn snippet(&self, place: Span) -> Cow<'s, str> {
        self.show(place.file, place.range())
    }

    /// The path of a file as a person in the working folder writes it.
    #[must_use]
    pub fn path(&self, file: SourceId) -> String {
        plain::text(&(self.shown)(self.sources.file(file).path())).into_owned()
    }

    /// How many findings of a level there are.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

/// What to do about it: the first paragraph of the rule's section "Fix", on one line.
fn fix(rule: &Rule) -> Option<String> {
    let section = rule.section("Fix")?;
    let lines = section.lines().take_while(|line| !line.trim().is_empty() && !line.starts_with("```"));
    let paragraph = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    (!paragraph.is_empty()).then(|| plain::text(&paragraph).into_owned())
}

/// Whether a path of a file leads from the root of the file system: the file lies outside of the folder of
/// the run.
fn is_absolute(path: &str) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    path.starts_with('/') || drive
}

/// A finding that the user has allowed.
#[derive(Clone, Debug)]
pub struct Suppressed<'r, 's> {
    /// The finding.
    pub finding: Finding<'r, 's>,
    /// Where it was allowed.
    pub by: Suppression,
    /// Why, in the user's words.
    pub reason: String,
}

/// Where a finding was allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suppression {
    /// In a comment beside it.
    Inline,
    /// In govlint.toml.
    Waiver,
}

/// Counts, for the last lines of the text output.
#[derive(Clone, Default, Debug)]
pub struct Summary {
    /// How many files were read as each format, sorted by the format's name.
    pub read: Vec<(&'static str, usize)>,
    /// What was left out, with the reason, and how many files for each reason.
    pub left_out: Vec<(String, usize)>,
    /// How many findings each level hides: "34 notes".
    pub hidden: Vec<(Level, usize)>,
    /// The places that were seen where no policy names jurisdictions: ("London", 3).
    pub places: Vec<(String, usize)>,
    /// What govlint itself could not do; any entry makes the run end with 2.
    pub failures: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_found_by_name() {
        for output in OUTPUTS {
            assert_eq!(find(output.name).unwrap().doc, output.doc);
        }
        assert!(find("xml").is_none());
    }

    #[test]
    fn hostile_files_leave_terminals_alone() {
        let report = samples::hostile();
        for output in OUTPUTS {
            let mut written = Vec::new();
            (output.write)(&report, &mut written, &Style::default()).unwrap();
            let written = String::from_utf8(written).unwrap();
            let harmful = written.chars().find(|&c| c != '\n' && plain::is_harmful(c));
            assert_eq!(harmful, None, "{}: {written}", output.name);
            assert!(!written.contains("hunter"), "{}: {written}", output.name);
        }
    }

    #[test]
    fn outputs_agree_on_how_many_findings_there_are() {
        let report = samples::deployment();
        let written = |output| samples::written(output, &report, Style::default());
        let count = report.findings.len();
        assert_eq!(written("concise").lines().count(), count);
        assert_eq!(written("github").lines().count(), count + report.summary.failures.len());
        assert_eq!(samples::json("json", &report)["findings"].as_array().unwrap().len(), count);
        assert_eq!(samples::json("gitlab", &report).as_array().unwrap().len(), count);
        assert_eq!(written("junit").matches("</failure>").count(), count);
        assert_eq!(
            written("markdown").matches("\n- [").count() + 1,
            count,
            "one lies outside, without a link"
        );
    }
}
