//! YAML and JSON as files of settings: each leaf is an entry under its whole name, and what an item of a
//! list holds belongs together.

use super::Reader;
use super::unread::{problem, yaml_errors};
use crate::facts::ProblemKind;
use crate::source::{Sources, Span};
use crate::syntax::entry::{Entry, Section};
use crate::syntax::yaml::{self, Document, Kind, Mode, Node, Stream};

/// How deep values are followed.
const DEPTH: usize = 32;

/// How many leaves of one document are read. Real settings have far fewer.
const MOST_LEAVES: usize = 20_000;

/// The length in bytes up to which names are followed: each leaf has the whole of its own.
const LONGEST_NAME: usize = 1024;

/// What shows that a file is still to be filled in by another program: by Jinja, by ERB, by Go's templates,
/// by Maven (`@project.version@`).
fn is_template(text: &str) -> bool {
    let maven = |line: &str| line.split('@').nth(2).is_some() && line.contains(": @");
    ["{{", "{%", "<%"].iter().any(|mark| text.contains(mark)) || text.lines().any(maven)
}

/// Reads the text of a file of settings whose readers refuse a key that stands twice.
pub(super) fn parse<'s>(reader: &mut Reader<'s>, mode: Mode) -> Stream<'s> {
    let stream = parse_leniently(reader, mode);
    if !is_template(reader.text.as_str()) {
        for duplicate in &stream.duplicates {
            let detail = format!("the key `{}` stands twice", duplicate.key);
            problem(&mut reader.reading.facts, reader.sources, ProblemKind::Syntax, duplicate.second, detail);
        }
    }
    stream
}

/// Reads the text of a file of settings. A template is no YAML yet, so that nothing in it is an error.
pub(super) fn parse_leniently<'s>(reader: &mut Reader<'s>, mode: Mode) -> Stream<'s> {
    let text = reader.text.clone();
    let mode = if mode == Mode::Plain && yaml::is_templated(text.as_str()) { Mode::Templated } else { mode };
    let mut stream = yaml::parse(&text, reader.sources, mode);
    reader.reading.comments.extend(stream.comments.iter().copied());
    let errors = std::mem::take(&mut stream.errors);
    if !is_template(text.as_str()) {
        yaml_errors(&mut reader.reading.facts, reader.sources, errors);
    }
    stream
}

/// The leaves of a document: those of the root, and those of each item of a list. Names are joined by dots
/// from the root on; a text in a list goes by the list's name. What is null is left out.
pub(super) fn sections<'s>(document: &Document<'s>, sources: &'s Sources) -> Vec<Section<'s>> {
    let root = Section { name: "", span: document.span(), entries: Vec::new() };
    let mut walk = Walk { sources, sections: vec![root], name: String::new(), leaves: 0 };
    let start = document.root().span().head();
    walk.node(document.root(), start, 0, DEPTH);
    walk.sections
}

/// Leaves out what is empty, where that says that the value comes from elsewhere.
pub(super) fn leave_out_empty(sections: &mut [Section<'_>]) {
    for section in sections {
        section.entries.retain(|found| !found.value.as_str().trim().is_empty());
    }
}

struct Walk<'s> {
    sources: &'s Sources,
    sections: Vec<Section<'s>>,
    /// The name of what is being walked.
    name: String,
    leaves: usize,
}

impl<'s> Walk<'s> {
    fn node(&mut self, node: Node<'_, 's>, key_span: Span, section: usize, depth: usize) {
        if depth == 0 || self.leaves >= MOST_LEAVES {
            return;
        }
        match node.kind() {
            Kind::Mapping => {
                let before = self.name.len();
                for entry in node.entries().filter(|entry| !entry.merged && !entry.key.is_empty()) {
                    // What an alias stands for is read where it stands.
                    let is_alias = entry.value.alias_span().is_some();
                    if before + entry.key.len() < LONGEST_NAME && !is_alias {
                        if before > 0 {
                            self.name.push('.');
                        }
                        self.name.push_str(entry.key);
                        self.node(entry.value, entry.key_span, section, depth - 1);
                        self.name.truncate(before);
                    }
                }
            }
            Kind::Sequence => {
                for item in node.items().filter(|item| item.alias_span().is_none()) {
                    let mut section = section;
                    if item.kind() == Kind::Mapping {
                        let name = self.sources.keep(self.name.clone().into());
                        section = self.sections.len();
                        self.sections.push(Section { name, span: item.span(), entries: Vec::new() });
                    }
                    self.node(item, key_span, section, depth - 1);
                }
            }
            Kind::Scalar => {
                if node.is_null() || node.as_str().is_none() || self.name.is_empty() {
                    return;
                }
                self.leaves += 1;
                let key = self.sources.keep(self.name.clone().into());
                if let Some(section) = self.sections.get_mut(section) {
                    section.entries.push(Entry { key, key_span, value: node.text() });
                }
            }
        }
    }
}

