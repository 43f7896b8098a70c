//! Text in base64, as the data of a Kubernetes Secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The text behind a base64 value: the standard alphabet with padding, white space ignored. Nothing where
/// the value is no base64, or what it holds is not UTF-8 or has control characters other than line breaks
/// and tabs, so that a plain word which happens to be valid base64 is rarely taken for an encoded one.
#[must_use]
pub fn decode_text(value: &str) -> Option<String> {
    let compact: String = value.split_ascii_whitespace().collect();
    let text = String::from_utf8(STANDARD.decode(compact).ok()?).ok()?;
    let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().all(printable).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded() {
        assert_eq!(decode_text("cG9zdGdyZXM=").as_deref(), Some("postgres"));
        assert_eq!(decode_text(" cG9z\n  dGdyZXM=\n").as_deref(), Some("postgres"));
        assert_eq!(decode_text("").as_deref(), Some(""));
    }

    #[test]
    fn what_holds_no_text_is_refused() {
        for value in ["cG9zdGdyZXM", "not base64!", "AAAA", "/////w==", "<base64>"] {
            assert_eq!(decode_text(value), None, "{value}");
        }
    }
}
