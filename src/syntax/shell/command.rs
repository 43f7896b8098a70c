//! What a simple command runs, and its flags.

use std::ops::Range;

use super::{Command, Word};
use crate::source::Span;

/// A program that runs another, named behind its own options.
struct Prefix {
    name: &'static str,
    /// Options whose value is the next word.
    valued: &'static [&'static str],
    /// How many words stand between the options and the program.
    positional: usize,
    /// Whether `NAME=value` may stand before the program.
    assigns: bool,
}

const fn prefix(name: &'static str, valued: &'static [&'static str]) -> Prefix {
    Prefix { name, valued, positional: 0, assigns: false }
}

const PREFIXES: &[Prefix] = &[
    Prefix {
        assigns: true,
        ..prefix(
            "sudo",
            &[
                "-u", "-g", "-h", "-p", "-C", "-D", "-R", "-r", "-t", "-T", "-U", "--user", "--group",
                "--host", "--prompt", "--chdir", "--chroot",
            ],
        )
    },
    Prefix { assigns: true, ..prefix("env", &["-u", "-C", "--unset", "--chdir"]) },
    prefix("doas", &["-u", "-C"]),
    prefix("exec", &["-a"]),
    prefix("command", &[]),
    prefix("builtin", &[]),
    prefix("nohup", &[]),
    prefix("setsid", &[]),
    prefix("time", &["-f", "-o", "--format", "--output"]),
    prefix("nice", &["-n", "--adjustment"]),
    prefix("ionice", &["-c", "-n", "--class", "--classdata"]),
    prefix("stdbuf", &["-i", "-o", "-e", "--input", "--output", "--error"]),
    Prefix { positional: 1, ..prefix("timeout", &["-s", "-k", "--signal", "--kill-after"]) },
    Prefix { positional: 1, ..prefix("gosu", &[]) },
    Prefix { positional: 1, ..prefix("su-exec", &[]) },
    prefix("tini", &["-p", "-e"]),
    prefix("dumb-init", &["-r", "--rewrite"]),
    prefix(
        "xargs",
        &[
            "-a",
            "-d",
            "-E",
            "-I",
            "-L",
            "-n",
            "-P",
            "-s",
            "--arg-file",
            "--max-args",
            "--max-procs",
            "--replace",
        ],
    ),
];

/// One-letter flags that take a value, so that letters behind them are no flags.
const VALUED_LETTERS: &[(&str, &str)] = &[
    ("apt-get", "cot"),
    ("curl", "ACDEFHKPQTUXYbcdehmortuwxyz"),
    ("git", "Cc"),
    ("mysql", "DPSehpu"),
    ("npm", "Cw"),
    ("pip", "cefirt"),
    ("pip3", "cefirt"),
    ("psql", "FPRTULcdfhopv"),
    ("scp", "DFJPSciloX"),
    ("ssh", "BDEFIJLOQRSWbceilmopw"),
    ("tar", "CfTX"),
    ("wget", "ABDIOPQRTUaeiotw"),
];

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "su"];

