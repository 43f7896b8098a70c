//! Compose files: services as containers, with all that files add to one another.
//! <https://docs.docker.com/reference/compose-file/>

mod build;
mod commands;
mod configs;
mod container;
mod file;
mod healthcheck;
mod images;
mod interpolate;
mod labels;
mod names;
mod neighbours;
mod pairs;
mod ports;
mod project;
mod service;
mod volumes;

use rustc_hash::FxHashMap;

pub(super) use file::File;

use super::unread::problem;
use super::{Format, Reader, Reading, dockerfile};
use crate::facts::{ProblemKind, Store};
use crate::source::Sources;
use crate::syntax::yaml::{self, ErrorKind, Kind, Mode, Node, Stream};
use file::Tree;
use interpolate::Environment;
use service::Service;

pub(super) const FORMAT: Format = Format {
    name: "compose",
    doc: "Compose files: `compose*.yaml`, `docker-compose*.yml`, and YAML with services that have images or builds",
    by_name: names::by_name,
    by_content: names::by_content,
    read,
};

fn read(reader: &mut Reader<'_>) {
    let sources = reader.sources;
    let mut stream = yaml::parse(&reader.text, sources, Mode::Plain);
    if !stream.errors.is_empty() && yaml::is_templated(reader.text.as_str()) {
        stream = yaml::parse(&reader.text, sources, Mode::Templated);
        let place = reader.text.span(0..0);
        let detail = "a template that is rendered before Compose reads it".to_owned();
        problem(&mut reader.reading.facts, sources, ProblemKind::Template, place, detail);
    }
    problems(reader, &stream);
    reader.reading.comments.append(&mut stream.comments);
    let path = reader.reading.path;
    let mut file = File { path, base: path, stream, inline: Vec::new() };
    read_inline(reader, &mut file);
    read_services(reader, &file);
    configs::read(reader, &file);
    reader.reading.unjoined.compose = Some(file);
}

/// What could not be read, and what Compose refuses.
fn problems<'s>(reader: &mut Reader<'s>, stream: &Stream<'s>) {
    let facts = &mut reader.reading.facts;
    for error in &stream.errors {
        let kind = match error.kind {
            ErrorKind::Syntax | ErrorKind::UnknownAlias | ErrorKind::OpenAction => ProblemKind::Syntax,
            ErrorKind::TooDeep | ErrorKind::TooManyAliases => ProblemKind::Unreadable,
        };
        problem(facts, reader.sources, kind, error.span, error.message.clone());
    }
    for duplicate in &stream.duplicates {
        let detail = format!("key `{}` stands twice in one mapping", duplicate.key);
        problem(facts, reader.sources, ProblemKind::Syntax, duplicate.second, detail);
    }
    let roots = stream.documents.iter().map(|document| document.root());
    for services in roots.filter_map(|root| root.get("services")) {
        if services.kind() != Kind::Mapping && !services.is_null() && !services.is_unknown() {
            let detail = "`services` must be a mapping".to_owned();
            problem(facts, reader.sources, ProblemKind::Syntax, services.span(), detail);
        }
        for entry in services.entries().filter(|entry| !entry.key.starts_with("x-")) {
            let value = entry.value;
            if value.kind() != Kind::Mapping && !value.is_null() && !value.is_unknown() {
                let detail = format!("service `{}` must be a mapping", entry.key);
                problem(facts, reader.sources, ProblemKind::Syntax, value.span(), detail);
            }
        }
    }
}

/// Reads the Dockerfiles that stand in the file.
fn read_inline<'s>(reader: &mut Reader<'s>, file: &mut File<'s>) {
    let texts: Vec<_> = build::inline(file).into_iter().map(|node| (node.span(), node.text())).collect();
    for (span, text) in texts {
        let first = reader.reading.links.stages.len();
        reader.embed(text, &dockerfile::FORMAT, Store::Image);
        file.inline.push((span, first..reader.reading.links.stages.len()));
    }
}

/// States where each service lies, and asks for the files that they name.
fn read_services<'s>(reader: &mut Reader<'s>, file: &File<'s>) {
    let sources = reader.sources;
    let environment = Environment { files: Vec::new(), sources };
    let (tree, others) = (Tree::new(file), FxHashMap::default());
    for (name, layers) in &tree.services {
        reader.reading.blocks.extend(layers.iter().map(|layer| layer.block));
        let Some(service) = Service::new(name, &[&tree], &others, &environment) else { continue };
        for env_file in container::env_files(&service, 0, "", &mut false) {
            reader.want(env_file.path, "env");
        }
        if let Some(path) = build::source(&service)
            .filter(|source| source.inline.is_none())
            .and_then(|source| source.dockerfile)
        {
            reader.want(path, "dockerfile");
        }
        let image = service.scalar(&["image"]);
        let image = image.as_ref().and_then(|value| images::pulled(value, "", ""));
        let repository = image.as_ref().and_then(|image| image.repository.value().copied());
        for mount in volumes::mounts(&service, &[&tree], 0, false, "") {
            if let Some(path) = volumes::nginx(&mount, repository) {
                reader.want(path, "nginx");
            }
        }
    }
    reader.reading.blocks.extend(tree.roots().map(Node::span));
    let include = file.includes();
    let env_files = include.iter().flat_map(|include| include.env_files.iter().cloned());
    let beside = [reader.resolve(".env")];
    for path in beside.into_iter().chain(env_files) {
        reader.want(path, "env");
    }
    let included = include.iter().flat_map(|include| include.paths.iter().cloned());
    for path in included.chain(tree.extended()).chain(names::bases(file.path)) {
        reader.want(path, "compose");
    }
    reader.reading.wants.sort();
    reader.reading.wants.dedup();
}

pub(super) fn join<'s>(readings: &mut Vec<Reading<'s>>, sources: &'s Sources) {
    project::join(readings, sources);
}

#[cfg(test)]
mod tests;
