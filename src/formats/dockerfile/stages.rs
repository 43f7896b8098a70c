//! The stages of a Dockerfile, each as the container that would run it.

use std::ops::RangeInclusive;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{contents, installs, user};
use crate::data::images::{self, User};
use crate::facts::links::Stage;
use crate::facts::{Container, Field, Head, Healthcheck, Image, Phase, Platform, Runs, Scope, Store};
use crate::formats::Reader;
use crate::formats::image::image;
use crate::formats::settings::expand;
use crate::source::{Sources, Span, Text};
use crate::syntax::dockerfile::{Arguments, Dockerfile, Instruction, Keyword, Word};
use crate::syntax::interpolation::Dialect;

/// The variables that hold at a place.
pub(super) type Variables<'s> = FxHashMap<&'s str, Text<'s>>;

/// The stages so far, by their names in small letters.
pub(super) type Names = FxHashMap<String, usize>;

/// A word with its variables put in.
pub(super) fn value<'s>(
    word: &Word<'s>,
    variables: &Variables<'s>,
    escape: char,
    sources: &'s Sources,
) -> Text<'s> {
    if !word.interpolates {
        return word.text.clone();
    }
    expand(&word.text, Dialect::Dockerfile { escape }, &mut |name| variables.get(name).cloned(), sources)
}

pub(super) fn read<'s>(reader: &mut Reader<'s>, file: &Dockerfile<'s>) {
    let sources = reader.sources;
    let starts: Vec<usize> =
        (0..file.instructions.len()).filter(|&at| file.instructions.get(at).is_some_and(is_from)).collect();
    let mut global = Variables::default();
    for instruction in file.instructions.iter().take_while(|instruction| !is_from(instruction)) {
        declare(instruction, &mut global, file.escape, sources);
    }
    let ships = shipping(file, &starts, &global, sources);
    let mut names = Names::default();
    let first = reader.reading.links.stages.len();
    for (number, &start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(file.instructions.len());
        let instructions = file.instructions.get(start..end).unwrap_or_default();
        let store = if ships.get(number).copied().unwrap_or(true) { Store::Image } else { Store::BuildStage };
        let last = number + 1 == starts.len();
        let Some(stage) = stage(reader, instructions, &global, &names, file.escape, store, last) else {
            continue;
        };
        if let Some(name) = stage.name {
            names.insert(name.to_ascii_lowercase(), reader.reading.links.stages.len());
        }
        reader.reading.links.stages.push(stage);
    }
    for stage in reader.reading.links.stages.iter_mut().skip(first) {
        user::tell_default(&mut stage.container, file);
    }
}

fn is_from(instruction: &Instruction<'_>) -> bool {
    instruction.keyword == Keyword::From
}

/// Takes in the variables that `ARG` and `ENV` set.
fn declare<'s>(
    instruction: &Instruction<'s>,
    variables: &mut Variables<'s>,
    escape: char,
    sources: &'s Sources,
) {
    if let (Keyword::Arg | Keyword::Env, Arguments::Pairs(pairs)) =
        (instruction.keyword, &instruction.arguments)
    {
        for (name, word) in pairs {
            if let Some(word) = word {
                let text = value(word, variables, escape, sources);
                variables.insert(name.text.as_str(), text);
            }
        }
    }
}

/// The words of `FROM`: the image, and the stage's name.
fn from_words<'a, 's>(instruction: &'a Instruction<'s>) -> (Option<&'a Word<'s>>, Option<&'a Word<'s>>) {
    match &instruction.arguments {
        Arguments::Words(words) => match words.as_slice() {
            [image, is, name, ..] if is.text.as_str().eq_ignore_ascii_case("as") => (Some(image), Some(name)),
            [image, ..] => (Some(image), None),
            [] => (None, None),
        },
        _ => (None, None),
    }
}

/// Which stages the last one is built on, itself included: what they bake in is part of the image.
fn shipping<'s>(
    file: &Dockerfile<'s>,
    starts: &[usize],
    global: &Variables<'s>,
    sources: &'s Sources,
) -> Vec<bool> {
    let stages: Vec<(String, Option<&str>)> = starts
        .iter()
        .filter_map(|&at| file.instructions.get(at))
        .map(|instruction| {
            let (base, name) = from_words(instruction);
            let base = base.map_or_else(String::new, |base| {
                value(base, global, file.escape, sources).as_str().to_owned()
            });
            (base, name.map(|name| name.text.as_str()))
        })
        .collect();
    let mut ships = vec![false; stages.len()];
    let mut next = stages.len().checked_sub(1);
    while let Some(at) = next {
        let Some(flag) = ships.get_mut(at) else { break };
        *flag = true;
        let base = stages.get(at).map_or("", |(base, _)| base.as_str());
        let named =
            |(_, name): &(String, Option<&str>)| name.is_some_and(|name| name.eq_ignore_ascii_case(base));
        next = stages.get(..at).and_then(|before| before.iter().rposition(named));
    }
    ships
}

