//! What names mean in a module: variables with their values, locals, resources.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use super::{File, holds_values, is_read_unasked};
use crate::facts::{Head, Use};
use crate::source::{Sources, Span, Text};
use crate::syntax::hcl::{Attribute, Block, Body, Expression, Kind, Part};

/// How many steps from name to name are followed.
const STEPS: usize = 16;

/// How deep calls of modules from modules are followed.
const CALLS: usize = 3;

/// How many entries of objects and lists are looked at behind names, in a module.
const FUEL: usize = 4_000_000;

/// How many parts a text is put together from, and how many bytes it may have.
const PARTS: usize = 256;
const LENGTH: usize = 64 * 1024;

/// The files of a folder as one module.
pub(super) struct Module<'m, 's> {
    variables: FxHashMap<&'s str, &'m Expression<'s>>,
    /// The defaults of variables for which a file of values has another value.
    replaced: FxHashMap<&'s str, &'m Expression<'s>>,
    locals: FxHashMap<&'s str, &'m Expression<'s>>,
    resources: FxHashMap<(&'s str, &'s str), &'m Body<'s>>,
    modules: Vec<&'m Body<'s>>,
    pub(super) sources: &'s Sources,
    /// How many parts the text that is put together now may still have.
    budget: Cell<usize>,
    /// How many entries of objects and lists may still be looked at behind names; thousands of names may lead
    /// to a list of thousands.
    fuel: Cell<usize>,
}

/// A text that is known, and where the file says it.
#[derive(Clone, Debug)]
pub(super) struct Known<'s> {
    /// The text with the places of its bytes.
    pub(super) text: Text<'s>,
    /// Where it is used, maybe under another name.
    pub(super) written: Span,
}

impl<'s> Known<'s> {
    pub(super) fn as_str(&self) -> &'s str {
        self.text.as_str()
    }

    pub(super) fn place(&self) -> Span {
        self.text.span(0..self.text.as_str().len())
    }

    /// A fact that lies on the text. Where that comes from elsewhere, its use is told.
    pub(super) fn head(&self, subject: &'s str, sources: &'s Sources) -> Head<'s> {
        let mut head = Head::new(self.place(), subject);
        head.uses.extend(self.used(subject, sources));
        head
    }

    pub(super) fn used(&self, subject: &'s str, sources: &'s Sources) -> Option<Use<'s>> {
        let elsewhere = !self.written.contains(self.place());
        elsewhere.then(|| Use { span: self.written, note: sources.keep(format!("used by {subject}").into()) })
    }
}

/// What a call sets, each with its value where that is known.
type Given<'m, 's> = FxHashMap<&'s str, Option<&'m Expression<'s>>>;

