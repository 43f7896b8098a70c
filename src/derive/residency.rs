//! Places that settings name: region codes, hosts with regions in them, declared jurisdictions.

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
    if let Some(declares) = declares(key) {
        declaration(named, declares, sources, out);
    } else if names_region(key) {
        let provider = provider(named, siblings);
        // "UK South" is one region, "uksouth ukwest" are two.
        if matches!(regions::lookup(named.value, provider), Lookup::Known(_) | Lookup::Several(_)) {
            region(named.value, provider, &named.head(), named.name(), sources, out);
            Region::of_hosts(&named.setting.text, &named.head(), named.name(), sources, &mut out.regions);
            return;
        }
        for item in list::split(named.setting.text.as_str()) {
            let span = if item.text == named.value {
                named.place()
            } else {
                named.setting.text.span(item.range.clone())
            };
            region(item.text, provider, &named.head_at(span), named.name(), sources, out);
        }
    } else if names_country(key) {
        country(named, sources, out);
    }
    Region::of_hosts(&named.setting.text, &named.head(), named.name(), sources, &mut out.regions);
}

fn declares(key: &Key<'_>) -> Option<Declares> {
    let jurisdiction = key.has_any(&["jurisdiction", "jurisdictions"]);
    let names_places = jurisdiction
        && key.has_any(&["supported", "allowed", "permitted", "approved", "jurisdictions", "list"]);
    if key.has(&["data", "residency"])
        || key.ends_with(&["residency"])
        || key.ends_with(&["residency", "region"])
        || key.ends_with(&["residency", "country"])
    {
        return Some(Declares::Residency);
    }
    let switch = key.has_any(&[
        "detection",
        "auto",
        "enabled",
        "enable",
        "validation",
        "cross",
        "url",
        "file",
        "service",
        "mode",
        "check",
    ]);
    if switch || !jurisdiction {
        return None;
    }
    if key.has_any(&["default", "primary", "fallback"]) {
        Some(Declares::Default)
    } else if names_places {
        Some(Declares::Supported)
    } else {
        (key.ends_with(&["jurisdiction"])).then_some(Declares::Default)
    }
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
            None => unknown(
                item.text,
                jurisdictions::suggest(item.text),
                &named.head_at(span),
                named.name(),
                sources,
                out,
            ),
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

/// Whether a name's value is a region code.
fn names_region(key: &Key<'_>) -> bool {
    let last = key.last();
    let is = |words: &[&str]| words.iter().any(|word| last.eq_ignore_ascii_case(word));
    if key.has_any(&["label", "name", "id", "map", "url", "enabled"]) {
        return false;
    }
    is(&["region", "regions"])
        || (is(&["zone", "zones", "location", "locations", "datacenter", "datacentre"])
            && key_provider(key).is_some())
        || key.ends_with(&["availability", "zone"])
        || key.ends_with(&["topology", "kubernetes", "io", "zone"])
        || key.is(&["primary", "region"])
}

/// Whether a name's value is a country in which something is hosted. Geo-fences and locales are none.
fn names_country(key: &Key<'_>) -> bool {
    key.ends_with(&["hosting", "country"])
        || key.ends_with(&["hosting", "location"])
        || key.ends_with(&["data", "location"])
        || key.ends_with(&["data", "centre"])
        || key.ends_with(&["data", "center"])
        || key.ends_with(&["data", "country"])
        || key.ends_with(&["storage", "country"])
        || key.ends_with(&["storage", "location"])
        || key.ends_with(&["backup", "country"])
}

/// The provider that the words of a name speak of.
fn key_provider(key: &Key<'_>) -> Option<Provider> {
    key.words().iter().find_map(|word| match word.to_ascii_lowercase().as_str() {
        "s3" | "ses" | "sqs" | "sns" | "dynamodb" | "bedrock" | "cognito" | "ecr" | "eks" => {
            Provider::parse("aws")
        }
        "gcs" | "google" | "vertex" | "gke" | "bigquery" | "firestore" | "cloudsdk" => Provider::parse("gcp"),
        "spaces" | "do" => Provider::parse("digitalocean"),
        word => Provider::parse(word),
    })
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
    endpoint.or_else(|| key_provider(&named.key))
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
    if code.is_empty() || code.contains(['$', '{', '<', '%']) {
        return;
    }
    match regions::lookup(code, provider) {
        Lookup::Known(known) => push_known(known, code, head, key, sources, out),
        Lookup::Several(several) => {
            let country = several.first().and_then(|first| first.country());
            if let Some(first) = several.first()
                && several.iter().all(|one| one.country().is_some() && one.country() == country)
            {
                push_known(first, code, head, key, sources, out);
            }
        }
        Lookup::Pseudo | Lookup::Foreign(_) => {}
        Lookup::Unknown => match jurisdictions::parse(code) {
            Some(Declared::Place(place)) => push_place(place, code, head, key, sources, out),
            Some(Declared::Regulator(_)) => {}
            None => {
                let suggestion = regions::suggest(code, provider).or_else(|| jurisdictions::suggest(code));
                if provider.is_some() || regions::looks_like_region(code) || suggestion.is_some() {
                    unknown(code, suggestion, head, key, sources, out);
                }
            }
        },
    }
}

fn push_known<'s>(
    known: &'static Known,
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
