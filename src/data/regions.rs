//! Region codes of clouds, and where they lie.
//!
//! A code means something only together with its provider: `eu-west-2` is London at AWS and Paris at
//! Wasabi.

use std::fmt;

use super::jurisdictions::{Jurisdiction, nearest};
pub use super::places::Provider;
use super::{places, spelling};
use crate::packed::{Run, Text};

/// Codes longer than this are none.
const LONGEST_CODE: usize = 64;

/// A region of one provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    /// Whose region it is.
    pub provider: Provider,
    /// The code as the provider writes it.
    pub code: &'static str,
    /// The city or area, to be shown.
    pub place: &'static str,
    /// Where it lies, as precisely as is known: one place, or each of several that hold the data together.
    /// Empty where the provider promises no place (`auto`, `global`).
    pub within: &'static [Jurisdiction],
}

impl Region {
    /// The country of the whole region, where it lies in one.
    #[must_use]
    pub fn country(&self) -> Option<Jurisdiction> {
        let (first, rest) = self.within.split_first()?;
        let country = first.country()?;
        rest.iter().all(|place| place.country() == Some(country)).then_some(country)
    }
}

/// A name of a region.
pub(super) struct Name {
    pub(super) folded: Text,
    pub(super) rank: Rank,
    /// The index of the region.
    pub(super) region: u16,
}

impl Name {
    fn row(&self) -> &'static RegionRow {
        places::region(self.region)
    }
}

/// A [`Region`] in the table.
pub(super) struct RegionRow {
    pub(super) provider: Provider,
    pub(super) code: Text,
    pub(super) place: Text,
    pub(super) within: Run,
}

impl RegionRow {
    pub(super) fn region(&self) -> Region {
        Region {
            provider: self.provider,
            code: self.code.get(),
            place: self.place.get(),
            within: places::within(self.within),
        }
    }
}

/// What kind of name it is. Where a name has several meanings, the first kind is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Rank {
    /// The region's own code.
    Code,
    /// A display name or another long form.
    Display,
    /// A short form (`euw2`, `uks`), of use within the provider's own names.
    Short,
}

/// How a provider's zones are called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Zones {
    None,
    /// `eu-west-2a`
    Letter,
    /// `europe-west2-b`
    DashLetter,
    /// `uksouth-1`
    DashNumber,
}

impl Provider {
    /// The name to be shown, such as "Google Cloud".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |&(_, _, name, _)| name)
    }

    /// The name in lower case without spaces, such as `gcp`.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.row().map_or("", |&(_, key, ..)| key)
    }

    /// The provider of a key (`aws`) or a name ("Google Cloud"), in any spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Provider> {
        places::providers()
            .iter()
            .find(|(_, key, name, _)| same_word(key, text) || same_word(name, text))
            .map(|&(provider, ..)| provider)
    }

    fn zones(self) -> Zones {
        self.row().map_or(Zones::None, |&(.., zones)| zones)
    }

    fn row(self) -> Option<&'static (Provider, &'static str, &'static str, Zones)> {
        places::providers().get(self as usize)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether two names without accents are the same word; nothing is allocated.
fn same_word(a: &str, b: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// What a region code means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// One region.
    Known(Region),
    /// Regions of several providers, none of which is more likely; at least two.
    Several(Vec<Region>),
    /// A known value that names no place: `auto`, `global`, `local`.
    Pseudo,
    /// The named provider has no such region, others do: a code that is perhaps only there because a
    /// client asks for one (`us-east-1` beside an endpoint of another provider).
    Foreign(Region),
    /// Nobody's region.
    Unknown,
}

impl Lookup {
    /// The regions that may be meant.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        match self {
            Lookup::Known(region) => std::slice::from_ref(region),
            Lookup::Several(regions) => regions,
            Lookup::Pseudo | Lookup::Foreign(_) | Lookup::Unknown => &[],
        }
    }

    /// The country in which all the regions lie that may be meant, if there is one.
    #[must_use]
    pub fn country(&self) -> Option<Jurisdiction> {
        let (first, rest) = self.regions().split_first()?;
        let country = first.country()?;
        rest.iter().all(|region| region.country() == Some(country)).then_some(country)
    }
}

/// What a region or zone code, or a region's display name, means. With a provider, only its own regions
/// count; without one, AWS, Google Cloud and Azure are read first, in this order, and a code in the style
/// of AWS is a zone of nobody else's region.
#[must_use]
pub fn lookup(code: &str, provider: Option<Provider>) -> Lookup {
    if code.len() > LONGEST_CODE {
        return Lookup::Unknown;
    }
    let folded = spelling::region(code);
    if let Some(provider) = provider {
        if let Some(region) = own(&folded, provider) {
            return known(region);
        }
        return match bare(&folded) {
            Lookup::Known(region) => Lookup::Foreign(region),
            Lookup::Several(regions) => {
                regions.first().map_or(Lookup::Unknown, |first| Lookup::Foreign(*first))
            }
            other => other,
        };
    }
    bare(&folded)
}

