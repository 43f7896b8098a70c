//! What the commands of scripts and pipelines say. They name hosts and passwords for all sorts of ends, so
//! only what a well-known program is told by a well-known option counts, and only where it reaches something
//! else than the machine that the script runs on.

use std::ops::Range;

use super::settings::split;
use crate::derive::written;
use crate::facts::{Command, Phase, Store};
use crate::syntax::shell::Word;
use crate::value::host::{self, Place};
use crate::value::key::Key;
use crate::value::secret::{self, KeyKind};
use crate::value::{list, url};

/// A name with the value that a command gives it, and what holds the value from then on.
pub(super) struct Given<'s> {
    pub(super) name: String,
    pub(super) value: Word<'s>,
    pub(super) store: Store,
}

/// Programs of clouds, whose options name the place that they work in.
const CLOUDS: &[&str] = &[
    "aliyun",
    "aws",
    "az",
    "bq",
    "cdk",
    "copilot",
    "doctl",
    "eb",
    "eksctl",
    "exo",
    "fly",
    "flyctl",
    "gcloud",
    "gsutil",
    "hcloud",
    "heroku",
    "ibmcloud",
    "kops",
    "linode-cli",
    "oci",
    "s3cmd",
    "sam",
    "scw",
    "serverless",
    "sls",
    "vercel",
];

/// Options that name the place.
const PLACES: &[&str] = &["location", "locations", "region", "regions", "zone", "zones"];

/// Services of AWS that are in no region; some are asked in one of them.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints>
const GLOBAL: &[&str] = &[
    "budgets",
    "ce",
    "cloudfront",
    "ecr-public",
    "iam",
    "organizations",
    "pricing",
    "route53",
    "route53domains",
    "support",
];

/// Hosts that tell a machine of a cloud about itself, which they do in cleartext alone.
const METADATA: &[&str] = &["://169.254.169.254", "://metadata.google.internal", "://100.100.100.200"];

/// Options whose value is sent to an address, or kept from it.
const SENT: &[&str] = &[
    "-A",
    "-F",
    "-H",
    "-X",
    "-b",
    "-d",
    "-e",
    "-o",
    "-w",
    "--connect-to",
    "--cookie",
    "--data",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--form",
    "--header",
    "--json",
    "--noproxy",
    "--output",
    "--referer",
    "--resolve",
    "--user-agent",
    "--post-data",
    "--write-out",
    "--eval",
];

/// Programs that connect to the addresses among their words.
const CLIENTS: &[&str] = &[
    "amqp-publish",
    "curl",
    "git",
    "helm",
    "http",
    "lftp",
    "mongo",
    "mongodump",
    "mongoexport",
    "mongoimport",
    "mongorestore",
    "mongosh",
    "mysql",
    "mysqldump",
    "pg_dump",
    "pg_restore",
    "pip",
    "pip3",
    "psql",
    "redis-cli",
    "restic",
    "wget",
];

/// Options by which settings are handed on, with the programs that know them and what holds the value then.
const HANDED_ON: &[(&[&str], &[&str], Store)] = &[
    (&["docker", "podman", "nerdctl", Command::CREATES_CONTAINER], &["-e", "--env"], Store::Setting),
    (&["docker", "podman", "nerdctl", "buildah", "img"], &["--build-arg"], Store::Image),
    (&["kubectl", "oc"], &["--from-literal", "--env"], Store::Setting),
    (&["helm"], &["--set", "--set-string"], Store::Setting),
    (&["gcloud"], &["--set-env-vars", "--update-env-vars"], Store::Setting),
    (&["fly", "flyctl", "heroku"], &["--env", "-e"], Store::Setting),
];

/// Programs that store `NAME=value` as it stands behind one of these words.
const STORING: &[(&[&str], &[&str])] = &[
    (&["kubectl", "oc"], &["env"]),
    (&["heroku"], &["config:set", "config:add"]),
    (&["fly", "flyctl"], &["set", "import"]),
    (&["vault"], &["put", "patch", "write"]),
    (&["az"], &["--settings"]),
];

