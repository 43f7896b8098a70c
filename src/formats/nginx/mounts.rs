//! Mounts and copies: which files of the project a container's nginx reads, and where that runs.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::data::images;
use crate::facts::Container;
use crate::facts::links::{Build, Configuration, MountSource};
use crate::formats::{Reading, resolve};
use crate::source::{SourceId, Sources, Span};

/// What has a configuration: a container or a stage of a Dockerfile, each by the number of its reading and
/// its own there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Owner {
    Container(usize, usize),
    Stage(usize, usize),
}

/// Which statement of which reading it is: a mount, or a copy that a Dockerfile makes.
#[derive(Clone, Copy, Debug)]
enum Stated {
    Mount(usize, usize),
    Copy(usize, usize),
}

/// A mount of nginx configuration into a container, or a copy of it in an image.
#[derive(Debug)]
pub(super) struct Mount<'s> {
    pub(super) owner: Owner,
    stated: Stated,
    /// The path from the root of the run; empty for a text that stands in a file of another format.
    pub(super) path: String,
    pub(super) target: &'s str,
    /// Whether the container publishes a port; nothing where it isn't known what runs the image.
    published: Option<bool>,
    allows_old_tls: bool,
}

/// The mounts of the project that concern nginx.
#[derive(Debug, Default)]
pub(super) struct Mounts<'s> {
    all: Vec<Mount<'s>>,
    by_path: FxHashMap<String, Vec<usize>>,
    /// The mounts of texts, with the places of these.
    of_texts: Vec<(Span, usize)>,
    by_owner: FxHashMap<Owner, Vec<usize>>,
}

