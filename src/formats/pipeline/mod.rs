//! Pipelines: what the jobs of GitHub Actions and GitLab CI set, start and run.
//!
//! Most jobs test something on a machine that is thrown away, with credentials that open nothing. Only what
//! reaches something real counts there as it does in a deployment; of the rest no more than what is a secret
//! wherever it stands.

mod github;
mod gitlab;
mod purpose;
#[cfg(test)]
mod tests;

pub(super) use github::FORMAT as GITHUB;
pub(super) use gitlab::FORMAT as GITLAB;
pub(super) use purpose::Purpose;

use super::commands::{command, comments};
use super::image::image;
use super::settings::Draft;
use super::unread::{problem, yaml_errors};
use super::{Reader, script};
use crate::facts::{Command, Field, Head, Phase, ProblemKind, Scope, Store, Volume};
use crate::source::{Span, Text};
use crate::syntax::shell;
use crate::syntax::yaml::{self, Entry, Kind, Mode, Node};
use crate::value::environment::Environment;
use crate::value::key::Key;
use crate::value::secret;

/// A part of a pipeline whose settings belong together: a job, a step, a service.
#[derive(Clone, Copy)]
struct Part<'s> {
    /// "job deploy"
    subject: &'s str,
    purpose: Purpose,
    scope: Scope,
}

impl Part<'_> {
    /// A part of this one with settings of its own.
    fn within(self, place: Span) -> Self {
        Part { scope: Scope(place), ..self }
    }
}

/// Reads the documents of a pipeline, and states what can't be read in them.
fn documents<'s>(reader: &mut Reader<'s>) -> Vec<yaml::Document<'s>> {
    // What stands in `${{ … }}` and `$[[ … ]]` is text to YAML.
    let stream = yaml::parse(&reader.text, reader.sources, Mode::Plain);
    for duplicate in &stream.duplicates {
        let detail = format!("the key {} stands twice in one mapping", duplicate.key);
        problem(&mut reader.reading.facts, reader.sources, ProblemKind::Syntax, duplicate.second, detail);
    }
    yaml_errors(&mut reader.reading.facts, reader.sources, stream.errors);
    reader.reading.comments.extend(stream.comments);
    // What the whole is for, its jobs say, each for itself.
    reader.reading.links.parted = true;
    stream.documents
}

/// The entries of a mapping that are written in it. What an alias or a merge brings in is judged where it is
/// written.
fn own<'t, 's>(node: Node<'t, 's>) -> impl Iterator<Item = Entry<'t, 's>> {
    node.own_entries().filter(|entry| !entry.is_merge() && entry.value.alias_span().is_none())
}

/// A text that is written where it stands.
fn text<'s>(node: Node<'_, 's>) -> Option<Text<'s>> {
    let written = node.kind() == Kind::Scalar && node.alias_span().is_none() && !node.is_null();
    (written && node.as_str().is_some_and(|text| !text.trim().is_empty())).then(|| node.text())
}

/// Whether a value is filled in when the pipeline runs.
fn is_filled_in(value: &str) -> bool {
    value.contains("${{") || value.contains("$[[")
}

/// States the variables of a part. Those of a test count only where they are secrets wherever they stand.
/// Those `of_service` set up what runs beside the job.
fn variables<'s>(
    node: Node<'_, 's>,
    part: Part<'s>,
    of_service: impl Fn(&str) -> bool,
    reader: &mut Reader<'s>,
) {
    let first = reader.reading.facts.settings.len();
    for entry in own(node) {
        // GitLab describes some variables for those who start a pipeline by hand.
        let value =
            if entry.value.kind() == Kind::Mapping { entry.value.get("value") } else { Some(entry.value) };
        let Some(text) = value.and_then(text) else { continue };
        if of_service(entry.key) {
            setting(entry.key, entry.key_span, text, Store::Scratch, part, reader);
        } else {
            variable(entry.key, entry.key_span, text, part, reader);
        }
    }
    let settings = reader.reading.facts.settings.iter().skip(first);
    let mut said = settings
        .map(|one| Environment::of_setting(one.key.value().copied().unwrap_or_default(), one.text.as_str()));
    if said.any(|said| said == Environment::Development) {
        develops(part.scope.0, reader);
    }
}

/// Whether a variable of all jobs may be one that only the tests among them need: a secret, or an address with
/// one in it.
fn may_be_of_test(key: &Key<'_>, value: &str) -> bool {
    let is_secret = secret::is_secret_key(key).is_some() || value.contains("://") && value.contains('@');
    is_secret && !secret::is_evident(key, value)
}

