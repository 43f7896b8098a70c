//! Facts that follow from other facts, once for all formats: an endpoint inside a setting, a region inside a
//! host name, a retention inside a key.

mod commands;
mod containers;
mod cors;
mod credentials;
mod deletions;
mod docker;
mod endpoints;
mod hsts;
mod images;
mod java;
mod residency;
mod retention;
mod siblings;
mod switches;
mod tls;
mod verification;
mod versions;
mod written;

use siblings::{Named, Siblings};

use crate::facts::{Facts, Scope, Setting, Store};
use crate::parallel;
use crate::source::Sources;

/// How many settings are enough for several threads.
const PARALLEL_FROM: usize = 2048;

/// How many settings are derived from by one thread at a time.
const BATCH: usize = 256;

/// Adds what follows from the facts of a project.
pub fn derive<'s>(facts: &mut Facts<'s>, sources: &'s Sources) {
    let mut settings = std::mem::take(&mut facts.settings);
    settings.extend(commands::settings(&facts.commands, sources));
    settings.sort_by_key(|setting| (setting.scope, setting.head.anchor));
    let scopes: Vec<&[Setting<'s>]> = settings.chunk_by(|a, b| a.scope == b.scope).collect();
    let batches: Vec<&[&[Setting<'s>]]> = batches(&scopes);
    let enough = settings.len() >= PARALLEL_FROM;
    let mut derived = parallel::map(&batches, enough, |batch| from_scopes(batch, sources));
    let mut out = Facts::concat(derived.iter_mut().collect());
    commands::derive(&facts.commands, &mut out);
    docker::derive(&facts.commands, sources, &mut out);
    deletions::derive(&facts.commands, &settings, sources, &mut out);
    credentials::once(&mut out.credentials);
    images::derive(&facts.images, sources, &mut out);
    containers::derive(&facts.containers, &scopes, &facts.commands, sources, &mut out);
    facts.append(out);
    facts.settings = settings;
}

/// Scopes in runs of about [`BATCH`] settings.
fn batches<'a, 's>(scopes: &'a [&'a [Setting<'s>]]) -> Vec<&'a [&'a [Setting<'s>]]> {
    let mut batches = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (index, scope) in scopes.iter().enumerate() {
        size += scope.len();
        if size >= BATCH {
            batches.extend(scopes.get(start..=index));
            (start, size) = (index + 1, 0);
        }
    }
    batches.extend(scopes.get(start..).filter(|rest| !rest.is_empty()));
    batches
}

fn from_scopes<'s>(scopes: &[&[Setting<'s>]], sources: &'s Sources) -> Facts<'s> {
    let mut out = Facts::default();
    for scope in scopes {
        let siblings = Siblings::new(scope);
        let mut kept = Vec::new();
        for named in siblings.iter() {
            if named.setting.store == Store::Scratch {
                // What a test needs and throws away is reached by nobody else and keeps nothing.
                credentials::derive(&named, &siblings, sources, &mut out);
                continue;
            }
            switches::derive(&named, &siblings, &mut out);
            cors::derive(&named, &siblings, &mut out);
            hsts::derive(&named, &mut out);
            tls::derive(&named, &mut out);
            versions::derive(&named, &mut out);
            java::derive(&named, &mut out);
            endpoints::derive(&named, &siblings, sources, &mut out);
            credentials::derive(&named, &siblings, sources, &mut out);
            residency::derive(&named, &siblings, sources, &mut out);
            kept.extend(retention::kept(&named));
        }
        retention::derive(&kept, &mut out);
    }
    out
}

/// The settings of a scope, where there are any.
fn scope_of<'a, 's>(scopes: &[&'a [Setting<'s>]], scope: Scope) -> &'a [Setting<'s>] {
    let found = scopes.binary_search_by_key(&Some(scope), |settings| settings.first().map(|one| one.scope));
    found.ok().and_then(|index| scopes.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
