//! A service put together from all that takes part in it: what it extends, its own entry, and overrides.
//! It is merged where someone looks: a scalar counts as the strongest layer states it, lists and mappings
//! of all layers are joined. <https://docs.docker.com/reference/compose-file/merge/>

use super::file::{Layer, Tree};
use super::interpolate::{Environment, Value};
use super::project::Trees;
use crate::facts::Field;
use crate::formats::resolve;
use crate::source::{Span, Text};
use crate::syntax::yaml::{Kind, Node};
use crate::value::boolean;

/// How many layers a service may have, and how far `extends` is followed.
const LAYERS: usize = 32;

/// A service of a project.
#[derive(Debug)]
pub(super) struct Service<'t, 's> {
    pub(super) name: &'s str,
    /// "service web"
    pub(super) subject: &'s str,
    /// What it is written in, the strongest last.
    pub(super) layers: Vec<Layer<'t, 's>>,
    /// Its key, where it is defined first.
    pub(super) anchor: Span,
    /// The entry of that key.
    pub(super) block: Span,
    /// The entry that was merged in last: the scope of its settings.
    pub(super) scope: Span,
    /// Whether it may hold more than is seen, so that nothing can be said to be missing.
    pub(super) open: bool,
    pub(super) environment: &'t Environment<'t, 's>,
}

/// An entry of a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'t, 's> {
    pub(super) key: Span,
    pub(super) node: Node<'t, 's>,
    /// The path from which the paths in it start.
    pub(super) path: &'s str,
}

impl<'t, 's> Service<'t, 's> {
    /// The service of a name, from the weakest tree to the strongest.
    pub(super) fn new(
        name: &'s str,
        trees: &[&Tree<'t, 's>],
        all: &Trees<'t, 's>,
        environment: &'t Environment<'t, 's>,
    ) -> Option<Self> {
        let mut layers = Vec::new();
        let mut open = false;
        for tree in trees {
            push_layers(tree, name, all, LAYERS, &mut layers, &mut open);
        }
        let own = || trees.iter().flat_map(|tree| tree.service(name));
        let first = own().next()?;
        let scope = own().last()?.block;
        let subject = environment.sources.keep(format!("service {name}").into());
        let (anchor, block) = (first.key, first.block);
        let mut service = Service { name, subject, layers, anchor, block, scope, open, environment };
        // A fragment of a service that is defined elsewhere.
        let complete = ["image", "build", "provider"].iter().any(|key| service.last(&[key]).is_some());
        service.open |= !complete || service.layers.iter().any(|layer| layer.node.is_open());
        Some(service)
    }

    /// A service of which a later one of the same name takes the place, as it stands.
    pub(super) fn hidden(name: &'s str, layer: Layer<'t, 's>, environment: &'t Environment<'t, 's>) -> Self {
        let subject = environment.sources.keep(format!("service {name}").into());
        let (anchor, block) = (layer.key, layer.block);
        let open = layer.node.is_open() || layer.node.get("extends").is_some();
        Service { name, subject, layers: vec![layer], anchor, block, scope: block, open, environment }
    }

    /// The strongest statement at a path of keys.
    pub(super) fn last(&self, path: &[&str]) -> Option<Found<'t, 's>> {
        self.each(path).pop()
    }

    /// All statements at a path of keys, the strongest last. What a later layer resets or replaces is left
    /// out.
    pub(super) fn each(&self, path: &[&str]) -> Vec<Found<'t, 's>> {
        let mut found: Vec<Found<'t, 's>> = Vec::new();
        for layer in &self.layers {
            let mut node = layer.node;
            for (index, key) in path.iter().enumerate() {
                let Some(entry) = node.entry(key) else { break };
                node = entry.value;
                // https://docs.docker.com/reference/compose-file/merge/#reset-value
                match node.tag() {
                    Some("!reset") => {
                        found.clear();
                        break;
                    }
                    Some("!override") => found.clear(),
                    _ => {}
                }
                if index + 1 == path.len() && !node.is_null() {
                    found.push(Found { key: entry.key_span, node, path: layer.file.base });
                }
            }
        }
        found
    }

    /// The scalar at a path of keys.
    pub(super) fn scalar(&self, path: &[&str]) -> Option<Value<'s>> {
        self.last(path).and_then(|found| self.environment.scalar(found.node))
    }

    /// What holds where nothing is stated.
    pub(super) fn absent<T>(&self, otherwise: Field<T>) -> Field<T> {
        if self.open { Field::Unknown } else { otherwise }
    }

    /// A property that is a text.
    pub(super) fn text(&self, path: &[&str], written: &'static str) -> Field<&'s str> {
        match self.scalar(path) {
            Some(value) => {
                value.known().map_or(Field::Unknown, |text| Field::set(text, value.place, written))
            }
            None => self.absent(Field::Unset),
        }
    }

    /// A property that is on or off, and off where nothing is said.
    pub(super) fn switch(&self, path: &[&str], written: &'static str) -> Field<bool> {
        match self.scalar(path) {
            Some(value) => {
                let on = value.known().and_then(boolean::parse);
                on.map_or(Field::Unknown, |on| Field::set(on, value.place, written))
            }
            None => self.absent(Field::Default(false)),
        }
    }

    /// Whether a property is this word, for properties that share something with the host.
    pub(super) fn shares_host(&self, path: &[&str], written: &'static str) -> Field<bool> {
        match self.scalar(path) {
            Some(value) => match value.known() {
                Some(text) => Field::set(text == "host", value.place, written),
                None => Field::Unknown,
            },
            None => self.absent(Field::Default(false)),
        }
    }

    /// The scalars of lists; a scalar in the place of a list counts as a list of one.
    pub(super) fn items(&self, path: &[&str]) -> Vec<Value<'s>> {
        let each = self.each(path);
        let nodes = each.into_iter().flat_map(|found| {
            let one = (found.node.kind() == Kind::Scalar).then_some(found.node);
            one.into_iter().chain(found.node.items())
        });
        nodes.filter_map(|node| self.environment.scalar(node)).collect()
    }
}

/// What a service is written in: what it extends comes before its own entry.
/// <https://docs.docker.com/reference/compose-file/services/#extends>
fn push_layers<'t, 's>(
    tree: &Tree<'t, 's>,
    name: &str,
    all: &Trees<'t, 's>,
    depth: usize,
    layers: &mut Vec<Layer<'t, 's>>,
    open: &mut bool,
) {
    for layer in tree.service(name) {
        if let Some(extends) = layer.node.get("extends") {
            let base = Extends::new(extends);
            let other = match &base.file {
                Some(file) => all.get(resolve(tree.file.path, file.as_str()).as_str()),
                None => Some(tree),
            };
            match (base.service.and_then(Node::as_str), other) {
                (Some(service), Some(other)) if depth > 0 && layers.len() < LAYERS => {
                    *open |= other.service(service).is_empty();
                    push_layers(other, service, all, depth - 1, layers, open);
                }
                _ => *open = true,
            }
        }
        layers.push(*layer);
    }
}

/// What `extends` names.
#[derive(Debug)]
pub(super) struct Extends<'t, 's> {
    pub(super) service: Option<Node<'t, 's>>,
    pub(super) file: Option<Text<'s>>,
}

impl<'t, 's> Extends<'t, 's> {
    pub(super) fn new(node: Node<'t, 's>) -> Self {
        match node.kind() {
            Kind::Scalar => Extends { service: Some(node), file: None },
            _ => Extends {
                service: node.get("service"),
                file: node.get("file").filter(|file| !file.is_null()).map(Node::text),
            },
        }
    }
}
