//! Bodies, blocks and attributes, and how reading goes on behind a mistake.

use super::{Attribute, Block, Body, Comment, DEPTH, Error, Expression, File, Kind};
use crate::source::{Sources, Span, Text};

/// Reads a file. A block that isn't closed ends where the next one starts at the left margin.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> File<'s> {
    let mut parser = Parser::new(text, sources, false);
    let body = parser.file();
    if !parser.unclosed {
        return parser.finish(body);
    }
    let mut parser = Parser::new(text, sources, true);
    let body = parser.file();
    parser.finish(body)
}

pub(super) struct Parser<'t, 's> {
    pub(super) text: &'t Text<'s>,
    pub(super) source: &'s str,
    pub(super) sources: &'s Sources,
    pub(super) at: usize,
    /// Where what is read now ends: the file, or a heredoc.
    pub(super) end: usize,
    pub(super) depth: usize,
    /// Brackets that are open in the expression that is read now.
    pub(super) open: usize,
    /// How many heredocs have had no end; each costs a look at the rest of the file.
    pub(super) endless: usize,
    /// Whether a header at the left margin ends all blocks.
    at_margin: bool,
    /// Whether a block wasn't closed.
    unclosed: bool,
    /// Whether the outermost structure has had its error.
    quiet: bool,
    /// Up to here it is known that no bracket closes what is open.
    hopeless: usize,
    /// The same for what is put into a text.
    pub(super) unbraced: usize,
    errors: Vec<Error>,
    too_deep: Option<Span>,
    comments: Vec<Comment<'s>>,
}

impl<'t, 's> Parser<'t, 's> {
    fn new(text: &'t Text<'s>, sources: &'s Sources, at_margin: bool) -> Self {
        let source = text.as_str();
        let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Parser {
            text,
            source,
            sources,
            at,
            end: source.len(),
            depth: 0,
            open: 0,
            endless: 0,
            at_margin,
            unclosed: false,
            quiet: false,
            hopeless: 0,
            unbraced: 0,
            errors: Vec::new(),
            too_deep: None,
            comments: Vec::new(),
        }
    }

    fn finish(self, body: Body<'s>) -> File<'s> {
        File { body, errors: self.errors, too_deep: self.too_deep, comments: self.comments }
    }

    fn file(&mut self) -> Body<'s> {
        let mut body = Body::default();
        loop {
            self.body_into(&mut body, true);
            if self.at >= self.end {
                return body;
            }
            self.fail(self.at..self.at + 1, "a closing brace without an opening one");
            self.at += 1;
        }
    }

    /// Reads up to a closing brace, the end, or a header at the margin.
    fn body_into(&mut self, body: &mut Body<'s>, outermost: bool) {
        loop {
            self.blanks(true);
            if outermost {
                self.quiet = false;
            }
            match self.peek() {
                None | Some(b'}') => return,
                Some(_) if !outermost && self.at_margin && self.is_header(self.at) => return,
                Some(_) => self.structure(body),
            }
        }
    }

    fn structure(&mut self, body: &mut Body<'s>) {
        let start = self.at;
        let Some((key, key_span)) = self.name() else {
            self.fail(start..self.character(start), "neither an attribute nor a block");
            return self.recover(start);
        };
        self.blanks(false);
        if self.peek() == Some(b'=') && self.byte(1) != Some(b'=') {
            self.at += 1;
            self.open = 0;
            let value = self.expression(false);
            let read = value.is_some();
            let span = self.span(start..self.at);
            let value = value.unwrap_or(Expression { kind: Kind::Other, span });
            body.attributes.push(Attribute { key, key_span, value });
            self.blanks(false);
            match self.peek() {
                _ if !read => self.recover(start),
                None | Some(b'\n' | b'}') => {}
                // Blocks on one line may hold one attribute; more of them are let pass.
                Some(b',') => self.at += 1,
                Some(_) => {
                    self.fail(self.at..self.character(self.at), "more than a value");
                    self.recover(start);
                }
            }
        } else if let Some(block) = self.block(start, key, key_span) {
            body.blocks.push(block);
        } else {
            self.recover(start);
        }
    }

