//! Which files a run looks at: the folder it takes place in, what is named, what ignore files leave out.
//!
//! Folders are listed level by level, so that a level can be listed in parallel and the order of the files
//! stays the same from run to run. Ignore files follow git's rules: the deepest folder decides, and
//! `.govlintignore` decides before `.gitignore`. Outside of a git checkout `.gitignore` holds too.

mod ignores;
mod root;

pub use ignores::Unversioned;
pub use root::{Root, common_folder};

use std::io;
use std::path::{Path, PathBuf};

use ignores::Ignores;
use rustc_hash::FxHashSet;

use crate::parallel;

/// How many folders beside each other are enough for several threads.
const PARALLEL_FROM: usize = 128;

/// What is to be checked.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// Whether `[files] exclude` leaves out a path from the root.
    pub exclude: &'o (dyn Fn(&str) -> bool + Sync),
    /// Whether ignore files and `exclude` are set aside.
    pub no_ignore: bool,
}

/// A file to look at. Whether it is relevant isn't known yet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct File {
    /// Its path from the root of the run with `/` between the parts; absolute where it lies outside.
    pub path: String,
    /// Where it is.
    pub location: PathBuf,
}

/// Something that is not looked at, though it lies in a folder that is checked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LeftOut {
    /// Its path, as [`File::path`].
    pub path: String,
    /// Why it is left out.
    pub why: Why,
}

/// Why something is not looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// An ignore file names it. An ignored folder counts once.
    Ignored,
    /// `[files] exclude` names it.
    Excluded,
    /// It is a link to a folder; links are followed to files only, so loops are impossible.
    FolderLink,
    /// It is a link to a file outside of the root, or to nothing.
    OutsideLink,
    /// It is a pipe, a socket or a device.
    Special,
    /// It is larger than what is read.
    TooLarge,
    /// Its name says nothing and its bytes are no text.
    NotText,
    /// Its name says nothing and its text is in no format that is known.
    NoFormat,
}

impl Why {
    /// The reason in words that fit behind a number: "3 ignored".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Why::Ignored => "ignored",
            Why::Excluded => "excluded by govlint.toml",
            Why::FolderLink => "links to folders",
            Why::OutsideLink => "links out of the project",
            Why::Special => "pipes, sockets or devices",
            Why::TooLarge => "too large",
            Why::NotText => "not text",
            Why::NoFormat => "of no known format",
        }
    }
}

/// What lies at the paths that were named.
#[derive(Default, Debug)]
pub struct Found {
    /// Files, sorted by path, each once.
    pub files: Vec<File>,
    /// What is not looked at, sorted by path.
    pub left_out: Vec<LeftOut>,
    /// Folders that could not be listed, with the reason.
    pub unlisted: Vec<(String, String)>,
    /// Paths that were named and could not be found, with the reason.
    pub missing: Vec<(PathBuf, String)>,
    /// The folders that were listed.
    folders: FxHashSet<String>,
    /// Those of them that hold `.git`.
    checkouts: FxHashSet<String>,
}

impl Found {
    /// Whether a named path could not be found.
    #[must_use]
    pub fn is_missing(&self, path: &Path) -> bool {
        self.missing.iter().any(|(missing, _)| missing == path)
    }

    /// Whether it is known without another look that nothing lies at a path from the root: its folder was
    /// listed and didn't hold it. Names count as they are written, on every system.
    #[must_use]
    pub fn lacks(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if path.starts_with('/') || matches!(name, "" | "." | "..") || !self.folders.contains(folder) {
            return false;
        }
        if name == ".git" {
            return !self.checkouts.contains(folder);
        }
        !self.folders.contains(path)
            && self.files.binary_search_by(|file| file.path.as_str().cmp(path)).is_err()
            && self.left_out.binary_search_by(|left| left.path.as_str().cmp(path)).is_err()
            && !self.unlisted.iter().any(|(unlisted, _)| unlisted == path)
    }
}

