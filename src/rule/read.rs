//! The text of a rule's file to a [`RawRule`], at run time: users' rules take this way, while built-in ones
//! come from the build script in the same form.
//!
//! Rules live as long as the process, so their strings are leaked once.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::load::RuleError;
use super::raw::{Form, Node, RawRule, Raws};
use crate::packed::Text;

const FENCE: &str = "+++";

/// Reads a rule's file. What its words mean is checked by [`load`](super::load::load).
///
/// # Errors
/// The first fault in the form of the head: a missing fence, or something that isn't TOML.
pub fn read(id: &str, topic: &str, text: &str) -> Result<RawRule, RuleError> {
    let start = fence(text, 0).ok_or_else(|| error(0..0, "a rule begins with a line `+++`"))?;
    let (end, body) =
        closing(text, start).ok_or_else(|| error(0..FENCE.len(), "no line `+++` ends the head"))?;
    let head = text.get(start..end).unwrap_or_default();
    let table = DeTable::parse(head).map_err(|wrong| {
        let span = wrong.span().unwrap_or_default();
        error(start + span.start..start + span.end, wrong.message())
    })?;
    let mut read = Head::default();
    read.entries(table.get_ref(), start);
    Ok(RawRule {
        id: leak(id),
        topic: leak(topic),
        text: leak(text),
        body,
        head: Raws::new(Vec::leak(read.nodes), String::leak(read.texts)),
    })
}

/// The byte behind a fence that stands at `at`, if one does.
fn fence(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(FENCE)?;
    let behind = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'));
    let behind = behind.or_else(|| rest.is_empty().then_some(rest))?;
    Some(text.len() - behind.len())
}

/// Where the head ends, and where the Markdown behind the closing fence starts.
fn closing(text: &str, start: usize) -> Option<(usize, usize)> {
    let lines = text.get(start..)?.split_inclusive('\n');
    let mut at = start;
    for line in lines {
        if let Some(body) = fence(text, at) {
            return Some((at, body));
        }
        at += line.len();
    }
    None
}

/// The nodes of a head, and their texts.
#[derive(Default)]
struct Head {
    nodes: Vec<Node>,
    texts: String,
}

impl Head {
    fn text(&mut self, text: &str) -> Text {
        let at = self.texts.len();
        self.texts.push_str(text);
        Text::new(offset(at), offset(text.len()))
    }

    fn entries(&mut self, table: &DeTable<'_>, start: usize) {
        for (key, value) in table {
            let key = self.text(key.get_ref());
            self.value(key, value, start);
        }
    }

    /// TOML nests to a bounded depth, since its parser refuses more.
    fn value(&mut self, key: Text, value: &Spanned<DeValue<'_>>, start: usize) {
        let span = value.span();
        let (from, to) = (offset(start + span.start), offset(start + span.end));
        let at = self.nodes.len();
        self.nodes.push(Node { key, start: from, end: to, value: Form::Bool(false) });
        let read = match value.get_ref() {
            DeValue::Table(table) => {
                self.entries(table, start);
                Form::Table(self.behind(at))
            }
            DeValue::Array(items) => {
                for item in items {
                    self.value(Text::NONE, item, start);
                }
                Form::List(self.behind(at))
            }
            DeValue::String(text) => Form::Text(self.text(text)),
            DeValue::Boolean(value) => Form::Bool(*value),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Form::Number(number),
                Err(_) => Form::Text(self.text(number.as_str())),
            },
            // Loading refuses a text where something else is wanted, with its place.
            DeValue::Float(number) => Form::Text(self.text(number.as_str())),
            DeValue::Datetime(date) => Form::Text(self.text(&date.to_string())),
        };
        if let Some(node) = self.nodes.get_mut(at) {
            node.value = read;
        }
    }

    /// How many nodes stand behind one.
    fn behind(&self, at: usize) -> u32 {
        offset(self.nodes.len() - at - 1)
    }
}

/// A place in a rule's file. Files have far less than 4 GB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn leak(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn error(span: Range<usize>, message: &str) -> RuleError {
    RuleError { span, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Level, RawValue, load};
    use proptest::prelude::*;

    const RULE: &str = "+++\nsince = \"0.1\"\n[[case]]\nabout = \"problem\"\nwhen = { kind = \"syntax\" }\n\
        level = \"error\"\nmessage = \"{detail}\"\n+++\n# Broken file\nIt matters.\n\n## Fix\nMend it.\n";

    #[test]
    fn a_rule_is_read_and_loaded() {
        let rule = load::load(&read("broken", "project", RULE).unwrap()).unwrap();
        assert_eq!((rule.id, rule.topic, rule.title), ("broken", "project", "Broken file"));
        assert_eq!(rule.level(), Level::Error);
        assert_eq!(rule.section("Fix"), Some("Mend it."));
    }

    #[test]
    fn line_breaks_of_windows_are_as_good() {
        let text = RULE.replace('\n', "\r\n");
        assert!(
            read("broken", "project", &text)
                .unwrap()
                .text
                .get(read("b", "p", &text).unwrap().body..)
                .unwrap()
                .starts_with("# Broken")
        );
    }

    #[test]
    fn errors_have_their_place_in_the_file() {
        let wrong = load::load(&read("x", "y", &RULE.replace("kind =", "kidn =")).unwrap()).unwrap_err();
        assert_eq!(wrong.message, "unknown field of problem `kidn`, did you mean `kind`?");
        let text = RULE.replace("level = \"error\"", "level = ");
        let wrong = read("x", "y", &text).unwrap_err();
        assert_eq!(text.get(..wrong.span.start).unwrap().lines().count(), 6, "{wrong:?}");
        assert_eq!(read("x", "y", "# No head").unwrap_err().message, "a rule begins with a line `+++`");
        assert_eq!(read("x", "y", "+++\na = 1\n").unwrap_err().message, "no line `+++` ends the head");
    }

    #[test]
    fn numbers_are_read_in_every_base() {
        let rule = read("x", "y", "+++\na = 0x1F\nb = 1.5\n+++\n").unwrap();
        let value = |key: &str| rule.head.get(key).unwrap().value();
        assert!(matches!(value("a"), RawValue::Number(31)), "{rule:?}");
        assert!(matches!(value("b"), RawValue::Text("1.5")), "{rule:?}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\+\\+\\+\r?\n)?[a-z=\\[\\]\"{}\n+0-9.-]{0,60}(\n\\+\\+\\+\n)?") {
            if let Ok(rule) = read("x", "y", &text) {
                prop_assert!(text.is_char_boundary(rule.body));
            }
        }
    }
}
