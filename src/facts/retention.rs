//! How long records are kept.

use super::fact;
use super::field::words;
use crate::value::duration::Duration;

words! {
    /// Which records are kept.
    Records {
        /// Audit records.
        Audit = "audit",
        /// Backups.
        Backup = "backup",
        /// Other logs.
        Log = "log",
    }
}

fact! {
    /// How long records are kept before they are deleted.
    Retention<'s> {
        /// Which records.
        records ("records"): Records,
        /// How long.
        period ("period"): Duration,
        /// The name of the setting.
        key ("key"): &'s str,
    }
}
