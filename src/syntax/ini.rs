//! Files of settings: one name with its value a line, in sections with a head in brackets.
//!
//! The readers agree on that much and differ in the rest: what stands between name and value, which quotes
//! there are, where a comment may start, whether a value goes on in the next line.

use std::ops::Range;

use super::builder::Builder;
use super::entry::{Entry, Section, lines, trimmed};
use super::{Comment, Error};
use crate::source::{Sources, Text};

/// Whose grammar holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// What most readers of INI files take: `name = value` or `name: value`, `;` and `#` start comments, and
    /// an indented line goes on with the value before it.
    /// <https://docs.python.org/3/library/configparser.html#supported-ini-file-structure>
    Ini,
    /// Option files of MySQL and `MariaDB`: names may stand alone, values may be quoted.
    /// <https://dev.mysql.com/doc/refman/8.4/en/option-files.html>
    Mysql,
    /// `postgresql.conf`: no sections, the `=` may be left out, and `''` is a quote in quotes.
    /// <https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-CONFIGURATION-FILE>
    Postgresql,
    /// `rabbitmq.conf`: no sections, `name = value`.
    /// <https://www.rabbitmq.com/docs/configure#config-file>
    Rabbitmq,
    /// Fluent Bit's classic mode: blanks between name and value, no comment behind them.
    /// <https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema>
    FluentBit,
}

impl Dialect {
    fn has_sections(self) -> bool {
        !matches!(self, Dialect::Postgresql | Dialect::Rabbitmq)
    }

    fn starts_comment(self, byte: u8) -> bool {
        byte == b'#' || byte == b';' && matches!(self, Dialect::Ini | Dialect::Mysql)
    }
}

/// A file of settings.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// The sections in order. The first has no name and holds what stands before the first head; a name may
    /// occur more than once.
    pub sections: Vec<Section<'s>>,
    /// The lines that could not be read; lines that follow one another are one error.
    pub errors: Vec<Error>,
    /// The comments, also those behind values.
    pub comments: Vec<Comment<'s>>,
}

impl<'s> File<'s> {
    /// All entries with the section that they stand in.
    pub fn entries(&self) -> impl Iterator<Item = (&Section<'s>, &Entry<'s>)> {
        self.sections.iter().flat_map(|section| section.entries.iter().map(move |entry| (section, entry)))
    }
}

/// Reads a file of settings.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, dialect: Dialect, sources: &'s Sources) -> File<'s> {
    let top = Section { name: "", span: text.span(0..0), entries: Vec::new() };
    let file = File { sections: vec![top], errors: Vec::new(), comments: Vec::new() };
    let mut parser = Parser { text, source: text.as_str(), dialect, sources, file, wrong: None, value: None };
    for line in lines(parser.source) {
        parser.line(line);
    }
    parser.end_value();
    parser.end_wrong();
    parser.file
}

struct Parser<'t, 's> {
    text: &'t Text<'s>,
    source: &'s str,
    dialect: Dialect,
    sources: &'s Sources,
    file: File<'s>,
    /// The lines that could not be read, up to here.
    wrong: Option<Range<usize>>,
    /// The lines of a value that may go on.
    value: Option<(Range<usize>, Vec<Range<usize>>)>,
}

const EXPECTED: &str = "not a setting: a name and its value are expected";

