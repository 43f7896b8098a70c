//! What can still be read of a text that is no YAML: the lines at fault are left out, with what they open, and
//! count as something unknown.

use std::ops::Range;
use std::sync::Arc;

use super::events::offset;
use super::template::Action;
use super::{ErrorKind, Stream, build};
use crate::source::{Sources, Text};

/// How many times a text is read again. One with more errors stays as far as it was read.
const ROUNDS: usize = 8;

/// Where reading stopped, in bytes of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stop {
    pub(super) at: u32,
    /// The outermost bracket that was open there.
    pub(super) bracket: Option<u32>,
    /// Which of the stream's errors tells of it.
    pub(super) error: usize,
}

/// Reads a text again without the lines at which it can't be read. Its errors are those of the first reading;
/// what follows from them isn't told.
pub(super) fn recover<'s>(text: &Arc<Text<'s>>, sources: &'s Sources, mut first: Stream<'s>) -> Stream<'s> {
    let content = text.as_str();
    explain(text, &mut first);
    let syntax = |stream: &Stream<'_>| stream.errors.iter().all(|error| error.kind != ErrorKind::TooDeep);
    let mut left_out: Vec<Range<usize>> = Vec::new();
    let mut stops = first.stops.clone();
    for _ in 0..ROUNDS {
        for stop in &stops {
            let fault = fault(content, *stop);
            if left_out.iter().any(|known| known.start < fault.end && fault.start < known.end) {
                return first;
            }
            left_out.push(fault);
        }
        left_out.sort_unstable_by_key(|range| range.start);
        let actions: Vec<Action> = left_out.iter().map(|range| unknown(content, range)).collect();
        let masked = sources.keep(without(content, &left_out).into());
        let mut stream = build::build(text, masked, sources, &actions);
        if !syntax(&stream) {
            return first;
        }
        if stream.stops.is_empty() {
            stream.errors = first.errors;
            stream.templated = false;
            return stream;
        }
        stops = stream.stops;
    }
    first
}

/// Says what is wrong where it is plain, and there.
fn explain(text: &Text<'_>, stream: &mut Stream<'_>) {
    let content = text.as_str();
    for stop in stream.stops.clone() {
        let Some(error) = stream.errors.get_mut(stop.error) else { continue };
        let line = line(content, stop.at as usize);
        if let Some(bracket) = open_bracket(content, stop) {
            error.span = text.span(bracket..bracket + 1);
            "nothing closes this bracket".clone_into(&mut error.message);
        } else if let Some(tab) = tab(content, &line) {
            error.span = text.span(tab..tab + 1);
            "a tab can't indent, only blanks can".clone_into(&mut error.message);
        }
    }
}

/// The bracket that was opened on a line before, and should have been closed by now.
fn open_bracket(content: &str, stop: Stop) -> Option<usize> {
    let bracket = stop.bracket? as usize;
    let (opening, stopped) = (line(content, bracket), line(content, stop.at as usize));
    (opening.start < stopped.start && indent(content, &stopped) <= indent(content, &opening))
        .then_some(bracket)
}

/// The tab that indents this line, or the next where this one is in order.
fn tab(content: &str, line: &Range<usize>) -> Option<usize> {
    let indented = |line: &Range<usize>| {
        let text = &content[line.clone()];
        let blanks = text.len() - text.trim_start_matches(' ').len();
        (text[blanks..].starts_with('\t') && !text.trim().is_empty()).then_some(line.start + blanks)
    };
    indented(line).or_else(|| indented(&self::line(content, (line.end + 1).min(content.len()))))
}

/// The lines at fault: those of an open bracket, or the one where reading stopped, with all that it opens.
fn fault(content: &str, stop: Stop) -> Range<usize> {
    let at = content[..stop.at as usize].len();
    if let Some(bracket) = open_bracket(content, stop) {
        return line(content, bracket).start..line(content, at).start;
    }
    if let Some(bracket) = stop.bracket {
        return line(content, bracket as usize).start..line(content, at).end;
    }
    let mut fault = line(content, at);
    if let Some(tab) = tab(content, &fault) {
        fault = line(content, tab);
    } else if content[fault.clone()].trim().is_empty() {
        // At the end of a text the last line that says anything is at fault.
        fault = line(content, content[..fault.start].trim_end().len());
    }
    let text = content[fault.clone()].trim();
    if text.starts_with("- ") || text.ends_with([':', '|', '>', '-', '+']) {
        let own = indent(content, &fault);
        while fault.end < content.len() {
            let next = line(content, fault.end + 1);
            if indent(content, &next) <= own && !content[next.clone()].trim().is_empty() {
                break;
            }
            fault.end = next.end;
        }
    }
    fault
}

/// The line around a byte, without its break.
fn line(content: &str, at: usize) -> Range<usize> {
    let bytes = content.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |found| found + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found);
    start..end
}

fn indent(content: &str, line: &Range<usize>) -> usize {
    let text = &content[line.clone()];
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// What was left out may have said anything at its column.
fn unknown(content: &str, range: &Range<usize>) -> Action {
    let column = offset(indent(content, &line(content, range.start)));
    Action::lines(offset(range.start), offset(range.end), column)
}

/// The text with these ranges blank; line breaks stay.
fn without(content: &str, left_out: &[Range<usize>]) -> String {
    let mut text = String::with_capacity(content.len());
    let mut from = 0;
    for range in left_out {
        text.push_str(&content[from..range.start]);
        let blank = |byte: u8| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' };
        text.extend(content[range.clone()].bytes().map(blank));
        from = range.end;
    }
    text.push_str(&content[from..]);
    text
}
