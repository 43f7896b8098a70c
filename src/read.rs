//! From files to readings: each file is read once, and only as far as it matters.

mod context;
mod text;

pub use context::read_wanted;
pub use text::{LIMIT, decode, load};

use rustc_hash::FxHashSet;

use crate::crash;
use crate::facts::{Facts, ProblemKind};
use crate::formats::{self, Candidate, Format, Reader, Reading, Recognised, Unread};
use crate::parallel;
use crate::source::{SourceId, Sources, Span};
use crate::walk::{File, Found, LeftOut, Root, Why};

/// How many bytes of configuration are read before several threads take over what is left.
const ENOUGH: usize = 1 << 20;

/// For how many readings there is room from the start.
const FEW: usize = 1024;

/// What a look at a file counts for, however few bytes it holds.
const LOOK: usize = 256;

/// How files are read.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// The folder of the run.
    pub root: &'o Root,
    /// What lies in it.
    pub found: &'o Found,
    /// The format that the policy gives to a path from the root.
    pub assigned: &'o (dyn Fn(&str) -> Option<&'static Format> + Sync),
    /// Whether a document at a path from the root is checked.
    pub documents: &'o (dyn Fn(&str) -> bool + Sync),
}

/// A file that was read, for `--list-files`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Listed {
    /// Its path from the root.
    pub path: String,
    /// For a block of a document, the line that it starts on, from 1.
    pub line: Option<usize>,
    /// What it was read as; nothing where it could not be read.
    pub format: Option<&'static str>,
    /// What told the format, or what kept it from being read.
    pub because: String,
    /// Whether it was only read to understand others.
    pub context: bool,
}

impl Listed {
    /// Whether it is a file that is checked.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.line.is_none() && !self.context
    }
}

/// What was read in a run.
#[derive(Default, Debug)]
pub struct Read<'s> {
    /// What each file states.
    pub readings: Vec<Reading<'s>>,
    /// Files that could not be read.
    pub problems: Facts<'s>,
    /// The files that are checked; all others were only read to understand them.
    pub checked: FxHashSet<SourceId>,
    /// Every file that was read or should have been.
    pub listed: Vec<Listed>,
    /// Files that may have been configuration and are not.
    pub left_out: Vec<LeftOut>,
    /// How many files are of no interest by their names.
    pub irrelevant: usize,
    /// What went wrong in govlint itself.
    pub failures: Vec<String>,
}

/// What became of one file.
enum Look<'s> {
    Read(Box<Reading<'s>>, &'static str),
    /// It could not be read, or reading it failed in govlint itself.
    Problem(Box<Facts<'s>>, SourceId, ProblemKind, String),
    LeftOut(Why),
    Irrelevant,
}

impl Look<'_> {
    /// How many bytes were read for it and understood.
    fn size(&self, sources: &Sources) -> usize {
        match self {
            Look::Read(reading, _) => sources.file(reading.file).text().len(),
            _ => 0,
        }
    }
}

/// Reads those of the files found that are configuration.
#[must_use]
pub fn read<'s>(options: Options<'_>, sources: &'s Sources) -> Read<'s> {
    let files = &options.found.files;
    let mut read = Read { readings: Vec::with_capacity(files.len().min(FEW)), ..Read::default() };
    let look = |file: &File| look(file, options, sources);
    each(files, sources, look, |file, look| read.take(&file.path, look, true));
    read
}

/// Looks at each of the items and takes what came of it, in order; on one thread as long as little has been
/// read.
fn each<'s, I: Sync>(
    items: &[I],
    sources: &Sources,
    look: impl Fn(&I) -> Look<'s> + Sync + Send,
    mut take: impl FnMut(&I, Look<'s>),
) {
    let mut done = 0;
    let mut rest = items;
    while let [item, behind @ ..] = rest
        && done < ENOUGH
    {
        let look = look(item);
        done += LOOK + look.size(sources);
        take(item, look);
        rest = behind;
    }
    let looks = parallel::map(rest, !rest.is_empty(), look);
    rest.iter().zip(looks).for_each(|(item, look)| take(item, look));
}

impl<'s> Read<'s> {
    /// Reads a text that is no file: standard input. Where its name tells nothing, its content may.
    pub fn read_text(
        &mut self,
        path: &str,
        text: Result<String, Unread>,
        options: Options<'_>,
        sources: &'s Sources,
    ) {
        let recognised = recognise(path, options, || text.as_deref().ok());
        let look = match (recognised, text) {
            (Some(found), Ok(text)) => read_as(path, text, found, sources),
            (_, Err(unread)) => unreadable(path, &unread, sources),
            (None, Ok(_)) => Look::LeftOut(Why::NoFormat),
        };
        self.take(path, look, true);
    }

