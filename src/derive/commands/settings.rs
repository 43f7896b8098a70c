//! What commands set, by assignments, options and arguments.

use super::scripts::{self, Given};
use crate::derive::written;
use crate::facts::{Command, Field, Head, Phase, Scope, Setting, Store};
use crate::source::Sources;
use crate::syntax::shell::Word;
use crate::value::key::Key;
use crate::value::secret::{self, Class};

/// What commands set by assignments and options, as settings: `PGPASSWORD=x psql`, `export A=b`,
/// `--audit-log-maxage=30`, and the addresses among their arguments.
pub(in crate::derive) fn settings<'s>(commands: &[Command<'s>], sources: &'s Sources) -> Vec<Setting<'s>> {
    let mut settings = Vec::new();
    for command in commands {
        if command.phase == Phase::Script {
            of_script(command, sources, &mut settings);
            continue;
        }
        let parsed = &command.parsed;
        let mut push = |key: &'s str, value: &Word<'s>| settings.push(setting(command, key, value));
        for (name, value) in
            parsed.assignments.iter().filter(|(name, value)| !is_stand_in(command, name.as_str(), value))
        {
            push(name.as_str(), value);
        }
        for one in written::settings(command) {
            push(one.name, &one.value);
        }
        let program = command.program.value().copied().unwrap_or_default();
        if matches!(program, "export" | "env" | "set" | "setx") {
            for word in parsed.arguments() {
                if let Some((name, value)) =
                    split(word, '=').filter(|(name, value)| !is_stand_in(command, name, value))
                {
                    push(sources.keep(name.to_owned().into()), &value);
                }
            }
            continue;
        }
        for (name, value) in headers(command, program)
            .into_iter()
            .chain(configured(command, program))
            .chain(topic(command, program))
        {
            push(sources.keep(name.into()), &value);
        }
        let mut words = parsed.arguments().iter().peekable();
        while let Some(word) = words.next() {
            let text = word.as_str();
            let parameter = parameter(program, text, word, words.peek().copied());
            if let Some((name, value)) = parameter.and_then(|parameter| split(&parameter, '=')) {
                push(name, &value);
                continue;
            }
            let Some(flag) = text.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
                if text.contains("://") {
                    push(program, word);
                }
                continue;
            };
            if let Some((name, value)) = split(word, '=') {
                push(flag_name(program, name.trim_start_matches('-')), &value);
            } else if let Some(value) = words.peek().filter(|next| !next.as_str().starts_with('-')) {
                push(flag_name(program, flag), value);
            }
        }
    }
    settings
}

/// What a command of a script sets. In a test only what is a secret wherever it stands, and logins to what lies
/// outside.
fn of_script<'s>(command: &Command<'s>, sources: &'s Sources, settings: &mut Vec<Setting<'s>>) {
    let program = command.program.value().copied().unwrap_or_default();
    let store = Store::Setting;
    let is_test = command.store == Store::Scratch;
    let more = headers(command, program).into_iter().chain(configured(command, program));
    let more = more.map(|(name, value)| Given { name, value, store });
    for Given { name, value, store } in scripts::settings(command, program).into_iter().chain(more) {
        let text = value.as_str();
        let logs_in = || text.contains("://") && text.contains('@') && !scripts::is_local(command);
        let counts = !is_test || secret::is_evident(&Key::new(&name), text) || logs_in();
        if !text.is_empty() && counts {
            let stated = setting(command, sources.keep(name.into()), &value);
            settings.push(Setting { store, ..stated });
        }
    }
}

/// The headers that a client of the web sends: `curl -H 'X-Api-Key: …'`.
fn headers<'s>(command: &Command<'s>, program: &str) -> Vec<(String, Word<'s>)> {
    let options: &[&str] = match program {
        "curl" => &["-H", "--header"],
        "wget" => &["--header"],
        _ => return Vec::new(),
    };
    let words = options.iter().flat_map(|option| command.parsed.option_values(option));
    words
        .filter_map(|word| {
            let (name, value) = split(&word, ':')?;
            let blank = value.as_str().len() - value.as_str().trim_start().len();
            let text = value.text.part(blank..value.as_str().len());
            let span = text.span(0..text.as_str().len());
            Some((name.to_owned(), Word { text, span, literal: value.literal }))
        })
        .collect()
}

