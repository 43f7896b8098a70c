//! `govlint check --list-files`

use std::io;

use super::Handles;
use crate::check::Files;
use crate::walk::Root;

/// Writes what is read as what and why, and what is left out.
pub(super) fn write(files: &Files, root: &Root, handles: &mut Handles<'_>) -> io::Result<()> {
    for listed in &files.listed {
        let format = listed.format.unwrap_or("unreadable");
        let context = if listed.context { ", to understand others" } else { "" };
        writeln!(handles.out, "{}: {format} ({}{context})", root.shown(&listed.path), listed.because)?;
    }
    for left in &files.left_out {
        writeln!(handles.out, "{}: left out ({})", root.shown(&left.path), left.why.reason())?;
    }
    if files.irrelevant > 0 {
        writeln!(handles.err, "govlint: {} other files don't look like configuration", files.irrelevant)?;
    }
    Ok(())
}
