//! How long records are kept, from settings that say so.

use super::Named;
use crate::facts::{Facts, Field, Records, Retention};
use crate::value::duration::{self, Duration, Unit};
use crate::value::key::Key;

/// Words that say how long something is kept.
const KEEPING: &[&str] = &[
    "retention",
    "retain",
    "retained",
    "retains",
    "keep",
    "kept",
    "expire",
    "expires",
    "expiry",
    "expiration",
    "maxage",
    "ttl",
    "purge",
    "lifetime",
    "prune",
];
/// Things beside records that are kept too; their lifetimes are another matter.
const OTHER_THINGS: &[&str] = &[
    "token",
    "tokens",
    "cache",
    "session",
    "sessions",
    "cookie",
    "cookies",
    "jwt",
    "lock",
    "locks",
    "timeout",
    "cert",
    "certificate",
    "url",
    "link",
    "count",
    "copies",
    "size",
    "bytes",
    "alive",
    "keepalive",
    "interval",
];

pub(super) fn derive<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    if let Some(records) = records(&named.key)
        && let Some(period) = period(&named.key, named.value)
    {
        out.retentions.push(Retention {
            head: named.head(),
            records: Field::set(records, named.place(), ""),
            period: Field::set(period, named.place(), ""),
            key: Field::set(named.name(), named.place(), ""),
        });
    }
}

/// Which records a name speaks of, where it says how long something is kept.
pub(super) fn records(key: &Key<'_>) -> Option<Records> {
    let keeps = key.has_any(KEEPING)
        || key.has(&["max", "age"])
        || key.has(&["delete", "after"])
        || key.has(&["days", "to", "keep"]);
    if !keeps || key.has_any(OTHER_THINGS) {
        return None;
    }
    if key.has_any(&["audit", "audits", "auditing", "auditlog", "auditlogs"]) {
        Some(Records::Audit)
    } else if key.has_any(&["backup", "backups", "snapshot", "snapshots"]) {
        Some(Records::Backup)
    } else if key.has_any(&["log", "logs", "logging"]) {
        Some(Records::Log)
    } else {
        None
    }
}

/// The length of time that a value says. Zero means "for ever" to some readers and "nothing" to others, so
/// it is not known.
fn period(key: &Key<'_>, value: &str) -> Option<Duration> {
    // https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/: days, 0 for ever.
    if key.ends_with(&["audit", "log", "maxage"]) {
        return duration::parse(value, Some(Unit::Day)).filter(|period| !period.is_zero());
    }
    duration::parse(value, Unit::from_key(key)).filter(|period| !period.is_zero())
}
