//! Secrets: which settings hold one, and what a value in such a setting is.

mod format;
mod kind;
mod placeholder;
mod reference;
mod trivial;

use super::key::Key;
use super::{boolean, duration};

pub use format::known_format;
pub use kind::{KeyKind, is_secret_key};
pub use reference::is_reference;
pub use trivial::{is_default_pair, is_trivial};

/// What a value is that stands where a secret is expected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// Nothing: empty, or a word for nothing (`null`).
    Empty,
    /// A known default or a trivial password, a hash of one, or the user's own name.
    Default,
    /// A stand-in that asks to be replaced: `<password>`, `your-key-here`, `sk-...`.
    Placeholder,
    /// The value comes from elsewhere: a variable, a template, a secret store, a file.
    Reference,
    /// Made to be known by everyone: a public key, an access id, a publishable key.
    PublicByNature,
    /// A real-looking secret.
    Literal,
    /// No secret: a switch, a number, a URL without password, the name of an algorithm.
    NotASecret,
}

/// The class of a value under a key. Where the key isn't that of a secret, only values in a known format of
/// tokens and keys are [`Class::Literal`]; all others are [`Class::NotASecret`]. `user` is the name of the
/// user beside the value, where one is known.
#[must_use]
pub fn classify(key: &Key<'_>, value: &str, user: Option<&str>) -> Class {
    match is_secret_key(key) {
        Some(kind) => classify_as(kind, key, value, user),
        None if known_format(value).is_some() => classify_as(KeyKind::Token, key, value, user),
        None => Class::NotASecret,
    }
}

/// The class of a value that is a secret by its place, whatever its key: the data of a Kubernetes Secret, the
/// password of a URL.
#[must_use]
pub fn classify_as(kind: KeyKind, key: &Key<'_>, value: &str, user: Option<&str>) -> Class {
    let value = value.trim();
    if value.is_empty() || trivial::is_nothing(value) {
        return Class::Empty;
    }
    if is_reference(value) {
        return Class::Reference;
    }
    // The id of an access key is a name: that anyone knows it says nothing of the key.
    let is_name = kind == KeyKind::AccessKeyId && key.ends_with(&["id"]);
    if !is_name && trivial::is_known_default(value) {
        return Class::Default;
    }
    if is_public(value) {
        return Class::PublicByNature;
    }
    if known_format(value).is_some() {
        return Class::Literal;
    }
    if boolean::parse(value).is_some() {
        return Class::NotASecret;
    }
    if placeholder::addresses_reader(value)
        || (value.eq_ignore_ascii_case("example") && kind != KeyKind::Password)
    {
        return Class::Placeholder;
    }
    let is_user = user.is_some_and(|user| !user.is_empty() && user.eq_ignore_ascii_case(value));
    if !is_name && (is_trivial(value) || is_user) {
        return Class::Default;
    }
    if placeholder::is_placeholder(value) || placeholder::repeats(key, value) {
        return Class::Placeholder;
    }
    // A connection string is judged by the password in it; what Sentry's holds instead is made to be published.
    if kind == KeyKind::ConnectionString && !has_password(value) || is_no_secret(kind, value) {
        return Class::NotASecret;
    }
    match kind {
        KeyKind::AccessKeyId => Class::PublicByNature,
        _ => Class::Literal,
    }
}

/// Whether a value is a secret whatever it is used for, in a test too: one in a known format of tokens and
/// keys, or one that a service has made, under the name of a token. What people think of for a test
/// (`test-secret`, `0123456789abcdef`) is none.
#[must_use]
pub fn is_evident(key: &Key<'_>, value: &str) -> bool {
    if known_format(value).is_some() {
        return true;
    }
    let kind = is_secret_key(key);
    matches!(kind, Some(KeyKind::Token | KeyKind::ApiKey))
        && is_made(value)
        && kind.is_some_and(|kind| classify_as(kind, key, value, None) == Class::Literal)
}

/// Words in values that are made up for a test.
const MADE_UP: &[&str] =
    &["test", "dummy", "fake", "mock", "example", "sample", "secret", "token", "0123", "1234", "abcd"];

