//! Builds: a service takes its user and its health check from the stage of the Dockerfile that it builds.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Surroundings, refer};
use crate::facts::links::{Build, Stage};
use crate::facts::{Container, Field, Installed, ReferenceKind, Resolution, Store, Use};
use crate::formats::Reading;
use crate::source::{Sources, Span};

pub(super) fn link<'s>(
    readings: &mut [Reading<'s>],
    files: &FxHashMap<&'s str, usize>,
    around: &dyn Surroundings,
    sources: &'s Sources,
) {
    readings.iter_mut().for_each(forget_ports);
    for user in 0..readings.len() {
        let builds = readings.get(user).map(|reading| reading.links.builds.clone()).unwrap_or_default();
        for build in builds {
            resolve(readings, files, around, sources, user, &build);
        }
    }
    for reading in readings {
        ship(reading);
        judge_final_stages(reading);
    }
}

/// On what ports a stage listens isn't known where it, or one below it, copies a configuration that decides
/// that and wasn't read.
fn forget_ports(reading: &mut Reading<'_>) {
    let links = &mut reading.links;
    if links.configurations.is_empty() {
        return;
    }
    let all = || links.configurations.iter();
    let unread: FxHashSet<usize> = all().filter(|one| !one.read).map(|one| one.stage).collect();
    let mut copying: FxHashSet<usize> = all().map(|one| one.stage).collect();
    for (at, stage) in links.stages.iter_mut().enumerate() {
        let inherits = stage.parent.is_some_and(|below| copying.contains(&below));
        if inherits {
            copying.insert(at);
        }
        if inherits || unread.contains(&at) {
            stage.container.listens.clear();
        }
    }
}

/// A stage that something here builds ships, also where it isn't the last: what it and the stages below it
/// bake in becomes part of an image.
fn ship(reading: &mut Reading<'_>) {
    let stages = &reading.links.stages;
    if stages.iter().all(|stage| !stage.judged) {
        return;
    }
    let mut shipped = vec![false; stages.len()];
    for first in (0..stages.len()).filter(|at| stages.get(*at).is_some_and(|stage| stage.judged)) {
        let mut next = Some(first);
        while let Some((at, flag)) = next.and_then(|at| Some((at, shipped.get_mut(at)?))) {
            if std::mem::replace(flag, true) {
                break;
            }
            next = stages.get(at).and_then(|stage| stage.parent);
        }
    }
    let blocks: Vec<Span> = stages
        .iter()
        .zip(shipped)
        .filter_map(|(stage, ships)| ships.then_some(stage.container.block))
        .collect();
    // The blocks follow one another in the file.
    let ships = |place: Span| {
        let behind = blocks.partition_point(|block| block.head() <= place.head());
        behind.checked_sub(1).and_then(|at| blocks.get(at)).is_some_and(|block| block.contains(place))
    };
    let facts = &mut reading.facts;
    let to_image = |store: &mut Store, place: Span| {
        if *store == Store::BuildStage && ships(place) {
            *store = Store::Image;
        }
    };
    for setting in &mut facts.settings {
        to_image(&mut setting.store, setting.head.anchor);
    }
    for command in &mut facts.commands {
        to_image(&mut command.store, command.head.anchor);
    }
    for credential in &mut facts.credentials {
        if let Field::Set(store) = &mut credential.store {
            to_image(&mut store.value, credential.head.anchor);
        }
    }
}

fn resolve<'s>(
    readings: &mut [Reading<'s>],
    files: &FxHashMap<&'s str, usize>,
    around: &dyn Surroundings,
    sources: &'s Sources,
    user: usize,
    build: &Build<'s>,
) {
    let Some(path) = &build.dockerfile else { return };
    let stage = files.get(path.as_str()).and_then(|index| readings.get_mut(*index)).map(|dockerfile| {
        let stages = &mut dockerfile.links.stages;
        let stage = build.stage(stages).and_then(|at| stages.get_mut(at));
        stage.map(|stage| {
            let room = sources.file(build.span.file).grow(stage.container.weight());
            use_stage(stage, build, Use { span: build.span, note: build.note }, room)
        })
    });
    let Some(reading) = readings.get_mut(user) else { return };
    let subject =
        reading.facts.containers.get(build.container).map_or("", |container| container.head.subject);
    match stage {
        Some(Some(from)) => {
            if let Some(container) = reading.facts.containers.get_mut(build.container) {
                inherit(container, from);
            }
        }
        Some(None) => {
            // Without a target, a Dockerfile without stages is meant, which is a syntax error there.
            if let Some((target, place)) = build.target {
                refer(&mut reading.facts, ReferenceKind::Stage, target, Resolution::Missing, place, subject);
            }
        }
        None => {
            if let Some((target, at)) = absent(path, build, around, sources) {
                let target = sources.keep(target.to_owned().into());
                let (kind, resolution) = (ReferenceKind::File, Resolution::Missing);
                refer(&mut reading.facts, kind, target, resolution, at, subject);
            }
        }
    }
}

