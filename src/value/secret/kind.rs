//! Which settings hold a secret, by their names.

use crate::value::key::Key;

/// The kind of secret that a setting's name announces.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KeyKind {
    /// A password or passphrase.
    Password,
    /// A token that is presented as it is.
    Token,
    /// A key to an interface.
    ApiKey,
    /// The private half of a key pair.
    PrivateKey,
    /// A symmetric key that encrypts or signs.
    EncryptionKey,
    /// A secret of another or unknown kind: `JWT_SECRET`, `CLIENT_SECRET`.
    Secret,
    /// A salt or pepper.
    Salt,
    /// User and password together.
    Credentials,
    /// A connection string that may carry a password.
    ConnectionString,
    /// A digest of a password. Only one of a trivial password is worth a word.
    Hash,
    /// The public half of an access key pair, an id.
    AccessKeyId,
}

impl KeyKind {
    /// Whether any value of this kind is a secret as a whole, and not only for what it may hold.
    #[must_use]
    pub fn is_secret_itself(self) -> bool {
        !matches!(self, KeyKind::ConnectionString | KeyKind::Hash | KeyKind::AccessKeyId)
    }
}

/// Words that may follow the secret's own without changing what the setting holds.
const TAILS: &[&str] = &[
    "value",
    "default",
    "base",
    "raw",
    "plain",
    "plaintext",
    "b64",
    "base64",
    "json",
    "text",
    "content",
    "current",
    "old",
    "new",
    "previous",
    "primary",
    "secondary",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "test",
    "local",
    "in",
    "v1",
    "v2",
    "live",
    "main",
];

const DIGESTS: &[&str] = &["hash", "hashed", "sha1", "sha2", "sha256", "sha512", "md5", "bcrypt", "digest"];

const PASSWORDS: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pass",
    "pw",
    "pwd",
    "passcode",
    "requirepass",
    "masterauth",
    "passwort",
];

/// Ends of run-together words (`PGPASSWORD`, `cookiesecret`), with what they mean.
const ENDINGS: &[(&str, KeyKind)] = &[
    ("password", KeyKind::Password),
    ("passwd", KeyKind::Password),
    ("passphrase", KeyKind::Password),
    ("dbpass", KeyKind::Password),
    ("userpass", KeyKind::Password),
    ("rootpass", KeyKind::Password),
    ("secret", KeyKind::Secret),
    ("apikey", KeyKind::ApiKey),
    ("secretkey", KeyKind::EncryptionKey),
    ("privatekey", KeyKind::PrivateKey),
    ("encryptionkey", KeyKind::EncryptionKey),
    ("masterkey", KeyKind::EncryptionKey),
    ("accountkey", KeyKind::ApiKey),
    ("sharedaccesskey", KeyKind::ApiKey),
    ("accesskey", KeyKind::AccessKeyId),
    ("authtoken", KeyKind::Token),
    ("accesstoken", KeyKind::Token),
    ("apitoken", KeyKind::Token),
    ("connectionstring", KeyKind::ConnectionString),
];

/// Words before `key` that make it a secret one.
const KEYS: &[(&[&str], KeyKind)] = &[
    (&["api"], KeyKind::ApiKey),
    (&["secret"], KeyKind::EncryptionKey),
    (&["secret", "access"], KeyKind::EncryptionKey),
    (&["private"], KeyKind::PrivateKey),
    (&["ssh"], KeyKind::PrivateKey),
    (&["tls"], KeyKind::PrivateKey),
    (&["ssl"], KeyKind::PrivateKey),
    (&["deploy"], KeyKind::PrivateKey),
    (&["encryption"], KeyKind::EncryptionKey),
    (&["encrypt"], KeyKind::EncryptionKey),
    (&["enc"], KeyKind::EncryptionKey),
    (&["crypto"], KeyKind::EncryptionKey),
    (&["crypt"], KeyKind::EncryptionKey),
    (&["cipher"], KeyKind::EncryptionKey),
    (&["master"], KeyKind::EncryptionKey),
    (&["signing"], KeyKind::EncryptionKey),
    (&["signature"], KeyKind::EncryptionKey),
    (&["hmac"], KeyKind::EncryptionKey),
    (&["aes"], KeyKind::EncryptionKey),
    (&["fernet"], KeyKind::EncryptionKey),
    (&["jwt"], KeyKind::EncryptionKey),
    (&["session"], KeyKind::EncryptionKey),
    (&["cookie"], KeyKind::EncryptionKey),
    (&["app"], KeyKind::EncryptionKey),
    (&["vault"], KeyKind::EncryptionKey),
    (&["unseal"], KeyKind::EncryptionKey),
    (&["admin"], KeyKind::ApiKey),
    (&["server"], KeyKind::ApiKey),
    (&["daemon"], KeyKind::ApiKey),
    (&["apikey", "allowed"], KeyKind::ApiKey),
    (&["auth"], KeyKind::ApiKey),
    (&["account"], KeyKind::ApiKey),
    (&["storage"], KeyKind::ApiKey),
    (&["batch"], KeyKind::ApiKey),
    (&["service"], KeyKind::ApiKey),
    (&["license"], KeyKind::ApiKey),
    (&["webhook"], KeyKind::ApiKey),
    (&["service", "role"], KeyKind::ApiKey),
    (&["shared", "access"], KeyKind::ApiKey),
    (&["shared"], KeyKind::EncryptionKey),
    (&["access"], KeyKind::AccessKeyId),
    // What applications of .NET call the key of their tokens.
    (&["jwt", "settings"], KeyKind::EncryptionKey),
    (&["jwt", "options"], KeyKind::EncryptionKey),
    (&["security"], KeyKind::EncryptionKey),
    // https://prometheus.io/docs/alerting/latest/configuration/#pagerduty_config
    (&["pagerduty", "configs", "routing"], KeyKind::ApiKey),
];

