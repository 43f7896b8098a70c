//! Places that settings name: region codes, hosts with regions in them, declared jurisdictions.

mod identifiers;
mod keys;

use super::{Named, Siblings};
use crate::data::endpoints;
use crate::data::jurisdictions::{self, Declared, Jurisdiction};
use crate::data::regions::{self, Lookup, Provider, Region as Known};
use crate::facts::{Declaration, Declares, Facts, Field, Head, Region, Stating};
use crate::source::{Sources, Span};
use crate::value::key::Key;
use crate::value::{list, url};

pub(super) fn derive<'s>(
    named: &Named<'_, 's>,
    siblings: &Siblings<'_, 's>,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    if named.value.is_empty() {
        return;
    }
    let key = &named.key;
    if let Some(declares) = keys::declares(key) {
        declaration(named, declares, sources, out);
    } else if keys::names_region(key) {
        regions_in(named, siblings, sources, out);
    } else if keys::names_country(key) {
        country(named, sources, out);
    } else if keys::may_name_region(key) && is_cloud_code(named.value) {
        region(named.value, None, &named.head(), named.name(), sources, out);
    }
    identifiers::derive(named, sources, out);
    Region::of_hosts(&named.setting.text, &named.head(), named.name(), sources, &mut out.regions);
}

/// The regions that the value of a setting lists.
fn regions_in<'s>(
    named: &Named<'_, 's>,
    siblings: &Siblings<'_, 's>,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    if keys::names_own_store(&named.key) || has_own_endpoint(named, siblings) {
        return;
    }
    let provider = provider(named, siblings);
    // "UK South" is one region, "uksouth ukwest" are two, "North West" is none.
    let is_known = |text: &str| {
        !matches!(regions::lookup(text, provider), Lookup::Unknown) || jurisdictions::parse(text).is_some()
    };
    let text = named.setting.text.as_str();
    let spaced = !text.contains([',', ';', '[']);
    if is_known(named.value) || spaced && !list::split(text).all(|item| is_known(item.text)) {
        region(named.value, provider, &named.head(), named.name(), sources, out);
        return;
    }
    for item in list::split(text) {
        let span = if item.text == named.value {
            named.place()
        } else {
            named.setting.text.span(item.range.clone())
        };
        region(item.text, provider, &named.head_at(span), named.name(), sources, out);
    }
}

/// Whether a value can be nothing but a region code of one of the great clouds: no word, no country.
fn is_cloud_code(value: &str) -> bool {
    jurisdictions::parse(value).is_none()
        && matches!(regions::lookup(value, None), Lookup::Known(known)
            if known.code.eq_ignore_ascii_case(value) && known.code.len() > 5)
}

/// Whether an endpoint of the same subject leads to nobody's cloud, so that the region is a label which a
/// client asks for: `S3_REGION` beside `S3_ENDPOINT=http://minio:9000`.
fn has_own_endpoint(named: &Named<'_, '_>, siblings: &Siblings<'_, '_>) -> bool {
    let subject = |key: &Key<'_>| {
        let ends = |word: &&str| {
            ["region", "endpoint", "endpoints", "default"].iter().any(|end| word.eq_ignore_ascii_case(end))
        };
        key.words().iter().position(ends).unwrap_or(key.words().len())
    };
    let words = subject(&named.key);
    siblings.sharing(&named.key, 1).any(|sibling| {
        let shared = subject(&sibling.key);
        if !sibling.key.has_any(&["endpoint", "endpoints"])
            || shared > words
            || !sibling.key.shares_start(&named.key, shared)
        {
            return false;
        }
        let url = url::find_all(sibling.value).next();
        let host =
            url.as_ref().and_then(|url| url.hosts.first()).map_or(sibling.value, |host| host.name.text);
        !sibling.is_open() && endpoints::locate(host, "").is_none()
    })
}

