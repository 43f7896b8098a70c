//! What a file offers to others and takes from them. Linking reads these; no rule sees them.

use std::ops::Range;

use super::selector::Selector;
use super::{Container, Field, Scope};
use crate::source::{Span, Text};

/// Everything in one file that may be joined with another.
#[derive(Default, Debug)]
pub struct Links<'s> {
    /// The stages of a Dockerfile, in order.
    pub stages: Vec<Stage<'s>>,
    /// Credential files that a Dockerfile copies from the folder that is built.
    pub copies: Vec<Copied<'s>>,
    /// Builds of images from Dockerfiles.
    pub builds: Vec<Build<'s>>,
    /// Env files that a container reads.
    pub env_files: Vec<EnvFile<'s>>,
    /// Files, folders and texts of the project that are mounted into a container.
    pub mounts: Vec<Mount<'s>>,
    /// Configuration of the project that a Dockerfile copies into an image.
    pub configurations: Vec<Configuration<'s>>,
    /// Kubernetes objects.
    pub objects: Vec<Object<'s>>,
    /// The kinds and names of objects that are changed elsewhere than where they stand.
    pub patched: Vec<(&'s str, &'s str)>,
    /// Names of Kubernetes objects that another object uses.
    pub uses: Vec<ObjectUse<'s>>,
    /// Ports of Services that can be reached from outside.
    pub exposures: Vec<Exposure<'s>>,
    /// Listeners of Gateways.
    pub gateways: Vec<GatewayListener<'s>>,
    /// Routes that attach to Gateways.
    pub routes: Vec<Route<'s>>,
    /// Service accounts.
    pub accounts: Vec<Account<'s>>,
    /// Pods, each with the service account that it runs under.
    pub account_uses: Vec<Account<'s>>,
    /// What makes pods, as network policies see it.
    pub workloads: Vec<Workload<'s>>,
    /// Network policies.
    pub policies: Vec<NetworkPolicy<'s>>,
    /// Labels that a kustomization gives to all pods.
    pub labels: Vec<(&'s str, &'s str)>,
    /// Namespaces that a kustomization puts its objects into.
    pub namespaces: Vec<&'s str>,
    /// Images whose tag or digest a kustomization states.
    pub pins: Vec<&'s str>,
    /// Files and folders that a kustomization or a Compose file puts together.
    pub files: Vec<FileUse<'s>>,
    /// Whether the objects are deployed together with others that lie elsewhere: those of a remote base, of a
    /// chart or of a generator.
    pub incomplete: bool,
    /// Parts of the file that only developers start: services of a profile for development.
    pub development: Vec<Span>,
    /// Whether its parts say what they are for, each for itself: the jobs of a pipeline. What one of them
    /// sets says nothing of the others.
    pub parted: bool,
}

/// A stage of a Dockerfile as a container that runs it would be.
#[derive(Clone, Debug)]
pub struct Stage<'s> {
    /// Its name, where it has one.
    pub name: Option<&'s str>,
    /// What a container of this stage would be.
    pub container: Container<'s>,
    /// The names that its `ENV` sets.
    pub scope: Scope,
    /// The variables that hold at its end and that a stage built on it starts with.
    pub variables: Vec<(&'s str, Text<'s>)>,
    /// The number of the stage it is built on, in the stages of the same file.
    pub parent: Option<usize>,
    /// Whether something here builds it, so that it is judged although another stage is the last.
    pub judged: bool,
}

impl Stage<'_> {
    /// Whether this is the stage that a target names.
    #[must_use]
    pub fn is(&self, target: &str) -> bool {
        self.name.is_some_and(|name| name.eq_ignore_ascii_case(target))
    }
}

/// A credential file that a Dockerfile copies from the folder that is built.
#[derive(Clone, Copy, Debug)]
pub struct Copied<'s> {
    /// The index of the credential, in the credentials of the same file.
    pub credential: usize,
    /// The path or pattern of the file, from that folder.
    pub path: &'s str,
}

