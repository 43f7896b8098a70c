//! compose.

use super::{Format, Reader, Reading};
use crate::source::Sources;

pub(super) const FORMAT: Format =
    Format { name: "compose", doc: "", by_name: |_| None, by_content: |_, _| None, read };

/// A file as it was read.
#[derive(Debug)]
pub struct File<'s>(pub(super) std::marker::PhantomData<&'s ()>);

fn read(_reader: &mut Reader<'_>) {}

pub(super) fn join<'s>(_readings: &mut Vec<Reading<'s>>, _sources: &'s Sources) {}
