//! Values that come from elsewhere.

/// How references to secret stores start, in small letters.
const STORES: &[&str] = &[
    "vault:",
    "vault://",
    "ssm:",
    "ssm://",
    "sm://",
    "awssm:",
    "awssm://",
    "aws-sm://",
    "gcpsm://",
    "gcp-sm://",
    "azkv://",
    "kv://",
    "op://",
    "sops:",
    "enc[",
    "enc(",
    "$ansible_vault",
    "@microsoft.keyvault(",
    "keyvault:",
    "keyvault://",
    "ref+",
    "secretref:",
    "akeyless:",
    "doppler:",
    "doppler://",
    "bws:",
    "infisical:",
    "infisical://",
    "keyring:",
    "env:",
    "env(",
    "getenv(",
    "file:",
    "{cipher}",
    // https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#variable-expansion
    "$__env{",
    "$__file{",
    "$__vault{",
    "kms:",
    "kms://",
    "!vault",
    "!reference",
    "!secret",
    "<path:",
    "secretsmanager:",
    "projects/",
    "awskms:",
    "pass:",
    "process.env.",
    "os.environ",
    "os.getenv",
    "import.meta.env",
    "var.",
    "data.",
    "local.",
    "module.",
    "random_password.",
    "secrets.",
    "akv:",
];

/// Endings of files that hold keys and secrets.
const FILES: &[&str] = &[
    ".pem", ".key", ".crt", ".cer", ".p12", ".pfx", ".jks", ".txt", ".json", ".env", ".secret", ".yaml",
    ".yml", ".conf", ".pub",
];

/// Folders in which absolute paths start.
const FOLDERS: &[&str] = &[
    "run",
    "var",
    "etc",
    "mnt",
    "opt",
    "home",
    "app",
    "usr",
    "srv",
    "tmp",
    "data",
    "root",
    "secrets",
    "vault",
    "certs",
    "config",
    "keys",
    "workspace",
    "usr",
    "dev",
    "proc",
    "ssl",
    "tls",
    "conf",
    "etcd",
    "bitnami",
];

/// Whether a value comes from elsewhere: a variable (`${X}`, `$X`, `$(X)`, `%(x)s`), a template expression,
/// a secret store, an encrypted value or the path of a file. A default inside a variable is for the caller
/// to judge.
#[must_use]
pub fn is_reference(value: &str) -> bool {
    let value = value.trim();
    has_expression(value) || is_variable(value) || is_in_store(value) || is_path(value)
}

/// Whether an expression that is replaced stands anywhere in the value. A command at its start may have been
/// cut at a quote inside it: `"$(cat "${FILE}")"`.
fn has_expression(value: &str) -> bool {
    if value.starts_with("$(") {
        return true;
    }
    [
        ("${", "}"),
        ("$(", ")"),
        ("{{", "}}"),
        ("%(", ")s"),
        ("<%", "%>"),
        ("#{", "}"),
        ("${{", "}}"),
        ("$[[", "]]"),
        // https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#variable-expansion
        ("$__", "}"),
    ]
    .into_iter()
    .any(|(open, close)| {
        value
            .find(open)
            .is_some_and(|at| value.get(at + open.len()..).is_some_and(|rest| rest.contains(close)))
    })
}

/// Whether the value is a variable's name behind `$`, or between `%`.
fn is_variable(value: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let windows = value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    value.strip_prefix('$').is_some_and(is_name) || windows.is_some_and(is_name)
}

fn is_in_store(value: &str) -> bool {
    let starts =
        |prefix: &str| value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let arn = starts("arn:")
        && [":secretsmanager:", ":ssm:", ":kms:"].iter().any(|service| value.contains(service));
    let azure = starts("https://") && value.contains(".vault.azure.net/");
    let google = starts("projects/") && !value.contains("/secrets/");
    arn || azure || (!google && STORES.iter().any(|store| starts(store)))
}

/// Whether the value is the path of a file. A `/` alone is no sign of one: base64 has it too.
fn is_path(value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'~');
    if !value.bytes().all(plain) || !value.contains('/') {
        return false;
    }
    let ends_as_file = || {
        let lower = value.to_ascii_lowercase();
        FILES.iter().any(|ending| lower.ends_with(ending))
    };
    let relative = ["./", "../", "~/"].iter().any(|start| value.starts_with(start));
    match value.strip_prefix('/') {
        Some(rest) => FOLDERS.contains(&rest.split('/').next().unwrap_or_default()) || ends_as_file(),
        None => relative || ends_as_file(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_a_reference() {
        for value in [
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "$(DB_PASSWORD)",
            "$(< ",
            "${db_password:-postgres}",
            "${X?err}",
            "${A:-${B:-c}}",
            "{{ .Values.db.password }}",
            "${{ secrets.TOKEN }}",
            "%(password)s",
            "%PASSWORD%",
            "prefix-${X}",
            "vault:secret/data/db#pw",
            "ENC[AES256_GCM,data:abc]",
            "op://vault/item/field",
            "arn:aws:secretsmanager:eu-west-2:1:secret:db",
            "/run/secrets/db",
            "./secrets/key.pem",
            "/certs/tls.key",
            "<path:kv/data/app#pw>",
            "projects/1/secrets/db/versions/latest",
            "@Microsoft.KeyVault(SecretUri=https://x)",
            "ref+vault://x",
            "file:///run/secrets/x",
            "process.env.TOKEN",
            "$__file{/etc/secrets/db}",
        ] {
            assert!(is_reference(value), "{value}");
        }
    }

    #[test]
    fn a_literal_is_no_reference() {
        for value in [
            "postgres",
            "$2y$10$abc",
            "pa$$word",
            "/9j+4AAQ==",
            "/x8Fkq/2lPw",
            "50%",
            "a/b",
            "",
            "${",
            "changeme",
        ] {
            assert!(!is_reference(value), "{value}");
        }
    }
}
