//! Markdown: its fenced blocks and its comments, nothing else. `CommonMark` 0.31, sections 4.5 (fences), 4.6
//! (comments), 5.1 and 5.2 (quotes and lists, in which fences may stand).
//!
//! Where authors forgot to close a block, the next one that opens ends it: few blocks show how blocks are
//! written, and a guide would lose all that follows.

use std::ops::Range;

use super::Comment;
use crate::source::{Span, Text};

/// What is read of a document.
#[derive(Default, Debug)]
pub struct Document<'s> {
    /// The fenced blocks, in order.
    pub fences: Vec<Fence<'s>>,
    /// `<!-- … -->`, and MDX's `{/* … */}`, where they begin a line.
    pub comments: Vec<Comment<'s>>,
}

/// A fenced block.
#[derive(Debug)]
pub struct Fence<'s> {
    /// From the first mark to the last.
    pub span: Span,
    /// What stands behind the first marks, trimmed.
    pub info: &'s str,
    /// The bytes of each line, with its line break and without what belongs to the quote or list around.
    pub lines: Vec<Range<usize>>,
    /// The last line above that isn't blank, trimmed; empty where that is another block.
    pub lead: &'s str,
}

/// What opens a fenced block.
struct Opening<'s> {
    /// The mark, `` ` `` or `~`.
    mark: u8,
    /// How often it stands there; what closes has at least as many.
    count: usize,
    /// How many `>` stand before.
    quotes: usize,
    /// The columns between them, or the start of the line, and the marks.
    indent: usize,
    /// Where the marks start in the line.
    at: usize,
    info: &'s str,
}

/// A block that isn't closed yet.
struct Open<'s> {
    opening: Opening<'s>,
    start: usize,
    lines: Vec<Range<usize>>,
    lead: &'s str,
    /// Blocks that are open within a block that shows Markdown.
    nested: usize,
}

/// Reads a document.
#[must_use]
pub fn parse<'s>(text: &Text<'s>) -> Document<'s> {
    let mut parser =
        Parser { text: text.clone(), document: Document::default(), open: None, comment: None, lead: "" };
    let mut at = 0;
    for line in text.as_str().split_inclusive('\n') {
        parser.line(line, at);
        at += line.len();
    }
    parser.close(at);
    parser.document
}

struct Parser<'s> {
    text: Text<'s>,
    document: Document<'s>,
    open: Option<Open<'s>>,
    /// Where a comment that isn't closed yet starts, and what closes it.
    comment: Option<(usize, &'static str)>,
    lead: &'s str,
}

impl<'s> Parser<'s> {
    fn line(&mut self, line: &'s str, at: usize) {
        let end = at + line.trim_end().len();
        if let Some((start, mark)) = self.comment {
            self.comment_until(start, mark, line, at);
        } else if let Some(open) = &mut self.open {
            let Some(content) = content(line, &open.opening) else {
                // The quote has ended, and the block with it.
                self.close(at);
                return self.line(line, at);
            };
            if closes(&line[content..], &open.opening) {
                if open.nested == 0 {
                    return self.close(end);
                }
                open.nested -= 1;
            } else if let Some(next) = opens_another(line, &open.opening) {
                if !shows_markdown(open.opening.info) {
                    forget_prose(&mut open.lines, self.text.as_str());
                    self.close(at);
                    return self.open(next, at);
                }
                open.nested += 1;
            }
            open.lines.push(at + content..at + line.len());
        } else if let Some(opening) = opening(line) {
            self.open(opening, at);
        } else if let Some((mark, length)) = comment_mark(line.trim_start_matches('\u{feff}').trim_start()) {
            let start = at + line.len() - line.trim_start_matches('\u{feff}').trim_start().len();
            self.comment_until(start, mark, &line[start - at + length..], start + length);
        } else if !line.trim().is_empty() {
            self.lead = line.trim();
        }
    }

    fn open(&mut self, opening: Opening<'s>, at: usize) {
        let start = at + opening.at;
        let lead = std::mem::take(&mut self.lead);
        self.open = Some(Open { opening, start, lines: Vec::new(), lead, nested: 0 });
    }

    fn close(&mut self, end: usize) {
        if let Some(open) = self.open.take() {
            let span = self.text.span(open.start..end);
            let Open { opening, lines, lead, .. } = open;
            self.document.fences.push(Fence { span, info: opening.info, lines, lead });
        }
    }

    /// Looks for the end of the comment that starts at `start` in a line at `at`.
    fn comment_until(&mut self, start: usize, mark: &'static str, line: &'s str, at: usize) {
        let Some(found) = line.find(mark) else {
            self.comment = Some((start, mark));
            return;
        };
        self.comment = None;
        let end = at + found + mark.len();
        let inner = &self.text.as_str()[start..end];
        let inner = inner.trim_start_matches(['<', '!', '{', '/', '*', '-']);
        let text = inner.strip_suffix(mark).unwrap_or_default().trim();
        let alone = line[found + mark.len()..].trim().is_empty();
        self.document.comments.push(Comment { span: self.text.span(start..end), text, alone });
    }
}

