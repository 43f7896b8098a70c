//! Template actions (`{{ … }}`, Go templates as Helm uses them) in YAML text.
//!
//! A chart's file is no YAML before it is rendered. To read it all the same, every action is overwritten
//! by as many bytes of something harmless, so that all places stay true, and what an action stands in or
//! may have written is marked as unknown or open.

use std::borrow::Cow;

use super::events::offset;
use super::tree::{Document, Marks, NONE, Shape, Slot};
use super::{Error, ErrorKind};
use crate::source::{Sources, Text};
use crate::syntax::Comment;

/// One action with its braces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Action {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The start of the line it starts on.
    line: u32,
    pub(super) effect: Effect,
    /// Whether nothing but blanks and other actions stands on its lines.
    pub(super) alone: bool,
}

impl Action {
    /// Something that may have written whole lines at this column.
    pub(super) fn lines(start: u32, end: u32, column: u32) -> Self {
        Action { start, end, line: start, effect: Effect::Lines(Some(column)), alone: true }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// Control words, assignments and comments write nothing themselves.
    Silent,
    /// Writes a value where it stands.
    Value,
    /// Writes whole lines, at this column where it is told.
    Lines(Option<u32>),
}

/// What lone actions are overwritten with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fill {
    Comment,
    Blank,
}

/// Whether the text holds a template action outside of whole-line comments.
#[must_use]
pub fn is_templated(text: &str) -> bool {
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&text.as_bytes()[from..], b"{{") {
        let at = from + found;
        let line = text[..at].rfind('\n').map_or(0, |line| line + 1);
        if !text[line..at].trim_start().starts_with('#') {
            return true;
        }
        match memchr::memchr(b'\n', &text.as_bytes()[at..]) {
            Some(end) => from = at + end,
            None => return false,
        }
    }
    false
}

/// All actions of a text, in order. One that is not closed ends with its line.
pub(super) fn actions(text: &str) -> Vec<Action> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut closers = Closers { comment: true, raw: true };
    let mut from = 0;
    let mut line = 0;
    while let Some(at) = memchr::memmem::find(&bytes[from..], b"{{") {
        let start = from + at;
        line = memchr::memrchr(b'\n', &bytes[from..start]).map_or(line, |at| from + at + 1);
        let end = closers.end(bytes, start).unwrap_or_else(|| line_end(bytes, start));
        found.push(Action {
            start: offset(start),
            end: offset(end),
            line: offset(line),
            effect: effect(&text[start..end], offset(start - line)),
            alone: false,
        });
        line = memchr::memrchr(b'\n', &bytes[start..end]).map_or(line, |at| start + at + 1);
        from = end;
    }
    mark_alone(bytes, &mut found);
    found
}

/// A text in which the values stand that plain references name: `{{ .Values.image.tag }}`, maybe quoted.
/// `value` is given what stands behind `.Values.` and says what Helm would write; nothing where it isn't
/// known. Nothing where no reference is.
pub fn with_values<'s>(
    text: &Text<'s>,
    sources: &'s Sources,
    value: &mut dyn FnMut(&str) -> Option<Text<'s>>,
) -> Option<Text<'s>> {
    let content = text.as_str();
    // An empty part of its own keeps the text at home in its file.
    let mut parts = vec![text.part(0..0)];
    let mut from = 0;
    for action in actions(content) {
        let range = action.start as usize..action.end as usize;
        let Some((path, quote)) = reference(&content[range.clone()]) else { continue };
        let Some(known) = value(path) else { continue };
        let clean = !known.as_str().contains(['"', '\\', '\'']);
        if quote.is_some() && !clean {
            continue;
        }
        parts.push(text.part(from..range.start));
        let mark = quote.map(|quote| Text::decoded(text.span(range.start..range.start), quote));
        parts.extend(mark.clone());
        parts.push(known);
        parts.extend(mark);
        from = range.end;
    }
    (from > 0).then(|| {
        parts.push(text.part(from..content.len()));
        Text::joined(&parts, sources)
    })
}

