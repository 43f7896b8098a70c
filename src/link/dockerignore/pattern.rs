//! Patterns of an ignore file, matched without regular expressions: a list may be as long as its author
//! likes, and each build reads it anew. <https://pkg.go.dev/path/filepath#Match>

use crate::formats::resolve;

/// Longer lines and paths name no file: Linux allows none of them.
pub(super) const LONGEST: usize = 4096;

/// One line of an ignore file.
#[derive(Debug)]
pub(super) struct Pattern {
    /// `!`: what it matches is taken in again.
    pub(super) exception: bool,
    tokens: Vec<Token>,
}

#[derive(PartialEq, Eq, Debug)]
enum Token {
    One(char),
    /// `?`
    Any,
    /// `[a-z]`, or all but that.
    Class(bool, Vec<(char, char)>),
    /// `*`: whatever there is up to the next `/`.
    Star,
    /// `**`: whatever there is.
    Stars,
    /// `**/`: any folders, or none.
    Folders,
}

impl Pattern {
    /// Nothing where the line states no pattern, or a broken one.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (exception, pattern) = match line.strip_prefix('!') {
            Some(pattern) => (true, pattern.trim()),
            None => (false, line),
        };
        if pattern.len() > LONGEST {
            return None;
        }
        let tokens = tokens(&resolve("", pattern.trim_start_matches('/')))?;
        (!tokens.is_empty()).then_some(Pattern { exception, tokens })
    }

    /// Whether it matches a whole path. Only the last `*` and the last `**` are ever tried again: what an
    /// earlier one takes in beyond the least, a later one may take in as well.
    pub(super) fn matches(&self, path: &str) -> bool {
        let (mut at, mut rest) = (0, path);
        // What follows the star, and the text from which that is tried next.
        let mut star: Option<(usize, &str)> = None;
        let mut stars: Option<(usize, &str)> = None;
        loop {
            match self.tokens.get(at) {
                None if rest.is_empty() => return true,
                Some(Token::Star) => {
                    at += 1;
                    star = Some((at, rest));
                    continue;
                }
                Some(Token::Stars | Token::Folders) => {
                    at += 1;
                    (star, stars) = (None, Some((at, rest)));
                    continue;
                }
                token => {
                    let mut characters = rest.chars();
                    let next = characters.next();
                    if token.zip(next).is_some_and(|(token, next)| token.takes(next)) {
                        at += 1;
                        rest = characters.as_str();
                        continue;
                    }
                }
            }
            if let Some((behind, text)) = star.filter(|(_, text)| !text.is_empty() && !text.starts_with('/'))
            {
                rest = without_first(text);
                star = Some((behind, rest));
                at = behind;
            } else if let Some((behind, text)) = stars.filter(|(_, text)| !text.is_empty()) {
                let folders = behind.checked_sub(1).and_then(|before| self.tokens.get(before));
                rest = match folders {
                    Some(Token::Folders) => text.split_once('/').map_or("", |(_, below)| below),
                    _ => without_first(text),
                };
                (star, stars) = (None, Some((behind, rest)));
                at = behind;
                if rest.is_empty() && folders == Some(&Token::Folders) {
                    return false;
                }
            } else {
                return false;
            }
        }
    }
}

impl Token {
    fn takes(&self, next: char) -> bool {
        match self {
            Token::One(character) => *character == next,
            Token::Any => next != '/',
            Token::Class(negated, ranges) => {
                next != '/' && ranges.iter().any(|(first, last)| (*first..=*last).contains(&next)) != *negated
            }
            Token::Star | Token::Stars | Token::Folders => false,
        }
    }
}

fn without_first(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}

fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some(next) = rest.chars().next() {
        let behind = without_first(rest);
        let (token, after) = match next {
            '*' if behind.starts_with('*') => {
                let after = behind.trim_start_matches('*');
                after.strip_prefix('/').map_or((Token::Stars, after), |after| (Token::Folders, after))
            }
            '*' => (Token::Star, behind),
            '?' => (Token::Any, behind),
            '[' => class(behind)?,
            '\\' => (Token::One(behind.chars().next()?), without_first(behind)),
            one => (Token::One(one), behind),
        };
        tokens.push(token);
        rest = after;
    }
    Some(tokens)
}

/// The inside of a class, and what follows it.
fn class(text: &str) -> Option<(Token, &str)> {
    let negated = text.starts_with('^');
    let mut rest = text.strip_prefix('^').unwrap_or(text);
    let mut ranges = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(']').filter(|_| !ranges.is_empty()) {
            return Some((Token::Class(negated, ranges), after));
        }
        let (first, after) = member(rest)?;
        let (last, after) = match after.strip_prefix('-') {
            Some(after) => member(after)?,
            None => (first, after),
        };
        ranges.push((first, last));
        rest = after;
    }
}

fn member(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('\\').unwrap_or(text);
    text.chars().next().map(|one| (one, without_first(text)))
}
