//! What ignore files leave out.

use std::cell::{OnceCell, RefCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};
use rustc_hash::FxHashMap;

use super::{Found, Root, Why};

const GIT: &str = ".gitignore";
const OURS: &str = ".govlintignore";

/// The ignore files that hold in a folder.
#[derive(Clone)]
pub(super) struct Ignores {
    run: Arc<Run>,
    deepest: Option<Arc<Layer>>,
}

/// What holds in every folder of the run.
struct Run {
    on: bool,
    top: PathBuf,
    /// The user's own list and that of the checkout (`.git/info/exclude`).
    personal: Gitignore,
}

/// The ignore files of one folder, and of those above it.
struct Layer {
    ours: Option<Gitignore>,
    git: Option<Gitignore>,
    /// Whether a git checkout begins here, so that `.gitignore` files further up don't hold.
    checkout: bool,
    above: Option<Arc<Layer>>,
}

impl Ignores {
    /// What holds above the root.
    pub(super) fn of_root(root: &Root, on: bool) -> Self {
        let top = root.repository().unwrap_or(root.folder());
        let mut personal = GitignoreBuilder::new(top);
        if let Some(repository) = root.repository().filter(|_| on) {
            let lists = [gitconfig_excludes_path(), Some(repository.join(".git/info/exclude"))];
            for list in lists.into_iter().flatten().filter(|list| list.is_file()) {
                personal.add(list);
            }
        }
        // What can't be read in such a list is set aside, as git does.
        let personal = personal.build().unwrap_or_else(|_| Gitignore::empty());
        let run = Run { on, top: top.to_path_buf(), personal };
        Ignores { run: Arc::new(run), deepest: None }
    }

    /// What holds for a folder because of the folders above it, from the root on.
    pub(super) fn above(&self, folder: &Path) -> Self {
        let Ok(inside) = folder.strip_prefix(&self.run.top) else { return self.clone() };
        let (mut ignores, mut at) = (self.clone(), self.run.top.clone());
        for part in inside.components() {
            let names = present(&at, [GIT, OURS, ".git"].into_iter());
            ignores = ignores.enter(&at, names);
            at.push(part);
        }
        ignores
    }

    /// What holds in a folder with these entries.
    pub(super) fn enter(&self, folder: &Path, names: impl Iterator<Item = OsString>) -> Self {
        let mut layer = Layer { ours: None, git: None, checkout: false, above: self.deepest.clone() };
        if self.run.on {
            for name in names {
                match name.to_str() {
                    Some(OURS) => layer.ours = list(&folder.join(name)),
                    Some(GIT) => layer.git = list(&folder.join(name)),
                    Some(".git") => layer.checkout = true,
                    _ => {}
                }
            }
        }
        let plain = layer.ours.is_none() && layer.git.is_none() && !layer.checkout;
        let deepest = if plain { layer.above } else { Some(Arc::new(layer)) };
        Ignores { run: Arc::clone(&self.run), deepest }
    }

    /// Why something in the folder is left out, if it is.
    pub(super) fn leave_out(&self, location: &Path, is_folder: bool) -> Option<Why> {
        let layers = || std::iter::successors(self.deepest.as_deref(), |layer| layer.above.as_deref());
        let ours = layers().filter_map(|layer| layer.ours.as_ref());
        let checkout = layers().position(|layer| layer.checkout).map_or(usize::MAX, |at| at + 1);
        let git = layers().take(checkout).filter_map(|layer| layer.git.as_ref());
        let personal = std::iter::once(&self.run.personal);
        let decision = ours.chain(git).chain(personal).map(|list| list.matched(location, is_folder));
        match decision.into_iter().find(|decision| !decision.is_none()) {
            Some(Match::Ignore(_)) => Some(Why::Ignored),
            _ => None,
        }
    }
}

/// An ignore file. Opening a pipe of that name would wait for somebody to write into it.
fn list(file: &Path) -> Option<Gitignore> {
    file.is_file().then(|| Gitignore::new(file).0)
}

/// Those of the names that are there in a folder.
fn present(folder: &Path, names: impl Iterator<Item = &'static str>) -> impl Iterator<Item = OsString> {
    names.filter(|name| folder.join(name).exists()).map(OsString::from)
}

/// What git keeps out of version control, each folder's ignore files read once.
pub struct Unversioned<'r> {
    root: &'r Root,
    found: &'r Found,
    /// Most runs ask for nothing, so the user's lists are read when the first path is asked for.
    above: OnceCell<Ignores>,
    folders: RefCell<FxHashMap<PathBuf, Ignores>>,
}

impl<'r> Unversioned<'r> {
    /// What git keeps out below a root, in which a walk has found something already.
    #[must_use]
    pub fn new(root: &'r Root, found: &'r Found) -> Self {
        Unversioned { root, found, above: OnceCell::new(), folders: RefCell::default() }
    }

    /// Whether a path from the root is kept out. It needs not exist.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        let Some(location) = self.root.locate(path) else { return false };
        let above = self.above.get_or_init(|| Ignores::of_root(self.root, true));
        let Ok(inside) = location.strip_prefix(&above.run.top) else { return false };
        let (mut ignores, mut at) = (above.clone(), above.run.top.clone());
        let mut folders = self.folders.borrow_mut();
        let mut parts = inside.components().peekable();
        while let Some(part) = parts.next() {
            if let Some(known) = folders.get(&at) {
                ignores = known.clone();
            } else {
                let folder = self.root.relative(&at);
                let path =
                    |name: &str| if folder.is_empty() { name.into() } else { format!("{folder}/{name}") };
                let names = [GIT, ".git"].into_iter().filter(|name| !self.found.lacks(&path(name)));
                ignores = ignores.enter(&at, present(&at, names));
                folders.insert(at.clone(), ignores.clone());
            }
            at.push(part);
            if ignores.leave_out(&at, parts.peek().is_some()).is_some() {
                return true;
            }
        }
        false
    }
}
