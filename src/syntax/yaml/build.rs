//! From events to trees.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::events::{Event, Failure, Item, Reader, offset};
use super::recovery::Stop;
use super::template::{self, Action};
use super::tree::{Document, Marks, NONE, Shape, Slot, Style, is_merge_key};
use super::{ALIAS_LIMIT, DEPTH_LIMIT, Duplicate, Error, ErrorKind, Stream, simple};
use crate::source::{Sources, Text};
use crate::syntax::Comment;

/// Mappings with more keys than this are searched for repeated keys with a hash table.
const FEW_KEYS: usize = 24;

/// Builds the trees of `content`, which is `text` or its masked form of the same length.
pub(super) fn build<'s>(
    text: &Arc<Text<'s>>,
    content: &'s str,
    sources: &'s Sources,
    actions: &[Action],
) -> Stream<'s> {
    build_simple(text, content, sources, actions)
        .unwrap_or_else(|| build_any(text, content, sources, actions))
}

/// Builds the trees of a text that the quick reader can read.
pub(super) fn build_simple<'s>(
    text: &Arc<Text<'s>>,
    content: &'s str,
    sources: &'s Sources,
    actions: &[Action],
) -> Option<Stream<'s>> {
    let mut builder = Builder::new(text, content, sources, actions);
    simple::read(content, |item| builder.take(item))?;
    Some(builder.finish())
}

/// Builds the trees of any text.
pub(super) fn build_any<'s>(
    text: &Arc<Text<'s>>,
    content: &'s str,
    sources: &'s Sources,
    actions: &[Action],
) -> Stream<'s> {
    let mut builder = Builder::new(text, content, sources, actions);
    let mut reader = Reader::new(content);
    while let Some(item) = reader.next() {
        match item {
            Ok(item) => builder.take(item),
            Err(failure) => {
                builder.fail(failure);
                if let Err(failure) = reader.skip_document() {
                    builder.fail(failure);
                    break;
                }
            }
        }
    }
    builder.finish()
}

struct Builder<'b, 's> {
    text: &'b Arc<Text<'s>>,
    content: &'s str,
    sources: &'s Sources,
    actions: &'b [Action],
    stream: Stream<'s>,
    /// The document that is being read.
    slots: Vec<Slot<'s>>,
    tags: Vec<(u32, u32, u32)>,
    /// Its collections that are not closed yet, the innermost last.
    open: Vec<Frame>,
    anchors: FxHashMap<usize, Anchor>,
    /// The comments of a template, as ranges of the text.
    commented: Vec<(u32, u32)>,
    /// Keys of the mapping that is being closed.
    keys: Vec<u32>,
    /// The start of the document that is being read.
    started: Option<u32>,
    /// How many nodes the aliases of the stream stand for.
    expanded: u64,
    /// Whether the document's aliases go beyond a limit.
    overflown: bool,
}

struct Frame {
    slot: u32,
    last: u32,
    children: u32,
    anchor: Option<usize>,
    measure: Measure,
}

/// The size of a node with its aliases followed.
#[derive(Clone, Copy, Default)]
struct Measure {
    nodes: u64,
    height: u32,
}

impl Measure {
    fn add(&mut self, child: Measure) {
        self.nodes = self.nodes.saturating_add(child.nodes);
        self.height = self.height.max(child.height.saturating_add(1));
    }
}

#[derive(Clone, Copy)]
struct Anchor {
    slot: u32,
    /// Nothing while the node is not closed.
    measure: Option<Measure>,
}

const LEAF: Measure = Measure { nodes: 1, height: 0 };

impl<'b, 's> Builder<'b, 's> {
    fn new(text: &'b Arc<Text<'s>>, content: &'s str, sources: &'s Sources, actions: &'b [Action]) -> Self {
        Builder {
            text,
            content,
            sources,
            actions,
            stream: Stream {
                documents: Vec::new(),
                errors: Vec::new(),
                comments: Vec::new(),
                duplicates: Vec::new(),
                templated: !actions.is_empty(),
                stops: Vec::new(),
            },
            // A line holds two nodes or more.
            slots: Vec::with_capacity(content.len() / 32),
            tags: Vec::new(),
            open: Vec::new(),
            anchors: FxHashMap::default(),
            commented: Vec::new(),
            keys: Vec::new(),
            started: None,
            expanded: 0,
            overflown: false,
        }
    }

