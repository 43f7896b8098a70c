//! One Kubernetes object: what kind it is and how it is called.

use super::lookup::{Found, look, pairs};
use crate::facts::Head;
use crate::facts::links::Object;
use crate::source::{Sources, Span};
use crate::syntax::yaml::Node;

/// An object of a manifest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manifest<'t, 's> {
    pub(super) root: Node<'t, 's>,
    pub(super) kind: &'s str,
    /// The API group with its version.
    pub(super) api: &'s str,
    /// The key `kind`: the place of what the object as a whole lacks.
    pub(super) kind_span: Span,
    pub(super) name: Option<&'s str>,
    pub(super) namespace: Option<&'s str>,
    /// "Ingress portal".
    pub(super) subject: &'s str,
    /// The whole document, or the whole item of a list.
    pub(super) span: Span,
    /// Whether it only changes what another file states.
    pub(super) patch: bool,
}

impl<'t, 's> Manifest<'t, 's> {
    /// Reads what every object has; nothing where this is no object.
    pub(super) fn new(root: Node<'t, 's>, kind: &'s str, span: Span, sources: &'s Sources) -> Self {
        let kind_span = root.entry("kind").map_or(span.head(), |entry| entry.key_span);
        let name = look(root, &["metadata", "name"]).str();
        let subject = name.map_or(kind, |name| sources.keep(format!("{kind} {name}").into()));
        Manifest {
            root,
            kind,
            api: look(root, &["apiVersion"]).str().unwrap_or_default(),
            kind_span,
            name,
            namespace: look(root, &["metadata", "namespace"]).str(),
            subject,
            span,
            patch: false,
        }
    }

    /// What stands at a path of keys.
    pub(super) fn look(&self, keys: &[&str]) -> Found<'t, 's> {
        look(self.root, keys)
    }

    /// The head of a fact about the object as a whole.
    pub(super) fn head(&self) -> Head<'s> {
        Head::new(self.kind_span, self.subject)
    }

    /// The annotation of this full name.
    pub(super) fn annotation(&self, name: &str) -> Found<'t, 's> {
        self.look(&["metadata", "annotations", name])
    }

    /// The first annotation of which the full name is accepted.
    pub(super) fn find_annotation(&self, accept: impl Fn(&str) -> bool) -> Option<Node<'t, 's>> {
        let annotations = self.look(&["metadata", "annotations"]).node()?;
        annotations.entries().find(|entry| accept(entry.key)).map(|entry| entry.value)
    }

    /// Whether annotations may stand there that are not seen.
    pub(super) fn annotations_open(&self) -> bool {
        match self.look(&["metadata", "annotations"]) {
            Found::Stated(node) => node.is_open(),
            Found::Absent => false,
            Found::Unknown => true,
        }
    }

    /// The object as others refer to it; nothing where its name isn't known.
    pub(super) fn object(&self) -> Option<Object<'s>> {
        Some(Object {
            kind: self.kind,
            name: self.name?,
            namespace: self.namespace,
            span: self.kind_span,
            labels: self.look(&["metadata", "labels"]).node().map(pairs).unwrap_or_default(),
            data: Vec::new(),
            containers: 0..0,
            open: false,
        })
    }
}
