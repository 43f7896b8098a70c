//! The security context of a container: what it says itself counts before what its pod says.
//! <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>

use super::lookup::{Found, look};
use crate::facts::{Capability, Field, Head};
use crate::source::{Sources, Span};
use crate::syntax::yaml::Node;
use crate::value::capability;

/// The security contexts that hold for one container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'t, 's> {
    container: Found<'t, 's>,
    pod: Found<'t, 's>,
    windows: bool,
}

impl<'t, 's> Context<'t, 's> {
    pub(super) fn new(container: Node<'t, 's>, pod: Node<'t, 's>) -> Self {
        Context {
            container: look(container, &["securityContext"]),
            pod: look(pod, &["securityContext"]),
            windows: is_windows(pod) || is_windows_context(container) || is_windows_context(pod),
        }
    }

    /// A context that stands by itself, among the values of a chart.
    pub(super) fn of_values(context: Node<'t, 's>) -> Self {
        let windows = !look(context, &["windowsOptions"]).is_absent();
        Context { container: Found::Stated(context), pod: Found::Absent, windows }
    }

    /// A property that both may state.
    fn either(&self, keys: &[&str]) -> Found<'t, 's> {
        self.container.look(keys).or(self.pod.look(keys))
    }

    /// The user that it ends up as. Where nothing says who, the image decides, and root is what holds unless
    /// root is ruled out.
    pub(super) fn user(&self) -> Field<&'s str> {
        let windows = self.either(&["windowsOptions", "runAsUserName"]);
        if let Found::Stated(_) = windows {
            return windows.text("runAsUserName", Field::Unknown);
        }
        let user = self.either(&["runAsUser"]);
        let absent = match self.non_root() {
            Field::Set(stated) if stated.value => Field::NotApplicable,
            Field::Unknown => Field::Unknown,
            _ if self.windows || matches!(windows, Found::Unknown) => Field::Unknown,
            _ => Field::Default("root"),
        };
        user.field("runAsUser", absent, |node| match node.as_i64() {
            Some(0) => Some("0"),
            _ => node.as_str(),
        })
    }

    pub(super) fn non_root(&self) -> Field<bool> {
        self.either(&["runAsNonRoot"]).boolean("runAsNonRoot", Field::Default(false))
    }

    /// A `HostProcess` container of Windows runs as the host's own processes do.
    /// <https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/>
    pub(super) fn privileged(&self) -> Field<bool> {
        let host = self.either(&["windowsOptions", "hostProcess"]).boolean("hostProcess", Field::Unset);
        match host.value() {
            Some(true) => host,
            _ => self.container.look(&["privileged"]).boolean("privileged", Field::Default(false)),
        }
    }

    pub(super) fn escalation(&self) -> Field<bool> {
        let absent = if self.windows { Field::NotApplicable } else { Field::Default(true) };
        self.container.look(&["allowPrivilegeEscalation"]).boolean("allowPrivilegeEscalation", absent)
    }

    pub(super) fn read_only_root(&self) -> Field<bool> {
        let absent = if self.windows { Field::NotApplicable } else { Field::Default(false) };
        self.container.look(&["readOnlyRootFilesystem"]).boolean("readOnlyRootFilesystem", absent)
    }

    pub(super) fn added(&self, sources: &'s Sources) -> Field<Vec<&'s str>> {
        self.capabilities("add", "capabilities.add", sources)
    }

    pub(super) fn dropped(&self, sources: &'s Sources) -> Field<Vec<&'s str>> {
        let mut dropped = self.capabilities("drop", "capabilities.drop", sources);
        if let Field::Set(stated) = &mut dropped {
            capability::complete(&mut stated.value);
        }
        dropped
    }

    /// The capabilities that are added, as facts of their own.
    pub(super) fn capabilities_of(&self, subject: &'s str, sources: &'s Sources) -> Vec<Capability<'s>> {
        let Found::Stated(list) = self.container.look(&["capabilities", "add"]) else { return Vec::new() };
        let items = list.items().filter(|_| !self.windows);
        items
            .filter_map(|item| {
                let text = item.as_str()?;
                let place = item.text().span(0..text.len());
                Some(Capability::at(place, sources.keep(capability::name(text)), Head::new(place, subject)))
            })
            .collect()
    }

    /// A list of capabilities; its place reaches from its first item to its last.
    fn capabilities(&self, key: &str, written: &'static str, sources: &'s Sources) -> Field<Vec<&'s str>> {
        let absent = if self.windows { Field::NotApplicable } else { Field::Default(Vec::new()) };
        let list = match self.container.look(&["capabilities", key]) {
            Found::Stated(list) => list,
            Found::Absent => return absent,
            Found::Unknown => return Field::Unknown,
        };
        let items: Vec<(&str, Span)> = list
            .items()
            .filter_map(|item| Some((sources.keep(capability::name(item.as_str()?)), item.span())))
            .collect();
        // What a template adds to the list may be anything, unless the list already has all.
        if (list.is_open() || items.len() < list.items().count())
            && !items.iter().any(|(name, _)| *name == "ALL")
        {
            return Field::Unknown;
        }
        match (items.first(), items.last()) {
            (Some((_, start)), Some((_, end))) => {
                let place = start.to(*end);
                Field::set(items.iter().map(|(name, _)| *name).collect(), place, written)
            }
            _ => absent,
        }
    }
}

/// Whether a security context speaks to Windows alone.
fn is_windows_context(node: Node<'_, '_>) -> bool {
    look(node, &["securityContext", "windowsOptions"]).node().is_some()
}

/// Whether the pod runs on Windows, where uids and capabilities mean nothing.
fn is_windows(pod: Node<'_, '_>) -> bool {
    look(pod, &["os", "name"]).str() == Some("windows")
        || look(pod, &["nodeSelector", "kubernetes.io/os"]).str() == Some("windows")
}
