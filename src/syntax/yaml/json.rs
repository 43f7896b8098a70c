//! What can still be read of JSON in which a bracket, a comma or a quote is missing: it is put in where the
//! indentation says that it was meant, in place of blanks, so that every byte keeps its place.

use std::ops::Range;
use std::sync::Arc;

use super::tree::{Marks, Shape};
use super::{Error, ErrorKind, Stream, build};
use crate::source::{Sources, Text};

/// How many mistakes of one text are mended.
const MOST_FAULTS: usize = 8;

/// Reads a text of JSON again, mended; nothing where it is no JSON, or can't be mended. What it holds may be
/// more than is seen.
pub(super) fn recover<'s>(
    text: &Arc<Text<'s>>,
    sources: &'s Sources,
    first: &Stream<'s>,
) -> Option<Stream<'s>> {
    let content = text.as_str();
    let start = content.trim_start();
    let inner = start.strip_prefix(['{', '[']).map(str::trim_start)?;
    if !inner.starts_with(['"', '{', '[']) || first.documents.len() > 1 && first.stops.is_empty() {
        return None;
    }
    [true, false].into_iter().find_map(|indented| {
        let (mended, faults) = Mender::new(content, indented).mend()?;
        let mended = sources.keep(mended.into());
        let mut stream = build::build(text, mended, sources, &[]);
        if !stream.stops.is_empty() || stream.documents.len() != 1 {
            return None;
        }
        let document = stream.documents.first_mut()?;
        let length = u32::try_from(content.len()).ok()?;
        document.broken = true;
        document.end = document.end.min(length);
        for slot in &mut document.slots {
            (slot.start, slot.end) = (slot.start.min(length), slot.end.min(length));
            if matches!(slot.shape, Shape::Sequence { .. } | Shape::Mapping { .. }) {
                slot.marks.set(Marks::OPEN);
            }
        }
        stream.errors = faults
            .into_iter()
            .map(|(range, message)| Error {
                span: text.span(range),
                kind: ErrorKind::Syntax,
                message: message.to_owned(),
            })
            .collect();
        Some(stream)
    })
}

/// A bracket that is open.
struct Open {
    at: usize,
    close: u8,
    line: usize,
    /// How far the line is indented on which it stands.
    indent: usize,
}

type Fault = (Range<usize>, &'static str);

struct Mender<'c> {
    content: &'c [u8],
    indented: bool,
    out: Vec<u8>,
    /// What was put in and hasn't found its blanks yet.
    pending: Vec<u8>,
    /// How many bytes of `out` up to its end are blanks that may be taken.
    gap: usize,
    open: Vec<Open>,
    line: usize,
    indent: usize,
    /// Whether a value has just ended.
    after_value: bool,
    faults: Vec<Fault>,
}

impl<'c> Mender<'c> {
    fn new(content: &'c str, indented: bool) -> Self {
        Mender {
            content: content.as_bytes(),
            indented,
            out: Vec::with_capacity(content.len()),
            pending: Vec::new(),
            gap: 0,
            open: Vec::new(),
            line: 0,
            indent: 0,
            after_value: false,
            faults: Vec::new(),
        }
    }

    fn mend(mut self) -> Option<(String, Vec<Fault>)> {
        let (mut at, mut fresh) = (0, true);
        while let Some(&byte) = self.content.get(at) {
            if byte.is_ascii_whitespace() {
                self.blank(byte);
                if byte == b'\n' {
                    (self.line, self.indent, fresh) = (self.line + 1, 0, true);
                } else if fresh {
                    self.indent += 1;
                }
                at += 1;
                continue;
            }
            if fresh && self.indented {
                self.begin_line(byte)?;
            }
            fresh = false;
            at = self.token(at, byte)?;
            if self.faults.len() > MOST_FAULTS {
                return None;
            }
        }
        while let Some(open) = self.open.pop() {
            self.close(&open)?;
        }
        self.out.append(&mut self.pending);
        let mended = String::from_utf8(self.out).ok()?;
        (!self.faults.is_empty()).then_some((mended, self.faults))
    }

