//! Finds URIs in running text.

use std::ops::Range;

use memchr::{Memchr, memchr_iter};

use super::{Form, Host, Param, Part, Url};

/// Longer than any scheme with its drivers; bounds the walk back from `://`.
const LONGEST_SCHEME: usize = 48;

/// The most white space and text that a template expression inside a URL may span.
const LONGEST_EXPRESSION: usize = 200;

/// The most that a placeholder (`<password>`) inside a URL may span.
const LONGEST_PLACEHOLDER: usize = 80;

/// The URIs of a text, from left to right.
pub(super) struct Scan<'t> {
    text: &'t str,
    /// The bytes before this one belong to earlier URLs.
    from: usize,
    colons: Memchr<'t>,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Scan<'t> {
        Scan { text, from: 0, colons: memchr_iter(b':', text.as_bytes()) }
    }
}

impl<'t> Iterator for Scan<'t> {
    type Item = Url<'t>;

    fn next(&mut self) -> Option<Url<'t>> {
        loop {
            let mark = self.colons.next()?;
            if mark < self.from || !self.text.as_bytes().get(mark..)?.starts_with(b"://") {
                continue;
            }
            if let Some(url) = at(self.text, self.from, mark) {
                self.from = url.whole.range.end;
                return Some(url);
            }
        }
    }
}

/// The URL whose `://` stands at `mark`; nothing before `from` belongs to it.
fn at(text: &str, from: usize, mark: usize) -> Option<Url<'_>> {
    let (start, scheme, form) = scheme(text, from, mark)?;
    let begin = mark + "://".len();
    let end = end(text, begin, form);
    if end == begin {
        return None;
    }
    let authority = authority(text, begin..end);
    let (userinfo, hosts) = match last_at(text.get(authority.clone())?) {
        Some(at) => (Some(authority.start..authority.start + at), authority.start + at + 1..authority.end),
        None => (None, authority.clone()),
    };
    let (user, password) = match userinfo {
        Some(range) => split_userinfo(text, range),
        None => (None, None),
    };
    let (path, params) = path_and_params(text, authority.end..end, form);
    // Drivers of databases take both as parameters too; on the web they are the application's own affair.
    let web = ["http", "https", "ws", "wss"].iter().any(|web| scheme.text.eq_ignore_ascii_case(web));
    let param = |names: &[&str]| {
        let of_name =
            |param: &&Param<'_>| names.iter().any(|name| param.name.text.eq_ignore_ascii_case(name));
        params.iter().find(of_name).filter(|_| !web).map(|param| param.value.clone())
    };
    let (user, password) = match password {
        None => (user.or_else(|| param(&["user", "username", "uid"])), param(&["password", "pwd"])),
        given => (user, given),
    };
    Some(Url {
        whole: Part::of(text, start..end),
        form,
        scheme,
        user,
        password,
        hosts: split_hosts(text, hosts),
        path,
        params,
    })
}

/// Where the URL starts, its scheme and its form.
fn scheme(text: &str, from: usize, mark: usize) -> Option<(usize, Part<'_>, Form)> {
    let before = text.get(from..mark)?;
    let length = before.bytes().rev().take(LONGEST_SCHEME).take_while(|&b| is_scheme_byte(b)).count();
    let mut start = mark - length;
    // A scheme starts with a letter; what comes before it (`-` of a list, digits) isn't part of it.
    start += text.get(start..mark)?.bytes().take_while(|b| !b.is_ascii_alphabetic()).count();
    if start == mark {
        return None;
    }
    let head = text.get(from..start)?;
    // `jdbc:mysql:replication://`: the driver's own words may follow the database's name.
    let words =
        head.bytes().rev().take(LONGEST_SCHEME).take_while(|&b| is_scheme_byte(b) || b == b':').count();
    let chain = head.get(head.len() - words..)?;
    if let Some(jdbc) = chain.to_ascii_lowercase().rfind("jdbc:") {
        let whole = start - (chain.len() - jdbc);
        return Some((whole, Part::of(text, whole + "jdbc:".len()..mark), Form::Jdbc));
    }
    Some((start, Part::of(text, start..mark), Form::Uri))
}

fn is_scheme_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}

