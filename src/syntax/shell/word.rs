//! One word: its quotes, escapes and expansions (XCU 2.2 and 2.6).

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;

use super::Word;
use super::matching::{self, Matched};
use crate::source::{Piece, Sources, Text};

/// A word as it was scanned.
pub(super) struct Scanned {
    /// The word as written.
    pub(super) range: Range<usize>,
    /// The runs of it that make up its text.
    runs: Vec<Range<usize>>,
    /// The bytes of the commands in its substitutions.
    pub(super) scripts: Vec<Range<usize>>,
    pub(super) literal: bool,
    pub(super) quoted: bool,
}

impl Scanned {
    /// A literal word taken as it stands.
    pub(super) fn plain(range: Range<usize>) -> Self {
        Scanned { range: range.clone(), runs: vec![range], scripts: Vec::new(), literal: true, quoted: false }
    }

    /// A word that is all expansion, taken as it stands, with the commands in it.
    pub(super) fn expanded(range: Range<usize>, scripts: Vec<Range<usize>>) -> Self {
        Scanned { scripts, literal: false, ..Scanned::plain(range) }
    }

    pub(super) fn word<'s>(&self, text: &Text<'s>, sources: &'s Sources) -> Word<'s> {
        let content = match self.runs.as_slice() {
            [] if self.quoted => text.part(self.range.start + 1..self.range.start + 1),
            [] => text.part(self.range.start..self.range.start),
            [run] => text.part(run.clone()),
            runs => joined(text, runs, sources),
        };
        Word { text: content, span: text.span(self.range.clone()), literal: self.literal }
    }
}

/// The runs put together. A run may itself lie in pieces, so places are taken character by character.
fn joined<'s>(text: &Text<'s>, runs: &[Range<usize>], sources: &'s Sources) -> Text<'s> {
    let mut content = String::new();
    let mut pieces: Vec<Piece> = Vec::new();
    for run in runs {
        let characters = text.as_str().get(run.clone()).unwrap_or_default();
        for (offset, character) in characters.char_indices() {
            let length = character.len_utf8();
            let span = text.span(run.start + offset..run.start + offset + length);
            let at = u32::try_from(content.len()).unwrap_or(u32::MAX);
            content.push(character);
            let verbatim = span.range().len() == length;
            match pieces.last_mut() {
                Some(last) if verbatim && last.end == span.start && last.end - last.start == at - last.at => {
                    last.end = span.end;
                }
                _ => pieces.push(Piece { at, start: span.start, end: span.end }),
            }
        }
    }
    Text::pieced(text.file(), sources.keep(Cow::Owned(content)), pieces)
}

/// Takes words from a text. It remembers which quotes have turned out to be open, so that many of them
/// cost no more than one.
pub(super) struct Scanner<'t> {
    bytes: &'t [u8],
    /// Whether no `'`, no `"` closes from here on: then one counts as a character.
    open_single: bool,
    open_double: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(content: &'t str) -> Self {
        Scanner { bytes: content.as_bytes(), open_single: false, open_double: false }
    }

    /// Takes the word that starts at `start`; it may be empty.
    pub(super) fn word(&mut self, start: usize) -> Scanned {
        let mut word = Building::new(self.bytes, start);
        while let Some(byte) = word.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                b'\\' => word.escape(),
                b'\'' if self.single(&mut word, 1) => {}
                b'"' if self.double(&mut word, 1) => {}
                b'$' if word.peek(1) == Some(b'\'') && self.single(&mut word, 2) => {}
                b'$' if word.peek(1) == Some(b'"') && self.double(&mut word, 2) => {}
                b'$' | b'`' => word.expansion(),
                b'*' | b'?' | b'[' => {
                    word.pattern |= byte != b'[' || word.at > start;
                    word.take(1);
                }
                b'~' if word.at == start => {
                    word.literal = false;
                    word.take(1);
                }
                b'{' | b',' | b'}' | b'.' => word.brace(byte),
                _ => word.take(1),
            }
        }
        word.finish()
    }

    /// Takes `'…'`, or `$'…'` where the mark is two bytes long; nothing where it is never closed.
    fn single(&mut self, word: &mut Building<'_>, mark: usize) -> bool {
        let from = word.at + mark;
        let ansi = mark == 2;
        if self.open_single {
            return false;
        }
        let close =
            if ansi { self.ansi_end(from) } else { memchr(b'\'', &self.bytes[from..]).map(|at| from + at) };
        let Some(close) = close else {
            self.open_single = true;
            return false;
        };
        // The escapes of `$'…'` are not resolved.
        word.literal &= !ansi || memchr(b'\\', &self.bytes[from..close]).is_none();
        word.at = from;
        word.take(close - from);
        word.at += 1;
        word.quoted = true;
        true
    }

    fn ansi_end(&self, from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                b'\'' => return Some(at),
                _ => at += 1,
            }
        }
        None
    }

    /// Takes `"…"`; nothing where it is never closed.
    fn double(&mut self, word: &mut Building<'_>, mark: usize) -> bool {
        if self.open_double {
            return false;
        }
        let before = word.mark();
        word.at += mark;
        while let Some(byte) = word.peek(0) {
            match byte {
                b'"' => {
                    word.at += 1;
                    word.quoted = true;
                    return true;
                }
                b'\\' if matches!(word.peek(1), Some(b'$' | b'`' | b'"' | b'\\' | b'\n' | b'\r')) => {
                    word.escape();
                }
                b'$' | b'`' => word.expansion(),
                _ => word.take(1),
            }
        }
        self.open_double = true;
        word.reset(before);
        false
    }
}

