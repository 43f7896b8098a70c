//! nginx: servers as they answer with all that they inherit, wherever the directives are written.
//!
//! Reading keeps the tree; judging waits until all files are known, since `include` decides what a
//! directive applies to.

mod answers;
mod context;
mod cors;
mod effect;
mod headers;
mod include;
mod listen;
mod mounts;
mod recognise;
mod server;
mod statements;
mod tree;
mod upstreams;
mod variables;

#[cfg(test)]
mod tests;

use self::include::Known;
use self::mounts::Mounts;
use self::server::Judge;
use self::tree::{Budget, Expansion, Place};
use self::upstreams::Upstreams;
use super::unread::problem;
use super::{Format, Reader, Reading};
use crate::facts::ProblemKind;
use crate::source::{Sources, Text};
use crate::syntax::nginx::{Config, Word, parse};

pub(super) const FORMAT: Format = Format {
    name: "nginx",
    doc: "nginx configuration: `nginx*.conf`, `*.nginx`, `*.vhost`, `sites-*/*`, and other `*.conf` files and templates that read like it",
    by_name: recognise::by_name,
    by_content: recognise::by_content,
    read,
};

/// A file as it was read.
#[derive(Debug, Default)]
pub struct File<'s> {
    /// The configurations in it: one, or in a ConfigMap several.
    texts: Vec<Parsed<'s>>,
}

/// One configuration, or a fragment of one.
#[derive(Debug)]
struct Parsed<'s> {
    config: Config<'s>,
    /// The path of the file that it is; nothing where it stands inside another format.
    path: Option<&'s str>,
    /// Whether it is a whole configuration, which other files are included into.
    is_main: bool,
    has_servers: bool,
}

impl<'s> Parsed<'s> {
    fn new(config: Config<'s>, path: Option<&'s str>) -> Self {
        let has = |name| config.all(name).any(|directive| directive.block.is_some());
        let (is_main, has_servers) = (has("http"), has("server"));
        Parsed { config, path, is_main, has_servers }
    }
}

fn read(reader: &mut Reader<'_>) {
    let config = parse(&reader.text, reader.sources);
    let is_file = reader.reading.format.name == FORMAT.name;
    let path = is_file.then_some(reader.reading.path);
    if let Some(path) = path {
        for want in include::wants(&config.directives, path) {
            reader.want(want, FORMAT.name);
        }
    }
    tree::each(&config.directives, &mut |directive| {
        if directive.block.is_some()
            && matches!(directive.name.text, "http" | "server" | "location" | "stream")
        {
            reader.reading.blocks.push(directive.span);
        }
    });
    reader.reading.comments.extend(config.comments.iter().copied());
    for error in &config.errors {
        let kind = if error.message == crate::syntax::nginx::UNRENDERED {
            ProblemKind::Template
        } else {
            ProblemKind::Syntax
        };
        problem(&mut reader.reading.facts, reader.sources, kind, error.span, error.message.clone());
    }
    let parsed = Parsed::new(config, path);
    reader.reading.unjoined.nginx.texts.push(parsed);
}

/// Puts included files into their places and judges each configuration as a whole.
pub(super) fn join<'s>(readings: &mut [Reading<'s>], sources: &'s Sources) {
    let mut texts: Vec<(usize, Parsed<'s>)> = Vec::new();
    for (index, reading) in readings.iter_mut().enumerate() {
        let file = std::mem::take(&mut reading.unjoined.nginx);
        texts.extend(file.texts.into_iter().map(|text| (index, text)));
    }
    if texts.is_empty() {
        return;
    }
    let mounts = Mounts::new(readings, sources);
    let known = Known::new(&texts, &mounts);
    let upstreams = Upstreams::new(&texts);
    let mut budget = Budget::new(&texts);
    let mut visited = vec![false; texts.len()];
    let mut ports: Vec<(Vec<usize>, Vec<u16>)> = Vec::new();
    for root in in_order(&texts, &known, &mut budget) {
        if visited.get(root).copied().unwrap_or(true) {
            continue;
        }
        let Some((reading, parsed)) = texts.get(root) else { continue };
        let mut expansion = Expansion::new(&known, root, &mut budget, &mut visited);
        let nodes = expansion.run();
        let (missing, taken) = (expansion.missing, expansion.texts);
        let Some(reading) = readings.get_mut(*reading) else { continue };
        let place = Place::of_top(&nodes);
        let mut judge = Judge::new(sources, &mounts, &upstreams, parsed.path, &nodes, &mut reading.facts);
        judge.references(&missing);
        judge.run(&nodes, place);
        ports.push((taken, judge.ports()));
    }
    for (parts, ports) in &ports {
        for (_, parsed) in parts.iter().filter_map(|text| texts.get(*text)) {
            let place = parsed.config.directives.first().map(|directive| directive.name.span);
            mounts.listen(parsed.path, place, ports, readings);
        }
    }
}

/// All configurations, those that stand on their own first: what they include is then judged in its place.
fn in_order<'t, 's>(
    texts: &'t [(usize, Parsed<'s>)],
    known: &Known<'t, 's>,
    budget: &mut Budget,
) -> Vec<usize> {
    let mut included = vec![false; texts.len()];
    for (index, (_, parsed)) in texts.iter().enumerate() {
        tree::each(&parsed.config.directives, &mut |directive| {
            for target in known.included(index, index, directive, budget).found() {
                if let Some(mark) = included.get_mut(*target).filter(|_| *target != index) {
                    *mark = true;
                }
            }
        });
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_cached_key(|index| {
        let parsed = texts.get(*index).map(|(_, parsed)| parsed);
        (
            included.get(*index).copied(),
            !parsed.is_some_and(|parsed| parsed.is_main),
            !parsed.is_some_and(|parsed| parsed.has_servers),
            parsed.and_then(|parsed| parsed.path),
        )
    });
    order
}

/// The inside of a word as a text: byte by byte where it has no escapes.
fn inside<'s>(word: &Word<'s>, sources: &'s Sources) -> Text<'s> {
    if sources.slice(word.content) == word.text {
        Text::verbatim(word.content, word.text)
    } else {
        Text::decoded(word.content, word.text)
    }
}
