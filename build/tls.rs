//! Cipher suites and the words of cipher strings: rules/data/tls.toml.
//!
//! Each part that a suite can have is a bit; suites and words become masks.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use toml::{Table, Value};

use crate::packed::Packed;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const FILE: &str = "rules/data/tls.toml";

/// The Rust code of the table.
pub(crate) fn generate(packed: &mut Packed) -> Result<String> {
    let text = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    let table: Table = toml::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
    let mut parts = Parts::default();
    let mut suites = BTreeMap::new();
    let both = inner(&table, "suites")?;
    for (section, former) in [("current", false), ("former", true)] {
        for (name, made_of) in inner(both, section)? {
            let (all, _) = parts.mask(string(made_of)?, true)?;
            if suites.insert(name.to_ascii_uppercase(), (all, former)).is_some() {
                return Err(format!("{FILE}: {name} stands twice").into());
            }
        }
    }
    let mut words = BTreeMap::new();
    for name in parts.bits.keys() {
        let (all, none) = parts.clone().mask(name, false)?;
        words.insert(name.to_ascii_uppercase(), (all, none, false));
    }
    for (section, weak) in [("words", false), ("weak-words", true)] {
        for (name, meaning) in inner(&table, section)? {
            let (all, none) = parts.mask(string(meaning)?, true)?;
            words.insert(name.to_ascii_uppercase(), (all, none, weak));
        }
    }
    let mut code = String::from("static SUITES: &[Suite] = &[\n");
    for (name, (parts, former)) in suites {
        writeln!(
            code,
            "Suite {{ name: {}, parts: {}, former: {former} }},",
            packed.text(&name),
            literal(parts)
        )?;
    }
    code.push_str("];\nstatic WORDS: &[Word] = &[\n");
    for (name, (all, none, weak)) in words {
        writeln!(
            code,
            "Word {{ name: {}, all: {}, none: {}, weak: {weak} }},",
            packed.text(&name),
            literal(all),
            literal(none)
        )?;
    }
    code.push_str("];\nstatic WEAK_PARTS: &[(u128, Kind)] = &[\n");
    for (name, kind) in inner(&table, "weak-parts")? {
        let (all, _) = parts.mask(name, false)?;
        writeln!(code, "({}, Kind::{}),", literal(all), string(kind)?)?;
    }
    let known = inner(&table, "known")?.get("names").and_then(Value::as_array).ok_or("no known names")?;
    let mut known: Vec<_> =
        known.iter().map(|name| Ok(string(name)?.to_ascii_uppercase())).collect::<Result<_>>()?;
    known.sort();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    writeln!(code, "];\nstatic KNOWN: &[Text] = {};", packed.array(&known))?;
    Ok(code)
}

/// The mask in Rust, with a `_` between groups of four digits.
fn literal(mask: u128) -> String {
    let digits = format!("{mask:x}");
    let mut literal = String::from("0x");
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(4) {
            literal.push('_');
        }
        literal.push(digit);
    }
    literal
}

/// The bit of each part.
#[derive(Clone, Default)]
struct Parts {
    bits: BTreeMap<String, u32>,
}

impl Parts {
    /// The parts that must be there, and those that must not.
    fn mask(&mut self, text: &str, grows: bool) -> Result<(u128, u128)> {
        let (mut all, mut none) = (0, 0);
        for part in text.split_whitespace() {
            let (name, mask) = match part.strip_prefix('!') {
                Some(name) => (name, &mut none),
                None => (part, &mut all),
            };
            let next = u32::try_from(self.bits.len())?;
            let bit = match self.bits.get(name) {
                Some(bit) => *bit,
                None if grows && next < u128::BITS => *self.bits.entry(name.to_owned()).or_insert(next),
                None => return Err(format!("{FILE}: unknown part `{name}`").into()),
            };
            *mask |= 1 << bit;
        }
        Ok((all, none))
    }
}

fn inner<'t>(table: &'t Table, key: &str) -> Result<&'t Table> {
    table.get(key).and_then(Value::as_table).ok_or_else(|| format!("{FILE}: no table `{key}`").into())
}

fn string(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| format!("{FILE}: {value} is no string").into())
}
