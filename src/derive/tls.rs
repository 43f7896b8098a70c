//! Protocol versions and cipher suites that a setting admits.

use super::Named;
use crate::data::tls::{self, Kind, Version, Weakness};
use crate::facts::{Cipher, CipherClass, Facts, Field, Head, Protocol};
use crate::source::{Span, Text};
use crate::value::list;

pub(super) fn derive<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let key = &named.key;
    let about_tls = key.has_any(&["tls", "ssl", "https"]) || key.has_any(&["sslprotocols", "tlsversion"]);
    if !about_tls || named.value.is_empty() {
        return;
    }
    if key.has_any(&["cipher", "ciphers", "ciphersuites", "suites"])
        && !key.has_any(&["prefer", "server", "order"])
    {
        ciphers(&named.setting.text, &named.head(), out);
    } else if key.has_any(&["version", "versions", "protocol", "protocols", "sslprotocols", "tlsversion"])
        && !key.has_any(&["max", "maximum"])
        || key.ends_with(&["tls", "min"])
        || key.ends_with(&["min", "tls"])
        || key.ends_with(&["minimum", "tls"])
    {
        protocols(&named.setting.text, &named.head(), out);
    }
}

/// Each version that a list names.
pub(crate) fn protocols<'s>(text: &Text<'s>, head: &Head<'s>, out: &mut Facts<'s>) {
    for item in list::split(text.as_str()) {
        if let Some(version) = tls::parse_protocol(item.text) {
            let span = text.span(item.range.clone());
            let name = text.as_str().get(item.range).unwrap_or_default();
            out.protocols.push(protocol(tenths(version), name, span, head));
        }
    }
}

fn protocol<'s>(version: i64, name: &'s str, span: Span, head: &Head<'s>) -> Protocol<'s> {
    Protocol {
        head: Head { anchor: span, ..head.clone() },
        version: Field::set(version, span, ""),
        name: Field::set(name, span, ""),
        implied: Field::set(false, span, ""),
    }
}

/// A version as policies compare it; SSL comes before every TLS.
pub(crate) fn tenths(version: Version) -> i64 {
    match version {
        Version::Ssl2 => 2,
        Version::Ssl3 => 3,
        Version::Tls10 => 10,
        Version::Tls11 => 11,
        Version::Tls12 => 12,
        Version::Tls13 => 13,
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

/// Each weak or unknown word of a cipher list.
pub(crate) fn ciphers<'s>(text: &Text<'s>, head: &Head<'s>, out: &mut Facts<'s>) {
    for Weakness { range, kind } in tls::weak_ciphers(text.as_str()) {
        let span = text.span(range.clone());
        let class = if kind == Kind::Unknown { CipherClass::Unknown } else { CipherClass::Weak };
        out.ciphers.push(Cipher {
            head: Head { anchor: span, ..head.clone() },
            class: Field::set(class, span, ""),
            name: Field::set(text.as_str().get(range).unwrap_or_default(), span, ""),
            reason: Field::set(reason(kind), span, ""),
        });
    }
}