/// One stage: from its `FROM` to the next.
fn stage<'s>(
    reader: &mut Reader<'s>,
    instructions: &[Instruction<'s>],
    global: &Variables<'s>,
    names: &Names,
    escape: char,
    store: Store,
    last: bool,
) -> Option<Stage<'s>> {
    let sources = reader.sources;
    let from = instructions.first()?;
    let (base, name) = from_words(from);
    let name = name.map(|name| name.text.as_str());
    let block = instructions.last().map_or(from.span, |end| from.span.to(end.span));
    let subject = match name {
        Some(name) if !last => sources.keep(format!("stage {name}").into()),
        _ => "the image",
    };
    let base_text = base.map(|base| value(base, global, escape, sources));
    let parent = base_text.as_ref().and_then(|base| names.get(&base.as_str().to_ascii_lowercase()));
    let parent_number = parent.copied();
    let parent = parent.and_then(|at| reader.reading.links.stages.get(*at));
    // Each stage holds what it inherits. A chain of stages for which that is too much isn't followed.
    let followed = parent.is_none_or(|parent| sources.file(from.span.file).grow(weight(parent)));
    let parent = parent.filter(|_| followed).cloned();
    let mut variables: Variables<'s> =
        parent.iter().flat_map(|stage| stage.variables.iter().cloned()).collect();
    let is_stage = parent.is_some();
    let image = base_text
        .as_ref()
        .filter(|base| !is_stage && base.as_str() != "scratch")
        .and_then(|text| base_image(text, base?, subject));
    reader.reading.facts.images.extend(image.clone());
    let mut container = match &parent {
        Some(parent) => Container { head: Head::new(from.span, subject), block, ..parent.container.clone() },
        None => on_base(base_text.as_ref(), image, Head::new(from.span, subject), block),
    };
    let scope = Scope(from.span);
    container.environment.push(scope);
    if !followed {
        container.user = Field::Unknown;
        container.environment_open = true;
    }
    let surroundings = contents::Surroundings {
        subject,
        store,
        scope,
        escape,
        image: repository(&container),
        arguments: open_arguments(instructions),
        stages: names,
    };
    let first_command = reader.reading.facts.commands.len();
    for instruction in instructions.iter().skip(1) {
        contents::read(reader, instruction, &variables, &surroundings);
        apply(reader, instruction, &mut container, &variables, escape);
        inherit_global(instruction, &mut variables, global);
        declare(instruction, &mut variables, escape, sources);
    }
    let commands = reader.reading.facts.commands.iter().skip(first_command);
    for command in commands.clone().filter(|command| command.phase == Phase::Build) {
        installs::run(&command.parsed, &mut container.installed);
    }
    let gains: Vec<Span> =
        commands.filter_map(|command| installs::sudo(&command.parsed)).map(|word| word.span).collect();
    for place in gains {
        let mut process = Container::of(Platform::Process, Head::new(place, subject), block);
        process.escalation = Field::set(true, place, "sudo");
        reader.reading.facts.containers.push(process);
    }
    // A comment above an instruction speaks of all of its lines.
    reader.reading.blocks.extend(instructions.iter().map(|instruction| instruction.span));
    reader.reading.blocks.push(block);
    Some(Stage {
        name,
        container,
        scope,
        parent: parent_number,
        judged: false,
        variables: variables.into_iter().collect(),
    })
}

/// The names of a stage's `ARG`s that take their value from whoever builds.
fn open_arguments<'s>(instructions: &[Instruction<'s>]) -> FxHashSet<&'s str> {
    let arguments = instructions.iter().filter(|instruction| instruction.keyword == Keyword::Arg);
    let pairs = arguments.filter_map(|instruction| match &instruction.arguments {
        Arguments::Pairs(pairs) => Some(pairs),
        _ => None,
    });
    let open = pairs.flatten().filter(|(_, value)| value.is_none());
    open.map(|(name, _)| name.text.as_str()).collect()
}

fn repository<'s>(container: &Container<'s>) -> Option<&'s str> {
    container.image.as_ref().and_then(|image| image.repository.value().copied())
}

/// About how many bytes a stage hands down.
fn weight(stage: &Stage<'_>) -> usize {
    stage.variables.len() * size_of::<(&str, Text<'_>)>() + stage.container.weight()
}

/// `ARG NAME` without a value takes the value that stands before the first `FROM`.
fn inherit_global<'s>(instruction: &Instruction<'s>, variables: &mut Variables<'s>, global: &Variables<'s>) {
    if let (Keyword::Arg, Arguments::Pairs(pairs)) = (instruction.keyword, &instruction.arguments) {
        for (name, value) in pairs {
            if value.is_none()
                && let Some(known) = global.get(name.text.as_str())
            {
                variables.insert(name.text.as_str(), known.clone());
            }
        }
    }
}

