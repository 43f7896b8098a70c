//! The tables of rules/data/places/, as `build/places.rs` writes them.

use super::endpoints::{Host, Step};
use super::jurisdictions::{Declared, Jurisdiction, Kind, Regulator, Row};
use super::regions::{Name, Rank, Region, Zones};

include!(concat!(env!("OUT_DIR"), "/places.rs"));

/// Every jurisdiction; a [`Jurisdiction`] is an index.
pub(super) fn jurisdictions() -> &'static [Row] {
    JURISDICTIONS
}

/// Words for jurisdictions and regulators: as they are looked up (sorted), as they are shown, and what they
/// mean.
pub(super) fn words() -> &'static [(&'static str, &'static str, Declared)] {
    WORDS
}

/// Each provider with its key, its display name and the form of its zones, in the order of the enum.
pub(super) fn providers() -> &'static [(Provider, &'static str, &'static str, Zones)] {
    PROVIDERS
}

/// How many providers, from the first on, win over others for a bare code.
pub(super) fn preferred() -> &'static [(Provider, &'static str, &'static str, Zones)] {
    PROVIDERS.get(..PREFERRED).unwrap_or_default()
}

/// Every region.
#[cfg(test)]
pub(super) fn regions() -> &'static [Region] {
    REGIONS
}

/// Every name of a region, sorted by the folded name, then by rank and provider.
pub(super) fn region_names() -> &'static [Name] {
    REGION_NAMES
}

/// The codes of Cloud Run and App Engine hosts, sorted.
pub(super) fn run_codes() -> &'static [(&'static str, &'static Region)] {
    RUN_CODES
}

/// Values that name no place at any provider, sorted.
pub(super) fn pseudo() -> &'static [&'static str] {
    PSEUDO
}

/// Ends of host names, sorted.
pub(super) fn hosts() -> &'static [Host] {
    HOSTS
}