/// What the tools of Kafka set for a topic, under the topic's name: `--topic audit --config retention.ms=…`.
fn topic<'s>(command: &Command<'s>, program: &str) -> Vec<(String, Word<'s>)> {
    if !program.starts_with("kafka-topics") && !program.starts_with("kafka-configs") {
        return Vec::new();
    }
    let option = |names: [&str; 2]| {
        names.iter().flat_map(|name| command.parsed.option_values(name)).collect::<Vec<_>>()
    };
    let Some(topic) = option(["--topic", "--entity-name"]).into_iter().next() else { return Vec::new() };
    let settings = option(["--config", "--add-config"]);
    settings
        .iter()
        .filter_map(|word| split(word, '='))
        .map(|(name, value)| (format!("{}.{name}", topic.as_str()), value))
        .collect()
}

/// What is written into the settings of a package manager: `npm config set //registry/:_authToken …`.
fn configured<'s>(command: &Command<'s>, program: &str) -> Option<(String, Word<'s>)> {
    if !matches!(program, "npm" | "pnpm" | "yarn") {
        return None;
    }
    let arguments = command.parsed.arguments();
    let at = arguments.iter().position(|word| word.as_str() == "set")?;
    let mut rest = arguments.get(at + 1..)?.iter().filter(|word| !word.as_str().starts_with('-'));
    let first = rest.next()?;
    let (name, value) = match split(first, '=') {
        Some((name, value)) => (name, value),
        None => (first.as_str(), rest.next()?.clone()),
    };
    // The registry stands before the name.
    Some((name.rsplit(['/', ':']).next().unwrap_or(name).to_owned(), value))
}

/// etcd's flag for suites doesn't say that they are TLS's.
/// <https://etcd.io/docs/v3.5/op-guide/configuration/#security>
fn flag_name<'s>(program: &str, flag: &'s str) -> &'s str {
    if program == "etcd" && flag == "cipher-suites" { "tls-cipher-suites" } else { flag }
}

/// A server parameter: `postgres -c ssl=off`, `-cssl=off`. The entrypoint of the image takes options alone,
/// so that no program is named.
/// <https://www.postgresql.org/docs/current/app-postgres.html>
fn parameter<'s>(program: &str, text: &str, word: &Word<'s>, next: Option<&Word<'s>>) -> Option<Word<'s>> {
    if !matches!(program, "" | "postgres" | "docker-entrypoint.sh") {
        return None;
    }
    let value = text.strip_prefix("-c")?;
    let stated = if value.is_empty() {
        next?.clone()
    } else {
        let value = word.text.part(2..text.len());
        let span = value.span(0..text.len() - 2);
        Word { text: value, span, literal: word.literal }
    };
    let (name, _) = stated.as_str().split_once('=')?;
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
    plain.then_some(stated)
}

/// Whether a build step passes what only stands in for a secret, so that a program starts that wants one:
/// `SECRET_KEY_BASE=dummy rails assets:precompile`. It ends with the step.
fn is_stand_in(command: &Command<'_>, name: &str, value: &Word<'_>) -> bool {
    command.phase == Phase::Build
        && secret::is_secret_key(&Key::new(name)).is_some_and(|kind| {
            secret::classify_as(kind, &Key::new(name), value.as_str(), None) == Class::Placeholder
        })
}

fn setting<'s>(command: &Command<'s>, key: &'s str, value: &Word<'s>) -> Setting<'s> {
    let span = value.text.span(0..value.as_str().len());
    let known = value.literal && !value.as_str().contains('$');
    Setting {
        head: Head { anchor: span, ..command.head.clone() },
        key: Field::set(key, span, ""),
        value: if known { Field::set(value.as_str(), span, "") } else { Field::Unknown },
        text: value.text.clone(),
        store: command.store,
        scope: Scope(command.parsed.span),
        image: None,
        defaults: Vec::new(),
    }
}

/// A word cut at a mark.
pub(in crate::derive) fn split<'s>(word: &Word<'s>, mark: char) -> Option<(&'s str, Word<'s>)> {
    let (name, value) = word.as_str().split_once(mark)?;
    let start = name.len() + mark.len_utf8();
    let text = word.text.part(start..start + value.len());
    let span = text.span(0..value.len());
    Some((name, Word { text, span, literal: word.literal }))
}
