//! A rule's file to a [`Rule`]: every word in its head is checked against the facts it speaks of.

use std::ops::Range;

use super::condition::{Condition, Operand, Pattern, Test};
use super::message::Message;
use super::raw::{Raw, RawRule, RawValue, Raws};
use super::{Adjust, Case, Level, Rule, code, words};
use crate::facts::{FieldSchema, Kind, Type};
use crate::policy::Limit;
use crate::value::duration;

/// What is wrong with a rule's file, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// The bytes of the file.
    pub span: Range<usize>,
    /// What is wrong, in lower case and without a stop.
    pub message: String,
}

type Result<T> = std::result::Result<T, RuleError>;

/// Checks a rule.
///
/// # Errors
/// The first thing in its head that isn't known or doesn't fit.
pub fn load(raw: &RawRule) -> Result<Rule> {
    let head = raw.head;
    let lacking = |message: &str| RuleError { span: 0..raw.body, message: message.to_owned() };
    known_keys(head, &["since", "controls", "related", "case"])?;
    let body = raw.text.get(raw.body..).unwrap_or_default();
    let title = body.trim_start().lines().next().and_then(|line| line.strip_prefix("# "));
    let title = title.ok_or_else(|| lacking("the Markdown must begin with a heading"))?;
    let cases = head.get("case").ok_or_else(|| lacking("a rule needs at least one [[case]]"))?;
    let cases = list(cases)?.iter().map(|case| load_case(raw.id, case)).collect::<Result<Vec<_>>>()?;
    Ok(Rule {
        id: raw.id,
        topic: raw.topic,
        since: head.get("since").map(text).transpose()?.unwrap_or_default(),
        title,
        text: body,
        controls: controls(head, "controls")?,
        related: controls(head, "related")?,
        cases,
    })
}

/// Controls of frameworks. They are read whenever they are asked for, since few runs ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct Controls(Raws);

impl Controls {
    /// Each framework with the identifiers of its controls.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
        self.0.iter().map(|raw| {
            let ids = list(raw).unwrap_or_default().iter();
            (raw.key(), ids.filter_map(|id| text(id).ok()).collect())
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.iter().next().is_none()
    }
}

fn controls(head: Raws, key: &str) -> Result<Controls> {
    let Some(raw) = head.get(key) else { return Ok(Controls::default()) };
    let frameworks = table(raw)?;
    for framework in frameworks.iter() {
        list(framework)?.iter().try_for_each(|id| text(id).map(|_| ()))?;
    }
    Ok(Controls(frameworks))
}

fn load_case(id: &str, raw: Raw) -> Result<Case> {
    let case = table(raw)?;
    known_keys(
        case,
        &["about", "when", "at", "level", "message", "in-template", "in-development", "in-unstated"],
    )?;
    let about = required(raw, case, "about")?;
    let kind = Kind::ALL.iter().find(|kind| Ok(kind.name()) == text(about));
    let kind =
        *kind.ok_or_else(|| unknown(about, "kind of fact", Kind::ALL.iter().map(|kind| kind.name())))?;
    let when = required(raw, case, "when")?;
    let algorithm = matches!(when.value(), RawValue::Text("code"));
    if algorithm && code::find(id).is_none() {
        return Err(error(when, &format!("there is no algorithm for `{id}`")));
    }
    let level = required(raw, case, "level")?;
    let level = Level::parse(text(level)?)
        .ok_or_else(|| unknown(level, "level", ["error", "warning", "note"].into_iter()))?;
    let message = required(raw, case, "message")?;
    let at = case.get("at").map(|at| field(at, text(at)?, kind).map(|schema| schema.name)).transpose()?;
    Ok(Case {
        about: kind,
        when: if algorithm { None } else { Some(condition(when, kind)?) },
        at,
        level,
        message: Message::parse(text(message)?, kind, algorithm).map_err(|wrong| error(message, &wrong))?,
        in_template: adjust(case, "in-template")?,
        in_development: adjust(case, "in-development")?,
        in_unstated: adjust(case, "in-unstated")?,
    })
}

fn adjust(case: Raws, key: &str) -> Result<Adjust> {
    let Some(raw) = case.get(key) else { return Ok(Adjust::Keep) };
    match text(raw)? {
        "off" => Ok(Adjust::Off),
        "lower" => Ok(Adjust::Lower),
        name => Level::parse(name).map(Adjust::To).ok_or_else(|| {
            unknown(raw, "adjustment", ["off", "lower", "error", "warning", "note"].into_iter())
        }),
    }
}

fn condition(raw: Raw, kind: Kind) -> Result<Condition> {
    let parts = table(raw)?.iter().map(|value| match value.key() {
        "all" => conditions(value, kind).map(Condition::All),
        "any" => conditions(value, kind).map(Condition::Any),
        "none" => Ok(Condition::Not(Box::new(Condition::Any(conditions(value, kind)?)))),
        "not" => Ok(Condition::Not(Box::new(condition(value, kind)?))),
        name => {
            let schema = field(value, name, kind)?;
            tests(value, schema)
        }
    });
    let mut parts = parts.collect::<Result<Vec<_>>>()?;
    Ok(match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Condition::All(parts)
        }
        None => Condition::All(parts),
    })
}

