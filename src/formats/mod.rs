//! What a file means: each format turns its tree into facts. One format is one file, or one folder, and one
//! row of [`FORMATS`].

mod application;
mod appsettings;
mod commands;
mod compose;
mod config;
mod dockerfile;
mod env;
mod helm_values;
pub(crate) mod image;
mod kubernetes;
mod markdown;
mod nginx;
mod pipeline;
mod properties;
mod recognise;
mod script;
mod sections;
mod servers;
mod settings;
mod spring;
mod terraform;
mod toml;
mod unread;

pub use kubernetes::Renderings;
pub(crate) use kubernetes::forget_absences;
pub use recognise::{Candidate, Recognised, recognise};
pub use unread::{Unread, problem};

use std::collections::BTreeSet;

use crate::facts::links::Links;
use crate::facts::{Facts, Store};
use crate::source::{SourceId, Sources, Span, Text};
use crate::syntax::Comment;

/// A file format.
#[derive(Debug)]
pub struct Format {
    /// Its name, as `--list-files` prints it and `[[files.format]]` takes it.
    pub name: &'static str,
    /// What it covers, for documentation.
    pub doc: &'static str,
    /// Whether a file's name says that it is of this format; the answer is why.
    pub by_name: fn(&Candidate<'_>) -> Option<&'static str>,
    /// Whether a file's bytes say so where no format claims its name. A cheap look, never a parse.
    pub by_content: fn(&Candidate<'_>, &str) -> Option<&'static str>,
    /// Reads a text of this format.
    pub read: for<'s> fn(&mut Reader<'s>),
}

/// All formats, in the order in which they are asked whether a file is theirs.
pub static FORMATS: &[Format] = &[
    env::FORMAT,
    dockerfile::FORMAT,
    compose::FORMAT,
    helm_values::FORMAT,
    kubernetes::FORMAT,
    servers::redis::FORMAT,
    servers::postgresql::FORMAT,
    servers::pg_hba::FORMAT,
    servers::mysql::FORMAT,
    servers::mongod::FORMAT,
    servers::prometheus::FORMAT,
    servers::alertmanager::FORMAT,
    servers::loki::FORMAT,
    servers::beats::FORMAT,
    servers::elasticsearch::FORMAT,
    servers::grafana::FORMAT,
    servers::otel_collector::FORMAT,
    servers::traefik::FORMAT,
    servers::rabbitmq::FORMAT,
    servers::kafka::FORMAT,
    servers::haproxy::FORMAT,
    servers::fluent_bit::FORMAT,
    servers::supervisord::FORMAT,
    servers::ini::FORMAT,
    application::FORMAT,
    appsettings::FORMAT,
    config::FORMAT,
    properties::FORMAT,
    toml::FORMAT,
    nginx::FORMAT,
    pipeline::GITHUB,
    pipeline::GITLAB,
    script::FORMAT,
    terraform::FORMAT,
    markdown::FORMAT,
];

/// Whether a format is that of documents, whose blocks show files. They are checked only where that is asked for.
#[must_use]
pub fn is_document(format: &Format) -> bool {
    format.name == markdown::FORMAT.name
}

/// The format of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// What a format reads, and where it puts what it finds.
#[derive(Debug)]
pub struct Reader<'s> {
    /// All files of the run.
    pub sources: &'s Sources,
    /// The text to be read: a file, or a part of one.
    pub text: Text<'s>,
    /// What holds the settings that are read: an env file inside a ConfigMap holds the ConfigMap's.
    pub store: Store,
    /// What was found so far.
    pub reading: Reading<'s>,
}

/// What was read from one file.
#[derive(Debug)]
pub struct Reading<'s> {
    /// The file.
    pub file: SourceId,
    /// Its path from the root of the run.
    pub path: &'s str,
    /// What it was read as.
    pub format: &'static Format,
    /// What it states.
    pub facts: Facts<'s>,
    /// What it offers to other files and takes from them.
    pub links: Links<'s>,
    /// Its comments, for inline allowances.
    pub comments: Vec<Comment<'s>>,
    /// The extents of its objects (services, containers, documents, servers, stages): an allowance that
    /// stands at the head of one covers it.
    pub blocks: Vec<Span>,
    /// What its annotations allow.
    pub annotations: Vec<Annotation<'s>>,
    /// Other files of the project that it names and that must be read to understand it, as paths or globs from the root of the run.
    pub wants: Vec<Want>,
    /// What can be understood only together with other files.
    pub unjoined: Unjoined<'s>,
    /// The files that it shows, if it is a document.
    pub shown: Shown<'s>,
}

/// The files that a document shows.
#[derive(Default, Debug)]
pub struct Shown<'s> {
    /// The paths of all, understood or not, with the document as their folder.
    pub paths: BTreeSet<String>,
    /// Those that are configuration.
    pub blocks: Vec<Block<'s>>,
}

/// A block of a document that shows a file.
#[derive(Debug)]
pub struct Block<'s> {
    /// What the file states.
    pub reading: Reading<'s>,
    /// What told its format.
    pub because: &'static str,
    /// The line of the document that it starts on, from 1.
    pub line: usize,
}

/// An annotation of an object that allows findings in it.
#[derive(Clone, Copy, Debug)]
pub struct Annotation<'s> {
    /// What it says: `rule reason; other-rule until=2027-03-31 reason`.
    pub value: &'s str,
    /// The bytes of the value.
    pub place: Span,
    /// The extent of the object.
    pub block: Span,
}

