//! The `[policy]` table of govlint.toml: what conditions compare with.

use crate::data::jurisdictions::{Jurisdiction, Set};
use crate::facts::Value;
use crate::rule::condition::Truth;
use crate::value::duration::Duration;

/// What the user asks for, with the catalogue's defaults where nothing is said.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long audit records must be kept. Seven years is this tool's default, not what a law says.
    pub audit_retention: Duration,
    /// How long backups must be kept.
    pub backup_retention: Duration,
    /// How long other logs must be kept; without it they are not judged.
    pub log_retention: Option<Duration>,
    /// The oldest TLS version that may be admitted, in tenths.
    pub tls_min_version: i64,
    /// The least `max-age` of `Strict-Transport-Security`.
    pub hsts_max_age: Duration,
    /// Whether an Ingress needs a limit on requests.
    pub ingress_rate_limit: bool,
    /// Where data may lie. Without it, the jurisdictions that the project declares hold.
    pub jurisdictions: Option<Set>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            audit_retention: Duration::from_days(2555),
            backup_retention: Duration::from_days(30),
            log_retention: None,
            tls_min_version: 12,
            hsts_max_age: Duration::from_days(365),
            ingress_rate_limit: false,
            jurisdictions: None,
        }
    }
}

/// The name of one setting of the policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// `audit-retention`
    AuditRetention,
    /// `backup-retention`
    BackupRetention,
    /// `log-retention`
    LogRetention,
    /// `tls-min-version`
    TlsMinVersion,
    /// `hsts-max-age`
    HstsMaxAge,
    /// `ingress-rate-limit`
    IngressRateLimit,
    /// `jurisdictions`
    Jurisdictions,
}

const NAMES: [(&str, Limit); 7] = [
    ("audit-retention", Limit::AuditRetention),
    ("backup-retention", Limit::BackupRetention),
    ("hsts-max-age", Limit::HstsMaxAge),
    ("ingress-rate-limit", Limit::IngressRateLimit),
    ("jurisdictions", Limit::Jurisdictions),
    ("log-retention", Limit::LogRetention),
    ("tls-min-version", Limit::TlsMinVersion),
];

impl Limit {
    /// The setting of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, limit)| *limit)
    }

    /// All names, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

impl Limits {
    /// A setting as conditions see it; nothing where the policy doesn't say.
    #[must_use]
    pub fn value(&self, limit: Limit) -> Option<Value<'_>> {
        match limit {
            Limit::AuditRetention => Some(Value::Duration(self.audit_retention)),
            Limit::BackupRetention => Some(Value::Duration(self.backup_retention)),
            Limit::LogRetention => self.log_retention.map(Value::Duration),
            Limit::TlsMinVersion => Some(Value::Number(self.tls_min_version)),
            Limit::HstsMaxAge => Some(Value::Duration(self.hsts_max_age)),
            Limit::IngressRateLimit => Some(Value::Bool(self.ingress_rate_limit)),
            Limit::Jurisdictions => None,
        }
    }

    /// Whether a jurisdiction's code lies outside of a list of jurisdictions.
    #[must_use]
    pub fn outside(&self, limit: Limit, code: &str) -> Truth {
        match (limit, &self.jurisdictions) {
            (Limit::Jurisdictions, Some(set)) => {
                let place = Jurisdiction::from_code(code);
                place.and_then(|place| set.contains(place)).map_or(Truth::Unknown, |inside| (!inside).into())
            }
            _ => Truth::Unknown,
        }
    }

    /// A setting as a message says it.
    #[must_use]
    pub fn describe(&self, limit: Limit) -> String {
        match limit {
            Limit::AuditRetention => self.audit_retention.to_string(),
            Limit::BackupRetention => self.backup_retention.to_string(),
            Limit::LogRetention => self.log_retention.map_or_else(String::new, |limit| limit.to_string()),
            Limit::TlsMinVersion => {
                format!("TLS {}.{}", self.tls_min_version / 10, self.tls_min_version % 10)
            }
            Limit::HstsMaxAge => self.hsts_max_age.to_string(),
            Limit::IngressRateLimit => self.ingress_rate_limit.to_string(),
            Limit::Jurisdictions => {
                let places = self.jurisdictions.iter().flat_map(Set::places);
                places.map(|place| place.code()).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_found() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(Limit::find("hsts-max-age"), Some(Limit::HstsMaxAge));
        assert_eq!(Limit::find("hsts"), None);
    }
}
