//! Variables inside values: `$NAME`, `${NAME}`, `${NAME:-default}` and their kin, as Compose, `BuildKit`
//! and env files read them, and what such a value becomes once the variables are known.

mod expand;

pub use expand::{Expanded, Expansion, Lookup, Origin, Piece};

use super::Error;
use super::builder::Builder;
use crate::source::{Sources, Span, Text};

/// How many `${` may stand in one another. Deeper ones are literal text.
const DEPTH: usize = 32;

/// Whose grammar holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// Compose files: `$$` is a dollar sign, and a lone one is an error.
    Compose,
    /// Dockerfiles: the escape character makes a dollar sign literal, `$1` and `$@` are variables too, and
    /// there are the shell's ways to cut and replace (`${NAME#pattern}`, `${NAME%pattern}`, `${NAME/a/b}`).
    Dockerfile {
        /// `\`, or what the `escape` directive names.
        escape: char,
    },
    /// Env files: both `\$` and `$$` are a dollar sign, and so is a lone one.
    Env,
}

/// A value with the variables in it.
#[derive(Clone, Debug)]
pub struct Template<'s> {
    /// The parts in order. No literal part is empty and no two stand side by side.
    pub parts: Vec<Part<'s>>,
    /// What could not be read, at any depth; it is literal text. Templates within templates have none of
    /// their own.
    pub errors: Vec<Error>,
    /// The place of the whole value.
    pub span: Span,
}

/// A part of a value.
#[derive(Clone, Debug)]
pub enum Part<'s> {
    /// Text that stands for itself; escapes are decoded.
    Literal(Text<'s>),
    /// A variable.
    Variable(Variable<'s>),
}

/// A variable that is used.
#[derive(Clone, Debug)]
pub struct Variable<'s> {
    /// Its name.
    pub name: &'s str,
    /// The place of the name.
    pub name_span: Span,
    /// The place of the whole, from the dollar sign to the brace.
    pub span: Span,
    /// What becomes of the variable's value.
    pub operator: Operator<'s>,
}

/// What becomes of a variable's value. With `when_empty` (the forms with a colon) an empty variable counts
/// as unset.
#[derive(Clone, Debug)]
pub enum Operator<'s> {
    /// It stands as it is.
    None,
    /// `${NAME:-value}`, `${NAME-value}`: another value where it is unset.
    Default {
        /// Whether empty counts as unset.
        when_empty: bool,
        /// What is taken then.
        value: Template<'s>,
    },
    /// `${NAME:?message}`, `${NAME?message}`: an error where it is unset.
    Required {
        /// Whether empty counts as unset.
        when_empty: bool,
        /// What the error says.
        message: Template<'s>,
    },
    /// `${NAME:+value}`, `${NAME+value}`: another value where it is set.
    Alternative {
        /// Whether empty counts as unset.
        when_empty: bool,
        /// What is taken then.
        value: Template<'s>,
    },
    /// A part of it is cut or replaced.
    Other,
}

impl<'s> Template<'s> {
    /// The whole text, where it holds no variable.
    #[must_use]
    pub fn literal(&self) -> Option<&'s str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text.as_str()),
            _ => None,
        }
    }

    /// Whether it holds a variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.variables().next().is_some()
    }

    /// The variables in it, without those within their defaults.
    pub fn variables(&self) -> impl Iterator<Item = &Variable<'s>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(variable) => Some(variable),
            Part::Literal(_) => None,
        })
    }
}

/// Reads a value. A `${` that is broken is literal text and an error.
#[must_use]
pub fn parse<'s>(text: &Text<'s>, dialect: Dialect, sources: &'s Sources) -> Template<'s> {
    let source = text.as_str();
    if !source.contains('$') && (dialect == Dialect::Compose || !source.contains(escape(dialect))) {
        let part = (!source.is_empty()).then(|| Part::Literal(text.clone()));
        return Template {
            parts: part.into_iter().collect(),
            errors: Vec::new(),
            span: text.span(0..source.len()),
        };
    }
    let mut parser = Parser { text, source, dialect, sources, at: 0, errors: Vec::new(), too_deep: false };
    let parts = parser.parts(0);
    Template { parts, errors: parser.errors, span: text.span(0..source.len()) }
}