/// A build of an image from a Dockerfile.
#[derive(Clone, Debug)]
pub struct Build<'s> {
    /// The index of the container that runs the image, in the containers of the same file.
    pub container: usize,
    /// The path from the root of the run of the Dockerfile, or of the file that holds it; nothing where it
    /// isn't known.
    pub dockerfile: Option<String>,
    /// The folder that is built, from the root of the run, and where it is named.
    pub context: Option<(String, Span)>,
    /// Which of that file's stages are meant, where the Dockerfile is only a part of it.
    pub stages: Option<Range<usize>>,
    /// The stage that is built, and where it is named.
    pub target: Option<(&'s str, Span)>,
    /// Where the build is asked for.
    pub span: Span,
    /// What the build's user reads of it: "built by service web".
    pub note: &'s str,
}

impl Build<'_> {
    /// The number of the stage that is built, of all stages of the Dockerfile's file: the target, by its name
    /// or else by its number counted from 0, or the last one.
    #[must_use]
    pub fn stage(&self, all: &[Stage<'_>]) -> Option<usize> {
        let range = self.stages.clone().unwrap_or(0..all.len());
        let stages = all.get(range.clone())?;
        let at = match self.target {
            Some((target, _)) => {
                let named = stages.iter().position(|stage| stage.is(target));
                named.or_else(|| target.parse().ok()).filter(|at| *at < stages.len())
            }
            None => stages.len().checked_sub(1),
        };
        Some(range.start + at?)
    }
}

/// An env file that a container reads.
#[derive(Clone, Debug)]
pub struct EnvFile<'s> {
    /// The container's index in the containers of the same file.
    pub container: usize,
    /// The path from the root of the run.
    pub path: String,
    /// Where it is named.
    pub span: Span,
    /// "read by service web".
    pub note: &'s str,
    /// Whether it may be missing.
    pub required: bool,
}

/// Something of the project that is mounted into a container.
#[derive(Clone, Debug)]
pub struct Mount<'s> {
    /// The container's index in the containers of the same file.
    pub container: usize,
    /// What is mounted.
    pub source: MountSource<'s>,
    /// The path in the container.
    pub target: &'s str,
    /// Where it is named.
    pub span: Span,
    /// "mounted by service web".
    pub note: &'s str,
    /// Whether the container's service publishes a port.
    pub published: bool,
    /// Whether what it says of the container's ports has been read.
    pub read: bool,
}

/// What is mounted into a container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MountSource<'s> {
    /// A file or folder.
    Path {
        /// Its path from the root of the run.
        path: String,
        /// The path as it is written.
        written: &'s str,
    },
    /// A text that stands in the file itself, and its place there.
    Text(Span),
}

/// A file or folder of configuration that a Dockerfile copies into an image.
#[derive(Clone, Debug)]
pub struct Configuration<'s> {
    /// The index of the stage in the stages of the same file.
    pub stage: usize,
    /// The path from the folder that is built.
    pub source: &'s str,
    /// The path in the image.
    pub target: &'s str,
    /// Whether what it says of ports has been read.
    pub read: bool,
}

/// A Kubernetes object.
#[derive(Clone, Debug)]
pub struct Object<'s> {
    /// Its kind.
    pub kind: &'s str,
    /// Its name.
    pub name: &'s str,
    /// Its namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// The place of its `kind`.
    pub span: Span,
    /// Its labels, for a workload those of its pods.
    pub labels: Vec<(&'s str, &'s str)>,
    /// The keys of a ConfigMap or a Secret with the values that are known.
    pub data: Vec<(&'s str, Span, Option<Text<'s>>)>,
    /// The indices of a workload's containers in the containers of the same file.
    pub containers: Range<usize>,
    /// Whether its data may hold more keys than are seen here (generated, templated).
    pub open: bool,
}

/// A port of a Service that can be reached from outside, and whose pods it leads to.
#[derive(Clone, Debug)]
pub struct Exposure<'s> {
    /// The port's index in the ports of the same file.
    pub port: usize,
    /// The Service's namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// The labels of the pods.
    pub selector: Vec<(&'s str, &'s str)>,
}

