//! Health checks. <https://docs.docker.com/reference/compose-file/services/#healthcheck>

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::interpolate::Value;
use super::service::Service;
use crate::facts::{Check, Field, Healthcheck, Phase, Store};
use crate::formats::commands::{command, port_of};
use crate::syntax::shell;
use crate::syntax::yaml::Kind;
use crate::value::boolean;

/// Whether a service has a health check; `otherwise` is what its image gives it.
pub(super) fn presence(service: &Service<'_, '_>, otherwise: Field<Healthcheck>) -> Field<Healthcheck> {
    const WRITTEN: &str = "healthcheck:";
    if let Some(disable) = service.scalar(&["healthcheck", "disable"]) {
        match disable.known().and_then(boolean::parse) {
            Some(true) => return Field::set(Healthcheck::Disabled, disable.place, WRITTEN),
            Some(false) => {}
            None => return Field::Unknown,
        }
    }
    let words = test(service);
    match words.first() {
        Some(first) if first.as_str().trim() == "NONE" => {
            Field::set(Healthcheck::Disabled, first.place, WRITTEN)
        }
        Some(first) => Field::set(Healthcheck::Present, first.written, WRITTEN),
        // Without a test of its own, only the timing of the image's check changes.
        None => otherwise,
    }
}

/// The words of the strongest test.
fn test<'s>(service: &Service<'_, 's>) -> Vec<Value<'s>> {
    let Some(test) = service.last(&["healthcheck", "test"]) else { return Vec::new() };
    let one = (test.node.kind() == Kind::Scalar).then_some(test.node);
    let nodes = one.into_iter().chain(test.node.items());
    nodes
        .filter_map(|node| service.environment.scalar(node))
        .filter(|value| !value.as_str().is_empty())
        .collect()
}

/// What the check does, command by command.
pub(super) fn checks<'s>(service: &Service<'_, 's>) -> Vec<Check<'s>> {
    let sources = service.environment.sources;
    let words = test(service);
    let Some(first) = words.first() else { return Vec::new() };
    let parsed = match (first.as_str(), words.get(1)) {
        ("NONE", _) => return Vec::new(),
        ("CMD", Some(_)) => {
            let texts: Vec<_> = words.iter().skip(1).map(|word| word.text.clone()).collect();
            shell::from_words(&texts, sources)
        }
        ("CMD-SHELL", Some(script)) => shell::parse(&script.text, sources),
        _ => shell::parse(&first.text, sources),
    };
    let mut hasher = FxHasher::default();
    for word in &words {
        word.as_str().hash(&mut hasher);
    }
    let fingerprint = hasher.finish();
    let number = |key: &str| service.scalar(&["healthcheck", key])?.known()?.parse().ok();
    let period = service.scalar(&["healthcheck", "interval"]).and_then(|value| seconds(value.known()?));
    let checks = parsed.into_iter().map(|parsed| Check {
        written: "healthcheck:",
        span: parsed.span,
        port: port_of(&parsed),
        command: Some(command(parsed, service.subject, Store::Setting, Phase::Run, sources)),
        nameless: None,
        period,
        failure_threshold: number("retries"),
        fingerprint,
    });
    checks.collect()
}

/// `30s` or `2m` in seconds. Finer or longer periods are not asked for.
fn seconds(text: &str) -> Option<u32> {
    match text.strip_suffix('m') {
        Some(minutes) => minutes.parse::<u32>().ok()?.checked_mul(60),
        None => text.strip_suffix('s')?.parse().ok(),
    }
}
