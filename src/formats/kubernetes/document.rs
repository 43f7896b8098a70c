//! Documents of YAML or JSON inside an object's data: their leaves are settings.

use super::config::Datum;
use super::manifest::Manifest;
use crate::facts::{Field, Scope, Setting, Store};
use crate::formats::Reader;
use crate::formats::settings::Draft;
use crate::source::{Sources, Span, Text};
use crate::syntax::yaml::{self, Kind, Mode, Node, Stream};
use crate::value::base64;
use crate::value::key::Key;

/// How many leaves of one document are read; a longer one (a dashboard) is taken as one text.
const MOST_LEAVES: usize = 2_000;

/// How deep leaves are looked for.
const DEEPEST: usize = 32;

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
    let span = datum.text.span(0..datum.text.as_str().len());
    let mut leaves = Leaves { subject: manifest.subject, store, scope: Scope(span), found: Vec::new() };
    for root in roots {
        leaves.walk(root, "", None, DEEPEST, reader.sources);
    }
    let holds_audit = |name: &str| Key::new(name).has_any(&["audit"]);
    if holds_audit(datum.key) || manifest.name.is_some_and(holds_audit) {
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

struct Leaves<'s> {
    subject: &'s str,
    store: Store,
    scope: Scope,
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

    fn walk(
        &mut self,
        node: Node<'_, 's>,
        path: &'s str,
        key_span: Option<Span>,
        depth: usize,
        sources: &'s Sources,
    ) {
        if depth == 0 || self.found.len() > MOST_LEAVES {
            return;
        }
        match node.kind() {
            Kind::Mapping => {
                // https://grafana.com/docs/loki/latest/configure/#limits_config: what the selector takes in.
                let selector = node.get("selector").and_then(Node::as_str).unwrap_or_default();
                let of_audit = path.ends_with("retention_stream") && Key::new(selector).has_any(&["audit"]);
                for entry in node.entries() {
                    let path = if of_audit && entry.key == "period" {
                        "audit.retention_stream.period"
                    } else if path.is_empty() {
                        entry.key
                    } else {
                        sources.keep(format!("{path}.{}", entry.key).into())
                    };
                    self.walk(entry.value, path, Some(entry.key_span), depth - 1, sources);
                }
            }
            Kind::Sequence => {
                for item in node.items() {
                    self.walk(item, path, key_span, depth - 1, sources);
                }
            }
            Kind::Scalar => {
                if let (Some(key_span), Some(_), false) = (key_span, node.as_str(), node.is_null()) {
                    let draft = Draft {
                        key: path,
                        key_span,
                        text: node.text(),
                        store: self.store,
                        scope: self.scope,
                        subject: self.subject,
                        image: None,
                        uses: Vec::new(),
                    };
                    self.found.push(draft.setting());
                }
            }
        }
    }
}
