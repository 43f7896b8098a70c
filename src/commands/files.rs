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
        let line = listed.line.map_or_else(String::new, |line| format!(":{line}"));
        writeln!(handles.out, "{}{line}: {format} ({}{context})", root.shown(&listed.path), listed.because)?;
    }
    for left in &files.left_out {
        writeln!(handles.out, "{}: left out ({})", root.shown(&left.path), left.why.reason())?;
    }
    match files.irrelevant {
        0 => {}
        1 => writeln!(handles.err, "govlint: 1 other file doesn't look like configuration")?,
        many => writeln!(handles.err, "govlint: {many} other files don't look like configuration")?,
    }
    Ok(())
}
