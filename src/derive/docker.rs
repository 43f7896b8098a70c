//! Facts that follow from commands that start containers: `docker run --privileged --cap-add=SYS_ADMIN`.
//! <https://docs.docker.com/reference/cli/docker/container/run/>

use crate::data::images;
use crate::facts::{
    Capability, Command, Container, Facts, Field, Head, Phase, Platform, Port, Publish, Store, Volume,
};
use crate::source::Sources;
use crate::syntax::shell::Word;
use crate::value::{boolean, capability};

/// Options that take no value unless it follows a `=`.
const SWITCHES: &[&str] = &[
    "--detach",
    "--disable-content-trust",
    "--init",
    "--interactive",
    "--no-healthcheck",
    "--oom-kill-disable",
    "--privileged",
    "--publish-all",
    "--quiet",
    "--read-only",
    "--replace",
    "--rm",
    "--rmi",
    "--sig-proxy",
    "--tty",
];

/// One-letter options without a value.
const LETTERS: &[char] = &['P', 'd', 'i', 'q', 't'];

pub(super) fn derive<'s>(commands: &[Command<'s>], sources: &'s Sources, out: &mut Facts<'s>) {
    for command in commands {
        match command.program.value() {
            Some(&("docker" | "podman" | "nerdctl")) if command.store != Store::Scratch => {
                let mut words = command.parsed.arguments().iter();
                if words.by_ref().take(4).any(|word| matches!(word.as_str(), "run" | "create")) {
                    started(command, "docker run", words, sources, out);
                }
            }
            Some(&Command::CREATES_CONTAINER) => {
                started(command, command.head.subject, command.parsed.words.iter(), sources, out);
            }
            _ => {}
        }
    }
}

fn started<'a, 's: 'a>(
    command: &Command<'s>,
    subject: &'s str,
    mut words: impl Iterator<Item = &'a Word<'s>>,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let head = Head { subject, ..command.head.clone() };
    // A runner creates containers that live as long as a job. Power over its machine counts nevertheless; how
    // the container is run, only where the job reaches something real.
    let of_job = command.program.value() == Some(&Command::CREATES_CONTAINER);
    let of_test = command.store == Store::Scratch;
    let mut container = Container::of(Platform::Process, head.clone(), command.parsed.span);
    while let Some((name, value)) = option(&mut words) {
        let text = value.as_str();
        let host = |written| Field::set(true, value.span, written);
        match name {
            "--privileged" if boolean::parse(text) != Some(false) => {
                container.privileged = Field::set(true, value.span, "--privileged");
            }
            _ if of_test => {}
            "--cap-add" if value.literal => {
                let mut start = 0;
                for item in text.split(',') {
                    let place = value.text.span(start..start + item.len());
                    let name = sources.keep(capability::name(item).into_owned().into());
                    out.capabilities.push(Capability::at(place, name, head.clone()));
                    start += item.len() + 1;
                }
            }
            "--network" | "--net" if text == "host" => container.host_network = host("--network"),
            "--pid" if text == "host" => container.host_pid = host("--pid"),
            "--ipc" if text == "host" => container.host_ipc = host("--ipc"),
            "--uts" if text == "host" => container.host_uts = host("--uts"),
            "--userns" if text == "host" => container.host_users = host("--userns"),
            "--user" | "-u" if value.literal && command.phase == Phase::Script && !of_job => {
                container.user = Field::set(text, value.span, "--user");
            }
            "--publish" | "-p" if value.literal && !of_job => out.ports.extend(published(&value, &head)),
            "--volume" | "-v" => out.volumes.extend(mounted(&value, &head)),
            _ => {}
        }
    }
    out.containers.push(container);
}

