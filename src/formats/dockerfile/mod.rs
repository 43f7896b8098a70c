//! Dockerfiles: the stages as containers, what is baked into them, and what is run to build them.

mod configuration;
mod contents;
mod copies;
mod installs;
mod stages;
mod user;

use super::unread::syntax_errors;
use super::{Candidate, Format, Reader};
use crate::syntax::dockerfile;

pub(super) const FORMAT: Format = Format {
    name: "dockerfile",
    doc: "Dockerfiles: `Dockerfile*`, `*.dockerfile`, `Containerfile*`",
    by_name,
    by_content: |_, _| None,
    read,
};

/// Extensions of files that are about Dockerfiles, pack one, or make one.
const OTHERS: &[&str] = &[
    "adoc",
    "dockerignore",
    "ejs",
    "erb",
    "go",
    "gotmpl",
    "gz",
    "hbs",
    "html",
    "jinja",
    "jinja2",
    "js",
    "json",
    "j2",
    "md",
    "mdx",
    "mustache",
    "png",
    "ps1",
    "py",
    "rs",
    "rst",
    "sh",
    "svg",
    "tar",
    "toml",
    "ts",
    "tsx",
    "txt",
    "vim",
    "yaml",
    "yml",
    "zip",
];

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    let extension = candidate.extension();
    if OTHERS.iter().any(|one| extension.eq_ignore_ascii_case(one)) {
        return None;
    }
    let starts = |prefix: &str| {
        let rest = name.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
        rest.is_some()
            && name
                .get(prefix.len()..)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    if starts("Dockerfile") {
        Some("named Dockerfile*")
    } else if starts("Containerfile") {
        Some("named Containerfile*")
    } else if extension.eq_ignore_ascii_case("dockerfile") || extension.eq_ignore_ascii_case("containerfile")
    {
        Some("named *.dockerfile")
    } else {
        None
    }
}

fn read(reader: &mut Reader<'_>) {
    let file = dockerfile::parse(&reader.text, reader.sources);
    stages::read(reader, &file);
    reader.reading.comments.extend(file.comments);
    syntax_errors(&mut reader.reading.facts, reader.sources, file.errors);
}

#[cfg(test)]
mod tests;
