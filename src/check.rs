//! The whole way from paths to a report.

mod judge;
mod memory;

pub use memory::{Heard, Spoken, memory};

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use judge::{Judged, judge};

use crate::facts::CredentialClass;
use crate::finding::Finding;
use crate::formats::{self, Unread};
use crate::link::{Entry, Project, Surroundings};
use crate::output::{Masks, Report, Summary};
use crate::policy::{self, Allowance, Applied, Checked, Known, Policy};
use crate::read::{self, Listed, Read};
use crate::render;
use crate::rule::{Level, Rule, Run};
use crate::source::{SourceId, Sources};
use crate::walk::{self, Found, LeftOut, Root, Unversioned, Why};

/// What is to be checked, and how.
pub struct Job<'j> {
    /// The folder that paths are relative to.
    pub root: &'j Root,
    /// Files and folders.
    pub paths: &'j [PathBuf],
    /// A text that is no file.
    pub input: Option<Input>,
    /// Whether ignore files and `[files] exclude` are set aside.
    pub no_ignore: bool,
    /// Whether the blocks of documents are checked. Those of one that is named always are.
    pub documents: bool,
    /// Whether charts are rendered by `helm`.
    pub helm: bool,
    /// The rules that are on.
    pub rules: &'j [Rule],
    /// What the user chose.
    pub policy: &'j Policy,
    /// All names that a policy may use.
    pub known: Known<'j>,
    /// Findings below are counted, not shown.
    pub level: Level,
}

/// A text that is no file: standard input.
pub struct Input {
    /// Its name, or the path from the root of the file it stands for.
    pub path: String,
    /// The text, or what kept it from being read.
    pub text: Result<String, Unread>,
}

/// What a run has looked at, for `--list-files`.
#[derive(Debug)]
pub struct Files {
    /// What was read, sorted by path.
    pub listed: Vec<Listed>,
    /// What was left out, sorted by path.
    pub left_out: Vec<LeftOut>,
    /// How many files are of no interest by their names.
    pub irrelevant: usize,
}

/// Checks, and hands the report on. `worst` in it is the worst level of all findings, shown or not.
pub fn check<T>(job: &Job<'_>, report: impl FnOnce(&Report<'_, '_>, Option<Level>, &Files) -> T) -> T {
    // The process ends behind the report, and the system takes memory back faster than it can be freed piece
    // by piece.
    let sources = ManuallyDrop::new(Sources::default());
    let found = walk(job);
    let mut read = read(job, &found, &sources);
    let around = Around { root: job.root, found: &found, unversioned: Unversioned::new(job.root, &found) };
    let (readings, problems) = (std::mem::take(&mut read.readings), std::mem::take(&mut read.problems));
    let run = Run { rules: job.rules, limits: &job.policy.limits };
    let (renderings, unrendered) =
        if job.helm { render::render(&found.files, job.root) } else { Default::default() };
    read.failures.extend(unrendered);
    let Judged { findings, allowances, projects } =
        judge(readings, problems, &renderings, &around, run, &sources);
    let projects = ManuallyDrop::new(projects);
    let findings = of_checked_files(findings, &read);
    let checked = checked(&read);
    let Applied { findings, suppressed } = apply(job, &allowances, findings, &checked, &sources);
    let worst = findings.iter().map(|finding| finding.level).max();
    let (mut findings, hidden) = split_by_level(findings, job.level);
    findings.sort_by(|a, b| order(a, b, &sources));

    let failures = failures(job, &found, &read);
    let files = files(found, &mut read);
    let summary = Summary {
        read: count(files.listed.iter().filter(|listed| listed.is_file()).filter_map(|listed| listed.format)),
        left_out: count(files.left_out.iter().map(|left| left.why.reason().to_owned())),
        hidden,
        places: places(&projects, job.policy),
        failures,
    };
    let masks = masks(&projects, &sources);
    let made = Report {
        sources: &sources,
        masks: &masks,
        rules: job.rules,
        findings,
        suppressed,
        summary,
        root: job.root.folder().to_path_buf(),
        shown: &|path| job.root.shown(path),
    };
    report(&made, worst, &files)
}

