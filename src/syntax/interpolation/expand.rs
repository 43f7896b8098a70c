//! What a value becomes once its variables are known.

use std::borrow::Cow;
use std::ops::Range;

use super::{Operator, Part, Template, Variable};
use crate::source::{Sources, Span, Text};

/// The longest text, in bytes, that an expansion may give. What would be longer is unknown.
const LENGTH: usize = 64 * 1024;

/// What is known of a variable.
#[derive(Clone, Debug)]
pub enum Lookup<'s> {
    /// Its value.
    Value(Expanded<'s>),
    /// Nothing that was read sets it, so defaults hold; what it is without one, the environment decides.
    Unset,
    /// Something sets it, but to a value that can't be known.
    Unknown,
}

/// What a value becomes.
#[derive(Clone, Debug)]
pub enum Expansion<'s> {
    /// This text.
    Known(Expanded<'s>),
    /// It depends on what isn't known.
    Unknown,
}

/// A text put together from a value and its variables, perhaps from several files.
#[derive(Clone, Debug)]
pub struct Expanded<'s> {
    /// The text.
    pub text: &'s str,
    /// Where each part of it comes from; they cover the text in order, and none is empty.
    pub pieces: Vec<Piece<'s>>,
    /// Whether any of it holds only because a variable was not set.
    pub by_default: bool,
    /// The place of the value that was expanded.
    pub place: Span,
}

/// A part of an expanded text.
#[derive(Clone, Debug)]
pub struct Piece<'s> {
    /// Its bytes within the expanded text.
    pub range: Range<usize>,
    /// The same bytes where they were written.
    pub source: Text<'s>,
    /// How they got here.
    pub origin: Origin,
}

/// How a part got into an expanded text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It was written in the value itself.
    Literal,
    /// It is the value of a variable.
    Variable {
        /// Where the value uses the variable.
        used: Span,
    },
    /// It was written in the value, as the default of a variable.
    Default {
        /// Where the value uses the variable.
        used: Span,
    },
}

impl<'s> Expanded<'s> {
    /// A text in which nothing was expanded.
    #[must_use]
    pub fn literal(text: Text<'s>) -> Self {
        let content = text.as_str();
        let place = text.span(0..content.len());
        let piece = Piece { range: 0..content.len(), source: text, origin: Origin::Literal };
        let pieces = if content.is_empty() { Vec::new() } else { vec![piece] };
        Expanded { text: content, pieces, by_default: false, place }
    }

    /// Where a part of the text was written; where several pieces make it up, the place of their uses in
    /// the value that was expanded.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let Some((first, start)) = self.piece_at(range.start) else { return self.place };
        let last_byte = range.end.max(range.start + 1) - 1;
        let Some((last, end)) = self.piece_at(last_byte) else { return self.place };
        if first.range == last.range {
            let length = range.end.saturating_sub(range.start);
            return first.source.span(start..(start + length).min(first.range.len()));
        }
        first.site(start).to(last.site(end))
    }

    /// The text as one that a parser reads. Of a range that crosses from one file into another, only the
    /// place in the first is known there; [`Expanded::span`] knows more.
    #[must_use]
    pub fn to_text(&self, sources: &'s Sources) -> Text<'s> {
        if self.pieces.is_empty() {
            return Text::verbatim(self.place.head(), "");
        }
        let parts: Vec<_> = self.pieces.iter().map(|piece| piece.source.clone()).collect();
        Text::joined(&parts, sources)
    }

    /// The piece that holds a byte, or the last one, and the byte's offset in it.
    fn piece_at(&self, at: usize) -> Option<(&Piece<'s>, usize)> {
        let index = self.pieces.partition_point(|piece| piece.range.end <= at);
        let piece = self.pieces.get(index).or(self.pieces.last())?;
        Some((piece, at.saturating_sub(piece.range.start).min(piece.range.len())))
    }
}

impl Piece<'_> {
    /// The place in the expanded value that gave this byte.
    fn site(&self, at: usize) -> Span {
        match self.origin {
            Origin::Variable { used } => used,
            Origin::Literal | Origin::Default { .. } => self.source.span(at..(at + 1).min(self.range.len())),
        }
    }
}

impl<'s> Template<'s> {
    /// The value with its variables put in. A variable that is unset and has no default makes it unknown,
    /// for the environment may set it; so does one that is cut or replaced, and a text over 64 KiB.
    pub fn expand(&self, lookup: &mut dyn FnMut(&str) -> Lookup<'s>, sources: &'s Sources) -> Expansion<'s> {
        let mut expander = Expander { lookup, pieces: Vec::new(), length: 0, by_default: false };
        if expander.template(self, Origin::Literal).is_none() {
            return Expansion::Unknown;
        }
        let Expander { pieces, by_default, length, .. } = expander;
        let text = if let [piece] = pieces.as_slice() {
            piece.source.as_str()
        } else {
            let mut text = String::with_capacity(length);
            text.extend(pieces.iter().map(|piece| piece.source.as_str()));
            sources.keep(Cow::Owned(text))
        };
        Expansion::Known(Expanded { text, pieces, by_default, place: self.span })
    }
}

struct Expander<'l, 's> {
    lookup: &'l mut dyn FnMut(&str) -> Lookup<'s>,
    pieces: Vec<Piece<'s>>,
    length: usize,
    by_default: bool,
}

/// Each step gives nothing where the value can't be known.
impl<'s> Expander<'_, 's> {
    fn template(&mut self, template: &Template<'s>, origin: Origin) -> Option<()> {
        template.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => self.push(text.clone(), origin),
            Part::Variable(variable) => self.variable(variable, origin),
        })
    }

    fn push(&mut self, source: Text<'s>, origin: Origin) -> Option<()> {
        let range = self.length..self.length + source.as_str().len();
        self.length = range.end;
        if range.end > LENGTH {
            return None;
        }
        if !range.is_empty() {
            self.pieces.push(Piece { range, source, origin });
        }
        Some(())
    }

    fn variable(&mut self, variable: &Variable<'s>, origin: Origin) -> Option<()> {
        let value = match (self.lookup)(variable.name) {
            Lookup::Value(value) => Some(value),
            Lookup::Unset => None,
            Lookup::Unknown => return None,
        };
        let set =
            |when_empty: bool| value.as_ref().is_some_and(|value| !when_empty || !value.text.is_empty());
        // Within a default, the use is still the outermost variable, which stands in the value itself.
        let used = match origin {
            Origin::Default { used } | Origin::Variable { used } => used,
            Origin::Literal => variable.span,
        };
        match &variable.operator {
            Operator::Default { when_empty, value: default } if !set(*when_empty) => {
                self.by_default = true;
                self.template(default, Origin::Default { used })
            }
            Operator::Alternative { when_empty, value: alternative } if set(*when_empty) => {
                self.template(alternative, origin)
            }
            Operator::Alternative { .. } => {
                self.by_default |= value.is_none();
                Some(())
            }
            Operator::Required { when_empty, .. } if !set(*when_empty) => None,
            Operator::Other => None,
            Operator::None | Operator::Default { .. } | Operator::Required { .. } => {
                let value = value?;
                self.by_default |= value.by_default;
                value
                    .pieces
                    .into_iter()
                    .try_for_each(|piece| self.push(piece.source, Origin::Variable { used }))
            }
        }
    }
}
