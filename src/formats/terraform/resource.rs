//! Blocks of a file as facts.

use super::module::{Known, Module, View};
use super::settings::Settings;
use super::{containers, encryption, holds_values, network, retention};
use crate::facts::{Facts, Field, Head, Position, Protects, Scope, Store, Switch};
use crate::source::Sources;
use crate::syntax::hcl::Body;
use crate::value::key::Key;

/// A resource, and where its facts go.
pub(super) struct Resource<'r, 's> {
    /// Its type: `aws_db_instance`.
    pub(super) kind: &'s str,
    /// Its name in the module.
    pub(super) name: &'s str,
    /// What it says.
    pub(super) view: View<'r, 's>,
    /// "resource `aws_db_instance.main`"
    pub(super) subject: &'s str,
    /// The facts of its file.
    pub(super) facts: &'r mut Facts<'s>,
}

impl<'s> Resource<'_, 's> {
    pub(super) fn sources(&self) -> &'s Sources {
        self.view.module.sources
    }

    pub(super) fn head(&self, known: &Known<'s>) -> Head<'s> {
        known.head(self.subject, self.sources())
    }

    /// Whether its own name, or the name that it gives, has one of these words.
    pub(super) fn is_called(&self, words: &[&str]) -> bool {
        let given =
            ["name", "name_prefix", "bucket", "bucket_prefix", "bucket_id", "display_name", "log_group_name"];
        Key::new(self.name).has_any(words)
            || given
                .iter()
                .any(|key| self.view.known(&[key]).is_some_and(|name| Key::new(name.as_str()).has_any(words)))
    }

    /// States how a protection stands that a value turns on or off.
    pub(super) fn switch(&mut self, protects: Protects, position: Position, key: &'s str, known: &Known<'s>) {
        let at = known.place();
        let switch = Switch {
            head: self.head(known),
            protects: Field::set(protects, at, ""),
            position: Field::set(position, at, ""),
            key: Field::set(key, at, ""),
        };
        self.facts.switches.push(switch);
    }
}

/// States what a file says.
pub(super) fn state<'s>(body: &Body<'s>, path: &'s str, module: &Module<'_, 's>, facts: &mut Facts<'s>) {
    let sources = module.sources;
    if holds_values(path) {
        let Some(first) = body.attributes.first() else { return };
        let scope = Scope(first.key_span);
        let mut settings = Settings {
            module,
            facts,
            subject: path,
            store: Store::Setting,
            scope,
            by_default: false,
            block: None,
        };
        for attribute in &body.attributes {
            settings.value(attribute.key, attribute.key_span, &attribute.value);
            if let Some(default) = module.replaced(attribute.key) {
                settings.replaces(default);
            }
        }
        return;
    }
    let variables = body.blocks_of("variable").next().map(|block| Scope(block.span));
    for block in &body.blocks {
        let name = |what: &str| -> &'s str {
            sources.keep(format!("{what} {}", block.labels.join(".")).trim_end().to_owned().into())
        };
        let mut settings = Settings {
            module,
            facts: &mut *facts,
            subject: "",
            store: Store::Setting,
            scope: Scope(block.span),
            by_default: false,
            block: Some(block),
        };
        match (block.kind, block.labels.as_slice()) {
            ("variable", [variable]) => {
                let Some(default) = block.body.attribute("default") else { continue };
                if module.replaced(variable).is_some() {
                    continue;
                }
                settings.subject = name("variable");
                settings.by_default = true;
                settings.scope = variables.unwrap_or(settings.scope);
                settings.value(variable, block.kind_span, &default.value);
            }
            ("locals", []) => {
                settings.subject = "locals";
                settings.body(&block.body);
            }
            ("provider" | "module", [_, ..]) => {
                settings.subject = name(block.kind);
                if !is_emulated(&block.body) {
                    settings.body(&block.body);
                }
                let subject = settings.subject;
                let view = View { body: &block.body, module };
                if let Some(kind) = view.word("source").filter(|_| block.kind == "module").and_then(wrapped) {
                    let name = block.labels.first().copied().unwrap_or_default();
                    let mut resource = Resource { kind, name, view, subject, facts: &mut *facts };
                    retention::state(&mut resource);
                    encryption::state(&mut resource);
                    network::state(&mut resource);
                }
            }
            ("terraform", []) => {
                let backends = block.body.blocks_of("backend").filter(|backend| !is_emulated(&backend.body));
                for backend in backends {
                    settings.subject = "backend";
                    (settings.scope, settings.block) = (Scope(backend.span), Some(backend));
                    settings.body(&backend.body);
                }
            }
            ("resource", [kind, label]) => {
                settings.subject = name("resource");
                settings.store = store(kind);
                let subject = settings.subject;
                settings.resource(kind, &block.body);
                let view = View { body: &block.body, module };
                let mut resource = Resource { kind, name: label, view, subject, facts: &mut *facts };
                retention::state(&mut resource);
                encryption::state(&mut resource);
                network::state(&mut resource);
                containers::state(&mut resource);
            }
            _ => {}
        }
    }
}

/// Whether a provider or a backend speaks to an emulator or to somebody's own store, where a region and keys
/// are labels.
fn is_emulated(body: &Body<'_>) -> bool {
    let endpoints = body.attribute("endpoint").is_some()
        || body.attribute("endpoints").is_some()
        || body.blocks_of("endpoints").next().is_some();
    endpoints
        && ["skip_credentials_validation", "skip_region_validation", "s3_use_path_style", "force_path_style"]
            .iter()
            .any(|key| body.attribute(key).is_some())
}

/// The resource whose attributes a well-known module of a registry takes under the same names.
/// <https://registry.terraform.io/namespaces/terraform-aws-modules>
fn wrapped(source: &str) -> Option<&'static str> {
    const MODULES: &[(&str, &str)] = &[
        ("terraform-aws-modules/rds/aws", "aws_db_instance"),
        ("terraform-aws-modules/rds-aurora/aws", "aws_rds_cluster"),
        ("terraform-aws-modules/elasticache/aws", "aws_elasticache_replication_group"),
        ("cloudposse/rds/aws", "aws_db_instance"),
        ("cloudposse/rds-cluster/aws", "aws_rds_cluster"),
        ("cloudposse/documentdb-cluster/aws", "aws_docdb_cluster"),
        ("cloudposse/elasticache-redis/aws", "aws_elasticache_replication_group"),
    ];
    let source = source.trim_start_matches("registry.terraform.io/");
    MODULES.iter().find(|(module, _)| *module == source).map(|(_, kind)| *kind)
}

fn store(kind: &str) -> Store {
    match kind {
        "kubernetes_secret" | "kubernetes_secret_v1" => Store::Secret,
        "kubernetes_config_map" | "kubernetes_config_map_v1" | "kubernetes_config_map_v1_data" => {
            Store::ConfigMap
        }
        _ => Store::Setting,
    }
}