impl<'s> Parser<'_, 's> {
    fn line(&mut self, line: Range<usize>) {
        let content = trimmed(self.source, line.clone());
        let Some(first) = self.source.as_bytes()[content.clone()].first().copied() else {
            self.end_wrong();
            return;
        };
        if self.dialect.starts_comment(first) {
            self.comment(content, true);
            return;
        }
        let indented = content.start > line.start;
        if indented && self.dialect == Dialect::Ini && self.value.is_some() {
            let content = self.without_comment(content);
            if let Some((_, parts)) = &mut self.value {
                parts.push(content);
            }
            return;
        }
        self.end_value();
        if first == b'[' && self.dialect.has_sections() {
            self.head(content);
        } else if self.setting(content.clone()).is_none() {
            self.wrong = Some(self.wrong.as_ref().map_or(content.start, |wrong| wrong.start)..content.end);
            return;
        }
        self.end_wrong();
    }

    fn head(&mut self, content: Range<usize>) {
        let inside = content.start + 1;
        let Some(length) = self.source[inside..content.end].find(']') else {
            return self.error(content, "a section's name that is never closed by `]`");
        };
        let name = trimmed(self.source, inside..inside + length);
        let rest = trimmed(self.source, inside + length + 1..content.end);
        if self.source.as_bytes().get(rest.start).is_some_and(|byte| self.dialect.starts_comment(*byte)) {
            self.comment(rest, false);
        }
        let span = self.text.span(content.start..inside + length + 1);
        self.file.sections.push(Section { name: &self.source[name], span, entries: Vec::new() });
    }

    /// Reads a name with its value; nothing where the line is none.
    fn setting(&mut self, content: Range<usize>) -> Option<()> {
        let line = &self.source[content.clone()];
        let key_length = match self.dialect {
            Dialect::FluentBit => line.find(char::is_whitespace).unwrap_or(line.len()),
            Dialect::Postgresql => name_length(line)?,
            // Directives that include other files.
            Dialect::Mysql if line.starts_with('!') => line.find(char::is_whitespace).unwrap_or(line.len()),
            Dialect::Ini if line.starts_with('%') => line.find(char::is_whitespace).unwrap_or(line.len()),
            Dialect::Ini => line.find(['=', ':']).unwrap_or(line.len()),
            Dialect::Mysql => line.find(['=', '#']).unwrap_or(line.len()),
            Dialect::Rabbitmq => line.find('=')?,
        };
        let key = trimmed(self.source, content.start..content.start + key_length);
        if key.is_empty() {
            return None;
        }
        let behind = content.start + key_length;
        let mut rest = trimmed(self.source, behind..content.end);
        let marked = match self.source.as_bytes().get(rest.start).filter(|_| !rest.is_empty()) {
            Some(b'=') => self.dialect != Dialect::FluentBit,
            Some(b':') => self.dialect == Dialect::Ini,
            _ => false,
        };
        if marked {
            rest = trimmed(self.source, rest.start + 1..content.end);
        } else if self.dialect == Dialect::Postgresql && (rest.is_empty() || rest.start == behind) {
            return None;
        }
        match self.dialect {
            Dialect::Postgresql => self.postgresql(key, rest)?,
            Dialect::Ini => {
                let rest = self.without_comment(rest);
                self.value = Some((key, vec![rest]));
            }
            _ => {
                let value = self.without_comment(rest);
                let value = self.text.part(self.unquoted(value));
                self.push(key, value);
            }
        }
        Some(())
    }

    /// Takes the comment off the end of a value.
    fn without_comment(&mut self, value: Range<usize>) -> Range<usize> {
        let bytes = &self.source.as_bytes()[value.clone()];
        let starts = |at: usize, byte: u8| match self.dialect {
            Dialect::FluentBit => false,
            Dialect::Mysql => byte == b'#',
            Dialect::Ini => matches!(byte, b'#' | b';') && (at == 0 || matches!(bytes[at - 1], b' ' | b'\t')),
            Dialect::Rabbitmq | Dialect::Postgresql => {
                byte == b'#' && (at == 0 || matches!(bytes[at - 1], b' ' | b'\t'))
            }
        };
        let mark = match self.dialect {
            Dialect::Mysql | Dialect::Ini => bytes.first().filter(|byte| matches!(byte, b'"' | b'\'')),
            _ => None,
        };
        let quoted = mark.and_then(|mark| memchr::memchr(*mark, &bytes[1..])).map_or(0, |end| end + 2);
        let found = (quoted..bytes.len()).find(|at| starts(*at, bytes[*at]));
        let Some(at) = found.map(|at| value.start + at) else { return value };
        self.comment(at..value.end, false);
        trimmed(self.source, value.start..at)
    }

    /// Takes off the quotes that a value stands in as a whole.
    fn unquoted(&self, value: Range<usize>) -> Range<usize> {
        if !matches!(self.dialect, Dialect::Mysql | Dialect::Ini) {
            return value;
        }
        let part = &self.source[value.clone()];
        for mark in ["\"\"\"", "\"", "'", "`"] {
            if let Some(inner) = part.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark))
                && !inner.contains(mark)
            {
                return value.start + mark.len()..value.end - mark.len();
            }
        }
        value
    }

    /// The value of a line of `postgresql.conf`: one word, or a text in quotes, and nothing behind it.
    fn postgresql(&mut self, key: Range<usize>, rest: Range<usize>) -> Option<()> {
        let line = &self.source[rest.clone()];
        let (value, end) = if line.starts_with('\'') {
            let length = closing(line)?;
            (self.unescaped(rest.start + 1..rest.start + length), rest.start + length + 1)
        } else {
            let inside = |c: char| {
                c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '+' | '-' | '%' | '*' | '$')
            };
            let length = line.find(|c: char| !inside(c)).unwrap_or(line.len());
            (self.text.part(rest.start..rest.start + length), rest.start + length)
        };
        let behind = trimmed(self.source, end..rest.end);
        if end == rest.start && !behind.is_empty() && self.source.as_bytes()[behind.start] != b'#' {
            return None;
        }
        match self.source.as_bytes()[behind.clone()].first() {
            Some(b'#') => self.comment(behind, false),
            Some(_) => return None,
            None => {}
        }
        self.push(key, value);
        Some(())
    }

    /// The inside of `'…'`, where `''` and `\'` stand for a quote.
    fn unescaped(&self, inner: Range<usize>) -> Text<'s> {
        let source = &self.source[inner.clone()];
        if !source.contains(['\'', '\\']) {
            return self.text.part(inner);
        }
        let mut builder = Builder::new(self.text.span(inner.start..inner.start));
        let (mut run, mut at) = (inner.start, inner.start);
        while let Some(found) = source[at - inner.start..].find(['\'', '\\']) {
            let escape = at + found;
            let Some(next) = self.source[escape + 1..inner.end].chars().next() else { break };
            at = escape + 1 + next.len_utf8();
            builder.copy(&self.text.part(run..escape));
            builder.decode(self.text.span(escape..at), &self.source[escape + 1..at]);
            run = at;
        }
        builder.copy(&self.text.part(run..inner.end));
        builder.finish(self.sources)
    }

    /// Takes in the value whose last line has been read.
    fn end_value(&mut self) {
        let Some((key, parts)) = self.value.take() else { return };
        let value = match parts.as_slice() {
            [one] => self.text.part(self.unquoted(one.clone())),
            [first, rest @ ..] => {
                let mut builder = Builder::new(self.text.span(first.clone()));
                builder.copy(&self.text.part(first.clone()));
                let mut before = first.end;
                for part in rest {
                    builder.decode(self.text.span(before..part.start), "\n");
                    builder.copy(&self.text.part(part.clone()));
                    before = part.end;
                }
                builder.finish(self.sources)
            }
            [] => return,
        };
        self.push(key, value);
    }

    fn push(&mut self, key: Range<usize>, value: Text<'s>) {
        let entry = Entry { key: &self.source[key.clone()], key_span: self.text.span(key), value };
        if let Some(section) = self.file.sections.last_mut() {
            section.entries.push(entry);
        }
    }

    fn comment(&mut self, range: Range<usize>, alone: bool) {
        let text = self.source[range.start + 1..range.end].trim();
        self.file.comments.push(Comment { span: self.text.span(range), text, alone });
    }

    fn error(&mut self, range: Range<usize>, message: &str) {
        self.file.errors.push(Error { span: self.text.span(range), message: message.to_owned() });
    }

    fn end_wrong(&mut self) {
        if let Some(wrong) = self.wrong.take() {
            self.error(wrong, EXPECTED);
        }
    }
}

