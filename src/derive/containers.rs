//! Facts that follow from containers.

use crate::facts::Facts;
use crate::source::Sources;

pub(super) fn derive<'s>(
    _containers: &[crate::facts::Container<'s>],
    _scopes: &[&[crate::facts::Setting<'s>]],
    _sources: &'s Sources,
    _out: &mut Facts<'s>,
) {
}
