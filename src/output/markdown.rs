//! `markdown`: a page for the summary of a job or the comment on a pull request: counts, a table by rule and file,
//! and each finding in a part that can be unfolded.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::io::{self, Write};

use super::summary::{counted, write_summary};
use super::{Output, Report, Style, fix, is_absolute, plain, uri};
use crate::finding::Finding;
use crate::rule::{Level, Rule};
use crate::source::Span;

/// A page.
pub(super) const MARKDOWN: Output =
    Output { name: "markdown", doc: "a page for the summary of a job or a pull request", write };

/// GitHub drops the summary of a step that is over 1 MiB, and at times one that is close to it.
const LONGEST: usize = 1_000_000;
/// What the table may take of it.
const LONGEST_TABLE: usize = LONGEST / 4;
/// How many places one finding lists beside its own.
const MOST_RELATED: usize = 10;
/// What is kept for the notes on what was cut.
const NOTE: usize = 1_000;

fn write(report: &Report<'_, '_>, to: &mut dyn Write, _: &Style) -> io::Result<()> {
    to.write_all(page(report, LONGEST, LONGEST_TABLE)?.as_bytes())
}

/// The page, in at most this many bytes, of which the table and what stands before it take some.
fn page(report: &Report<'_, '_>, longest: usize, longest_table: usize) -> io::Result<String> {
    let mut page = Page { text: String::new(), longest: longest_table.saturating_sub(NOTE) };
    write_counts(report, &mut page)?;
    // Sorted so that what is cut is what counts least.
    let mut findings: Vec<&Finding<'_, '_>> = report.findings.iter().collect();
    findings.sort_by_key(|finding| (Reverse(finding.level), finding.rule.id));
    write_table(report, &findings, &mut page);
    page.longest = longest.saturating_sub(NOTE);
    write_details(report, &findings, &mut page);
    Ok(page.text)
}

/// A text that takes in only so much.
struct Page {
    text: String,
    longest: usize,
}

impl Page {
    /// Whether a piece found room, with so many bytes left behind it.
    fn push(&mut self, piece: &str, left: usize) -> bool {
        let fits = self.text.len() + piece.len() + left <= self.longest;
        if fits {
            self.text.push_str(piece);
        }
        fits
    }

    /// Says that something was cut, for which there is room.
    fn note(&mut self, note: &str) {
        self.text.push_str(note);
    }
}

/// How many findings there are, and what is not among them.
fn write_counts(report: &Report<'_, '_>, page: &mut Page) -> io::Result<()> {
    let mut summary = Vec::new();
    write_summary(report, &mut summary, &Style::default())?;
    let summary = String::from_utf8_lossy(&summary);
    let mut lines = summary.lines();
    page.push(&format!("## govlint: {}\n", escape(lines.next().unwrap_or_default())), 0);
    let rest: Vec<_> = lines.map(|line| format!("- {}\n", escape(line))).collect();
    if !rest.is_empty() {
        page.push("\n", 0);
    }
    let cut = rest.iter().skip_while(|line| page.push(line, 0)).count();
    if cut > 0 {
        page.note(&format!("- {}\n", counted(cut, "more line")));
    }
    Ok(())
}

/// A row for each rule and file.
fn write_table(report: &Report<'_, '_>, findings: &[&Finding<'_, '_>], page: &mut Page) {
    if findings.is_empty() || !page.push("\n| level | rule | file | findings |\n|---|---|---|--:|\n", 0) {
        return;
    }
    let rows: Vec<_> = findings
        .chunk_by(|a, b| is_alike(a, b) && a.place.file == b.place.file)
        .filter_map(|same| same.first().map(|first| (*first, same.len())))
        .collect();
    let cut = rows.iter().skip_while(|(first, count)| {
        let (level, rule) = (first.level.name(), first.rule.id);
        let file = link(report, first.place, Show::File);
        page.push(&format!("| {level} | <code>{rule}</code> | {file} | {count} |\n"), 0)
    });
    let cut = cut.count();
    if cut > 0 {
        page.note(&format!("\n{} left out: GitHub shows no longer page.\n", counted(cut, "row")));
    }
}

