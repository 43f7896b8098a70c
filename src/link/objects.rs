//! Kubernetes objects that name one another.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::refer;
use crate::facts::links::ObjectUse;
use crate::facts::{ReferenceKind, Resolution, Setting, Use};
use crate::formats::Reading;
use crate::source::{Sources, Span};

/// How many keys are taken over by `envFrom` in one run. Beyond that they are judged as they stand.
const MOST_TAKEN: usize = 1_000_000;

pub(super) fn link<'s>(readings: &mut [Reading<'s>], sources: &'s Sources) {
    let index = Index::new(readings);
    let mut keys = Keys { left: MOST_TAKEN, ..Keys::default() };
    for user in 0..readings.len() {
        let Some(reading) = readings.get(user) else { continue };
        let folder = folder(reading.path);
        let uses = reading.links.uses.clone();
        for one in uses {
            resolve(readings, &index, &mut keys, (user, folder), &one, sources);
        }
    }
}

/// An object, or a service account, by its file and its index there.
type Place = (usize, usize);

/// A kind, a name, and a namespace where one is stated.
type Name<'s> = (&'s str, &'s str, Option<&'s str>);

/// What can be named, by kind and name: in each folder the first of each namespace.
#[derive(Default)]
pub(super) struct Index<'s> {
    /// With a namespace where one is stated.
    exact: FxHashMap<Name<'s>, Vec<(&'s str, Place)>>,
    /// In whatever namespace.
    any: FxHashMap<(&'s str, &'s str), Vec<(&'s str, Place)>>,
}

impl<'s> Index<'s> {
    fn new(readings: &[Reading<'s>]) -> Self {
        let mut index = Index::default();
        for (at, reading) in readings.iter().enumerate() {
            for (number, object) in reading.links.objects.iter().enumerate() {
                index.add(object.kind, object.name, object.namespace, reading.path, (at, number));
            }
        }
        index
    }

    /// Takes in something; the files one after the other.
    pub(super) fn add(
        &mut self,
        kind: &'s str,
        name: &'s str,
        namespace: Option<&'s str>,
        path: &'s str,
        place: Place,
    ) {
        let folder = folder(path);
        let exact = self.exact.entry((kind, name, namespace)).or_default();
        let any = self.any.entry((kind, name)).or_default();
        for list in [exact, any] {
            // Files lie sorted, so those of a folder stand together.
            if list.last().is_none_or(|(last, _)| *last != folder) {
                list.push((folder, place));
            }
        }
    }

    /// The nearest one that a name means in a folder; of several as near the first.
    pub(super) fn find(
        &self,
        kind: &'s str,
        name: &'s str,
        namespace: Option<&'s str>,
        from: &str,
    ) -> Option<Place> {
        let all = self.any.get(&(kind, name));
        let namespaces = [namespace, None];
        let exact = || namespaces.iter().filter_map(|one| self.exact.get(&(kind, name, *one)));
        let lists: Vec<_> = if namespace.is_none() { all.into_iter().collect() } else { exact().collect() };
        let nearest = lists
            .into_iter()
            .flatten()
            .min_by_key(|(folder, place)| (Reverse(nearness(from, folder)), *place));
        nearest.map(|(_, place)| *place)
    }
}

/// The keys of objects, and the settings that they have become, as far as anybody asks for them.
#[derive(Default)]
struct Keys<'s> {
    data: FxHashMap<Place, FxHashMap<&'s str, Span>>,
    settings: FxHashMap<usize, FxHashMap<Span, Vec<usize>>>,
    /// How many keys `envFrom` may still take over.
    left: usize,
}

