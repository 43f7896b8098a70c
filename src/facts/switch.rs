//! Whatever turns a protection on or off.

use super::fact;
use super::field::words;

words! {
    /// What a switch protects.
    Protects {
        /// Encryption of connections.
        Tls = "tls",
        /// Verification of certificates.
        Verification = "verification",
        /// The audit log.
        Audit = "audit",
        /// The access log of a server that proxies.
        AccessLog = "access-log",
        /// Encryption of backups.
        BackupEncryption = "backup-encryption",
        /// The secrecy of internals: its opposite is a debug mode.
        Debug = "debug",
        /// A reloading development server stays out.
        DevelopmentServer = "development-server",
        /// Detailed logs stay out.
        LogLevel = "log-level",
        /// The token of a service account stays out of pods that don't ask for it.
        AccountToken = "account-token",
    }
}

words! {
    /// How a switch stands.
    Position {
        /// The protection is on.
        On = "on",
        /// It is off.
        Off = "off",
        /// It is used only if the other side offers it.
        Optional = "optional",
    }
}

fact! {
    /// Whatever turns a protection on or off, in whatever words.
    Switch<'s> {
        /// What it protects.
        protects ("protects"): Protects,
        /// How it stands.
        position ("position"): Position,
        /// How the file says it: `REDIS_TLS`, `--insecure`.
        key ("key"): &'s str,
    }
}
