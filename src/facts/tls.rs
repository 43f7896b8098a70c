//! Protocol versions and cipher suites that a TLS end admits.

use super::field::words;
use super::{Field, Head, fact};
use crate::data::tls::{Kind, Version, Weakness, parse_protocol, weak_ciphers};
use crate::source::Text;
use crate::value::list;

words! {
    /// What is wrong with a cipher suite.
    CipherClass {
        /// It gives no protection, or a broken one.
        Weak = "weak",
        /// No TLS library knows the name.
        Unknown = "unknown",
    }
}

fact! {
    /// A protocol version that a TLS end admits.
    Protocol<'s> {
        /// The version in tenths: 12 is TLS 1.2, 3 is SSL 3.
        version ("version"): i64,
        /// The version's name: `TLSv1.1`.
        name ("name"): &'s str,
        /// Whether it is admitted only because nothing names the versions.
        implied ("implied"): bool,
    }
}

fact! {
    /// A cipher suite, or a word that stands for several, that a TLS end admits.
    Cipher<'s> {
        /// What is wrong with it.
        class ("class"): CipherClass,
        /// The word in the list.
        name ("name"): &'s str,
        /// What is wrong, in words.
        reason ("reason"): &'s str,
    }
}

impl<'s> Protocol<'s> {
    /// Adds each version that a list names.
    pub fn of_list(text: &Text<'s>, head: &Head<'s>, out: &mut Vec<Self>) {
        for item in list::split(text.as_str()) {
            let Some(version) = parse_protocol(item.text) else { continue };
            let span = text.span(item.range.clone());
            out.push(Protocol {
                head: Head { anchor: span, ..head.clone() },
                version: Field::set(tenths(version), span, ""),
                name: Field::set(text.as_str().get(item.range).unwrap_or_default(), span, ""),
                implied: Field::set(false, span, ""),
            });
        }
    }
}

/// A version as policies compare it; SSL comes before every TLS.
fn tenths(version: Version) -> i64 {
    match version {
        Version::Ssl2 => 2,
        Version::Ssl3 => 3,
        Version::Tls10 => 10,
        Version::Tls11 => 11,
        Version::Tls12 => 12,
        Version::Tls13 => 13,
    }
}

impl<'s> Cipher<'s> {
    /// Adds each weak or unknown word of a cipher list.
    pub fn of_list(text: &Text<'s>, head: &Head<'s>, out: &mut Vec<Self>) {
        for Weakness { range, kind } in weak_ciphers(text.as_str()) {
            let span = text.span(range.clone());
            let class = if kind == Kind::Unknown { CipherClass::Unknown } else { CipherClass::Weak };
            out.push(Cipher {
                head: Head { anchor: span, ..head.clone() },
                class: Field::set(class, span, ""),
                name: Field::set(text.as_str().get(range).unwrap_or_default(), span, ""),
                reason: Field::set(reason(kind), span, ""),
            });
        }
    }
}

fn reason(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "suites without encryption",
        Kind::Anonymous => "suites without authentication",
        Kind::Export => "export suites with keys that can be guessed",
        Kind::Des => "DES, whose keys can be guessed",
        Kind::TripleDes => "triple DES, whose blocks are too short",
        Kind::Rc4 => "RC4, which is broken",
        Kind::Md5 => "MD5, which is broken",
        Kind::Unknown => "a name that no TLS library knows",
    }
}