    fn blank(&mut self, byte: u8) {
        if self.pending.is_empty() {
            self.out.push(byte);
            self.gap += 1;
        } else {
            let byte = self.pending.remove(0);
            self.out.push(byte);
        }
    }

    /// Puts a byte into the blanks just behind what was said, or else into the next ones.
    fn insert(&mut self, byte: u8) {
        if self.pending.is_empty() && self.gap > 0 {
            let at = self.out.len() - self.gap;
            self.out[at] = byte;
            self.gap -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn close(&mut self, open: &Open) -> Option<()> {
        self.faults.push((open.at..open.at + 1, "nothing closes this bracket"));
        self.insert(open.close);
        self.after_value = true;
        (self.faults.len() <= MOST_FAULTS).then_some(())
    }

    /// What was opened on an earlier line that is indented as far as this one should have been closed there.
    fn begin_line(&mut self, byte: u8) -> Option<()> {
        let closes = matches!(byte, b'}' | b']');
        while self.open.len() > 1
            && self.open.last().is_some_and(|open| {
                open.line < self.line && (open.indent > self.indent || open.indent == self.indent && !closes)
            })
        {
            let open = self.open.pop()?;
            self.close(&open)?;
        }
        Some(())
    }

    fn token(&mut self, at: usize, byte: u8) -> Option<usize> {
        match byte {
            b'}' | b']' => {
                while let Some(open) = self.open.pop_if(|open| open.close != byte) {
                    if !self.open.iter().any(|open| open.close == byte) {
                        // Nothing opens it.
                        self.open.push(open);
                        self.faults.push((at..at + 1, "nothing opens this bracket"));
                        self.blank(b' ');
                        return Some(at + 1);
                    }
                    self.close(&open)?;
                }
                self.open.pop()?;
                self.push(byte);
                self.after_value = true;
                Some(at + 1)
            }
            b',' | b':' => {
                self.push(byte);
                self.after_value = false;
                Some(at + 1)
            }
            _ => self.value(at, byte),
        }
    }

    fn push(&mut self, byte: u8) {
        if self.pending.is_empty() {
            self.out.push(byte);
        } else {
            self.pending.push(byte);
            let byte = self.pending.remove(0);
            self.out.push(byte);
        }
        self.gap = 0;
    }

    /// A bracket that opens, a string or a word.
    fn value(&mut self, at: usize, byte: u8) -> Option<usize> {
        if self.open.is_empty() && at > 0 && self.out.iter().any(|byte| !byte.is_ascii_whitespace()) {
            return None;
        }
        if self.after_value {
            if self.faults.last().is_none_or(|(_, message)| *message != "nothing closes this bracket") {
                let rest = self.content.get(at + 1..).unwrap_or_default();
                let tail = rest.iter().take_while(|byte| matches!(byte, 0x80..=0xBF)).count();
                self.faults.push((at..at + 1 + tail, "a comma is missing before this"));
            }
            self.insert(b',');
        }
        if !self.pending.is_empty() {
            return None;
        }
        self.after_value = false;
        if let Some(close) = match byte {
            b'{' => Some(b'}'),
            b'[' => Some(b']'),
            _ => None,
        } {
            self.open.push(Open { at, close, line: self.line, indent: self.indent });
            self.push(byte);
            return Some(at + 1);
        }
        let rest = &self.content[at..];
        let length = if byte == b'"' {
            match string(rest) {
                Ok(length) => length,
                Err(length) => {
                    self.faults.push((at..at + 1, "nothing closes this quote on its line"));
                    // An alias that leads nowhere stands for what isn't known.
                    self.out.push(b'*');
                    self.out
                        .extend(std::iter::repeat_n(b'_', length.checked_sub(1).filter(|name| *name > 0)?));
                    (self.gap, self.after_value) = (0, true);
                    return Some(at + length);
                }
            }
        } else {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:{}[]\"".contains(byte);
            rest.iter().position(ends).unwrap_or(rest.len())
        };
        self.out.extend(&rest[..length]);
        (self.gap, self.after_value) = (0, true);
        Some(at + length)
    }
}

/// The length of a string with its quotes; or of what stands on its line, without brackets and commas at its
/// end, where nothing closes it.
fn string(text: &[u8]) -> Result<usize, usize> {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return Ok(at + 1),
            b'\\' => at += 2,
            b'\n' | b'\r' => break,
            _ => at += 1,
        }
    }
    let line = &text[..at.min(text.len())];
    let kept = line.iter().rposition(|byte| !byte.is_ascii_whitespace() && !b",}]".contains(byte));
    Err(kept.map_or(1, |last| last + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::source::Sources;
    use crate::syntax::yaml::{Mode, parse};

    /// The errors of a text, as line, column and message, and whether each path of keys leads somewhere.
    fn read(text: &str, paths: &[&[&str]]) -> (Vec<(usize, usize, String)>, Vec<bool>) {
        let sources = Sources::default();
        let file = sources.add("x.json".into(), text.to_owned());
        let stream = parse(&sources.text(file), &sources, Mode::Plain);
        let errors = stream.errors.iter().map(|error| {
            let place = sources.file(file).position(error.span.start);
            (place.line, place.column, error.message.clone())
        });
        let root = stream.documents[0].root();
        (errors.collect(), paths.iter().map(|path| root.path(path).is_some()).collect())
    }

    #[test]
    fn what_stands_behind_a_missing_bracket_is_read() {
        let closing = "nothing closes this bracket";
        for (text, line, column, message) in [
            ("{\n  \"a\": {\"x\": 1,\n  \"b\": [\n    {\"y\": 2}\n  ]\n}\n", 2, 8, closing),
            ("{\n  \"a\": {\"x\": [{\"z\": 1]},\n  \"b\": []\n}\n", 2, 15, closing),
            ("{\n  \"a\": {\"x\": 1},\n  \"b\": [\n    {\"y\": 2\n  ]\n}\n", 4, 5, closing),
            ("{\n  \"a\": {\"x\": 1}\n  \"b\": []\n}\n", 3, 3, "a comma is missing before this"),
            ("{\n  \"a\": {\"x\": \"1},\n  \"b\": []\n}\n", 2, 14, "nothing closes this quote on its line"),
            ("{\n  \"a\": {\"x\": 1]},\n  \"b\": []\n}\n", 2, 15, "nothing opens this bracket"),
            ("{\n  \"a\": {\"x\": 1},\n  \"b\": []", 1, 1, closing),
        ] {
            let (errors, found) = read(text, &[&["a", "x"], &["b"]]);
            assert_eq!(found, [true, true], "{text} {errors:?}");
            assert_eq!(errors, [(line, column, message.to_owned())], "{text}");
        }
    }

    #[test]
    fn nothing_is_known_to_be_absent_in_mended_json() {
        let sources = Sources::default();
        let file = sources.add("x.json".into(), "{\"a\": {\"b\": 1 \"c\": 2}}".to_owned());
        let stream = parse(&sources.text(file), &sources, Mode::Plain);
        assert!(stream.documents[0].root().is_open());
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_places_lie_within_it(text in "[{\\[][\"{\\[][\"{}\\[\\],: a1\n\\\\é]{0,60}") {
            let sources = Sources::default();
            let file = sources.add("x.json".into(), text.clone());
            let stream = parse(&sources.text(file), &sources, Mode::Plain);
            for error in &stream.errors {
                prop_assert!(text.is_char_boundary(error.span.start as usize));
                prop_assert!(error.span.end as usize <= text.len());
            }
            for node in stream.documents.iter().flat_map(crate::syntax::yaml::Document::nodes) {
                let span = node.span();
                prop_assert!(text.is_char_boundary(span.start as usize));
                prop_assert!(text.is_char_boundary(span.end as usize));
                let _ = node.text();
            }
        }
    }
}
