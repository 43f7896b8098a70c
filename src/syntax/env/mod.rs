//! Env files: one `KEY=value` a line, as Compose and the dotenv libraries read them.
//!
//! Where the readers differ, what most of them do holds: `#` starts a comment only behind a blank, quoted
//! values may span lines, `export` and `:` for `=` are accepted.

use super::builder::Builder;
use super::interpolation::{Dialect, starts_variable};
use super::{Comment, Error};
use crate::source::{Sources, Span, Text};

/// An env file.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// The entries in order; keys may occur more than once.
    pub entries: Vec<Entry<'s>>,
    /// The lines, or parts of them, that could not be read.
    pub errors: Vec<Error>,
    /// The comments, also those behind values.
    pub comments: Vec<Comment<'s>>,
}

/// One assignment.
#[derive(Clone, Debug)]
pub struct Entry<'s> {
    /// The key.
    pub key: &'s str,
    /// The place of the key.
    pub key_span: Span,
    /// The value without quotes, trailing blanks and comment. Where it interpolates, this is a template in
    /// [`Dialect::Env`]; elsewhere it is the value itself, with the escapes of double quotes decoded.
    pub value: Text<'s>,
    /// The place of the value as written, with its quotes; empty where the value is.
    pub value_span: Span,
    /// From `export` or the key to the end of the value.
    pub span: Span,
    /// The quotes around the value.
    pub quote: Quote,
    /// Whether the value holds variables that its readers replace.
    pub interpolates: bool,
    /// Whether the line starts with `export`.
    pub export: bool,
    /// Whether the key stands alone: it is passed on from the environment.
    pub missing_equals: bool,
}

/// The quotes around a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quote {
    /// There are none; variables are replaced.
    None,
    /// `'…'`: nothing is replaced.
    Single,
    /// `"…"`: variables are replaced and escapes decoded.
    Double,
    /// `` `…` ``: nothing is replaced.
    Backtick,
}

/// Reads an env file.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> File<'s> {
    let file = File { entries: Vec::new(), errors: Vec::new(), comments: Vec::new() };
    let source = text.as_str();
    let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut parser = Parser { text, source, sources, at, file };
    while parser.at < source.len() {
        parser.line();
    }
    parser.file
}

struct Parser<'t, 's> {
    text: &'t Text<'s>,
    source: &'s str,
    sources: &'s Sources,
    at: usize,
    file: File<'s>,
}

/// A value as found: where it stands and what it means.
struct Value<'s> {
    text: Text<'s>,
    /// Where it stands, with its quotes.
    start: usize,
    end: usize,
    quote: Quote,
    interpolates: bool,
}