impl<'s> Keys<'s> {
    fn get(&mut self, readings: &[Reading<'s>], place: Place, key: &str) -> Option<Span> {
        let data = self.data.entry(place).or_insert_with(|| {
            let object = readings.get(place.0).and_then(|reading| reading.links.objects.get(place.1));
            let mut keys = FxHashMap::default();
            for (name, span, _) in object.into_iter().flat_map(|object| &object.data) {
                keys.entry(*name).or_insert(*span);
            }
            keys
        });
        data.get(key).copied()
    }

    fn settings(&mut self, reading: &Reading<'s>, at: usize, key: Span) -> Vec<usize> {
        let settings = self.settings.entry(at).or_insert_with(|| {
            let mut settings: FxHashMap<Span, Vec<usize>> = FxHashMap::default();
            for (number, setting) in reading.facts.settings.iter().enumerate() {
                if let Some(span) = setting.key.span() {
                    settings.entry(span).or_default().push(number);
                }
            }
            settings
        });
        settings.get(&key).cloned().unwrap_or_default()
    }
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file lies in the same deployment as a folder: in it, below it, or in one of its parents'
/// folders as far as names are unique there.
pub(super) fn nearness(folder_of_user: &str, folder_of_object: &str) -> usize {
    let common = folder_of_user
        .split('/')
        .zip(folder_of_object.split('/'))
        .take_while(|(a, b)| a == b && !a.is_empty());
    common.count()
}

fn resolve<'s>(
    readings: &mut [Reading<'s>],
    index: &Index<'s>,
    keys: &mut Keys<'s>,
    (user, from): (usize, &str),
    one: &ObjectUse<'s>,
    sources: &'s Sources,
) {
    let kind = match one.kind {
        "ConfigMap" => (ReferenceKind::ConfigMap, ReferenceKind::ConfigMapKey),
        "Secret" => (ReferenceKind::Secret, ReferenceKind::SecretKey),
        "Service" => (ReferenceKind::Service, ReferenceKind::Service),
        _ => return,
    };
    match index.find(one.kind, one.name, one.namespace, from) {
        Some(place) => {
            let object = readings.get(place.0).and_then(|reading| reading.links.objects.get(place.1));
            let open = object.is_none_or(|object| object.open);
            let has_key = one.key.is_none_or(|key| keys.get(readings, place, key).is_some());
            if !has_key && !open && !one.optional {
                let target = one.key.unwrap_or(one.name);
                missing(readings, user, kind.1, target, Resolution::Missing, one);
            } else if let Some(key) = one.key {
                use_setting(readings, keys, place, key, one);
            } else if let Some(prefix) = one.prefix {
                take_all(readings, keys, place, prefix, one, sources);
            }
        }
        None if one.optional => {}
        // It may be part of what lies elsewhere.
        None if one.kind != "Secret" && readings.get(user).is_some_and(|user| user.links.incomplete) => {}
        None => {
            // Secrets are made out of band on purpose; so, often, is all that an operator or a chart makes.
            let resolution =
                if one.kind == "Secret" { Resolution::MadeElsewhere } else { Resolution::Missing };
            missing(readings, user, kind.0, one.name, resolution, one);
        }
    }
}

fn missing<'s>(
    readings: &mut [Reading<'s>],
    user: usize,
    kind: ReferenceKind,
    target: &'s str,
    resolution: Resolution,
    one: &ObjectUse<'s>,
) {
    if let Some(reading) = readings.get_mut(user) {
        refer(&mut reading.facts, kind, target, resolution, one.span, one.note);
    }
}

/// `envFrom`: each key of the object becomes a variable of the container, with the prefix before it.
fn take_all<'s>(
    readings: &mut [Reading<'s>],
    keys: &mut Keys<'s>,
    place: Place,
    prefix: &'s str,
    one: &ObjectUse<'s>,
    sources: &'s Sources,
) {
    let object = readings.get(place.0).and_then(|reading| reading.links.objects.get(place.1));
    let Some(left) = object.and_then(|object| keys.left.checked_sub(object.data.len())) else { return };
    keys.left = left;
    let names: Vec<&str> =
        object.into_iter().flat_map(|object| &object.data).map(|(name, ..)| *name).collect();
    for name in names {
        let variable = (!prefix.is_empty()).then(|| sources.keep(format!("{prefix}{name}").into()));
        use_setting(readings, keys, place, name, &ObjectUse { variable, ..one.clone() });
    }
}

/// A key of a ConfigMap or a Secret that a container takes under another name: the setting is the
/// container's too, and where its own name says nothing, it is judged under the name of the use.
fn use_setting<'s>(
    readings: &mut [Reading<'s>],
    keys: &mut Keys<'s>,
    place: Place,
    key: &str,
    one: &ObjectUse<'s>,
) {
    let Some(span) = keys.get(readings, place, key) else { return };
    let Some(holder) = readings.get_mut(place.0) else { return };
    let mut renamed: Option<Setting<'s>> = None;
    for at in keys.settings(holder, place.0, span) {
        let Some(setting) = holder.facts.settings.get_mut(at) else { continue };
        setting.head.used(Use { span: one.span, note: one.note });
        renamed = one.variable.filter(|name| setting.key.value() != Some(name)).map(|name| {
            let mut renamed = setting.clone();
            renamed.key = crate::facts::Field::set(name, span, "");
            renamed
        });
    }
    holder.facts.settings.extend(renamed);
}
