//! Values files of Helm charts: their leaves are settings, and security contexts count where they are stated.

use super::image::image;
use super::kubernetes::values;
use super::settings::Draft;
use super::unread::{problem, yaml_errors};
use super::{Candidate, Format, Reader};
use crate::facts::{Field, Image, Pin, ProblemKind, Scope};
use crate::source::{Span, Text};
use crate::syntax::yaml::{self, Kind, Mode, Node};
use crate::value::key::Key;

/// How deep values are followed.
const DEPTH: usize = 32;

pub(super) const FORMAT: Format = Format {
    name: "helm-values",
    doc: "values of Helm charts: `values*.yaml` beside a `Chart.yaml`",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let values = candidate.is_yaml() && candidate.name().starts_with("values");
    (values && (candidate.has_sibling)("Chart.yaml")).then_some("named values*.yaml beside a Chart.yaml")
}

fn read(reader: &mut Reader<'_>) {
    let stream = yaml::parse(&reader.text, reader.sources, Mode::Plain);
    let scope = Scope(reader.text.span(0..0));
    let subject = reader.reading.path;
    for document in &stream.documents {
        leaves(reader, document.root(), "", (scope, subject), DEPTH);
    }
    for duplicate in stream.duplicates {
        let detail = format!("the key `{}` stands twice", duplicate.key);
        problem(&mut reader.reading.facts, reader.sources, ProblemKind::Syntax, duplicate.second, detail);
    }
    yaml_errors(&mut reader.reading.facts, reader.sources, stream.errors);
    reader.reading.comments.extend(stream.comments);
}

/// What all leaves have in common: where they belong together, and whose they are.
type Whole<'s> = (Scope, &'s str);

/// Values of a chart that stand in another file: a release, a kustomization.
pub(super) fn values<'s>(reader: &mut Reader<'s>, node: Node<'_, 's>, subject: &'s str) {
    leaves(reader, node, "", (Scope(node.span()), subject), DEPTH);
}

/// Each scalar with the names from the root to it. An empty value is one that the chart fills in.
fn leaves<'s>(reader: &mut Reader<'s>, node: Node<'_, 's>, path: &str, of: Whole<'s>, depth: usize) {
    if depth == 0 {
        return;
    }
    images(reader, node, path, of.1);
    values::security(reader, node, of.1);
    for entry in node.entries() {
        let name = if path.is_empty() { entry.key.to_owned() } else { format!("{path}.{}", entry.key) };
        match entry.value.kind() {
            Kind::Mapping => leaves(reader, entry.value, &name, of, depth - 1),
            Kind::Sequence => {
                for item in entry.value.items() {
                    if let Some((name, span, value)) = variable(item) {
                        leaf(reader, name, span, value, of);
                        continue;
                    }
                    match item.kind() {
                        Kind::Scalar => leaf(reader, &name, entry.key_span, item, of),
                        _ => leaves(reader, item, &name, of, depth - 1),
                    }
                }
            }
            Kind::Scalar => leaf(reader, &name, entry.key_span, entry.value, of),
        }
    }
}

/// A variable of a container's environment, as Kubernetes lists them.
fn variable<'t, 's>(item: Node<'t, 's>) -> Option<(&'s str, Span, Node<'t, 's>)> {
    let (name, value) = (item.get("name")?, item.get("value")?);
    (value.kind() == Kind::Scalar).then_some((name.as_str()?, name.span(), value))
}

fn leaf<'s>(
    reader: &mut Reader<'s>,
    name: &str,
    key_span: Span,
    value: Node<'_, 's>,
    (scope, subject): Whole<'s>,
) {
    if value.is_null() || value.as_str().is_none_or(str::is_empty) {
        return;
    }
    let draft = Draft {
        key: reader.sources.keep(name.to_owned().into()),
        key_span,
        text: value.text(),
        store: reader.store,
        scope,
        subject,
        image: None,
        uses: Vec::new(),
    };
    reader.reading.facts.settings.push(draft.setting());
}

/// The images that a mapping names, in the ways that charts write them: `image: a/b:1`, `image: a/b` beside
/// `tag: 1`, `image: {repository: a/b, tag: 1}`. Without a tag the chart's own version is taken.
fn images<'s>(reader: &mut Reader<'s>, node: Node<'_, 's>, path: &str, subject: &'s str) {
    let text = |key: &str| node.get(key).filter(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    if ["digest", "sha", "imageDigest"].into_iter().any(|key| text(key).is_some()) {
        return;
    }
    let is_image = Key::new(path).last().eq_ignore_ascii_case("image");
    let tag = text("tag").or_else(|| text("imageTag"));
    let named = text("repository").or_else(|| text("image")).or_else(|| text("name").filter(|_| is_image));
    match (named, tag) {
        (Some(named), Some(tag)) => {
            let colon = Text::decoded(tag.span(), ":");
            let whole = Text::joined(&[named.text(), colon, tag.text()], reader.sources);
            let found = image(&whole, subject);
            reader.reading.facts.images.extend(found.map(|found| at(found, tag.span())));
        }
        // A tag for images that are named elsewhere: by the chart, by a chart that it depends on.
        (None, Some(tag)) if is_image || node.get("imageTag").is_some() => {
            let reference = format!("{path}:{}", tag.as_str().unwrap_or_default());
            let named = Text::decoded(tag.span(), reader.sources.keep(reference.into()));
            let found = image(&named, subject).filter(|found| found.pin.value() == Some(&Pin::Latest));
            reader.reading.facts.images.extend(found.map(|found| Image {
                registry: Field::Unset,
                repository: Field::Unset,
                ..at(found, tag.span())
            }));
        }
        _ => {}
    }
    for entry in node.entries().filter(|_| tag.is_none()) {
        let is_reference =
            is_image && entry.key == "repository" || Key::new(entry.key).last().eq_ignore_ascii_case("image");
        if !is_reference || entry.value.as_str().is_none() {
            continue;
        }
        let tagged =
            |found: &Image<'_>| found.tag.value().is_some() || found.pin.value() == Some(&Pin::Digest);
        reader.reading.facts.images.extend(image(&entry.value.text(), subject).filter(tagged));
    }
}

