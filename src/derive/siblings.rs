//! The settings that stand beside a setting: `DATABASE_SSL` says how `DATABASE_URL` is meant.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::switches::subject;
use crate::facts::{Head, Setting};
use crate::source::Span;
use crate::value::boolean;
use crate::value::key::Key;
use crate::value::url::Scheme;

/// A setting with its name cut into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a, 's> {
    /// The setting.
    pub(super) setting: &'a Setting<'s>,
    /// Its name.
    pub(super) key: Key<'s>,
    /// Its value, without blanks around it.
    pub(super) value: &'s str,
}

impl<'s> Named<'_, 's> {
    fn new<'a>(setting: &'a Setting<'s>) -> Named<'a, 's> {
        let name = setting.key.value().copied().unwrap_or_default();
        Named { setting, key: Key::new(name), value: setting.text.as_str().trim() }
    }

    /// Whether it is somebody's name to log in with.
    pub(super) fn names_user(&self) -> bool {
        // `PGUSER` is libpq's: https://www.postgresql.org/docs/current/libpq-envars.html
        ["user", "username", "login", "pguser"].iter().any(|word| self.key.last().eq_ignore_ascii_case(word))
            && !self.value.is_empty()
    }

    /// Whether it says where something is.
    pub(super) fn names_host(&self) -> bool {
        self.key.has_any(&["endpoint", "url", "uri", "host"])
    }

    /// Its name as written.
    pub(super) fn name(&self) -> &'s str {
        self.key.text()
    }

    /// Where its value stands; an empty value stands where its name does.
    pub(super) fn place(&self) -> Span {
        self.setting.head.anchor
    }

    /// The head of a fact that follows from the whole of it.
    pub(super) fn head(&self) -> Head<'s> {
        self.setting.head.clone()
    }

    /// The head of a fact that follows from a part of its value.
    pub(super) fn head_at(&self, span: Span) -> Head<'s> {
        Head { anchor: span, ..self.setting.head.clone() }
    }

    /// Whether its value is, wholly or in part, something that can't be known from the files.
    pub(super) fn is_open(&self) -> bool {
        let value = self.value;
        value.contains("${") || value.contains("$(") || value.contains("{{") || value.contains("<%")
    }
}

/// The settings of one scope.
#[derive(Debug)]
pub(super) struct Siblings<'a, 's> {
    settings: &'a [Setting<'s>],
    /// Made when a setting first asks for its siblings; most scopes have none that does.
    index: OnceCell<Index>,
    /// The settings of each name, in small letters.
    names: OnceCell<FxHashMap<String, usize>>,
}

/// Where the siblings stand that others ask for.
#[derive(Default, Debug)]
struct Index {
    /// Those that say something of others, by the first word of their names in small letters.
    speaking: FxHashMap<String, Vec<usize>>,
    /// Those that ask for TLS.
    asking_for_tls: Vec<usize>,
    /// Whether browsers are told to send credentials to other origins.
    cors_credentials: bool,
}

/// How many settings with the same first word are looked at beside one. Real files have far fewer.
const FAMILY: usize = 64;

impl Index {
    fn new(settings: &[Setting<'_>]) -> Self {
        let mut index = Index::default();
        for (at, setting) in settings.iter().enumerate() {
            let named = Named::new(setting);
            let on = boolean::parse(named.value) == Some(true);
            index.cors_credentials |=
                on && named.key.has_any(&["cors"]) && named.key.has_any(&["credentials"]);
            if index.asking_for_tls.len() < FAMILY && asks_for_tls(&named) {
                index.asking_for_tls.push(at);
            }
            if named.names_user() || named.names_host() {
                for family in [first_word(&named.key), String::new()] {
                    let family = index.speaking.entry(family).or_default();
                    if family.len() < FAMILY && family.last() != Some(&at) {
                        family.push(at);
                    }
                }
            }
        }
        index
    }
}

fn first_word(key: &Key<'_>) -> String {
    key.words().first().map_or_else(String::new, |word| word.to_ascii_lowercase())
}

/// Whether a setting asks for TLS on connections.
fn asks_for_tls(named: &Named<'_, '_>) -> bool {
    let key = &named.key;
    if !key.has_any(&["ssl", "tls", "https", "usessl", "usetls", "sslmode", "pgsslmode", "starttls"]) {
        return false;
    }
    match boolean::parse(named.value) {
        Some(on) => {
            on != key.has_any(&["disable", "disabled", "no", "skip", "insecure", "ignore", "without"])
        }
        None => [
            "require",
            "required",
            "verify-ca",
            "verify-full",
            "verify_ca",
            "verify_identity",
            "strict",
            "starttls",
        ]
        .iter()
        .any(|word| named.value.eq_ignore_ascii_case(word)),
    }
}

/// The words of a switch for TLS that say whose connection it is about: `EMAIL` of `EMAIL_USE_SSL`.
fn connection<'k>(key: &Key<'k>) -> impl Iterator<Item = &'k str> {
    let (words, _) = subject(key);
    let is_manner =
        |word: &str| ["ssl", "tls", "starttls", "auto"].iter().any(|one| word.eq_ignore_ascii_case(one));
    words.into_iter().filter(move |word| !is_manner(word))
}

