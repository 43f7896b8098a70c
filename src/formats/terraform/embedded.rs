//! Other formats in heredocs: manifests that Terraform applies, values that it gives to charts.

use crate::facts::Store;
use crate::formats::{Format, Reader, helm_values, kubernetes};
use crate::syntax::hcl::{Body, Expression, Kind};

/// Type, attribute, and the format of the text.
const TEXTS: &[(&str, &str, &Format)] = &[
    ("kubectl_manifest", "yaml_body", &kubernetes::FORMAT),
    ("k8s_manifest", "content", &kubernetes::FORMAT),
    ("helm_release", "values", &helm_values::FORMAT),
];

/// Reads them, as far as nothing is put into them.
pub(super) fn read<'s>(body: &Body<'s>, reader: &mut Reader<'s>) {
    for block in body.blocks_of("resource") {
        let Some(kind) = block.labels.first() else { continue };
        for (_, attribute, format) in TEXTS.iter().filter(|(of, ..)| of == kind) {
            let Some(attribute) = block.body.attribute(attribute) else { continue };
            let items: &[Expression<'s>] = match &attribute.value.kind {
                Kind::List(items) => items,
                _ => std::slice::from_ref(&attribute.value),
            };
            for text in items.iter().filter_map(Expression::literal) {
                reader.embed(text, format, Store::Setting);
            }
        }
    }
}
