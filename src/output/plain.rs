//! Characters that would disturb a terminal or deceive a reader, made plain: control characters and escape
//! sequences, marks that turn the direction of writing, characters that can't be seen.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// Whether a character is to be made plain. Tabs and line breaks are among them.
pub(super) fn is_harmful(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

/// A name or a message on one line: what is harmful becomes an escape sequence of letters.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => plain.push_str("\\n"),
            '\r' => plain.push_str("\\r"),
            '\t' => plain.push_str("\\t"),
            _ if is_harmful(character) => plain.extend(character.escape_unicode()),
            _ => plain.push(character),
        }
    }
    Cow::Owned(plain)
}

/// A piece of a file: what is harmful becomes one visible character, so columns stay true. Tabs and line
/// breaks are kept.
pub(super) fn source(piece: &str) -> Cow<'_, str> {
    if !piece.contains(|character| character != '\n' && character != '\t' && is_harmful(character)) {
        return Cow::Borrowed(piece);
    }
    let mut plain = String::with_capacity(piece.len() + 8);
    let mut characters = piece.chars().peekable();
    while let Some(character) = characters.next() {
        let line_break = character == '\n' || character == '\r' && characters.peek() == Some(&'\n');
        plain.push(match character {
            _ if line_break => character,
            '\t' => character,
            // The pictures of control characters stand in their order.
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            _ if is_harmful(character) => '\u{fffd}',
            _ => character,
        });
    }
    Cow::Owned(plain)
}

/// Writes a value as JSON on several lines. Strings keep their characters, but what is harmful is escaped.
pub(super) fn write_json_lines(value: &impl Serialize, to: &mut dyn io::Write) -> io::Result<()> {
    write_json_with(PrettyFormatter::new(), value, to)
}

/// Writes a value as JSON on one line, otherwise as [`write_json_lines`].
pub(super) fn write_json(value: &impl Serialize, to: &mut dyn io::Write) -> io::Result<()> {
    write_json_with(CompactFormatter, value, to)
}

fn write_json_with(
    formatter: impl Formatter,
    value: &impl Serialize,
    to: &mut dyn io::Write,
) -> io::Result<()> {
    let mut buffered = io::BufWriter::new(to);
    value.serialize(&mut Serializer::with_formatter(&mut buffered, Escaping(formatter)))?;
    io::Write::write_all(&mut buffered, b"\n")?;
    io::Write::flush(&mut buffered)
}

/// A JSON formatter that escapes harmful characters.
struct Escaping<F>(F);

/// Hands these calls on to the formatter within.
macro_rules! delegate {
    ($( $name:ident ( $($arg:ident : $type:ty),* ); )*) => {
        $( fn $name<W: ?Sized + io::Write>(&mut self, to: &mut W $(, $arg: $type)*) -> io::Result<()> {
            self.0.$name(to $(, $arg)*)
        } )*
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    delegate! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, to: &mut W, part: &str) -> io::Result<()> {
        let mut rest = part;
        while let Some(at) = rest.find(is_harmful) {
            let (before, behind) = rest.split_at(at);
            to.write_all(before.as_bytes())?;
            let mut characters = behind.chars();
            if let Some(character) = characters.next() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(to, "\\u{unit:04x}")?;
                }
            }
            rest = characters.as_str();
        }
        to.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_show_what_is_hidden() {
        assert_eq!(text("a\u{1b}[31mb\u{202e}c\nd"), "a\\u{1b}[31mb\\u{202e}c\\nd");
        assert!(matches!(text("schön 🦀 \"x\""), Cow::Borrowed(_)));
    }

    #[test]
    fn source_keeps_its_columns() {
        assert_eq!(source("a\u{1b}\tb\u{202e}\r\nc\rd\u{7f}"), "a␛\tb\u{fffd}\r\nc␍d␡");
        assert!(matches!(source("a\tb\nc"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(input in "\\PC*|[\\x00-\\x1f\\x7f-\\u{9f}\\u{200b}-\\u{206f}a]*") {
            prop_assert!(!text(&input).contains(is_harmful));
            let shown = source(&input);
            prop_assert!(!shown.replace("\r\n", "").replace(['\n', '\t'], "").contains(is_harmful));
            prop_assert_eq!(shown.chars().count(), input.chars().count());
        }

        #[test]
        fn json_is_harmless_and_loses_nothing(input in any::<String>()) {
            let mut written = Vec::new();
            write_json(&input, &mut written).unwrap();
            let written = String::from_utf8(written).unwrap();
            prop_assert!(!written.trim_end_matches('\n').contains(is_harmful));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), input);
        }
    }
}