/// Whether the outermost mapping of a YAML text has this key, as its lines show.
pub(super) fn has_key(text: &str, key: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, key.as_bytes()).any(|at| {
        let quote = at
            .checked_sub(1)
            .and_then(|before| bytes.get(before))
            .copied()
            .filter(|byte| matches!(byte, b'"' | b'\''));
        let start = if quote.is_some() { at - 1 } else { at };
        let begins = start == 0
            || matches!(start.checked_sub(1).and_then(|before| bytes.get(before)), Some(b'\n' | b'\r'))
            || start == '\u{feff}'.len_utf8() && text.starts_with('\u{feff}');
        let behind = at + key.len() + usize::from(quote.is_some());
        begins && matches!(bytes.get(behind), Some(b':' | b' '))
    })
}

/// The keys of the outermost mapping of a YAML text, as its lines show them.
pub(super) fn keys(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().filter(|line| !line.starts_with([' ', '\t', '#', '-', '%', '{', '}', '['])).filter_map(
        |line| {
            let (key, rest) = line.split_once(':')?;
            let plain = rest.is_empty() || rest.starts_with([' ', '\t']);
            plain.then(|| key.trim().trim_matches(['"', '\'']))
        },
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Vec<Vec<String>> {
        let sources = Sources::default();
        let id = sources.add("x.yaml".into(), text.into());
        let stream = yaml::parse(&sources.text(id), &sources, Mode::Plain);
        let all = stream.documents.iter().flat_map(|document| sections(document, &sources));
        all.map(|section| {
            let entries = section.entries.iter();
            entries.map(|entry| format!("{}={}", entry.key, entry.value.as_str())).collect()
        })
        .collect()
    }

    #[test]
    fn leaves_have_their_whole_names_and_items_of_lists_belong_together() {
        let text = "a:\n  b: 1\n  c.d: x\nlist: [p, q]\njobs:\n  - {name: one, hosts: [h]}\n  - {name: two}\nn: ~\ne: ''\n";
        let expected: [&[&str]; 3] = [
            &["a.b=1", "a.c.d=x", "list=p", "list=q", "e="],
            &["jobs.name=one", "jobs.hosts=h"],
            &["jobs.name=two"],
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn each_document_has_sections_of_its_own() {
        assert_eq!(shown("a: 1\n---\nb: 2\n"), [["a=1"], ["b=2"]]);
        assert_eq!(shown("- a: 1\n- [{b: 2}]\n"), [Vec::<&str>::new(), vec!["a=1"], vec!["b=2"]]);
    }

    #[test]
    fn what_is_merged_or_stands_for_something_else_counts_once() {
        let text = "default: &d\n  a: 1\nproduction:\n  <<: *d\n  b: 2\ntest: *d\n";
        assert_eq!(shown(text), [["default.a=1", "production.b=2"]]);
    }

    #[test]
    fn a_key_that_stands_twice_is_a_problem_where_readers_refuse_it() {
        let problems = |format: &str, text: &str| {
            let sources = Sources::default();
            let id = sources.add("config/default.yaml".into(), text.into());
            Reader::read(&sources, id, crate::formats::find(format).unwrap()).facts.problems.len()
        };
        assert_eq!(problems("prometheus", "a: 1\na: 2\n"), 1);
        assert_eq!(problems("prometheus", "a: {% x %}\na: 2\n"), 0);
        assert_eq!(problems("config", "a: 1\na: 2\n"), 0);
        assert_eq!(problems("config", "a: [1\n"), 1);
    }

    #[test]
    fn keys_are_told_by_lines() {
        assert!(has_key("x: 1\nroute:\n  a: 1\n", "route"));
        assert!(!has_key("x:\n  route: 1\n# route: 2\nroutes: 3\n", "route"));
        assert_eq!(
            keys("\u{feff}a: 1\n\"b\":\n  c: 2\n# d: 3\n- e: 4\nhttp://x\n").collect::<Vec<_>>(),
            ["a", "b"]
        );
    }

    #[test]
    fn a_file_that_is_to_be_filled_in_is_no_wrong_one() {
        assert!(is_template("a: @profile@\n") && is_template("{% if x %}\na: 1\n"));
        assert!(!is_template("mail: a@example.org, b@example.org\n"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[-a: \n{}\\[\\],&*'\"|]{0,60}") {
            let sources = Sources::default();
            let id = sources.add("x.yaml".into(), text.clone());
            let stream = yaml::parse(&sources.text(id), &sources, Mode::Plain);
            for section in stream.documents.iter().flat_map(|document| sections(document, &sources)) {
                for entry in section.entries {
                    prop_assert!(text.get(entry.key_span.range()).is_some());
                    prop_assert!(text.get(entry.value.span(0..entry.value.as_str().len()).range()).is_some());
                }
            }
            let _ = keys(&text).count();
        }
    }
}
