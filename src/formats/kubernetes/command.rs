//! Commands: what containers and probes start.

use super::lookup::Found;
use crate::facts::{Command, Field, Phase, Store};
use crate::formats::commands::command;
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

fn known<'s>(words: Found<'_, 's>) -> impl Iterator<Item = Text<'s>> {
    words.items().filter(|node| node.as_str().is_some()).map(Node::text)
}

fn commands<'s>(words: &[Text<'s>], subject: &'s str, sources: &'s Sources) -> Vec<Command<'s>> {
    let parsed = shell::from_words(words, sources);
    parsed.into_iter().map(|parsed| fact(parsed, subject, sources)).collect()
}

fn fact<'s>(parsed: shell::Command<'s>, subject: &'s str, sources: &'s Sources) -> Command<'s> {
    let program = match (parsed.program(), parsed.words.first()) {
        (Some(program), Some(word)) => Field::set(program, word.span, ""),
        _ => Field::Unknown,
    };
    Command { program, ..command(parsed, subject, Store::Setting, Phase::Run, sources) }
}
