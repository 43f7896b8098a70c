//! Tokens and keys that are known by their shape.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::ops::Range;

use crate::data::credentials::{self, Alphabet, Format};

/// The two shapes that are more than a prefix and a tail.
const PEM: &str = "-----BEGIN ";
const JWT: &str = "eyJ";

/// The length in bytes that a token or key has at least; a test compares it with the formats.
const SHORTEST: usize = 16;

/// The most of a JSON web token that is read.
const LONGEST_TOKEN: usize = 8192;

/// The first token or key in a text whose format is known: its name and its place. Stand-ins of the same
/// shape (`sk-your-key`, `AKIA…EXAMPLE`) are none.
#[must_use]
pub fn known_format(value: &str) -> Option<(&'static str, Range<usize>)> {
    let last = value.len().checked_sub(SHORTEST)?;
    (0..=last).find_map(|at| {
        let rest = value.as_bytes().get(at..)?;
        if rest.starts_with(PEM.as_bytes()) {
            return private_key(value, at);
        }
        if continues(value, at) {
            return None;
        }
        if rest.starts_with(JWT.as_bytes()) {
            return web_token(value, at).map(|range| ("JSON web token", range));
        }
        let format = format_of(rest)?;
        tail(value, at..at + format.prefix.len(), format).map(|range| (format.name, range))
    })
}

/// The format whose prefix a text starts with; the longest of several.
fn format_of(text: &[u8]) -> Option<&'static Format> {
    let formats = credentials::formats();
    // They are sorted by their prefixes, none of which is shorter than two bytes.
    let two = |text: &[u8]| text.first_chunk::<2>().copied();
    let start = two(text)?;
    let from = formats.partition_point(|format| two(format.prefix.as_bytes()) < Some(start));
    let alike = formats.get(from..)?.iter().take_while(|format| two(format.prefix.as_bytes()) == Some(start));
    alike.filter(|format| text.starts_with(format.prefix.as_bytes())).max_by_key(|format| format.prefix.len())
}

/// The payload of a value that is a JSON web token, decoded.
pub(super) fn token_payload(value: &str) -> Option<String> {
    let range = web_token(value, 0)?;
    let payload = value.get(range)?.split('.').nth(1)?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The whole token behind a prefix, if its tail has the right length and looks random.
fn tail(value: &str, prefix: Range<usize>, format: &Format) -> Option<Range<usize>> {
    if continues(value, prefix.start) {
        return None;
    }
    let rest = value.as_bytes().get(prefix.end..)?;
    // One more than allowed tells that the token is none.
    let length = rest.iter().take(format.max + 1).take_while(|&&b| format.alphabet.has(b)).count();
    let tail = value.get(prefix.end..prefix.end + length)?;
    let tail = if format.alphabet == Alphabet::Dotted { tail.trim_end_matches('.') } else { tail };
    let fits = (format.min..=format.max).contains(&tail.len()) && is_random(tail);
    fits.then_some(prefix.start..prefix.end + tail.len())
}

/// Whether a token at `at` would be the end of a longer word.
fn continues(value: &str, at: usize) -> bool {
    let before = value.as_bytes().get(..at).and_then(<[u8]>::last);
    before.is_some_and(|&b| Alphabet::Word.has(b))
}

/// Whether a tail is no stand-in: it has several characters and doesn't say that it is an example.
fn is_random(tail: &str) -> bool {
    let mut seen = [false; 256];
    for byte in tail.bytes() {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            *slot = true;
        }
    }
    let distinct = seen.iter().filter(|&&seen| seen).count();
    let lower = tail.to_ascii_lowercase();
    let says = ["example", "xxxx", "your", "placeholder", "changeme", "1234567890abcdef", "abcdefghij"];
    distinct >= 8 && !says.iter().any(|word| lower.contains(word))
}

/// A private key in PEM: its label says so, and at least two lines' worth of base64 follow.
fn private_key(value: &str, start: usize) -> Option<(&'static str, Range<usize>)> {
    let rest = value.get(start..)?;
    let label = rest.get(PEM.len()..)?.as_bytes();
    let length = label.iter().take(64).position(|&b| b == b'-')?;
    let label = rest.get(PEM.len()..PEM.len() + length)?;
    let head = PEM.len() + length + "-----".len();
    if !label.contains("PRIVATE KEY") || !rest.get(PEM.len() + length..head)?.bytes().all(|b| b == b'-') {
        return None;
    }
    // Line breaks may be written as `\n`; headers of old keys have `:` and `,`.
    let inside =
        |b: u8| Alphabet::Base64.has(b) || b.is_ascii_whitespace() || matches!(b, b'\\' | b':' | b',');
    let body = rest.get(head..)?.bytes().take_while(|&b| inside(b)).count();
    let base64 = rest.get(head..head + body)?.bytes().filter(|&b| Alphabet::Base64.has(b)).count();
    if base64 < 40 || !is_random(rest.get(head..head + body)?) {
        return None;
    }
    let foot = rest.get(head + body..)?;
    let end = match foot.strip_prefix("-----END ").and_then(|foot| foot.find("-----")) {
        Some(label) => head + body + "-----END ".len() + label + "-----".len(),
        None => head + body,
    };
    Some(("private key", start..start + end))
}

