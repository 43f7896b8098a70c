//! What is known of one property, and how a rule sees it.

use crate::source::Span;
use crate::value::duration::Duration;

/// A value with the place where it stands and the word the file uses for it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Its bytes.
    pub span: Span,
    /// How the file spells the property: `USER`, `user:`, `runAsUser`.
    pub written: &'static str,
}

/// What is known of a property. *Unknown* is a value of its own: it never makes a rule speak, nor does its
/// negation.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Field<T> {
    /// Stated in a file.
    Set(Stated<T>),
    /// Not stated; the platform's documented default holds.
    Default(T),
    /// Not stated, and nothing stands in for it.
    #[default]
    Unset,
    /// Stated or not, it can't be told from the files.
    Unknown,
    /// The format has no such property (a Compose service has no readiness probe).
    NotApplicable,
}

impl<T> Field<T> {
    /// A stated value.
    pub fn set(value: T, span: Span, written: &'static str) -> Self {
        Field::Set(Stated { value, span, written })
    }

    /// The value in effect: stated, or the default.
    pub fn value(&self) -> Option<&T> {
        match self {
            Field::Set(stated) => Some(&stated.value),
            Field::Default(value) => Some(value),
            Field::Unset | Field::Unknown | Field::NotApplicable => None,
        }
    }

    /// The place of a stated value.
    pub fn span(&self) -> Option<Span> {
        match self {
            Field::Set(stated) => Some(stated.span),
            _ => None,
        }
    }

    /// This field, or `other` where nothing is stated here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Field::Default(_) if matches!(other, Field::Set(_) | Field::Unknown) => other,
            Field::Unset | Field::NotApplicable => other,
            Field::Set(_) | Field::Unknown | Field::Default(_) => self,
        }
    }

    /// Whether nothing is stated: unset or a default.
    pub fn is_unstated(&self) -> bool {
        matches!(self, Field::Unset | Field::Default(_))
    }
}

/// A property as a rule's condition sees it, whatever its Rust type is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct View<'a> {
    /// Whether the value is stated, a default, or missing and why.
    pub state: State,
    /// The value, where `state` is [`State::Set`] or [`State::Default`].
    pub value: Value<'a>,
    /// The place of a stated value.
    pub span: Option<Span>,
    /// How the file spells the property.
    pub written: &'static str,
}

/// The five states of a [`Field`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// [`Field::Set`]
    Set,
    /// [`Field::Default`]
    Default,
    /// [`Field::Unset`]
    Unset,
    /// [`Field::Unknown`]
    Unknown,
    /// [`Field::NotApplicable`]
    NotApplicable,
}

/// A value as conditions compare it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A length of time.
    Duration(Duration),
    /// Free text.
    Text(&'a str),
    /// One of a closed list of words.
    Word(&'static str),
    /// Several texts.
    List(&'a [&'a str]),
    /// No value.
    Nothing,
}

/// The type of a field, against which a rule's operands are checked when it is loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A whole number.
    Number,
    /// A length of time.
    Duration,
    /// Free text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Several texts.
    List,
}

/// A Rust type that can be the value of a field.
pub trait FieldValue {
    /// Its type as rules know it.
    const TYPE: Type;
    /// The value as rules see it.
    fn view(&self) -> Value<'_>;
}

impl<T: FieldValue> Field<T> {
    /// The property as a condition sees it.
    pub fn view(&self) -> View<'_> {
        let (state, value, span, written) = match self {
            Field::Set(stated) => (State::Set, stated.value.view(), Some(stated.span), stated.written),
            Field::Default(value) => (State::Default, value.view(), None, ""),
            Field::Unset => (State::Unset, Value::Nothing, None, ""),
            Field::Unknown => (State::Unknown, Value::Nothing, None, ""),
            Field::NotApplicable => (State::NotApplicable, Value::Nothing, None, ""),
        };
        View { state, value, span, written }
    }
}

impl FieldValue for bool {
    const TYPE: Type = Type::Bool;
    fn view(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl FieldValue for i64 {
    const TYPE: Type = Type::Number;
    fn view(&self) -> Value<'_> {
        Value::Number(*self)
    }
}

impl FieldValue for &str {
    const TYPE: Type = Type::Text;
    fn view(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl FieldValue for Vec<&str> {
    const TYPE: Type = Type::List;
    fn view(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl FieldValue for Duration {
    const TYPE: Type = Type::Duration;
    fn view(&self) -> Value<'_> {
        Value::Duration(*self)
    }
}

/// Declares a closed list of words as an enum that rules can compare with.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $( $(#[doc = $vdoc:literal])* $variant:ident = $word:literal, )* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum $name { $( $(#[doc = $vdoc])* $variant, )* }

        impl $name {
            /// The word as rules write it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl $crate::facts::FieldValue for $name {
            const TYPE: $crate::facts::Type = $crate::facts::Type::Word(&[$($word),*]);
            fn view(&self) -> $crate::facts::Value<'_> {
                $crate::facts::Value::Word(self.word())
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn a_stated_value_wins_over_a_default_and_unknown_is_kept() {
        let sources = Sources::default();
        let span = sources.text(sources.add("x".into(), "true".into())).span(0..4);
        let set = Field::set(true, span, "x");
        assert_eq!(Field::Default(false).or(set), set);
        assert_eq!(set.or(Field::Default(false)), set);
        assert_eq!(Field::<bool>::Unknown.or(set), Field::Unknown);
        assert_eq!(Field::Unset.or(set), set);
        assert_eq!(Field::Default(false).or(Field::Unknown), Field::Unknown);
        assert_eq!(Field::Default(false).or(Field::Unset), Field::Default(false));
    }
}
