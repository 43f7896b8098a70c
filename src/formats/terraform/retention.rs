//! How long resources keep audit records, backups and logs.

use super::module::{Known, View};
use super::resource::Resource;
use crate::facts::{Field, Position, Protects, Records, Retention};
use crate::syntax::hcl::Kind;
use crate::value::boolean;
use crate::value::duration::{self, Duration, Unit};
use crate::value::key::Key;

/// Words that say that a log holds audit records.
const AUDIT: &[&str] = &["audit", "audits", "auditing", "auditlog", "auditlogs", "cloudtrail", "trail"];
const BACKUP: &[&str] = &["backup", "backups", "dumps", "snapshots"];

/// Which records an attribute speaks of.
#[derive(Clone, Copy)]
enum Of {
    Audit,
    Backup,
    /// Logs, which hold audit records where their name says so.
    Log,
}

/// What a value of zero means by the provider's documentation.
#[derive(Clone, Copy)]
enum Zero {
    Forever,
    Nothing,
}

/// Type, blocks on the way, attribute, records, unit, and what zero means.
type Row = (&'static str, &'static [&'static str], &'static str, Of, Unit, Zero);

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>, likewise azurerm and google.
const ROWS: &[Row] = &[
    ("aws_cloudwatch_log_group", &[], "retention_in_days", Of::Log, Unit::Day, Zero::Forever),
    ("aws_cloudtrail_event_data_store", &[], "retention_period", Of::Audit, Unit::Day, Zero::Nothing),
    ("aws_db_instance", &[], "backup_retention_period", Of::Backup, Unit::Day, Zero::Nothing),
    ("aws_rds_cluster", &[], "backup_retention_period", Of::Backup, Unit::Day, Zero::Nothing),
    ("aws_docdb_cluster", &[], "backup_retention_period", Of::Backup, Unit::Day, Zero::Nothing),
    ("aws_neptune_cluster", &[], "backup_retention_period", Of::Backup, Unit::Day, Zero::Nothing),
    (
        "aws_redshift_cluster",
        &[],
        "automated_snapshot_retention_period",
        Of::Backup,
        Unit::Day,
        Zero::Nothing,
    ),
    (
        "aws_elasticache_replication_group",
        &[],
        "snapshot_retention_limit",
        Of::Backup,
        Unit::Day,
        Zero::Nothing,
    ),
    ("aws_elasticache_cluster", &[], "snapshot_retention_limit", Of::Backup, Unit::Day, Zero::Nothing),
    ("aws_memorydb_cluster", &[], "snapshot_retention_limit", Of::Backup, Unit::Day, Zero::Nothing),
    ("azurerm_log_analytics_workspace", &[], "retention_in_days", Of::Log, Unit::Day, Zero::Nothing),
    (
        "azurerm_mssql_server_extended_auditing_policy",
        &[],
        "retention_in_days",
        Of::Audit,
        Unit::Day,
        Zero::Forever,
    ),
    (
        "azurerm_mssql_database_extended_auditing_policy",
        &[],
        "retention_in_days",
        Of::Audit,
        Unit::Day,
        Zero::Forever,
    ),
    (
        "azurerm_sql_server",
        &["extended_auditing_policy"],
        "retention_in_days",
        Of::Audit,
        Unit::Day,
        Zero::Forever,
    ),
    ("azurerm_monitor_log_profile", &["retention_policy"], "days", Of::Audit, Unit::Day, Zero::Forever),
    (
        "azurerm_mssql_database",
        &["short_term_retention_policy"],
        "retention_days",
        Of::Backup,
        Unit::Day,
        Zero::Nothing,
    ),
    ("azurerm_cosmosdb_account", &["backup"], "retention_in_hours", Of::Backup, Unit::Hour, Zero::Nothing),
    ("google_logging_project_bucket_config", &[], "retention_days", Of::Log, Unit::Day, Zero::Nothing),
    ("google_logging_organization_bucket_config", &[], "retention_days", Of::Log, Unit::Day, Zero::Nothing),
    ("google_logging_folder_bucket_config", &[], "retention_days", Of::Log, Unit::Day, Zero::Nothing),
    (
        "google_alloydb_cluster",
        &["automated_backup_policy", "time_based_retention"],
        "retention_period",
        Of::Backup,
        Unit::Second,
        Zero::Nothing,
    ),
];

pub(super) fn state(resource: &mut Resource<'_, '_>) {
    let kind = resource.kind;
    for row in ROWS.iter().filter(|row| row.0 == kind) {
        let (_, path, attribute, of, unit, zero) = *row;
        for view in below(resource.view, path) {
            if let Some(known) = view.known(&[attribute]) {
                let records = records(resource, of);
                period(resource, &known, attribute, records, unit, zero);
            }
        }
    }
    match kind {
        "aws_backup_plan" => backup_plan(resource),
        "aws_s3_bucket" | "aws_s3_bucket_lifecycle_configuration" => bucket(resource),
        "aws_cloudtrail" => trail(resource),
        "azurerm_monitor_diagnostic_setting" => diagnostics(resource),
        kind if kind.starts_with("azurerm_backup_policy_") => backup_policy(resource),
        _ => {}
    }
}

/// The blocks that a path leads to.
pub(super) fn below<'v, 's>(view: View<'v, 's>, path: &'static [&'static str]) -> Vec<View<'v, 's>> {
    let step = |views: Vec<View<'v, 's>>, kind: &&'static str| -> Vec<View<'v, 's>> {
        views.into_iter().flat_map(|view| view.blocks(kind)).collect()
    };
    path.iter().fold(vec![view], step)
}

