//! Gateways: a cleartext listener whose every route redirects to https serves nothing else.

use rustc_hash::FxHashMap;

use crate::facts::links::{GatewayListener, Parent};
use crate::facts::{Field, Serves};
use crate::formats::Reading;

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let mut routes = Routes::default();
    for reading in &*readings {
        for route in &reading.links.routes {
            for parent in &route.parents {
                routes.add(parent, route.redirects);
            }
        }
    }
    for reading in readings {
        for listener in &reading.links.gateways {
            let redirects = routes.all_redirect(listener) == Some(true);
            if let Some(fact) = reading.facts.listeners.get_mut(listener.listener).filter(|_| redirects) {
                fact.serves = Field::set(Serves::RedirectToHttps, fact.head.anchor, "");
            }
        }
    }
}

/// A gateway with the section and the port of it that a route names, where it names any.
type Socket<'s> = (&'s str, Option<&'s str>, Option<u16>);

/// Of each way in which routes name a parent: whether all of them redirect.
#[derive(Default)]
struct Routes<'s> {
    /// With the namespace, where one is stated.
    exact: FxHashMap<(Socket<'s>, Option<&'s str>), bool>,
    /// In whatever namespace.
    any: FxHashMap<Socket<'s>, bool>,
}

impl<'s> Routes<'s> {
    fn add(&mut self, parent: &Parent<'s>, redirects: bool) {
        let socket = (parent.gateway, parent.section, parent.port);
        *self.exact.entry((socket, parent.namespace)).or_insert(true) &= redirects;
        *self.any.entry(socket).or_insert(true) &= redirects;
    }

    /// Whether all routes redirect that are attached to a listener; nothing where none is. A namespace that
    /// isn't stated may be any.
    fn all_redirect(&self, listener: &GatewayListener<'s>) -> Option<bool> {
        let sections = [None, listener.section].into_iter().take(1 + usize::from(listener.section.is_some()));
        let ports = [None, listener.port].into_iter().take(1 + usize::from(listener.port.is_some()));
        let sockets =
            sections.flat_map(|section| ports.clone().map(move |port| (listener.gateway, section, port)));
        let attached = sockets.flat_map(|socket| match listener.namespace {
            Some(_) => [self.exact.get(&(socket, listener.namespace)), self.exact.get(&(socket, None))],
            None => [self.any.get(&socket), None],
        });
        attached.flatten().copied().reduce(|all, one| all && one)
    }
}
