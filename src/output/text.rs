//! `text`: frames of source with the places underlined, for people at a terminal.

use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};
use miette::{ThemeCharacters, ThemeStyles};
use rustc_hash::FxHashMap;

use super::excerpt::{CONTEXT, Excerpt};
use super::summary::counted;
use super::{Output, Report, Style, fix, plain};
use crate::facts::Use;
use crate::finding::Finding;
use crate::rule::{Level, Rule};
use crate::source::SourceId;

/// Frames of source.
pub(super) const TEXT: Output =
    Output { name: "text", doc: "the source with its places underlined, and how to mend it", write };

/// How many places one frame shows.
const MOST_PLACES: usize = 10;

fn write(report: &Report<'_, '_>, to: &mut dyn Write, style: &Style) -> io::Result<()> {
    let mut to = io::BufWriter::new(to);
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.colours { ThemeStyles::ansi() } else { ThemeStyles::none() },
    })
    .with_links(false)
    .with_context_lines(CONTEXT)
    .with_width(style.width);
    let mut rendered = String::new();
    for group in groups(report) {
        rendered.clear();
        handler.render_report(&mut rendered, &group.frame(report)).map_err(io::Error::other)?;
        to.write_all(rendered.as_bytes())?;
        group.write_elsewhere(report, &mut to, *style)?;
        writeln!(to)?;
    }
    to.flush()
}

/// The findings of one rule and level in one file.
struct Group<'f, 'r, 's> {
    rule: &'r Rule,
    level: Level,
    file: SourceId,
    findings: Vec<&'f Finding<'r, 's>>,
}

/// All groups, each where its first finding stands.
fn groups<'f, 'r, 's>(report: &'f Report<'r, 's>) -> Vec<Group<'f, 'r, 's>> {
    let mut groups: Vec<Group<'f, 'r, 's>> = Vec::new();
    let mut known: FxHashMap<(SourceId, Level, &str), usize> = FxHashMap::default();
    for finding in &report.findings {
        let (rule, level, file) = (finding.rule, finding.level, finding.place.file);
        let index = *known.entry((file, level, rule.id)).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { rule, level, file, findings: vec![finding] }),
        }
    }
    groups
}

impl<'f, 'r, 's> Group<'f, 'r, 's> {
    /// The findings that are shown.
    fn shown(&self) -> impl Iterator<Item = &'f Finding<'r, 's>> {
        self.findings.iter().take(MOST_PLACES).copied()
    }

    /// Where the shown findings take effect, each place once: in this file, or elsewhere.
    fn related(&self, here: bool) -> Vec<&'f Use<'s>> {
        let all = self.shown().flat_map(|finding| &finding.related);
        let mut related: Vec<_> = all.filter(|one| (one.span.file == self.file) == here).collect();
        related.sort_unstable();
        related.dedup();
        related
    }

    fn frame(&self, report: &Report<'_, '_>) -> Frame {
        let mut messages = self.findings.iter().map(|finding| finding.message.as_str());
        let first = messages.next().unwrap_or_default();
        let same = messages.all(|message| message == first);
        let related = self.related(true);
        let related = || related.iter().take(MOST_PLACES);
        let places: Vec<_> = self.shown().map(|one| one.place).chain(related().map(|one| one.span)).collect();
        let excerpt = Excerpt::new(report, self.file, &places);
        let source = report.sources.file(self.file);
        let labels = self.shown().enumerate().map(|(index, finding)| {
            let label = (!same).then(|| plain::text(&finding.message).into_owned());
            let span = excerpt.find(source, finding.place);
            match index {
                0 => LabeledSpan::new_primary_with_span(label, span),
                _ => LabeledSpan::new_with_span(label, span),
            }
        });
        let uses = related().map(|one| {
            LabeledSpan::new_with_span(
                Some(plain::text(one.note).into_owned()),
                excerpt.find(source, one.span),
            )
        });
        Frame {
            code: format!("{}[{}]", self.level.name(), self.rule.id),
            level: self.level,
            title: plain::text(if same { first } else { self.rule.title }).into_owned(),
            help: fix(self.rule),
            labels: labels.chain(uses).collect(),
            excerpt,
        }
    }

    /// The places that the frame doesn't show: those in other files, and how many are too many.
    fn write_elsewhere(&self, report: &Report<'_, '_>, to: &mut impl Write, style: Style) -> io::Result<()> {
        let also = style.paint(Level::Note, "also:");
        let related = self.related(false);
        for one in related.iter().take(MOST_PLACES) {
            let at = report.sources.file(one.span.file).position(one.span.start);
            let (path, note) = (report.path(one.span.file), plain::text(one.note));
            writeln!(to, "  {also} {path}:{}:{} {note}", at.line, at.column)?;
        }
        let more =
            self.findings.len().saturating_sub(MOST_PLACES) + related.len().saturating_sub(MOST_PLACES);
        if more > 0 {
            writeln!(to, "  {also} {}", counted(more, "more place"))?;
        }
        Ok(())
    }
}

