//! The tree of a document: an arena of slots, and the handles that read it.

use std::collections::HashMap;
use std::sync::Arc;

use super::{scalar, spelling};
use crate::source::{Span, Text};

/// The end of a list of siblings, or no link at all.
pub(super) const NONE: u32 = u32::MAX;

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One value. An alias that leads nowhere counts as one, of unknown text.
    Scalar,
    /// A list.
    Sequence,
    /// Keys with their values.
    Mapping,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Without quotes; an empty value counts as plain.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

impl Style {
    /// Whether the scalar is a block scalar, `|` or `>`.
    #[must_use]
    pub fn is_block(self) -> bool {
        matches!(self, Style::Literal | Style::Folded)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Scalar(Style),
    Sequence {
        flow: bool,
    },
    Mapping {
        flow: bool,
    },
    /// An alias; `link` is the slot it stands for.
    Alias,
    /// An alias that stands for nothing.
    Lost,
}

/// Facts about a slot beside its shape.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Marks(u8);

impl Marks {
    pub(super) const UNKNOWN: Marks = Marks(1);
    /// A collection that may hold more than is seen.
    pub(super) const OPEN: Marks = Marks(1 << 1);
    /// A mapping with a `<<` among its keys.
    pub(super) const MERGES: Marks = Marks(1 << 2);
    /// A mapping in which a key stands twice.
    pub(super) const REPEATS: Marks = Marks(1 << 3);
    /// A scalar whose tag makes it a string.
    pub(super) const TEXTUAL: Marks = Marks(1 << 4);

    pub(super) fn set(&mut self, other: Marks) {
        self.0 |= other.0;
    }

    pub(super) fn has(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }
}

/// One node as it stands in the text. Slots lie in the order of the text, a collection before its
/// children; the children of a mapping are keys and values by turns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'s> {
    pub(super) text: &'s str,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) next: u32,
    /// A collection's first child, or what an alias stands for.
    pub(super) link: u32,
    pub(super) shape: Shape,
    pub(super) marks: Marks,
}

/// One document of a stream.
#[derive(Debug)]
pub struct Document<'s> {
    /// Never empty; the root comes first.
    pub(super) slots: Vec<Slot<'s>>,
    /// Slots with a tag and the tag's range, in order.
    pub(super) tags: Vec<(u32, u32, u32)>,
    pub(super) text: Arc<Text<'s>>,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) broken: bool,
}

impl<'s> Document<'s> {
    /// The outermost node; an empty scalar where the document holds none.
    #[must_use]
    pub fn root(&self) -> Node<'_, 's> {
        Node::reach(self, 0, NONE)
    }

    /// From the document's start (its `---`, if written) to the end of its content.
    #[must_use]
    pub fn span(&self) -> Span {
        self.place(self.start, self.end)
    }

    /// Whether an error cut the document short. Its collections are then all open.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Each node as it stands in the text, once, keys included; aliases are left out. The way to go
    /// through a whole document whatever its aliases do.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_, 's>> {
        (0..).zip(&self.slots).filter_map(|(at, slot)| {
            (slot.shape != Shape::Alias).then_some(Node { document: self, at, via: NONE })
        })
    }

    /// Adds what a path makes of one of the document's nodes: a mapping or a list around the next part of it, and
    /// the node at its end. The answer is where that begins, for [`Document::added`].
    pub fn add(&mut self, path: &[Step<'s>], node: Place) -> Place {
        let mut inner = node.0;
        let place = self.slots.get(inner as usize).map_or(0, |slot| slot.start);
        let slot = |text, link, next, shape| Slot {
            text,
            start: place,
            end: place,
            next,
            link,
            shape,
            marks: Marks::default(),
        };
        for step in path.iter().rev() {
            let at = u32::try_from(self.slots.len()).unwrap_or(NONE);
            let end = self.slots.get(inner as usize).map_or(place, |slot| slot.end);
            let (shape, key) = match step {
                Step::Key(key) => (Shape::Mapping { flow: true }, Some(*key)),
                Step::Item => (Shape::Sequence { flow: true }, None),
            };
            self.slots.push(Slot { end, ..slot("", at + 1, NONE, shape) });
            if let Some(key) = key {
                self.slots.push(slot(key, NONE, at + 2, Shape::Scalar(Style::DoubleQuoted)));
            }
            self.slots.push(Slot { end, ..slot("", inner, NONE, Shape::Alias) });
            inner = at;
        }
        Place(inner)
    }

    /// What [`Document::add`] made.
    #[must_use]
    pub fn added(&self, place: Place) -> Node<'_, 's> {
        let at = if (place.0 as usize) < self.slots.len() { place.0 } else { 0 };
        Node::reach(self, at, NONE)
    }

    fn place(&self, start: u32, end: u32) -> Span {
        self.text.span(start as usize..end as usize)
    }
}