    fn take(&mut self, path: &str, look: Look<'s>, checked: bool) {
        let (format, because) = match look {
            Look::Read(reading, because) => {
                if checked {
                    self.checked.insert(reading.file);
                }
                let format = reading.format.name;
                self.listed.extend(reading.shown.blocks.iter().map(|block| Listed {
                    path: path.to_owned(),
                    line: Some(block.line),
                    format: Some(block.reading.format.name),
                    because: block.because.to_owned(),
                    context: !checked,
                }));
                self.readings.push(*reading);
                (Some(format), because.to_owned())
            }
            Look::Problem(facts, file, kind, because) => {
                if checked {
                    self.checked.insert(file);
                }
                if kind == ProblemKind::Internal {
                    self.failures.push(format!("{path}: {because}"));
                }
                self.problems.append(*facts);
                (None, because)
            }
            Look::LeftOut(why) => {
                self.left_out.push(LeftOut { path: path.to_owned(), why });
                return;
            }
            Look::Irrelevant => {
                self.irrelevant += 1;
                return;
            }
        };
        self.listed.push(Listed { path: path.to_owned(), line: None, format, because, context: !checked });
    }

    /// States that something at a path can't be read: a folder that can't be listed.
    pub fn refuse(&mut self, path: &str, unread: &Unread, sources: &'s Sources) {
        self.take(path, unreadable(path, unread, sources), true);
    }
}

fn look<'s>(file: &File, options: Options<'_>, sources: &'s Sources) -> Look<'s> {
    let mut loaded = None;
    let recognised = recognise(&file.path, options, || loaded.insert(load(&file.location)).as_deref().ok());
    match (recognised, loaded) {
        (Some(found), loaded) => match loaded.unwrap_or_else(|| load(&file.location)) {
            Ok(text) => read_as(&file.path, text, found, sources),
            Err(unread) => unreadable(&file.path, &unread, sources),
        },
        (None, None) => Look::Irrelevant,
        (None, Some(Ok(_))) => Look::LeftOut(Why::NoFormat),
        (None, Some(Err(Unread::TooLarge(..)))) => Look::LeftOut(Why::TooLarge),
        (None, Some(Err(Unread::NotText(_) | Unread::Binary(_) | Unread::Utf16))) => {
            Look::LeftOut(Why::NotText)
        }
        (None, Some(Err(unread @ Unread::Refused(_)))) => unreadable(&file.path, &unread, sources),
    }
}

fn recognise<'t>(
    path: &str,
    options: Options<'_>,
    text: impl FnOnce() -> Option<&'t str>,
) -> Option<Recognised> {
    if let Some(format) = (options.assigned)(path) {
        return Some(Recognised { format, because: "assigned in govlint.toml" });
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let has_sibling = |name: &str| {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        !options.found.lacks(&path) && options.root.folder().join(path).exists()
    };
    let found = formats::recognise(&Candidate::new(path, &has_sibling), text);
    found.filter(|found| !formats::is_document(found.format) || (options.documents)(path))
}

fn read_as<'s>(path: &str, text: String, found: Recognised, sources: &'s Sources) -> Look<'s> {
    let file = sources.add(path.to_owned(), text);
    match crash::catch(|| Reader::read(sources, file, found.format)) {
        Ok(reading) => Look::Read(Box::new(reading), found.because),
        Err(crash) => problem(file, ProblemKind::Internal, crash, sources),
    }
}

fn unreadable<'s>(path: &str, unread: &Unread, sources: &'s Sources) -> Look<'s> {
    let file = sources.add(path.to_owned(), String::new());
    problem(file, ProblemKind::Unreadable, unread.to_string(), sources)
}

fn problem(file: SourceId, kind: ProblemKind, detail: String, sources: &Sources) -> Look<'_> {
    let mut facts = Facts::default();
    formats::problem(&mut facts, sources, kind, Span { file, start: 0, end: 0 }, detail.clone());
    Look::Problem(Box::new(facts), file, kind, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_vanishes_behind_the_walk_hides_no_other() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".env", "b.env", "notes.txt"] {
            std::fs::write(folder.path().join(name), "A=1\n").unwrap();
        }
        let root = Root::of(&[folder.path().to_path_buf()], None);
        let walked = crate::walk::walk(
            &[folder.path().to_path_buf()],
            &root,
            crate::walk::Options { exclude: &|_| false, no_ignore: false },
        );
        std::fs::remove_file(folder.path().join(".env")).unwrap();
        let sources = Sources::default();
        let read = read(
            Options { root: &root, found: &walked, assigned: &|_| None, documents: &|_| false },
            &sources,
        );
        assert_eq!(read.readings.iter().map(|reading| reading.path).collect::<Vec<_>>(), ["b.env"]);
        assert_eq!(read.problems.problems.len(), 1);
        assert_eq!(read.listed.iter().filter(|listed| listed.format.is_none()).count(), 1);
        assert_eq!(read.irrelevant, 1);
    }
}