fn known(region: Region) -> Lookup {
    if region.within.is_empty() { Lookup::Pseudo } else { Lookup::Known(region) }
}

/// The names that are spelt like this, best rank first.
fn named(folded: &str) -> &'static [Name] {
    let names = places::region_names();
    let start = names.partition_point(|name| name.folded.get() < folded);
    let rest = names.get(start..).unwrap_or_default();
    let length = rest.iter().take_while(|name| name.folded.get() == folded).count();
    rest.get(..length).unwrap_or_default()
}

/// The region of a provider that is spelt like this, or that has such a zone.
pub(super) fn own(folded: &str, provider: Provider) -> Option<Region> {
    let direct = |folded: &str| named(folded).iter().find(|name| name.row().provider == provider);
    direct(folded).or_else(|| direct(zone_of(folded, provider.zones())?)).map(|name| name.row().region())
}

/// The region of a zone.
fn zone_of(folded: &str, zones: Zones) -> Option<&str> {
    // Zone ids of AWS: euw2-az1.
    if zones == Zones::Letter
        && let Some((region, number)) = folded.rsplit_once("-az")
        && number.len() == 1
    {
        return Some(region);
    }
    let letter = |zone: char| matches!(zone, 'a'..='f');
    match zones {
        Zones::None => None,
        Zones::Letter => {
            folded.strip_suffix(letter).filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
        }
        Zones::DashLetter => folded.strip_suffix(letter)?.strip_suffix('-'),
        Zones::DashNumber => folded.strip_suffix(|c| matches!(c, '1'..='9'))?.strip_suffix('-'),
    }
}

fn bare(folded: &str) -> Lookup {
    if places::pseudo().binary_search(&folded).is_ok() {
        return Lookup::Pseudo;
    }
    let names = named(folded);
    let Some(best) = names.first() else { return bare_zone(folded) };
    let mut regions: Vec<_> =
        names.iter().take_while(|name| name.rank == best.rank).map(|name| name.row().region()).collect();
    let preferred = places::preferred()
        .iter()
        .find_map(|&(provider, ..)| regions.iter().find(|region| region.provider == provider));
    // Short forms are too short for one cloud to be more likely than another.
    if let Some(region) = preferred
        && best.rank != Rank::Short
    {
        return known(*region);
    }
    regions.retain(|region| !region.within.is_empty());
    match regions.as_slice() {
        [] => Lookup::Pseudo,
        [region] => Lookup::Known(*region),
        _ => Lookup::Several(regions),
    }
}

fn bare_zone(folded: &str) -> Lookup {
    for &(provider, .., zones) in places::providers() {
        // A number behind a code in the style of AWS makes another such code, not a zone.
        if zones == Zones::DashNumber && is_aws_style(folded) {
            continue;
        }
        if let Some(region) = own(folded, provider) {
            return known(region);
        }
    }
    Lookup::Unknown
}

const AWS_AREAS: &[&str] = &["af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us"];

/// Whether it has the form of a region of AWS: `eu-west-2`.
fn is_aws_style(folded: &str) -> bool {
    let mut parts = folded.split('-');
    let area = parts.next().is_some_and(|area| AWS_AREAS.contains(&area));
    let direction = parts.next().is_some_and(is_direction);
    area && direction && parts.next().is_some_and(is_number) && parts.next().is_none()
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_direction(part: &str) -> bool {
    ["north", "south", "east", "west", "central", "gov"].iter().any(|direction| part.contains(direction))
}

/// The region code that a misspelt one is nearest to, among those of the provider, or without one among
/// those of AWS, Google Cloud and Azure.
#[must_use]
pub fn suggest(code: &str, provider: Option<Provider>) -> Option<&'static str> {
    if code.len() > LONGEST_CODE {
        return None;
    }
    let folded = spelling::region(code);
    let counts = |region: &RegionRow| match provider {
        Some(provider) => region.provider == provider,
        None => places::preferred().iter().any(|&(preferred, ..)| region.provider == preferred),
    };
    let regions = places::region_names()
        .iter()
        .filter(|name| name.rank == Rank::Code && counts(name.row()))
        .map(|name| (name.folded.get(), name.row().code.get()));
    nearest(&folded, folded.len(), regions)
}

