//! From text to directives, with one open frame for each block: no recursion.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

use super::names::{is_known, is_unmistakable};
use super::word::{is_blank, repetition_end, unescape};
use super::{Block, Comment, Config, Directive, Error, MAX_DEPTH, UNRENDERED, Word, lua};
use crate::source::{Sources, Text};

/// A file with more errors than this is no configuration; the rest are left out.
const MAX_ERRORS: usize = 200;

const UNQUOTED_REPETITION: &str =
    "nginx takes this brace for the start of a block: put the expression in quotes";

pub(super) struct Parser<'p, 's> {
    text: &'p Text<'s>,
    content: &'s str,
    sources: &'s Sources,
    at: usize,
    /// Where the current line starts, as far as the blanks between words tell.
    line: usize,
    /// Whether only blanks and comments stand between the line's start and `at`.
    fresh: bool,
    /// The words of the directive that is being read, and the bytes of each.
    words: Vec<(Word<'s>, Range<usize>)>,
    /// The column of the first of them.
    column: usize,
    frames: Vec<Frame<'s>>,
    directives: Vec<Directive<'s>>,
    /// Whether no `'`, no `"` closes from here on.
    unclosed: [bool; 2],
    /// The end of the last line that turned out to close no `{{`.
    templates_from: usize,
    seen_template: bool,
    errors: Vec<Error>,
    comments: Vec<Comment<'s>>,
}

/// A block that is not closed yet.
struct Frame<'s> {
    /// The words before its `{`; none where the brace stands alone.
    words: Vec<(Word<'s>, Range<usize>)>,
    brace: usize,
    body: Body,
    /// The directives around the block that were read before it.
    outer: Vec<Directive<'s>>,
}

/// What the lines of a block are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Directives,
    /// Entries of at most two words, as in `map`.
    Pairs,
    /// Entries of any length, as in `types`.
    Entries,
}

impl<'p, 's> Parser<'p, 's> {
    pub(super) fn new(text: &'p Text<'s>, sources: &'s Sources) -> Self {
        let content = text.as_str();
        let at = if content.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Parser {
            text,
            content,
            sources,
            at,
            line: at,
            fresh: true,
            words: Vec::new(),
            column: 0,
            frames: Vec::new(),
            directives: Vec::new(),
            unclosed: [false; 2],
            templates_from: 0,
            seen_template: false,
            errors: Vec::new(),
            comments: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Config<'s> {
        loop {
            self.blanks();
            let Some(byte) = self.peek(0) else { break };
            match byte {
                b'#' => self.comment(),
                b';' => self.terminate(),
                b'{' if self.holds_lua() => self.lua(),
                b'{' => match self.template_end() {
                    Some(end) if self.peek(1) == Some(b'%') => self.at = end,
                    Some(_) => self.word(),
                    None => self.open(),
                },
                b'}' => self.close(),
                _ => self.word(),
            }
            self.fresh = self.fresh && byte == b'#';
        }
        self.end();
        Config { directives: self.directives, errors: self.errors, comments: self.comments }
    }

    fn bytes(&self) -> &'s [u8] {
        self.content.as_bytes()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes().get(self.at + ahead).copied()
    }

    fn error(&mut self, range: Range<usize>, message: &str) {
        let message = match self.errors.len() {
            count if count < MAX_ERRORS => message,
            MAX_ERRORS => "too many errors: the rest are not shown",
            _ => return,
        };
        self.errors.push(Error { span: self.text.span(range), message: message.to_owned() });
    }

    fn blanks(&mut self) {
        while let Some(byte) = self.peek(0).filter(|&byte| is_blank(byte)) {
            self.at += 1;
            if byte == b'\n' {
                self.line = self.at;
                self.fresh = true;
            }
        }
    }

    fn line_end(&self, from: usize) -> usize {
        memchr(b'\n', &self.bytes()[from..]).map_or(self.content.len(), |length| from + length)
    }

    fn comment(&mut self) {
        let start = self.at;
        self.at = self.line_end(start);
        let comment = self.content[start..self.at].trim_end_matches('\r');
        self.comments.push(Comment {
            span: self.text.span(start..start + comment.len()),
            text: comment[1..].trim(),
            alone: self.fresh,
        });
    }

