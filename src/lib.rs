//! govlint reads the configuration of a whole deployment as one thing and checks it against a policy.
//!
//! The way of the data: [`walk`] finds files, [`syntax`] turns text into trees with spans, [`formats`] turn
//! trees into [`facts`], [`link`] resolves references between files, [`rule`]s ask the facts, the
//! [`policy`] allows or waives [`finding`]s, and an [`output`] prints them.

#![cfg_attr(test, allow(clippy::string_slice, reason = "a test that cuts a character in two should fail"))]

pub mod check;
pub mod cli;
pub mod commands;
pub mod crash;
pub mod data;
pub mod derive;
pub mod facts;
pub mod finding;
pub mod formats;
pub mod link;
pub mod output;
pub mod packed;
pub mod parallel;
pub mod policy;
pub mod read;
pub mod render;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod value;
pub mod walk;
