//! The configuration of the control plane and of kubelets: what it says of TLS, audit logs and keys, as
//! settings.

use super::lookup::{known_str, look};
use super::manifest::Manifest;
use crate::facts::{Scope, Store};
use crate::formats::Reader;
use crate::formats::settings::Draft;
use crate::source::{Span, Text};
use crate::syntax::yaml::{Kind, Node};

/// The parts of a cluster configuration that take flags of their program.
const PROGRAMS: [&str; 5] = ["apiServer", "controllerManager", "scheduler", "etcd", "nodeRegistration"];

/// Reads one of the kinds of `*.config.k8s.io` and kubeadm.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    for key in ["tlsMinVersion", "tlsCipherSuites"] {
        if let Some(entry) = manifest.root.entry(key) {
            setting(manifest, key, entry.key_span, entry.value, reader);
        }
    }
    for program in PROGRAMS {
        for path in [
            [program, "extraArgs"].as_slice(),
            &[program, "local", "extraArgs"],
            &[program, "kubeletExtraArgs"],
        ] {
            if let Some(flags) = manifest.look(path).node() {
                self::flags(manifest, flags, reader);
            }
        }
    }
    encryption_keys(manifest, reader);
}

/// Flags as a mapping, or since kubeadm v1beta4 as a list of names and values.
fn flags<'s>(manifest: &Manifest<'_, 's>, flags: Node<'_, 's>, reader: &mut Reader<'s>) {
    for entry in flags.entries() {
        setting(manifest, entry.key, entry.key_span, entry.value, reader);
    }
    for item in flags.items() {
        if let (Some(name), Some(key), Some(value)) =
            (look(item, &["name"]).node(), known_str(item, "name"), look(item, &["value"]).node())
        {
            setting(manifest, key, name.span(), value, reader);
        }
    }
}

/// The keys of an `EncryptionConfiguration` stand in it as they are.
fn encryption_keys<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    for resource in manifest.look(&["resources"]).items() {
        for provider in look(resource, &["providers"]).items().flat_map(Node::entries) {
            for key in look(provider.value, &["keys"]).items() {
                if let Some(entry) = key.entry("secret") {
                    setting(manifest, entry.key, entry.key_span, entry.value, reader);
                }
            }
        }
    }
}

/// States a leaf; a list becomes its items joined by commas, as flags take them.
pub(super) fn setting<'s>(
    manifest: &Manifest<'_, 's>,
    key: &'s str,
    key_span: Span,
    value: Node<'_, 's>,
    reader: &mut Reader<'s>,
) {
    let text = match value.kind() {
        Kind::Scalar if value.as_str().is_some() && !value.is_null() => value.text(),
        Kind::Sequence if !value.is_open() => joined(value, reader),
        _ => return,
    };
    let draft = Draft {
        key,
        key_span,
        text,
        store: Store::Setting,
        scope: Scope(manifest.span),
        subject: manifest.subject,
        image: None,
        uses: Vec::new(),
    };
    reader.reading.facts.settings.push(draft.setting());
}

fn joined<'s>(list: Node<'_, 's>, reader: &Reader<'s>) -> Text<'s> {
    let mut parts: Vec<Text<'s>> = Vec::new();
    for item in list.items().filter(|item| item.as_str().is_some()) {
        if !parts.is_empty() {
            parts.push(Text::decoded(item.span().head(), ","));
        }
        parts.push(item.text());
    }
    if parts.is_empty() {
        Text::verbatim(list.span().head(), "")
    } else {
        Text::joined(&parts, reader.sources)
    }
}
