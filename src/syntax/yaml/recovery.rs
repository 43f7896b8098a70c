//! What can still be read of a text that is no YAML: the lines at fault are left out, with what they open, and
//! count as something unknown.

use std::ops::Range;
use std::sync::Arc;

use super::events::offset;
use super::template::Action;
use super::{ErrorKind, Stream, build, json};
use crate::source::{Sources, Text};

/// How many times a text is read again. One with more errors stays as far as it was read.
const ROUNDS: usize = 8;

/// How far up an open quote is looked for.
const QUOTED_LINES: usize = 32;

/// Where reading stopped, in bytes of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stop {
    pub(super) at: u32,
    /// The outermost bracket that was open there.
    pub(super) bracket: Option<u32>,
    /// Whether it was within a quoted scalar.
    pub(super) quoted: bool,
    /// Which of the stream's errors tells of it.
    pub(super) error: usize,
}

/// Reads a text again without the lines at which it can't be read. Its errors are those of the first reading;
/// what follows from them isn't told.
pub(super) fn recover<'s>(text: &Arc<Text<'s>>, sources: &'s Sources, mut first: Stream<'s>) -> Stream<'s> {
    let content = text.as_str();
    if let Some(mended) = json::recover(text, sources, &first) {
        return mended;
    }
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
        let Some(masked) = without(content, &left_out) else { return first };
        let masked = sources.keep(masked.into());
        let mut stream = build::build(text, masked, sources, &actions);
        if !syntax(&stream) {
            return first;
        }
        if stream.stops.is_empty() {
            keep_more(&mut stream, &mut first);
            stream.errors = first.errors;
            stream.templated = false;
            return stream;
        }
        stops = stream.stops;
    }
    first
}

/// Takes those documents as they were cut short that say more so.
fn keep_more<'s>(stream: &mut Stream<'s>, first: &mut Stream<'s>) {
    if stream.documents.len() == first.documents.len() {
        for (mended, cut) in stream.documents.iter_mut().zip(&mut first.documents) {
            if cut.slots.len() > mended.slots.len() {
                std::mem::swap(mended, cut);
            }
        }
    }
}

/// Says what is wrong where it is plain, and there.
fn explain(text: &Text<'_>, stream: &mut Stream<'_>) {
    let content = text.as_str();
    for stop in stream.stops.clone() {
        let Some(error) = stream.errors.get_mut(stop.error) else { continue };
        let line = line(content, stop.at as usize);
        if let Some(quote) = open_quote(content, stop) {
            error.span = text.span(quote..quote + 1);
            "nothing closes this quote on its line".clone_into(&mut error.message);
        } else if let Some(bracket) = open_bracket(content, stop) {
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

/// The quote that begins a value and isn't closed on its line, in one of the few lines before the place at which
/// a quoted scalar turned out to be none.
fn open_quote(content: &str, stop: Stop) -> Option<usize> {
    let mut line = line(content, stop.at as usize);
    for _ in 0..if stop.quoted { QUOTED_LINES } else { 0 } {
        let text = &content[line.clone()];
        let opened = [": ", "- "].into_iter().filter_map(|before| {
            let at = text.find(before)? + before.len();
            let at = at + text[at..].len() - text[at..].trim_start().len();
            let quote = text[at..].chars().next().filter(|first| matches!(first, '"' | '\''))?;
            (!text[at + 1..].contains(quote)).then_some(line.start + at)
        });
        if let Some(quote) = opened.max() {
            return Some(quote);
        }
        line = self::line(content, line.start.checked_sub(1)?);
    }
    None
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
    let at = stop.at as usize;
    if let Some(quote) = open_quote(content, stop) {
        return line(content, quote);
    }
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

/// The text with the lines of these ranges made comments, byte for byte. Nothing where a line begins with a
/// character of several bytes.
fn without(content: &str, left_out: &[Range<usize>]) -> Option<String> {
    let mut text = String::with_capacity(content.len());
    let mut from = 0;
    for range in left_out {
        text.push_str(&content[from..range.start]);
        for line in content[range.clone()].split_inclusive('\n') {
            let said = line.trim_start_matches(' ');
            text.push_str(&line[..line.len() - said.len()]);
            match said.chars().next() {
                None | Some('\n' | '\r') => text.push_str(said),
                Some(first) if first.is_ascii() => {
                    text.push('#');
                    text.push_str(&said[1..]);
                }
                Some(_) => return None,
            }
        }
        from = range.end;
    }
    text.push_str(&content[from..]);
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::source::Sources;
    use crate::syntax::yaml::{Mode, parse};

    /// The errors of a text, as line, column and message, and the keys at the end of the paths that it holds.
    fn read(text: &str) -> (Vec<(usize, usize, String)>, Vec<String>) {
        let sources = Sources::default();
        let file = sources.add("x.yaml".into(), text.to_owned());
        let stream = parse(&sources.text(file), &sources, Mode::Plain);
        let errors = stream.errors.iter().map(|error| {
            let start = error.span.start as usize;
            let line = text[..start].matches('\n').count() + 1;
            (line, start - text[..start].rfind('\n').map_or(0, |at| at + 1) + 1, error.message.clone())
        });
        let errors = errors.collect();
        let mut keys = Vec::new();
        for document in &stream.documents {
            for entry in document.root().entries() {
                keys.extend(entry.value.entries().map(|below| format!("{}.{}", entry.key, below.key)));
            }
        }
        (errors, keys)
    }

    #[test]
    fn what_stands_behind_an_error_is_read() {
        for (text, line, column) in [
            ("a:\n  b: 1\n  c: x: y\n  d: 1\ne:\n  f: 1\n", 3, 7),
            ("a:\n  b: 1\n\tc: 1\n  d: 1\ne:\n  f: 1\n", 3, 1),
            ("a:\n  b: 1\n  c: [1, 2\n  d: 1\ne:\n  f: 1\n", 3, 6),
            ("a:\n  b: 1\n  c: \"x\n  d: 1\ne:\n  f: 1\n", 3, 6),
            ("a:\n  b: 1\n  c: {x: {y: 1}\n  d: 1\ne:\n  f: 1\n", 3, 6),
        ] {
            let (errors, keys) = read(text);
            assert_eq!(keys, ["a.b", "a.d", "e.f"], "{text}");
            assert_eq!((errors.len(), errors[0].0, errors[0].1), (1, line, column), "{text} {errors:?}");
        }
    }

    #[test]
    fn nothing_is_known_to_be_absent_where_lines_were_left_out() {
        let sources = Sources::default();
        let file = sources.add("x.yaml".into(), "a:\n  b: 1\n  c: x: y\ne:\n  f: 1\n".to_owned());
        let stream = parse(&sources.text(file), &sources, Mode::Plain);
        let root = stream.documents[0].root();
        assert!(root.get("a").unwrap().is_open());
        assert!(!root.get("e").unwrap().is_open());
        assert!(!stream.templated);
    }

    #[test]
    fn what_cannot_be_mended_keeps_what_was_read() {
        let text = format!("a:\n  b: 1\n{}", "- ] [\n".repeat(40));
        let (errors, _) = read(&text);
        assert!(!errors.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_places_lie_within_it(text in "[-a: \"'\\[\\]{},\t\n|&*#é]{0,80}") {
            let sources = Sources::default();
            let file = sources.add("x.yaml".into(), text.clone());
            let stream = parse(&sources.text(file), &sources, Mode::Plain);
            for error in &stream.errors {
                prop_assert!(text.is_char_boundary(error.span.start as usize));
                prop_assert!(error.span.end as usize <= text.len());
            }
        }
    }
}
