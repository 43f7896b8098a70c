//! Files, places in them, and text that remembers where it came from.
//!
//! This is the only module that knows lines and columns. Everything else works with [`Span`]s: byte
//! ranges made in `syntax/` and carried unchanged to the outputs.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes of a file share one entry in the index of its columns.
const BLOCK: usize = 4096;

/// The memory, in bytes, that the texts put together for one file may take up at least; a large file may
/// use several times its own size.
const GROWTH: usize = 4 << 20;

/// The number of a file within one run. Numbers are given in the order of reading, which differs from
/// run to run; anything shown to a person is sorted by path instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(u32);

/// A byte range in one file: `start` is inside, `end` is not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Span {
    /// The file.
    pub file: SourceId,
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span from the start of `self` to the end of `last`. Both must lie in the same file; where they
    /// don't, `self` is kept.
    #[must_use]
    pub fn to(self, last: Span) -> Span {
        if self.file == last.file && last.end >= self.start { Span { end: last.end, ..self } } else { self }
    }

    /// The empty span at the start of `self`.
    #[must_use]
    pub fn head(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// Whether `other` lies within `self`.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The byte range within the file.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both counted from 1; columns count Unicode code points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in code points, from 1.
    pub column: usize,
}

/// One file: its path as shown to people, its text and its line starts.
#[derive(Debug)]
pub struct Source {
    path: String,
    text: String,
    lines: OnceLock<Vec<u32>>,
    /// The characters before each block, so that a place in a very long line is found without a walk to it.
    columns: OnceLock<Vec<usize>>,
    grown: AtomicUsize,
    /// Where it stands, if it is a block of a document.
    block: Option<Block>,
}

/// Where the lines of a block stand in its document.
#[derive(Debug)]
struct Block {
    document: SourceId,
    /// Where each line starts in the block, and where in the document. Both grow.
    lines: Vec<(u32, u32)>,
}

impl Source {
    fn new(path: String, text: String, block: Option<Block>) -> Self {
        let (lines, columns) = (OnceLock::new(), OnceLock::new());
        Source { path, text, lines, columns, grown: AtomicUsize::new(0), block }
    }

    /// Whether there is still room for as many bytes made of this file's values. Variables that hold
    /// variables multiply; a file that asks for too much is taken as it is written from there on.
    pub(crate) fn grow(&self, bytes: usize) -> bool {
        let room = GROWTH + 4 * self.text.len();
        self.grown.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= room
    }

    /// The path relative to the folder of the run, with `/` between its parts.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text. A byte order mark at the start is part of it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            // Files over 4 GiB are refused before they get here.
            std::iter::once(0).chain(ends.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX))).collect()
        })
    }

    /// The number of lines; a file that ends in a newline has no further, empty line.
    #[must_use]
    pub fn line_count(&self) -> usize {
        let lines = self.lines();
        let trailing = lines.last().is_some_and(|&start| start as usize == self.text.len());
        lines.len() - usize::from(trailing && lines.len() > 1)
    }

    /// The number of the line, from 1, that holds this byte.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.lines().partition_point(|&start| start <= offset).max(1)
    }

    /// The place of a byte.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.line_range(line).start;
        let offset = (offset as usize).min(self.text.len());
        let characters = match self.text.as_bytes().get(start..offset) {
            Some(before) if before.len() <= BLOCK => count(before),
            _ => self.characters(offset).saturating_sub(self.characters(start)),
        };
        Position { line, column: characters + 1 }
    }

    /// How many characters start before a byte.
    fn characters(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blocks = self.columns.get_or_init(|| {
            let starts = bytes.chunks(BLOCK).scan(0, |before, block| {
                let start = *before;
                *before += count(block);
                Some(start)
            });
            starts.collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        let rest = bytes.get(block * BLOCK..offset).unwrap_or_default();
        blocks.get(block).copied().unwrap_or(0) + count(rest)
    }

    /// The byte range of a line (from 1) without its line break.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let lines = self.lines();
        let start = lines.get(line.saturating_sub(1)).map_or(self.text.len(), |&at| at as usize);
        let end = lines.get(line).map_or(self.text.len(), |&next| next as usize);
        let text = self.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end_matches('\n').trim_end_matches('\r').len()
    }

    /// The text of a line (from 1) without its line break.
    #[must_use]
    pub fn line_text(&self, line: usize) -> &str {
        self.text.get(self.line_range(line)).unwrap_or_default()
    }
}

