//! Names with values, as files of settings have them, whatever marks stand between.

use std::ops::Range;

use crate::source::{Span, Text};

/// A name with a value.
#[derive(Clone, Debug)]
pub struct Entry<'s> {
    /// The name.
    pub key: &'s str,
    /// The place of the name.
    pub key_span: Span,
    /// The value without quotes, blanks around it and comment; empty where the name stands alone.
    pub value: Text<'s>,
}

impl Entry<'_> {
    /// Whether something says that the value is empty: the value of a name that stands alone lies right
    /// behind it.
    #[must_use]
    pub fn is_assigned(&self) -> bool {
        self.value.span(0..0).start > self.key_span.end
    }
}

/// Names that stand under one head.
#[derive(Clone, Debug)]
pub struct Section<'s> {
    /// The name of the section; empty for what stands before the first head.
    pub name: &'s str,
    /// The place of the head; that of the start of the text for what stands before the first one.
    pub span: Span,
    /// The names with their values, in order; a name may occur more than once.
    pub entries: Vec<Entry<'s>>,
}

impl<'s> Section<'s> {
    /// The last entry of a name, in any case and with `_` for `-`: where a name stands twice, readers take
    /// the last one.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<&Entry<'s>> {
        self.entries.iter().rev().find(|entry| is_name(entry.key, name))
    }
}

/// Whether two names are the same, in any case and with `_` for `-`.
#[must_use]
pub fn is_name(one: &str, other: &str) -> bool {
    let same = |a: u8, b: u8| a.eq_ignore_ascii_case(&b) || matches!((a, b), (b'_', b'-') | (b'-', b'_'));
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(|(a, b)| same(a, b))
}

/// The lines of a text without their breaks and without the byte order mark before the first.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let start = at;
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |found| at + found);
        at = end + 1;
        Some(start..end - usize::from(text[start..end].ends_with('\r')))
    })
}

/// A range without the blanks at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..(range.start + part.trim_end().len()).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_either_break() {
        let cut = |text: &'static str| lines(text).map(|line| &text[line]).collect::<Vec<_>>();
        assert_eq!(cut("\u{feff}a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(cut(""), Vec::<&str>::new());
        assert_eq!(cut("\n\r\n"), ["", ""]);
    }

    #[test]
    fn names_are_the_same_in_any_spelling() {
        assert!(is_name("Skip-Grant-Tables", "skip_grant_tables"));
        assert!(!is_name("skip", "skip_ssl"));
    }
}
