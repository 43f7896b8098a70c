//! Groups of servers that `proxy_pass` names as if they were a host.
//! <https://nginx.org/en/docs/http/ngx_http_upstream_module.html>

use rustc_hash::FxHashMap;

use super::{Parsed, tree};
use crate::facts::HostPlace;
use crate::source::Span;
use crate::syntax::nginx::{Directive, Word};
use crate::value::host;

/// One server of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'s> {
    /// Its name or address, without the port.
    pub(super) host: &'s str,
    /// Where it lies.
    pub(super) place: HostPlace,
    /// The address as it is written.
    pub(super) span: Span,
}

/// The groups of all configurations, by name.
#[derive(Debug, Default)]
pub(super) struct Upstreams<'s> {
    groups: FxHashMap<&'s str, Vec<Member<'s>>>,
}

impl<'s> Upstreams<'s> {
    pub(super) fn new(texts: &[(usize, Parsed<'s>)]) -> Self {
        let mut all = Upstreams::default();
        for (_, parsed) in texts {
            tree::each(&parsed.config.directives, &mut |directive: &Directive<'s>| {
                if directive.name.text == "upstream"
                    && let Some(name) = directive.argument(0)
                {
                    let group = all.groups.entry(name.text).or_default();
                    let inside = directive.block.iter().flat_map(|block| &block.directives);
                    let servers = inside.filter(|one| one.name.text == "server");
                    group.extend(servers.filter_map(|one| member(one.argument(0)?)));
                }
            });
        }
        all
    }

    /// Whether a name is that of a group.
    pub(super) fn names(&self, name: &str) -> bool {
        self.groups.contains_key(name)
    }

    /// The server of a group that lies farthest away. Where several groups have one name, that of the file
    /// that asks is meant.
    pub(super) fn farthest(&self, name: &str, asking: Span) -> Option<Member<'s>> {
        let members = self.groups.get(name)?;
        let is_here = |member: &&Member<'s>| member.span.file == asking.file;
        let here = members.iter().any(|member| is_here(&member));
        let mut reachable = members.iter().filter(|member| !here || is_here(member));
        let internal = reachable.clone().find(|member| member.place == HostPlace::Internal);
        reachable.find(|member| member.place == HostPlace::Public).or(internal).copied()
    }
}

/// A server that isn't a socket on the same machine, and whose name is known.
fn member<'s>(address: &Word<'s>) -> Option<Member<'s>> {
    if address.text.contains(['$', '{']) || address.text.starts_with("unix:") {
        return None;
    }
    let host = match address.text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, _)) => inner,
        None => address.text.split(':').next().unwrap_or(address.text),
    };
    let place = match host::classify(host) {
        host::Place::Public => HostPlace::Public,
        host::Place::Internal => HostPlace::Internal,
        host::Place::Loopback => HostPlace::Loopback,
        host::Place::Bind | host::Place::Unknown => return None,
    };
    Some(Member { host, place, span: address.content })
}
