//! Defaults, and passwords that anyone would guess.

use std::sync::OnceLock;

use sha2::{Digest, Sha256, Sha512};

use crate::data::credentials;

/// Longer texts are not looked up.
const LONGEST: usize = 64;

/// Words that say that there is no value.
pub(super) fn is_nothing(value: &str) -> bool {
    ["null", "nil", "none", "undefined", "~", "\"\"", "''"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether user and password are a known default pair: a trivial password, or the user's name as password.
#[must_use]
pub fn is_default_pair(user: &str, password: &str) -> bool {
    is_trivial(password) || (!user.is_empty() && user.eq_ignore_ascii_case(password))
}

/// Whether a password is a documented default or one that anyone would guess: a listed word, also with a
/// few digits or signs behind it or written with digits for letters (`P@ssw0rd1!`), listed words run
/// together (`mysecretpassword`), a run of digits, one repeated character, or the digest of such a word.
#[must_use]
pub fn is_trivial(password: &str) -> bool {
    if password.is_empty() || password.len() > 2 * LONGEST {
        return false;
    }
    let lower = password.to_lowercase();
    credentials::is_trivial(&lower)
        || is_digit_run(&lower)
        || is_repetition(&lower)
        || is_digest(&lower)
        || is_decorated(&lower)
        || is_run_together(&lower)
}

/// Whether a value is a key that its vendor publishes as a default.
pub(super) fn is_known_default(value: &str) -> bool {
    // A line of an htpasswd file has the user before the hash.
    let hash = value.split_once(":$").map_or(value, |(user, _)| value.get(user.len() + 1..).unwrap_or(value));
    let published = hash.len() >= 12
        && hash.len() <= 4 * LONGEST
        && credentials::is_published(&hex(&Sha256::digest(hash)));
    published || is_demonstration_token(value)
}

/// How the hashes of passwords begin, as crypt, htpasswd, LDAP, PostgreSQL and web frameworks write them.
const HASHES: &[&str] = &[
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$apr1$",
    "$1$",
    "$5$",
    "$6$",
    "$y$",
    "$scrypt$",
    "$pbkdf2",
    "{sha}",
    "{ssha}",
    "pbkdf2_sha256$",
    "pbkdf2:sha256:",
    "scrypt:",
    "scram-sha-256$",
];

/// Whether a value is the salted hash of a password, perhaps behind the user's name.
pub(super) fn is_password_hash(value: &str) -> bool {
    let hash = value.split_once(':').map_or(value, |(_, hash)| hash);
    let starts =
        |text: &str, head: &str| text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head));
    HASHES.iter().any(|head| starts(value, head) || starts(hash, head))
}

/// The tokens that Supabase publishes for self-hosting name their issuer.
fn is_demonstration_token(value: &str) -> bool {
    super::format::token_payload(value).is_some_and(|payload| payload.contains("supabase-demo"))
}

fn is_digit_run(text: &str) -> bool {
    const RUNS: [&str; 4] =
        ["01234567890123456789", "12345678901234567890", "98765432109876543210", "0123456789abcdef"];
    let hex = text.len() >= 16
        && text.len().is_multiple_of(16)
        && text.as_bytes().chunks(16).all(|chunk| chunk == b"0123456789abcdef");
    hex || (text.len() >= 3 && text.len() <= 20 && RUNS.iter().any(|run| run.starts_with(text)))
        || (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()))
}

/// One character over and over. Of `x`, `*`, `.` and the like stand-ins are made.
fn is_repetition(text: &str) -> bool {
    let beef = text.len() >= 8
        && text.len().is_multiple_of(8)
        && text.as_bytes().chunks(8).all(|eight| eight == b"deadbeef");
    if beef {
        return true;
    }
    let trimmed = text.trim_end_matches('=');
    let mut characters = trimmed.chars();
    let Some(first) = characters.next() else { return false };
    trimmed.len() >= 3 && first.is_alphanumeric() && first != 'x' && characters.all(|c| c == first)
}

