//! Facts that follow from commands: `curl -k`, `--insecure`, `uvicorn --reload`, `kube-apiserver` without an
//! audit policy, passwords among the arguments.

mod passwords;
mod scripts;
mod settings;

pub(super) use self::settings::{settings, split};

use self::passwords::{passwords, piped_passwords};
use super::written;
use crate::facts::{Command, Facts, Field, Head, Phase, Position, Protects, Store, Switch};
use crate::source::Span;
use crate::syntax::shell::Word;
use crate::value::boolean;

pub(super) fn derive<'s>(commands: &[Command<'s>], out: &mut Facts<'s>) {
    for (index, command) in commands.iter().enumerate() {
        let program = command.program.value().copied().unwrap_or_default();
        let reaches = || !scripts::is_local(command);
        let fetches = FETCHES.contains(&program);
        if let Some((at, key)) = unverified(command, program).filter(|_| fetches || reaches()) {
            out.switches.push(switch(command, Protects::Verification, at, key));
        } else if let Some((at, key)) = without_tls(command, program).filter(|_| reaches()) {
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
        passwords(command, program, out);
        let before = index.checked_sub(1).and_then(|index| commands.get(index));
        if let Some(before) = before.filter(|_| program == "chpasswd") {
            piped_passwords(before, out);
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
