//! The names of rules and the paths of files, as a policy writes them.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use super::did_you_mean;
use crate::rule::Rule;

/// The names that a policy may use.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// The id and the topic of every rule, on or off.
    pub rules: &'k [(&'k str, &'k str)],
    /// The names of the formats.
    pub formats: &'k [&'k str],
}

/// A rule by its id, or all rules of a topic: `root-user`, `privilege/*`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern as it is written; whether it names anything is for [`Pattern::check`] to say.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Pattern(text.trim().to_owned())
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The topic, where all its rules are meant.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        self.0.strip_suffix("/*")
    }

    /// Whether a rule is meant.
    #[must_use]
    pub fn covers(&self, rule: &Rule) -> bool {
        self.names(rule.id, rule.topic)
    }

    /// Whether the rule of this id and topic is meant.
    #[must_use]
    pub fn names(&self, id: &str, topic: &str) -> bool {
        self.topic().map_or(self.0 == id, |named| named == topic)
    }

    /// Checks that something has this name.
    ///
    /// # Errors
    /// That it is unknown, in lower case and without a stop, with a name that may have been meant.
    pub fn check(&self, known: Known<'_>) -> Result<(), String> {
        if known.rules.iter().any(|(id, topic)| self.names(id, topic)) {
            return Ok(());
        }
        let text = &self.0;
        let Some(named) = self.topic() else {
            let ids = known.rules.iter().map(|(id, _)| *id);
            return Err(format!("unknown rule `{text}`{}", did_you_mean(text, ids)));
        };
        let mut topics: Vec<_> = known.rules.iter().map(|(_, topic)| format!("{topic}/*")).collect();
        topics.dedup();
        let topics = topics.iter().map(String::as_str);
        Err(format!("unknown topic `{named}`{}", did_you_mean(text, topics)))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The length in bytes up to which a glob is read; the automaton of a longer one may be refused by a panic.
const LONGEST: usize = 4096;

/// Paths below the folder of the policy: `dev/**`, `*.tmpl`. A `*` stays within one folder, and a trailing
/// `/` means all that lies in a folder.
#[derive(Clone, Debug)]
pub struct Paths {
    glob: GlobMatcher,
    /// What every path begins with, so that most others are told by it.
    start: String,
}

impl Paths {
    /// Reads a glob.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let below = text.strip_prefix("./").unwrap_or(text);
        if below.is_empty() {
            return Err("a path is wanted here".into());
        }
        if below.len() > LONGEST {
            return Err("it is longer than any path".into());
        }
        let whole = if below.ends_with('/') { format!("{below}**") } else { below.to_owned() };
        let glob = GlobBuilder::new(&whole).literal_separator(true).build();
        let start = whole.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default().to_owned();
        glob.map(|glob| Paths { glob: glob.compile_matcher(), start })
            .map_err(|wrong| wrong.kind().to_string())
    }

    /// Whether a path, given from the folder of the policy, is meant.
    #[must_use]
    pub fn contain(&self, path: &str) -> bool {
        path.starts_with(&self.start) && self.glob.is_match(path)
    }

    /// The glob as it is read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.glob.glob().glob()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known<'_> = Known {
        rules: &[("privileged", "privilege"), ("root-user", "privilege"), ("weak-cipher", "tls")],
        formats: &[],
    };

    #[test]
    fn a_pattern_names_a_rule_or_a_topic() {
        assert!(Pattern::new("root-user").names("root-user", "privilege"));
        assert!(Pattern::new("privilege/*").names("root-user", "privilege"));
        assert!(!Pattern::new("privilege/*").names("weak-cipher", "tls"));
        assert!(!Pattern::new("privilege").names("root-user", "privilege"));
    }

    #[test]
    fn an_unknown_name_is_refused_with_a_suggestion() {
        assert_eq!(Pattern::new("tls/*").check(KNOWN), Ok(()));
        assert_eq!(
            Pattern::new("root-usr").check(KNOWN).unwrap_err(),
            "unknown rule `root-usr`, did you mean `root-user`?"
        );
        assert_eq!(
            Pattern::new("privileg/*").check(KNOWN).unwrap_err(),
            "unknown topic `privileg`, did you mean `privilege/*`?"
        );
    }

    #[test]
    fn a_star_stays_in_its_folder() {
        let matches = |glob: &str, path: &str| Paths::parse(glob).unwrap().contain(path);
        assert!(matches("dev/**", "dev/a/b.yaml"));
        assert!(matches("dev/", "dev/a/b.yaml"));
        assert!(matches("./dev/*.yaml", "dev/b.yaml"));
        assert!(!matches("dev/*.yaml", "dev/a/b.yaml"));
        assert!(matches("**/.env", ".env"));
        assert!(Paths::parse("a[").is_err());
    }
}
