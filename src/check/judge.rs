//! From what was read to what the rules say of it. The files of a run are one project; the blocks of each
//! document are another, which knows of no file but its own.

use std::collections::BTreeSet;

use crate::derive;
use crate::facts::Facts;
use crate::finding::{Finding, number};
use crate::formats::{self, Reading, Renderings, Shown};
use crate::link::{self, Entry, Project, Surroundings};
use crate::policy::{Allowance, allowance};
use crate::rule::{self, Run};
use crate::source::Sources;

/// What became of files.
pub(super) struct Judged<'r, 's> {
    /// What the rules say. Those of a document's blocks lie in the document.
    pub(super) findings: Vec<Finding<'r, 's>>,
    /// What comments and annotations allow, likewise.
    pub(super) allowances: Vec<Allowance>,
    /// The files as one project, then each document with blocks.
    pub(super) projects: Vec<Project<'s>>,
}

/// Understands files together, and asks the rules. `problems` are facts about files that could not be read.
pub(super) fn judge<'r, 's>(
    mut readings: Vec<Reading<'s>>,
    problems: Facts<'s>,
    renderings: &Renderings,
    around: &dyn Surroundings,
    run: Run<'r>,
    sources: &'s Sources,
) -> Judged<'r, 's> {
    let mut judged = Judged { findings: Vec::new(), allowances: Vec::new(), projects: Vec::new() };
    let documents: Vec<Shown<'s>> = readings
        .iter_mut()
        .filter(|reading| !reading.shown.blocks.is_empty())
        .map(|reading| std::mem::take(&mut reading.shown))
        .collect();
    formats::render(&mut readings, renderings, sources);
    judged.project(readings, problems, around, run, sources);
    for Shown { paths, blocks } in documents {
        let own = Document { paths, around };
        let blocks = blocks.into_iter().map(|block| block.reading).collect();
        judged.project(blocks, Facts::default(), &own, run, sources);
    }
    number(&mut judged.findings, sources);
    judged
}

impl<'r, 's> Judged<'r, 's> {
    fn project(
        &mut self,
        mut readings: Vec<Reading<'s>>,
        problems: Facts<'s>,
        around: &dyn Surroundings,
        run: Run<'r>,
        sources: &'s Sources,
    ) {
        formats::join(&mut readings, sources);
        self.allowances.extend(readings.iter().flat_map(|reading| allowances(reading, sources)));
        let mut project = link::link(readings, around, sources);
        project.facts.append(problems);
        derive::derive(&mut project.facts, sources);
        let findings = rule::run(run, &project, sources);
        self.findings.extend(findings.into_iter().map(|finding| shown(finding, sources)));
        self.projects.push(project);
    }
}

/// What comments and annotations of a file allow.
fn allowances(reading: &Reading<'_>, sources: &Sources) -> Vec<Allowance> {
    let annotations = reading.annotations.iter();
    let annotated = annotations.flat_map(|one| allowance::from_annotation(one.value, one.place, one.block));
    let commented = allowance::from_comments(&reading.comments, &reading.blocks, reading.file, sources);
    let all = commented.into_iter().chain(annotated);
    all.map(|allowance| allowance.placed(|place| sources.shown(place))).collect()
}

/// A finding, placed where people read the file.
fn shown<'r, 's>(mut finding: Finding<'r, 's>, sources: &Sources) -> Finding<'r, 's> {
    finding.place = sources.shown(finding.place);
    for related in &mut finding.related {
        related.span = sources.shown(related.span);
    }
    finding
}

/// What lies around the blocks of a document: only one another.
struct Document<'d> {
    /// The paths of the files that it shows.
    paths: BTreeSet<String>,
    around: &'d dyn Surroundings,
}

impl Surroundings for Document<'_> {
    /// Guides are free with folders, so a file of the same name will do.
    fn entry(&self, path: &str) -> Option<Entry> {
        let named = |other: &String| other.rsplit('/').next() == path.rsplit('/').next();
        let inside = |other: &String| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        if self.paths.iter().any(named) {
            Some(Entry::File)
        } else {
            self.paths.iter().any(inside).then_some(Entry::Folder)
        }
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.around.is_ignored(path)
    }
}
