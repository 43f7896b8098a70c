//! `govlint check`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Error, Exit, Handles, files, load};
use crate::check::{Input, Job, check};
use crate::cli::{Check, Target};
use crate::output::Report;
use crate::policy::{Limits, did_you_mean};
use crate::read::decode;
use crate::rule::{self, RawRule, Rule};
use crate::walk::Root;

const STDIN: &str = "-";

pub(super) fn run(options: &Check, handles: &mut Handles<'_>) -> Result<Exit, Error> {
    let rules = rules(options)?;
    let targets = targets(&options.formats, handles.terminal.is_terminal);
    let (input, paths): (Vec<&Path>, Vec<&Path>) =
        options.paths.iter().map(PathBuf::as_path).partition(|path| *path == Path::new(STDIN));
    let paths: Vec<PathBuf> = paths.into_iter().map(Path::to_path_buf).collect();
    let root = Root::of(&paths, None);
    let input = (!input.is_empty()).then(|| Input {
        path: options
            .stdin_filename
            .as_ref()
            .map_or("<stdin>".to_owned(), |name| root.relative(&root.place(name))),
        text: decode(&mut *handles.input, 0),
    });
    let limits = Limits::default();
    let job = Job {
        root: &root,
        paths: &paths,
        input,
        no_ignore: options.no_ignore,
        rules: &rules,
        limits: &limits,
        level: options.level,
    };
    check(job, |report, worst, looked_at| {
        if options.list_files {
            files::write(looked_at, &report.prefix, handles.out)?;
        } else {
            for target in &targets {
                write(report, target, handles)?;
            }
        }
        for failure in &report.summary.failures {
            writeln!(handles.err, "govlint: {failure}")?;
        }
        Ok(if !report.summary.failures.is_empty() {
            Exit::Failed
        } else if !options.list_files && options.fail_on().fails(worst) {
            Exit::Found
        } else {
            Exit::Clean
        })
    })
}

/// The rules that the command line leaves on.
fn rules(options: &Check) -> Result<Vec<Rule>, Error> {
    let known = rule::built_in();
    for pattern in options.select.iter().chain(&options.ignore) {
        if !known.iter().any(|raw| covers(pattern, raw)) {
            let names = known.iter().map(|raw| raw.id);
            return Err(Error::Asked(format!("unknown rule `{pattern}`{}", did_you_mean(pattern, names))));
        }
    }
    let listed = |patterns: &[String], raw: &RawRule| patterns.iter().any(|pattern| covers(pattern, raw));
    let on = known.iter().filter(|raw| {
        (options.select.is_empty() || listed(&options.select, raw)) && !listed(&options.ignore, raw)
    });
    on.map(load).collect()
}

fn covers(pattern: &str, raw: &RawRule) -> bool {
    pattern.strip_suffix("/*").map_or(pattern == raw.id, |topic| topic == raw.topic)
}

/// What was asked for, or what suits the reader.
fn targets(asked: &[Target], is_terminal: bool) -> Vec<Target> {
    if !asked.is_empty() {
        return asked.to_vec();
    }
    let format = if is_terminal { "text" } else { "concise" };
    vec![Target { format: format.to_owned(), file: None }]
}

fn write(report: &Report<'_, '_>, target: &Target, handles: &mut Handles<'_>) -> Result<(), Error> {
    let Some(path) = &target.file else { return Ok(concise(report, handles.out)?) };
    let failed = |error: io::Error| Error::Asked(format!("cannot write {}: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    concise(report, &mut file).and_then(|()| file.flush()).map_err(failed)
}

fn concise(report: &Report<'_, '_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let source = report.sources.file(finding.place.file);
        let at = source.position(finding.place.start);
        let (level, rule) = (finding.level.name(), finding.rule.id);
        let path = format!("{}{}", report.prefix, source.path());
        writeln!(out, "{path}:{}:{}: {level}: {} [{rule}]", at.line, at.column, finding.message)?;
    }
    Ok(())
}