    fn take(&mut self, item: Item<'s>) {
        let Item { event, start, end, anchor, tag } = item;
        let mut marks = Marks::default();
        if let Some(tag) = tag {
            if tag.textual {
                marks.set(Marks::TEXTUAL);
            }
            self.tags.push((offset(self.slots.len()), tag.start, tag.end));
        }
        match event {
            Event::DocumentStart => {
                self.end_document(None);
                self.started = Some(start);
            }
            Event::DocumentEnd => self.end_document(None),
            Event::Comment => self.comment(start, end),
            Event::Scalar(text, style) => {
                let (start, end) = self.extent(start, end, style);
                let text = self.keep(text, start, end);
                let shape = Shape::Scalar(style);
                let slot = self.push(Slot { text, start, end, next: NONE, link: NONE, shape, marks });
                if let Some(anchor) = anchor {
                    self.anchors.insert(anchor, Anchor { slot, measure: Some(LEAF) });
                }
                self.add_up(LEAF);
            }
            Event::Sequence { flow } => {
                let start = if flow { start } else { self.dash(start) };
                self.open(Shape::Sequence { flow }, start, end, marks, anchor);
            }
            Event::Mapping { flow } => self.open(Shape::Mapping { flow }, start, end, marks, anchor),
            Event::Close => self.close(start, end),
            Event::Alias(anchor) => self.alias(anchor, start, end),
        }
    }

    fn push(&mut self, slot: Slot<'s>) -> u32 {
        let at = offset(self.slots.len());
        if let Some(frame) = self.open.last_mut() {
            let link = match frame.last {
                NONE => &mut self.slots[frame.slot as usize].link,
                last => &mut self.slots[last as usize].next,
            };
            *link = at;
            frame.last = at;
            frame.children += 1;
        }
        self.slots.push(slot);
        at
    }

    fn add_up(&mut self, measure: Measure) {
        if let Some(frame) = self.open.last_mut() {
            frame.measure.add(measure);
        }
    }

