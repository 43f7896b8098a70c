//! Servers with all that they inherit.

use super::answers::{is_everything, serves};
use super::context::Context;
use super::effect::Directives;
use super::listen::{self, Listen, Sockets};
use super::mounts::{Mounts, Running, RunningFiles};
use super::statements::proxied;
use super::tree::{Node, Place};
use super::upstreams::Upstreams;
use super::variables::Variables;
use super::{cors, headers};
use crate::facts::{Facts, Field, Head, Listener, Protocol, Reach, Server, Serves};
use crate::source::{Sources, Span};

/// What the head of a block says of the requests in it.
#[derive(Clone, Copy, Default, Debug)]
struct Around {
    /// Their origin was looked at.
    origin_checked: bool,
    /// They are all requests to a server, and handed on to another.
    hands_on_everything: bool,
}

/// One configuration being judged.
pub(super) struct Judge<'j, 's> {
    pub(super) sources: &'s Sources,
    pub(super) facts: &'j mut Facts<'s>,
    pub(super) upstreams: &'j Upstreams<'s>,
    mounts: &'j Mounts<'s>,
    /// The path of the file that nginx starts with.
    main: Option<&'s str>,
    pub(super) variables: Variables<'s>,
    sockets: Sockets,
    running: RunningFiles,
}

impl<'j, 's> Judge<'j, 's> {
    pub(super) fn new(
        sources: &'s Sources,
        mounts: &'j Mounts<'s>,
        upstreams: &'j Upstreams<'s>,
        main: Option<&'s str>,
        nodes: &[Node<'_, 's>],
        facts: &'j mut Facts<'s>,
    ) -> Self {
        Judge {
            sources,
            facts,
            upstreams,
            mounts,
            main,
            variables: Variables::new(nodes),
            sockets: Sockets::default(),
            running: RunningFiles::default(),
        }
    }

    /// The ports that the configuration listens on, once it has been judged.
    pub(super) fn ports(&self) -> Vec<u16> {
        self.sockets.ports()
    }

    /// States what a configuration says.
    pub(super) fn run(&mut self, nodes: &[Node<'_, 's>], place: Place) {
        let context = Context::outermost(place);
        self.take_sockets(nodes, &context.inside(place, nodes, &self.variables));
        self.block(nodes, &context, place, Around::default());
        if !has_server(nodes) {
            self.stated_alone(nodes);
        }
    }

    /// Sockets are shared, so all are known before the first server is judged.
    fn take_sockets(&mut self, nodes: &[Node<'_, 's>], context: &Context<'s>) {
        for node in nodes.iter().filter(|node| node.is_block()) {
            let place = context.place.inside(node.name());
            if place == Place::Http || place == Place::Server {
                let inner = context.inside(place, &node.children, &self.variables);
                if place == Place::Server {
                    let listens = listen::of_server(node, &inner);
                    self.sockets.add(node.directive.name.span, &listens);
                } else {
                    self.take_sockets(&node.children, &inner);
                }
            }
        }
    }

    /// States what a block says, and the blocks in it.
    fn block(&mut self, nodes: &[Node<'_, 's>], outer: &Context<'s>, place: Place, around: Around) {
        let context = outer.inside(place, nodes, &self.variables);
        let directives = Directives::new(nodes, &context);
        self.statements(&directives, &context, around.hands_on_everything);
        cors::of_block(
            &directives,
            place,
            around.origin_checked,
            context.subject,
            &self.variables,
            self.sources,
            self.facts,
        );
        // The answer to a preflight has no content that headers could protect.
        let preflight =
            place == Place::If && nodes.iter().any(|node| node.name() == "return" && node.says("204"));
        if let Some(drops) = context.drops.filter(|_| !preflight) {
            let mut fact = Server::silent(Head::new(drops, context.subject));
            fact.drops_headers = Field::set(true, drops, "");
            self.facts.servers.push(fact);
        }
        for node in nodes.iter().filter(|node| node.is_block()) {
            let place = context.place.inside(node.name());
            let checked = place == Place::If && self.variables.asks(node).origin;
            let mut around = context;
            if place == Place::Server {
                self.variables.enter(&node.children);
                around.subject = self.server(node, &context);
            }
            if node.name() == "upstream" {
                self.upstream(&node.children, &context);
            }
            let everything = place == Place::Location
                && context.place == Place::Server
                && is_everything(node)
                && proxied(&node.children).is_some();
            let inside = Around { origin_checked: checked, hands_on_everything: everything };
            self.block(&node.children, &around, place, inside);
        }
    }

