//! Supervisor: what it starts, as whom, and who may tell it what to do.
//! <https://supervisord.org/configuration.html>

use super::{credential, entry, extension, finish, setting, statements};
use crate::facts::{Container, CredentialClass, Field, Head, Phase, Platform, Scope};
use crate::formats::commands::command;
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::entry::{Entry, Section};
use crate::syntax::ini::{Dialect, File, parse};
use crate::syntax::shell;
use crate::value::host::{self, Place};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "supervisord",
    doc: "Supervisor's configuration: `supervisor*.conf`, and `*.conf` in folders of its name",
    by_name: |_| None,
    by_content,
    read,
};

/// The sections that start programs.
const PROGRAMS: &[&str] = &["program:", "eventlistener:", "fcgi-program:"];

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if !candidate.path.contains("supervisor") || extension(candidate) != "conf" {
        return None;
    }
    let is_section = |line: &str| {
        ["[supervisord]", "[program:", "[unix_http_server]", "[inet_http_server]"]
            .iter()
            .any(|section| line.starts_with(section))
    };
    statements(text).any(is_section).then_some("reads like Supervisor's configuration")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Ini, reader.sources);
    let path = reader.reading.path;
    root(reader, &file, path);
    for section in &file.sections {
        let subject = program(section).unwrap_or(path);
        let scope = Scope(section.span);
        for found in &section.entries {
            match found.key {
                "command" => {
                    for parsed in shell::parse(&found.value, reader.sources) {
                        let started = command(parsed, subject, reader.store, Phase::Run, reader.sources);
                        reader.reading.facts.commands.push(started);
                    }
                }
                "environment" => environment(reader, found, scope, subject),
                // The socket of the machine itself needs no login, and many files give it one that says so.
                "username" | "password" if section.name == "inet_http_server" => {
                    entry(reader, found, scope, subject);
                }
                _ => {}
            }
        }
        if section.name == "inet_http_server" {
            control(reader, section, path);
        }
    }
    finish(reader, file.comments, file.errors);
}

/// The name of the program that a section starts.
fn program<'s>(section: &Section<'s>) -> Option<&'s str> {
    let start = PROGRAMS.iter().find(|start| section.name.starts_with(**start))?;
    section.name.get(start.len()..)
}

/// `KEY="value",OTHER=value`
fn environment<'s>(reader: &mut Reader<'s>, found: &Entry<'s>, scope: Scope, subject: &'s str) {
    let (text, all) = (&found.value, found.value.as_str());
    let mut at = 0;
    while let Some((written, behind)) = all.get(at..).and_then(|rest| rest.split_once('=')) {
        let name = written.trim();
        let start = at + written.len() + 1;
        let quote = behind.chars().next().filter(|mark| matches!(mark, '"' | '\''));
        let inner = start + quote.map_or(0, char::len_utf8);
        let length = all.get(inner..).and_then(|value| value.find(quote.unwrap_or(',')));
        let end = length.map_or(all.len(), |length| inner + length);
        let key_at = at + written.len() - written.trim_start().len();
        let key_span = text.span(key_at..key_at + name.len());
        let value =
            text.part(inner..all.get(inner..end).map_or(inner, |value| inner + value.trim_end().len()));
        setting(reader, name, key_span, value, scope, subject);
        let rest = all.get(end..).unwrap_or_default();
        at = rest.find(',').map_or(all.len(), |comma| end + comma + 1);
    }
}

/// Whoever reaches the control interface may start and stop what it will.
fn control<'s>(reader: &mut Reader<'s>, section: &Section<'s>, subject: &'s str) {
    let Some(port) = section.last("port").filter(|_| section.last("password").is_none()) else { return };
    let value = port.value.as_str();
    let host = value.rsplit_once(':').map_or("", |(host, _)| host);
    // https://supervisord.org/configuration.html#inet-http-server-section-values: without a host, all of them.
    let open = host.is_empty() || host::classify(host) == Place::Bind;
    if open && !value.is_empty() && !value.contains('%') {
        let at = port.value.span(0..value.len());
        let evidence = "anyone who reaches this port controls the programs without a password";
        credential(reader, subject, CredentialClass::Empty, at, "inet_http_server port", evidence);
    }
}

