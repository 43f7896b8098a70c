//! Values files of Helm charts: their leaves are settings, and security contexts count where they are stated.

use super::image::image;
use super::kubernetes::values;
use super::settings::Draft;
use super::unread::{problem, yaml_errors};
use super::{Candidate, Format, Reader};
use crate::facts::{ProblemKind, Scope};
use crate::source::Text;
use crate::syntax::yaml::{self, Kind, Mode, Node};

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
    tagged_image(reader, node, of.1);
    whole_image(reader, node, of.1);
    values::security(reader, node, of.1);
    for entry in node.entries() {
        let name = if path.is_empty() { entry.key.to_owned() } else { format!("{path}.{}", entry.key) };
        match entry.value.kind() {
            Kind::Mapping => leaves(reader, entry.value, &name, of, depth - 1),
            Kind::Sequence => {
                for item in entry.value.items() {
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

fn leaf<'s>(
    reader: &mut Reader<'s>,
    name: &str,
    key_span: crate::source::Span,
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

/// `image: name:tag`. Where the tag stands elsewhere, or is the chart's own version, nothing is known.
fn whole_image<'s>(reader: &mut Reader<'s>, node: Node<'_, 's>, subject: &'s str) {
    let Some(whole) = node.get("image").filter(|value| value.kind() == Kind::Scalar) else { return };
    let named = whole.as_str().unwrap_or_default();
    let tagged = named.rsplit('/').next().is_some_and(|last| last.contains(':'));
    if !tagged || named.contains("{{") || named.contains("://") || named.contains(char::is_whitespace) {
        return;
    }
    reader.reading.facts.images.extend(image(&whole.text(), subject));
}

/// `image: {repository, tag}`, as charts write it. Without a tag the chart's own version is taken.
fn tagged_image<'s>(reader: &mut Reader<'s>, node: Node<'_, 's>, subject: &'s str) {
    let text = |key: &str| node.get(key).filter(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    let (Some(repository), Some(tag)) = (text("repository"), text("tag")) else { return };
    let colon = Text::decoded(tag.span(), ":");
    let whole = Text::joined(&[repository.text(), colon, tag.text()], reader.sources);
    if let Some(mut image) = image(&whole, subject) {
        image.head.anchor = tag.span();
        if let crate::facts::Field::Set(stated) = &mut image.reference {
            stated.span = tag.span();
        }
        reader.reading.facts.images.push(image);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::{Candidate, Reader, find};
    use crate::source::Sources;

    #[test]
    fn values_are_recognised_beside_their_chart_only() {
        let named = |path, chart: bool| {
            let candidate = Candidate { path, has_sibling: &|name| chart && name == "Chart.yaml" };
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
}
