//! `include`: which files a path means, in the project's folders and through a container's mounts.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::Parsed;
use super::mounts::Mounts;
use super::tree::{Budget, each};
use crate::formats::resolve;
use crate::syntax::nginx::Directive;

/// Longer paths are none.
const LONGEST_PATH: usize = 512;

/// A file asks for no more files than this.
const MAX_WANTS: usize = 256;

/// Where packages of nginx keep their configuration.
const PREFIXES: &[&str] = &[
    "/etc/nginx/",
    "/usr/local/nginx/conf/",
    "/usr/local/openresty/nginx/conf/",
    "/opt/bitnami/nginx/conf/",
    "/usr/local/etc/nginx/",
    "/opt/homebrew/etc/nginx/",
];

/// Folders below the main configuration's.
const PARTS: &[&str] = &[
    "conf.d",
    "default.d",
    "http.d",
    "includes",
    "server_blocks",
    "sites-available",
    "sites-enabled",
    "snippets",
    "templates",
    "vhost.d",
    "vhosts",
    "vhosts.d",
];

/// Files that come with nginx or with certbot, and say nothing that is judged where it is absent.
const HARMLESS: &[&str] = &[
    "fastcgi-php.conf",
    "fastcgi.conf",
    "fastcgi_params",
    "koi-utf",
    "koi-win",
    "mime.types",
    "options-ssl-nginx.conf",
    "proxy_params",
    "scgi_params",
    "snakeoil.conf",
    "uwsgi_params",
    "win-utf",
];

/// What became of a directive as an `include`.
#[derive(Debug)]
pub(super) enum Included {
    /// It is none.
    Nothing,
    /// These texts take its place; none where a glob matches nothing.
    Found(Vec<usize>),
    /// A file that isn't here and doesn't matter.
    Harmless,
    /// A file that lies outside the project.
    Elsewhere,
    /// A file that should be here and isn't.
    Missing,
}

impl Included {
    pub(super) fn found(&self) -> &[usize] {
        match self {
            Included::Found(texts) => texts,
            _ => &[],
        }
    }
}

/// All texts that may be included, by path.
pub(super) struct Known<'t, 's> {
    texts: &'t [(usize, Parsed<'s>)],
    paths: BTreeMap<&'s str, usize>,
    mounts: &'t Mounts<'s>,
}

impl<'t, 's> Known<'t, 's> {
    pub(super) fn new(texts: &'t [(usize, Parsed<'s>)], mounts: &'t Mounts<'s>) -> Self {
        let paths = texts.iter().enumerate().filter_map(|(at, (_, parsed))| Some((parsed.path?, at)));
        Known { texts, paths: paths.collect(), mounts }
    }

    pub(super) fn directives(&self, text: usize) -> &'t [Directive<'s>] {
        self.texts.get(text).map(|(_, parsed)| parsed.config.directives.as_slice()).unwrap_or_default()
    }

    fn path(&self, text: usize) -> Option<&'s str> {
        self.texts.get(text)?.1.path
    }

    /// What a directive of the text `from` includes, where `main` is the text that nginx starts with.
    pub(super) fn included(
        &self,
        main: usize,
        from: usize,
        directive: &Directive<'s>,
        budget: &mut Budget,
    ) -> Included {
        let Some(path) = included_path(directive) else { return Included::Nothing };
        let (Some(main_path), Some(from_path)) = (self.path(main), self.path(from)) else {
            return self.beside(main, path, budget);
        };
        let mut found = self.through_mounts(main_path, path, budget);
        for candidate in candidates(main_path, from_path, path) {
            if !found.is_empty() {
                break;
            }
            self.matching(&candidate, budget, &mut found);
        }
        if !found.is_empty() {
            found.sort_unstable_by_key(|text| self.path(*text));
            found.dedup();
            return Included::Found(found);
        }
        absent(path)
    }

    /// Within another format nothing has a path, but a ConfigMap's one whole configuration takes in the
    /// fragments beside it where it asks for a folder.
    fn beside(&self, main: usize, path: &str, budget: &mut Budget) -> Included {
        let reading = |text: usize| self.texts.get(text).map(|(reading, _)| *reading);
        let is_main = |text: usize| self.texts.get(text).is_some_and(|(_, parsed)| parsed.is_main);
        let has_servers = |text: usize| self.texts.get(text).is_some_and(|(_, parsed)| parsed.has_servers);
        if !is_glob(path) || !is_main(main) {
            return match absent(path) {
                Included::Missing => Included::Elsewhere,
                other => other,
            };
        }
        // The texts of one reading lie one behind the other.
        let first = self.texts.partition_point(|(other, _)| Some(*other) < reading(main));
        let beside = (first..self.texts.len()).take_while(|text| reading(*text) == reading(main));
        let beside: Vec<usize> = beside.take_while(|_| budget.spend()).collect();
        let mains = beside.iter().filter(|text| is_main(**text)).count();
        let found = beside.into_iter().filter(|text| mains == 1 && !is_main(*text) && has_servers(*text));
        Included::Found(found.collect())
    }

    /// The files that a path means inside the containers that the main file is mounted into.
    fn through_mounts(&self, main: &str, path: &str, budget: &mut Budget) -> Vec<usize> {
        let mut found = Vec::new();
        for (mount, rest) in self.mounts.of(main) {
            let target = format!("{}{rest}", mount.target);
            let wanted = if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("{}{path}", container_prefix(&target))
            };
            let wanted = [template_of(&wanted), Some(wanted)];
            for sibling in self.mounts.of_owner(mount.owner).filter(|sibling| !sibling.path.is_empty()) {
                for wanted in wanted.iter().flatten() {
                    if !budget.spend() {
                        return found;
                    }
                    if matches(wanted, sibling.target) {
                        found.extend(self.paths.get(sibling.path.as_str()));
                    } else if let Some(rest) =
                        wanted.strip_prefix(sibling.target).filter(|rest| rest.starts_with('/'))
                    {
                        self.matching(&format!("{}{rest}", sibling.path), budget, &mut found);
                    }
                }
            }
        }
        found
    }

    fn matching(&self, pattern: &str, budget: &mut Budget, found: &mut Vec<usize>) {
        let Some(wildcard) = pattern.find(['*', '?', '[']) else {
            found.extend(self.paths.get(pattern));
            return;
        };
        let start = pattern.get(..wildcard).unwrap_or_default();
        for (path, text) in self.paths.range(start..).take_while(|(path, _)| path.starts_with(start)) {
            if !budget.spend() {
                return;
            }
            if matches(pattern, path) {
                found.push(*text);
            }
        }
    }
}

