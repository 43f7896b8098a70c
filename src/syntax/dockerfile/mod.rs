//! Dockerfiles, as `BuildKit` reads them: <https://docs.docker.com/reference/dockerfile/>.
//!
//! `lines` joins physical lines, `instruction` reads what they say, `words`, `json` and `heredoc` know the
//! notations within.

mod heredoc;
mod instruction;
mod json;
mod lines;
mod words;

use super::{Comment, Error};
use crate::source::{Sources, Span, Text};

/// A Dockerfile.
#[derive(Clone, Debug)]
pub struct Dockerfile<'s> {
    /// The instructions in order, with those that could not be read in full.
    pub instructions: Vec<Instruction<'s>>,
    /// The parser directives at the head (`# syntax=…`); they are no comments.
    pub directives: Vec<Directive<'s>>,
    /// What could not be read.
    pub errors: Vec<Error>,
    /// The comments, also those between the lines of an instruction.
    pub comments: Vec<Comment<'s>>,
    /// The character that joins lines and makes the next one literal: `\`, or `` ` `` by directive.
    pub escape: char,
}

/// A parser directive.
#[derive(Clone, Copy, Debug)]
pub struct Directive<'s> {
    /// `syntax`, `escape` or `check`, as written.
    pub name: &'s str,
    /// Its value.
    pub value: &'s str,
    /// The place of the value.
    pub value_span: Span,
    /// The place of the whole, from its `#`.
    pub span: Span,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction<'s> {
    /// What it is.
    pub keyword: Keyword,
    /// The place of the keyword.
    pub keyword_span: Span,
    /// The place of the whole, with all its lines and heredocs.
    pub span: Span,
    /// The flags between keyword and arguments.
    pub flags: Vec<Flag<'s>>,
    /// The arguments.
    pub arguments: Arguments<'s>,
    /// The heredocs that follow the line. Those of an `ONBUILD` are with the instruction inside.
    pub heredocs: Vec<Heredoc<'s>>,
    /// The instruction inside: what `ONBUILD` postpones, and the `CMD` of a `HEALTHCHECK`. Its outer
    /// instruction has no arguments then.
    pub nested: Option<Box<Instruction<'s>>>,
}

/// The name of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "they are Docker's own names")]
pub enum Keyword {
    From,
    Run,
    Cmd,
    Label,
    Maintainer,
    Expose,
    Env,
    Add,
    Copy,
    Entrypoint,
    Volume,
    User,
    Workdir,
    Arg,
    Onbuild,
    Stopsignal,
    Healthcheck,
    Shell,
    /// None that Docker knows; its arguments are given as a shell command.
    Unknown,
}

/// The arguments of an instruction.
#[derive(Clone, Debug)]
pub enum Arguments<'s> {
    /// The JSON form of `RUN`, `CMD`, `ENTRYPOINT` and `SHELL`: no shell reads it, nothing is replaced.
    Exec(Vec<Word<'s>>),
    /// The shell form of these: the whole command, its lines joined. The words that start heredocs are part
    /// of it. A JSON form that is malformed is one of these, as for Docker.
    Shell(Text<'s>),
    /// A list of words. `FROM` has the image and perhaps `AS` and a name; `COPY`, `ADD` and `VOLUME` give
    /// their JSON form here too; `USER`, `WORKDIR`, `STOPSIGNAL` and `MAINTAINER` have one word, which may
    /// hold blanks; `HEALTHCHECK` has the word `NONE`.
    Words(Vec<Word<'s>>),
    /// Names with their values: `ENV`, `LABEL` and `ARG`. Only those of `ARG` may lack a value, unless they
    /// are in error.
    Pairs(Vec<(Word<'s>, Option<Word<'s>>)>),
    /// There are none, or they are the instruction inside.
    None,
}

/// A word.
#[derive(Clone, Debug)]
pub struct Word<'s> {
    /// The word without quotes. Where it interpolates, it is a template in
    /// [`Dialect::Dockerfile`](super::interpolation::Dialect), in which a dollar sign that stands for itself
    /// has the escape character before it; elsewhere it is what the word means.
    pub text: Text<'s>,
    /// The word as written, with its quotes.
    pub span: Span,
    /// Whether it holds variables.
    pub interpolates: bool,
}

/// A flag: `--name` or `--name=value`.
#[derive(Clone, Debug)]
pub struct Flag<'s> {
    /// Its name without the dashes.
    pub name: &'s str,
    /// Its value, if it has a `=`.
    pub value: Option<Word<'s>>,
    /// The place of the whole.
    pub span: Span,
}

