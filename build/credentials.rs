//! Default and trivial passwords, and the names of secrets: rules/data/credentials.toml.

/// The Rust code of the table.
pub(crate) fn generate() -> Result<String, Box<dyn std::error::Error>> {
    Ok(String::new())
}
