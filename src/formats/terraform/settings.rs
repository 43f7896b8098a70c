//! Attributes, environments and defaults as settings.

use super::module::{Module, View};
use super::places;
use crate::facts::{Facts, Phase, Scope, Store};
use crate::formats::commands::command;
use crate::formats::settings::Draft;
use crate::source::{Span, Text};
use crate::syntax::hcl::{Block, Body, Expression, Item, Kind};
use crate::syntax::shell;
use crate::value::{boolean, secret};

/// How deep values inside values are looked into.
const DEPTH: usize = 16;

/// Attributes that describe, or that speak to Terraform itself.
const SILENT: &[&str] = &[
    "annotations",
    "comment",
    "comments",
    "count",
    "default_tags",
    "depends_on",
    "description",
    "display_name",
    "documentation",
    "for_each",
    "ignore_changes",
    "labels",
    "name",
    "name_prefix",
    "provider",
    "providers",
    "required_version",
    "source",
    "tags",
    "tags_all",
    "title",
    "triggers",
    "version",
];

/// Attributes that hold public keys, their fingerprints or numbers, whatever their names are elsewhere, and
/// paths. Only what looks like a private key or a token is one there.
const PUBLIC: &[&str] = &[
    "authorized_keys",
    "credentials",
    "public_key",
    "ssh-keys",
    "ssh_authorized_keys",
    "ssh_key",
    "ssh_key_ids",
    "ssh_keys",
    "ssh_public_key",
    "sshKeys",
];

/// Blocks that describe, or that speak to Terraform itself.
const SILENT_BLOCKS: &[&str] = &[
    "filter",
    "lifecycle",
    "metadata",
    "postcondition",
    "precondition",
    "tag",
    "timeouts",
    "token_validity_units",
    "validation",
];

/// Resources whose one value is a secret, whatever it is called.
const SECRETS: &[(&str, &str)] = &[
    ("aws_secretsmanager_secret_version", "secret_string"),
    ("google_secret_manager_secret_version", "secret_data"),
    ("github_actions_secret", "plaintext_value"),
    ("github_actions_organization_secret", "plaintext_value"),
    ("github_actions_environment_secret", "plaintext_value"),
    ("github_dependabot_secret", "plaintext_value"),
];

/// Where settings go, and what they have in common.
pub(super) struct Settings<'f, 's> {
    pub(super) module: &'f Module<'f, 's>,
    pub(super) facts: &'f mut Facts<'s>,
    pub(super) subject: &'s str,
    pub(super) store: Store,
    pub(super) scope: Scope,
    /// Whether these are the defaults of variables. An empty one is none, and a switch takes effect where it is
    /// used.
    pub(super) by_default: bool,
    /// The block, where its type tells the provider in whose words places are written.
    pub(super) block: Option<&'f Block<'s>>,
}

