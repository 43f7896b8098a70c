//! A Compose file as it was read, and its services as they are written.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::syntax::yaml::{Entry, Kind, Node, Stream};

/// How many documents of one file may define the same service.
const LAYERS: usize = 16;

/// A file as it was read.
#[derive(Debug)]
pub struct File<'s> {
    pub(super) path: &'s str,
    /// The path from which the paths of its services start: its own, unless it is included as a part of
    /// another folder, or as one of several files of a project.
    pub(super) base: &'s str,
    pub(super) stream: Stream<'s>,
    /// The Dockerfiles written inline: the place of each, and the stages that came of it.
    pub(super) inline: Vec<(Span, Range<usize>)>,
}

/// A service as one document of one file writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer<'t, 's> {
    pub(super) node: Node<'t, 's>,
    pub(super) key: Span,
    /// The whole entry.
    pub(super) block: Span,
    /// The file that it stands in.
    pub(super) file: &'t File<'s>,
}

/// The services of a file.
#[derive(Debug)]
pub(super) struct Tree<'t, 's> {
    pub(super) file: &'t File<'s>,
    /// In order; one service is written several times only in a file of several documents.
    pub(super) services: Vec<(&'s str, Vec<Layer<'t, 's>>)>,
    by_name: FxHashMap<&'s str, usize>,
    /// Services of which a later one of the same name takes the place.
    pub(super) hidden: Vec<(&'s str, Layer<'t, 's>)>,
    /// Where each config is defined.
    pub(super) configs: FxHashMap<&'s str, Node<'t, 's>>,
}

impl<'t, 's> Tree<'t, 's> {
    pub(super) fn new(file: &'t File<'s>) -> Self {
        let mut tree = Tree {
            file,
            services: Vec::new(),
            by_name: FxHashMap::default(),
            hidden: Vec::new(),
            configs: FxHashMap::default(),
        };
        for document in &file.stream.documents {
            for config in document.root().get("configs").into_iter().flat_map(Node::entries) {
                tree.configs.entry(config.key).or_insert(config.value);
            }
            let layer = |entry: &Entry<'t, 's>| Layer {
                node: entry.value,
                key: entry.key_span,
                block: extent(entry),
                file,
            };
            let repeats = !file.stream.duplicates.is_empty();
            let all = holder(document.root()).filter(|_| repeats).into_iter().flat_map(Node::own_entries);
            let hidden = all.filter(is_service).filter(|entry| {
                let counts = holder(document.root()).and_then(|services| services.entry(entry.key));
                counts.is_some_and(|counts| counts.key_span != entry.key_span)
            });
            tree.hidden.extend(hidden.take(LAYERS).map(|entry| (entry.key, layer(&entry))));
            for entry in services(document.root()) {
                let layer = layer(&entry);
                let index = *tree.by_name.entry(entry.key).or_insert(tree.services.len());
                match tree.services.get_mut(index) {
                    Some((_, layers)) if layers.len() < LAYERS => layers.push(layer),
                    Some(_) => {}
                    None => tree.services.push((entry.key, vec![layer])),
                }
            }
        }
        tree
    }

    /// A service as this file writes it.
    pub(super) fn service(&self, name: &str) -> &[Layer<'t, 's>] {
        let found = self.by_name.get(name).and_then(|index| self.services.get(*index));
        found.map_or(&[], |(_, layers)| layers)
    }

    /// Whether a network is only a name for that of the host.
    /// <https://docs.docker.com/reference/compose-file/networks/#driver>
    pub(super) fn is_host_network(&self, name: &str) -> bool {
        let defined = self.roots().filter_map(|root| root.path(&["networks", name]));
        defined.into_iter().any(|network| {
            let external = network.path(&["external", "name"]);
            let names = [network.get("name"), network.get("driver"), external];
            names.into_iter().flatten().any(|node| node.as_str() == Some("host"))
        })
    }

    /// The outermost mappings.
    pub(super) fn roots(&self) -> impl Iterator<Item = Node<'t, 's>> {
        self.file.stream.documents.iter().map(|document| document.root())
    }
}

/// The entries of `services`; extensions (`x-…`) are none.
fn services<'t, 's>(root: Node<'t, 's>) -> impl Iterator<Item = Entry<'t, 's>> {
    holder(root).into_iter().flat_map(Node::entries).filter(is_service)
}

fn holder<'t, 's>(root: Node<'t, 's>) -> Option<Node<'t, 's>> {
    root.get("services").or_else(|| is_first_version(root).then_some(root))
}

fn is_service(entry: &Entry<'_, '_>) -> bool {
    !entry.key.is_empty()
        && !entry.is_merge()
        && !entry.key.starts_with("x-")
        && entry.value.kind() == Kind::Mapping
}

/// The first version of the format had services at the top.
fn is_first_version(root: Node<'_, '_>) -> bool {
    root.get("version").is_none()
        && root.entries().any(|entry| ["image", "build"].iter().any(|key| entry.value.get(key).is_some()))
}

/// From an entry's key to the end of what is written as its value.
pub(super) fn extent(entry: &Entry<'_, '_>) -> Span {
    entry.key_span.to(entry.value.alias_span().unwrap_or(entry.value.span()))
}