    /// Takes a word. The byte at hand starts one.
    fn word(&mut self) {
        if self.starts_anew() {
            self.miss_semicolon();
        }
        if self.words.is_empty() {
            self.column = self.at - self.line;
        }
        let start = self.at;
        let (inside, quoted) = match self.peek(0) {
            Some(quote @ (b'"' | b'\'')) => (self.quoted(quote), true),
            _ => (self.unquoted(), false),
        };
        let content = self.text.span(inside.clone());
        let text = match unescape(&self.content[inside]) {
            Cow::Borrowed(text) => text,
            owned @ Cow::Owned(_) => self.sources.keep(owned),
        };
        let word = Word { text, span: self.text.span(start..self.at), content, quoted };
        self.words.push((word, start..self.at));
    }

    fn unquoted(&mut self) -> Range<usize> {
        let start = self.at;
        let mut in_variable = false;
        while let Some(byte) = self.peek(0) {
            self.at += match byte {
                b'\\' => 2,
                b'$' if self.peek(1) == Some(b'{') => {
                    in_variable = true;
                    2
                }
                b'{' => {
                    if let Some(end) = repetition_end(self.bytes(), self.at).filter(|_| self.at > start) {
                        self.error(self.at..end, UNQUOTED_REPETITION);
                        end - self.at
                    } else if let Some(end) = self.template_end() {
                        end - self.at
                    } else {
                        break;
                    }
                }
                b'}' if in_variable => {
                    in_variable = false;
                    1
                }
                b'}' if self.closes_block() => break,
                b';' => break,
                _ if is_blank(byte) => break,
                _ => 1,
            };
        }
        self.at = self.at.min(self.content.len());
        start..self.at
    }