/// Whether a value was made by a machine: long, of letters and digits, and with no word for a test in it.
fn is_made(value: &str) -> bool {
    let mut seen = [false; 256];
    for byte in value.bytes() {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    let lower = value.to_ascii_lowercase();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    value.len() >= 20
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+/=".contains(&byte))
        && digits >= 3
        && letters >= 3
        && seen.iter().filter(|seen| **seen).count() >= 10
        && !MADE_UP.iter().any(|word| lower.contains(word))
}

/// Keys and certificates that are made to be handed out.
fn is_public(value: &str) -> bool {
    let heads = [
        "-----BEGIN PUBLIC KEY",
        "-----BEGIN RSA PUBLIC KEY",
        "-----BEGIN CERTIFICATE",
        "ssh-rsa ",
        "ssh-ed25519 ",
        "ecdsa-sha2-",
        "pk_live_",
        "pk_test_",
        "pk-lf-",
        "age1",
    ];
    heads.iter().any(|head| value.starts_with(head)) && !value.contains("PRIVATE KEY")
}

/// Algorithms, which stand under keys such as `JWT_SECRET` only by mistake but are common beside them.
const ALGORITHMS: &[&str] = &[
    "hs256",
    "hs384",
    "hs512",
    "rs256",
    "rs384",
    "rs512",
    "es256",
    "es384",
    "es512",
    "ps256",
    "ps384",
    "ps512",
    "eddsa",
    "aes-256-gcm",
    "aes-128-gcm",
    "aes-256-cbc",
    "aes256",
    "sha256",
    "sha512",
    "bcrypt",
    "argon2",
    "argon2id",
    "scrypt",
    "scram-sha-256",
    "md5",
    "bearer",
    "basic",
];

fn is_no_secret(kind: KeyKind, value: &str) -> bool {
    if kind == KeyKind::Hash
        || trivial::is_password_hash(value)
        || ALGORITHMS.iter().any(|name| value.eq_ignore_ascii_case(name))
        // `wsrep_sst_auth=root:` names a user alone.
        || kind == KeyKind::Credentials && value.ends_with(':')
    {
        return true;
    }
    let numeric = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let short_number = numeric && value.len() < 6 && kind != KeyKind::Password;
    short_number
        || (!numeric && value.len() < 8 && duration::parse(value, None).is_some())
        || is_plain_url(value)
}

fn has_password(value: &str) -> bool {
    super::url::find_all(value).any(|url| url.password.is_some())
}

/// A URL that carries no password.
fn is_plain_url(value: &str) -> bool {
    let mut urls = super::url::find_all(value);
    let Some(first) = urls.next() else { return false };
    first.whole.range.start == 0
        && first.password.is_none()
        && first.user.is_none()
        && urls.all(|url| url.password.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(key: &str, value: &str) -> Class {
        classify(&Key::new(key), value, None)
    }

    #[test]
    fn every_class_has_its_values() {
        let random = ["yYrECL4qbNwleYInGJYv", "VnSkwJuSQJ4ijPTx5tir"].concat();
        let token = ["ghp", "_", "q7Rk2mXw9ZbT4vLs8NcY1pHd6JfGaEuV5oQi"].concat();
        let table = [
            ("REDIS_PASSWORD", "", Class::Empty),
            ("REDIS_PASSWORD", "null", Class::Empty),
            ("POSTGRES_PASSWORD", "postgres", Class::Default),
            ("NEXTAUTH_SECRET", "secret", Class::Default),
            ("POSTGRES_PASSWORD", "changeit", Class::Default),
            (
                "GRAYLOG_ROOT_PASSWORD_SHA2",
                "8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918",
                Class::Default,
            ),
            (
                "GRAYLOG_ROOT_PASSWORD_SHA2",
                "1111e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a9aaaa",
                Class::NotASecret,
            ),
            ("SESSION_SECRET", "changeme-in-production", Class::Placeholder),
            ("JWT_SECRET", "...", Class::Placeholder),
            ("SMTP_PASSWORD", "SG...", Class::Placeholder),
            ("smtp-password", "smtp-password", Class::Placeholder),
            ("SECRET_KEY", "${SECRET_KEY}", Class::Reference),
            ("DB_PASSWORD", "/run/secrets/db", Class::Reference),
            ("SECRET_KEY_BASE", random.as_str(), Class::Literal),
            ("DB_PASSWORD", "tr0ub4dor&3", Class::Literal),
            ("DB_PASSWORD", "correct-horse-battery-staple", Class::Literal),
            ("AUTH_SECRET", "yourSecretKey", Class::Placeholder),
            ("DB_PASSWORD", "StrongPasswordHere", Class::Placeholder),
            ("DB_PASSWORD", "example", Class::Default),
            ("API_KEY", "example", Class::Placeholder),
            ("HTPASSWD", "admin:$2y$10$abcdefghijklmnopqrstuu", Class::NotASecret),
            ("HTPASSWD", "test:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/", Class::Default),
            ("COMMENT", token.as_str(), Class::Literal),
            ("COMMENT", "changeme", Class::NotASecret),
            ("CORS_CREDENTIALS", "true", Class::NotASecret),
            ("ALLOW_EMPTY_PASSWORD", "yes", Class::NotASecret),
            ("COST_PER_TOKEN", "0.02", Class::NotASecret),
            ("ACCESS_TOKEN", "3600s", Class::NotASecret),
            ("wsrep_sst_auth", "root:", Class::NotASecret),
            ("JWT_SECRET", "HS256", Class::NotASecret),
            ("SENTRY_DSN", "https://sentry.example.com/1", Class::NotASecret),
            ("SENTRY_DSN", "https://4f1a@sentry.io/42", Class::NotASecret),
            ("SENTRY_DSN", "https://...@sentry.io/...", Class::NotASecret),
            ("AWS_ACCESS_KEY_ID", "worker-7f3k", Class::PublicByNature),
            ("S3_ACCESS_KEY_ID", "minio", Class::PublicByNature),
            ("S3_ACCESS_KEY_ID", "<access-key-id>", Class::Placeholder),
            ("JWT_PRIVATE_KEY", "-----BEGIN PUBLIC KEY-----", Class::PublicByNature),
            ("STRIPE_API_KEY", "pk_live_abcdef", Class::PublicByNature),
            ("MINIO_ACCESS_KEY", "minioadmin", Class::Default),
        ];
        for (key, value, expected) in table {
            assert_eq!(class(key, value), expected, "{key}={value}");
        }
    }

    #[test]
    fn the_users_own_name_is_a_default() {
        assert_eq!(classify(&Key::new("DB_PASSWORD"), "intake7", Some("intake7")), Class::Default);
        assert_eq!(classify(&Key::new("DB_PASSWORD"), "intake7", Some("other")), Class::Literal);
    }

    proptest! {
        #[test]
        fn no_value_is_too_strange(value in "[ -~é]{0,60}") {
            class("DB_PASSWORD", &value);
            class("API_KEY", &value);
        }
    }
}