/// The character that makes a dollar sign literal; Compose has none.
fn escape(dialect: Dialect) -> char {
    match dialect {
        Dialect::Dockerfile { escape } => escape,
        Dialect::Compose | Dialect::Env => '\\',
    }
}

/// The length of the variable name that stands at the start of `rest`, behind `$` or `${`.
#[must_use]
pub(super) fn name_length(rest: &str, dialect: Dialect) -> usize {
    let bytes = rest.as_bytes();
    let run = |accept: fn(&u8) -> bool| bytes.iter().take_while(|byte| accept(byte)).count();
    match bytes.first() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => run(|&byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        Some(b'0'..=b'9') if matches!(dialect, Dialect::Dockerfile { .. }) => run(u8::is_ascii_digit),
        Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
            if matches!(dialect, Dialect::Dockerfile { .. }) =>
        {
            1
        }
        _ => 0,
    }
}

/// Whether what stands behind a dollar sign makes it a variable, or at least the start of one.
#[must_use]
pub(super) fn starts_variable(rest: &str, dialect: Dialect) -> bool {
    rest.starts_with('{') || name_length(rest, dialect) > 0
}

struct Parser<'t, 's> {
    text: &'t Text<'s>,
    source: &'s str,
    dialect: Dialect,
    sources: &'s Sources,
    at: usize,
    errors: Vec<Error>,
    too_deep: bool,
}

/// The parts read so far, with the literal text at their end still growing.
struct Parts<'s> {
    done: Vec<Part<'s>>,
    literal: Option<Builder>,
}

impl<'s> Parts<'s> {
    fn literal(&mut self, text: &Text<'s>) {
        if !text.as_str().is_empty() {
            self.literal.get_or_insert_with(|| Builder::new(text.span(0..0))).copy(text);
        }
    }

    fn variable(&mut self, variable: Variable<'s>, sources: &'s Sources) {
        self.flush(sources);
        self.done.push(Part::Variable(variable));
    }

    /// Adds parts that end with the text, so that no literal text follows.
    fn append(&mut self, mut parts: Vec<Part<'s>>, sources: &'s Sources) {
        if let Some(Part::Literal(first)) = parts.first() {
            self.literal(first);
            parts.remove(0);
        }
        self.flush(sources);
        self.done.append(&mut parts);
    }

    fn flush(&mut self, sources: &'s Sources) {
        if let Some(literal) = self.literal.take() {
            self.done.push(Part::Literal(literal.finish(sources)));
        }
    }
}

