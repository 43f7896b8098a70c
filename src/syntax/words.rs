//! Files of directives: each line is some words, and the first says what it is about.

use std::ops::Range;

use super::builder::Builder;
use super::entry::{lines, trimmed};
use super::{Comment, Error};
use crate::source::{Sources, Span, Text};

/// Whose grammar holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// `redis.conf`: a comment takes a whole line, `"…"` knows escapes.
    /// <https://redis.io/docs/latest/operate/oss_and_stack/management/config/>
    Redis,
    /// `haproxy.cfg`: `\` takes the meaning off a character, and a comment may start anywhere.
    /// <https://docs.haproxy.org/3.0/configuration.html#2.2>
    Haproxy,
    /// `pg_hba.conf`: a comma goes on with a word, and `\` at the end of a line with the line.
    /// <https://www.postgresql.org/docs/current/auth-pg-hba-conf.html>
    Hba,
}

/// A file of directives.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// The lines that have words, in order.
    pub lines: Vec<Line<'s>>,
    /// What could not be read; the words before it were.
    pub errors: Vec<Error>,
    /// The comments, also those behind words.
    pub comments: Vec<Comment<'s>>,
}

/// A line of words.
#[derive(Clone, Debug)]
pub struct Line<'s> {
    /// The words, of which there is at least one.
    pub words: Vec<Word<'s>>,
    /// From the first word to the last.
    pub span: Span,
}

/// A word.
#[derive(Clone, Debug)]
pub struct Word<'s> {
    /// The word without its quotes, escapes decoded.
    pub text: Text<'s>,
    /// Its place, with its quotes.
    pub span: Span,
}

impl<'s> Word<'s> {
    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &'s str {
        self.text.as_str()
    }

    /// The place of what it says: inside its quotes, or the quotes where there is nothing in them.
    #[must_use]
    pub fn content(&self) -> Span {
        if self.as_str().is_empty() { self.span } else { self.text.span(0..self.as_str().len()) }
    }

    /// Whether it is this word, in any case.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(word)
    }
}

impl<'s> Line<'s> {
    /// The word that says what the line is about.
    #[must_use]
    pub fn name(&self) -> &'s str {
        self.words.first().map_or("", Word::as_str)
    }

    /// The words behind the first.
    #[must_use]
    pub fn arguments(&self) -> &[Word<'s>] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Whether its first words are these, in any case.
    #[must_use]
    pub fn starts_with(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(word, wanted)| word.is(wanted))
    }

    /// The word behind the first one that is this, in any case.
    #[must_use]
    pub fn behind(&self, word: &str) -> Option<&Word<'s>> {
        let at = self.words.iter().position(|one| one.is(word))?;
        self.words.get(at + 1)
    }

    /// The place of its words from a number on.
    #[must_use]
    pub fn span_from(&self, first: usize) -> Span {
        self.words.get(first).map_or(self.span, |word| word.span.to(self.span))
    }
}

/// Reads a file of directives.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, dialect: Dialect, sources: &'s Sources) -> File<'s> {
    let file = File { lines: Vec::new(), errors: Vec::new(), comments: Vec::new() };
    let mut parser = Parser { text, source: text.as_str(), dialect, sources, file, words: Vec::new() };
    for line in lines(parser.source) {
        parser.line(line);
    }
    parser.end_line();
    parser.file
}

struct Parser<'t, 's> {
    text: &'t Text<'s>,
    source: &'s str,
    dialect: Dialect,
    sources: &'s Sources,
    file: File<'s>,
    /// The words of a line that may go on.
    words: Vec<Word<'s>>,
}

impl Parser<'_, '_> {
    fn line(&mut self, line: Range<usize>) {
        let mut content = trimmed(self.source, line);
        let goes_on = self.dialect == Dialect::Hba && self.source[content.clone()].ends_with('\\');
        if goes_on {
            content = trimmed(self.source, content.start..content.end - 1);
        }
        let mut at = content.start;
        while at < content.end {
            let byte = self.source.as_bytes()[at];
            let first = at == content.start;
            if byte == b'#' && (first || self.dialect != Dialect::Redis) {
                let text = self.source[at + 1..content.end].trim();
                let span = self.text.span(at..content.end);
                let alone = first && self.words.is_empty();
                self.file.comments.push(Comment { span, text, alone });
                break;
            }
            let Some(end) = self.word(at, content.end) else { break };
            at = trimmed(self.source, end..content.end).start;
        }
        if !goes_on {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let words = std::mem::take(&mut self.words);
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            let span = first.span.to(last.span);
            self.file.lines.push(Line { words, span });
        }
    }

