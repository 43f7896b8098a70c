//! A quick reader for the YAML that most configuration is written in.
//!
//! Nearly every file holds block collections of scalars that end with their line, block scalars, and brackets
//! that close where they open: no tags, tabs or scalars over several lines. Such a text is read here in one
//! pass. At the first thing that is anything else, or that may be a mistake, the reader gives up, and the
//! YAML crate reads the whole text: so no rule of the language that is hard to get right stands twice. What
//! both read is the same; tests compare the trees.

mod scalar;

use std::borrow::Cow;

use memchr::memchr;
use rustc_hash::FxHashMap;

use super::events::{Event, Item, offset};
use super::tree::Style;
use scalar::{Context, Scalar};

/// How deep collections may nest here, and so how deep this code recurses in brackets.
const DEPTH: usize = 32;

/// A key of more characters than this isn't one (YAML 1.2, 7.4.2: 1024); a little less keeps clear of the edge.
const KEY_LENGTH: usize = 1000;

/// Reads a text event by event, in the order of [`events::Reader`](super::events::Reader) but for comments.
/// Nothing where the text has to be read by the YAML crate; what was taken until then is void.
pub(super) fn read<'m>(text: &'m str, take: impl FnMut(Item<'m>)) -> Option<()> {
    if !is_ordinary(text) {
        return None;
    }
    let reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        take,
        open: Vec::new(),
        document: None,
        anchors: FxHashMap::default(),
    };
    reader.lines()
}

/// Whether there are line feeds and printable characters alone, and no mark of the byte order.
fn is_ordinary(text: &str) -> bool {
    let plain = |bytes: &[u8]| bytes.iter().all(|&byte| matches!(byte, b'\n' | b' '..=b'~' | 0x80..));
    let printable = |c: char| !matches!(c, '\u{80}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    plain(text.as_bytes()) && (text.is_ascii() || text.chars().all(printable))
}

/// A block collection that is not closed yet.
struct Block {
    column: usize,
    sequence: bool,
    /// The value of its last entry, as long as it is still to come.
    pending: Option<Pending>,
}

/// A value that is to come on a later line, unless it is empty.
#[derive(Clone, Copy)]
struct Pending {
    /// Where an empty one stands.
    at: usize,
    anchor: Option<usize>,
}

/// The document that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Document {
    /// Nothing was read but the marker that ends here.
    Empty(usize),
    Filled,
}

struct Reader<'m, F> {
    text: &'m str,
    bytes: &'m [u8],
    /// The start of the next line.
    at: usize,
    take: F,
    open: Vec<Block>,
    document: Option<Document>,
    /// The anchors of the document, with their numbers.
    anchors: FxHashMap<&'m str, usize>,
}

