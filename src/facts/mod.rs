//! The vocabulary: what a file can say, whatever its format. Formats state facts; rules ask facts only.
//!
//! One kind of fact is one file here. A kind declares its fields once, with `fact!`; the
//! fields that conditions can ask, their types and their documentation follow from that.

mod capability;
mod command;
mod container;
mod cors;
mod credential;
mod declaration;
mod endpoint;
mod field;
pub mod host_path;
mod image;
pub mod links;
mod listener;
mod namespace;
mod port;
mod problem;
mod reference;
mod region;
mod retention;
pub mod selector;
mod server;
mod setting;
mod switch;
mod tls;
mod volume;
mod waiver;

pub use capability::Capability;
pub use command::{Command, Phase};
pub use container::{Check, Container, Healthcheck, Installed, Platform, Runs};
pub use cors::Cors;
pub use credential::{Credential, CredentialClass, Store};
pub use declaration::{Declaration, Declares};
pub use endpoint::{Endpoint, HostPlace, Transport};
pub use field::{Field, FieldValue, State, Stated, Type, Value, View};
pub use image::{Image, Pin};
pub use listener::{Listener, Reach, Serves};
pub use namespace::Namespace;
pub use port::{Port, Publish};
pub use problem::{Problem, ProblemKind};
pub use reference::{Reference, ReferenceKind, Resolution};
pub use region::{Region, Stating};
pub use retention::{Records, Retention};
pub use server::Server;
pub use setting::{Scope, Setting};
pub use switch::{Position, Protects, Switch};
pub use tls::{Cipher, CipherClass, Protocol};
pub use volume::{Mounts, Volume};
pub use waiver::{Waiver, WaiverState};

use crate::source::Span;

/// What every fact has, whatever its kind.
#[derive(Clone, Debug)]
pub struct Head<'s> {
    /// Where a finding lies when its own field has no place: the value's bytes, or for something that is
    /// absent the key of what should have had it.
    pub anchor: Span,
    /// Whose fact it is, as a message says it: "service web", "container api", "server care.example.org".
    pub subject: &'s str,
    /// Where the fact takes effect when that is elsewhere: the service that builds the Dockerfile.
    pub uses: Vec<Use<'s>>,
}

/// A place where a fact takes effect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Use<'s> {
    /// The place.
    pub span: Span,
    /// What happens there: "built by service web".
    pub note: &'s str,
}

/// How many places a fact names in which it takes effect.
const MOST_USES: usize = 100;

impl<'s> Head<'s> {
    /// A fact that takes effect where it stands.
    #[must_use]
    pub fn new(anchor: Span, subject: &'s str) -> Self {
        Head { anchor, subject, uses: Vec::new() }
    }

    /// Adds a place where it takes effect. The first hundred are kept: nobody reads more, and a thousand
    /// services may share a file of a thousand settings.
    pub fn used(&mut self, place: Use<'s>) {
        if self.uses.len() < MOST_USES && self.uses.last() != Some(&place) {
            self.uses.push(place);
        }
    }
}

/// A fact as conditions and messages see it.
pub trait Fact<'s> {
    /// Its kind.
    fn kind(&self) -> Kind;
    /// What every fact has.
    fn head(&self) -> &Head<'s>;
    /// The field of this name, as rules spell it (`read-only-root`).
    fn field(&self, name: &str) -> Option<View<'_>>;
}

/// A field of a kind of fact, for checking rules and for documentation.
#[derive(Clone, Copy, Debug)]
pub struct FieldSchema {
    /// The name as rules spell it.
    pub name: &'static str,
    /// Its type.
    pub field_type: Type,
    /// What it means.
    pub doc: &'static str,
}

