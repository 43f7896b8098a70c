//! What a stage bakes in and runs: settings, copied credential files, commands, health checks.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashSet, FxHasher};

use super::stages::{Names, Variables, value};
use super::{configuration, copies};
use crate::facts::{
    Check, Container, Credential, CredentialClass, Field, Head, Phase, Platform, Scope, Store,
};
use crate::formats::commands::{command, comments, port_of};
use crate::formats::settings::Draft;
use crate::formats::{Candidate, Reader, recognise};
use crate::source::{Sources, Text};
use crate::syntax::dockerfile::{Arguments, Heredoc, Instruction, Keyword, Word};
use crate::syntax::shell::{self, Direction};
use crate::value::key::Key;
use crate::value::secret::{KeyKind, is_secret_key};
use crate::value::url;

/// What is the same for all instructions of a stage.
pub(super) struct Surroundings<'a, 's> {
    pub(super) subject: &'s str,
    pub(super) store: Store,
    pub(super) scope: Scope,
    pub(super) escape: char,
    pub(super) image: Option<&'s str>,
    /// The build arguments without a value of their own.
    pub(super) arguments: FxHashSet<&'s str>,
    /// The stages before this one.
    pub(super) stages: &'a Names,
}

impl Surroundings<'_, '_> {
    /// Whether `--from` names a stage, by its name or its number, and no image.
    pub(super) fn is_stage(&self, from: &str) -> bool {
        self.stages.contains_key(&from.to_ascii_lowercase()) || from.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// States what an instruction bakes in or runs.
pub(super) fn read<'s>(
    reader: &mut Reader<'s>,
    instruction: &Instruction<'s>,
    variables: &Variables<'s>,
    around: &Surroundings<'_, 's>,
) {
    match (instruction.keyword, &instruction.arguments) {
        (Keyword::Env | Keyword::Arg, Arguments::Pairs(pairs)) => {
            for (name, word) in pairs {
                if let Some(word) = word {
                    setting(reader, name, word, variables, around);
                    if instruction.keyword == Keyword::Env {
                        build_argument(reader, name, word, around);
                    }
                }
            }
        }
        (Keyword::Copy | Keyword::Add, Arguments::Words(words)) => {
            copies::read(reader, instruction, words, around);
            configuration::read(reader, instruction);
            for heredoc in &instruction.heredocs {
                let target = words.last().map_or("", |target| target.text.as_str());
                written(reader, heredoc, target, around);
            }
            if instruction.keyword == Keyword::Add {
                addresses(reader, words, variables, around);
            }
        }
        (Keyword::Run, arguments) => {
            freed(reader, instruction, around);
            copies::mounts(reader, instruction, around);
            let parsed = parse(arguments, reader.sources);
            for heredoc in &instruction.heredocs {
                fed(reader, heredoc, parsed.first(), around);
            }
            push_commands(reader, parsed, around, Phase::Build);
        }
        (Keyword::Cmd | Keyword::Entrypoint, arguments) => commands(reader, arguments, around, Phase::Run),
        (Keyword::Healthcheck, _) => {
            if let Some(nested) = &instruction.nested {
                commands(reader, &nested.arguments, around, Phase::Run);
            }
        }
        (Keyword::Onbuild, _) => {
            if let Some(nested) = &instruction.nested {
                read(reader, nested, variables, around);
            }
        }
        _ => {}
    }
}

/// What a build step is allowed beyond its sandbox.
/// <https://docs.docker.com/reference/dockerfile/#run---security>
fn freed<'s>(reader: &mut Reader<'s>, instruction: &Instruction<'s>, around: &Surroundings<'_, 's>) {
    for flag in &instruction.flags {
        let head = Head::new(flag.span, around.subject);
        let mut container = Container::of(Platform::Process, head, instruction.span);
        match (flag.name, flag.value.as_ref().map(|value| value.text.as_str())) {
            ("security", Some("insecure")) => {
                container.privileged = Field::set(true, flag.span, "--security=insecure");
            }
            ("network", Some("host")) => {
                container.host_network = Field::set(true, flag.span, "--network=host");
            }
            _ => continue,
        }
        reader.reading.facts.containers.push(container);
    }
}

/// What a heredoc of `RUN` is, by the command that reads it: a script, or a file that is written.
/// <https://docs.docker.com/reference/dockerfile/#here-documents>
fn fed<'s>(
    reader: &mut Reader<'s>,
    heredoc: &Heredoc<'s>,
    by: Option<&shell::Command<'s>>,
    around: &Surroundings<'_, 's>,
) {
    let body = heredoc.body.as_str();
    let interpreter = body.strip_prefix("#!").map(|rest| rest.lines().next().unwrap_or_default());
    match by.and_then(shell::Command::program) {
        None | Some("sh" | "bash" | "dash" | "ash" | "zsh")
            if interpreter.is_none_or(|line| line.contains("sh")) =>
        {
            comments(&heredoc.body, &mut reader.reading.comments);
            let parsed = shell::parse(&heredoc.body, reader.sources);
            push_commands(reader, parsed, around, Phase::Build);
        }
        Some("cat" | "tee") => {
            let command = by.into_iter();
            let redirects = command.clone().flat_map(|command| &command.redirects);
            let file = redirects
                .filter(|one| matches!(one.direction, Direction::Write | Direction::Append))
                .map(|one| &one.target)
                .chain(command.flat_map(shell::Command::arguments))
                .find(|word| !word.as_str().starts_with('-'));
            if let Some(file) = file {
                written(reader, heredoc, file.as_str(), around);
            }
        }
        _ => {}
    }
}

