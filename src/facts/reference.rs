//! A name that one file uses for something in another.

use super::fact;
use super::field::words;

words! {
    /// What a reference names.
    ReferenceKind {
        /// A file.
        File = "file",
        /// An env file.
        EnvFile = "env-file",
        /// A file that is mounted into a container.
        Mount = "mount",
        /// A stage of a Dockerfile.
        Stage = "stage",
        /// A ConfigMap.
        ConfigMap = "config-map",
        /// A key of a ConfigMap.
        ConfigMapKey = "config-map-key",
        /// A Secret.
        Secret = "secret",
        /// A key of a Secret.
        SecretKey = "secret-key",
        /// A Service.
        Service = "service",
    }
}

words! {
    /// What became of a reference.
    Resolution {
        /// What it names is there.
        Found = "found",
        /// It is not there.
        Missing = "missing",
        /// It is not there, and meant to be made outside of version control.
        MadeElsewhere = "made-elsewhere",
    }
}

fact! {
    /// A name that one file uses for something in another.
    Reference<'s> {
        /// What it names.
        kind ("kind"): ReferenceKind,
        /// The name.
        target ("target"): &'s str,
        /// What became of it.
        resolution ("resolution"): Resolution,
    }
}
