//! The audit policy of an API server.
//! <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy>

use super::lookup::look;
use super::manifest::Manifest;
use crate::facts::{Field, Head, Position, Protects, Switch};
use crate::formats::Reader;

/// What narrows a rule down.
const NARROWING: [&str; 6] = ["users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs"];

/// The first rule that matches decides; where that is a `None` for everything, nothing is recorded.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let Some(rule) = manifest.look(&["rules"]).items().next() else { return };
    let Some(level) = look(rule, &["level"]).node() else { return };
    let catches_all = !rule.is_open()
        && NARROWING.iter().all(|key| {
            let narrowed = look(rule, &[key]);
            narrowed.is_absent()
                || narrowed.node().is_some_and(|list| !list.is_open() && list.items().next().is_none())
        });
    if level.as_str() == Some("None") && catches_all {
        let span = level.span();
        reader.reading.facts.switches.push(Switch {
            head: Head::new(span, manifest.subject),
            protects: Field::set(Protects::Audit, span, "level"),
            position: Field::set(Position::Off, span, "level"),
            key: Field::set("level", span, "level"),
        });
    }
}
