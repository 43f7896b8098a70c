//! Shell scripts: what they set, and what they start.
//!
//! Scripts are full of values that hold for one machine and one afternoon. So only variables in capitals are
//! settings, as the environment has them, and only in scripts that reach something real; anywhere else a value
//! counts where it is a secret whatever it is used for.

use rustc_hash::FxHashSet;

use super::commands::{command, comments, is_shell};
use super::pipeline::{self, Purpose};
use super::settings::{Draft, expand};
use super::{Candidate, Format, Reader, env};
use crate::data::{jurisdictions, regions};
use crate::facts::{Phase, Scope, Store};
use crate::source::{Span, Text};
use crate::syntax::interpolation::Dialect;
use crate::syntax::shell::{self, Direction, Operator, Word};
use crate::value::environment::Environment;
use crate::value::key::Key;
use crate::value::{list, secret};

pub(super) const FORMAT: Format =
    Format { name: "shell", doc: "shell scripts: `*.sh`, `*.bash`", by_name, by_content: |_, _| None, read };

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    match candidate.extension() {
        "sh" => Some("named *.sh"),
        "bash" => Some("named *.bash"),
        _ => None,
    }
}

fn read(reader: &mut Reader<'_>) {
    let text = reader.text.clone();
    if is_shell(text.as_str()) == Some(false) {
        return;
    }
    let path = reader.reading.path;
    comments(&text, &mut reader.reading.comments);
    let name = path.rsplit('/').next().unwrap_or(path);
    let phase = if name.contains("entrypoint") { Phase::Run } else { Phase::Script };
    state(&text, name, Purpose::of_path(path), phase, reader);
}

/// States the commands of a script, and the variables that it sets.
pub(super) fn state<'s>(
    text: &Text<'s>,
    subject: &'s str,
    purpose: Purpose,
    phase: Phase,
    reader: &mut Reader<'s>,
) {
    let scope = Scope(text.span(0..text.as_str().len()));
    let mut script = Script { subject, purpose, scope, defaulted: FxHashSet::default() };
    for parsed in shell::parse(text, reader.sources) {
        script.assignments(&parsed, reader);
        files(&parsed, purpose, reader);
        // What runs in a container sets its settings here already.
        let drops = phase == Phase::Run && (parsed.words.is_empty() || declares(&parsed));
        if drops || only_prints(&parsed) {
            continue;
        }
        let assignments = if phase == Phase::Run { Vec::new() } else { parsed.assignments };
        let parsed = shell::Command { assignments, ..parsed };
        let stated = command(parsed, subject, purpose.store(), phase, reader.sources);
        reader.reading.facts.commands.push(stated);
    }
}

fn declares(parsed: &shell::Command<'_>) -> bool {
    matches!(parsed.program(), Some("export" | "declare" | "local" | "readonly" | "typeset" | "setenv"))
}

/// Whether a command tells something to whom the script is started by.
fn only_prints(parsed: &shell::Command<'_>) -> bool {
    let prints = matches!(parsed.program(), Some("echo" | "printf" | "logger" | ":" | "[" | "[[" | "test"));
    let goes_on = parsed.operator == Operator::Pipe
        || parsed.redirects.iter().any(|one| {
            matches!(one.direction, Direction::Write | Direction::Append)
                && !one.target.as_str().starts_with("/dev/")
        });
    prints && !goes_on
}

struct Script<'s> {
    subject: &'s str,
    purpose: Purpose,
    scope: Scope,
    /// The variables that take a default from here where nothing else sets them.
    defaulted: FxHashSet<&'s str>,
}

impl<'s> Script<'s> {
    /// The variables that a command sets: in front of it, or with `export` and its kin.
    fn assignments(&mut self, parsed: &shell::Command<'s>, reader: &mut Reader<'s>) {
        for (name, value) in &parsed.assignments {
            self.assigned(name.as_str(), name.span, value, reader);
        }
        if parsed.program() == Some(":") {
            parsed.arguments().iter().for_each(|word| self.default(word, reader));
        }
        let words = if declares(parsed) { parsed.words.as_slice() } else { &[] };
        for word in words {
            let Some((name, value)) = word.as_str().split_once('=') else { continue };
            let text = word.text.part(name.len() + 1..name.len() + 1 + value.len());
            let span = text.span(0..value.len());
            let value = Word { text, span, literal: word.literal };
            self.assigned(name, word.text.span(0..name.len()), &value, reader);
        }
    }

    /// `: "${NAME:=value}"`, which sets a variable that nothing else sets.
    fn default(&mut self, word: &Word<'s>, reader: &mut Reader<'s>) {
        let inner = word.as_str().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let Some((name, value)) = inner.and_then(|inner| inner.split_once('=')) else { return };
        let start = "${".len() + name.len() + 1;
        let text = word.text.part(start..start + value.len());
        let span = text.span(0..value.len());
        let bare = name.strip_suffix(':').unwrap_or(name);
        self.assigned(bare, word.text.span(2..2 + bare.len()), &Word { text, span, literal: true }, reader);
    }

