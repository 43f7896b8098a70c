//! The JSON form of arguments: an array of strings.

use std::ops::Range;

use crate::source::{Sources, Span, Text};
use crate::syntax::builder::Builder;

/// The strings of the array that fills this range of a line, with their places including the quotes;
/// nothing where it is anything else.
pub(super) fn array<'s>(
    line: &Text<'s>,
    range: Range<usize>,
    sources: &'s Sources,
) -> Option<Vec<(Text<'s>, Span)>> {
    let source = line.as_str().get(..range.end)?;
    let mut scanner = Scanner { line, source, sources, at: range.start };
    let mut strings = Vec::new();
    scanner.token(b'[')?;
    if scanner.token(b']').is_none() {
        loop {
            strings.push(scanner.string()?);
            if scanner.token(b',').is_none() {
                scanner.token(b']')?;
                break;
            }
        }
    }
    scanner.skip_blanks();
    (scanner.at == source.len()).then_some(strings)
}

struct Scanner<'t, 's> {
    line: &'t Text<'s>,
    source: &'s str,
    sources: &'s Sources,
    at: usize,
}

impl<'s> Scanner<'_, 's> {
    fn skip_blanks(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn token(&mut self, token: u8) -> Option<()> {
        self.skip_blanks();
        let found = self.source.as_bytes().get(self.at) == Some(&token);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn string(&mut self) -> Option<(Text<'s>, Span)> {
        self.token(b'"')?;
        let start = self.at;
        let mut builder = Builder::new(self.line.span(start..start));
        let mut run = start;
        loop {
            let bytes = self.source.as_bytes();
            self.at += bytes[self.at..].iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
            builder.copy(&self.line.part(run..self.at));
            match bytes[self.at] {
                b'"' => break,
                b'\\' => {
                    let escape = self.at;
                    let meaning = self.escape()?;
                    builder.decode(self.line.span(escape..self.at), meaning.encode_utf8(&mut [0; 4]));
                    run = self.at;
                }
                _ => return None,
            }
        }
        self.at += 1;
        Some((builder.finish(self.sources), self.line.span(start - 1..self.at)))
    }

    /// Reads an escape sequence; a lone half of a surrogate pair is U+FFFD, as Go has it.
    fn escape(&mut self) -> Option<char> {
        let kind = *self.source.as_bytes().get(self.at + 1)?;
        self.at += 2;
        Some(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex(self.at)?;
                self.at += 4;
                let is_pair = (0xd800..0xdc00).contains(&high) && self.source[self.at..].starts_with("\\u");
                let low = is_pair.then(|| self.hex(self.at + 2)).flatten();
                match low.filter(|low| (0xdc00..0xe000).contains(low)) {
                    Some(low) => {
                        self.at += 6;
                        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?
                    }
                    None => char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            _ => return None,
        })
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.source.get(at..at + 4)?;
        let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        all_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }
}
