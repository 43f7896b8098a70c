//! What a plain scalar means: YAML 1.1, as Compose, Kubernetes and most loaders read it, with the
//! octal numbers of YAML 1.2 beside it.

/// The words of <https://yaml.org/type/bool.html>.
pub(super) fn boolean(word: &str) -> Option<bool> {
    match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

pub(super) fn null(word: &str) -> bool {
    matches!(word, "" | "~" | "null" | "Null" | "NULL")
}

/// <https://yaml.org/type/int.html>, and `0o17`.
pub(super) fn integer(word: &str) -> Option<i64> {
    let (negative, digits) = sign(word);
    let magnitude = if let Some(digits) = digits.strip_prefix("0x") {
        based(digits, 16)?
    } else if let Some(digits) = digits.strip_prefix("0o") {
        based(digits, 8)?
    } else if let Some(digits) = digits.strip_prefix("0b") {
        based(digits, 2)?
    } else if digits.contains(':') {
        sexagesimal(digits)?
    } else if digits.len() > 1 && digits.starts_with('0') {
        // `08` is no octal number; loaders differ, but none reads it as anything else than 8 or text.
        based(digits, 8).or_else(|| based(digits, 10))?
    } else {
        based(digits, 10)?
    };
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// <https://yaml.org/type/float.html>
pub(super) fn float(word: &str) -> Option<f64> {
    if let Some(integer) = integer(word) {
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        return Some(integer as f64);
    }
    let (negative, digits) = sign(word);
    let signed = |value: f64| if negative { -value } else { value };
    match digits {
        ".inf" | ".Inf" | ".INF" => return Some(signed(f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return (digits.len() == word.len()).then_some(f64::NAN),
        _ => {}
    }
    if let Some((whole, fraction)) = digits.split_once('.')
        && whole.contains(':')
    {
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        let whole = sexagesimal(whole)? as f64;
        let fraction = unsigned(&format!("0.{fraction}")).filter(|_| all_digits(fraction))?;
        return Some(signed(whole + fraction));
    }
    unsigned(digits).map(signed)
}

/// Digits with a point, an exponent or both; the words Rust reads as floats (`inf`, `nan`) are none.
fn unsigned(digits: &str) -> Option<f64> {
    let first = *digits.as_bytes().first()?;
    let allowed =
        digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-' | b'_'));
    if !allowed || !(first.is_ascii_digit() || first == b'.') {
        return None;
    }
    if digits.contains('_') { digits.replace('_', "").parse().ok() } else { digits.parse().ok() }
}

fn all_digits(digits: &str) -> bool {
    digits.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

fn sign(word: &str) -> (bool, &str) {
    match word.as_bytes().first() {
        Some(b'-') => (true, &word[1..]),
        Some(b'+') => (false, &word[1..]),
        _ => (false, word),
    }
}

/// Digits with `_` between them; wide enough for the sign to come later.
fn based(digits: &str, base: u32) -> Option<i128> {
    let first = char::from(*digits.as_bytes().first()?);
    first.to_digit(base)?;
    digits.chars().filter(|&c| c != '_').try_fold(0i128, |sum, c| {
        let sum = sum * i128::from(base) + i128::from(c.to_digit(base)?);
        (sum <= 1 << 64).then_some(sum)
    })
}

/// `190:20:30`: every part but the first is below 60.
fn sexagesimal(digits: &str) -> Option<i128> {
    let mut parts = digits.split(':');
    let first = based(parts.next()?, 10)?;
    parts.try_fold(first, |sum, part| {
        let digit = based(part, 10).filter(|&digit| digit < 60 && part.len() <= 2)?;
        let sum = sum * 60 + digit;
        (sum <= 1 << 64).then_some(sum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_the_words_of_yaml_1_1() {
        assert_eq!(boolean("Yes"), Some(true));
        assert_eq!(boolean("off"), Some(false));
        assert_eq!(boolean("n"), Some(false));
        assert_eq!(boolean("tRUE"), None);
        assert_eq!(boolean("1"), None);
    }

    #[test]
    fn integers_have_many_spellings() {
        let cases: [(&str, i64); 12] = [
            ("0", 0),
            ("-12", -12),
            ("+1_000", 1000),
            ("0777", 0o777),
            ("0o17", 15),
            ("0x1F", 31),
            ("0b101", 5),
            ("1:30", 90),
            ("190:20:30", 685_230),
            ("08", 8),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ];
        for (word, value) in cases {
            assert_eq!(integer(word), Some(value), "{word}");
        }
        for word in ["", "-", "_1", "0x", "0xg", "1:60", "1:", "9223372036854775808", "1.0", "a", "--1", "１"]
        {
            assert_eq!(integer(word), None, "{word}");
        }
    }

    #[test]
    fn floats_have_many_spellings() {
        for (word, value) in
            [("1.5", 1.5), ("-.5", -0.5), ("1e3", 1000.0), ("1_0.5", 10.5), ("1:30.5", 90.5), ("7", 7.0)]
        {
            assert_eq!(float(word), Some(value), "{word}");
        }
        assert_eq!(float("-.inf"), Some(f64::NEG_INFINITY));
        assert!(float(".nan").is_some_and(f64::is_nan));
        for word in ["inf", "nan", "NaN", "infinity", ".", "", "1.2.3", "e5", "1:30.x", "1-2", "-.nan"] {
            assert_eq!(float(word), None, "{word}");
        }
    }

    #[test]
    fn null_is_empty_or_a_word() {
        assert!(null("") && null("~") && null("Null"));
        assert!(!null("none"));
    }
}