fn declaration<'s>(named: &Named<'_, 's>, declares: Declares, sources: &'s Sources, out: &mut Facts<'s>) {
    if named.is_open() {
        return;
    }
    let text = &named.setting.text;
    let mut found: Vec<(Declared, Span)> = Vec::new();
    for item in list::split(text.as_str()) {
        let span = if item.text == named.value { named.place() } else { text.span(item.range.clone()) };
        match jurisdictions::parse(item.text) {
            Some(jurisdiction) => found.push((jurisdiction, span)),
            None if !regions::lookup(item.text, None).regions().is_empty() => {
                region(item.text, None, &named.head_at(span), named.name(), sources, out);
            }
            None if is_stand_in(item.text) || regions::lookup(item.text, None) == Lookup::Pseudo => {}
            None => {
                let suggestion = jurisdictions::suggest(item.text);
                // There are more regulators than anyone could list.
                if suggestion.is_some() || !named.key.has_any(&["regulator", "regulators"]) {
                    unknown(item.text, suggestion, &named.head_at(span), named.name(), sources, out);
                }
            }
        }
    }
    out.declarations.push(Declaration {
        head: named.head(),
        declares: Field::set(declares, named.place(), ""),
        text: Field::set(named.value, named.place(), ""),
        key: Field::set(named.name(), named.place(), ""),
        named: found,
    });
}

/// The provider in whose words a region is written: that of an endpoint with the same first word, else that
/// of the name.
fn provider(named: &Named<'_, '_>, siblings: &Siblings<'_, '_>) -> Option<Provider> {
    let endpoint = siblings.sharing(&named.key, 1).find_map(|sibling| {
        sibling.names_host().then_some(())?;
        let url = url::find_all(sibling.value).next();
        let host =
            url.as_ref().and_then(|url| url.hosts.first()).map_or(sibling.value, |host| host.name.text);
        endpoints::provider_of_host(host)
    });
    endpoint.or_else(|| keys::key_provider(&named.key))
}

/// Whether a text is a variable or a stand-in rather than a place: `${REGION}`, `<region>`, `your-region`.
fn is_stand_in(text: &str) -> bool {
    let words = Key::new(text);
    text.contains(['$', '{', '<', '%', '*'])
        || text.to_ascii_lowercase().contains("replaceme")
        || words.has_any(&["your", "change", "replace", "changeme", "todo", "xxx", "placeholder", "example"])
}

/// A stated region.
pub(super) fn region<'s>(
    code: &str,
    provider: Option<Provider>,
    head: &Head<'s>,
    key: &'s str,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    if code.is_empty() || is_stand_in(code) {
        return;
    }
    match regions::lookup(code, provider) {
        Lookup::Known(known) => push_known(known, code, head, key, sources, out),
        Lookup::Several(several) => {
            let country = several.first().and_then(Known::country);
            if let Some(first) = several.first()
                && several.iter().all(|one| one.country().is_some() && one.country() == country)
            {
                push_known(*first, code, head, key, sources, out);
            }
        }
        Lookup::Pseudo | Lookup::Foreign(_) => {}
        Lookup::Unknown => match jurisdictions::parse(code) {
            Some(Declared::Place(place)) => push_place(place, code, head, key, sources, out),
            Some(Declared::Regulator(_)) => {}
            None => {
                let suggestion = regions::suggest(code, provider).or_else(|| jurisdictions::suggest(code));
                if provider.is_some() || suggestion.is_some() || regions::looks_like_region(code) {
                    unknown(code, suggestion, head, key, sources, out);
                }
            }
        },
    }
}

fn push_known<'s>(
    known: Known,
    code: &str,
    head: &Head<'s>,
    key: &'s str,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let place = Region::in_words(known.place, known.within, known.provider);
    out.regions.push(Region::new(code, Stating::Explicit, &place, known.within, head, key, sources));
}

fn push_place<'s>(
    place: Jurisdiction,
    code: &str,
    head: &Head<'s>,
    key: &'s str,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    out.regions.push(Region::new(code, Stating::Explicit, place.name(), &[place], head, key, sources));
}

fn unknown<'s>(
    text: &str,
    suggestion: Option<&'static str>,
    head: &Head<'s>,
    key: &'s str,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let suggestion = suggestion.map_or(Field::Unset, |known| Field::set(known, head.anchor, ""));
    let region = Region::new(text, Stating::Unknown, "", &[], head, key, sources);
    out.regions.push(Region { suggestion, ..region });
}

fn country<'s>(named: &Named<'_, 's>, sources: &'s Sources, out: &mut Facts<'s>) {
    if let Some(Declared::Place(place)) = jurisdictions::parse(named.value) {
        push_place(place, named.value, &named.head(), named.name(), sources, out);
    } else {
        region(named.value, None, &named.head(), named.name(), sources, out);
    }
}
