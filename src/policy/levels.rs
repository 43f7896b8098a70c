//! The `[levels]` table of govlint.toml: how bad the user finds a rule.

use super::Pattern;
use crate::rule::Level;

/// What the user makes of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// It is not asked.
    Off,
    /// Whatever it finds has this level.
    At(Level),
}

impl Choice {
    /// The names, as a policy writes them.
    pub const NAMES: [&'static str; 4] = ["off", "note", "warning", "error"];

    /// The choice of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name == "off" { Some(Choice::Off) } else { Level::parse(name).map(Choice::At) }
    }
}

/// What the user makes of rules and topics.
#[derive(Clone, Default, Debug)]
pub struct Levels(Vec<(Pattern, Choice)>);

impl Levels {
    /// Adds a choice.
    pub fn set(&mut self, pattern: Pattern, choice: Choice) {
        self.0.push((pattern, choice));
    }

    /// What the user makes of the rule of this id and topic: what is said of the rule itself wins over what
    /// is said of its topic.
    #[must_use]
    pub fn of(&self, id: &str, topic: &str) -> Option<Choice> {
        let matching = self.0.iter().filter(|(pattern, _)| pattern.names(id, topic));
        matching.min_by_key(|(pattern, _)| pattern.topic().is_some()).map(|(_, choice)| *choice)
    }

    /// The level of a finding of that rule whose own level is `level`; nothing where the rule is off.
    #[must_use]
    pub fn adjust(&self, id: &str, topic: &str, level: Level) -> Option<Level> {
        match self.of(id, topic) {
            Some(Choice::Off) => None,
            Some(Choice::At(chosen)) => Some(chosen),
            None => Some(level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_wins_over_its_topic_in_any_order() {
        for order in [["privilege/*", "root-user"], ["root-user", "privilege/*"]] {
            let mut levels = Levels::default();
            for name in order {
                let choice = if name == "root-user" { Choice::Off } else { Choice::At(Level::Error) };
                levels.set(Pattern::new(name), choice);
            }
            assert_eq!(levels.adjust("root-user", "privilege", Level::Note), None);
            assert_eq!(levels.adjust("privileged", "privilege", Level::Note), Some(Level::Error));
            assert_eq!(levels.adjust("weak-cipher", "tls", Level::Note), Some(Level::Note));
        }
    }
}