/// What closes the comment that a line begins with, and the length of what opens it.
fn comment_mark(line: &str) -> Option<(&'static str, usize)> {
    [("<!--", "-->"), ("{/*", "*/}")]
        .into_iter()
        .find_map(|(opens, closes)| line.starts_with(opens).then_some((closes, opens.len())))
}

fn opening(line: &str) -> Option<Opening<'_>> {
    let bytes = line.as_bytes();
    let (mut at, mut indent, mut quotes) = (0, 0, 0);
    if line.starts_with('\u{feff}') {
        at = '\u{feff}'.len_utf8();
    }
    loop {
        match bytes.get(at)? {
            b' ' => (at, indent) = (at + 1, indent + 1),
            b'\t' => (at, indent) = (at + 1, tab(indent)),
            b'>' => {
                at += 1 + usize::from(bytes.get(at + 1) == Some(&b' '));
                (indent, quotes) = (0, quotes + 1);
            }
            b'`' | b'~' => break,
            _ => {
                let length = list_marker(&bytes[at..])?;
                (at, indent) = (at + length, indent + length);
            }
        }
    }
    let mark = bytes[at];
    let count = bytes[at..].iter().take_while(|&&byte| byte == mark).count();
    let info = line[at + count..].trim();
    (count >= 3 && !(mark == b'`' && info.contains('`'))).then_some(Opening {
        mark,
        count,
        quotes,
        indent,
        at,
        info,
    })
}

/// The length of `-`, `*`, `+`, `1.` or `1)`, where a blank follows.
fn list_marker(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let marks: &[u8] = if digits == 0 { b"-*+" } else { b".)" };
    let found = bytes.get(digits).is_some_and(|byte| marks.contains(byte));
    (found && matches!(bytes.get(digits + 1), Some(b' ' | b'\t'))).then_some(digits + 1)
}

/// The column behind a tab.
fn tab(column: usize) -> usize {
    (column / 4 + 1) * 4
}

/// Where the content of a line starts, or nothing where the quote that the block stands in has ended.
fn content(line: &str, opening: &Opening<'_>) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 0;
    for _ in 0..opening.quotes {
        at += bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if bytes.get(at) != Some(&b'>') {
            return None;
        }
        at += 1 + usize::from(bytes.get(at + 1) == Some(&b' '));
    }
    let mut column = 0;
    while column < opening.indent {
        column = match bytes.get(at) {
            Some(b' ') => column + 1,
            Some(b'\t') if tab(column) <= opening.indent => tab(column),
            _ => break,
        };
        at += 1;
    }
    Some(at)
}

fn closes(content: &str, opening: &Opening<'_>) -> bool {
    let marks = content.trim_end();
    let bare = marks.trim_start_matches(' ');
    marks.len() - bare.len() <= 3
        && bare.len() >= opening.count
        && bare.bytes().all(|byte| byte == opening.mark)
}

/// Another block that opens within one as only an author does who has closed the first.
fn opens_another<'s>(line: &'s str, open: &Opening<'_>) -> Option<Opening<'s>> {
    let next = opening(line)?;
    let named = next.info.starts_with(|first: char| first.is_ascii_alphabetic());
    let alike = (next.mark, next.count, next.quotes, next.indent)
        == (open.mark, open.count, open.quotes, open.indent);
    (named && alike).then_some(next)
}

