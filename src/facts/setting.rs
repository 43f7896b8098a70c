//! A name with a value, wherever one stands.

use super::{Store, fact};
use crate::source::{Span, Text};

/// What settings belong together: an env file, the environment of a container, the data of a ConfigMap.
/// Settings of one scope are siblings: `DATABASE_SSL` says how `DATABASE_URL` is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Scope(pub Span);

fact! {
    /// A name with a value: a line of an env file, an environment variable, an entry of a ConfigMap, `ENV`,
    /// a leaf of a values file.
    Setting<'s> {
        /// The name; for nested settings all names from the root joined by dots.
        key ("key"): &'s str,
        /// The value after expansion. What could not be expanded stands in it as it was written (`${X}`).
        value ("value"): &'s str,
    }
    also {
        /// The value with its places; references that were resolved lie where they were resolved to.
        text: Text<'s>,
        /// What holds it.
        store: Store,
        /// What it belongs together with.
        scope: Scope,
        /// The repository of the image that reads it, where that is known (`postgres`).
        image: Option<&'s str>,
        /// Secrets among the defaults that the value is written with (`${PASSWORD:-secret}`), whether they
        /// count or not.
        defaults: Vec<Span>,
    }
}
