//! Pipelines of GitLab. <https://docs.gitlab.com/ci/yaml/>
//!
//! What a job takes over with `extends` or `!reference` is judged where it is written.

use super::{Part, Purpose};
use crate::facts::Scope;
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::yaml::{Entry, Kind, Node};
use crate::value::environment::Environment;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "gitlab-ci",
    doc: "pipelines of GitLab: `.gitlab-ci.yml`, `*.gitlab-ci.yml`, and the files of the project that they include",
    by_name,
    by_content: |_, _| None,
    read,
};

/// Keys of a pipeline that are no jobs.
const GLOBAL: [&str; 11] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];

/// How the variables begin that the images of data stores read.
const OF_STORES: [&str; 9] =
    ["CLICKHOUSE_", "KAFKA_", "MARIADB_", "MINIO_", "MONGO_", "MYSQL_", "POSTGRES_", "RABBITMQ_", "REDIS_"];

/// How deep lists of scripts lie in one another; GitLab flattens ten.
const LISTS: usize = 10;

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let named = stem.ends_with(".gitlab-ci") || stem.starts_with(".gitlab-ci.") || stem == "gitlab-ci";
    named.then_some("named .gitlab-ci.yml")
}

fn read(reader: &mut Reader<'_>) {
    for document in super::documents(reader) {
        let root = document.root();
        // A component begins with a document that says what it takes.
        if root.kind() == Kind::Mapping && root.get("spec").is_none() {
            pipeline(root, reader);
        }
    }
}

fn pipeline<'s>(root: Node<'_, 's>, reader: &mut Reader<'s>) {
    includes(root, reader);
    let is_job = |entry: &Entry<'_, '_>| entry.value.kind() == Kind::Mapping && !GLOBAL.contains(&entry.key);
    let jobs: Vec<_> = super::own(root).filter(is_job).collect();
    let file = Purpose::of_name(reader.reading.path.rsplit('/').next().unwrap_or_default());
    let purposes: Vec<Purpose> = jobs.iter().map(|job| purpose(job.key, job.value, file)).collect();
    let starts_stores = |node: Node<'_, '_>| node.get("services").is_some();
    let any_services = starts_stores(root)
        || root.get("default").is_some_and(starts_stores)
        || jobs.iter().any(|job| starts_stores(job.value));
    let part =
        Part { subject: "this pipeline", purpose: Purpose::common(&purposes), scope: Scope(root.span()) };
    let global = root.get("default").into_iter().chain([root]);
    for node in global {
        body(node, part, any_services, reader);
    }
    for (job, purpose) in jobs.iter().zip(purposes) {
        let subject = reader.sources.keep(format!("job {}", job.key).into());
        let block = job.value.span();
        reader.reading.blocks.push(job.key_span.to(block));
        let part = Part { subject, purpose, scope: Scope(block) };
        if environment_name(job.value)
            .is_some_and(|name| Environment::of_name(name) == Environment::Development)
        {
            super::develops(block, reader);
        }
        body(job.value, part, any_services, reader);
    }
}

/// The files of the project that belong to the pipeline.
/// <https://docs.gitlab.com/ci/yaml/#includelocal>
fn includes<'s>(root: Node<'_, 's>, reader: &mut Reader<'s>) {
    let Some(include) = root.get("include") else { return };
    for item in include.items().chain((include.kind() != Kind::Sequence).then_some(include)) {
        let local = item.get("local").unwrap_or(item);
        let Some(path) = local.as_str().map(str::trim) else { continue };
        let is_file = matches!(path.rsplit('.').next(), Some("yml" | "yaml"));
        // `**` stands for any number of folders, which nothing here follows.
        if is_file && !path.contains("://") && !path.contains(['$', '?', '[']) && !path.contains("**") {
            reader.want(path.trim_start_matches('/').to_owned(), FORMAT.name);
        }
    }
}

/// <https://docs.gitlab.com/ci/yaml/#environment>
fn environment_name<'s>(job: Node<'_, 's>) -> Option<&'s str> {
    let stated = job.get("environment")?;
    stated.get("name").unwrap_or(stated).as_str()
}

fn purpose(id: &str, job: Node<'_, '_>, file: Option<Purpose>) -> Purpose {
    if job.get("environment").is_some() {
        return Purpose::Real;
    }
    let stage = job.get("stage").and_then(Node::as_str).and_then(Purpose::of_name);
    Purpose::of_name(id).or(stage).or(file).unwrap_or(Purpose::Test)
}

/// What jobs and the defaults of all jobs have in common.
fn body<'s>(node: Node<'_, 's>, part: Part<'s>, any_services: bool, reader: &mut Reader<'s>) {
    if let Some(stated) = own(node, "variables") {
        // Variables of a job are those of its services too, which take from them how they are set up.
        let of_store = |key: &str| any_services && OF_STORES.iter().any(|start| key.starts_with(start));
        super::variables(stated, part, of_store, reader);
    }
    for list in ["before_script", "script", "after_script"] {
        if let Some(stated) = own(node, list) {
            script(stated, part, LISTS, reader);
        }
    }
    if let Some(stated) = own(node, "image") {
        image(stated, part, reader);
    }
    for service in own(node, "services").into_iter().flat_map(Node::items) {
        let name = service.get("alias").or_else(|| service.get("name")).unwrap_or(service).as_str();
        let subject = reader.sources.keep(format!("service {}", name.unwrap_or_default()).into());
        let part = Part { subject, ..part.within(service.span()) };
        image(service, part, reader);
        if let Some(variables) = service.get("variables") {
            super::variables(variables, part, |_| true, reader);
        }
    }
}

/// What a node states itself under a key.
fn own<'t, 's>(node: Node<'t, 's>, key: &str) -> Option<Node<'t, 's>> {
    let entry = node.entry(key)?;
    (!entry.merged && entry.value.alias_span().is_none() && entry.value.tag().is_none())
        .then_some(entry.value)
}

fn script<'s>(node: Node<'_, 's>, part: Part<'s>, depth: usize, reader: &mut Reader<'s>) {
    if depth == 0 || node.alias_span().is_some() || node.tag().is_some() {
        return;
    }
    if let Some(text) = super::text(node) {
        super::commands(&text, part, reader);
    }
    for item in node.items() {
        script(item, part, depth - 1, reader);
    }
}

/// The name of an image, or a mapping with one.
/// <https://docs.gitlab.com/ci/yaml/#image>
fn image<'s>(node: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    super::pulled(node.get("name").unwrap_or(node), part, reader);
}
