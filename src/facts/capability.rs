//! A capability that a container is given.

use super::fact;

fact! {
    /// A capability that a container is given beyond the default set.
    Capability<'s> {
        /// Its name in capitals and without `CAP_`; `ALL` stands for all there are.
        name ("name"): &'s str,
    }
}

impl<'s> Capability<'s> {
    /// A capability that stands at a place.
    #[must_use]
    pub fn at(place: crate::source::Span, name: &'s str, head: super::Head<'s>) -> Self {
        let head = super::Head { anchor: place, ..head };
        Capability { head, name: super::Field::set(name, place, "") }
    }
}
