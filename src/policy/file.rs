//! govlint.toml.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::table::{Errors, Value, get};
use super::{Broken, Choice, Known, Levels, Limit, Limits, Paths, Pattern, PolicyError, Waiver};
use crate::data::jurisdictions::{self, Set};
use crate::value::duration::{self, Duration};

/// The name of the policy file.
pub const FILE_NAME: &str = "govlint.toml";

const MAX_WAIVER_LIFE: &str = "max-waiver-life";

/// What the user chose.
#[derive(Clone, Default, Debug)]
pub struct Policy {
    /// What conditions compare with.
    pub limits: Limits,
    /// How bad the user finds which rule.
    pub levels: Levels,
    /// Which files are read, and as what.
    pub files: FileChoices,
    /// What the user accepts.
    pub waivers: Vec<Waiver>,
    /// How far ahead the last day of a waiver may lie; where it is set, every waiver needs one.
    pub max_waiver_life: Option<Duration>,
    /// The path of the file as it is shown, from the folder of the run; nothing where there is no file.
    pub path: Option<PathBuf>,
    /// The text of the file.
    pub text: String,
}

/// Which files are read, and as what. Paths are given from the folder of the policy.
#[derive(Clone, Default, Debug)]
pub struct FileChoices {
    /// Files that are left out.
    pub exclude: Vec<Paths>,
    /// Files that are of a format whatever their name says. The first that fits decides.
    pub formats: Vec<(Paths, String)>,
    /// Whether the blocks of documents are read too.
    pub documents: bool,
}

impl FileChoices {
    /// Whether a file is left out.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        self.exclude.iter().any(|paths| paths.contain(path))
    }

    /// The name of the format that a file is said to be of.
    #[must_use]
    pub fn format(&self, path: &str) -> Option<&str> {
        self.formats.iter().find(|(paths, _)| paths.contain(path)).map(|(_, format)| format.as_str())
    }
}

impl Policy {
    /// The path from the folder of the policy of a path from the folder of the run; nothing for a file that
    /// lies elsewhere. A policy from outside of the run speaks of paths from the folder of the run.
    #[must_use]
    pub fn local<'p>(&self, path: &'p str) -> Option<&'p str> {
        let folder = self.path.as_deref().and_then(Path::parent).and_then(Path::to_str).unwrap_or_default();
        let outside = folder.is_empty() || folder.starts_with('/') || folder.starts_with("..");
        if outside {
            return Some(path);
        }
        path.strip_prefix(folder)?.strip_prefix('/')
    }
}

/// The policy file of a folder: in it, or in the nearest folder above that has one.
#[must_use]
pub fn find(from: &Path) -> Option<PathBuf> {
    from.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}

/// Reads a policy file that is shown as `shown`.
///
/// # Errors
/// Where the file can't be read, or for all that is wrong in it.
pub fn read(path: &Path, shown: &str, known: Known<'_>) -> Result<Policy, Broken> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(shown, &text, known),
        Err(wrong) => {
            let error = PolicyError { span: 0..0, message: wrong.to_string(), help: None };
            Err(Broken { path: shown.to_owned(), text: String::new(), errors: vec![error] })
        }
    }
}

/// Reads the text of a policy file.
///
/// # Errors
/// All that is wrong in it.
pub fn parse(shown: &str, text: &str, known: Known<'_>) -> Result<Policy, Broken> {
    let mut errors = Errors::default();
    let mut policy = Policy { path: Some(shown.into()), text: text.to_owned(), ..Policy::default() };
    let (document, syntax) = DeTable::parse_recoverable(text);
    if syntax.is_empty() {
        read_document(document.get_ref(), known, &mut policy, &mut errors);
    }
    for wrong in syntax {
        errors.push(wrong.span().unwrap_or_default(), wrong.message(), None);
    }
    let errors = errors.sorted();
    if errors.is_empty() {
        Ok(policy)
    } else {
        Err(Broken { path: shown.to_owned(), text: text.to_owned(), errors })
    }
}

fn read_document(document: &DeTable<'_>, known: Known<'_>, policy: &mut Policy, errors: &mut Errors) {
    for (key, value) in document {
        match key.get_ref().as_ref() {
            "policy" => {
                if let Some(table) = errors.table(value) {
                    read_limits(table, policy, errors);
                }
            }
            "files" => {
                if let Some(table) = errors.table(value) {
                    policy.files = read_files(table, known, errors);
                }
            }
            "levels" => {
                if let Some(table) = errors.table(value) {
                    policy.levels = read_levels(table, known, errors);
                }
            }
            "waiver" => {
                let tables = errors.tables(value, "waiver");
                policy.waivers =
                    tables.into_iter().filter_map(|(span, table)| read_waiver(span, table, errors)).collect();
            }
            name => errors.unknown(key.span(), "key", name, &["policy", "files", "levels", "waiver"]),
        }
    }
}