/// Providers whose keys are secrets under any name but these.
const PROVIDERS: &[&str] = &["azure", "aws", "gcp", "oci"];

/// Words before `key` that make it a name, a place or a half that anyone may know.
const NO_SECRETS: &[&str] = &[
    "public",
    "primary",
    "foreign",
    "partition",
    "sort",
    "hash",
    "range",
    "cache",
    "object",
    "s3",
    "blob",
    "bucket",
    "kms",
    "routing",
    "idempotency",
    "tag",
    "header",
    "index",
    "lookup",
    "host",
    "pub",
    "condition",
];

/// Words before `secret` that make it the name of a Kubernetes object.
const OBJECTS: &[&str] = &["existing", "pull", "tls", "cert", "certificate", "kubernetes", "k8s", "sealed"];

/// Words before `token` that make it a piece of text or a marker.
const MARKERS: &[&str] = &[
    "pad",
    "eos",
    "bos",
    "unk",
    "sep",
    "cls",
    "stop",
    "mask",
    "end",
    "start",
    "page",
    "next",
    "continuation",
    "sync",
    "per",
    "cancellation",
    "max",
    "min",
    "special",
    "continue",
];

/// The kind of secret that a setting's name announces; nothing where the name announces none: it speaks about
/// a secret (`TOKEN_EXPIRY`, `PASSWORD_FILE`, `API_KEY_HEADER`) or of something public.
#[must_use]
pub fn is_secret_key(key: &Key<'_>) -> Option<KeyKind> {
    let mut words = key.words();
    let mut digest = false;
    while let [before @ .., last] = words
        && !before.is_empty()
    {
        digest |= is_one_of(last, DIGESTS);
        if is_one_of(last, TAILS) || is_one_of(last, DIGESTS) || last.bytes().all(|b| b.is_ascii_digit()) {
            words = before;
        } else {
            break;
        }
    }
    // Annotations name objects, they don't hold secrets.
    if key.text().contains(".kubernetes.io/") || key.text().contains(".k8s.io/") {
        return None;
    }
    // Rails and those that are built with it derive their keys from a base: `OTP_KEY_BASE`.
    if key.ends_with(&["key", "base"]) {
        return Some(KeyKind::EncryptionKey);
    }
    let kind = of_words(words)?;
    Some(if digest { KeyKind::Hash } else { kind })
}