/// Gives modules what other modules of the project call them with. Calls within calls are followed a few times.
pub(super) fn link<'m, 's>(modules: &mut [(&'s str, Module<'m, 's>)]) {
    for _ in 0..CALLS {
        let calls: Vec<(String, Given<'m, 's>)> =
            modules.iter().flat_map(|(folder, module)| module.calls(folder)).collect();
        if calls.is_empty() {
            return;
        }
        let mut by_folder: FxHashMap<&str, Vec<&Given<'m, 's>>> = FxHashMap::default();
        for (folder, given) in &calls {
            by_folder.entry(folder).or_default().push(given);
        }
        for (folder, module) in modules.iter_mut() {
            if let Some(calls) = by_folder.get(folder) {
                module.called(calls);
            }
        }
    }
}

/// Whether nothing has to be put into a value.
fn is_plain(expression: &Expression<'_>) -> bool {
    match &expression.kind {
        Kind::Bool(_) | Kind::Number(_) => true,
        Kind::Template(_) => expression.literal().is_some(),
        Kind::List(items) => items.iter().all(is_plain),
        Kind::Object(items) => items.iter().all(|item| is_plain(&item.value)),
        _ => false,
    }
}

impl<'m, 's> Module<'m, 's> {
    pub(super) fn new(files: &'m [(usize, File<'s>)], paths: &[&'s str], sources: &'s Sources) -> Self {
        let mut module = Module {
            variables: FxHashMap::default(),
            replaced: FxHashMap::default(),
            locals: FxHashMap::default(),
            resources: FxHashMap::default(),
            modules: Vec::new(),
            sources,
            budget: Cell::new(0),
            fuel: Cell::new(FUEL),
        };
        let mut given: Vec<(&'s str, &'m Attribute<'s>)> = Vec::new();
        for ((_, bodies), path) in files.iter().zip(paths) {
            for body in bodies {
                if is_read_unasked(path) {
                    given.extend(body.attributes.iter().map(|attribute| (*path, attribute)));
                } else if !holds_values(path) {
                    module.declare(body);
                }
            }
        }
        // `*.auto.tfvars` come behind `terraform.tfvars`, in the order of their names.
        given.sort_by_key(|(path, attribute)| (path.ends_with(".auto.tfvars"), *path, attribute.key_span));
        for (_, attribute) in given {
            let default = module.variables.insert(attribute.key, &attribute.value);
            if let Some(default) = default {
                module.replaced.entry(attribute.key).or_insert(default);
            }
        }
        module
    }

    fn declare(&mut self, body: &'m Body<'s>) {
        for block in &body.blocks {
            match (block.kind, block.labels.as_slice()) {
                ("variable", [name]) => {
                    let default = block.body.attribute("default");
                    if let Some(default) = default {
                        self.variables.insert(name, &default.value);
                    }
                }
                ("locals", []) => {
                    let locals = block.body.attributes.iter();
                    self.locals.extend(locals.map(|attribute| (attribute.key, &attribute.value)));
                }
                ("resource", [kind, name]) => {
                    self.resources.insert((kind, name), &block.body);
                }
                ("module", [_]) => self.modules.push(&block.body),
                _ => {}
            }
        }
    }

    /// The folders of modules of this project that are called here, and what they are given, as far as that is
    /// plain: `module "records" { source = "./records" }`.
    fn calls(&self, folder: &str) -> Vec<(String, Given<'m, 's>)> {
        let mut calls = Vec::new();
        for body in &self.modules {
            let source = body.attribute("source").and_then(|source| self.known(&source.value));
            let Some(source) = source.map(|known| known.as_str()).filter(|source| source.starts_with('.'))
            else {
                continue;
            };
            let given = body.attributes.iter().map(|attribute| {
                (attribute.key, self.settled(&attribute.value).filter(|value| is_plain(value)))
            });
            calls.push((super::super::resolve(&format!("{folder}/main.tf"), source), given.collect()));
        }
        calls
    }

    /// What the modules that call this one give it replaces the defaults; where they differ, nothing is known.
    fn called(&mut self, calls: &[&Given<'m, 's>]) {
        let Some(first) = calls.first() else { return };
        let mut names: Vec<&'s str> = first.keys().copied().collect();
        names.sort_unstable();
        for name in names {
            let values = calls.iter().map(|call| call.get(name).copied());
            let Some(values) = values.collect::<Option<Vec<_>>>() else { continue };
            let default = match values.as_slice() {
                [Some(one)] => self.variables.insert(name, one),
                _ => self.variables.remove(name),
            };
            if let Some(default) = default {
                self.replaced.entry(name).or_insert(default);
            }
        }
    }

    /// Like [`Module::resolve`], for what outlives the question.
    fn settled(&self, expression: &'m Expression<'s>) -> Option<&'m Expression<'s>> {
        let mut found = expression;
        for _ in 0..STEPS {
            match &found.kind {
                Kind::Reference(names) => found = self.named(names)?,
                _ => return Some(found),
            }
        }
        None
    }

    /// The default that a value of this variable replaces.
    pub(super) fn replaced(&self, variable: &str) -> Option<&'m Expression<'s>> {
        self.replaced.get(variable).copied()
    }

    /// The resource that an expression names: `aws_lb.main.arn`.
    pub(super) fn resource(&self, expression: &Expression<'s>) -> Option<&'m Body<'s>> {
        match &expression.kind {
            Kind::Reference(names) => match names.as_slice() {
                [kind, name, ..] => self.resources.get(&(*kind, *name)).copied(),
                _ => None,
            },
            _ => None,
        }
    }

    /// What an expression comes to as far as names lead; nothing where that can't be known. `null` counts as
    /// nothing too.
    pub(super) fn resolve<'e>(&'e self, expression: &'e Expression<'s>) -> Option<&'e Expression<'s>> {
        let mut found = expression;
        for _ in 0..STEPS {
            found = match &found.kind {
                Kind::Reference(names) => self.named(names)?,
                Kind::Template(parts) => match parts.as_slice() {
                    [Part::Interpolation(_, inner)] => inner,
                    _ => return Some(found),
                },
                Kind::Call(
                    "tostring" | "tonumber" | "tobool" | "sensitive" | "nonsensitive" | "toset" | "tolist"
                    | "tomap" | "trimspace",
                    arguments,
                ) => arguments.first()?,
                Kind::Null | Kind::Other | Kind::Call(..) => return None,
                Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Object(_) => return Some(found),
            };
        }
        None
    }

    fn named(&self, names: &[&str]) -> Option<&'m Expression<'s>> {
        let (root, name, path) = match names {
            [root, name, path @ ..] => (*root, *name, path),
            _ => return None,
        };
        let start = match root {
            "var" => self.variables.get(name),
            "local" => self.locals.get(name),
            _ => None,
        };
        path.iter().try_fold(*start?, |found, step| match &found.kind {
            Kind::Object(items) => {
                self.spend(items.len())?;
                items.iter().rev().find(|item| item.key == Some(*step)).map(|item| &item.value)
            }
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Takes note of work; nothing where too much has been done.
    fn spend(&self, steps: usize) -> Option<()> {
        self.fuel.set(self.fuel.get().checked_sub(steps)?);
        Some(())
    }

    /// The text, number or truth value that an expression comes to. What can't be known of a text stands in it
    /// as it is written (`${…}`); nothing where all of it can't.
    pub(super) fn known(&self, expression: &Expression<'s>) -> Option<Known<'s>> {
        self.budget.set(PARTS);
        let text = self.text(expression, STEPS)?;
        Some(Known { text, written: expression.span })
    }

    fn text(&self, expression: &Expression<'s>, depth: usize) -> Option<Text<'s>> {
        let found = self.resolve(expression)?;
        match &found.kind {
            Kind::Bool(is) => Some(self.word(found.span, if *is { "true" } else { "false" })),
            Kind::Number(number) => Some(self.word(found.span, number)),
            Kind::Template(parts) => match parts.as_slice() {
                [] | [Part::Literal(_)] => found.literal(),
                parts => self.joined(parts, depth),
            },
            _ => None,
        }
    }

    /// A word that stands at a place, maybe in brackets.
    fn word(&self, place: Span, word: &'s str) -> Text<'s> {
        if self.sources.slice(place) == word {
            Text::verbatim(place, word)
        } else {
            Text::decoded(place, word)
        }
    }

    fn joined(&self, parts: &[Part<'s>], depth: usize) -> Option<Text<'s>> {
        let mut texts = Vec::with_capacity(parts.len());
        let (mut count, mut length) = (0, 0);
        for part in parts {
            self.budget.set(self.budget.get().checked_sub(1)?);
            let as_written = |span: Span| Text::verbatim(span, self.sources.slice(span));
            let text = match part {
                Part::Literal(text) => text.clone(),
                Part::Interpolation(span, inner) => {
                    let known = if depth > 0 { self.text(inner, depth - 1) } else { None };
                    known.unwrap_or_else(|| as_written(*span))
                }
                Part::Directive(span) => as_written(*span),
            };
            count += text.count_parts();
            length += text.as_str().len();
            texts.push(text);
        }
        let file = self.sources.file(texts.first()?.file());
        let fits = count <= PARTS && length <= LENGTH && file.grow(length + count * size_of::<Text<'_>>());
        fits.then(|| Text::joined(&texts, self.sources))
    }
}

/// A body with the names that it may use.
#[derive(Clone, Copy)]
pub(super) struct View<'v, 's> {
    pub(super) body: &'v Body<'s>,
    pub(super) module: &'v Module<'v, 's>,
}

impl<'v, 's> View<'v, 's> {
    /// The value of an attribute, where it is stated.
    pub(super) fn value(self, key: &str) -> Option<&'v Expression<'s>> {
        self.body.attribute(key).map(|attribute| &attribute.value)
    }

    /// The value of an attribute, where it is known; the first of several names that is stated.
    pub(super) fn known(self, keys: &[&str]) -> Option<Known<'s>> {
        let value = keys.iter().find_map(|key| self.value(key))?;
        self.module.known(value)
    }

    /// A text that is known as a whole.
    pub(super) fn word(self, key: &str) -> Option<&'s str> {
        self.known(&[key]).map(|known| known.as_str()).filter(|text| !text.contains("${"))
    }

    pub(super) fn number(self, key: &str) -> Option<i64> {
        self.word(key)?.parse().ok()
    }

    /// The texts of a list, as far as they are known.
    pub(super) fn list(self, key: &str) -> Vec<Known<'s>> {
        self.value(key).map_or_else(Vec::new, |value| list(self.module, value))
    }

    /// The blocks of a kind, also those that are written as a list of objects.
    pub(super) fn blocks(self, kind: &'v str) -> impl Iterator<Item = View<'v, 's>> {
        let module = self.module;
        self.body.blocks_of(kind).map(move |block| View { body: &block.body, module })
    }

    /// Whether blocks of a kind may be there that can't be known.
    pub(super) fn may_hold_more(self, kind: &str) -> bool {
        self.body
            .blocks
            .iter()
            .any(|block: &Block<'_>| block.kind == "dynamic" && block.labels.contains(&kind))
    }
}

/// The texts of a list, as far as they are known.
pub(super) fn list<'s>(module: &Module<'_, 's>, value: &Expression<'s>) -> Vec<Known<'s>> {
    let Some(found) = module.resolve(value) else { return Vec::new() };
    let known = |item: &Expression<'s>| module.known(item);
    match &found.kind {
        Kind::List(items) => {
            if module.spend(items.len()).is_none() {
                return Vec::new();
            }
            let in_place = |item: Known<'s>| {
                let written = if value.span.contains(item.written) { item.written } else { value.span };
                Known { written, ..item }
            };
            items.iter().filter_map(known).map(in_place).collect()
        }
        _ => known(value).into_iter().collect(),
    }
}
