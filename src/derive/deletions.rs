//! What commands delete by its age: `find /backups -mtime +30 -delete`. How long something is kept before says
//! how long it is kept; what it is, the folder tells, else the script or the job.

use rustc_hash::FxHashMap;

use super::commands::split;
use super::retention;
use crate::facts::{Command, Facts, Field, Head, Phase, Records, Retention, Setting};
use crate::source::{SourceId, Sources, Span, Text};
use crate::syntax::shell::{Operator, Word};
use crate::value::duration::{self, Duration, Unit};
use crate::value::key::Key;

/// Words for records, wherever they are told.
const AUDIT: &[&str] = &["audit", "audits", "auditlog", "auditlogs", "auditd"];
const BACKUP: &[&str] = &[
    "backup",
    "backups",
    "dump",
    "dumps",
    "snapshot",
    "snapshots",
    "pgdump",
    "mysqldump",
    "pgbackup",
    "bak",
];

/// Folders of things that are no records, whatever their script is for.
const OTHERS: &[&str] = &[
    "artifacts",
    "build",
    "builds",
    "cache",
    "caches",
    "log",
    "logs",
    "session",
    "sessions",
    "spool",
    "temp",
    "tmp",
    "upload",
    "uploads",
    "wal",
    "archive",
    "wals",
];

/// Endings of files that only tell of the work itself.
const TRACES: &[&str] = &["log", "tmp", "lock", "pid", "part", "err", "out"];

/// Words by which a script calls how long it keeps something.
const RETAINING: &[&str] = &["retention", "retain", "keep"];

/// Something that a script keeps for a time.
struct Kept<'s> {
    head: Head<'s>,
    key: &'s str,
    records: Records,
    period: Duration,
    at: Span,
}

