//! Where a service's image comes from: what is built, and from which Dockerfile.
//! <https://docs.docker.com/reference/compose-file/build/>

use super::file::{File, Tree};
use super::interpolate::{Value, has_variable};
use super::service::Service;
use crate::facts::links::Build;
use crate::formats::resolve;
use crate::source::Span;
use crate::syntax::yaml::{Kind, Node};

/// What a service builds.
#[derive(Clone, Debug)]
pub(super) struct Source<'s> {
    /// The Dockerfile's path from the root of the run; nothing for another repository's, and for one that
    /// isn't known.
    pub(super) dockerfile: Option<String>,
    /// The folder that is built, from the root of the run, and where it is named.
    pub(super) context: Option<(String, Span)>,
    /// The place of a Dockerfile that is written inline.
    pub(super) inline: Option<Span>,
    pub(super) target: Option<(&'s str, Span)>,
    pub(super) span: Span,
}

/// What a service builds, if it does.
pub(super) fn source<'s>(service: &Service<'_, 's>) -> Option<Source<'s>> {
    let build = service.last(&["build"])?;
    let context = service.layers.iter().rev().find_map(|layer| {
        let build = layer.node.get("build")?;
        let context = if build.kind() == Kind::Scalar { Some(build) } else { build.get("context") };
        Some((service.environment.scalar(context?)?, layer.file.base))
    });
    let (context_span, folder) = match &context {
        Some((context, path)) => {
            let folder = context.known().map(|folder| if folder.is_empty() { "." } else { folder });
            (context.written, folder.filter(|path| is_local(path)).map(|folder| (folder, *path)))
        }
        None => (build.key, Some((".", build.path))),
    };
    let stated = service.scalar(&["build", "dockerfile"]);
    let inline =
        service.last(&["build", "dockerfile_inline"]).filter(|found| found.node.kind() == Kind::Scalar);
    let name = stated.as_ref().map_or(Some("Dockerfile"), Value::known);
    let dockerfile = match (&inline, folder, name) {
        (Some(inline), ..) => Some(inline.path.to_owned()),
        (None, Some(_), Some(name)) if name.starts_with('/') => Some(name.to_owned()),
        (None, Some((folder, path)), Some(name)) => Some(resolve(path, &format!("{folder}/{name}"))),
        _ => None,
    };
    let target = service.scalar(&["build", "target"]);
    let unknown_target = target.as_ref().is_some_and(|target| !target.known);
    Some(Source {
        context: folder.map(|(folder, path)| (resolve(path, folder), context_span)),
        dockerfile: dockerfile.filter(|_| !unknown_target),
        inline: inline.map(|found| found.node.span()),
        target: target.as_ref().and_then(|target| Some((target.known()?, target.written))),
        span: stated.map_or(context_span, |name| name.written),
    })
}

/// Whether a context is a folder here, not a repository or an archive.
fn is_local(context: &str) -> bool {
    let remote = context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/");
    !remote && !has_variable(context)
}

/// The Dockerfiles that the services of a file hold, with their places.
pub(super) fn inline<'t, 's>(file: &'t File<'s>) -> Vec<Node<'t, 's>> {
    let tree = Tree::new(file);
    let layers = tree.services.into_iter().flat_map(|(_, layers)| layers);
    let nodes = layers.filter_map(|layer| layer.node.path(&["build", "dockerfile_inline"]));
    let mut nodes: Vec<_> = nodes.filter(|node| node.kind() == Kind::Scalar).collect();
    nodes.sort_by_key(|node| node.span());
    nodes.dedup_by_key(|node| node.span());
    nodes
}

/// The build for linking.
pub(super) fn link<'s>(service: &Service<'_, 's>, source: &Source<'s>, container: usize) -> Build<'s> {
    let note = service.environment.sources.keep(format!("built by {}", service.subject).into());
    let files = service.layers.iter().map(|layer| layer.file);
    let stages = source.inline.and_then(|place| {
        let mut all = files.flat_map(|file| &file.inline);
        all.find(|(span, _)| *span == place).map(|(_, stages)| stages.clone())
    });
    Build {
        container,
        dockerfile: source.dockerfile.clone().filter(|_| source.inline.is_none() || stages.is_some()),
        context: source.context.clone(),
        stages,
        target: source.target,
        span: source.span,
        note,
    }
}
