//! What a server answers with: content, redirects, or nothing.

use rustc_hash::FxHashSet;

use super::tree::Node;
use super::variables::{LeadsTo, Variables, leading};
use crate::facts::{Field, Serves};
use crate::source::Span;
use crate::value::host::{Place, classify};

/// One way in which a server answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Content = 1,
    Unknown = 2,
    Redirect = 4,
    Https = 8,
    Nothing = 16,
    Challenge = 32,
}

/// All ways in which a server answers.
#[derive(Clone, Copy, Default, Debug)]
struct Answers(u8);

impl Answers {
    fn add(&mut self, answer: Answer) {
        self.0 |= answer as u8;
    }

    fn has(self, answer: Answer) -> bool {
        self.0 & answer as u8 != 0
    }

    /// The way that matters most.
    fn field(self, span: Span) -> Field<Serves> {
        let serves = if self.has(Answer::Content) {
            Serves::Content
        } else if self.has(Answer::Unknown) {
            return Field::Unknown;
        } else if self.has(Answer::Redirect) {
            Serves::Redirect
        } else if self.has(Answer::Https) || self.has(Answer::Challenge) {
            Serves::RedirectToHttps
        } else {
            Serves::Nothing
        };
        Field::set(serves, span, "")
    }
}

/// What a server answers with on its TLS sockets, or on the others. `rooted` says whether it has a folder of
/// files of its own.
pub(super) fn serves(
    nodes: &[Node<'_, '_>],
    variables: &Variables<'_>,
    tls: bool,
    rooted: bool,
    span: Span,
) -> Field<Serves> {
    let mut answers = Answers::default();
    if !rewrites(nodes, variables, tls, &mut answers) {
        let pages = error_pages(nodes);
        let mut any = false;
        let mut all = false;
        for node in nodes.iter().filter(|node| node.name() == "location" && node.is_block()) {
            any = true;
            all |= is_everything(node);
            location(node, variables, &pages, tls, &mut answers);
        }
        let elsewhere = || nodes.iter().any(|node| matches!(node.name(), "try_files" | "index"));
        if !all && (!any || rooted || elsewhere()) {
            unmatched(nodes, &mut answers);
        }
    }
    answers.field(span)
}

/// What no location speaks of is served from a folder.
fn unmatched(nodes: &[Node<'_, '_>], answers: &mut Answers) {
    let open = nodes.iter().any(|node| node.name() == "include");
    answers.add(if closed(nodes) {
        Answer::Nothing
    } else if open {
        Answer::Unknown
    } else {
        Answer::Content
    });
}

fn location(
    node: &Node<'_, '_>,
    variables: &Variables<'_>,
    error_pages: &FxHashSet<&str>,
    tls: bool,
    answers: &mut Answers,
) {
    let path = node.directive.arguments.last().map_or("", |word| word.text);
    if is_challenge(path) {
        answers.add(Answer::Challenge);
        return;
    }
    if node.children.iter().any(|child| child.name() == "internal")
        || node.says("=") && error_pages.contains(path)
    {
        return;
    }
    if rewrites(&node.children, variables, tls, answers) {
        return;
    }
    for inner in node.children.iter().filter(|child| child.name() == "location" && child.is_block()) {
        location(inner, variables, error_pages, tls, answers);
    }
    unmatched(&node.children, answers);
}

/// Whether a location holds what a certificate authority asks for. Guides open all of `.well-known` for it.
pub(super) fn is_challenge(path: &str) -> bool {
    let path = path.replace('\\', "");
    let Some((_, rest)) = path.split_once(".well-known") else { return false };
    let rest = rest.trim_start_matches('/');
    rest.starts_with("acme-challenge")
        || rest.starts_with("pki-validation")
        || matches!(rest, "" | "$" | ".*" | "(.*)" | ".*$" | "(.*)$")
}

/// The paths of a server's pages for errors.
fn error_pages<'s>(nodes: &[Node<'_, 's>]) -> FxHashSet<&'s str> {
    let pages = nodes.iter().filter(|node| node.name() == "error_page");
    pages.filter_map(|node| node.directive.arguments.last()).map(|word| word.text).collect()
}