/// A file that another one names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Want {
    /// Its path from the root of the run, or a glob where the last parts hold `*`.
    pub path: String,
    /// The name of the format it is meant to be in.
    pub format: &'static str,
}

/// Trees that wait for the trees of other files.
#[derive(Debug, Default)]
pub struct Unjoined<'s> {
    /// Whether it is a template of a chart, which is read with the chart's values.
    pub template: bool,
    /// A Compose file: `extends`, overrides, `.env`.
    pub compose: Option<compose::File<'s>>,
    /// nginx configurations: `include`. There may be some in a file of any format.
    pub nginx: nginx::File<'s>,
    /// Terraform's: the files of a folder are one module.
    pub terraform: terraform::File<'s>,
}

impl<'s> Reader<'s> {
    /// Reads a file as a format.
    #[must_use]
    pub fn read(sources: &'s Sources, file: SourceId, format: &'static Format) -> Reading<'s> {
        let reading = Reading::new(file, sources.file(file).path(), format);
        let mut reader = Reader { sources, text: sources.text(file), store: Store::Setting, reading };
        (format.read)(&mut reader);
        reader.reading
    }

    /// Goes on with a file, whose text is now known to be `text`.
    fn resume(sources: &'s Sources, text: Text<'s>, reading: &mut Reading<'s>, read: fn(&mut Reader<'s>)) {
        let empty = Reading::new(reading.file, reading.path, reading.format);
        let taken = std::mem::replace(reading, empty);
        let mut reader = Reader { sources, text, store: Store::Setting, reading: taken };
        read(&mut reader);
        *reading = reader.reading;
    }

    /// Whether the text is the file's own, not a part of it.
    fn is_whole(&self) -> bool {
        self.text.as_str().len() == self.sources.file(self.reading.file).text().len()
    }

    /// Reads a part of the file as another format: an nginx.conf inside a ConfigMap.
    pub fn embed(&mut self, text: Text<'s>, format: &'static Format, store: Store) {
        let outer = (std::mem::replace(&mut self.text, text), std::mem::replace(&mut self.store, store));
        (format.read)(self);
        (self.text, self.store) = outer;
    }

    /// The path from the root of the run of a path that this file names, relative to its own folder.
    #[must_use]
    pub fn resolve(&self, path: &str) -> String {
        resolve(self.reading.path, path)
    }

    /// Asks for another file.
    pub fn want(&mut self, path: String, format: &'static str) {
        self.reading.wants.push(Want { path, format });
    }
}

impl<'s> Reading<'s> {
    fn new(file: SourceId, path: &'s str, format: &'static Format) -> Self {
        Reading {
            file,
            path,
            format,
            facts: Facts::default(),
            links: Links::default(),
            comments: Vec::new(),
            blocks: Vec::new(),
            annotations: Vec::new(),
            wants: Vec::new(),
            unjoined: Unjoined::default(),
            shown: Shown::default(),
        }
    }
}

/// The path that `path` means when the file `from` names it: relative to the folder of `from`, with `.` and
/// `..` worked off. A path above the root keeps its `..` parts.
#[must_use]
pub fn resolve(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let absolute = path.starts_with('/') || (path.is_empty() && from.starts_with('/'));
    let (before, first) = if absolute { ("", path) } else { (folder, folder) };
    let mut whole = String::with_capacity(before.len() + path.len() + 1);
    if first.starts_with('/') {
        whole.push('/');
    }
    let top = whole.len();
    for part in before.split('/').chain(path.split('/')) {
        let last = whole.get(top..).and_then(|parts| parts.rsplit('/').next()).unwrap_or_default();
        match part {
            "" | "." => {}
            ".." if !matches!(last, "" | "..") => {
                let rest = whole.len() - last.len();
                whole.truncate(rest.saturating_sub(1).max(top));
            }
            part => {
                if whole.len() > top {
                    whole.push('/');
                }
                whole.push_str(part);
            }
        }
    }
    whole
}

/// Reads what a renderer made of templates in their stead.
pub fn render<'s>(readings: &mut [Reading<'s>], renderings: &Renderings, sources: &'s Sources) {
    kubernetes::render(readings, renderings, sources);
}

/// Understands the files that include one another, now that all are read.
pub fn join<'s>(readings: &mut Vec<Reading<'s>>, sources: &'s Sources) {
    kubernetes::join(readings, sources);
    compose::join(readings, sources);
    nginx::join(readings, sources);
    terraform::join(readings, sources);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_from_the_folder_of_the_file_that_names_them() {
        assert_eq!(resolve("compose.yaml", "./api/Dockerfile"), "api/Dockerfile");
        assert_eq!(resolve("deploy/compose.yaml", "../.env"), ".env");
        assert_eq!(resolve("deploy/compose.yaml", "../../x"), "../x");
        assert_eq!(resolve("deploy/compose.yaml", "/etc/x"), "/etc/x");
        assert_eq!(resolve("/abs/compose.yaml", "a/./b"), "/abs/a/b");
        assert_eq!(resolve("/abs/compose.yaml", "../../b/.."), "/..");
        assert_eq!(resolve("a/b/compose.yaml", "../../../x/"), "../x");
        assert_eq!(resolve("compose.yaml", "a//../../b/c/.."), "../b");
        assert_eq!(resolve("a/compose.yaml", ""), "a");
    }

    #[test]
    fn formats_have_names_of_their_own() {
        for format in FORMATS {
            assert!(std::ptr::eq(find(format.name).unwrap(), format));
        }
    }
}
