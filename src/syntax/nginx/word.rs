//! The inside of words.

use std::borrow::Cow;

/// Resolves the escapes that nginx knows, in quotes and outside; any other backslash stays.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars().peekable();
    while let Some(character) = characters.next() {
        let resolved = match (character, characters.peek()) {
            ('\\', Some('t')) => '\t',
            ('\\', Some('r')) => '\r',
            ('\\', Some('n')) => '\n',
            ('\\', Some(&next @ ('"' | '\'' | '\\'))) => next,
            _ => {
                text.push(character);
                continue;
            }
        };
        characters.next();
        text.push(resolved);
    }
    Cow::Owned(text)
}

/// What separates words.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The end of a repetition count (`{2}`, `{1,}`, `{1,3}`) whose `{` stands at `at`.
pub(super) fn repetition_end(bytes: &[u8], at: usize) -> Option<usize> {
    // The bound keeps long runs of digits linear; PCRE allows five digits a side.
    let inside = bytes.get(at + 1..)?;
    let length = inside.iter().take(12).take_while(|byte| byte.is_ascii_digit() || **byte == b',').count();
    let counted = inside.first().is_some_and(u8::is_ascii_digit) && inside.get(length) == Some(&b'}');
    counted.then_some(at + length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_escapes_are_resolved() {
        assert_eq!(unescape(r#"a\"b\'c\\d"#), r#"a"b'c\d"#);
        assert_eq!(unescape(r"\.php$\n\;"), "\\.php$\n\\;");
        assert_eq!(unescape("é\\"), "é\\");
    }

    #[test]
    fn repetitions_are_told_from_blocks() {
        assert_eq!(repetition_end(b"{2}$", 0), Some(3));
        assert_eq!(repetition_end(b"x{1,3}", 1), Some(6));
        assert_eq!(repetition_end(b"{ }", 0), None);
        assert_eq!(repetition_end(b"{", 0), None);
    }
}