impl<'s> Parser<'_, 's> {
    /// Reads a line with its break; more than one where a quoted value goes on.
    fn line(&mut self) {
        self.skip_blanks();
        let line = self.at..self.line_end(self.at);
        if !line.is_empty() && !self.comment(true) {
            self.assignment(line.clone());
        }
        let end = self.line_end(self.at);
        self.at = end + line_break(&self.source[end..]);
    }

    fn assignment(&mut self, line: std::ops::Range<usize>) {
        let start = self.at;
        let export = self.export();
        let key = self.at..self.at + key_length(&self.source[self.at..line.end]);
        if key.is_empty() {
            return self.not_an_assignment(line);
        }
        self.at = key.end;
        self.skip_blanks();
        let missing_equals = match self.source.as_bytes()[self.at..line.end].first() {
            Some(b'=' | b':') => false,
            None => true,
            Some(b'#') if self.at > key.end => true,
            Some(_) => return self.not_an_assignment(line),
        };
        let value = if missing_equals {
            self.at = key.end;
            self.empty(key.end)
        } else {
            self.at += 1;
            self.value(line.end)
        };
        self.file.entries.push(Entry {
            key: &self.source[key.clone()],
            key_span: self.text.span(key),
            value: value.text,
            value_span: self.text.span(value.start..value.end),
            span: self.text.span(start..value.end),
            quote: value.quote,
            interpolates: value.interpolates,
            export,
            missing_equals,
        });
        self.skip_blanks();
        let rest_end = self.line_end(self.at);
        if !self.comment(false) && self.at < rest_end {
            self.error(self.at..rest_end, "text behind the closing quote");
            self.at = rest_end;
        }
    }

    /// Skips `export` and the blanks behind it, where a key follows.
    fn export(&mut self) -> bool {
        let Some(rest) = self.source[self.at..].strip_prefix("export") else { return false };
        let key = rest.trim_start_matches(is_blank);
        let export = key.len() < rest.len() && key_length(key) > 0;
        if export {
            self.at = self.source.len() - key.len();
        }
        export
    }

    fn not_an_assignment(&mut self, line: std::ops::Range<usize>) {
        self.at = line.end;
        self.error(line, "not an assignment: `KEY=value` is expected");
    }

    /// Reads a value on a line that ends at `line_end`; stays behind it.
    fn value(&mut self, line_end: usize) -> Value<'s> {
        let behind_equals = self.at;
        self.skip_blanks();
        let quote = match self.source.as_bytes()[self.at..line_end].first() {
            Some(b'"') => Quote::Double,
            Some(b'\'') => Quote::Single,
            Some(b'`') => Quote::Backtick,
            None => return self.empty(behind_equals),
            Some(b'#') if self.at > behind_equals => return self.empty(behind_equals),
            Some(_) => return self.unquoted(line_end),
        };
        let start = self.at;
        if let Some(end) = closing(self.source, start, quote) {
            self.at = end + 1;
            let inner = start + 1..end;
            let interpolates = quote == Quote::Double && holds_variable(&self.source[inner.clone()]);
            let text = match quote {
                Quote::Double => self.decode(inner, interpolates),
                _ => self.text.part(inner),
            };
            return Value { text, start, end: end + 1, quote, interpolates };
        }
        self.error(start..start + 1, "a quote that is never closed");
        self.at = line_end;
        let end = trimmed_end(self.source, start..line_end);
        Value { text: self.text.part(start + 1..end), start, end, quote, interpolates: false }
    }

    fn unquoted(&mut self, line_end: usize) -> Value<'s> {
        let start = self.at;
        let line = &self.source.as_bytes()[start..line_end];
        let comment = line.windows(2).position(|pair| is_blank(char::from(pair[0])) && pair[1] == b'#');
        let end = trimmed_end(self.source, start..comment.map_or(line_end, |at| start + at));
        self.at = end;
        let interpolates = holds_variable(&self.source[start..end]);
        Value { text: self.text.part(start..end), start, end, quote: Quote::None, interpolates }
    }

    fn empty(&self, at: usize) -> Value<'s> {
        let text = self.text.part(at..at);
        Value { text, start: at, end: at, quote: Quote::None, interpolates: false }
    }

    /// Decodes the escapes of double quotes. In a template, those that [`Dialect::Env`] knows stay.
    fn decode(&self, inner: std::ops::Range<usize>, template: bool) -> Text<'s> {
        let source = &self.source[inner.clone()];
        if !source.contains('\\') {
            return self.text.part(inner);
        }
        let mut builder = Builder::new(self.text.span(inner.start..inner.start));
        let mut run = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'\\', &source.as_bytes()[at..]) {
            let escape = at + found;
            let Some(next) = source[escape + 1..].chars().next() else { break };
            at = escape + 1 + next.len_utf8();
            let meaning = match next {
                'n' => "\n",
                'r' => "\r",
                't' => "\t",
                '"' => "\"",
                '\'' => "'",
                '`' => "`",
                '$' | '\\' if template => continue,
                '$' => "$",
                '\\' => "\\",
                _ => continue,
            };
            builder.copy(&self.text.part(inner.start + run..inner.start + escape));
            builder.decode(self.text.span(inner.start + escape..inner.start + at), meaning);
            run = at;
        }
        builder.copy(&self.text.part(inner.start + run..inner.end));
        builder.finish(self.sources)
    }

    /// Reads the comment that starts here, if one does.
    fn comment(&mut self, alone: bool) -> bool {
        if !self.source[self.at..].starts_with('#') {
            return false;
        }
        let line_end = self.line_end(self.at);
        let text = self.source[self.at + 1..line_end].trim();
        self.file.comments.push(Comment { span: self.text.span(self.at..line_end), text, alone });
        self.at = line_end;
        true
    }

    /// Notes an error at a range, without the white space at its end.
    fn error(&mut self, range: std::ops::Range<usize>, message: &str) {
        let range = range.start..trimmed_end(self.source, range);
        // Other white space than blanks may be left over.
        if !range.is_empty() {
            self.file.errors.push(Error { span: self.text.span(range), message: message.to_owned() });
        }
    }

    fn skip_blanks(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
    }

    /// The end of the line around a byte, without its break.
    fn line_end(&self, at: usize) -> usize {
        let rest = &self.source.as_bytes()[at..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        at + end - usize::from(rest[..end].ends_with(b"\r"))
    }
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// The length of the line break that `rest` starts with.
fn line_break(rest: &str) -> usize {
    if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
}

/// The end of a range without the blanks before it.
fn trimmed_end(source: &str, range: std::ops::Range<usize>) -> usize {
    range.start + source[range].trim_end().len()
}

fn key_length(rest: &str) -> usize {
    let accepted = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-[]".contains(byte);
    rest.bytes().take_while(accepted).count()
}

/// The place of the quote that closes the one at `start`. One on a later line with more text behind it is
/// rather the start of another value, so the quote at `start` is taken to be never closed.
fn closing(source: &str, start: usize, quote: Quote) -> Option<usize> {
    let bytes = source.as_bytes();
    let mark = bytes[start];
    let mut at = start + 1;
    loop {
        at += memchr::memchr3(mark, b'\\', b'\n', &bytes[at..])?;
        if bytes[at] == mark {
            break;
        }
        let escapes = bytes[at] == b'\\'
            && bytes.get(at + 1).is_some_and(|&next| match quote {
                Quote::Double => next == mark || next == b'\\',
                // No shell knows this escape, some libraries do; a path may end in a backslash.
                Quote::Single => next == mark && !ends_line(&source[at + 2..]),
                Quote::Backtick | Quote::None => false,
            });
        at += if escapes { 2 } else { 1 };
    }
    let same_line = !bytes[start..at].contains(&b'\n');
    let behind = source[at + 1..].trim_start_matches(is_blank);
    (same_line || ends_line(behind) || behind.starts_with('#')).then_some(at)
}

/// Whether nothing but blanks stands before the next line break.
fn ends_line(rest: &str) -> bool {
    let rest = rest.trim_start_matches(is_blank);
    rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n")
}

/// Whether a value holds a variable that no escape makes literal.
fn holds_variable(value: &str) -> bool {
    let bytes = value.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'$', b'\\', &bytes[at..]) {
        at += found;
        let next = bytes.get(at + 1);
        if bytes[at] == b'$' && next != Some(&b'$') {
            if starts_variable(&value[at + 1..], Dialect::Env) {
                return true;
            }
            at += 1;
        } else {
            let pair = bytes[at] == b'$' || matches!(next, Some(b'$' | b'\\'));
            at += if pair { 2 } else { 1 };
        }
    }
    false
}

#[cfg(test)]
mod tests;
