//! Values.

use super::parser::Parser;
use super::{Expression, Item, Kind, Part};
use crate::source::Text;

/// Operators of two sides, the longer before those that they start with.
const OPERATORS: &[&str] = &["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%"];

impl<'s> Parser<'_, 's> {
    /// A value with everything that is computed with it; nothing behind a mistake. Line breaks end it unless
    /// `breaks` says that they mean nothing.
    pub(super) fn expression(&mut self, breaks: bool) -> Option<Expression<'s>> {
        self.blanks(breaks);
        let start = self.at;
        if !self.enter(start) {
            return None;
        }
        let read = self.computed(start, breaks);
        self.depth -= 1;
        read
    }

    fn computed(&mut self, start: usize, breaks: bool) -> Option<Expression<'s>> {
        let mut value = self.operand(breaks)?;
        loop {
            self.blanks(breaks);
            if let Some(operator) = OPERATORS.iter().find(|operator| self.starts_with(operator)) {
                self.at += operator.len();
                self.operand(breaks)?;
                value = self.other(start);
            } else if self.peek() == Some(b'?') {
                self.at += 1;
                self.expression(breaks)?;
                self.blanks(breaks);
                self.expect(b':', "`:` is missing before this")?;
                self.expression(breaks)?;
                return Some(self.other(start));
            } else {
                return Some(value);
            }
        }
    }

    fn other(&self, start: usize) -> Expression<'s> {
        Expression { kind: Kind::Other, span: self.span(start..self.at) }
    }

    /// A value with its signs before and its steps behind it.
    fn operand(&mut self, breaks: bool) -> Option<Expression<'s>> {
        self.blanks(breaks);
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'!')) {
            self.at += 1;
            self.blanks(breaks);
        }
        let signed = self.at > start;
        let negative = self.source[start..self.at].trim_end() == "-";
        let mut value = self.term()?;
        self.steps(&mut value, start)?;
        if signed {
            value = match value.kind {
                Kind::Number(_) if negative => {
                    let kind = Kind::Number(&self.source[start..self.at]);
                    Expression { kind, span: self.span(start..self.at) }
                }
                _ => self.other(start),
            };
        }
        Some(value)
    }

    fn term(&mut self) -> Option<Expression<'s>> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => Kind::Template(self.quoted()),
            Some(b'<') if self.starts_with("<<") => Kind::Template(self.heredoc()?),
            Some(b'[') => self.list()?,
            Some(b'{') => self.object()?,
            Some(b'(') => {
                self.bracket();
                let inner = self.expression(true)?;
                self.blanks(true);
                self.close(b')')?;
                return Some(Expression { kind: inner.kind, span: self.span(start..self.at) });
            }
            Some(b'0'..=b'9') => self.number(),
            _ => {
                let Some(word) = self.word() else {
                    let end = if self.peek() == Some(b'\n') { start } else { self.character(start) };
                    self.fail(start..end, "a value is missing here");
                    return None;
                };
                self.named(word)?
            }
        };
        Some(Expression { kind, span: self.span(start..self.at) })
    }

    fn number(&mut self) -> Kind<'s> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let exponent = matches!(byte, b'+' | b'-')
                && matches!(self.source.as_bytes()[self.at - 1], b'e' | b'E')
                && self.at > start;
            let point = byte == b'.' && self.byte(1).is_some_and(|next| next.is_ascii_digit());
            if !(byte.is_ascii_alphanumeric() || point || exponent) {
                break;
            }
            self.at += 1;
        }
        Kind::Number(&self.source[start..self.at])
    }

    /// A word: a constant, a function, or the start of a reference.
    fn named(&mut self, word: std::ops::Range<usize>) -> Option<Kind<'s>> {
        while self.starts_with("::") {
            self.at += 2;
            self.word();
        }
        let word = &self.source[word.start..self.at];
        if self.peek() == Some(b'(') {
            return self.call(word);
        }
        Some(match word {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "null" => Kind::Null,
            word => Kind::Reference(vec![word]),
        })
    }

    fn call(&mut self, name: &'s str) -> Option<Kind<'s>> {
        self.bracket();
        let mut arguments = Vec::new();
        loop {
            self.blanks(true);
            if self.peek() == Some(b')') {
                break;
            }
            arguments.push(self.expression(true)?);
            self.blanks(true);
            if self.starts_with("...") {
                self.at += 3;
                self.blanks(true);
            }
            if self.peek() != Some(b',') {
                break;
            }
            self.at += 1;
        }
        self.close(b')')?;
        Some(Kind::Call(name, arguments))
    }

    /// `.name`, `[0]`, `["name"]`, `.*`: what follows a value.
    fn steps(&mut self, value: &mut Expression<'s>, start: usize) -> Option<()> {
        loop {
            let before = self.at;
            while matches!(self.peek(), Some(b' ' | b'\t')) {
                self.at += 1;
            }
            let step = match self.peek() {
                Some(b'.') if !self.starts_with("..") => {
                    self.at += 1;
                    let from = self.at;
                    if self.peek() == Some(b'*') || self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                        self.at += 1;
                        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                            self.at += 1;
                        }
                    } else if self.word().is_none() {
                        self.fail(from..self.character(from), "a name is missing here");
                        return None;
                    }
                    let step = &self.source[from..self.at];
                    (step != "*").then_some(step)
                }
                Some(b'[') => {
                    self.bracket();
                    self.blanks(true);
                    if self.starts_with("*") {
                        self.at += 1;
                        self.blanks(true);
                        self.close(b']')?;
                        None
                    } else {
                        let index = self.expression(true)?;
                        self.blanks(true);
                        self.close(b']')?;
                        match index.kind {
                            Kind::Number(number) => Some(number),
                            _ => index.literal().map(|text| text.as_str()),
                        }
                    }
                }
                _ => {
                    self.at = before;
                    return Some(());
                }
            };
            let kind = std::mem::replace(&mut value.kind, Kind::Other);
            if let (Kind::Reference(mut names), Some(step)) = (kind, step) {
                names.push(step);
                value.kind = Kind::Reference(names);
            }
            value.span = self.span(start..self.at);
        }
    }

    fn list(&mut self) -> Option<Kind<'s>> {
        self.bracket();
        let mut items = Vec::new();
        loop {
            self.blanks(true);
            if self.peek() == Some(b']') {
                break;
            }
            if items.is_empty() && self.starts_for() {
                self.comprehension()?;
                self.close(b']')?;
                return Some(Kind::Other);
            }
            items.push(self.expression(true)?);
            self.blanks(true);
            if self.peek() != Some(b',') {
                break;
            }
            self.at += 1;
        }
        self.close(b']')?;
        Some(Kind::List(items))
    }

    fn object(&mut self) -> Option<Kind<'s>> {
        self.bracket();
        let mut items = Vec::new();
        loop {
            self.blanks(true);
            if self.peek() == Some(b'}') {
                break;
            }
            if items.is_empty() && self.starts_for() {
                self.comprehension()?;
                self.close(b'}')?;
                return Some(Kind::Other);
            }
            items.push(self.item()?);
            self.blanks(false);
            match self.peek() {
                Some(b',' | b'\n') => self.at += 1,
                Some(b'}') => {}
                _ => {
                    self.fail(
                        self.at..self.character(self.at),
                        "a comma or a new line is missing before this",
                    );
                    return None;
                }
            }
        }
        self.close(b'}')?;
        Some(Kind::Object(items))
    }

    fn item(&mut self) -> Option<Item<'s>> {
        let key = self.expression(false)?;
        self.blanks(false);
        if !matches!(self.peek(), Some(b'=' | b':')) {
            self.fail(self.at..self.character(self.at), "`=` is missing before this");
            return None;
        }
        self.at += 1;
        let value = self.expression(false)?;
        let text = key.literal();
        let name = match &key.kind {
            Kind::Reference(names) => names.first().copied().filter(|_| names.len() == 1),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Number(number) => Some(*number),
            _ => text.as_ref().map(Text::as_str),
        };
        let key_span = match &key.kind {
            Kind::Template(parts) => match parts.as_slice() {
                [Part::Literal(text)] => text.span(0..text.as_str().len()),
                _ => key.span,
            },
            _ => key.span,
        };
        Some(Item { key: name, key_span, value })
    }

    fn starts_for(&self) -> bool {
        self.starts_with("for") && self.byte(3).is_some_and(|byte| byte.is_ascii_whitespace())
    }

    /// `for key, value in list : …`, as far as its closing bracket.
    fn comprehension(&mut self) -> Option<()> {
        self.at += "for".len();
        loop {
            self.blanks(true);
            if self.word().is_none() {
                self.fail(self.at..self.character(self.at), "a name is missing here");
                return None;
            }
            self.blanks(true);
            if self.peek() != Some(b',') {
                break;
            }
            self.at += 1;
        }
        if !self.starts_with("in") {
            self.fail(self.at..self.character(self.at), "`in` is missing before this");
            return None;
        }
        self.at += "in".len();
        self.expression(true)?;
        self.blanks(true);
        self.expect(b':', "`:` is missing before this")?;
        self.expression(true)?;
        self.blanks(true);
        if self.starts_with("=>") {
            self.at += 2;
            self.expression(true)?;
            self.blanks(true);
        }
        if self.starts_with("...") {
            self.at += 3;
            self.blanks(true);
        }
        if self.starts_with("if") {
            self.at += 2;
            self.expression(true)?;
            self.blanks(true);
        }
        Some(())
    }

    fn bracket(&mut self) {
        self.at += 1;
        self.open += 1;
    }

    fn close(&mut self, bracket: u8) -> Option<()> {
        self.expect(
            bracket,
            match bracket {
                b')' => "a comma or `)` is missing before this",
                b']' => "a comma or `]` is missing before this",
                _ => "`}` is missing before this",
            },
        )?;
        self.open = self.open.saturating_sub(1);
        Some(())
    }

    pub(super) fn expect(&mut self, byte: u8, message: &str) -> Option<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Some(());
        }
        self.fail(self.at..self.character(self.at), message);
        None
    }
}
