//! URLs and connection strings inside settings.

use super::{Named, Siblings};
use crate::facts::{Endpoint, Facts, Field, Head, HostPlace, Position, Protects, Switch, Transport};
use crate::source::{Sources, Span, Text};
use crate::value::host::{self, Place};
use crate::value::key::Key;
use crate::value::url::{self, Form, Tls, Url};

/// Last words of names that hold an address: what stands before them names the thing that is connected to.
const ADDRESS_WORDS: &[&str] = &[
    "url",
    "urls",
    "uri",
    "uris",
    "dsn",
    "address",
    "addr",
    "endpoint",
    "host",
    "hosts",
    "connection",
    "string",
    "server",
    "servers",
    "link",
    "base",
    "api",
];

pub(super) fn derive<'s>(
    named: &Named<'_, 's>,
    siblings: &Siblings<'_, 's>,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let value = named.setting.text.as_str();
    if !value.contains(':') && !value.contains('=') || is_list_of_names(&named.key) {
        return;
    }
    let sibling_tls =
        |url: &Url<'_>| siblings.ask_for_tls(&named.key, subject_words(&named.key), url.scheme());
    endpoints(&named.setting.text, &named.head(), named.name(), &sibling_tls, sources, out);
}

/// How many first words of a name say what is connected to: one of `DATABASE_URL`, two of `QUEUE_REDIS_URL`.
fn subject_words(key: &Key<'_>) -> usize {
    let words = key.words();
    let trailing =
        words.iter().rev().take_while(|word| ADDRESS_WORDS.iter().any(|one| word.eq_ignore_ascii_case(one)));
    (words.len() - trailing.count()).max(1)
}

/// Lists of hosts that are reached without a proxy, of documentation links and of origins are no
/// connections.
fn is_list_of_names(key: &Key<'_>) -> bool {
    key.has(&["no", "proxy"])
        || key.has_any(&[
            "noproxy",
            "origin",
            "origins",
            "cors",
            "xmlns",
            "schema",
            "namespace",
            "namespaces",
            "redirect",
            "referer",
            "referrer",
        ])
        || key.ends_with(&["issuer"])
        // SAML names its parties by URLs that lead nowhere.
        || key.ends_with(&["entity", "id"])
        || key.ends_with(&["entityid"])
        || key.ends_with(&["audience"])
        || key.has_any(&["docs", "documentation", "homepage", "license"])
}

/// Each URL in a text: an endpoint, or a switch where the URL itself turns TLS off.
pub(super) fn endpoints<'s>(
    text: &Text<'s>,
    head: &Head<'s>,
    key: &'s str,
    sibling_tls: &dyn Fn(&Url<'_>) -> bool,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    for url in url::find_all(text.as_str()) {
        if url::is_identifier(&url) {
            continue;
        }
        let whole = text.span(url.whole.range.clone());
        if let Some(range) = url::unverified(&url) {
            out.switches.push(switch(head, Protects::Verification, Position::Off, key, text.span(range)));
        }
        match url::tls(&url) {
            Tls::Off(range) => {
                out.switches.push(switch(head, Protects::Tls, Position::Off, key, text.span(range)));
            }
            Tls::Optional(range) => {
                out.switches.push(switch(head, Protects::Tls, Position::Optional, key, text.span(range)));
            }
            // Kafka's listeners are switches.
            Tls::Unstated if is_listener(key, &url) => {}
            Tls::Unstated => {
                let Some(place) = place(&url) else { continue };
                let transport = if sibling_tls(&url) { Transport::Encrypted } else { Transport::Cleartext };
                out.endpoints.push(endpoint(&url, head, whole, transport, place, sources));
            }
            Tls::On | Tls::NotApplicable => {}
        }
    }
}

fn is_listener(key: &str, url: &Url<'_>) -> bool {
    let scheme = url.scheme.text;
    (scheme.eq_ignore_ascii_case("plaintext") || scheme.eq_ignore_ascii_case("sasl_plaintext")) && {
        let key = Key::new(key);
        key.has_any(&["kafka"]) && key.has_any(&["listeners"])
    }
}

/// Where the first host lies that is not the machine itself.
fn place(url: &Url<'_>) -> Option<HostPlace> {
    let places = url.hosts.iter().map(|host| match host::classify(host.name.text) {
        Place::Loopback | Place::Bind => Some(HostPlace::Loopback),
        Place::Internal => Some(HostPlace::Internal),
        Place::Public => Some(HostPlace::Public),
        Place::Unknown => None,
    });
    let places: Vec<_> = places.collect::<Option<_>>()?;
    places.into_iter().max()
}

fn endpoint<'s>(
    url: &Url<'_>,
    head: &Head<'s>,
    span: Span,
    transport: Transport,
    place: HostPlace,
    sources: &'s Sources,
) -> Endpoint<'s> {
    let host = url.hosts.first().map_or("", |host| host.name.text);
    let keep = |text: &str| sources.keep(text.to_ascii_lowercase().into());
    // A connection string names its scheme nowhere.
    let scheme = match url.form {
        Form::Libpq => "postgres",
        _ => url.scheme.text,
    };
    Endpoint {
        head: Head { anchor: span, ..head.clone() },
        scheme: Field::set(keep(scheme), span, ""),
        transport: Field::set(transport, span, ""),
        host: Field::set(keep(host), span, ""),
        place: Field::set(place, span, ""),
    }
}

fn switch<'s>(
    head: &Head<'s>,
    protects: Protects,
    position: Position,
    key: &'s str,
    span: Span,
) -> Switch<'s> {
    Switch {
        head: Head { anchor: span, ..head.clone() },
        protects: Field::set(protects, span, ""),
        position: Field::set(position, span, ""),
        key: Field::set(key, span, ""),
    }
}