/// Variables that say how what is built on is fetched from outside, in a test too.
const FETCHING: [&str; 5] = [
    "GIT_SSL_NO_VERIFY",
    "NPM_CONFIG_STRICT_SSL",
    "PIP_TRUSTED_HOST",
    "PYTHONHTTPSVERIFY",
    "npm_config_strict_ssl",
];

/// Whether a variable says how talkative the tools of a pipeline are, or how an object is called that holds a
/// secret elsewhere: `TLS_SECRET=api-tls`.
pub(super) fn is_manner(key: &Key<'_>, value: &str) -> bool {
    let is_name = || {
        let is_word = |part: &str| {
            let letters = part.bytes().all(|byte| byte.is_ascii_lowercase());
            !part.is_empty() && (letters || part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        value.split('-').all(is_word)
    };
    let names_secret = key.last().eq_ignore_ascii_case("secret")
        && !key.has_any(&["client", "jwt", "session", "signing", "shared"])
        && is_name();
    names_secret || ["debug", "verbose", "trace"].iter().any(|word| key.is(&[word]))
}

fn variable<'s>(key: &'s str, key_span: Span, text: Text<'s>, part: Part<'s>, reader: &mut Reader<'s>) {
    let words = Key::new(key);
    let counts = match part.purpose {
        Purpose::Real => !is_manner(&words, text.as_str()),
        Purpose::Mixed => !is_manner(&words, text.as_str()) && !may_be_of_test(&words, text.as_str()),
        Purpose::Test => FETCHING.contains(&key) || secret::is_evident(&words, text.as_str()),
    };
    if !counts {
        return;
    }
    setting(key, key_span, text, Store::Setting, part, reader);
}

fn setting<'s>(
    key: &'s str,
    key_span: Span,
    text: Text<'s>,
    store: Store,
    part: Part<'s>,
    reader: &mut Reader<'s>,
) {
    let draft = Draft {
        key,
        key_span,
        text,
        store,
        scope: part.scope,
        subject: part.subject,
        image: None,
        uses: Vec::new(),
    };
    reader.reading.facts.settings.push(draft.setting());
}

/// Notes that a part of the file is for development. Parts within it need no note of their own.
fn develops(place: Span, reader: &mut Reader<'_>) {
    // What contains others is read before them.
    let known = &mut reader.reading.links.development;
    if !known.last().is_some_and(|last| last.contains(place)) {
        known.push(place);
    }
}

/// States the commands of a script, and what it sets.
fn commands<'s>(text: &Text<'s>, part: Part<'s>, reader: &mut Reader<'s>) {
    comments(text, &mut reader.reading.comments);
    script::state(text, part.subject, part.purpose, Phase::Script, reader);
}

/// States an image that a job runs in or beside.
fn pulled<'s>(node: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    let Some(text) = text(node).filter(|text| !text.as_str().contains('$')) else { return };
    let name = text.as_str();
    let start = if name.starts_with("docker://") { "docker://".len() } else { 0 };
    let found = image(&text.part(start..name.len()), part.subject);
    reader.reading.facts.images.extend(found);
}

/// States the options with which a runner creates a container.
/// <https://docs.docker.com/reference/cli/docker/container/create/>
fn options<'s>(node: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    let Some(text) = text(node) else { return };
    for parsed in shell::parse(&text, reader.sources).into_iter().filter(|parsed| parsed.depth == 0) {
        let span = parsed.span;
        let stated = command(parsed, part.subject, part.purpose.store(), Phase::Script, reader.sources);
        let program = Field::set(Command::CREATES_CONTAINER, span, "");
        reader.reading.facts.commands.push(Command { program, ..stated });
    }
}

/// States what of its machine a container of a job sees: `source:target:options`.
fn volumes<'s>(node: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    for text in node.items().filter_map(text) {
        let mut pieces = text.as_str().split(':');
        let (Some(source), Some(_)) = (pieces.next(), pieces.next()) else { continue };
        let read_only = pieces.next().is_some_and(|options| options.split(',').any(|one| one == "ro"));
        reader.reading.facts.volumes.extend(Volume::of_host(
            source,
            Head::new(text.span(0..source.len()), part.subject),
            Field::set(read_only, text.span(0..source.len()), ""),
        ));
    }
}

/// States the login that a runner pulls an image with.
fn credentials<'s>(node: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    let part = Part { purpose: Purpose::Real, ..part.within(node.span()) };
    variables(node, part, |_| false, reader);
}
