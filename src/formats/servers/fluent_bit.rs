//! Fluent Bit in its classic mode. Each section is a plugin, and what stands in it belongs together.
//! <https://docs.fluentbit.io/manual/administration/transport-security>

use super::documented::{Documented, Meaning, state};
use super::{entry, extension, finish, is_yaml, setting, statements};
use crate::facts::Scope;
use crate::formats::sections::{has_key, parse as read_yaml, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::ini::{Dialect, parse};
use crate::syntax::yaml::Mode;

pub(in crate::formats) const FORMAT: Format = Format {
    name: "fluent-bit",
    doc: "Fluent Bit's configuration: `*.conf` or YAML with `fluent` or `td-agent-bit` in its path that reads like it",
    by_name: |_| None,
    by_content,
    read,
};

const SECTIONS: &[&str] = &["[SERVICE]", "[INPUT]", "[FILTER]", "[OUTPUT]"];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    let named = candidate.path.contains("fluent") || candidate.path.contains("td-agent-bit");
    if named && is_yaml(candidate, &[""]) && has_key(text, "pipeline") && !has_key(text, "apiVersion") {
        return Some("reads like Fluent Bit's YAML");
    }
    if !named || extension(candidate) != "conf" {
        return None;
    }
    let is_section = |line: &str| SECTIONS.iter().any(|section| line.eq_ignore_ascii_case(section));
    statements(text).any(is_section).then_some("reads like Fluent Bit's configuration")
}

/// How much the TLS library tells: <https://docs.fluentbit.io/manual/administration/transport-security>
const DOCUMENTED: Documented = &[("**.tls.debug", Meaning::Nothing)];

fn read(reader: &mut Reader<'_>) {
    if has_key(reader.text.as_str(), "pipeline") {
        let stream = read_yaml(reader, Mode::Plain);
        for document in &stream.documents {
            state(reader, &sections(document, reader.sources), DOCUMENTED);
        }
        return;
    }
    let file = parse(&reader.text, Dialect::FluentBit, reader.sources);
    let subject = reader.reading.path;
    for (section, found) in file.entries() {
        let scope = Scope(section.span);
        if found.key.eq_ignore_ascii_case("@SET") {
            if let Some((name, value)) = found.value.as_str().split_once('=') {
                let text = found.value.part(name.len() + 1..name.len() + 1 + value.len());
                setting(reader, name.trim(), found.key_span, text, scope, subject);
            }
            continue;
        }
        // How much the TLS library tells: https://docs.fluentbit.io/manual/administration/transport-security
        let is_detail = found.key.eq_ignore_ascii_case("tls.debug");
        if !found.key.starts_with('@') && !found.value.as_str().is_empty() && !is_detail {
            entry(reader, found, scope, subject);
        }
    }
    finish(reader, file.comments, file.errors);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};

    #[test]
    fn files_are_told_by_path_and_content() {
        for path in ["fluent-bit.conf", "fluent-bit/outputs.conf", "logging/fluentbit.conf.template"] {
            assert_eq!(recognised(path, "# x\n[OUTPUT]\n    Name es\n"), Some("fluent-bit"), "{path}");
        }
        let yaml = "service:\n  flush: 1\npipeline:\n  outputs: []\n";
        assert_eq!(recognised("fluent-bit.yaml", yaml), Some("fluent-bit"));
        assert_eq!(recognised("pipeline.yaml", yaml), None);
        assert_eq!(recognised("fluentd/fluent.conf", "<source>\n  @type forward\n</source>\n"), None);
        assert_eq!(recognised("app.conf", "[OUTPUT]\n    Name es\n"), None);
    }

    #[test]
    fn plugins_have_settings() {
        let text = "@SET home=/x\n[SERVICE]\n    Flush 1\n[OUTPUT]\n    Name es\n    tls.debug 1\n    tls Off\n    HTTP_Passwd a # b\n@INCLUDE x.conf\n";
        assert_eq!(
            read_as("fluent-bit", text).settings,
            ["home=/x", "Flush=1", "Name=es", "tls=Off", "HTTP_Passwd=a # b"]
        );
    }

    #[test]
    fn plugins_in_yaml_belong_together_too() {
        let text = "pipeline:\n  outputs:\n    - name: es\n      tls: off\n      tls.debug: 1\n      http_passwd: a\n";
        assert_eq!(
            read_as("fluent-bit", text).settings,
            ["pipeline.outputs.name=es", "pipeline.outputs.tls=off", "pipeline.outputs.http_passwd=a"]
        );
    }
}
