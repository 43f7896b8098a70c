//! The last lines of a run: how many findings there are, and what is not among them.

use std::io::{self, Write};

use super::{Report, Style, Suppression, plain};
use crate::rule::Level;

/// Writes what there is to say of the run beside its findings, for people.
///
/// # Errors
/// Those of `to`.
pub fn write_summary(report: &Report<'_, '_>, to: &mut dyn Write, style: &Style) -> io::Result<()> {
    let summary = &report.summary;
    let counts: Vec<String> = [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .filter_map(|level| {
            let count = report.count(level);
            (count > 0).then(|| style.paint(level, &counted(count, level.name())))
        })
        .collect();
    let found = if counts.is_empty() { "no findings".to_owned() } else { series(&counts) };
    let files = summary.read.iter().map(|(_, files)| files).sum();
    write!(to, "{found} in {}", counted(files, "file"))?;
    if !summary.read.is_empty() {
        let formats: Vec<_> = summary.read.iter().map(|(name, files)| format!("{files} {name}")).collect();
        write!(to, " ({})", formats.join(", "))?;
    }
    writeln!(to)?;
    if let Some(lowest) = summary.hidden.iter().map(|(level, _)| *level).min() {
        let hidden: Vec<_> =
            summary.hidden.iter().map(|(level, count)| counted(*count, level.name())).collect();
        writeln!(to, "{} hidden: --level {}", series(&hidden), lowest.name())?;
    }
    if !report.suppressed.is_empty() {
        let inline = report.suppressed.iter().filter(|one| one.by == Suppression::Inline).count();
        let waived = report.suppressed.len() - inline;
        writeln!(to, "{} allowed: {inline} inline, {waived} waived", report.suppressed.len())?;
    }
    for (reason, files) in &summary.left_out {
        writeln!(to, "{} left out: {}", counted(*files, "file"), plain::text(reason))?;
    }
    if !summary.places.is_empty() {
        let places: Vec<_> =
            summary.places.iter().map(|(place, count)| format!("{} {count}", plain::text(place))).collect();
        writeln!(to, "places seen: {} (no policy names jurisdictions)", places.join(", "))?;
    }
    for failure in &summary.failures {
        writeln!(to, "{} {}", style.paint(Level::Error, "failed:"), plain::text(failure))?;
    }
    Ok(())
}

/// "1 file", "2 files".
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// "a, b and c".
pub(super) fn series(items: &[String]) -> String {
    match items {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        _ => items.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    fn summary(report: &Report<'_, '_>) -> String {
        let mut written = Vec::new();
        write_summary(report, &mut written, &Style::default()).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn everything_that_is_not_shown_is_counted() {
        insta::assert_snapshot!(summary(&samples::deployment()), @"
        4 errors and 1 warning in 4 files (1 compose, 1 dockerfile, 1 env, 1 nginx)
        34 notes hidden: --level note
        2 allowed: 1 inline, 1 waived
        1 file left out: not UTF-8
        2 files left out: over 8 MiB
        places seen: London 3, Oregon 1 (no policy names jurisdictions)
        failed: cannot read govlint.toml: permission denied
        ");
    }

    #[test]
    fn a_clean_run_says_so_in_a_line() {
        let mut report = samples::Sample::default().report();
        report.summary.read = vec![("env", 1)];
        assert_eq!(summary(&report), "no findings in 1 file (1 env)\n");
    }
}