impl<'m, F: FnMut(Item<'m>)> Reader<'m, F> {
    fn lines(mut self) -> Option<()> {
        while self.at < self.bytes.len() {
            let start = self.at;
            let at = self.blanks(start);
            match self.bytes.get(at) {
                None | Some(b'\n') => self.at = at + 1,
                Some(b'#') => self.comment(at),
                Some(b'-') if at == start && self.is_marker(at, b"---") => {
                    self.end_document(at)?;
                    self.document = Some(Document::Empty(at + 3));
                    self.send(Event::DocumentStart, at, at, None);
                    self.rest(at + 3)?;
                }
                Some(b'.') if at == start && self.is_marker(at, b"...") => return None,
                Some(_) => self.line(at, at - start)?,
            }
        }
        self.end_document(self.bytes.len())
    }

    /// A line of content.
    fn line(&mut self, at: usize, column: usize) -> Option<()> {
        if self.document.is_none() {
            self.document = Some(Document::Empty(at));
            self.send(Event::DocumentStart, at, at, None);
        }
        let dash = self.is_dash(at);
        while let Some(block) = self.open.pop_if(|block| {
            block.column > column
                || (block.column == column && block.sequence && !dash && block.pending.is_none())
        }) {
            self.close_block(&block, at)?;
        }
        let mut anchor = None;
        let goes_on = match self.open.last_mut() {
            None if self.document != Some(Document::Filled) => {
                self.document = Some(Document::Filled);
                false
            }
            Some(block) if block.column == column && block.sequence == dash => {
                let pending = block.pending.take();
                self.empty(pending)?;
                true
            }
            Some(block)
                if block.pending.is_some() && (block.column < column || (dash && !block.sequence)) =>
            {
                anchor = block.pending.take().and_then(|pending| pending.anchor);
                false
            }
            _ => return None,
        };
        self.node(at, column, goes_on, anchor)
    }

    /// What a line holds from a column on: an entry of the innermost collection if `goes_on`, or else a node.
    fn node(
        &mut self,
        mut at: usize,
        mut column: usize,
        mut goes_on: bool,
        mut anchor: Option<usize>,
    ) -> Option<()> {
        if self.is_dash(at) {
            let next = self.blanks(at + 1);
            if self.is_dash(next) || (self.ends(next) && !goes_on) {
                return None;
            }
            if !goes_on {
                self.open_block(at, column, true, anchor.take())?;
            }
            if self.ends(next) {
                return self.expect_value(at + 1, None);
            }
            column += next - at;
            at = next;
            goes_on = false;
        }
        if !self.is_scalar(at) {
            return if goes_on { None } else { self.value(at, anchor) };
        }
        let key = self.scalar(at, Context::Block)?;
        let colon = key.end;
        if !self.is_colon(colon) {
            // A document that is a scalar is none that anyone would want to read.
            if goes_on || self.open.is_empty() {
                return None;
            }
            self.give(at, key, anchor);
            return self.rest(colon);
        }
        if colon - at > KEY_LENGTH {
            return None;
        }
        if !goes_on {
            self.open_block(at, column, false, anchor)?;
        }
        self.give(at, key, None);
        let value = self.blanks(colon + 1);
        if self.ends(value) {
            return self.expect_value(colon + 1, None);
        }
        if self.is_dash(value) {
            return None;
        }
        self.value(value, None)
    }

    /// A value, and the rest of the line that it ends on.
    fn value(&mut self, at: usize, anchor: Option<usize>) -> Option<()> {
        let end = match self.bytes.get(at)? {
            b'&' if anchor.is_none() => return self.anchored(at),
            b'*' if anchor.is_none() => self.alias(at)?,
            b'[' | b'{' => self.brackets(at, 0, anchor)?,
            b'|' => self.block_scalar(at, Style::Literal, anchor)?,
            b'>' => self.block_scalar(at, Style::Folded, anchor)?,
            _ => {
                let scalar = self.scalar(at, Context::Block)?;
                let end = scalar.end;
                self.give(at, scalar, anchor);
                end
            }
        };
        self.rest(end)
    }

    /// A value behind its anchor.
    fn anchored(&mut self, at: usize) -> Option<()> {
        let end = self.name(at)?;
        let number = self.anchors.len() + 1;
        // An anchor that is defined anew is rare.
        if self.anchors.insert(&self.text[at + 1..end], number).is_some() {
            return None;
        }
        let value = self.blanks(end);
        if self.ends(value) {
            return self.expect_value(end, Some(number));
        }
        if value == end || self.is_dash(value) {
            return None;
        }
        self.value(value, Some(number))
    }

    /// An alias whose anchor stands before it; its end.
    fn alias(&mut self, at: usize) -> Option<usize> {
        let end = self.name(at)?;
        let number = *self.anchors.get(&self.text[at + 1..end])?;
        self.send(Event::Alias(Some(number)), at, end, None);
        Some(end)
    }

    /// The end of the name of an anchor or alias, which is of letters, digits, `-` and `_` alone.
    fn name(&self, at: usize) -> Option<usize> {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = self.bytes[at + 1..].iter().take_while(part).count();
        (length > 0).then_some(at + 1 + length)
    }

    /// A collection in brackets, as far as it closes on its line; its end.
    fn brackets(&mut self, start: usize, depth: usize, anchor: Option<usize>) -> Option<usize> {
        if depth > DEPTH {
            return None;
        }
        let mapping = self.bytes.get(start) == Some(&b'{');
        let (event, bracket) = if mapping {
            (Event::Mapping { flow: true }, b'}')
        } else {
            (Event::Sequence { flow: true }, b']')
        };
        self.send(event, start, start + 1, anchor);
        let mut at = self.blanks(start + 1);
        if self.bytes.get(at) != Some(&bracket) {
            loop {
                if mapping {
                    at = self.flow_key(at)?;
                }
                at = self.flow_value(at, depth)?;
                at = self.blanks(at);
                match self.bytes.get(at)? {
                    b',' => at = self.blanks(at + 1),
                    byte if *byte == bracket => break,
                    _ => return None,
                }
            }
        }
        self.send(Event::Close, at, at + 1, None);
        Some(at + 1)
    }

    fn flow_key(&mut self, at: usize) -> Option<usize> {
        let key = self.scalar(at, Context::Flow)?;
        let colon = key.end;
        if colon - at > KEY_LENGTH || !self.is_colon(colon) {
            return None;
        }
        self.give(at, key, None);
        Some(self.blanks(colon + 1))
    }

    fn flow_value(&mut self, at: usize, depth: usize) -> Option<usize> {
        match self.bytes.get(at)? {
            b'[' | b'{' => return self.brackets(at, depth + 1, None),
            b'*' => return self.alias(at),
            _ => {}
        }
        let scalar = self.scalar(at, Context::Flow)?;
        let end = scalar.end;
        self.give(at, scalar, None);
        Some(end)
    }

    /// The rest of a line behind its content: nothing, or a comment behind a blank.
    fn rest(&mut self, at: usize) -> Option<()> {
        let next = self.blanks(at);
        match self.bytes.get(next) {
            None | Some(b'\n') => self.at = next + 1,
            Some(b'#') if next > at => self.comment(next),
            Some(_) => return None,
        }
        Some(())
    }

    fn comment(&mut self, at: usize) {
        let end = memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length);
        self.send(Event::Comment, at, end, None);
        self.at = end + 1;
    }

    fn end_document(&mut self, at: usize) -> Option<()> {
        while let Some(block) = self.open.pop() {
            self.close_block(&block, at)?;
        }
        match self.document.take() {
            None => return Some(()),
            Some(Document::Empty(at)) => self.empty(Some(Pending { at, anchor: None }))?,
            Some(Document::Filled) => {}
        }
        self.anchors.clear();
        self.send(Event::DocumentEnd, at, at, None);
        Some(())
    }

    fn open_block(&mut self, at: usize, column: usize, sequence: bool, anchor: Option<usize>) -> Option<()> {
        if self.open.len() == DEPTH {
            return None;
        }
        let event = if sequence { Event::Sequence { flow: false } } else { Event::Mapping { flow: false } };
        self.send(event, at, at, anchor);
        self.open.push(Block { column, sequence, pending: None });
        Some(())
    }

    fn close_block(&mut self, block: &Block, at: usize) -> Option<()> {
        self.empty(block.pending)?;
        self.send(Event::Close, at, at, None);
        Some(())
    }

    /// Ends a line behind a dash, a colon or an anchor without a value.
    fn expect_value(&mut self, mark: usize, anchor: Option<usize>) -> Option<()> {
        self.rest(mark)?;
        let block = self.open.last_mut()?;
        block.pending = Some(Pending { at: if block.sequence { self.at - 1 } else { mark }, anchor });
        Some(())
    }

    /// A value that did not come is empty; one that has an anchor all the same is left to the YAML crate.
    fn empty(&mut self, pending: Option<Pending>) -> Option<()> {
        let Some(Pending { at, anchor: None }) = pending else { return pending.is_none().then_some(()) };
        self.send(Event::Scalar(Cow::Borrowed(""), Style::Plain), at, at, None);
        Some(())
    }

    fn give(&mut self, start: usize, scalar: Scalar<'m>, anchor: Option<usize>) {
        self.send(Event::Scalar(scalar.text, scalar.style), start, scalar.end, anchor);
    }

    fn send(&mut self, event: Event<'m>, start: usize, end: usize, anchor: Option<usize>) {
        (self.take)(Item { event, start: offset(start), end: offset(end), anchor, tag: None });
    }

    /// The first byte from here on that is no blank.
    fn blanks(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|&&byte| byte == b' ').count()
    }

    /// Whether the line ends here or a comment begins; a blank stands before.
    fn ends(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b'\n' | b'#'))
    }

    fn is_blank(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b'\n' | b' '))
    }

    fn is_dash(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b'-') && self.is_blank(at + 1)
    }

    fn is_colon(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b':') && self.is_blank(at + 1)
    }

    fn is_scalar(&self, at: usize) -> bool {
        !matches!(self.bytes.get(at), Some(b'[' | b'{' | b'|' | b'>' | b'&' | b'*'))
    }

    fn is_marker(&self, at: usize, marker: &[u8]) -> bool {
        self.bytes[at..].starts_with(marker) && self.is_blank(at + marker.len())
    }
}
