//! Projects: which files are read together, and what they state together.

use rustc_hash::{FxHashMap, FxHashSet};

use super::file::{File, Tree};
use super::interpolate::{Environment, Variables};
use super::service::{Extends, Service};
use super::{configs, container, names, neighbours};
use crate::facts::links::{FileRole, FileUse};
use crate::facts::{Field, Head, Reference, ReferenceKind, Resolution};
use crate::formats::{Reading, resolve};
use crate::source::{Sources, Text};
use crate::syntax::yaml::{Kind, Node};

/// How far up a file is followed to those that include it.
const INCLUDES: usize = 8;

/// How many files of a list are merged.
const LISTED: usize = 16;

/// All Compose files of a run, by their paths.
pub(super) type Trees<'t, 's> = FxHashMap<&'s str, Tree<'t, 's>>;

/// Understands the Compose files that belong together, now that all are read.
pub(super) fn join<'s>(readings: &mut [Reading<'s>], sources: &'s Sources) {
    let mut files: Vec<(usize, File<'s>)> = Vec::new();
    for (index, reading) in readings.iter_mut().enumerate() {
        files.extend(reading.unjoined.compose.take().map(|file| (index, file)));
    }
    if files.is_empty() {
        return;
    }
    let env_files: FxHashMap<&'s str, Variables<'s>> = readings
        .iter()
        .filter(|reading| reading.format.name == "env")
        .map(|reading| (reading.path, variables(reading)))
        .collect();
    let includes = Includes::new(&files, &env_files);
    for (_, file) in &mut files {
        if let Some(base) = includes.bases.get(file.path) {
            file.base = sources.keep(base.clone().into());
        }
    }
    let trees: Trees<'_, 's> = files.iter().map(|(_, file)| (file.path, Tree::new(file))).collect();
    let defined = neighbours::defined(&trees);
    for (index, file) in &files {
        let Some(tree) = trees.get(file.path) else { continue };
        let bases = bases(tree, &trees, &includes);
        let environment = Environment { files: includes.env_files(file.path, &bases, &env_files), sources };
        let Some(reading) = readings.get_mut(*index) else { continue };
        let merged: Vec<&Tree<'_, 's>> = bases.iter().copied().chain([tree]).collect();
        let finished = finished(&merged);
        references(tree, &trees, reading, sources);
        configs::references(tree, &environment, reading, sources);
        let is_whole = neighbours::is_first(file.path) || !bases.is_empty();
        neighbours::references(tree, is_whole, &defined, reading, sources);
        for (name, _) in &tree.services {
            if let Some(service) = Service::new(name, &merged, &trees, &environment) {
                container::emit(&service, &merged, finished.contains(name), reading);
            }
        }
        // Compose refuses the file, but what stands in it is meant to run.
        for (name, layer) in &tree.hidden {
            let service = Service::hidden(name, *layer, &environment);
            container::emit(&service, &merged, finished.contains(name), reading);
        }
    }
}

/// States the files that a file names, and the services that it extends but that aren't there.
fn references<'s>(
    tree: &Tree<'_, 's>,
    trees: &Trees<'_, 's>,
    reading: &mut Reading<'s>,
    sources: &'s Sources,
) {
    let subject = |name: &str| -> &'s str { sources.keep(format!("service {name}").into()) };
    for (name, layer) in
        tree.services.iter().flat_map(|(name, layers)| layers.iter().map(move |layer| (name, layer)))
    {
        let labels = layer.node.get("label_file").into_iter();
        for file in labels.flat_map(|labels| [labels].into_iter().chain(labels.items())).map(Node::text) {
            let path = file.as_str();
            if !path.is_empty() && !path.starts_with(['/', '~']) && !path.contains('$') {
                let role = FileRole::Content;
                let path = resolve(tree.file.base, path);
                reading.links.files.push(FileUse { role, ..file_use(&file, path, subject(name)) });
            }
        }
        let Some(extends) = layer.node.get("extends") else { continue };
        let base = Extends::new(extends);
        let other = match &base.file {
            Some(file) if file.as_str().contains('$') => continue,
            Some(file) => {
                let path = resolve(tree.file.path, file.as_str());
                reading.links.files.push(file_use(file, path.clone(), subject(name)));
                trees.get(path.as_str())
            }
            None => Some(tree),
        };
        let Some((service, other)) = base.service.zip(other) else { continue };
        let target = service.as_str().unwrap_or_default();
        if !target.is_empty() && !target.contains('$') && other.service(target).is_empty() {
            let at = service.span();
            reading.facts.references.push(Reference {
                head: Head::new(at, subject(name)),
                kind: Field::set(ReferenceKind::Service, at, ""),
                target: Field::set(target, at, ""),
                resolution: Field::set(Resolution::Missing, at, ""),
            });
        }
    }
    for path in tree.file.included() {
        let text = path.text();
        reading.links.files.push(file_use(&text, resolve(tree.file.path, text.as_str()), "include"));
    }
}

