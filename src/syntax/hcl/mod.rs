//! HCL, the language of Terraform: attributes and blocks, with the places of everything.
//! <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>
//!
//! Operators, splats and `for` are read and not kept: what they come to can't be known without running
//! Terraform. A mistake loses its attribute; at most one error is reported for each outermost structure.

mod expression;
mod parser;
mod template;
#[cfg(test)]
mod tests;

use super::{Comment, Error};
use crate::source::{Span, Text};

pub use parser::parse;

/// How deep blocks, expressions and templates may nest. Hand-written files stay far below.
pub const DEPTH: usize = 64;

/// A file.
#[derive(Clone, Debug)]
pub struct File<'s> {
    /// What it holds.
    pub body: Body<'s>,
    /// What could not be read.
    pub errors: Vec<Error>,
    /// Where it nests too deep; nothing behind that was read.
    pub too_deep: Option<Span>,
    /// The comments.
    pub comments: Vec<Comment<'s>>,
}

/// What a file or a block holds, in order.
#[derive(Clone, Debug, Default)]
pub struct Body<'s> {
    /// `key = value`.
    pub attributes: Vec<Attribute<'s>>,
    /// `kind "label" { … }`.
    pub blocks: Vec<Block<'s>>,
}

/// `key = value`.
#[derive(Clone, Debug)]
pub struct Attribute<'s> {
    /// The key.
    pub key: &'s str,
    /// The place of the key.
    pub key_span: Span,
    /// The value; [`Kind::Other`] where it could not be read.
    pub value: Expression<'s>,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug)]
pub struct Block<'s> {
    /// The word that it starts with.
    pub kind: &'s str,
    /// The place of that word.
    pub kind_span: Span,
    /// Its labels, without quotes.
    pub labels: Vec<&'s str>,
    /// What it holds.
    pub body: Body<'s>,
    /// From its first word to its closing brace.
    pub span: Span,
}

/// A value.
#[derive(Clone, Debug)]
pub struct Expression<'s> {
    /// What it is.
    pub kind: Kind<'s>,
    /// Its bytes, with quotes and brackets.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum Kind<'s> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it is written.
    Number(&'s str),
    /// A text in quotes, or a heredoc.
    Template(Vec<Part<'s>>),
    /// `[…]`
    List(Vec<Expression<'s>>),
    /// `{…}`
    Object(Vec<Item<'s>>),
    /// `var.name`, `aws_vpc.main.id`, `local.sizes["small"]`: the names, one behind the other.
    Reference(Vec<&'s str>),
    /// `jsonencode(…)`
    Call(&'s str, Vec<Expression<'s>>),
    /// Anything else: operators, conditions, `for`, splats, and what could not be read.
    Other,
}

/// A part of a text.
#[derive(Clone, Debug)]
pub enum Part<'s> {
    /// Characters, escapes decoded.
    Literal(Text<'s>),
    /// `${…}`: the bytes with the braces, and what stands between them.
    Interpolation(Span, Expression<'s>),
    /// `%{…}`, or an interpolation that could not be read.
    Directive(Span),
}

/// An entry of an object.
#[derive(Clone, Debug)]
pub struct Item<'s> {
    /// Its key, where that is a word or a plain text.
    pub key: Option<&'s str>,
    /// The place of the key.
    pub key_span: Span,
    /// Its value.
    pub value: Expression<'s>,
}

impl<'s> Body<'s> {
    /// The attribute of this name; the last where there are several.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&Attribute<'s>> {
        self.attributes.iter().rev().find(|attribute| attribute.key == key)
    }

    /// The blocks of a kind.
    pub fn blocks_of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block<'s>> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}

impl<'s> Expression<'s> {
    /// The whole text, where nothing in it has to be put in.
    #[must_use]
    pub fn literal(&self) -> Option<Text<'s>> {
        match &self.kind {
            Kind::Template(parts) => match parts.as_slice() {
                [] => Some(Text::verbatim(self.span.head(), "")),
                [Part::Literal(text)] => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}
