//! Workflows and actions of GitHub, and of Gitea and Forgejo, which read the same.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>

use super::{Part, Purpose};
use crate::facts::{Scope, Store};
use crate::formats::{Candidate, Format, Reader};
use crate::source::Text;
use crate::syntax::yaml::{Kind, Node};
use crate::value::environment::Environment;
use crate::value::key::Key;
use crate::value::secret;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "github-actions",
    doc: "workflows and actions of GitHub: `.github/workflows/*.yml`, `action.yml`",
    by_name,
    by_content,
    read,
};

/// Folders of workflows.
const FOLDERS: [&str; 3] = [".github/workflows", ".gitea/workflows", ".forgejo/workflows"];

/// How actions are called that log in to something real, or bring something there.
const REACHING: [&str; 14] = [
    "aws-actions/",
    "azure/",
    "google-github-actions/",
    "docker/login-action",
    "docker/build-push-action",
    "appleboy/",
    "burnett01/rsync-deployments",
    "cloudflare/",
    "digitalocean/",
    "hashicorp/",
    "superfly/",
    "akhileshns/heroku-deploy",
    "redhat-actions/",
    "easingthemes/ssh-deploy",
];

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let folder = candidate.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let within =
        |known: &str| folder.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    (candidate.is_yaml() && FOLDERS.iter().any(|known| within(known))).then_some("in .github/workflows")
}

/// An action is called by its folder; `action.yml` may be anything that does not say how it runs.
fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let named = matches!(candidate.name(), "action.yml" | "action.yaml");
    let runs = || text.lines().any(|line| line.trim_end() == "runs:");
    (named && runs()).then_some("an action that says how it runs")
}

fn read(reader: &mut Reader<'_>) {
    for document in super::documents(reader) {
        let root = document.root();
        if root.kind() != Kind::Mapping {
            continue;
        }
        if root.get("jobs").is_some() {
            workflow(root, reader);
        } else if let Some(runs) = root.get("runs") {
            action(root, runs, reader);
        }
    }
}

fn workflow<'s>(root: Node<'_, 's>, reader: &mut Reader<'s>) {
    let named = root.get("name").and_then(Node::as_str).unwrap_or_default();
    let whole = Purpose::of_name(named).or_else(|| Purpose::of_name(file_name(reader.reading.path)));
    let jobs: Vec<_> = root.get("jobs").into_iter().flat_map(super::own).collect();
    let purposes: Vec<Purpose> = jobs.iter().map(|job| purpose(job.key, job.value, whole)).collect();
    let part =
        Part { subject: "this workflow", purpose: Purpose::common(&purposes), scope: Scope(root.span()) };
    if let Some(env) = root.get("env") {
        super::variables(env, part, |_| false, reader);
    }
    for event in ["workflow_dispatch", "workflow_call"] {
        if let Some(inputs) = root.path(&["on", event, "inputs"]) {
            defaults(inputs, part, reader);
        }
    }
    let shell = default_shell(root);
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
        self::job(job.value, part, shell, reader);
    }
}

fn file_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The environment that a job deploys to.
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idenvironment>
fn environment_name<'s>(job: Node<'_, 's>) -> Option<&'s str> {
    let stated = job.get("environment")?;
    stated.get("name").unwrap_or(stated).as_str()
}

fn purpose(id: &str, job: Node<'_, '_>, whole: Option<Purpose>) -> Purpose {
    if job.get("environment").is_some() {
        return Purpose::Real;
    }
    let named = job.get("name").and_then(Node::as_str).and_then(Purpose::of_name);
    if let Some(said) = Purpose::of_name(id).or(named) {
        return said;
    }
    let reaches = |step: Node<'_, '_>| {
        let action = step.get("uses").and_then(Node::as_str).unwrap_or_default().to_ascii_lowercase();
        REACHING.iter().any(|known| action.starts_with(known))
    };
    let steps = job.get("steps").into_iter().flat_map(Node::items);
    if steps.into_iter().any(reaches) {
        return Purpose::Real;
    }
    // What a job starts beside itself is there for a test.
    let tests = job.get("services").is_some();
    whole.filter(|_| !tests).unwrap_or(Purpose::Test)
}