/// Whether a name speaks of a subject, which may stand behind the word for the switch: `DISABLE_DATABASE_SSL`.
fn shares_subject(key: &Key<'_>, subject: &[&str]) -> bool {
    let database = |word: &str| word.eq_ignore_ascii_case("db") || word.eq_ignore_ascii_case("database");
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b) || database(a) && database(b);
    let switch = ["disable", "enable", "use", "require", "force", "no"];
    let words = match key.words() {
        [first, rest @ ..] if switch.iter().any(|word| first.eq_ignore_ascii_case(word)) => rest,
        words => words,
    };
    words.len() > subject.len() && words.iter().zip(subject).all(|(a, b)| same(a, b))
}

impl<'a, 's> Siblings<'a, 's> {
    pub(super) fn new(settings: &'a [Setting<'s>]) -> Self {
        Siblings { settings, index: OnceCell::new(), names: OnceCell::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self.settings))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Named<'a, 's>> {
        self.settings.iter().map(Named::new)
    }

    /// Whether browsers are told to send credentials to other origins.
    pub(super) fn cors_credentials(&self) -> bool {
        self.index().cors_credentials
    }

    /// The sibling of this exact name.
    pub(super) fn get(&self, name: &str) -> Option<Named<'a, 's>> {
        let names = self.names.get_or_init(|| {
            // The first of a name counts.
            let settings = self.settings.iter().map(Named::new).enumerate().rev();
            settings.map(|(at, named)| (named.name().to_ascii_lowercase(), at)).collect()
        });
        let at = names.get(&name.to_ascii_lowercase())?;
        self.settings.get(*at).map(Named::new)
    }

    /// The siblings that name a user or a host, and whose names begin with the same
    /// words, this many of them.
    pub(super) fn sharing<'b>(
        &'b self,
        key: &'b Key<'b>,
        words: usize,
    ) -> impl Iterator<Item = Named<'a, 's>> + 'b {
        let family = if words > 0 { first_word(key) } else { String::new() };
        let family = self.index().speaking.get(&family);
        let siblings = family.into_iter().flatten().filter_map(|at| self.settings.get(*at));
        siblings
            .map(Named::new)
            .filter(move |named| named.key.text() != key.text() && named.key.shares_start(key, words))
    }

    /// Whether a switch for TLS is off because a sibling chooses another way to it for the same connection:
    /// `EMAIL_USE_SSL=false` beside `EMAIL_USE_TLS=true`.
    /// <https://docs.djangoproject.com/en/stable/ref/settings/#email-use-ssl>: "these settings are mutually
    /// exclusive"
    pub(super) fn choose_other_tls(&self, key: &Key<'_>) -> bool {
        key.has_any(&["ssl", "tls", "starttls"])
            && connection(key).next().is_some()
            && self.index().asking_for_tls.iter().filter_map(|at| self.settings.get(*at)).map(Named::new).any(
                |named| {
                    connection(&named.key)
                        .map(str::to_ascii_lowercase)
                        .eq(connection(key).map(str::to_ascii_lowercase))
                },
            )
    }

    /// Whether one of the siblings asks for TLS on the connection that the first words of a name speak of:
    /// `DATABASE_SSL=true` or `DB_SSLMODE=require` beside `DATABASE_URL`, or what the client of the scheme
    /// reads by itself (`PGSSLMODE`).
    pub(super) fn ask_for_tls(&self, key: &Key<'_>, words: usize, scheme: Scheme<'_>) -> bool {
        let postgres = ["postgres", "postgresql", "pgsql"].iter().any(|name| scheme.is(name));
        self.index().asking_for_tls.iter().filter_map(|at| self.settings.get(*at)).map(Named::new).any(
            |named| {
                let subject = |count: usize| key.words().get(..count).unwrap_or_default();
                let of_client = postgres
                    && named.key.words().first().is_some_and(|first| {
                        ["pgsslmode", "postgres", "postgresql", "pg"]
                            .iter()
                            .any(|name| first.eq_ignore_ascii_case(name))
                    });
                of_client || shares_subject(&named.key, subject(words))
            },
        )
    }
}