/// Where the URL ends that starts at `begin` behind `://`: at white space, a quote, an unbalanced bracket,
/// or a comma before the next URL. Template expressions and placeholders are part of it.
fn end(text: &str, begin: usize, form: Form) -> usize {
    let Some(rest) = text.get(begin..) else { return begin };
    let bytes = rest.as_bytes();
    let mut open: Vec<u8> = Vec::new();
    // The first white space inside an expression, where the URL ends after all if the expression doesn't.
    let mut doubtful = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let in_expression = open.contains(&b'{');
        match byte {
            b' ' | b'\t' | b'"' | b'\'' | b'|' | b'\\' if in_expression => {
                doubtful.get_or_insert(at);
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'|' | b'\\' | b'>' => break,
            b';' if form != Form::Jdbc && !in_expression => break,
            b'<' => match placeholder(rest, at) {
                Some(end) => at = end - 1,
                None => break,
            },
            b'(' | b'[' | b'{' => {
                // Deeper than any template; keeps hostile input cheap.
                if open.len() == 16 {
                    break;
                }
                open.push(byte);
            }
            b')' | b']' | b'}' => {
                let opening = if byte == b')' { b'(' } else { byte - 2 };
                if open.last() == Some(&opening) {
                    open.pop();
                    if !open.contains(&b'{') {
                        doubtful = None;
                    }
                } else {
                    break;
                }
            }
            b',' if open.is_empty() && starts_url(rest.get(at + 1..).unwrap_or_default()) => break,
            _ => {}
        }
        if doubtful.is_some_and(|since| at - since > LONGEST_EXPRESSION) {
            break;
        }
        at += 1;
    }
    let mut length = doubtful.unwrap_or(at).min(rest.len());
    while !rest.is_char_boundary(length) {
        length -= 1;
    }
    begin + rest.get(..length).unwrap_or_default().trim_end_matches(['.', ',', ':', '!']).len()
}

/// The end of a placeholder such as `<password>` whose `<` stands at `at`. Markup behind a URL is none.
fn placeholder(text: &str, at: usize) -> Option<usize> {
    let starts_piece = at == 0
        || matches!(text.as_bytes().get(at - 1), Some(b'/' | b':' | b'@' | b'=' | b'.' | b'-' | b'&'));
    let inner = text.as_bytes().get(at + 1..)?;
    let length = inner.iter().take(LONGEST_PLACEHOLDER).position(|&b| b == b'>')?;
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' ');
    (starts_piece && length > 0 && inner.get(..length)?.iter().all(word)).then_some(at + length + 2)
}

/// Whether a URL with its scheme follows.
fn starts_url(text: &str) -> bool {
    let text = text.trim_start_matches(' ');
    let length = text.bytes().take(LONGEST_SCHEME).take_while(|&b| is_scheme_byte(b)).count();
    length > 0 && text.get(length..).is_some_and(|rest| rest.starts_with("://"))
}

/// The range of user, password and hosts. It ends at the first `/`, `?` or `#`, unless that stands in a
/// password: then what is before it reads `user:no-port` and an `@` follows.
fn authority(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(rest) = text.get(range.clone()) else { return range };
    let outside =
        |stops: &'static [char]| outside_braces(rest).find(move |(_, c)| stops.contains(c)).map(|(at, _)| at);
    let first = outside(&['/', '?', '#', ';']).unwrap_or(rest.len());
    let (before, after) = rest.split_at_checked(first).unwrap_or((rest, ""));
    let unfinished = !before.contains('@')
        && before.split_once(':').is_some_and(|(user, password)| {
            !password.is_empty()
                && !user.contains(['[', '{', '('])
                && !password.bytes().all(|b| b.is_ascii_digit())
                && !password.starts_with(['$', '{', '%', '<'])
        });
    if unfinished && let Some(at) = after.find('@') {
        let host = first + at + 1;
        let behind = rest.get(host..).unwrap_or_default();
        let stop = outside_braces(behind)
            .find(|(_, c)| matches!(c, '/' | '?' | '#' | ';'))
            .map_or(behind.len(), |(at, _)| at);
        return range.start..range.start + host + stop;
    }
    range.start..range.start + first
}

