//! Countries, their parts, groups of them, and regulators: which words mean which, and what lies in what.

use std::fmt;

use super::{places, spelling};
use crate::packed::{Run, Text};

/// Words longer than this are no place.
const LONGEST_WORD: usize = 80;

/// A country (ISO 3166-1), a part of one (ISO 3166-2, those that are known) or a group of countries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Jurisdiction(pub(super) u16);

pub(super) struct Row {
    pub(super) code: Text,
    pub(super) name: Text,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Country,
    /// A part of this country.
    Part(Jurisdiction),
    /// Countries and groups. Where it is open, what is no member isn't known to be outside.
    Group {
        members: Run,
        open: bool,
    },
}

/// A word for a jurisdiction or a regulator.
pub(super) struct Word {
    /// As it is looked up.
    pub(super) folded: Text,
    pub(super) shown: Text,
    pub(super) meaning: Meaning,
}

/// What a word means: a place, or the regulator of this index.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    Place(Jurisdiction),
    Regulator(u16),
}

/// A body whose code stands for the territory in which its rules apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Regulator {
    /// The code, such as `cqc_england`.
    pub code: &'static str,
    /// The full name.
    pub name: &'static str,
    /// Where its rules apply: no statement about where data lie.
    pub territory: Jurisdiction,
}

/// What a declared jurisdiction names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Declared {
    /// A place, which data may lie in.
    Place(Jurisdiction),
    /// A regulator, whose territory is no hosting place.
    Regulator(&'static Regulator),
}

impl Declared {
    /// The place, or the regulator's territory.
    #[must_use]
    pub fn territory(self) -> Jurisdiction {
        match self {
            Declared::Place(place) => place,
            Declared::Regulator(regulator) => regulator.territory,
        }
    }
}

impl Jurisdiction {
    fn row(self) -> &'static Row {
        const NOWHERE: &Row = &Row { code: Text::NONE, name: Text::NONE, kind: Kind::Country };
        places::jurisdictions().get(usize::from(self.0)).unwrap_or(NOWHERE)
    }

    /// The place of a code in its exact spelling: `GB`, `GB-SCT`, `eea`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match parse(code)? {
            Declared::Place(place) if place.code() == code => Some(place),
            _ => None,
        }
    }

    /// The ISO 3166 code, or the group's name in lower case.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code.get()
    }

    /// The name to be shown, such as "United Kingdom".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// The country: itself, or that of the part; none for a group.
    #[must_use]
    pub fn country(self) -> Option<Jurisdiction> {
        match self.row().kind {
            Kind::Country => Some(self),
            Kind::Part(country) => Some(country),
            Kind::Group { .. } => None,
        }
    }

    /// The members of a group; nothing for countries and parts.
    #[must_use]
    pub fn members(self) -> &'static [Jurisdiction] {
        match self.row().kind {
            Kind::Group { members, .. } => places::within(members),
            _ => &[],
        }
    }

    /// Whether all of `self`, which is no group, lies in `other`. None where that isn't known: a country
    /// in one of its parts, or anything that an open group doesn't list.
    fn within(self, other: Jurisdiction) -> Option<bool> {
        if self == other {
            return Some(true);
        }
        match other.row().kind {
            Kind::Country => Some(self.country() == Some(other)),
            Kind::Part(country) if self == country => None,
            Kind::Part(_) => Some(false),
            Kind::Group { members, open } => {
                let listed = any(places::within(members).iter().map(|&member| self.within(member)));
                if open && listed == Some(false) { None } else { listed }
            }
        }
    }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Yes where one is yes, else unknown where one is unknown, else no.
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut sum = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return answer,
            None => sum = None,
            Some(false) => {}
        }
    }
    sum
}

/// The places that a policy or a project allows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Set {
    places: Vec<Jurisdiction>,
}

impl FromIterator<Jurisdiction> for Set {
    fn from_iter<I: IntoIterator<Item = Jurisdiction>>(places: I) -> Self {
        // There are but some hundred places in the world.
        let mut set = Set::default();
        for place in places {
            if !set.places.contains(&place) {
                set.places.push(place);
            }
        }
        set
    }
}

impl Set {
    /// The places in the order in which they were given, each once.
    #[must_use]
    pub fn places(&self) -> &[Jurisdiction] {
        &self.places
    }

    /// Whether nothing is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether `place` lies in one of the set's places. None where that isn't known: the United Kingdom
    /// when only Scotland is allowed, or the European Union when only Ireland is.
    #[must_use]
    pub fn contains(&self, place: Jurisdiction) -> Option<bool> {
        let direct = any(self
            .places
            .iter()
            .map(|&allowed| if allowed == place { Some(true) } else { place.within(allowed) }));
        let Kind::Group { members, open } = place.row().kind else { return direct };
        if direct == Some(true) {
            return direct;
        }
        let mut inside = places::within(members).iter().map(|&member| self.contains(member));
        let first = inside.next().flatten()?;
        // All in, or all out; an open group may have members elsewhere.
        let alike = inside.all(|answer| answer == Some(first));
        (alike && !open).then_some(first)
    }
}

/// What one stated jurisdiction means: ISO alpha-2 and alpha-3 codes, names and other words, parts of
/// countries, groups and regulators, in any case and with `_`, `-` or spaces.
#[must_use]
pub fn parse(text: &str) -> Option<Declared> {
    if text.len() > LONGEST_WORD {
        return None;
    }
    let folded = spelling::word(text);
    let words = places::words();
    let at = words.binary_search_by(|word| word.folded.get().cmp(&folded)).ok()?;
    match words.get(at)?.meaning {
        Meaning::Place(place) => Some(Declared::Place(place)),
        Meaning::Regulator(index) => places::regulator(index).map(Declared::Regulator),
    }
}