/// The shell of steps that name none: bash, or another one that isn't read.
fn default_shell<'s>(node: Node<'_, 's>) -> Option<&'s str> {
    node.path(&["defaults", "run", "shell"])?.as_str()
}

fn job<'s>(job: Node<'_, 's>, part: Part<'s>, shell: Option<&'s str>, reader: &mut Reader<'s>) {
    let shell = default_shell(job).or(shell).or_else(|| {
        let runner = job.get("runs-on").and_then(Node::as_str).unwrap_or_default();
        runner.starts_with("windows").then_some("pwsh")
    });
    if let Some(env) = job.get("env") {
        super::variables(env, part, |_| false, reader);
    }
    if let Some(matrix) = job.path(&["strategy", "matrix"]) {
        places(matrix, part, reader);
    }
    if let Some(container) = job.get("container") {
        if container.kind() == Kind::Scalar {
            super::pulled(container, part, reader);
        } else {
            self::container(container, part, false, reader);
        }
    }
    for service in job.get("services").into_iter().flat_map(super::own) {
        let subject = reader.sources.keep(format!("service {}", service.key).into());
        reader.reading.blocks.push(service.key_span.to(service.value.span()));
        let part = Part { subject, ..part.within(service.value.span()) };
        container(service.value, part, true, reader);
    }
    // A reusable workflow is called with inputs.
    if let Some(with) = job.get("with") {
        inputs(with, part.within(with.span()), reader);
    }
    for step in job.get("steps").into_iter().flat_map(Node::items) {
        self::step(step, part, shell, reader);
    }
}

/// The container that a job runs in, or one that runs beside it.
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idservices>
fn container<'s>(node: Node<'_, 's>, part: Part<'s>, beside: bool, reader: &mut Reader<'s>) {
    if let Some(image) = node.get("image") {
        super::pulled(image, part, reader);
    }
    if let Some(env) = node.get("env") {
        let part = part.within(env.span());
        super::variables(env, part, |_| beside, reader);
    }
    if let Some(login) = node.get("credentials") {
        super::credentials(login, part, reader);
    }
    if let Some(options) = node.get("options") {
        super::options(options, part, reader);
    }
    if let Some(volumes) = node.get("volumes") {
        super::volumes(volumes, part, reader);
    }
}

fn step<'s>(step: Node<'_, 's>, part: Part<'s>, shell: Option<&'s str>, reader: &mut Reader<'s>) {
    if step.kind() != Kind::Mapping || step.alias_span().is_some() {
        return;
    }
    reader.reading.blocks.push(step.span());
    let own = part.within(step.span());
    if let Some(env) = step.get("env") {
        super::variables(env, own, |_| false, reader);
    }
    let used = step.get("uses").and_then(super::text);
    if let Some(used) = used.filter(|used| used.as_str().starts_with("docker://")) {
        let image = used.part("docker://".len()..used.as_str().len());
        reader.reading.facts.images.extend(crate::formats::image::image(&image, part.subject));
    }
    if let Some(with) = step.get("with") {
        inputs(with, own.within(with.span()), reader);
    }
    let shell = step.get("shell").and_then(Node::as_str).or(shell);
    if let Some(run) = step.get("run").and_then(super::text).filter(|_| is_shell(shell)) {
        super::commands(&run, part, reader);
    }
}

fn is_shell(shell: Option<&str>) -> bool {
    shell.is_none_or(|shell| {
        matches!(shell.split([' ', '/']).next_back(), Some("sh" | "bash"))
            || shell.starts_with("bash")
            || shell.starts_with("sh ")
    })
}

/// Names of inputs that say how an action itself works, not what it works on.
const MANNERS: &[&str] =
    &["debug", "verbose", "log", "loglevel", "environment", "env", "mode", "cache", "key", "body"];

