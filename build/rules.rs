//! The rules: rules/<topic>/<id>.md. Only their form is read here; what their words mean is checked when
//! they are loaded, by the same code that checks users' rules.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The Rust code of the table.
pub(crate) fn generate() -> Result<String, Box<dyn Error>> {
    let mut code = String::from("static BUILT_IN: &[RawRule] = &[\n");
    let mut files = rule_files()?;
    files.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    for path in files {
        write_rule(&mut code, &path).map_err(|error| format!("{}: {error}", path.display()))?;
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

fn write_rule(code: &mut String, path: &Path) -> Result<(), Box<dyn Error>> {
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
         {file:?})), body: {body}, head: "
    )?;
    write_table(code, table.span(), table.get_ref(), start)?;
    code.push_str(" },\n");
    Ok(())
}

fn write_table(
    code: &mut String,
    span: std::ops::Range<usize>,
    table: &DeTable<'_>,
    start: usize,
) -> std::fmt::Result {
    write!(
        code,
        "Raw {{ start: {}, end: {}, value: RawValue::Table(&[",
        span.start + start,
        span.end + start
    )?;
    for (key, value) in table {
        write!(code, "({:?}, ", key.get_ref())?;
        write_value(code, value, start)?;
        code.push_str("), ");
    }
    code.push_str("]) }");
    Ok(())
}

fn write_value(code: &mut String, value: &Spanned<DeValue<'_>>, start: usize) -> std::fmt::Result {
    let span = value.span();
    if let DeValue::Table(table) = value.get_ref() {
        return write_table(code, span, table, start);
    }
    write!(code, "Raw {{ start: {}, end: {}, value: RawValue::", span.start + start, span.end + start)?;
    match value.get_ref() {
        DeValue::String(text) => write!(code, "Text({text:?})")?,
        DeValue::Integer(number) => write!(code, "Number({})", number.as_str())?,
        DeValue::Boolean(value) => write!(code, "Bool({value})")?,
        DeValue::Array(items) => {
            code.push_str("List(&[");
            for item in items {
                write_value(code, item, start)?;
                code.push_str(", ");
            }
            code.push_str("])");
        }
        // Loading refuses a text where something else is wanted, with its place.
        other => write!(code, "Text({:?})", format!("{other:?}"))?,
    }
    code.push_str(" }");
    Ok(())
}
