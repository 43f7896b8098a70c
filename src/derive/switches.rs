//! Settings that turn a protection on or off: `REDIS_TLS=false`, `INSECURE_SKIP_VERIFY=1`,
//! `ENABLE_AUDIT_LOGGING=no`, `BACKUP_ENCRYPTION_DISABLED=true`.

use super::verification::verification;
use super::{Named, Siblings};
use crate::facts::{Facts, Field, Position, Protects, Store, Switch};
use crate::source::Span;
use crate::value::boolean;
use crate::value::environment::Environment;
use crate::value::key::Key;

/// Words that only say that a name is a switch.
const ON_WORDS: &[&str] = &[
    "enable",
    "enabled",
    "enabling",
    "active",
    "activate",
    "activated",
    "on",
    "use",
    "using",
    "force",
    "forced",
    "require",
    "required",
    "requires",
    "is",
    "mode",
    "should",
    "support",
    "redirect",
    "only",
    "secure",
    "allow",
    "connection",
    "connections",
    "with",
    "want",
    "default",
];
/// Words that turn a switch's meaning round.
const OFF_WORDS: &[&str] = &[
    "disable", "disabled", "disables", "no", "skip", "skipped", "without", "ignore", "bypass", "off", "non",
    "not",
];

pub(super) fn derive<'s>(named: &Named<'_, 's>, siblings: &Siblings<'_, 's>, out: &mut Facts<'s>) {
    if named.value.is_empty() || named.key.words().is_empty() || named.value.len() > 256 {
        return;
    }
    // Only a few names take other words than yes and no.
    let yes_or_no = boolean::parse(named.value).is_some() || named.value.eq_ignore_ascii_case("none");
    let meanings: &[Meaning] = if yes_or_no {
        &[verification, kafka, sslmode, mail_encryption, tls, protections, debug]
    } else {
        &[verification, kafka, sslmode, mail_encryption]
    };
    if let Some((protects, position)) = meanings.iter().find_map(|meaning| meaning(named)) {
        if (protects, position) == (Protects::Tls, Position::Off) && siblings.choose_other_tls(&named.key) {
            return;
        }
        out.switches.push(switch(named, protects, position, named.place()));
    } else {
        development(named, out);
    }
}

type Meaning = fn(&Named<'_, '_>) -> Option<(Protects, Position)>;

fn switch<'s>(named: &Named<'_, 's>, protects: Protects, position: Position, at: Span) -> Switch<'s> {
    Switch {
        head: named.head_at(at),
        protects: Field::set(protects, at, ""),
        position: Field::set(position, at, ""),
        key: Field::set(named.name(), at, ""),
    }
}

/// The words of a name that say what the switch is about, and whether the name turns its meaning round:
/// `BACKUP_ENCRYPTION_DISABLED` is about backup encryption, the other way round.
pub(super) fn subject<'k>(key: &Key<'k>) -> (Vec<&'k str>, bool) {
    let is = |word: &str, list: &[&str]| list.iter().any(|one| word.eq_ignore_ascii_case(one));
    let reversed = key.words().iter().filter(|word| is(word, OFF_WORDS)).count() % 2 == 1;
    let words = key.words().iter().filter(|word| !is(word, ON_WORDS) && !is(word, OFF_WORDS)).copied();
    (words.collect(), reversed)
}

pub(super) fn position(on: bool) -> Position {
    if on { Position::On } else { Position::Off }
}

pub(super) fn one_of(word: Option<&&str>, list: &[&str]) -> bool {
    word.is_some_and(|word| list.iter().any(|one| word.eq_ignore_ascii_case(one)))
}

/// Kafka's listeners name their protocol instead of a switch.
/// <https://kafka.apache.org/documentation/#listener_configuration>
fn kafka(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    let key = &named.key;
    // Bitnami's images start no plaintext listener without this one.
    if key.ends_with(&["allow", "plaintext", "listener"]) {
        return boolean::parse(named.value).map(|on| (Protects::Tls, position(!on)));
    }
    if !names_kafka_protocol(key) {
        return None;
    }
    let plaintext = |item: &str| {
        let protocol = item.rsplit(':').next().unwrap_or(item);
        let protocol = if item.contains("://") { item.split("://").next().unwrap_or(item) } else { protocol };
        protocol.trim().eq_ignore_ascii_case("PLAINTEXT")
            || protocol.trim().eq_ignore_ascii_case("SASL_PLAINTEXT")
    };
    named.value.split(',').any(plaintext).then_some((Protects::Tls, Position::Off))
}

