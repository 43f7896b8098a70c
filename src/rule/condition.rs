//! Conditions: what a rule asks of a fact. An answer is yes, no or *unknown*; only yes makes a rule speak.

use std::sync::OnceLock;

use regex::Regex;

use super::words::Word;
use crate::facts::{Fact, State, Value, View};
use crate::policy::{Limit, Limits};
use crate::value::duration::Duration;

/// The answer to a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It doesn't hold.
    No,
    /// It can't be told from the files. Unknown stays unknown when it is negated.
    Unknown,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Truth::Yes } else { Truth::No }
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;
    fn not(self) -> Truth {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

/// What a rule asks of a fact.
#[derive(Debug)]
pub enum Condition {
    /// Every part holds; an empty list always holds.
    All(Vec<Condition>),
    /// At least one part holds.
    Any(Vec<Condition>),
    /// The part doesn't hold.
    Not(Box<Condition>),
    /// A test of one field.
    Field(&'static str, Test),
}

/// A test of one field. All but the last two ask about the value in effect, be it stated or a default;
/// [`Test::ByDefault`] asks about defaults alone.
#[derive(Debug)]
pub enum Test {
    /// The value is this, or has the named property.
    Is(Operand),
    /// The value, or an item of a list, is one of these.
    In(Vec<Operand>),
    /// The text, or an item of a list, matches this regular expression.
    Matches(Pattern),
    /// The value is less than this.
    Below(Operand),
    /// The value is more than this.
    Above(Operand),
    /// No item of the list is this; a list that isn't stated lacks everything.
    Lacks(Operand),
    /// The jurisdiction, or one of several, lies outside of these.
    Outside(Limit),
    /// Nothing is stated and there is no default.
    Unset,
    /// Nothing is stated, and the default is this.
    ByDefault(Operand),
}

/// What a value is compared with.
#[derive(Debug)]
pub enum Operand {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text, or one of a field's words.
    Text(&'static str),
    /// A length of time.
    Duration(Duration),
    /// A named property.
    Word(Word),
    /// What the policy says.
    Policy(Limit),
}

/// A regular expression that compiles on its first use.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern that was checked when its rule was loaded.
    pub(super) fn new(source: &'static str) -> Self {
        Pattern { source, compiled: OnceLock::new() }
    }

    fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.source).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl Condition {
    /// Asks the condition of a fact.
    #[must_use]
    pub fn ask<'s>(&self, fact: &dyn Fact<'s>, limits: &Limits) -> Truth {
        match self {
            Condition::All(parts) => {
                let mut answer = Truth::Yes;
                for part in parts {
                    match part.ask(fact, limits) {
                        Truth::No => return Truth::No,
                        Truth::Unknown => answer = Truth::Unknown,
                        Truth::Yes => {}
                    }
                }
                answer
            }
            Condition::Any(parts) => {
                let mut answer = Truth::No;
                for part in parts {
                    match part.ask(fact, limits) {
                        Truth::Yes => return Truth::Yes,
                        Truth::Unknown => answer = Truth::Unknown,
                        Truth::No => {}
                    }
                }
                answer
            }
            Condition::Not(part) => !part.ask(fact, limits),
            Condition::Field(name, test) => fact.field(name).map_or(Truth::No, |view| test.ask(view, limits)),
        }
    }

    /// The first field the condition names: where a finding lies when the case doesn't say.
    #[must_use]
    pub fn first_field(&self) -> Option<&'static str> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().find_map(Condition::first_field),
            Condition::Not(part) => part.first_field(),
            Condition::Field(name, _) => Some(name),
        }
    }
}

impl Test {
    fn ask(&self, view: View<'_>, limits: &Limits) -> Truth {
        match (self, view.state) {
            (_, State::NotApplicable) => Truth::No,
            (_, State::Unknown) => Truth::Unknown,
            (Test::Unset, state) => (state == State::Unset).into(),
            (Test::ByDefault(operand), State::Default) => operand.equals(view.value, limits),
            (Test::ByDefault(_), _) => Truth::No,
            (Test::Lacks(_), State::Unset) => Truth::Yes,
            (_, State::Unset) => Truth::No,
            (Test::Is(operand), _) => operand.equals(view.value, limits),
            (Test::In(operands), _) => any(view.value, |item| {
                let answers = operands.iter().map(|operand| operand.equals(item, limits));
                fold_any(answers)
            }),
            (Test::Matches(pattern), _) => any(view.value, |item| match item {
                Value::Text(text) => pattern.matches(text).into(),
                Value::Word(word) => pattern.matches(word).into(),
                _ => Truth::No,
            }),
            (Test::Below(operand), _) => operand.compare(view.value, limits, std::cmp::Ordering::Less),
            (Test::Above(operand), _) => operand.compare(view.value, limits, std::cmp::Ordering::Greater),
            (Test::Lacks(operand), _) => !any(view.value, |item| operand.equals(item, limits)),
            (Test::Outside(limit), _) => any(view.value, |item| match item {
                Value::Text(code) => limits.outside(*limit, code),
                _ => Truth::No,
            }),
        }
    }
}

/// Whether a test holds for a value, or for any item of a list.
fn any(value: Value<'_>, test: impl Fn(Value<'_>) -> Truth) -> Truth {
    match value {
        Value::List(items) => fold_any(items.iter().map(|item| test(Value::Text(item)))),
        value => test(value),
    }
}

fn fold_any(answers: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::No;
    for answer in answers {
        match answer {
            Truth::Yes => return Truth::Yes,
            Truth::Unknown => result = Truth::Unknown,
            Truth::No => {}
        }
    }
    result
}

impl Operand {
    fn equals(&self, value: Value<'_>, limits: &Limits) -> Truth {
        match (self, value) {
            (Operand::Bool(wanted), Value::Bool(found)) => (*wanted == found).into(),
            (Operand::Number(wanted), Value::Number(found)) => (*wanted == found).into(),
            (Operand::Duration(wanted), Value::Duration(found)) => (*wanted == found).into(),
            (Operand::Text(wanted), Value::Text(found)) => (*wanted == found).into(),
            (Operand::Text(wanted), Value::Word(found)) => (*wanted == found).into(),
            (Operand::Word(word), Value::Text(found)) => (word.holds)(found),
            (Operand::Policy(limit), value) => match limits.value(*limit) {
                Some(Value::Bool(wanted)) => (value == Value::Bool(wanted)).into(),
                Some(wanted) => (wanted == value).into(),
                None => Truth::Unknown,
            },
            _ => Truth::No,
        }
    }

    fn compare(&self, value: Value<'_>, limits: &Limits, wanted: std::cmp::Ordering) -> Truth {
        let operand = match self {
            Operand::Number(number) => Value::Number(*number),
            Operand::Duration(duration) => Value::Duration(*duration),
            Operand::Policy(limit) => match limits.value(*limit) {
                Some(value) => value,
                None => return Truth::Unknown,
            },
            Operand::Bool(_) | Operand::Text(_) | Operand::Word(_) => return Truth::No,
        };
        match (value, operand) {
            (Value::Number(found), Value::Number(limit)) => (found.cmp(&limit) == wanted).into(),
            (Value::Duration(found), Value::Duration(limit)) => {
                found.partial_cmp(&limit).map_or(Truth::Unknown, |order| (order == wanted).into())
            }
            _ => Truth::No,
        }
    }
}
