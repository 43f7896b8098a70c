//! The rules: rules/<topic>/<id>.md.

/// The Rust code of the table.
pub(crate) fn generate() -> Result<String, Box<dyn std::error::Error>> {
    Ok(String::new())
}