fn is_alike(a: &Finding<'_, '_>, b: &Finding<'_, '_>) -> bool {
    (a.level, a.rule.id) == (b.level, b.rule.id)
}

/// What stands behind the findings of a rule.
const END: &str = "\n</details>\n";

/// A part for each rule, worst first.
fn write_details(report: &Report<'_, '_>, findings: &[&Finding<'_, '_>], page: &mut Page) {
    let mut shown = 0;
    for same in findings.chunk_by(|a, b| is_alike(a, b)) {
        let Some(first) = same.first() else { continue };
        let items = same.iter().map(|finding| item(report, finding));
        let mut items = items.peekable();
        let head = head(first.level, first.rule, same.len());
        // A part without any finding says nothing.
        let least = END.len() + items.peek().map_or(0, String::len);
        if !page.push(&head, least) {
            break;
        }
        let pushed = items.take_while(|item| page.push(item, END.len())).count();
        page.text.push_str(END);
        shown += pushed;
        if pushed < same.len() {
            break;
        }
    }
    let cut = findings.len() - shown;
    if cut > 0 {
        let cut = counted(cut, "finding");
        page.note(&format!("\n{cut} not listed here: GitHub shows no longer page.\n"));
    }
}

/// The first lines of a rule's part. A summary is HTML, the lines behind it are Markdown once more.
fn head(level: Level, rule: &Rule, count: usize) -> String {
    let (id, title) = (rule.id, escape(rule.title).into_owned());
    let count = counted(count, "finding");
    let level = level.name();
    let fix = fix(rule).map(|fix| format!("{fix}\n\n")).unwrap_or_default();
    format!("\n<details>\n<summary>{level} <code>{id}</code> {title}: {count}</summary>\n\n{fix}")
}

fn item(report: &Report<'_, '_>, finding: &Finding<'_, '_>) -> String {
    let place = format!("- {} {}\n", link(report, finding.place, Show::Place), escape(&finding.message));
    let related = finding.related.iter().take(MOST_RELATED).map(|one| {
        let (place, note) = (link(report, one.span, Show::Place), escape(one.note));
        format!("  - {place} {note}\n")
    });
    let more = finding.related.len().saturating_sub(MOST_RELATED);
    let more = (more > 0).then(|| format!("  - {}\n", counted(more, "more place")));
    [place].into_iter().chain(related).chain(more).collect()
}

/// What a link leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    File,
    Place,
}

/// A path, as a link where it is a relative one.
fn link(report: &Report<'_, '_>, span: Span, show: Show) -> String {
    let source = report.sources.file(span.file);
    let shown = (report.shown)(source.path());
    let path = escape(&shown).into_owned();
    let (at, until) = (source.position(span.start), source.position(span.end).line);
    let (text, anchor) = match show {
        Show::File => (path, String::new()),
        Show::Place if at.line == until => {
            (format!("{path}:{}:{}", at.line, at.column), format!("#L{until}"))
        }
        Show::Place => (format!("{path}:{}:{}", at.line, at.column), format!("#L{}-L{until}", at.line)),
    };
    if is_absolute(&shown) {
        return format!("<code>{text}</code>");
    }
    format!("[<code>{text}</code>]({}{anchor})", uri::encode(&shown))
}

/// A text that is neither Markdown nor HTML in any place, be it a cell, an item or a summary: references to
/// characters are read as text in both languages. It notifies nobody and links to nothing: GitHub looks for
/// names, issues and addresses in the text that came out, but not across elements.
fn escape(text: &str) -> Cow<'_, str> {
    let is_markup = |c: char| "&<>|\\`*_~[]$@#:.".contains(c);
    let text = plain::text(text);
    if !text.contains(is_markup) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut last = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' | '#' => {
                escaped.push_str("<span>");
                escaped.push_str(&reference(character));
                escaped.push_str("</span>");
            }
            // Within a word it means nothing.
            '_' if last.is_alphanumeric() && next.is_alphanumeric() => escaped.push('_'),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '$' => escaped.push_str(&reference(character)),
            ':' if next == '/' => escaped.push_str(&reference(character)),
            '.' if last.eq_ignore_ascii_case(&'w') => escaped.push_str(&reference(character)),
            _ => escaped.push(character),
        }
        last = character;
    }
    Cow::Owned(escaped)
}

