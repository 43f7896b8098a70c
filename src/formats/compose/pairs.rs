//! Names with values, which Compose takes as a mapping and as a list of `NAME=value`.

use super::interpolate::Value;
use super::service::Service;
use crate::facts::{Scope, Setting, Store};
use crate::formats::settings::Draft;
use crate::source::{Span, Text};
use crate::syntax::yaml::{Kind, Node};

/// A name and what is written as its value.
#[derive(Debug)]
pub(super) struct Pair<'s> {
    pub(super) key: &'s str,
    key_span: Span,
    /// Nothing where the value comes from the shell, or isn't known at all.
    pub(super) value: Option<Text<'s>>,
}

pub(super) fn pairs<'s>(node: Node<'_, 's>) -> Vec<Pair<'s>> {
    if node.kind() == Kind::Sequence {
        return node
            .items()
            .filter(|item| item.kind() == Kind::Scalar)
            .map(|item| split(&item.text()))
            .collect();
    }
    // A key that stands twice is judged each time.
    let own = node.own_entries().filter(|entry| !entry.is_merge());
    let merged = node.entries().filter(|entry| entry.merged);
    own.chain(merged)
        .map(|entry| {
            let scalar =
                entry.value.kind() == Kind::Scalar && !entry.value.is_null() && !entry.value.is_unknown();
            Pair { key: entry.key, key_span: entry.key_span, value: scalar.then(|| entry.value.text()) }
        })
        .collect()
}

/// `NAME=value`
fn split<'s>(text: &Text<'s>) -> Pair<'s> {
    let whole = text.as_str();
    let end = whole.find('=').unwrap_or(whole.len());
    let key = whole.get(..end).unwrap_or_default();
    let value = (end < whole.len()).then(|| text.part(end + 1..whole.len()));
    Pair { key: key.trim(), key_span: text.span(0..end), value }
}

/// The settings at a path of keys. A stronger layer's value takes the place of a weaker one's. What is known
/// by its name only is `given` from outside; the answer says whether there are more than these.
pub(super) fn settings<'s>(
    service: &Service<'_, 's>,
    path: &[&str],
    scope: Scope,
    image: Option<&'s str>,
    note: &'s str,
    out: &mut Vec<Setting<'s>>,
    given: &mut Vec<&'s str>,
) -> bool {
    let mut open = service.open;
    let mut seen = rustc_hash::FxHashSet::default();
    for found in service.each(path).into_iter().rev() {
        open |= found.node.is_open() || found.node.is_unknown();
        let pairs = pairs(found.node);
        // What is written once and shared by many is copied as often. It is judged where it is written, too.
        let elsewhere = !service.scope.contains(found.node.span());
        let file = service.environment.sources.file(scope.0.file);
        if elsewhere && !file.grow(pairs.len() * size_of::<Setting<'_>>()) {
            open = true;
            continue;
        }
        let stronger = seen.clone();
        seen.extend(pairs.iter().map(|pair| pair.key));
        for pair in pairs.into_iter().filter(|pair| !stronger.contains(pair.key)) {
            match pair.value {
                _ if pair.key.is_empty() || pair.key.contains('$') => open = true,
                None => given.push(pair.key),
                Some(text) => {
                    let value = service.environment.value(&text);
                    // `${PASSWORD:-}` is empty only until the environment sets it.
                    if value.as_str().is_empty() && !text.as_str().is_empty() {
                        given.push(pair.key);
                        continue;
                    }
                    out.push(setting(&value, &pair.key_span, pair.key, service, scope, image, note));
                }
            }
        }
    }
    open
}

/// The settings of one mapping or list, in a scope of their own.
pub(super) fn of_node<'s>(
    service: &Service<'_, 's>,
    mapping: Node<'_, 's>,
    scope: Scope,
    note: &'s str,
    out: &mut Vec<Setting<'s>>,
) {
    for pair in pairs(mapping).into_iter().filter(|pair| !pair.key.is_empty() && !pair.key.contains('$')) {
        let value = pair.value.map(|text| service.environment.value(&text));
        let value = value.filter(|value| !value.as_str().is_empty());
        out.extend(value.map(|value| setting(&value, &pair.key_span, pair.key, service, scope, None, note)));
    }
}

/// A setting. A value that comes from elsewhere lies there, with the use beside it; one that does so in
/// part lies at the use.
fn setting<'s>(
    value: &Value<'s>,
    key_span: &Span,
    key: &'s str,
    service: &Service<'_, 's>,
    scope: Scope,
    image: Option<&'s str>,
    note: &'s str,
) -> Setting<'s> {
    let draft = Draft {
        key,
        key_span: *key_span,
        text: value.text.clone(),
        store: Store::Setting,
        scope,
        subject: service.subject,
        image,
        uses: value.uses(note),
    };
    let mut setting = draft.setting();
    setting.defaults.clone_from(&value.defaults);
    if !value.as_str().trim().is_empty() {
        setting.head.anchor = value.place;
        if let crate::facts::Field::Set(stated) = &mut setting.value {
            stated.span = value.place;
        }
    }
    setting
}