/// The files of the project that a text's includes may mean, as paths or globs from the root of the run.
pub(super) fn wants(directives: &[Directive<'_>], path: &str) -> Vec<String> {
    let mut seen = FxHashSet::default();
    let mut wants = Vec::new();
    each(directives, &mut |directive| {
        let Some(included) = included_path(directive) else { return };
        let harmless = HARMLESS.contains(&name_of(included));
        if harmless || wants.len() >= MAX_WANTS || !seen.insert(included) {
            return;
        }
        for candidate in candidates(path, path, included) {
            if !candidate.starts_with('/') && !candidate.starts_with("..") && !wants.contains(&candidate) {
                wants.push(candidate);
            }
        }
    });
    wants
}

/// The path that a directive includes.
fn included_path<'s>(directive: &Directive<'s>) -> Option<&'s str> {
    let path = directive.argument(0)?.text;
    let is_include = directive.name.text == "include" && directive.block.is_none();
    (is_include && !path.is_empty()).then_some(path)
}

/// Where in the project a path may lie: in nginx's folder, which is the main file's, or in that of the file
/// that includes it. The most likely comes first.
fn candidates(main: &str, from: &str, path: &str) -> Vec<String> {
    let known_prefix = PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix));
    let Some(path) = known_prefix.or_else(|| (!path.starts_with('/')).then_some(path)) else {
        return Vec::new();
    };
    if path.len() > LONGEST_PATH || path.contains('$') {
        return Vec::new();
    }
    let mut paths = vec![path.to_owned()];
    paths.extend(path.strip_prefix("sites-enabled/").map(|name| format!("sites-available/{name}")));
    paths.extend(template_of(path));
    let mut candidates = Vec::new();
    for base in [prefix(main), from.to_owned()] {
        for path in &paths {
            let candidate = resolve(&base, path);
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
    }
    candidates
}

/// A path in nginx's folder, seen from a file of it.
fn prefix(main: &str) -> String {
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let in_part = PARTS.contains(&name_of(folder));
    if in_part { folder.to_owned() } else { main.to_owned() }
}

/// nginx's folder in a container, as the place of its configuration tells; ends in `/`.
fn container_prefix(target: &str) -> &str {
    let known = PREFIXES.iter().find(|prefix| target.starts_with(**prefix));
    let folder = target.rfind('/').and_then(|slash| target.get(..=slash));
    known.copied().or(folder).unwrap_or("/")
}

/// The template from which the official image makes a file of `conf.d` when it starts.
fn template_of(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/')?;
    let outer = folder.strip_suffix("conf.d")?;
    Some(format!("{outer}templates/{name}.template"))
}

/// What to say of a path that nothing here has.
fn absent(path: &str) -> Included {
    if is_glob(path) {
        Included::Found(Vec::new())
    } else if HARMLESS.contains(&name_of(path)) {
        Included::Harmless
    } else if path.starts_with('/') || path.starts_with("..") || path.contains(['$', '{', '\\']) {
        Included::Elsewhere
    } else {
        Included::Missing
    }
}

fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a glob matches a path; `*` and `?` stay within a part of it.
fn matches(pattern: &str, path: &str) -> bool {
    pattern.split('/').count() == path.split('/').count()
        && pattern
            .split('/')
            .zip(path.split('/'))
            .all(|(pattern, part)| matches_part(pattern.as_bytes(), part.as_bytes()))
}

fn matches_part(pattern: &[u8], part: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Behind the last `*`, and how much it has taken in so far.
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = part.get(read) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, read));
                at += 1;
            }
            Some(wanted) if wanted == byte || *wanted == b'?' => {
                at += 1;
                read += 1;
            }
            _ => match &mut star {
                Some((behind, taken)) => {
                    *taken += 1;
                    (at, read) = (*behind, *taken);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}
