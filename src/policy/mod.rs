//! What the user chose: limits, levels, files, waivers, allowances.

pub mod allowance;
mod apply;
mod error;
mod file;
mod levels;
mod limits;
mod pattern;
mod table;
mod waiver;

pub use allowance::Allowance;
pub use apply::{Applied, Checked, apply};
pub use error::{Broken, PolicyError};
pub use file::{FILE_NAME, FileChoices, Policy, find, parse, read};
pub use levels::{Choice, Levels};
pub use limits::{Limit, Limits};
pub use pattern::{Known, Paths, Pattern};
pub use waiver::Waiver;

/// ", did you mean `x`?" where one of the known names is close, else nothing.
#[must_use]
pub fn did_you_mean<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    nearest(name, known).map_or_else(String::new, |known| format!(", did you mean `{known}`?"))
}

/// The known name that is close to a misspelt one.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    // A name that is much longer than any known one is no misspelling, and measuring it costs its length.
    if name.len() > 64 {
        return None;
    }
    let most = 1 + name.len() / 4;
    let like = known.filter(|known| known.len().abs_diff(name.len()) <= most);
    let best = like.map(|known| (strsim::osa_distance(name, known), known)).min();
    best.filter(|(away, _)| *away <= most).map(|(_, known)| known)
}
