//! Commands: what containers and probes start.

use super::lookup::Found;
use crate::facts::{Command, Field, Phase, Store};
use crate::formats::commands::{command, is_shell};
use crate::source::{Sources, Text};
use crate::syntax::shell;
use crate::syntax::yaml::Node;

/// The commands of a list of words. A list with unknown items is cut before the first of them.
pub(super) fn of_words<'s>(words: Found<'_, 's>, subject: &'s str, sources: &'s Sources) -> Vec<Command<'s>> {
    let texts: Vec<Text<'s>> = known(words).collect();
    commands(&texts, subject, sources)
}

/// The commands of a container: `command` with `args` behind it; `args` alone belong to a program that the
/// image names.
pub(super) fn of_container<'s>(
    command: Found<'_, 's>,
    args: Found<'_, 's>,
    subject: &'s str,
    sources: &'s Sources,
) -> Vec<Command<'s>> {
    let texts: Vec<Text<'s>> = known(command).chain(known(args)).collect();
    commands(&texts, subject, sources)
}

/// The commands of a script that a container is given, where a shell runs it.
pub(super) fn of_script<'s>(
    script: Found<'_, 's>,
    by_shell: bool,
    subject: &'s str,
    sources: &'s Sources,
) -> Vec<Command<'s>> {
    let text = script.node().filter(|node| node.as_str().is_some()).map(Node::text);
    let text = text.filter(|text| is_shell(text.as_str()).unwrap_or(by_shell));
    text.map(|text| in_script(&text, subject, Store::Setting, sources)).unwrap_or_default()
}

/// The commands of a shell script.
pub(super) fn in_script<'s>(
    script: &Text<'s>,
    subject: &'s str,
    store: Store,
    sources: &'s Sources,
) -> Vec<Command<'s>> {
    let parsed = shell::parse(script, sources);
    parsed.into_iter().map(|parsed| fact(parsed, subject, store, sources)).collect()
}

fn known<'s>(words: Found<'_, 's>) -> impl Iterator<Item = Text<'s>> {
    words.items().filter(|node| node.as_str().is_some()).map(Node::text)
}

fn commands<'s>(words: &[Text<'s>], subject: &'s str, sources: &'s Sources) -> Vec<Command<'s>> {
    let parsed = shell::from_words(words, sources);
    parsed.into_iter().map(|parsed| fact(parsed, subject, Store::Setting, sources)).collect()
}

fn fact<'s>(parsed: shell::Command<'s>, subject: &'s str, store: Store, sources: &'s Sources) -> Command<'s> {
    let program = match (parsed.program(), parsed.words.first()) {
        (Some(program), Some(word)) => Field::set(program, word.span, ""),
        _ => Field::Unknown,
    };
    Command { program, ..command(parsed, subject, store, Phase::Run, sources) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

    #[test]
    fn scripts_of_config_maps_steps_and_workflows_hold_commands() {
        for text in [
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a.sh: |\n    curl -k https://a\n  b.py: |\n    curl -k https://b\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  run: |\n    #!/bin/sh\n    curl -k https://a\n",
            "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  steps:\n    - {name: a, script: curl -k https://a}\n    - name: b\n      script: |\n        #!/usr/bin/python\n        curl -k https://b\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  templates:\n    - {name: a, script: {image: x, command: [sh], source: curl -k https://a}}\n    - {name: b, script: {image: x, command: [python], source: curl -k https://b}}\n",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - {name: a, lifecycle: {preStop: {exec: {command: [curl, -k, 'https://a']}}}}\n",
        ] {
            read(text, |reading, at| {
                let commands =
                    reading.facts.commands.iter().filter(|one| one.program.value() == Some(&"curl"));
                let words: Vec<_> =
                    commands.flat_map(|one| &one.parsed.words).map(|word| at(word.span)).collect();
                assert_eq!(words.len(), 3, "{text} {words:?}");
                assert!(words[2].contains("https://a"), "{text}");
            });
        }
    }
}