/// Programs run as root where they say so, or where Supervisor itself does and they name nobody else.
fn root<'s>(reader: &mut Reader<'s>, file: &File<'s>, path: &'s str) {
    let programs = || file.sections.iter().filter(|section| program(section).is_some());
    let all_named = programs().next().is_some() && programs().all(|section| section.last("user").is_some());
    for section in &file.sections {
        let subject = match program(section) {
            Some(program) => program,
            None if section.name == "supervisord" && !all_named => path,
            None => continue,
        };
        let Some(user) = section.last("user").filter(|user| !user.value.as_str().is_empty()) else {
            continue;
        };
        let span = user.value.span(0..user.value.as_str().len());
        reader.reading.facts.containers.push(Container {
            user: Field::set(user.value.as_str(), span, "user"),
            environment_open: true,
            ..Container::of(Platform::Process, Head::new(span, subject), span)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};
    use crate::formats::{Reader, find};
    use crate::source::Sources;

    #[test]
    fn files_are_told_by_path_and_content() {
        for (path, text) in [
            ("supervisor/supervisord.conf", "; x\n[supervisord]\nnodaemon=true\n"),
            ("supervisord.conf", "[program:a]\ncommand=b\n"),
            ("docker/supervisor/conf.d/worker.conf", "[program:worker]\ncommand=b\n"),
        ] {
            assert_eq!(recognised(path, text), Some("supervisord"), "{path}");
        }
        assert_eq!(recognised("supervisord.conf", "# nothing\n"), None);
        assert_eq!(recognised("conf.d/worker.conf", "[program:worker]\ncommand=b\n"), None);
    }

    #[test]
    fn environments_are_settings() {
        let text = "[program:a]\nenvironment=A=\"x,y\",B=z,\n    C='q'\ncommand=run\n";
        assert_eq!(read_as("supervisord", text).settings, ["A=x,y", "B=z", "C=q"]);
    }

    #[test]
    fn the_control_interface_may_be_open() {
        let open = |text: &str| read_as("supervisord", text).credentials;
        assert_eq!(open("[inet_http_server]\nport=*:9001\n"), ["inet_http_server port Empty *:9001"]);
        assert_eq!(open("[inet_http_server]\nport=9001\n"), ["inet_http_server port Empty 9001"]);
        assert!(open("[inet_http_server]\nport=127.0.0.1:9001\n").is_empty());
        assert!(open("[inet_http_server]\nport=*:9001\nusername=a\npassword=b\n").is_empty());
    }

    fn users(text: &str) -> Vec<String> {
        let sources = Sources::default();
        let id = sources.add("supervisord.conf".into(), text.into());
        let reading = Reader::read(&sources, id, find("supervisord").unwrap());
        let users = reading.facts.containers.iter();
        users.map(|one| format!("{} {}", one.head.subject, one.user.value().unwrap())).collect()
    }

    #[test]
    fn programs_run_as_their_user() {
        assert_eq!(users("[supervisord]\nuser=root\n[program:a]\nuser=app\n"), ["a app"]);
        assert_eq!(users("[supervisord]\nuser=root\n[program:a]\ncommand=b\n"), ["supervisord.conf root"]);
        assert_eq!(users("[program:a]\nuser=root\n"), ["a root"]);
        assert!(users("[program:a]\ncommand=b\n").is_empty());
    }

    #[test]
    fn programs_are_commands() {
        let sources = Sources::default();
        let text = "[program:api]\ncommand=/usr/bin/uvicorn app:api --reload\n";
        let id = sources.add("supervisord.conf".into(), text.into());
        let reading = Reader::read(&sources, id, find("supervisord").unwrap());
        assert_eq!(reading.facts.commands[0].program.value(), Some(&"uvicorn"));
        assert_eq!(reading.facts.commands[0].head.subject, "api");
    }
}
