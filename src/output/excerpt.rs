//! The lines of a file around some places, as a frame of the text output shows them. Only these lines are
//! copied, masked and made plain, and the file's own index of lines finds them, so a frame costs the same in
//! a file of any length.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Report;
use crate::source::{Source, SourceId, Span};

/// How many lines are shown before and behind a place.
pub(super) const CONTEXT: usize = 1;
/// A place of more lines shows its first line alone.
const MOST_LINES: usize = 6;
/// A line of more bytes shows those around a place.
const MOST_BYTES: usize = 400;
/// How many of these stand before the place.
const BYTES_BEFORE: usize = 120;

/// Lines of a file, each ended by a line feed, in their order.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// Its number in the file, from 1.
    number: usize,
    /// Where it starts in the excerpt.
    start: usize,
    /// How many characters of it are not shown at its start, less the one that says so.
    skipped: usize,
}

impl Excerpt {
    /// The lines around these places of a file.
    pub(super) fn new(report: &Report<'_, '_>, file: SourceId, places: &[Span]) -> Self {
        let source = report.sources.file(file);
        // The lines to show, each with the byte that must be seen if not all can be.
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        for place in places {
            let shown = cut(source, *place);
            let (first, last) = (source.line_of(offset(shown.start)), line_of_end(source, &shown));
            let around = first.saturating_sub(CONTEXT).max(1)..=(last + CONTEXT).min(source.line_count());
            wanted.extend(around.map(|line| {
                let start = source.line_range(line).start;
                (line, if line == first { shown.start } else { start })
            }));
            wanted.push((first, shown.start));
        }
        // Of two bytes of a line, that of a place lies behind the line's start.
        wanted.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        wanted.dedup_by_key(|(line, _)| *line);
        let mut excerpt =
            Excerpt { name: report.path(file), text: String::new(), lines: Vec::with_capacity(wanted.len()) };
        for (number, seen) in wanted {
            excerpt.push(report, file, number, seen);
        }
        excerpt
    }

    fn push(&mut self, report: &Report<'_, '_>, file: SourceId, number: usize, seen: usize) {
        let source = report.sources.file(file);
        let line = source.line_range(number);
        let window = window(source.text(), &line, seen);
        let before = source.text().get(line.start..window.start).unwrap_or_default();
        self.lines.push(Line {
            number,
            start: self.text.len(),
            skipped: before.chars().count().saturating_sub(1),
        });
        if !before.is_empty() {
            self.text.push('…');
        }
        self.text.push_str(&report.show(file, window.clone()));
        if window.end < line.end {
            self.text.push('…');
        }
        self.text.push('\n');
    }

    /// Where a place of the file lies in the excerpt.
    pub(super) fn find(&self, source: &Source, place: Span) -> SourceSpan {
        let shown = cut(source, place);
        let start = self.at(source, shown.start);
        let end = self.at(source, shown.end).max(start);
        (start, end - start).into()
    }

    fn at(&self, source: &Source, byte: usize) -> usize {
        let position = source.position(offset(byte));
        let Ok(index) = self.lines.binary_search_by_key(&position.line, |line| line.number) else {
            return self.text.len();
        };
        let Some(line) = self.lines.get(index) else { return self.text.len() };
        let text = self.text.get(self.bytes(index, index)).unwrap_or_default().trim_end_matches('\n');
        let column = (position.column - 1).saturating_sub(line.skipped);
        line.start + text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
    }

    /// The bytes of some lines.
    fn bytes(&self, first: usize, last: usize) -> Range<usize> {
        let start = |index: usize| self.lines.get(index).map_or(self.text.len(), |line| line.start);
        start(first)..start(last + 1)
    }

    /// The index of the line that holds this byte.
    fn line_at(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.start <= byte).saturating_sub(1)
    }

    /// Whether a line follows the one before it in the file too.
    fn follows(&self, index: usize) -> bool {
        match (index.checked_sub(1).and_then(|before| self.lines.get(before)), self.lines.get(index)) {
            (Some(before), Some(line)) => before.number + 1 == line.number,
            _ => false,
        }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let here = self.line_at(start);
        let line = self.lines.get(here).ok_or(MietteError::OutOfBounds)?;
        let (mut first, mut last) = (here, self.line_at(end.saturating_sub(1).max(start)));
        while here - first < before && self.follows(first) {
            first -= 1;
        }
        let end_line = last;
        while last - end_line < after && self.follows(last + 1) {
            last += 1;
        }
        let bytes = self.bytes(first, last);
        let shown = (bytes.start, bytes.len()).into();
        let data = self.text.get(bytes).ok_or(MietteError::OutOfBounds)?.as_bytes();
        let column = self.text.get(line.start..start).unwrap_or_default().chars().count() + line.skipped;
        let number = self.lines.get(first).map_or(line.number, |line| line.number) - 1;
        let count = last - first + 1;
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, shown, number, column, count)))
    }
}

