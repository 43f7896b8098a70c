//! What commands write into files: `echo "DB_PASSWORD=…" >> .env`, `printf 'machine … password …' > ~/.netrc`.

use std::ops::Range;

use crate::facts::Command;
use crate::source::{Span, Text};
use crate::syntax::shell::{Direction, Operator, Word};

/// A part of what a command writes, under the name that it has there.
pub(super) struct Written<'s> {
    pub(super) name: &'s str,
    pub(super) value: Word<'s>,
}

/// The words of a command that prints into a file, or into another command.
fn printed<'a, 's>(command: &'a Command<'s>) -> &'a [Word<'s>] {
    let prints = matches!(command.program.value(), Some(&("echo" | "printf")));
    let parsed = &command.parsed;
    let to_file =
        parsed.redirects.iter().any(|one| matches!(one.direction, Direction::Write | Direction::Append));
    if prints && (to_file || parsed.operator == Operator::Pipe) { parsed.arguments() } else { &[] }
}

/// The assignments and passwords that a command writes into a file.
pub(super) fn settings<'s>(command: &Command<'s>) -> Vec<Written<'s>> {
    let words = printed(command).iter();
    words.flat_map(|word| lines(word.as_str()).filter_map(|line| setting(word, line))).collect()
}

/// Where a command writes that a package manager is to accept any certificate or package.
/// <https://manpages.debian.org/apt-transport-https>, <https://pip.pypa.io/en/stable/topics/configuration/>
pub(super) fn unverified(command: &Command<'_>) -> Option<Span> {
    let off = [
        ("verify-peer", "false"),
        ("verify-host", "false"),
        ("allowunauthenticated", "true"),
        ("allowunauthenticated", "1"),
    ];
    printed(command).iter().find_map(|word| {
        lines(word.as_str()).find_map(|line| {
            let text = word.as_str().get(line.clone())?;
            let small = text.to_ascii_lowercase();
            let value = small.rsplit([' ', '=']).next()?.trim_matches(['"', '\'', ';']).to_owned();
            let pip = small.starts_with("trusted-host") && small.contains('=');
            let is_off = pip || off.iter().any(|(name, bad)| small.contains(name) && value == *bad);
            is_off.then(|| word.text.span(line))
        })
    })
}

/// The lines of a printed text, which may be written as `\n`.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|_| start <= text.len())?;
        let bytes = rest.as_bytes();
        let mark = |at: usize| match bytes.get(at..)? {
            [b'\n', ..] => Some((at, 1)),
            [b'\\', b'n', ..] => Some((at, 2)),
            _ => None,
        };
        let (length, mark) = (0..rest.len()).find_map(mark).unwrap_or((rest.len(), 1));
        let line = start..start + length;
        start = line.end + mark;
        Some(line)
    })
}

fn setting<'s>(word: &Word<'s>, line: Range<usize>) -> Option<Written<'s>> {
    let text = word.as_str().get(line.clone())?;
    let (name, value) = netrc(text).or_else(|| assignment(text))?;
    let part: Text<'s> = word.text.part(line.start + value.start..line.start + value.end);
    // What `printf` puts in is not known.
    if ["%s", "%d", "%q", "%b"].iter().any(|verb| part.as_str().contains(verb)) {
        return None;
    }
    let literal = !part.as_str().contains(['$', '`', '%']);
    let span = part.span(0..part.as_str().len());
    Some(Written {
        name: word.as_str().get(line.start + name.start..line.start + name.end)?,
        value: Word { text: part, span, literal },
    })
}

/// `machine example.org login me password …`: the password goes by that name.
fn netrc(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let name = text.trim_start().starts_with("machine ").then(|| text.find(" password "))??;
    let start = name + " password ".len();
    let rest = text.get(start..)?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some((name + 1..name + " password".len(), start..start + end))
}

/// `NAME=value`, `export NAME=value`, `//registry.example.org/:_authToken=value`
fn assignment(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let equals = text.find('=')?;
    let before = text.get(..equals)?.trim_end();
    let name = before.rfind([' ', ':', '/', '\t']).map_or(0, |at| at + 1);
    let named = before
        .get(name..)?
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    let lead = before.get(..name)?.trim();
    let leads = lead.is_empty() || lead == "export" || lead.starts_with("//");
    let value = text.get(equals + 1..)?;
    let start = equals + 1 + (value.len() - value.trim_start().len());
    let trimmed = value.trim();
    let quoted = ['"', '\'']
        .iter()
        .any(|mark| trimmed.len() > 1 && trimmed.starts_with(*mark) && trimmed.ends_with(*mark));
    let inner = usize::from(quoted);
    let range = start + inner..start + trimmed.len() - inner;
    (named && leads && name < before.len()).then_some((name..before.len(), range))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_end_at_breaks_and_at_what_stands_for_them() {
        let cut = |text: &str| lines(text).map(|line| text[line].to_owned()).collect::<Vec<_>>();
        assert_eq!(cut("a=1\\nb=2\nc"), ["a=1", "b=2", "c"]);
        assert_eq!(cut(""), [""]);
    }

    #[test]
    fn names_and_values_are_found() {
        let found = |text: &str| {
            let (name, value) = netrc(text).or_else(|| assignment(text))?;
            Some((text[name].to_owned(), text[value].to_owned()))
        };
        let pair = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(found("A=b"), pair("A", "b"));
        assert_eq!(found("export A='b c'"), pair("A", "b c"));
        assert_eq!(found("//r.example.org/:_authToken=x"), pair("_authToken", "x"));
        assert_eq!(found("machine h login me password x y"), pair("password", "x"));
        assert_eq!(found("try --password=x"), None);
        assert_eq!(found("if a == b"), None);
        assert_eq!(found("=x"), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[ =a\"'\\\\n\n:/é]{0,30}") {
            for line in lines(&text) {
                let line = &text[line];
                if let Some((name, value)) = netrc(line).or_else(|| assignment(line)) {
                    let _ = (&line[name], &line[value]);
                }
            }
        }
    }
}
