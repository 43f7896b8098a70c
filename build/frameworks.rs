//! The frameworks that controls belong to: rules/data/frameworks.toml.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use toml::{Table, Value};

const FILE: &str = "rules/data/frameworks.toml";
/// `id` is for tests alone: the program compiles no expression of it.
const KEYS: [&str; 5] = ["name", "version", "id", "organization", "url"];

/// The Rust code of the table.
pub(crate) fn generate() -> Result<String, Box<dyn Error>> {
    let table: Table = fs::read_to_string(FILE)?.parse().map_err(|error| format!("{FILE}: {error}"))?;
    let mut frameworks: Vec<_> = table.iter().collect();
    // Sorted for binary search.
    frameworks.sort_unstable_by_key(|(id, _)| *id);
    let mut code = String::from("static FRAMEWORKS: &[Framework] = &[\n");
    for (id, framework) in frameworks {
        let framework = framework.as_table().ok_or_else(|| format!("{FILE}: {id} is no table"))?;
        if let Some(key) = framework.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("{FILE}: unknown key {id}.{key}").into());
        }
        let optional = |key: &str| framework.get(key).and_then(Value::as_str);
        let text = |key: &str| optional(key).ok_or_else(|| format!("{FILE}: {id}.{key} is missing"));
        let (name, version, organization) = (text("name")?, text("version")?, text("organization")?);
        writeln!(
            code,
            "Framework {{ id: {id:?}, name: {name:?}, version: {version:?}, \
             organization: {organization:?}, url: {:?} }},",
            optional("url")
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}