    /// nginx reads a brace inside a word as part of it; one that ends its line is meant to close a block.
    fn closes_block(&self) -> bool {
        let behind = self.bytes()[self.at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        matches!(behind, None | Some(b'\n' | b'#' | b'}'))
    }

    /// The end of an unrendered `{{ … }}` or `{% … %}` that starts here.
    fn template_end(&mut self) -> Option<usize> {
        let close: &[u8] = match self.peek(1)? {
            b'{' => b"}}",
            b'%' => b"%}",
            _ => return None,
        };
        if self.at < self.templates_from {
            return None;
        }
        let line_end = self.line_end(self.at);
        let Some(length) = memmem::find(&self.bytes()[self.at + 2..line_end.max(self.at + 2)], close) else {
            self.templates_from = line_end;
            return None;
        };
        let end = self.at + 2 + length + 2;
        if !self.seen_template {
            self.seen_template = true;
            self.error(self.at..end, UNRENDERED);
        }
        Some(end)
    }

    /// Takes a word in quotes and gives what stands between them.
    fn quoted(&mut self, quote: u8) -> Range<usize> {
        let start = self.at;
        let Some(close) = self.closing_quote(quote) else { return self.unclosed_quote(start) };
        match self.bytes().get(close + 1) {
            None | Some(b';' | b'{' | b')') => {}
            Some(&byte) if is_blank(byte) => {}
            // Where the next quote lies on another line, it is more likely that one is missing on this.
            Some(_) if memchr(b'\n', &self.bytes()[start..close]).is_some() => {
                return self.unclosed_quote(start);
            }
            // The brace closes a block; what is missing before it is told there.
            Some(b'}') => {}
            Some(_) => {
                let length = self.content[close + 1..].chars().next().map_or(0, char::len_utf8);
                self.error(close + 1..close + 1 + length, "unexpected text behind a closing quote");
            }
        }
        self.at = close + 1;
        start + 1..close
    }

    fn closing_quote(&mut self, quote: u8) -> Option<usize> {
        let known_open = &mut self.unclosed[usize::from(quote == b'"')];
        if *known_open {
            return None;
        }
        let bytes = self.content.as_bytes();
        let mut at = self.at + 1;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                _ if byte == quote => return Some(at),
                _ => at += 1,
            }
        }
        *known_open = true;
        None
    }

    /// Ends an unclosed word with its line, before the `;` or `{` that ends that, and before the `}` that close
    /// blocks behind it.
    fn unclosed_quote(&mut self, start: usize) -> Range<usize> {
        let line = self.content[start + 1..self.line_end(start)].trim_end();
        let before = line.trim_end_matches(['}', ' ', '\t']);
        let line = if before.ends_with(';') { before } else { line };
        let inside = line.strip_suffix([';', '{']).unwrap_or(line).trim_end();
        self.at = start + 1 + inside.len();
        self.error(start..self.at, "quote is never closed");
        start + 1..self.at
    }

    /// Whether the word at hand starts another directive, so that the one before lacks its `;`.
    fn starts_anew(&self) -> bool {
        if !self.fresh || self.words.is_empty() {
            return false;
        }
        match self.frames.last().map_or(Body::Directives, |frame| frame.body) {
            Body::Entries => false,
            Body::Pairs => self.words.len() >= 2,
            Body::Directives => {
                let rest = &self.bytes()[self.at..];
                let name_end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
                let Some(end) = name_end else { return false };
                let name = &self.content[self.at..self.at + end];
                let argument = rest[end..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
                let followed = rest[end] != b';' && !matches!(argument, None | Some(b';' | b'\r' | b'\n'));
                let outdented = self.at - self.line <= self.column;
                followed && (is_unmistakable(name) || outdented && is_known(name))
            }
        }
    }

    /// Ends the directive at hand, whose `;` is missing, at its last word.
    fn miss_semicolon(&mut self) {
        let Some((_, last)) = self.words.last() else { return };
        let end = last.end;
        // A line of its own like `${LOCATIONS}` is filled in by envsubst.
        let filled_in = self.words.len() == 1 && self.words[0].0.text.starts_with('$');
        if !filled_in {
            self.error(end..end, "missing `;`");
        }
        let words = std::mem::take(&mut self.words);
        self.push(words, None, end);
    }

    fn terminate(&mut self) {
        self.at += 1;
        if self.words.is_empty() {
            self.error(self.at - 1..self.at, "unexpected `;`");
        }
        let words = std::mem::take(&mut self.words);
        self.push(words, None, self.at);
    }

    fn push(&mut self, words: Vec<(Word<'s>, Range<usize>)>, block: Option<Block<'s>>, end: usize) {
        let mut words = words.into_iter();
        let Some((name, range)) = words.next() else {
            // A brace without a name: what it holds belongs to the block around.
            self.directives.extend(block.into_iter().flat_map(|block| block.directives));
            return;
        };
        self.directives.push(Directive {
            name,
            arguments: words.map(|(word, _)| word).collect(),
            block,
            span: self.text.span(range.start..end),
        });
    }

    fn open(&mut self) {
        let brace = self.at;
        self.at += 1;
        let words = std::mem::take(&mut self.words);
        if self.frames.len() >= MAX_DEPTH {
            self.skip_block(words, brace);
            return;
        }
        if words.is_empty() {
            self.error(brace..self.at, "unexpected `{`");
        }
        let body = match words.first().map(|(word, _)| word.text) {
            Some("map" | "geo" | "split_clients" | "charset_map") => Body::Pairs,
            Some("types" | "match") => Body::Entries,
            _ => Body::Directives,
        };
        self.frames.push(Frame { words, brace, body, outer: std::mem::take(&mut self.directives) });
    }

    fn skip_block(&mut self, words: Vec<(Word<'s>, Range<usize>)>, brace: usize) {
        self.error(brace..brace + 1, "blocks are nested too deep: this one is not read");
        let mut depth = 1_usize;
        while let Some(byte) = self.peek(0).filter(|_| depth > 0) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        let block = Block { directives: Vec::new(), span: self.text.span(brace..self.at), raw: None };
        self.push(words, Some(block), self.at);
    }

    fn holds_lua(&self) -> bool {
        self.words.first().is_some_and(|(name, _)| name.text.ends_with("_by_lua_block"))
    }

    fn lua(&mut self) {
        let brace = self.at;
        let end = lua::body_end(self.bytes(), brace + 1);
        if end.is_none() {
            self.error(brace..brace + 1, "block is never closed");
        }
        let body = brace + 1..end.unwrap_or(self.content.len());
        self.at = end.map_or(body.end, |end| end + 1);
        let block = Block {
            directives: Vec::new(),
            span: self.text.span(brace..self.at),
            raw: Some(&self.content[body]),
        };
        let words = std::mem::take(&mut self.words);
        self.push(words, Some(block), self.at);
        // The columns of what follows on the body's last line count from that line.
        self.line = memrchr(b'\n', &self.bytes()[..self.at]).map_or(0, |at| at + 1).max(self.line);
    }

    fn close(&mut self) {
        self.miss_semicolon();
        self.at += 1;
        if self.frames.is_empty() {
            self.error(self.at - 1..self.at, "unexpected `}`");
        }
        self.close_frame();
    }

    fn close_frame(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let block = Block {
            directives: std::mem::replace(&mut self.directives, frame.outer),
            span: self.text.span(frame.brace..self.at),
            raw: None,
        };
        self.push(frame.words, Some(block), self.at);
    }

    fn end(&mut self) {
        self.miss_semicolon();
        for index in 0..self.frames.len() {
            let brace = self.frames[index].brace;
            self.error(brace..brace + 1, "block is never closed");
        }
        while !self.frames.is_empty() {
            self.close_frame();
        }
    }
}