fn read_limits(table: &DeTable<'_>, policy: &mut Policy, errors: &mut Errors) {
    let limits = &mut policy.limits;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if name == MAX_WAIVER_LIFE {
            policy.max_waiver_life = read_duration(value, errors);
            continue;
        }
        let Some(limit) = Limit::find(name) else {
            let known: Vec<_> = Limit::names().chain([MAX_WAIVER_LIFE]).collect();
            errors.unknown(key.span(), "setting of the policy", name, &known);
            continue;
        };
        match limit {
            Limit::AuditRetention => assign(&mut limits.audit_retention, read_duration(value, errors)),
            Limit::BackupRetention => assign(&mut limits.backup_retention, read_duration(value, errors)),
            Limit::LogRetention => limits.log_retention = read_duration(value, errors),
            Limit::HstsMaxAge => assign(&mut limits.hsts_max_age, read_duration(value, errors)),
            Limit::TlsMinVersion => assign(&mut limits.tls_min_version, read_version(value, errors)),
            Limit::IngressRateLimit => assign(&mut limits.ingress_rate_limit, errors.boolean(value)),
            Limit::Jurisdictions => limits.jurisdictions = Some(read_jurisdictions(value, errors)),
        }
    }
}

fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn read_duration(value: &Value<'_>, errors: &mut Errors) -> Option<Duration> {
    const HELP: &str = "write a number and its unit in quotes: \"7y\", \"18 months\", \"90d\"";
    let text = errors.string(value, HELP)?;
    let duration = duration::parse(text, None);
    if duration.is_none() {
        errors.push(value.span(), format!("`{text}` is no length of time"), Some(HELP.into()));
    }
    duration
}

/// A version of TLS in tenths.
fn read_version(value: &Value<'_>, errors: &mut Errors) -> Option<i64> {
    const VERSIONS: [(&str, i64); 4] = [("1.0", 10), ("1.1", 11), ("1.2", 12), ("1.3", 13)];
    const HELP: &str = "write \"1.0\", \"1.1\", \"1.2\" or \"1.3\"";
    let text = errors.string(value, HELP)?;
    let version = VERSIONS.iter().find(|(name, _)| *name == text).map(|(_, tenths)| *tenths);
    if version.is_none() {
        errors.push(value.span(), format!("`{text}` is no version of TLS"), Some(HELP.into()));
    }
    version
}

/// A regulator stands for the territory that its rules apply in.
fn read_jurisdictions(value: &Value<'_>, errors: &mut Errors) -> Set {
    let stated = errors.strings(value);
    if value.get_ref().as_array().is_some_and(|items| items.iter().next().is_none()) {
        let help = "name at least one, or leave the key out: then what the project declares holds";
        errors.push(value.span(), "no place is left for the data", Some(help.into()));
    }
    let places = stated.into_iter().filter_map(|(span, text)| {
        let declared = jurisdictions::parse(text);
        if declared.is_none() {
            let help = jurisdictions::suggest(text).map_or_else(
                || "write codes of ISO 3166 (GB, GB-SCT) or groups (eea, crown-dependencies)".into(),
                |near| format!("did you mean `{near}`?"),
            );
            errors.push(span, format!("unknown jurisdiction `{text}`"), Some(help));
        }
        declared.map(jurisdictions::Declared::territory)
    });
    places.collect()
}

fn read_files(table: &DeTable<'_>, known: Known<'_>, errors: &mut Errors) -> FileChoices {
    let mut files = FileChoices::default();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "exclude" => {
                let globs = errors.strings(value);
                files.exclude =
                    globs.into_iter().filter_map(|(span, glob)| read_paths(span, glob, errors)).collect();
            }
            "documents" => assign(&mut files.documents, errors.boolean(value)),
            "format" => {
                let tables = errors.tables(value, "files.format");
                files.formats = tables
                    .into_iter()
                    .filter_map(|(span, table)| read_format(span, table, known, errors))
                    .collect();
            }
            name => errors.unknown(key.span(), "key", name, &["exclude", "documents", "format"]),
        }
    }
    files
}

fn read_format(
    span: Range<usize>,
    table: &DeTable<'_>,
    known: Known<'_>,
    errors: &mut Errors,
) -> Option<(Paths, String)> {
    known_keys(table, &["glob", "format"], errors);
    let glob = required(span.clone(), table, "glob", errors);
    let name = required(span, table, "format", errors);
    if let Some((span, name)) = &name
        && !known.formats.contains(name)
    {
        errors.unknown(span.clone(), "format", name, known.formats);
    }
    let (span, glob) = glob?;
    Some((read_paths(span, glob, errors)?, name?.1.to_owned()))
}

