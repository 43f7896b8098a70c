//! What the directives of a block come to: one that every server inside states anew takes effect nowhere.

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Context;
use super::tree::Node;

/// The directives of a block.
pub(super) struct Directives<'n, 't, 's> {
    /// All of them, and the blocks inside.
    pub(super) nodes: &'n [Node<'t, 's>],
    /// The names of those that each server in the block replaces.
    replaced: FxHashSet<&'s str>,
}

impl<'n, 't, 's> Directives<'n, 't, 's> {
    /// The directives of a block in which `context` holds.
    pub(super) fn new(nodes: &'n [Node<'t, 's>], context: &Context<'s>) -> Self {
        let servers = || nodes.iter().filter(|node| node.is_block() && node.name() == "server");
        // What is included and isn't here may hold another server.
        let replaced = if context.open || servers().next().is_none() {
            FxHashSet::default()
        } else {
            // Where some servers speak TLS, what is said of it concerns no other.
            let encrypting: Vec<_> = servers().filter(|server| listens_with_tls(&server.children)).collect();
            let all: Vec<_> = servers().collect();
            let of_tls =
                if encrypting.is_empty() { FxHashSet::default() } else { stated_by_all(&encrypting) };
            let of_tls = of_tls.into_iter().filter(|name| name.starts_with("ssl_"));
            stated_by_all(&all).into_iter().chain(of_tls).collect()
        };
        Directives { nodes, replaced }
    }

    /// Those that take effect somewhere.
    pub(super) fn effective(&self) -> impl DoubleEndedIterator<Item = &'n Node<'t, 's>> {
        self.nodes.iter().filter(|node| !node.is_block() && !self.replaced.contains(node.name()))
    }
}

/// Whether a server says of one of its sockets that it speaks TLS.
pub(super) fn listens_with_tls(server: &[Node<'_, '_>]) -> bool {
    let speaks = |node: &Node<'_, '_>| ["ssl", "quic"].iter().any(|word| node.directive.has_argument(word));
    server.iter().any(|node| node.name() == "listen" && speaks(node))
}

/// The names of the directives that each of some servers has. nginx inherits those of a name only where a
/// block has none of its own, except headers that are to be merged or that another module adds.
/// <https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header>
fn stated_by_all<'s>(servers: &[&Node<'_, 's>]) -> FxHashSet<&'s str> {
    // How many servers have a name, and the last that was counted.
    let mut counts: FxHashMap<&'s str, (usize, usize)> = FxHashMap::default();
    for (number, server) in servers.iter().enumerate() {
        let merges = server.children.iter().any(|node| node.name() == "add_header_inherit");
        let own = server.children.iter().filter(|node| !node.is_block()).map(Node::name);
        let adds_up = |name: &str| name.starts_with("more_") || merges && name == "add_header";
        for name in own.filter(|name| !adds_up(name)) {
            let (count, last) = counts.entry(name).or_insert((0, usize::MAX));
            if *last != number {
                (*count, *last) = (*count + 1, number);
            }
        }
    }
    counts.into_iter().filter(|(_, (count, _))| *count == servers.len()).map(|(name, _)| name).collect()
}