/// The part of a place that is underlined: no line break at its end, and not too many lines.
fn cut(source: &Source, place: Span) -> Range<usize> {
    let range = place.range();
    let text = source.text().get(range.clone()).unwrap_or_default();
    let end = range.start + text.trim_end_matches(['\n', '\r']).len();
    let first = source.line_of(place.start);
    if line_of_end(source, &(range.start..end)) < first + MOST_LINES {
        return range.start..end;
    }
    range.start..source.line_range(first).end.max(range.start)
}

fn line_of_end(source: &Source, range: &Range<usize>) -> usize {
    source.line_of(offset(range.end.saturating_sub(1).max(range.start)))
}

/// The part of a line that is shown.
fn window(text: &str, line: &Range<usize>, seen: usize) -> Range<usize> {
    if line.len() <= MOST_BYTES {
        return line.clone();
    }
    let start = text.floor_char_boundary(seen.saturating_sub(BYTES_BEFORE).max(line.start));
    start..text.floor_char_boundary((start + MOST_BYTES).min(line.end))
}

/// Offsets in files fit, since larger files are refused.
fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::Sample;
    use proptest::prelude::*;

    /// What an excerpt says of one place: its lines, line, column, and the underlined text.
    fn excerpt(text: &str, range: Range<usize>) -> (String, usize, usize, String) {
        let mut sample = Sample::default();
        let file = sample.file("a", text);
        let place = sample.sources.text(file).span(range);
        let report = sample.report();
        let excerpt = Excerpt::new(&report, file, &[place]);
        let span = excerpt.find(report.sources.file(file), place);
        let at = excerpt.read_span(&span, CONTEXT, CONTEXT).unwrap();
        let data = String::from_utf8(at.data().to_vec()).unwrap();
        let marked = excerpt.text.get(span.offset()..span.offset() + span.len()).unwrap().to_owned();
        (data, at.line() + 1, at.column() + 1, marked)
    }

    #[test]
    fn the_lines_around_a_place_are_shown() {
        assert_eq!(excerpt("a\nb\ncc d\ne\nf\n", 7..8), ("b\ncc d\ne\n".into(), 2, 4, "d".into()));
        assert_eq!(excerpt("a", 0..1), ("a\n".into(), 1, 1, "a".into()));
        assert_eq!(excerpt("", 0..0), ("\n".into(), 1, 1, String::new()));
        assert_eq!(excerpt("a\r\n\r\nb", 0..5), ("a\n\n".into(), 1, 1, "a".into()));
    }

    #[test]
    fn a_long_line_shows_what_is_around_the_place() {
        let text = format!("{}é{}", "x".repeat(5000), "y".repeat(5000));
        let (shown, line, column, marked) = excerpt(&text, 5000..5002);
        assert_eq!((line, column, marked.as_str()), (1, 5001, "é"));
        assert!(shown.starts_with("…x") && shown.ends_with("y…\n") && shown.len() < 500, "{shown}");
    }

    #[test]
    fn a_place_of_many_lines_shows_its_first() {
        assert_eq!(excerpt("k: 1\n2\n3\n4\n5\n6\n7\n8\n", 3..16), ("k: 1\n2\n".into(), 1, 4, "1".into()));
    }

    proptest! {
        #[test]
        fn every_place_of_every_text_is_found(text in "[a\u{e9}\u{1b}\r\n\t ]{0,60}", a in 0usize..60, b in 0usize..60) {
            let (a, b) = (text.floor_char_boundary(a), text.floor_char_boundary(b));
            let (start, end) = (a.min(b), a.max(b));
            let mut sample = Sample::default();
            let file = sample.file("a", &text);
            let place = sample.sources.text(file).span(start..end);
            let at = sample.sources.file(file).position(place.start);
            let (_, _, column, _) = excerpt(&text, start..end);
            prop_assert!(column <= at.column);
        }
    }
}
