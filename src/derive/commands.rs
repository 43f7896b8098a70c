//! Facts that follow from commands: `curl -k`, `--insecure`, `uvicorn --reload`, `kube-apiserver` without an
//! audit policy, passwords among the arguments.

use super::logins;
use super::scripts::{self, Given};
use super::written;
use crate::facts::{Command, Facts, Field, Head, Phase, Position, Protects, Scope, Setting, Store, Switch};
use crate::source::{Sources, Span};
use crate::syntax::shell::Word;
use crate::value::boolean;
use crate::value::key::Key;
use crate::value::secret::{self, Class};

/// What commands set by assignments and options, as settings: `PGPASSWORD=x psql`, `export A=b`,
/// `--audit-log-maxage=30`, and the addresses among their arguments.
pub(super) fn settings<'s>(commands: &[Command<'s>], sources: &'s Sources) -> Vec<Setting<'s>> {
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
pub(super) fn split<'s>(word: &Word<'s>, mark: char) -> Option<(&'s str, Word<'s>)> {
    let (name, value) = word.as_str().split_once(mark)?;
    let start = name.len() + mark.len_utf8();
    let text = word.text.part(start..start + value.len());
    let span = text.span(0..value.len());
    Some((name, Word { text, span, literal: word.literal }))
}

pub(super) fn derive<'s>(commands: &[Command<'s>], out: &mut Facts<'s>) {
    for (index, command) in commands.iter().enumerate() {
        let program = command.program.value().copied().unwrap_or_default();
        let is_local = scripts::is_local(command);
        let fetches = FETCHES.contains(&program);
        if let Some((at, key)) = unverified(command, program).filter(|_| !is_local || fetches) {
            out.switches.push(switch(command, Protects::Verification, at, key));
        } else if let Some((at, key)) = without_tls(command, program).filter(|_| !is_local) {
            out.switches.push(switch(command, Protects::Tls, at, key));
        }
        if let Some((protects, at, key)) = development(command, program) {
            out.switches.push(switch(command, protects, at, key));
        }
        if program == "kube-apiserver" && command.parsed.has_flag(&["--audit-policy-file"]).is_none() {
            let at = command.parsed.words.first().map_or(command.parsed.span, |word| word.span);
            out.switches.push(switch(
                command,
                Protects::Audit,
                at,
                "kube-apiserver without --audit-policy-file",
            ));
        }
        if !is_local {
            logins::derive(command, program, out);
        }
        let before = index.checked_sub(1).and_then(|index| commands.get(index));
        if let Some(before) = before.filter(|_| program == "chpasswd") {
            logins::piped(before, out);
        }
    }
}

fn switch<'s>(command: &Command<'s>, protects: Protects, at: Span, key: &'s str) -> Switch<'s> {
    Switch {
        head: Head { anchor: at, ..command.head.clone() },
        protects: Field::set(protects, at, ""),
        position: Field::set(Position::Off, at, ""),
        key: Field::set(key, at, ""),
    }
}

/// Programs that fetch what is built on, from outside wherever they run.
const FETCHES: &[&str] = &[
    "apt",
    "apt-get",
    "bundle",
    "conda",
    "dnf",
    "git",
    "mamba",
    "microdnf",
    "micromamba",
    "npm",
    "pip",
    "pip3",
    "pnpm",
    "uv",
    "yarn",
    "yum",
    "yum-config-manager",
    "zypper",
];

