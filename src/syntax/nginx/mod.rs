//! nginx configuration: directives, their arguments and blocks.
//!
//! The words are those of nginx's own lexer (`ngx_conf_read_token`). No directive is known here beyond
//! what reading needs: the bodies that hold Lua or pairs, and the names that betray a missing `;`.

mod lua;
mod names;
mod parser;
mod sniff;
mod word;

pub use sniff::looks_like;

use super::{Comment, Error};
use crate::source::{Sources, Span, Text};

/// How deep blocks may nest; anything deeper is skipped.
pub const MAX_DEPTH: usize = 64;

/// The message of the one error that stands for all `{{ … }}` and `{% … %}` of a text.
pub const UNRENDERED: &str = "template expression that is not rendered";

/// A configuration, or a fragment of one.
#[derive(Clone, Debug)]
pub struct Config<'s> {
    /// The directives outside every block.
    pub directives: Vec<Directive<'s>>,
    /// What could not be read, in order; at most a few hundred.
    pub errors: Vec<Error>,
    /// All comments but those in Lua, in order.
    pub comments: Vec<Comment<'s>>,
}

/// A directive, or an entry of a `map`, `geo` or `types` body, which is written alike.
#[derive(Clone, Debug)]
pub struct Directive<'s> {
    /// The first word.
    pub name: Word<'s>,
    /// The further words. Those of `if` keep their brackets.
    pub arguments: Vec<Word<'s>>,
    /// The block, where one follows instead of `;`.
    pub block: Option<Block<'s>>,
    /// From the name to the `;` or `}`, or to the last word where that is missing.
    pub span: Span,
}

/// The part of a directive in braces.
#[derive(Clone, Debug)]
pub struct Block<'s> {
    /// The directives in it, in order. Empty for Lua.
    pub directives: Vec<Directive<'s>>,
    /// From `{` to `}`, or to the end of the text where that is missing.
    pub span: Span,
    /// The body of a `*_by_lua_block`, as it stands between the braces.
    pub raw: Option<&'s str>,
}

/// A word: a name or an argument.
#[derive(Clone, Copy, Debug)]
pub struct Word<'s> {
    /// The word with quotes and escapes resolved and variables as they are written.
    pub text: &'s str,
    /// The word as written, with its quotes.
    pub span: Span,
    /// The word as written, without its quotes.
    pub content: Span,
    /// Whether it stands in quotes.
    pub quoted: bool,
}

/// Reads a configuration. Errors are part of the result; the rest is read in spite of them.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, sources: &'s Sources) -> Config<'s> {
    parser::Parser::new(text, sources).run()
}

impl<'s> Config<'s> {
    /// The outermost directives of this name, in order.
    #[must_use]
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Directive<'s>> {
        named(&self.directives, name)
    }
}

impl<'s> Block<'s> {
    /// The directives of this name that stand directly in the block, in order.
    #[must_use]
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Directive<'s>> {
        named(&self.directives, name)
    }

    /// The last directive of this name that stands directly in the block.
    #[must_use]
    pub fn last<'a>(&'a self, name: &'a str) -> Option<&'a Directive<'s>> {
        self.all(name).next_back()
    }
}

impl<'s> Directive<'s> {
    /// The argument of this number, from 0.
    #[must_use]
    pub fn argument(&self, index: usize) -> Option<&Word<'s>> {
        self.arguments.get(index)
    }

    /// Whether an argument reads so.
    #[must_use]
    pub fn has_argument(&self, text: &str) -> bool {
        self.arguments.iter().any(|word| word.text == text)
    }
}

fn named<'a, 's>(
    directives: &'a [Directive<'s>],
    name: &'a str,
) -> impl DoubleEndedIterator<Item = &'a Directive<'s>> {
    directives.iter().filter(move |directive| directive.name.text == name)
}

#[cfg(test)]
mod tests;
