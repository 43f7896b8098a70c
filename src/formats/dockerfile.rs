//! Dockerfiles: the stages as containers, what is baked into them, what is run to build them.

use super::{Format, Reader};

pub(super) const FORMAT: Format =
    Format { name: "dockerfile", doc: "", by_name: |_| None, by_content: |_, _| None, read };

fn read(_reader: &mut Reader<'_>) {}
