//! `HAProxy`: what it listens on, with which TLS, and how it connects to the servers behind it.
//! <https://docs.haproxy.org/3.0/configuration.html>

mod listen;
mod redirect;

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use super::{extension, finish, rest, setting, switch};
use crate::facts::{Cipher, Head, Position, Protects, Protocol, Scope};
use crate::formats::{Candidate, Format, Reader};
use crate::source::{Span, Text};
use crate::syntax::words::{Dialect, Line, Word, parse};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "haproxy",
    doc: "HAProxy's configuration: `haproxy*.cfg`, `haproxy*.conf`, and `*.cfg` in folders of its name",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let extension = extension(candidate);
    if candidate.unmarked().starts_with("haproxy") && matches!(extension, "cfg" | "conf") {
        return Some("named haproxy*.cfg");
    }
    let in_folder = || candidate.path.rsplit('/').skip(1).any(|folder| folder.contains("haproxy"));
    (extension == "cfg" && in_folder()).then_some("*.cfg in a folder haproxy")
}

/// The words that start a section. <https://docs.haproxy.org/3.0/configuration.html#2.1>
const SECTIONS: &[&str] = &[
    "backend",
    "cache",
    "crt-store",
    "defaults",
    "fcgi-app",
    "frontend",
    "global",
    "http-errors",
    "listen",
    "log-forward",
    "mailers",
    "peers",
    "program",
    "resolvers",
    "ring",
    "traces",
    "userlist",
];

/// A section with its lines.
struct Section<'l, 's> {
    head: &'l Line<'s>,
    lines: &'l [Line<'s>],
}

impl<'l, 's> Section<'l, 's> {
    fn kind(&self) -> &'s str {
        self.head.name()
    }

    fn name(&self) -> &'s str {
        self.head.words.get(1).map_or("", Word::as_str)
    }

    /// The last line that starts with these words.
    fn last(&self, words: &[&str]) -> Option<&'l Line<'s>> {
        self.lines.iter().rev().find(|line| line.starts_with(words))
    }
}

/// The sections of a file, and those that others name.
struct Config<'l, 's> {
    sections: Vec<Section<'l, 's>>,
    /// Backends, by their names.
    backends: FxHashMap<&'s str, usize>,
    /// Whether a section speaks HTTP, by its own word or by that of the defaults before it.
    http: Vec<bool>,
}

impl<'l, 's> Config<'l, 's> {
    fn new(lines: &'l [Line<'s>]) -> Self {
        let starts = |line: &Line<'_>| SECTIONS.contains(&line.name());
        let mut sections = Vec::new();
        let mut rest = lines;
        while let Some((head, behind)) = rest.split_first() {
            let length = behind.iter().position(starts).unwrap_or(behind.len());
            let (inside, following) = behind.split_at(length);
            // What stands before the first section belongs to none.
            if starts(head) {
                sections.push(Section { head, lines: inside });
            }
            rest = following;
        }
        let mut config = Config { sections, backends: FxHashMap::default(), http: Vec::new() };
        let mut by_default = false;
        for (index, section) in config.sections.iter().enumerate() {
            let mode = section.last(&["mode"]).and_then(|line| line.words.get(1));
            let http = mode.map(|mode| mode.is("http"));
            match section.kind() {
                "defaults" => by_default = http.unwrap_or(false),
                "backend" => {
                    config.backends.entry(section.name()).or_insert(index);
                }
                _ => {}
            }
            config.http.push(http.unwrap_or(by_default));
        }
        config
    }
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Haproxy, reader.sources);
    let path = reader.reading.path;
    let config = Config::new(&file.lines);
    for (index, section) in config.sections.iter().enumerate() {
        let subject = match section.name() {
            "" => path,
            name => reader.sources.keep(format!("{} {name}", section.kind()).into()),
        };
        let end = section.lines.last().map_or(section.head.span, |line| line.span);
        reader.reading.blocks.push(section.head.span.to(end));
        for line in section.lines {
            tls(reader, line, subject);
            logins(reader, section, line, subject);
        }
        if matches!(section.kind(), "frontend" | "listen") {
            listen::state(reader, &config, index, subject);
        }
    }
    finish(reader, file.comments, file.errors);
}

/// Protocols, ciphers and verification, wherever a line names them.
fn tls<'s>(reader: &mut Reader<'s>, line: &Line<'s>, subject: &'s str) {
    let name = line.name();
    let (binds, connects) = (name == "bind", matches!(name, "server" | "default-server" | "server-template"));
    let options = matches!(name, "ssl-default-bind-options" | "ssl-default-server-options");
    let facts = &mut reader.reading.facts;
    if binds || connects || options {
        for (at, word) in line.words.iter().enumerate().skip(1) {
            let value = line.words.get(at + 1);
            let head = |span: Span| Head::new(span, subject);
            if word.is("ssl-min-ver") || word.is("ssl-max-ver") {
                if let Some(value) = value {
                    Protocol::of_list(&value.text, &head(value.content()), &mut facts.protocols);
                }
            } else if word.as_str().starts_with("force-") {
                // `force-tlsv10` admits this version alone.
                let version = word.text.part("force-".len()..word.as_str().len());
                Protocol::of_list(&version, &head(word.content()), &mut facts.protocols);
            } else if word.is("ciphers")
                && let Some(value) = value
            {
                Cipher::of_list(&value.text, &head(value.content()), &mut facts.ciphers);
            }
        }
    }
    if matches!(name, "ssl-default-bind-ciphers" | "ssl-default-server-ciphers")
        && let Some(value) = line.words.get(1)
    {
        Cipher::of_list(&value.text, &Head::new(value.content(), subject), &mut facts.ciphers);
    }
    // Of `bind` it says that clients need no certificate.
    let encrypts = ["ssl", "check-ssl"].iter().any(|word| line.words.iter().any(|one| one.is(word)));
    let verify = line.behind("verify").filter(|_| connects && (encrypts || name == "default-server"));
    let global = line.words.get(1).filter(|_| name == "ssl-server-verify");
    if let Some(none) = verify.or(global).filter(|word| word.is("none")) {
        let key = if global.is_some() { "ssl-server-verify none" } else { "verify none" };
        switch(reader, subject, (Protects::Verification, Position::Off), none.content(), key);
    }
}

/// Passwords: of the page of statistics, and of the users of a list.
fn logins<'s>(reader: &mut Reader<'s>, section: &Section<'_, 's>, line: &Line<'s>, subject: &'s str) {
    let scope = Scope(line.span);
    let mut login = |what: &str, user: (Span, Text<'s>), password| {
        let key = reader.sources.keep(format!("{what} user").into());
        setting(reader, key, user.0, user.1, scope, subject);
        let key = reader.sources.keep(format!("{what} password").into());
        setting(reader, key, user.0, password, scope, subject);
    };
    if line.starts_with(&["stats", "auth"])
        && let Some(pair) = line.words.get(2)
        && let Some((user, password)) = pair.as_str().split_once(':')
    {
        let start = user.len() + 1;
        let (user, password) = (pair.text.part(0..user.len()), pair.text.part(start..start + password.len()));
        login("stats auth", (pair.span, user), password);
    } else if section.kind() == "userlist"
        && line.starts_with(&["user"])
        && let (Some(user), Some(password)) = (line.words.get(1), line.behind("insecure-password"))
    {
        login("userlist", (user.span, user.text.clone()), password.text.clone());
    } else if line.starts_with(&["http-request", "set-header", "Authorization"]) {
        let key = line.words.get(2).map_or(line.span, |word| word.span);
        setting(reader, "Authorization", key, rest(reader, line, 3), scope, subject);
    }
}
