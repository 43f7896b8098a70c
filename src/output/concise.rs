//! `concise`: one finding a line, for editors, pipes and `grep`.

use std::io::{self, Write};

use super::{Output, Report, Style, plain};

/// One finding a line.
pub(super) const CONCISE: Output =
    Output { name: "concise", doc: "one finding a line: `path:line:column: level[rule] message`", write };

fn write(report: &Report<'_, '_>, to: &mut dyn Write, style: &Style) -> io::Result<()> {
    let mut to = io::BufWriter::new(to);
    let mut path = (None, String::new());
    for finding in &report.findings {
        if path.0 != Some(finding.place.file) {
            path = (Some(finding.place.file), report.path(finding.place.file));
        }
        let path = &path.1;
        let at = report.sources.file(finding.place.file).position(finding.place.start);
        let (line, column) = (at.line, at.column);
        let code = style.paint(finding.level, &format!("{}[{}]", finding.level.name(), finding.rule.id));
        writeln!(to, "{path}:{line}:{column}: {code} {}", plain::text(&finding.message))?;
    }
    to.flush()
}

#[cfg(test)]
mod tests {
    use crate::output::{Style, samples};

    #[test]
    fn a_line_says_it_all() {
        insta::assert_snapshot!(samples::written("concise", &samples::deployment(), Style::default()));
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        let written =
            samples::written("concise", &samples::deployment(), Style { colours: true, ..Style::default() });
        assert!(written.contains("\u{1b}[31merror[root-user]\u{1b}[0m"), "{written}");
    }
}