/// A word that is being scanned.
struct Building<'t> {
    bytes: &'t [u8],
    start: usize,
    at: usize,
    runs: Vec<Range<usize>>,
    scripts: Vec<Range<usize>>,
    literal: bool,
    pattern: bool,
    quoted: bool,
    /// How far a brace expansion has come: its `{`, and a `,` or `..` behind it.
    brace: Option<bool>,
}

/// A state to go back to.
struct Mark {
    at: usize,
    runs: usize,
    last: Option<Range<usize>>,
    scripts: usize,
    literal: bool,
}

impl<'t> Building<'t> {
    fn new(bytes: &'t [u8], start: usize) -> Self {
        Building {
            bytes,
            start,
            at: start,
            runs: Vec::new(),
            scripts: Vec::new(),
            literal: true,
            pattern: false,
            quoted: false,
            brace: None,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn mark(&self) -> Mark {
        Mark {
            at: self.at,
            runs: self.runs.len(),
            last: self.runs.last().cloned(),
            scripts: self.scripts.len(),
            literal: self.literal,
        }
    }

    fn reset(&mut self, mark: Mark) {
        self.at = mark.at;
        self.runs.truncate(mark.runs);
        if let (Some(run), Some(last)) = (self.runs.last_mut(), mark.last) {
            *run = last;
        }
        self.scripts.truncate(mark.scripts);
        self.literal = mark.literal;
    }

    /// Takes bytes into the text as they are.
    fn take(&mut self, length: usize) {
        let end = (self.at + length).min(self.bytes.len());
        match self.runs.last_mut() {
            Some(run) if run.end == self.at => run.end = end,
            _ if end > self.at => self.runs.push(self.at..end),
            _ => {}
        }
        self.at = end;
    }

    /// Takes a backslash and what it escapes; with a line break it vanishes.
    fn escape(&mut self) {
        self.at += 1;
        match (self.peek(0), self.peek(1)) {
            (Some(b'\n'), _) => self.at += 1,
            (Some(b'\r'), Some(b'\n')) => self.at += 2,
            (Some(_), _) => self.take(1),
            (None, _) => {}
        }
    }

    /// Takes what starts with `$` or a backtick, as it is written.
    fn expansion(&mut self) {
        let inside = self.at + 2;
        match (self.peek(0), self.peek(1)) {
            (Some(b'`'), _) => {
                let matched = matching::backtick(self.bytes, self.at + 1);
                self.substitution(matched);
            }
            (_, Some(b'(')) => {
                let matched = matching::parenthesis(self.bytes, inside);
                self.substitution(matched);
            }
            (_, Some(b'{')) => {
                let matched = matching::parameter(self.bytes, inside);
                self.scripts.extend(matched.scripts);
                self.literal = false;
                self.take(matched.end - self.at);
            }
            (_, Some(next)) => {
                let special = next.is_ascii_alphanumeric() || b"_@*#?$!-".contains(&next);
                self.literal &= !special;
                self.take(if special { 2 } else { 1 });
            }
            _ => self.take(1),
        }
    }

    fn substitution(&mut self, matched: Matched) {
        let inside = &self.bytes[matched.inside.clone()];
        // `$((…))` is arithmetic, whose own substitutions are all it runs.
        if self.peek(0) == Some(b'$') && inside.starts_with(b"(") && inside.ends_with(b")") {
            self.scripts.extend(matched.scripts);
        } else {
            self.scripts.push(matched.inside);
        }
        self.literal = false;
        self.take(matched.end - self.at);
    }

    fn brace(&mut self, byte: u8) {
        match (byte, self.brace) {
            (b'{', _) => self.brace = Some(false),
            (b',', Some(_)) => self.brace = Some(true),
            (b'.', Some(_)) if self.peek(1) == Some(b'.') => self.brace = Some(true),
            (b'}', Some(true)) => self.literal = false,
            (b'}', _) => self.brace = None,
            _ => {}
        }
        self.take(1);
    }

    fn finish(self) -> Scanned {
        // `[` and `[[` are programs.
        let pattern = self.pattern && &self.bytes[self.start..self.at] != b"[[";
        Scanned {
            range: self.start..self.at,
            runs: self.runs,
            scripts: self.scripts,
            literal: self.literal && !pattern,
            quoted: self.quoted,
        }
    }
}
