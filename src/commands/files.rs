//! `govlint check --list-files`

use std::io::{self, Write};

use crate::check::Files;

/// Writes what is read as what and why, and what is left out.
pub(super) fn write(files: &Files, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let shown = |path: &str| if path.starts_with('/') { path.to_owned() } else { format!("{prefix}{path}") };
    for listed in &files.listed {
        let format = listed.format.unwrap_or("unreadable");
        let context = if listed.context { ", read as context" } else { "" };
        writeln!(out, "{}: {format} ({}{context})", shown(&listed.path), listed.because)?;
    }
    for left in &files.left_out {
        writeln!(out, "{}: left out ({})", shown(&left.path), left.why.reason())?;
    }
    Ok(())
}
