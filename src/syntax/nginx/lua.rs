//! Where a Lua body ends (Lua 5.1 reference manual, section 2.1).

use memchr::{memchr, memchr_iter};

/// The place of the `}` that closes the body that starts at `from`.
pub(super) fn body_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'{' => {
                depth += 1;
                at + 1
            }
            b'}' if depth == 0 => return Some(at),
            b'}' => {
                depth -= 1;
                at + 1
            }
            b'"' | b'\'' => string_end(bytes, at),
            b'[' => match long_bracket(bytes, at) {
                Some(level) => long_end(bytes, at, level)?,
                None => at + 1,
            },
            b'-' if bytes.get(at + 1) == Some(&b'-') => match long_bracket(bytes, at + 2) {
                Some(level) => long_end(bytes, at + 2, level)?,
                None => memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length),
            },
            _ => at + 1,
        };
    }
    None
}

/// The place behind a string; a bare line break ends an unclosed one.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The level of the long bracket that opens here: the number of `=` between its two `[`.
fn long_bracket(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?.strip_prefix(b"[")?;
    let level = equals(rest);
    (rest.get(level) == Some(&b'[')).then_some(level)
}

fn long_end(bytes: &[u8], start: usize, level: usize) -> Option<usize> {
    let body = start + level + 2;
    memchr_iter(b']', bytes.get(body..)?).map(|found| body + found + 1).find_map(|after| {
        let rest = &bytes[after..];
        // A run longer than the level does not matter; it is counted no further than needed.
        let found = equals(&rest[..rest.len().min(level + 1)]);
        (found == level && rest.get(level) == Some(&b']')).then_some(after + level + 1)
    })
}

fn equals(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| byte == b'=').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Option<&str> {
        body_end(text.as_bytes(), 0).map(|end| &text[..end])
    }

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        for inside in [
            "a = {} ",
            "s = '}' ",
            r#"s = "\"}" "#,
            "-- }\n",
            "--[[ } \n } ]] ",
            "s = [==[ } ]] ]=] } ]==] ",
            "t[a[1]] = 2 ",
            "s = 'open\n x = {} ",
        ] {
            assert_eq!(body(&format!("{inside}}} rest")), Some(inside));
        }
    }

    #[test]
    fn an_open_body_has_no_end() {
        assert_eq!(body("if x { [[ } "), None);
    }
}
