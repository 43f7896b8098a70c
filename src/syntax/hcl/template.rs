//! Texts in quotes and heredocs, with what is put into them.

use super::parser::Parser;
use super::{Expression, Part};
use crate::source::Text;
use crate::syntax::builder::Builder;

/// How many heredocs without an end are looked for; each costs a look at the rest of the file.
const ENDLESS: usize = 16;

impl<'s> Parser<'_, 's> {
    /// A text in quotes. One that isn't closed ends with its line.
    pub(super) fn quoted(&mut self) -> Vec<Part<'s>> {
        let start = self.at;
        self.at += 1;
        let mut parts = Vec::new();
        let mut literal = self.builder();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                None | Some(b'\n') => {
                    self.fail(start..start + 1, "this text isn't closed");
                    break;
                }
                Some(b'\\') => self.escape(&mut literal),
                Some(_) => self.characters(&mut parts, &mut literal, start, &['"', '\\', '\n']),
            }
        }
        self.keep(literal, &mut parts);
        parts
    }

    /// The lines between `<<MARK` and the line `MARK`; `<<-` takes off the blanks that all of them start with.
    pub(super) fn heredoc(&mut self) -> Option<Vec<Part<'s>>> {
        let start = self.at;
        self.at += 2;
        let indented = self.peek() == Some(b'-');
        self.at += usize::from(indented);
        let mark = self.word().map(|mark| &self.source[mark]);
        let Some(mark) = mark.filter(|_| self.source[self.at..self.line_end(self.at)].trim().is_empty())
        else {
            self.fail(start..self.at, "a word must follow `<<` and end the line");
            return None;
        };
        let first = self.line_end(self.at) + 1;
        let Some((end, behind)) = self.heredoc_end(first, mark) else {
            self.fail(start..self.at, "this text has no end");
            self.endless += 1;
            if self.endless > ENDLESS {
                self.at = self.end;
            }
            return None;
        };
        let margin = if indented { self.margin(first, end) } else { 0 };
        let outer = std::mem::replace(&mut self.end, end);
        let (mut parts, mut literal) = (Vec::new(), self.builder());
        self.at = first;
        while self.at < self.end {
            let line = &self.source[self.at..self.end];
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            self.at += blanks.min(margin);
            self.line(&mut parts, &mut literal, start);
        }
        self.keep(literal, &mut parts);
        if self.is_too_deep() {
            return None;
        }
        (self.end, self.at) = (outer, behind);
        Some(parts)
    }

    /// Where the lines end, and where the line of the mark does.
    fn heredoc_end(&self, first: usize, mark: &str) -> Option<(usize, usize)> {
        if self.endless > ENDLESS {
            return None;
        }
        let mut line = first;
        while line < self.end {
            let end = self.line_end(line);
            let text = &self.source[line..end];
            if text.trim() == mark {
                return Some((line, line + text.trim_end().len()));
            }
            line = end + 1;
        }
        None
    }

    /// How many blanks all lines that hold something start with.
    fn margin(&self, first: usize, end: usize) -> usize {
        let lines = self.source[first.min(end)..end].lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0)
    }

    /// The rest of a line of a heredoc, with its break.
    fn line(&mut self, parts: &mut Vec<Part<'s>>, literal: &mut Builder, start: usize) {
        while let Some(byte) = self.peek() {
            if byte == b'\n' {
                literal.copy(&self.text.part(self.at..self.at + 1));
                self.at += 1;
                return;
            }
            self.characters(parts, literal, start, &['\n']);
        }
    }

    /// Characters up to a stop, or one thing that is put in.
    fn characters(&mut self, parts: &mut Vec<Part<'s>>, literal: &mut Builder, start: usize, stops: &[char]) {
        if self.starts_with("$${") || self.starts_with("%%{") {
            let meaning = &self.source[self.at + 1..self.at + 3];
            let place = self.span(self.at..self.at + 3);
            literal.decode(place, meaning);
            self.at += 3;
        } else if self.starts_with("${") || self.starts_with("%{") {
            let done = std::mem::replace(literal, self.builder());
            self.keep(done, parts);
            let part = self.inserted(start);
            parts.push(part);
            *literal = self.builder();
        } else {
            let from = self.at;
            self.at = self.character(from);
            let rest = &self.source[self.at..self.end];
            let is_stop = |c: char| matches!(c, '$' | '%') || stops.contains(&c);
            self.at += rest.find(is_stop).unwrap_or(rest.len());
            literal.copy(&self.text.part(from..self.at));
        }
    }

    /// `${…}` or `%{…}`.
    fn inserted(&mut self, start: usize) -> Part<'s> {
        let from = self.at;
        let directive = self.peek() == Some(b'%');
        if !directive && let Some(value) = self.interpolation() {
            return Part::Interpolation(self.span(from..self.at), value);
        }
        if !self.is_too_deep() {
            self.at = self.behind_braces(from + 2);
            if self.at == from + 2 {
                self.fail(start..start + 1, "what is put into this text isn't closed");
            }
        }
        Part::Directive(self.span(from..self.at))
    }

    fn interpolation(&mut self) -> Option<Expression<'s>> {
        let open = self.open;
        self.at += 2;
        self.at += usize::from(self.peek() == Some(b'~'));
        let value = self.expression(true);
        self.blanks(true);
        self.at += usize::from(self.peek() == Some(b'~'));
        self.open = open;
        let value = value?;
        self.expect(b'}', "`}` is missing before this")?;
        Some(value)
    }

    /// The place behind the brace that closes what starts here; the place itself where none does.
    fn behind_braces(&mut self, from: usize) -> usize {
        if from < self.unbraced {
            return from;
        }
        let bytes = self.source.as_bytes();
        let (mut at, mut open) = (from, 1_usize);
        while at < self.end {
            match bytes[at] {
                b'"' => at = self.behind_quotes(at),
                b'\n' => break,
                b'{' => open += 1,
                b'}' if open == 1 => return at + 1,
                b'}' => open -= 1,
                _ => {}
            }
            at += 1;
        }
        self.unbraced = at;
        from
    }

    /// `\n`, `\"`, `é`. Any other is taken as it stands.
    fn escape(&mut self, literal: &mut Builder) {
        let from = self.at;
        self.at += 1;
        let length = match self.peek() {
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let digits = self.source.get(self.at + 1..self.at + 1 + length).filter(|_| length > 0);
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        let meaning = match (self.peek(), code) {
            (_, Some(code)) => {
                self.at += length;
                Some(code)
            }
            (Some(b'n'), _) => Some('\n'),
            (Some(b'r'), _) => Some('\r'),
            (Some(b't'), _) => Some('\t'),
            (Some(byte @ (b'"' | b'\\')), _) => Some(char::from(byte)),
            _ => None,
        };
        if let Some(meaning) = meaning {
            self.at += 1;
            literal.decode(self.span(from..self.at), meaning.encode_utf8(&mut [0; 4]));
        } else {
            literal.copy(&self.text.part(from..self.at));
        }
    }

    fn builder(&self) -> Builder {
        Builder::new(self.span(self.at..self.at))
    }

    fn keep(&self, literal: Builder, parts: &mut Vec<Part<'s>>) {
        let text: Text<'s> = literal.finish(self.sources);
        if !text.as_str().is_empty() {
            parts.push(Part::Literal(text));
        }
    }
}
