//! What is left of a file when an editor, a download or a merge has damaged it.

use std::fs;
use std::path::Path;

use govlint::check::memory;
use govlint::rule::example::examples;
use govlint::rule::{self, Rule, load};
use jiff::civil::Date;
use rayon::prelude::*;

const TODAY: Date = Date::constant(2026, 11, 20);

/// How many ways each file is cut off in, and damaged in.
const CUTS: usize = 24;
const DAMAGES: usize = 12;

/// Text that means something in one of the formats, to be put where it doesn't belong.
const WORDS: [&str; 18] = [
    "\"",
    "'",
    "\\",
    "${",
    "{{",
    "}",
    "{",
    "[",
    ": ",
    "- ",
    "&a ",
    "*a",
    "|\n",
    "<<EOF",
    "#",
    "\t",
    "\r\n",
    "é\u{feff}",
];

#[test]
fn no_damage_makes_it_panic_and_every_finding_lies_in_its_file() {
    let rules: Vec<Rule> = rule::built_in().iter().map(|raw| load::load(raw).unwrap()).collect();
    let files = texts();
    assert!(files.len() > 100, "only {} files", files.len());
    files.par_iter().enumerate().for_each(|(seed, (path, text))| {
        let mut random = Random(seed as u64 + 1);
        check(path, text, &rules);
        for cut in cuts(text) {
            check(path, &text[..cut], &rules);
        }
        for _ in 0..DAMAGES {
            check(path, &random.damage(text), &rules);
        }
    });
}

fn check(path: &str, text: &str, rules: &[Rule]) {
    let file = (path.to_owned(), text.to_owned());
    let heard = std::panic::catch_unwind(|| memory(&[file], rules, TODAY));
    let heard = heard.unwrap_or_else(|_| panic!("{path} made it panic:\n{text}"));
    // A policy that is damaged is refused, which is as good.
    for finding in heard.iter().flat_map(|heard| &heard.findings) {
        let place = text.get(finding.range.clone());
        assert!(place.is_some(), "{path}: {finding:?} lies outside of it:\n{text}");
    }
}

/// The files of the fixtures and of the rules' examples, with the paths that tell their formats.
fn texts() -> Vec<(String, String)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut texts = Vec::new();
    collect(&fixtures, &fixtures, &mut texts);
    let examples = rule::built_in().iter().flat_map(|raw| examples(raw.text).unwrap());
    texts.extend(examples.flat_map(|example| example.files).map(|file| (file.path, file.text)));
    texts.sort();
    texts.dedup();
    texts
}

fn collect(folder: &Path, root: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, texts);
        } else if let Ok(text) = fs::read_to_string(&path) {
            texts.push((path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"), text));
        }
    }
}

/// The ends of lines, each of them in a short file.
fn cuts(text: &str) -> Vec<usize> {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let step = ends.len().div_ceil(CUTS).max(1);
    ends.into_iter().step_by(step).collect()
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }

    /// A text with a piece left out, doubled, moved or replaced, or a character changed, a few times over.
    fn damage(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..=self.below(3) {
            let start = text.floor_char_boundary(self.below(text.len() + 1));
            let end = text.ceil_char_boundary((start + self.below(40)).min(text.len()));
            let piece = text[start..end].to_owned();
            match self.below(5) {
                0 => text.replace_range(start..end, ""),
                1 => text.insert_str(end, &piece),
                2 => {
                    let to = text.floor_char_boundary(self.below(text.len() + 1));
                    text.insert_str(to, &piece);
                }
                3 => text.insert_str(start, WORDS[self.below(WORDS.len())]),
                _ => {
                    let end = text.ceil_char_boundary((start + 1).min(text.len()));
                    let other = char::from(u8::try_from(self.below(128)).unwrap());
                    text.replace_range(start..end, other.encode_utf8(&mut [0; 4]));
                }
            }
        }
        text
    }
}
