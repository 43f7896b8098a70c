//! Facts that follow from commands.

use crate::facts::Facts;
use crate::source::Sources;

pub(super) fn derive<'s>(
    _commands: &[crate::facts::Command<'s>],
    _sources: &'s Sources,
    _out: &mut Facts<'s>,
) {
}
