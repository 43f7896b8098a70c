//! Gateways: a cleartext listener whose every route redirects to https serves nothing else.

use rustc_hash::FxHashMap;

use crate::facts::links::{GatewayListener, Parent};
use crate::facts::{Field, Serves};
use crate::formats::Reading;

/// How often a route is compared with a listener in one run. Beyond that, listeners stay as they are.
const MOST_COMPARISONS: usize = 20_000_000;

pub(super) fn link(readings: &mut [Reading<'_>]) {
    // Of each way in which routes name a parent: whether all of them redirect.
    let mut routes: FxHashMap<&str, FxHashMap<Parent<'_>, bool>> = FxHashMap::default();
    for reading in &*readings {
        for route in &reading.links.routes {
            for parent in &route.parents {
                let all = routes.entry(parent.gateway).or_default().entry(*parent).or_insert(true);
                *all &= route.redirects;
            }
        }
    }
    let mut left = MOST_COMPARISONS;
    for reading in readings {
        for listener in &reading.links.gateways {
            let attached = routes.get(listener.gateway).into_iter().flatten();
            left = left.saturating_sub(attached.size_hint().0);
            if left == 0 {
                return;
            }
            let mut attached = attached
                .filter(|(parent, _)| attaches(parent, listener))
                .map(|(_, redirects)| *redirects)
                .peekable();
            let redirects = attached.peek().is_some() && attached.all(|redirects| redirects);
            if let Some(fact) = reading.facts.listeners.get_mut(listener.listener).filter(|_| redirects) {
                fact.serves = Field::set(Serves::RedirectToHttps, fact.head.anchor, "");
            }
        }
    }
}

fn attaches(parent: &Parent<'_>, listener: &GatewayListener<'_>) -> bool {
    let same_or_open = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
    same_or_open(parent.namespace, listener.namespace)
        && (parent.section.is_none() || parent.section == listener.section)
        && (parent.port.is_none() || parent.port == listener.port)
}
