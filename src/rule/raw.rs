//! The head of a rule's file as it is written, before its words are checked. Built-in rules come in this
//! form from the build script, so that start-up parses no TOML; users' rules are read into it.
//!
//! The values of a head stand one behind the other, each before those in it, without addresses (see
//! [`packed`](crate::packed)).

use std::ops::Range;

use crate::packed::Text;

/// A value among those of a head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// Its key, where it stands in a table.
    pub(crate) key: Text,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) value: Form,
}

/// What a node is; lists and tables say how many of the nodes behind it they hold, at any depth.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Text(Text),
    Number(i64),
    Bool(bool),
    List(u32),
    Table(u32),
}

/// A value in the head of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Raw {
    node: &'static Node,
    inner: Raws,
}

/// A TOML value.
#[derive(Clone, Copy, Debug)]
pub enum RawValue {
    /// A string.
    Text(&'static str),
    /// An integer.
    Number(i64),
    /// A boolean.
    Bool(bool),
    /// An array.
    List(Raws),
    /// A table.
    Table(Raws),
}

impl Raw {
    /// Its bytes in the rule's file.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        self.node.start as usize..self.node.end as usize
    }

    /// Its key; nothing for an item of an array.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.node.key.of(self.inner.texts)
    }

    /// The value.
    #[must_use]
    pub fn value(self) -> RawValue {
        match self.node.value {
            Form::Text(text) => RawValue::Text(text.of(self.inner.texts)),
            Form::Number(number) => RawValue::Number(number),
            Form::Bool(value) => RawValue::Bool(value),
            Form::List(_) => RawValue::List(self.inner),
            Form::Table(_) => RawValue::Table(self.inner),
        }
    }
}

/// The items of an array, or the entries of a table, in the order of the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Raws {
    nodes: &'static [Node],
    texts: &'static str,
}

impl Raws {
    /// Those that nodes stand for.
    pub(crate) const fn new(nodes: &'static [Node], texts: &'static str) -> Self {
        Raws { nodes, texts }
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Raw> {
        let mut rest = self.nodes;
        std::iter::from_fn(move || {
            let (node, behind) = rest.split_first()?;
            let held = match node.value {
                Form::List(held) | Form::Table(held) => held as usize,
                Form::Text(_) | Form::Number(_) | Form::Bool(_) => 0,
            };
            let (inner, next) = behind.split_at_checked(held)?;
            rest = next;
            Some(Raw { node, inner: Raws { nodes: inner, texts: self.texts } })
        })
    }

    /// The entry of a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Raw> {
        self.iter().find(|raw| raw.key() == key)
    }
}

/// A rule's file: its head, and the whole text.
#[derive(Clone, Copy, Debug)]
pub struct RawRule {
    /// The file's name without `.md`.
    pub id: &'static str,
    /// The name of the folder it lies in.
    pub topic: &'static str,
    /// The whole file.
    pub text: &'static str,
    /// Where the Markdown behind the head starts.
    pub body: usize,
    /// The entries of the head.
    pub head: Raws,
}