fn walk(job: &Job<'_>) -> Found {
    let files = &job.policy.files;
    let excludes = |path: &str| job.policy.local(path).is_some_and(|path| files.excludes(path));
    walk::walk(job.paths, job.root, walk::Options { exclude: &excludes, no_ignore: job.no_ignore })
}

fn read<'s>(job: &Job<'_>, found: &Found, sources: &'s Sources) -> Read<'s> {
    let files = &job.policy.files;
    let assigned = |path: &str| formats::find(files.format(job.policy.local(path)?)?);
    let paths = job.paths.iter().map(|path| job.root.relative(&job.root.place(path)));
    let named: Vec<String> = paths.chain(job.input.iter().map(|input| input.path.clone())).collect();
    let documents = |path: &str| job.documents || named.iter().any(|named| named == path);
    let options = read::Options { root: job.root, found, assigned: &assigned, documents: &documents };
    let mut read = read::read(options, sources);
    if let Some(input) = &job.input {
        read.read_text(&input.path, input.text.clone(), options, sources);
    }
    for (path, reason) in &found.unlisted {
        read.refuse(path, &Unread::Refused(reason.clone()), sources);
    }
    read::read_wanted(&mut read, options, sources);
    read
}

/// The project's folder, as linking asks for it.
struct Around<'r> {
    root: &'r Root,
    found: &'r Found,
    unversioned: Unversioned<'r>,
}

impl Surroundings for Around<'_> {
    fn entry(&self, path: &str) -> Option<Entry> {
        if self.found.lacks(path) {
            return None;
        }
        let metadata = self.root.folder().join(path).metadata().ok()?;
        Some(if metadata.is_dir() { Entry::Folder } else { Entry::File })
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.unversioned.holds(path)
    }

    fn ignore_file(&self, path: &str) -> Option<String> {
        if self.found.lacks(path) {
            return None;
        }
        let target = self.root.locate(path)?.canonicalize().ok()?;
        // A pipe would be waited for.
        let readable = self.root.contains(&target) && target.is_file();
        readable.then(|| read::load(&target).ok())?
    }
}

/// The findings that have to do with a file that is checked: it is stated there, or it takes effect there.
fn of_checked_files<'r, 's>(mut findings: Vec<Finding<'r, 's>>, read: &Read<'s>) -> Vec<Finding<'r, 's>> {
    findings.retain(|finding| {
        let related = finding.related.iter().map(|related| related.span);
        std::iter::once(finding.place).chain(related).any(|place| read.checked.contains(&place.file))
    });
    findings
}

/// The files that are checked, in the order of their numbers.
fn checked(read: &Read<'_>) -> Vec<SourceId> {
    let mut files: Vec<SourceId> = read.checked.iter().copied().collect();
    files.sort_unstable();
    files
}

fn apply<'r, 's>(
    job: &'r Job<'_>,
    allowances: &[Allowance],
    findings: Vec<Finding<'r, 's>>,
    files: &'r [SourceId],
    sources: &'s Sources,
) -> Applied<'r, 's> {
    let policy_folder =
        job.policy.path.as_ref().and_then(|path| job.root.folder().join(path).canonicalize().ok());
    let policy_folder = policy_folder.as_deref().and_then(Path::parent).unwrap_or(job.root.folder());
    let checked = Checked {
        rules: job.rules,
        known: job.known,
        files,
        whole: job.paths.iter().any(|path| policy_folder.starts_with(job.root.place(path))),
        today: jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        sources,
    };
    policy::apply(job.policy, allowances, findings, checked)
}

