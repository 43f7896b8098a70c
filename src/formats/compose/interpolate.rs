//! Values with their variables put in, as Compose does it before it looks at anything else.
//! <https://docs.docker.com/reference/compose-file/interpolation/>

use rustc_hash::FxHashMap;

use crate::facts::Use;
use crate::formats::settings::expand;
use crate::source::{Sources, Span, Text};
use crate::syntax::interpolation::{
    self, Dialect, Expanded, Expansion, Lookup, Operator, Part, Template, Variable,
};
use crate::syntax::yaml::{Kind, Node};
use crate::value::key::Key;
use crate::value::secret;

/// What an env file sets.
pub(super) type Variables<'s> = FxHashMap<&'s str, Text<'s>>;

/// The variables that a project's files may use. What the shell sets is not known.
#[derive(Clone, Debug)]
pub(super) struct Environment<'e, 's> {
    /// Env files, the one that wins first.
    pub(super) files: Vec<&'e Variables<'s>>,
    pub(super) sources: &'s Sources,
}

/// A scalar with its variables put in.
#[derive(Clone, Debug)]
pub(super) struct Value<'s> {
    /// Its text; variables that aren't known stand in it as they are written.
    pub(super) text: Text<'s>,
    /// The whole of it in the Compose file.
    pub(super) written: Span,
    /// Where a finding lies: at the bytes that supply it, or at the use where these are only a part of it.
    pub(super) place: Span,
    /// Whether nothing in it is unknown.
    pub(super) known: bool,
    /// Whether a part of it is the default of a variable that nothing here sets.
    pub(super) by_default: bool,
    /// The defaults of secrets that it is written with.
    pub(super) defaults: Vec<Span>,
}

impl<'s> Value<'s> {
    pub(super) fn as_str(&self) -> &'s str {
        self.text.as_str()
    }

    /// The text, where all of it is known.
    pub(super) fn known(&self) -> Option<&'s str> {
        self.known.then(|| self.as_str().trim())
    }

    /// The place of use, where the value comes from somewhere else.
    pub(super) fn uses(&self, note: &'s str) -> Vec<Use<'s>> {
        let elsewhere = !self.written.contains(self.place);
        elsewhere.then_some(Use { span: self.written, note }).into_iter().collect()
    }
}

impl<'s> Environment<'_, 's> {
    fn lookup(&self, name: &str) -> Option<Text<'s>> {
        self.files.iter().find_map(|file| file.get(name).cloned())
    }

    /// A scalar; nothing for lists and mappings, and for null.
    pub(super) fn scalar(&self, node: Node<'_, 's>) -> Option<Value<'s>> {
        if node.kind() != Kind::Scalar || node.is_null() {
            return None;
        }
        let value = self.value(&node.text());
        Some(Value { known: value.known && !node.is_unknown(), ..value })
    }

    /// A text.
    pub(super) fn value(&self, text: &Text<'s>) -> Value<'s> {
        let written = text.span(0..text.as_str().len());
        if !text.as_str().contains('$') {
            return Value {
                text: text.clone(),
                written,
                place: written,
                known: true,
                by_default: false,
                defaults: Vec::new(),
            };
        }
        let template = interpolation::parse(text, Dialect::Compose, self.sources);
        let mut known = |name: &str| match self.lookup(name) {
            Some(text) if text.as_str().contains("${") => Lookup::Unknown,
            Some(text) => Lookup::Value(Expanded::literal(text)),
            None => Lookup::Unset,
        };
        let known = matches!(template.expand(&mut known, self.sources), Expansion::Known(_));
        let alone = template.parts.len() == 1;
        let text = expand(text, Dialect::Compose, &mut |name| self.lookup(name), self.sources);
        let length = text.as_str().len();
        let place = if alone && length > 0 { text.span(0..length) } else { written };
        let by_default = template.parts.iter().any(|part| match part {
            Part::Variable(Variable { name, operator: Operator::Default { .. }, .. }) => {
                self.lookup(name).is_none_or(|value| value.as_str().is_empty())
            }
            _ => false,
        });
        Value { text, written, place, known, by_default, defaults: defaults(&template, alone) }
    }
}

/// The literal defaults of variables whose names say secret, or of the one that is the whole value.
fn defaults(template: &Template<'_>, alone: bool) -> Vec<Span> {
    let secret = |name: &str| alone || secret::is_secret_key(&Key::new(name)).is_some();
    let values = template.parts.iter().filter_map(|part| match part {
        Part::Variable(Variable { name, operator: Operator::Default { value, .. }, .. }) if secret(name) => {
            Some(value)
        }
        _ => None,
    });
    let literals = values.flat_map(|value| &value.parts).filter_map(|part| match part {
        Part::Literal(text) => Some(text.span(0..text.as_str().len())),
        Part::Variable(_) => None,
    });
    literals.collect()
}

/// Splits a text at colons outside of variables and brackets, each part with where it starts.
pub(super) fn split_colons(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    let mut before = '\0';
    for (at, c) in text.char_indices() {
        match c {
            '{' if before == '$' => depth += 1,
            '[' if depth == 0 => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                parts.push((start, text.get(start..at).unwrap_or_default()));
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push((start, text.get(start..).unwrap_or_default()));
    parts
}

/// Whether a text holds a variable that could not be put in.
pub(super) fn has_variable(text: &str) -> bool {
    text.contains('$')
}
