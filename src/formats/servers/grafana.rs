//! What Grafana is provided with: data sources and contact points.
//! <https://grafana.com/docs/grafana/latest/administration/provisioning/>

use super::documented::{Documented, Meaning, state};
use super::is_yaml;
use crate::formats::sections::{has_key, parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::yaml::Mode;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "grafana",
    doc: "what Grafana is provided with: YAML with `apiVersion` and `datasources` or `contactPoints`",
    by_name: |_| None,
    by_content,
    read,
};

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let provides = || has_key(text, "datasources") || has_key(text, "contactPoints");
    (is_yaml(candidate, &[""]) && provides() && has_key(text, "apiVersion") && !has_key(text, "kind"))
        .then_some("apiVersion and datasources or contactPoints")
}

const DOCUMENTED: Documented = &[
    // Links that a reader may follow.
    ("datasources.jsonData.exemplarTraceIdDestinations.*", Meaning::Nothing),
    ("datasources.jsonData.derivedFields.*", Meaning::Nothing),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    for document in &stream.documents {
        state(reader, &sections(document, reader.sources), DOCUMENTED);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_what_they_provide() {
        let text = "apiVersion: 1\ndatasources:\n  - name: a\n";
        assert_eq!(recognised("provisioning/datasources/default.yaml", text), Some("grafana"));
        assert_eq!(recognised("x.yml", "apiVersion: 1\ncontactPoints: []\n"), Some("grafana"));
        for text in [
            "apiVersion: 1\nproviders: []\n",
            "apiVersion: v1\nkind: X\ndatasources: []\n",
            "datasources: []\n",
        ] {
            assert_ne!(recognised("x.yaml", text), Some("grafana"), "{text}");
        }
    }

    #[test]
    fn sources_have_settings_and_links_are_none() {
        let text = "apiVersion: 1\ndatasources:\n  - url: db:5432\n    jsonData:\n      sslmode: disable\n      derivedFields: [{url: 'http://x.example.org'}]\n    secureJsonData: {password: p}\n";
        assert_eq!(
            read_as("grafana", text).settings,
            [
                "apiVersion=1",
                "datasources.url=db:5432",
                "datasources.jsonData.sslmode=disable",
                "datasources.secureJsonData.password=p"
            ]
        );
    }
}