    fn open(&mut self, shape: Shape, start: u32, end: u32, marks: Marks, anchor: Option<usize>) {
        let slot = self.push(Slot { text: "", start, end, next: NONE, link: NONE, shape, marks });
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor { slot, measure: None });
        }
        self.open.push(Frame { slot, last: NONE, children: 0, anchor, measure: LEAF });
    }

    fn close(&mut self, start: u32, end: u32) {
        let Some(frame) = self.open.pop() else { return };
        let last = self.slots.get(frame.last as usize).map_or(0, |slot| slot.end);
        let slot = &mut self.slots[frame.slot as usize];
        let bracket = matches!(slot.shape, Shape::Sequence { flow: true } | Shape::Mapping { flow: true });
        // Where a collection has no closing bracket its end is reported at the next token.
        slot.end = if bracket && start < end { end } else { last.max(slot.start) };
        if matches!(slot.shape, Shape::Mapping { .. }) {
            self.inspect(frame.slot);
        }
        if let Some(anchor) = frame.anchor {
            self.anchors.insert(anchor, Anchor { slot: frame.slot, measure: Some(frame.measure) });
        }
        self.add_up(frame.measure);
    }

    /// Looks for merge keys and repeated keys in a mapping.
    fn inspect(&mut self, mapping: u32) {
        let mut marks = Marks::default();
        self.keys.clear();
        let mut next = self.slots[mapping as usize].link;
        while let Some(key) = self.slots.get(next as usize) {
            let value = key.next;
            if is_merge_key(key) {
                marks.set(Marks::MERGES);
                if self.merges_openly(value) {
                    marks.set(Marks::OPEN);
                }
            }
            let key = self.target(next);
            if matches!(self.slots[key as usize].shape, Shape::Scalar(_)) {
                self.keys.push(next);
            }
            next = self.slots.get(value as usize).map_or(NONE, |value| value.next);
        }
        let found = if self.keys.len() <= FEW_KEYS { self.repeated_pairwise() } else { self.repeated() };
        if !found.is_empty() {
            marks.set(Marks::REPEATS);
        }
        if self.actions.is_empty() {
            for (first, second) in found {
                let place = |at: u32| self.text.span(self.range(at));
                let duplicate =
                    Duplicate { first: place(first), second: place(second), key: self.key_text(second) };
                self.stream.duplicates.push(duplicate);
            }
        }
        self.slots[mapping as usize].marks.set(marks);
    }

    fn repeated_pairwise(&self) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for (index, &second) in self.keys.iter().enumerate() {
            let text = self.key_text(second);
            if let Some(&first) = self.keys[..index].iter().rev().find(|&&first| self.key_text(first) == text)
            {
                found.push((first, second));
            }
        }
        found
    }

    fn repeated(&self) -> Vec<(u32, u32)> {
        let mut last = HashMap::with_capacity(self.keys.len());
        self.keys
            .iter()
            .filter_map(|&key| last.insert(self.key_text(key), key).map(|first| (first, key)))
            .collect()
    }

    /// Whether a merge key's value may hold more than is seen.
    fn merges_openly(&self, value: u32) -> bool {
        let slot = &self.slots[self.target(value) as usize];
        let open = |slot: &Slot| slot.marks.has(Marks::OPEN) || slot.marks.has(Marks::UNKNOWN);
        let mut item = match slot.shape {
            Shape::Sequence { .. } => slot.link,
            _ => NONE,
        };
        let mut found = open(slot);
        while let Some(below) = self.slots.get(item as usize) {
            found |= open(&self.slots[self.target(item) as usize]);
            item = below.next;
        }
        found
    }

    /// The slot that an alias stands for, or the slot itself.
    fn target(&self, at: u32) -> u32 {
        let slot = &self.slots[at as usize];
        if slot.shape == Shape::Alias { slot.link } else { at }
    }

    fn key_text(&self, key: u32) -> &'s str {
        self.slots[self.target(key) as usize].text
    }

    fn range(&self, at: u32) -> std::ops::Range<usize> {
        let slot = &self.slots[at as usize];
        slot.start as usize..slot.end as usize
    }

    fn alias(&mut self, anchor: Option<usize>, start: u32, end: u32) {
        let mut slot =
            Slot { text: "", start, end, next: NONE, link: NONE, shape: Shape::Lost, marks: Marks::UNKNOWN };
        let anchor = anchor.and_then(|anchor| self.anchors.get(&anchor)).copied();
        let Some(Anchor { slot: target, measure: Some(measure) }) = anchor else {
            if !template::touches(self.actions, start, end) {
                let message = match anchor {
                    None => "an alias without an anchor before it",
                    Some(_) => "an alias inside the node it stands for",
                };
                self.error(start, end, ErrorKind::UnknownAlias, message);
            }
            self.push(slot);
            self.add_up(LEAF);
            return;
        };
        slot.shape = Shape::Alias;
        slot.link = target;
        slot.marks = Marks::default();
        self.push(slot);
        self.add_up(measure);
        self.expanded = self.expanded.saturating_add(measure.nodes);
        let depth = offset(self.open.len()).saturating_add(measure.height);
        if !self.overflown && (self.expanded > ALIAS_LIMIT || depth > DEPTH_LIMIT) {
            self.overflown = true;
            self.error(start, end, ErrorKind::TooManyAliases, "aliases stand for too many nodes");
        }
    }

    fn error(&mut self, start: u32, end: u32, kind: ErrorKind, message: &str) {
        let span = self.text.span(start as usize..end as usize);
        self.stream.errors.push(Error { span, kind, message: message.to_owned() });
    }

    fn fail(&mut self, failure: Failure) {
        // In a mask, reading may stop inside of what was one character.
        let content = self.text.as_str();
        let mut at = (failure.at as usize).min(content.len());
        while !content.is_char_boundary(at) {
            at -= 1;
        }
        let width = match content[at..].chars().next() {
            None | Some('\n' | '\r') => 0,
            Some(character) => character.len_utf8(),
        };
        if failure.kind == ErrorKind::Syntax {
            let flow = |slot: &&Slot<'_>| {
                matches!(slot.shape, Shape::Sequence { flow: true } | Shape::Mapping { flow: true })
            };
            let slots = self.open.iter().filter_map(|frame| self.slots.get(frame.slot as usize));
            let bracket = slots.filter(|slot| flow(slot)).map(|slot| slot.start).next();
            let quoted = failure.message.contains("quoted scalar");
            let error = self.stream.errors.len();
            self.stream.stops.push(Stop { at: offset(at), bracket, quoted, error });
        }
        let span = self.text.span(at..at + width);
        self.stream.errors.push(Error { span, kind: failure.kind, message: failure.message });
        self.end_document(Some(offset(at)));
    }

    /// Ends the document, if one was started: after its last event, or where an error cuts it short.
    fn end_document(&mut self, cut: Option<u32>) {
        let Some(start) = self.started.take() else { return };
        // An error may lie before what was read behind it, such as a bracket that nothing closes.
        let cut = cut.map(|at| self.slots.last().map_or(at, |last| at.max(last.end)));
        if let Some(at) = cut {
            while let Some(frame) = self.open.last() {
                let mapping = matches!(self.slots[frame.slot as usize].shape, Shape::Mapping { .. });
                if mapping && frame.children % 2 == 1 {
                    self.push(unknown(at));
                }
                self.close(at, at);
            }
            for slot in &mut self.slots {
                if matches!(slot.shape, Shape::Sequence { .. } | Shape::Mapping { .. }) {
                    slot.marks.set(Marks::OPEN);
                }
            }
        }
        if self.slots.is_empty() {
            self.slots.push(unknown(cut.unwrap_or(start)));
        }
        if self.overflown {
            self.forget_aliases();
        }
        let end = self.slots.first().map_or(start, |root| root.end).max(start);
        self.stream.documents.push(Document {
            slots: std::mem::take(&mut self.slots),
            tags: std::mem::take(&mut self.tags),
            text: Arc::clone(self.text),
            start,
            end,
            broken: cut.is_some(),
        });
        self.open.clear();
        self.anchors.clear();
        self.overflown = false;
    }

    fn forget_aliases(&mut self) {
        for slot in &mut self.slots {
            if slot.shape == Shape::Alias {
                slot.shape = Shape::Lost;
                slot.link = NONE;
                slot.marks.set(Marks::UNKNOWN);
            }
            if slot.marks.has(Marks::MERGES) {
                slot.marks.set(Marks::OPEN);
            }
        }
    }

    fn finish(mut self) -> Stream<'s> {
        let end = offset(self.content.len());
        self.end_document(Some(end));
        if !self.actions.is_empty() {
            // What an action writes into a comment means nothing.
            self.commented.sort_unstable();
            let commented = |action: &&Action| {
                let index = self.commented.partition_point(|&(_, end)| end <= action.start);
                self.commented
                    .get(index)
                    .is_some_and(|&(start, end)| start < action.start && action.end <= end)
            };
            let actions: Vec<Action> =
                self.actions.iter().filter(|action| !commented(action)).copied().collect();
            let documents = &mut self.stream.documents;
            let starts: Vec<u32> = documents.iter().skip(1).map(|document| document.start).collect();
            let mut from = 0;
            for (document, until) in documents.iter_mut().zip(starts.into_iter().chain([u32::MAX])) {
                template::mark(document, &actions, from, until);
                from = until;
            }
        }
        self.stream.comments.sort_by_key(|comment| comment.span.start);
        self.stream
    }

    /// What a scalar is written with: see [`Node::span`](super::Node::span).
    fn extent(&self, start: u32, end: u32, style: Style) -> (u32, u32) {
        let from = start as usize;
        let written = &self.content[from..(end as usize).max(from)];
        if written.is_empty() {
            // An empty value may be noticed at the next token only.
            let at = offset(self.content[..from].trim_end_matches([' ', '\t', '\r', '\n']).len());
            let at = at.max(self.slots.last().map_or(0, |slot| slot.start));
            // A value missing behind its colon is reported before it.
            let value = self.open.last().is_some_and(|frame| frame.children % 2 == 1);
            let rest = &self.content[at as usize..];
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let colon = value && style == Style::Plain && rest[blanks..].starts_with(':');
            let at = if colon { at + offset(blanks) + 1 } else { at };
            return (at, at);
        }
        if !style.is_block() {
            return (start, end);
        }
        let mut written = written;
        loop {
            let line = written.rfind(['\n', '\r']).map_or(0, |at| at + 1);
            if line == 0 || !written[line..].trim_matches([' ', '\t']).is_empty() {
                break;
            }
            written = &written[..line - 1];
        }
        (start, start + offset(written.len()))
    }

    /// The dash before a sequence's first item; the start of a sequence that is not indented is reported
    /// behind it.
    fn dash(&self, start: u32) -> u32 {
        let bytes = self.content.as_bytes();
        let at = start as usize;
        if bytes.get(at) == Some(&b'-') && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace) {
            return start;
        }
        let before = self.content[..at].trim_end_matches([' ', '\t']);
        if before.ends_with('-') { offset(before.len() - 1) } else { start }
    }

    /// Borrows a scalar's text from the document where it can.
    fn keep(&self, text: Cow<'s, str>, start: u32, end: u32) -> &'s str {
        match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                let written = &self.content[start as usize..end as usize];
                if written == text { written } else { self.sources.keep(Cow::Owned(text)) }
            }
        }
    }

    fn comment(&mut self, start: u32, end: u32) {
        if template::touches(self.actions, start, start + 1) {
            return;
        }
        if !self.actions.is_empty() {
            self.commented.push((start, end));
        }
        let content = self.text.as_str();
        let range = start as usize..end as usize;
        let before = content[..range.start].trim_end_matches([' ', '\t']);
        let text = content[range.clone()].trim_start_matches('#').trim();
        let alone = before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}']);
        self.stream.comments.push(Comment { span: self.text.span(range), text, alone });
    }
}

/// What stands for a value that was not read.
fn unknown<'s>(at: u32) -> Slot<'s> {
    let shape = Shape::Lost;
    Slot { text: "", start: at, end: at, next: NONE, link: NONE, shape, marks: Marks::UNKNOWN }
}