fn file_use<'s>(written: &Text<'s>, path: String, subject: &'s str) -> FileUse<'s> {
    let source = written.as_str();
    FileUse { path, source, span: written.span(0..source.len()), subject, role: FileRole::Part }
}

/// What an env file sets; the last of several lines counts.
fn variables<'s>(reading: &Reading<'s>) -> Variables<'s> {
    let settings = reading.facts.settings.iter();
    settings.filter_map(|setting| Some((*setting.key.value()?, setting.text.clone()))).collect()
}

/// The files that a file is merged over.
fn bases<'a, 't, 's>(
    tree: &Tree<'t, 's>,
    trees: &'a Trees<'t, 's>,
    includes: &Includes,
) -> Vec<&'a Tree<'t, 's>> {
    if let Some(before) = includes.before.get(tree.file.path) {
        return before.iter().filter_map(|path| trees.get(path.as_str())).collect();
    }
    let base = names::bases(tree.file.path).into_iter().find_map(|path| trees.get(path.as_str()));
    base.into_iter().collect()
}

/// Services whose end another one waits for.
fn finished<'s>(trees: &[&Tree<'_, 's>]) -> FxHashSet<&'s str> {
    let layers = trees.iter().flat_map(|tree| &tree.services).flat_map(|(_, layers)| layers);
    let waits = layers.filter_map(|layer| layer.node.get("depends_on")).flat_map(Node::entries);
    waits
        .filter(|entry| {
            entry.value.get("condition").and_then(Node::as_str) == Some("service_completed_successfully")
        })
        .map(|entry| entry.key)
        .collect()
}

/// Which files include which.
/// <https://docs.docker.com/reference/compose-file/include/>
#[derive(Debug, Default)]
struct Includes {
    /// For each included file those that include it.
    by: FxHashMap<String, Vec<String>>,
    /// For each included file the files that it is merged over.
    before: FxHashMap<String, Vec<String>>,
    /// Env files named where a file is included.
    env_files: FxHashMap<String, Vec<String>>,
    /// For files whose paths don't start from themselves, from where they do.
    bases: FxHashMap<String, String>,
}

impl Includes {
    fn new<'s>(files: &[(usize, File<'s>)], env_files: &FxHashMap<&'s str, Variables<'s>>) -> Self {
        let mut includes = Includes::default();
        includes.take_lists(files, env_files);
        for (_, file) in files {
            for include in file.includes() {
                for (index, path) in include.paths.iter().enumerate() {
                    // The folder is that of the first file, or the one that is stated.
                    let first = include.paths.first().filter(|_| index > 0);
                    if let Some(base) = include.base.as_ref().or(first).cloned() {
                        includes.bases.entry(path.clone()).or_insert(base);
                    }
                    includes.by.entry(path.clone()).or_default().push(file.path.to_owned());
                    includes
                        .env_files
                        .entry(path.clone())
                        .or_default()
                        .extend(include.env_files.iter().cloned());
                    if index > 0 {
                        let before = include.paths.get(..index.min(LISTED)).unwrap_or_default().to_vec();
                        includes.before.insert(path.clone(), before);
                    }
                }
            }
        }
        includes
    }

    /// `COMPOSE_FILE` in the env file of a folder lists the files of its project.
    /// <https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_file>
    fn take_lists<'s>(&mut self, files: &[(usize, File<'s>)], env_files: &FxHashMap<&'s str, Variables<'s>>) {
        let beside = env_files.iter().filter(|(path, _)| path.rsplit('/').next() == Some(".env"));
        let lists =
            beside.filter_map(|(path, variables)| Some((*path, variables, variables.get("COMPOSE_FILE")?)));
        let mut lists: Vec<_> = lists.collect();
        if lists.is_empty() {
            return;
        }
        lists.sort_unstable_by_key(|(path, ..)| *path);
        let known: FxHashSet<&str> = files.iter().map(|(_, file)| file.path).collect();
        for (path, variables, list) in lists {
            let separator = variables.get("COMPOSE_PATH_SEPARATOR").map_or(":", Text::as_str);
            let separator =
                if separator.is_empty() || !list.as_str().contains(separator) { ";" } else { separator };
            let listed = list.as_str().split(separator).take(LISTED).map(|name| resolve(path, name.trim()));
            let listed: Vec<String> = listed.filter(|path| known.contains(path.as_str())).collect();
            let Some(first) = listed.first() else { continue };
            for (index, file) in listed.iter().enumerate().skip(1) {
                let before = listed.get(..index).unwrap_or_default();
                self.before.entry(file.clone()).or_insert_with(|| before.to_vec());
                self.bases.entry(file.clone()).or_insert_with(|| first.clone());
            }
        }
    }

    /// The env files whose variables a file may use: those of the files that include it win.
    fn env_files<'e, 's>(
        &self,
        path: &str,
        bases: &[&Tree<'_, 's>],
        env_files: &'e FxHashMap<&'s str, Variables<'s>>,
    ) -> Vec<&'e Variables<'s>> {
        let first = bases.first().map_or(path, |base| base.file.path);
        let mut chain = vec![first];
        let mut at = first;
        while let Some(parent) = self.by.get(at).and_then(|parents| parents.first()) {
            if chain.len() > INCLUDES || chain.contains(&parent.as_str()) {
                break;
            }
            chain.push(parent);
            at = parent;
        }
        let folder = |path: &str| {
            self.bases.get(path).map_or_else(|| resolve(path, ".env"), |base| resolve(base, ".env"))
        };
        let beside = chain.iter().rev().map(|path| folder(path));
        let named = self.env_files.get(first).into_iter().flatten().cloned();
        beside.chain(named).filter_map(|path| env_files.get(path.as_str())).collect()
    }
}

