//! Templates of Helm charts: plain references to values (`{{ .Values.image.tag }}`) stand for what the chart's
//! own values say, so a finding lies on the value. Everything else that is to be rendered stays unknown.
//! <https://helm.sh/docs/chart_template_guide/values_files/>

use rustc_hash::FxHashMap;

use super::rendered::placed;
use crate::formats::{Reader, Reading};
use crate::source::{Sources, Text};
use crate::syntax::yaml::{self, Kind, Mode, Node, Stream};

/// The folder of the chart whose template lies at a path.
pub(super) fn folder(path: &str) -> Option<&str> {
    path.rsplit_once("/templates/").map(|(folder, _)| folder).or(path.starts_with("templates/").then_some(""))
}

/// The path of a file in a chart's folder.
pub(super) fn file(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Reads the templates that waited for the values of their chart.
pub(super) fn join<'s>(readings: &mut [Reading<'s>], sources: &'s Sources, read: fn(&mut Reader<'s>)) {
    let waiting: Vec<usize> = (0..readings.len())
        .filter(|index| readings.get(*index).is_some_and(|reading| reading.unjoined.template))
        .collect();
    if waiting.is_empty() {
        return;
    }
    let charts = Charts::new(readings, sources);
    for index in waiting {
        let Some(reading) = readings.get_mut(index) else { continue };
        let text = sources.text(reading.file);
        let rendered = folder(reading.path)
            .and_then(|folder| yaml::with_values(&text, sources, &mut |path| charts.value(folder, path)));
        reading.unjoined.template = false;
        Reader::resume(sources, rendered.unwrap_or(text), reading, read);
    }
}

/// Reads the templates that were rendered.
pub(super) fn render<'s>(
    readings: &mut [Reading<'s>],
    renderings: &Renderings,
    sources: &'s Sources,
    read: fn(&mut Reader<'s>),
) {
    for reading in readings.iter_mut().filter(|reading| reading.unjoined.template) {
        if let Some(rendered) = renderings.of(reading.path) {
            let text = placed(&sources.text(reading.file), sources.keep(rendered.to_owned().into()));
            reading.unjoined.template = false;
            Reader::resume(sources, text, reading, read);
        }
    }
}

/// What a renderer made of the templates of charts.
#[derive(Default, Debug)]
pub struct Renderings {
    charts: Vec<String>,
    templates: FxHashMap<String, String>,
}

impl Renderings {
    /// Takes in the chart of a folder: the text of each template that isn't empty, by its path from the root
    /// of the run.
    pub fn add(&mut self, folder: &str, templates: FxHashMap<String, String>) {
        self.charts.push(folder.to_owned());
        self.templates.extend(templates);
    }

    /// What the template at a path became, maybe nothing at all; nothing where its chart wasn't rendered.
    fn of(&self, path: &str) -> Option<&str> {
        let rendered = self.charts.iter().any(|folder| {
            folder.is_empty() || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        });
        rendered.then(|| self.templates.get(path).map_or("", String::as_str))
    }
}

/// The values of all charts: those in `values.yaml`, and those of other files, which may replace them.
struct Charts<'s> {
    values: FxHashMap<&'s str, Stream<'s>>,
    others: FxHashMap<&'s str, Vec<Stream<'s>>>,
}

impl<'s> Charts<'s> {
    fn new(readings: &[Reading<'s>], sources: &'s Sources) -> Self {
        let mut charts = Charts { values: FxHashMap::default(), others: FxHashMap::default() };
        for reading in readings.iter().filter(|reading| reading.format.name == "helm-values") {
            let (folder, name) = reading.path.rsplit_once('/').unwrap_or(("", reading.path));
            let stream = yaml::parse(&sources.text(reading.file), sources, Mode::Plain);
            if matches!(name, "values.yaml" | "values.yml") {
                charts.values.insert(folder, stream);
            } else {
                charts.others.entry(folder).or_default().push(stream);
            }
        }
        charts
    }

    /// What a reference in a chart of this folder stands for; nothing where that depends on which files are
    /// given, or where the value is left for the deployment to fill in.
    fn value(&self, folder: &str, path: &str) -> Option<Text<'s>> {
        // A chart within another: https://helm.sh/docs/chart_template_guide/subcharts_and_globals/
        if let Some((parent, name)) = folder.rsplit_once("/charts/") {
            let global = path.starts_with("global.");
            let path = if global { path.to_owned() } else { format!("{name}.{path}") };
            if self.all(parent).any(|stream| find(stream, &path).is_some()) {
                return self.value(parent, &path);
            }
        }
        let elsewhere = self.others.get(folder).into_iter().flatten();
        let replaced = elsewhere.into_iter().any(|stream| find(stream, path).is_some());
        let node = find(self.values.get(folder)?, path).filter(|_| !replaced)?;
        let text = node.as_str().filter(|text| !text.is_empty() && !text.contains('\n'))?;
        (node.kind() == Kind::Scalar && !node.is_null() && !text.contains("{{")).then(|| node.text())
    }

