//! What `.dockerignore` keeps out of a build never gets into the image.
//! <https://docs.docker.com/build/concepts/context/#dockerignore-files>

mod pattern;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use self::pattern::{LONGEST, Pattern};
use super::Surroundings;
use crate::formats::{Reading, resolve};

/// How many patterns are tried in one run, each with a folder or a file. Beyond that, files count as left out.
const MOST_MATCHES: usize = 10_000_000;

/// Drops the credential files that a Dockerfile names and no build of it is given.
pub(super) fn link(readings: &mut [Reading<'_>], around: &dyn Surroundings) {
    if readings.iter().all(|reading| reading.links.copies.is_empty()) {
        return;
    }
    let mut contexts: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for build in readings.iter().flat_map(|reading| &reading.links.builds) {
        if let (Some(path), Some((folder, _))) = (&build.dockerfile, &build.context) {
            contexts.entry(path.clone()).or_default().push(folder.clone());
        }
    }
    let mut lists = Lists { around, read: FxHashMap::default() };
    let mut left = MOST_MATCHES;
    for reading in readings {
        let copies = std::mem::take(&mut reading.links.copies);
        if copies.is_empty() {
            continue;
        }
        let lists = lists.of(reading.path, contexts.get(reading.path).map(Vec::as_slice));
        if lists.is_empty() {
            continue;
        }
        let mut kept_out = |path: &str| lists.iter().all(|list| list.leaves_out(path, &mut left));
        let mut left_out: Vec<usize> =
            copies.iter().filter(|copy| kept_out(copy.path)).map(|copy| copy.credential).collect();
        left_out.sort_unstable();
        let mut at = 0..;
        reading.facts.credentials.retain(|_| {
            let index = at.next();
            index.is_none_or(|index| left_out.binary_search(&index).is_err())
        });
    }
}

/// The lists of a run, each read once.
struct Lists<'a> {
    around: &'a dyn Surroundings,
    read: FxHashMap<String, Option<Rc<Dockerignore>>>,
}

impl Lists<'_> {
    fn read(&mut self, path: String) -> Option<Rc<Dockerignore>> {
        if let Some(known) = self.read.get(&path) {
            return known.clone();
        }
        let list = self.around.ignore_file(&path).map(|text| Rc::new(Dockerignore::parse(&text)));
        self.read.insert(path, list.clone());
        list
    }

    /// The lists that hold for the builds of a Dockerfile: its own (`Dockerfile.dockerignore`), or that of each
    /// folder that is built with it. Where nothing here builds it, the nearest list above it counts, as it is
    /// the folder with the list that is built as a rule.
    fn of(&mut self, dockerfile: &str, contexts: Option<&[String]>) -> Vec<Rc<Dockerignore>> {
        if let Some(own) = self.read(format!("{dockerfile}.dockerignore")) {
            return vec![own];
        }
        if let Some(contexts) = contexts {
            let folders: FxHashSet<&String> = contexts.iter().collect();
            let path = |folder: &String| resolve(&format!("{folder}/x"), ".dockerignore");
            return folders.into_iter().map(|folder| self.read(path(folder)).unwrap_or_default()).collect();
        }
        let mut folder = dockerfile;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(list) = self.read(format!("{above}/.dockerignore")) {
                return vec![list];
            }
            folder = above;
        }
        self.read(".dockerignore".to_owned()).into_iter().collect()
    }
}

/// The patterns of an ignore file, in order.
#[derive(Default, Debug)]
struct Dockerignore(Vec<Pattern>);

impl Dockerignore {
    fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::trim);
        Dockerignore(lines.filter_map(Pattern::parse).collect())
    }

    /// Whether a path of the folder that is built is left out: the last pattern that matches it, or a folder
    /// that it lies in, decides.
    fn leaves_out(&self, path: &str, left: &mut usize) -> bool {
        if path.len() > LONGEST {
            return true;
        }
        let path = resolve("", path.trim_start_matches('/'));
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let paths: Vec<&str> = ends.filter_map(|end| path.get(..end)).collect();
        *left = left.saturating_sub(self.0.len().saturating_mul(paths.len()));
        if *left == 0 {
            return true;
        }
        let decides = |pattern: &&Pattern| paths.iter().any(|path| pattern.matches(path));
        self.0.iter().rev().find(decides).is_some_and(|pattern| !pattern.exception)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves_out(list: &str, path: &str) -> bool {
        Dockerignore::parse(list).leaves_out(path, &mut usize::MAX.clone())
    }

    #[test]
    fn patterns_match_from_the_root_of_the_build() {
        for (list, path) in [
            (".env", ".env"),
            ("/.env", "./.env"),
            ("./.env\n", ".env"),
            ("  .env  ", "/.env"),
            (".env*", ".env.production"),
            ("**/*.key", "certs/a.key"),
            ("**/*.key", "a.key"),
            ("certs", "certs/deep/a.key"),
            ("certs/", "certs/a.key"),
            ("certs/**", "certs/a.key"),
            ("*", "certs/a.key"),
            ("*/a.key", "certs/a.key"),
            ("id_?sa", "id_rsa"),
            ("id_[^e]sa", "id_rsa"),
            ("[a-dé].key", "é.key"),
            ("\\*.key", "*.key"),
            ("**.key", "certs/a.key"),
            ("a/**/b/*.key", "a/b/x/b/c.key"),
            ("**/b*/**/c*.key", "a/b/bc/d/cc.key"),
            ("certs/../.env", ".env"),
        ] {
            assert!(leaves_out(list, path), "{list}: {path}");
        }
        for (list, path) in [
            (".env", "app/.env"),
            ("*.key", "certs/a.key"),
            ("#.env", ".env"),
            ("{.env,x}", ".env"),
            ("", ".env"),
            (".env.*", ".env"),
            ("cert", "certs/a.key"),
            ("**/b/*.key", "ab/a.key"),
            ("[", "["),
            ("[a-", "a"),
            ("\\", "\\"),
        ] {
            assert!(!leaves_out(list, path), "{list}: {path}");
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        assert!(!leaves_out("*\n!.env", ".env"));
        assert!(leaves_out("!.env\n*", ".env"));
        assert!(!leaves_out("certs\n! certs/a.key", "certs/a.key"));
        assert!(leaves_out("**\n!certs\ncerts/*.key", "certs/a.key"));
    }

    #[test]
    fn long_lists_are_tried_up_to_a_limit() {
        let list = Dockerignore::parse(&"x*y\n".repeat(1000));
        let mut left = 1500;
        assert!(!list.leaves_out("a", &mut left));
        assert!(list.leaves_out("a", &mut left));
        assert!(!leaves_out(&format!("{}b", "**/".repeat(5000)), "a"));
        assert!(!leaves_out(&"[a-z]".repeat(4000), "a"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(list in "[*!?/.a\\[\\]{}\\\\ \n]{0,40}", path in "[./a*\\[]{0,12}") {
            let _ = leaves_out(&list, &path);
        }
    }
}