impl<'s> Settings<'_, 's> {
    /// The settings of a resource.
    pub(super) fn resource(&mut self, kind: &'s str, body: &Body<'s>) {
        let whole = SECRETS.iter().find(|(of, _)| *of == kind).map(|(_, attribute)| *attribute);
        // `aws_ssm_parameter`, `azurerm_key_vault_secret`, parameters of databases.
        let attributes = body.attributes.iter().map(|attribute| (attribute.key, &attribute.value));
        let pair = pair(attributes, self.module);
        if let Some((name, key_span, value)) = pair {
            self.within(name, key_span, value, DEPTH);
        }
        for attribute in &body.attributes {
            let (key, key_span, value) = (attribute.key, attribute.key_span, &attribute.value);
            if whole == Some(key) && self.module.resolve(value).is_some_and(is_scalar) {
                self.one("secret", key_span, value);
            } else if pair.is_none() || !matches!(key, "name" | "key" | "value") {
                self.attribute(key, key_span, value, DEPTH);
            }
        }
        self.blocks(body, DEPTH);
    }

    /// The settings of a block.
    pub(super) fn body(&mut self, body: &Body<'s>) {
        self.below(body, DEPTH);
    }

    fn below(&mut self, body: &Body<'s>, depth: usize) {
        let pair =
            pair(body.attributes.iter().map(|attribute| (attribute.key, &attribute.value)), self.module);
        if let Some((name, key_span, value)) = pair {
            return self.within(name, key_span, value, depth);
        }
        for attribute in &body.attributes {
            self.attribute(attribute.key, attribute.key_span, &attribute.value, depth);
        }
        self.blocks(body, depth);
    }

    fn blocks(&mut self, body: &Body<'s>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for block in &body.blocks {
            match block.kind {
                kind if SILENT_BLOCKS.contains(&kind) => {}
                "provisioner" => self.provisioner(&block.body),
                "dynamic" => {
                    for content in block.body.blocks_of("content") {
                        self.below(&content.body, depth);
                    }
                }
                // `env { … }` and `set { … }` stand one for each name, and are siblings.
                "env" | "set" | "set_sensitive" | "set_list" | "setting" | "parameter" => {
                    self.below(&block.body, depth);
                }
                _ => {
                    let outer = std::mem::replace(&mut self.scope, Scope(block.span));
                    self.below(&block.body, depth);
                    self.scope = outer;
                }
            }
        }
    }

    fn attribute(&mut self, key: &'s str, key_span: Span, value: &Expression<'s>, depth: usize) {
        if SILENT.contains(&key) {
            return;
        }
        match self.block.and_then(|block| places::key(block, key)) {
            Some((provider, key)) => {
                let key = self.module.sources.keep(format!("{provider}.{key}").into());
                self.within(key, key_span, value, depth);
            }
            None => self.within(key, key_span, value, depth),
        }
    }

    /// A value under a name, as a setting or as many.
    pub(super) fn value(&mut self, key: &'s str, key_span: Span, value: &Expression<'s>) {
        if !SILENT.contains(&key) {
            self.within(key, key_span, value, DEPTH);
        }
    }

    fn within(&mut self, key: &'s str, key_span: Span, value: &Expression<'s>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match &value.kind {
            Kind::List(items) => {
                // Objects with a name and a value each are siblings.
                for item in items {
                    self.within(key, key_span, item, depth);
                }
            }
            Kind::Object(items) => self.object(items, value.span, depth),
            Kind::Call(
                "jsonencode" | "yamlencode" | "merge" | "concat" | "toset" | "tolist" | "tomap" | "sensitive"
                | "flatten",
                arguments,
            ) => {
                for argument in arguments {
                    self.within(key, key_span, argument, depth);
                }
            }
            Kind::Call("base64encode" | "base64gzip" | "textencodebase64", arguments) => {
                if let Some(first) = arguments.first() {
                    self.within(key, key_span, first, depth);
                }
            }
            _ => self.one(key, key_span, value),
        }
    }

    fn object(&mut self, items: &[Item<'s>], span: Span, depth: usize) {
        let pair = pair(items.iter().filter_map(|item| Some((item.key?, &item.value))), self.module);
        if let Some((name, key_span, value)) = pair {
            return self.within(name, key_span, value, depth);
        }
        let outer = std::mem::replace(&mut self.scope, Scope(span));
        for item in items {
            if let Some(key) = item.key {
                self.attribute(key, item.key_span, &item.value, depth);
            }
        }
        self.scope = outer;
    }

    /// One setting, where its value is known.
    fn one(&mut self, key: &'s str, key_span: Span, value: &Expression<'s>) {
        if matches!(value.kind, Kind::Reference(_)) && self.names_itself(value) {
            return;
        }
        let Some(known) = self.module.known(value) else { return };
        if self.by_default && (known.as_str().is_empty() || boolean::parse(known.as_str()).is_some()) {
            return;
        }
        if is_script(known.as_str()) {
            self.script(&known.text);
            return;
        }
        // Of whole files only keys and tokens are known wherever they stand.
        let is_file = known.as_str().trim().contains('\n');
        if (is_file || PUBLIC.contains(&key)) && secret::known_format(known.as_str()).is_none() {
            return;
        }
        let uses = known.used(self.subject, self.module.sources).into_iter().collect();
        let draft = Draft {
            key,
            key_span,
            text: known.text,
            store: self.store,
            scope: self.scope,
            subject: self.subject,
            image: None,
            uses,
        };
        self.facts.settings.push(draft.setting());
    }

    /// Whether a reference leads to no single value.
    fn names_itself(&self, value: &Expression<'s>) -> bool {
        !self.module.resolve(value).is_some_and(is_scalar)
    }

    /// Tells that the setting stated last replaces a default, which may be a secret all the same.
    pub(super) fn replaces(&mut self, default: &Expression<'s>) {
        let known = self.module.known(default);
        if let (Some(known), Some(setting)) = (known, self.facts.settings.last_mut()) {
            setting.defaults.push(known.place());
        }
    }

    /// What `terraform apply` runs, here or on the machine that it makes.
    fn provisioner(&mut self, body: &Body<'s>) {
        let view = View { body, module: self.module };
        let scripts = view.known(&["command"]).into_iter().chain(view.list("inline"));
        for script in scripts {
            self.script(&script.text);
        }
    }

    fn script(&mut self, text: &Text<'s>) {
        let sources = self.module.sources;
        let commands = shell::parse(text, sources).into_iter();
        let (subject, store) = (self.subject, self.store);
        self.facts
            .commands
            .extend(commands.map(|parsed| command(parsed, subject, store, Phase::Run, sources)));
    }
}

/// `name` and `value`, `key` and `value`: a setting in two attributes.
fn pair<'e, 's: 'e>(
    attributes: impl Iterator<Item = (&'s str, &'e Expression<'s>)>,
    module: &Module<'_, 's>,
) -> Option<(&'s str, Span, &'e Expression<'s>)> {
    let (mut name, mut value) = (None, None);
    for (key, expression) in attributes {
        match key {
            "name" | "key" => name = Some(expression),
            "value" => value = Some(expression),
            _ => {}
        }
    }
    let (name, value) = (name?, value?);
    let known = module.known(name)?;
    let plain = !known.as_str().contains("${") && !known.as_str().is_empty();
    // https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set: dots that part nothing.
    let name = match known.as_str() {
        name if name.contains('\\') => module.sources.keep(name.replace('\\', "").into()),
        name => name,
    };
    plain.then(|| (name, known.place(), value))
}

fn is_scalar(expression: &Expression<'_>) -> bool {
    matches!(expression.kind, Kind::Template(_) | Kind::Bool(_) | Kind::Number(_))
}

/// Whether a text is a script for a shell, such as a machine runs when it starts.
fn is_script(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.starts_with("#!") && first.trim_end().ends_with("sh")
}
