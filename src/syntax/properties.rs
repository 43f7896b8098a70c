//! Java properties: `name=value`, `name: value` or `name value`, with escapes, and lines that go on behind a
//! `\`. <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)>

use super::Comment;
use super::builder::Builder;
use super::entry::Entry;
use crate::source::{Sources, Text};

/// A file of properties.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// The properties in order; of a name that occurs more than once, the last one counts.
    pub entries: Vec<Entry<'s>>,
    /// The comments.
    pub comments: Vec<Comment<'s>>,
}

/// Reads a file of properties. Every text is one, so there are no errors.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> File<'s> {
    let source = text.as_str();
    let at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let file = File { entries: Vec::new(), comments: Vec::new() };
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

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

impl<'s> Parser<'_, 's> {
    fn line(&mut self) {
        self.skip(|byte| is_blank(byte) || matches!(byte, b'\n' | b'\r'));
        match self.peek() {
            None => {}
            Some(b'#' | b'!') => self.comment(),
            Some(_) => self.property(),
        }
    }

    fn comment(&mut self) {
        let rest = &self.source[self.at..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let span = self.text.span(self.at..self.at + length);
        self.file.comments.push(Comment { span, text: rest[1..length].trim(), alone: true });
        self.at += length;
    }

    fn property(&mut self) {
        let key = self.decode(|byte| is_blank(byte) || matches!(byte, b'=' | b':'));
        self.skip_in_line();
        if matches!(self.peek(), Some(b'=' | b':')) {
            self.at += 1;
            self.skip_in_line();
        }
        let value = self.decode(|_| false);
        let key_span = key.span(0..key.as_str().len());
        self.file.entries.push(Entry { key: key.as_str(), key_span, value });
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// Skips blanks, also past the end of a line that goes on.
    fn skip_in_line(&mut self) {
        loop {
            self.skip(is_blank);
            match self.line_goes_on() {
                Some(next) => self.at = next,
                None => return,
            }
        }
    }

    /// Where the line goes on, if it ends here with a `\`.
    fn line_goes_on(&self) -> Option<usize> {
        let rest = self.source[self.at..].strip_prefix('\\')?;
        let length = ["\r\n", "\n", "\r"].iter().find(|ending| rest.starts_with(**ending))?.len();
        Some(self.at + 1 + length)
    }

    /// Reads up to the end of the line or to the byte that ends it.
    fn decode(&mut self, ends: impl Fn(u8) -> bool) -> Text<'s> {
        let mut builder = Builder::new(self.text.span(self.at..self.at));
        let mut run = self.at;
        while let Some(byte) = self.peek().filter(|byte| !matches!(byte, b'\n' | b'\r') && !ends(*byte)) {
            if byte != b'\\' {
                self.at += 1;
                continue;
            }
            builder.copy(&self.text.part(run..self.at));
            if let Some(next) = self.line_goes_on() {
                self.at = next;
                self.skip(is_blank);
            } else {
                self.escape(&mut builder);
            }
            run = self.at;
        }
        builder.copy(&self.text.part(run..self.at));
        builder.finish(self.sources)
    }

    fn escape(&mut self, builder: &mut Builder) {
        let start = self.at;
        let rest = &self.source[start + 1..];
        let Some(c) = rest.chars().next() else {
            self.at = self.source.len();
            return;
        };
        self.at = start + 1 + c.len_utf8();
        let code =
            rest.get(1..5).filter(|code| c == 'u' && code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(code) = code.and_then(|code| u32::from_str_radix(code, 16).ok()) {
            self.at += 4;
            // Half of a pair stands for no character.
            let meaning = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            builder.decode(self.text.span(start..self.at), meaning.encode_utf8(&mut [0; 4]));
            return;
        }
        let meaning = match c {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'f' => "\x0c",
            _ => &rest[..c.len_utf8()],
        };
        builder.decode(self.text.span(start..self.at), meaning);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(text: &str) -> Vec<(String, String)> {
        let sources = Sources::default();
        let id = sources.add("application.properties".into(), text.into());
        let file = parse(&sources.text(id), &sources);
        let owned = |entry: &Entry<'_>| (entry.key.to_owned(), entry.value.as_str().to_owned());
        file.entries.iter().map(owned).collect()
    }

    fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
        rows.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_mark_between_name_and_value_is_read() {
        let text = "a=b\nc : d\ne f\n  g\t=\th # i\nalone\nempty=\nurl=http://x:1/?y=z\n";
        assert_eq!(
            entries(text),
            pairs(&[
                ("a", "b"),
                ("c", "d"),
                ("e", "f"),
                ("g", "h # i"),
                ("alone", ""),
                ("empty", ""),
                ("url", "http://x:1/?y=z"),
            ])
        );
    }

    #[test]
    fn lines_go_on_and_escapes_are_decoded() {
        let text = "list = a,\\\n    b,\\\r\n  c\nkey\\ with\\=marks = \\u0041\\tb\\\\\\z\nnext = \\\n  x\n";
        assert_eq!(entries(text), pairs(&[("list", "a,b,c"), ("key with=marks", "A\tb\\z"), ("next", "x")]));
    }

    #[test]
    fn comments_take_whole_lines() {
        let sources = Sources::default();
        let id = sources.add("x.properties".into(), "# one\n ! two\r\na=b ! c\n".into());
        let file = parse(&sources.text(id), &sources);
        assert_eq!(file.comments.iter().map(|comment| comment.text).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(file.entries[0].value.as_str(), "b ! c");
    }

    #[test]
    fn values_lie_where_they_stand() {
        let sources = Sources::default();
        let text = "password = pa\\\n  ss\n";
        let id = sources.add("x.properties".into(), text.into());
        let file = parse(&sources.text(id), &sources);
        let value = &file.entries[0].value;
        assert_eq!(value.as_str(), "pass");
        assert_eq!(sources.slice(value.span(0..2)), "pa");
        assert_eq!(sources.slice(value.span(2..4)), "ss");
    }

    proptest! {
        #[test]
        fn every_place_lies_in_the_text(text in "[ab =:#!\\\\u0041\n\r\té]{0,60}") {
            let sources = Sources::default();
            let id = sources.add("x.properties".into(), text.clone());
            let file = parse(&sources.text(id), &sources);
            for entry in &file.entries {
                prop_assert!(text.get(entry.key_span.range()).is_some());
                let value = entry.value.span(0..entry.value.as_str().len());
                prop_assert!(text.get(value.range()).is_some());
            }
            for comment in &file.comments {
                prop_assert!(text.get(comment.span.range()).is_some());
            }
        }
    }
}