    fn assigned(&mut self, name: &'s str, name_span: Span, value: &Word<'s>, reader: &mut Reader<'s>) {
        let written = value.as_str();
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // An empty variable is one that the script fills later; what a command prints is not known.
        if !is_name || written.is_empty() || written.contains("$(") || written.contains('`') {
            return;
        }
        let mut none = |_: &str| None;
        let text = expand(&value.text, Dialect::Dockerfile { escape: '\\' }, &mut none, reader.sources);
        let key = Key::new(name);
        let is_default = text.as_str() != written;
        // A variable is written in more than one way in the branches of a script; each default counts once.
        if text.as_str().is_empty() || is_default && !self.defaulted.insert(name) {
            return;
        }
        // Of an address, what is written is worth a look beside what is put in.
        let is_open = !value.literal && text.as_str().contains('$') && !text.as_str().contains("://");
        if is_open {
            return;
        }
        let in_capitals = name.bytes().all(|byte| !byte.is_ascii_lowercase());
        let counts = self.purpose == Purpose::Real && in_capitals && is_plain(&key, text.as_str());
        // How long something is kept doesn't depend on who asks.
        let keeps = in_capitals && key.has_any(&["retention", "retain", "keep"]);
        if counts || keeps || secret::is_evident(&key, text.as_str()) {
            let draft = Draft {
                key: name,
                key_span: name_span,
                text,
                store: Store::Setting,
                scope: self.scope,
                subject: self.subject,
                image: None,
                uses: Vec::new(),
            };
            reader.reading.facts.settings.push(draft.setting());
        }
    }
}

/// Whether a value says what its name promises. Scripts call many things a region, a zone or a location; what
/// they count or print in colours may be called `PASS`; and they ask which environment they are started for.
fn is_plain(key: &Key<'_>, value: &str) -> bool {
    let is_list = value.starts_with('(');
    let is_paint = value.starts_with('\\') || value.contains("\\033") || value.contains('\u{1b}');
    let of_development = Environment::of_setting(key.text(), value) == Environment::Development;
    if is_list || is_paint || of_development || pipeline::is_manner(key, value) {
        return false;
    }
    let names_place = ["region", "regions", "zone", "zones", "location", "locations", "az"]
        .iter()
        .any(|word| key.last().eq_ignore_ascii_case(word));
    let is_known = |text: &str| {
        !matches!(regions::lookup(text, None), regions::Lookup::Unknown)
            || jurisdictions::parse(text).is_some()
    };
    !names_place || is_known(value) || list::split(value).all(|item| is_known(item.text))
}

/// Env files that a script writes out with a heredoc: `cat > .env <<EOF`.
fn files<'s>(parsed: &shell::Command<'s>, purpose: Purpose, reader: &mut Reader<'s>) {
    if purpose == Purpose::Test || !matches!(parsed.program(), Some("cat" | "tee")) {
        return;
    }
    let body = parsed.redirects.iter().find_map(|redirect| redirect.body.as_ref());
    let written = parsed
        .redirects
        .iter()
        .filter(|one| matches!(one.direction, Direction::Write | Direction::Append))
        .map(|one| &one.target)
        .chain(parsed.arguments())
        .find(|word| !word.as_str().starts_with('-'));
    if let (Some(body), Some(file)) = (body, written) {
        let name = file.as_str().rsplit('/').next().unwrap_or_default();
        if name.starts_with(".env") || name.rsplit('.').next() == Some("env") {
            let problems = reader.reading.facts.problems.len();
            reader.embed(body.clone(), &env::FORMAT, Store::Setting);
            // What the shell puts in may be anything.
            reader.reading.facts.problems.truncate(problems);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::{Reader, find};
    use crate::source::Sources;

    /// The settings of a script, each with its value and the bytes at which that lies.
    fn settings(path: &str, text: &str) -> Vec<(String, String, String)> {
        let sources = Sources::default();
        let id = sources.add(path.into(), text.into());
        let reading = Reader::read(&sources, id, find("shell").unwrap());
        let settings = reading.facts.settings.iter().map(|one| {
            let key = one.key.value().copied().unwrap_or_default();
            (key.to_owned(), one.text.as_str().to_owned(), sources.slice(one.head.anchor).to_owned())
        });
        settings.collect()
    }

    fn plain(key: &str, value: &str) -> (String, String, String) {
        (key.to_owned(), value.to_owned(), value.to_owned())
    }

    #[test]
    fn variables_of_a_script_that_reaches_something_real_are_settings() {
        let text = "A=b\nexport C='d e'\nF=${G:-h}\n: \"${I:=j}\"\nreadonly K=l M=n\n";
        let expected = [
            plain("A", "b"),
            plain("C", "d e"),
            plain("F", "h"),
            plain("I", "j"),
            plain("K", "l"),
            plain("M", "n"),
        ];
        assert_eq!(settings("deploy.sh", text), expected);
        assert_eq!(settings("run.sh", text), []);
    }

    #[test]
    fn what_a_script_does_not_know_itself_is_no_setting() {
        let text = "A=\nB=$(cat x)\nC=`cat x`\nD=$1\nE=\"$F\"\nsmall=x\nG=${H:?}\nI=${J:-}\nREGION=public\n";
        assert_eq!(settings("deploy.sh", text), []);
    }

    #[test]
    fn files_that_a_script_writes_are_read() {
        let text = "cat > /srv/.env <<EOF\nA=b\nEOF\ntee -a app.env <<'EOF'\nC=d\nEOF\n";
        assert_eq!(settings("deploy.sh", text), [plain("A", "b"), plain("C", "d")]);
        assert_eq!(settings("run.sh", text), []);
    }

    #[test]
    fn scripts_of_other_languages_are_left_alone() {
        assert_eq!(settings("deploy.sh", "#!/usr/bin/env python3\nA='b'\n"), []);
        assert_eq!(settings("deploy.sh", "#!/usr/bin/env bash\nA='b'\n"), [plain("A", "b")]);
    }
}