/// A heredoc.
#[derive(Clone, Debug)]
pub struct Heredoc<'s> {
    /// Its name without quotes; for `COPY` the name of the file.
    pub name: &'s str,
    /// Where the instruction starts it (`<<EOF`).
    pub opening: Span,
    /// Its lines. With `<<-` they lack their leading tabs.
    pub body: Text<'s>,
    /// Whether variables in it are replaced, since its name is not quoted.
    pub expands: bool,
    /// The place of its lines and of the one that ends it.
    pub span: Span,
}

impl Keyword {
    /// All that Docker knows.
    pub const ALL: [Keyword; 18] = [
        Keyword::From,
        Keyword::Run,
        Keyword::Cmd,
        Keyword::Label,
        Keyword::Maintainer,
        Keyword::Expose,
        Keyword::Env,
        Keyword::Add,
        Keyword::Copy,
        Keyword::Entrypoint,
        Keyword::Volume,
        Keyword::User,
        Keyword::Workdir,
        Keyword::Arg,
        Keyword::Onbuild,
        Keyword::Stopsignal,
        Keyword::Healthcheck,
        Keyword::Shell,
    ];

    /// The name in capitals, as it is usually written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Keyword::From => "FROM",
            Keyword::Run => "RUN",
            Keyword::Cmd => "CMD",
            Keyword::Label => "LABEL",
            Keyword::Maintainer => "MAINTAINER",
            Keyword::Expose => "EXPOSE",
            Keyword::Env => "ENV",
            Keyword::Add => "ADD",
            Keyword::Copy => "COPY",
            Keyword::Entrypoint => "ENTRYPOINT",
            Keyword::Volume => "VOLUME",
            Keyword::User => "USER",
            Keyword::Workdir => "WORKDIR",
            Keyword::Arg => "ARG",
            Keyword::Onbuild => "ONBUILD",
            Keyword::Stopsignal => "STOPSIGNAL",
            Keyword::Healthcheck => "HEALTHCHECK",
            Keyword::Shell => "SHELL",
            Keyword::Unknown => "",
        }
    }

    /// The instruction of this name, in any case.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let known = Keyword::ALL.into_iter().find(|keyword| keyword.name().eq_ignore_ascii_case(name));
        known.unwrap_or(Keyword::Unknown)
    }
}

/// Reads a Dockerfile.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> Dockerfile<'s> {
    let mut reader = lines::Reader::new(text, sources);
    let mut instructions = Vec::new();
    while let Some(line) = reader.next_line() {
        let parsed = instruction::parse(&line, &mut reader);
        instructions.push(parsed);
    }
    let lines::Reader { escape, directives, comments, mut errors, .. } = reader;
    check_stages(&instructions, text.span(0..0), &mut errors);
    Dockerfile { instructions, directives, errors, comments, escape }
}

/// Every instruction but `ARG` belongs to a stage, which `FROM` starts.
fn check_stages(instructions: &[Instruction<'_>], start: Span, errors: &mut Vec<Error>) {
    let Some(first) = instructions.iter().position(|instruction| instruction.keyword == Keyword::From) else {
        errors.push(Error { span: start, message: "no `FROM`: nothing is built".to_owned() });
        return;
    };
    for early in instructions.iter().take(first) {
        if !matches!(early.keyword, Keyword::Arg | Keyword::Unknown) {
            let message = format!("`{}` before the first `FROM`", early.keyword.name());
            errors.push(Error { span: early.keyword_span, message });
        }
    }
}

#[cfg(test)]
mod tests;
