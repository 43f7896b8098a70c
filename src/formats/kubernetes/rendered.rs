//! What a renderer made of a template, with the way back to the template's bytes.
//!
//! Renderers don't tell which line comes from where, so the lines of both are laid side by side: lines that are
//! the same, and lines whose action wrote the rest. What an action wrote lies on the action; a line that
//! nothing fits lies on the action before it that may have written it, or else on the line before.

use crate::source::{Piece, Text};

/// Up to how many pairs of lines are compared; longer texts lie on their template as a whole.
const PAIRS: usize = 4_000_000;

/// A template's line.
struct Line<'t> {
    /// Where it starts in the template, and where it ends without its line break.
    start: usize,
    end: usize,
    /// Its text without the blanks around.
    text: &'t str,
    /// Where its first action starts in that text, and where its last ends.
    action: Option<(usize, usize)>,
    /// Whether the action may have written something.
    writes: bool,
}

impl<'t> Line<'t> {
    fn new(start: usize, line: &'t str) -> Self {
        let text = line.trim();
        let action =
            text.find("{{").zip(text.rfind("}}").map(|at| at + 2)).filter(|(open, close)| open < close);
        let inner = text.trim_start_matches(['{', '-', ' ']);
        let word = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let silent = matches!(word, "if" | "else" | "end" | "range" | "with" | "define")
            || inner.starts_with(['/', '$']);
        let start = start + (line.len() - line.trim_start().len());
        Line { start, end: start + text.len(), text, action, writes: action.is_some() && !silent }
    }

    /// How well a rendered line fits: not at all, through its action, or word for word.
    fn fits(&self, rendered: &str) -> u16 {
        if self.text == rendered {
            return if rendered.is_empty() { 1 } else { 3 };
        }
        let Some((open, close)) = self.action.filter(|_| self.writes) else { return 0 };
        let (before, behind) = (self.part(0, open), self.part(close, self.text.len()));
        let fits = !(before.trim().is_empty() && behind.trim().is_empty())
            && rendered.len() >= before.len() + behind.len()
            && rendered.starts_with(before)
            && rendered.ends_with(behind);
        if fits { 2 } else { 0 }
    }