impl<'s> Command<'s> {
    /// The base name of what runs, behind prefixes such as `sudo -E`, `env A=b` or `exec`: `curl` for
    /// `/usr/bin/curl`. Nothing where there are no words, an option comes first, or an expansion
    /// decides.
    #[must_use]
    pub fn program(&self) -> Option<&'s str> {
        base_name(&self.words[self.program_index()?])
    }

    /// The words behind the program; all words where the program is named elsewhere.
    #[must_use]
    pub fn arguments(&self) -> &[Word<'s>] {
        self.program_index().map_or(&self.words, |index| &self.words[index + 1..])
    }

    /// Where the word of the program is. A list that starts with an option (`args` of a container) belongs to
    /// a program that the image names.
    fn program_index(&self) -> Option<usize> {
        let mut index = 0;
        if self.words.first()?.as_str().starts_with('-') {
            return None;
        }
        while let Some(prefix) = self.prefix_at(index) {
            match self.behind(prefix, index + 1) {
                Some(next) => index = next,
                None => break,
            }
        }
        Some(index)
    }

    fn prefix_at(&self, index: usize) -> Option<&'static Prefix> {
        let name = base_name(self.words.get(index)?)?;
        PREFIXES.iter().find(|prefix| prefix.name == name)
    }

    /// The first word that is neither option, value nor assignment of the prefix.
    fn behind(&self, prefix: &Prefix, from: usize) -> Option<usize> {
        let mut index = from;
        loop {
            let word = self.words.get(index)?.as_str();
            // `command -v curl` asks for curl and runs nothing.
            if prefix.name == "command" && matches!(word, "-v" | "-V") {
                return None;
            }
            if word == "--" {
                index += 1;
                break;
            }
            let option = word.len() > 1 && word.starts_with('-');
            let assignment = prefix.assigns && is_assignment(word);
            if !option && !assignment {
                break;
            }
            index += if option && prefix.valued.contains(&word) { 2 } else { 1 };
        }
        index += prefix.positional;
        (index < self.words.len()).then_some(index)
    }

    /// The place of the word that gives one of these flags to the program: `-k` is found in `-k` and
    /// `-fsSLk`, `--tls` in `--tls` and `--tls=off`. What stands behind `--` are no flags.
    #[must_use]
    pub fn has_flag(&self, flags: &[&str]) -> Option<Span> {
        let words = self.options();
        words
            .iter()
            .find(|word| flags.iter().any(|flag| self.gives(word.as_str(), flag)))
            .map(|word| word.span)
    }

    /// The first value of an option; see [`Command::option_values`].
    #[must_use]
    pub fn option_value(&self, name: &str) -> Option<Word<'s>> {
        self.values_of(name).next()
    }

    /// All values of an option, in order: `x` for `--user x` and `--user=x`, for `-u x`, `-ux` and `-su x`.
    #[must_use]
    pub fn option_values(&self, name: &str) -> Vec<Word<'s>> {
        self.values_of(name).collect()
    }

    fn values_of(&self, name: &str) -> impl Iterator<Item = Word<'s>> {
        let options = self.options();
        let letter = one_letter(name);
        options.iter().enumerate().filter_map(move |(index, word)| {
            let text = word.as_str();
            let behind = match letter {
                _ if text == name => text.len(),
                Some(letter) => self.letter_in(text, letter)? + 1,
                None => {
                    text.strip_prefix(name).filter(|rest| rest.starts_with('=')).map(|_| name.len() + 1)?
                }
            };
            // An empty `--user=` is a value, an empty `-u` is none yet.
            if behind < text.len() || (letter.is_none() && text != name) {
                return Some(part(word, behind..text.len()));
            }
            self.arguments().get(index + 1).cloned()
        })
    }

    /// The arguments before a bare `--`.
    fn options(&self) -> &[Word<'s>] {
        let arguments = self.arguments();
        let end = arguments.iter().position(|word| word.as_str() == "--").unwrap_or(arguments.len());
        &arguments[..end]
    }

    fn gives(&self, text: &str, flag: &str) -> bool {
        if let Some(letter) = one_letter(flag) {
            return self.letter_in(text, letter).is_some();
        }
        text.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    }

    /// Where in a group of one-letter flags (`-fsSLk`) a letter is.
    fn letter_in(&self, text: &str, letter: char) -> Option<usize> {
        let group = text.strip_prefix('-').filter(|group| !group.starts_with('-'))?;
        let program = self.program();
        let valued =
            VALUED_LETTERS.iter().find(|(name, _)| Some(*name) == program).map_or("", |(_, set)| set);
        for (index, found) in group.char_indices() {
            if found == letter {
                return Some(index + 1);
            }
            if !found.is_ascii_alphanumeric() || valued.contains(found) {
                return None;
            }
        }
        None
    }

    /// The word that a shell in this command runs as a script (`sh -c "…"`, `eval "…"`).
    pub(super) fn script(&self) -> Option<usize> {
        let mut index = self.program_index()?;
        let program = self.program()?;
        if program == "eval" {
            return (self.words.len() == index + 2).then_some(index + 1);
        }
        if program == "busybox" {
            index += 1;
            base_name(self.words.get(index)?).filter(|name| SHELLS.contains(name))?;
        } else if !SHELLS.contains(&program) {
            return None;
        }
        let mut given = false;
        let mut skip = false;
        for (at, word) in self.words.iter().enumerate().skip(index + 1) {
            let text = word.as_str();
            if std::mem::take(&mut skip) {
                continue;
            }
            match text.strip_prefix(['-', '+']) {
                Some(long) if long.starts_with('-') => {
                    given |= program == "su" && long == "-command";
                }
                Some(group) if !group.is_empty() => {
                    given |= group.contains('c');
                    skip = group.ends_with('o') || (program == "su" && group.ends_with('s'));
                }
                // `su - user -c "…"` names the user first.
                _ if program == "su" && !given => {}
                _ => return given.then_some(at),
            }
        }
        None
    }

    /// Whether the command is a shell that reads its script from its input.
    pub(super) fn reads_script(&self) -> bool {
        let shell = self.program().is_some_and(|program| SHELLS.contains(&program) && program != "su");
        shell && self.arguments().iter().all(|word| word.as_str().starts_with('-'))
    }
}

/// The letter of a flag such as `-k`.
fn one_letter(flag: &str) -> Option<char> {
    let mut letters = flag.strip_prefix('-')?.chars();
    letters.next().filter(|letter| *letter != '-' && letters.next().is_none())
}

/// A part of a word, whose place is that of its bytes.
fn part<'s>(word: &Word<'s>, range: Range<usize>) -> Word<'s> {
    Word { text: word.text.part(range.clone()), span: word.text.span(range), literal: word.literal }
}

fn base_name<'s>(word: &Word<'s>) -> Option<&'s str> {
    let path = word.as_str();
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    (!name.is_empty() && (word.literal || !name.contains(['$', '`', '*', '?', '(', ')', '}'])))
        .then_some(name)
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