    /// Reads the word that starts at a byte of a line, and gives its end; nothing where it is never closed.
    fn word(&mut self, start: usize, line_end: usize) -> Option<usize> {
        let mut builder = Builder::new(self.text.span(start..start));
        let mut at = start;
        let (mut run, mut quote) = (start, None);
        while let Some(c) = self.source[at..line_end].chars().next() {
            let next = at + c.len_utf8();
            match (quote, c) {
                (None, c) if c.is_whitespace() => {
                    let list = self.dialect == Dialect::Hba && self.source[start..at].ends_with(',');
                    if !list {
                        break;
                    }
                    builder.copy(&self.text.part(run..at));
                    at = trimmed(self.source, at..line_end).start;
                    run = at;
                }
                (None, '#') if self.dialect != Dialect::Redis => break,
                (None, '"' | '\'') if c == '"' || self.dialect != Dialect::Hba => {
                    builder.copy(&self.text.part(run..at));
                    (quote, at, run) = (Some((c, at)), next, next);
                }
                (Some((mark, _)), c) if c == mark => {
                    builder.copy(&self.text.part(run..at));
                    (quote, at, run) = (None, next, next);
                }
                (quote, '\\') if self.escapes(quote.map(|(mark, _)| mark)) && next < line_end => {
                    builder.copy(&self.text.part(run..at));
                    at = self.escape(at, line_end, quote.is_some(), &mut builder);
                    run = at;
                }
                _ => at = next,
            }
        }
        builder.copy(&self.text.part(run..at));
        if let Some((_, opened)) = quote {
            let span = self.text.span(opened..opened + 1);
            self.file.errors.push(Error { span, message: "a quote that is never closed".to_owned() });
        }
        let span = self.text.span(start..at);
        let text = builder.finish(self.sources);
        // Nothing stands between quotes that are empty.
        let text = if text.as_str().is_empty() { self.text.part(start..start) } else { text };
        self.words.push(Word { text, span });
        quote.is_none().then_some(at)
    }

    /// Whether `\` has a meaning within these quotes.
    fn escapes(&self, quote: Option<char>) -> bool {
        match self.dialect {
            Dialect::Redis => quote.is_some(),
            Dialect::Haproxy => quote != Some('\''),
            Dialect::Hba => false,
        }
    }

    /// Decodes the escape at a byte, and gives its end.
    fn escape(&self, at: usize, line_end: usize, quoted: bool, builder: &mut Builder) -> usize {
        let rest = &self.source[at + 1..line_end];
        let Some(c) = rest.chars().next() else { return line_end };
        let end = at + 1 + c.len_utf8();
        let span = |end| self.text.span(at..end);
        let code =
            rest.get(1..3).filter(|code| c == 'x' && code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(code) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            // A byte above ASCII is a part of a character that no text can hold alone.
            let meaning = if code.is_ascii() { char::from(code) } else { char::REPLACEMENT_CHARACTER };
            builder.decode(span(end + 2), meaning.encode_utf8(&mut [0; 4]));
            return end + 2;
        }
        let meaning = match c {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'b' if self.dialect == Dialect::Redis => "\u{8}",
            'a' if self.dialect == Dialect::Redis => "\u{7}",
            // Within HAProxy's quotes, what isn't escaped keeps its mark.
            _ if quoted && self.dialect == Dialect::Haproxy && !matches!(c, '"' | '\\' | '$' | '\'') => {
                builder.decode(span(end), &self.source[at..end]);
                return end;
            }
            _ => &self.source[at + 1..end],
        };
        builder.decode(span(end), meaning);
        end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
        let sources = Sources::default();
        let id = sources.add("x.conf".into(), text.into());
        let file = parse(&sources.text(id), dialect, &sources);
        let owned = |line: &Line<'_>| line.words.iter().map(|word| word.as_str().to_owned()).collect();
        file.lines.iter().map(owned).collect()
    }

