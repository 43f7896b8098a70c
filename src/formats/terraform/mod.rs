//! Terraform, and `OpenTofu` which reads the same: what providers, resources, variables and their values state.
//! <https://developer.hashicorp.com/terraform/language>
//!
//! All files of a folder are one module, so a file means something only together with its neighbours:
//! reading keeps the trees, joining understands them.

mod containers;
mod embedded;
mod encryption;
mod module;
mod network;
mod places;
mod resource;
mod retention;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::unread::{problem, syntax_errors};
use super::{Candidate, Format, Reader, Reading};
use crate::facts::ProblemKind;
use crate::source::Sources;
use crate::syntax::hcl::{self, Body};
use module::Module;

pub(super) const FORMAT: Format = Format {
    name: "terraform",
    doc: "Terraform and OpenTofu: `*.tf`, `*.tofu`, `*.tfvars`",
    by_name,
    by_content: |_, _| None,
    read,
};

/// The trees of a file: one, or as many as it has parts.
pub(super) type File<'s> = Vec<Body<'s>>;

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    // What `terraform init` fetched is somebody else's.
    if candidate.path.split('/').any(|folder| folder == ".terraform") {
        return None;
    }
    let template = [".example", ".sample", ".template", ".dist", ".tmpl"];
    let values = template.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    if values.ends_with(".tfvars") {
        return Some("named *.tfvars");
    }
    match candidate.extension() {
        "tf" => Some("named *.tf"),
        "tofu" => Some("named *.tofu"),
        _ => None,
    }
}

fn read(reader: &mut Reader<'_>) {
    let sources = reader.sources;
    let file = hcl::parse(&reader.text, sources);
    let reading = &mut reader.reading;
    reading.comments.extend(file.comments);
    syntax_errors(&mut reading.facts, sources, file.errors);
    if let Some(place) = file.too_deep {
        let detail = format!("nested more than {} levels deep", hcl::DEPTH);
        problem(&mut reading.facts, sources, ProblemKind::Unreadable, place, detail);
    }
    reading.blocks.extend(file.body.blocks.iter().map(|block| block.span));
    embedded::read(&file.body, reader);
    reader.reading.unjoined.terraform.push(file.body);
}

/// Understands the files of each folder together.
pub(super) fn join<'s>(readings: &mut [Reading<'s>], sources: &'s Sources) {
    let mut modules: BTreeMap<&'s str, Vec<(usize, File<'s>)>> = BTreeMap::new();
    for (index, reading) in readings.iter_mut().enumerate() {
        let file = std::mem::take(&mut reading.unjoined.terraform);
        if !file.is_empty() {
            // The blocks of a document belong together, whatever stands beside it.
            let is_file = reading.format.name == FORMAT.name;
            let folder = reading.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            modules.entry(if is_file { folder } else { reading.path }).or_default().push((index, file));
        }
    }
    let paths = |files: &[(usize, File<'s>)]| -> Vec<&'s str> {
        files.iter().map(|(index, _)| readings.get(*index).map_or("", |reading| reading.path)).collect()
    };
    let paths: Vec<Vec<&'s str>> = modules.values().map(|files| paths(files)).collect();
    let mut known: Vec<(&'s str, Module<'_, 's>)> = modules
        .iter()
        .zip(&paths)
        .map(|((folder, files), paths)| (*folder, Module::new(files, paths, sources)))
        .collect();
    module::link(&mut known);
    for ((files, paths), (_, module)) in modules.values().zip(&paths).zip(&known) {
        for ((index, bodies), path) in files.iter().zip(paths) {
            let Some(reading) = readings.get_mut(*index) else { continue };
            for body in bodies {
                resource::state(body, path, module, &mut reading.facts);
            }
        }
    }
}

/// Whether a file holds values for variables, and nothing else.
fn holds_values(path: &str) -> bool {
    path.contains(".tfvars")
}

/// Whether Terraform reads a file of values without being told to.
/// <https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files>
fn is_read_unasked(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
}
