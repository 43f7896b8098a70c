//! `junit`: the XML of JUnit that Jenkins, GitLab, Azure and others show as tests. A file is a suite; a finding is a
//! failed test, one that the user has allowed is skipped, and what govlint could not do is an error.

use std::io::{self, Write};

use super::{Output, Report, Style, Suppressed, fix, plain};
use crate::finding::Finding;

/// JUnit.
pub(super) const JUNIT: Output =
    Output { name: "junit", doc: "tests in XML, for Jenkins, GitLab and other CI servers", write };

fn write(report: &Report<'_, '_>, to: &mut dyn Write, _: &Style) -> io::Result<()> {
    let mut to = io::BufWriter::new(to);
    let files = files(report);
    let failures = report.summary.failures.as_slice();
    let is_empty = files.is_empty() && failures.is_empty();
    let findings = report.findings.len();
    let tests = findings + report.suppressed.len() + failures.len() + usize::from(is_empty);
    writeln!(to, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let errors = failures.len();
    writeln!(to, r#"<testsuites name="govlint" tests="{tests}" failures="{findings}" errors="{errors}">"#)?;
    if is_empty {
        // Some readers take a report without any test for a broken one.
        writeln!(to, r#"  <testsuite name="govlint" tests="1" failures="0" errors="0" skipped="0">"#)?;
        writeln!(to, r#"    <testcase name="no findings" classname="govlint"/>"#)?;
        writeln!(to, "  </testsuite>")?;
    }
    if errors > 0 {
        let count = format!(r#"tests="{errors}" failures="0" errors="{errors}" skipped="0""#);
        writeln!(to, r#"  <testsuite name="govlint" {count}>"#)?;
        for failure in failures {
            let text = escape(failure);
            writeln!(to, r#"    <testcase name="{text}" classname="govlint">"#)?;
            writeln!(to, r#"      <error type="failure" message="{text}"/>"#)?;
            writeln!(to, "    </testcase>")?;
        }
        writeln!(to, "  </testsuite>")?;
    }
    for tests in files {
        write_suite(report, &tests, &mut to)?;
    }
    writeln!(to, "</testsuites>")?;
    to.flush()
}

/// A finding, and what allows it.
type Test<'f, 'r, 's> = (&'f Finding<'r, 's>, Option<&'f Suppressed<'r, 's>>);

/// The findings of each file, by path; they are in the order of the file.
fn files<'f, 'r, 's>(report: &'f Report<'r, 's>) -> Vec<Vec<Test<'f, 'r, 's>>> {
    let shown = report.findings.iter().map(|finding| (finding, None));
    let allowed = report.suppressed.iter().map(|one| (&one.finding, Some(one)));
    let mut tests: Vec<Test<'_, '_, '_>> = shown.chain(allowed).collect();
    let path = |finding: &Finding<'_, '_>| report.sources.file(finding.place.file).path();
    tests.sort_by(|(a, _), (b, _)| (path(a), a.place, a.rule.id).cmp(&(path(b), b.place, b.rule.id)));
    tests.chunk_by(|(a, _), (b, _)| a.place.file == b.place.file).map(<[_]>::to_vec).collect()
}

fn write_suite(report: &Report<'_, '_>, tests: &[Test<'_, '_, '_>], to: &mut impl Write) -> io::Result<()> {
    let Some((first, _)) = tests.first() else { return Ok(()) };
    let path = report.path(first.place.file);
    let file = escape(&path);
    let skipped = tests.iter().filter(|(_, allowed)| allowed.is_some()).count();
    let (count, failures) = (tests.len(), tests.len() - skipped);
    let counts = format!(r#"tests="{count}" failures="{failures}" errors="0" skipped="{skipped}""#);
    writeln!(to, r#"  <testsuite name="{file}" {counts}>"#)?;
    for (finding, allowed) in tests {
        let at = report.sources.file(finding.place.file).position(finding.place.start);
        let rule = finding.rule.id;
        // Readers take tests of equal names for one, so the name has the place.
        let name = escape(&format!("{rule} {}:{}: {}", at.line, at.column, plain::text(&finding.message)));
        writeln!(to, r#"    <testcase name="{name}" classname="govlint.{rule}" file="{file}">"#)?;
        if let Some(allowed) = allowed {
            let reason = escape(&allowed.reason);
            writeln!(to, r#"      <skipped message="allowed: {reason}"/>"#)?;
        } else {
            let (level, message) = (finding.level.name(), escape(&finding.message));
            let text = escape_lines(&text(report, finding, &path));
            writeln!(to, r#"      <failure type="{level}" message="{message}">{text}</failure>"#)?;
        }
        writeln!(to, "    </testcase>")?;
    }
    writeln!(to, "  </testsuite>")
}

/// What a reader shows when a test is opened.
fn text(report: &Report<'_, '_>, finding: &Finding<'_, '_>, path: &str) -> String {
    let at = report.sources.file(finding.place.file).position(finding.place.start);
    let place = format!("{path}:{}:{}: {}", at.line, at.column, plain::text(&finding.message));
    let related = finding.related.iter().map(|one| {
        let at = report.sources.file(one.span.file).position(one.span.start);
        let (path, note) = (report.path(one.span.file), plain::text(one.note));
        format!("also: {path}:{}:{} {note}", at.line, at.column)
    });
    let fix = fix(finding.rule).map(|fix| format!("help: {fix}"));
    [place].into_iter().chain(related).chain(fix).collect::<Vec<_>>().join("\n")
}

/// A text on one line, for an attribute in quotes or between tags.
fn escape(text: &str) -> String {
    escape_lines(&plain::text(text))
}

/// A text of plain lines as XML 1.0. What no document may hold, not even as a reference (XML 1.0, 2.2), and
/// `plain` leaves as it is, are the two characters that are none.
fn escape_lines(lines: &str) -> String {
    let mut escaped = String::with_capacity(lines.len() + 8);
    for character in lines.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{self, Sample, written};
    use proptest::prelude::*;
    use roxmltree::{Document, Node};
    use std::collections::HashSet;

    /// The elements and attributes that Jenkins' schema (junit-10.xsd of its xUnit plugin) has, and `file` of a
    /// test, by which GitLab and others find it.
    const ELEMENTS: &[(&str, &[&str], &[&str])] = &[
        ("testsuites", &["name", "tests", "failures", "errors"], &["testsuite"]),
        ("testsuite", &["name", "tests", "failures", "errors", "skipped"], &["testcase"]),
        ("testcase", &["name", "classname", "file"], &["failure", "error", "skipped"]),
        ("failure", &["type", "message"], &[]),
        ("error", &["type", "message"], &[]),
        ("skipped", &["message"], &[]),
    ];

    fn elements<'d>(node: Node<'d, 'd>, name: &'static str) -> impl Iterator<Item = Node<'d, 'd>> {
        node.descendants().filter(move |node| node.has_tag_name(name))
    }

    /// Checks that counts are true, that elements stand where readers look for them, and that no two tests of
    /// a suite have the same name.
    fn assert_valid(xml: &str) {
        let document = Document::parse(xml).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "testsuites");
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            let (_, attributes, children) = ELEMENTS.iter().find(|(known, ..)| *known == name).unwrap();
            assert!(node.attributes().all(|attribute| attributes.contains(&attribute.name())), "{node:?}");
            let inner = node.children().filter(Node::is_element);
            assert!(inner.into_iter().all(|child| children.contains(&child.tag_name().name())), "{node:?}");
        }
        let counting = elements(document.root(), "testsuites").chain(elements(document.root(), "testsuite"));
        for node in counting {
            let each =
                [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")];
            for (attribute, element) in each {
                let count = elements(node, element).count().to_string();
                let said = node.attribute(attribute);
                assert!(said == Some(&count) || attribute == "skipped" && said.is_none(), "{attribute}");
            }
        }
        for suite in elements(document.root(), "testsuite") {
            let mut names = HashSet::new();
            for test in elements(suite, "testcase") {
                assert!(names.insert(test.attribute("name").unwrap()), "{test:?}");
            }
        }
    }

    #[test]
    fn reports_are_what_readers_take() {
        let xml = written("junit", &samples::deployment(), Style::default());
        assert_valid(&xml);
        insta::assert_snapshot!(xml);
        assert_valid(&written("junit", &samples::hostile(), Style::default()));
    }

    #[test]
    fn a_clean_run_is_one_passed_test() {
        let xml = written("junit", &Sample::default().report(), Style::default());
        assert_valid(&xml);
        assert!(xml.contains(r#"tests="1" failures="0""#), "{xml}");
    }

    #[test]
    fn markup_in_names_and_messages_is_text() {
        let mut sample = Sample::default();
        let path = "a\"<&>'.env";
        let file = sample.file(path, "A=1\n");
        sample.add("root-user", file, 0..1, "]]> <!-- \"&amp;\" \u{fffe}\u{1}");
        let xml = written("junit", &sample.report(), Style::default());
        assert_valid(&xml);
        let document = Document::parse(&xml).unwrap();
        let test = elements(document.root(), "testcase").next().unwrap();
        assert_eq!(test.attribute("file"), Some(path));
        let message = "]]> <!-- \"&amp;\" \\u{fffe}\\u{1}";
        let failure = elements(test, "failure").next().unwrap();
        assert_eq!(failure.attribute("message"), Some(message));
        assert_eq!(failure.text(), Some(&*format!("{path}:1:1: {message}\nhelp: Name a `user`.")));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read_again(text in any::<String>()) {
            let xml = format!("<a b=\"{0}\">{0}</a>", escape(&text));
            let document = Document::parse(&xml).unwrap();
            let plain = plain::text(&text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
            let root = document.root_element();
            prop_assert_eq!(root.attribute("b"), Some(&*plain));
            prop_assert_eq!(root.text().unwrap_or_default(), plain);
        }
    }
}
