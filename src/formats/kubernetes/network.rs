//! Network policies: which pods they select.

use super::lookup::{Found, pairs};
use super::manifest::Manifest;
use crate::formats::Reader;

/// Reads a NetworkPolicy or one of Cilium's.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let Some(mut object) = manifest.object() else { return };
    let selector = match manifest.kind {
        "NetworkPolicy" => "podSelector",
        _ => "endpointSelector",
    };
    object.selector = match manifest.look(&["spec", selector]) {
        Found::Stated(node) => {
            let labels = node.get("matchLabels").map(pairs).unwrap_or_default();
            // Expressions may only narrow what is selected; what they select is left open.
            object.open = node.get("matchExpressions").is_some() || node.is_open();
            Some(labels)
        }
        // Without a selector all pods of the namespace are meant.
        Found::Absent => Some(Vec::new()),
        Found::Unknown => {
            object.open = true;
            Some(Vec::new())
        }
    };
    reader.reading.links.objects.push(object);
}