/// Declares a kind of fact: a struct whose documented fields conditions can ask, and behind `also` what
/// only Rust code reads.
macro_rules! fact {
    (
        $(#[doc = $doc:literal])*
        $kind:ident<$lt:lifetime> {
            $( $(#[doc = $fdoc:literal])* $field:ident ($name:literal): $type:ty, )*
        }
        $( also { $( $(#[doc = $adoc:literal])* $also:ident: $atype:ty, )* } )?
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $kind<$lt> {
            /// What every fact has.
            pub head: $crate::facts::Head<$lt>,
            $( $(#[doc = $fdoc])* pub $field: $crate::facts::Field<$type>, )*
            $( $( $(#[doc = $adoc])* pub $also: $atype, )* )?
        }

        impl<$lt> $kind<$lt> {
            /// The fields that conditions can ask.
            pub(crate) const FIELDS: &'static [$crate::facts::FieldSchema] = &[
                $( $crate::facts::FieldSchema {
                    name: $name,
                    field_type: <$type as $crate::facts::FieldValue>::TYPE,
                    doc: concat!($($fdoc, "\n"),*),
                }, )*
            ];
            /// What the kind means.
            pub(crate) const DOC: &'static str = concat!($($doc, "\n"),*);
        }

        impl<$lt> $crate::facts::Fact<$lt> for $kind<$lt> {
            fn kind(&self) -> $crate::facts::Kind {
                $crate::facts::Kind::$kind
            }
            fn head(&self) -> &$crate::facts::Head<$lt> {
                &self.head
            }
            fn field(&self, name: &str) -> Option<$crate::facts::View<'_>> {
                match name {
                    $( $name => Some(self.$field.view()), )*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use fact;

macro_rules! kinds {
    ($( $kind:ident ($name:literal) $plural:ident; )*) => {
        /// The kinds of facts.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Kind { $( #[doc = concat!("[`", stringify!($kind), "`]")] $kind, )* }

        impl Kind {
            /// All kinds, in the order of their names.
            pub const ALL: &'static [Kind] = &[$( Kind::$kind, )*];

            /// The name as rules write it behind `about`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Kind::$kind => $name, )* }
            }

            /// The fields that conditions can ask of this kind.
            #[must_use]
            pub fn fields(self) -> &'static [FieldSchema] {
                match self { $( Kind::$kind => $kind::FIELDS, )* }
            }

            /// What the kind means.
            #[must_use]
            pub fn doc(self) -> &'static str {
                match self { $( Kind::$kind => $kind::DOC, )* }
            }
        }

        /// Facts, in a list a kind.
        #[derive(Default, Debug)]
        pub struct Facts<'s> { $( #[doc = concat!("All [`", stringify!($kind), "`] facts.")] pub $plural: Vec<$kind<'s>>, )* }

        impl<'s> Facts<'s> {
            /// Takes all facts out of several lists, in order.
            #[must_use]
            pub fn concat(mut all: Vec<&mut Facts<'s>>) -> Facts<'s> {
                $(
                    let mut $plural = Vec::with_capacity(all.iter().map(|facts| facts.$plural.len()).sum());
                    for facts in &mut all {
                        // Taken whole, so that what they lay in is free for the facts to come.
                        $plural.extend(std::mem::take(&mut facts.$plural));
                    }
                )*
                Facts { $( $plural ),* }
            }

            /// Takes over all facts of `other`.
            pub fn append(&mut self, mut other: Facts<'s>) {
                $( self.$plural.append(&mut other.$plural); )*
            }

            /// Calls `visit` with each fact of a kind.
            pub fn each(&self, kind: Kind, visit: &mut dyn FnMut(&dyn Fact<'s>)) {
                match kind { $( Kind::$kind => self.$plural.iter().for_each(|fact| visit(fact)), )* }
            }

            /// How many facts there are.
            #[must_use]
            pub fn len(&self) -> usize {
                0 $( + self.$plural.len() )*
            }

            /// Whether there is none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }

        $( impl<'s> From<$kind<'s>> for AnyFact<'s> {
            fn from(fact: $kind<'s>) -> Self { AnyFact::$kind(Box::new(fact)) }
        } )*

        /// A fact of any kind.
        #[derive(Clone, Debug)]
        pub enum AnyFact<'s> { $( #[doc = concat!("[`", stringify!($kind), "`]")] $kind(Box<$kind<'s>>), )* }

        impl<'s> Facts<'s> {
            /// Takes in a fact of any kind.
            pub fn push(&mut self, fact: impl Into<AnyFact<'s>>) {
                match fact.into() { $( AnyFact::$kind(fact) => self.$plural.push(*fact), )* }
            }
        }
    };
}

kinds! {
    Capability("capability") capabilities;
    Cipher("cipher") ciphers;
    Command("command") commands;
    Container("container") containers;
    Cors("cors") cors;
    Credential("credential") credentials;
    Declaration("declaration") declarations;
    Endpoint("endpoint") endpoints;
    Image("image") images;
    Listener("listener") listeners;
    Namespace("namespace") namespaces;
    Port("port") ports;
    Problem("problem") problems;
    Protocol("protocol") protocols;
    Reference("reference") references;
    Region("region") regions;
    Retention("retention") retentions;
    Server("server") servers;
    Setting("setting") settings;
    Switch("switch") switches;
    Volume("volume") volumes;
    Waiver("waiver") waivers;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_fields_are_sorted_documented_and_in_kebab_case() {
        let names: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert!(names.is_sorted());
        for kind in Kind::ALL {
            assert!(!kind.doc().trim().is_empty());
            for field in kind.fields() {
                assert!(!field.doc.trim().is_empty(), "{}.{}", kind.name(), field.name);
                assert!(field.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", field.name);
            }
        }
    }
}
