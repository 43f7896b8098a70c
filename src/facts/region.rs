//! A place in the world that configuration names.

use std::fmt;

use super::field::words;
use super::{Field, Head, fact};
use crate::data::endpoints::{self, Certainty};
use crate::data::jurisdictions::Jurisdiction;
use crate::source::{Sources, Text};
use crate::value::url;

words! {
    /// How a place is stated.
    Stating {
        /// By name: a region code, a host with a region in it, a country.
        Explicit = "explicit",
        /// Not at all: what the provider does where nothing is said.
        Default = "default",
        /// By a word that is no known place.
        Unknown = "unknown",
    }
}

fact! {
    /// A place where something runs, is stored or is sent to.
    Region<'s> {
        /// The stated text: `eu-west-2`.
        text ("text"): &'s str,
        /// How it is stated.
        stating ("stating"): Stating,
        /// The place in words: "London, United Kingdom".
        place ("place"): &'s str,
        /// The codes of the jurisdictions that hold the data: `GB`, `US-OR`. Several where a place spans them.
        jurisdictions ("jurisdictions"): Vec<&'s str>,
        /// The name of the setting or of what names it.
        key ("key"): &'s str,
        /// A known place that the text may have meant.
        suggestion ("suggestion"): &'s str,
    }
    also {
        /// The jurisdictions; empty where none is known.
        within: Vec<Jurisdiction>,
    }
}

impl<'s> Region<'s> {
    /// A place that a text names, in words and as jurisdictions.
    pub fn new(
        text: &str,
        stating: Stating,
        place: &str,
        within: &[Jurisdiction],
        head: &Head<'s>,
        key: &'s str,
        sources: &'s Sources,
    ) -> Self {
        let span = head.anchor;
        Region {
            head: head.clone(),
            text: Field::set(sources.keep(text.to_owned().into()), span, ""),
            stating: Field::set(stating, span, ""),
            place: Field::set(sources.keep(place.to_owned().into()), span, ""),
            jurisdictions: Field::set(within.iter().map(|place| place.code()).collect(), span, ""),
            key: Field::set(key, span, ""),
            suggestion: Field::Unset,
            within: within.to_vec(),
        }
    }

    /// "London, United Kingdom (AWS)"; of a place in several countries only the name is told.
    #[must_use]
    pub fn in_words(place: &str, within: &[Jurisdiction], provider: impl fmt::Display) -> String {
        let country = match within {
            [one] => one.country().map(Jurisdiction::name).filter(|country| *country != place),
            _ => None,
        };
        match country {
            Some(country) => format!("{place}, {country} ({provider})"),
            None => format!("{place} ({provider})"),
        }
    }

    /// The place of a host, where it is known and the host isn't there for anyone. `path` tells hosts apart
    /// that many share.
    pub fn of_host(
        host: &str,
        path: &str,
        head: &Head<'s>,
        key: &'s str,
        sources: &'s Sources,
    ) -> Option<Self> {
        let location = endpoints::locate(host, path)?;
        let stating = match location.certainty {
            Certainty::Explicit => Stating::Explicit,
            Certainty::Default => Stating::Default,
            Certainty::Public => return None,
        };
        let place = if let Some(region) = location.region {
            Region::in_words(region.place, location.within, location.provider)
        } else {
            let names: Vec<&str> = location.within.iter().map(|place| place.name()).collect();
            format!("{} ({})", names.join(", "), location.provider)
        };
        Some(Region::new(host, stating, &place, location.within, head, key, sources))
    }

    /// Adds the place of each host in a text: those of its URLs, or the one that the text consists of.
    pub fn of_hosts(
        text: &Text<'s>,
        head: &Head<'s>,
        key: &'s str,
        sources: &'s Sources,
        out: &mut Vec<Self>,
    ) {
        let value = text.as_str();
        // Every host that is known has a dot in its name.
        if !value.contains('.') {
            return;
        }
        let mut seen = false;
        for url in url::find_all(value) {
            seen = true;
            for host in &url.hosts {
                let head = Head { anchor: text.span(host.name.range.clone()), ..head.clone() };
                out.extend(Region::of_host(host.name.text, url.path.text, &head, key, sources));
            }
        }
        let bare = value.trim();
        let ends_in_letter = bare.ends_with(|last: char| last.is_ascii_alphabetic()) || bare.contains(':');
        if !seen && ends_in_letter && bare.contains('.') && !bare.contains([' ', '/', '@', '$']) {
            let host = bare.split(':').next().unwrap_or(bare);
            out.extend(Region::of_host(host, "", head, key, sources));
        }
    }
}