/// What a command sets.
pub(super) fn settings<'s>(command: &Command<'s>, program: &str) -> Vec<Given<'s>> {
    let mut given = Vec::new();
    let store = Store::Setting;
    for one in written::settings(command) {
        given.push(Given { name: one.name.to_owned(), value: one.value, store });
    }
    if matches!(program, "echo" | "printf") {
        return given;
    }
    for (programs, options, store) in HANDED_ON {
        if programs.contains(&program) {
            let values = options.iter().flat_map(|option| command.parsed.option_values(option));
            for value in values {
                handed_on(&value, matches!(program, "gcloud" | "helm"), *store, &mut given);
            }
        }
    }
    let words = command.parsed.arguments();
    let stored = STORING.iter().find(|(programs, _)| programs.contains(&program));
    if let Some(verb) =
        stored.and_then(|(_, verbs)| words.iter().position(|word| verbs.contains(&word.as_str())))
    {
        for word in words.iter().skip(verb + 1).filter(|word| !word.as_str().starts_with('-')) {
            handed_on(word, false, store, &mut given);
        }
    }
    let says =
        |wanted: &[&str]| command.parsed.arguments().iter().any(|word| wanted.contains(&word.as_str()));
    // `git config url.….insteadOf` says which addresses are not used.
    let is_client = CLIENTS.contains(&program) && !(program == "git" && says(&["config"]));
    let is_global = program == "aws" && says(GLOBAL);
    let mut words = command.parsed.arguments().iter().peekable();
    let mut before = "";
    while let Some(word) = words.next() {
        let text = word.as_str();
        let option = std::mem::replace(&mut before, text);
        let Some(flag) = text.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
            if is_client && is_address(text) && !SENT.contains(&option) {
                given.push(Given { name: program.to_owned(), value: word.clone(), store });
            }
            continue;
        };
        let (name, value) = match split(word, '=') {
            Some((name, value)) => (name.trim_start_matches('-'), value),
            None => match words.peek().filter(|next| !next.as_str().starts_with('-')) {
                Some(next) => (flag, (*next).clone()),
                None => continue,
            },
        };
        let place = CLOUDS.contains(&program) && PLACES.contains(&name) && !is_global;
        if place || is_secret(name) {
            given.push(Given { name: name.to_owned(), value, store });
        }
    }
    given
}

/// Whether a word is an address and nothing else.
fn is_address(word: &str) -> bool {
    let scheme = word.split_once("://").map_or("", |(scheme, _)| scheme);
    !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !word.contains(char::is_whitespace)
        && !METADATA.iter().any(|host| word.contains(host))
}

/// `NAME=value`, and for charts several of them with commas between.
fn handed_on<'s>(word: &Word<'s>, several: bool, store: Store, given: &mut Vec<Given<'s>>) {
    let items: Vec<Range<usize>> = if several {
        list::split_at_commas(word.as_str()).map(|item| item.range).collect()
    } else {
        std::iter::once(0..word.as_str().len()).collect()
    };
    for item in items {
        let text = word.text.part(item);
        let span = text.span(0..text.as_str().len());
        let item = Word { text, span, literal: word.literal };
        if let Some((name, value)) = split(&item, '=') {
            given.push(Given { name: name.to_owned(), value, store });
        }
    }
}

/// Whether an option takes a secret, and not the name of one.
fn is_secret(option: &str) -> bool {
    let key = Key::new(option);
    let kind = secret::is_secret_key(&key);
    matches!(kind, Some(KeyKind::Password | KeyKind::Token | KeyKind::ApiKey))
        || key.ends_with(&["client", "secret"])
}

/// Whether a command of a script says something of the machine that the script runs on alone, or, in a test,
/// may do so: what is in doubt there is no finding.
pub(super) fn is_local(command: &Command<'_>) -> bool {
    if command.phase != Phase::Script {
        return false;
    }
    match reach(command) {
        Some(Place::Loopback | Place::Bind) => true,
        Some(Place::Public) => false,
        Some(Place::Internal | Place::Unknown) | None => command.store == Store::Scratch,
    }
}

/// The furthest place that a command names: among the addresses in its words, or with an option for the host.
fn reach(command: &Command<'_>) -> Option<Place> {
    let parsed = &command.parsed;
    let words = parsed.arguments().iter().map(Word::as_str);
    let places = words.flat_map(|word| {
        let hosts = url::find_all(word)
            .flat_map(|url| url.hosts.into_iter().map(|host| host::classify(host.name.text)));
        hosts.collect::<Vec<_>>()
    });
    let options = ["-h", "--host", "--hostname"].iter().filter_map(|option| parsed.option_value(option));
    let named = options.map(|word| host::classify(word.as_str()));
    // `localhost:8443/health` needs no scheme.
    let bare = parsed.arguments().iter().filter_map(|word| {
        let name = word.as_str().split([':', '/']).next().unwrap_or_default();
        matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0").then_some(Place::Loopback)
    });
    // Nobody logs in to the machine that he is on.
    let program = command.program.value().copied().unwrap_or_default();
    let logs_in = matches!(program, "docker" | "podman" | "helm" | "oc" | "az")
        && parsed.arguments().iter().take(3).any(|word| word.as_str() == "login")
        || program == "sshpass";
    let outside = logs_in.then_some(Place::Unknown);
    let reach = places.chain(named).chain(bare).chain(outside).max_by_key(|place| match place {
        Place::Loopback | Place::Bind => 0,
        Place::Internal => 1,
        Place::Unknown => 2,
        Place::Public => 3,
    });
    if logs_in && reach == Some(Place::Unknown) { Some(Place::Public) } else { reach }
}