fn of_words(words: &[&str]) -> Option<KeyKind> {
    let (last, before) = words.split_last()?;
    let previous = before.last().copied().unwrap_or_default();
    // PASSWORD1 and the like.
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let last_is = |word: &str| last.eq_ignore_ascii_case(word);
    if is_one_of(last, PASSWORDS) {
        // The shell keeps the working directory in PWD.
        let directory = matches!(last, "PWD") && (before.is_empty() || previous.eq_ignore_ascii_case("old"));
        let nginx =
            last_is("pass") && is_one_of(previous, &["proxy", "fastcgi", "uwsgi", "scgi", "grpc", "by"]);
        // `forgot_password` is a text beside a form.
        let label = is_one_of(
            previous,
            &["forgot", "forgotten", "lost", "show", "hide", "enter", "invalid", "incorrect", "wrong"],
        );
        return (!directory && !nginx && !label).then_some(KeyKind::Password);
    }
    if last_is("secret") || last_is("secrets") {
        return (!is_one_of(previous, OBJECTS)).then_some(KeyKind::Secret);
    }
    if last_is("token") {
        // etcd only tells clusters apart by it: https://etcd.io/docs/v3.5/op-guide/configuration/
        let cluster = previous.eq_ignore_ascii_case("cluster")
            && before.iter().rev().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("initial"));
        return (!cluster && !is_one_of(previous, MARKERS)).then_some(KeyKind::Token);
    }
    if last_is("key") || last_is("keys") {
        return of_key(before);
    }
    if last_is("id") {
        return of_id(before);
    }
    if last_is("credentials") || last_is("credential") || last_is("creds") {
        return Some(KeyKind::Credentials);
    }
    if last_is("auth") {
        // Redis calls its password so: `redis-cli` reads REDISCLI_AUTH.
        if is_one_of(previous, &["redis", "rediscli", "valkey", "valkeycli"]) {
            return Some(KeyKind::Password);
        }
        // NEO4J_AUTH=user/password, BASIC_AUTH=user:password, Galera's wsrep_sst_auth and Beats' cloud.auth.
        return is_one_of(previous, &["neo4j", "basic", "sst", "cloud"]).then_some(KeyKind::Credentials);
    }
    if last_is("salt") || last_is("pepper") {
        return Some(KeyKind::Salt);
    }
    if last_is("cookie") {
        return is_one_of(previous, &["erlang"]).then_some(KeyKind::Secret);
    }
    let connection = last_is("dsn")
        || (last_is("string") || last_is("str")) && is_one_of(previous, &["connection", "conn"]);
    if connection {
        return Some(KeyKind::ConnectionString);
    }
    let lower = last.to_ascii_lowercase();
    // The longest ending says most: `secretkey` rather than `key`.
    ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending)).map(|&(_, kind)| kind)
}

fn of_key(before: &[&str]) -> Option<KeyKind> {
    let ends_with = |words: &[&str]| {
        before
            .len()
            .checked_sub(words.len())
            .and_then(|start| before.get(start..))
            .is_some_and(|end| end.iter().zip(words).all(|(a, b)| a.eq_ignore_ascii_case(b)))
    };
    // Charts name the entry of a Secret that exists: `existingSecretKey`, `passwordSecretKey`.
    if ends_with(&["existing", "secret"]) || ends_with(&["password", "secret"]) {
        return None;
    }
    let longest = KEYS.iter().filter(|(words, _)| ends_with(words)).max_by_key(|(words, _)| words.len());
    let Some(kind) = longest.map(|&(_, kind)| kind) else {
        let provider = before.iter().any(|word| is_one_of(word, PROVIDERS));
        let named = before.last().is_some_and(|word| is_one_of(word, NO_SECRETS));
        return (provider && !named).then_some(KeyKind::ApiKey);
    };
    // An access key is an id at Amazon and its kin, and the secret itself at Azure.
    let azure =
        before.iter().any(|word| is_one_of(word, &["azure", "storage", "cosmos", "eventhub", "servicebus"]));
    Some(if kind == KeyKind::AccessKeyId && azure { KeyKind::ApiKey } else { kind })
}

