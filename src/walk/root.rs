//! The folder that a run takes place in.

use std::path::{Component, Path, PathBuf};

/// The folder that a run takes place in: all paths are relative to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Root {
    folder: PathBuf,
    repository: Option<PathBuf>,
    prefix: String,
    /// The working folder from the root, where it lies in the root.
    working: Option<PathBuf>,
}

impl Root {
    /// The root of a run over these paths: the nearest folder above all of them that holds `.git` or the
    /// policy file in use, else the nearest folder above all of them.
    #[must_use]
    pub fn of(paths: &[PathBuf], policy_file: Option<&Path>) -> Self {
        let working = std::env::current_dir().unwrap_or_default();
        let base = common_folder(paths);
        let policy_folder = policy_file.and_then(|file| folder_of(file).canonicalize().ok());
        let repository = base.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf);
        let anchored = base.ancestors().find(|folder| {
            Some(*folder) == policy_folder.as_deref() || Some(*folder) == repository.as_deref()
        });
        let folder = anchored.unwrap_or(&base).to_path_buf();
        let inside = working.strip_prefix(&folder).ok().map(Path::to_path_buf);
        Root { prefix: prefix(&folder, &working), working: inside, folder, repository }
    }

    /// The folder, absolute and without links.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What stands before a path from the root, seen from the working folder; empty where they are the same.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A path from the root as a person in the working folder writes it.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        let path = Path::new(path);
        match &self.working {
            _ if path.is_absolute() => path.to_string_lossy().into_owned(),
            Some(working) => relative_to(path, working),
            None => format!("{}{}", self.prefix, slashed(path)),
        }
    }

    /// The git checkout that the root lies in.
    pub(super) fn repository(&self) -> Option<&Path> {
        self.repository.as_deref()
    }

    /// Whether an absolute path without links lies in the root.
    #[must_use]
    pub fn contains(&self, path: &Path) -> bool {
        path.starts_with(&self.folder)
    }

    /// A path that a user named, absolute and its folder without links. The last part of a file's path
    /// stays as it was named, since the name tells the format.
    #[must_use]
    pub fn place(&self, path: &Path) -> PathBuf {
        if path.is_dir() {
            return path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        }
        let folder = folder_of(path);
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
    }

    /// An absolute path as it is shown: from the root with `/` between its parts, absolute outside of it.
    #[must_use]
    pub fn relative(&self, path: &Path) -> String {
        match path.strip_prefix(&self.folder) {
            Ok(inside) => slashed(inside),
            Err(_) => path.to_string_lossy().into_owned(),
        }
    }

    /// Where a path from the root lies; nothing where it leads out of the root.
    #[must_use]
    pub fn locate(&self, path: &str) -> Option<PathBuf> {
        let path = Path::new(path);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        inside.then(|| self.folder.join(path))
    }
}

/// The folder that a path's last part lies in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The nearest folder above all of the paths that exist, absolute and without links: the folder itself where
/// one is named alone. Without any, the working folder.
#[must_use]
pub fn common_folder(paths: &[PathBuf]) -> PathBuf {
    let folders = paths.iter().filter_map(|path| {
        let folder = if path.is_dir() { path.as_path() } else { folder_of(path) };
        folder.canonicalize().ok()
    });
    let common = folders.reduce(|common, folder| {
        common.ancestors().find(|above| folder.starts_with(above)).unwrap_or(&common).to_path_buf()
    });
    common.unwrap_or_else(|| std::env::current_dir().unwrap_or_default())
}

/// A path seen from a folder, where both are given from the same one.
fn relative_to(path: &Path, folder: &Path) -> String {
    let common =
        path.components().zip(folder.components()).take_while(|(path, folder)| path == folder).count();
    let up = std::iter::repeat_n(Component::ParentDir, folder.components().count() - common);
    slashed(&up.chain(path.components().skip(common)).collect::<PathBuf>())
}

fn prefix(root: &Path, working: &Path) -> String {
    let path = if let Ok(below) = root.strip_prefix(working) {
        slashed(below)
    } else if let Ok(above) = working.strip_prefix(root) {
        vec![".."; above.components().count()].join("/")
    } else {
        root.to_string_lossy().into_owned()
    };
    if path.is_empty() || path.ends_with('/') { path } else { path + "/" }
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folders(paths: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        for path in paths {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let path = folder.path().canonicalize().unwrap();
        (folder, path)
    }

    #[test]
    fn the_checkout_above_is_the_root() {
        let (_keep, top) = folders(&[".git", "a/b"]);
        let root = Root::of(&[top.join("a/b")], None);
        assert_eq!(root.folder(), top);
        assert_eq!(root.relative(&root.place(&top.join("a/b/.env"))), "a/b/.env");
    }

    #[test]
    fn the_folder_of_the_policy_is_nearer_than_the_checkout() {
        let (_keep, top) = folders(&[".git", "a/b"]);
        fs::write(top.join("a/govlint.toml"), "").unwrap();
        assert_eq!(Root::of(&[top.join("a/b")], Some(&top.join("a/govlint.toml"))).folder(), top.join("a"));
    }

    #[test]
    fn without_either_the_checked_folder_is_the_root_or_the_folder_above_all() {
        let (_keep, top) = folders(&["a/b", "a/c"]);
        fs::write(top.join("a/b/.env"), "").unwrap();
        assert_eq!(Root::of(&[top.join("a/b")], None).folder(), top.join("a/b"));
        assert_eq!(Root::of(&[top.join("a/b/.env")], None).folder(), top.join("a/b"));
        assert_eq!(Root::of(&[top.join("a/b/.env"), top.join("a/c")], None).folder(), top.join("a"));
    }

    #[test]
    fn paths_that_lead_out_of_the_root_have_no_place() {
        let (_keep, top) = folders(&["a"]);
        let root = Root::of(std::slice::from_ref(&top), None);
        assert_eq!(root.locate("a/.env"), Some(top.join("a/.env")));
        assert_eq!(root.locate("../.env"), None);
        assert_eq!(root.locate("/etc/passwd"), None);
    }

    #[test]
    fn paths_are_shown_from_the_working_folder() {
        let shown = |path: &str, folder: &str| relative_to(Path::new(path), Path::new(folder));
        assert_eq!(shown("a/.env", ""), "a/.env");
        assert_eq!(shown("a/.env", "a"), ".env");
        assert_eq!(shown("a/.env", "a/b/c"), "../../.env");
        assert_eq!(shown("a/.env", "b"), "../a/.env");
    }

    #[test]
    fn the_prefix_leads_from_the_working_folder_to_the_root() {
        let prefix = |root: &str, working: &str| prefix(Path::new(root), Path::new(working));
        assert_eq!(prefix("/a/b", "/a/b"), "");
        assert_eq!(prefix("/a/b/c", "/a"), "b/c/");
        assert_eq!(prefix("/a", "/a/b/c"), "../../");
        assert_eq!(prefix("/x", "/a"), "/x/");
        assert_eq!(prefix("/", "/a"), "../");
    }
}
