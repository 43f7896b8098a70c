//! Passwords among the arguments of well-known programs.

use super::scripts;
use super::settings::split;
use crate::derive::credentials::{credential, password_class};
use crate::facts::{Command, Facts, Store};
use crate::syntax::shell::Word;
use crate::value::key::Key;
use crate::value::secret::{self, Class, KeyKind};

/// Passwords in the short options of well-known clients.
pub(super) fn passwords<'s>(command: &Command<'s>, program: &str, out: &mut Facts<'s>) {
    let parsed = &command.parsed;
    let pairs = match program {
        "curl" | "wget" | "http" => [parsed.option_value("-u"), parsed.option_value("--user")],
        _ => [None, None],
    };
    for pair in pairs.into_iter().flatten() {
        if let Some((user, password)) = split(&pair, ':') {
            push_password(command, Some(user), &password, program, out);
        }
    }
    let alone = match program {
        "mysql" | "mysqldump" | "mysqladmin" | "mariadb" => parsed.arguments().iter().find_map(|word| {
            word.as_str().strip_prefix("-p").filter(|rest| !rest.is_empty()).map(|rest| (word, rest))
        }),
        _ => None,
    };
    if let Some((word, rest)) = alone {
        let start = word.as_str().len() - rest.len();
        let text = word.text.part(start..word.as_str().len());
        let span = text.span(0..rest.len());
        push_password(command, None, &Word { text, span, literal: word.literal }, program, out);
    }
    if let Some(password) = (program == "redis-cli").then(|| parsed.option_value("-a")).flatten() {
        push_password(command, None, &password, program, out);
    }
    if let Some(password) = (program == "sshpass").then(|| parsed.option_value("-p")).flatten() {
        push_password(command, None, &password, program, out);
    }
    let logs_in = matches!(program, "docker" | "podman" | "helm" | "oc" | "az")
        && parsed.arguments().iter().take(3).any(|word| word.as_str() == "login");
    if let Some(password) = logs_in.then(|| parsed.option_value("-p")).flatten() {
        push_password(command, None, &password, "login", out);
    }
    if let Some(password) = parsed.option_value("--requirepass") {
        let key = Key::new("requirepass");
        if secret::is_secret_key(&key).is_none() {
            push_password(command, None, &password, "--requirepass", out);
        }
    }
}

/// `echo 'root:secret' | chpasswd`
pub(super) fn piped_passwords<'s>(before: &Command<'s>, out: &mut Facts<'s>) {
    if matches!(before.program.value().copied(), Some("echo" | "printf")) {
        for word in before.parsed.arguments() {
            if let Some((user, password)) = split(word, ':') {
                push_password(before, Some(user), &password, "chpasswd", out);
            }
        }
    }
}

fn push_password<'s>(
    command: &Command<'s>,
    user: Option<&str>,
    password: &Word<'s>,
    key: &str,
    out: &mut Facts<'s>,
) {
    let text = password.as_str();
    if secret::classify_as(KeyKind::Password, &Key::new("PASSWORD"), text, user) == Class::Reference {
        return;
    }
    if let Some((class, _)) = password_class(user, text).filter(|_| !scripts::is_local(command)) {
        let at = password.text.span(0..text.len());
        let key = known_key(key);
        let evidence = "a password among the arguments";
        // What reaches something outside is no less real in a test.
        let store = if command.store == Store::Scratch { Store::Setting } else { command.store };
        out.credentials.push(credential(&command.head, class, store, key, evidence, at));
    }
}

fn known_key(program: &str) -> &'static str {
    match program {
        "curl" => "curl --user",
        "wget" => "wget --user",
        "redis-cli" => "redis-cli -a",
        "mysql" | "mysqldump" | "mysqladmin" => "mysql -p",
        "mariadb" => "mariadb -p",
        "sshpass" => "sshpass -p",
        "chpasswd" => "chpasswd",
        "--requirepass" => "--requirepass",
        _ => "login -p",
    }
}
