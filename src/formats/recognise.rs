//! Which format a file is in: by its name first, then by a cheap look at its bytes.

use super::{FORMATS, Format, servers, toml};

/// A file of which only the name is known yet. Its parts are told apart once, since every format looks at them.
pub struct Candidate<'c> {
    /// Its path from the root of the run, with `/` between its parts.
    pub path: &'c str,
    /// Whether a file of this name lies in the same folder.
    pub has_sibling: &'c dyn Fn(&str) -> bool,
    name: &'c str,
    extension: &'c str,
    unmarked: &'c str,
    folder: &'c str,
}

/// What may stand behind the name of a file that is to be filled in.
const MARKS: [&str; 9] = ["template", "tmpl", "tpl", "example", "sample", "dist", "default", "j2", "erb"];

impl<'c> Candidate<'c> {
    /// The file at a path.
    #[must_use]
    pub fn new(path: &'c str, has_sibling: &'c dyn Fn(&str) -> bool) -> Self {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = folders.rsplit('/').next().unwrap_or_default();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let unmarked = if MARKS.contains(&extension) { stem } else { name };
        Candidate { path, has_sibling, name, extension, unmarked, folder }
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.name
    }

    /// What stands behind the last dot of the name, or nothing.
    #[must_use]
    pub fn extension(&self) -> &'c str {
        self.extension
    }

    /// Its name without the mark of a template: `redis.conf` of `redis.conf.example`.
    #[must_use]
    pub fn unmarked(&self) -> &'c str {
        self.unmarked
    }

    /// The name of the folder it lies in, or nothing.
    #[must_use]
    pub fn folder(&self) -> &'c str {
        self.folder
    }

    /// Whether it is YAML by its name.
    #[must_use]
    pub fn is_yaml(&self) -> bool {
        matches!(self.extension(), "yaml" | "yml")
    }

    /// Whether it lies in a folder of tests, whose settings say nothing of a deployment.
    #[must_use]
    pub fn is_of_tests(&self) -> bool {
        self.path.rsplit('/').skip(1).any(|folder| {
            ["test", "tests", "testing", "it", "androidTest"].contains(&folder)
                || folder.ends_with("Test")
                || folder.ends_with("Tests")
        })
    }

    /// Whether its bytes are worth a look where its name says nothing.
    #[must_use]
    pub fn may_be_configuration(&self) -> bool {
        matches!(
            self.extension(),
            "yaml" | "yml" | "json" | "conf" | "cnf" | "nginx" | "vhost" | "template" | "tpl" | "tmpl"
        ) || [".j2", ".example", ".sample", ".dist", ".default"].iter().any(|mark| {
            let name = self.name().strip_suffix(mark).unwrap_or_default();
            [".conf", ".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
        }) || servers::may_be_one(self)
            || toml::may_be_settings(self)
    }
}

/// The format of a file, and what told it.
#[derive(Clone, Copy, Debug)]
pub struct Recognised {
    /// The format.
    pub format: &'static Format,
    /// What told it, for `--list-files`: "named compose*.yaml".
    pub because: &'static str,
}

/// The format of a file. `text` gives its content and is asked for only where the name decides nothing.
pub fn recognise<'t>(
    candidate: &Candidate<'_>,
    text: impl FnOnce() -> Option<&'t str>,
) -> Option<Recognised> {
    let named =
        FORMATS.iter().find_map(|format| Some(Recognised { format, because: (format.by_name)(candidate)? }));
    if named.is_some() || !candidate.may_be_configuration() {
        return named;
    }
    let text = text()?;
    FORMATS
        .iter()
        .find_map(|format| Some(Recognised { format, because: (format.by_content)(candidate, text)? }))
}
