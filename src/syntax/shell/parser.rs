//! From text to simple commands. Compound commands need no tree: their keywords and brackets separate.
//! The only recursion is into substitutions and scripts, down to [`MAX_DEPTH`].

use std::ops::Range;

use memchr::{memchr, memmem};

use super::word::{Scanned, Scanner};
use super::{Command, Direction, MAX_DEPTH, Operator, Redirect, Word, matching};
use crate::source::{Sources, Text};

/// Appends the commands of a text that stands within `depth` others.
pub(super) fn parse_into<'s>(
    text: &Text<'s>,
    sources: &'s Sources,
    depth: usize,
    commands: &mut Vec<Command<'s>>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let content = text.as_str();
    let parser = Parser {
        text,
        bytes: content.as_bytes(),
        content,
        sources,
        depth,
        at: if content.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        scanner: Scanner::new(content),
        commands,
        last: None,
        draft: Draft::default(),
        heredocs: Vec::new(),
        cases: 0,
        arithmetic_from: 0,
    };
    parser.run();
}

struct Parser<'p, 's> {
    text: &'p Text<'s>,
    bytes: &'s [u8],
    content: &'s str,
    sources: &'s Sources,
    depth: usize,
    at: usize,
    scanner: Scanner<'s>,
    commands: &'p mut Vec<Command<'s>>,
    /// The last command of this text.
    last: Option<usize>,
    draft: Draft<'s>,
    heredocs: Vec<Heredoc<'s>>,
    /// How many `case` are open.
    cases: usize,
    /// The end of the last line that turned out to close no `((`.
    arithmetic_from: usize,
}

/// The command that is being read.
#[derive(Default)]
struct Draft<'s> {
    assignments: Vec<(Word<'s>, Word<'s>)>,
    words: Vec<Word<'s>>,
    redirects: Vec<Redirect<'s>>,
    range: Option<Range<usize>>,
    /// The commands in its substitutions, each with the word it stands in.
    scripts: Vec<(Option<usize>, Range<usize>)>,
    /// Whether these are the words of a `for` or `case`, which run nothing themselves.
    head: bool,
}

/// A heredoc whose body comes with the next line.
struct Heredoc<'s> {
    delimiter: &'s str,
    strips_tabs: bool,
    redirect: usize,
    /// Its command, once that is read; a `for` has none.
    command: Option<usize>,
    bound: bool,
}

impl Draft<'_> {
    fn is_empty(&self) -> bool {
        self.range.is_none() && !self.head
    }

    fn cover(&mut self, range: &Range<usize>) {
        let start = self.range.as_ref().map_or(range.start, |covered| covered.start);
        self.range = Some(start..range.end);
    }
}

impl Parser<'_, '_> {
    fn run(mut self) {
        loop {
            self.blanks();
            let Some(byte) = self.peek(0) else { break };
            match byte {
                b'\n' => {
                    self.finish(Operator::Sequence);
                    self.at += 1;
                    self.heredoc_bodies();
                }
                b'#' => self.at = self.line_end(),
                b'&' if self.peek(1) == Some(b'>') => self.redirect(self.at),
                b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' if self.in_test() => self.test_operator(),
                b';' | b'&' | b'|' => self.operator(),
                b'(' => self.open(),
                b')' => {
                    self.finish(Operator::Sequence);
                    self.at += 1;
                }
                b'<' | b'>' if self.peek(1) == Some(b'(') => self.process_substitution(),
                b'<' | b'>' => self.redirect(self.at),
                b'0'..=b'9' if self.descriptor_end().is_some() => {
                    let start = self.at;
                    self.at = self.descriptor_end().unwrap_or(start);
                    self.redirect(start);
                }
                _ => self.word(),
            }
        }
        self.finish(Operator::Sequence);
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn line_end(&self) -> usize {
        memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |length| self.at + length)
    }

    /// Skips blanks and continued line breaks.
    fn blanks(&mut self) {
        loop {
            self.at += match (self.peek(0), self.peek(1), self.peek(2)) {
                (Some(b' ' | b'\t' | b'\r'), ..) => 1,
                (Some(b'\\'), Some(b'\n'), _) => 2,
                (Some(b'\\'), Some(b'\r'), Some(b'\n')) => 3,
                _ => return,
            };
        }
    }