/// Adds the retentions that follow from what commands delete. `settings` are those that the commands see.
pub(super) fn derive<'s>(
    commands: &[Command<'s>],
    settings: &[Setting<'s>],
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let same = |a: &Command<'s>, b: &Command<'s>| {
        a.head.anchor.file == b.head.anchor.file && a.head.subject == b.head.subject
    };
    let mut seen = Settings { all: settings, index: None };
    for script in commands.chunk_by(same) {
        let Some(first) = script.first() else { continue };
        let file = sources.file(first.head.anchor.file).path();
        let named = said(&[first.head.subject, file.rsplit('/').next().unwrap_or(file)]);
        let is_script = script.iter().all(|command| command.phase == Phase::Script);
        if script.iter().any(finds) || named.is_some() && is_script {
            of_script(script, named, is_script, &mut seen, sources, out);
        }
    }
}

fn finds(command: &Command<'_>) -> bool {
    command.program.value() == Some(&"find")
}

/// The records that names speak of.
fn said(names: &[&str]) -> Option<Records> {
    let has = |words: &[&str]| names.iter().any(|name| Key::new(name).has_any(words));
    if has(AUDIT) { Some(Records::Audit) } else { has(BACKUP).then_some(Records::Backup) }
}

/// What one script keeps. A scheme of backups with several tiers is as good as its longest.
fn of_script<'s>(
    script: &[Command<'s>],
    named: Option<Records>,
    is_script: bool,
    settings: &mut Settings<'_, 's>,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let variables = Variables::new(script);
    let mut kept: Vec<Kept<'s>> = Vec::new();
    for (index, command) in script.iter().enumerate().filter(|(_, command)| finds(command)) {
        let removes_next = command.parsed.operator == Operator::Pipe
            && script.get(index + 1).and_then(|next| next.program.value()) == Some(&"rm");
        kept.extend(deleted(command, removes_next, named, &variables, settings, sources));
    }
    if let Some(records) = named.filter(|_| is_script) {
        kept.extend(variables.retentions(records));
    }
    kept.sort_by_key(|one| one.at);
    kept.dedup_by_key(|one| one.at);
    let longest = kept.iter().filter(|one| one.records == Records::Backup).map(|one| one.period).max();
    for one in kept {
        if one.records == Records::Backup && longest.is_some_and(|longest| longest > one.period) {
            continue;
        }
        out.retentions.push(Retention {
            head: Head { anchor: one.at, ..one.head },
            records: Field::set(one.records, one.at, ""),
            period: Field::set(one.period, one.at, ""),
            key: Field::set(one.key, one.at, ""),
        });
    }
}

/// What a `find` keeps that deletes what is older.
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/find.html>
fn deleted<'s>(
    command: &Command<'s>,
    removes_next: bool,
    named: Option<Records>,
    variables: &Variables<'s>,
    settings: &mut Settings<'_, 's>,
    sources: &'s Sources,
) -> Option<Kept<'s>> {
    let words = command.parsed.arguments();
    let texts: Vec<&str> = words.iter().map(Word::as_str).collect();
    let behind = |flag: &str| texts.iter().position(|text| *text == flag).and_then(|at| words.get(at + 1));
    let removes =
        ["-exec", "-execdir", "-ok", "-okdir"].iter().filter_map(|flag| behind(flag)).any(|program| {
            matches!(program.as_str().rsplit('/').next(), Some("rm" | "unlink" | "shred" | "srm"))
        });
    if !removes && !removes_next && !texts.contains(&"-delete") {
        return None;
    }
    let ages =
        [("-mtime", Unit::Day), ("-ctime", Unit::Day), ("-mmin", Unit::Minute), ("-cmin", Unit::Minute)];
    let (flag, unit, age) = ages.iter().find_map(|(flag, unit)| Some((*flag, *unit, behind(flag)?)))?;
    let older = age.text.part(age.as_str().strip_prefix('+').map(|_| 1)?..age.as_str().len());
    let number = match variable_name(older.as_str()) {
        Some(name) => variables.get(name).or_else(|| settings.get(name, command))?,
        None => older,
    };
    let digits = number.as_str().trim();
    let period =
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| duration::parse(digits, Some(unit)))??;
    if period.is_zero() {
        return None;
    }
    let name = behind("-name").or_else(|| behind("-iname")).map_or("", Word::as_str);
    let folders = texts.iter().take_while(|text| !text.starts_with(['-', '(', '!'])).copied();
    let folders: Vec<&str> = folders.flat_map(|folder| [folder, variables.folder(folder)]).collect();
    Some(Kept {
        head: command.head.clone(),
        key: sources.keep(format!("find {flag}").into()),
        records: records(&folders, name, named)?,
        period,
        at: number.span(0..number.as_str().len()),
    })
}

/// What a folder and the pattern for its files hold; `named` is what the script speaks of.
fn records(folders: &[&str], pattern: &str, named: Option<Records>) -> Option<Records> {
    let ending = pattern.trim_end_matches('*').rsplit_once('.').map_or("", |(_, ending)| ending);
    let keys: Vec<Key<'_>> = folders.iter().map(|folder| Key::new(folder)).collect();
    let is_log = |word: &str| matches!(word, "log" | "logs");
    if keys.iter().any(|key| key.has_any(AUDIT)) || Key::new(pattern).has_any(AUDIT) {
        return Some(Records::Audit);
    }
    if TRACES.contains(&ending) || keys.iter().any(|key| is_log(key.last())) {
        return (is_log(ending) || keys.iter().any(|key| is_log(key.last()))).then_some(Records::Log);
    }
    if keys.iter().any(|key| key.has_any(BACKUP)) {
        return Some(Records::Backup);
    }
    if keys.iter().any(|key| key.has_any(OTHERS)) {
        return keys.iter().any(|key| key.has_any(&["log", "logs"])).then_some(Records::Log);
    }
    said(&[pattern]).or(named)
}

/// The name in a word that is nothing but a variable.
fn variable_name(word: &str) -> Option<&str> {
    let name = word.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(name);
    let name = name.split_once(":-").map_or(name, |(name, _)| name);
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .then_some(name)
}