/// Whether a name's value says by which protocols Kafka is reached.
fn names_kafka_protocol(key: &Key<'_>) -> bool {
    key.has_any(&["kafka"]) && (key.has_any(&["listeners", "protocol"]) || key.has(&["listener", "name"]))
        || key.ends_with(&["security", "protocol"])
        || key.ends_with(&["listener", "security", "protocol", "map"])
}

/// `MAIL_ENCRYPTION=null`, as Laravel's mailer and others spell it.
/// <https://laravel.com/docs/11.x/mail#configuration>
fn mail_encryption(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    let about = named.key.ends_with(&["encryption"])
        && named.key.has_any(&["mail", "mailer", "smtp", "email", "imap", "ldap"]);
    let off = ["null", "none", "false", "off", "no", "plain"];
    (about && off.iter().any(|word| named.value.eq_ignore_ascii_case(word)))
        .then_some((Protects::Tls, Position::Off))
}

/// `PGSSLMODE`, `DB_SSLMODE`, `sslmode`: libpq's and MySQL's modes.
/// <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>
fn sslmode(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    let key = &named.key;
    let about = key.ends_with(&["sslmode"])
        || key.ends_with(&["ssl", "mode"])
        || key.is(&["pgsslmode"])
        || key.ends_with(&["tls", "mode"])
        || key.ends_with(&["ssl"]) && boolean::parse(named.value).is_none();
    if !about {
        return None;
    }
    match named.value.to_ascii_lowercase().as_str() {
        "disable" | "disabled" | "allow" | "allowtls" | "allowssl" | "off" | "none" | "false" | "no" => {
            Some((Protects::Tls, Position::Off))
        }
        "prefer" | "preferred" | "prefertls" | "preferssl" => Some((Protects::Tls, Position::Optional)),
        _ => None,
    }
}

fn tls(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    let key = &named.key;
    let (words, reversed) = subject(key);
    let names_tls = one_of(words.last(), &["ssl", "tls", "https", "usessl", "usetls", "starttls"])
        // OpenSearch's `plugins.security.ssl.http.enabled`; MySQL's `require_secure_transport`.
        || key.has(&["ssl", "http"]) && key.ends_with(&["enabled"])
        || key.has(&["ssl", "transport"]) && key.ends_with(&["enabled"])
        || key.ends_with(&["require", "secure", "transport"]);
    // `MINIO_SECURE`, `S3_SECURE`: clients that know only this word. SMTP's `SECURE` chooses between TLS from
    // the start and STARTTLS; both are encrypted.
    let secure = key.ends_with(&["secure"])
        && !key.has_any(&["smtp", "mail", "email", "cookie", "cookies", "session", "csrf"])
        && key.has_any(&[
            "minio",
            "s3",
            "storage",
            "redis",
            "qdrant",
            "milvus",
            "weaviate",
            "otlp",
            "clickhouse",
        ]);
    let insecure = key.is(&["insecure"])
        || key.ends_with(&["allow", "insecure"])
        || key.ends_with(&["insecure"])
            && key
                .has_any(&["otlp", "exporter", "grpc", "endpoint", "registry", "traefik", "http", "server"]);
    if !(names_tls || secure || insecure)
        || key.has_any(&["smtp", "mail", "email"]) && key.ends_with(&["secure"])
    {
        return None;
    }
    // `ignore` and `skip` before TLS speak of certificates' errors.
    if key.has_any(&[
        "termination",
        "terminate",
        "offload",
        "debug",
        "bump",
        "passthrough",
        "auto",
        "opportunistic",
    ]) {
        return None;
    }
    let on = boolean::parse(named.value)?;
    Some((Protects::Tls, position(on != (reversed != insecure))))
}

const ENCRYPTION: &[&str] = &["encrypt", "encryption", "encrypted", "sse"];
const BACKUP: &[&str] = &["backup", "backups", "snapshot", "snapshots", "dump", "dumps"];

