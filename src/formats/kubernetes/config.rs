//! ConfigMaps and Secrets: their entries are settings, or whole files.

use super::lookup::look;
use super::manifest::Manifest;
use super::{annotations, assignments, command, control_plane, document, ingress};
use crate::facts::links::{Account, Object};
use crate::facts::{Field, Records, Retention, Scope, Store};
use crate::formats::commands::is_shell;
use crate::formats::settings::Draft;
use crate::formats::{self, Reader, servers};
use crate::source::{Sources, Span, Text};
use crate::syntax::nginx;
use crate::syntax::yaml::Node;
use crate::value::base64;
use crate::value::key::Key;
use crate::value::secret::{Class, KeyKind, classify_as};

/// One entry of an object's data.
pub(super) struct Datum<'s> {
    pub(super) key: &'s str,
    pub(super) key_span: Span,
    pub(super) text: Text<'s>,
}

/// A ConfigMap. What stands in `binaryData` is not read.
pub(super) fn config_map<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    read(manifest, Store::ConfigMap, &[("data", Coding::Plain), ("binaryData", Coding::Unread)], reader);
}

/// A Secret. One that SOPS encrypted says nothing.
pub(super) fn secret<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let sealed = !manifest.look(&["sops"]).is_absent();
    let data = if sealed { Coding::Unread } else { Coding::Base64 };
    let plain = if sealed { Coding::Unread } else { Coding::Plain };
    read(manifest, Store::Secret, &[("data", data), ("stringData", plain)], reader);
}

/// How the values of a mapping are to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coding {
    Plain,
    Base64,
    Unread,
}

fn read<'s>(manifest: &Manifest<'_, 's>, store: Store, parts: &[(&str, Coding)], reader: &mut Reader<'s>) {
    let mut object = manifest.object();
    for (part, coding) in parts {
        let found = manifest.look(&[part]);
        let Some(data) = found.node() else {
            opened(&mut object, !found.is_absent());
            continue;
        };
        opened(&mut object, data.is_open());
        // Repeated keys are judged each.
        for entry in data.own_entries().filter(|entry| !entry.is_merge()) {
            let text = value(entry.value, *coding, reader.sources);
            if let Some(object) = &mut object {
                object.data.push((entry.key, entry.key_span, text.clone()));
            }
            let Some(text) = text else { continue };
            let datum = Datum { key: entry.key, key_span: entry.key_span, text };
            ingress::controller_option(manifest, &datum, reader);
            state(manifest, datum, store, reader);
        }
    }
    if manifest.patch {
        reader.reading.links.patched.extend(object.map(|object| (object.kind, object.name)));
    } else {
        reader.reading.links.objects.extend(object);
    }
}

fn opened(object: &mut Option<Object<'_>>, open: bool) {
    if let Some(object) = object {
        object.open |= open;
    }
}

fn value<'s>(node: Node<'_, 's>, coding: Coding, sources: &'s Sources) -> Option<Text<'s>> {
    let written = node.as_str()?;
    match coding {
        Coding::Unread => None,
        Coding::Plain if node.is_null() => Some(node.text().part(0..0)),
        Coding::Plain => (!written.starts_with("ENC[")).then(|| node.text()),
        Coding::Base64 if is_unencoded(written) => Some(node.text()),
        Coding::Base64 => {
            let decoded = base64::decode_text(written)?;
            let text = node.text();
            let span = text.span(0..text.as_str().len());
            Some(Text::decoded(span, sources.keep(decoded.into())))
        }
    }
}

/// Whether a value was never encoded, though it stands where base64 belongs: a character that base64 doesn't
/// have, or a stand-in that happens to look like it (`changeme`). What is cut short (`LS0tLS1CRUdJTi...`) was
/// encoded once.
fn is_unencoded(written: &str) -> bool {
    let encodes = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let has_foreign = !written.bytes().all(|byte| encodes(byte) || byte.is_ascii_whitespace());
    if base64::decode_text(written).is_some() {
        return false;
    }
    match classify_as(KeyKind::Password, &Key::new(""), written, None) {
        Class::Default | Class::Placeholder => true,
        _ => has_foreign && !written.contains("..") && !written.contains('…'),
    }
}

