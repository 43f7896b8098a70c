//! The scalars that the quick reader knows.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

use super::super::events::Item;
use super::super::tree::Style;
use super::Reader;

/// What stands around a scalar, and so what ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Block,
    Flow,
}

pub(super) struct Scalar<'m> {
    pub(super) text: Cow<'m, str>,
    pub(super) style: Style,
    pub(super) end: usize,
}

impl<'m, F: FnMut(Item<'m>)> Reader<'m, F> {
    /// A scalar that ends on its line.
    pub(super) fn scalar(&self, at: usize, context: Context) -> Option<Scalar<'m>> {
        match self.bytes.get(at)? {
            b'"' => self.double_quoted(at),
            b'\'' => self.single_quoted(at),
            _ => self.plain(at, context),
        }
    }

    fn double_quoted(&self, at: usize) -> Option<Scalar<'m>> {
        let mut unescaped = String::new();
        let mut from = at + 1;
        let end = loop {
            let end = from + memchr3(b'"', b'\\', b'\n', &self.bytes[from..])?;
            match self.bytes[end] {
                b'"' => break end,
                b'\n' => return None,
                _ => {}
            }
            unescaped.push_str(&self.text[from..end]);
            unescaped.push(match self.bytes.get(end + 1)? {
                byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
                b'n' => '\n',
                b't' => '\t',
                _ => return None,
            });
            from = end + 2;
        };
        let rest = &self.text[from..end];
        let text = if from == at + 1 { Cow::Borrowed(rest) } else { Cow::Owned(unescaped + rest) };
        Some(Scalar { text, style: Style::DoubleQuoted, end: end + 1 })
    }

    fn single_quoted(&self, at: usize) -> Option<Scalar<'m>> {
        let mut end = at + 1;
        let mut doubled = false;
        loop {
            end += memchr2(b'\'', b'\n', &self.bytes[end..])?;
            match (self.bytes[end], self.bytes.get(end + 1)) {
                (b'\n', _) => return None,
                (_, Some(b'\'')) => {
                    doubled = true;
                    end += 2;
                }
                _ => break,
            }
        }
        let written = &self.text[at + 1..end];
        let text = if doubled { Cow::Owned(written.replace("''", "'")) } else { Cow::Borrowed(written) };
        Some(Scalar { text, style: Style::SingleQuoted, end: end + 1 })
    }

    fn plain(&self, at: usize, context: Context) -> Option<Scalar<'m>> {
        let flow = context == Context::Flow;
        match self.bytes.get(at)? {
            b'-' if !flow && !self.is_blank(at + 1) => {}
            b'\n' | b'-' | b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!'
            | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => return None,
            _ => {}
        }
        let mut end = at + 1;
        while let Some(byte) = self.bytes.get(end) {
            match byte {
                b'\n' => break,
                b':' if self.is_blank(end + 1) => break,
                b'#' if self.bytes[end - 1] == b' ' => break,
                b',' | b']' | b'}' if flow => break,
                b'[' | b'{' if flow => return None,
                b':' if flow && matches!(self.bytes.get(end + 1), Some(b',' | b'[' | b']' | b'{' | b'}')) => {
                    return None;
                }
                _ => end += 1,
            }
        }
        let text = self.text[at..end].trim_end_matches(' ');
        // A key with blanks before its colon.
        if self.bytes.get(end) == Some(&b':') && at + text.len() < end {
            return None;
        }
        Some(Scalar { text: Cow::Borrowed(text), style: Style::Plain, end: at + text.len() })
    }

    /// A block scalar whose lines are indented as its first; the line break behind it.
    pub(super) fn block_scalar(
        &mut self,
        start: usize,
        style: Style,
        anchor: Option<usize>,
    ) -> Option<usize> {
        let (chomping, header) = match self.bytes.get(start + 1) {
            Some(byte @ (b'-' | b'+')) => (*byte, start + 2),
            _ => (b' ', start + 1),
        };
        let parent = self.open.last()?.column;
        self.rest(header)?;
        let mut text = String::new();
        let mut indent = None;
        // Line breaks that wait for the next line of content.
        let mut breaks = 0;
        let (mut begin, mut end) = (start, start);
        while self.at < self.bytes.len() {
            let first = self.blanks(self.at);
            let spaces = first - self.at;
            let line_end = first + memchr(b'\n', &self.bytes[first..])?;
            if first == line_end {
                // Behind the first line of content, its blanks would be content too.
                if spaces > indent.unwrap_or(parent + 1) {
                    return None;
                }
                breaks += 1;
                self.at = line_end + 1;
                continue;
            }
            if indent.is_none() {
                begin = first;
            }
            let indent = *indent.get_or_insert(spaces);
            if spaces < indent || indent <= parent {
                if spaces > parent || text.is_empty() {
                    return None;
                }
                break;
            }
            match style {
                Style::Folded if spaces > indent => return None,
                Style::Folded if breaks == 1 && !text.is_empty() => text.push(' '),
                Style::Folded if !text.is_empty() => push_breaks(&mut text, breaks - 1),
                _ => push_breaks(&mut text, breaks),
            }
            text.push_str(&self.text[self.at + indent..line_end]);
            breaks = 1;
            end = line_end;
            self.at = line_end + 1;
        }
        indent?;
        match chomping {
            b'-' => {}
            b'+' => push_breaks(&mut text, breaks),
            _ => text.push('\n'),
        }
        self.give(begin, Scalar { text: Cow::Owned(text), style, end }, anchor);
        Some(self.at - 1)
    }
}

fn push_breaks(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n('\n', count));
}