/// What stands behind `.Values.` in an action that is nothing but that, and the quotes that it puts around.
fn reference(action: &str) -> Option<(&str, Option<&'static str>)> {
    let inner = action.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let (path, quote) = match inner.split_once('|') {
        None => (inner, None),
        Some((path, function)) => match function.trim() {
            "quote" => (path.trim(), Some("\"")),
            "squote" => (path.trim(), Some("'")),
            "toString" | "int" => (path.trim(), None),
            _ => return None,
        },
    };
    let path = path.strip_prefix('$').unwrap_or(path).strip_prefix(".Values.")?;
    let names = path.split('.').all(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    names.then_some((path, quote))
}

/// The errors of actions that begin as one does and that nothing closes.
pub(super) fn unclosed(text: &Text<'_>, actions: &[Action]) -> Vec<Error> {
    let open = actions.iter().filter(|action| {
        let inner = &text.as_str()[action.start as usize + 2..action.end as usize];
        let first = inner.trim_start_matches('-').trim_start();
        !inner.ends_with("}}")
            && first.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '$'))
    });
    open.map(|action| Error {
        span: text.span(action.start as usize..action.end as usize),
        kind: ErrorKind::OpenAction,
        message: "nothing closes this template action".to_owned(),
    })
    .collect()
}

/// The comments among the actions: `{{/* … */}}`.
pub(super) fn comments<'s>(text: &Text<'s>, actions: &[Action]) -> Vec<Comment<'s>> {
    let comments = actions.iter().filter_map(|action| {
        let range = action.start as usize..action.end as usize;
        let inner = text.as_str()[range.clone()].trim_matches(['{', '}']).trim_matches('-').trim();
        let said = inner.strip_prefix("/*")?.strip_suffix("*/")?.trim();
        Some(Comment { span: text.span(range), text: said, alone: action.alone })
    });
    comments.collect()
}

/// Which closing marks may still be found; once one is known to be missing it is not looked for again.
struct Closers {
    comment: bool,
    raw: bool,
}

impl Closers {
    /// Behind the `}}` that closes the action at `start`.
    fn end(&mut self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut at = start + 2;
        let inner = skip_trim(bytes, at);
        if bytes[inner..].starts_with(b"/*") {
            let close = self.comment.then(|| memchr::memmem::find(&bytes[inner + 2..], b"*/")).flatten();
            self.comment = close.is_some();
            at = inner + 2 + close? + 2;
        }
        while at < bytes.len() {
            match bytes[at] {
                b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
                b'{' if bytes.get(at + 1) == Some(&b'{') => return None,
                quote @ (b'"' | b'\'') => at = skip_quoted(bytes, at, quote)?,
                b'`' => {
                    let close = self.raw.then(|| memchr::memchr(b'`', &bytes[at + 1..])).flatten();
                    self.raw = close.is_some();
                    at += 1 + close? + 1;
                }
                _ => at += 1,
            }
        }
        None
    }
}

/// Behind a quoted string, which can't go on over a line's end.
fn skip_quoted(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn skip_trim(bytes: &[u8], at: usize) -> usize {
    let trimmed = bytes.get(at) == Some(&b'-');
    let from = at + usize::from(trimmed);
    let blanks = bytes[from..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    if trimmed { from + blanks } else { at }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
    if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end }
}

/// What the action of this text, written at this column, does.
fn effect(action: &str, own: u32) -> Effect {
    let inner = action.trim_start_matches('{').trim_end_matches('}');
    let trims = inner.starts_with('-');
    let inner = inner.trim_start_matches('-').trim_start();
    let length = inner.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    match &inner[..length] {
        "if" | "else" | "end" | "range" | "with" | "define" | "break" | "continue" => return Effect::Silent,
        _ if inner.starts_with("/*") => return Effect::Silent,
        _ => {}
    }
    if let Some(name) = inner.strip_prefix('$') {
        let behind = name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
        if behind.starts_with(":=") || behind.starts_with('=') {
            return Effect::Silent;
        }
    }
    if let Some(lines) = lines(inner, trims, own) {
        return lines;
    }
    match &inner[..length] {
        "block" | "template" | "include" | "tpl" | "toYaml" => Effect::Lines((!trims).then_some(own)),
        _ => Effect::Value,
    }
}

/// What an action writes whose pipeline indents its result.
fn lines(inner: &str, trims: bool, own: u32) -> Option<Effect> {
    if let Some(width) = argument(inner, "nindent") {
        return Some(Effect::Lines(width.parse().ok()));
    }
    // Without a line break of its own the text follows what `{{-` leaves before it.
    let width = argument(inner, "indent")?;
    let column = width.parse().ok().filter(|_| !trims).map(|width: u32| own.saturating_add(width));
    Some(Effect::Lines(column))
}

/// The digits that follow the last call of a function, if it is called.
fn argument<'a>(inner: &'a str, function: &str) -> Option<&'a str> {
    let at = inner.rfind(function)?;
    let before = inner[..at].chars().next_back();
    let behind = &inner[at + function.len()..];
    if before.is_some_and(char::is_alphanumeric) || !behind.starts_with([' ', '\t']) {
        return None;
    }
    let digits = behind.trim_start();
    Some(&digits[..digits.bytes().take_while(u8::is_ascii_digit).count()])
}