fn shows_markdown(info: &str) -> bool {
    let word = info.split(|mark: char| !mark.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["md", "mdx", "markdown"].iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// What was taken for the rest of a block that wasn't closed: it ends at the first heading behind a blank line.
fn forget_prose(lines: &mut Vec<Range<usize>>, text: &str) {
    let heading = |line: &str| line.trim_start_matches('#').starts_with(' ') && line.starts_with("##");
    let prose = lines
        .windows(2)
        .position(|pair| text[pair[0].clone()].trim().is_empty() && heading(&text[pair[1].clone()]));
    lines.truncate(prose.unwrap_or(lines.len()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    /// The info string and the content of each block.
    fn blocks(text: &str) -> Vec<(String, String)> {
        let sources = Sources::default();
        let file = sources.add("guide.md".into(), text.into());
        let document = parse(&sources.text(file));
        let content = |fence: &Fence<'_>| fence.lines.iter().map(|line| &text[line.clone()]).collect();
        document.fences.iter().map(|fence| (fence.info.to_owned(), content(fence))).collect()
    }

    fn block(info: &str, content: &str) -> (String, String) {
        (info.to_owned(), content.to_owned())
    }

    #[test]
    fn fences_are_of_backticks_or_tildes() {
        let text = "Text\n```yaml\na: 1\n```\n\n~~~ env title=x\nA=`1`\n```\n~~~~\n";
        assert_eq!(blocks(text), [block("yaml", "a: 1\n"), block("env title=x", "A=`1`\n```\n")]);
        assert_eq!(blocks("``` a`b\nx\n"), []);
        assert_eq!(blocks("``a``\n"), []);
    }

    #[test]
    fn an_open_fence_runs_to_the_end() {
        assert_eq!(blocks("```\na\nb"), [block("", "a\nb")]);
    }

    #[test]
    fn a_longer_fence_shows_shorter_ones() {
        let text = "````md\n```yaml\na: 1\n```\n````\n```env\nA=1\n```\n";
        assert_eq!(blocks(text), [block("md", "```yaml\na: 1\n```\n"), block("env", "A=1\n")]);
    }

    #[test]
    fn markdown_in_a_fence_as_long_as_its_own_is_one_block() {
        let text = "```markdown\n```yaml\na: 1\n```\n```\n```env\nA=1\n```\n";
        assert_eq!(blocks(text), [block("markdown", "```yaml\na: 1\n```\n"), block("env", "A=1\n")]);
    }

    #[test]
    fn the_indentation_of_lists_and_quotes_is_not_content() {
        let text = "1. Then:\n   ```yaml\n   a:\n     b: 1\n\n   ---\n   ```\n- ```env\n  A=1\n  ```\n";
        assert_eq!(blocks(text), [block("yaml", "a:\n  b: 1\n\n---\n"), block("env", "A=1\n")]);
        let text = "> ```yaml\n> a:\n>   b: 1\n> ```\n> > ~~~env\n> > A=1\nno quote\n";
        assert_eq!(blocks(text), [block("yaml", "a:\n  b: 1\n"), block("env", "A=1\n")]);
        assert_eq!(blocks("\t```env\n\tA=1\n\t```\n"), [block("env", "A=1\n")]);
    }

    #[test]
    fn deeper_marks_do_not_close() {
        let text = "```yaml\na: |\n    ```\n    b\n    ```\n```\n";
        assert_eq!(blocks(text), [block("yaml", "a: |\n    ```\n    b\n    ```\n")]);
    }

    #[test]
    fn a_block_that_is_not_closed_ends_where_the_next_opens() {
        let text = "```yaml\na: 1\n\n## Next\nText\n\n```env\nA=1\n```\nEnd\n";
        assert_eq!(blocks(text), [block("yaml", "a: 1\n"), block("env", "A=1\n")]);
        let text = "```\n```env\nA=1\n```\n";
        assert_eq!(blocks(text), [block("", ""), block("env", "A=1\n")]);
    }

    #[test]
    fn what_is_commented_out_is_no_block() {
        let text =
            "<!-- govlint: allow[x] why -->\n```env\nA=1\n```\n<!--\n```env\nB=1\n```\n-->\n{/* c */} d\n";
        assert_eq!(blocks(text), [block("env", "A=1\n")]);
        let sources = Sources::default();
        let file = sources.add("guide.md".into(), text.into());
        let comments = parse(&sources.text(file)).comments;
        let texts: Vec<_> = comments.iter().map(|comment| (comment.text, comment.alone)).collect();
        assert_eq!(texts, [("govlint: allow[x] why", true), ("```env\nB=1\n```", true), ("c", false)]);
        assert_eq!(sources.slice(comments[0].span), "<!-- govlint: allow[x] why -->");
    }

    #[test]
    fn the_line_above_leads_to_a_block() {
        let text = "## The `.env` file\n\n```\nA=1\n```\n```\nB=1\n```\n";
        let sources = Sources::default();
        let file = sources.add("guide.md".into(), text.into());
        let leads: Vec<_> = parse(&sources.text(file)).fences.iter().map(|fence| fence.lead).collect();
        assert_eq!(leads, ["## The `.env` file", ""]);
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "([ \t>*`~\\-1.#a\r\n]|```|~~~|<!--|-->|\u{feff}|é){0,60}") {
            let sources = Sources::default();
            let file = sources.add("guide.md".into(), text.clone());
            let document = parse(&sources.text(file));
            let mut end = 0;
            for fence in &document.fences {
                prop_assert!(!sources.slice(fence.span).is_empty());
                for line in &fence.lines {
                    prop_assert!(line.start >= end && text.get(line.clone()).is_some());
                    end = line.end;
                }
            }
            for comment in &document.comments {
                prop_assert!(sources.slice(comment.span).contains(comment.text));
            }
        }
    }
}
