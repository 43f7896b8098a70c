//! What a deployment says of the jurisdictions it works in.

use super::fact;
use super::field::words;
use crate::data::jurisdictions::Declared;

words! {
    /// What a declaration is about.
    Declares {
        /// The jurisdictions that are served or allowed.
        Supported = "supported",
        /// The one that holds where nothing else is said.
        Default = "default",
        /// The place where data must lie.
        Residency = "residency",
    }
}

fact! {
    /// A statement of jurisdictions: `SUPPORTED_JURISDICTIONS`, `DEFAULT_JURISDICTION`, `DATA_RESIDENCY`.
    Declaration<'s> {
        /// What it is about.
        declares ("declares"): Declares,
        /// The stated text.
        text ("text"): &'s str,
        /// The name of the setting.
        key ("key"): &'s str,
    }
    also {
        /// The jurisdictions named, with their places; a word that is none is missing here and has a
        /// [`Region`](super::Region) fact of its own.
        named: Vec<(Declared, crate::source::Span)>,
    }
}
