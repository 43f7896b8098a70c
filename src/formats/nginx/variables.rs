//! What variables may hold, as far as `map` and `set` tell.

use rustc_hash::FxHashMap;

use super::headers::max_age;
use super::tree::Node;
use crate::source::Span;
use crate::syntax::nginx::Word;
use crate::value::duration::Duration;

/// What a `map` gives, for the questions that are asked of it.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Mapped {
    /// The longest `max-age` among its values.
    pub(super) max_age: Option<(Duration, Span)>,
    /// Which origins it lets through.
    pub(super) origins: Origins,
    /// Whether some value isn't empty.
    pub(super) says_something: bool,
    /// Where its values lead to as addresses; nothing where they differ, or are none.
    leads_to: Option<LeadsTo>,
    /// What of a request it depends on.
    tells: Told,
}

/// What of a request a condition or a variable depends on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Told {
    /// Whether it came with TLS.
    pub(super) scheme: bool,
    /// Which website asks.
    pub(super) origin: bool,
}

impl Told {
    fn or(self, other: Told) -> Told {
        Told { scheme: self.scheme || other.scheme, origin: self.origin || other.origin }
    }
}

/// Where an address leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum LeadsTo {
    /// To https.
    Encrypted,
    /// To http, or somewhere else without TLS.
    Cleartext,
}

impl LeadsTo {
    fn of(address: &str) -> Option<LeadsTo> {
        match address.split_once(':')?.0 {
            "https" => Some(LeadsTo::Encrypted),
            "http" => Some(LeadsTo::Cleartext),
            _ => None,
        }
    }
}

/// Variables by which a server tells requests with TLS from others.
const SCHEMES: [&str; 6] =
    ["scheme", "https", "server_port", "http_x_forwarded_proto", "http_x_forwarded_ssl", "ssl_protocol"];

/// Which origins a value lets through.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(super) enum Origins {
    /// Those of a list, or none.
    #[default]
    Listed,
    /// All, without credentials.
    Any,
    /// Whichever asks.
    Asking,
}

impl Origins {
    /// What a value says that stands for whatever is asked.
    pub(super) fn of(value: &str) -> Origins {
        match value {
            "*" => Origins::Any,
            "$http_origin" | "${http_origin}" => Origins::Asking,
            _ => Origins::Listed,
        }
    }
}

/// The variables that `map` blocks define, and those that the server at hand sets.
#[derive(Default, Debug)]
pub(super) struct Variables<'s> {
    maps: FxHashMap<&'s str, Mapped>,
    /// The values of each variable, in order; an `if` around one makes it uncertain.
    set: FxHashMap<&'s str, Vec<Assigned<'s>>>,
    /// What the variables depend on that are set according to a request.
    tell: FxHashMap<&'s str, Told>,
}

/// What a `set` gives to a variable.
#[derive(Clone, Copy, Debug)]
struct Assigned<'s> {
    value: Word<'s>,
    certain: bool,
}

impl<'s> Variables<'s> {
    /// Those of a configuration: `map` stands in `http`.
    pub(super) fn new(nodes: &[Node<'_, 's>]) -> Self {
        let mut variables = Variables::default();
        for node in nodes {
            variables.take(node);
            if node.name() == "http" {
                node.children.iter().for_each(|child| variables.take(child));
            }
        }
        variables
    }

    fn take(&mut self, node: &Node<'_, 's>) {
        let Some(name) = node.argument(1).and_then(|word| name(word.text)) else { return };
        if node.name() == "map" && node.is_block() {
            let tells = node.argument(0).map(|source| self.told(source.text)).unwrap_or_default();
            self.maps.insert(name, Mapped { tells, ..mapped(&node.children) });
        }
    }

    /// Takes in what a server sets, in place of what the one before did.
    pub(super) fn enter(&mut self, server: &[Node<'_, 's>]) {
        self.set.clear();
        self.tell.clear();
        self.assign(server, true, Told::default());
    }

    fn assign(&mut self, nodes: &[Node<'_, 's>], certain: bool, around: Told) {
        for node in nodes {
            if node.name() == "if" {
                let asks = self.asks(node);
                self.assign(&node.children, false, around.or(asks));
            } else if node.is_block() {
                self.assign(&node.children, certain, around);
            } else if node.name() == "set"
                && let Some(name) = node.argument(0).and_then(|word| name(word.text))
                && let Some(value) = node.argument(1)
            {
                let told = around.or(self.told(value.text));
                if told != Told::default() {
                    let before = self.tell.entry(name).or_default();
                    *before = before.or(told);
                }
                self.set.entry(name).or_default().push(Assigned { value: *value, certain });
            }
        }
    }

