//! The examples in a rule's file, which are its tests: small projects under the headings `Bad` and `Good`.
//!
//! A file is a line with its path in backticks and a fenced block behind it. The files under one `###`
//! heading, or directly under `##`, are one project. In a bad example a comment below a line marks each
//! finding in that line with carets, `#   ^^^^ warning`, the level being optional; `#<-` marks one that starts
//! in the first two columns. These comments are taken out before the project is checked.

use std::ops::Range;

use super::Level;

/// What an example shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shows {
    /// What the rule speaks of, at its marks and nowhere else.
    Bad,
    /// What the rule is silent about, and every rule of level error too.
    Good,
}

/// A small project.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub shows: Shows,
    /// Its heading; empty where it stands directly below `Bad` or `Good`.
    pub name: String,
    /// Its files, in the order of the text.
    pub files: Vec<ExampleFile>,
}

/// A file of an example.
#[derive(Clone, Debug)]
pub struct ExampleFile {
    /// Its path from the root of the example.
    pub path: String,
    /// Its text without the marks.
    pub text: String,
    /// For each line of the text, its line in the rule's file, counted from 1.
    pub lines: Vec<usize>,
    /// Where findings are expected, in the order of the text.
    pub marks: Vec<Mark>,
}

/// A place where a finding is expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The line of the example's file, counted from 0.
    pub line: usize,
    /// What is marked in it.
    pub columns: Columns,
    /// The level, where the mark names one.
    pub level: Option<Level>,
}

/// What a mark says of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Columns {
    /// These characters, counted from 0; of a finding that runs over several lines, its part in the first.
    Exactly(Range<usize>),
    /// Something that starts in the first or second column.
    Start,
}

impl Columns {
    /// Whether a finding with these columns is meant.
    #[must_use]
    pub fn meet(&self, found: &Range<usize>) -> bool {
        match self {
            Columns::Exactly(columns) => columns == found,
            Columns::Start => found.start < 2,
        }
    }
}

/// What is wrong with the form of an example.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ExampleError {
    /// The line of the rule's file, counted from 1.
    pub line: usize,
    /// What is wrong, in lower case and without a stop.
    pub message: &'static str,
}

/// The examples of a rule's file, given as a whole.
///
/// # Errors
/// The first block that isn't closed or has no path, and the first mark with nothing above it.
pub fn examples(text: &str) -> Result<Vec<Example>, ExampleError> {
    let mut section = None;
    let mut examples: Vec<Example> = Vec::new();
    let mut path = None;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(fence) = fence(line) {
            let file = block(path.take(), fence, index, &mut lines)?;
            if let (Some(_), Some(example)) = (section, examples.last_mut()) {
                let message = "an example's block needs the path of its file in the line above";
                example.files.push(file.ok_or(ExampleError { line: index + 1, message })?);
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            section = match heading.trim() {
                "Bad" => Some(Shows::Bad),
                "Good" => Some(Shows::Good),
                _ => None,
            };
            examples.extend(section.map(|shows| Example { shows, name: String::new(), files: Vec::new() }));
        } else if let (Some(shows), Some(name)) = (section, line.strip_prefix("### ")) {
            examples.push(Example { shows, name: name.trim().to_owned(), files: Vec::new() });
        } else if !line.trim().is_empty() {
            path = line.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        }
    }
    examples.retain(|example| !example.files.is_empty());
    Ok(examples)
}

/// The marks that open a fenced block, and nothing of the word behind them.
fn fence(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('`');
    let marks = line.strip_suffix(rest).unwrap_or_default();
    (marks.len() >= 3 && !rest.contains('`')).then_some(marks)
}

