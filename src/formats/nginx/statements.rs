//! Directives that state something bad by themselves, wherever they stand.

use std::cell::LazyCell;

use super::answers::is_challenge;
use super::context::Context;
use super::effect::{Directives, listens_with_tls};
use super::headers::of_node;
use super::inside;
use super::server::Judge;
use super::tree::{Node, Place};
use super::variables::leading;
use crate::facts::{
    Cipher, Container, Endpoint, Field, Head, HostPlace, Platform, Position, Protects, Protocol, Reference,
    ReferenceKind, Region, Resolution, Scope, Server, Store, Switch, Transport, Use,
};
use crate::formats::settings::Draft;
use crate::source::Span;
use crate::syntax::nginx::Word;
use crate::value::{host, url};

impl<'s> Judge<'_, 's> {
    /// Files that are included and aren't there.
    pub(super) fn references(&mut self, missing: &[Word<'s>]) {
        for word in missing {
            self.facts.references.push(Reference {
                head: Head::new(word.span, "nginx"),
                kind: Field::set(ReferenceKind::File, word.span, ""),
                target: Field::set(word.text, word.span, ""),
                resolution: Field::set(Resolution::Missing, word.span, ""),
            });
        }
    }

    /// What the directives of one block state. In a location of a server that hands on `everything`, they
    /// hold for all requests.
    pub(super) fn statements(
        &mut self,
        directives: &Directives<'_, '_, 's>,
        context: &Context<'s>,
        everything: bool,
    ) {
        let nodes = directives.nodes;
        let head = |span| Head::new(span, context.subject);
        let (encrypted, records) = (
            LazyCell::new(|| listens_with_tls(nodes)),
            LazyCell::new(|| keeps_records(nodes, context.place)),
        );
        for node in directives.effective() {
            let Some(first) = node.argument(0) else { continue };
            of_node(node, |header| {
                let named = header.is("X-Powered-By") || header.is("Server") && gives_version(header.value);
                if named && !header.value.is_empty() {
                    let word = if node.name() == "add_header" { first } else { &header.word };
                    self.names_software(word, header.name, context);
                }
            });
            if context.place.is_inner() {
                self.hsts_alone(node, context.subject);
            }
            match node.name() {
                "ssl_protocols" | "proxy_ssl_protocols" | "grpc_ssl_protocols" | "uwsgi_ssl_protocols" => {
                    for word in &node.directive.arguments {
                        let text = inside(word, self.sources);
                        Protocol::of_list(&text, &head(word.span), &mut self.facts.protocols);
                    }
                }
                "ssl_ciphers" | "proxy_ssl_ciphers" | "grpc_ssl_ciphers" | "uwsgi_ssl_ciphers" => {
                    let text = inside(first, self.sources);
                    Cipher::of_list(&text, &head(first.span), &mut self.facts.ciphers);
                }
                "ssl_conf_command" | "proxy_ssl_conf_command" | "grpc_ssl_conf_command" => {
                    self.openssl(first, node.argument(1), &head(first.span));
                }
                "ssl" if first.text == "off" && !*encrypted => {
                    self.switch(Protects::Tls, node, first, context);
                }
                "access_log" if first.text == "off" && (everything || *records) => {
                    self.switch(Protects::AccessLog, node, first, context);
                }
                "error_log" => {
                    let level =
                        node.directive.arguments.iter().skip(1).find(|word| word.text.starts_with("debug"));
                    if let Some(level) = level {
                        self.switch(Protects::Debug, node, level, context);
                    }
                }
                "proxy_pass" | "grpc_pass" => self.endpoint(first, context),
                "server_tokens" if context.place.is_inner() => self.shown(node, context.subject),
                "proxy_pass_header"
                | "fastcgi_pass_header"
                | "uwsgi_pass_header"
                | "scgi_pass_header"
                | "grpc_pass_header" => self.names_software(first, first.text, context),
                "fastcgi_param" | "uwsgi_param" | "scgi_param" if first.text != "HTTPS" => {
                    self.setting(first, node.argument(1), context);
                }
                "proxy_set_header" | "grpc_set_header" if authorizes(first.text) => {
                    self.setting(first, node.argument(1), context);
                }
                "user" if matches!(context.place, Place::Main | Place::Fragment) => self.process(first),
                _ => {}
            }
        }
        self.verification(directives, context);
    }

    /// `proxy_ssl_verify off`, where a connection that it speaks of uses TLS. Off is the default, so only a
    /// stated one counts.
    fn verification(&mut self, directives: &Directives<'_, '_, 's>, context: &Context<'s>) {
        let nodes = directives.nodes;
        for (name, pass) in [
            ("proxy_ssl_verify", "proxy_pass"),
            ("grpc_ssl_verify", "grpc_pass"),
            ("uwsgi_ssl_verify", "uwsgi_pass"),
        ] {
            let Some(node) = directives.effective().rfind(|node| node.name() == name) else { continue };
            let Some(word) = node.argument(0).filter(|word| word.text == "off") else { continue };
            let fragment = context.place == Place::Fragment;
            let streams = context.place == Place::Other;
            if fragment || streams && encrypts_stream(nodes) || passes_encrypted(nodes, pass) {
                self.switch(Protects::Verification, node, word, context);
            }
        }
    }

    fn switch(&mut self, protects: Protects, node: &Node<'_, 's>, word: &Word<'s>, context: &Context<'s>) {
        let span = inside(word, self.sources).span(0..word.text.len());
        self.facts.switches.push(Switch {
            head: Head::new(span, context.subject),
            protects: Field::set(protects, span, ""),
            position: Field::set(Position::Off, span, ""),
            key: Field::set(node.name(), span, ""),
        });
    }

    /// OpenSSL's own settings: <https://docs.openssl.org/master/man3/SSL_CONF_cmd/>.
    fn openssl(&mut self, command: &Word<'s>, value: Option<&Word<'s>>, head: &Head<'s>) {
        let Some(text) = value.map(|value| inside(value, self.sources)) else { return };
        match command.text {
            "MinProtocol" => Protocol::of_list(&text, head, &mut self.facts.protocols),
            "CipherString" => Cipher::of_list(&text, head, &mut self.facts.ciphers),
            _ => {}
        }
    }

    /// A header that tells what software stands behind the server.
    fn names_software(&mut self, word: &Word<'s>, header: &str, context: &Context<'s>) {
        let name = ["X-Powered-By", "Server"].into_iter().find(|name| header.eq_ignore_ascii_case(name));
        if let Some(name) = name {
            let mut fact = Server::silent(Head::new(word.content, context.subject));
            fact.names_software = Field::set(true, word.content, name);
            self.facts.servers.push(fact);
        }
    }

    /// A value that nginx hands on under a name: an application's environment, a credential.
    fn setting(&mut self, name: &Word<'s>, value: Option<&Word<'s>>, context: &Context<'s>) {
        let Some(value) = value.filter(|value| !value.text.contains(['$', '{'])) else { return };
        let text = inside(value, self.sources);
        // `Basic dXNlcjpwYXNzd29yZA==`: the second word is what nobody else may know.
        let credentials = value.text.split_once(' ').filter(|(scheme, _)| {
            ["Basic", "Bearer", "Token"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
        });
        let (key, text) = match credentials {
            Some((scheme, _)) => {
                let key = self.sources.keep(format!("{} token", name.text).into());
                (key, text.part(scheme.len() + 1..value.text.len()))
            }
            None => (name.text, text),
        };
        let draft = Draft {
            key,
            key_span: name.content,
            text,
            store: Store::Setting,
            scope: Scope(name.content),
            subject: context.subject,
            image: None,
            uses: Vec::new(),
        };
        self.facts.settings.push(draft.setting());
    }

    /// The address that requests are handed on to, as it stands there or where its variable is set.
    fn endpoint(&mut self, word: &Word<'s>, context: &Context<'s>) {
        let word = match leading(word.text) {
            Some((name, _)) => self.variables.constant(name).copied().unwrap_or(*word),
            None => *word,
        };
        let text = inside(&word, self.sources);
        let head = Head::new(text.span(0..word.text.len()), context.subject);
        let Some(found) = url::find_all(word.text).next() else { return };
        let Some(server) = found.hosts.first() else { return };
        let name = self.host(server.name.text);
        if name.contains(['$', '{']) {
            return;
        }
        let (name, place, member) = if self.upstreams.names(name) {
            let Some(member) = self.upstreams.farthest(name, word.content) else { return };
            (member.host, member.place, Some((name, member.span)))
        } else {
            Region::of_hosts(&text, &head, "proxy_pass", self.sources, &mut self.facts.regions);
            let place = match host::classify(name) {
                host::Place::Public => HostPlace::Public,
                host::Place::Internal => HostPlace::Internal,
                host::Place::Loopback | host::Place::Bind | host::Place::Unknown => return,
            };
            (name, place, None)
        };
        let scheme = found.scheme.text.to_ascii_lowercase();
        if place == HostPlace::Loopback || !matches!(scheme.as_str(), "http" | "grpc") {
            return;
        }
        let span = text.span(found.whole.range.clone());
        let mut head = Head { anchor: span, ..head };
        if let Some((group, place)) = member {
            let note = self.sources.keep(format!("a server of {group}").into());
            head.used(Use { span: place, note });
        }
        self.facts.endpoints.push(Endpoint {
            head,
            scheme: Field::set(self.sources.keep(scheme.into()), span, ""),
            transport: Field::set(Transport::Cleartext, span, ""),
            host: Field::set(self.sources.keep(name.to_ascii_lowercase().into()), span, ""),
            place: Field::set(place, span, ""),
        });
    }

    /// The host in an address: a variable's where the server sets it once, and without the path that another
    /// variable adds.
    fn host<'n>(&self, name: &'n str) -> &'n str
    where
        's: 'n,
    {
        if let Some((variable, rest)) = leading(name) {
            let set = self.variables.constant(variable).map(|word| word.text).filter(|_| rest.is_empty());
            return set.map_or(name, |host| host.split([':', '/']).next().unwrap_or(host));
        }
        let path = ["$request_uri", "$uri", "$document_uri"].iter().find_map(|path| name.strip_suffix(path));
        path.unwrap_or(name)
    }

    /// The places of the servers behind a name.
    pub(super) fn upstream(&mut self, nodes: &[Node<'_, 's>], context: &Context<'s>) {
        for word in nodes.iter().filter(|node| node.name() == "server").filter_map(|node| node.argument(0)) {
            let head = Head::new(word.content, context.subject);
            let text = inside(word, self.sources);
            Region::of_hosts(&text, &head, "upstream", self.sources, &mut self.facts.regions);
        }
    }

    /// `user`: whom nginx's workers run as.
    fn process(&mut self, word: &Word<'s>) {
        let span = word.content;
        self.facts.containers.push(Container {
            user: Field::set(word.text, span, "user"),
            environment_open: true,
            ..Container::of(Platform::Process, Head::new(span, "nginx"), span)
        });
    }
}

