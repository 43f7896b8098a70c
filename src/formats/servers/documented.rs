//! What documentation says of keys, where their names say too little or something else. One table a server.

use super::{credential, entry, switch};
use crate::facts::{
    Cipher, CredentialClass, Endpoint, Field, Head, HostPlace, Position, Protects, Records, Retention, Scope,
    Transport,
};
use crate::formats::Reader;
use crate::source::Span;
use crate::syntax::entry::{Entry, Section};
use crate::value::duration::{self, Duration, Unit};
use crate::value::host::{self, Place};

/// Words that switch something on, as YAML's readers take them.
pub(in crate::formats) const ON: &[&str] = &["true", "yes", "on"];

/// Words that switch something off.
pub(in crate::formats) const OFF: &[&str] = &["false", "no", "off"];

/// What a key means.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) enum Meaning {
    /// These values turn a protection off.
    Off(Protects, &'static [&'static str]),
    /// These values let anyone in; the words say how.
    Open(&'static [&'static str], &'static str),
    /// A list of cipher suites.
    Ciphers,
    /// Nothing that a rule asks for, whatever the name sounds like; or it is read elsewhere.
    Nothing,
}

/// Keys, from the root on, with their meanings. `*` stands for one name, `**` at the start or the end for
/// any number of them.
pub(in crate::formats) type Documented = &'static [(&'static str, Meaning)];

/// Whether a key is meant by a pattern.
pub(super) fn fits(pattern: &str, key: &str) -> bool {
    if let Some(start) = pattern.strip_suffix(".**") {
        return key.match_indices('.').any(|(at, _)| key.get(..at).is_some_and(|part| fits(start, part)));
    }
    let mut names = key.rsplit('.');
    for part in pattern.rsplit('.') {
        if part == "**" {
            return true;
        }
        if !names.next().is_some_and(|name| part == "*" || part.eq_ignore_ascii_case(name)) {
            return false;
        }
    }
    names.next().is_none()
}

/// States what sections say: documented keys as what they mean, all others as settings.
pub(in crate::formats) fn state<'s>(
    reader: &mut Reader<'s>,
    sections: &[Section<'s>],
    documented: Documented,
) {
    let subject = reader.reading.path;
    for section in sections {
        for found in &section.entries {
            let mut known = documented.iter().filter(|(pattern, _)| fits(pattern, found.key)).peekable();
            if known.peek().is_none() {
                entry(reader, found, Scope(section.span), subject);
            }
            for (_, meaning) in known {
                mean(reader, found, *meaning, subject);
            }
        }
    }
}

fn mean<'s>(reader: &mut Reader<'s>, found: &Entry<'s>, meaning: Meaning, subject: &'s str) {
    let at = place(found);
    let is = |words: &[&str]| words.iter().any(|word| found.value.as_str().trim().eq_ignore_ascii_case(word));
    match meaning {
        Meaning::Off(protects, words) if is(words) => {
            switch(reader, subject, (protects, Position::Off), at, found.key);
        }
        Meaning::Open(words, evidence) if is(words) => {
            credential(reader, subject, CredentialClass::Empty, at, found.key, evidence);
        }
        Meaning::Ciphers => {
            Cipher::of_list(&found.value, &Head::new(at, subject), &mut reader.reading.facts.ciphers);
        }
        Meaning::Off(..) | Meaning::Open(..) | Meaning::Nothing => {}
    }
}

/// The place of a value; an empty one stands where its name does.
pub(in crate::formats) fn place(found: &Entry<'_>) -> Span {
    let value = found.value.as_str();
    if value.is_empty() { found.key_span } else { found.value.span(0..value.len()) }
}

/// States how long records are kept. Zero means "for ever" to some and "nothing" to others.
pub(super) fn keeps<'s>(reader: &mut Reader<'s>, found: &Entry<'s>, records: Records, unit: Option<Unit>) {
    let Some(period) =
        duration::parse(found.value.as_str(), unit).filter(|period: &Duration| !period.is_zero())
    else {
        return;
    };
    let (at, subject) = (place(found), reader.reading.path);
    reader.reading.facts.retentions.push(Retention {
        head: Head::new(at, subject),
        records: Field::set(records, at, ""),
        period: Field::set(period, at, ""),
        key: Field::set(found.key, at, ""),
    });
}

/// States that hosts are reached by a cleartext scheme, which stands on its own. The farthest host counts;
/// where one isn't known, nothing is.
pub(super) fn cleartext<'s>(
    reader: &mut Reader<'s>,
    scheme: &'s str,
    at: Span,
    hosts: impl Iterator<Item = &'s str>,
) {
    let placed = hosts.map(|host| {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let place = match host::classify(name) {
            Place::Loopback | Place::Bind => HostPlace::Loopback,
            Place::Internal => HostPlace::Internal,
            Place::Public => HostPlace::Public,
            Place::Unknown => return None,
        };
        Some((place, name))
    });
    let Some(Some((place, name))) = placed.collect::<Option<Vec<_>>>().map(|all| all.into_iter().max())
    else {
        return;
    };
    let subject = reader.reading.path;
    reader.reading.facts.endpoints.push(Endpoint {
        head: Head::new(at, subject),
        scheme: Field::set(scheme, at, ""),
        transport: Field::set(Transport::Cleartext, at, ""),
        host: Field::set(name, at, ""),
        place: Field::set(place, at, ""),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_keys() {
        for (pattern, key, expected) in [
            ("net.tls.mode", "net.TLS.mode", true),
            ("net.tls.mode", "x.net.tls.mode", false),
            ("s3.client.*.protocol", "s3.client.default.protocol", true),
            ("s3.client.*.protocol", "s3.client.protocol", false),
            ("**.tls.insecure", "exporters.otlp.tls.insecure", true),
            ("**.tls.insecure", "tls.insecure", true),
            ("**.tls.insecure", "mytls.insecure", false),
            ("jobs.stages.**", "jobs.stages.a.b", true),
            ("jobs.stages.**", "jobs.stages", false),
        ] {
            assert_eq!(fits(pattern, key), expected, "{pattern} {key}");
        }
    }
}