/// The file of a block; nothing where no path was named.
fn block<'t>(
    path: Option<&str>,
    fence: &str,
    opened: usize,
    lines: &mut impl Iterator<Item = (usize, &'t str)>,
) -> Result<Option<ExampleFile>, ExampleError> {
    let path = path.map(ToOwned::to_owned);
    let mut file = ExampleFile {
        path: path.clone().unwrap_or_default(),
        text: String::new(),
        lines: Vec::new(),
        marks: Vec::new(),
    };
    for (index, line) in lines {
        if line.starts_with(fence) && line.trim_end().chars().all(|c| c == '`') {
            return Ok(path.map(|_| file));
        }
        let error = |message| ExampleError { line: index + 1, message };
        let Some(marks) = marks(line).map_err(error)? else {
            file.text.push_str(line);
            file.text.push('\n');
            file.lines.push(index + 1);
            continue;
        };
        let above = file.lines.len().checked_sub(1);
        let above = above.ok_or_else(|| error("a mark with no line above it"))?;
        file.marks.extend(marks.into_iter().map(|(columns, level)| Mark { line: above, columns, level }));
    }
    Err(ExampleError { line: opened + 1, message: "a block that isn't closed" })
}

/// The marks of one line, each with its level.
type Marks = Vec<(Columns, Option<Level>)>;

/// The marks in a line; nothing where it is a line of the file.
fn marks(line: &str) -> Result<Option<Marks>, &'static str> {
    let Some(comment) = line.trim_start().strip_prefix('#') else { return Ok(None) };
    if let Some(level) = comment.strip_prefix("<-") {
        return Ok(Some(vec![(Columns::Start, level_of(level)?)]));
    }
    if !comment.trim_start().starts_with('^') {
        return Ok(None);
    }
    let carets = comment.trim_end_matches(|c| c != '^');
    let level = level_of(comment.strip_prefix(carets).unwrap_or_default())?;
    let first = line.chars().count() - comment.chars().count();
    let mut marks: Vec<Range<usize>> = Vec::new();
    for (at, _) in carets.chars().enumerate().filter(|(_, c)| *c == '^') {
        let column = first + at;
        match marks.last_mut() {
            Some(last) if last.end == column => last.end += 1,
            _ => marks.push(column..column + 1),
        }
    }
    Ok(Some(marks.into_iter().map(|columns| (Columns::Exactly(columns), level)).collect()))
}

/// The level behind a mark.
fn level_of(text: &str) -> Result<Option<Level>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        name => Level::parse(name).map(Some).ok_or("behind a mark stands a level or nothing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "+++\n+++\n# Title\n## Fix\n```yaml\na: b\n```\n## Bad\n`.env`\n```sh\nA=1\n# ^\n# a comment\nB=22 C\n# ^^ ^ note\n```\n### Two files\n`a/b.yaml`\n\n```yaml\nx: |\n#<-\n  ## y\n```\n`c`\n```\n```\n## Good\n`.env`\n```\nA=\n```\n";

    #[test]
    fn files_below_one_heading_are_one_project() {
        let examples = examples(RULE).unwrap();
        let shown: Vec<_> = examples
            .iter()
            .map(|example| (example.shows, example.name.as_str(), example.files.len()))
            .collect();
        assert_eq!(shown, [(Shows::Bad, "", 1), (Shows::Bad, "Two files", 2), (Shows::Good, "", 1)]);
        assert_eq!(examples[1].files[0].path, "a/b.yaml");
        assert_eq!(examples[1].files[0].text, "x: |\n  ## y\n");
        assert_eq!(examples[1].files[0].lines, [21, 23]);
    }

    #[test]
    fn marks_are_taken_out_and_speak_of_the_line_above() {
        let examples = examples(RULE).unwrap();
        let file = &examples[0].files[0];
        assert_eq!(file.text, "A=1\n# a comment\nB=22 C\n");
        let mark = |line, columns, level| Mark { line, columns: Columns::Exactly(columns), level };
        assert_eq!(
            file.marks,
            [mark(0, 2..3, None), mark(2, 2..4, Some(Level::Note)), mark(2, 5..6, Some(Level::Note))]
        );
        assert_eq!(examples[1].files[0].marks[0].columns, Columns::Start);
        assert!(Columns::Start.meet(&(1..9)) && !Columns::Start.meet(&(2..9)));
    }

    #[test]
    fn what_is_no_example_is_refused() {
        let line = |text| examples(text).unwrap_err().line;
        assert_eq!(line("## Bad\n```\n```\n"), 2);
        assert_eq!(line("## Bad\n`a`\n```\nx\n"), 3);
        assert_eq!(line("## Bad\n`a`\n```\n# ^\n```\n"), 4);
        assert_eq!(line("## Bad\n`a`\n```\nA=1\n# ^ bad\n```\n"), 5);
    }
}
