//! The rules' files: their form, their examples, and the index that is made from them.

mod examples;
mod form;
mod index;

use govlint::rule::{self, Rule};

/// All rules, sorted by id.
#[expect(clippy::panic, reason = "a rule that can't be loaded fails every test, with its error")]
fn rules() -> Vec<Rule> {
    let load = |raw| rule::load::load(raw).unwrap_or_else(|error| panic!("{}: {error}", raw.id));
    rule::built_in().iter().map(load).collect()
}

/// What is wrong, a paragraph each; nothing where all is well.
fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n\n{}\n\n{} in all", wrong.join("\n\n"), wrong.len());
}
