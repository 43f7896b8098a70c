//! The way from texts to findings without touching any file: for the examples of rules.

use globset::GlobBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use jiff::civil::Date;

use super::judge::{Judged, judge};
use super::order;
use crate::facts::Facts;
use crate::formats::{self, Candidate, FORMATS, Format, Reader, Reading, Renderings};
use crate::link::{Entry, Surroundings};
use crate::policy::{self, Broken, Checked, FILE_NAME, Known, Policy};
use crate::rule::{self, Level, Rule, Run};
use crate::source::{SourceId, Sources};

/// A finding as plain data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spoken {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The file that it lies in.
    pub path: String,
    /// The bytes of the file.
    pub range: std::ops::Range<usize>,
    /// What it says.
    pub message: String,
}

/// What came of texts.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What the rules say, by path, place and rule.
    pub findings: Vec<Spoken>,
    /// The files that were read, and as what.
    pub read: Vec<(String, &'static str)>,
}

/// Checks texts as if they were all the files of a folder: paths from there, and their texts. The one at
/// `govlint.toml` is the policy, the one at `.gitignore` says what is kept out of version control.
///
/// # Errors
/// What is wrong with the policy.
pub fn memory(files: &[(String, String)], rules: &[Rule], today: Date) -> Result<Heard, Broken> {
    let names: Vec<_> = rule::built_in().iter().map(|raw| (raw.id, raw.topic)).collect();
    let formats: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    let known = Known { rules: &names, formats: &formats };
    let text = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, text)| text.as_str());
    let policy = text(FILE_NAME).map(|text| policy::parse(FILE_NAME, text, known)).transpose()?;
    let policy = policy.unwrap_or_default();
    let around = Around { files, ignored: ignored(text(".gitignore").unwrap_or_default()) };

    let sources = Sources::default();
    let readings = read(files, &policy, &sources);
    let read = readings.iter().map(|reading| (reading.path.to_owned(), reading.format.name)).collect();
    let checked: Vec<SourceId> = readings.iter().map(|reading| reading.file).collect();
    let run = Run { rules, limits: &policy.limits };
    let Judged { findings, allowances, .. } =
        judge(readings, Facts::default(), &Renderings::default(), &around, run, &sources);
    let checked = Checked { rules, known, files: &checked, whole: true, today, sources: &sources };
    let mut findings = policy::apply(&policy, &allowances, findings, checked).findings;
    findings.sort_by(|a, b| order(a, b, &sources));
    let findings = findings.into_iter().map(|finding| Spoken {
        rule: finding.rule.id,
        level: finding.level,
        path: sources.file(finding.place.file).path().to_owned(),
        range: finding.place.range(),
        message: finding.message,
    });
    Ok(Heard { findings: findings.collect(), read })
}

/// Reads what is recognised, then what that wants, until nothing is missing.
fn read<'s>(files: &[(String, String)], policy: &Policy, sources: &'s Sources) -> Vec<Reading<'s>> {
    let mut readings: Vec<Reading<'s>> = Vec::new();
    let mut unread: Vec<&(String, String)> = files.iter().filter(|(path, _)| path != FILE_NAME).collect();
    let read = |path: &str, text: &str, format| {
        let file = sources.add(path.to_owned(), text.to_owned());
        Reader::read(sources, file, format)
    };
    unread.retain(|(path, text)| {
        let found = recognise(files, path, text, policy);
        readings.extend(found.map(|format| read(path, text, format)));
        found.is_none()
    });
    let mut from = 0;
    while from < readings.len() {
        let wants: Vec<_> = readings.iter().skip(from).flat_map(|reading| reading.wants.clone()).collect();
        from = readings.len();
        unread.retain(|(path, text)| {
            let want = wants.iter().find(|want| stands_for(&want.path, path));
            let format = want.and_then(|want| formats::find(want.format));
            readings.extend(format.map(|format| read(path, text, format)));
            format.is_none()
        });
    }
    readings
}

fn recognise(files: &[(String, String)], path: &str, text: &str, policy: &Policy) -> Option<&'static Format> {
    if let Some(name) = policy.files.format(path) {
        return formats::find(name);
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let has_sibling = |name: &str| {
        let sibling = formats::resolve(path, name);
        files.iter().any(|(other, _)| *other == sibling && other.starts_with(folder))
    };
    let candidate = Candidate::new(path, &has_sibling);
    let format = formats::recognise(&candidate, || Some(text)).map(|found| found.format);
    format.filter(|format| policy.files.documents || !formats::is_document(format))
}

fn stands_for(pattern: &str, path: &str) -> bool {
    let glob = || GlobBuilder::new(pattern).literal_separator(true).build().ok();
    pattern == path
        || pattern.contains('*') && glob().is_some_and(|glob| glob.compile_matcher().is_match(path))
}

fn ignored(text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.lines() {
        // A line that is no pattern ignores nothing.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The texts, as linking asks for them.
struct Around<'f> {
    files: &'f [(String, String)],
    ignored: Gitignore,
}

impl Surroundings for Around<'_> {
    fn entry(&self, path: &str) -> Option<Entry> {
        let below = |other: &str| {
            other.strip_prefix(path).is_some_and(|rest| path.is_empty() || rest.starts_with('/'))
        };
        if self.files.iter().any(|(other, _)| other == path) {
            Some(Entry::File)
        } else {
            self.files.iter().any(|(other, _)| below(other)).then_some(Entry::Folder)
        }
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.ignored.matched_path_or_any_parents(path, false).is_ignore()
    }

    fn ignore_file(&self, path: &str) -> Option<String> {
        self.files.iter().find(|(other, _)| other == path).map(|(_, text)| text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::load;

    #[test]
    fn texts_are_checked_with_their_policy_and_what_they_name() {
        let rules: Vec<Rule> = rule::built_in().iter().map(|raw| load::load(raw).unwrap()).collect();
        let files = [
            ("govlint.toml", "[levels]\n\"audit/*\" = \"note\"\n"),
            (".env", "AUDIT_ENABLED=false\n"),
            ("notes.txt", "AUDIT_ENABLED=false\n"),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()));
        let heard = memory(&files, &rules, Date::constant(2026, 1, 1)).unwrap();
        assert_eq!(heard.read, [(".env".to_owned(), "env")]);
        let [finding] = heard.findings.as_slice() else { panic!("{heard:?}") };
        assert_eq!(
            (finding.rule, finding.level, finding.range.clone()),
            ("audit-disabled", Level::Note, 14..19)
        );
    }
}