/// Whether a command accepts any certificate.
fn unverified<'s>(command: &Command<'s>, program: &str) -> Option<(Span, &'s str)> {
    let parsed = &command.parsed;
    let flag = |flags: &[&str], key| parsed.has_flag(flags).map(|at| (at, key));
    let words: Vec<&str> = parsed.arguments().iter().map(Word::as_str).collect();
    let behind = |key: &str| {
        let at = words.iter().position(|word| word.eq_ignore_ascii_case(key))?;
        parsed.arguments().get(at + 1)
    };
    let word = |wanted: &dyn Fn(&str) -> bool| parsed.arguments().iter().find(|word| wanted(word.as_str()));
    match program {
        "curl" => flag(&["-k", "--insecure"], "curl -k")
            .or_else(|| flag(&["--proxy-insecure"], "curl --proxy-insecure")),
        "wget" => flag(&["--no-check-certificate"], "wget --no-check-certificate"),
        "pip" | "pip3" | "uv" | "python" | "python3"
            if !program.starts_with("python") || words.starts_with(&["-m", "pip"]) =>
        {
            flag(&["--trusted-host"], "pip --trusted-host")
                .or_else(|| flag(&["--allow-insecure-host"], "uv --allow-insecure-host"))
                .or_else(|| behind("global.trusted-host").map(|host| (host.span, "pip trusted-host")))
        }
        "apt" | "apt-get" => flag(&["--allow-unauthenticated"], "apt --allow-unauthenticated")
            .or_else(|| flag(&["--allow-insecure-repositories"], "apt --allow-insecure-repositories"))
            .or_else(|| {
                let off = |text: &str| {
                    let text = text.to_ascii_lowercase();
                    (text.contains("allowunauthenticated")
                        && (text.ends_with("=true") || text.ends_with("=1") || text.ends_with("=yes")))
                        || (text.contains("verify-peer") && text.ends_with("=false"))
                        || (text.contains("verify-host") && text.ends_with("=false"))
                };
                word(&off).map(|word| (word.span, "apt without verification"))
            }),
        "echo" | "printf" => written::unverified(command).map(|at| (at, "a package manager's configuration")),
        "bundle" => behind("ssl_verify_mode")
            .filter(|value| value.as_str() == "0")
            .map(|value| (value.span, "ssl_verify_mode 0")),
        "conda" | "mamba" | "micromamba" => behind("ssl_verify")
            .filter(|value| boolean::parse(value.as_str()) == Some(false))
            .map(|value| (value.span, "ssl_verify false")),
        "yum" | "yum-config-manager" | "dnf" | "microdnf" | "zypper" => {
            let off = |text: &str| {
                text.contains("sslverify=0") || text.to_ascii_lowercase().contains("sslverify=false")
            };
            word(&off).map(|word| (word.span, "sslverify=0"))
        }
        "npm" | "yarn" | "pnpm" => {
            let off =
                words.windows(2).any(|pair| matches!(pair, ["strict-ssl" | "enableStrictSsl", "false"]));
            let joined = word(&|text| matches!(text, "strict-ssl=false" | "--no-strict-ssl"));
            let separate = || word(&|text| text == "false").filter(|_| off);
            joined.or_else(separate).map(|word| (word.span, "strict-ssl false"))
        }
        "git" => {
            let off = words.windows(2).any(|pair| {
                matches!(pair, [name, value] if name.eq_ignore_ascii_case("http.sslverify") && matches!(*value, "false" | "0" | "off" | "no"))
            });
            let joined = word(&|text| {
                let text = text.to_ascii_lowercase();
                text.contains("http.sslverify=false") || text.contains("http.sslverify=0")
            });
            let separate = || word(&|text| matches!(text, "false" | "0" | "off" | "no")).filter(|_| off);
            joined.or_else(separate).map(|word| (word.span, "http.sslVerify false"))
        }
        _ => {
            let flags = [
                "--insecure-skip-tls-verify",
                "--tls-skip-verify",
                "--skip-tls-verify",
                "--insecure-skip-verify",
                "--no-verify-ssl",
                "--no-ssl-verify",
                "--ssl-no-verify",
                "--tls-insecure",
                "--kubelet-insecure-tls",
                "--tls-insecure-skip-verify",
                "--skip-verify",
                "--no-tls-verify",
                "--kube-insecure-skip-tls-verify",
                "--no-check-certificate",
                "--trust-server-cert",
                "-Dmaven.wagon.http.ssl.insecure=true",
                "-SkipCertificateCheck",
            ];
            let given = parsed.arguments().iter().find(|word| flags.contains(&word.as_str()))?;
            Some((given.span, given.as_str()))
        }
    }
}

/// Whether a command serves or connects without TLS.
fn without_tls<'s>(command: &Command<'s>, program: &str) -> Option<(Span, &'s str)> {
    let flags = [
        "--insecure",
        "--no-tls",
        "--disable-tls",
        "--tls-disable",
        "--disable-ssl",
        "--no-ssl",
        "--plaintext",
        "--skip-ssl",
        "--insecure-http",
    ];
    // https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/: 0 serves no HTTPS.
    if program == "kube-apiserver"
        && let Some(port) = command.parsed.option_value("--secure-port").filter(|port| port.as_str() == "0")
    {
        return Some((port.span, "--secure-port=0"));
    }
    if program == "kube-apiserver"
        && let Some(port) = command.parsed.option_value("--insecure-port").filter(|port| port.as_str() != "0")
    {
        return Some((port.span, "--insecure-port"));
    }
    if matches!(program, "curl" | "pip" | "apt" | "apt-get" | "echo" | "printf") {
        return None;
    }
    let given = command.parsed.arguments().iter().find(|word| flags.contains(&word.as_str()))?;
    Some((given.span, given.as_str()))
}

/// Servers that are meant for development, by their own documentation.
/// A stage that doesn't ship starts nothing.
fn development<'s>(command: &Command<'s>, program: &str) -> Option<(Protects, Span, &'s str)> {
    if command.phase != Phase::Run || command.store == Store::BuildStage {
        return None;
    }
    let arguments = command.parsed.arguments();
    let word = |wanted: &[&str]| arguments.iter().find(|word| wanted.contains(&word.as_str()));
    let found = |word: &Word<'s>, key: &'s str| Some((Protects::DevelopmentServer, word.span, key));
    if let Some(reload) = word(&["--reload"]) {
        return found(reload, "--reload");
    }
    if let (Some(debug), "flask" | "gunicorn" | "python" | "python3" | "rails" | "php") =
        (word(&["--debug"]), program)
    {
        return Some((Protects::Debug, debug.span, "--debug"));
    }
    match program {
        "flask" => found(word(&["run"])?, "flask run"),
        "python" | "python3" | "manage.py" | "django-admin" => {
            found(word(&["runserver", "runserver_plus"])?, "runserver")
        }
        "npm" | "yarn" | "pnpm" | "bun" => {
            found(word(&["dev", "start:dev", "serve:dev"])?, "a development script")
        }
        "next" | "nuxt" | "astro" => found(word(&["dev"])?, "a development server"),
        "ng" => found(word(&["serve"])?, "ng serve"),
        "kc.sh" => found(word(&["start-dev"])?, "start-dev"),
        "start-dev" => command.parsed.words.first().and_then(|first| found(first, "start-dev")),
        "nodemon" => command.parsed.words.first().and_then(|first| found(first, "nodemon")),
        _ => None,
    }
}