fn read_levels(table: &DeTable<'_>, known: Known<'_>, errors: &mut Errors) -> Levels {
    let mut levels = Levels::default();
    for (key, value) in table {
        let pattern = Pattern::new(key.get_ref());
        if let Err(wrong) = pattern.check(known) {
            errors.push(key.span(), wrong, None);
        }
        let Some(name) = errors.string(value, "write \"off\", \"note\", \"warning\" or \"error\"") else {
            continue;
        };
        match Choice::parse(name) {
            Some(choice) => levels.set(pattern, choice),
            None => errors.unknown(value.span(), "level", name, &Choice::NAMES),
        }
    }
    levels
}

/// A missing reason or an unknown rule is a finding and no error: what such a waiver was to cover comes back,
/// and the rest of the run goes on.
fn read_waiver(span: Range<usize>, table: &DeTable<'_>, errors: &mut Errors) -> Option<Waiver> {
    known_keys(table, &["rule", "path", "object", "reason", "owner", "ticket", "expires"], errors);
    let rule = required(span.clone(), table, "rule", errors);
    let path = required(span, table, "path", errors);
    let paths = path.and_then(|(span, glob)| read_paths(span, glob, errors));
    let mut optional = |key: &str| {
        let text = get(table, key).and_then(|value| errors.string(value, ""));
        text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (object, reason) = (optional("object"), optional("reason"));
    let (owner, ticket) = (optional("owner"), optional("ticket"));
    let expires = get(table, "expires");
    let date = expires.and_then(|value| errors.date(value));
    let (span, rule) = rule?;
    Some(Waiver {
        rule: Pattern::new(rule),
        paths: paths?,
        object,
        reason: reason.unwrap_or_default(),
        owner,
        ticket,
        expires: date,
        expires_span: expires.map_or_else(|| span.clone(), Value::span),
        span,
    })
}

fn read_paths(span: Range<usize>, glob: &str, errors: &mut Errors) -> Option<Paths> {
    let paths = Paths::parse(glob);
    paths.map_err(|wrong| errors.push(span, format!("`{glob}` is no glob: {wrong}"), None)).ok()
}

fn known_keys(table: &DeTable<'_>, known: &[&str], errors: &mut Errors) {
    for (key, _) in table {
        if !known.contains(&key.get_ref().as_ref()) {
            errors.unknown(key.span(), "key", key.get_ref(), known);
        }
    }
}

fn required<'v>(
    span: Range<usize>,
    table: &'v DeTable<'_>,
    key: &str,
    errors: &mut Errors,
) -> Option<(Range<usize>, &'v str)> {
    let Some(value) = get(table, key) else {
        errors.push(span, format!("`{key}` is missing"), None);
        return None;
    };
    Some((value.span(), errors.string(value, "")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Level;
    use proptest::prelude::*;

    const KNOWN: Known<'_> = Known {
        rules: &[("root-user", "privilege"), ("unpinned-image", "exposure")],
        formats: &["env", "kubernetes"],
    };

    fn good(text: &str) -> Policy {
        parse("govlint.toml", text, KNOWN).unwrap_or_else(|broken| panic!("{broken}"))
    }

    fn broken(text: &str) -> String {
        parse("govlint.toml", text, KNOWN).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_is_the_default() {
        let policy = good("");
        assert_eq!(policy.limits.audit_retention, Duration::from_days(2555));
        assert!(policy.waivers.is_empty() && policy.max_waiver_life.is_none());
    }

    #[test]
    fn everything_is_read() {
        let policy = good(
            r#"
            [policy]
            audit-retention = "8y"
            backup-retention = "60d"
            log-retention = "1y"
            jurisdictions = ["GB", "eea"]
            tls-min-version = "1.3"
            hsts-max-age = "2y"
            ingress-rate-limit = true
            max-waiver-life = "90d"

            [files]
            exclude = ["vendor/"]
            documents = true
            [[files.format]]
            glob = "deploy/**/*.tmpl"
            format = "kubernetes"

            [levels]
            unpinned-image = "off"
            "privilege/*" = "error"

            [[waiver]]
            rule = "root-user"
            path = "dev/**"
            object = "service web"
            reason = "a lab"
            owner = "ops"
            ticket = "OPS-1"
            expires = 2027-03-31
            "#,
        );
        assert_eq!(policy.limits.audit_retention, Duration::from_days(8 * 365));
        assert_eq!(policy.limits.tls_min_version, 13);
        assert!(policy.limits.ingress_rate_limit);
        assert_eq!(policy.limits.jurisdictions.map(|set| set.places().len()), Some(2));
        assert!(policy.files.excludes("vendor/a/b.yaml"));
        assert_eq!(policy.files.format("deploy/a/b.tmpl"), Some("kubernetes"));
        assert_eq!(policy.levels.of("unpinned-image", "exposure"), Some(Choice::Off));
        assert_eq!(policy.levels.of("root-user", "privilege"), Some(Choice::At(Level::Error)));
        let waiver = &policy.waivers[0];
        assert_eq!(policy.text.get(waiver.span.clone()), Some("\"root-user\""));
        assert_eq!(policy.text.get(waiver.expires_span.clone()), Some("2027-03-31"));
        assert_eq!(waiver.expires, Some(jiff::civil::date(2027, 3, 31)));
        assert_eq!(waiver.ticket.as_deref(), Some("OPS-1"));
    }

    #[test]
    fn all_unknown_words_are_named_with_what_was_meant() {
        insta::assert_snapshot!(broken(
            r#"
levls = 3
[polcy]
[policy]
audit-retentoin = "7y"
[files]
exlude = []
[[files.format]]
glob = "x"
format = "kubernetse"
[levels]
root-usr = "off"
"privileg/*" = "off"
root-user = "eror"
[[waiver]]
rule = "root-user"
path = "x"
reson = "y"
"#
        ));
    }

    #[test]
    fn all_values_that_do_not_fit_are_named() {
        insta::assert_snapshot!(broken(
            r#"
waiver = "none"
files = 1
[policy]
audit-retention = 7
backup-retention = "long"
log-retention = "7"
tls-min-version = 1.2
hsts-max-age = true
ingress-rate-limit = "yes"
jurisdictions = ["GB", "Untied Kingdom", "zzzz", 3]
[levels]
root-user = true
"#
        ));
        insta::assert_snapshot!(broken(
            r#"
[policy]
tls-min-version = "1.4"
jurisdictions = []
[files]
exclude = ["a[", 3]
[[files.format]]
glob = "x"
[[waiver]]
path = "x"
expires = "2027-03-31"
[[waiver]]
rule = "a"
expires = 2027-03-31T00:00:00Z
"#
        ));
    }

    #[test]
    fn broken_syntax_is_named_with_its_place() {
        insta::assert_snapshot!(broken("[policy]\naudit-retention = \n[levels\n"));
        insta::assert_snapshot!(broken("[policy]\n[policy]\n"));
    }

    #[test]
    fn an_error_is_shown_with_its_line() {
        let broken = parse("govlint.toml", "[policy]\naudit-retentoin = \"7y\"\n", KNOWN).unwrap_err();
        let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
        let mut out = String::new();
        for report in broken.reports() {
            handler.render_report(&mut out, report.as_ref()).unwrap();
        }
        insta::assert_snapshot!(out);
    }

    #[test]
    fn paths_are_taken_from_the_folder_of_the_policy() {
        let local = |shown: &str, path: &str| {
            parse(shown, "", KNOWN).unwrap().local(path).map(str::to_owned).unwrap_or("elsewhere".into())
        };
        assert_eq!(local("govlint.toml", "a/b"), "a/b");
        assert_eq!(local("a/govlint.toml", "a/b"), "b");
        assert_eq!(local("a/govlint.toml", "ab/c"), "elsewhere");
        assert_eq!(local("../govlint.toml", "a/b"), "a/b");
    }

    #[test]
    fn the_nearest_policy_file_is_found() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(root.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find(&below), Some(root.path().join(FILE_NAME)));
        std::fs::write(below.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&below), Some(below.join(FILE_NAME)));
        assert!(read(&root.path().join("none"), "none", KNOWN).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse("govlint.toml", &text, KNOWN).map_err(|broken| broken.to_string());
        }

        #[test]
        fn no_toml_makes_it_panic(
            key in "policy|files|levels|waiver|files\\.(format|exclude)|policy\\.[a-z-]{1,20}",
            value in "[0-9]{1,4}-[0-9]{2}-[0-9]{2}|\\[\\{(rule|path|glob|expires) = (\"[^\"\\\\]{0,5}\"|1)\\}\\]|\"[^\"\\\\]{0,9}\"|\\[[0-9\",]{0,9}\\]",
        ) {
            let _ = parse("govlint.toml", &format!("{key} = {value}"), KNOWN).map_err(|broken| broken.to_string());
        }
    }
}
