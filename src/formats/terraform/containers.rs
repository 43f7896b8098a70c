//! Container definitions: `jsonencode([…])` of Amazon ECS, and `container { … }` blocks of other services.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::module::{Known, Module, list};
use super::resource::Resource;
use crate::facts::{
    Capability, Check, Container, Field, Head, Healthcheck, Phase, Platform, Runs, Scope, Store,
};
use crate::formats::commands::{command, port_of};
use crate::formats::image::image;
use crate::syntax::hcl::{Block, Body, Expression, Item, Kind};
use crate::syntax::shell;
use crate::value::{boolean, capability};

/// Blocks that run an image.
const BLOCKS: &[&str] = &["container", "containers", "init_container"];

/// How deep blocks that run an image are looked for: `spec { template { spec { container { … } } } }`.
const DEPTH: usize = 8;

pub(super) fn state(resource: &mut Resource<'_, '_>) {
    if resource.kind == "aws_ecs_task_definition" {
        if let Some(definitions) = resource.view.value("container_definitions") {
            task(resource, definitions);
        }
        return;
    }
    let body = resource.view.body;
    images(resource, body, DEPTH);
    if matches!(resource.kind, "docker_container" | "docker_service")
        && let Some(known) = resource.view.known(&["image"])
    {
        let found = image(&known.text, resource.subject);
        resource.facts.images.extend(found);
    }
}

/// The images that blocks of a resource name.
fn images<'s>(resource: &mut Resource<'_, 's>, body: &Body<'s>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for block in &body.blocks {
        if BLOCKS.contains(&block.kind) {
            pulled(resource, block);
        }
        images(resource, &block.body, depth);
    }
}

fn pulled<'s>(resource: &mut Resource<'_, 's>, block: &Block<'s>) {
    let Some(value) = block.body.attribute("image") else { return };
    let Some(known) = resource.view.module.known(&value.value) else { return };
    let found = image(&known.text, resource.subject);
    resource.facts.images.extend(found);
}

/// `container_definitions`: a list of objects, maybe one for each container.
fn task<'s>(resource: &mut Resource<'_, 's>, definitions: &Expression<'s>) {
    let module = resource.view.module;
    match &definitions.kind {
        Kind::Call("jsonencode" | "concat" | "flatten" | "tolist", arguments) => {
            for argument in arguments {
                task(resource, argument);
            }
        }
        Kind::List(items) => {
            for item in items {
                task(resource, item);
            }
        }
        Kind::Object(items) => container(resource, items, definitions),
        Kind::Reference(_) => {
            if let Some(found) = module.resolve(definitions)
                && let Kind::List(items) = &found.kind
            {
                for item in items {
                    if let Kind::Object(entries) = &item.kind {
                        container(resource, entries, item);
                    }
                }
            }
        }
        _ => {}
    }
}

/// The entries of an object, with the names that it may use.
struct Entries<'e, 's> {
    items: &'e [Item<'s>],
    module: &'e Module<'e, 's>,
}

impl<'e, 's> Entries<'e, 's> {
    fn value(&self, key: &str) -> Option<&'e Expression<'s>> {
        self.items.iter().rev().find(|item| item.key == Some(key)).map(|item| &item.value)
    }

