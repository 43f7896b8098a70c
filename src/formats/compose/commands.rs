//! What a service runs: its command, and what is run in it when it has started and before it stops.

use super::pairs;
use super::service::Service;
use crate::facts::{Command, Container, Facts, Field, Head, Phase, Platform, Scope, Store};
use crate::formats::commands::command;
use crate::source::Text;
use crate::syntax::shell;
use crate::syntax::yaml::{Kind, Node};
use crate::value::boolean;

/// States the commands of a service, which see the settings of its scope.
pub(super) fn state<'s>(service: &Service<'_, 's>, scope: Scope, note: &'s str, facts: &mut Facts<'s>) {
    let sources = service.environment.sources;
    let as_fact = |parsed, scope| Command {
        scope: Some(scope),
        ..command(parsed, service.subject, Store::Setting, Phase::Run, sources)
    };
    facts.commands.extend(own(service).into_iter().map(|parsed| as_fact(parsed, scope)));
    for (key, written) in [("post_start", "post_start:"), ("pre_stop", "pre_stop:")] {
        for hook in service.each(&[key]).into_iter().flat_map(|found| found.node.items()) {
            let parsed = hook.get("command").map(|node| of_node(service, node)).unwrap_or_default();
            let own = Scope(hook.span());
            let environment = hook.get("environment");
            if let Some(environment) = environment {
                pairs::of_node(service, environment, own, note, &mut facts.settings);
            }
            let scope = if environment.is_some() { own } else { scope };
            facts.commands.extend(parsed.into_iter().map(|parsed| as_fact(parsed, scope)));
            facts.containers.extend(privileged(service, hook, written));
        }
    }
}

/// A hook that runs with all privileges. One that runs as root isn't told: to prepare what the service itself
/// has no right to is what hooks are for.
/// <https://docs.docker.com/compose/how-tos/lifecycle/>
fn privileged<'s>(
    service: &Service<'_, 's>,
    hook: Node<'_, 's>,
    written: &'static str,
) -> Option<Container<'s>> {
    let value = service.environment.scalar(hook.get("privileged")?)?;
    let on = value.known().and_then(boolean::parse)?;
    let process = Container::of(Platform::Process, Head::new(value.place, service.subject), hook.span());
    Some(Container { privileged: Field::set(on, value.place, written), environment_open: true, ..process })
}

/// The commands of `entrypoint` and `command`, which is the entrypoint's arguments where both are stated.
fn own<'s>(service: &Service<'_, 's>) -> Vec<shell::Command<'s>> {
    let sources = service.environment.sources;
    let entrypoint = service.last(&["entrypoint"]).map(|found| found.node);
    let command = service.last(&["command"]).map(|found| found.node);
    match (entrypoint, command) {
        (Some(one), None) | (None, Some(one)) => of_node(service, one),
        _ => {
            let both = entrypoint.into_iter().chain(command);
            let words: Vec<Text<'s>> = both.flat_map(|node| words(service, node)).collect();
            shell::from_words(&words, sources)
        }
    }
}

/// The words of a command, written as a list or as one text.
fn words<'s>(service: &Service<'_, 's>, node: Node<'_, 's>) -> Vec<Text<'s>> {
    if node.kind() != Kind::Scalar {
        return node
            .items()
            .filter_map(|item| service.environment.scalar(item))
            .map(|value| value.text)
            .collect();
    }
    let Some(value) = service.environment.scalar(node) else { return Vec::new() };
    let parsed = shell::parse(&value.text, service.environment.sources);
    let outer = parsed.into_iter().filter(|command| command.depth == 0);
    outer.flat_map(|command| command.words).map(|word| word.text).collect()
}

/// The commands of a list of words, or of a text.
fn of_node<'s>(service: &Service<'_, 's>, node: Node<'_, 's>) -> Vec<shell::Command<'s>> {
    let sources = service.environment.sources;
    if node.kind() == Kind::Scalar {
        let value = service.environment.scalar(node);
        return value.map_or_else(Vec::new, |value| shell::parse(&value.text, sources));
    }
    shell::from_words(&words(service, node), sources)
}