/// The image, with its tag as the bytes that say which it is.
fn at(mut image: Image<'_>, tag: Span) -> Image<'_> {
    image.head.anchor = tag;
    if let Field::Set(stated) = &mut image.reference {
        stated.span = tag;
    }
    image
}

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find};
    use crate::source::Sources;

    #[test]
    fn values_are_recognised_beside_their_chart_only() {
        let named = |path, chart: bool| {
            let beside = |name: &str| chart && name == "Chart.yaml";
            let candidate = Candidate::new(path, &beside);
            (super::FORMAT.by_name)(&candidate).is_some()
        };
        assert!(named("charts/x/values.yaml", true));
        assert!(named("charts/x/values-prod.yaml", true));
        assert!(!named("charts/x/values.yaml", false));
        assert!(!named("charts/x/Chart.yaml", true));
    }

    #[test]
    fn leaves_are_settings_with_their_whole_names() {
        let sources = Sources::default();
        let text = "redis:\n  auth:\n    enabled: false\n    password: ''\nhosts:\n  - a.example.org\nimage:\n  repository: care/api\n  tag: latest\n";
        let id = sources.add("values.yaml".into(), text.into());
        let reading = Reader::read(&sources, id, find("helm-values").unwrap());
        let settings: Vec<_> = reading
            .facts
            .settings
            .iter()
            .map(|setting| (*setting.key.value().unwrap(), setting.text.as_str()))
            .collect();
        let expected = [
            ("redis.auth.enabled", "false"),
            ("hosts", "a.example.org"),
            ("image.repository", "care/api"),
            ("image.tag", "latest"),
        ];
        assert_eq!(settings, expected);
        assert_eq!(reading.facts.images[0].reference.value(), Some(&"care/api:latest"));
        assert_eq!(sources.slice(reading.facts.images[0].head.anchor), "latest");
    }

    #[test]
    fn variables_in_lists_are_settings_with_their_own_names() {
        let sources = Sources::default();
        let text = "extraEnv:\n  - name: DEBUG\n    value: 'true'\n  - name: TOKEN\n    valueFrom: {secretKeyRef: {name: a, key: b}}\n";
        let id = sources.add("values.yaml".into(), text.into());
        let reading = Reader::read(&sources, id, find("helm-values").unwrap());
        let keys: Vec<_> =
            reading.facts.settings.iter().map(|setting| *setting.key.value().unwrap()).collect();
        assert_eq!(
            keys,
            [
                "DEBUG",
                "extraEnv.name",
                "extraEnv.valueFrom.secretKeyRef.name",
                "extraEnv.valueFrom.secretKeyRef.key"
            ]
        );
    }

    #[test]
    fn images_are_read_in_all_the_ways_that_charts_write_them() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (text, expected) in [
            ("image: nginx:latest", &["nginx:latest"][..]),
            ("image: nginx", &[]),
            ("job:\n  initImage: busybox:1.37", &["busybox:1.37"]),
            ("api:\n  image: care/api\n  tag: '2'", &["care/api:2"]),
            ("image: care/api\nimageTag: latest", &["care/api:latest"]),
            ("image:\n  name: care/api\n  tag: 1.2.3", &["care/api:1.2.3"]),
            ("image:\n  repository: care/api:1.2.3", &["care/api:1.2.3"]),
            ("image:\n  repository: care/api\n  tag: ''", &[]),
            ("global:\n  image:\n    tag: latest", &["global.image:latest"]),
            ("redis:\n  image:\n    tag: '8.2'", &[]),
            ("release:\n  name: spring\n  tag: latest", &[]),
            ("image: postgres:17\nreplicas: 2", &["postgres:17"]),
            (&format!("image:\n  repository: care/api\n  tag: latest\n  digest: {digest}"), &[]),
            ("description: 'an image: latest'", &[]),
        ] {
            let sources = Sources::default();
            let id = sources.add("values.yaml".into(), text.into());
            let reading = Reader::read(&sources, id, find("helm-values").unwrap());
            let found: Vec<_> =
                reading.facts.images.iter().filter_map(|image| image.reference.value().copied()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
