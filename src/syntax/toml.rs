//! TOML: the leaves of its tables under their whole names. <https://toml.io/en/v1.0.0>
//!
//! The tree is read by the crate that reads `govlint.toml`; it recovers from mistakes and bounds the depth.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::entry::{Entry, Section};
use super::{Comment, Error};
use crate::source::{Sources, Span, Text};

/// How deep tables and arrays are followed.
const DEPTH: usize = 64;

/// The length in bytes up to which names are followed: each leaf has the whole of its own.
const LONGEST_NAME: usize = 1024;

/// A TOML document.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// The root, and each table of an array of tables: what they hold belongs together. Names are joined by
    /// dots from the root on, and each item of an array is an entry of its own under the array's name.
    pub sections: Vec<Section<'s>>,
    /// What could not be read.
    pub errors: Vec<Error>,
    /// The comments.
    pub comments: Vec<Comment<'s>>,
}

impl<'s> File<'s> {
    /// All entries with the section that they stand in.
    pub fn entries(&self) -> impl Iterator<Item = (&Section<'s>, &Entry<'s>)> {
        self.sections.iter().flat_map(|section| section.entries.iter().map(move |entry| (section, entry)))
    }
}

/// Reads a document.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> File<'s> {
    let (table, errors) = DeTable::parse_recoverable(text.as_str());
    let root = Section { name: "", span: text.span(0..0), entries: Vec::new() };
    let mut reader =
        Reader { text, source: text.as_str(), sources, sections: vec![root], values: Vec::new() };
    reader.table(table.get_ref(), "", 0, DEPTH);
    let comments = comments(text, reader.values);
    File { sections: reader.sections, errors: mistakes(text, &errors), comments }
}

/// The first of the mistakes on each line: those behind it only follow from it.
fn mistakes(text: &Text<'_>, errors: &[toml::de::Error]) -> Vec<Error> {
    let mut mistakes = Vec::new();
    let mut line_end = 0;
    for error in errors {
        let range = error.span().filter(|span| text.as_str().get(span.clone()).is_some()).unwrap_or(0..0);
        if !mistakes.is_empty() && range.start < line_end {
            continue;
        }
        let rest = &text.as_str()[range.start..];
        line_end = range.start + rest.find('\n').unwrap_or(rest.len()) + 1;
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        mistakes.push(Error { span: text.span(range), message });
    }
    mistakes
}

struct Reader<'t, 's> {
    text: &'t Text<'s>,
    source: &'s str,
    sources: &'s Sources,
    sections: Vec<Section<'s>>,
    /// Where texts and names stand: what starts with `#` in them is no comment.
    values: Vec<Range<usize>>,
}

impl<'s> Reader<'_, 's> {
    fn table(&mut self, table: &DeTable<'_>, path: &str, section: usize, depth: usize) {
        for (key, value) in table {
            let name = key.get_ref();
            let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
            self.values.push(key.span());
            if path.len() > LONGEST_NAME {
                continue;
            }
            self.value(value, &path, self.place(&key.span()), section, depth);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &str, key: Span, section: usize, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, path, section, depth),
            DeValue::Array(items) => {
                for item in items {
                    let own = match item.get_ref() {
                        DeValue::Table(_) => {
                            let name = self.sources.keep(path.to_owned().into());
                            let span = self.place(&item.span());
                            self.sections.push(Section { name, span, entries: Vec::new() });
                            self.sections.len() - 1
                        }
                        _ => section,
                    };
                    self.value(item, path, key, own, depth);
                }
            }
            DeValue::String(content) => {
                self.values.push(value.span());
                let text = self.string(value.span(), content);
                self.entry(path, key, text, section);
            }
            _ => {
                let span = value.span();
                let inside = self.source.get(span.clone()).is_some();
                let text = self.text.part(if inside { span } else { 0..0 });
                self.entry(path, key, text, section);
            }
        }
    }

    fn entry(&mut self, path: &str, key_span: Span, value: Text<'s>, section: usize) {
        let key = self.sources.keep(path.to_owned().into());
        if let Some(section) = self.sections.get_mut(section) {
            section.entries.push(Entry { key, key_span, value });
        }
    }

    fn place(&self, range: &Range<usize>) -> Span {
        let inside = self.source.get(range.clone()).is_some();
        self.text.span(if inside { range.clone() } else { 0..0 })
    }

    /// A text without its quotes; one with escapes lies between them as a whole.
    fn string(&self, span: Range<usize>, content: &str) -> Text<'s> {
        let written = self.source.get(span.clone()).unwrap_or_default();
        for mark in ["\"\"\"", "'''", "\"", "'"] {
            if let Some(inner) = written.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
                let range = span.start + mark.len()..span.end - mark.len();
                if inner == content {
                    return self.text.part(range);
                }
                let content = self.sources.keep(content.to_owned().into());
                return Text::decoded(self.text.span(range), content);
            }
        }
        Text::decoded(self.place(&span), self.sources.keep(content.to_owned().into()))
    }
}