/// One part of a path.
#[derive(Clone, Copy, Debug)]
pub enum Step<'s> {
    /// The key of a mapping.
    Key(&'s str),
    /// Some item of a list.
    Item,
}

/// Which node of its document a node is.
#[derive(Clone, Copy, Debug)]
pub struct Place(u32);

/// A node. Aliases are followed without a trace but [`Node::alias_span`]. Going down from any node
/// always ends: an alias can't stand for a node around it, and the nodes that aliases add to a stream
/// are limited ([`ALIAS_LIMIT`](super::ALIAS_LIMIT)), as is the depth they reach
/// ([`DEPTH_LIMIT`](super::DEPTH_LIMIT)).
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, 's> {
    document: &'t Document<'s>,
    at: u32,
    /// The outermost alias that led here.
    via: u32,
}

impl PartialEq for Node<'_, '_> {
    /// Whether both are the same node of the same tree, however they were reached.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.at == other.at
    }
}

impl Eq for Node<'_, '_> {}

impl<'t, 's> Node<'t, 's> {
    fn reach(document: &'t Document<'s>, at: u32, via: u32) -> Self {
        let slot = &document.slots[at as usize];
        if slot.shape != Shape::Alias {
            return Node { document, at, via };
        }
        Node { document, at: slot.link, via: if via == NONE { at } else { via } }
    }

    fn slot(self) -> &'t Slot<'s> {
        &self.document.slots[self.at as usize]
    }

    /// Which node of its document it is.
    #[must_use]
    pub fn place(self) -> Place {
        Place(self.at)
    }