fn conditions(raw: Raw, kind: Kind) -> Result<Vec<Condition>> {
    list(raw)?.iter().map(|part| condition(part, kind)).collect()
}

/// `user = { is = "root" }`, or `privileged = true` for short.
fn tests(raw: Raw, schema: &FieldSchema) -> Result<Condition> {
    let RawValue::Table(entries) = raw.value() else {
        return Ok(Condition::Field(schema.name, Test::Is(operand(raw, schema.field_type)?)));
    };
    let parts = entries.iter().map(|value| match value.key() {
        "not" => Ok(Condition::Not(Box::new(tests(value, schema)?))),
        operator => Ok(Condition::Field(schema.name, test(operator, value, schema)?)),
    });
    let mut parts = parts.collect::<Result<Vec<_>>>()?;
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok(only),
        Some(last) => {
            parts.push(last);
            Ok(Condition::All(parts))
        }
        None => Err(error(raw, "a test needs an operator")),
    }
}

const OPERATORS: [&str; 10] =
    ["is", "in", "matches", "below", "above", "lacks", "outside", "unset", "by-default", "not"];

fn test(operator: &str, raw: Raw, schema: &FieldSchema) -> Result<Test> {
    let field_type = schema.field_type;
    let item_type = if field_type == Type::List { Type::Text } else { field_type };
    Ok(match operator {
        "is" => Test::Is(operand(raw, field_type)?),
        "in" => Test::In(list(raw)?.iter().map(|item| operand(item, item_type)).collect::<Result<_>>()?),
        "matches" => {
            let pattern = text(raw)?;
            regex::Regex::new(pattern)
                .map_err(|wrong| error(raw, &format!("not a regular expression: {wrong}")))?;
            Test::Matches(Pattern::new(pattern))
        }
        "below" => Test::Below(ordered(raw, field_type)?),
        "above" => Test::Above(ordered(raw, field_type)?),
        "lacks" => Test::Lacks(operand(raw, item_type)?),
        "outside" => match operand(raw, field_type)? {
            Operand::Policy(limit) => Test::Outside(limit),
            _ => return Err(error(raw, "`outside` compares with a list of the policy")),
        },
        "unset" => match raw.value() {
            RawValue::Bool(true) => Test::Unset,
            _ => return Err(error(raw, "write `unset = true`; its opposite is `not = { unset = true }`")),
        },
        "by-default" => Test::ByDefault(operand(raw, field_type)?),
        other => return Err(unknown_name(raw, other, "operator", OPERATORS.into_iter())),
    })
}

