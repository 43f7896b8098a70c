//! Inline allowances: `govlint: allow[root-user] reason until=2027-03-31` in a comment, or the annotation
//! `govlint.dev/allow` on a Kubernetes object.

use jiff::civil::Date;

use super::Pattern;
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::Comment;

const MARK: &str = "govlint:";
const UNTIL: &str = "until=";

/// Findings that are accepted beside what they speak of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// The rules it is for.
    pub rules: Vec<Pattern>,
    /// Why; empty where nothing is said.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The bytes of the comment, or of the annotation's value.
    pub place: Span,
    /// What it covers.
    pub scope: Scope,
    /// Why it can't be understood, in lower case and without a stop.
    pub wrong: Option<String>,
}

impl Allowance {
    /// The same, with its places where `shown` says that people read them.
    #[must_use]
    pub fn placed(mut self, shown: impl Fn(Span) -> Span) -> Self {
        self.place = shown(self.place);
        match &mut self.scope {
            Scope::Line(span) | Scope::Area(span) => *span = shown(*span),
            Scope::Nothing => {}
        }
        self
    }
}

/// What an allowance covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// What starts on this line, or runs across it. The line break is part of the line.
    Line(Span),
    /// What starts within this object or file.
    Area(Span),
    /// Nothing: no statement follows.
    Nothing,
}

