//! From physical lines to those that instructions stand on: directives, comments, continuations.

use std::collections::HashMap;
use std::ops::Range;

use super::{Directive, Keyword};
use crate::source::{Sources, Span, Text};
use crate::syntax::builder::Builder;
use crate::syntax::{Comment, Error};

/// Reads a file line by line, and collects what is found on the way.
pub(super) struct Reader<'t, 's> {
    pub(super) text: &'t Text<'s>,
    pub(super) source: &'s str,
    pub(super) sources: &'s Sources,
    pub(super) escape: char,
    pub(super) directives: Vec<Directive<'s>>,
    pub(super) comments: Vec<Comment<'s>>,
    pub(super) errors: Vec<Error>,
    at: usize,
    /// Where each line of the file occurs last: as it stands, and without its leading tabs.
    last_lines: [Option<HashMap<&'s str, usize>>; 2],
}

impl<'t, 's> Reader<'t, 's> {
    pub(super) fn new(text: &'t Text<'s>, sources: &'s Sources) -> Self {
        let source = text.as_str();
        let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut reader = Reader {
            text,
            source,
            sources,
            escape: '\\',
            directives: Vec::new(),
            comments: Vec::new(),
            errors: Vec::new(),
            at,
            last_lines: [None, None],
        };
        while reader.directive() {}
        reader
    }

    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(Error { span, message: message.into() });
    }

    /// The next line with its continuations joined; it is not blank.
    pub(super) fn next_line(&mut self) -> Option<Text<'s>> {
        loop {
            let line = self.physical_line()?;
            if self.is_comment(&line) {
                continue;
            }
            let Some(first) = self.continued(&line) else {
                let trimmed = trimmed(self.source, line);
                if trimmed.is_empty() {
                    continue;
                }
                return Some(self.text.part(trimmed));
            };
            let joined = self.joined(first);
            let content = joined.as_str();
            let range = trimmed(content, 0..content.len());
            if !range.is_empty() {
                return Some(joined.part(range));
            }
        }
    }

    /// Joins what follows a line that is continued. Comments and blank lines don't end it.
    fn joined(&mut self, first: Range<usize>) -> Text<'s> {
        let mut builder = Builder::new(self.text.span(first.clone()));
        builder.copy(&self.text.part(first));
        while let Some(line) = self.physical_line() {
            if self.is_comment(&line) || self.source[line.clone()].trim().is_empty() {
                continue;
            }
            let Some(part) = self.continued(&line) else {
                builder.copy(&self.text.part(line));
                break;
            };
            builder.copy(&self.text.part(part));
        }
        builder.finish(self.sources)
    }

    /// The next line without its break.
    pub(super) fn physical_line(&mut self) -> Option<Range<usize>> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.at = (start + length + 1).min(self.source.len());
        Some(start..start + rest[..length].trim_end_matches('\r').len())
    }

    /// The next line, left where it is.
    pub(super) fn peek_line(&mut self) -> Option<Range<usize>> {
        let at = self.at;
        let line = self.physical_line();
        self.at = at;
        line
    }

    /// The part of a line before the escape character that ends it. Two of them are a literal one.
    fn continued(&self, line: &Range<usize>) -> Option<Range<usize>> {
        let content = self.source[line.clone()].trim_end_matches([' ', '\t']);
        let content = content.strip_suffix(self.escape)?;
        (!content.ends_with(self.escape)).then(|| line.start..line.start + content.len())
    }

    fn is_comment(&mut self, line: &Range<usize>) -> bool {
        let trimmed = trimmed(self.source, line.clone());
        let Some(text) = self.source[trimmed.clone()].strip_prefix('#') else { return false };
        let span = self.text.span(trimmed);
        self.comments.push(Comment { span, text: text.trim(), alone: true });
        true
    }

    /// Reads a parser directive, if the next line is one.
    fn directive(&mut self) -> bool {
        let Some(line) = self.peek_line() else { return false };
        let line = trimmed(self.source, line);
        let Some((name, value)) = self.source[line.clone()]
            .strip_prefix('#')
            .and_then(|rest| rest.split_once('='))
            .map(|(name, value)| (name.trim(), value.trim()))
        else {
            return false;
        };
        let known = ["syntax", "escape", "check"].iter().any(|known| known.eq_ignore_ascii_case(name));
        if !known || value.is_empty() {
            return false;
        }
        let span = self.text.span(line.clone());
        let value_span = self.text.span(line.end - value.len()..line.end);
        if self.directives.iter().any(|earlier| earlier.name.eq_ignore_ascii_case(name)) {
            self.error(span, format!("a second `{name}` directive"));
        } else if name.eq_ignore_ascii_case("escape") {
            match value {
                "\\" => self.escape = '\\',
                "`" => self.escape = '`',
                _ => self.error(value_span, "the escape character must be `\\` or a backtick"),
            }
        }
        self.directives.push(Directive { name, value, value_span, span });
        self.physical_line();
        true
    }

    /// Whether a line `name` is still to come, once leading tabs are off where `chomps`. Takes constant time
    /// after the first call.
    pub(super) fn line_follows(&mut self, name: &str, chomps: bool) -> bool {
        let source = self.source;
        let last_lines = self.last_lines[usize::from(chomps)].get_or_insert_with(|| {
            let mut last = HashMap::new();
            let mut start = 0;
            for line in source.split('\n') {
                let content = line.trim_end_matches('\r');
                last.insert(if chomps { content.trim_start_matches('\t') } else { content }, start);
                start += line.len() + 1;
            }
            last
        });
        last_lines.get(name).is_some_and(|&start| start >= self.at)
    }

    /// Whether the line looks like the start of an instruction: a keyword in capitals at its very start.
    pub(super) fn looks_like_instruction(&self, line: &Range<usize>) -> bool {
        let word = self.source[line.clone()].split([' ', '\t']).next().unwrap_or_default();
        word.len() < line.len() && Keyword::of(word) != Keyword::Unknown && Keyword::of(word).name() == word
    }

    /// Where the next line starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

/// A range without the blanks at its ends.
pub(super) fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let content = &source[range.clone()];
    let start = range.start + content.len() - content.trim_start().len();
    start..(range.start + content.trim_end().len()).max(start)
}
