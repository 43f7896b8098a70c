//! What the user chose: limits, levels, files, waivers, allowances.

mod limits;

pub use limits::{Limit, Limits};

/// ", did you mean `x`?" where one of the known names is close, else nothing.
#[must_use]
pub fn did_you_mean<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(name, known);
    let best = known.map(|known| (distance(known), known)).min();
    match best {
        Some((away, known)) if away <= 1 + name.len() / 4 => format!(", did you mean `{known}`?"),
        _ => String::new(),
    }
}
