//! What a stage bakes in and runs: settings, copied credential files, commands, health checks.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::FxHasher;

use super::stages::{Variables, value};
use crate::facts::{Check, Credential, CredentialClass, Field, Head, Scope, Store};
use crate::formats::Reader;
use crate::formats::commands::{command, port_of};
use crate::formats::settings::Draft;
use crate::source::{Sources, Text};
use crate::syntax::dockerfile::{Arguments, Instruction, Keyword, Word};
use crate::syntax::shell;
use crate::value::key::Key;
use crate::value::secret::{KeyKind, is_secret_key};
use crate::value::url;

/// What is the same for all instructions of a stage.
pub(super) struct Surroundings<'s> {
    pub(super) subject: &'s str,
    pub(super) store: Store,
    pub(super) scope: Scope,
    pub(super) escape: char,
    pub(super) image: Option<&'s str>,
    /// The build arguments without a value of their own.
    pub(super) arguments: Vec<&'s str>,
}

/// States what an instruction bakes in or runs.
pub(super) fn read<'s>(
    reader: &mut Reader<'s>,
    instruction: &Instruction<'s>,
    variables: &Variables<'s>,
    around: &Surroundings<'s>,
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
            super::copies::read(reader, instruction);
            // A copy from another stage or image brings nothing from the project's folder.
            if !instruction.flags.iter().any(|flag| flag.name == "from") {
                copies(reader, words, around);
            }
            if instruction.keyword == Keyword::Add {
                addresses(reader, words, variables, around);
            }
        }
        (Keyword::Run, arguments) => {
            commands(reader, arguments, around, true);
            super::copies::read(reader, instruction);
            for heredoc in &instruction.heredocs {
                let parsed = shell::parse(&heredoc.body, reader.sources);
                push_commands(reader, parsed, around, true);
            }
        }
        (Keyword::Cmd | Keyword::Entrypoint, arguments) => commands(reader, arguments, around, false),
        (Keyword::Healthcheck, _) => {
            if let Some(nested) = &instruction.nested {
                commands(reader, &nested.arguments, around, false);
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

fn setting<'s>(
    reader: &mut Reader<'s>,
    name: &Word<'s>,
    word: &Word<'s>,
    variables: &Variables<'s>,
    around: &Surroundings<'s>,
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
fn build_argument<'s>(reader: &mut Reader<'s>, name: &Word<'s>, word: &Word<'s>, around: &Surroundings<'s>) {
    let Some(argument) = word.text.as_str().strip_prefix('$').filter(|_| word.interpolates) else { return };
    let argument = argument.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(argument);
    let key = name.text.as_str();
    let says_secret = |name| is_secret_key(&Key::new(name)).is_some_and(KeyKind::is_secret_itself);
    if around.arguments.contains(&argument) && (says_secret(key) || says_secret(argument)) {
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
    around: &Surroundings<'s>,
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

/// Names of files that hold credentials, and what they hold.
fn credential_file(path: &str) -> Option<&'static str> {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let template = ["example", "sample", "template", "dist"].iter().any(|word| name.contains(word));
    if template || name.contains('*') && name.len() < 3 {
        return None;
    }
    match name {
        ".env" => Some("an env file"),
        name if name.starts_with(".env.") => Some("an env file"),
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" => Some("a private key"),
        ".netrc" | "_netrc" => Some("a password file of network clients"),
        ".pgpass" => Some("a password file of PostgreSQL"),
        ".htpasswd" => Some("a password file"),
        ".git-credentials" => Some("the credentials of git"),
        "credentials" if path.contains(".aws/") => Some("the credentials of AWS"),
        ".dockercfg" => Some("the credentials of a registry"),
        "config.json" if path.contains(".docker/") => Some("the credentials of a registry"),
        "kubeconfig" => Some("the credentials of a cluster"),
        "config" if path.contains(".kube/") => Some("the credentials of a cluster"),
        _ => match extension {
            "key" | "p12" | "pfx" | "jks" | "keystore" | "ppk" => Some("a private key"),
            "pem" if name.contains("key") || name.contains("priv") => Some("a private key"),
            "kubeconfig" => Some("the credentials of a cluster"),
            _ => None,
        },
    }
}

/// Credential files that `COPY` and `ADD` take from the project's folder; the last word is the target.
fn copies<'s>(reader: &mut Reader<'s>, words: &[Word<'s>], around: &Surroundings<'s>) {
    let sources = words.split_last().map_or(words, |(_, sources)| sources);
    for word in sources {
        let path = word.text.as_str();
        if let Some(evidence) = credential_file(path) {
            reader.reading.facts.credentials.push(Credential {
                head: Head::new(word.span, around.subject),
                class: Field::set(CredentialClass::Literal, word.span, ""),
                store: Field::set(around.store, word.span, ""),
                key: Field::set(path, word.span, ""),
                evidence: Field::set(evidence, word.span, ""),
                published: Field::Unset,
                bytes: Vec::new(),
            });
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
    around: &Surroundings<'s>,
    at_build: bool,
) {
    let parsed = parse(arguments, reader.sources);
    push_commands(reader, parsed, around, at_build);
}

fn push_commands<'s>(
    reader: &mut Reader<'s>,
    parsed: Vec<shell::Command<'s>>,
    around: &Surroundings<'s>,
    at_build: bool,
) {
    for one in parsed {
        reader.reading.facts.commands.push(command(
            one,
            around.subject,
            around.store,
            at_build,
            reader.sources,
        ));
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
        command: Some(command(parsed, "the image", Store::Image, false, sources)),
        period: seconds("interval"),
        failure_threshold: seconds("retries"),
        fingerprint: hasher.finish(),
    })
}