/// The findings that are shown, and how many of which level are not, worst first.
fn split_by_level<'r, 's>(
    findings: Vec<Finding<'r, 's>>,
    least: Level,
) -> (Vec<Finding<'r, 's>>, Vec<(Level, usize)>) {
    let (shown, hidden): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding.level >= least);
    let mut counts = count(hidden.iter().map(|finding| finding.level));
    counts.reverse();
    (shown, counts)
}

/// By path, then place, then rule.
fn order(a: &Finding<'_, '_>, b: &Finding<'_, '_>, sources: &Sources) -> Ordering {
    let path = |finding: &Finding<'_, '_>| sources.file(finding.place.file).path();
    let place = |finding: &Finding<'_, '_>| (finding.place.start, finding.place.end);
    path(a).cmp(path(b)).then_with(|| place(a).cmp(&place(b))).then_with(|| a.rule.id.cmp(b.rule.id))
}

/// What govlint could not do: paths that aren't there or hold nothing to check, and errors of its own.
fn failures(job: &Job<'_>, found: &Found, read: &Read<'_>) -> Vec<String> {
    let missing = found.missing.iter().map(|(path, reason)| format!("{}: {reason}", path.display()));
    let holds = |path: &PathBuf| {
        let path = job.root.relative(&job.root.place(path));
        let inside = |other: &str| {
            path.is_empty()
                || other.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        read.listed.iter().any(|listed| !listed.context && inside(&listed.path))
    };
    let empty = job.paths.iter().filter(|path| !found.is_missing(path) && !holds(path));
    let empty = empty.map(|path| format!("{}: nothing here that govlint can check", path.display()));
    let input =
        job.input.as_ref().filter(|input| !read.listed.iter().any(|listed| listed.path == input.path));
    let input = input.map(|input| {
        format!("{}: neither name nor content tells its format (try --stdin-filename)", input.path)
    });
    missing.chain(empty).chain(input).chain(read.failures.iter().cloned()).collect()
}

fn files(found: Found, read: &mut Read<'_>) -> Files {
    let mut files = Files {
        listed: std::mem::take(&mut read.listed),
        left_out: found.left_out,
        irrelevant: read.irrelevant,
    };
    files.left_out.extend(read.left_out.drain(..).filter(|left| left.why != Why::NoFormat));
    files.listed.sort_unstable();
    files.left_out.sort_unstable();
    // An ignored file that another one names was read after all.
    let is_listed = |path: &String| files.listed.binary_search_by(|listed| listed.path.cmp(path)).is_ok();
    files.left_out.retain(|left| !is_listed(&left.path));
    files
}

/// The places that were seen, where nothing says which are allowed: the most frequent first.
fn places(projects: &[Project<'_>], policy: &Policy) -> Vec<(String, usize)> {
    if policy.limits.jurisdictions.is_some() {
        return Vec::new();
    }
    // Of a service without a region of its own, the provider is all that is known.
    let regions = projects.iter().flat_map(|project| &project.facts.regions);
    let regions = regions.filter(|region| !region.within.is_empty());
    let stated = regions.filter_map(|region| Some((region.head.anchor, *region.place.value()?)));
    // A value that is used under several names is one.
    let stated: BTreeSet<_> = stated.filter(|(_, place)| !place.is_empty()).collect();
    let mut places = count(stated.into_iter().map(|(_, place)| place.to_owned()));
    places.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    places
}

/// The bytes of credentials that look real or are in use.
fn masks(projects: &[Project<'_>], sources: &Sources) -> Masks {
    let credentials = projects.iter().flat_map(|project| &project.facts.credentials);
    let secret = credentials.filter(|credential| {
        matches!(credential.class.value(), Some(CredentialClass::Literal | CredentialClass::Default))
    });
    Masks::new(secret.flat_map(|credential| {
        let bytes = credential.class.span().into_iter().chain(credential.bytes.iter().copied());
        bytes.map(|place| sources.shown(place))
    }))
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}
