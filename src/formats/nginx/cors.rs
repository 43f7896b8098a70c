//! `Access-Control-Allow-Origin`: which websites may read answers.

use super::effect::Directives;
use super::headers::{Header, of_node};
use super::tree::Place;
use super::variables::{Origins, Variables};
use crate::facts::{Cors, Facts, Field, Head};
use crate::source::Sources;

/// States what the headers of one block let in. In an `if` that asks for the origin, it was checked.
pub(super) fn of_block<'s>(
    directives: &Directives<'_, '_, 's>,
    place: Place,
    origin_checked: bool,
    subject: &'s str,
    variables: &Variables<'s>,
    sources: &'s Sources,
    facts: &mut Facts<'s>,
) {
    let mut allowed: Vec<(Header<'s>, Origins)> = Vec::new();
    let mut credentials = None;
    for node in directives.effective() {
        of_node(node, |header| {
            if header.name.eq_ignore_ascii_case("Access-Control-Allow-Origin") {
                allowed.push((header, variables.origins(header.value)));
            } else if header.name.eq_ignore_ascii_case("Access-Control-Allow-Credentials") {
                credentials = header.value.eq_ignore_ascii_case("true").then_some(header.word.span);
            }
        });
    }
    for (header, origins) in allowed {
        let checked = place == Place::If && origin_checked;
        if origins == Origins::Listed || (origins == Origins::Asking && checked) {
            continue;
        }
        let text = super::inside(&header.word, sources);
        let value = header.word.text.len() - header.value.len()..header.word.text.len();
        let span = text.span(value);
        facts.cors.push(Cors {
            head: Head::new(span, subject),
            any_origin: Field::set(origins == Origins::Any, span, ""),
            reflected: Field::set(origins == Origins::Asking, span, ""),
            credentials: Field::set(credentials.is_some(), credentials.unwrap_or(span), ""),
        });
    }
}