/// A file that is written out in the Dockerfile itself: `COPY <<EOF /etc/nginx/nginx.conf`.
fn written<'s>(reader: &mut Reader<'s>, heredoc: &Heredoc<'s>, target: &str, around: &Surroundings<'_, 's>) {
    let path = if target.ends_with('/') { heredoc.name } else { target };
    let text = heredoc.body.as_str();
    if text.starts_with("#!") {
        if text.lines().next().is_some_and(|line| line.contains("sh")) {
            let parsed = shell::parse(&heredoc.body, reader.sources);
            push_commands(reader, parsed, around, Phase::Run);
        }
        return;
    }
    let candidate = Candidate::new(path, &|_| false);
    let format = recognise(&candidate, || Some(text)).map(|found| found.format);
    if let Some(format) = format.filter(|format| matches!(format.name, "env" | "nginx")) {
        reader.embed(heredoc.body.clone(), format, around.store);
    }
}

fn setting<'s>(
    reader: &mut Reader<'s>,
    name: &Word<'s>,
    word: &Word<'s>,
    variables: &Variables<'s>,
    around: &Surroundings<'_, 's>,
) {
    let text = value(word, variables, around.escape, reader.sources);
    let draft = Draft {
        key: name.text.as_str(),
        key_span: name.span,
        text,
        store: around.store,
        scope: around.scope,
        subject: around.subject,
        image: around.image,
        uses: Vec::new(),
    };
    reader.reading.facts.settings.push(draft.setting());
}

/// `ENV X=${X}` keeps in the image what a build argument was given.
fn build_argument<'s>(
    reader: &mut Reader<'s>,
    name: &Word<'s>,
    word: &Word<'s>,
    around: &Surroundings<'_, 's>,
) {
    let Some(argument) = word.text.as_str().strip_prefix('$').filter(|_| word.interpolates) else { return };
    let argument = argument.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(argument);
    let key = name.text.as_str();
    let says_secret = |name| is_secret_key(&Key::new(name)).is_some_and(KeyKind::is_secret_itself);
    if around.arguments.contains(argument) && (says_secret(key) || says_secret(argument)) {
        let place = word.text.span(0..word.text.as_str().len());
        reader.reading.facts.credentials.push(Credential {
            head: Head::new(place, around.subject),
            class: Field::set(CredentialClass::Literal, place, ""),
            store: Field::set(around.store, place, ""),
            key: Field::set(key, place, ""),
            evidence: Field::set("the value of a build argument", place, ""),
            published: Field::Unset,
            bytes: Vec::new(),
        });
    }
}

/// What is downloaded with `ADD`; the last word is the target.
fn addresses<'s>(
    reader: &mut Reader<'s>,
    words: &[Word<'s>],
    variables: &Variables<'s>,
    around: &Surroundings<'_, 's>,
) {
    for word in words.split_last().map_or(words, |(_, sources)| sources) {
        let text = value(word, variables, around.escape, reader.sources);
        if url::find_all(text.as_str()).next().is_some() {
            let draft = Draft {
                key: "ADD",
                key_span: word.span,
                text,
                store: around.store,
                scope: Scope(word.span),
                subject: around.subject,
                image: around.image,
                uses: Vec::new(),
            };
            reader.reading.facts.settings.push(draft.setting());
        }
    }
}

/// The commands of `RUN`, `CMD` and the like.
fn parse<'s>(arguments: &Arguments<'s>, sources: &'s Sources) -> Vec<shell::Command<'s>> {
    match arguments {
        Arguments::Shell(text) => shell::parse(text, sources),
        Arguments::Exec(words) => {
            let texts: Vec<Text<'s>> = words.iter().map(|word| word.text.clone()).collect();
            shell::from_words(&texts, sources)
        }
        _ => Vec::new(),
    }
}

fn commands<'s>(
    reader: &mut Reader<'s>,
    arguments: &Arguments<'s>,
    around: &Surroundings<'_, 's>,
    phase: Phase,
) {
    let parsed = parse(arguments, reader.sources);
    push_commands(reader, parsed, around, phase);
}

fn push_commands<'s>(
    reader: &mut Reader<'s>,
    parsed: Vec<shell::Command<'s>>,
    around: &Surroundings<'_, 's>,
    phase: Phase,
) {
    for one in parsed {
        reader.reading.facts.commands.push(command(one, around.subject, around.store, phase, reader.sources));
    }
}

/// What a `HEALTHCHECK` does.
pub(super) fn check<'s>(instruction: &Instruction<'s>, sources: &'s Sources) -> Option<Check<'s>> {
    let nested = instruction.nested.as_ref()?;
    let parsed = parse(&nested.arguments, sources).into_iter().next()?;
    let seconds = |name: &str| {
        let flag = instruction.flags.iter().find(|flag| flag.name == name)?;
        flag.value.as_ref()?.text.as_str().trim_end_matches('s').parse().ok()
    };
    let mut hasher = FxHasher::default();
    sources.slice(nested.span).hash(&mut hasher);
    Some(Check {
        written: "HEALTHCHECK",
        span: instruction.span,
        port: port_of(&parsed),
        command: Some(command(parsed, "the image", Store::Image, Phase::Run, sources)),
        nameless: None,
        period: seconds("interval"),
        failure_threshold: seconds("retries"),
        fingerprint: hasher.finish(),
    })
}