/// Whether a text that is no known region was probably meant as one: it has the shape of a code, or it is
/// a misspelt one.
#[must_use]
pub fn looks_like_region(text: &str) -> bool {
    const AREAS: &[&str] = &["africa", "asia", "australia", "europe", "northamerica", "southamerica", "uk"];
    if text.len() > LONGEST_CODE || text.contains(['/', ':', '@', '.']) {
        return false;
    }
    let folded = spelling::region(text);
    let (area, rest) = folded.split_once('-').unwrap_or((&folded, ""));
    let known_area = AWS_AREAS.contains(&area) || AREAS.contains(&area);
    let numbered =
        rest.trim_end_matches(|c: char| c.is_ascii_lowercase()).ends_with(|c: char| c.is_ascii_digit());
    (known_area && numbered && rest.len() <= 24) || suggest(text, None).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(code: &str, provider: Option<Provider>) -> &'static str {
        match lookup(code, provider) {
            Lookup::Known(region) => region.place,
            other => panic!("{code}: {other:?}"),
        }
    }

    #[test]
    fn every_region_is_found_by_its_own_code() {
        for region in places::regions() {
            let found = lookup(region.code, Some(region.provider));
            assert_eq!(found, known(region), "{region:?}");
            assert_ne!(lookup(region.code, None), Lookup::Unknown, "{region:?}");
        }
    }

    #[test]
    fn a_code_means_what_its_provider_says() {
        use Provider::{Aws, Outscale, Wasabi};
        assert_eq!(place("eu-west-2", None), "London");
        assert_eq!(place("eu-west-2", Some(Aws)), "London");
        assert_eq!(place("eu-west-2", Some(Wasabi)), "Paris");
        assert_eq!(place("eu-west-2", Some(Outscale)), "Paris");
        assert_eq!(place("eu-west-1", Some(Wasabi)), "London");
        assert_eq!(place("eu-central-2", Some(Provider::Ionos)), "Berlin");
    }

    #[test]
    fn zones_display_names_and_other_spellings_are_regions() {
        assert_eq!(place("eu-west-2a", None), "London");
        assert_eq!(place("euw2-az1", None), "London");
        assert_eq!(place("europe-west2-b", None), "London");
        assert_eq!(place("uksouth-1", None), "London");
        assert_eq!(place("UK South", None), "London");
        assert_eq!(place("UKSouth", None), "London");
        assert_eq!(place("Europe (London)", None), "London");
        assert_eq!(place("EU_WEST_2", None), "London");
        assert_eq!(place("fr-par-1", None), "Paris");
        assert_eq!(place("us-east1", None), "South Carolina");
        assert_eq!(place("us-east-1", None), "N. Virginia");
        assert_eq!(place("eu-central-1-waw-1a", None), "Warsaw");
    }

    #[test]
    fn what_several_mean_is_told_apart_where_it_matters() {
        let seattle = lookup("sea", None);
        assert_eq!(seattle.country().map(Jurisdiction::code), Some("US"));
        assert_eq!(lookup("brs", None).country(), None);
        assert!(matches!(lookup("eus2", None), Lookup::Several(_)));
        assert_eq!(lookup("lhr", None).country().map(Jurisdiction::code), Some("GB"));
    }

    #[test]
    fn values_without_a_place_are_known() {
        for word in ["auto", "global", "local", "GLOBAL"] {
            assert_eq!(lookup(word, None), Lookup::Pseudo, "{word}");
        }
        let dual = lookup("eur5", Some(Provider::Gcp));
        assert_eq!(dual.regions()[0].within.len(), 2);
        assert_eq!(dual.country(), None);
    }

    #[test]
    fn a_code_of_another_provider_is_foreign() {
        assert!(matches!(lookup("us-east-1", Some(Provider::Digitalocean)), Lookup::Foreign(_)));
        assert_eq!(lookup("auto", Some(Provider::Aws)), Lookup::Pseudo);
    }

    #[test]
    fn typing_errors_are_no_regions_but_look_like_them() {
        for (code, meant) in [
            ("eu-wset-2", "eu-west-2"),
            ("uksouht", "uksouth"),
            ("eu-west-22", "eu-west-2"),
            ("europe-wets2", "europe-west2"),
        ] {
            assert_eq!(lookup(code, None), Lookup::Unknown, "{code}");
            assert!(looks_like_region(code), "{code}");
            assert_eq!(suggest(code, None), Some(meant));
        }
        for text in ["north", "ward-3", "reception", "https://eu-west-2", "", "my-app-1"] {
            assert!(!looks_like_region(text), "{text}");
        }
        assert_eq!(lookup("us-east-9", None), Lookup::Unknown);
        assert_eq!(lookup(&"eu-".repeat(1000), None), Lookup::Unknown);
    }

    #[test]
    fn the_aliases_that_are_none_are_gone() {
        for word in
            ["FLY_REGION", "oraclecloud.com", "realm oc1", "network_zone eu-central", "parent eu-west-2"]
        {
            assert_eq!(lookup(word, None), Lookup::Unknown, "{word}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_search(text in "\\PC{0,40}") {
            let _ = lookup(&text, None);
            let _ = lookup(&text, Some(Provider::Aws));
            let _ = looks_like_region(&text);
        }
    }
}