    fn operator(&mut self) {
        let (operator, length) = match (self.peek(0), self.peek(1)) {
            (Some(b'&'), Some(b'&')) => (Operator::And, 2),
            (Some(b'|'), Some(b'|')) => (Operator::Or, 2),
            (Some(b'|'), Some(b'&')) => (Operator::Pipe, 2),
            (Some(b'|'), _) => (Operator::Pipe, 1),
            (Some(b'&'), _) => (Operator::Background, 1),
            (_, Some(b';' | b'&')) => {
                let length = if self.bytes[self.at..].starts_with(b";;&") { 3 } else { 2 };
                self.finish(Operator::Sequence);
                self.at += length;
                if self.cases > 0 {
                    self.pattern();
                }
                return;
            }
            _ => (Operator::Sequence, 1),
        };
        self.finish(operator);
        self.at += length;
    }

    /// Whether the words at hand are within `[[ … ]]`, where operators separate nothing.
    fn in_test(&self) -> bool {
        let words = &self.draft.words;
        words.first().is_some_and(|word| word.as_str() == "[[")
            && words.last().is_some_and(|word| word.as_str() != "]]")
    }

    fn test_operator(&mut self) {
        let operators = self.bytes[self.at..].iter().take(2).take_while(|byte| b"&|()<>;".contains(byte));
        let range = self.at..self.at + operators.count().max(1);
        self.at = range.end;
        self.push(&Scanned::plain(range));
    }

    /// Ends the command at hand, if there is one; else the operator belongs to the one before, behind
    /// whose `)`, `}`, `fi` or `done` it stands.
    fn finish(&mut self, operator: Operator) {
        if self.draft.is_empty() {
            if let Some(last) = self.last.filter(|_| operator != Operator::Sequence) {
                self.commands[last].operator = operator;
            }
            return;
        }
        let draft = std::mem::take(&mut self.draft);
        let mut script = None;
        let mut index = None;
        if let Some(range) = draft.range.filter(|_| !draft.head) {
            let command = Command {
                assignments: draft.assignments,
                words: draft.words,
                redirects: draft.redirects,
                span: self.text.span(range),
                operator,
                depth: self.depth,
            };
            script = command.script();
            index = Some(self.commands.len());
            self.last = index;
            self.commands.push(command);
        }
        for heredoc in self.heredocs.iter_mut().filter(|heredoc| !heredoc.bound) {
            heredoc.bound = true;
            heredoc.command = index;
        }
        for (word, range) in draft.scripts {
            // Those in the text of `sh -c` come out of that text.
            if script.is_none() || word != script {
                parse_into(&self.text.part(range), self.sources, self.depth + 1, self.commands);
            }
        }
        if let Some((index, word)) = index.zip(script) {
            let text = self.commands[index].words[word].text.clone();
            parse_into(&text, self.sources, self.depth + 1, self.commands);
        }
    }

    fn scan(&mut self) -> Scanned {
        let scanned = self.scanner.word(self.at);
        self.at = scanned.range.end;
        scanned
    }

    /// Takes a keyword, an assignment or a word.
    fn word(&mut self) {
        let starts = self.draft.words.is_empty() && self.draft.redirects.is_empty() && !self.draft.head;
        if starts && (self.draft.is_empty() && self.keyword() || self.assignment()) {
            return;
        }
        let loops_over = self.draft.head;
        let scanned = self.scan();
        // `for x in a b do` is no shell, but nothing is lost by ending the words there.
        if loops_over && &self.content[scanned.range.clone()] == "do" {
            self.finish(Operator::Sequence);
            return;
        }
        self.push(&scanned);
    }

    fn push(&mut self, scanned: &Scanned) {
        let index = self.draft.words.len();
        self.draft.scripts.extend(scanned.scripts.iter().map(|range| (Some(index), range.clone())));
        self.draft.cover(&scanned.range);
        self.draft.words.push(scanned.word(self.text, self.sources));
    }