/// The image that a stage is built on. Where only a part of it comes from variables, it is judged where it
/// is put together.
fn base_image<'s>(text: &Text<'s>, word: &Word<'s>, subject: &'s str) -> Option<Image<'s>> {
    let mut image = image(text, subject)?;
    if text.spans(0..text.as_str().len()).len() > 1 {
        let place = word.text.span(0..word.text.as_str().len());
        image.head.anchor = place;
        if let Field::Set(reference) = &mut image.reference {
            reference.span = place;
        }
    }
    Some(image)
}

/// The container of a stage that says nothing yet.
fn on_base<'s>(
    base: Option<&Text<'s>>,
    image: Option<Image<'s>>,
    head: Head<'s>,
    block: Span,
) -> Container<'s> {
    let base = base.map_or("", Text::as_str);
    let known = images::parse_reference(base).and_then(|reference| images::lookup(&reference));
    let user = match known.as_ref().map(images::Known::user) {
        Some(User::NonRoot(name)) => Field::Default(name),
        // An image that nobody knows to have another user is taken to be root.
        _ if base.contains('$') => Field::Unknown,
        Some(User::Root | User::Unknown) | None => Field::Default("root"),
    };
    let checked = known.as_ref().is_some_and(|known| known.image.healthcheck);
    let listens = known.as_ref().and_then(|known| known.image.datastore()).map(|store| {
        let mut ports = store.ports.to_vec();
        ports.sort_unstable();
        ports
    });
    let place = head.anchor;
    Container {
        name: Field::Unset,
        runs: Field::set(Runs::Long, place, ""),
        started: Field::Unset,
        user,
        escalation: Field::Unset,
        healthcheck: if checked { Field::Default(Healthcheck::Present) } else { Field::Unset },
        image,
        listens: listens.unwrap_or_default(),
        environment_open: base.contains('$'),
        ..Container::of(Platform::Dockerfile, head, block)
    }
}

/// What an instruction changes in the container.
fn apply<'s>(
    reader: &Reader<'s>,
    instruction: &Instruction<'s>,
    container: &mut Container<'s>,
    variables: &Variables<'s>,
    escape: char,
) {
    let sources = reader.sources;
    match (instruction.keyword, &instruction.arguments) {
        (Keyword::User, Arguments::Words(words)) => {
            if let Some(word) = words.first() {
                user::apply(container, word, &value(word, variables, escape, sources));
            }
        }
        (Keyword::Healthcheck, Arguments::Words(_)) => {
            container.healthcheck = Field::set(Healthcheck::Disabled, instruction.span, "HEALTHCHECK");
            container.checks.clear();
        }
        (Keyword::Healthcheck, _) => {
            container.healthcheck = Field::set(Healthcheck::Present, instruction.span, "HEALTHCHECK");
            container.checks = contents::check(instruction, sources).into_iter().collect();
        }
        (Keyword::Expose, Arguments::Words(words)) => {
            let ports = words.iter().map(|word| value(word, variables, escape, sources));
            ports.filter_map(|port| exposed(port.as_str())).for_each(|ports| listen(container, ports));
        }
        (Keyword::Copy | Keyword::Add, Arguments::Words(words)) => {
            installs::copy(words, &mut container.installed);
        }
        _ => {}
    }
}

/// Adds ports to those of a container, which are kept in order, each once.
fn listen(container: &mut Container<'_>, ports: RangeInclusive<u16>) {
    let listens = &mut container.listens;
    let start = listens.partition_point(|port| port < ports.start());
    let end = listens.partition_point(|port| port <= ports.end());
    // A range that is known as a whole may be stated as often as the file is long.
    if start <= end && end - start < ports.len() {
        listens.splice(start..end, ports);
    }
}

/// The ports of `EXPOSE 8080`, `EXPOSE 53/udp`, `EXPOSE 9000-9010`.
fn exposed(text: &str) -> Option<RangeInclusive<u16>> {
    let ports = text.split('/').next()?;
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_kept_in_order_and_once() {
        let sources = Sources::default();
        let place = sources.text(sources.add("x".into(), "x".into())).span(0..1);
        let mut container = Container::of(Platform::Dockerfile, Head::new(place, "x"), place);
        for ports in [80..=80, 90..=92, 79..=91, 80..=80, 443..=443] {
            listen(&mut container, ports);
        }
        let expected: Vec<u16> = (79..=92).chain([443]).collect();
        assert_eq!(container.listens, expected);
    }
}
