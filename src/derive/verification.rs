//! Settings that turn the verification of certificates off: `NODE_TLS_REJECT_UNAUTHORIZED=0`,
//! `INSECURE_SKIP_VERIFY=true`, `REDIS_SSL_CERT_REQS=none`.

use super::Named;
use super::switches::{one_of, position, subject};
use crate::facts::{Position, Protects};
use crate::value::boolean;
use crate::value::key::Key;

/// Words that say that a name is about TLS.
const TLS: &[&str] =
    &["ssl", "tls", "https", "cert", "certs", "certificate", "certificates", "x509", "openssl"];

/// Words that say that something is verified.
const VERIFIES: &[&str] =
    &["verify", "verification", "verified", "validate", "validation", "check", "checks", "checking"];

/// Words beside "verify" that make it another matter: messages, people, clients, files.
const OTHER_MATTERS: &[&str] = &[
    "health",
    "healthcheck",
    "header",
    "client",
    "email",
    "phone",
    "account",
    "user",
    "otp",
    "token",
    "signature",
    "checksum",
    "webhook",
    "jwt",
    "password",
    "backup",
    "captcha",
];

/// Last words of names that say something of the verification, not whether there is one.
const DETAILS: &[&str] = &["path", "file", "dir", "interval", "timeout", "depth", "url", "cron"];

/// The values that say how much is verified, beside yes and no. Most values are others, and that is seen at once.
const WORDS: &[&str] = &["none", "no", "off", "never", "allow", "cert_none", "ssl.cert_none"];

/// The verification of certificates, where a setting speaks of it.
pub(super) fn verification(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    stated(&named.key, named.value).map(|on| (Protects::Verification, position(on)))
}

/// Whether certificates are verified.
fn stated(key: &Key<'_>, value: &str) -> Option<bool> {
    // Documented names that say nothing of "verify", or that are on with any value.
    // https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify: "regardless of value"
    if key.is(&["git", "ssl", "no", "verify"])
        || key.ends_with(&["pip", "trusted", "host"])
        || key.is(&["goinsecure"])
    {
        return Some(false);
    }
    let on = boolean::parse(value);
    if on.is_none() && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)) {
        return None;
    }
    if key.ends_with(&["reject", "unauthorized"])
        || key.ends_with(&["rejectunauthorized"])
        || key.is(&["pythonhttpsverify"])
        || key.ends_with(&["strict", "ssl"])
        || key.ends_with(&["sslverify"])
        || key.ends_with(&["s3", "verify"])
    {
        return on;
    }
    if let Some(required) = requirement(key, value) {
        return Some(required);
    }
    let skips = key.ends_with(&["skip", "verify"])
        || key.has(&["insecure", "skip", "verify"])
        || key.ends_with(&["insecureskipverify"])
        || key.is(&["curl", "insecure"])
        || key.has_any(TLS) && accepts_any(key);
    if skips && !key.has_any(OTHER_MATTERS) {
        return on.map(|on| !on);
    }
    verified(key, value)
}

/// The words of Python and of LDAP's clients for what is asked of a certificate.
/// <https://www.openldap.org/software/man.cgi?query=ldap.conf>: "never" and "allow" accept any.
fn requirement(key: &Key<'_>, value: &str) -> Option<bool> {
    let accepting: &[&str] = if key.ends_with(&["cert", "reqs"]) {
        &["none", "cert_none", "ssl.cert_none"]
    } else if key.ends_with(&["reqcert"]) {
        &["never", "allow"]
    } else {
        return None;
    };
    one_of(Some(&value), accepting).then_some(false)
}

/// Whether a name, switched on, lets any certificate pass.
fn accepts_any(key: &Key<'_>) -> bool {
    let (words, _) = subject(key);
    one_of(words.last(), &["insecure"])
        || key.has(&["allow", "insecure"])
        || key.ends_with(&["trust", "server", "certificate"])
        || key.has(&["trust", "all"])
        || key.ends_with(&["accept", "invalid", "certs"])
        || key.ends_with(&["allow", "invalid", "certificates"])
        || key.has(&["allow", "self", "signed"])
        || key.has_any(&["ignore"])
            && one_of(words.last(), &["errors", "error", "cert", "certs", "certificate"])
}

/// Names that speak of verifying: `SSL_VERIFY`, `DISABLE_TLS_VERIFICATION`, `ssl.verification_mode`.
fn verified(key: &Key<'_>, value: &str) -> Option<bool> {
    let mode = key.ends_with(&["mode"]) || key.has_any(&["verificationmode"]);
    if !key.has_any(VERIFIES) && !key.has_any(&["verificationmode"]) {
        return None;
    }
    let about_tls = key.has_any(TLS) || key.has_any(&["peer", "hostname", "host", "ca"]);
    if !about_tls || key.has_any(OTHER_MATTERS) || one_of(key.words().last(), DETAILS) {
        return None;
    }
    // A host or a peer may be checked for other reasons.
    if !key.has_any(TLS) && !key.has_any(&["verify", "verification"]) {
        return None;
    }
    if mode && matches!(value.to_ascii_lowercase().as_str(), "none" | "no" | "off") {
        return Some(false);
    }
    let (_, reversed) = subject(key);
    boolean::parse(value).map(|on| on != reversed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verifies(key: &str, value: &str) -> Option<bool> {
        stated(&Key::new(key), value)
    }

    #[test]
    fn every_documented_name_is_known() {
        for (key, value) in [
            ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
            ("INSECURE_SKIP_VERIFY", "true"),
            ("VAULT_SKIP_VERIFY", "1"),
            ("TRAEFIK_SERVERSTRANSPORT_INSECURESKIPVERIFY", "true"),
            ("ELASTICSEARCH_SSL_VERIFICATIONMODE", "none"),
            ("xpack.security.transport.ssl.verification_mode", "none"),
            ("REDIS_SSL_CERT_REQS", "CERT_NONE"),
            ("LDAPTLS_REQCERT", "never"),
            ("SMTP_OPENSSL_VERIFY_MODE", "none"),
            ("IGNORE_SSL_ERRORS", "yes"),
            ("SSL_TRUST_ALL", "on"),
            ("ALLOW_SELF_SIGNED_CERTS", "true"),
            ("DISABLE_SSL_VERIFICATION", "1"),
            ("AWS_S3_VERIFY", "False"),
            ("GOINSECURE", "*.example.org"),
        ] {
            assert_eq!(verifies(key, value), Some(false), "{key}={value}");
        }
        assert_eq!(verifies("TLS_SKIP_VERIFY", "false"), Some(true));
        assert_eq!(verifies("SSL_VERIFY", "true"), Some(true));
    }

    #[test]
    fn other_checks_are_no_verification_of_certificates() {
        for key in [
            "EMAIL_VERIFICATION",
            "VERIFY_HOST_HEADER",
            "SSL_VERIFY_CLIENT",
            "SSL_VERIFY_DEPTH",
            "HEALTH_CHECK_TLS",
            "HOST_CHECK",
            "EMAIL_SKIP_VERIFY",
            "BACKUP_VERIFY",
        ] {
            assert_eq!(verifies(key, "0"), None, "{key}");
            assert_eq!(verifies(key, "true"), None, "{key}");
        }
    }
}
