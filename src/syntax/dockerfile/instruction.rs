//! What a line says, once its continuations are joined.

use std::ops::Range;

use super::lines::{Reader, trimmed};
use super::{Arguments, Flag, Instruction, Keyword, Word, heredoc, json, words};
use crate::source::Text;

/// Reads the instruction on a line that is not blank, and the heredocs behind it.
pub(super) fn parse<'s>(line: &Text<'s>, reader: &mut Reader<'_, 's>) -> Instruction<'s> {
    Line { text: line, source: line.as_str(), reader }.instruction(0..line.as_str().len(), None)
}

struct Line<'t, 'r, 'f, 's> {
    text: &'t Text<'s>,
    source: &'s str,
    reader: &'r mut Reader<'f, 's>,
}

impl<'s> Line<'_, '_, '_, 's> {
    /// Reads the instruction that fills a range without blanks at its ends.
    fn instruction(&mut self, range: Range<usize>, outer: Option<Keyword>) -> Instruction<'s> {
        let (keyword_range, rest) = self.cut_word(range.clone());
        let keyword_span = self.text.span(keyword_range.clone());
        let keyword = Keyword::of(&self.source[keyword_range.clone()]);
        let mut instruction = Instruction {
            keyword,
            keyword_span,
            span: self.text.span(range),
            flags: Vec::new(),
            arguments: Arguments::None,
            heredocs: Vec::new(),
            nested: None,
        };
        if keyword == Keyword::Unknown {
            let message = format!("unknown instruction `{}`", &self.source[keyword_range]);
            self.reader.error(keyword_span, message);
        }
        let arguments = self.flags(rest, &mut instruction.flags);
        // An empty command is allowed: it takes back the one of the base image.
        if arguments.is_empty() && !matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Unknown) {
            self.reader.error(keyword_span, format!("`{}` without arguments", keyword.name()));
        } else if keyword == Keyword::Onbuild {
            self.onbuild(arguments, outer, &mut instruction);
        } else if keyword == Keyword::Healthcheck {
            self.healthcheck(arguments, &mut instruction);
        } else if !arguments.is_empty() {
            self.arguments(arguments, &mut instruction);
        }
        let last =
            instruction.heredocs.last().or(instruction.nested.as_ref().and_then(|i| i.heredocs.last()));
        if let Some(heredoc) = last {
            instruction.span = instruction.span.to(heredoc.span);
        }
        instruction
    }

    /// The first word, up to a blank, and what follows it.
    fn cut_word(&self, range: Range<usize>) -> (Range<usize>, Range<usize>) {
        let length = self.source[range.clone()].find(char::is_whitespace).unwrap_or(range.len());
        let end = range.start + length;
        (range.start..end, trimmed(self.source, end..range.end))
    }

    /// Takes the flags off the start of the arguments.
    fn flags(&mut self, range: Range<usize>, flags: &mut Vec<Flag<'s>>) -> Range<usize> {
        let mut start = range.start;
        while self.source[start..range.end].starts_with("--") {
            let end = words::word_end(self.source, start..range.end, self.reader.escape);
            let flag = &self.source[start..end];
            if flag != "--" {
                let name = flag.split('=').next().unwrap_or_default();
                let value = (name.len() < flag.len())
                    .then(|| words::word(self.text, start + name.len() + 1..end, self.reader));
                flags.push(Flag { name: &name[2..], value, span: self.text.span(start..end) });
            }
            start = trimmed(self.source, end..range.end).start;
            if flag == "--" {
                break;
            }
        }
        start..range.end
    }

    fn onbuild(&mut self, range: Range<usize>, outer: Option<Keyword>, onbuild: &mut Instruction<'s>) {
        let inner = Keyword::of(&self.source[self.cut_word(range.clone()).0]);
        let forbidden = matches!(inner, Keyword::Onbuild | Keyword::From | Keyword::Maintainer);
        if forbidden && outer.is_none() {
            let message = format!("`ONBUILD` can't postpone `{}`", inner.name());
            self.reader.error(self.text.span(range.clone()), message);
        }
        if outer.is_none() {
            onbuild.nested = Some(Box::new(self.instruction(range, Some(Keyword::Onbuild))));
        }
    }

    fn healthcheck(&mut self, range: Range<usize>, healthcheck: &mut Instruction<'s>) {
        let (kind, rest) = self.cut_word(range.clone());
        let word = &self.source[kind.clone()];
        if word.eq_ignore_ascii_case("NONE") {
            if !rest.is_empty() {
                self.reader.error(self.text.span(rest), "`HEALTHCHECK NONE` takes no arguments");
            }
            healthcheck.arguments = Arguments::Words(vec![words::raw_word(self.text, kind)]);
        } else if word.eq_ignore_ascii_case("CMD") {
            if rest.is_empty() {
                self.reader.error(self.text.span(kind.clone()), "`HEALTHCHECK CMD` without a command");
            }
            let mut command = Instruction {
                keyword: Keyword::Cmd,
                keyword_span: self.text.span(kind),
                span: self.text.span(range),
                flags: Vec::new(),
                arguments: Arguments::None,
                heredocs: Vec::new(),
                nested: None,
            };
            if !rest.is_empty() {
                command.arguments = self.command(rest);
            }
            healthcheck.nested = Some(Box::new(command));
        } else {
            self.reader.error(self.text.span(kind), "`HEALTHCHECK` takes `NONE` or `CMD` and a command");
            healthcheck.arguments = Arguments::Shell(self.text.part(range));
        }
    }

    fn arguments(&mut self, range: Range<usize>, instruction: &mut Instruction<'s>) {
        let keyword = instruction.keyword;
        let mut is_json = false;
        instruction.arguments = match keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => self.command(range.clone()),
            Keyword::Add | Keyword::Copy | Keyword::Volume => match self.json(range.clone()) {
                Some(words) => {
                    is_json = true;
                    Arguments::Words(words)
                }
                None => self.words(range.clone()),
            },
            Keyword::From | Keyword::Expose => self.words(range.clone()),
            Keyword::Env | Keyword::Label => self.pairs(range.clone(), keyword),
            Keyword::Arg => self.build_arguments(range.clone()),
            Keyword::User | Keyword::Workdir | Keyword::Stopsignal => {
                Arguments::Words(vec![words::word(self.text, range.clone(), self.reader)])
            }
            Keyword::Maintainer => Arguments::Words(vec![words::raw_word(self.text, range.clone())]),
            Keyword::Onbuild | Keyword::Healthcheck | Keyword::Unknown => {
                Arguments::Shell(self.text.part(range.clone()))
            }
        };
        is_json |= matches!(instruction.arguments, Arguments::Exec(_));
        if matches!(keyword, Keyword::Run | Keyword::Add | Keyword::Copy) && !is_json {
            instruction.heredocs = heredoc::read(self.text, range, self.reader);
        }
        self.check(instruction);
    }

    /// Reports what Docker refuses in the number or the form of arguments.
    fn check(&mut self, instruction: &Instruction<'s>) {
        let message = match (instruction.keyword, &instruction.arguments) {
            (Keyword::From, Arguments::Words(words)) => {
                let named = |word: &Word<'_>| word.text.as_str().eq_ignore_ascii_case("AS");
                let fine = words.len() == 1 || words.len() == 3 && named(&words[1]);
                (!fine).then_some("`FROM` takes an image and perhaps `AS` and a name")
            }
            (Keyword::Copy | Keyword::Add, Arguments::Words(words)) if words.len() < 2 => {
                Some("a source and a target are needed")
            }
            (Keyword::Shell, Arguments::Shell(_)) => Some("`SHELL` takes a JSON array of strings"),
            _ => None,
        };
        if let Some(message) = message {
            self.reader.error(instruction.span, message);
        }
    }

    fn command(&mut self, range: Range<usize>) -> Arguments<'s> {
        match json::array(self.text, range.clone(), self.reader.sources) {
            Some(strings) => Arguments::Exec(
                strings.into_iter().map(|(text, span)| Word { text, span, interpolates: false }).collect(),
            ),
            None => Arguments::Shell(self.text.part(range)),
        }
    }

    /// A JSON list whose strings are words like any other.
    fn json(&mut self, range: Range<usize>) -> Option<Vec<Word<'s>>> {
        let strings = json::array(self.text, range, self.reader.sources)?;
        let word = |(text, span): (Text<'s>, _)| {
            let length = text.as_str().len();
            Word { span, ..words::word(&text, 0..length, self.reader) }
        };
        Some(strings.into_iter().map(word).collect())
    }

    fn words(&mut self, range: Range<usize>) -> Arguments<'s> {
        let ranges = words::split_at_blanks(self.source, range);
        Arguments::Words(ranges.into_iter().map(|word| words::word(self.text, word, self.reader)).collect())
    }

    /// `NAME=value …`, or the old form `NAME value`, which runs to the end of the line.
    fn pairs(&mut self, range: Range<usize>, keyword: Keyword) -> Arguments<'s> {
        let ranges = words::split(self.source, range.clone(), self.reader.escape);
        let old = ranges.first().is_some_and(|first| !self.source[first.clone()].contains('='));
        if old {
            let (name, value) = self.cut_word(range);
            if value.is_empty() {
                let message = format!("`{}` needs a name and a value", keyword.name());
                self.reader.error(self.text.span(name.clone()), message);
            }
            let has_value = !value.is_empty();
            let name = words::word(self.text, name, self.reader);
            let value = has_value.then(|| words::word(self.text, value, self.reader));
            return Arguments::Pairs(vec![(name, value)]);
        }
        let pairs: Vec<_> = ranges.into_iter().map(|word| self.pair(word)).collect();
        for (name, value) in &pairs {
            if value.is_none() {
                self.reader.error(name.span, "no `=` between a name and its value");
            }
        }
        Arguments::Pairs(pairs)
    }

    fn build_arguments(&mut self, range: Range<usize>) -> Arguments<'s> {
        let ranges = words::split(self.source, range, self.reader.escape);
        Arguments::Pairs(ranges.into_iter().map(|word| self.pair(word)).collect())
    }

    fn pair(&mut self, range: Range<usize>) -> (Word<'s>, Option<Word<'s>>) {
        let equals = self.source[range.clone()].find('=').map(|at| range.start + at);
        let name = words::word(self.text, range.start..equals.unwrap_or(range.end), self.reader);
        let value = equals.map(|at| words::word(self.text, at + 1..range.end, self.reader));
        (name, value)
    }
}
