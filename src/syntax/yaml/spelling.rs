//! From a scalar's text back to the bytes it is written with.

use std::ops::Range;

use super::events::offset;
use super::tree::Style;
use crate::source::{Piece, Text};

/// A run of a scalar's text and the bytes of the document it is written with; as in [`Piece`], a run of
/// equal length maps byte by byte.
struct Run {
    length: usize,
    range: Range<usize>,
}

/// The text of the scalar written at `range` of `text`. Where text and bytes can't be brought together
/// the text maps as a whole.
pub(super) fn text<'s>(text: &Text<'s>, range: Range<u32>, decoded: &'s str, style: Style) -> Text<'s> {
    let range = range.start as usize..range.end as usize;
    let source = text.as_str();
    let inner = match style {
        Style::SingleQuoted | Style::DoubleQuoted if range.len() >= 2 => range.start + 1..range.end - 1,
        _ => range.clone(),
    };
    if source.get(inner.clone()).is_some_and(|written| written == decoded) {
        return text.part(inner);
    }
    let runs = match style {
        Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => flow(source, inner, style),
        Style::Literal | Style::Folded => block(source, inner, decoded),
    };
    let whole = || Text::decoded(text.span(range.clone()), decoded);
    let Some(runs) = runs else { return whole() };
    if runs.iter().map(|run| run.length).sum::<usize>() != decoded.len() {
        return whole();
    }
    let mut pieces = Vec::with_capacity(runs.len() + 1);
    let mut at = 0;
    for run in &runs {
        place(text, at, run, &mut pieces);
        at += run.length;
    }
    // The last run's length in the text is known from the piece behind it.
    let end = text.span(range.end..range.end).end.max(pieces.last().map_or(0, |piece| piece.end));
    pieces.push(Piece { at: offset(at), start: end, end });
    Text::pieced(text.file(), decoded, pieces)
}

/// Adds the pieces of a run. Where the document itself is put together (YAML within YAML), a run may lie
/// on several pieces of the file; it is halved until each half lies on one.
fn place(text: &Text, at: usize, run: &Run, pieces: &mut Vec<Piece>) {
    let span = text.span(run.range.clone());
    let piece = Piece { at: offset(at), start: span.start, end: span.end };
    let linear = run.range.len() == run.length;
    if run.length == 0 {
        return;
    }
    if !linear || span.range().len() == run.length || run.length == 1 {
        pieces.push(piece);
        return;
    }
    let half = run.length / 2;
    let middle = run.range.start + half;
    let (left, right) = (text.span(run.range.start..middle), text.span(middle..run.range.end));
    if left == right {
        pieces.push(piece);
        return;
    }
    place(text, at, &Run { length: half, range: run.range.start..middle }, pieces);
    place(text, at + half, &Run { length: run.length - half, range: middle..run.range.end }, pieces);
}

/// Plain and quoted scalars: escapes and folded line breaks stand between runs that are as written.
fn flow(source: &str, range: Range<usize>, style: Style) -> Option<Vec<Run>> {
    let bytes = source.as_bytes().get(..range.end)?;
    let mut runs = Vec::new();
    let mut start = range.start;
    let mut at = range.start;
    let mut put = |start: usize, end: usize, length: usize| {
        if start < end {
            runs.push(Run { length, range: start..end });
        }
    };
    while let Some(&byte) = bytes.get(at) {
        let (from, to, length) = match byte {
            b'\'' if style == Style::SingleQuoted => (at, at + 2, 1),
            b'\\' if style == Style::DoubleQuoted => {
                let (to, length) = escape(source, at)?;
                (at, to, length)
            }
            b'\n' | b'\r' => {
                // Blanks around the break are not part of the text (YAML 1.2, 6.5).
                let from = start + source.get(start..at)?.trim_end_matches([' ', '\t']).len();
                let (to, breaks) = breaks(bytes, at);
                (from, to, if breaks > 1 { breaks - 1 } else { 1 })
            }
            _ => {
                at += 1;
                continue;
            }
        };
        put(start, from, from - start);
        put(from, to, length);
        (start, at) = (to, to);
    }
    put(start, range.end, range.end.checked_sub(start)?);
    Some(runs)
}

/// Behind the line breaks at `at` and the blanks around them, and how many there are.
fn breaks(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut count = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => {}
            b'\n' | b'\r' => count += 1,
            b' ' | b'\t' => {}
            _ => break,
        }
        at += 1;
    }
    (at, count)
}

