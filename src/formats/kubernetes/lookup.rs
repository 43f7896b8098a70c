//! What a tree says at a path of keys: a value, nothing, or something that can't be known from it.

use crate::facts::Field;
use crate::source::Span;
use crate::syntax::yaml::Node;

/// What stands at a path of keys.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'t, 's> {
    /// A value that is known.
    Stated(Node<'t, 's>),
    /// Nothing, or null.
    Absent,
    /// A template action stands there, or may put something there.
    Unknown,
}

/// Looks along a path of keys.
pub(super) fn look<'t, 's>(from: Node<'t, 's>, keys: &[&str]) -> Found<'t, 's> {
    let mut node = from;
    for key in keys {
        match node.get(key) {
            Some(next) => node = next,
            None if node.is_open() || node.is_unknown() => return Found::Unknown,
            None => return Found::Absent,
        }
    }
    if node.is_unknown() {
        Found::Unknown
    } else if node.is_null() {
        Found::Absent
    } else {
        Found::Stated(node)
    }
}

impl<'t, 's> Found<'t, 's> {
    /// The known value.
    pub(super) fn node(self) -> Option<Node<'t, 's>> {
        match self {
            Found::Stated(node) => Some(node),
            Found::Absent | Found::Unknown => None,
        }
    }

    /// The known text.
    pub(super) fn str(self) -> Option<&'s str> {
        self.node().and_then(Node::as_str)
    }

    /// What stands further along the path.
    pub(super) fn look(self, keys: &[&str]) -> Found<'t, 's> {
        match self {
            Found::Stated(node) => look(node, keys),
            other => other,
        }
    }

    /// This, or the other where nothing stands here.
    pub(super) fn or(self, other: Found<'t, 's>) -> Found<'t, 's> {
        if self.is_absent() { other } else { self }
    }

    /// Whether it is certain that nothing stands there.
    pub(super) fn is_absent(self) -> bool {
        matches!(self, Found::Absent)
    }

    /// The property that stands there; a value of the wrong type is unknown.
    pub(super) fn field<T>(
        self,
        written: &'static str,
        absent: Field<T>,
        value: impl FnOnce(Node<'t, 's>) -> Option<T>,
    ) -> Field<T> {
        match self {
            Found::Stated(node) => {
                value(node).map_or(Field::Unknown, |value| Field::set(value, node.span(), written))
            }
            Found::Absent => absent,
            Found::Unknown => Field::Unknown,
        }
    }

    /// A property that is true or false. The API server refuses a quoted one, but it is plain what it means.
    pub(super) fn boolean(self, written: &'static str, absent: Field<bool>) -> Field<bool> {
        self.field(written, absent, Node::truthy)
    }

    /// A property that is a text or a number.
    pub(super) fn text(self, written: &'static str, absent: Field<&'s str>) -> Field<&'s str> {
        self.field(written, absent, Node::as_str)
    }

    /// The items of a list; none of an unknown one.
    pub(super) fn items(self) -> impl Iterator<Item = Node<'t, 's>> {
        self.node().into_iter().flat_map(Node::items)
    }
}

/// A text that is known wholly.
pub(super) fn known_str<'s>(node: Node<'_, 's>, key: &str) -> Option<&'s str> {
    look(node, &[key]).str()
}

/// A port number.
pub(super) fn port(node: Node<'_, '_>) -> Option<u16> {
    let number = node.as_i64().or_else(|| node.as_str()?.parse().ok())?;
    u16::try_from(number).ok().filter(|port| *port != 0)
}

/// Where something that has this as its entry is to be blamed for what it lacks: its first key.
pub(super) fn first_key(node: Node<'_, '_>) -> Span {
    node.own_entries().next().map_or(node.span(), |entry| entry.key_span)
}

/// The pairs of texts in a mapping: labels, selectors.
pub(super) fn pairs<'s>(node: Node<'_, 's>) -> Vec<(&'s str, &'s str)> {
    let known = node.entries().filter_map(|entry| Some((entry.key, entry.value.as_str()?)));
    known.collect()
}