/// What an action is given. It reaches what it names, in a test too; secrets count as everywhere in a job.
fn inputs<'s>(with: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    for entry in super::own(with) {
        let key = Key::new(entry.key);
        let Some(text) = super::text(entry.value).filter(|text| !super::is_filled_in(text.as_str())) else {
            continue;
        };
        if matches!(entry.key, "build-args" | "secrets" | "build-contexts") {
            build_arguments(&text, entry.key == "build-args", part, reader);
            continue;
        }
        let place = names_place(&key) && part.purpose == Purpose::Test;
        // A message may speak of an address.
        let is_text = text.as_str().contains(char::is_whitespace);
        let counts = part.purpose == Purpose::Real && !key.has_any(MANNERS) && !is_text;
        if place || counts || secret::is_evident(&key, text.as_str()) {
            super::setting(entry.key, entry.key_span, text, Store::Setting, part, reader);
        }
    }
}

fn names_place(key: &Key<'_>) -> bool {
    ["region", "regions", "location", "zone"].iter().any(|word| key.last().eq_ignore_ascii_case(word))
}

/// `NAME=value` on each line, which every layer of the image remembers.
/// <https://docs.docker.com/build/building/secrets/>
fn build_arguments<'s>(text: &Text<'s>, are_arguments: bool, part: Part<'s>, reader: &mut Reader<'s>) {
    let mut start = 0;
    for line in text.as_str().split_inclusive('\n') {
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        let Some((name, value)) = line.trim().split_once('=') else { continue };
        let value = text.part(at + name.len() + 1..at + name.len() + 1 + value.len());
        let evident = secret::is_evident(&Key::new(name), value.as_str());
        if super::is_filled_in(value.as_str()) || part.purpose == Purpose::Test && !evident {
            continue;
        }
        let key = text.span(at..at + name.len());
        let store = if are_arguments { Store::Image } else { Store::Setting };
        let name = reader.sources.keep(name.to_owned().into());
        super::setting(name, key, value, store, part, reader);
    }
}

/// What inputs are unless somebody says otherwise.
fn defaults<'s>(inputs: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    for input in super::own(inputs) {
        let default = input.value.get("default").and_then(super::text);
        let key = Key::new(input.key);
        if let Some(default) = default.filter(|_| !key.has_any(MANNERS)) {
            super::variable(input.key, input.key_span, default, part.within(input.value.span()), reader);
        }
    }
}

/// The regions that a job runs for one by one.
fn places<'s>(matrix: Node<'_, 's>, part: Part<'s>, reader: &mut Reader<'s>) {
    for entry in super::own(matrix).filter(|entry| names_place(&Key::new(entry.key))) {
        for item in entry.value.items().filter_map(super::text) {
            super::variable(entry.key, entry.key_span, item, part, reader);
        }
    }
    for combination in matrix.get("include").into_iter().flat_map(Node::items) {
        for entry in super::own(combination).filter(|entry| names_place(&Key::new(entry.key))) {
            if let Some(text) = super::text(entry.value) {
                super::variable(entry.key, entry.key_span, text, part.within(combination.span()), reader);
            }
        }
    }
}

/// An action of its own: steps, or a container.
/// <https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax>
fn action<'s>(root: Node<'_, 's>, runs: Node<'_, 's>, reader: &mut Reader<'s>) {
    let named = root.get("name").and_then(Node::as_str).unwrap_or_default();
    let purpose = Purpose::of_name(named).unwrap_or(Purpose::Test);
    let part = Part { subject: "this action", purpose, scope: Scope(runs.span()) };
    if let Some(inputs) = root.get("inputs") {
        defaults(inputs, part, reader);
    }
    if let Some(env) = runs.get("env") {
        super::variables(env, part, |_| false, reader);
    }
    if let Some(image) =
        runs.get("image").filter(|image| image.as_str().is_some_and(|name| name.starts_with("docker://")))
    {
        super::pulled(image, part, reader);
    }
    for step in runs.get("steps").into_iter().flat_map(Node::items) {
        self::step(step, part, None, reader);
    }
}