    /// Takes a reserved word (XCU 2.4), where one stands.
    fn keyword(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        // The longest is `function`.
        let length = rest.iter().take(9).take_while(|byte| !b" \t\r\n;&|()<>".contains(byte)).count();
        let Some(word) = self.content.get(self.at..self.at + length) else { return false };
        match word {
            "if" | "then" | "elif" | "else" | "while" | "until" | "do" | "!" | "{" | "fi" | "done" | "}"
            | "coproc" => self.at += length,
            "esac" => {
                self.at += length;
                self.cases = self.cases.saturating_sub(1);
            }
            "for" | "select" => {
                self.at += length;
                self.draft.head = true;
            }
            "case" => {
                self.at += length;
                self.case();
            }
            "function" => {
                self.at += length;
                self.blanks();
                self.scan();
            }
            _ => return false,
        }
        true
    }

    /// Takes the head of a `case`, from its word to the first pattern.
    fn case(&mut self) {
        self.blanks();
        self.draft.head = true;
        let scanned = self.scan();
        self.push(&scanned);
        self.finish(Operator::Sequence);
        self.blanks_and_lines();
        if self.bytes[self.at..].starts_with(b"in")
            && self.peek(2).is_none_or(|byte| byte.is_ascii_whitespace())
        {
            self.at += 2;
            self.cases += 1;
            self.pattern();
        }
    }

    fn blanks_and_lines(&mut self) {
        loop {
            self.blanks();
            match self.peek(0) {
                Some(b'\n') => {
                    self.at += 1;
                    self.heredoc_bodies();
                }
                Some(b'#') => self.at = self.line_end(),
                _ => return,
            }
        }
    }

    /// Skips the patterns of a `case` up to their `)`; on their line, if it lacks that.
    fn pattern(&mut self) {
        self.blanks_and_lines();
        if self.bytes[self.at..].starts_with(b"esac") {
            return;
        }
        if self.peek(0) == Some(b'(') {
            self.at += 1;
        }
        loop {
            self.blanks();
            match self.peek(0) {
                None | Some(b'\n') => return,
                Some(b')') => {
                    self.at += 1;
                    return;
                }
                Some(b';' | b'&' | b'|' | b'(' | b'<' | b'>') => self.at += 1,
                Some(_) => drop(self.scan()),
            }
        }
    }

    /// Takes `NAME=value`, where one stands.
    fn assignment(&mut self) -> bool {
        let Some(name) = self.assigned_name() else { return false };
        let behind = if self.bytes[name.end] == b'+' { name.end + 2 } else { name.end + 1 };
        let subscript = memchr(b'[', &self.bytes[name.clone()]);
        let bare = name.start..subscript.map_or(name.end, |length| name.start + length);
        self.at = behind;
        let value = if self.peek(0) == Some(b'(') {
            let matched = matching::parenthesis(self.bytes, behind + 1);
            self.at = matched.end;
            Scanned::expanded(behind..matched.end, matched.scripts)
        } else {
            self.scan()
        };
        let name = Scanned::plain(bare);
        self.draft.scripts.extend(value.scripts.iter().map(|range| (None, range.clone())));
        self.draft.cover(&name.range);
        self.draft.cover(&value.range);
        let pair = (name.word(self.text, self.sources), value.word(self.text, self.sources));
        self.draft.assignments.push(pair);
        true
    }