/// Ids that are secrets: Vault's development root token and the secret ids of its application roles.
fn of_id(before: &[&str]) -> Option<KeyKind> {
    let has = |word: &str| before.iter().any(|one| one.eq_ignore_ascii_case(word));
    match before {
        [.., access, key] if access.eq_ignore_ascii_case("access") && key.eq_ignore_ascii_case("key") => {
            Some(KeyKind::AccessKeyId)
        }
        [.., token] if token.eq_ignore_ascii_case("token") && has("root") => Some(KeyKind::Token),
        [.., secret]
            if secret.eq_ignore_ascii_case("secret") && (has("vault") || has("role") || has("approle")) =>
        {
            Some(KeyKind::Token)
        }
        _ => None,
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(key: &str) -> Option<KeyKind> {
        is_secret_key(&Key::new(key))
    }

    #[test]
    fn names_announce_secrets() {
        let table = [
            (
                KeyKind::Password,
                &[
                    "POSTGRES_PASSWORD",
                    "postgresPassword",
                    "PGPASSWORD",
                    "DB_PW",
                    "ORACLE_PWD",
                    "SMTP_PASS",
                    "RESTIC_PASSWORD",
                    "BORG_PASSPHRASE",
                    "ME_CONFIG_MONGODB_ADMINPASSWORD",
                    "requirepass",
                    "REDIS_AUTH",
                    "REDISCLI_AUTH",
                    "password",
                    "DB_PASSWORD_1",
                    "node.session.auth.password_in",
                ][..],
            ),
            (
                KeyKind::Token,
                &["AUTH_TOKEN", "OAUTH2_TOKEN", "githubToken", "token", "VAULT_DEV_ROOT_TOKEN_ID"],
            ),
            (
                KeyKind::ApiKey,
                &[
                    "API_KEY",
                    "apikey",
                    "apiKey",
                    "OPENAI_API_KEY",
                    "openaiApikey",
                    "AZURE_STORAGE_ACCESS_KEY",
                    "AZURE_BATCH_KEY",
                    "FCM_SERVER_KEY",
                    "AUTHENTICATION_APIKEY_ALLOWED_KEYS",
                    "OCI_CLI_KEY_CONTENT",
                ],
            ),
            (
                KeyKind::EncryptionKey,
                &[
                    "SECRET_KEY",
                    "SECRET_KEY_BASE",
                    "N8N_ENCRYPTION_KEY",
                    "AWS_SECRET_ACCESS_KEY",
                    "AIRFLOW__CORE__FERNET_KEY",
                    "VAULT_ENC_KEY",
                    "GITLAB_SECRETS_DB_KEY_BASE",
                    "secretKey",
                ],
            ),
            (
                KeyKind::Secret,
                &[
                    "JWT_SECRET",
                    "NEXTAUTH_SECRET",
                    "clientSecret",
                    "ME_CONFIG_SITE_COOKIESECRET",
                    "jwt-secret",
                ],
            ),
            (KeyKind::PrivateKey, &["PRIVATE_KEY", "SSH_PRIVATE_KEY", "TLS_KEY"]),
            (KeyKind::Credentials, &["GOOGLE_APPLICATION_CREDENTIALS_JSON", "NEO4J_AUTH"]),
            (
                KeyKind::ConnectionString,
                &["SENTRY_DSN", "AZURE_STORAGE_CONNECTION_STRING", "connectionString"],
            ),
            (KeyKind::Hash, &["GRAYLOG_ROOT_PASSWORD_SHA2", "PASSWORD_HASH"]),
            (KeyKind::AccessKeyId, &["AWS_ACCESS_KEY_ID", "MINIO_ACCESS_KEY"]),
            (KeyKind::Salt, &["SALT", "APP_SALT"]),
        ];
        for (expected, keys) in table {
            for key in keys {
                assert_eq!(kind(key), Some(expected), "{key}");
            }
        }
    }

    #[test]
    fn names_that_speak_about_secrets_hold_none() {
        for key in [
            "PASSWORD_RESET_URL",
            "TOKEN_EXPIRY",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "KEYCLOAK_REALM",
            "PASSWORD_MIN_LENGTH",
            "POSTGRES_PASSWORD_FILE",
            "TLS_KEY_PATH",
            "DB_SECRET_NAME",
            "SECRET_MANAGER_PROJECT",
            "PUBLIC_KEY",
            "CLIENT_ID",
            "TOKEN_URL",
            "KEY_ID",
            "PRIMARY_KEY",
            "CACHE_KEY",
            "AWS_S3_OBJECT_KEY",
            "AWS_KMS_KEY",
            "AZURE_PARTITION_KEY",
            "AUTH_TOKEN_HEADER",
            "MAX_TOKENS",
            "API_KEY_HEADER",
            "JWT_ALGORITHM",
            "JWT_EXPIRES_IN",
            "PASSWORD_HASHERS",
            "PWD",
            "OLDPWD",
            "OLD_PWD",
            "BYPASS",
            "proxy_pass",
            "existingSecret",
            "externalDatabase.existingSecretKey",
            "passwordSecretKey",
            "imagePullSecret",
            "EOS_TOKEN",
            "ETCD_INITIAL_CLUSTER_TOKEN",
            "initial-cluster-token",
            "COMPASS",
            "MONKEY",
            "nginx.ingress.kubernetes.io/auth-secret",
            "SECRETARY",
            "AUTH_ENABLED",
            "OPENAI_MAX_TOKENS",
            "ANON_KEY",
            "RECAPTCHA_SITE_KEY",
            "KEYSPACE",
            "",
        ] {
            assert_eq!(kind(key), None, "{key}");
        }
    }
}
