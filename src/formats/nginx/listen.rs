//! `listen`: the sockets of a server.

use rustc_hash::FxHashMap;

use super::context::Context;
use super::tree::Node;
use crate::facts::{Field, Reach};
use crate::source::Span;
use crate::value::host::{self, Place};

/// How many ports of a range are told.
const LONGEST_RANGE: usize = 64;

/// A socket that a server listens on.
#[derive(Clone, Debug)]
pub(super) struct Listen<'s> {
    /// The address as it is written.
    pub(super) address: &'s str,
    /// The address's bytes, or the `server` keyword's where nothing is said.
    pub(super) span: Span,
    pub(super) tls: Field<bool>,
    pub(super) reach: Field<Reach>,
    is_default: bool,
    /// The address in one spelling.
    socket: String,
}

/// The sockets of a server; one that names none listens on port 80.
pub(super) fn of_server<'s>(server: &Node<'_, 's>, context: &Context<'s>) -> Vec<Listen<'s>> {
    let keyword = server.directive.name.span;
    let stated = server.children.iter().filter(|node| node.name() == "listen");
    let mut sockets: Vec<Listen<'s>> = stated.filter_map(|node| of_node(node, context)).collect();
    // What is included and isn't here may hold the `listen`.
    if sockets.is_empty() && !context.open {
        sockets.push(Listen {
            address: "80",
            span: keyword,
            tls: Field::set(context.ssl, keyword, ""),
            reach: Field::set(Reach::Public, keyword, ""),
            is_default: false,
            socket: socket("80"),
        });
    }
    sockets
}

fn of_node<'s>(node: &Node<'_, 's>, context: &Context<'s>) -> Option<Listen<'s>> {
    let word = node.argument(0)?;
    let parameters = || node.directive.arguments.iter().skip(1).map(|word| word.text);
    let encrypts = parameters().any(|word| matches!(word, "ssl" | "quic" | "http3"));
    let open =
        parameters().any(|word| word.contains("{{") || word.starts_with('$')) || word.text.contains("{{");
    let tls = match (encrypts || context.ssl, open) {
        (false, true) => Field::Unknown,
        (tls, _) => Field::set(tls, word.span, ""),
    };
    Some(Listen {
        address: word.text,
        span: word.span,
        tls,
        reach: reach(word.text).map_or(Field::Unknown, |reach| Field::set(reach, word.span, "")),
        is_default: parameters().any(|word| matches!(word, "default_server" | "default")),
        socket: socket(word.text),
    })
}

/// The host of an address; none where it is a port alone.
fn host_of(address: &str) -> Option<&str> {
    if address.starts_with('[') {
        return address.find(']').and_then(|end| address.get(..=end));
    }
    match address.rsplit_once(':') {
        Some((host, _)) => Some(host),
        None if is_port(address) || address.starts_with('$') => None,
        None => Some(address),
    }
}

/// The first and the last of a range of ports.
fn ports(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// A port, or a range of them (nginx 1.15.10).
fn is_port(text: &str) -> bool {
    text.split('-').all(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn reach(address: &str) -> Option<Reach> {
    if address.starts_with("unix:") {
        return Some(Reach::Loopback);
    }
    // A port that the environment chooses may be one that nothing outside reaches.
    if address.contains("{{") || address.contains('$') {
        return None;
    }
    let Some(host) = host_of(address) else { return Some(Reach::Public) };
    match host::classify(host) {
        Place::Loopback => Some(Reach::Loopback),
        // A single label that isn't `localhost` is an address of this machine, whichever that is.
        Place::Internal if host.contains(['.', ':']) => Some(Reach::Internal),
        Place::Internal | Place::Unknown => None,
        Place::Bind | Place::Public => Some(Reach::Public),
    }
}

fn socket(address: &str) -> String {
    match host_of(address) {
        None => format!("*:{address}"),
        Some(host) => match address.get(host.len()..).filter(|port| !port.is_empty()) {
            Some(port) if matches!(host, "0.0.0.0" | "*") => format!("*{port}"),
            Some(_) => address.to_owned(),
            None if matches!(host, "0.0.0.0" | "*") => "*:80".to_owned(),
            None => format!("{address}:80"),
        },
    }
}

/// What servers that share a socket also share: if one of them speaks TLS there, all do; the default server's
/// `ssl_protocols` holds for all.
#[derive(Default, Debug)]
pub(super) struct Sockets(FxHashMap<String, Shared>);

#[derive(Debug)]
struct Shared {
    tls: bool,
    default: Span,
    stated: bool,
}

impl Sockets {
    /// Takes in the sockets of a server, in the order of the servers.
    pub(super) fn add(&mut self, server: Span, listens: &[Listen<'_>]) {
        for listen in listens {
            let tls = listen.tls.value() == Some(&true);
            let shared = self.0.entry(listen.socket.clone()).or_insert(Shared {
                tls,
                default: server,
                stated: listen.is_default,
            });
            shared.tls |= tls;
            if listen.is_default && !shared.stated {
                (shared.default, shared.stated) = (server, true);
            }
        }
    }

    /// The ports of all sockets, sorted. Of a long range only the start.
    pub(super) fn ports(&self) -> Vec<u16> {
        let ranges = self.0.keys().filter_map(|socket| {
            let (first, last) = ports(socket.rsplit_once(':')?.1)?;
            Some((first..=last).take(LONGEST_RANGE))
        });
        let mut ports: Vec<u16> = ranges.flatten().collect();
        ports.sort_unstable();
        ports
    }

    /// Whether a socket speaks TLS, by any of its servers.
    pub(super) fn tls(&self, listen: &Listen<'_>) -> Field<bool> {
        let shared = self.0.get(&listen.socket).is_some_and(|shared| shared.tls);
        if shared { Field::set(true, listen.span, "") } else { listen.tls }
    }

    /// Whether a server is the one whose protocols hold on this socket.
    pub(super) fn decides(&self, server: Span, listen: &Listen<'_>) -> bool {
        self.0.get(&listen.socket).is_some_and(|shared| shared.default == server)
    }
}
