//! Files that others name: they are read too, to understand those that name them.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use rustc_hash::FxHashSet;

use super::{Look, Options, Read, each, load, read_as, recognise, unreadable};
use crate::formats::{self, Format, Recognised, Unread, Want};
use crate::source::Sources;
use crate::walk::{File, Root, reason};

/// How far a chain of files that name one another is followed.
const ROUNDS: usize = 64;
/// How many files are read that are not checked themselves.
const FILES: usize = 10_000;
/// The length in bytes up to which a pattern for names is followed. Names have at most 255 bytes.
const LONGEST_PATTERN: usize = 1024;

/// Reads what the readings want, and what is wanted by that, until nothing is missing. Only what lies in the
/// root is read, links worked off. A file among those that the run looks at is checked from now on, since
/// what names it tells its format; all others are context.
pub fn read_wanted<'s>(read: &mut Read<'s>, options: Options<'_>, sources: &'s Sources) {
    let mut known: FxHashSet<String> = read.listed.iter().map(|listed| listed.path.clone()).collect();
    let (mut from, mut count) = (0, 0);
    for _ in 0..ROUNDS {
        let mut wants: Vec<&Want> =
            read.readings.iter().skip(from).flat_map(|reading| &reading.wants).collect();
        from = read.readings.len();
        wants.sort_unstable();
        wants.dedup();
        let mut wanted: Vec<(File, &'static Format)> = Vec::new();
        for want in wants {
            let Some(format) = formats::find(want.format) else { continue };
            for path in expand(options.root, &want.path) {
                let Some(location) = options.root.locate(&path) else { continue };
                let new = count < FILES && !known.contains(&path) && !options.found.lacks(&path);
                if new && location.is_file() {
                    count += 1;
                    known.insert(path.clone());
                    wanted.push((File { path, location }, format));
                }
            }
        }
        if wanted.is_empty() {
            return;
        }
        let look = |(file, format): &(File, &'static Format)| look(file, format, options, sources);
        each(&wanted, sources, look, |(file, _), look| {
            let checked = options.found.files.binary_search_by(|other| other.path.cmp(&file.path)).is_ok();
            read.take(&file.path, look, checked);
        });
        let taken: FxHashSet<&str> = wanted.iter().map(|(file, _)| file.path.as_str()).collect();
        read.left_out.retain(|left| !taken.contains(left.path.as_str()));
    }
}

fn look<'s>(file: &File, format: &'static Format, options: Options<'_>, sources: &'s Sources) -> Look<'s> {
    let found = recognise(&file.path, options, || None);
    let found = found.unwrap_or(Recognised { format, because: "named by another file" });
    match file.location.canonicalize() {
        Ok(target) if options.root.contains(&target) => match load(&target) {
            Ok(text) => read_as(&file.path, text, found, sources),
            Err(unread) => unreadable(&file.path, &unread, sources),
        },
        Ok(_) => unreadable(&file.path, &Unread::Refused("a link out of the project".into()), sources),
        Err(error) => unreadable(&file.path, &Unread::Refused(reason(&error)), sources),
    }
}

/// The paths that a path with `*` in its parts stands for, sorted; without `*`, the path itself. As in a
/// shell, `*` stands for no dot at the start of a name.
fn expand(root: &Root, pattern: &str) -> Vec<String> {
    if !pattern.contains('*') {
        return vec![pattern.to_owned()];
    }
    let mut paths = vec![String::new()];
    for part in pattern.split('/') {
        paths = paths.iter().flat_map(|folder| step(root, folder, part)).take(FILES).collect();
    }
    paths.sort_unstable();
    paths
}

fn step(root: &Root, folder: &str, part: &str) -> Vec<String> {
    let joined = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    if !part.contains('*') {
        return vec![joined(part)];
    }
    let hidden = part.starts_with('.');
    let Some(fits) = matcher(part) else { return Vec::new() };
    let names = root.locate(folder).map(|folder| names(&folder)).unwrap_or_default();
    let matching = names.iter().filter(|name| fits(name) && (hidden || !name.starts_with('.')));
    matching.map(|name| joined(name)).collect()
}

/// Whether a name fits a pattern.
type Fits<'p> = Box<dyn Fn(&str) -> bool + 'p>;

/// One star, as in `*.conf`, needs no automaton.
fn matcher(pattern: &str) -> Option<Fits<'_>> {
    let parts = pattern.split_once('*').filter(|_| !pattern.contains(['?', '[', '{', '\\']));
    if let Some((start, end)) = parts.filter(|(_, end)| !end.contains('*')) {
        return Some(Box::new(move |name| {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }));
    }
    // What is much longer than any name is no pattern for one, and too much for an automaton.
    let pattern = Some(pattern).filter(|pattern| pattern.len() <= LONGEST_PATTERN)?;
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().ok()?.compile_matcher();
    Some(Box::new(move |name| glob.is_match(name)))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| PathBuf::from(entry.file_name()).into_os_string().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn stars_stand_for_names_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["conf.d/b.conf", "conf.d/a.conf", "conf.d/.c.conf", "conf.d/x.txt", "sites/one/x.conf"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let root = Root::of(&[folder.path().to_path_buf()], None);
        let expand = |pattern| expand(&root, pattern);
        assert_eq!(expand("conf.d/*.conf"), ["conf.d/a.conf", "conf.d/b.conf"]);
        assert_eq!(expand("sites/*/*.conf"), ["sites/one/x.conf"]);
        assert_eq!(expand("con*/[ab].*"), ["conf.d/a.conf", "conf.d/b.conf"]);
        let long = "*?".repeat(100_000);
        assert_eq!(expand(&long), Vec::<String>::new());
        assert_eq!(expand("none/*"), Vec::<String>::new());
        assert_eq!(expand("../*"), Vec::<String>::new());
        assert_eq!(expand("x.conf"), ["x.conf"]);
    }
}