/// Behind the escape sequence at `at`, and the length of what it stands for (YAML 1.2, 5.7).
fn escape(source: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = source.as_bytes();
    let hexadecimal =
        |digits: usize, at: usize| u32::from_str_radix(source.get(at + 2..at + 2 + digits)?, 16).ok();
    let coded = |digits: usize| {
        let code = hexadecimal(digits, at)?;
        if (0xD800..0xDC00).contains(&code) && digits == 4 {
            // A surrogate pair, as JSON writes characters beyond the first plane.
            return Some((at + 12, 4));
        }
        Some((at + 2 + digits, char::from_u32(code)?.len_utf8()))
    };
    match bytes.get(at + 1)? {
        b'x' => coded(2),
        b'u' => coded(4),
        b'U' => coded(8),
        b'N' | b'_' => Some((at + 2, 2)),
        b'L' | b'P' => Some((at + 2, 3)),
        b'\n' | b'\r' => {
            // An escaped break stands for nothing; further breaks count each.
            let (to, count) = breaks(bytes, at + 1);
            Some((to, count - 1))
        }
        b' ' | b'\t' | b'"' | b'/' | b'\\' | b'0' | b'a' | b'b' | b't' | b'n' | b'v' | b'f' | b'r' | b'e' => {
            Some((at + 2, 1))
        }
        _ => None,
    }
}

/// Block scalars: each line behind its indent is a run, so are the breaks up to the next line.
fn block(source: &str, range: Range<usize>, decoded: &str) -> Option<Vec<Run>> {
    let line = source.get(..range.start)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let indent = range.start - line;
    let mut runs = Vec::new();
    let mut rest = decoded;
    let mut at = range.start;
    // Empty lines before the first one with text.
    let leading = rest.len() - rest.trim_start_matches('\n').len();
    if leading > 0 {
        let first = start_of_lines(source, line, leading);
        runs.push(Run { length: leading, range: first..line });
        rest = &rest[leading..];
    }
    loop {
        let tail = source.get(at..)?;
        let end = tail.find(['\n', '\r']).unwrap_or(tail.len());
        let content = &tail[..end];
        rest = rest.strip_prefix(content)?;
        runs.push(Run { length: content.len(), range: at..at + end });
        let here = at + end;
        if rest.trim_start_matches('\n').is_empty() {
            // The last line's break and, with `|+`, the empty lines behind it.
            let behind = here + source.get(here..)?.len().min(break_length(source, here));
            if !rest.is_empty() {
                runs.push(Run { length: rest.len(), range: here..behind });
            }
            return Some(runs);
        }
        // Lines up to the next one that holds more than its indent.
        let mut next = here + break_length(source, here);
        let mut lines = 1;
        let text = loop {
            if next >= source.len() {
                return None;
            }
            let line = &source[next..];
            let blanks = line.len() - line.trim_start_matches(' ').len();
            if line[blanks..].starts_with(['\n', '\r']) && blanks <= indent {
                next += blanks + break_length(source, next + blanks);
                lines += 1;
                continue;
            }
            break next + indent.min(blanks);
        };
        // A fold joins lines with a space, or leaves one break out (YAML 1.2, 8.1.3).
        let breaks = rest.len() - rest.trim_start_matches('\n').len();
        let length = match breaks {
            0 if rest.starts_with(' ') && lines == 1 => 1,
            0 => return None,
            _ => breaks.min(lines),
        };
        rest = &rest[length..];
        match break_length(source, here) {
            // A break as written, so that the line and its break map byte by byte.
            1 if length == 1 && lines == 1 => runs.push(Run { length, range: here..here + 1 }),
            _ => runs.push(Run { length, range: here..text }),
        }
        at = text;
    }
}

fn break_length(source: &str, at: usize) -> usize {
    match source.as_bytes().get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The start of the line that is `count` lines above the one that starts at `line`.
fn start_of_lines(source: &str, line: usize, count: usize) -> usize {
    let above = source[..line].trim_end_matches(['\r', '\n', ' ']).len();
    let first = source[above..line].find('\n').map_or(line, |at| above + at + 1);
    let mut start = line;
    for _ in 0..count {
        if start <= first {
            break;
        }
        start = source[first..start - 1].rfind('\n').map_or(first, |at| first + at + 1);
    }
    start
}
