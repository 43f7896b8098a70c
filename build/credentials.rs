//! Default and trivial passwords, and the formats of tokens: rules/data/credentials.toml.

use std::fmt::Write as _;
use std::fs;

use toml::Table;

use crate::packed::Packed;

const FILE: &str = "rules/data/credentials.toml";

/// The lists, each with the name of its static.
const LISTS: &[(&str, &str)] = &[
    ("trivial", "TRIVIAL"),
    ("words", "WORDS"),
    ("nouns", "NOUNS"),
    ("placeholders", "PLACEHOLDERS"),
    ("markers", "MARKERS"),
    ("digests", "DIGESTS"),
    ("published", "PUBLISHED"),
];

/// The Rust code of the table.
pub(crate) fn generate(packed: &mut Packed) -> Result<String, Box<dyn std::error::Error>> {
    let table: Table = fs::read_to_string(FILE)?.parse()?;
    let mut code = String::new();
    for (name, constant) in LISTS {
        let items = table
            .get(*name)
            .and_then(toml::Value::as_array)
            .ok_or_else(|| format!("{FILE}: no list `{name}`"))?;
        let mut items = items
            .iter()
            .map(|item| item.as_str().ok_or_else(|| format!("{FILE}: `{name}` holds more than strings")))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(item) = items.iter().find(|item| item.to_lowercase() != **item) {
            return Err(format!("{FILE}: `{item}` in `{name}` is not in small letters").into());
        }
        // Sorted for binary search.
        items.sort_unstable();
        items.dedup();
        writeln!(code, "static {constant}: &[Text] = {};", packed.array(&items))?;
    }
    let mut rows = Vec::new();
    let formats =
        table.get("format").and_then(toml::Value::as_array).ok_or_else(|| format!("{FILE}: no `format`"))?;
    for format in formats {
        let text = |name: &str| {
            format
                .get(name)
                .and_then(toml::Value::as_str)
                .ok_or_else(|| format!("{FILE}: a format without `{name}`"))
        };
        let number = |name: &str| {
            format
                .get(name)
                .and_then(toml::Value::as_integer)
                .ok_or_else(|| format!("{FILE}: a format without `{name}`"))
        };
        let alphabet = match text("alphabet")? {
            "word" => "Word",
            "alnum" => "Alnum",
            "hex" => "Hex",
            "upper" => "Upper",
            "base64" => "Base64",
            "dotted" => "Dotted",
            "path" => "Path",
            other => return Err(format!("{FILE}: unknown alphabet `{other}`").into()),
        };
        let (prefix, name, min, max) = (text("prefix")?, text("name")?, number("min")?, number("max")?);
        rows.push(format!(
            "Format {{ prefix: {prefix:?}, name: {name:?}, alphabet: Alphabet::{alphabet}, min: {min}, max: {max} }}"
        ));
    }
    // Sorted by prefix, for binary search.
    rows.sort_unstable();
    writeln!(code, "static FORMATS: &[Format] = &[{}];", rows.join(","))?;
    Ok(code)
}