impl<'s> Mounts<'s> {
    pub(super) fn new(readings: &[Reading<'s>], sources: &Sources) -> Self {
        let mut mounts = Mounts::default();
        for (index, reading) in readings.iter().enumerate() {
            mounts.take_mounts(index, reading);
            for (number, copied) in reading.links.configurations.iter().enumerate() {
                // The Dockerfile's folder is the one that is built as a rule.
                let path = resolve(reading.path, copied.source);
                let (owner, stated) = (Owner::Stage(index, copied.stage), Stated::Copy(index, number));
                mounts.copy(owner, stated, copied, path, None, reading);
            }
        }
        mounts.take_builds(readings, sources);
        mounts.of_texts.sort_unstable_by_key(|(place, _)| *place);
        mounts
    }

    fn take_mounts(&mut self, index: usize, reading: &Reading<'s>) {
        let of_nginx = |part: &str| part == "nginx" || part == "openresty";
        for (number, mount) in reading.links.mounts.iter().enumerate() {
            let path = match &mount.source {
                MountSource::Path { path, .. } if mount.target.split('/').any(of_nginx) => path,
                MountSource::Path { .. } => continue,
                MountSource::Text(place) => {
                    self.of_texts.push((*place, self.all.len()));
                    ""
                }
            };
            self.add(Mount {
                owner: Owner::Container(index, mount.container),
                stated: Stated::Mount(index, number),
                path: path.trim_end_matches('/').to_owned(),
                target: mount.target.trim_end_matches('/'),
                published: Some(mount.published),
                allows_old_tls: allows_old_tls(reading.facts.containers.get(mount.container)),
            });
        }
    }

    /// What is copied into an image is in each container that is built from it.
    fn take_builds(&mut self, readings: &[Reading<'s>], sources: &Sources) {
        let configured =
            readings.iter().enumerate().filter(|(_, reading)| !reading.links.configurations.is_empty());
        let configured: FxHashMap<&str, usize> =
            configured.map(|(index, reading)| (reading.path, index)).collect();
        for (index, reading) in readings.iter().enumerate().filter(|_| !configured.is_empty()) {
            for build in &reading.links.builds {
                let from = build.dockerfile.as_deref().and_then(|path| configured.get(path));
                let from = from.and_then(|from| Some((*from, readings.get(*from)?)));
                let container = reading.facts.containers.get(build.container);
                let Some((from, container)) = from.zip(container) else { continue };
                let links = &from.1.links;
                let weight = links.configurations.len() * size_of::<Mount<'_>>() + links.stages.len();
                if sources.file(build.span.file).grow(weight) {
                    let owner = Owner::Container(index, build.container);
                    self.take_build(owner, build, from, container.published);
                }
            }
        }
    }

    fn take_build(
        &mut self,
        owner: Owner,
        build: &Build<'s>,
        (index, from): (usize, &Reading<'s>),
        published: bool,
    ) {
        let stages = &from.links.stages;
        let below = |at: &usize| stages.get(*at)?.parent.filter(|parent| parent < at);
        let chain: FxHashSet<usize> = std::iter::successors(build.stage(stages), below).collect();
        let mounted: FxHashSet<&str> = self.of_owner(owner).map(|mount| mount.target).collect();
        let copies = from.links.configurations.iter().enumerate();
        for (number, copied) in copies.filter(|(_, copied)| chain.contains(&copied.stage)) {
            if !mounted.contains(copied.target.trim_end_matches('/')) {
                let path = match &build.context {
                    Some((folder, _)) => resolve(&format!("{folder}/Dockerfile"), copied.source),
                    None => resolve(from.path, copied.source),
                };
                self.copy(owner, Stated::Copy(index, number), copied, path, Some(published), from);
            }
        }
    }

    fn copy(
        &mut self,
        owner: Owner,
        stated: Stated,
        copied: &Configuration<'s>,
        path: String,
        published: Option<bool>,
        from: &Reading<'s>,
    ) {
        let image = from.links.stages.get(copied.stage).map(|stage| &stage.container);
        let (target, allows_old_tls) = (copied.target.trim_end_matches('/'), allows_old_tls(image));
        self.add(Mount { owner, stated, path, target, published, allows_old_tls });
    }

    fn add(&mut self, mount: Mount<'s>) {
        let at = self.all.len();
        if !mount.path.is_empty() {
            self.by_path.entry(mount.path.clone()).or_default().push(at);
        }
        self.by_owner.entry(mount.owner).or_default().push(at);
        self.all.push(mount);
    }

    /// All mounts and copies of a container or a stage.
    pub(super) fn of_owner(&self, owner: Owner) -> impl Iterator<Item = &Mount<'s>> {
        let all = self.by_owner.get(&owner).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter_map(|at| self.all.get(*at))
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

    /// The text in a file of another format that a place lies in, if it is mounted.
    fn text(&self, at: Span) -> Option<Span> {
        let behind = self.of_texts.partition_point(|(text, _)| text.head() <= at.head());
        let (text, _) = self.of_texts.get(behind.checked_sub(1)?)?;
        text.contains(at).then_some(*text)
    }

    fn of_text(&self, text: Option<Span>) -> impl Iterator<Item = &Mount<'s>> {
        let first = self.of_texts.partition_point(|(other, _)| Some(*other) < text);
        let mounts = self.of_texts.iter().skip(first).take_while(move |(other, _)| Some(*other) == text);
        mounts.filter_map(|(_, mount)| self.all.get(*mount))
    }

    /// Where a file runs, as its mounts tell.
    fn running(&self, path: &str) -> Running {
        Running::of(self.of(path).map(|(mount, _)| mount))
    }

    /// Has the containers that a configuration is mounted into listen on its ports: that at a path, or that
    /// at a place in a file of another format.
    pub(super) fn listen(
        &self,
        path: Option<&str>,
        place: Option<Span>,
        ports: &[u16],
        readings: &mut [Reading<'s>],
    ) {
        let of_path = path.into_iter().flat_map(|path| self.of(path)).map(|(mount, _)| mount);
        let text = place.filter(|_| path.is_none()).and_then(|place| self.text(place));
        let of_text = self.of_text(text);
        for mount in of_path.chain(of_text) {
            mount.listen(ports, readings);
        }
    }
}

impl Mount<'_> {
    fn listen(&self, ports: &[u16], readings: &mut [Reading<'_>]) {
        let add = |listens: &mut Vec<u16>| {
            listens.extend(ports);
            listens.sort_unstable();
            listens.dedup();
        };
        if let Owner::Container(reading, at) = self.owner
            && let Some(container) = readings.get_mut(reading).and_then(|one| one.facts.containers.get_mut(at))
            // What an image listens on besides, isn't known unless it says so.
            && (matches!(self.stated, Stated::Mount(..)) || !container.listens.is_empty())
        {
            add(&mut container.listens);
        }
        match self.stated {
            Stated::Mount(reading, index) => {
                let reading = readings.get_mut(reading);
                if let Some(mount) = reading.and_then(|reading| reading.links.mounts.get_mut(index)) {
                    mount.read = true;
                }
            }
            Stated::Copy(reading, index) => {
                let Some(reading) = readings.get_mut(reading) else { return };
                let Some(copied) = reading.links.configurations.get_mut(index) else { return };
                copied.read = true;
                let stage = reading.links.stages.get_mut(copied.stage);
                let listens = stage.map(|stage| &mut stage.container.listens);
                listens.filter(|listens| !listens.is_empty()).into_iter().for_each(add);
            }
        }
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

impl Running {
    fn of<'m, 's: 'm>(mounts: impl Iterator<Item = &'m Mount<'s>>) -> Self {
        let (mut known, mut published, mut allows_old_tls) = (false, false, false);
        for mount in mounts {
            known |= mount.published.is_some();
            published |= mount.published == Some(true);
            allows_old_tls |= mount.allows_old_tls;
        }
        Running { unpublished: known && !published, allows_old_tls }
    }
}

/// The mounts' verdict for each file and each text in one, asked once.
#[derive(Default)]
pub(super) struct RunningFiles(FxHashMap<(SourceId, Option<Span>), Running>);

impl RunningFiles {
    /// Where a server runs: its own file's mounts decide, or those of the text that it stands in, else those
    /// of the main file.
    pub(super) fn of(&mut self, mounts: &Mounts<'_>, at: Span, path: &str, main: Option<&str>) -> Running {
        let text = if main.is_none() { mounts.text(at) } else { None };
        *self.0.entry((at.file, text)).or_insert_with(|| {
            let main = main.map(|main| mounts.running(main)).unwrap_or_default();
            let own = if text.is_some() { Running::of(mounts.of_text(text)) } else { mounts.running(path) };
            Running {
                unpublished: own.unpublished || main.unpublished,
                allows_old_tls: own.allows_old_tls || main.allows_old_tls,
            }
        })
    }
}