    fn block(&mut self, start: usize, kind: &'s str, kind_span: Span) -> Option<Block<'s>> {
        let mut labels = Vec::new();
        while self.peek() != Some(b'{') {
            let Some((label, _)) = self.name() else {
                match self.peek() {
                    None | Some(b'\n') => {
                        let end = start + self.source[start..self.at].trim_end().len();
                        self.fail(start..end, "neither an attribute nor a block");
                    }
                    Some(_) => {
                        self.fail(self.at..self.character(self.at), "`=` or `{` is missing before this");
                    }
                }
                return None;
            };
            labels.push(label);
            self.blanks(false);
        }
        self.at += 1;
        let mut body = Body::default();
        if self.enter(start) {
            self.body_into(&mut body, false);
            self.depth -= 1;
        }
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else if self.too_deep.is_none() {
            if self.peek().is_none() && !self.at_margin {
                self.unclosed = true;
            }
            self.error(kind_span, "this block isn't closed");
        }
        Some(Block { kind, kind_span, labels, body, span: self.span(start..self.at) })
    }

    /// Goes one level deeper. Where that is too deep, nothing more is read.
    pub(super) fn enter(&mut self, start: usize) -> bool {
        if self.depth < DEPTH {
            self.depth += 1;
            return true;
        }
        let place = self.span(start..self.at);
        self.too_deep.get_or_insert(place);
        self.end = self.source.len();
        (self.at, self.quiet) = (self.end, true);
        false
    }

    pub(super) fn is_too_deep(&self) -> bool {
        self.too_deep.is_some()
    }

    /// A word or a text in quotes on one line, without its quotes.
    fn name(&mut self) -> Option<(&'s str, Span)> {
        if self.peek() == Some(b'"') {
            let start = self.at + 1;
            let length = self.source[start..self.end].find(['"', '\n', '$'])?;
            let range = start..start + length;
            if self.source.as_bytes().get(range.end) != Some(&b'"') {
                return None;
            }
            self.at = range.end + 1;
            return Some((&self.source[range.clone()], self.span(range)));
        }
        let range = self.word()?;
        Some((&self.source[range.clone()], self.span(range)))
    }

    /// A word: letters, digits, `_` and `-`, no digit or dash first.
    pub(super) fn word(&mut self) -> Option<std::ops::Range<usize>> {
        let start = self.at;
        let mut characters = self.source[start..self.end].chars();
        let first = characters.next().filter(|c| c.is_alphabetic() || *c == '_')?;
        let rest = characters.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        self.at += first.len_utf8() + rest.map(char::len_utf8).sum::<usize>();
        Some(start..self.at)
    }

    /// Skips blanks and comments, and line breaks where they mean nothing.
    pub(super) fn blanks(&mut self, breaks: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' if breaks => self.at += 1,
                b'#' => self.comment(1, self.line_end(self.at)),
                b'/' if self.byte(1) == Some(b'/') => self.comment(2, self.line_end(self.at)),
                b'/' if self.byte(1) == Some(b'*') => {
                    let close = self.source[self.at + 2..self.end].find("*/");
                    let end = close.map_or(self.end, |close| self.at + 2 + close + 2);
                    if close.is_none() {
                        self.fail(self.at..self.at + 2, "this comment isn't closed");
                    }
                    self.comment(2, end);
                }
                _ => return,
            }
        }
    }

    fn comment(&mut self, mark: usize, end: usize) {
        let before = self.source[..self.at].trim_end_matches([' ', '\t']);
        let whole = &self.source[self.at..end];
        let text = whole[mark..].trim_end_matches("*/").trim();
        self.comments.push(Comment {
            span: self.span(self.at..self.at + whole.trim_end().len()),
            text,
            alone: before.is_empty() || before.ends_with('\n'),
        });
        self.at = end;
    }

    /// Goes on behind a mistake: at the closing bracket where there is one, else at the next line that looks
    /// like the start of something.
    fn recover(&mut self, start: usize) {
        self.at = self.at.clamp(start, self.end);
        if self.open > 0
            && self.at >= self.hopeless
            && let Some(close) = self.closing()
        {
            (self.at, self.open) = (self.line_end(close), 0);
            return;
        }
        self.open = 0;
        // The line of the mistake may itself be the next thing, but not the one that has just been tried.
        let first = self.line_end(start);
        let line = self.source[..self.at].rfind('\n').unwrap_or(0);
        let mut line = if line > first { line } else { self.line_end(self.at.max(start)) };
        while line < self.end {
            let next = line + 1;
            if self.starts_structure(next) {
                self.at = next;
                return;
            }
            line = self.line_end(next);
        }
        self.at = self.end;
    }

    /// The place behind the bracket that closes the outermost one that is open.
    fn closing(&mut self) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let (mut open, mut at) = (self.open, self.at);
        while at < self.end {
            match bytes[at] {
                b'"' => at = self.behind_quotes(at),
                b'#' => at = self.line_end(at),
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' => {
                    open -= 1;
                    if open == 0 {
                        return Some(at + 1);
                    }
                }
                b'\n' if self.is_header(at + 1) => break,
                _ => {}
            }
            at += 1;
        }
        self.hopeless = at;
        None
    }

    /// The last byte of a text in quotes that starts here, or of its line.
    pub(super) fn behind_quotes(&self, start: usize) -> usize {
        let bytes = self.source.as_bytes();
        let mut at = start + 1;
        while at < self.end {
            match bytes[at] {
                b'\\' => at += 1,
                b'"' => return at,
                b'\n' => return at - 1,
                _ => {}
            }
            at += 1;
        }
        self.end.max(start + 1) - 1
    }

    /// Whether a line looks like an attribute, a block or the end of one.
    fn starts_structure(&self, line: usize) -> bool {
        let text = self.source[line.min(self.end)..self.line_end(line)].trim_start();
        if text.starts_with('}') {
            return true;
        }
        let rest = text.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let after = rest.trim_start();
        rest.len() < text.len()
            && (after.starts_with('{')
                || after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>")
                || after.starts_with('"') && after.trim_end().ends_with('{'))
    }

    /// Whether a block starts at the left margin here: `resource "a" "b" {`.
    fn is_header(&self, at: usize) -> bool {
        let at_margin = at == 0 || self.source.as_bytes().get(at - 1) == Some(&b'\n');
        if !at_margin || at >= self.end {
            return false;
        }
        let line = self.source[at..self.line_end(at)].trim_end();
        line.starts_with(|c: char| c.is_alphabetic())
            && line.split(['=', '#']).next().is_some_and(|line| line.trim_end().ends_with('{'))
            && line.contains(' ')
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(0)
    }

    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        if at < self.end { self.source.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn starts_with(&self, mark: &str) -> bool {
        self.source[self.at.min(self.end)..self.end].starts_with(mark)
    }

    /// The place of the next line break.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let at = at.min(self.end);
        memchr::memchr(b'\n', &self.source.as_bytes()[at..self.end]).map_or(self.end, |length| at + length)
    }

    /// The end of the character at a place.
    pub(super) fn character(&self, at: usize) -> usize {
        at + self.source[at.min(self.end)..self.end].chars().next().map_or(0, char::len_utf8)
    }

    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.text.span(range)
    }

    /// Reports a mistake, unless the outermost structure has had one.
    pub(super) fn fail(&mut self, range: std::ops::Range<usize>, message: &str) {
        let span = self.span(range);
        self.error(span, message);
    }

    fn error(&mut self, span: Span, message: &str) {
        if !self.quiet {
            self.quiet = true;
            self.errors.push(Error { span, message: message.to_owned() });
        }
    }
}
