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
    if trivial::is_known_default(value) {
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
    if is_trivial(value) || user.is_some_and(|user| !user.is_empty() && user.eq_ignore_ascii_case(value)) {
        return Class::Default;
    }
    if placeholder::is_placeholder(value) || placeholder::repeats(key, value) {
        return Class::Placeholder;
    }
    if is_no_secret(kind, value) {
        return Class::NotASecret;
    }
    match kind {
        KeyKind::AccessKeyId => Class::PublicByNature,
        _ => Class::Literal,
    }
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
    if kind == KeyKind::Hash || ALGORITHMS.iter().any(|name| value.eq_ignore_ascii_case(name)) {
        return true;
    }
    let numeric = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let short_number = numeric && value.len() < 6 && kind != KeyKind::Password;
    short_number
        || (!numeric && value.len() < 8 && duration::parse(value, None).is_some())
        || is_plain_url(value)
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