/// The comments: whatever stands behind a `#` outside of texts.
fn comments<'s>(text: &Text<'s>, mut values: Vec<Range<usize>>) -> Vec<Comment<'s>> {
    values.sort_unstable_by_key(|value| value.start);
    let source = text.as_str();
    let (mut comments, mut at) = (Vec::new(), 0);
    while let Some(found) = source.get(at..).and_then(|rest| memchr::memchr(b'#', rest.as_bytes())) {
        let start = at + found;
        let before = values.partition_point(|value| value.start <= start);
        let holder = before.checked_sub(1).map(|index| values[index].clone());
        if let Some(value) = holder.filter(|value| value.end > start) {
            at = value.end;
            continue;
        }
        let rest = &source[start..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let whole = rest[..length].trim_end();
        let line = source[..start].rfind('\n').map_or(0, |line| line + 1);
        comments.push(Comment {
            span: text.span(start..start + whole.len()),
            text: whole[1..].trim(),
            alone: source[line..start].trim().is_empty(),
        });
        at = start + length;
    }
    comments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(text: &str) -> Vec<(String, String, String)> {
        let sources = Sources::default();
        let id = sources.add("config.toml".into(), text.into());
        let file = parse(&sources.text(id), &sources);
        let rows = file.entries().map(|(_, entry)| {
            let value = &entry.value;
            let placed = sources.slice(value.span(0..value.as_str().len()));
            (entry.key.to_owned(), value.as_str().to_owned(), placed.to_owned())
        });
        rows.collect()
    }

    #[test]
    fn leaves_have_their_whole_names() {
        let text = "debug = true\n[server.tls]\nmin = 'VersionTLS12'\nports = [80, 443]\n[a]\nb = { c = \"x\\ty\" }\n";
        let found = entries(text);
        let rows: Vec<(&str, &str, &str)> =
            found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("debug", "true", "true"),
                ("server.tls.min", "VersionTLS12", "VersionTLS12"),
                ("server.tls.ports", "80", "80"),
                ("server.tls.ports", "443", "443"),
                ("a.b.c", "x\ty", "x\\ty"),
            ]
        );
    }

    #[test]
    fn each_table_of_an_array_is_a_section() {
        let sources = Sources::default();
        let text = "[[outputs.kafka]]\nuser = 'a'\n[[outputs.kafka]]\nuser = 'b'\n";
        let id = sources.add("telegraf.conf".into(), text.into());
        let file = parse(&sources.text(id), &sources);
        let names: Vec<&str> = file.sections.iter().map(|section| section.name).collect();
        assert_eq!(names, ["", "outputs.kafka", "outputs.kafka"]);
        assert_ne!(file.sections[1].span, file.sections[2].span);
        assert_eq!(file.sections[2].entries[0].key, "outputs.kafka.user");
    }

    #[test]
    fn comments_are_told_from_texts() {
        let sources = Sources::default();
        let text = "# head\nurl = \"http://x/#y\" # tail\nmore = '''\n# inside\n'''\n";
        let id = sources.add("config.toml".into(), text.into());
        let file = parse(&sources.text(id), &sources);
        let comments: Vec<(&str, bool)> =
            file.comments.iter().map(|comment| (comment.text, comment.alone)).collect();
        assert_eq!(comments, [("head", true), ("tail", false)]);
    }

    #[test]
    fn a_mistake_hides_nothing_else() {
        let sources = Sources::default();
        let id = sources.add("config.toml".into(), "a = 1\nb = = 2\nc = 3\n".into());
        let file = parse(&sources.text(id), &sources);
        assert!(!file.errors.is_empty());
        assert_eq!(file.entries().filter(|(_, entry)| matches!(entry.key, "a" | "c")).count(), 2);
    }

    proptest! {
        #[test]
        fn every_place_lies_in_the_text(text in "[ab=.#'\"\\\\{}, 1\n\\[\\]é]{0,60}") {
            let sources = Sources::default();
            let id = sources.add("config.toml".into(), text.clone());
            let file = parse(&sources.text(id), &sources);
            for (section, entry) in file.entries() {
                prop_assert!(text.get(section.span.range()).is_some());
                prop_assert!(text.get(entry.key_span.range()).is_some());
                prop_assert!(text.get(entry.value.span(0..entry.value.as_str().len()).range()).is_some());
            }
            for span in file.errors.iter().map(|error| error.span) {
                prop_assert!(text.get(span.range()).is_some());
            }
            for comment in &file.comments {
                prop_assert!(text.get(comment.span.range()).is_some());
            }
        }
    }
}