/// `[[address:]port:]port[/protocol]` with the port of a data store.
fn published<'s>(value: &Word<'s>, head: &Head<'s>) -> Option<Port<'s>> {
    let text = value.as_str();
    let (ports, _) = text.split_once('/').unwrap_or((text, ""));
    let mut pieces = ports.rsplit(':');
    let (container, host) = (pieces.next()?.parse::<u16>().ok()?, pieces.next());
    let address: Vec<&str> = pieces.collect();
    let all = host.is_some() && matches!(address.as_slice(), [] | ["" | "0.0.0.0" | "*"]);
    let place = value.span;
    let datastore = images::datastore_port(container)?;
    let shown = ports.rsplit(':').nth(1).filter(|host| !host.is_empty()).unwrap_or(ports);
    Some(Port {
        head: Head { anchor: place, ..head.clone() },
        publish: Field::set(Publish::Run, place, "--publish"),
        container_port: Field::set(container.into(), place, ""),
        host_port: host
            .and_then(|host| host.parse().ok())
            .map_or(Field::Unset, |host| Field::set(host, place, "")),
        shown: Field::set(shown, place, "--publish"),
        all_interfaces: Field::set(all, place, "--publish"),
        datastore: Field::set(datastore, place, ""),
    })
}

/// `source:target[:options]`
fn mounted<'s>(value: &Word<'s>, head: &Head<'s>) -> Option<Volume<'s>> {
    let mut pieces = value.as_str().split(':');
    let (source, _) = (pieces.next()?, pieces.next()?);
    let read_only = pieces.next().is_some_and(|options| options.split(',').any(|one| one == "ro"));
    let place = value.text.span(0..source.len());
    let head = Head { anchor: place, ..head.clone() };
    Volume::of_host(source, head, Field::set(read_only, place, ""))
}

/// The next option with its value, or itself where it has none. What follows the options is the image and
/// what runs in it.
fn option<'a, 's>(words: &mut impl Iterator<Item = &'a Word<'s>>) -> Option<(&'s str, Word<'s>)>
where
    's: 'a,
{
    let word = words.next()?;
    let text = word.as_str();
    let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty())?;
    if letters.starts_with('-') {
        if let Some((name, value)) = text.split_once('=') {
            let part = word.text.part(text.len() - value.len()..text.len());
            let span = part.span(0..value.len());
            return Some((name, Word { text: part, span, literal: word.literal }));
        }
        if SWITCHES.contains(&text) {
            return Some((text, word.clone()));
        }
        return Some((text, words.next()?.clone()));
    }
    match letters.find(|letter| !LETTERS.contains(&letter)) {
        Some(at) if at + 1 == letters.len() => Some((text, words.next()?.clone())),
        _ => Some((text, word.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell;

    /// The capabilities that a command line adds, and whether it starts with all privileges.
    fn run(line: &str) -> (Vec<String>, bool) {
        let sources = Sources::default();
        let text = sources.text(sources.add("x".into(), line.into()));
        let commands: Vec<_> = shell::parse(&text, &sources)
            .into_iter()
            .map(|parsed| Command {
                head: Head::new(parsed.span, "x"),
                program: parsed.program().map_or(Field::Unknown, |name| Field::set(name, parsed.span, "")),
                line: Field::Unknown,
                parsed,
                phase: Phase::Run,
                store: Store::Setting,
                scope: None,
            })
            .collect();
        let mut out = Facts::default();
        derive(&commands, &sources, &mut out);
        let added = out.capabilities.iter().filter_map(|one| one.name.span());
        let added = added.map(|span| sources.slice(span).to_owned()).collect();
        (added, out.containers.iter().any(|container| container.privileged.value() == Some(&true)))
    }

    #[test]
    fn options_before_the_image_count() {
        let found =
            run("docker run -it --rm -p 80:80 --cap-add=SYS_ADMIN,net_raw --cap-add ALL app --cap-add X");
        assert_eq!(found, (vec!["SYS_ADMIN".into(), "net_raw".into(), "ALL".into()], false));
        assert_eq!(run("sudo podman --log-level debug run --privileged app"), (vec![], true));
        assert_eq!(run("docker run --privileged=false app"), (vec![], false));
        assert_eq!(run("docker run app --privileged"), (vec![], false));
        assert_eq!(run("docker build --cap-add=ALL ."), (vec![], false));
    }
}