/// How many characters start among these bytes of UTF-8.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count()
}

/// All files of a run, and the texts decoded from them. It only grows, from any thread, so whatever was
/// read from a file borrows from here for the whole run.
#[derive(Default)]
pub struct Sources {
    files: boxcar::Vec<Source>,
    decoded: boxcar::Vec<Box<str>>,
}

impl Sources {
    /// Takes in a file.
    pub fn add(&self, path: String, text: String) -> SourceId {
        self.push(Source::new(path, text, None))
    }

    /// Takes in a block of a document as a file of its own: what stands in these ranges of the document, one
    /// behind the other. The ranges follow one another, each from within a line to the end of that line.
    pub fn add_block(&self, path: String, document: SourceId, ranges: &[Range<usize>]) -> SourceId {
        let whole = self.file(document).text();
        let mut text = String::with_capacity(ranges.iter().map(ExactSizeIterator::len).sum());
        let mut lines = Vec::with_capacity(ranges.len());
        for range in ranges {
            lines.push((offset(text.len()), offset(range.start)));
            text.push_str(whole.get(range.clone()).unwrap_or_default());
        }
        self.push(Source::new(path, text, Some(Block { document, lines })))
    }

    fn push(&self, source: Source) -> SourceId {
        let index = self.files.push(source);
        SourceId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Whether a file is a block of a document.
    #[must_use]
    pub fn is_block(&self, file: SourceId) -> bool {
        self.file(file).block.is_some()
    }

    /// Where a place stands for those who read the files: for one in a block, its place in the document.
    #[must_use]
    pub fn shown(&self, span: Span) -> Span {
        let file = self.file(span.file);
        let Some(block) = &file.block else { return span };
        let length = offset(file.text.len());
        let at = |byte: u32| {
            let behind = block.lines.partition_point(|(start, _)| *start <= byte);
            let line = behind.checked_sub(1).and_then(|line| block.lines.get(line));
            line.map_or(0, |(start, stands)| byte - start + stands)
        };
        let (start, end) = (span.start.min(length), span.end.min(length));
        // The end of a line stands before the indentation of the next.
        let last = if end > start { at(end - 1) + 1 } else { at(start) };
        Span { file: block.document, start: at(start), end: last }
    }

    /// The file of a number. Numbers come from [`Sources::add`] alone, so there always is one.
    ///
    /// # Panics
    /// Where the number comes from another run.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "numbers are given by `add` alone")]
    pub fn file(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// The bytes of a span, or nothing where it doesn't lie on character boundaries.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or_default()
    }

    /// Keeps a text for the whole run; what is borrowed already costs nothing.
    pub fn keep<'s>(&'s self, text: Cow<'s, str>) -> &'s str {
        match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                let index = self.decoded.push(text.into_boxed_str());
                self.decoded.get(index).map_or("", AsRef::as_ref)
            }
        }
    }

    /// The whole text of a file, to be parsed.
    #[must_use]
    pub fn text(&self, id: SourceId) -> Text<'_> {
        Text { file: id, content: self.file(id).text(), origin: Origin::Shifted(0) }
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.files.iter().map(|(_, file)| &file.path)).finish()
    }
}

/// A text together with the way back to the bytes of the file it came from. Every parser reads one, so an
/// nginx.conf inside a ConfigMap's block scalar is as good as a file.
#[derive(Clone, Debug)]
pub struct Text<'s> {
    file: SourceId,
    content: &'s str,
    origin: Origin<'s>,
}

#[derive(Clone, Debug)]
enum Origin<'s> {
    /// The text stands in the file as it is, this many bytes from its start.
    Shifted(u32),
    /// The text is put together; pieces are sorted and cover it without gaps.
    Pieced(Vec<Piece>),
    /// The text was decoded as a whole (base64), so each part of it lies on the whole range.
    Whole(u32, u32),
    /// Texts one behind the other, maybe from several files (an interpolated value); each starts at the
    /// byte given with it.
    Joined(Vec<(u32, Text<'s>)>),
}

/// A run of a pieced text: from byte `at` of the text on, until the next piece.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where the run starts in the text.
    pub at: u32,
    /// Where it starts in the file.
    pub start: u32,
    /// Where it ends in the file. A run that is as long in the file as in the text maps byte by byte, any
    /// other (an escape sequence) maps as a whole.
    pub end: u32,
}

