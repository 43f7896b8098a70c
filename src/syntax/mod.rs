//! Text to trees with spans, without meaning. Every parser reads a [`Text`](crate::source::Text), never
//! fails as a whole, and puts what it could not read into its tree as errors with places.
#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "hand-written parsers; each has a fuzz target and property tests"
)]

mod builder;
pub mod dockerfile;
pub mod entry;
pub mod env;
pub mod hcl;
pub mod ini;
pub mod interpolation;
pub mod markdown;
pub mod nginx;
pub mod properties;
pub mod shell;
pub mod toml;
pub mod words;
pub mod yaml;

use crate::source::Span;

/// Something a parser could not read, and where. The parser goes on behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The bytes that could not be read, or the place where something is missing.
    pub span: Span,
    /// What is wrong, in lower case and without a stop.
    pub message: String,
}

/// A comment, wherever the syntax allows one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment<'s> {
    /// The whole comment with its mark (`#`), without the line break.
    pub span: Span,
    /// What stands behind the mark, trimmed.
    pub text: &'s str,
    /// Whether nothing but blanks stands before it on its line.
    pub alone: bool,
}
