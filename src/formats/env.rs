//! Env files: each line is a setting.

use super::{Format, Reader};

pub(super) const FORMAT: Format =
    Format { name: "env", doc: "", by_name: |_| None, by_content: |_, _| None, read };

fn read(_reader: &mut Reader<'_>) {}