/// The characters outside template expressions.
fn outside_braces(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut depth = 0_usize;
    text.char_indices().filter(move |&(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    })
}

fn last_at(text: &str) -> Option<usize> {
    outside_braces(text).filter(|&(_, c)| c == '@').last().map(|(at, _)| at)
}

fn split_userinfo(text: &str, range: Range<usize>) -> (Option<Part<'_>>, Option<Part<'_>>) {
    let colon = text.get(range.clone()).and_then(|inner| outside_braces(inner).find(|&(_, c)| c == ':'));
    match colon {
        Some((at, _)) => {
            let at = range.start + at;
            (Some(Part::of(text, range.start..at)), Some(Part::of(text, at + 1..range.end)))
        }
        None => (Some(Part::of(text, range)), None),
    }
}

/// Hosts with commas between them.
pub(super) fn split_hosts(text: &str, range: Range<usize>) -> Vec<Host<'_>> {
    let Some(inner) = text.get(range.clone()) else { return Vec::new() };
    let commas = outside_braces(inner).filter(|&(_, c)| c == ',').map(|(at, _)| range.start + at);
    // nginx names a socket where a host would stand: `http://unix:/run/app.sock:/path`.
    if inner == "unix:" {
        return Vec::new();
    }
    let mut start = range.start;
    let mut hosts = Vec::new();
    for end in commas.chain(std::iter::once(range.end)) {
        if end > start {
            hosts.push(host(text, start..end));
        }
        start = end + 1;
    }
    hosts
}

/// A host with its port, if it has one.
pub(super) fn host(text: &str, range: Range<usize>) -> Host<'_> {
    let inner = text.get(range.clone()).unwrap_or_default();
    if inner.starts_with('[')
        && let Some(close) = inner.find(']')
    {
        let name = Part::of(text, range.start + 1..range.start + close);
        let port = inner.get(close + 1..).is_some_and(|rest| rest.starts_with(':'));
        return Host { name, port: port.then(|| Part::of(text, range.start + close + 2..range.end)) };
    }
    match outside_braces(inner).filter(|&(_, c)| c == ':').last() {
        Some((at, _)) => Host {
            name: Part::of(text, range.start..range.start + at),
            port: Some(Part::of(text, range.start + at + 1..range.end)),
        },
        None => Host { name: Part::of(text, range), port: None },
    }
}

fn path_and_params(text: &str, range: Range<usize>, form: Form) -> (Part<'_>, Vec<Param<'_>>) {
    let rest = text.get(range.clone()).unwrap_or_default();
    let rest = match outside_braces(rest).find(|&(_, c)| c == '#') {
        Some((at, _)) => rest.get(..at).unwrap_or_default(),
        None => rest,
    };
    let starts_params = |c: char| c == '?' || (c == ';' && form == Form::Jdbc);
    let path = outside_braces(rest).find(|&(_, c)| starts_params(c)).map_or(rest.len(), |(at, _)| at);
    let query = range.start + path..range.start + rest.len();
    (Part::of(text, range.start..range.start + path), pairs(text, query, |c| matches!(c, '?' | '&' | ';')))
}

/// `name=value` pairs between separators; a name without `=` has an empty value.
pub(super) fn pairs(text: &str, range: Range<usize>, separates: impl Fn(char) -> bool) -> Vec<Param<'_>> {
    let Some(inner) = text.get(range.clone()) else { return Vec::new() };
    let ends = outside_braces(inner).filter(|&(_, c)| separates(c)).map(|(at, c)| (at, at + c.len_utf8()));
    let mut start = 0;
    let mut pairs = Vec::new();
    for (end, next) in ends.chain(std::iter::once((inner.len(), inner.len()))) {
        let piece = inner.get(start..end).unwrap_or_default();
        let (name, value) = match piece.find('=') {
            Some(at) => (start..start + at, start + at + 1..end),
            None => (start..end, end..end),
        };
        let shifted = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        let name = Part::of(text, shifted(name, range.start)).trimmed();
        if !name.text.is_empty() {
            pairs.push(Param { name, value: Part::of(text, shifted(value, range.start)).trimmed() });
        }
        start = next;
    }
    pairs
}