/// The variables of a script that are set once, to what is written there.
struct Variables<'s> {
    values: FxHashMap<&'s str, Option<(Text<'s>, Head<'s>)>>,
}

impl<'s> Variables<'s> {
    fn new(script: &[Command<'s>]) -> Self {
        let mut values: FxHashMap<&'s str, Option<(Text<'s>, Head<'s>)>> = FxHashMap::default();
        for command in script {
            let parsed = &command.parsed;
            let exports =
                matches!(parsed.program(), Some("export" | "declare" | "local" | "readonly" | "typeset"));
            let declared = parsed.words.iter().filter(|_| exports).filter_map(|word| {
                let (name, value) = split(word, '=')?;
                Some((name, value.text))
            });
            let assigned = parsed.assignments.iter().map(|(name, value)| (name.as_str(), value.text.clone()));
            for (name, text) in assigned.chain(declared) {
                // What is set twice has two values.
                let value = literal(&text).map(|text| (text, command.head.clone()));
                values.entry(name).and_modify(|known| *known = None).or_insert(value);
            }
        }
        Variables { values }
    }

    fn get(&self, name: &str) -> Option<Text<'s>> {
        self.values.get(name)?.as_ref().map(|(text, _)| text.clone())
    }

    /// The value of the variable that a path begins with, else nothing.
    fn folder(&self, path: &str) -> &'s str {
        let first = path.split('/').next().unwrap_or(path);
        variable_name(first).and_then(|name| self.get(name)).map_or("", |text| text.as_str())
    }

    /// The variables that say how long the script keeps its records, where their names don't say which.
    fn retentions(&self, records: Records) -> impl Iterator<Item = Kept<'s>> {
        self.values.iter().filter_map(move |(name, value)| {
            let (text, head) = value.as_ref()?;
            let key = Key::new(name);
            let says = key.has_any(RETAINING) && retention::records(&key).is_none();
            let unit = Unit::from_key(&key)?;
            let period = says
                .then(|| duration::parse(text.as_str(), Some(unit)))?
                .filter(|period| !period.is_zero())?;
            let at = text.span(0..text.as_str().len());
            Some(Kept { head: head.clone(), key: name, records, period, at })
        })
    }
}

/// A value as it is written, or the default that it is written with: `${DAYS:-7}`.
fn literal<'s>(text: &Text<'s>) -> Option<Text<'s>> {
    let written = text.as_str();
    if !written.contains(['$', '`']) {
        return Some(text.clone());
    }
    let inner = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))?;
    let (name, default) = inner.split_once(":-").or_else(|| inner.split_once('-'))?;
    let start = written.len() - 1 - default.len();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name && !default.contains(['$', '`', '{', '"'])).then(|| text.part(start..start + default.len()))
}

/// The settings of containers and jobs, which the commands in them see as variables.
struct Settings<'a, 's> {
    all: &'a [Setting<'s>],
    /// Made when a command first asks; few do.
    index: Option<FxHashMap<(SourceId, &'s str), Vec<&'a Setting<'s>>>>,
}

impl<'a, 's> Settings<'a, 's> {
    /// The value under a name in the innermost scope around a command.
    fn get(&mut self, name: &str, command: &Command<'s>) -> Option<Text<'s>> {
        let all = self.all;
        let index = self.index.get_or_insert_with(|| {
            let mut index: FxHashMap<(SourceId, &'s str), Vec<&'a Setting<'s>>> = FxHashMap::default();
            for setting in all {
                if let Some(name) = setting.key.value() {
                    index.entry((setting.scope.0.file, *name)).or_default().push(setting);
                }
            }
            index
        });
        let place = command.head.anchor;
        let seen = index.get(&(place.file, name))?.iter().rev().take(MOST_SETTINGS);
        let around = seen.filter(|setting| setting.scope.0.contains(place));
        let innermost = around.min_by_key(|setting| setting.scope.0.range().len())?;
        literal(&innermost.text)
    }
}

/// How many settings of one name are looked at. Real files have a few.
const MOST_SETTINGS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Reader, find};

