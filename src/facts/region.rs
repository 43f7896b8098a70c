//! A place in the world that configuration names.

use super::fact;
use super::field::words;
use crate::data::jurisdictions::Jurisdiction;

words! {
    /// How a place is stated.
    Stating {
        /// By name: a region code, a host with a region in it, a country.
        Explicit = "explicit",
        /// Not at all: what the provider does where nothing is said.
        Default = "default",
        /// By a word that is no known place.
        Unknown = "unknown",
    }
}

fact! {
    /// A place where something runs, is stored or is sent to.
    Region<'s> {
        /// The stated text: `eu-west-2`.
        text ("text"): &'s str,
        /// How it is stated.
        stating ("stating"): Stating,
        /// The place in words: "London, United Kingdom".
        place ("place"): &'s str,
        /// The codes of the jurisdictions that hold the data: `GB`, `US-OR`. Several where a place spans them.
        jurisdictions ("jurisdictions"): Vec<&'s str>,
        /// The name of the setting or of what names it.
        key ("key"): &'s str,
        /// A known place that the text may have meant.
        suggestion ("suggestion"): &'s str,
    }
    also {
        /// The jurisdictions; empty where none is known.
        within: Vec<Jurisdiction>,
    }
}
