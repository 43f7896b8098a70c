//! What looks like a secret where nothing says that it is one: in a comment, in an argument, in a header. No
//! rule speaks of it, but a line that is shown because of its neighbour must not give it away.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// From so many characters on, a run of letters and digits may be a key.
const SHORTEST: usize = 16;

/// A value behind a name that says secret, what stands behind a scheme of authentication, an option that
/// takes a password, and the user's part of a URL. What begins like a variable is none.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix) (?: (?:password|passwd|passphrase|pwd|secret|token|api[-_.]?key|secret[-_.]?key|access[-_.]?key)
            ["']? (?: \s*[:=][-?+]?\s* | \s+ ) | \b(?:basic|bearer)\s+ | \s-a[,\s]\s* )
            ["']? (?P<value> [^\s"'$\{<,;\[\]\}] [^\s"',;\[\]\}]{5,} )
          | :// [^\s/@:"']* : (?P<user> [^\s/@"'$\{<]+ ) @"#,
    )
    .ok()
});

/// The bytes of a text that look like secrets; they may overlap.
pub(super) fn suspects(text: &str) -> Vec<Range<usize>> {
    let named = NAMED.iter().flat_map(|named| named.captures_iter(text));
    let named = named.filter_map(|found| found.name("value").or(found.name("user")));
    let mut suspects: Vec<_> = named.map(|found| found.range()).collect();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+/_=-".contains(letter);
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match start {
            None if is_part(letter) => start = Some(at),
            Some(first) if !is_part(letter) => {
                if text.get(first..at).is_some_and(is_random) {
                    suspects.push(first..at);
                }
                start = None;
            }
            _ => {}
        }
    }
    suspects
}

/// Whether small letters, capitals and digits take turns as nobody writes them.
fn is_random(run: &str) -> bool {
    if run.len() < SHORTEST {
        return false;
    }
    let class = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let bytes = run.as_bytes();
    let all = [0, 1, 2].iter().all(|one| bytes.iter().any(|byte| class(*byte) == Some(*one)));
    let pairs = bytes.iter().zip(bytes.iter().skip(1)).filter_map(|(a, b)| class(*a).zip(class(*b)));
    let (count, turns) =
        pairs.fold((0, 0), |(count, turns), (a, b)| (count + 1, turns + usize::from(a != b)));
    all && turns * 10 >= count * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for range in suspects(text) {
            bytes[range].fill(b'*');
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_may_be_a_secret_is_found_wherever_it_stands() {
        let secret = ["old", "Lan", "tern"].concat();
        for text in [
            "# DB_PASSWORD=@",
            "--token @",
            "password: \"@\"",
            "http://app:@@host",
            "Bearer @",
            "redis-cli -a @ ping",
            "[redis-cli, -a, @, ping]",
        ] {
            assert!(!shown(&text.replacen('@', &secret, 1)).contains(&secret), "{text}");
        }
        let random = ["R8dCzmcpNH", "ZPAvaUTeYH"].concat();
        assert!(!shown(&format!("x {random}")).contains(&random));
    }

    #[test]
    fn what_is_none_is_left() {
        for text in [
            "automountServiceAccountToken: true",
            "ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;",
            "image: nginx@sha256:0123456789abcdef0123456789abcdef",
            "/var/lib/App2/data/files",
            "PASSWORD=${DB_PASSWORD}",
            "add_header Strict-Transport-Security max-age=31536000;",
            "proxy_pass http://api:8080/x@y;",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
