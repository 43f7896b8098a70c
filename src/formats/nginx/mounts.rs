//! Mounts and copies: which files of the project a container's nginx reads, and where that runs.

use rustc_hash::FxHashMap;

use crate::data::images;
use crate::facts::Container;
use crate::formats::Reading;
use crate::source::{SourceId, Span};

/// A mount of nginx configuration into a container, or a copy of it in an image.
#[derive(Debug)]
pub(super) struct Mount<'s> {
    /// The reading and the index of the container; those of stages count from the end.
    pub(super) container: (usize, usize),
    /// Its index in the mounts of the reading; none for a copy.
    index: Option<usize>,
    pub(super) path: String,
    pub(super) target: &'s str,
    published: bool,
    allows_old_tls: bool,
}

/// The mounts of the project that concern nginx.
#[derive(Debug, Default)]
pub(super) struct Mounts<'s> {
    pub(super) all: Vec<Mount<'s>>,
    by_path: FxHashMap<String, Vec<usize>>,
    pub(super) by_container: FxHashMap<(usize, usize), Vec<usize>>,
}

impl<'s> Mounts<'s> {
    pub(super) fn new(readings: &[Reading<'s>]) -> Self {
        let mut mounts = Mounts::default();
        for (index, reading) in readings.iter().enumerate() {
            for (number, mount) in reading.links.mounts.iter().enumerate() {
                let of_nginx = |part: &str| part == "nginx" || part == "openresty";
                if !mount.target.split('/').any(of_nginx) {
                    continue;
                }
                mounts.add(Mount {
                    container: (index, mount.container),
                    index: Some(number),
                    path: mount.path.trim_end_matches('/').to_owned(),
                    target: mount.target.trim_end_matches('/'),
                    published: mount.published,
                    allows_old_tls: allows_old_tls(reading.facts.containers.get(mount.container)),
                });
            }
            for copied in &reading.links.configurations {
                let stage = reading.links.stages.get(copied.stage);
                mounts.add(Mount {
                    container: (index, usize::MAX - copied.stage),
                    index: None,
                    path: copied.path.clone(),
                    target: copied.target.trim_end_matches('/'),
                    published: false,
                    allows_old_tls: allows_old_tls(stage.map(|stage| &stage.container)),
                });
            }
        }
        mounts
    }

    /// Where a file runs, as its mounts tell.
    pub(super) fn running(&self, path: &str) -> Running {
        let (mut mounted, mut published, mut allows_old_tls) = (false, false, false);
        for (mount, _) in self.of(path) {
            mounted |= mount.index.is_some();
            published |= mount.published;
            allows_old_tls |= mount.allows_old_tls;
        }
        Running { unpublished: mounted && !published, allows_old_tls }
    }

    fn add(&mut self, mount: Mount<'s>) {
        let at = self.all.len();
        self.by_path.entry(mount.path.clone()).or_default().push(at);
        self.by_container.entry(mount.container).or_default().push(at);
        self.all.push(mount);
    }

    /// Has the containers that a file is mounted into listen on its ports.
    pub(super) fn listen(&self, path: &str, ports: &[u16], readings: &mut [Reading<'s>]) {
        for (mount, _) in self.of(path) {
            let (reading, container) = mount.container;
            let Some(index) = mount.index else { continue };
            let Some(reading) = readings.get_mut(reading) else { continue };
            if let Some(container) = reading.facts.containers.get_mut(container) {
                container.listens.extend(ports);
                container.listens.sort_unstable();
                container.listens.dedup();
            }
            if let Some(mount) = reading.links.mounts.get_mut(index) {
                mount.read = true;
            }
        }
    }

    /// The mounts that bring a file into a container, with its path there.
    pub(super) fn of<'m>(&'m self, path: &'m str) -> impl Iterator<Item = (&'m Mount<'s>, &'m str)> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.filter_map(move |end| Some((path.get(..end)?, path.get(end..)?))).flat_map(
            move |(above, rest)| {
                let mounts = self.by_path.get(above).map(Vec::as_slice).unwrap_or_default();
                mounts.iter().filter_map(move |at| Some((self.all.get(*at)?, rest)))
            },
        )
    }
}

/// Whether the nginx of a container's image admits old versions of TLS where nothing is said.
fn allows_old_tls(container: Option<&Container<'_>>) -> bool {
    let image = container.and_then(|container| container.image.as_ref());
    let reference = image.and_then(|image| image.reference.value().copied());
    let known = reference.and_then(images::parse_reference).and_then(|name| images::lookup(&name));
    known.and_then(|known| known.allows_old_tls()) == Some(true)
}

/// What is known of where a configuration runs.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Running {
    /// Its container publishes no port.
    pub(super) unpublished: bool,
    /// Its nginx admits TLS 1.0 and 1.1 where nothing names the versions.
    pub(super) allows_old_tls: bool,
}

/// The mounts' verdict for each file, asked once a file.
#[derive(Default)]
pub(super) struct RunningFiles(FxHashMap<SourceId, Running>);

impl RunningFiles {
    /// Where a server runs: its own file's mounts decide, else those of the main file.
    pub(super) fn of(&mut self, mounts: &Mounts<'_>, at: Span, path: &str, main: Option<&str>) -> Running {
        *self.0.entry(at.file).or_insert_with(|| {
            let main = main.map(|main| mounts.running(main)).unwrap_or_default();
            let own = mounts.running(path);
            Running {
                unpublished: own.unpublished || main.unpublished,
                allows_old_tls: own.allows_old_tls || main.allows_old_tls,
            }
        })
    }
}
