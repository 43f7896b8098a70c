//! The environment of a container: its settings, and the objects that it takes others from.

use super::lookup::{Found, known_str, look};
use super::manifest::Manifest;
use crate::facts::links::ObjectUse;
use crate::facts::{Scope, Store};
use crate::formats::Reader;
use crate::formats::settings::Draft;
use crate::source::Span;
use crate::syntax::yaml::Node;

/// Who reads the environment.
pub(super) struct Environment<'a, 't, 's> {
    pub(super) manifest: &'a Manifest<'t, 's>,
    pub(super) container: Node<'t, 's>,
    pub(super) subject: &'s str,
    pub(super) scope: Scope,
    /// The repository of the container's image.
    pub(super) image: Option<&'s str>,
    /// "used by container api".
    pub(super) note: &'s str,
}

impl<'s> Environment<'_, '_, 's> {
    /// States the settings and the uses. What is known by its name only is `given` from elsewhere; the answer
    /// is whether the container may see more than these.
    pub(super) fn read(&self, reader: &mut Reader<'s>, given: &mut Vec<&'s str>) -> bool {
        let variables = look(self.container, &["env"]);
        let sources = look(self.container, &["envFrom"]);
        let open = |found: Found<'_, '_>| match found {
            Found::Stated(node) => node.is_open(),
            Found::Absent => false,
            Found::Unknown => true,
        };
        let mut more = open(variables) || open(sources);
        for variable in variables.items() {
            more |= self.variable(variable, reader, given);
        }
        for source in sources.items() {
            more = true;
            self.source(source, reader);
        }
        more
    }

    fn variable(&self, variable: Node<'_, 's>, reader: &mut Reader<'s>, given: &mut Vec<&'s str>) -> bool {
        let Some(name) = look(variable, &["name"]).node() else { return true };
        let Some(key) = name.as_str() else { return true };
        if let Some(from) = look(variable, &["valueFrom"]).node() {
            for (source, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                if let Some(source) = look(from, &[source]).node() {
                    reader.reading.links.uses.extend(self.object(source, kind, Some(key)));
                }
            }
            given.push(key);
            return name.is_unknown();
        }
        match variable.get("value") {
            Some(value) if value.as_str().is_some() => {
                let draft = Draft {
                    key,
                    key_span: name.span(),
                    text: if value.is_null() { value.text().part(0..0) } else { value.text() },
                    store: Store::Setting,
                    scope: self.scope,
                    subject: self.subject,
                    image: self.image,
                    uses: Vec::new(),
                };
                reader.reading.facts.settings.push(draft.setting());
                false
            }
            _ => {
                given.push(key);
                name.is_unknown() || variable.is_open()
            }
        }
    }

    fn source(&self, source: Node<'_, 's>, reader: &mut Reader<'s>) {
        for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            if let Some(reference) = look(source, &[key]).node() {
                let prefix = match look(source, &["prefix"]) {
                    Found::Stated(node) => node.as_str(),
                    Found::Absent => Some(""),
                    Found::Unknown => None,
                };
                let used = self.object(reference, kind, None);
                reader.reading.links.uses.extend(used.map(|used| ObjectUse { prefix, ..used }));
            }
        }
    }

    fn object(
        &self,
        reference: Node<'_, 's>,
        kind: &'static str,
        variable: Option<&'s str>,
    ) -> Option<ObjectUse<'s>> {
        let name = look(reference, &["name"]).node()?;
        let key = look(reference, &["key"]).node();
        let place = key.filter(|_| variable.is_some()).unwrap_or(name).span();
        let key = key.and_then(Node::as_str);
        object_use(self.manifest, reference, kind, name.as_str()?, (key, variable), place, self.note)
    }
}

/// The use of an object; nothing where it can't be told whether it may be missing.
pub(super) fn object_use<'s>(
    manifest: &Manifest<'_, 's>,
    reference: Node<'_, 's>,
    kind: &'static str,
    name: &'s str,
    (key, variable): (Option<&'s str>, Option<&'s str>),
    span: Span,
    note: &'s str,
) -> Option<ObjectUse<'s>> {
    // Every namespace has this one; the control plane makes it.
    // https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
    if kind == "ConfigMap" && name == "kube-root-ca.crt" || name.is_empty() {
        return None;
    }
    let optional = match look(reference, &["optional"]) {
        Found::Stated(stated) => stated.truthy()?,
        Found::Absent => false,
        Found::Unknown => return None,
    };
    Some(ObjectUse {
        kind,
        name,
        key,
        namespace: manifest.namespace,
        span,
        variable,
        prefix: None,
        optional,
        note,
    })
}

/// The use of an object by its name alone: a volume, a backend.
pub(super) fn named_use<'s>(
    manifest: &Manifest<'_, 's>,
    reference: Node<'_, 's>,
    kind: &'static str,
    name_key: &str,
    note: &'s str,
) -> Option<ObjectUse<'s>> {
    let name = known_str(reference, name_key)?;
    let span = look(reference, &[name_key]).node()?.span();
    object_use(manifest, reference, kind, name, (None, None), span, note)
}