    /// The records, the key and the bytes of each retention in a file.
    fn kept(name: &str, format: &str, text: &str) -> Vec<(Records, String, String)> {
        let sources = Sources::default();
        let id = sources.add(name.into(), text.into());
        let reading = Reader::read(&sources, id, find(format).unwrap());
        let mut facts = reading.facts;
        super::super::derive(&mut facts, &sources);
        facts
            .retentions
            .iter()
            .map(|one| {
                let period = one.period.span().unwrap();
                (
                    *one.records.value().unwrap(),
                    (*one.key.value().unwrap()).to_owned(),
                    sources.slice(period).to_owned(),
                )
            })
            .collect()
    }

    fn backup(key: &str, bytes: &str) -> Vec<(Records, String, String)> {
        vec![(Records::Backup, key.to_owned(), bytes.to_owned())]
    }

    #[test]
    fn the_folder_says_what_is_deleted() {
        let kept = |line: &str| kept("x.sh", "shell", line);
        assert_eq!(kept("find /backups -name '*.gz' -mtime +7 -delete"), backup("find -mtime", "7"));
        assert_eq!(
            kept("find /var/backups -type f -mtime +14 -exec rm -f {} \\;"),
            backup("find -mtime", "14")
        );
        assert_eq!(kept("find $BACKUP_DIR -mmin +1440 -print0 | xargs -0 rm"), backup("find -mmin", "1440"));
        assert_eq!(kept("find /var/log/audit -mtime +30 -delete")[0].0, Records::Audit);
        assert_eq!(kept("find /var/log/app -name '*.gz' -mtime +30 -delete")[0].0, Records::Log);
        for line in [
            "find /tmp/x -mtime +7 -delete",
            "find /backups -mtime +7 -print",
            "find /backups -mtime -7 -delete",
            "find /backups -mtime +0 -delete",
            "find /backups -name '*.tmp' -mtime +1 -delete",
            "find /backups -mtime +$DAYS -delete",
        ] {
            assert_eq!(kept(line), [], "{line}");
        }
    }

    #[test]
    fn the_script_says_it_where_the_folder_does_not() {
        assert_eq!(
            kept("backup.sh", "shell", "find /data/db -mtime +7 -delete\n"),
            backup("find -mtime", "7")
        );
        assert_eq!(kept("tidy.sh", "shell", "find /data/db -mtime +7 -delete\n"), []);
    }

    #[test]
    fn variables_are_followed_to_where_they_are_set() {
        let text = "DAYS=7\nfind /backups -mtime +$DAYS -delete\n";
        assert_eq!(kept("x.sh", "shell", text), backup("find -mtime", "7"));
        let text = "DAYS=${1:-9}\nX=${DAYS_TO_KEEP:-8}\nfind /backups -mtime +\"${X}\" -delete\n";
        assert_eq!(kept("x.sh", "shell", text), backup("find -mtime", "8"));
        let text = "DAYS=7\nif x; then DAYS=9; fi\nfind /backups -mtime +$DAYS -delete\n";
        assert_eq!(kept("x.sh", "shell", text), []);
    }

    #[test]
    fn a_scheme_is_as_good_as_its_longest_tier() {
        let text = "RETENTION_DAYS=30\nfind /backups -mtime +7 -delete\n";
        assert_eq!(kept("backup.sh", "shell", text), backup("RETENTION_DAYS", "30"));
        let text = "find /backups/daily -mtime +7 -delete\nfind /backups/weekly -mtime +60 -delete\n";
        assert_eq!(kept("x.sh", "shell", text), backup("find -mtime", "60"));
    }

    #[test]
    fn jobs_see_the_settings_of_their_container() {
        let text = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: n}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: tidy\n              image: x\n              env: [{name: DAYS, value: '7'}]\n              command: [sh, -c, 'find /backups -mtime +$DAYS -delete']\n";
        assert_eq!(kept("job.yaml", "kubernetes", text), backup("find -mtime", "7"));
    }
}
