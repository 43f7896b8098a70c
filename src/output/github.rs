//! `github`: workflow commands, which GitHub Actions shows as annotations beside the lines of a change.

use std::io::{self, Write};

use super::summary::{counted, series};
use super::{Output, Report, Style, fix, plain};
use crate::finding::Finding;
use crate::rule::Level;

/// Workflow commands.
pub(super) const GITHUB: Output = Output {
    name: "github",
    doc: "annotations of a pull request: workflow commands of GitHub Actions",
    write,
};

/// Of each kind, the runner makes annotations of the first that a step prints; the rest stands in the log only.
const MOST_ANNOTATIONS: usize = 10;
/// Worst first.
const LEVELS: [Level; 3] = [Level::Error, Level::Warning, Level::Note];

fn write(report: &Report<'_, '_>, to: &mut dyn Write, _: &Style) -> io::Result<()> {
    let mut to = io::BufWriter::new(to);
    let failures = report.summary.failures.iter().map(|failure| (Level::Error, of_failure(failure)));
    let findings = report.findings.iter().map(|finding| (finding.level, of_finding(report, finding)));
    let commands: Vec<_> = failures.chain(findings).collect();
    let of_level = |level| commands.iter().filter(move |(of, _)| *of == level).map(|(_, command)| command);
    let is_cut = LEVELS.iter().any(|level| of_level(*level).count() > MOST_ANNOTATIONS);
    // What says that something was cut is a notice, and must be among the first of them.
    let most = |level| MOST_ANNOTATIONS - usize::from(is_cut && level == Level::Note);

    for level in LEVELS {
        for command in of_level(level).take(most(level)) {
            writeln!(to, "{command}")?;
        }
    }
    if is_cut {
        let cut = LEVELS.iter().filter_map(|level| {
            let cut = of_level(*level).count().saturating_sub(most(*level));
            (cut > 0).then(|| counted(cut, level.name()))
        });
        let cut = series(&cut.collect::<Vec<_>>());
        let text = format!("{cut} more in the log: GitHub shows {MOST_ANNOTATIONS} of each kind for a step");
        writeln!(to, "::notice title={}::{}", property("govlint"), data(&text))?;
    }
    for level in LEVELS {
        for command in of_level(level).skip(most(level)) {
            writeln!(to, "{command}")?;
        }
    }
    to.flush()
}

/// Something that govlint could not do; it has no place.
fn of_failure(failure: &str) -> String {
    format!("::error title={}::{}", property("govlint"), data(&plain::text(failure)))
}

fn of_finding(report: &Report<'_, '_>, finding: &Finding<'_, '_>) -> String {
    let source = report.sources.file(finding.place.file);
    let (start, end) = (source.position(finding.place.start), source.position(finding.place.end));
    let kind = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let file = report.path(finding.place.file);
    // The runner takes no columns of a place on several lines.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let title = format!("{}: {}", finding.rule.id, plain::text(finding.rule.title));
    let mut message = plain::text(&finding.message).into_owned();
    if let Some(fix) = fix(finding.rule) {
        message = format!("{message}\n{fix}");
    }
    format!(
        "::{kind} file={},line={},endLine={}{columns},title={}::{}",
        property(&file),
        start.line,
        end.line,
        property(&title),
        data(&message),
    )
}

/// The text of a command: the percent sign first, since the others bring it in.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(value: &str) -> String {
    data(value).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{self, Sample, written};
    use proptest::prelude::*;

    /// A command as the runner of GitHub Actions reads a line: its name, its properties, its text.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let (head, text) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let unescape_data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        let unescape = |value: &str| {
            let value = value.replace("%0D", "\r").replace("%0A", "\n");
            value.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        };
        let pairs = properties.trim().split(',').filter_map(|pair| pair.split_once('='));
        let properties = pairs.map(|(key, value)| (key.to_owned(), unescape(value))).collect();
        (name.to_owned(), properties, unescape_data(text))
    }

    #[test]
    fn each_finding_is_an_annotation() {
        insta::assert_snapshot!(written("github", &samples::deployment(), Style::default()));
    }

    #[test]
    fn the_runner_reads_what_was_meant() {
        let mut sample = Sample::default();
        let file = sample.file("a,b: 100%/::c=d.env", "A=1\nB=2\n");
        sample.add("root-user", file, 4..5, "50% of ::it, %0A is \"x\"");
        sample.add("root-user", file, 0..7, "two lines");
        let written = written("github", &sample.report(), Style::default());
        let lines: Vec<_> = written.lines().map(read).collect();
        let (name, properties, text) = &lines[0];
        let get =
            |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        assert_eq!(name, "error");
        assert_eq!(get("file"), Some("a,b: 100%/::c=d.env"));
        assert_eq!(
            [get("line"), get("endLine"), get("col"), get("endColumn")],
            ["2", "2", "1", "2"].map(Some)
        );
        assert_eq!(get("title"), Some("root-user: Container runs as root"));
        assert_eq!(text, "50% of ::it, %0A is \"x\"\nName a `user`.");
        let keys: Vec<_> = lines[1].1.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["file", "line", "endLine", "title"], "no columns over several lines");
    }

    #[test]
    fn what_github_does_not_show_is_said_where_it_is_shown() {
        let mut sample = Sample::default();
        let file = sample.file(".env", "A=1\n");
        for (rule, count) in [("pinned", 14), ("credential", 10), ("root-user", 12)] {
            for _ in 0..count {
                sample.add(rule, file, 0..1, "a message");
            }
        }
        let written = written("github", &sample.report(), Style::default());
        let lines: Vec<_> = written.lines().map(read).collect();
        let kinds: Vec<_> = lines.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(lines.len(), 37, "all findings are in the log");
        assert_eq!(kinds[..10], ["error"; 10]);
        assert_eq!(kinds[10..20], ["warning"; 10]);
        assert_eq!(kinds[20..30], ["notice"; 10]);
        let said = "2 errors and 5 notes more in the log: GitHub shows 10 of each kind for a step";
        assert_eq!(lines[29].2, said);
        assert_eq!(kinds[30..32], ["error"; 2]);
    }

    #[test]
    fn nothing_is_said_where_nothing_is_cut() {
        let mut sample = Sample::default();
        let file = sample.file(".env", "A=1\n");
        for _ in 0..10 {
            sample.add("pinned", file, 0..1, "a message");
        }
        assert_eq!(written("github", &sample.report(), Style::default()).lines().count(), 10);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "[a%0-9ADC:,=\r\n \u{e9}]{0,20}") {
            let line = format!("::error title={}::{}", property(&text), data(&text));
            prop_assert!(!line.contains(['\r', '\n']));
            let (_, properties, back) = read(&line);
            prop_assert_eq!(&back, &text);
            // The runner trims the end of all properties.
            prop_assert_eq!(properties[0].1.trim(), text.trim());
        }
    }
}
