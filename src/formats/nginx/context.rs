//! What a block takes over from those around it.

use super::headers::{Headers, of_node};
use super::tree::{Node, Place};
use super::variables::Variables;
use crate::source::Span;
use crate::syntax::nginx::Word;

/// What holds in a block: its own directives, else those of the block around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'s> {
    pub(super) place: Place,
    /// Whose block it is, as messages say it.
    pub(super) subject: &'s str,
    pub(super) headers: Headers,
    /// The `add_header` of this very block that drops the security headers around it.
    pub(super) drops: Option<Span>,
    pub(super) server_tokens: Option<Word<'s>>,
    /// Where a directive of the headers-more module takes the `Server` header away, or writes it anew.
    pub(super) unnamed: Option<Span>,
    pub(super) limit_req: Option<Span>,
    /// Where `ssl_protocols` is stated.
    pub(super) protocols: Option<Span>,
    /// Whether `root` is stated.
    pub(super) rooted: bool,
    /// Whether `ssl on` turns TLS on for every `listen`, as nginx before 1.25 had it.
    pub(super) ssl: bool,
    /// Whether something is included that isn't here, so that nothing is missing for certain.
    pub(super) open: bool,
}

impl<'s> Context<'s> {
    /// Around everything.
    pub(super) fn outermost(place: Place) -> Self {
        Context {
            place,
            subject: "nginx",
            headers: Headers::default(),
            drops: None,
            server_tokens: None,
            unnamed: None,
            limit_req: None,
            protocols: None,
            rooted: false,
            ssl: false,
            open: place == Place::Fragment,
        }
    }

    /// What holds among these directives of a block inside this one.
    pub(super) fn inside(&self, place: Place, nodes: &[Node<'_, 's>], variables: &Variables<'s>) -> Self {
        let (headers, drops) = self.headers.inside(nodes, variables);
        let mut inner = Context { place, headers, drops, ..*self };
        for node in nodes {
            match node.name() {
                "server_tokens" => inner.server_tokens = node.argument(0).copied().or(inner.server_tokens),
                "limit_req" => inner.limit_req = Some(node.directive.name.span),
                "ssl_protocols" => inner.protocols = Some(node.directive.name.span),
                "root" | "alias" => inner.rooted = true,
                "ssl" => inner.ssl = node.says("on"),
                "more_clear_headers" if node.directive.arguments.iter().any(|word| is_server(word.text)) => {
                    inner.unnamed = Some(node.directive.name.span);
                }
                "more_set_headers" => of_node(node, |header| {
                    if header.is("Server") {
                        inner.unnamed = Some(header.word.span);
                    }
                }),
                // A line of its own like `${EXTRA}` is filled in before nginx reads it.
                name if name == "include" || name.starts_with(['$', '{']) => inner.open = true,
                _ => {}
            }
        }
        inner
    }
}

fn is_server(header: &str) -> bool {
    header.split([' ', ',']).any(|name| name.eq_ignore_ascii_case("Server"))
}
