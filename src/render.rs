//! Charts rendered by `helm`, where that is asked for: what their templates become with their own values.
//! <https://helm.sh/docs/helm/helm_template/>

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use crate::formats::Renderings;
use crate::walk::{File, Root};

/// How long one chart may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often is looked whether it is done.
const PAUSE: Duration = Duration::from_millis(10);

/// Renders all charts among some files that are no parts of others. The second answer says what went wrong.
#[must_use]
pub fn render(files: &[File], root: &Root) -> (Renderings, Vec<String>) {
    let (mut renderings, mut failures) = (Renderings::default(), Vec::new());
    for folder in charts(files) {
        match template(&root.folder().join(folder)) {
            Ok(output) => renderings.add(folder, split(folder, &output)),
            Err(reason) => failures.push(format!("{}: {reason}", root.shown(folder))),
        }
    }
    (renderings, failures)
}

/// The folders of charts that don't lie in another chart.
fn charts(files: &[File]) -> Vec<&str> {
    let folder = |path: &'_ str| match path.rsplit_once('/') {
        Some((_, "Chart.yaml")) => Some(path.len() - "/Chart.yaml".len()),
        None if path == "Chart.yaml" => Some(0),
        _ => None,
    };
    let all: Vec<&str> = files.iter().filter_map(|file| file.path.get(..folder(&file.path)?)).collect();
    let inside = |one: &str, other: &str| {
        one.strip_prefix(other)
            .is_some_and(|rest| rest.starts_with('/') || other.is_empty() && !rest.is_empty())
    };
    all.iter().copied().filter(|one| !all.iter().any(|other| inside(one, other))).collect()
}

/// What `helm template` writes for the chart in a folder.
fn template(folder: &Path) -> Result<String, String> {
    let mut helm = Command::new("helm");
    helm.args(["template", "release"]).arg(folder);
    helm.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = helm.spawn().map_err(|error| format!("cannot run helm: {error}"))?;
    let (output, errors) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let done = wait(&mut child);
    let read = |reader: thread::JoinHandle<Vec<u8>>| String::from_utf8(reader.join().unwrap_or_default());
    let (output, errors) = (read(output), read(errors).unwrap_or_default());
    match done {
        Some(true) => output.map_err(|_| "helm wrote what is not UTF-8".to_owned()),
        Some(false) => {
            let first = errors.lines().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
            Err(format!("helm could not render the chart: {first}"))
        }
        None => Err(format!("helm was stopped after {} seconds", PATIENCE.as_secs())),
    }
}

/// Reads all that a program writes, beside everything else.
fn drain(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            // What was read until it failed is all there is.
            let _ = from.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Whether a program succeeded; nothing where it had to be stopped.
fn wait(child: &mut Child) -> Option<bool> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if start.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Ok(None) | Err(_) => {
                // It may have ended by itself.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// What became of each template, by its path. Helm names it by its chart: `# Source: web/templates/a.yaml`.
fn split(folder: &str, output: &str) -> FxHashMap<String, String> {
    let mut templates: FxHashMap<String, String> = FxHashMap::default();
    let mut path = None;
    for line in output.split_inclusive('\n') {
        if line.trim_end() == "---" {
            path = None;
        } else if let Some(source) = line.strip_prefix("# Source: ") {
            let inside = source.trim_end().split_once('/').map_or("", |(_, inside)| inside);
            let own = if folder.is_empty() { inside.to_owned() } else { format!("{folder}/{inside}") };
            templates.entry(own.clone()).or_default().push_str("---\n");
            path = Some(own);
        } else if let Some(text) = path.as_ref().and_then(|path| templates.get_mut(path)) {
            text.push_str(line);
        }
    }
    templates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_belong_to_the_templates_that_helm_names() {
        let output = "---\n# Source: web/templates/a.yaml\na: 1\n---\n# Source: web/charts/db/templates/b.yaml\nb: 1\n---\n# Source: web/templates/a.yaml\na: 2\n";
        let templates = split("deploy/web", output);
        assert_eq!(templates["deploy/web/templates/a.yaml"], "---\na: 1\n---\na: 2\n");
        assert_eq!(templates["deploy/web/charts/db/templates/b.yaml"], "---\nb: 1\n");
    }

    #[test]
    fn parts_of_charts_are_rendered_with_them() {
        let file = |path: &str| File { path: path.into(), location: path.into() };
        let files = ["a/Chart.yaml", "a/charts/b/Chart.yaml", "ab/Chart.yaml", "x/values.yaml"].map(file);
        assert_eq!(charts(&files), ["a", "ab"]);
        assert_eq!(charts(&["Chart.yaml", "charts/b/Chart.yaml"].map(file)), [""]);
    }
}
