//! Names of settings as words: `postgresPassword`, `POSTGRES_PASSWORD` and `postgres.password` say the same.

/// The most words that are told apart. Of a longer name the first ones and the last one are kept, since a
/// name's beginning and end say what it is.
const MOST_WORDS: usize = 16;

/// A name cut into words, without allocation. Words are compared in any case.
///
/// A word ends at every character that is neither letter nor digit, before a capital that follows a small
/// letter (`adminPassword`), and before the last of several capitals (`DBPassword`). Digits belong to the
/// word before them (`S3`, `OAuth2`).
#[derive(Clone, Copy, Debug)]
pub struct Key<'k> {
    text: &'k str,
    words: [&'k str; MOST_WORDS],
    count: usize,
    /// The first letters of its words, so that most questions are answered without a look at them.
    initials: Initials,
}

/// A set of first letters; characters that are no ASCII letters share one place.
#[derive(Clone, Copy, Default, Debug)]
struct Initials(u32);

impl Initials {
    fn of(word: &str) -> Self {
        let first = word.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
        Initials(1 << if first.is_ascii_lowercase() { first - b'a' } else { 31 })
    }

    fn meets(self, other: Initials) -> bool {
        self.0 & other.0 != 0
    }
}

impl<'k> Key<'k> {
    /// Cuts a name into words.
    #[must_use]
    pub fn new(text: &'k str) -> Key<'k> {
        let mut key = Key { text, words: [""; MOST_WORDS], count: 0, initials: Initials::default() };
        for run in text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
            key.cut(run);
        }
        key
    }

    /// Cuts a run of letters and digits where its case changes.
    fn cut(&mut self, run: &'k str) {
        let has = |case: fn(&u8) -> bool| run.bytes().any(|b| case(&b));
        if run.is_ascii() && !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)) {
            return self.push(run);
        }
        let mut start = 0;
        let mut before = None;
        let mut small = false;
        for (at, c) in run.char_indices() {
            let word = run.get(start..at).unwrap_or_default();
            let after = run.get(at + c.len_utf8()..).unwrap_or_default();
            if let Some(before) = before
                && c.is_uppercase()
                && starts_word(before, small, after)
                && !is_compound(word, c, after)
            {
                self.push(word);
                start = at;
                small = false;
            }
            small |= c.is_lowercase();
            before = Some(c);
        }
        self.push(run.get(start..).unwrap_or_default());
    }

    fn push(&mut self, word: &'k str) {
        let place = self.count.min(MOST_WORDS - 1);
        if let Some(slot) = self.words.get_mut(place) {
            *slot = word;
            self.initials.0 |= Initials::of(word).0;
            self.count = place + 1;
        }
    }

    /// The name as written.
    #[must_use]
    pub fn text(&self) -> &'k str {
        self.text
    }

    /// The words, as written.
    #[must_use]
    pub fn words(&self) -> &[&'k str] {
        self.words.get(..self.count).unwrap_or_default()
    }

    /// The last word, as written; empty where the name has none.
    #[must_use]
    pub fn last(&self) -> &'k str {
        self.words().last().copied().unwrap_or_default()
    }

    /// Whether the name is these words and no others.
    #[must_use]
    pub fn is(&self, words: &[&str]) -> bool {
        same(self.words(), words)
    }

    /// Whether these words stand in the name, one after the other.
    #[must_use]
    pub fn has(&self, words: &[&str]) -> bool {
        self.find(words).is_some()
    }

    /// Whether one of these words stands in the name.
    #[must_use]
    pub fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|one| {
            self.initials.meets(Initials::of(one))
                && self.words().iter().any(|word| word.eq_ignore_ascii_case(one))
        })
    }

    /// Whether the name starts with these words.
    #[must_use]
    pub fn starts_with(&self, words: &[&str]) -> bool {
        self.words().get(..words.len()).is_some_and(|first| same(first, words))
    }

    /// Whether the name ends with these words.
    #[must_use]
    pub fn ends_with(&self, words: &[&str]) -> bool {
        if words.last().is_some_and(|last| !last.eq_ignore_ascii_case(self.last())) {
            return false;
        }
        let start = self.count.checked_sub(words.len());
        start.and_then(|start| self.words().get(start..)).is_some_and(|last| same(last, words))
    }

    /// The number of words before the first place where these words stand one after the other.
    #[must_use]
    pub fn find(&self, words: &[&str]) -> Option<usize> {
        let Some(first) = words.first() else { return Some(0) };
        if !self.initials.meets(Initials::of(first)) {
            return None;
        }
        self.words().windows(words.len()).position(|window| same(window, words))
    }

    /// What stands before these words, as written and without the separator: `DB` of `DB_PASSWORD` before
    /// `password`. The words must be the name's last ones; nothing where they aren't.
    #[must_use]
    pub fn before(&self, words: &[&str]) -> Option<&'k str> {
        if !self.ends_with(words) {
            return None;
        }
        let rest = self.text.len() - self.tail(words.len());
        self.text.get(..rest).map(|text| text.trim_end_matches(|c: char| !c.is_alphanumeric()))
    }

    /// Whether both names start with the same words, this many of them.
    #[must_use]
    pub fn shares_start(&self, other: &Key<'_>, words: usize) -> bool {
        match (self.words().get(..words), other.words().get(..words)) {
            (Some(own), Some(others)) => same(own, others),
            _ => false,
        }
    }

    /// The bytes from the start of the last `words` words to the end of the text.
    fn tail(&self, words: usize) -> usize {
        let mut rest = self.text;
        for word in self.words().iter().rev().take(words) {
            rest = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
            rest = rest.get(..rest.len().saturating_sub(word.len())).unwrap_or_default();
        }
        self.text.len() - rest.len()
    }
}

