//! What variables may hold, as far as `map` tells.

use rustc_hash::FxHashMap;

use super::headers::max_age;
use super::tree::Node;
use crate::source::Span;
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
}

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

/// The variables that `map` blocks define.
#[derive(Default, Debug)]
pub(super) struct Variables<'s>(FxHashMap<&'s str, Mapped>);

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
            self.0.insert(name, mapped(&node.children));
        }
    }

    /// What a value may be that is nothing but a variable.
    pub(super) fn of(&self, value: &str) -> Option<&Mapped> {
        self.0.get(name(value)?)
    }
}

/// The name of the variable that a text consists of.
pub(super) fn name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(name);
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain.then_some(name)
}

fn mapped(entries: &[Node<'_, '_>]) -> Mapped {
    let mut mapped = Mapped::default();
    for entry in entries {
        let Some(value) = entry.argument(0) else { continue };
        mapped.says_something |= !value.text.is_empty();
        if let Some(age) = max_age(value.text)
            && mapped.max_age.is_none_or(|(longest, _)| age > longest)
        {
            mapped.max_age = Some((age, value.span));
        }
        if catches_all(entry.name()) {
            mapped.origins = mapped.origins.max(Origins::of(value.text));
        }
    }
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
