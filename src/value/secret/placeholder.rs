//! Stand-ins that ask to be replaced.

use crate::data::credentials;
use crate::value::key::Key;

/// Longer texts are no stand-ins.
const LONGEST: usize = 160;

/// Whether a value is a stand-in: `<password>`, `your-key-here`, `sk-...`, `xxx`, `change-me-in-production`.
///
/// A value is one by its words only where every part of it is a word, so that what hides in a phrase
/// (`your-secret-` and then 20 random characters) is not taken for a part of it.
pub(super) fn is_placeholder(value: &str) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let lower = value.to_lowercase();
    credentials::is_placeholder(&lower)
        || is_framed(value)
        || is_elided(&lower)
        || is_example(value)
        || is_phrase(value)
}

/// Whether a value without separators speaks to whom it is handed: `yourSecretKey`, `PasswordHere`.
pub(super) fn addresses_reader(value: &str) -> bool {
    let lower = value.to_lowercase();
    let named = lower.starts_with("your") || lower.len() > 4 && lower.ends_with("here");
    named && lower.bytes().all(|b| b.is_ascii_alphabetic()) && super::trivial::is_trivial(&lower)
}

/// Whether a value says nothing but its own key's words: `smtp-password` under `SMTP_PASSWORD`.
pub(super) fn repeats(key: &Key<'_>, value: &str) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let words = Key::new(value);
    !words.words().is_empty()
        && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '))
        && words.words().iter().all(|word| key.has(&[word]))
}

/// `<…>`, `[…]`, `{…}`, `__…__`, also behind a prefix (`sk-<your key>`).
fn is_framed(value: &str) -> bool {
    let framed = |open: &str, close: &str| {
        let inner = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| inner.len() > 1 && wordy_text(inner))
    };
    let angled = value.find('<').zip(value.rfind('>')).is_some_and(|(open, close)| {
        let inner = value.get(open + 1..close).unwrap_or_default();
        let around =
            value.get(..open).unwrap_or_default().len() + value.get(close + 1..).unwrap_or_default().len();
        inner.len() > 1 && around <= 12 && inner.chars().any(char::is_alphabetic)
    });
    angled
        || framed("[", "]")
        || framed("{", "}")
        || framed("__", "__")
        || framed("@@", "@@")
        || framed("((", "))")
        || framed("%", "%")
}

/// Dots, stars or `x` where the secret would be: `...`, `****`, `sk-xxxx`, `SG...`.
fn is_elided(lower: &str) -> bool {
    let blank = |c: char| matches!(c, '.' | '*' | 'x' | '-' | '_' | '…' | '?' | '#');
    if lower.len() > 1 && lower.chars().all(blank) || lower == "…" {
        return true;
    }
    let elided =
        ["...", "…", "***", "xxxx"].iter().find_map(|sign| lower.find(sign).map(|at| (at, sign.len())));
    elided.is_some_and(|(at, length)| {
        let before = lower.get(..at).unwrap_or_default();
        let after = lower.get(at + length..).unwrap_or_default().trim_start_matches(blank);
        // An ellipsis may show the first and last characters of a real key.
        before.len() <= 16 && after.len() <= 8
    })
}

/// The vendors' documented examples end in EXAMPLE or EXAMPLEKEY.
fn is_example(value: &str) -> bool {
    value.ends_with("EXAMPLE") || value.ends_with("EXAMPLEKEY")
}

/// Words with separators that ask for a secret or tell what kind of it belongs here.
fn is_phrase(value: &str) -> bool {
    if !wordy_text(value) {
        return false;
    }
    let key = Key::new(value);
    let words = key.words();
    let several = words.len() > 1;
    let marked = credentials::markers().any(|marker| {
        // No marker has more than four words.
        let mut parts = [""; 4];
        let mut count = 0;
        for (slot, part) in parts.iter_mut().zip(marker.split(' ')) {
            *slot = part;
            count += 1;
        }
        key.has(parts.get(..count).unwrap_or_default())
    });
    let separated = value.contains(['-', '_', ' ', '.']);
    let named = separated && words.iter().any(|word| credentials::is_noun(&word.to_lowercase()));
    several && (marked || named)
}

/// Whether a text is made of words with separators between them and no random characters.
fn wordy_text(text: &str) -> bool {
    let separator =
        |c: char| matches!(c, '-' | '_' | ' ' | '.' | '/' | '!' | '\'' | ',' | '(' | ')' | ':' | '@');
    text.chars().all(|c| c.is_alphanumeric() || separator(c)) && text.split(separator).all(is_wordy)
}

/// Whether a piece could be a word: letters with vowels in one case, a small number, or a term such as
/// `rs256`, `32chars` and `256bits`.
fn is_wordy(piece: &str) -> bool {
    let letters = piece.trim_matches(|c: char| c.is_ascii_digit());
    let digits = piece.len() - letters.len();
    if digits > 4 || letters.chars().count() > 24 || letters.chars().any(char::is_numeric) {
        return false;
    }
    let vowels = letters
        .chars()
        .filter(|c| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y'))
        .count();
    let small = letters.chars().filter(|c| c.is_lowercase()).count();
    let all = letters.chars().count();
    // `Password`, `PASSWORD`, `password` and at most one more capital inside, as in `postgresPassword`.
    let cased = small == all || small == 0 || all - small <= 2;
    cased && (all <= 4 || vowels * 7 >= all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_recognised() {
        for value in [
            "<secure_password>",
            "your-secret-key-here",
            "change-me-in-production",
            "CHANGE_ME_IN_PRODUCTION",
            "changeme-in-production",
            "sk-...",
            "...",
            "SG...",
            "xxx",
            "XXXX",
            "****",
            "TODO",
            "REPLACE_ME",
            "__REPLACE_ME__",
            "api_key_here",
            "example",
            "[REPLACE_WITH_KEY]",
            "sk-<your_production_openai_key>",
            "strong_password_here",
            "your_production_jwt_secret_256_bits",
            "your-redis-password",
            "<generate-with-openssl-rand-hex-32>",
            "super-secret-key-32-chars-minimum",
            "dev-secret-key",
            "your.api.key",
            "your-super-secret-jwt-token-with-at-least-32-characters-long",
            "this_password_is_insecure_and_should_be_updated",
            "sk-xxxxxxxx",
            "AKIAXXXXXXXXXXXXXXXX",
            "your-api-key",
            "monitoring_password",
            "<base64_encoded_password>",
            "my-secret-pw",
            "enter your password",
            "your_32_character_key",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_phrase_hides_no_real_secret() {
        let random = ["your-secret-", "8f3kq29dk20dxzqw7"].concat();
        for value in [
            random.as_str(),
            "correct-horse-battery-staple",
            "yYrECL4qbNwleYInGJYvVnSkwJ",
            "tr0ub4dor&3",
            "sample-a8d9f7g6h5j4",
            "hunter-x9",
            "Zq8-password-k3Vb9wP",
            "",
            "fake7Kd93kslQ",
            "n/aK3j4k5l6",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_value_may_repeat_its_key() {
        assert!(repeats(&Key::new("smtp-password"), "smtp-password"));
        assert!(repeats(&Key::new("POSTGRES_MONITORING_PASSWORD"), "monitoring_password"));
        assert!(repeats(&Key::new("SMTP_PASSWORD"), "smtpPassword"));
        assert!(!repeats(&Key::new("SMTP_PASSWORD"), "smtp-8fk3"));
        assert!(!repeats(&Key::new("SMTP_PASSWORD"), "--"));
    }
}