/// A character by its number.
fn reference(character: char) -> String {
    format!("&#{};", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{self, Sample, written};
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, html};

    fn parser(text: &str) -> Parser<'_> {
        Parser::new_ext(text, Options::ENABLE_GFM | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
    }

    fn rendered(text: &str) -> String {
        let mut rendered = String::new();
        html::push_html(&mut rendered, parser(text));
        rendered
    }

    /// How many rows, items and parts a reader of Markdown sees.
    fn counts(text: &str) -> [usize; 3] {
        let events = || parser(text);
        let rows = events().filter(|event| matches!(event, Event::Start(Tag::TableRow))).count();
        let items = events().filter(|event| matches!(event, Event::Start(Tag::Item))).count();
        [rows, items, rendered(text).matches("<details>").count()]
    }

    #[test]
    fn a_page_has_counts_a_table_and_details() {
        let page = written("markdown", &samples::deployment(), Style::default());
        assert_eq!(counts(&page), [4, 6 + 5 + 1, 3]);
        insta::assert_snapshot!(page);
    }

    #[test]
    fn a_clean_run_is_a_line() {
        let mut report = Sample::default().report();
        report.summary.read = vec![("env", 1)];
        let page = written("markdown", &report, Style::default());
        assert_eq!(page, "## govlint: no findings in 1 file (1 env)\n");
    }

    #[test]
    fn markup_in_names_and_messages_is_text() {
        const EVIL: &str =
            "a|b `c` *d* _e_ ~~f~~ [g](http://h) ![i](j) <img src=x> &lt; @k #1 $l$ \\| www.m.n ://o";
        let mut sample = Sample::default();
        let file = sample.file(&format!("javascript:{EVIL}"), "A=1\n");
        sample.add("root-user", file, 0..1, EVIL);
        let page = written("markdown", &sample.report(), Style::default());
        assert_eq!(counts(&page), [1, 1, 1]);
        for tag in ["<img", "<em", "<del", "<a href=\"http", "<a href=\"javascript:", "<strong"] {
            assert!(!rendered(&page).contains(tag), "{page}");
        }
        let shown = rendered(&page).replace("<span>", "").replace("</span>", "");
        let text = EVIL.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert_eq!(shown.matches(&text).count(), 3, "row, place and message: {shown}");
        let text = escape(EVIL);
        assert!(!["http://", "@k", "www."].iter().any(|linked| text.contains(linked)), "{text}");
    }

    #[test]
    fn a_page_that_is_too_long_is_cut_and_says_so() {
        let mut sample = Sample::default();
        for number in 0..400 {
            let file = sample.file(&format!("deploy/{number}.env"), "A=1\n");
            sample.add(if number < 10 { "root-user" } else { "pinned" }, file, 0..1, "a message");
        }
        let report = sample.report();
        let text = page(&report, 20_000, 8_000).unwrap();
        assert!(text.len() <= 20_000, "{}", text.len());
        assert!(text.starts_with("## govlint: 10 errors and 390 notes in 0 files\n"), "{text}");
        let [rows, items, parts] = counts(&text);
        assert_eq!(parts, 2, "{text}");
        assert!(text.contains(&format!("\n{} rows left out", 400 - rows)), "{text}");
        assert!(text.contains(&format!("\n{} findings not listed here", 400 - items)), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert_eq!(text.matches("| error |").count(), 10, "the worst stay");
        for longest in (0..3_000).step_by(50) {
            let text = page(&report, longest + NOTE, longest / 2 + NOTE).unwrap();
            assert!(text.len() <= longest + NOTE, "{longest}: {}", text.len());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_shown_as_it_is(text in "[ a1w:/.@#&;<>|`*_~$!()+=-]{0,20}|\\PC{0,10}") {
            let page = format!("- x {}\n", escape(&text));
            let shown = rendered(&page).replace("<span>", "").replace("</span>", "").replace("&quot;", "\"");
            let html = plain::text(&text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let expected = format!("<ul>\n<li>x {html}");
            prop_assert_eq!(shown.trim_end_matches("</li>\n</ul>\n").trim_end(), expected.trim_end());
        }
    }
}
