//! Lists written in one value: `a,b`, `a;b`, `a b`, `["a", "b"]`, `[a, b]`.

use super::Part;

/// The items of a list with their places, without white space, quotes and empty items. Brackets around the
/// list are dropped. It is split at commas, else at semicolons, else at white space, whichever comes first
/// in that order outside quotes; a value with none of them is a list of one.
pub fn split(text: &str) -> impl Iterator<Item = Part<'_>> {
    cut(text, separator)
}

/// The items of a list whose items may hold blanks and semicolons; else as [`split`].
pub fn split_at_commas(text: &str) -> impl Iterator<Item = Part<'_>> {
    cut(text, |_| Separator::Comma)
}

fn cut(text: &str, separator: fn(&str) -> Separator) -> impl Iterator<Item = Part<'_>> {
    let whole = Part::of(text, 0..text.len()).trimmed();
    let inner = match whole.text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(_) => Part::of(text, whole.range.start + 1..whole.range.end - 1),
        None => whole,
    };
    let separator = separator(inner.text);
    let mut rest = Some(inner.range);
    std::iter::from_fn(move || {
        loop {
            let range = rest.take()?;
            let piece = text.get(range.clone())?;
            let length = unquoted(piece).find(|&(_, c)| separator.splits(c));
            let item = match length {
                Some((at, c)) => {
                    rest = Some(range.start + at + c.len_utf8()..range.end);
                    range.start..range.start + at
                }
                None => range,
            };
            let item = Part::of(text, item).trimmed().unquoted().trimmed();
            if !item.text.is_empty() {
                return Some(item);
            }
        }
    })
}

#[derive(Clone, Copy)]
enum Separator {
    Comma,
    Semicolon,
    Space,
}

impl Separator {
    fn splits(self, c: char) -> bool {
        match self {
            Separator::Comma => c == ',',
            Separator::Semicolon => c == ';',
            Separator::Space => c.is_whitespace(),
        }
    }
}

fn separator(text: &str) -> Separator {
    let mut found = Separator::Space;
    for (_, c) in unquoted(text) {
        match c {
            ',' => return Separator::Comma,
            ';' => found = Separator::Semicolon,
            _ => {}
        }
    }
    found
}

/// The characters outside quotes. A quote opens only at the start of an item, so an apostrophe opens none.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut open = None;
    let mut fresh = true;
    text.char_indices().filter(move |&(_, c)| {
        let inside = open.is_some();
        match open {
            Some(quote) if c == quote => open = None,
            None if fresh && matches!(c, '"' | '\'') => open = Some(c),
            _ => {}
        }
        fresh = c.is_whitespace() || matches!(c, ',' | ';');
        !inside && open.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items(text: &str) -> Vec<&str> {
        split(text).map(|item| item.text).collect()
    }

    #[test]
    fn every_way_to_write_a_list_is_read() {
        assert_eq!(items("a,b , c"), ["a", "b", "c"]);
        assert_eq!(items("a;b"), ["a", "b"]);
        assert_eq!(items(" a  b\tc "), ["a", "b", "c"]);
        assert_eq!(items(r#"["a","b, c"]"#), ["a", "b, c"]);
        assert_eq!(items("[a, 'b']"), ["a", "b"]);
        assert_eq!(items("one"), ["one"]);
        assert_eq!(items("a,,b,"), ["a", "b"]);
        assert_eq!(items("it's, fine"), ["it's", "fine"]);
        assert_eq!(items("[]"), Vec::<&str>::new());
        assert_eq!(items(""), Vec::<&str>::new());
    }

    #[test]
    fn a_long_list_is_split_in_linear_time() {
        assert_eq!(split(&"a,".repeat(500_000)).count(), 500_000);
        assert_eq!(split(&"'".repeat(1_000_000)).count(), 1);
    }

    proptest! {
        #[test]
        fn items_lie_where_they_say(text in r#"[\[\]a-z,; "'é]{0,40}"#) {
            for item in split(&text) {
                prop_assert_eq!(text.get(item.range.clone()), Some(item.text));
            }
        }
    }
}
