//! Documents of YAML or JSON inside an object's data: their leaves are settings.

use super::config::Datum;
use super::manifest::Manifest;
use crate::facts::{Field, Scope, Setting, Store};
use crate::formats::Reader;
use crate::formats::sections::sections;
use crate::formats::settings::Draft;
use crate::source::{Sources, Text};
use crate::syntax::entry::{Entry, Section};
use crate::syntax::yaml::{self, Kind, Mode, Stream};
use crate::value::base64;
use crate::value::key::Key;

/// How many leaves of one document are read; a longer one (a dashboard) is taken as one text.
const MOST_LEAVES: usize = 2_000;

/// Reads an entry whose name says that it is YAML or JSON; the answer is whether it is.
pub(super) fn read<'s>(
    manifest: &Manifest<'_, 's>,
    datum: &Datum<'s>,
    store: Store,
    reader: &mut Reader<'s>,
) -> bool {
    let extension = datum.key.rsplit_once('.').map_or("", |(_, extension)| extension);
    // https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets
    let logins = matches!(datum.key, ".dockerconfigjson" | ".dockercfg");
    if !logins && !matches!(extension, "yaml" | "yml" | "json") {
        return false;
    }
    let stream = yaml::parse(&datum.text, reader.sources, Mode::Templated);
    let roots = stream.documents.iter().map(yaml::Document::root);
    if !stream.errors.is_empty() || roots.clone().any(|root| root.kind() == Kind::Scalar) {
        return false;
    }
    let mut leaves = Leaves { subject: manifest.subject, store, found: Vec::new() };
    for section in stream.documents.iter().flat_map(|document| sections(document, reader.sources)) {
        leaves.take(section);
    }
    if is_of_audit(manifest, datum.key) {
        leaves.of_audit(reader.sources);
    }
    if logins {
        // A login in one text says no more than its password, and all of it stands in the same bytes.
        leaves.found.retain(|leaf| leaf.key.value().is_some_and(|key| key.ends_with(".password")));
        leaves.logins(&datum.text, &stream, reader.sources);
    }
    let complete = leaves.found.len() <= MOST_LEAVES;
    if complete {
        reader.reading.facts.settings.append(&mut leaves.found);
    }
    complete
}

/// Whether an entry holds what an audit writes or is kept in, as its name or that of its object says.
pub(super) fn is_of_audit(manifest: &Manifest<'_, '_>, key: &str) -> bool {
    let says = |name: &str| Key::new(name).has_any(&["audit"]);
    says(key) || manifest.name.is_some_and(says)
}

struct Leaves<'s> {
    subject: &'s str,
    store: Store,
    found: Vec<Setting<'s>>,
}

impl<'s> Leaves<'s> {
    /// How long the store of an audit log keeps it: the file or its object says what is in it.
    fn of_audit(&mut self, sources: &'s Sources) {
        for leaf in &mut self.found {
            let Some(&name) = leaf.key.value() else { continue };
            let key = Key::new(name);
            let keeps = key.ends_with(&["retention", "period"]) || key.ends_with(&["delete", "min", "age"]);
            if let (true, Some(span)) = (keeps, leaf.key.span()) {
                leaf.key = Field::set(sources.keep(format!("audit.{name}").into()), span, "");
            }
        }
    }

    /// `auth` is the user's name and the password in base64.
    fn logins(&mut self, text: &Text<'s>, stream: &Stream<'s>, sources: &'s Sources) {
        let registries = stream.documents.iter().flat_map(|document| {
            let root = document.root();
            let servers = root.get("auths").unwrap_or(root);
            servers.entries().map(|entry| entry.value).collect::<Vec<_>>()
        });
        for registry in registries.filter(|registry| registry.get("password").is_none()) {
            let login = registry.entry("auth").and_then(|entry| Some((entry, entry.value.as_str()?)));
            let decoded = login.and_then(|(entry, login)| Some((entry, base64::decode_text(login)?)));
            let Some((entry, login)) = decoded else { continue };
            let Some((_, password)) = login.split_once(':') else { continue };
            let place = entry.value.text();
            let place = place.span(0..place.as_str().len());
            self.found.push(
                Draft {
                    key: "auth.password",
                    key_span: entry.key_span,
                    text: Text::decoded(place, sources.keep(password.to_owned().into())),
                    store: self.store,
                    scope: Scope(text.span(0..text.as_str().len())),
                    subject: self.subject,
                    image: None,
                    uses: Vec::new(),
                }
                .setting(),
            );
        }
    }

    fn take(&mut self, section: Section<'s>) {
        let scope = Scope(section.span);
        for Entry { key, key_span, value } in section.entries {
            let draft = Draft {
                key,
                key_span,
                text: value,
                store: self.store,
                scope,
                subject: self.subject,
                image: None,
                uses: Vec::new(),
            };
            self.found.push(draft.setting());
        }
    }
}