/// What is absent of a build: its folder, or only its Dockerfile. What lies outside of the run's root, and
/// what is made on each machine, isn't asked for.
fn absent<'b>(
    path: &'b str,
    build: &'b Build<'_>,
    around: &dyn Surroundings,
    sources: &'b Sources,
) -> Option<(&'b str, Span)> {
    let missing = |path: &str| {
        !path.is_empty()
            && !path.starts_with("..")
            && around.entry(path).is_none()
            && !around.is_ignored(path)
    };
    let context = build.context.as_ref().filter(|(folder, _)| missing(folder));
    match context {
        // As it is written, where nothing in it is to be replaced.
        Some((folder, at)) => match sources.slice(*at) {
            written if written.contains(['$', '\n', '*']) => Some((folder, *at)),
            written => Some((written, *at)),
        },
        None => missing(path).then_some((path, build.span)),
    }
}

/// The container of a stage as a service takes it over. Without `room` for its lists, it isn't known what
/// they hold: a thousand services may build a stage with a thousand ports.
fn use_stage<'s>(stage: &mut Stage<'s>, build: &Build<'s>, used: Use<'s>, room: bool) -> Container<'s> {
    let container = &mut stage.container;
    container.started = Field::set(true, build.span, "");
    container.head.used(used);
    stage.judged = true;
    if room {
        return container.clone();
    }
    let lists = (
        std::mem::take(&mut container.listens),
        std::mem::take(&mut container.environment),
        std::mem::take(&mut container.installed),
    );
    let installed = Installed { names: Vec::new(), open: true };
    let taken = Container { environment_open: true, installed, ..container.clone() };
    (container.listens, container.environment, container.installed) = lists;
    taken
}

/// What a container takes from its image where it says nothing itself.
fn inherit<'s>(container: &mut Container<'s>, image: Container<'s>) {
    container.user = without_place(container.user, &image.user);
    if container.healthcheck.is_unstated() {
        container.healthcheck = image.healthcheck;
    }
    if container.checks.is_empty() {
        container.checks = image.checks;
    }
    // Every stage has a scope of its own, unless there was no room.
    if image.environment.is_empty() {
        container.environment_open = true;
        container.listens.clear();
    }
    container.listens.extend(image.listens);
    if container.image.is_none() {
        container.image = image.image;
        container.installed = image.installed;
    }
    container.environment.extend(image.environment);
}

/// The user of a service: its own, or the image's. A root user that the Dockerfile states or leaves is
/// reported at the Dockerfile, with the service as a related place, so the service only takes over that it
/// is known.
fn without_place<'s>(own: Field<&'s str>, image: &Field<&'s str>) -> Field<&'s str> {
    match (own, image) {
        (Field::Set(own), _) => Field::Set(own),
        (_, Field::Set(_) | Field::Default(_)) => Field::NotApplicable,
        (_, other) => *other,
    }
}

/// A Dockerfile is judged by its last stage, and by every stage that something here builds.
fn judge_final_stages(reading: &mut Reading<'_>) {
    let last = reading.links.stages.len().saturating_sub(1);
    let any_judged = reading.links.stages.iter().any(|stage| stage.judged);
    for (index, stage) in reading.links.stages.iter_mut().enumerate() {
        if stage.judged || (index == last && !any_judged) {
            reading.facts.containers.push(stage.container.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::{Platform, Store};
    use crate::formats::{Reader, find};
    use crate::link::{Nothing, link};
    use crate::source::Sources;

    /// The stores of the settings, and the users of the images, where a service builds this target.
    fn built(target: &str) -> (Vec<Store>, Vec<String>) {
        let dockerfile =
            "FROM debian AS base\nENV A=1\nFROM base AS mid\nUSER mid\nFROM debian\nENV B=2\nUSER last\n";
        let compose = format!("services:\n  a:\n    build: {{context: ., target: '{target}'}}\n");
        let sources = Sources::default();
        let files = [("compose.yaml", compose.as_str(), "compose"), ("Dockerfile", dockerfile, "dockerfile")];
        let mut readings: Vec<_> = files
            .map(|(path, text, format)| {
                let id = sources.add(path.into(), text.into());
                Reader::read(&sources, id, find(format).unwrap())
            })
            .into();
        crate::formats::join(&mut readings, &sources);
        let facts = link(readings, &Nothing, &sources).facts;
        let users = facts.containers.iter().filter(|one| one.platform.value() == Some(&Platform::Dockerfile));
        let users = users.filter_map(|one| one.user.value().map(|user| (*user).to_owned())).collect();
        (facts.settings.iter().map(|setting| setting.store).collect(), users)
    }

    #[test]
    fn a_target_is_a_name_or_a_number_and_ships_with_what_lies_below_it() {
        for target in ["mid", "MID", "1"] {
            assert_eq!(built(target), (vec![Store::Image, Store::Image], vec!["mid".to_owned()]), "{target}");
        }
        let last = (vec![Store::BuildStage, Store::Image], vec!["last".to_owned()]);
        assert_eq!(built("2"), last);
        assert_eq!(built("none"), last);
    }
}