    /// What a value may be that is nothing but a variable of a `map`.
    pub(super) fn of(&self, value: &str) -> Option<&Mapped> {
        self.maps.get(name(value)?)
    }

    /// The text that a variable has wherever it is used in the server.
    pub(super) fn constant(&self, name: &str) -> Option<&Word<'s>> {
        match self.set.get(name)?.as_slice() {
            [only] if only.certain && !only.value.text.contains('$') => Some(&only.value),
            _ => None,
        }
    }

    /// Which origins a header's value lets through.
    pub(super) fn origins(&self, value: &str) -> Origins {
        if let Some(mapped) = self.of(value) {
            return mapped.origins;
        }
        let assigned = name(value).and_then(|name| self.set.get(name));
        let certain = assigned.and_then(|all| all.iter().rfind(|assigned| assigned.certain));
        let last = certain.map(|assigned| Origins::of(assigned.value.text));
        last.unwrap_or_else(|| Origins::of(value))
    }

    /// Where an address leads to that starts with a variable.
    pub(super) fn leads_to(&self, address: &str) -> Option<LeadsTo> {
        let (name, _) = leading(address)?;
        match self.maps.get(name) {
            Some(mapped) => mapped.leads_to,
            None => LeadsTo::of(self.constant(name)?.text),
        }
    }

    /// What an `if` asks of a request.
    pub(super) fn asks(&self, node: &Node<'_, '_>) -> Told {
        let words = node.directive.arguments.iter();
        words.fold(Told::default(), |told, word| told.or(self.told(word.text)))
    }

    fn told(&self, text: &str) -> Told {
        let names = text.match_indices('$').filter_map(|(at, _)| leading(text.get(at..)?));
        names.fold(Told::default(), |told, (name, _)| {
            let itself = Told { scheme: SCHEMES.contains(&name), origin: name == "http_origin" };
            let set = self.tell.get(name).copied().unwrap_or_default();
            let mapped = self.maps.get(name).map(|mapped| mapped.tells).unwrap_or_default();
            told.or(itself).or(set).or(mapped)
        })
    }
}

/// The variable that a text starts with, and the rest of it.
pub(super) fn leading(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('$')?;
    let inner = rest.strip_prefix('{');
    let text = inner.unwrap_or(rest);
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, behind) = text.split_at(end);
    match inner {
        Some(_) => Some((name, behind.strip_prefix('}')?)),
        None => (end > 0).then_some((name, behind)),
    }
}

/// The name of the variable that a text consists of.
pub(super) fn name(text: &str) -> Option<&str> {
    let (name, rest) = leading(text)?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && rest.is_empty()).then_some(name)
}

fn mapped(entries: &[Node<'_, '_>]) -> Mapped {
    let mut mapped = Mapped::default();
    let mut addresses = Vec::new();
    for entry in entries {
        let Some(value) = entry.argument(0) else { continue };
        mapped.says_something |= !value.text.is_empty();
        if !value.text.is_empty() {
            addresses.push(LeadsTo::of(value.text));
        }
        if let Some(age) = max_age(value.text)
            && mapped.max_age.is_none_or(|(longest, _)| age > longest)
        {
            mapped.max_age = Some((age, value.span));
        }
        if catches_all(entry.name()) {
            mapped.origins = mapped.origins.max(Origins::of(value.text));
        }
    }
    let known = !addresses.is_empty() && addresses.iter().all(Option::is_some);
    let cleartext = addresses.contains(&Some(LeadsTo::Cleartext));
    mapped.leads_to = (known || cleartext).then(|| addresses.into_iter().flatten().max()).flatten();
    mapped
}

/// Whether an entry of a map stands for whatever is asked.
fn catches_all(key: &str) -> bool {
    key == "default"
        || matches!(
            key.trim_start_matches(['~', '*']),
            "." | ".*" | ".+" | "^" | "^.*" | "^.*$" | "^.+$" | "^.+" | "^https?://"
        ) && key.starts_with('~')
}

#[cfg(test)]
mod tests {
    use super::leading;

    #[test]
    fn a_name_ends_at_its_brace_or_at_the_first_other_character() {
        assert_eq!(leading("$a_1/x"), Some(("a_1", "/x")));
        assert_eq!(leading("${a}b"), Some(("a", "b")));
        for text in ["$", "$/", "${a", "${a b}", "${é}", "a$b"] {
            assert_eq!(leading(text), None, "{text}");
        }
    }
}