    /// The `NAME` or `NAME[index]` at hand, where `=` or `+=` follows.
    fn assigned_name(&self) -> Option<Range<usize>> {
        let rest = &self.bytes[self.at..];
        rest.first().filter(|byte| byte.is_ascii_alphabetic() || **byte == b'_')?;
        let mut end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))?;
        if rest[end] == b'[' {
            let inside = rest[end..].iter().position(|byte| matches!(byte, b']' | b'\n' | b' '))?;
            end += inside + 1;
            rest.get(end - 1).filter(|byte| **byte == b']')?;
        }
        let behind = rest.get(end..)?;
        (behind.starts_with(b"=") || behind.starts_with(b"+=")).then_some(self.at..self.at + end)
    }

    /// Takes a `(`: arithmetic, the brackets of a function, or the start of a subshell.
    fn open(&mut self) {
        let arithmetic = self.draft.words.is_empty() && self.peek(1) == Some(b'(');
        if arithmetic && let Some(length) = self.arithmetic_length() {
            self.draft.head = true;
            self.at += length;
            return;
        }
        let one_word = self.draft.words.len() == 1 && self.draft.redirects.is_empty();
        self.at += 1;
        if one_word && !self.draft.head {
            let start = self.at;
            self.blanks();
            if self.peek(0) == Some(b')') {
                self.at += 1;
                self.draft = Draft::default();
                return;
            }
            self.at = start;
        }
        self.finish(Operator::Sequence);
    }

    /// The length of `((…))` on this line.
    fn arithmetic_length(&mut self) -> Option<usize> {
        if self.at < self.arithmetic_from {
            return None;
        }
        let line_end = self.line_end();
        let length = memmem::find(&self.bytes[self.at..line_end], b"))");
        if length.is_none() {
            self.arithmetic_from = line_end;
        }
        length.map(|length| length + 2)
    }

    fn process_substitution(&mut self) {
        let start = self.at;
        let matched = matching::parenthesis(self.bytes, start + 2);
        self.at = matched.end;
        self.push(&Scanned::expanded(start..matched.end, vec![matched.inside]));
    }

    /// The end of the digits at hand, where a redirect follows them.
    fn descriptor_end(&self) -> Option<usize> {
        // Descriptors have a few digits; the bound keeps long numbers linear.
        let digits = self.bytes[self.at..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        matches!(self.peek(digits), Some(b'<' | b'>')).then_some(self.at + digits)
    }

    /// Takes a redirect, whose number starts at `start`.
    fn redirect(&mut self, start: usize) {
        let (direction, length) = match &self.bytes[self.at..] {
            [b'<', b'<', b'<', ..] => (Direction::HereString, 3),
            [b'<', b'<', b'-', ..] => (Direction::Heredoc, 3),
            [b'<', b'<', ..] => (Direction::Heredoc, 2),
            [b'<', b'>', ..] => (Direction::ReadWrite, 2),
            [b'<' | b'>', b'&', ..] => (Direction::Duplicate, 2),
            [b'&', b'>', b'>', ..] => (Direction::Append, 3),
            [b'>', b'>', ..] => (Direction::Append, 2),
            [b'>', b'|', ..] | [b'&', b'>', ..] => (Direction::Write, 2),
            [b'<', ..] => (Direction::Read, 1),
            _ => (Direction::Write, 1),
        };
        let strips_tabs = length == 3 && direction == Direction::Heredoc;
        let descriptor = self.content[start..self.at].parse().ok();
        self.at += length;
        let operator_end = self.at;
        self.blanks();
        let mut scanned = self.scan();
        if scanned.range.is_empty() {
            scanned = Scanned::plain(operator_end..operator_end);
            self.at = operator_end;
        }
        let target = scanned.word(self.text, self.sources);
        if direction == Direction::Heredoc && !scanned.range.is_empty() {
            self.heredocs.push(Heredoc {
                delimiter: target.as_str(),
                strips_tabs,
                redirect: self.draft.redirects.len(),
                command: None,
                bound: false,
            });
        }
        let range = start..scanned.range.end;
        self.draft.scripts.extend(scanned.scripts.into_iter().map(|script| (None, script)));
        self.draft.cover(&range);
        let span = self.text.span(range);
        self.draft.redirects.push(Redirect { direction, descriptor, target, body: None, span });
    }

    /// Takes the bodies of the heredocs of the line before; one that is not closed reaches to the end, as
    /// in the shell.
    fn heredoc_bodies(&mut self) {
        for heredoc in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut end = start;
            while self.at < self.bytes.len() {
                let line = self.content[self.at..self.line_end()].trim_end_matches('\r');
                let line = if heredoc.strips_tabs { line.trim_start_matches('\t') } else { line };
                end = self.at;
                self.at = (self.line_end() + 1).min(self.bytes.len());
                if line == heredoc.delimiter {
                    break;
                }
                end = self.at;
            }
            let body = self.text.part(start..end);
            let Some(command) = heredoc.command.and_then(|index| self.commands.get_mut(index)) else {
                continue;
            };
            if let Some(redirect) = command.redirects.get_mut(heredoc.redirect) {
                redirect.body = Some(body.clone());
            }
            if command.reads_script() {
                parse_into(&body, self.sources, self.depth + 1, self.commands);
            }
        }
    }
}