/// The allowances in the comments of a file. `blocks` are the extents of its objects.
#[must_use]
pub fn from_comments(
    comments: &[Comment<'_>],
    blocks: &[Span],
    file: SourceId,
    sources: &Sources,
) -> Vec<Allowance> {
    let source = sources.file(file);
    let mut comments: Vec<&Comment<'_>> =
        comments.iter().filter(|comment| comment.span.file == file).collect();
    if !comments.iter().any(|comment| directive(comment.text).is_some()) {
        return Vec::new();
    }
    comments.sort_unstable_by_key(|comment| comment.span);
    let mut blocks: Vec<Span> = blocks.iter().copied().filter(|block| block.file == file).collect();
    blocks.sort_unstable();
    let mut allowances: Vec<Allowance> = follow(&comments, source)
        .into_iter()
        .filter_map(|(comment, next)| {
            let directive = directive(comment.text)?;
            Some(allowance(comment, directive, next, &blocks, source))
        })
        .collect();
    allowances.sort_unstable_by_key(|allowance| allowance.place);
    allowances
}

/// What follows a comment that stands alone.
#[derive(Clone, Copy)]
struct Next {
    /// The next line that is neither blank nor a comment; nothing at the end of the file.
    line: Option<usize>,
    /// Whether a blank line lies between.
    apart: bool,
    /// Whether only blank lines and comments lie before.
    at_head: bool,
}

/// Each comment with what follows it. Walking up from the end looks at each line once.
fn follow<'c, 's>(comments: &[&'c Comment<'s>], source: &Source) -> Vec<(&'c Comment<'s>, Next)> {
    let first = |comment: &Comment<'_>| source.line_of(comment.span.start);
    let mut followed = Vec::with_capacity(comments.len());
    let mut below: Option<(usize, Next)> = None;
    for comment in comments.iter().rev() {
        let mut next = Next { line: None, apart: false, at_head: false };
        if comment.alone {
            let mut line = source.line_of(comment.span.end.saturating_sub(1).max(comment.span.start)) + 1;
            while line <= source.line_count() {
                if let Some((of, known)) = below
                    && of == line
                {
                    next = Next { apart: next.apart || known.apart, ..known };
                    break;
                }
                match source.line_text(line).trim() {
                    "" => next.apart = true,
                    // The start of a YAML document is no statement.
                    "---" => {}
                    _ => {
                        next.line = Some(line);
                        break;
                    }
                }
                line += 1;
            }
            below = Some((first(comment), next));
        }
        followed.push((*comment, next));
    }
    let mut expected = 1;
    for (comment, next) in followed.iter_mut().rev() {
        while expected < first(comment)
            && matches!(source.line_text(expected).trim_start_matches('\u{feff}').trim(), "" | "---")
        {
            expected += 1;
        }
        if !comment.alone || first(comment) > expected {
            break;
        }
        next.at_head = true;
        expected = source.line_of(comment.span.end.saturating_sub(1)) + 1;
    }
    followed
}

fn allowance(
    comment: &Comment<'_>,
    directive: Directive<'_>,
    next: Next,
    blocks: &[Span],
    source: &Source,
) -> Allowance {
    let file = comment.span.file;
    let whole = Scope::Area(Span { file, start: 0, end: u32::MAX });
    let mut wrong = directive.wrong;
    let scope = if directive.whole_file {
        if !next.at_head {
            wrong = wrong.or(Some("`allow-file` belongs at the head of a file".into()));
        }
        whole
    } else if next.at_head && (next.apart || next.line.is_none()) {
        whole
    } else if !comment.alone {
        let line = line_span(file, source.line_of(comment.span.start), source);
        if opens(comment, line, source) { starting(line, blocks) } else { Scope::Line(line) }
    } else {
        next.line.map_or(Scope::Nothing, |line| starting(line_span(file, line, source), blocks))
    };
    let (reason, until, no_date) = reason(directive.rest);
    Allowance { rules: directive.rules, reason, until, place: comment.span, scope, wrong: wrong.or(no_date) }
}

/// The object that starts on a line, or else the line. An object may start together with its first part; then
/// both are meant.
fn starting(line: Span, blocks: &[Span]) -> Scope {
    let first = blocks.partition_point(|block| block.start < line.start);
    let starting = blocks.iter().skip(first).take_while(|block| block.start < line.end);
    starting.max_by_key(|block| block.end).map_or(Scope::Line(line), |block| Scope::Area(line.to(*block)))
}

/// Whether a comment stands behind the head of an object, and behind nothing else: `web: # …`, `server { # …`.
fn opens(comment: &Comment<'_>, line: Span, source: &Source) -> bool {
    let before = source.text().get(line.start as usize..comment.span.start as usize).unwrap_or_default();
    before.trim_end().ends_with([':', '{'])
}

fn line_span(file: SourceId, line: usize, source: &Source) -> Span {
    let range = source.line_range(line);
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let end = source.line_range(line + 1).start;
    Span { file, start: at(range.start), end: at(end.max(range.end + 1)) }
}

/// A comment that speaks to govlint.
struct Directive<'t> {
    rules: Vec<Pattern>,
    whole_file: bool,
    rest: &'t str,
    wrong: Option<String>,
}

fn directive(text: &str) -> Option<Directive<'_>> {
    // Comments may begin with several marks: `## govlint: …`.
    let text = text.trim_start_matches(['#', ' ', '\t']).strip_prefix(MARK)?.trim_start();
    let broken = |wrong: &str| {
        Some(Directive { rules: Vec::new(), whole_file: false, rest: "", wrong: Some(wrong.to_owned()) })
    };
    let Some((word, behind)) = text.split_once('[') else {
        return broken("write `govlint: allow[rule] reason`");
    };
    let whole_file = match word.trim() {
        "allow" => false,
        "allow-file" => true,
        _ => return broken("write `govlint: allow[rule] reason`"),
    };
    let Some((names, rest)) = behind.split_once(']') else {
        return broken("the list of rules has no `]`");
    };
    let mut rules: Vec<Pattern> =
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Pattern::new).collect();
    rules.sort_unstable();
    rules.dedup();
    let wrong = rules.is_empty().then(|| "it names no rule".to_owned());
    Some(Directive { rules, whole_file, rest, wrong })
}

