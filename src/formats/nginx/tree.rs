//! Directives with what they include in its place.

use super::Parsed;
use super::include::{Included, Known};
use crate::syntax::nginx::{Directive, MAX_DEPTH, Word};

/// How deep files may include one another.
const MAX_INCLUDES: usize = 16;

/// A directive, with the directives of its block after inclusion.
pub(super) struct Node<'t, 's> {
    pub(super) directive: &'t Directive<'s>,
    pub(super) children: Vec<Node<'t, 's>>,
}

impl<'t, 's> Node<'t, 's> {
    pub(super) fn name(&self) -> &'s str {
        self.directive.name.text
    }

    pub(super) fn is_block(&self) -> bool {
        self.directive.block.is_some()
    }

    pub(super) fn argument(&self, index: usize) -> Option<&'t Word<'s>> {
        self.directive.argument(index)
    }

    /// Whether the first argument reads so.
    pub(super) fn says(&self, text: &str) -> bool {
        self.argument(0).is_some_and(|word| word.text == text)
    }
}

/// Where a block or a text stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Outside of every block, in a whole configuration.
    Main,
    /// Outside of every block, in a text that something else includes: what applies there isn't known.
    Fragment,
    Http,
    Server,
    Location,
    /// `if`, in a server or a location.
    If,
    /// `stream`, `mail` and what lies in them.
    Other,
}

impl Place {
    /// Where a text's outermost directives stand. One that has servers but no `http` is included there.
    pub(super) fn of_top(nodes: &[Node<'_, '_>]) -> Place {
        let has = |names: &[&str]| nodes.iter().any(|node| node.is_block() && names.contains(&node.name()));
        if has(&["http", "events", "stream", "mail"]) {
            Place::Main
        } else if has(&["server"]) {
            Place::Http
        } else {
            Place::Fragment
        }
    }

    /// Whether it is a part of a server.
    pub(super) fn is_inner(self) -> bool {
        matches!(self, Place::Location | Place::If)
    }

    /// Where the directives of a block stand that itself stands here.
    pub(super) fn inside(self, name: &str) -> Place {
        match (self, name) {
            (Place::Main | Place::Fragment, "http") => Place::Http,
            (Place::Http, "server") => Place::Server,
            (Place::Server | Place::Location | Place::Fragment, "location" | "limit_except") => {
                Place::Location
            }
            (Place::Server | Place::Location | Place::If | Place::Fragment, "if") => Place::If,
            _ => Place::Other,
        }
    }
}

/// Calls `visit` with each directive, however deep.
pub(super) fn each<'t, 's>(directives: &'t [Directive<'s>], visit: &mut dyn FnMut(&'t Directive<'s>)) {
    for directive in directives {
        visit(directive);
        if let Some(block) = &directive.block {
            each(&block.directives, visit);
        }
    }
}

/// How much inclusion may still multiply, so that files which include one another many times stay cheap.
pub(super) struct Budget(usize);

impl Budget {
    /// Several times what there is.
    pub(super) fn new(texts: &[(usize, Parsed<'_>)]) -> Self {
        let mut count = 0;
        for (_, parsed) in texts {
            each(&parsed.config.directives, &mut |_| count += 1);
        }
        Budget(count * 8 + 100_000)
    }

    /// Whether there was some left.
    pub(super) fn spend(&mut self) -> bool {
        let left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        left
    }
}

/// The files that include one another, from the innermost out.
#[derive(Clone, Copy)]
struct Chain<'c> {
    text: usize,
    length: usize,
    outer: Option<&'c Chain<'c>>,
}

impl Chain<'_> {
    fn holds(&self, text: usize) -> bool {
        self.text == text || self.outer.is_some_and(|outer| outer.holds(text))
    }
}

/// One configuration being put together.
pub(super) struct Expansion<'e, 't, 's> {
    known: &'e Known<'t, 's>,
    root: usize,
    budget: &'e mut Budget,
    visited: &'e mut [bool],
    /// The texts that take part for the first time.
    pub(super) texts: Vec<usize>,
    /// The paths of included files that aren't there.
    pub(super) missing: Vec<Word<'s>>,
}

impl<'e, 't, 's> Expansion<'e, 't, 's> {
    pub(super) fn new(
        known: &'e Known<'t, 's>,
        root: usize,
        budget: &'e mut Budget,
        visited: &'e mut [bool],
    ) -> Self {
        Expansion { known, root, budget, visited, missing: Vec::new(), texts: Vec::new() }
    }

    pub(super) fn run(&mut self) -> Vec<Node<'t, 's>> {
        let mut nodes = Vec::new();
        let chain = Chain { text: self.root, length: 0, outer: None };
        self.text(&chain, 0, &mut nodes);
        nodes
    }

    fn text(&mut self, chain: &Chain<'_>, depth: usize, out: &mut Vec<Node<'t, 's>>) {
        if let Some(mark) = self.visited.get_mut(chain.text) {
            if !*mark {
                self.texts.push(chain.text);
            }
            *mark = true;
        }
        self.directives(self.known.directives(chain.text), chain, depth, out);
    }

    fn directives(
        &mut self,
        directives: &'t [Directive<'s>],
        chain: &Chain<'_>,
        depth: usize,
        out: &mut Vec<Node<'t, 's>>,
    ) {
        for directive in directives {
            if !self.budget.spend() {
                return;
            }
            match self.known.included(self.root, chain.text, directive, self.budget) {
                Included::Nothing => {
                    let mut children = Vec::new();
                    if let Some(block) = directive.block.as_ref().filter(|_| depth < MAX_DEPTH) {
                        self.directives(&block.directives, chain, depth + 1, &mut children);
                    }
                    out.push(Node { directive, children });
                }
                Included::Found(texts) => {
                    for text in texts {
                        if chain.length < MAX_INCLUDES && !chain.holds(text) {
                            let inner = Chain { text, length: chain.length + 1, outer: Some(chain) };
                            self.text(&inner, depth, out);
                        }
                    }
                }
                Included::Harmless => {}
                Included::Elsewhere => out.push(Node { directive, children: Vec::new() }),
                Included::Missing => {
                    self.missing.extend(directive.argument(0).copied());
                    out.push(Node { directive, children: Vec::new() });
                }
            }
        }
    }
}