    /// States what a server is, and gives its name.
    fn server(&mut self, node: &Node<'_, 's>, outer: &Context<'s>) -> &'s str {
        let nodes = &node.children;
        let context = outer.inside(Place::Server, nodes, &self.variables);
        let keyword = node.directive.name.span;
        let listens = listen::of_server(node, &context);
        let name = name(nodes).or_else(|| listens.first().map(|listen| listen.address)).unwrap_or_default();
        let subject = self.sources.keep(format!("server {name}").into());
        let path = self.sources.file(keyword.file).path();
        let running = self.running.of(self.mounts, keyword, path, self.main);
        let serves = |tls| serves(nodes, &self.variables, tls, context.rooted, keyword);
        let (with_tls, without) = (serves(true), serves(false));
        for listen in &listens {
            let tls = self.sockets.tls(listen);
            let serves = if tls.value() == Some(&true) { with_tls } else { without };
            self.facts.listeners.push(Listener {
                head: Head::new(listen.span, subject),
                tls,
                reach: reach(listen, running),
                serves,
                host: Field::set(name, listen.span, ""),
            });
        }
        let tls = self.tls(&listens, keyword);
        let answers = if tls.value() == Some(&true) { with_tls } else { without };
        let redirects = matches!(answers.value(), Some(Serves::Redirect | Serves::RedirectToHttps));
        let mut sent = context.headers.sent(context.open);
        if let Some(root) = nodes.iter().find(|node| node.name() == "location" && node.says("/")) {
            // Where the server sends a header for all of its content after all.
            let inner = context.inside(Place::Location, &root.children, &self.variables);
            let within = inner.headers.sent(inner.open);
            sent.hsts = sent.hsts.or(within.hsts);
            sent.content_type_options = sent.content_type_options.or(within.content_type_options);
            sent.frame_protection = sent.frame_protection.or(within.frame_protection);
        }
        let proxies = proxied(nodes);
        let limit = context.limit_req.or_else(|| limited(nodes));
        let yes_or_unset = |span: Option<Span>| span.map_or(Field::Unset, |span| Field::set(true, span, ""));
        self.facts.servers.push(Server {
            head: Head::new(keyword, subject),
            of_ingress: Field::set(false, keyword, ""),
            tls,
            public: public(&listens, running, keyword),
            answers: match answers.value() {
                Some(serves) => Field::set(*serves != Serves::Nothing, keyword, ""),
                None => Field::Unknown,
            },
            redirects: answers.value().map_or(Field::Unknown, |_| Field::set(redirects, keyword, "")),
            proxies: Field::set(proxies.is_some(), proxies.unwrap_or(keyword), ""),
            hsts: sent.hsts,
            content_type_options: sent.content_type_options,
            frame_protection: sent.frame_protection,
            drops_headers: Field::NotApplicable,
            rate_limit: yes_or_unset(limit).or(if context.open { Field::Unknown } else { Field::Unset }),
            hides_version: hides_version(&context),
            names_software: Field::NotApplicable,
        });
        let decides = listens.iter().any(|listen| {
            self.sockets.tls(listen).value() == Some(&true) && self.sockets.decides(keyword, listen)
        });
        if running.allows_old_tls && decides && context.protocols.is_none() && !context.open {
            self.facts.protocols.push(implied(Head::new(keyword, subject)));
        }
        subject
    }

    /// Whether a server speaks TLS on any of its sockets.
    fn tls(&self, listens: &[Listen<'s>], keyword: Span) -> Field<bool> {
        let all = || listens.iter().map(|listen| self.sockets.tls(listen));
        all()
            .find(|tls| tls.value() == Some(&true))
            .or_else(|| all().find(|tls| *tls == Field::Unknown))
            .unwrap_or_else(
                || if listens.is_empty() { Field::Unknown } else { Field::set(false, keyword, "") },
            )
    }

    /// What a text without servers says that some will take over.
    fn stated_alone(&mut self, nodes: &[Node<'_, 's>]) {
        for node in nodes {
            match node.name() {
                "http" => self.stated_alone(&node.children),
                "server_tokens" => self.shown(node, "nginx"),
                _ => self.hsts_alone(node, "nginx"),
            }
        }
    }

    /// `server_tokens on`, where it stands.
    pub(super) fn shown(&mut self, node: &Node<'_, 's>, subject: &'s str) {
        if let Some(word) = node.argument(0).filter(|word| matches!(word.text, "on" | "build")) {
            let mut fact = Server::silent(Head::new(word.content, subject));
            fact.hides_version = Field::set(false, word.content, "");
            self.facts.servers.push(fact);
        }
    }

    /// How long a `Strict-Transport-Security` holds that only a part of a server sends.
    pub(super) fn hsts_alone(&mut self, node: &Node<'_, 's>, subject: &'s str) {
        headers::of_node(node, |header| {
            if header.is("Strict-Transport-Security") {
                let hsts = headers::hsts(header, &self.variables);
                if let Some(place) = hsts.span() {
                    self.facts.servers.push(Server { hsts, ..Server::silent(Head::new(place, subject)) });
                }
            }
        });
    }
}

fn has_server(nodes: &[Node<'_, '_>]) -> bool {
    nodes.iter().any(|node| node.name() == "server" || node.name() == "http" && has_server(&node.children))
}

/// The first name of a server that is one.
fn name<'s>(nodes: &[Node<'_, 's>]) -> Option<&'s str> {
    let names = nodes.iter().filter(|node| node.name() == "server_name");
    let mut names = names.flat_map(|node| node.directive.arguments.iter().map(|word| word.text));
    names.find(|name| !matches!(*name, "" | "_"))
}

/// From where a socket is reached; one in a container that publishes no port only from within.
fn reach(listen: &Listen<'_>, running: Running) -> Field<Reach> {
    match listen.reach {
        Field::Set(stated) if running.unpublished && stated.value == Reach::Public => {
            Field::set(Reach::Internal, listen.span, "")
        }
        reach => reach,
    }
}

fn public(listens: &[Listen<'_>], running: Running, keyword: Span) -> Field<bool> {
    let reaches = |reach: Reach| listens.iter().find(move |listen| listen.reach.value() == Some(&reach));
    let unknown = listens.iter().any(|listen| listen.reach == Field::Unknown);
    match reaches(Reach::Public).filter(|_| !running.unpublished) {
        Some(listen) => Field::set(true, listen.span, ""),
        None if unknown || listens.is_empty() => Field::Unknown,
        None => Field::set(false, keyword, ""),
    }
}

/// Where requests that are handed on are limited.
fn limited(nodes: &[Node<'_, '_>]) -> Option<Span> {
    nodes.iter().filter(|node| node.is_block() && node.name() == "location").find_map(|node| {
        let own = node.children.iter().find(|child| child.name() == "limit_req");
        let own = own.filter(|_| proxied(&node.children).is_some());
        own.map(|limit| limit.directive.name.span).or_else(|| limited(&node.children))
    })
}

fn hides_version(context: &Context<'_>) -> Field<bool> {
    if let Some(span) = context.unnamed {
        return Field::set(true, span, "");
    }
    match context.server_tokens {
        Some(word) => match word.text {
            "on" | "build" => Field::set(false, word.content, ""),
            text if text.contains('$') || text.contains("{{") => Field::Unknown,
            _ => Field::set(true, word.content, ""),
        },
        None if context.open => Field::Unknown,
        None => Field::Default(false),
    }
}

/// What nginx before 1.27.3 admits where nothing names the versions.
fn implied(head: Head<'_>) -> Protocol<'_> {
    let span = head.anchor;
    Protocol {
        head,
        version: Field::set(10, span, ""),
        name: Field::set("TLSv1", span, ""),
        implied: Field::set(true, span, ""),
    }
}
