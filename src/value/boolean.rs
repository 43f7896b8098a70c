//! Words that switch something on or off.

const ON: &[&str] = &["true", "yes", "on", "1", "enabled", "enable", "y", "t"];
const OFF: &[&str] = &["false", "no", "off", "0", "disabled", "disable", "n", "f"];

/// What a switch says, in any case and with white space around it; nothing where the text is no such word.
#[must_use]
pub fn parse(text: &str) -> Option<bool> {
    let text = text.trim();
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(ON) {
        Some(true)
    } else if is_one_of(OFF) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_in_any_case() {
        for on in ["true", "True", "YES", "on", "1", "Enabled", " y ", "T"] {
            assert_eq!(parse(on), Some(true), "{on}");
        }
        for off in ["false", "No", "OFF", "0", "disabled", "n", "f"] {
            assert_eq!(parse(off), Some(false), "{off}");
        }
        for neither in ["", "2", "none", "maybe", "truely", "${TLS}", "require"] {
            assert_eq!(parse(neither), None, "{neither}");
        }
    }
}
