//! Tables without addresses.
//!
//! An address in a static, such as that of a `&'static str`, must be filled in at every start, since the
//! program is loaded wherever there is room; for the tables that was done more than ten thousand times and
//! copied every page of them. So a row of a table has a place in the text of all tables, which the build
//! script writes, or a place among the rows of another one.

include!(concat!(env!("OUT_DIR"), "/packed.rs"));

/// A text, by its place in a longer one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Text {
    at: u32,
    length: u32,
}

impl Text {
    pub(crate) const NONE: Text = Text::new(0, 0);

    pub(crate) const fn new(at: u32, length: u32) -> Self {
        Text { at, length }
    }

    /// The text, where the longer one is that of the tables.
    pub(crate) fn get(self) -> &'static str {
        self.of(TEXT)
    }

    /// The text. Nothing where the longer one isn't that which it was made for.
    pub(crate) fn of(self, whole: &str) -> &str {
        let at = self.at as usize;
        whole.get(at..at + self.length as usize).unwrap_or_default()
    }
}

/// The text of all tables.
pub(crate) const fn text() -> &'static str {
    TEXT
}

/// Rows that stand beside each other in a table, by their place in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    first: u16,
    count: u16,
}

impl Run {
    pub(crate) const fn new(first: u16, count: u16) -> Self {
        Run { first, count }
    }

    /// The rows. None where the table isn't that which the run was made for.
    pub(crate) fn of<T>(self, table: &[T]) -> &[T] {
        let first = usize::from(self.first);
        table.get(first..first + usize::from(self.count)).unwrap_or_default()
    }
}

/// A list of texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Texts(pub(crate) Run);

impl Texts {
    /// The texts in their order.
    pub fn iter(self) -> impl Iterator<Item = &'static str> + Clone {
        self.0.of(LISTED).iter().map(|text| text.get())
    }

    /// Whether a text is one of them.
    #[must_use]
    pub fn contains(self, text: &str) -> bool {
        self.iter().any(|one| one == text)
    }
}

/// Whether a text is in a sorted list.
pub(crate) fn has(sorted: &[Text], text: &str) -> bool {
    sorted.binary_search_by(|one| one.get().cmp(text)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_outside_hold_nothing() {
        assert_eq!(Text::new(1, 2).of("abcd"), "bc");
        assert_eq!(Text::new(3, 2).of("abcd"), "");
        assert_eq!(Run::new(1, 2).of(&[1, 2, 3]), [2, 3]);
        assert!(Run::new(2, 2).of(&[1, 2, 3]).is_empty());
    }
}