/// What a `${` turned out to be.
enum Braced<'s> {
    Variable(Variable<'s>),
    /// Literal text up to where the parser stands now.
    Broken,
    /// The brace is missing: literal text up to this byte, and then the parts up to the end.
    Unclosed(usize, Vec<Part<'s>>),
}

impl<'s> Parser<'_, 's> {
    /// Reads to the end of the text or, within braces, to the closing one, and stays before it.
    fn parts(&mut self, depth: usize) -> Vec<Part<'s>> {
        let mut parts = Parts { done: Vec::new(), literal: None };
        let escape = escape(self.dialect);
        let in_dockerfile = matches!(self.dialect, Dialect::Dockerfile { .. });
        let mut run = self.at;
        while let Some(next) = self.rest().chars().next() {
            if depth > 0 && next == '}' {
                break;
            }
            if next == '$' {
                self.dollar(&mut parts, &mut run, depth);
            } else if next == escape && self.dialect != Dialect::Compose {
                let behind = &self.rest()[next.len_utf8()..];
                let escaped =
                    behind.chars().next().filter(|&c| c == '$' || c == escape || c == '}' && in_dockerfile);
                if let Some(escaped) = escaped {
                    self.literal(&mut parts, run);
                    run = self.at + next.len_utf8();
                    self.at = run + escaped.len_utf8();
                } else {
                    self.at += next.len_utf8();
                }
            } else {
                self.at += next.len_utf8();
            }
        }
        self.literal(&mut parts, run);
        parts.flush(self.sources);
        parts.done
    }

    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn literal(&self, parts: &mut Parts<'s>, run: usize) {
        parts.literal(&self.text.part(run..self.at));
    }

    /// Reads what a dollar sign starts; `run` is where the literal text before it starts.
    fn dollar(&mut self, parts: &mut Parts<'s>, run: &mut usize, depth: usize) {
        let start = self.at;
        let behind = &self.source[start + 1..];
        let doubled = behind.starts_with('$') && !matches!(self.dialect, Dialect::Dockerfile { .. });
        let length = name_length(behind, self.dialect);
        if doubled {
            self.at += 1;
            self.literal(parts, *run);
            self.at += 1;
            *run = self.at;
        } else if behind.starts_with('{') {
            match self.braced(depth) {
                Braced::Broken => {}
                Braced::Variable(variable) => {
                    parts.literal(&self.text.part(*run..start));
                    parts.variable(variable, self.sources);
                    *run = self.at;
                }
                Braced::Unclosed(end, inner) => {
                    parts.literal(&self.text.part(*run..end));
                    parts.append(inner, self.sources);
                    *run = self.at;
                }
            }
        } else if length > 0 {
            self.literal(parts, *run);
            self.at += 1 + length;
            parts.variable(self.variable(start, start + 1..self.at, Operator::None), self.sources);
            *run = self.at;
        } else {
            if self.dialect == Dialect::Compose {
                self.error(start..start + 1, "a lone `$`; a dollar sign is written `$$`");
            }
            self.at += 1;
        }
    }

    fn variable(&self, start: usize, name: std::ops::Range<usize>, operator: Operator<'s>) -> Variable<'s> {
        Variable {
            name: &self.source[name.clone()],
            name_span: self.text.span(name),
            span: self.text.span(start..self.at),
            operator,
        }
    }

    fn error(&mut self, range: std::ops::Range<usize>, message: &str) {
        self.errors.push(Error { span: self.text.span(range), message: message.to_owned() });
    }

    fn braced(&mut self, depth: usize) -> Braced<'s> {
        let start = self.at;
        let name_start = start + 2;
        self.at = name_start;
        if depth >= DEPTH {
            if !self.too_deep {
                self.error(start..name_start, "variables are nested too deeply");
            }
            self.too_deep = true;
            return Braced::Broken;
        }
        let name = name_start..name_start + name_length(self.rest(), self.dialect);
        if name.is_empty() {
            self.error(start..name_start, "no variable name behind `${`");
            return Braced::Broken;
        }
        self.at = name.end;
        if self.rest().starts_with('}') {
            self.at += 1;
            return Braced::Variable(self.variable(start, name, Operator::None));
        }
        let when_empty = self.rest().starts_with(':');
        self.at += usize::from(when_empty);
        let operator = self.source.as_bytes().get(self.at).copied();
        let cuts = matches!(self.dialect, Dialect::Dockerfile { .. }) && !when_empty;
        match operator {
            Some(b'-' | b'?' | b'+') => {}
            Some(b'#' | b'%' | b'/') if cuts => {}
            None => {
                self.error(start..name_start, "`${` without its `}`");
                return Braced::Broken;
            }
            Some(_) => {
                self.at = name.end;
                self.error(start..name.end, "neither `}` nor an operator behind the variable's name");
                return Braced::Broken;
            }
        }
        self.at += 1;
        let value_start = self.at;
        let parts = self.parts(depth + 1);
        let span = self.text.span(value_start..self.at);
        if !self.rest().starts_with('}') {
            self.error(start..name_start, "`${` without its `}`");
            return Braced::Unclosed(value_start, parts);
        }
        self.at += 1;
        let value = Template { parts, errors: Vec::new(), span };
        let operator = match operator {
            Some(b'-') => Operator::Default { when_empty, value },
            Some(b'?') => Operator::Required { when_empty, message: value },
            Some(b'+') => Operator::Alternative { when_empty, value },
            _ => Operator::Other,
        };
        Braced::Variable(self.variable(start, name, operator))
    }
}

#[cfg(test)]
mod tests;