impl<'s> Text<'s> {
    /// A text put together from pieces of a file.
    #[must_use]
    pub fn pieced(file: SourceId, content: &'s str, pieces: Vec<Piece>) -> Self {
        Text { file, content, origin: Origin::Pieced(pieces) }
    }

    /// A text that stands in the file at `span`, byte by byte.
    #[must_use]
    pub fn verbatim(span: Span, content: &'s str) -> Self {
        Text { file: span.file, content, origin: Origin::Shifted(span.start) }
    }

    /// A text that was decoded from the bytes at `span` in a way that keeps no finer places.
    #[must_use]
    pub fn decoded(span: Span, content: &'s str) -> Self {
        Text { file: span.file, content, origin: Origin::Whole(span.start, span.end) }
    }

    /// Texts one behind the other as one text, whatever files they come from. A range that crosses from
    /// one file into another is placed in the first.
    #[must_use]
    pub fn joined(parts: &[Text<'s>], sources: &'s Sources) -> Self {
        match parts {
            [one] => one.clone(),
            [first, ..] => {
                let content: String = parts.iter().map(|part| part.content).collect();
                let mut at = 0;
                let mut starts = Vec::with_capacity(parts.len());
                for part in parts {
                    match &part.origin {
                        // Flat, so that values of values of values don't nest.
                        Origin::Joined(inner) => {
                            starts.extend(inner.iter().map(|(start, part)| (at + start, part.clone())));
                        }
                        _ => starts.push((at, part.clone())),
                    }
                    at += offset(part.content.len());
                }
                let origin = Origin::Joined(starts);
                Text { file: first.file, content: sources.keep(Cow::Owned(content)), origin }
            }
            [] => Text { file: SourceId(0), content: "", origin: Origin::Shifted(0) },
        }
    }

    /// Of how many texts it was put together.
    pub(crate) fn count_parts(&self) -> usize {
        match &self.origin {
            Origin::Joined(parts) => parts.len(),
            _ => 1,
        }
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &'s str {
        self.content
    }

    /// The file behind the text.
    #[must_use]
    pub fn file(&self) -> SourceId {
        self.file
    }

    /// The place in the file of a byte range of this text.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let (start, end) = match &self.origin {
            Origin::Joined(parts) => return joined(parts, &range, self.file),
            Origin::Shifted(by) => (offset(range.start) + by, offset(range.end) + by),
            Origin::Whole(start, end) => (*start, *end),
            Origin::Pieced(pieces) => {
                pieced(pieces, offset(self.content.len()), offset(range.start), offset(range.end))
            }
        };
        Span { file: self.file, start, end: end.max(start) }
    }

    /// The places of a byte range of this text: one, or for a joined text one a part.
    #[must_use]
    pub fn spans(&self, range: Range<usize>) -> Vec<Span> {
        match &self.origin {
            Origin::Joined(parts) => parts_of(parts, &range)
                .iter()
                .flat_map(|(_, part)| part.spans(0..part.content.len()))
                .collect(),
            _ => vec![self.span(range)],
        }
    }

    /// A part of this text, as a text of its own.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Text<'s> {
        let content = self.content.get(range.clone()).unwrap_or_default();
        let origin = match &self.origin {
            Origin::Shifted(by) => Origin::Shifted(by + offset(range.start)),
            Origin::Whole(start, end) => Origin::Whole(*start, *end),
            Origin::Joined(parts) => Origin::Joined(parts_of(parts, &range)),
            Origin::Pieced(pieces) => {
                let length = offset(self.content.len());
                Origin::Pieced(part_of(pieces, length, offset(range.start), offset(range.end)))
            }
        };
        Text { file: self.file, content, origin }
    }

    /// The runs that make up this text, in order; a text that stands in the file as it is has one. Those of
    /// a joined text lie in the file of their part.
    #[must_use]
    pub fn pieces(&self) -> Cow<'_, [Piece]> {
        let one = |start, end| Cow::Owned(vec![Piece { at: 0, start, end }]);
        match &self.origin {
            Origin::Shifted(by) => one(*by, by + offset(self.content.len())),
            Origin::Whole(start, end) => one(*start, *end),
            Origin::Pieced(pieces) => Cow::Borrowed(pieces),
            Origin::Joined(parts) => {
                let shifted = parts.iter().flat_map(|(at, part)| {
                    part.pieces()
                        .into_owned()
                        .into_iter()
                        .map(move |piece| Piece { at: piece.at + at, ..piece })
                });
                Cow::Owned(shifted.collect())
            }
        }
    }
}