/// Judges actions that share lines together.
fn mark_alone(bytes: &[u8], actions: &mut [Action]) {
    let mut first = 0;
    while let Some(action) = actions.get(first) {
        let mut alone = blank(&bytes[action.line as usize..action.start as usize]);
        let mut last = first;
        loop {
            let end = actions[last].end as usize;
            let next = actions.get(last + 1).map_or(bytes.len(), |next| next.start as usize);
            let gap = &bytes[end..next];
            match memchr::memchr(b'\n', gap) {
                Some(line) => alone &= blank(&gap[..line]),
                None => alone &= blank(gap),
            }
            if last + 1 == actions.len() || gap.contains(&b'\n') {
                break;
            }
            last += 1;
        }
        actions[first..=last].iter_mut().for_each(|action| action.alone = alone);
        first = last + 1;
    }
}

fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'))
}

/// The text with every action overwritten, byte for byte; line breaks stay.
pub(super) fn mask<'s>(text: &'s str, actions: &[Action], fill: Fill) -> Cow<'s, str> {
    let mut bytes = text.as_bytes().to_vec();
    for action in actions {
        let with = match (action.alone, fill, action.effect) {
            (true, Fill::Comment, _) => b'#',
            (true, Fill::Blank, _) | (false, _, Effect::Silent | Effect::Lines(_)) => b' ',
            (false, _, Effect::Value) => b'x',
        };
        // The indent of further lines stays, or a value in a block scalar would leave it.
        let mut indent = false;
        for byte in &mut bytes[action.start as usize..action.end as usize] {
            match *byte {
                b'\n' | b'\r' => indent = true,
                b' ' | b'\t' if indent => {}
                _ => {
                    indent = false;
                    *byte = with;
                }
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether an action lies on one of these bytes.
pub(super) fn touches(actions: &[Action], start: u32, end: u32) -> bool {
    let index = actions.partition_point(|action| action.end <= start);
    actions.get(index).is_some_and(|action| action.start < end)
}

/// Marks what the actions from byte `from` to byte `until` make unknown or open.
pub(super) fn mark(document: &mut Document, actions: &[Action], from: u32, until: u32) {
    let first = actions.partition_point(|action| action.start < from);
    let kinships = kinships(document);
    for action in actions[first..].iter().take_while(|action| action.start < until) {
        let place = Place::of(document, &kinships, action);
        let touched = place.touch(document, action);
        if action.effect != Effect::Silent {
            place.open(document, action, touched);
        }
    }
    open_by_keys(document);
}

/// A mapping with an unknown key may hold any key.
fn open_by_keys(document: &mut Document) {
    for at in 0..document.slots.len() {
        if !matches!(document.slots[at].shape, Shape::Mapping { .. }) {
            continue;
        }
        let mut key = document.slots[at].link;
        while let Some(slot) = document.slots.get(key as usize) {
            if slot.marks.has(Marks::UNKNOWN) {
                document.slots[at].marks.set(Marks::OPEN);
                break;
            }
            key = document.slots.get(slot.next as usize).map_or(NONE, |value| value.next);
        }
    }
}

/// How a slot stands to its parent.
#[derive(Clone, Copy)]
struct Kinship {
    parent: u32,
    key: bool,
}

fn kinships(document: &Document) -> Vec<Kinship> {
    let mut kinships = vec![Kinship { parent: NONE, key: false }; document.slots.len()];
    for (parent, slot) in (0u32..).zip(&document.slots) {
        let mapping = matches!(slot.shape, Shape::Mapping { .. });
        let mut child = if is_collection(slot) { slot.link } else { NONE };
        let mut key = mapping;
        while let Some(below) = document.slots.get(child as usize) {
            kinships[child as usize] = Kinship { parent, key };
            key = mapping && !key;
            child = below.next;
        }
    }
    kinships
}

fn is_collection(slot: &Slot) -> bool {
    matches!(slot.shape, Shape::Sequence { .. } | Shape::Mapping { .. })
}

/// Where an action stands in the tree.
struct Place {
    /// The last slot that starts before the action or where it does.
    before: Option<usize>,
    /// What depends on the action if it stands within a line: the scalar before it, or the value of the
    /// key before it.
    beside: Option<usize>,
    /// Collections that the action may add to, from the inside out: those that end next to it and the one
    /// around it, then those that start next to it.
    candidates: Vec<usize>,
}

impl Place {
    fn of(document: &Document, kinships: &[Kinship], action: &Action) -> Place {
        let slots = &document.slots;
        let before = slots.partition_point(|slot| slot.start <= action.start).checked_sub(1);
        let behind = slots.partition_point(|slot| slot.start < action.end);
        let up = |at: usize| {
            std::iter::successors(Some(at), |&at| {
                Some(kinships[at].parent as usize).filter(|&at| at < slots.len())
            })
        };
        let mut candidates = Vec::new();
        for at in before.into_iter().flat_map(up) {
            candidates.push(at);
            if slots[at].end > action.start {
                break;
            }
        }
        if behind < slots.len() {
            candidates.extend(up(behind).take_while(|&at| slots[at].start >= action.end));
        }
        candidates.retain(|&at| is_collection(&slots[at]));
        let beside = before.and_then(|at| {
            let at = if kinships[at].key { slots[at].next as usize } else { at };
            (!is_collection(slots.get(at)?)).then_some(at)
        });
        Place { before, beside, candidates }
    }

    /// Makes the scalars unknown that the action stands in; says whether there are any.
    fn touch(&self, document: &mut Document, action: &Action) -> bool {
        let slots = &mut document.slots;
        let mut touched = false;
        for slot in &mut slots[self.before.unwrap_or(0)..] {
            if slot.start >= action.end {
                break;
            }
            if slot.end > action.start && !is_collection(slot) {
                make_unknown(slot);
                touched = true;
            }
        }
        // `key: {{ if … }}value{{ end }}`
        if let Some(slot) = self.beside.map(|at| &mut slots[at])
            && !touched
            && !action.alone
            && slot.end >= action.line
        {
            make_unknown(slot);
            touched = true;
        }
        touched
    }

    /// Opens the collections that the action's lines may belong to.
    fn open(self, document: &mut Document, action: &Action, touched: bool) {
        let source = document.text.as_str().as_bytes();
        let slots = &mut document.slots;
        let column = match action.effect {
            Effect::Lines(column) => column,
            Effect::Value if action.alone => Some(action.start - action.line),
            _ => None,
        };
        // The lines may be the value that is missing before the action, or go on with a block scalar.
        let awaiting = self.before.filter(|&at| match slots[at].shape {
            Shape::Scalar(style) => style.is_block() || slots[at].start == slots[at].end,
            _ => false,
        });
        let parent = self.candidates.first().map(|&at| column_of(source, slots[at].start));
        let fills = awaiting
            .filter(|_| column.is_none() || parent.is_none_or(|parent| parent.is_none() || parent <= column));
        if let Some(at) = fills {
            make_unknown(&mut slots[at]);
        }
        let fits = |&at: &usize| match slots[at].shape {
            Shape::Sequence { flow: true } | Shape::Mapping { flow: true } => true,
            _ => column.is_some() && column_of(source, slots[at].start) == column,
        };
        let mut open: Vec<usize> = self.candidates.iter().copied().filter(fits).collect();
        if open.is_empty() && !touched && (column.is_none() || fills.is_none()) {
            open = self.candidates;
        }
        for at in open {
            slots[at].marks.set(Marks::OPEN);
        }
    }
}

/// The column of a byte, where it is not absurdly far right.
fn column_of(source: &[u8], at: u32) -> Option<u32> {
    const WIDEST: usize = 512;
    let at = at as usize;
    let from = at.saturating_sub(WIDEST);
    match memchr::memrchr(b'\n', &source[from..at]) {
        Some(line) => Some(offset(at - (from + line + 1))),
        None => (from == 0).then(|| offset(at)),
    }
}

fn make_unknown(slot: &mut Slot) {
    slot.marks.set(Marks::UNKNOWN);
    if slot.shape == Shape::Alias {
        slot.shape = Shape::Lost;
    }
}
