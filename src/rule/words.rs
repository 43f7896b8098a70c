//! Named properties of texts: the words that conditions use where a plain comparison won't do.

use super::condition::Truth;

/// A named property of a text.
#[derive(Clone, Copy)]
pub struct Word {
    /// The name as rules write it.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Whether a text has the property.
    pub holds: fn(&str) -> Truth,
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// All words, sorted by name.
pub static WORDS: &[Word] = &[
    Word {
        name: "privileged-capability",
        doc: "any capability but `NET_BIND_SERVICE`, which only opens ports below 1024",
        holds: |name| (name != "NET_BIND_SERVICE").into(),
    },
    Word {
        name: "root",
        doc: "a user that is the administrator: `root`, uid 0 in any spelling, with or without a group, and `ContainerAdministrator` on Windows",
        holds: root,
    },
];

/// The word of this name.
#[must_use]
pub fn find(name: &str) -> Option<Word> {
    WORDS.iter().find(|word| word.name == name).copied()
}

/// Only the user decides; a group of root alone gives no root.
fn root(text: &str) -> Truth {
    let user = text.split(':').next().unwrap_or_default().trim();
    if user.contains('$') || user.contains("{{") {
        return Truth::Unknown;
    }
    let number = user.strip_prefix(['+', '-']).unwrap_or(user);
    let zero = !number.is_empty() && number.bytes().all(|byte| byte == b'0');
    let administrator =
        user.rsplit('\\').next().is_some_and(|name| name.eq_ignore_ascii_case("ContainerAdministrator"));
    (zero || user == "root" || administrator).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(WORDS.is_sorted_by_key(|word| word.name));
    }

    #[test]
    fn root_is_a_user_not_a_group() {
        for text in [
            "root",
            "0",
            "00",
            "-0",
            "+0",
            "0:0",
            "root:root",
            "0:1000",
            "ContainerAdministrator",
            "root:app",
        ] {
            assert_eq!(root(text), Truth::Yes, "{text}");
        }
        for text in ["app", "1000", "-1", "app:root", "1000:0", "", "rooted"] {
            assert_eq!(root(text), Truth::No, "{text}");
        }
        assert_eq!(root("${UID}"), Truth::Unknown);
    }
}
