//! What is mounted into a service. <https://docs.docker.com/reference/compose-file/services/#volumes>

use std::ops::Range;

use super::file::Tree;
use super::interpolate::{Value, has_variable, split_colons};
use super::service::Service;
use crate::facts::links::{Mount, MountSource};
use crate::facts::{Field, Head, Mounts, Volume, host_path};
use crate::formats::resolve;
use crate::source::Span;
use crate::syntax::yaml::{Kind, Node};

/// A mount as it is written.
#[derive(Debug)]
struct Bind<'s> {
    /// A path of the host, or a volume's name; empty where nothing of the host is mounted.
    source: &'s str,
    /// The whole value that the source is a part of.
    value: Value<'s>,
    place: Span,
    target: &'s str,
    read_only: bool,
    /// The path of the file that it is written in.
    from: &'s str,
}

/// What a service mounts from the host, the last mount of each target.
fn binds<'s>(service: &Service<'_, 's>) -> Vec<Bind<'s>> {
    let mut binds: Vec<Bind<'s>> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for found in service.each(&["volumes"]).into_iter().rev() {
        let items: Vec<Node<'_, 's>> = found.node.items().collect();
        for item in items.into_iter().rev() {
            let bind = match item.kind() {
                Kind::Mapping => long(service, item, found.path),
                _ => service.environment.scalar(item).and_then(|value| short(value, found.path)),
            };
            binds.extend(bind.filter(|bind| seen.insert(bind.target)));
        }
    }
    binds.reverse();
    binds
}

/// `source:target[:options]`
fn short<'s>(value: Value<'s>, from: &'s str) -> Option<Bind<'s>> {
    let text = value.as_str();
    let parts = split_colons(text);
    let (&(start, source), rest) = parts.split_first()?;
    let (&(_, target), options) = rest.split_first()?;
    // A drive of Windows.
    let drive = source.len() == 1 && source.starts_with(|c: char| c.is_ascii_alphabetic());
    if drive && target.starts_with(['\\', '/']) {
        return None;
    }
    let read_only = options.iter().any(|(_, options)| options.split(',').any(|option| option.trim() == "ro"));
    let place = place_of(&value, start..start + source.len());
    Some(Bind { source: source.trim(), place, target: target.trim(), read_only, from, value })
}

/// Where a part of a value lies.
fn place_of(value: &Value<'_>, range: Range<usize>) -> Span {
    let place = value.text.span(range);
    if value.written.contains(place) || place.file != value.written.file { place } else { value.place }
}

fn long<'s>(service: &Service<'_, 's>, node: Node<'_, 's>, from: &'s str) -> Option<Bind<'s>> {
    let scalar = |key: &str| node.get(key).and_then(|node| service.environment.scalar(node));
    let kind = scalar("type");
    let target = scalar("target").or_else(|| scalar("dst"));
    let bind = kind.as_ref().is_none_or(|kind| matches!(kind.as_str(), "bind" | "volume"));
    let Some(value) = scalar("source").or_else(|| scalar("src")).filter(|_| bind) else {
        // It still takes the place of another mount.
        let value = target?;
        let (target, place) = (value.as_str(), value.place);
        return Some(Bind { source: "", place, target, read_only: false, from, value });
    };
    let target = target.map_or("", |target| target.as_str());
    let read_only = scalar("read_only").or_else(|| scalar("readonly"));
    let read_only = read_only.and_then(|value| crate::value::boolean::parse(value.known()?)) == Some(true);
    Some(Bind { source: value.as_str().trim(), place: value.place, target, read_only, from, value })
}

/// A path of the project itself, without the variable that names its folder.
fn relative(source: &str) -> Option<String> {
    for here in ["${PWD}", "$PWD", "${PWD:-.}"] {
        if let Some(rest) = source.strip_prefix(here).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            return Some(format!(".{rest}")).filter(|path| !has_variable(path));
        }
    }
    (source.starts_with('.') && !has_variable(source)).then(|| source.to_owned())
}

/// The socket of the engine, which Compose mounts itself where it is asked to.
/// <https://docs.docker.com/reference/compose-file/services/#use_api_socket>
fn api_socket<'s>(service: &Service<'_, 's>) -> Option<Volume<'s>> {
    let asked = service.scalar(&["use_api_socket"])?;
    let at = asked.place;
    (crate::value::boolean::parse(asked.known()?) == Some(true)).then(|| Volume {
        head: Head::new(at, service.subject),
        mounts: Field::set(Mounts::RuntimeSocket, at, "use_api_socket:"),
        source: Field::set("use_api_socket", at, "use_api_socket:"),
        read_only: Field::set(false, at, "use_api_socket:"),
        of_node: Field::set(false, at, "use_api_socket:"),
    })
}

