//! `govlint check`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Error, Exit, Handles, files, load};
use crate::check::{Input, Job, check};
use crate::cli::{Check, Target};
use crate::formats::FORMATS;
use crate::output::{self, OUTPUTS, Report, Style, write_summary};
use crate::policy::{self, Broken, Choice, Known, Pattern, Policy, did_you_mean};
use crate::read::decode;
use crate::rule::{self, RawRule, Rule};
use crate::walk::{Root, common_folder, reason};

const STDIN: &str = "-";

pub(super) fn run(options: &Check, handles: &mut Handles<'_>) -> Result<Exit, Error> {
    let rule_names: Vec<_> = rule::built_in().iter().map(|raw| (raw.id, raw.topic)).collect();
    let format_names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    let known = Known { rules: &rule_names, formats: &format_names };
    let targets = targets(&options.formats, handles.terminal.is_terminal)?;
    let (input, paths): (Vec<&Path>, Vec<&Path>) =
        options.paths.iter().map(PathBuf::as_path).partition(|path| *path == Path::new(STDIN));
    let paths: Vec<PathBuf> = paths.into_iter().map(Path::to_path_buf).collect();
    let (root, policy) = policy(options, &paths, known)?;
    let rules = rules(options, &policy, known)?;
    let input = (!input.is_empty()).then(|| Input {
        path: options
            .stdin_filename
            .as_ref()
            .map_or("<stdin>".to_owned(), |name| root.relative(&root.place(name))),
        text: decode(&mut *handles.input, 0),
    });
    let job = Job {
        root: &root,
        paths: &paths,
        input,
        no_ignore: options.no_ignore,
        helm: options.helm,
        documents: options.documents || policy.files.documents,
        rules: &rules,
        policy: &policy,
        known,
        level: options.level,
    };
    check(&job, |report, worst, looked_at| {
        if options.list_files {
            files::write(looked_at, &root, handles)?;
        } else {
            for target in &targets {
                write(report, target, handles)?;
            }
            let style = style(handles.terminal.err_colours, handles);
            write_summary(report, handles.err, &style)?;
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

/// The folder of the run, and what the user chose for it.
fn policy(options: &Check, paths: &[PathBuf], known: Known<'_>) -> Result<(Root, Policy), Error> {
    let file = options.config.clone().or_else(|| policy::find(&common_folder(paths)));
    let root = Root::of(paths, file.as_deref());
    let Some(file) = file else { return Ok((root, Policy::default())) };
    if let Err(error) = file.metadata() {
        return Err(Error::Asked(format!("{}: {}", file.display(), reason(&error))));
    }
    let policy = policy::read(&file, &root.relative(&root.place(&file)), known);
    let policy =
        policy.map_err(|broken| Error::Policy(Broken { path: root.shown(&broken.path), ..broken }))?;
    Ok((root, policy))
}

/// The rules that the policy and the command line leave on.
fn rules(options: &Check, policy: &Policy, known: Known<'_>) -> Result<Vec<Rule>, Error> {
    let patterns = |texts: &[String]| -> Result<Vec<Pattern>, Error> {
        let patterns: Vec<_> = texts.iter().map(|text| Pattern::new(text)).collect();
        patterns.iter().try_for_each(|pattern| pattern.check(known)).map_err(Error::Asked)?;
        Ok(patterns)
    };
    let (select, ignore) = (patterns(&options.select)?, patterns(&options.ignore)?);
    let named =
        |patterns: &[Pattern], raw: &RawRule| patterns.iter().any(|pattern| pattern.names(raw.id, raw.topic));
    let is_on = |raw: &&RawRule| {
        (select.is_empty() || named(&select, raw))
            && !named(&ignore, raw)
            && policy.levels.of(raw.id, raw.topic) != Some(Choice::Off)
    };
    rule::built_in().iter().filter(is_on).map(load).collect()
}

/// What was asked for, or what suits the reader.
fn targets(asked: &[Target], is_terminal: bool) -> Result<Vec<Target>, Error> {
    if let Some(unknown) = asked.iter().find(|target| output::find(&target.format).is_none()) {
        let names = OUTPUTS.iter().map(|output| output.name);
        let (name, meant) = (&unknown.format, did_you_mean(&unknown.format, names));
        return Err(Error::Asked(format!("unknown format `{name}`{meant}")));
    }
    if asked.iter().filter(|target| target.file.is_none()).count() > 1 {
        return Err(Error::Asked("only one format can go to standard output; give the others a file".into()));
    }
    if !asked.is_empty() {
        return Ok(asked.to_vec());
    }
    let format = if is_terminal { "text" } else { "concise" };
    Ok(vec![Target { format: format.to_owned(), file: None }])
}

fn style(colours: bool, handles: &Handles<'_>) -> Style {
    let default = Style::default();
    Style { colours, width: handles.terminal.width.unwrap_or(default.width), ..default }
}

fn write(report: &Report<'_, '_>, target: &Target, handles: &mut Handles<'_>) -> Result<(), Error> {
    let Some(output) = output::find(&target.format) else { return Ok(()) };
    let Some(path) = &target.file else {
        let style = style(handles.terminal.out_colours, handles);
        return Ok((output.write)(report, handles.out, &style)?);
    };
    let failed = |error: io::Error| Error::Asked(format!("cannot write {}: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let written = (output.write)(report, &mut file, &Style::default());
    written.and_then(|()| file.flush()).map_err(failed)
}
