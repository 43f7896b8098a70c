//! What a finding says: a text with places for what is known of the fact.

use crate::facts::{Fact, Kind, Value, View};
use crate::policy::{Limit, Limits};

/// Most messages have at most so many bytes.
const USUAL: usize = 160;

/// A message with `{…}` in it: `{subject}`, a field (`{user}`), a field's spelling (`{user.written}`), or
/// what the policy says (`{policy.audit-retention}`).
#[derive(Debug)]
pub struct Message(Vec<Part>);

#[derive(Debug)]
enum Part {
    Literal(&'static str),
    Subject,
    Field(&'static str),
    Written(&'static str),
    Policy(Limit),
    /// Filled in by the algorithm of a rule that has one.
    Named(&'static str),
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with it: an unclosed brace, or a name that is neither a field of the kind nor a limit.
    pub(super) fn parse(text: &'static str, kind: Kind, code: bool) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, behind)) = rest.split_once('{') {
            let (name, behind) = behind.split_once('}').ok_or("a `{` without `}`")?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal));
            }
            parts.push(part(name, kind, code)?);
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest));
        }
        Ok(Message(parts))
    }

    /// The message for a fact.
    pub(super) fn render(&self, fact: &dyn Fact<'_>, limits: &Limits) -> String {
        self.write(fact.head().subject, &|name| fact.field(name), &[], limits)
    }

    /// The message with the words that an algorithm found.
    pub(super) fn render_named(
        &self,
        subject: &str,
        named: &[(&'static str, String)],
        limits: &Limits,
    ) -> String {
        self.write(subject, &|_| None, named, limits)
    }

    fn write<'f>(
        &self,
        subject: &str,
        field: &dyn Fn(&str) -> Option<View<'f>>,
        named: &[(&'static str, String)],
        limits: &Limits,
    ) -> String {
        let mut out = String::with_capacity(USUAL);
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Subject => out.push_str(subject),
                Part::Field(name) => {
                    if let Some(view) = field(name) {
                        push_value(&mut out, view.value);
                    }
                }
                Part::Written(name) => out.push_str(field(name).map_or("", |view| view.written)),
                Part::Policy(limit) => out.push_str(&limits.describe(*limit)),
                Part::Named(name) => {
                    let found = named.iter().find(|(key, _)| key == name);
                    out.push_str(found.map_or("", |(_, text)| text));
                }
            }
        }
        out
    }
}

fn part(name: &'static str, kind: Kind, code: bool) -> Result<Part, String> {
    if name == "subject" {
        return Ok(Part::Subject);
    }
    if let Some(limit) = name.strip_prefix("policy.") {
        return Limit::find(limit).map(Part::Policy).ok_or_else(|| format!("the policy has no `{limit}`"));
    }
    if code {
        return Ok(Part::Named(name));
    }
    let field = name.strip_suffix(".written").unwrap_or(name);
    if kind == Kind::Setting && field == "value" {
        return Err("a setting's value may be a secret and has no place in a message".into());
    }
    if !kind.fields().iter().any(|known| known.name == field) {
        return Err(format!("{} has no field `{field}`", kind.name()));
    }
    Ok(if field == name { Part::Field(name) } else { Part::Written(field) })
}

fn push_value(out: &mut String, value: Value<'_>) {
    use std::fmt::Write as _;
    // Writing to a string can't fail.
    let _ = match value {
        Value::Bool(value) => write!(out, "{value}"),
        Value::Number(value) => write!(out, "{value}"),
        Value::Duration(value) => write!(out, "{value}"),
        Value::Text(value) | Value::Word(value) => write!(out, "{value}"),
        Value::List(items) => write!(out, "{}", items.join(", ")),
        Value::Nothing => Ok(()),
    };
}
