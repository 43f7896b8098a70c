//! Response headers: `add_header`, which a block inherits only where it has none of its own, and
//! `more_set_headers`, which adds up.

use super::tree::Node;
use super::variables::{Variables, name};
use crate::facts::Field;
use crate::source::Span;
use crate::syntax::nginx::Word;
use crate::value::duration::Duration;

/// A header that a directive sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'s> {
    pub(super) name: &'s str,
    pub(super) value: &'s str,
    /// The word that states the value.
    pub(super) word: Word<'s>,
}

impl Header<'_> {
    /// Whether it is the header of this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Where the value stands.
    pub(super) fn place(&self) -> Span {
        self.word.content
    }
}

/// Headers whose loss leaves answers less safe.
const SECURITY: [&str; 6] = [
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Permissions-Policy",
];

/// The bit of `X-Frame-Options`.
const FRAMES: u8 = 1 << 2;

/// What headers say of security.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Sent {
    /// Which of [`SECURITY`] are sent, a bit each.
    names: u8,
    pub(super) hsts: Field<Duration>,
    pub(super) content_type_options: Field<bool>,
    pub(super) frame_protection: Field<bool>,
}

impl Sent {
    /// Takes in one more header.
    fn add(&mut self, header: Header<'_>, variables: &Variables<'_>) {
        // nginx sends no header with an empty value.
        if header.value.is_empty() {
            return;
        }
        let Some(index) = SECURITY.iter().position(|name| header.is(name)) else { return };
        self.names |= 1 << index;
        let span = header.place();
        match index {
            0 => self.hsts = hsts(header, variables),
            1 => self.content_type_options = Field::set(true, span, ""),
            2 => self.frame_protection = Field::set(true, span, ""),
            3 if header.value.to_ascii_lowercase().contains("frame-ancestors") => {
                self.frame_protection = Field::set(true, span, "");
            }
            3 if header.value.contains('$') && self.frame_protection == Field::Unset => {
                self.frame_protection = Field::Unknown;
            }
            _ => {}
        }
    }

    /// Both together; what `self` says counts first.
    fn and(self, other: Sent) -> Sent {
        Sent {
            names: self.names | other.names,
            hsts: self.hsts.or(other.hsts),
            content_type_options: self.content_type_options.or(other.content_type_options),
            frame_protection: self.frame_protection.or(other.frame_protection),
        }
    }

    /// What a script may send isn't known to be missing: each header that it names, and where it stands in a
    /// file of its own all of them.
    fn or_scripted(self, node: &Node<'_, '_>) -> Sent {
        if node.name().ends_with("_file") {
            return if node.name().starts_with("header_filter") { self.or_unknown() } else { self };
        }
        let inline = node.argument(0).map_or("", |word| word.text);
        let block = node.directive.block.as_ref().and_then(|block| block.raw);
        let script = block.unwrap_or(inline).to_ascii_lowercase().replace('_', "-");
        let names = |header: &str| script.contains(&header.to_ascii_lowercase());
        let or = |known: bool| if known { Field::Unknown } else { Field::Unset };
        Sent {
            hsts: self.hsts.or(if names(SECURITY[0]) { Field::Unknown } else { Field::Unset }),
            content_type_options: self.content_type_options.or(or(names(SECURITY[1]))),
            frame_protection: self.frame_protection.or(or(names(SECURITY[2]) || names(SECURITY[3]))),
            ..self
        }
    }

    /// Nothing is missing for certain: something here isn't known.
    fn or_unknown(self) -> Sent {
        Sent {
            hsts: self.hsts.or(Field::Unknown),
            content_type_options: self.content_type_options.or(Field::Unknown),
            frame_protection: self.frame_protection.or(Field::Unknown),
            ..self
        }
    }
}

/// The headers that a block sends, with those that it inherits.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Headers {
    added: Sent,
    set: Sent,
    /// `add_header_inherit merge` (nginx 1.29.3).
    merges: bool,
}

impl Headers {
    /// Everything that is sent; where a part of the configuration isn't known, what seems to be missing
    /// isn't either.
    pub(super) fn sent(&self, open: bool) -> Sent {
        let sent = self.added.and(self.set);
        if open { sent.or_unknown() } else { sent }
    }

    /// The headers of a block inside, and the place of the directive there that drops what it would inherit.
    pub(super) fn inside(
        &self,
        nodes: &[Node<'_, '_>],
        variables: &Variables<'_>,
    ) -> (Headers, Option<Span>) {
        let mut own = Sent::default();
        let mut first = None;
        let mut inner = *self;
        for node in nodes {
            match node.name() {
                "add_header_inherit" => inner.merges = node.says("merge"),
                "add_header" => {
                    first = first.or(Some(statement(node)));
                    of_node(node, |header| own.add(header, variables));
                }
                "more_set_headers" => {
                    let mut set = Sent::default();
                    of_node(node, |header| set.add(header, variables));
                    inner.set = set.and(inner.set);
                }
                name if name.contains("_by_lua") => inner.set = inner.set.or_scripted(node),
                _ => {}
            }
        }
        let mut kept = own.names | inner.set.names;
        if own.frame_protection.value() == Some(&true) {
            // Either of the two headers says it, whichever the outer block has.
            kept |= FRAMES;
        }
        let lost = self.added.names & !kept;
        let Some(first) = first else { return (inner, None) };
        inner.added = if inner.merges { own.and(self.added) } else { own };
        (inner, Some(first).filter(|_| lost != 0 && !inner.merges))
    }
}

/// A directive without the `;`.
pub(super) fn statement(node: &Node<'_, '_>) -> Span {
    let start = node.directive.name.span;
    node.directive.arguments.last().map_or(start, |last| start.to(last.span))
}

/// The headers that a directive sends.
pub(super) fn of_node<'s>(node: &Node<'_, 's>, mut visit: impl FnMut(Header<'s>)) {
    match node.name() {
        "add_header" => {
            if let (Some(name), Some(value)) = (node.argument(0), node.argument(1)) {
                visit(Header { name: name.text, value: value.text, word: *value });
            }
        }
        "more_set_headers" => {
            for word in &node.directive.arguments {
                if let Some((name, value)) = word.text.split_once(':') {
                    visit(Header { name: name.trim(), value: value.trim(), word: *word });
                }
            }
        }
        _ => {}
    }
}

/// For how long a `Strict-Transport-Security` header holds.
pub(super) fn hsts(header: Header<'_>, variables: &Variables<'_>) -> Field<Duration> {
    if let Some(age) = max_age(header.value) {
        return Field::set(age, header.place(), "");
    }
    if name(header.value).is_some() {
        let mapped = variables.of(header.value).and_then(|mapped| mapped.max_age);
        return mapped.map_or(Field::Unknown, |(age, span)| Field::set(age, span, ""));
    }
    // Without a max-age browsers ignore the header (RFC 6797, section 6.1).
    if header.value.contains('$') { Field::Unknown } else { Field::Unset }
}

/// The `max-age` of a `Strict-Transport-Security` header, in seconds there.
pub(super) fn max_age(value: &str) -> Option<Duration> {
    value.split(';').find_map(|directive| {
        let (name, age) = directive.split_once('=')?;
        let age = age.trim().trim_matches('"');
        let digits = !age.is_empty() && age.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = age.parse::<u64>().unwrap_or(u64::MAX);
        let is_age = name.trim().eq_ignore_ascii_case("max-age");
        (is_age && digits).then(|| Duration::Finite(seconds.saturating_mul(1000)))
    })
}