/// Three parts in base64url with dots between them, the first of which is a JSON object with an algorithm.
fn web_token(value: &str, start: usize) -> Option<Range<usize>> {
    // A dot before it would make it a later part of a token that was read already.
    if continues(value, start)
        || value.get(..start).is_some_and(|before| before.ends_with('.'))
        || !value.get(start..)?.starts_with(JWT)
    {
        return None;
    }
    let bytes = value.as_bytes().get(start..)?;
    let length = bytes.iter().take(LONGEST_TOKEN).take_while(|&&b| Alphabet::Dotted.has(b)).count();
    let token = value.get(start..start + length)?.trim_end_matches('.');
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let decoded = URL_SAFE_NO_PAD.decode(header).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
    let real =
        header.get("alg").is_some() && payload.len() > 4 && signature.len() >= 20 && is_random(signature);
    (real && parts.next().is_none()).then_some(start..start + token.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(parts: &[&str]) -> Option<&'static str> {
        known_format(&parts.concat()).map(|(name, _)| name)
    }

    const TAIL: &str = "q7Rk2mXw9ZbT4vLs8NcY1pHd6JfGaEuV5oQi";

    #[test]
    fn no_format_is_shorter_than_the_shortest() {
        let shortest = credentials::formats().iter().map(|format| format.prefix.len() + format.min).min();
        assert!(shortest >= Some(SHORTEST), "{shortest:?}");
        assert!(credentials::formats().iter().all(|format| format.prefix.len() >= 2));
        assert!(credentials::formats().is_sorted_by(|a, b| a.prefix < b.prefix));
    }

    #[test]
    fn tokens_are_found_anywhere_in_a_text() {
        assert_eq!(found(&["ghp", "_", TAIL]), Some("GitHub personal access token"));
        assert_eq!(found(&["curl -H 'token: ghp", "_", TAIL, "'"]), Some("GitHub personal access token"));
        assert_eq!(found(&["AKIA", "Q7RK2MXW9ZBT4VLS"]), Some("AWS access key"));
        assert_eq!(found(&["sk", "-ant-", "api03-", TAIL]), Some("Anthropic API key"));
        assert_eq!(found(&["sk", "-", TAIL]), Some("OpenAI API key"));
        assert_eq!(
            found(&["SG", ".", "q7Rk2mXw9ZbT4vLs8NcY1p", ".", TAIL, "abcdefg"]),
            Some("SendGrid API key")
        );
        let text = ["x=ghp", "_", TAIL, "&y"].concat();
        assert_eq!(known_format(&text).map(|(_, range)| range), Some(2..2 + 4 + TAIL.len()));
    }

    #[test]
    fn stand_ins_of_the_same_shape_are_none() {
        for parts in [
            &["sk", "-..."][..],
            &["sk", "-<your-openai-key>"],
            &["AKIA", "IOSFODNN7EXAMPLE"],
            &["ghp", "_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
            &["risk", "-", TAIL],
            &["task-sk", "-", TAIL],
            &["SG", "..."],
            &["eyJ", "hbGci"],
        ] {
            assert_eq!(found(parts), None, "{parts:?}");
        }
    }

    #[test]
    fn private_keys_need_a_body() {
        let body = [TAIL, "\\n", TAIL].concat();
        let text =
            ["-----BEGIN RSA PRIV", "ATE KEY-----\\n", &body, "\\n-----END RSA PRIV", "ATE KEY-----\\n"]
                .concat();
        assert_eq!(known_format(&text), Some(("private key", 0..text.len() - 2)));
        assert_eq!(found(&["-----BEGIN PRIV", "ATE KEY-----\n...\n-----END PRIV", "ATE KEY-----"]), None);
        assert_eq!(found(&["-----BEGIN PUBLIC KEY-----\n", TAIL, TAIL]), None);
    }

    #[test]
    fn web_tokens_have_a_header() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let payload = URL_SAFE_NO_PAD.encode(r#"{"iss":"supabase-demo"}"#);
        let token = [header.as_str(), ".", payload.as_str(), ".", TAIL].concat();
        assert_eq!(known_format(&token).map(|(name, _)| name), Some("JSON web token"));
        assert_eq!(token_payload(&token).as_deref(), Some(r#"{"iss":"supabase-demo"}"#));
        assert_eq!(found(&["eyJ", TAIL, ".", TAIL, ".", TAIL]), None);
    }

    #[test]
    fn hostile_text_is_read_in_linear_time() {
        for piece in ["sk-", "eyJ.", "eyJ ", "AKIA", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "hvs. "] {
            assert_eq!(known_format(&piece.repeat(1_000_000 / piece.len())), None, "{piece}");
        }
    }

    proptest! {
        #[test]
        fn places_lie_within_the_text(text in "(sk-|eyJ|ghp_|é|-----BEGIN PRIVATE KEY-----|[a-zA-Z0-9]{0,40}){0,6}") {
            if let Some((_, range)) = known_format(&text) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