/// Whether a location takes in every path that no other does.
pub(super) fn is_everything(node: &Node<'_, '_>) -> bool {
    match node.directive.arguments.as_slice() {
        [path] => path.text == "/",
        [mark, path] if mark.text == "^~" => path.text == "/",
        [mark, path] if mark.text.starts_with('~') => {
            matches!(path.text, "/" | "^/" | "." | ".*" | "^" | "^.*" | "^.*$" | "^/.*$" | "^/(.*)$" | "/.*")
        }
        _ => false,
    }
}

/// Whether nobody outside is let in.
fn closed(nodes: &[Node<'_, '_>]) -> bool {
    let denies = nodes.iter().any(|node| node.name() == "deny" && node.says("all"));
    let allows = nodes.iter().filter(|node| node.name() == "allow");
    let mut outsiders = allows.filter_map(|node| node.argument(0)).filter(|word| {
        let address = word.text.split('/').next().unwrap_or_default();
        !matches!(classify(address), Place::Loopback | Place::Internal)
    });
    denies && outsiders.next().is_none()
}

/// The answers of `return`, `rewrite` and `if`, which come before all others. True where nothing comes behind
/// them.
fn rewrites(nodes: &[Node<'_, '_>], variables: &Variables<'_>, tls: bool, answers: &mut Answers) -> bool {
    if tls && nodes.iter().any(|node| node.name() == "ssl_reject_handshake" && node.says("on")) {
        answers.add(Answer::Nothing);
        return true;
    }
    for node in nodes {
        match node.name() {
            "return" => {
                answers.add(returned(node, variables));
                return true;
            }
            "rewrite" => {
                let Some(answer) = rewritten(node, variables) else { continue };
                answers.add(answer);
                if node.argument(0).is_some_and(|pattern| matches_everything(pattern.text)) {
                    return true;
                }
            }
            "if" => {
                let asks_scheme = variables.asks(node).scheme;
                if tls && asks_scheme {
                    continue;
                }
                let mut inner = Answers::default();
                let ends = rewrites(&node.children, variables, tls, &mut inner);
                answers.0 |= inner.0;
                if ends && asks_scheme && inner.0 == Answer::Https as u8 {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

fn returned(node: &Node<'_, '_>, variables: &Variables<'_>) -> Answer {
    let Some(first) = node.argument(0) else { return Answer::Nothing };
    match (first.text.parse::<u16>(), node.argument(1)) {
        (Ok(301 | 302 | 303 | 307 | 308), Some(target)) => redirect(target.text, variables),
        // An answer without a body shows nothing: it tells a load balancer that the server is there.
        (Ok(200..=203 | 205..=299), Some(text)) if !text.text.is_empty() => Answer::Content,
        (Ok(_), _) => Answer::Nothing,
        (Err(_), None) if first.text.starts_with("http") || first.text.starts_with('$') => {
            redirect(first.text, variables)
        }
        (Err(_), _) => Answer::Unknown,
    }
}

fn redirect(target: &str, variables: &Variables<'_>) -> Answer {
    if target.starts_with("https:") {
        return Answer::Https;
    }
    if target.starts_with(['{', '<']) {
        return Answer::Unknown;
    }
    match (leading(target), variables.leads_to(target)) {
        (None | Some(("scheme" | "request_uri", _)), _) | (_, Some(LeadsTo::Cleartext)) => Answer::Redirect,
        (_, Some(LeadsTo::Encrypted)) => Answer::Https,
        (_, None) => Answer::Unknown,
    }
}

/// What a `rewrite` answers with; nothing where it only changes the path.
fn rewritten(node: &Node<'_, '_>, variables: &Variables<'_>) -> Option<Answer> {
    let target = node.argument(1)?.text;
    let flag = node.argument(2).map(|word| word.text);
    let absolute = ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start));
    (absolute || matches!(flag, Some("redirect" | "permanent"))).then(|| redirect(target, variables))
}

fn matches_everything(pattern: &str) -> bool {
    matches!(
        pattern,
        "^" | "."
            | ".*"
            | "(.*)"
            | "^.*"
            | "^.*$"
            | "^(.*)"
            | "^(.*)$"
            | "/(.*)"
            | "^/"
            | "^/(.*)"
            | "^/(.*)$"
            | "^/.*$"
            | "^(/.*)$"
    )
}