/// Last words of names that speak of the audit log itself.
const AUDIT: &[&str] = &[
    "audit",
    "audits",
    "auditing",
    "auditlog",
    "auditlogs",
    "auditd",
    "log",
    "logs",
    "logger",
    "logging",
    "trail",
    "trails",
    "event",
    "events",
    "record",
    "records",
    "recording",
];

/// Last words of names that say how an audit log or an encryption is done, where `none` says that it isn't.
const MANNERS: &[&str] = &["level", "type", "algorithm", "cipher", "method", "policy", "backend"];

/// Package managers, whose `audit` looks for known weaknesses.
const PACKAGE_MANAGERS: &[&str] = &["npm", "yarn", "pnpm", "composer", "pip", "cargo", "bundle", "bundler"];

/// The audit log, and the encryption of backups.
fn protections(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    let key = &named.key;
    let audit = key.has_any(&["audit", "audits", "auditing", "auditlog", "auditlogs", "auditd"])
        && !key.has_any(PACKAGE_MANAGERS);
    let backup = key.has_any(&["backup", "backups", "snapshot", "snapshots", "dump", "dumps"]);
    if !audit && !backup {
        return None;
    }
    let (mut words, reversed) = subject(key);
    let none = named.value.eq_ignore_ascii_case("none");
    if none && one_of(words.last(), MANNERS) {
        words.pop();
    }
    if key.ends_with(&["at", "rest"]) {
        words.truncate(words.len().saturating_sub(2));
    }
    if backup && key.has_any(&["unencrypted"]) {
        return boolean::parse(named.value).map(|on| (Protects::BackupEncryption, position(!on)));
    }
    // `BACKUP_ENCRYPTION` and `ENCRYPT_BACKUPS`.
    let encryption =
        one_of(words.last(), ENCRYPTION) || one_of(words.last(), BACKUP) && one_of(words.first(), ENCRYPTION);
    // MinIO has no audit log but what it sends to webhooks and to Kafka.
    let sent =
        key.has(&["minio", "audit", "webhook", "enable"]) || key.has(&["minio", "audit", "kafka", "enable"]);
    let protects = if backup && encryption {
        Protects::BackupEncryption
    } else if audit && (one_of(words.last(), AUDIT) || sent) {
        Protects::Audit
    } else {
        return None;
    };
    let on = boolean::parse(named.value).or_else(|| none.then_some(false))?;
    Some((protects, position(on != reversed)))
}

/// Debug modes, and interfaces that are meant for developers.
fn debug(named: &Named<'_, '_>) -> Option<(Protects, Position)> {
    let key = &named.key;
    let (words, reversed) = subject(key);
    if named.setting.store == Store::BuildStage {
        return None;
    }
    let about =
        one_of(words.last(), &["debug", "debugger", "debugging", "swagger", "graphiql", "profiler", "pprof"])
            || key.ends_with(&["debug", "routes"])
            || key.ends_with(&["debug", "endpoints"])
            || key.ends_with(&["swagger", "ui"])
            || key.ends_with(&["swagger", "ui", "enabled"])
            || key.ends_with(&["debug", "toolbar"]);
    if !about {
        return None;
    }
    let on = boolean::parse(named.value)?;
    Some((Protects::Debug, position(on == reversed)))
}

/// `NODE_ENV=development`, `LOG_LEVEL=debug`.
fn development<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let key = &named.key;
    // https://pkg.go.dev/github.com/gin-gonic/gin#pkg-constants
    let by_mode = key.ends_with(&["gin", "mode"]) && named.value.eq_ignore_ascii_case("debug");
    if by_mode || Environment::of_setting(named.name(), named.value) == Environment::Development {
        out.switches.push(switch(named, Protects::Debug, Position::Off, named.place()));
    } else if (key.ends_with(&["log", "level"])
        || key.ends_with(&["loglevel"])
        || key.ends_with(&["logging", "level"]))
        && matches!(named.value.to_ascii_lowercase().as_str(), "debug" | "trace" | "silly")
    {
        out.switches.push(switch(named, Protects::LogLevel, Position::Off, named.place()));
    }
}