    fn known(&self, key: &str) -> Option<Known<'s>> {
        self.module.known(self.value(key)?)
    }

    fn bool(&self, key: &str, written: &'static str) -> Field<bool> {
        let Some(value) = self.value(key) else { return Field::Unset };
        let known = self.module.known(value);
        known
            .and_then(|known| Some(Field::set(boolean::parse(known.as_str())?, known.place(), written)))
            .unwrap_or(Field::Unknown)
    }

    fn objects(&self, key: &str) -> Vec<Entries<'e, 's>> {
        let objects = |expression: &'e Expression<'s>| match &expression.kind {
            Kind::Object(items) => Some(Entries { items, module: self.module }),
            _ => None,
        };
        match self.value(key).map(|value| (value, &value.kind)) {
            Some((_, Kind::List(items))) => items.iter().filter_map(objects).collect(),
            Some((value, _)) => objects(value).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

fn container<'s>(resource: &mut Resource<'_, 's>, items: &[Item<'s>], whole: &Expression<'s>) {
    let sources = resource.sources();
    let entries = Entries { items, module: resource.view.module };
    let name = entries.known("name");
    let subject = name
        .as_ref()
        .map_or(resource.subject, |name| sources.keep(format!("container {}", name.as_str()).into()));
    let anchor = items.first().map_or(whole.span.head(), |item| item.key_span);
    let mut found = Container::of(Platform::Task, Head::new(anchor, subject), whole.span);
    found.name = name.map_or(Field::Unknown, |name| Field::set(name.as_str(), name.place(), ""));
    found.runs = Field::Default(Runs::Long);
    found.user = match entries.value("user") {
        None => Field::Unset,
        Some(_) => entries
            .known("user")
            .filter(|known| !known.as_str().is_empty())
            .map_or(Field::Unknown, |known| Field::set(known.as_str(), known.place(), "user")),
    };
    found.privileged = entries.bool("privileged", "privileged");
    found.read_only_root = entries.bool("readonlyRootFilesystem", "readonlyRootFilesystem");
    found.environment = environment(&entries, whole).into_iter().collect();
    found.environment_given = given(&entries);
    found.environment_open = entries.value("environmentFiles").is_some();
    found.listens = entries
        .objects("portMappings")
        .iter()
        .filter_map(|mapping| mapping.known("containerPort")?.as_str().parse().ok())
        .collect();
    found.checks = checks(&entries, subject);
    found.healthcheck = match found.checks.first() {
        Some(check) => Field::set(Healthcheck::Present, check.span, "healthCheck"),
        None => Field::NotApplicable,
    };
    if let Some(known) = entries.known("image") {
        found.image = image(&known.text, subject);
    }
    for parameters in entries.objects("linuxParameters") {
        for capabilities in parameters.objects("capabilities") {
            let added = capabilities.value("add").map(|value| list(entries.module, value));
            for known in added.into_iter().flatten() {
                let name = sources.keep(capability::name(known.as_str()).into_owned().into());
                resource.facts.capabilities.push(Capability::at(
                    known.place(),
                    name,
                    Head::new(anchor, subject),
                ));
            }
        }
    }
    resource.facts.commands.extend(found.checks.iter().filter_map(|check| check.command.clone()));
    resource.facts.images.extend(found.image.clone());
    resource.facts.containers.push(found);
}

/// The scope of the settings in `environment`, as the format of settings gives it.
fn environment(entries: &Entries<'_, '_>, whole: &Expression<'_>) -> Option<Scope> {
    entries.value("environment").map(|_| Scope(whole.span))
}

/// The names of what comes from a store of secrets.
fn given<'s>(entries: &Entries<'_, 's>) -> Vec<&'s str> {
    let secrets = entries.objects("secrets");
    secrets.iter().filter_map(|secret| secret.known("name").map(|name| name.as_str())).collect()
}

fn checks<'s>(entries: &Entries<'_, 's>, subject: &'s str) -> Vec<Check<'s>> {
    let module = entries.module;
    let mut checks = Vec::new();
    for check in entries.objects("healthCheck") {
        let Some(value) = check.value("command") else { continue };
        let words = list(module, value);
        let parsed = match (words.first().map(Known::as_str), words.get(1)) {
            (Some("CMD"), Some(_)) => {
                let texts: Vec<_> = words.iter().skip(1).map(|word| word.text.clone()).collect();
                shell::from_words(&texts, module.sources)
            }
            (Some("CMD-SHELL"), Some(script)) => shell::parse(&script.text, module.sources),
            _ => continue,
        };
        let mut hasher = FxHasher::default();
        for word in &words {
            word.as_str().hash(&mut hasher);
        }
        let fingerprint = hasher.finish();
        let number = |key: &str| check.known(key).and_then(|known| known.as_str().parse().ok());
        checks.extend(parsed.into_iter().map(|parsed| Check {
            written: "healthCheck",
            span: parsed.span,
            port: port_of(&parsed),
            command: Some(command(parsed, subject, Store::Setting, Phase::Run, module.sources)),
            nameless: None,
            period: number("interval"),
            failure_threshold: number("retries"),
            fingerprint,
        }));
    }
    checks
}