    fn all(&self, folder: &str) -> impl Iterator<Item = &Stream<'s>> {
        self.values.get(folder).into_iter().chain(self.others.get(folder).into_iter().flatten())
    }
}

fn find<'t, 's>(stream: &'t Stream<'s>, path: &str) -> Option<Node<'t, 's>> {
    let root = stream.documents.first()?.root();
    path.split('.').try_fold(root, Node::get)
}

#[cfg(test)]
mod tests {
    use crate::formats::{Reader, Reading, find, join};
    use crate::source::{Sources, Span};

    const TEMPLATE: &str = r#"apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
      env:
        - {name: URL, value: {{ .Values.url | quote }}}
      securityContext:
        runAsUser: {{ $.Values.uid }}
        privileged: {{ .Values.other | default true }}
"#;

    const VALUES: &str = "image: {name: r.example/a, tag: latest}\nurl: http://b\nuid: 0\nother: true\n";

    /// Reads values files and a template, and shows what the template's facts are: the container's user, the
    /// image and the setting, each with the file and the bytes where it stands.
    fn known(files: &[(&str, &str)], template: &str) -> Vec<String> {
        let sources = Sources::default();
        let read = |path: &str, text: &str, format| {
            let file = sources.add(path.into(), text.into());
            Reader::read(&sources, file, find(format).unwrap())
        };
        let mut readings: Vec<Reading<'_>> =
            files.iter().map(|(path, text)| read(path, text, "helm-values")).collect();
        readings.push(read(template, TEMPLATE, "kubernetes"));
        join(&mut readings, &sources);
        let facts = &readings.last().unwrap().facts;
        let at = |span: Span| format!("{} {}", sources.file(span.file).path(), sources.slice(span));
        let users = facts.containers.iter().filter_map(|container| container.user.span());
        let images = facts.images.iter().map(|image| image.head.anchor);
        let settings = facts.settings.iter().map(|setting| setting.text.span(0..setting.text.as_str().len()));
        users.chain(images).chain(settings).map(at).collect()
    }

    #[test]
    fn plain_references_stand_for_the_values_of_the_chart() {
        let found = known(&[("c/values.yaml", VALUES)], "c/templates/a.yaml");
        assert_eq!(found, ["c/values.yaml 0", "c/values.yaml latest", "c/values.yaml http://b"]);
    }

    #[test]
    fn values_that_are_not_here_are_unknown() {
        let unknown: [&str; 0] = [];
        assert_eq!(known(&[], "c/templates/a.yaml"), unknown);
        assert_eq!(known(&[("d/values.yaml", VALUES)], "c/templates/a.yaml"), unknown);
        let empty = "image: {name: \"\", tag: ~}\nurl: |\n  a\n  b\nuid: {a: 0}\n";
        assert_eq!(known(&[("c/values.yaml", empty)], "c/templates/a.yaml"), unknown);
    }

    #[test]
    fn what_another_file_replaces_is_unknown() {
        let files = [("c/values.yaml", VALUES), ("c/values-prod.yaml", "uid: 1000\nimage: {tag: \"2\"}\n")];
        assert_eq!(known(&files, "c/templates/a.yaml"), ["c/values.yaml http://b"]);
    }

    #[test]
    fn a_parent_chart_gives_values_to_its_parts() {
        let files = [("c/values.yaml", "d: {uid: 7}\n"), ("c/charts/d/values.yaml", VALUES)];
        let found = known(&files, "c/charts/d/templates/a.yaml");
        assert_eq!(found[0], "c/values.yaml 7");
        assert_eq!(found[1], "c/charts/d/values.yaml latest");
    }
}
