//! What a string means, whatever file it stands in: durations, booleans, URLs, hosts, secrets. Pure
//! functions over text; they know [`data`](crate::data) and nothing of files, facts or rules.
//!
//! Byte ranges count from the start of the text that was given, so that a caller can map them back to a
//! file through [`Text`](crate::source::Text).

pub mod base64;
pub mod boolean;
pub mod capability;
pub mod duration;
pub mod environment;
pub mod host;
pub mod key;
pub mod list;
pub mod secret;
pub mod url;

use std::ops::Range;

/// A piece of a text, and where it stands in that text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Part<'t> {
    /// The characters as written.
    pub text: &'t str,
    /// Their bytes within the text; always on character boundaries.
    pub range: Range<usize>,
}

impl<'t> Part<'t> {
    /// The piece of `text` at `range`; an impossible range gives an empty piece at its start.
    #[must_use]
    pub fn of(text: &'t str, range: Range<usize>) -> Part<'t> {
        match text.get(range.clone()) {
            Some(piece) => Part { text: piece, range },
            None => Part { text: "", range: 0..0 },
        }
    }

    /// The piece without white space around it.
    #[must_use]
    pub fn trimmed(self) -> Part<'t> {
        let start = self.range.start + (self.text.len() - self.text.trim_start().len());
        let text = self.text.trim();
        Part { text, range: start..start + text.len() }
    }

    /// The piece without one pair of equal quotes around it.
    #[must_use]
    pub fn unquoted(self) -> Part<'t> {
        let inner = ['"', '\'', '`'].into_iter().find_map(|quote| {
            let open = self.text.strip_prefix(quote)?;
            open.strip_suffix(quote)
        });
        match inner {
            Some(text) => Part { text, range: self.range.start + 1..self.range.end - 1 },
            None => self,
        }
    }
}