/// A byte offset as stored in spans; files are refused far below 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The parts of a joined text from the one of a number on, with their byte ranges in it.
fn ranges<'p, 's>(
    parts: &'p [(u32, Text<'s>)],
    first: usize,
) -> impl Iterator<Item = (Range<usize>, &'p Text<'s>)> {
    parts.iter().skip(first).map(|(at, part)| (*at as usize..*at as usize + part.content.len(), part))
}

fn joined(parts: &[(u32, Text<'_>)], range: &Range<usize>, file: SourceId) -> Span {
    let first = parts.partition_point(|(start, _)| (*start as usize) < range.start).saturating_sub(1);
    let mut touched = ranges(parts, first)
        .take_while(|(whole, _)| whole.start <= range.end)
        .filter(|(whole, _)| {
            whole.start < range.end && range.start < whole.end
                || range.is_empty() && whole.start <= range.start && range.start <= whole.end
        })
        .map(|(whole, part)| {
            let start = range.start.saturating_sub(whole.start);
            part.span(start..range.end.min(whole.end).saturating_sub(whole.start).max(start))
        });
    match touched.next() {
        // What stands between two parts of the text's own file belongs together; two values don't.
        Some(first) => touched.fold(first, |place, next| {
            if place.file == file || place.end == next.start { place.to(next) } else { place }
        }),
        None => Span { file, start: 0, end: 0 },
    }
}

fn parts_of<'s>(parts: &[(u32, Text<'s>)], range: &Range<usize>) -> Vec<(u32, Text<'s>)> {
    let first = parts.partition_point(|(start, _)| (*start as usize) <= range.start).saturating_sub(1);
    ranges(parts, first)
        .take_while(|(whole, _)| whole.start < range.end)
        .filter(|(whole, _)| whole.start < range.end && range.start < whole.end)
        .map(|(whole, part)| {
            let start = range.start.max(whole.start);
            let end = range.end.min(whole.end);
            (offset(start - range.start), part.part(start - whole.start..end - whole.start))
        })
        .collect()
}

fn pieced(pieces: &[Piece], total: u32, start: u32, end: u32) -> (u32, u32) {
    // Nothing stands where the byte before it ends: what was taken out behind it is no part of it.
    if start == end && start > 0 {
        let (_, file_end) = pieced(pieces, total, start - 1, start);
        return (file_end, file_end);
    }
    let first = piece_at(pieces, total, start);
    // The end belongs to the piece of the byte before it.
    let last = if end > start { piece_at(pieces, total, end - 1) } else { first };
    let linear = |piece: Piece, length| piece.end - piece.start == length;
    let file_start = first.map_or(0, |(piece, length)| {
        let skipped = if linear(piece, length) { (start - piece.at).min(length) } else { 0 };
        piece.start + skipped
    });
    let file_end = last.map_or(file_start, |(piece, length)| {
        if linear(piece, length) { piece.start + (end - piece.at).min(length) } else { piece.end }
    });
    (file_start, file_end)
}

/// The piece that holds a byte, and its length in the text, which is `total` bytes long.
fn piece_at(pieces: &[Piece], total: u32, at: u32) -> Option<(Piece, u32)> {
    let index = pieces.partition_point(|piece| piece.at <= at).saturating_sub(1);
    let piece = *pieces.get(index)?;
    let next = pieces.get(index + 1).map_or(total, |next| next.at);
    Some((piece, next.saturating_sub(piece.at)))
}

