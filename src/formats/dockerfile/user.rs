//! `USER`: whom a stage runs as. <https://docs.docker.com/reference/dockerfile/#user>

use crate::facts::{Container, Field, Use};
use crate::source::{Span, Text};
use crate::syntax::dockerfile::{Arguments, Dockerfile, Keyword, Word};

/// States the user that an instruction names; `user` is the word with its variables put in.
pub(super) fn apply<'s>(container: &mut Container<'s>, word: &Word<'s>, user: &Text<'s>) {
    container.head.uses.clear();
    container.user = match user.as_str() {
        text if text.contains('$') => Field::Unknown,
        text => {
            let place = supplied(user, word).unwrap_or(word.span);
            if place != word.span {
                container.head.used(Use { span: word.span, note: "the user of the image" });
            }
            Field::set(text, place, "USER")
        }
    };
}

/// Says whether the user of a stage is only a default: that of an `ARG`, or the one behind `:-`.
pub(super) fn tell_default<'s>(container: &mut Container<'s>, file: &Dockerfile<'s>) {
    let Some(place) = container.user.span() else { return };
    let behind = file.instructions.partition_point(|one| one.span.head() <= place.head());
    let stating = behind.checked_sub(1).and_then(|at| file.instructions.get(at));
    let by_default = stating.is_some_and(|stating| match (stating.keyword, &stating.arguments) {
        (Keyword::Arg, _) => true,
        (Keyword::User, Arguments::Words(words)) => {
            words.first().is_some_and(|word| word.interpolates && word.text.as_str().starts_with('$'))
        }
        _ => false,
    });
    container.user_by_default = Field::set(by_default, place, "USER");
}

/// Where a value stands that a word takes as a whole from an `ARG` or `ENV`.
fn supplied(text: &Text<'_>, word: &Word<'_>) -> Option<Span> {
    let places = text.spans(0..text.as_str().len());
    let [place] = places.as_slice() else { return None };
    (!word.span.contains(*place) && place.start < place.end).then_some(*place)
}