    fn part(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// A rendered text, placed in its template.
pub(super) fn placed<'s>(template: &Text<'s>, rendered: &'s str) -> Text<'s> {
    let mut at = 0;
    let lines: Vec<Line<'_>> = template
        .as_str()
        .split_inclusive('\n')
        .map(|line| {
            at += line.len();
            Line::new(at - line.len(), line)
        })
        .collect();
    let written: Vec<&str> = rendered.split_inclusive('\n').collect();
    let origins = origins(&lines, &written);
    let mut pieces = Vec::with_capacity(written.len());
    let mut at = 0;
    for (line, origin) in written.iter().zip(origins) {
        match origin.and_then(|origin| lines.get(origin)) {
            Some(origin) => place(line, at, origin, &mut pieces),
            None => pieces.push(piece(at, 0, 0)),
        }
        at += line.len();
    }
    Text::pieced(template.file(), rendered, pieces)
}

/// Places a rendered line in the line that it comes from: byte by byte where both are the same.
fn place(line: &str, at: usize, origin: &Line<'_>, pieces: &mut Vec<Piece>) {
    let text = line.trim();
    let first = at + (line.len() - line.trim_start().len());
    let behind = first + text.len();
    if first > at {
        pieces.push(piece(at, origin.start, origin.start));
    }
    match (origin.fits(text), origin.action) {
        (2, Some((open, close))) => {
            let rest = origin.text.len() - close;
            pieces.push(piece(first, origin.start, origin.start + open));
            let written = text.get(open..text.len() - rest).unwrap_or_default();
            as_a_whole(written, first + open, (origin.start + open, origin.start + close), pieces);
            pieces.push(piece(behind - rest, origin.start + close, origin.end));
        }
        (0, _) => as_a_whole(text, first, (origin.start, origin.end), pieces),
        _ => pieces.push(piece(first, origin.start, origin.end)),
    }
    if behind < at + line.len() {
        pieces.push(piece(behind, origin.end, origin.end));
    }
}

/// Places a text on bytes that say something else. A run as long as its bytes would be taken for the same, so
/// it is split behind its first character.
fn as_a_whole(text: &str, at: usize, (start, end): (usize, usize), pieces: &mut Vec<Piece>) {
    pieces.push(piece(at, start, end));
    if let Some(first) = text.chars().next().filter(|_| text.len() == end - start) {
        pieces.push(piece(at + first.len_utf8(), start, end));
    }
}

fn piece(at: usize, start: usize, end: usize) -> Piece {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Piece { at: offset(at), start: offset(start), end: offset(end) }
}

/// The number of the template's line that each rendered line comes from.
fn origins(lines: &[Line<'_>], written: &[&str]) -> Vec<Option<usize>> {
    let mut origins = vec![None; written.len()];
    if lines.len().saturating_mul(written.len()) > PAIRS {
        return origins;
    }
    // The longest common subsequence, weighed by how well lines fit.
    let width = written.len() + 1;
    let mut best = vec![0_u16; (lines.len() + 1) * width];
    let get = |best: &[u16], row: usize, column: usize| best.get(row * width + column).copied().unwrap_or(0);
    for (row, line) in lines.iter().enumerate().rev() {
        for (column, rendered) in written.iter().enumerate().rev() {
            let fits = line.fits(rendered.trim());
            let both = if fits > 0 { get(&best, row + 1, column + 1).saturating_add(fits) } else { 0 };
            let skipped = get(&best, row + 1, column).max(get(&best, row, column + 1));
            if let Some(cell) = best.get_mut(row * width + column) {
                *cell = both.max(skipped);
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    while let (Some(line), Some(rendered)) = (lines.get(row), written.get(column)) {
        let fits = line.fits(rendered.trim());
        let here = get(&best, row, column);
        if fits > 0 && here == get(&best, row + 1, column + 1).saturating_add(fits) {
            if let Some(origin) = origins.get_mut(column) {
                *origin = Some(row);
            }
            (row, column) = (row + 1, column + 1);
        } else if here == get(&best, row + 1, column) {
            row += 1;
        } else {
            column += 1;
        }
    }
    spread(&mut origins, lines);
    origins
}

/// Gives the lines that nothing fits to the action that may have written them.
fn spread(origins: &mut [Option<usize>], lines: &[Line<'_>]) {
    let mut next = vec![lines.len(); origins.len()];
    let mut behind = lines.len();
    for (origin, next) in origins.iter().zip(&mut next).rev() {
        *next = behind;
        behind = origin.unwrap_or(behind);
    }
    let mut before = None;
    for (origin, next) in origins.iter_mut().zip(next) {
        if origin.is_some() {
            before = *origin;
            continue;
        }
        let from = before.map_or(0, |before| before + 1);
        let between = lines.get(from..next).unwrap_or_default();
        *origin = between.iter().position(|line| line.writes).map(|at| from + at).or(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    /// Where each word that is looked for lies in the template.
    fn places(template: &str, rendered: &str, words: &[&str]) -> Vec<String> {
        let sources = Sources::default();
        let file = sources.add("c/templates/a.yaml".into(), template.into());
        let rendered = sources.keep(rendered.to_owned().into());
        let text = placed(&sources.text(file), rendered);
        words
            .iter()
            .map(|word| {
                let at = rendered.find(word).unwrap();
                sources.slice(text.span(at..at + word.len())).to_owned()
            })
            .collect()
    }

    #[test]
    fn what_is_the_same_lies_where_it_is_written() {
        let template = "kind: Pod\n{{- if .Values.x }}\nspec:\n  uid: 0\n{{- end }}\n";
        assert_eq!(
            places(template, "kind: Pod\nspec:\n  uid: 0\n", &["Pod", "spec", "0"]),
            ["Pod", "spec", "0"]
        );
    }

    #[test]
    fn what_an_action_wrote_lies_on_the_action() {
        let template = "image: \"{{ .Values.name }}:{{ .Values.tag }}\" # pull\nport: 1\n";
        let rendered = "image: \"web:latest\" # pull\nport: 1\n";
        let found = places(template, rendered, &["web:latest", "image", "1"]);
        assert_eq!(found, ["{{ .Values.name }}:{{ .Values.tag }}", "image", "1"]);
    }

    #[test]
    fn lines_of_an_action_lie_on_it() {
        let template = "a: 1\nlabels:\n  {{- include \"labels\" . | nindent 2 }}\nb: 2\n";
        let rendered = "a: 1\nlabels:\n  app: web\n  tier: front\nb: 2\n";
        let found = places(template, rendered, &["app: web", "front", "2"]);
        assert_eq!(found[..2], ["{{- include \"labels\" . | nindent 2 }}"; 2]);
        assert_eq!(found[2], "2");
    }

    #[test]
    fn lines_of_a_loop_lie_in_the_loop() {
        let template = "env:\n{{- range .Values.env }}\n- name: {{ .name }}\n{{- end }}\nend: 1\n";
        let found = places(template, "env:\n- name: A\n- name: B\nend: 1\n", &["A", "B", "1"]);
        assert_eq!(found[2], "1");
        assert!(found[..2].iter().all(|place| place.contains("{{ .name }}")));
    }

    proptest! {
        #[test]
        fn every_place_lies_in_the_template(
            template in "([a{}.: \né-]|\\{\\{|\\}\\}|if|a: 1\n){0,40}",
            rendered in "([a: \né-]|a: 1\n){0,40}",
        ) {
            let sources = Sources::default();
            let file = sources.add("a.yaml".into(), template.clone());
            let kept = sources.keep(rendered.clone().into());
            let text = placed(&sources.text(file), kept);
            for (at, c) in rendered.char_indices() {
                let span = text.span(at..at + c.len_utf8());
                prop_assert!(template.get(span.range()).is_some(), "{at}: {span:?}");
            }
        }
    }
}
