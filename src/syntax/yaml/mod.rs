//! YAML 1.2 with the types and merge keys of YAML 1.1, and JSON, which is YAML too.
//!
//! A text becomes a [`Stream`] of documents. A broken document does not hide the next one. It is read without
//! the lines that break it where that helps, and else keeps what was read of it. Aliases are followed only where someone looks, so they cost nothing before.

mod build;
mod events;
mod json;
mod jsonc;
mod recovery;
mod scalar;
mod simple;
mod spelling;
mod template;
mod tree;

use std::sync::Arc;

pub use template::{is_templated, with_values};
pub use tree::{Document, Entries, Entry, Items, Kind, Node, OwnEntries, Place, Step, Style};

use super::Comment;
use crate::source::{Sources, Span, Text};
use template::Fill;

/// How many nodes aliases may add to a stream: more than any real file needs, and few enough to walk.
pub const ALIAS_LIMIT: u64 = 250_000;

/// How deep nodes may lie below each other, aliases followed. As written they nest less deeply still:
/// 255 collections with brackets and 255 without.
pub const DEPTH_LIMIT: u32 = 1_024;

/// Whether template actions are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// The text is YAML.
    Plain,
    /// The text becomes YAML once its actions (`{{ … }}`) are rendered. What they touch is unknown.
    Templated,
    /// The text is JSON, which may have comments.
    Json,
}

/// All that was read from a text.
#[derive(Debug)]
pub struct Stream<'s> {
    /// The documents in order.
    pub documents: Vec<Document<'s>>,
    /// What could not be read.
    pub errors: Vec<Error>,
    /// All comments in order, but for those of a document's part that was skipped after an error.
    pub comments: Vec<Comment<'s>>,
    /// Keys that stand twice in a mapping; none in templates, where both may lie in branches.
    pub duplicates: Vec<Duplicate<'s>>,
    /// Whether the text held template actions that were masked.
    pub templated: bool,
    /// Where reading stopped because the text is not YAML.
    stops: Vec<recovery::Stop>,
}

/// Something that could not be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The character that reading stopped at, empty at the end of a line; or the alias in question.
    pub span: Span,
    /// What kind of error it is.
    pub kind: ErrorKind,
    /// What is wrong, in lower case and without a stop.
    pub message: String,
}

/// What kind of error it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// The text is not YAML. The lines at fault were left out, or else the rest of the document.
    Syntax,
    /// Nested deeper than any honest file. The rest of the document was skipped.
    TooDeep,
    /// The document's aliases add more than [`ALIAS_LIMIT`] nodes or reach deeper than [`DEPTH_LIMIT`];
    /// they are unknown.
    TooManyAliases,
    /// An alias has no anchor before it in its document, or stands inside the node it names; it is
    /// unknown.
    UnknownAlias,
    /// A template action that nothing closes; it was taken to end with its line.
    OpenAction,
}

/// A key that stands twice in one mapping. Loaders keep the last one, or refuse the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Duplicate<'s> {
    /// The key before.
    pub first: Span,
    /// The key that repeats it.
    pub second: Span,
    /// The key's text.
    pub key: &'s str,
}

/// Reads a text.
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources, mode: Mode) -> Stream<'s> {
    let text = Arc::new(text.clone());
    if mode == Mode::Json {
        return parse_json(&text, sources);
    }
    let actions = match mode {
        Mode::Plain | Mode::Json => Vec::new(),
        Mode::Templated => template::actions(text.as_str()),
    };
    if actions.is_empty() {
        let stream = build::build(&text, text.as_str(), sources, &[]);
        return if stream.stops.is_empty() { stream } else { recovery::recover(&text, sources, stream) };
    }
    let masked = |fill| {
        let content = sources.keep(template::mask(text.as_str(), &actions, fill));
        build::build(&text, content, sources, &actions)
    };
    let mut stream = masked(Fill::Comment);
    if !stream.errors.is_empty() {
        let other = masked(Fill::Blank);
        stream = if other.errors.is_empty() { other } else { stream };
    }
    stream.errors.extend(template::unclosed(&text, &actions));
    stream.comments.extend(template::comments(&text, &actions));
    stream.comments.sort_by_key(|comment| comment.span.start);
    stream
}

fn parse_json<'s>(text: &Arc<Text<'s>>, sources: &'s Sources) -> Stream<'s> {
    let comments = jsonc::comments(text.as_str());
    let content = if comments.is_empty() {
        text.as_str()
    } else {
        sources.keep(jsonc::mask(text.as_str(), &comments).into())
    };
    let mut stream = build::build(text, content, sources, &[]);
    if !stream.stops.is_empty() && comments.is_empty() {
        stream = recovery::recover(text, sources, stream);
    }
    stream.comments = comments.iter().map(|range| jsonc::comment(text, range)).collect();
    stream
}

#[cfg(test)]
mod tests;
