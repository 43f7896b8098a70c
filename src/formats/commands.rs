//! Commands as every format states them.

use crate::facts::{Command, Field, Head, Phase, Store};
use crate::source::{Sources, Span, Text};
use crate::syntax::{Comment, shell};
use crate::value::url;

/// A command as a fact.
pub(super) fn command<'s>(
    parsed: shell::Command<'s>,
    subject: &'s str,
    store: Store,
    phase: Phase,
    sources: &'s Sources,
) -> Command<'s> {
    let span = parsed.span;
    let line: Vec<&str> = parsed.words.iter().map(shell::Word::as_str).collect();
    Command {
        head: Head::new(span, subject),
        program: parsed.program().map_or(Field::Unknown, |program| Field::set(program, span, "")),
        line: Field::set(sources.keep(line.join(" ").into()), span, ""),
        parsed,
        phase,
        store,
        scope: None,
    }
}

/// The port of the machine itself that a command asks.
pub(super) fn port_of(command: &shell::Command<'_>) -> Option<(u16, Span)> {
    command.words.iter().find_map(|word| {
        let text = word.as_str();
        let url = url::find_all(text).next()?;
        let host = url.hosts.first()?;
        let local = matches!(host.name.text, "localhost" | "127.0.0.1" | "[::1]" | "::1" | "0.0.0.0");
        let port = host.port_number().filter(|_| local)?;
        let range = host.port.as_ref()?.range.clone();
        Some((port, word.text.span(range)))
    })
}

/// The comments of a script that have lines of their own, and those behind commands that speak to govlint: where
/// others begin, only the shell can tell.
pub(super) fn comments<'s>(script: &Text<'s>, out: &mut Vec<Comment<'s>>) {
    let mut at = 0;
    for line in script.as_str().split_inclusive('\n') {
        let comment = line.trim();
        if comment.starts_with('#') {
            let start = at + line.len() - line.trim_start().len();
            let span = script.span(start..start + comment.len());
            let text = comment.trim_start_matches('#').trim();
            out.push(Comment { span, text, alone: true });
        } else if let Some(start) = comment.find(MARK).map(|mark| mark + 1) {
            let from = at + line.len() - line.trim_start().len() + start;
            let length = comment.len() - start;
            let text = comment.get(start + 1..).unwrap_or_default().trim();
            out.push(Comment { span: script.span(from..from + length), text, alone: false });
        }
        at += line.len();
    }
}

/// How a comment begins that speaks to govlint behind a command.
const MARK: &str = " # govlint:";

/// Whether a shell runs a script, by its first line; nothing where that doesn't say.
pub(super) fn is_shell(script: &str) -> Option<bool> {
    let line = script.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let program = words.find(|word| *word != "env" && !word.starts_with('-'))?;
    Some(matches!(program, "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_behind_commands_are_told_where_they_speak_to_govlint() {
        let sources = Sources::default();
        let text = "# a\necho '# b' # c\n  curl -k x  # govlint: allow[x] é\n";
        let mut found = Vec::new();
        comments(&sources.text(sources.add("x.sh".into(), text.into())), &mut found);
        let found: Vec<_> = found.iter().map(|one| (sources.slice(one.span), one.text, one.alone)).collect();
        assert_eq!(found, [("# a", "a", true), ("# govlint: allow[x] é", "govlint: allow[x] é", false)]);
    }

    #[test]
    fn the_first_line_of_a_script_says_who_runs_it() {
        for line in ["#!/bin/sh", "#! /bin/bash -eu", "#!/usr/bin/env bash", "#!/usr/bin/env -S zsh -e"] {
            assert_eq!(is_shell(line), Some(true), "{line}");
        }
        assert_eq!(is_shell("#!/usr/bin/env python3\n"), Some(false));
        assert_eq!(is_shell("set -e\n"), None);
    }
}