/// A group as miette draws it.
#[derive(Debug)]
struct Frame {
    code: String,
    level: Level,
    title: String,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{Sample, deployment, written};
    use proptest::prelude::*;

    #[test]
    fn places_of_a_rule_share_a_frame() {
        insta::assert_snapshot!(written("text", &deployment(), Style::default()));
    }

    #[test]
    fn colours_follow_the_level() {
        let style = Style { colours: true, ..Style::default() };
        insta::assert_snapshot!(written("text", &deployment(), style));
    }

    #[test]
    fn frames_without_unicode_are_ascii() {
        let style = Style { unicode: false, ..Style::default() };
        let text = written("text", &deployment(), style);
        assert!(text.contains("2 | USER root") && !text.contains(['─', '│', '╭', '×']), "{text}");
    }

    #[test]
    fn a_frame_shows_only_so_many_places() {
        let mut sample = Sample::default();
        let file = sample.file(".env", &"K=1\n".repeat(22));
        for line in 0..22 {
            sample.add("root-user", file, line * 4..line * 4 + 1, "the same message");
        }
        let text = written("text", &sample.report(), Style::default());
        assert!(text.contains("also: 12 more places"), "{text}");
        assert!(text.contains("11 │ K=1") && !text.contains("12 │ K=1"), "{text}");
    }

    #[test]
    #[ignore = "a measurement: cargo test --release --lib output::text -- --ignored --nocapture"]
    fn a_finding_costs_microseconds() {
        let mut sample = Sample::default();
        let file = sample.file("a.yaml", &"key: value # and a comment\n".repeat(30_000));
        let rules = crate::output::samples::many_rules(10_000);
        for (index, rule) in rules.iter().enumerate() {
            let start = index * 3 * 27 + 5;
            sample.add_of(rule, file, start..start + 5, "the value is not good enough");
        }
        let report = sample.report();
        let start = std::time::Instant::now();
        let text = written("text", &report, Style::default());
        let took = start.elapsed();
        assert_eq!(text.matches("not good enough").count(), 10_000);
        assert!(took.as_micros() / 10_000 < 10, "{:?} a finding", took / 10_000);
    }

    proptest! {
        #[test]
        fn any_places_in_any_text_are_drawn(
            text in "[a\u{e9}\u{4e2d}\u{1b}\r\n\t ]{0,80}",
            places in proptest::collection::vec((0usize..90, 0usize..90), 1..5),
        ) {
            let mut sample = Sample::default();
            let file = sample.file("a", &text);
            for (a, b) in places {
                let (a, b) = (text.floor_char_boundary(a), text.floor_char_boundary(b));
                sample.add("root-user", file, a.min(b)..a.max(b), "a message");
            }
            let drawn = written("text", &sample.report(), Style { width: 20, ..Style::default() });
            prop_assert!(drawn.contains("[root-user]"));
        }
    }
}
