//! `bind`: the sockets of a frontend, and what is sent through them.

use super::{Config, Section, redirect};
use crate::facts::{Field, Head, Listener, Reach, Server, Serves};
use crate::formats::Reader;
use crate::source::Span;
use crate::syntax::words::Line;
use crate::value::duration::{self, Duration, Unit};
use crate::value::host::{self, Place};

/// How many addresses of a frontend are told.
const MOST: usize = 64;

/// A socket.
struct Socket<'s> {
    address: &'s str,
    at: Span,
    tls: bool,
    reach: Option<Reach>,
}

/// States the sockets of a frontend that speaks HTTP. What passes through others is not known.
pub(super) fn state<'s>(reader: &mut Reader<'s>, config: &Config<'_, 's>, index: usize, subject: &'s str) {
    let (Some(section), Some(true)) = (config.sections.get(index), config.http.get(index)) else { return };
    let binds = section.lines.iter().filter(|line| line.name() == "bind");
    let sockets: Vec<Socket<'s>> = binds.flat_map(sockets).take(MOST).collect();
    let cleartext = redirect::serves(config, section);
    for socket in &sockets {
        let serves = if socket.tls { Some(Serves::Content) } else { cleartext };
        reader.reading.facts.listeners.push(Listener {
            head: Head::new(socket.at, subject),
            tls: Field::set(socket.tls, socket.at, ""),
            reach: socket.reach.map_or(Field::Unknown, |reach| Field::set(reach, socket.at, "")),
            serves: serves.map_or(Field::Unknown, |serves| Field::set(serves, socket.at, "")),
            host: Field::set(socket.address, socket.at, ""),
        });
    }
    let public = |socket: &&Socket<'_>| socket.reach == Some(Reach::Public);
    let Some(first) = sockets.iter().filter(public).max_by_key(|socket| socket.tls) else { return };
    let keyword = section.head.words.first().map_or(first.at, |word| word.span);
    let answers = cleartext.is_some_and(|serves| serves != Serves::Nothing) || sends_on(section);
    reader.reading.facts.servers.push(Server {
        of_ingress: Field::set(false, keyword, ""),
        tls: Field::set(first.tls, first.at, ""),
        public: Field::set(true, keyword, ""),
        answers: Field::set(answers, keyword, ""),
        hsts: hsts(config, section),
        ..Server::silent(Head::new(keyword, subject))
    });
}

fn sends_on(section: &Section<'_, '_>) -> bool {
    section.lines.iter().any(|line| matches!(line.name(), "default_backend" | "use_backend" | "server"))
}

/// The sockets of a `bind` line: addresses joined by commas.
fn sockets<'s>(line: &Line<'s>) -> Vec<Socket<'s>> {
    let Some(word) = line.words.get(1) else { return Vec::new() };
    let encrypts = line.words.iter().skip(2).any(|word| word.is("ssl"));
    let mut start = 0;
    let mut sockets = Vec::new();
    for address in word.as_str().split(',') {
        let at = word.text.span(start..start + address.len());
        start += address.len() + 1;
        let tls = encrypts || address.starts_with("quic");
        sockets.push(Socket { address, at, tls, reach: reach(address) });
    }
    sockets
}

/// From where an address can be reached; nothing where a variable decides.
fn reach(address: &str) -> Option<Reach> {
    let (family, address) = address.split_once('@').unwrap_or(("", address));
    if address.starts_with('/') || ["unix", "abns", "fd", "sockpair", "uxst", "uxdg"].contains(&family) {
        return Some(Reach::Loopback);
    }
    if address.contains(['$', '{']) {
        return None;
    }
    let host = address.rsplit_once(':').map_or("", |(host, _)| host);
    match host::classify(if host.is_empty() { "*" } else { host }) {
        Place::Loopback => Some(Reach::Loopback),
        Place::Internal => Some(Reach::Internal),
        Place::Bind | Place::Public => Some(Reach::Public),
        Place::Unknown => None,
    }
}

/// How long browsers must insist on TLS, as the frontend or what stands behind it says.
fn hsts(config: &Config<'_, '_>, section: &Section<'_, '_>) -> Field<Duration> {
    let own = section.lines.iter().find_map(header);
    let elsewhere = || {
        let others = config.sections.iter().filter(|other| matches!(other.kind(), "backend" | "defaults"));
        others.flat_map(|other| other.lines).find_map(header)
    };
    own.or_else(elsewhere).unwrap_or(Field::Unset)
}

/// What a line says that sets the header.
fn header(line: &Line<'_>) -> Option<Field<Duration>> {
    let (name, first) = match line.name() {
        "http-response" | "http-after-response" => (line.words.get(2)?.as_str(), 3),
        // As HAProxy 1 has it, name and value in one word.
        "rspadd" | "rspirep" => ("", 1),
        _ => return None,
    };
    let values = || line.words.get(first..).unwrap_or_default().iter();
    let old = name.is_empty() && values().any(|word| is_header(word.as_str()));
    if !old && !is_header(name) {
        return None;
    }
    let stated = values().find_map(|word| {
        let (_, behind) = word.as_str().split_once("max-age=")?;
        let digits = behind.trim_start_matches('"');
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let period = duration::parse(digits.get(..length)?, Some(Unit::Second))?;
        Some(Field::set(period, word.content(), ""))
    });
    Some(stated.unwrap_or(Field::Unknown))
}

fn is_header(text: &str) -> bool {
    const NAME: &str = "strict-transport-security";
    text.get(..NAME.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAME))
}
