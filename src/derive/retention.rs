//! How long records are kept, from settings that say so.

use rustc_hash::FxHashMap;

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

/// Words that say that records are kept, and not only that something ends.
const RETAINING: &[&str] = &["retention", "retain", "retained", "retains", "keep", "kept"];

/// Things that end by themselves: a lifetime beside them is theirs.
const PASSING: &[&str] = &["job", "jobs", "report", "reports", "lease", "export", "download", "invitation"];

/// The log of what makes backups is no backup.
const BACKUP_LOGS: &[&[&str]] = &[&["backup", "log"], &["backup", "logs"], &["snapshot", "logs"]];

/// Words that name one tier of a backup scheme, beside those that are units.
const TIERS: &[&str] = &[
    "hourly",
    "daily",
    "weekly",
    "biweekly",
    "monthly",
    "quarterly",
    "yearly",
    "annual",
    "annually",
    "last",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "quarter",
    "quarters",
    "year",
    "years",
];

/// How long a setting says that records are kept.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a, 's> {
    named: Named<'a, 's>,
    records: Records,
    period: Duration,
}

/// What a setting says, where it speaks of keeping records.
pub(super) fn kept<'a, 's>(named: &Named<'a, 's>) -> Option<Kept<'a, 's>> {
    let records = records(&named.key)?;
    Some(Kept { named: *named, records, period: period(&named.key, named.value)? })
}

/// States what the settings of a scope say. A scheme of backups is as good as its longest tier:
/// `BACKUP_KEEP_DAYS` says nothing bad beside `BACKUP_KEEP_MONTHS`.
pub(super) fn derive<'s>(all: &[Kept<'_, 's>], out: &mut Facts<'s>) {
    let mut longest: FxHashMap<String, (Duration, &str)> = FxHashMap::default();
    for one in all.iter().filter(|one| one.records == Records::Backup) {
        let best = longest.entry(scheme(&one.named.key)).or_insert((one.period, one.named.name()));
        if one.period > best.0 {
            *best = (one.period, one.named.name());
        }
    }
    for Kept { named, records, period } in all {
        let beaten = *records == Records::Backup
            && has_tier(&named.key)
            // The same name stated twice is no scheme.
            && longest.get(&scheme(&named.key)).is_some_and(|(best, name)| best > period && *name != named.name());
        if !beaten {
            out.retentions.push(Retention {
                head: named.head(),
                records: Field::set(*records, named.place(), ""),
                period: Field::set(*period, named.place(), ""),
                key: Field::set(named.name(), named.place(), ""),
            });
        }
    }
}

/// A name without the words for its tier: what the tiers of one scheme have in common.
fn scheme(key: &Key<'_>) -> String {
    let common = key.words().iter().filter(|word| !is_tier(word));
    common.flat_map(|word| [word.to_ascii_lowercase(), "_".to_owned()]).collect()
}

fn has_tier(key: &Key<'_>) -> bool {
    key.words().iter().any(|word| is_tier(word))
}

fn is_tier(word: &str) -> bool {
    TIERS.iter().any(|tier| word.eq_ignore_ascii_case(tier))
}

/// Which records a name speaks of, where it says how long something is kept.
pub(super) fn records(key: &Key<'_>) -> Option<Records> {
    let keeps = key.has_any(KEEPING)
        || key.has(&["max", "age"])
        || key.has_any(&["delete", "deletes", "remove", "cleanup"]) && key.has_any(&["after"])
        || key.has(&["days", "to", "keep"])
        // https://www.elastic.co/docs/reference/elasticsearch/index-lifecycle-actions/ilm-delete
        || key.has(&["delete", "min", "age"]);
    let passing = key.has_any(PASSING) && !key.has_any(RETAINING);
    if !keeps || passing || key.has_any(OTHER_THINGS) {
        return None;
    }
    if key.has_any(&["audit", "audits", "auditing", "auditlog", "auditlogs"]) {
        Some(Records::Audit)
    } else if key.has_any(&["backup", "backups", "snapshot", "snapshots"])
        && !BACKUP_LOGS.iter().any(|words| key.has(words))
    {
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
