//! The head of a rule's file as it is written, before its words are checked. Built-in rules come in this
//! form from the build script, so that start-up parses no TOML; users' rules are read into it.

/// A value in the head of a rule, with its byte range in the file.
#[derive(Clone, Copy, Debug)]
pub struct Raw {
    /// Byte offset of the value's first byte in the rule's file.
    pub start: usize,
    /// Byte offset behind its last byte.
    pub end: usize,
    /// The value.
    pub value: RawValue,
}

/// A TOML value.
#[derive(Clone, Copy, Debug)]
pub enum RawValue {
    /// A string.
    Text(&'static str),
    /// An integer.
    Number(i64),
    /// A boolean.
    Bool(bool),
    /// An array.
    List(&'static [Raw]),
    /// A table, with its keys in the order of the file.
    Table(&'static [(&'static str, Raw)]),
}

/// A rule's file: its head, and the whole text.
#[derive(Clone, Copy, Debug)]
pub struct RawRule {
    /// The file's name without `.md`.
    pub id: &'static str,
    /// The name of the folder it lies in.
    pub topic: &'static str,
    /// The whole file.
    pub text: &'static str,
    /// Where the Markdown behind the head starts.
    pub body: usize,
    /// The head's table.
    pub head: Raw,
}
