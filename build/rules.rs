//! The rules: rules/<topic>/<id>.md. Only their form is read here; what their words mean is checked when
//! they are loaded, by the same code that checks users' rules.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::packed::Packed;

/// The Rust code of the table.
pub(crate) fn generate(packed: &mut Packed) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("static BUILT_IN: &[RawRule] = &[\n");
    let mut files = rule_files()?;
    files.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    for path in files {
        write_rule(&mut code, &path, packed).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    code.push_str("];\n");
    Ok(code)
}

fn rule_files() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for topic in fs::read_dir("rules")? {
        let topic = topic?.path();
        if !topic.is_dir() || topic.ends_with("data") {
            continue;
        }
        for file in fs::read_dir(&topic)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "md") {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn write_rule(code: &mut String, path: &Path, packed: &mut Packed) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let head = text.strip_prefix("+++\n").ok_or("a rule begins with `+++`")?;
    let (head, _) = head.split_once("\n+++\n").ok_or("the head ends with `+++`")?;
    let (start, body) = (4, 4 + head.len() + 5);
    let table = DeTable::parse(head)?;
    let name = |path: Option<&std::ffi::OsStr>| {
        path.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let id = name(path.file_stem());
    let topic = name(path.parent().and_then(Path::file_name));
    // Seen from the manifest, since build caches are moved from one checkout to another.
    let file = format!("/rules/{topic}/{id}.md");
    write!(
        code,
        "RawRule {{ id: {id:?}, topic: {topic:?}, text: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \
         {file:?})), body: {body}, head: Raws::new(&["
    )?;
    write_entries(code, table.get_ref(), start, packed)?;
    code.push_str("], text()) },\n");
    Ok(())
}

/// Adds the nodes of a table's entries, and tells how many they are.
fn write_entries(
    code: &mut String,
    table: &DeTable<'_>,
    start: usize,
    packed: &mut Packed,
) -> Result<usize, std::fmt::Error> {
    table.iter().try_fold(0, |nodes, (key, value)| {
        let key = packed.text(key.get_ref());
        Ok(nodes + write_value(code, &key, value, start, packed)?)
    })
}

/// Adds a node with all that it holds, and tells how many nodes these are.
fn write_value(
    code: &mut String,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    start: usize,
    packed: &mut Packed,
) -> Result<usize, std::fmt::Error> {
    let span = value.span();
    let mut inner = String::new();
    let mut held = 0;
    let form = match value.get_ref() {
        DeValue::Table(table) => {
            held = write_entries(&mut inner, table, start, packed)?;
            format!("Table({held})")
        }
        DeValue::Array(items) => {
            for item in items {
                held += write_value(&mut inner, "Text::NONE", item, start, packed)?;
            }
            format!("List({held})")
        }
        DeValue::String(text) => format!("Text({})", packed.text(text)),
        DeValue::Integer(number) => format!("Number({})", number.as_str()),
        DeValue::Boolean(value) => format!("Bool({value})"),
        // Loading refuses a text where something else is wanted, with its place.
        other => format!("Text({})", packed.text(&format!("{other:?}"))),
    };
    let (from, to) = (span.start + start, span.end + start);
    writeln!(code, "Node {{ key: {key}, start: {from}, end: {to}, value: Form::{form} }},")?;
    code.push_str(&inner);
    Ok(held + 1)
}