/// A listed word with digits and signs behind it, or with digits and signs for letters.
fn is_decorated(text: &str) -> bool {
    let stem = |text: &str| {
        text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '!' | '@' | '#' | '.' | '$')).len()
    };
    let length = stem(text);
    let (word, tail) = text.split_at_checked(length).unwrap_or((text, ""));
    let listed = |word: &str| {
        word.len() > 2 && (credentials::is_trivial(word) || (word.len() <= LONGEST && is_run_together(word)))
    };
    if tail.len() <= 6 && length < text.len() && listed(word) {
        return true;
    }
    let letters: String = text
        .chars()
        .map(|c| match c {
            '@' | '4' => 'a',
            '0' => 'o',
            '3' => 'e',
            '1' => 'i',
            '$' | '5' => 's',
            '7' => 't',
            other => other,
        })
        .collect();
    let word = letters.trim_end_matches('!');
    // Signs behind the word were decoration, not letters.
    let plain = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '!').len();
    letters != text && (listed(word) || letters.get(..plain).is_some_and(listed))
}

/// Several listed words without separator.
fn is_run_together(text: &str) -> bool {
    if text.len() > LONGEST || text.len() < 6 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    // reached[n]: the first n bytes are listed words.
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for end in 1..=text.len() {
        let fits = (end.saturating_sub(14)..end).any(|start| {
            reached.get(start) == Some(&true) && text.get(start..end).is_some_and(credentials::is_word)
        });
        if let Some(slot) = reached.get_mut(end) {
            *slot = fits;
        }
    }
    reached.last() == Some(&true)
}

/// The digest, in hexadecimal, of a listed password.
fn is_digest(text: &str) -> bool {
    static SHA2: OnceLock<Vec<String>> = OnceLock::new();
    if !matches!(text.len(), 32 | 40 | 64 | 128) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    if text.len() < 64 {
        return credentials::is_digest(text);
    }
    let digests = SHA2.get_or_init(|| {
        let mut digests: Vec<String> = credentials::trivial()
            .flat_map(|word| [hex(&Sha256::digest(word)), hex(&Sha512::digest(word))])
            .collect();
        digests.sort_unstable();
        digests
    });
    digests.binary_search_by(|digest| digest.as_str().cmp(text)).is_ok()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_anyone_would_guess_is_trivial() {
        for password in [
            "postgres",
            "Admin",
            "changeme",
            "CHANGEME",
            "changeit",
            "changeme123",
            "guest",
            "minioadmin",
            "P@ssw0rd",
            "Pa55w0rd!",
            "Password1!",
            "admin@123",
            "postgres123",
            "mysecretpassword",
            "miniosecret",
            "supersecretkey",
            "rootpassword",
            "SuperSecret1",
            "123456",
            "000000",
            "aaaaaaaa",
            "0123456789abcdef0123456789abcdef",
            "1234",
            "myredissecret",
            "deadbeefdeadbeef",
            "password2024",
            "8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918",
            "5f4dcc3b5aa765d61d8327deb882cf99",
        ] {
            assert!(is_trivial(password), "{password}");
        }
    }

    #[test]
    fn what_nobody_would_guess_is_not() {
        for password in [
            "",
            "correct-horse-battery-staple",
            "tr0ub4dor&3",
            "change-me-in-production",
            "xxxx",
            "x7Gq2pLw",
            "blue42giraffe",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a09",
            "98437",
            "Kx9",
        ] {
            assert!(!is_trivial(password), "{password}");
        }
        assert!(is_default_pair("worker7", "Worker7") && !is_default_pair("", ""));
    }

    proptest! {
        #[test]
        fn no_password_is_too_strange(password in ".{0,80}") {
            let _ = (is_trivial(&password), is_known_default(&password));
        }
    }
}