/// One entry of `include`.
#[derive(Debug, Default)]
pub(super) struct Include {
    /// The files, each merged over those before it; from the root of the run.
    pub(super) paths: Vec<String>,
    pub(super) env_files: Vec<String>,
    /// The path from which those of the files' services start, where one is stated.
    base: Option<String>,
}

impl<'s> File<'s> {
    /// The paths of this project that `include` names, where they are written.
    fn included(&self) -> impl Iterator<Item = Node<'_, 's>> {
        let roots = self.stream.documents.iter().map(|document| document.root());
        let entries = roots.filter_map(|root| root.get("include")).flat_map(Node::items);
        let paths = entries.filter_map(|entry| match entry.kind() {
            Kind::Mapping => entry.get("path"),
            _ => Some(entry),
        });
        let each = paths.flat_map(|node| {
            let one = (node.kind() == Kind::Scalar).then_some(node);
            one.into_iter().chain(node.items().filter(|item| item.kind() == Kind::Scalar))
        });
        each.filter(|node| node.as_str().is_some_and(|path| !path.contains(['$', ':'])))
    }

    pub(super) fn includes(&self) -> Vec<Include> {
        let roots = self.stream.documents.iter().map(|document| document.root());
        let entries = roots.filter_map(|root| root.get("include")).flat_map(Node::items);
        let paths = |node: Option<Node<'_, '_>>| {
            let Some(node) = node else { return Vec::new() };
            let one = node.as_str().into_iter();
            let named = one.chain(node.items().filter_map(Node::as_str));
            named.filter(|path| !path.contains(['$', ':'])).map(|path| resolve(self.path, path)).collect()
        };
        let include = |entry: Node<'_, '_>| match entry.kind() {
            Kind::Mapping => Include {
                paths: paths(entry.get("path")),
                env_files: paths(entry.get("env_file")),
                base: entry
                    .get("project_directory")
                    .and_then(Node::as_str)
                    .filter(|folder| !folder.contains('$'))
                    .map(|folder| resolve(self.path, &format!("{folder}/compose.yaml"))),
            },
            _ => Include { paths: paths(Some(entry)), env_files: Vec::new(), base: None },
        };
        entries.map(include).collect()
    }
}

impl Tree<'_, '_> {
    /// The files that its services extend, from the root of the run.
    pub(super) fn extended(&self) -> Vec<String> {
        let layers = self.services.iter().flat_map(|(_, layers)| layers);
        let extends = layers.filter_map(|layer| layer.node.get("extends"));
        let files = extends.filter_map(|extends| Extends::new(extends).file);
        files
            .filter(|file| !file.as_str().contains('$'))
            .map(|file| resolve(self.file.path, file.as_str()))
            .collect()
    }
}
