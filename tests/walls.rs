//! The walls between the folders of `src/`: who may use whom, told by the paths in the code.
//!
//! A folder uses what stands above it in [`WALLS`]; the few that look the other way stand in [`WINDOWS`],
//! with the reason. Tests at the end of a file, files named `tests.rs` or `samples.rs`, and those in folders of
//! these names, may use anything.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "this is a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each part of the library, and what it may use: only what stands above it, and itself.
const WALLS: &[(&str, &[&str])] = &[
    ("crash", &[]),
    ("parallel", &[]),
    ("packed", &[]),
    ("source", &[]),
    ("data", &["packed"]),
    ("value", &["source", "data"]),
    ("syntax", &["source"]),
    ("facts", &["source", "data", "value", "syntax"]),
    ("formats", &["source", "data", "value", "syntax", "facts"]),
    ("link", &["source", "value", "facts", "formats"]),
    ("derive", &["parallel", "packed", "source", "data", "value", "syntax", "facts"]),
    ("rule", &["parallel", "packed", "source", "data", "value", "facts", "link"]),
    ("finding", &["source", "facts", "rule"]),
    ("output", &["source", "data", "facts", "rule", "finding"]),
    ("policy", &["source", "data", "value", "syntax", "facts", "link", "rule", "finding", "output"]),
    ("walk", &["parallel"]),
    ("render", &["formats", "walk"]),
    ("read", &["crash", "parallel", "source", "facts", "formats", "walk"]),
    (
        "check",
        &[
            "source", "facts", "formats", "link", "derive", "rule", "finding", "output", "policy", "walk",
            "read", "render",
        ],
    ),
    ("cli", &["data", "rule", "output"]),
    (
        "commands",
        &["crash", "source", "data", "formats", "rule", "output", "policy", "walk", "read", "check", "cli"],
    ),
];

/// Uses that [`WALLS`] doesn't allow, most of them against its order: who, what of it, and why.
const WINDOWS: &[(&str, &str, &str)] = &[
    ("rule", "syntax::shell", "a health check is a command line, and facts hold its words"),
    ("rule", "policy::Limit", "a condition may compare with what the policy says"),
    ("rule", "policy::Limits", "a condition may compare with what the policy says"),
    ("rule", "policy::did_you_mean", "a misspelt word gets the same suggestion in a rule as in a policy"),
    ("rule", "finding", "a rule that matches makes a finding, which names its rule"),
];

/// Names that say nothing of what is inside.
const MEANINGLESS: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff"];

/// A path into another part of the library: `facts::Fact`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    from: String,
    path: String,
    file: PathBuf,
    line: usize,
}

impl Use {
    fn target(&self) -> &str {
        self.path.split("::").next().unwrap_or_default()
    }