fn ordered(raw: Raw, field_type: Type) -> Result<Operand> {
    match field_type {
        Type::Number | Type::Duration => operand(raw, field_type),
        _ => Err(error(raw, "only numbers and durations are more or less than something")),
    }
}

fn operand(raw: Raw, field_type: Type) -> Result<Operand> {
    if let RawValue::Text(name) = raw.value()
        && let Some(limit) = name.strip_prefix("policy.")
    {
        let limit =
            Limit::find(limit).ok_or_else(|| unknown(raw, "setting of the policy", Limit::names()))?;
        return Ok(Operand::Policy(limit));
    }
    match (raw.value(), field_type) {
        (RawValue::Bool(value), Type::Bool) => Ok(Operand::Bool(value)),
        (RawValue::Number(value), Type::Number) => Ok(Operand::Number(value)),
        (RawValue::Text(value), Type::Duration) => duration::parse(value, None)
            .map(Operand::Duration)
            .ok_or_else(|| error(raw, "not a duration: write `7y`, `90d` or the like")),
        (RawValue::Text(value), Type::Word(known)) if known.contains(&value) => Ok(Operand::Text(value)),
        (RawValue::Text(_), Type::Word(known)) => Err(unknown(raw, "word", known.iter().copied())),
        (RawValue::Text(value), Type::Text) => {
            Ok(words::find(value).map_or(Operand::Text(value), Operand::Word))
        }
        (_, Type::Bool) => Err(error(raw, "this field is yes or no: write true or false")),
        (_, Type::Number) => Err(error(raw, "this field is a whole number")),
        (_, Type::Duration) => Err(error(raw, "this field is a duration: write \"90d\"")),
        (_, Type::Word(_) | Type::Text) => Err(error(raw, "this field is a text")),
        (_, Type::List) => Err(error(raw, "this field is a list: ask `in`, `lacks` or `matches`")),
    }
}

fn field(raw: Raw, name: &str, kind: Kind) -> Result<&'static FieldSchema> {
    let fields = kind.fields();
    fields.iter().find(|schema| schema.name == name).ok_or_else(|| {
        unknown_name(raw, name, &format!("field of {}", kind.name()), fields.iter().map(|schema| schema.name))
    })
}

fn known_keys(table: Raws, known: &[&'static str]) -> Result<()> {
    match table.iter().find(|raw| !known.contains(&raw.key())) {
        Some(raw) => Err(unknown_name(raw, raw.key(), "key", known.iter().copied())),
        None => Ok(()),
    }
}

fn required(raw: Raw, table: Raws, key: &str) -> Result<Raw> {
    table.get(key).ok_or_else(|| error(raw, &format!("`{key}` is missing")))
}

fn table(raw: Raw) -> Result<Raws> {
    match raw.value() {
        RawValue::Table(entries) => Ok(entries),
        _ => Err(error(raw, "a table is wanted here")),
    }
}

fn list(raw: Raw) -> Result<Raws> {
    match raw.value() {
        RawValue::List(items) => Ok(items),
        _ => Err(error(raw, "a list is wanted here")),
    }
}

fn text(raw: Raw) -> Result<&'static str> {
    match raw.value() {
        RawValue::Text(text) => Ok(text),
        _ => Err(error(raw, "a string is wanted here")),
    }
}

fn error(raw: Raw, message: &str) -> RuleError {
    RuleError { span: raw.span(), message: message.to_owned() }
}

fn unknown(raw: Raw, what: &str, known: impl Iterator<Item = &'static str>) -> RuleError {
    match text(raw) {
        Ok(name) => unknown_name(raw, name, what, known),
        Err(wrong) => wrong,
    }
}

fn unknown_name(raw: Raw, name: &str, what: &str, known: impl Iterator<Item = &'static str>) -> RuleError {
    let hint = crate::policy::did_you_mean(name, known);
    RuleError { span: raw.span(), message: format!("unknown {what} `{name}`{hint}") }
}
