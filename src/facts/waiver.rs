//! A waiver or an inline allowance that doesn't do what its author meant.

use super::fact;
use super::field::words;

words! {
    /// What is the matter with a waiver.
    WaiverState {
        /// Its date has passed, and what it covered is there.
        Expired = "expired",
        /// It breaks the rules for waivers, so it covers nothing.
        Invalid = "invalid",
        /// There is nothing that it covers.
        Unused = "unused",
    }
}

fact! {
    /// A waiver of govlint.toml, or an allowance in a comment, that doesn't do what its author meant. These
    /// facts are stated after all other findings are known.
    Waiver<'s> {
        /// What is the matter with it.
        state ("state"): WaiverState,
        /// The rules it names: `root-user`, `privilege/*`.
        rules ("rules"): &'s str,
        /// Who answers for it.
        owner ("owner"): &'s str,
        /// Its last day, where it has expired; why it is invalid.
        detail ("detail"): &'s str,
    }
}
