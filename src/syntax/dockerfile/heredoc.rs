//! Heredocs: which ones a line starts, and where they end.

use std::ops::Range;

use super::Heredoc;
use super::lines::Reader;
use super::words;
use crate::source::Text;
use crate::syntax::builder::Builder;

/// A word such as `<<EOF`, `3<<-"EOF"`.
struct Opening<'s> {
    name: &'s str,
    range: Range<usize>,
    /// Whether leading tabs are taken off (`<<-`).
    chomps: bool,
    expands: bool,
}

/// Reads the heredocs that the words in this range of a line start, and moves the reader behind them.
pub(super) fn read<'s>(
    line: &Text<'s>,
    range: Range<usize>,
    reader: &mut Reader<'_, 's>,
) -> Vec<Heredoc<'s>> {
    let source = line.as_str();
    if !source[range.clone()].contains("<<") {
        return Vec::new();
    }
    let mut heredocs = Vec::new();
    // Docker reads heredocs with the backslash, whatever the escape directive says.
    for word in words::split(source, range, '\\') {
        let Some(opening) = opening(line, word, reader) else { continue };
        if !reader.line_follows(opening.name, opening.chomps) {
            let message = format!("a heredoc without its end: no line `{}` follows", opening.name);
            reader.error(line.span(opening.range.clone()), message);
            heredocs.push(body(&opening, false, line, reader));
            break;
        }
        heredocs.push(body(&opening, true, line, reader));
    }
    heredocs
}

fn opening<'s>(line: &Text<'s>, word: Range<usize>, reader: &Reader<'_, 's>) -> Option<Opening<'s>> {
    let raw = &line.as_str()[word.clone()];
    let rest = raw.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let name = rest.strip_prefix('-').unwrap_or(rest);
    if name.contains('<') {
        return None;
    }
    let chomps = name.len() < rest.len();
    let quoted = name.contains(['\'', '"', '\\']);
    let name = if quoted { reader.sources.keep(unquoted(name).into()) } else { name };
    (!name.is_empty()).then_some(Opening { name, range: word, chomps, expands: !quoted })
}

/// A name without its quotes and backslashes.
fn unquoted(name: &str) -> String {
    let mut quote = None;
    let mut plain = String::with_capacity(name.len());
    let mut characters = name.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if quote != Some('\'') => plain.extend(characters.next()),
            '\'' | '"' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            _ => plain.push(c),
        }
    }
    plain
}

/// Reads the lines of a heredoc. One that never ends goes on to what looks like the next instruction.
fn body<'s>(opening: &Opening<'s>, ends: bool, line: &Text<'s>, reader: &mut Reader<'_, 's>) -> Heredoc<'s> {
    let start = reader.at();
    let mut builder = Builder::new(reader.text.span(start..start));
    let mut body_end = start;
    let mut end = start;
    while let Some(next) = reader.peek_line() {
        if !ends && reader.looks_like_instruction(&next) {
            break;
        }
        reader.physical_line();
        let content = &reader.source[next.clone()];
        let content = if opening.chomps { content.trim_start_matches('\t') } else { content };
        end = next.end;
        if ends && content == opening.name {
            break;
        }
        body_end = reader.at();
        if opening.chomps {
            builder.copy(&reader.text.part(next.end - content.len()..body_end));
        }
    }
    let body =
        if opening.chomps { builder.finish(reader.sources) } else { reader.text.part(start..body_end) };
    Heredoc {
        name: opening.name,
        opening: line.span(opening.range.clone()),
        body,
        expands: opening.expands,
        span: reader.text.span(start..end),
    }
}
