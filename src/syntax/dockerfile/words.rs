//! Words: where they end, and what they mean without their quotes and escapes.

use std::ops::Range;

use super::Word;
use super::lines::Reader;
use crate::source::Text;
use crate::syntax::builder::Builder;
use crate::syntax::interpolation::{Dialect, starts_variable};

/// The words of a line that stand between blanks, whatever their quotes.
pub(super) fn split_at_blanks(line: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in line[range.clone()].char_indices() {
        let at = range.start + at;
        if c.is_whitespace() {
            words.extend(start.take().map(|start| start..at));
        } else {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| start..range.end));
    words
}

/// The words of a line, where blanks within quotes and behind the escape character don't end one.
pub(super) fn split(line: &str, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = range.start;
    loop {
        at += line[at..range.end].len() - line[at..range.end].trim_start().len();
        if at >= range.end {
            return words;
        }
        let end = word_end(line, at..range.end, escape);
        words.push(at..end);
        at = end;
    }
}

/// Where the word at the start of the range ends.
pub(super) fn word_end(line: &str, range: Range<usize>, escape: char) -> usize {
    let mut quote = None;
    let mut characters = line[range.clone()].char_indices();
    while let Some((at, c)) = characters.next() {
        if c == escape && quote != Some('\'') {
            characters.next();
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() {
            match c {
                '\'' | '"' => quote = Some(c),
                _ if c.is_whitespace() => return range.start + at,
                _ => {}
            }
        }
    }
    range.end
}

/// What a piece of a word stands for.
enum Unit {
    /// Itself, and it may be part of a variable.
    Plain,
    /// This character and nothing else, since it was quoted or escaped.
    Literal(char),
    /// Nothing: a quote.
    Quote,
}

/// Cuts a word into its units; true where a quote is never closed.
fn units(raw: &str, escape: char, mut each: impl FnMut(Range<usize>, Unit)) -> bool {
    let mut quote = None;
    let mut characters = raw.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let end = at + c.len_utf8();
        if quote == Some(c) {
            quote = None;
            each(at..end, Unit::Quote);
        } else if quote == Some('\'') {
            each(at..end, Unit::Literal(c));
        } else if c == escape {
            let escaped = |next: char| quote.is_none() || next == '"' || next == '$' || next == escape;
            match characters.next_if(|&(_, next)| escaped(next)) {
                Some((next_at, next)) => each(at..next_at + next.len_utf8(), Unit::Literal(next)),
                None if end == raw.len() => each(at..end, Unit::Quote),
                None => each(at..end, Unit::Literal(c)),
            }
        } else if quote.is_none() && (c == '\'' || c == '"') {
            quote = Some(c);
            each(at..end, Unit::Quote);
        } else {
            each(at..end, Unit::Plain);
        }
    }
    quote.is_some()
}

/// The word at a range of a line, which Docker takes out of its quotes and puts variables into.
pub(super) fn word<'s>(line: &Text<'s>, range: Range<usize>, reader: &mut Reader<'_, 's>) -> Word<'s> {
    let raw = &line.as_str()[range.clone()];
    let span = line.span(range.clone());
    let escape = reader.escape;
    if !raw.contains(['\'', '"', '$', escape]) {
        return Word { text: line.part(range), span, interpolates: false };
    }
    let dialect = Dialect::Dockerfile { escape };
    let mut interpolates = false;
    let unclosed = units(raw, escape, |at, unit| {
        interpolates |= matches!(unit, Unit::Plain)
            && raw[at.clone()].starts_with('$')
            && starts_variable(&raw[at.end..], dialect);
    });
    if unclosed {
        reader.error(span, "a quote that is never closed");
    }
    let mut builder = Builder::new(span);
    let mut run = range.start..range.start;
    units(raw, escape, |at, unit| {
        let place = range.start + at.start..range.start + at.end;
        let literal = match unit {
            Unit::Plain => None,
            Unit::Quote => Some(String::new()),
            Unit::Literal(c) if interpolates && (c == '$' || c == '}' || c == escape) => {
                Some(String::from_iter([escape, c]))
            }
            Unit::Literal(c) => (at.len() != c.len_utf8()).then(|| c.to_string()),
        };
        let Some(literal) = literal else {
            run.end = place.end;
            return;
        };
        builder.copy(&line.part(run.clone()));
        builder.decode(line.span(place.clone()), &literal);
        run = place.end..place.end;
    });
    builder.copy(&line.part(run));
    Word { text: builder.finish(reader.sources), span, interpolates }
}

/// The word at a range of a line, as it stands.
pub(super) fn raw_word<'s>(line: &Text<'s>, range: Range<usize>) -> Word<'s> {
    Word { text: line.part(range.clone()), span: line.span(range), interpolates: false }
}
