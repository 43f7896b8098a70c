//! Settings as every format makes them: a name, a value whose variables are put in as far as they are
//! known, and the place of both.

use crate::facts::{Field, Head, Scope, Setting, Store, Use};
use crate::source::{Sources, Span, Text};
use crate::syntax::interpolation::{self, Dialect, Operator, Part, Template, Variable};

/// How deep defaults inside defaults are followed.
const DEPTH: usize = 16;

/// Of how many parts a value is put together, and how many bytes it may have. What would be longer stays as
/// it is written.
const PARTS: usize = 256;
const LENGTH: usize = 64 * 1024;

/// What makes a setting.
#[derive(Clone, Debug)]
pub(super) struct Draft<'s> {
    pub(super) key: &'s str,
    pub(super) key_span: Span,
    pub(super) text: Text<'s>,
    pub(super) store: Store,
    pub(super) scope: Scope,
    pub(super) subject: &'s str,
    pub(super) image: Option<&'s str>,
    pub(super) uses: Vec<Use<'s>>,
}

impl<'s> Draft<'s> {
    /// The setting. An empty value stands where its name does.
    pub(super) fn setting(self) -> Setting<'s> {
        let place = self.text.span(0..self.text.as_str().len());
        let anchor = if self.text.as_str().trim().is_empty() { self.key_span } else { place };
        let value = self.text.as_str();
        let known = !is_variable(value);
        Setting {
            head: Head { anchor, subject: self.subject, uses: self.uses },
            key: Field::set(self.key, self.key_span, ""),
            value: if known { Field::set(value, anchor, "") } else { Field::Unknown },
            text: self.text,
            store: self.store,
            scope: self.scope,
            image: self.image,
            defaults: Vec::new(),
        }
    }
}

/// Whether a value is nothing but a variable that could not be put in.
fn is_variable(value: &str) -> bool {
    let value = value.trim();
    value.starts_with('$') && !value.contains(char::is_whitespace)
}

/// A value with its variables put in. `lookup` says what a variable is where that is known; what isn't known
/// and has no default stays as it is written.
pub(super) fn expand<'s>(
    text: &Text<'s>,
    dialect: Dialect,
    lookup: &mut dyn FnMut(&str) -> Option<Text<'s>>,
    sources: &'s Sources,
) -> Text<'s> {
    if !text.as_str().contains(['$', '\\', '`']) {
        return text.clone();
    }
    let template = interpolation::parse(text, dialect, sources);
    if template.literal() == Some(text.as_str()) {
        return text.clone();
    }
    let mut expansion = Expansion { lookup, sources, parts: Vec::new(), count: 0, length: 0 };
    let complete = expansion.template(&template, DEPTH).is_some();
    let Expansion { mut parts, count, length, .. } = expansion;
    if parts.len() > 1 && parts.first().is_some_and(|first| first.file() != text.file()) {
        // The whole stands where it is written, even if it begins with what stands elsewhere.
        parts.insert(0, text.part(0..0));
    }
    match parts.as_slice() {
        _ if !complete => text.clone(),
        [] => text.part(0..0),
        [one] => one.clone(),
        parts if sources.file(text.file()).grow(length + count * size_of::<Text<'_>>()) => {
            Text::joined(parts, sources)
        }
        _ => text.clone(),
    }
}

struct Expansion<'l, 's> {
    lookup: &'l mut dyn FnMut(&str) -> Option<Text<'s>>,
    sources: &'s Sources,
    parts: Vec<Text<'s>>,
    /// The parts of the parts.
    count: usize,
    length: usize,
}

/// Each step gives nothing where the value grows too large.
impl<'s> Expansion<'_, 's> {
    fn template(&mut self, template: &Template<'s>, depth: usize) -> Option<()> {
        template.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => self.push(text.clone()),
            Part::Variable(variable) => self.variable(variable, depth),
        })
    }

    fn push(&mut self, text: Text<'s>) -> Option<()> {
        self.count += text.count_parts();
        self.length += text.as_str().len();
        self.parts.push(text);
        (self.count <= PARTS && self.length <= LENGTH || self.parts.len() == 1).then_some(())
    }

    fn variable(&mut self, variable: &Variable<'s>, depth: usize) -> Option<()> {
        let known = (self.lookup)(variable.name);
        let counts = |text: &Text<'s>, when_empty: bool| !(when_empty && text.as_str().is_empty());
        match (&variable.operator, known) {
            (Operator::None, Some(text)) => self.push(text),
            (Operator::Default { when_empty, .. } | Operator::Required { when_empty, .. }, Some(text))
                if counts(&text, *when_empty) =>
            {
                self.push(text)
            }
            (Operator::Default { value, .. }, _) if depth > 0 => self.template(value, depth - 1),
            (Operator::Alternative { when_empty, value }, Some(text)) if depth > 0 => {
                if counts(&text, *when_empty) { self.template(value, depth - 1) } else { Some(()) }
            }
            _ => self.push(Text::verbatim(variable.span, self.sources.slice(variable.span))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(value: &str) -> (String, Vec<String>) {
        let sources = Sources::default();
        let env = sources.add(".env".into(), "LOGIN=postgres".into());
        let file = sources.add("compose.yaml".into(), value.into());
        let known = sources.text(env).part(6..14);
        let text = expand(
            &sources.text(file),
            Dialect::Compose,
            &mut |name| (name == "LOGIN").then(|| known.clone()),
            &sources,
        );
        let places = (0..text.as_str().len()).map(|at| sources.slice(text.span(at..at + 1)).to_owned());
        (text.as_str().to_owned(), places.collect())
    }

    #[test]
    fn known_variables_defaults_and_alternatives_are_put_in() {
        assert_eq!(expanded("a${LOGIN}b").0, "apostgresb");
        assert_eq!(expanded("${NOTHING:-x${LOGIN}}").0, "xpostgres");
        assert_eq!(expanded("${LOGIN:+set}").0, "set");
        assert_eq!(expanded("${NOTHING}").0, "${NOTHING}");
        assert_eq!(expanded("$$5").0, "$5");
    }

    #[test]
    fn each_byte_lies_where_it_was_written() {
        let (text, places) = expanded("u:${LOGIN}@${HOST:-db}/x");
        assert_eq!(text, "u:postgres@db/x");
        assert_eq!(places.concat(), "u:postgres@db/x");
    }
}
