//! Default and trivial passwords, words of stand-ins, and the formats of tokens and keys:
//! rules/data/credentials.toml. Lists are in small letters; so must be what is looked up.

use crate::packed::{Text, has};

include!(concat!(env!("OUT_DIR"), "/credentials.rs"));

/// Tokens or keys that are known by how they start.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// How they start.
    pub prefix: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// What may follow the prefix.
    pub alphabet: Alphabet,
    /// The least number of characters behind the prefix.
    pub min: usize,
    /// The greatest number of characters behind the prefix.
    pub max: usize,
}

/// The characters that a token is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alphabet {
    /// Letters, digits, `_` and `-`.
    Word,
    /// Letters and digits.
    Alnum,
    /// Hexadecimal digits.
    Hex,
    /// Capitals and digits.
    Upper,
    /// Letters, digits, `+`, `/` and `=`.
    Base64,
    /// Those of `Word`, and `.`.
    Dotted,
    /// Those of `Word`, and `/`.
    Path,
}

impl Alphabet {
    /// Whether a byte belongs to the alphabet.
    #[must_use]
    pub fn has(self, byte: u8) -> bool {
        match self {
            Alphabet::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Alphabet::Alnum => byte.is_ascii_alphanumeric(),
            Alphabet::Hex => byte.is_ascii_hexdigit(),
            Alphabet::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphabet::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Alphabet::Dotted => Alphabet::Word.has(byte) || byte == b'.',
            Alphabet::Path => Alphabet::Word.has(byte) || byte == b'/',
        }
    }
}

/// Passwords that are documented defaults or among the first that anyone tries.
pub fn trivial() -> impl Iterator<Item = &'static str> {
    TRIVIAL.iter().map(|text| text.get())
}

/// Whether a password is a documented default or among the first that anyone tries.
#[must_use]
pub fn is_trivial(password: &str) -> bool {
    has(TRIVIAL, password)
}

/// Whether a word is one of those that trivial passwords and stand-ins are made of.
#[must_use]
pub fn is_word(word: &str) -> bool {
    has(WORDS, word)
}

/// Whether a word is the name of what a stand-in stands for: `password`, `token`.
#[must_use]
pub fn is_noun(word: &str) -> bool {
    has(NOUNS, word)
}

/// Whether a value says that nothing has been filled in.
#[must_use]
pub fn is_placeholder(value: &str) -> bool {
    has(PLACEHOLDERS, value)
}

/// Phrases that make a stand-in of a value, their words with a space between them.
pub fn markers() -> impl Iterator<Item = &'static str> {
    MARKERS.iter().map(|text| text.get())
}

/// Whether a text in hexadecimal is the MD5 or SHA-1 digest of a trivial password.
#[must_use]
pub fn is_digest(hex: &str) -> bool {
    has(DIGESTS, hex)
}

/// Whether a SHA-256 digest in hexadecimal is that of a key which its vendor publishes as a default.
#[must_use]
pub fn is_published(hex: &str) -> bool {
    has(PUBLISHED, hex)
}

/// The formats of tokens and keys, sorted by their prefixes; of two that fit, the one with the longer prefix is
/// meant.
#[must_use]
pub fn formats() -> &'static [Format] {
    FORMATS
}