fn part_of(pieces: &[Piece], total: u32, start: u32, end: u32) -> Vec<Piece> {
    let first = pieces.partition_point(|piece| piece.at <= start).saturating_sub(1);
    pieces
        .iter()
        .skip(first)
        .take_while(|piece| piece.at < end.max(start + 1))
        .filter_map(|piece| {
            let (piece, length) = piece_at(pieces, total, piece.at)?;
            let at = piece.at.saturating_sub(start);
            if piece.end - piece.start != length {
                return Some(Piece { at, ..piece });
            }
            let skipped = start.saturating_sub(piece.at).min(length);
            let kept = end.saturating_sub(piece.at).clamp(skipped, length);
            Some(Piece { at, start: piece.start + skipped, end: piece.start + kept })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_block_is_shown_in_its_document() {
        let sources = Sources::default();
        let text = "- x\n  ```\n  a: 1\n  b: 2\n  ```\n";
        let document = sources.add("guide.md".into(), text.into());
        let block = sources.add_block("guide.md/a.yaml".into(), document, &[12..17, 19..24]);
        assert_eq!(sources.file(block).text(), "a: 1\nb: 2\n");
        let shown = |range: Range<usize>| {
            let span = sources.shown(sources.text(block).span(range));
            assert_eq!(span.file, document);
            sources.slice(span)
        };
        assert_eq!(shown(0..4), "a: 1");
        assert_eq!(shown(8..9), "2");
        assert_eq!(shown(0..5), "a: 1\n");
        assert_eq!(shown(3..9), "1\n  b: 2");
        assert_eq!(shown(5..5), "");
        let whole = Span { file: block, start: 0, end: u32::MAX };
        assert_eq!(sources.slice(sources.shown(whole)), "a: 1\n  b: 2\n");
        let own = sources.text(document).span(0..3);
        assert_eq!(sources.shown(own), own);
    }

    #[test]
    fn lines_and_columns_count_from_one_in_code_points() {
        let sources = Sources::default();
        let id = sources.add("a.env".into(), "A=é1\r\nB=2\n".into());
        let file = sources.file(id);
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(4), Position { line: 1, column: 4 });
        assert_eq!(file.position(7), Position { line: 2, column: 1 });
        assert_eq!(file.line_text(1), "A=é1");
        assert_eq!(file.line_count(), 2);
    }

    #[test]
    fn a_pieced_text_maps_back_to_its_file() {
        let sources = Sources::default();
        let id = sources.add("a.yaml".into(), "k: |\n  one\n  two\n".into());
        let content = "one\ntwo\n";
        let text = Text::pieced(
            id,
            content,
            vec![Piece { at: 0, start: 7, end: 11 }, Piece { at: 4, start: 13, end: 17 }],
        );
        assert_eq!(sources.slice(text.span(0..3)), "one");
        assert_eq!(sources.slice(text.span(4..7)), "two");
        assert_eq!(sources.slice(text.part(4..8).span(1..3)), "wo");
        assert_eq!(sources.slice(text.span(1..6)), "ne\n  tw");
    }

    #[test]
    fn a_joined_text_knows_each_part() {
        let sources = Sources::default();
        let compose = sources.add("compose.yaml".into(), "url: http://${HOST}/x".into());
        let env = sources.add(".env".into(), "HOST=db".into());
        let parts = [
            sources.text(compose).part(5..12),
            sources.text(env).part(5..7),
            sources.text(compose).part(19..21),
        ];
        let text = Text::joined(&parts, &sources);
        assert_eq!(text.as_str(), "http://db/x");
        assert_eq!(sources.slice(text.span(7..9)), "db");
        assert_eq!(text.span(7..9).file, env);
        assert_eq!(sources.slice(text.span(0..11)), "http://${HOST}/x");
        assert_eq!(sources.slice(text.part(7..11).span(2..4)), "/x");
    }

    #[test]
    fn an_escape_maps_as_a_whole() {
        let sources = Sources::default();
        let id = sources.add("a.yaml".into(), r#""a\x41b""#.into());
        let text = Text::pieced(
            id,
            "aAb",
            vec![
                Piece { at: 0, start: 1, end: 2 },
                Piece { at: 1, start: 2, end: 6 },
                Piece { at: 2, start: 6, end: 7 },
            ],
        );
        assert_eq!(sources.slice(text.span(1..2)), r"\x41");
        assert_eq!(sources.slice(text.span(1..1)), "");
        assert_eq!(sources.slice(text.span(2..3)), "b");
    }

    #[test]
    fn an_escape_at_the_end_maps_as_a_whole_too() {
        let sources = Sources::default();
        let id = sources.add("a.yaml".into(), r#""a\x41b""#.into());
        let pieces = vec![Piece { at: 0, start: 1, end: 2 }, Piece { at: 1, start: 2, end: 6 }];
        let text = Text::pieced(id, "aA", pieces);
        assert_eq!(sources.slice(text.span(1..2)), r"\x41");
        assert_eq!(sources.slice(text.part(1..2).span(0..1)), r"\x41");
    }
}
