//! Well-known images: rules/data/images.toml.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use toml::{Table, Value};

use crate::packed::{Packed, Pool};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const FILE: &str = "rules/data/images.toml";

/// The Rust code of the table.
pub(crate) fn generate(packed: &mut Packed) -> Result<String> {
    let text = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    let table: Table = toml::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?;
    let bases = inner(&table, "base")?;
    let mut code = String::new();
    writeln!(code, "static JUDGED: &[Text] = {};", packed.array(&strings(bases.get("judged"))?))?;
    let mirrors = strings(inner(&table, "mirrors")?.get("prefixes"))?;
    writeln!(code, "static MIRRORS: &[Text] = {};", packed.array(&mirrors))?;
    let mut lists =
        Lists { packed, ports: Pool::default(), versions: Pool::default(), variants: Pool::default() };
    // Sorted by bytes, as they are searched.
    let mut images = BTreeMap::new();
    for (repository, image) in inner(&table, "image")? {
        let row = row(repository, image, bases, &mut lists)
            .map_err(|error| format!("{FILE}, {repository}: {error}"))?;
        images.insert(repository, row);
    }
    let rows: Vec<_> = images.into_values().collect();
    writeln!(code, "static IMAGES: &[Image] = &[{}];", rows.join(",\n"))?;
    lists.variants.write(&mut code, "VARIANTS", "Variant")?;
    lists.ports.write(&mut code, "STORE_PORTS", "u16")?;
    lists.versions.write(&mut code, "VERSIONS", "u32")?;
    let mut ports = BTreeMap::new();
    for (port, name) in inner(&table, "ports")? {
        ports.insert(port.parse::<u16>()?, string(name)?);
    }
    writeln!(code, "static PORTS: &[(u16, &str)] = &{:?};", ports.into_iter().collect::<Vec<_>>())?;
    Ok(code)
}

/// What rows have runs of.
struct Lists<'p> {
    packed: &'p mut Packed,
    variants: Pool,
    ports: Pool,
    versions: Pool,
}

fn row(repository: &str, image: &Value, bases: &Table, lists: &mut Lists<'_>) -> Result<String> {
    const KEYS: &[&str] =
        &["user", "base", "adds", "healthcheck", "datastore", "open", "password", "completes", "variants"];
    let image = image.as_table().ok_or("an image is a table")?;
    if let Some(key) = image.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("unknown key `{key}`").into());
    }
    let adds = strings(image.get("adds"))?;
    let mut variants = Vec::new();
    for variant in image.get("variants").and_then(Value::as_array).into_iter().flatten() {
        let variant = variant.as_table().ok_or("a variant is a table")?;
        let tag = string(variant.get("tag").ok_or("a variant has a tag")?)?;
        let own = variant.get("adds").map(|own| strings(Some(own))).transpose()?;
        let tools = tools(
            variant.get("base").or(image.get("base")),
            own.as_ref().unwrap_or(&adds),
            bases,
            lists.packed,
        )?;
        let user = user(variant.get("user").or(image.get("user")), lists.packed)?;
        variants.push(format!("Variant {{ tag: {}, user: {user}, tools: {tools} }}", lists.packed.text(tag)));
    }
    let healthcheck = flag(image, "healthcheck");
    let completes = flag(image, "completes");
    let datastore = match image.get("datastore").and_then(Value::as_table) {
        None => "None".to_owned(),
        Some(store) => {
            let name = string(store.get("name").ok_or("a datastore has a name")?)?;
            let ports = store.get("ports").and_then(Value::as_array).ok_or("a datastore has ports")?;
            let ports = ports.iter().filter_map(Value::as_integer).map(|port| port.to_string()).collect();
            format!("Some(Store {{ name: {}, ports: {} }})", lists.packed.text(name), lists.ports.run(ports)?)
        }
    };
    let open = match image.get("open").and_then(Value::as_table) {
        None => "None".to_owned(),
        Some(open) => format!(
            "Some(Open {{ unless_set: {}, unless_flags: {}, unless_files: {}, below: {} }})",
            lists.packed.list(&strings(open.get("unless"))?)?,
            lists.packed.list(&strings(open.get("flags"))?)?,
            lists.packed.list(&strings(open.get("files"))?)?,
            version(open, &mut lists.versions)?
        ),
    };
    let password = match image.get("password").and_then(Value::as_table) {
        None => "None".to_owned(),
        Some(password) => format!(
            "Some(DefaultCredentials {{ user: {}, password: {}, unless_set: {}, unless_files: {}, below: {} }})",
            lists.packed.text(string(password.get("user").ok_or("no user")?)?),
            lists.packed.text(string(password.get("password").ok_or("no password")?)?),
            lists.packed.list(&strings(password.get("unless"))?)?,
            lists.packed.list(&strings(password.get("files"))?)?,
            version(password, &mut lists.versions)?
        ),
    };
    Ok(format!(
        "Image {{ repository: {}, user: {}, tools: {}, variants: {}, healthcheck: {healthcheck}, \
         completes: {completes}, store: {datastore}, open: {open}, default_credentials: {password} }}",
        lists.packed.text(repository),
        user(image.get("user"), lists.packed)?,
        tools(image.get("base"), &adds, bases, lists.packed)?,
        lists.variants.run(variants)?,
    ))
}

/// The tools that are there, and whether the list is complete.
fn tools(base: Option<&Value>, adds: &[&str], bases: &Table, packed: &mut Packed) -> Result<String> {
    let mut all = match base {
        None => Vec::new(),
        Some(base) => {
            let name = string(base)?;
            strings(Some(bases.get(name).ok_or_else(|| format!("unknown base `{name}`"))?))?
        }
    };
    all.extend(adds);
    Ok(format!("Tools {{ present: {}, complete: {} }}", packed.list(&all)?, base.is_some()))
}

fn user(user: Option<&Value>, packed: &mut Packed) -> Result<String> {
    Ok(match user.map(string).transpose()? {
        None => "RunsAs::Unknown".to_owned(),
        Some("root") => "RunsAs::Root".to_owned(),
        Some(name) => format!("RunsAs::NonRoot({})", packed.text(name)),
    })
}

fn version(table: &Table, versions: &mut Pool) -> Result<String> {
    let Some(below) = table.get("below").map(string).transpose()? else { return Ok("None".to_owned()) };
    let numbers: Vec<u32> = below.split('.').map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(format!("Some({})", versions.run(numbers.iter().map(u32::to_string).collect())?))
}

fn flag(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn inner<'t>(table: &'t Table, key: &str) -> Result<&'t Table> {
    table.get(key).and_then(Value::as_table).ok_or_else(|| format!("{FILE}: no table `{key}`").into())
}

fn string(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| format!("{value} is no string").into())
}

fn strings(value: Option<&Value>) -> Result<Vec<&str>> {
    value.and_then(Value::as_array).into_iter().flatten().map(string).collect()
}