/// The known word that a misspelt one is nearest to, or none where nothing is near: one letter may be
/// wrong in words of four or five, two in longer ones.
#[must_use]
pub fn suggest(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST_WORD {
        return None;
    }
    let folded = spelling::word(text);
    let length = folded.chars().count();
    let words = places::words().iter().map(|word| (word.folded.get(), word.shown.get()));
    nearest(&folded, length, words)
}

/// The entry whose key is nearest to `folded`, within the bound for its length; the first of equals.
pub(super) fn nearest(
    folded: &str,
    length: usize,
    entries: impl Iterator<Item = (&'static str, &'static str)>,
) -> Option<&'static str> {
    let bound = match length {
        0..=3 => return None,
        4..=5 => 1,
        _ => 2,
    };
    let own = letters(folded);
    // No change of one letter takes away or brings more than one, so most need no measuring.
    let like = |key: &str| {
        let other = letters(key);
        key.len().abs_diff(folded.len()) <= bound
            && (own & !other).count_ones().max((other & !own).count_ones()) as usize <= bound
    };
    entries
        .filter(|(key, _)| like(key))
        .map(|(key, shown)| (strsim::osa_distance(folded, key), shown))
        .filter(|&(distance, _)| (1..=bound).contains(&distance))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, shown)| shown)
}

/// Which letters a text has, several to a bit.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Jurisdiction {
        match parse(text) {
            Some(Declared::Place(place)) => place,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn set(words: &[&str]) -> Set {
        words.iter().map(|word| place(word)).collect()
    }

    #[test]
    fn a_country_is_known_by_code_and_name_in_any_case() {
        for word in ["GB", "gb", "GBR", "uk", "UK", "United Kingdom", "united_kingdom", "Great-Britain"] {
            assert_eq!(place(word).code(), "GB", "{word}");
        }
        assert_eq!(place("isle_of_man").code(), "IM");
        assert_eq!(place("Côte d'Ivoire").code(), place("cote divoire").code());
        assert_eq!(place("England").code(), "GB-ENG");
        assert_eq!(place("gb_sct").name(), "Scotland");
        assert_eq!(place("us-va").name(), "Virginia");
        assert_eq!(place("Georgia").code(), "GE");
        assert_eq!(parse("atlantis"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse(&"x".repeat(10_000)), None);
    }

    #[test]
    fn every_code_is_found_by_itself() {
        for row in places::jurisdictions() {
            assert_eq!(place(row.code.get()).code(), row.code.get());
        }
    }

    #[test]
    fn words_are_sorted_and_folded() {
        let words = places::words();
        assert!(words.windows(2).all(|pair| pair[0].folded.get() < pair[1].folded.get()));
        assert!(words.iter().all(|word| spelling::word(word.shown.get()) == word.folded.get()));
    }

    #[test]
    fn a_regulator_is_no_place() {
        for (word, territory) in [
            ("cqc_england", "GB-ENG"),
            ("care_inspectorate_scotland", "GB-SCT"),
            ("ciw_wales", "GB-WLS"),
            ("rqia_northern_ireland", "GB-NIR"),
            ("jcc_jersey", "JE"),
            ("gcrb_guernsey", "GG"),
            ("dhsc_isle_of_man", "IM"),
            ("CQC", "GB-ENG"),
            ("HIQA", "IE"),
            ("ico", "GB"),
        ] {
            let Some(Declared::Regulator(regulator)) = parse(word) else { panic!("{word}") };
            assert_eq!(regulator.territory.code(), territory, "{word}");
        }
    }

    #[test]
    fn a_set_holds_the_parts_of_its_places() {
        assert_eq!(set(&["GB"]).contains(place("England")), Some(true));
        assert_eq!(set(&["eea"]).contains(place("DE")), Some(true));
        assert_eq!(set(&["eea"]).contains(place("DE-HE")), Some(true));
        assert_eq!(set(&["eea"]).contains(place("eu")), Some(true));
        assert_eq!(set(&["eea"]).contains(place("GB")), Some(false));
        assert_eq!(set(&["eu"]).contains(place("IM")), Some(false));
        assert_eq!(set(&["crown-dependencies"]).contains(place("JE")), Some(true));
        assert_eq!(set(&["british-isles"]).contains(place("Wales")), Some(true));
    }

    #[test]
    fn what_is_known_too_coarsely_is_unknown() {
        assert_eq!(set(&["GB-SCT"]).contains(place("GB")), None);
        assert_eq!(set(&["GB-SCT"]).contains(place("GB-ENG")), Some(false));
        assert_eq!(set(&["IE"]).contains(place("eu")), None);
        assert_eq!(set(&["GB", "GG"]).contains(place("eu")), Some(false));
        assert_eq!(set(&["emea"]).contains(place("DE")), Some(true));
        assert_eq!(set(&["emea"]).contains(place("US")), None);
        assert_eq!(Set::default().contains(place("US")), Some(false));
    }

    #[test]
    fn a_misspelt_word_is_put_right() {
        assert_eq!(suggest("cqc_englnd"), Some("cqc_england"));
        assert_eq!(suggest("Irelnad"), Some("Ireland"));
        assert_eq!(suggest("xyz"), None);
        assert_eq!(suggest("something else entirely"), None);
    }
}