    /// What the node is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self.slot().shape {
            Shape::Scalar(_) | Shape::Alias | Shape::Lost => Kind::Scalar,
            Shape::Sequence { .. } => Kind::Sequence,
            Shape::Mapping { .. } => Kind::Mapping,
        }
    }

    /// Where the node is written, without anchor and tag. Quotes and brackets are part of it. A block
    /// scalar reaches from its first character (behind the indent) to the end of its last line that is
    /// not blank, a block collection to the end of its last child. An empty value has no width.
    #[must_use]
    pub fn span(self) -> Span {
        self.document.place(self.slot().start, self.slot().end)
    }

    /// The alias in whose place the node, or the node it was reached from, stands; the outermost where
    /// there are several.
    #[must_use]
    pub fn alias_span(self) -> Option<Span> {
        let slot = self.document.slots.get(self.via as usize)?;
        Some(self.document.place(slot.start, slot.end))
    }

    /// The tag as written, with its `!`.
    #[must_use]
    pub fn tag(self) -> Option<&'s str> {
        let tags = &self.document.tags;
        let index = tags.binary_search_by_key(&self.at, |&(slot, ..)| slot).ok()?;
        let (_, start, end) = tags[index];
        self.document.text.as_str().get(start as usize..end as usize)
    }

    /// Whether the node can't be known: a template action stands in or for it, or it is an alias
    /// without an anchor. Such a node answers all questions about its value with nothing.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self.slot().marks.has(Marks::UNKNOWN)
    }

    /// Whether the collection may hold more than is seen, so that nothing can be said to be missing:
    /// a template action adds to it, its document is broken, or a merge leads nowhere.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.slot().marks.has(Marks::OPEN)
    }

    /// Whether the collection is written with brackets.
    #[must_use]
    pub fn is_flow(self) -> bool {
        matches!(self.slot().shape, Shape::Sequence { flow: true } | Shape::Mapping { flow: true })
    }

    /// How the scalar is written.
    #[must_use]
    pub fn style(self) -> Option<Style> {
        match self.slot().shape {
            Shape::Scalar(style) => Some(style),
            _ => None,
        }
    }

    /// Whether the node is a scalar without quotes, whose type YAML guesses.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.style() == Some(Style::Plain) && !self.slot().marks.has(Marks::TEXTUAL)
    }

    /// The text of a known scalar of any type, decoded.
    #[must_use]
    pub fn as_str(self) -> Option<&'s str> {
        (self.style().is_some() && !self.is_unknown()).then_some(self.slot().text)
    }

    /// The text of a plain scalar, or nothing.
    fn word(self) -> Option<&'s str> {
        self.as_str().filter(|_| self.is_plain())
    }

    /// A plain scalar that is a boolean in YAML 1.1: `true`, `yes`, `on`, `y`, their opposites, and
    /// these capitalised or in capitals.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        scalar::boolean(self.word()?)
    }

    /// As [`Node::as_bool`], but quotes make no difference.
    #[must_use]
    pub fn truthy(self) -> Option<bool> {
        scalar::boolean(self.as_str()?)
    }

    /// A plain scalar that is an integer in YAML 1.1 or 1.2: `0x1F`, `0o17`, `0777` (octal), `0b1`,
    /// `1_000`, `1:30` (base 60). Numbers out of range are none.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        scalar::integer(self.word()?)
    }

    /// A plain scalar that is a number: an integer, `1.5e3`, `.inf`, `.nan`, `1:30.5` (base 60).
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        scalar::float(self.word()?)
    }

    /// Whether the value is null: empty, `~` or `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.word().is_some_and(scalar::null)
    }

    /// A scalar's text with the way back to the file: block scalars line by line, quoted ones between
    /// their escapes. Empty for collections. What is unknown is given
    /// as it stands in the file.
    #[must_use]
    pub fn text(self) -> Text<'s> {
        let slot = self.slot();
        let text = &self.document.text;
        match slot.shape {
            Shape::Scalar(_) if self.is_unknown() => text.part(slot.start as usize..slot.end as usize),
            Shape::Scalar(style) => spelling::text(text, slot.start..slot.end, slot.text, style),
            _ => Text::verbatim(self.span().head(), ""),
        }
    }

    /// The place of a scalar's text, without the quotes around it.
    #[must_use]
    pub fn content_span(self) -> Span {
        let text = self.text();
        text.span(0..text.as_str().len())
    }

    /// The value of a key; see [`Node::entry`].
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'t, 's>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// The value reached by one key after the other.
    #[must_use]
    pub fn path(self, keys: &[&str]) -> Option<Node<'t, 's>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entry of a key. Merge keys (`<<`) are resolved: the mapping's own keys win over merged ones,
    /// earlier merged mappings over later ones. Where a key is repeated the last one counts.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<Entry<'t, 's>> {
        let own = self.own_entry(key);
        if own.is_some() || !self.slot().marks.has(Marks::MERGES) {
            return own.filter(|entry| !entry.is_merge());
        }
        self.merged().find_map(|from| from.entry(key)).map(|entry| Entry { merged: true, ..entry })
    }

    /// The last of the mapping's own entries with this key.
    fn own_entry(self, key: &str) -> Option<Entry<'t, 's>> {
        let mut entries = self.own_entries();
        let mut found = None;
        while let Some(written) = entries.document.slots.get(entries.next as usize) {
            // What an alias stands for is told only by following it.
            if written.text == key || written.shape == Shape::Alias {
                found = entries.next().filter(|entry| entry.named && entry.key == key).or(found);
            } else {
                entries.pass_over();
            }
        }
        found
    }

    /// The entries of a mapping as a loader sees them: merge keys resolved, each key once. An entry's
    /// own place is kept; merged ones come last. Empty for other nodes.
    #[must_use]
    pub fn entries(self) -> Entries<'t, 's> {
        let marks = self.slot().marks;
        if !marks.has(Marks::MERGES) && !marks.has(Marks::REPEATS) {
            return Entries(Source::Own(self.own_entries()));
        }
        let mut settled = Vec::new();
        self.settle(false, &mut HashMap::new(), &mut settled);
        Entries(Source::Settled(settled.into_iter()))
    }

    /// Recursion is bounded: merges nest no deeper than [`DEPTH_LIMIT`](super::DEPTH_LIMIT).
    fn settle(self, merged: bool, seen: &mut HashMap<&'s str, usize>, settled: &mut Vec<Entry<'t, 's>>) {
        let first = settled.len();
        for entry in self.own_entries().filter(|entry| !entry.is_merge()) {
            let entry = Entry { merged, ..entry };
            if !entry.named {
                settled.push(entry);
                continue;
            }
            match seen.get(entry.key) {
                // Repeated within this mapping: the last one counts.
                Some(&index) if index >= first => settled[index] = entry,
                Some(_) => {}
                None => {
                    seen.insert(entry.key, settled.len());
                    settled.push(entry);
                }
            }
        }
        if self.slot().marks.has(Marks::MERGES) {
            for from in self.merged() {
                from.settle(true, seen, settled);
            }
        }
    }

    /// The mappings merged into this one, the winning one first.
    fn merged(self) -> impl Iterator<Item = Node<'t, 's>> {
        self.own_entries().filter(Entry::is_merge).flat_map(|entry| {
            let value = entry.value;
            let one = (value.kind() == Kind::Mapping).then_some(value);
            one.into_iter().chain(value.items().filter(|item| item.kind() == Kind::Mapping))
        })
    }

    /// The entries of a mapping as written: merge keys as such, repeated keys each time.
    #[must_use]
    pub fn own_entries(self) -> OwnEntries<'t, 's> {
        let next = if self.kind() == Kind::Mapping { self.slot().link } else { NONE };
        OwnEntries { document: self.document, next, via: self.via }
    }

    /// The items of a sequence. Empty for other nodes.
    #[must_use]
    pub fn items(self) -> Items<'t, 's> {
        let next = if self.kind() == Kind::Sequence { self.slot().link } else { NONE };
        Items { document: self.document, next, via: self.via }
    }
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'t, 's> {
    /// The key's text; empty where the key is unknown or a collection.
    pub key: &'s str,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t, 's>,
    /// Whether the entry came through a merge key.
    pub merged: bool,
    named: bool,
    merge: bool,
}