/// A listener of a Gateway.
#[derive(Clone, Debug)]
pub struct GatewayListener<'s> {
    /// Its index in the listeners of the same file.
    pub listener: usize,
    /// The Gateway's name.
    pub gateway: &'s str,
    /// The Gateway's namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// Its own name.
    pub section: Option<&'s str>,
    /// Its port.
    pub port: Option<u16>,
}

/// A route that attaches to listeners of Gateways.
#[derive(Clone, Debug)]
pub struct Route<'s> {
    /// The listeners that it names; one entry a parent.
    pub parents: Vec<Parent<'s>>,
    /// Whether all of its rules redirect to https.
    pub redirects: bool,
}

/// A Gateway, or a listener of one, that a route attaches to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Parent<'s> {
    /// The Gateway's name.
    pub gateway: &'s str,
    /// The Gateway's namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// The listener's name, where one is stated.
    pub section: Option<&'s str>,
    /// The listener's port, where one is stated.
    pub port: Option<u16>,
}

/// A Kubernetes service account, or a pod that runs under one.
#[derive(Clone, Debug)]
pub struct Account<'s> {
    /// The account's name; nothing where a pod's isn't known.
    pub name: Option<&'s str>,
    /// The namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// Whether the account, or the pod itself, says that the token is mounted
    /// (`automountServiceAccountToken`).
    pub token: Field<bool>,
    /// The place of the object's `kind`.
    pub span: Span,
    /// "`ServiceAccount` default", "Deployment api".
    pub subject: &'s str,
}

/// Something that makes pods.
#[derive(Clone, Debug)]
pub struct Workload<'s> {
    /// Its namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// The labels of its pods.
    pub labels: Vec<(&'s str, &'s str)>,
    /// Whether its pods may have more labels.
    pub open: bool,
    /// The ConfigMaps that its pods mount.
    pub config_maps: Vec<&'s str>,
    /// The indices of its containers in the containers of the same file.
    pub containers: Range<usize>,
    /// The place of its `kind`.
    pub span: Span,
    /// "Deployment api".
    pub subject: &'s str,
}

/// A network policy, whichever directions it closes.
#[derive(Clone, Debug)]
pub struct NetworkPolicy<'s> {
    /// Its namespace, where one is stated.
    pub namespace: Option<&'s str>,
    /// Whether it reaches into all namespaces.
    pub everywhere: bool,
    /// The pods that it means.
    pub selector: Selector<'s>,
}

/// A file or folder that a kustomization or a Compose file names.
#[derive(Clone, Debug)]
pub struct FileUse<'s> {
    /// The path from the root of the run.
    pub path: String,
    /// The path as it is written.
    pub source: &'s str,
    /// Where it is named.
    pub span: Span,
    /// Who names it.
    pub subject: &'s str,
    /// What it is named for.
    pub role: FileRole,
}

/// What a file is named for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileRole {
    /// The objects or services in it are put together with others.
    Part,
    /// It only changes what other files state, so that nothing can be missing in it.
    Patch,
    /// It is the content of something.
    Content,
    /// It holds a secret, so that it is rightly kept out of version control.
    Secret,
}

/// The name of a Kubernetes object where another object uses it.
#[derive(Clone, Debug)]
pub struct ObjectUse<'s> {
    /// The kind of the object that is used.
    pub kind: &'static str,
    /// Its name.
    pub name: &'s str,
    /// The key in it, where one is used.
    pub key: Option<&'s str>,
    /// The namespace of the user, where one is stated.
    pub namespace: Option<&'s str>,
    /// Where it is used.
    pub span: Span,
    /// The name under which the value is used: an environment variable.
    pub variable: Option<&'s str>,
    /// What is put before its keys where all of them become environment variables.
    pub prefix: Option<&'s str>,
    /// Whether it may be missing.
    pub optional: bool,
    /// "used by container api".
    pub note: &'s str,
}
