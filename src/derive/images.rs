//! Facts that follow from images.

use crate::facts::Facts;
use crate::source::Sources;

pub(super) fn derive<'s>(_images: &[crate::facts::Image<'s>], _sources: &'s Sources, _out: &mut Facts<'s>) {}
