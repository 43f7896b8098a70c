//! What `.dockerignore` keeps out of a build never gets into the image.
//! <https://docs.docker.com/build/concepts/context/#dockerignore-files>

use globset::{GlobBuilder, GlobMatcher};
use rustc_hash::FxHashMap;

use super::Surroundings;
use crate::formats::{Reading, resolve};

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
    for reading in readings {
        let copies = std::mem::take(&mut reading.links.copies);
        if copies.is_empty() {
            continue;
        }
        let lists = lists(reading.path, contexts.get(reading.path).map(Vec::as_slice), around);
        if lists.is_empty() {
            continue;
        }
        let kept_out = |path: &str| lists.iter().all(|list| list.leaves_out(path));
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

/// The lists that hold for the builds of a Dockerfile: its own (`Dockerfile.dockerignore`), or that of each
/// folder that is built with it. Where nothing here builds it, the nearest list above it counts, as it is
/// the folder with the list that is built as a rule.
fn lists(dockerfile: &str, contexts: Option<&[String]>, around: &dyn Surroundings) -> Vec<Dockerignore> {
    let read = |path: &str| around.ignore_file(path).map(|text| Dockerignore::parse(&text));
    if let Some(own) = read(&format!("{dockerfile}.dockerignore")) {
        return vec![own];
    }
    let of_folder = |folder: &str| read(&resolve(&format!("{folder}/x"), ".dockerignore"));
    if let Some(contexts) = contexts {
        let each = contexts.iter().map(|folder| of_folder(folder).unwrap_or_default());
        return each.collect();
    }
    let mut folder = dockerfile;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if let Some(list) = read(&format!("{above}/.dockerignore")) {
            return vec![list];
        }
        folder = above;
    }
    read(".dockerignore").into_iter().collect()
}

/// The patterns of an ignore file, in order.
#[derive(Default, Debug)]
struct Dockerignore(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    /// `!`: what it matches is taken in again.
    exception: bool,
    matcher: GlobMatcher,
}

impl Dockerignore {
    fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::trim);
        Dockerignore(lines.filter_map(Pattern::parse).collect())
    }

    /// Whether a path of the folder that is built is left out: the last pattern that matches it, or a folder
    /// that it lies in, decides.
    fn leaves_out(&self, path: &str) -> bool {
        let path = resolve("", path.trim_start_matches('/'));
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let paths: Vec<&str> = ends.filter_map(|end| path.get(..end)).collect();
        let decides = |pattern: &&Pattern| paths.iter().any(|path| pattern.matcher.is_match(path));
        self.0.iter().rev().find(decides).is_some_and(|pattern| !pattern.exception)
    }
}

impl Pattern {
    fn parse(line: &str) -> Option<Self> {
        let (exception, pattern) = match line.strip_prefix('!') {
            Some(pattern) => (true, pattern.trim()),
            None => (false, line),
        };
        let pattern = resolve("", pattern.trim_start_matches('/'));
        // Go's patterns know no braces.
        let pattern = pattern.replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build().ok()?;
        (!pattern.is_empty()).then(|| Pattern { exception, matcher: glob.compile_matcher() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves_out(list: &str, path: &str) -> bool {
        Dockerignore::parse(list).leaves_out(path)
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

    proptest! {
        #[test]
        fn no_text_breaks_it(list in "[*!?/.a\\[\\]{}\\\\ \n]{0,40}", path in "[./a*\\[]{0,12}") {
            let _ = leaves_out(&list, &path);
        }
    }
}