/// States an entry: as the file that it holds, or as a setting.
pub(super) fn state<'s>(
    manifest: &Manifest<'_, 's>,
    datum: Datum<'s>,
    store: Store,
    reader: &mut Reader<'s>,
) {
    let content = datum.text.as_str();
    if is_shell(content).unwrap_or_else(|| matches!(datum.key.rsplit_once('.'), Some((_, "sh" | "bash")))) {
        let commands = command::in_script(&datum.text, manifest.subject, store, reader.sources);
        reader.reading.facts.commands.extend(commands);
    }
    if annotations::is_snippet(datum.key) && embed(datum.text.clone(), "nginx", store, reader) {
        return;
    }
    if matches!(datum.key, ".dockerconfigjson" | ".dockercfg") {
        document::read(manifest, &datum, store, reader);
        return;
    }
    if content.contains('\n') {
        if control_plane::embedded(&datum.text, false, reader) {
            return;
        }
        let retentions = reader.reading.facts.retentions.len();
        let embedded = match embedded_format(datum.key, content) {
            Some(format) => embed(datum.text.clone(), format, store, reader),
            None => document::read(manifest, &datum, store, reader),
        };
        if embedded {
            if document::is_of_audit(manifest, datum.key) {
                let new = reader.reading.facts.retentions.iter_mut().skip(retentions);
                new.for_each(of_audit);
            }
            return;
        }
    } else if assignments::is_variable(datum.key, content) && embed(datum.text.clone(), "env", store, reader)
    {
        return;
    }
    if assignments::read(manifest, &datum, store, reader) {
        return;
    }
    assignments::directives(manifest, &datum, store, reader);
    let draft = Draft {
        key: datum.key,
        key_span: datum.key_span,
        text: datum.text,
        store,
        scope: Scope(manifest.span),
        subject: manifest.subject,
        image: None,
        uses: Vec::new(),
    };
    reader.reading.facts.settings.push(draft.setting());
}

/// The logs that a store keeps are those of an audit.
fn of_audit(retention: &mut Retention<'_>) {
    if let Field::Set(records) = &mut retention.records
        && records.value == Records::Log
    {
        records.value = Records::Audit;
    }
}

/// The format of a file in an entry, by its name and its text.
fn embedded_format(key: &str, content: &str) -> Option<&'static str> {
    let extension = key.rsplit_once('.').map_or("", |(_, extension)| extension);
    if key == "nginx.conf" {
        return Some("nginx");
    }
    if let Some(format) = servers::of_text(key, content) {
        return Some(format.name);
    }
    if nginx::looks_like(content)
        && (matches!(extension, "conf" | "nginx" | "template" | "vhost")
            || key.contains("nginx")
            || extension.is_empty() && opens_server(content))
    {
        return Some("nginx");
    }
    let structured =
        matches!(extension, "yaml" | "yml" | "json" | "xml" | "sh" | "py" | "sql" | "js" | "lua");
    let named = matches!(extension, "env" | "properties");
    (named || !structured && is_assignments(content)).then_some("env")
}

/// Whether a text has a whole server in it: the entry `default` of a ConfigMap for `sites-enabled`.
fn opens_server(content: &str) -> bool {
    content.lines().any(|line| line.trim().strip_prefix("server").is_some_and(|rest| rest.trim() == "{"))
}

/// Whether each line is `NAME=value`, the name of a section, empty or a comment.
fn is_assignments(content: &str) -> bool {
    let section = |line: &str| line.starts_with('[') && line.ends_with(']');
    let says = |line: &&str| !line.is_empty() && !line.starts_with(['#', ';']) && !section(line);
    let mut lines = content.lines().map(str::trim).filter(says).peekable();
    lines.peek().is_some()
        && lines.all(|line| {
            line.split_once('=').is_some_and(|(name, _)| {
                let name = name.trim_end();
                !name.is_empty()
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
            })
        })
}

/// Reads a file that stands in another one, by its name and its text; the answer says whether it is of a
/// format that is read.
pub(in crate::formats) fn embed_file<'s>(
    name: &str,
    text: &Text<'s>,
    store: Store,
    reader: &mut Reader<'s>,
) -> bool {
    let format = embedded_format(name, text.as_str());
    format.is_some_and(|format| embed(text.clone(), format, store, reader))
}

/// Reads a file in an entry. Its text is only guessed to be of the format, so that what can't be read of it
/// is no error. Who reaches the sockets that it states isn't known here; nginx's are linked to what mounts it.
fn embed<'s>(text: Text<'s>, format: &str, store: Store, reader: &mut Reader<'s>) -> bool {
    let Some(format) = formats::find(format) else { return false };
    let facts = &reader.reading.facts;
    let (all, problems, listeners, servers) =
        (facts.len(), facts.problems.len(), facts.listeners.len(), facts.servers.len());
    reader.embed(text, format, store);
    let facts = &mut reader.reading.facts;
    if format.name != "nginx" {
        facts.problems.truncate(problems);
        facts.listeners.iter_mut().skip(listeners).for_each(|one| one.reach = Field::Unknown);
        facts.servers.iter_mut().skip(servers).for_each(|one| one.public = Field::Unknown);
    }
    facts.len() > all || format.name == "nginx"
}

/// A service account: whether the pods that run under it get its token.
pub(super) fn service_account<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let token = look(manifest.root, &["automountServiceAccountToken"])
        .boolean("automountServiceAccountToken", Field::Default(true));
    reader.reading.links.accounts.push(Account {
        name: manifest.name,
        namespace: manifest.namespace,
        token,
        span: manifest.kind_span,
        subject: manifest.subject,
    });
    reader.reading.links.objects.extend(manifest.object());
}