fn same(words: &[&str], others: &[&str]) -> bool {
    words.len() == others.len() && words.iter().zip(others).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Whether a capital starts a new word, from the character before it, whether the word so far has a small
/// letter, and what follows the capital.
fn starts_word(before: char, small: bool, after: &str) -> bool {
    if before.is_lowercase() || (before.is_numeric() && small) {
        return true;
    }
    // The last capital of `DBPassword` starts a word, the plural's `s` of `allowedIPs` doesn't make one.
    let mut following = after.chars();
    let next_small = following.next().is_some_and(char::is_lowercase);
    let plural = after.starts_with('s') && !following.next().is_some_and(char::is_lowercase);
    next_small && !plural
}

/// Whether a capital stands within one term that is usually written with capitals inside.
fn is_compound(word: &str, capital: char, after: &str) -> bool {
    word.eq_ignore_ascii_case("o") && capital == 'A' && after.starts_with("uth")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        Key::new(text).words().iter().map(|word| word.to_lowercase()).collect()
    }

    #[test]
    fn a_name_is_cut_at_separators_and_at_changes_of_case() {
        assert_eq!(words("postgresPassword"), ["postgres", "password"]);
        assert_eq!(words("xpack.security.http.ssl.enabled"), ["xpack", "security", "http", "ssl", "enabled"]);
        assert_eq!(words("DBPassword"), ["db", "password"]);
        assert_eq!(words("AWS_S3_REGION"), ["aws", "s3", "region"]);
        assert_eq!(words("OAUTH2_TOKEN"), ["oauth2", "token"]);
        assert_eq!(words("oauth2Token"), ["oauth2", "token"]);
        assert_eq!(words("myOAuth2Token"), ["my", "oauth2", "token"]);
        assert_eq!(words("S3Region"), ["s3", "region"]);
        assert_eq!(words("base64URL"), ["base64", "url"]);
        assert_eq!(words("allowedIPs"), ["allowed", "ips"]);
        assert_eq!(words("GITEA__server__PROTOCOL"), ["gitea", "server", "protocol"]);
        assert_eq!(words("--audit-log-maxage"), ["audit", "log", "maxage"]);
        assert_eq!(words("nginx.ingress.kubernetes.io/ssl-redirect").len(), 6);
        assert_eq!(words("ttlSecondsAfterFinished"), ["ttl", "seconds", "after", "finished"]);
        assert_eq!(words("-_."), Vec::<String>::new());
    }

    #[test]
    fn words_are_found_in_any_case_and_only_whole() {
        let key = Key::new("ENABLE_AUDIT_LOGGING");
        assert!(key.has(&["audit"]) && key.has(&["audit", "logging"]) && !key.has(&["log"]));
        assert!(key.starts_with(&["enable"]) && key.ends_with(&["Logging"]) && !key.ends_with(&["audit"]));
        assert!(key.has_any(&["x", "audit"]) && key.is(&["enable", "audit", "logging"]));
        assert_eq!(key.find(&["logging"]), Some(2));
    }

    #[test]
    fn the_prefix_is_given_as_written() {
        assert_eq!(Key::new("MY_DB_PASSWORD").before(&["password"]), Some("MY_DB"));
        assert_eq!(Key::new("mainDbPassword").before(&["db", "password"]), Some("main"));
        assert_eq!(Key::new("PASSWORD").before(&["password"]), Some(""));
        assert_eq!(Key::new("DB_HOST").before(&["password"]), None);
        assert!(Key::new("A_B_C").shares_start(&Key::new("a.b.d"), 2));
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let text = "x_".repeat(100_000) + "password";
        assert!(Key::new(&text).ends_with(&["password"]));
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(text in ".{0,60}") {
            let key = Key::new(&text);
            prop_assert!(key.words().iter().all(|word| !word.is_empty() && text.contains(word)));
            prop_assert!(key.words().is_empty() || key.before(&[key.last()]).is_some());
        }
    }
}