/// Lists the files at these paths. A path that names a file yields it even where it is ignored.
#[must_use]
pub fn walk(paths: &[PathBuf], root: &Root, options: Options<'_>) -> Found {
    let mut found = Found::default();
    let mut level = Vec::new();
    let mut ignores = None;
    for path in paths {
        match path.metadata() {
            Err(error) => found.missing.push((path.clone(), reason(&error))),
            Ok(metadata) if metadata.is_dir() => {
                let location = root.place(path);
                let base = ignores.get_or_insert_with(|| Ignores::of_root(root, !options.no_ignore));
                level.push(Folder {
                    path: root.relative(&location),
                    ignores: base.above(&location),
                    location,
                });
            }
            // A pipe would be waited for, a device never ends.
            Ok(metadata) if !metadata.is_file() => {
                found
                    .missing
                    .push((path.clone(), "neither a file nor a folder; `-` is standard input".into()));
            }
            Ok(_) => {
                let location = root.place(path);
                found.files.push(File { path: root.relative(&location), location });
            }
        }
    }
    while !level.is_empty() {
        let enough = level.len() >= PARALLEL_FROM;
        let listings = parallel::map(level, enough, |folder: Folder| folder.list(root, options));
        level = Vec::new();
        for mut listing in listings {
            found.files.append(&mut listing.files);
            found.left_out.append(&mut listing.left_out);
            found.unlisted.extend(listing.unlisted);
            level.append(&mut listing.folders);
            if listing.checkout {
                found.checkouts.insert(listing.path.clone());
            }
            if listing.complete {
                found.folders.insert(listing.path);
            }
        }
    }
    found.files.sort_unstable();
    found.files.dedup();
    found.left_out.sort_unstable();
    found.left_out.dedup();
    found
}

/// What the system says, in lower case and without the number of the error.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
    }
}

/// A folder that is about to be listed.
struct Folder {
    path: String,
    location: PathBuf,
    ignores: Ignores,
}

/// What one folder holds.
#[derive(Default)]
struct Listing {
    path: String,
    /// Whether nothing in it is passed over in silence, but for `.git`.
    complete: bool,
    checkout: bool,
    files: Vec<File>,
    folders: Vec<Folder>,
    left_out: Vec<LeftOut>,
    unlisted: Option<(String, String)>,
}

impl Folder {
    fn list(self, root: &Root, options: Options<'_>) -> Listing {
        let mut listing = Listing { complete: true, ..Listing::default() };
        let entries =
            match std::fs::read_dir(&self.location).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
                Ok(entries) => entries,
                Err(error) => {
                    let unlisted = Some((self.path, reason(&error)));
                    return Listing { unlisted, ..Listing::default() };
                }
            };
        let ignores = self.ignores.enter(&self.location, entries.iter().map(std::fs::DirEntry::file_name));
        for entry in entries {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else {
                listing.complete = false;
                continue;
            };
            if name == ".git" {
                listing.checkout = true;
                continue;
            }
            let name = name.to_string_lossy();
            let path = if self.path.is_empty() { name.into_owned() } else { format!("{}/{name}", self.path) };
            let location = entry.path();
            let excluded = !options.no_ignore && (options.exclude)(&path);
            let why =
                if excluded { Some(Why::Excluded) } else { ignores.leave_out(&location, kind.is_dir()) };
            if let Some(why) = why.or_else(|| unfollowed(&location, kind, root)) {
                listing.left_out.push(LeftOut { path, why });
            } else if kind.is_dir() {
                listing.folders.push(Folder { path, location, ignores: ignores.clone() });
            } else {
                listing.files.push(File { path, location });
            }
        }
        listing.path = self.path;
        listing
    }
}

