//! What a run has found, in the forms that people and programs read. One output is one file here. All of
//! them print the same findings, and read source through one view that masks credentials.

mod masks;

pub use masks::Masks;

use std::path::PathBuf;

use crate::finding::Finding;
use crate::rule::{Level, Rule};
use crate::source::Sources;

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
    /// What stands before a path from the root when it is shown in a terminal: empty where the root is the
    /// working folder.
    pub prefix: String,
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
