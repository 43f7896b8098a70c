//! Kubernetes objects that name one another.

use rustc_hash::FxHashMap;

use super::refer;
use crate::facts::links::{Object, ObjectUse};
use crate::facts::{ReferenceKind, Resolution, Setting, Use};
use crate::formats::Reading;

/// An object by its file and its index there.
type Place = (usize, usize);

/// All objects by kind and name.
type Index<'s> = FxHashMap<(&'s str, &'s str), Vec<Place>>;

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let index = index(readings);
    for user in 0..readings.len() {
        let Some(reading) = readings.get(user) else { continue };
        let folder = folder(reading.path);
        let uses = reading.links.uses.clone();
        for one in uses {
            resolve(readings, &index, user, folder, &one);
        }
    }
}

fn index<'s>(readings: &[Reading<'s>]) -> Index<'s> {
    let mut index = Index::default();
    for (file, reading) in readings.iter().enumerate() {
        for (at, object) in reading.links.objects.iter().enumerate() {
            index.entry((object.kind, object.name)).or_default().push((file, at));
        }
    }
    index
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
    user: usize,
    from: &str,
    one: &ObjectUse<'s>,
) {
    let kind = match one.kind {
        "ConfigMap" => (ReferenceKind::ConfigMap, ReferenceKind::ConfigMapKey),
        "Secret" => (ReferenceKind::Secret, ReferenceKind::SecretKey),
        "Service" => (ReferenceKind::Service, ReferenceKind::Service),
        _ => return,
    };
    let found = find(readings, index, from, one);
    match found {
        Some((reading, object)) => {
            let (open, has_key) = readings
                .get(reading)
                .and_then(|reading| reading.links.objects.get(object))
                .map_or((true, true), |object| (object.open, has_key(object, one.key)));
            if !has_key && !open && !one.optional {
                let target = one.key.unwrap_or(one.name);
                missing(readings, user, kind.1, target, Resolution::Missing, one);
            } else if let Some(key) = one.key {
                use_setting(readings, reading, object, key, one);
            }
        }
        None if one.optional => {}
        None => {
            // Secrets are made out of band on purpose; so, often, is all that an operator or a chart makes.
            let resolution =
                if one.kind == "Secret" { Resolution::MadeElsewhere } else { Resolution::Missing };
            missing(readings, user, kind.0, one.name, resolution, one);
        }
    }
}

fn has_key(object: &Object<'_>, key: Option<&str>) -> bool {
    key.is_none_or(|key| object.data.iter().any(|(name, ..)| *name == key))
}

fn find<'s>(readings: &[Reading<'s>], index: &Index<'s>, from: &str, one: &ObjectUse<'s>) -> Option<Place> {
    let same_place = |object: &Object<'_>| match (object.namespace, one.namespace) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let mut best: Option<(usize, Place)> = None;
    for place in index.get(&(one.kind, one.name)).into_iter().flatten() {
        let Some(reading) = readings.get(place.0) else { continue };
        if reading.links.objects.get(place.1).is_some_and(same_place) {
            let near = nearness(from, folder(reading.path));
            if best.is_none_or(|(nearest, _)| near > nearest) {
                best = Some((near, *place));
            }
        }
    }
    best.map(|(_, found)| found)
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

/// A key of a ConfigMap or a Secret that a container takes under another name: the setting is the
/// container's too, and where its own name says nothing, it is judged under the name of the use.
fn use_setting<'s>(
    readings: &mut [Reading<'s>],
    reading: usize,
    object: usize,
    key: &str,
    one: &ObjectUse<'s>,
) {
    let Some(holder) = readings.get_mut(reading) else { return };
    let Some(place) = holder
        .links
        .objects
        .get(object)
        .and_then(|object| object.data.iter().find(|(name, ..)| *name == key))
    else {
        return;
    };
    let (key_span, used) = (place.1, Use { span: one.span, note: one.note });
    let mut renamed: Option<Setting<'s>> = None;
    for setting in &mut holder.facts.settings {
        if setting.key.span() == Some(key_span) {
            setting.head.uses.push(used);
            renamed = one.variable.filter(|name| setting.key.value() != Some(name)).map(|name| {
                let mut renamed = setting.clone();
                renamed.key = crate::facts::Field::set(name, key_span, "");
                renamed
            });
        }
    }
    holder.facts.settings.extend(renamed);
}