/// Why an entry is no file to be read and no folder to be listed.
fn unfollowed(location: &Path, kind: std::fs::FileType, root: &Root) -> Option<Why> {
    if kind.is_file() || kind.is_dir() {
        return None;
    }
    if !kind.is_symlink() {
        return Some(Why::Special);
    }
    match location.canonicalize() {
        Ok(target) if target.is_dir() => Some(Why::FolderLink),
        Ok(target) if target.is_file() && root.contains(&target) => None,
        _ => Some(Why::OutsideLink),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn walked(folder: &Path, named: &[&str], options: Options<'_>) -> (Vec<String>, Vec<(String, Why)>) {
        let paths: Vec<_> = named.iter().map(|path| folder.join(path)).collect();
        let found = walk(&paths, &Root::of(&paths, None), options);
        (
            found.files.into_iter().map(|file| file.path).collect(),
            found.left_out.into_iter().map(|left| (left.path, left.why)).collect(),
        )
    }

    const ALL: Options<'_> = Options { exclude: &|_| false, no_ignore: false };

    #[test]
    fn ignored_files_are_left_out_and_counted_and_folders_count_once() {
        let tree = tree(&[
            (".gitignore", "node_modules/\n*.log\n"),
            ("node_modules/a/compose.yaml", ""),
            ("x.log", ""),
            (".env", ""),
            ("api/.gitignore", "!kept.log\n"),
            ("api/kept.log", ""),
        ]);
        let (files, left) = walked(tree.path(), &[""], ALL);
        assert_eq!(files, [".env", ".gitignore", "api/.gitignore", "api/kept.log"]);
        assert_eq!(left, [("node_modules".into(), Why::Ignored), ("x.log".into(), Why::Ignored)]);
        let (files, left) = walked(tree.path(), &[""], Options { no_ignore: true, ..ALL });
        assert_eq!((files.len(), left.len()), (6, 0));
    }

    #[test]
    fn our_ignore_file_decides_before_that_of_git() {
        let tree = tree(&[
            (".gitignore", ".env\n"),
            (".govlintignore", "!.env\nold/\n"),
            (".env", ""),
            ("old/.env", ""),
        ]);
        let (files, left) = walked(tree.path(), &[""], ALL);
        assert_eq!(files, [".env", ".gitignore", ".govlintignore"]);
        assert_eq!(left, [("old".into(), Why::Ignored)]);
    }

    #[test]
    fn excluded_folders_are_not_entered() {
        let tree = tree(&[("vendor/x/.env", ""), (".env", "")]);
        let exclude = |path: &str| path.starts_with("vendor/");
        let (files, left) = walked(tree.path(), &[""], Options { exclude: &exclude, no_ignore: false });
        assert_eq!(files, [".env"]);
        assert_eq!(left, [("vendor/x".into(), Why::Excluded)]);
    }

    #[test]
    fn a_named_file_is_looked_at_even_when_ignored() {
        let tree = tree(&[(".gitignore", ".env\n"), (".env", ""), (".git/HEAD", "")]);
        assert_eq!(walked(tree.path(), &[".env"], ALL).0, [".env"]);
        assert_eq!(walked(tree.path(), &["", ".env"], ALL).0, [".env", ".gitignore"]);
    }

    #[test]
    fn ignore_files_above_a_named_folder_hold_up_to_the_root() {
        let tree = tree(&[(".git/HEAD", ""), (".gitignore", "*.log\n"), ("a/b/x.log", ""), ("a/b/.env", "")]);
        let (files, left) = walked(tree.path(), &["a/b"], ALL);
        assert_eq!(files, ["a/b/.env"]);
        assert_eq!(left, [("a/b/x.log".into(), Why::Ignored)]);
    }

    #[test]
    fn what_git_keeps_out_is_known_without_a_file() {
        let tree = tree(&[(".git/HEAD", ""), (".gitignore", ".env\nbuild/\n"), ("a/.gitignore", "!.env\n")]);
        let root = Root::of(&[tree.path().to_path_buf()], None);
        for found in [Found::default(), walk(&[tree.path().to_path_buf()], &root, ALL)] {
            let unversioned = Unversioned::new(&root, &found);
            let ignored = |path| unversioned.holds(path);
            assert_eq!(
                [".env", "build/x/y", "a/.env", "b/.env", "../.env"].map(ignored),
                [true, true, false, true, false]
            );
        }
    }

    #[test]
    fn what_a_listed_folder_does_not_hold_is_known_to_be_missing() {
        let tree =
            tree(&[("a/.env", ""), ("a/b/x", ""), ("c/.git/HEAD", ""), (".gitignore", "d\n"), ("d/x", "")]);
        let paths = [tree.path().to_path_buf()];
        let found = walk(&paths, &Root::of(&paths, None), ALL);
        for path in ["x", "a/x", "a/.git", "a/.gitignore", "c/.gitignore"] {
            assert!(found.lacks(path), "{path}");
        }
        for path in
            ["", "a", "a/", "a/.env", "a/b", "a/./x", "a/../x", "..", "/x", "c/.git", "d", "d/y", "e/f"]
        {
            assert!(!found.lacks(path), "{path}");
        }
        assert!(!Found::default().lacks("x"));
    }

    #[test]
    fn paths_that_do_not_exist_are_told() {
        let tree = tree(&[(".env", "")]);
        let paths = [tree.path().join("nothing"), tree.path().join(".env")];
        let found = walk(&paths, &Root::of(&paths, None), ALL);
        assert_eq!((found.files.len(), found.missing.len()), (1, 1));
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_files_of_the_project_alone() {
        use std::os::unix::fs::symlink;
        let outside = tree(&[("secret.env", "")]);
        let tree = tree(&[("a/.env", ""), ("b/x", "")]);
        symlink(tree.path().join("a/.env"), tree.path().join("b/.env")).unwrap();
        symlink(tree.path(), tree.path().join("b/loop")).unwrap();
        symlink(outside.path().join("secret.env"), tree.path().join("b/out.env")).unwrap();
        symlink("nowhere", tree.path().join("b/broken.env")).unwrap();
        let (files, left) = walked(tree.path(), &[""], ALL);
        assert_eq!(files, ["a/.env", "b/.env", "b/x"]);
        let why: Vec<_> = left.iter().map(|(_, why)| *why).collect();
        assert_eq!(why, [Why::OutsideLink, Why::FolderLink, Why::OutsideLink]);
    }
}