/// The reason, the date, and what is wrong with the date.
fn reason(text: &str) -> (String, Option<Date>, Option<String>) {
    let (mut until, mut wrong) = (None, None);
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let date = word.trim_start_matches('(').strip_prefix(UNTIL);
        let Some(date) = date.map(|date| date.trim_end_matches([',', ';', '.', ')'])) else {
            words.push(word);
            continue;
        };
        match date.parse::<Date>() {
            Ok(date) if until.is_none() => until = Some(date),
            Ok(_) => wrong = Some("it has two dates".to_owned()),
            Err(_) => wrong = Some(format!("`{UNTIL}{date}` is no date: write `{UNTIL}2027-03-31`")),
        }
    }
    let reason = words.join(" ");
    let reason = reason.trim_matches(|mark: char| mark.is_whitespace() || ":-–—,;".contains(mark));
    let said = reason.chars().any(char::is_alphanumeric);
    (if said { reason.to_owned() } else { String::new() }, until, wrong)
}

/// The allowances in the annotation `govlint.dev/allow` of an object: `rule reason; other-rule reason`. `place`
/// are the bytes of its value, `block` those of the object.
#[must_use]
pub fn from_annotation(value: &str, place: Span, block: Span) -> Vec<Allowance> {
    let parts = value.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let allowances = parts.map(|part| {
        let (rule, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let (reason, until, wrong) = reason(rest);
        let rules = vec![Pattern::new(rule.trim_end_matches(':'))];
        Allowance { rules, reason, until, place, scope: Scope::Area(block), wrong }
    });
    allowances.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The comments of a text whose comments begin with `#`.
    fn comments(file: SourceId, sources: &Sources) -> Vec<Comment<'_>> {
        let mut at = 0;
        let mut comments = Vec::new();
        for line in sources.file(file).text().split_inclusive('\n') {
            let kept = line.trim_end_matches('\n').trim_end_matches('\r');
            if let Some(mark) = kept.find('#') {
                let span = sources.text(file).span(at + mark..at + kept.len());
                let text = kept[mark + 1..].trim();
                comments.push(Comment { span, text, alone: kept[..mark].trim().is_empty() });
            }
            at += line.len();
        }
        comments
    }

    /// What each allowance of a text covers; `blocks` are given by their text.
    fn covered(text: &str, blocks: &[&str]) -> Vec<String> {
        let sources = Sources::default();
        let file = sources.add("x".into(), text.into());
        let blocks: Vec<Span> = blocks
            .iter()
            .map(|block| text.find(block).map(|at| sources.text(file).span(at..at + block.len())).unwrap())
            .collect();
        let allowances = from_comments(&comments(file, &sources), &blocks, file, &sources);
        let show = |allowance: &Allowance| match allowance.scope {
            Scope::Nothing => "nothing".into(),
            Scope::Area(span) if span.end == u32::MAX => "file".into(),
            Scope::Line(span) | Scope::Area(span) => {
                let end = (span.end as usize).min(text.len());
                text[span.start as usize..end].to_owned()
            }
        };
        allowances.iter().map(show).collect()
    }

    #[test]
    fn a_trailing_comment_covers_its_line() {
        assert_eq!(
            covered("A=1\nB=2 # govlint: allow[x] why\nC=3\n", &[]),
            ["B=2 # govlint: allow[x] why\n"]
        );
    }

    #[test]
    fn a_comment_alone_covers_the_next_statement() {
        let text = "A=1\n\n# govlint: allow[x] why\n# more\n\nB=2\nC=3\n";
        assert_eq!(covered(text, &[]), ["B=2\n"]);
        assert_eq!(covered("# govlint: allow[x] why\nB=2\nC=3", &[]), ["B=2\n"]);
        assert_eq!(covered("A=1\n# govlint: allow[x] why\n", &[]), ["nothing"]);
    }

    #[test]
    fn a_comment_above_an_object_covers_it() {
        let text = "a:\n  # govlint: allow[x] why\n  b:\n    c: 1\n  d: 2\n";
        assert_eq!(covered(text, &["b:\n    c: 1"]), ["  b:\n    c: 1"]);
        let text = "# govlint: allow[x] why\n---\nkind: Pod\nmetadata: 1\n";
        assert_eq!(covered(text, &["kind: Pod\nmetadata: 1\n"]), ["kind: Pod\nmetadata: 1\n"]);
    }

    #[test]
    fn a_comment_behind_the_head_of_an_object_covers_it() {
        let text = "b: # govlint: allow[x] why\n  c: 1\nd: 2\n";
        assert_eq!(
            covered(text, &["b: # govlint: allow[x] why\n  c: 1"]),
            [text.strip_suffix("\nd: 2\n").unwrap()]
        );
        let text = "- b: 1 # govlint: allow[x] why\n  c: 1\n";
        assert_eq!(
            covered(text, &["b: 1 # govlint: allow[x] why\n  c: 1"]),
            ["- b: 1 # govlint: allow[x] why\n"]
        );
    }

    #[test]
    fn a_comment_at_the_head_covers_the_file_when_it_stands_apart() {
        assert_eq!(covered("# title\n# govlint: allow[x] why\n\nA=1\n", &[]), ["file"]);
        assert_eq!(covered("# govlint: allow-file[x] why\nA=1\n", &[]), ["file"]);
        assert_eq!(covered("# govlint: allow[x] why\n", &[]), ["file"]);
        assert_eq!(covered("A=1\n\n# govlint: allow[x] why\n\nB=1\n", &[]), ["B=1\n"]);
    }

    fn one(text: &str) -> Allowance {
        let sources = Sources::default();
        let file = sources.add("x".into(), format!("A=1 # {text}"));
        from_comments(&comments(file, &sources), &[], file, &sources).pop().unwrap()
    }

    #[test]
    fn rules_reason_and_date_are_read() {
        let allowance = one("govlint: allow[b, tls/*] - a lab until=2999-03-31, honestly");
        assert_eq!(allowance.rules, [Pattern::new("b"), Pattern::new("tls/*")]);
        assert_eq!(allowance.reason, "a lab honestly");
        assert_eq!(allowance.until, Some(jiff::civil::date(2999, 3, 31)));
        assert_eq!(allowance.wrong, None);
        assert_eq!(one("govlint:allow[b] -- ").reason, "");
    }

    #[test]
    fn what_is_no_allowance_says_why() {
        let wrong = |text: &str| one(text).wrong.unwrap();
        assert_eq!(wrong("govlint: ignore[b] why"), "write `govlint: allow[rule] reason`");
        assert_eq!(wrong("govlint: allow b"), "write `govlint: allow[rule] reason`");
        assert_eq!(wrong("govlint: allow[b why"), "the list of rules has no `]`");
        assert_eq!(wrong("govlint: allow[] why"), "it names no rule");
        assert_eq!(
            wrong("govlint: allow[b] why until=soon"),
            "`until=soon` is no date: write `until=2027-03-31`"
        );
        assert_eq!(wrong("govlint: allow-file[b] why"), "`allow-file` belongs at the head of a file");
    }

    #[test]
    fn an_annotation_holds_several() {
        let sources = Sources::default();
        let span = sources.text(sources.add("x".into(), "abc".into())).span(0..3);
        let found =
            from_annotation("root-user needs port 80; privileged: until=2999-01-01 a probe;", span, span);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].reason, "needs port 80");
        assert_eq!(found[1].rules, [Pattern::new("privileged")]);
        assert_eq!(found[1].until, Some(jiff::civil::date(2999, 1, 1)));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([ \n]|#|# govlint: ?|allow(-file)?\\[a,?b?\\] ?|until=[0-9-]{0,10}|---|é|x=1){0,40}") {
            let sources = Sources::default();
            let file = sources.add("x".into(), text.clone());
            let blocks = [sources.text(file).span(0..text.len())];
            let _ = from_comments(&comments(file, &sources), &blocks, file, &sources);
            let _ = from_annotation(&text, blocks[0], blocks[0]);
        }
    }
}
