//! The tables of rules/data/places/, as `build/places.rs` writes them.

use super::endpoints::{Host, Step};
use super::jurisdictions::{Jurisdiction, Kind, Meaning, Regulator, Row, Word};
#[cfg(test)]
use super::regions::Region;
use super::regions::{Name, Rank, RegionRow, Zones};
use crate::packed::{Run, Text};

include!(concat!(env!("OUT_DIR"), "/places.rs"));

/// Every jurisdiction; a [`Jurisdiction`] is an index.
pub(super) fn jurisdictions() -> &'static [Row] {
    JURISDICTIONS
}

/// Words for jurisdictions and regulators, sorted as they are looked up.
pub(super) fn words() -> &'static [Word] {
    WORDS
}

/// The regulator of this index.
pub(super) fn regulator(index: u16) -> Option<&'static Regulator> {
    REGULATORS.get(usize::from(index))
}

/// The places of a run.
pub(super) fn within(run: Run) -> &'static [Jurisdiction] {
    run.of(PLACES)
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
pub(super) fn regions() -> impl Iterator<Item = Region> {
    REGIONS.iter().map(RegionRow::region)
}

/// The row of the region of this index.
pub(super) fn region(index: u16) -> &'static RegionRow {
    const NOWHERE: &RegionRow =
        &RegionRow { provider: Provider::Aws, code: Text::NONE, place: Text::NONE, within: Run::new(0, 0) };
    REGIONS.get(usize::from(index)).unwrap_or(NOWHERE)
}

/// Every name of a region, sorted by the folded name, then by rank and provider.
pub(super) fn region_names() -> &'static [Name] {
    REGION_NAMES
}

/// The codes of Cloud Run and App Engine hosts, sorted.
pub(super) fn run_codes() -> &'static [(&'static str, u16)] {
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

/// The providers of a run of a host's.
pub(super) fn host_providers(run: Run) -> &'static [Provider] {
    run.of(HOST_PROVIDERS)
}

/// The steps of a run of a host's.
pub(super) fn steps(run: Run) -> &'static [Step] {
    run.of(STEPS)
}

/// The words of a run of a step's, and the place that each stands for.
pub(super) fn host_words(run: Run) -> &'static [(Text, Jurisdiction)] {
    run.of(HOST_WORDS)
}
