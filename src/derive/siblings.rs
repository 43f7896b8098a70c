//! The settings that stand beside a setting: `DATABASE_SSL` says how `DATABASE_URL` is meant.

use crate::facts::{Head, Setting};
use crate::source::Span;
use crate::value::boolean;
use crate::value::key::Key;

/// A setting with its name cut into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a, 's> {
    /// The setting.
    pub(super) setting: &'a Setting<'s>,
    /// Its name.
    pub(super) key: Key<'s>,
    /// Its value, without blanks around it.
    pub(super) value: &'s str,
}

impl<'s> Named<'_, 's> {
    fn new<'a>(setting: &'a Setting<'s>) -> Named<'a, 's> {
        let name = setting.key.value().copied().unwrap_or_default();
        Named { setting, key: Key::new(name), value: setting.text.as_str().trim() }
    }

    /// Its name as written.
    pub(super) fn name(&self) -> &'s str {
        self.key.text()
    }

    /// Where its value stands; an empty value stands where its name does.
    pub(super) fn place(&self) -> Span {
        self.setting.head.anchor
    }

    /// The head of a fact that follows from the whole of it.
    pub(super) fn head(&self) -> Head<'s> {
        self.setting.head.clone()
    }

    /// The head of a fact that follows from a part of its value.
    pub(super) fn head_at(&self, span: Span) -> Head<'s> {
        Head { anchor: span, ..self.setting.head.clone() }
    }

    /// Whether its value is, wholly or in part, something that can't be known from the files.
    pub(super) fn is_open(&self) -> bool {
        let value = self.value;
        value.contains("${") || value.contains("$(") || value.contains("{{") || value.contains("<%")
    }
}

/// The settings of one scope.
#[derive(Debug)]
pub(super) struct Siblings<'a, 's>(Vec<Named<'a, 's>>);

impl<'a, 's> Siblings<'a, 's> {
    pub(super) fn new(settings: &'a [Setting<'s>]) -> Self {
        Siblings(settings.iter().map(Named::new).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Named<'a, 's>> {
        self.0.iter()
    }

    /// The sibling of this exact name.
    pub(super) fn get(&self, name: &str) -> Option<&Named<'a, 's>> {
        self.0.iter().find(|named| named.name().eq_ignore_ascii_case(name))
    }

    /// The siblings whose names begin with the same words, this many of them.
    pub(super) fn sharing<'b>(
        &'b self,
        key: &'b Key<'b>,
        words: usize,
    ) -> impl Iterator<Item = &'b Named<'a, 's>> {
        self.0
            .iter()
            .filter(move |named| named.key.text() != key.text() && named.key.shares_start(key, words))
    }

    /// Whether one of the siblings with these first words is switched on and has one of these words behind
    /// them.
    pub(super) fn turned_on(&self, key: &Key<'_>, words: usize, about: &[&str]) -> bool {
        self.sharing(key, words).any(|named| {
            let rest = named.key.words().get(words..).unwrap_or_default();
            rest.iter().any(|word| about.iter().any(|one| word.eq_ignore_ascii_case(one)))
                && boolean::parse(named.value) == Some(true)
        })
    }
}