impl Entry<'_, '_> {
    /// Whether this is a merge key, `<<`. Only [`Node::own_entries`] gives these.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.merge
    }
}

/// The entries of a mapping as written.
#[derive(Clone, Debug)]
pub struct OwnEntries<'t, 's> {
    document: &'t Document<'s>,
    next: u32,
    via: u32,
}

impl OwnEntries<'_, '_> {
    fn pass_over(&mut self) {
        let slots = &self.document.slots;
        let value = slots.get(self.next as usize).and_then(|key| slots.get(key.next as usize));
        self.next = value.map_or(NONE, |value| value.next);
    }
}

impl<'t, 's> Iterator for OwnEntries<'t, 's> {
    type Item = Entry<'t, 's>;

    fn next(&mut self) -> Option<Self::Item> {
        let document = self.document;
        let written = document.slots.get(self.next as usize)?;
        let key = Node::reach(document, self.next, NONE);
        let value = document.slots.get(written.next as usize)?;
        let entry = Entry {
            key: key.as_str().unwrap_or_default(),
            key_span: document.place(written.start, written.end),
            value: Node::reach(document, written.next, self.via),
            merged: false,
            named: key.as_str().is_some(),
            merge: is_merge_key(written),
        };
        self.next = value.next;
        Some(entry)
    }
}

/// Only a plain `<<` merges.
pub(super) fn is_merge_key(key: &Slot) -> bool {
    key.shape == Shape::Scalar(Style::Plain)
        && key.text == "<<"
        && !key.marks.has(Marks::TEXTUAL)
        && !key.marks.has(Marks::UNKNOWN)
}

/// The entries of a mapping as a loader sees them.
#[derive(Clone, Debug)]
pub struct Entries<'t, 's>(Source<'t, 's>);

#[derive(Clone, Debug)]
enum Source<'t, 's> {
    Own(OwnEntries<'t, 's>),
    Settled(std::vec::IntoIter<Entry<'t, 's>>),
}

impl<'t, 's> Iterator for Entries<'t, 's> {
    type Item = Entry<'t, 's>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Own(entries) => entries.next(),
            Source::Settled(entries) => entries.next(),
        }
    }
}

/// The items of a sequence.
#[derive(Clone, Debug)]
pub struct Items<'t, 's> {
    document: &'t Document<'s>,
    next: u32,
    via: u32,
}

impl<'t, 's> Iterator for Items<'t, 's> {
    type Item = Node<'t, 's>;

    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.document.slots.get(self.next as usize)?;
        let node = Node::reach(self.document, self.next, self.via);
        self.next = slot.next;
        Some(node)
    }
}