fn records(resource: &Resource<'_, '_>, of: Of) -> Records {
    match of {
        Of::Audit => Records::Audit,
        Of::Backup => Records::Backup,
        Of::Log if resource.is_called(AUDIT) => Records::Audit,
        Of::Log => Records::Log,
    }
}

fn length(known: &Known<'_>, unit: Unit, zero: Zero) -> Option<Duration> {
    let period = duration::parse(known.as_str(), Some(unit))?;
    Some(if period.is_zero() && matches!(zero, Zero::Forever) { Duration::Forever } else { period })
}

fn period<'s>(
    resource: &mut Resource<'_, 's>,
    known: &Known<'s>,
    key: &'static str,
    records: Records,
    unit: Unit,
    zero: Zero,
) {
    let Some(period) = length(known, unit, zero) else { return };
    let at = known.place();
    let fact = Retention {
        head: resource.head(known),
        records: Field::set(records, at, ""),
        period: Field::set(period, at, ""),
        key: Field::set(key, at, ""),
    };
    resource.facts.retentions.push(fact);
}

/// The longest of the tiers of a scheme; nothing where one of them can't be known or never ends.
fn longest<'s>(tiers: Vec<Option<(Known<'s>, Unit)>>) -> Option<(Known<'s>, Unit)> {
    let tiers: Vec<(Known<'s>, Unit)> = tiers.into_iter().collect::<Option<_>>()?;
    let known = |(known, unit): &(Known<'s>, Unit)| length(known, *unit, Zero::Nothing);
    let lengths: Vec<Duration> = tiers.iter().map(known).collect::<Option<_>>()?;
    let best = lengths.iter().enumerate().max_by_key(|(_, length)| **length)?.0;
    tiers.into_iter().nth(best)
}

/// Each rule of a plan is a tier; one without an end keeps for ever.
fn backup_plan(resource: &mut Resource<'_, '_>) {
    if resource.view.may_hold_more("rule") {
        return;
    }
    let rules = resource.view.blocks("rule");
    let tiers = rules.map(|rule| {
        let lifecycle = rule.blocks("lifecycle").next()?;
        lifecycle.known(&["delete_after"]).map(|known| (known, Unit::Day))
    });
    if let Some((known, unit)) = longest(tiers.collect()) {
        period(resource, &known, "delete_after", Records::Backup, unit, Zero::Nothing);
    }
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/backup_policy_vm>
fn backup_policy(resource: &mut Resource<'_, '_>) {
    let tiers: [(&str, Unit); 4] = [
        ("retention_daily", Unit::Day),
        ("retention_weekly", Unit::Week),
        ("retention_monthly", Unit::Month),
        ("retention_yearly", Unit::Year),
    ];
    if tiers.iter().any(|(tier, _)| resource.view.may_hold_more(tier)) {
        return;
    }
    let view = resource.view;
    let stated = tiers.iter().flat_map(|(tier, unit)| {
        view.blocks(tier).map(|block| block.known(&["count"]).map(|known| (known, *unit)))
    });
    if let Some((known, unit)) = longest(stated.collect()) {
        period(resource, &known, "count", Records::Backup, unit, Zero::Nothing);
    }
}

/// What a bucket of audit records or backups deletes after a time.
fn bucket(resource: &mut Resource<'_, '_>) {
    let named = |words: &[&str]| {
        let of_bucket = resource.view.value("bucket").and_then(|value| match &value.kind {
            Kind::Reference(names) => names.get(1).copied(),
            _ => None,
        });
        resource.is_called(words) || of_bucket.is_some_and(|name| Key::new(name).has_any(words))
    };
    let records = if named(AUDIT) {
        Records::Audit
    } else if named(BACKUP) {
        Records::Backup
    } else {
        return;
    };
    let rules = resource.view.blocks("rule").chain(resource.view.blocks("lifecycle_rule"));
    let expirations: Vec<Known<'_>> = rules
        .filter(|rule| rule.word("status") != Some("Disabled") && rule.word("enabled") != Some("false"))
        .flat_map(|rule| rule.blocks("expiration"))
        .filter_map(|expiration| expiration.known(&["days"]))
        .collect();
    for known in expirations {
        period(resource, &known, "days", records, Unit::Day, Zero::Nothing);
    }
}

/// A trail is the audit log of an account.
fn trail(resource: &mut Resource<'_, '_>) {
    if let Some(known) = resource.view.known(&["enable_logging"])
        && boolean::parse(known.as_str()) == Some(false)
    {
        resource.switch(Protects::Audit, Position::Off, "enable_logging", &known);
    }
}

fn diagnostics(resource: &mut Resource<'_, '_>) {
    let view = resource.view;
    let logs = view.blocks("log").chain(view.blocks("enabled_log"));
    let audit = logs.filter(|log| {
        let names = [log.word("category"), log.word("category_group")];
        names.into_iter().flatten().any(|name| name.to_ascii_lowercase().contains("audit"))
    });
    let kept: Vec<Known<'_>> = audit
        .flat_map(|log| log.blocks("retention_policy"))
        .filter(|policy| policy.word("enabled") == Some("true"))
        .filter_map(|policy| policy.known(&["days"]))
        .collect();
    for known in kept {
        period(resource, &known, "days", Records::Audit, Unit::Day, Zero::Forever);
    }
}