/// A volume of the project that is a folder of the host by its options becomes a mount of that folder.
/// <https://docs.docker.com/reference/compose-file/volumes/#driver_opts>
fn device<'s>(bind: Bind<'s>, trees: &[&Tree<'_, 's>], service: &Service<'_, 's>) -> Bind<'s> {
    if bind.source.is_empty() || bind.source.starts_with(['/', '.', '~', '$']) {
        return bind;
    }
    let option = |name: &str| {
        trees.iter().rev().find_map(|tree| {
            let node =
                tree.roots().find_map(|root| root.path(&["volumes", bind.source, "driver_opts", name]))?;
            service.environment.scalar(node)
        })
    };
    let Some(device) = option("device") else { return bind };
    if !option("o").is_some_and(|options| options.as_str().split(',').any(|one| one.trim() == "bind")) {
        return bind;
    }
    Bind { source: device.as_str().trim(), place: device.place, value: device, ..bind }
}

/// The parts of the host that a service sees.
pub(super) fn volumes<'s>(
    service: &Service<'_, 's>,
    trees: &[&Tree<'_, 's>],
    note: &'s str,
    out: &mut Vec<Volume<'s>>,
) {
    out.extend(api_socket(service));
    for bind in binds(service).into_iter().map(|bind| device(bind, trees, service)) {
        let home = ["~", "$HOME", "${HOME}"].iter().any(|home| bind.source.starts_with(home));
        if !home && (has_variable(bind.source) || !bind.source.starts_with('/')) {
            continue;
        }
        let mounts = host_path::classify(bind.source).unwrap_or(Mounts::HostPath);
        out.push(Volume {
            head: Head { uses: bind.value.uses(note), ..Head::new(bind.place, service.subject) },
            mounts: Field::set(mounts, bind.place, "volumes:"),
            source: Field::set(bind.source, bind.place, "volumes:"),
            read_only: Field::set(bind.read_only, bind.place, "volumes:"),
            of_node: Field::set(false, bind.place, "volumes:"),
        });
    }
}

/// What a service sees of the project: files, folders, and configs whose content stands in a file here.
pub(super) fn mounts<'s>(
    service: &Service<'_, 's>,
    trees: &[&Tree<'_, 's>],
    container: usize,
    published: bool,
    note: &'s str,
) -> Vec<Mount<'s>> {
    let mount =
        |source, target, span| Mount { container, source, target, span, note, published, read: false };
    let mut mounts = Vec::new();
    for bind in binds(service) {
        let Some(path) = relative(bind.source) else { continue };
        let source = MountSource::Path { path: resolve(bind.from, &path), written: bind.source };
        mounts.push(mount(source, bind.target, bind.place));
    }
    for config in service.each(&["configs"]).into_iter().flat_map(|found| found.node.items()) {
        let name = config.as_str().or_else(|| config.get("source")?.as_str());
        let target = config.get("target").and_then(Node::as_str).or(name);
        let (Some(name), Some(target)) = (name, target) else { continue };
        let defined = trees.iter().rev().find_map(|tree| Some((*tree.configs.get(name)?, tree.file.base)));
        let Some((defined, from)) = defined else { continue };
        if let Some(content) = defined.get("content") {
            mounts.push(mount(MountSource::Text(content.span()), target, config.span()));
        }
        let file = defined.get("file").and_then(|file| service.environment.scalar(file));
        if let Some(file) = file
            && let Some(written) = file.known().filter(|source| !source.starts_with(['/', '~']))
        {
            let source = MountSource::Path { path: resolve(from, written), written };
            mounts.push(mount(source, target, file.place));
        }
    }
    mounts
}

/// The paths in the container at which something is mounted.
pub(super) fn targets<'s>(service: &Service<'_, 's>) -> Vec<&'s str> {
    let configs = service.each(&["configs"]).into_iter().flat_map(|found| found.node.items());
    let configs = configs.filter_map(|config| config.get("target")?.as_str());
    binds(service).into_iter().map(|bind| bind.target).chain(configs).collect()
}

/// The nginx configuration behind a mount, as a path or a glob, if that is what it is.
pub(super) fn nginx(mount: &Mount<'_>, image: Option<&str>) -> Option<String> {
    let MountSource::Path { path, .. } = &mount.source else { return None };
    let is_nginx = image.is_some_and(|image| {
        matches!(image.rsplit('/').next(), Some("nginx" | "openresty" | "nginx-unprivileged"))
    });
    let target = mount.target.trim_end_matches('/');
    let below =
        ["/etc/nginx", "/usr/local/openresty/nginx/conf"].iter().any(|folder| target.starts_with(folder));
    let extension_of = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map(|(_, extension)| extension.to_owned())
    };
    let is_configuration = |extension: Option<String>| {
        matches!(extension.as_deref(), Some("conf" | "template" | "tmpl" | "nginx" | "vhost"))
    };
    if is_configuration(extension_of(path)) {
        return (below || is_nginx && target.contains("nginx")).then(|| path.clone());
    }
    let mut parts = target.rsplit('/');
    let (name, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_sites = |folder: &str| matches!(folder, "sites-enabled" | "sites-available");
    match extension_of(path).as_deref() {
        None | Some("d") if !below => None,
        None if is_sites(folder) || is_configuration(extension_of(target)) => Some(path.clone()),
        None | Some("d") if is_sites(name) => Some(format!("{path}/*")),
        None | Some("d") if name == "templates" => Some(format!("{path}/*.template")),
        None | Some("d") => Some(format!("{path}/*.conf")),
        _ => None,
    }
}