/// The length of a name as PostgreSQL takes it: letters, digits and `_`, in parts joined by dots.
fn name_length(line: &str) -> Option<usize> {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii();
    let inside = |byte: u8| letter(byte) || byte.is_ascii_digit() || matches!(byte, b'$' | b'.' | b'-');
    let first = line.bytes().next().filter(|byte| letter(*byte));
    first.map(|_| line.bytes().position(|byte| !inside(byte)).unwrap_or(line.len()))
}

/// Where the quote that starts a text is closed.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        let quote = at + memchr::memchr2(b'\'', b'\\', bytes.get(at..)?)?;
        if bytes[quote] == b'\\' || bytes.get(quote + 1) == Some(&b'\'') {
            at = quote + 2;
        } else {
            return Some(quote);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str, dialect: Dialect) -> (Vec<(String, String, String)>, Vec<String>) {
        let sources = Sources::default();
        let id = sources.add("x.conf".into(), text.into());
        let file = parse(&sources.text(id), dialect, &sources);
        let owned = |text: &str| text.to_owned();
        let entries = file
            .entries()
            .map(|(section, entry)| (owned(section.name), owned(entry.key), owned(entry.value.as_str())));
        (entries.collect(), file.errors.iter().map(|error| owned(sources.slice(error.span))).collect())
    }

    fn entries(text: &str, dialect: Dialect) -> Vec<(String, String, String)> {
        let (entries, errors) = parsed(text, dialect);
        assert_eq!(errors, Vec::<String>::new());
        entries
    }

    fn all(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
        rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
    }

    #[test]
    fn ini_values_may_go_on_and_comments_stand_behind_blanks() {
        let text = "; supervisor\n[program:api]\ncommand = run ; api\nenvironment=A=\"1\",\n  B=\"2;3\"\npath: /x\nalone\n";
        assert_eq!(
            entries(text, Dialect::Ini),
            all(&[
                ("program:api", "command", "run"),
                ("program:api", "environment", "A=\"1\",\nB=\"2;3\""),
                ("program:api", "path", "/x"),
                ("program:api", "alone", ""),
            ])
        );
    }

    #[test]
    fn quotes_around_a_whole_value_are_taken_off() {
        let text = "[security]\nadmin_password = \"\"\"#a;b\"\"\"\nname = \"x\" y\nq='z'\n";
        assert_eq!(
            entries(text, Dialect::Ini),
            all(&[
                ("security", "admin_password", "#a;b"),
                ("security", "name", "\"x\" y"),
                ("security", "q", "z")
            ])
        );
    }

    #[test]
    fn options_of_mysql_may_stand_alone() {
        let text = "[mysqld]\nskip-ssl\npassword=\"a#b\" # c\nport=3306#x\n!includedir /etc/mysql/conf.d/\n";
        assert_eq!(
            entries(text, Dialect::Mysql),
            all(&[
                ("mysqld", "skip-ssl", ""),
                ("mysqld", "password", "a#b"),
                ("mysqld", "port", "3306"),
                ("mysqld", "!includedir", "/etc/mysql/conf.d/"),
            ])
        );
    }

    #[test]
    fn postgresql_takes_quotes_and_leaves_out_the_mark() {
        let text = "ssl on\nlisten_addresses = '*'\t# all\nx.y='it''s'\nport=5432\nempty = ''\n";
        assert_eq!(
            entries(text, Dialect::Postgresql),
            all(&[
                ("", "ssl", "on"),
                ("", "listen_addresses", "*"),
                ("", "x.y", "it's"),
                ("", "port", "5432"),
                ("", "empty", ""),
            ])
        );
    }

    #[test]
    fn lines_that_postgresql_refuses_are_one_error() {
        let text = "ssl = on\n-- tuning\nCREATE INDEX a ON b (c);\nCREATE INDEX d ON e;\n\nport = 5432\n";
        let (entries, errors) = parsed(text, Dialect::Postgresql);
        assert_eq!(entries.len(), 2);
        assert_eq!(errors, ["-- tuning\nCREATE INDEX a ON b (c);\nCREATE INDEX d ON e;"]);
        assert_eq!(parsed("a = 'b\n", Dialect::Postgresql).1, ["a = 'b"]);
    }

    #[test]
    fn rabbitmq_keeps_marks_within_values() {
        let text = "listeners.ssl.default = 5671\ndefault_pass = a#b=c # d\n";
        assert_eq!(
            entries(text, Dialect::Rabbitmq),
            all(&[("", "listeners.ssl.default", "5671"), ("", "default_pass", "a#b=c")])
        );
        assert_eq!(parsed("[{rabbit, []}].", Dialect::Rabbitmq).1, ["[{rabbit, []}]."]);
    }

    #[test]
    fn fluent_bit_has_no_comment_behind_a_value() {
        let text = "@SET A=b\n[OUTPUT]\n    Name  es\n    Match a # b\n[OUTPUT]\n    tls Off\n";
        assert_eq!(
            entries(text, Dialect::FluentBit),
            all(&[
                ("", "@SET", "A=b"),
                ("OUTPUT", "Name", "es"),
                ("OUTPUT", "Match", "a # b"),
                ("OUTPUT", "tls", "Off"),
            ])
        );
    }

    #[test]
    fn a_head_that_is_not_closed_is_an_error() {
        assert_eq!(parsed("[mysqld\na=b\n", Dialect::Mysql).1, ["[mysqld"]);
    }

    fn any_dialect() -> impl Strategy<Value = Dialect> {
        prop_oneof![
            Just(Dialect::Ini),
            Just(Dialect::Mysql),
            Just(Dialect::Postgresql),
            Just(Dialect::Rabbitmq),
            Just(Dialect::FluentBit),
        ]
    }

    proptest! {
        #[test]
        fn every_place_lies_in_the_text(text in "[ab =:;#\\[\\]'\"\\\\\n\r\t.!%é]{0,60}", dialect in any_dialect()) {
            let sources = Sources::default();
            let id = sources.add("x.conf".into(), text.clone());
            let file = parse(&sources.text(id), dialect, &sources);
            for (section, entry) in file.entries() {
                prop_assert_eq!(text.get(entry.key_span.range()), Some(entry.key));
                prop_assert!(text.get(section.span.range()).is_some());
                let value = entry.value.span(0..entry.value.as_str().len());
                prop_assert!(text.get(value.range()).is_some());
            }
            let errors = file.errors.iter().map(|error| error.span);
            for span in errors.chain(file.comments.iter().map(|comment| comment.span)) {
                prop_assert!(text.get(span.range()).is_some_and(|slice| !slice.is_empty()));
            }
        }
    }
}