    /// Whether the path is `inside` or leads into it.
    fn leads_into(&self, inside: &str) -> bool {
        self.path.strip_prefix(inside).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

#[test]
fn nothing_reaches_through_a_wall() {
    let allowed: BTreeMap<&str, &[&str]> = WALLS.iter().copied().collect();
    let window =
        |used: &Use| WINDOWS.iter().any(|(from, what, _)| used.from == *from && used.leads_into(what));
    let broken: Vec<String> = uses()
        .iter()
        .filter(|used| used.from != used.target() && !window(used))
        .filter(|used| !allowed.get(used.from.as_str()).is_some_and(|may| may.contains(&used.target())))
        .map(|used| format!("{}:{}: {} may not use {}", used.file.display(), used.line, used.from, used.path))
        .collect();
    assert!(broken.is_empty(), "{} uses reach through a wall:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn walls_look_one_way() {
    for (index, (name, may)) in WALLS.iter().enumerate() {
        for used in *may {
            let above = WALLS[..index].iter().any(|(above, _)| above == used);
            assert!(above, "{used} must stand above {name}, which may use it");
        }
    }
}

#[test]
fn every_part_has_walls() {
    let library = fs::read_to_string(root().join("lib.rs")).unwrap();
    let modules: BTreeSet<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(modules, WALLS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn no_window_is_open_for_nothing() {
    let all = uses();
    for (from, what, _) in WINDOWS {
        let open = all.iter().any(|used| used.from == *from && used.leads_into(what));
        assert!(open, "{from} no longer uses {what}");
    }
}

#[test]
fn every_module_says_what_is_inside() {
    for file in files(&root()) {
        let parts = file.strip_prefix(root()).unwrap().with_extension("");
        for part in parts.iter().filter_map(|part| part.to_str()) {
            assert!(!MEANINGLESS.contains(&part), "{}: `{part}` says nothing", file.display());
        }
    }
}

#[test]
fn paths_are_found_in_code() {
    let text = "use crate::facts::{Fact, Kind};\n// crate::output::x\nuse super::super::link::Project;\n\
                use crate::{rule::Rule, value::{key, url}};\nfn f() { crate::data::x() }\n\
                #[cfg(test)]\nmod tests { use crate::check; }\n";
    let found: Vec<String> =
        paths(text, &["formats".into(), "env".into()]).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        found,
        ["facts::Fact", "facts::Kind", "link::Project", "rule::Rule", "value::key", "value::url", "data::x"]
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All files of Rust below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What the parts of the library use of one another.
fn uses() -> Vec<Use> {
    let root = root();
    let mut uses = Vec::new();
    for file in files(&root) {
        let inside = file.strip_prefix(&root).unwrap();
        let mut module: Vec<String> =
            inside.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        if module.iter().any(|part| matches!(part.as_str(), "lib" | "main" | "tests" | "samples")) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for (path, line) in paths(&text, &module) {
            uses.push(Use { from: module[0].clone(), path, file: Path::new("src").join(inside), line });
        }
    }
    uses
}

/// The paths from the root of the library in the code of a module, with their lines.
fn paths(text: &str, module: &[String]) -> Vec<(String, usize)> {
    let code: Vec<&str> = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").collect();
    let code: Vec<&str> = code.iter().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let mut found = Vec::new();
    for (index, line) in code.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            found.extend(
                tree(&rest(&code, index, at + "crate::".len())).into_iter().map(|path| (path, index + 1)),
            );
        }
        // As many `super::` as the module is deep lead to the root.
        let mut from = 0;
        while let Some(at) = line[from..].find("super::") {
            let mut end = from + at;
            let mut steps = 0;
            while line[end..].starts_with("super::") {
                (end, steps) = (end + "super::".len(), steps + 1);
            }
            if steps == module.len() {
                found.extend(tree(&rest(&code, index, end)).into_iter().map(|path| (path, index + 1)));
            }
            from = end;
        }
    }
    found
}

/// The code from a place on, as far as a list of names may go.
fn rest(code: &[&str], line: usize, column: usize) -> String {
    let mut rest = code[line][column..].to_owned();
    for next in code.iter().skip(line + 1).take(20) {
        rest.push(' ');
        rest.push_str(next);
    }
    rest
}

/// The paths of a tree of names: `a::{b, c::d}` is `a::b` and `a::c`, since two names say enough.
fn tree(text: &str) -> Vec<String> {
    let text = text.trim_start();
    if let Some(inside) = text.strip_prefix('{') {
        return group(inside).iter().flat_map(|item| tree(item)).collect();
    }
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(behind) = text[name.len()..].strip_prefix("::") else { return vec![name] };
    let behind = behind.trim_start();
    let members = match behind.strip_prefix('{') {
        Some(inside) => group(inside),
        None => vec![behind.to_owned()],
    };
    let first = |item: &str| -> String {
        item.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    members.iter().map(|item| format!("{name}::{}", first(item))).collect()
}

/// The items of a list up to the brace that closes it.
fn group(inside: &str) -> Vec<String> {
    let (mut items, mut depth) = (vec![String::new()], 0);
    for c in inside.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}