/// Whether the value of a `Server` header holds more than a name.
fn gives_version(value: &str) -> bool {
    value.contains(|character: char| character.is_ascii_digit()) && !value.contains('$')
}

/// Whether a header proves who asks.
fn authorizes(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    ["authorization", "api-key", "apikey", "token", "secret"].iter().any(|end| header.ends_with(end))
}

/// Whether the access log of a block is the record of who saw what.
fn keeps_records(nodes: &[Node<'_, '_>], place: Place) -> bool {
    match place {
        Place::Http => true,
        Place::Server => proxied(nodes).is_some(),
        _ => false,
    }
}

/// Where a server hands requests on to another, however deep. What a certificate authority asks for is none of
/// them.
pub(super) fn proxied(nodes: &[Node<'_, '_>]) -> Option<Span> {
    nodes.iter().find_map(|node| match node.name() {
        "proxy_pass" | "fastcgi_pass" | "uwsgi_pass" | "grpc_pass" | "scgi_pass" => {
            Some(node.directive.name.span)
        }
        "location" if node.directive.arguments.last().is_some_and(|path| is_challenge(path.text)) => None,
        _ => proxied(&node.children),
    })
}

fn passes_encrypted(nodes: &[Node<'_, '_>], pass: &str) -> bool {
    nodes.iter().any(|node| {
        let target = node.argument(0).map_or("", |word| word.text);
        let encrypted = ["https://", "grpcs://", "suwsgi://"].iter().any(|scheme| target.starts_with(scheme));
        node.name() == pass && encrypted || passes_encrypted(&node.children, pass)
    })
}

fn encrypts_stream(nodes: &[Node<'_, '_>]) -> bool {
    nodes.iter().any(|node| node.name() == "proxy_ssl" && node.says("on") || encrypts_stream(&node.children))
}
