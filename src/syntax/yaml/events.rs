//! The one place that knows the YAML crate: its events, reduced to what the tree needs.

use std::borrow::Cow;

use granit_parser::{
    ErrorKind as Cause, Event as Granit, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle,
};

use super::ErrorKind;
use super::tree::Style;

/// One step through a stream.
pub(super) enum Event<'m> {
    DocumentStart,
    DocumentEnd,
    Scalar(Cow<'m, str>, Style),
    Sequence {
        flow: bool,
    },
    Mapping {
        flow: bool,
    },
    /// The end of the innermost sequence or mapping.
    Close,
    /// An alias, with the number of its anchor where there is one.
    Alias(Option<usize>),
    Comment,
}

/// An event and what stands around it, all in byte offsets of the text that was read.
pub(super) struct Item<'m> {
    pub(super) event: Event<'m>,
    pub(super) start: u32,
    pub(super) end: u32,
    /// The number of the anchor defined here.
    pub(super) anchor: Option<usize>,
    pub(super) tag: Option<Tag>,
}

/// The tag of a node.
#[derive(Clone, Copy)]
pub(super) struct Tag {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether it makes any scalar a string (`!!str`, `!`).
    pub(super) textual: bool,
}

/// Why and where reading stopped.
pub(super) struct Failure {
    pub(super) at: u32,
    pub(super) kind: ErrorKind,
    pub(super) message: String,
}

/// Reads a text event by event.
pub(super) struct Reader<'m> {
    parser: Parser<'m, StrInput<'m>>,
}

impl<'m> Reader<'m> {
    pub(super) fn new(text: &'m str) -> Self {
        let options = granit_parser::options! {
            // Reading comments costs time even where there are none.
            emit_comments: memchr::memchr(b'#', text.as_bytes()).is_some(),
            // A comment block of any length may stand between a key and its value.
            max_buffered_comment_events: usize::MAX,
            emit_unresolved_aliases: true,
        };
        Reader { parser: Parser::new_from_str_with_options(text, options) }
    }

    /// The next event; nothing at the end of the stream and behind a failure.
    pub(super) fn next(&mut self) -> Option<Result<Item<'m>, Failure>> {
        loop {
            return match self.parser.next_event()? {
                Ok((event, span)) => match item(event, span) {
                    Some(item) => Some(Ok(item)),
                    None => continue,
                },
                Err(error) => Some(Err(failure(&error))),
            };
        }
    }

    /// Goes on behind a failure with the next document; false where there is none.
    pub(super) fn skip_document(&mut self) -> Result<bool, Failure> {
        self.parser.proceed_next_document().map_err(|error| failure(&error))
    }
}

fn item(event: Granit<'_>, span: Span) -> Option<Item<'_>> {
    let mut tag = None;
    let (event, anchor) = match event {
        Granit::DocumentStart(..) => (Event::DocumentStart, 0),
        Granit::DocumentEnd => (Event::DocumentEnd, 0),
        Granit::Scalar(text, style, anchor, named) => {
            // An empty value comes as a `~` of no width.
            let empty = span.start.index() == span.end.index() && text == "~";
            let text = if empty { Cow::Borrowed("") } else { text };
            tag = named;
            (Event::Scalar(text, scalar_style(style)), anchor)
        }
        Granit::SequenceStart(style, anchor, named) => {
            tag = named;
            (Event::Sequence { flow: style == StructureStyle::Flow }, anchor)
        }
        Granit::MappingStart(style, anchor, named) => {
            tag = named;
            (Event::Mapping { flow: style == StructureStyle::Flow }, anchor)
        }
        Granit::SequenceEnd | Granit::MappingEnd => (Event::Close, 0),
        Granit::Alias(anchor) => (Event::Alias(Some(anchor)), 0),
        Granit::UnresolvedAlias(_) => (Event::Alias(None), 0),
        Granit::Comment(..) => (Event::Comment, 0),
        _ => return None,
    };
    let tag = tag.and_then(|tag| {
        let range = span.tag_span()?.byte_range()?;
        // The non-specific tag `!` forces a scalar to be a string (YAML 1.2, 6.9.1).
        let textual = tag.is_yaml_core_schema_tag("str") || range.len() == 1;
        Some(Tag { start: offset(range.start), end: offset(range.end), textual })
    });
    let range = span.byte_range().unwrap_or_default();
    let (start, end) = (offset(range.start), offset(range.end.max(range.start)));
    Some(Item { event, start, end, anchor: (anchor != 0).then_some(anchor), tag })
}

fn scalar_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn failure(error: &ScanError) -> Failure {
    let kind = match error.kind() {
        Cause::RecursionLimitExceeded => ErrorKind::TooDeep,
        _ => ErrorKind::Syntax,
    };
    let message = match kind {
        ErrorKind::TooDeep => "nested too deeply".to_owned(),
        _ => error.info(),
    };
    Failure { at: offset(error.marker().byte_offset().unwrap_or_default()), kind, message }
}

/// A byte offset as stored in the tree; files are refused far below 4 GiB.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
