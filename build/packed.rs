//! What src/packed.rs reads: one text that holds those of all tables, and the lists of such.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;

/// The texts of all tables.
#[derive(Default)]
pub(crate) struct Packed {
    text: String,
    places: HashMap<String, usize>,
    lists: Pool,
}

impl Packed {
    /// The Rust code of a text.
    pub(crate) fn text(&mut self, text: &str) -> String {
        let at = *self.places.entry(text.to_owned()).or_insert_with(|| {
            self.text.push_str(text);
            self.text.len() - text.len()
        });
        format!("Text::new({at:#x}, {:#x})", text.len())
    }

    /// The Rust code of an array of texts.
    pub(crate) fn array(&mut self, texts: &[&str]) -> String {
        let items: Vec<_> = texts.iter().map(|text| self.text(text)).collect();
        format!("&[{}]", items.join(", "))
    }

    /// The Rust code of a list of texts within a row.
    pub(crate) fn list(&mut self, texts: &[&str]) -> Result<String, Box<dyn Error>> {
        let items = texts.iter().map(|text| self.text(text)).collect();
        Ok(format!("Texts({})", self.lists.run(items)?))
    }

    /// The Rust code of the statics.
    pub(crate) fn generate(&self) -> Result<String, Box<dyn Error>> {
        let mut code = format!("static TEXT: &str = {:?};\n", self.text);
        self.lists.write(&mut code, "LISTED", "Text")?;
        Ok(code)
    }
}

/// The rows of a table of which other tables have runs.
#[derive(Default)]
pub(crate) struct Pool(Vec<String>);

impl Pool {
    /// The Rust code of a run, which is shared where the same rows stand there already.
    pub(crate) fn run(&mut self, rows: Vec<String>) -> Result<String, Box<dyn Error>> {
        let count = u16::try_from(rows.len())?;
        let found = self.0.windows(rows.len().max(1)).position(|window| window == rows);
        let first = match found {
            _ if rows.is_empty() => 0,
            Some(first) => first,
            None => {
                self.0.extend(rows);
                self.0.len() - usize::from(count)
            }
        };
        Ok(format!("Run::new({:#x}, {count})", u16::try_from(first)?))
    }

    /// Adds the Rust code of the table.
    pub(crate) fn write(&self, code: &mut String, name: &str, row: &str) -> std::fmt::Result {
        writeln!(code, "static {name}: &[{row}] = &[{}];", self.0.join(", "))
    }
}
