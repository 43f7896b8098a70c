//! The ends of `$( … )`, `${ … }`, `` `…` `` and `( … )`, found without recursion.

use std::ops::Range;

use memchr::{memchr, memchr2};

/// What is open, by the byte that closes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `$(`, whose inside is commands.
    Substitution,
    /// A bare `(`.
    Group,
    /// `${`
    Parameter,
    /// `"`
    Quotes,
    /// `` ` ``
    Backtick,
}

/// What a bracket or backtick holds.
pub(super) struct Matched {
    /// Behind the closing byte, or the end of the text where that is missing.
    pub(super) end: usize,
    /// The bytes between.
    pub(super) inside: Range<usize>,
    /// The outermost command substitutions within, for those that hold no commands themselves.
    pub(super) scripts: Vec<Range<usize>>,
}

/// Matches a `$(` or `(` whose inside starts at `start`.
pub(super) fn parenthesis(bytes: &[u8], start: usize) -> Matched {
    scan(bytes, start, Open::Group)
}

/// Matches a `${` whose inside starts at `start`.
pub(super) fn parameter(bytes: &[u8], start: usize) -> Matched {
    scan(bytes, start, Open::Parameter)
}

/// Matches a backtick whose inside starts at `start`.
pub(super) fn backtick(bytes: &[u8], start: usize) -> Matched {
    scan(bytes, start, Open::Backtick)
}

fn scan(bytes: &[u8], start: usize, outermost: Open) -> Matched {
    let mut open = vec![outermost];
    let mut scripts = Vec::new();
    // The depth and start of the outermost command substitution that is open.
    let mut script: Option<(usize, usize)> = None;
    let mut at = start;
    while let (Some(&byte), Some(&top)) = (bytes.get(at), open.last()) {
        let next = bytes.get(at + 1).copied();
        let closes = match top {
            Open::Substitution | Open::Group => byte == b')',
            Open::Parameter => byte == b'}',
            Open::Quotes => byte == b'"',
            Open::Backtick => byte == b'`',
        };
        if closes {
            open.pop();
            if let Some((_, from)) = script.take_if(|(depth, _)| open.len() == *depth) {
                scripts.push(from..at);
            }
            at += 1;
            if open.is_empty() {
                return Matched { end: at, inside: start..at - 1, scripts };
            }
            continue;
        }
        let opened = match (byte, next) {
            (b'$', Some(b'(')) => Some((Open::Substitution, 2)),
            (b'$', Some(b'{')) => Some((Open::Parameter, 2)),
            (b'`', _) => Some((Open::Backtick, 1)),
            (b'"', _) if top != Open::Backtick => Some((Open::Quotes, 1)),
            (b'(', _) if matches!(top, Open::Substitution | Open::Group) => Some((Open::Group, 1)),
            _ => None,
        };
        if let Some((kind, length)) = opened {
            // Within a backtick everything belongs to its commands; the brackets there need no match.
            if top == Open::Backtick {
                at += length;
                continue;
            }
            if matches!(kind, Open::Substitution | Open::Backtick) && script.is_none() {
                script = Some((open.len(), at + length));
            }
            open.push(kind);
            at += length;
            continue;
        }
        let commands = matches!(top, Open::Substitution | Open::Group);
        at = match byte {
            b'\\' => at + 2,
            b'\'' if commands => memchr(b'\'', &bytes[at + 1..]).map_or(at + 1, |length| at + length + 2),
            b'#' if commands && at > start && starts_comment(bytes[at - 1]) => {
                memchr2(b'\n', b'`', &bytes[at..]).map_or(bytes.len(), |length| at + length)
            }
            _ => at + 1,
        };
    }
    scripts.extend(script.map(|(_, from)| from.min(bytes.len())..bytes.len()));
    let start = start.min(bytes.len());
    Matched { end: bytes.len(), inside: start..bytes.len(), scripts }
}

/// Whether a `#` behind this byte starts a comment.
fn starts_comment(before: u8) -> bool {
    matches!(before, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(text: &str) -> &str {
        &text[parenthesis(text.as_bytes(), 0).inside]
    }

    #[test]
    fn brackets_in_quotes_and_comments_do_not_count() {
        for text in
            ["a (b) c", "echo ')'", "echo \")\"", "a # )\nb", "echo \\)", "a \"$(b \")\")\"", "${x:-)}"]
        {
            assert_eq!(inside(&format!("{text}) rest")), text);
        }
    }

    #[test]
    fn an_open_bracket_reaches_to_the_end() {
        assert_eq!(inside("a (b"), "a (b");
    }

    #[test]
    fn substitutions_in_a_parameter_are_found() {
        let text = "x:-$(a $(b))`c`} d";
        let matched = parameter(text.as_bytes(), 0);
        let scripts: Vec<_> = matched.scripts.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(scripts, ["a $(b)", "c"]);
        assert_eq!(&text[matched.end..], " d");
    }
}
