//! Shell command lines split into simple commands and words, as far as that can be done without running them.
//!
//! The grammar is that of POSIX (Shell Command Language, XCU 2) with what bash adds in common use.
//! Compound commands only separate the simple ones in them; nothing is expanded.

mod command;
mod matching;
mod parser;
mod word;

use crate::source::{Sources, Span, Text};

/// How deep `$( … )` and `sh -c "…"` are followed; what lies deeper is part of its word alone.
pub const MAX_DEPTH: usize = 8;

/// A simple command: assignments, words and redirects.
#[derive(Clone, Debug)]
pub struct Command<'s> {
    /// The `NAME=value` in front, as name and value. The value may be empty.
    pub assignments: Vec<(Word<'s>, Word<'s>)>,
    /// The words: prefixes like `sudo`, the program and its arguments. Empty where the command only
    /// assigns or redirects.
    pub words: Vec<Word<'s>>,
    /// The redirects, in order.
    pub redirects: Vec<Redirect<'s>>,
    /// From the first to the last of these.
    pub span: Span,
    /// How it is joined to the next command of the same depth.
    pub operator: Operator,
    /// Within how many substitutions, `sh -c` texts and the like it stands; at most [`MAX_DEPTH`].
    pub depth: usize,
}

/// What stands between a command and the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|` and `|&`
    Pipe,
    /// `;`, a line break or the end.
    Sequence,
    /// `&`
    Background,
}

/// A word of a command.
#[derive(Clone, Debug)]
pub struct Word<'s> {
    /// The word with quotes and escapes removed; expansions stay as they are written.
    pub text: Text<'s>,
    /// The word as written, with its quotes.
    pub span: Span,
    /// Whether the shell takes the text as it is: no variable, substitution, pattern or brace expansion.
    pub literal: bool,
}

impl<'s> Word<'s> {
    /// The characters of its text.
    #[must_use]
    pub fn as_str(&self) -> &'s str {
        self.text.as_str()
    }
}

/// A redirect of a command.
#[derive(Clone, Debug)]
pub struct Redirect<'s> {
    /// Which way it goes.
    pub direction: Direction,
    /// The number before the operator, where one is written.
    pub descriptor: Option<u32>,
    /// The file, the descriptor, the heredoc's delimiter or the here-string's text.
    pub target: Word<'s>,
    /// The body of a heredoc, without the line of its delimiter.
    pub body: Option<Text<'s>>,
    /// From the number or operator to the target.
    pub span: Span,
}

/// Which way a redirect goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// `<`
    Read,
    /// `>`, `>|` and `&>`
    Write,
    /// `>>` and `&>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&` and `>&`
    Duplicate,
    /// `<<` and `<<-`
    Heredoc,
    /// `<<<`
    HereString,
}

/// Splits a text into simple commands. A command is followed by those of its substitutions and of the
/// text it gives to `sh -c`; [`following`] steps over them. Whatever is no shell is split somehow.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> Vec<Command<'s>> {
    let mut commands = Vec::new();
    parser::parse_into(text, sources, 0, &mut commands);
    commands
}

/// A command given as a list (`CMD ["a", "b"]`, `command:` and `args:`), which no shell splits. It is
/// followed by the commands of the text it gives to `sh -c`. A word that holds `$` counts as not literal,
/// since Compose and Kubernetes expand it. Nothing comes of an empty list.
#[must_use]
pub fn from_words<'s>(words: &[Text<'s>], sources: &'s Sources) -> Vec<Command<'s>> {
    let whole = |text: &Text<'s>| text.span(0..text.as_str().len());
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Vec::new() };
    let span = whole(first).to(whole(last));
    let words = words.iter().map(|text| Word {
        text: text.clone(),
        span: whole(text),
        literal: !text.as_str().contains('$'),
    });
    let command = Command {
        assignments: Vec::new(),
        words: words.collect(),
        redirects: Vec::new(),
        span,
        operator: Operator::Sequence,
        depth: 0,
    };
    let script = command.script().map(|index| command.words[index].text.clone());
    let mut commands = vec![command];
    if let Some(script) = script {
        parser::parse_into(&script, sources, 1, &mut commands);
    }
    commands
}

/// The command that the one at `index` is joined to by its [`Operator`], if any follows.
#[must_use]
pub fn following<'a, 's>(commands: &'a [Command<'s>], index: usize) -> Option<&'a Command<'s>> {
    let depth = commands.get(index)?.depth;
    commands
        .get(index + 1..)?
        .iter()
        .find(|command| command.depth <= depth)
        .filter(|next| next.depth == depth)
}

#[cfg(test)]
mod tests;