    #[test]
    fn redis_knows_quotes_and_escapes_and_comments_of_whole_lines() {
        let text = "# redis\nrequirepass \"a\\x62 \\\"c\"\nrename-command FLUSHALL \"\"\nrequirepass x#y\n";
        assert_eq!(
            words(text, Dialect::Redis),
            [
                vec!["requirepass", "ab \"c"],
                vec!["rename-command", "FLUSHALL", ""],
                vec!["requirepass", "x#y"]
            ]
        );
        assert_eq!(words("user a 'b \\n'\n", Dialect::Redis), [["user", "a", "b \n"]]);
    }

    #[test]
    fn haproxy_escapes_blanks_and_takes_comments_anywhere() {
        let text = "frontend web # public\n\tbind *:80\n\tlog-format a\\ b\\#c\n\thttp-request set-header X \"%[src] \\\"y\\\"\" if 'a\\b'\n";
        assert_eq!(
            words(text, Dialect::Haproxy),
            [
                vec!["frontend", "web"],
                vec!["bind", "*:80"],
                vec!["log-format", "a b#c"],
                vec!["http-request", "set-header", "X", "%[src] \"y\"", "if", "a\\b"],
            ]
        );
    }

    #[test]
    fn columns_of_pg_hba_are_lists_and_lines_go_on() {
        let text = "host a, b,c \"all\" 10.0.0.0/8 md5 # x\nhostssl all all \\\n  0.0.0.0/0 cert\n";
        assert_eq!(
            words(text, Dialect::Hba),
            [
                vec!["host", "a,b,c", "all", "10.0.0.0/8", "md5"],
                vec!["hostssl", "all", "all", "0.0.0.0/0", "cert"]
            ]
        );
    }

    #[test]
    fn an_open_quote_is_an_error_and_hides_no_line() {
        let sources = Sources::default();
        let id = sources.add("redis.conf".into(), "requirepass \"x\nport 6379\n".into());
        let file = parse(&sources.text(id), Dialect::Redis, &sources);
        assert_eq!(file.errors.len(), 1);
        assert_eq!(sources.slice(file.errors[0].span), "\"");
        assert_eq!(file.lines.len(), 2);
        assert!(file.lines[1].starts_with(&["PORT", "6379"]));
    }

    #[test]
    fn words_lie_where_they_stand() {
        let sources = Sources::default();
        let id = sources.add("redis.conf".into(), "user default on \">p\\x61ss\" ~*\nauth \"\"\n".into());
        let file = parse(&sources.text(id), Dialect::Redis, &sources);
        let word = &file.lines[0].words[3];
        assert_eq!((word.as_str(), sources.slice(word.span)), (">pass", "\">p\\x61ss\""));
        assert_eq!(sources.slice(word.text.span(1..5)), "p\\x61ss");
        assert_eq!(sources.slice(file.lines[1].words[1].content()), "\"\"");
        assert_eq!(sources.slice(file.lines[0].span_from(2)), "on \">p\\x61ss\" ~*");
        assert_eq!(file.lines[0].behind("on").unwrap().as_str(), ">pass");
    }

    fn any_dialect() -> impl Strategy<Value = Dialect> {
        prop_oneof![Just(Dialect::Redis), Just(Dialect::Haproxy), Just(Dialect::Hba)]
    }

    proptest! {
        #[test]
        fn every_place_lies_in_the_text(text in "[ab ,#'\"\\\\x6\n\r\té]{0,60}", dialect in any_dialect()) {
            let sources = Sources::default();
            let id = sources.add("x.conf".into(), text.clone());
            let file = parse(&sources.text(id), dialect, &sources);
            for line in &file.lines {
                prop_assert!(!line.words.is_empty());
                for word in &line.words {
                    prop_assert!(text.get(word.span.range()).is_some_and(|slice| !slice.is_empty()));
                    prop_assert!(text.get(word.content().range()).is_some());
                }
            }
            let errors = file.errors.iter().map(|error| error.span);
            for span in errors.chain(file.comments.iter().map(|comment| comment.span)) {
                prop_assert!(text.get(span.range()).is_some());
            }
        }
    }
}
