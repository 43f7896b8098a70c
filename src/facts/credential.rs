//! A credential that a file states.

use super::fact;
use super::field::words;
use crate::source::Span;

words! {
    /// What a credential's value is.
    CredentialClass {
        /// A known default or a trivial value.
        Default = "default",
        /// Nothing, or authentication turned off.
        Empty = "empty",
        /// A stand-in that was meant to be replaced.
        Placeholder = "placeholder",
        /// A literal that looks real.
        Literal = "literal",
    }
}

words! {
    /// What holds a credential.
    Store {
        /// A setting: an env file, an environment, a values file.
        Setting = "setting",
        /// A Kubernetes Secret manifest.
        Secret = "secret",
        /// A Kubernetes ConfigMap.
        ConfigMap = "config-map",
        /// An image: `ENV`, `ARG`, `COPY` or `RUN` in a Dockerfile.
        Image = "image",
        /// A stage of a Dockerfile that doesn't ship.
        BuildStage = "build-stage",
        /// A container or a script that a test needs and throws away: a service of a pipeline's job.
        Scratch = "scratch",
        /// The documented default of a well-known image.
        ImageDefault = "image-default",
    }
}

fact! {
    /// A credential that a file states. It has one class and one store, so one rule speaks of it.
    Credential<'s> {
        /// What its value is. Where a rule reports it, it reports the bytes of the value.
        class ("class"): CredentialClass,
        /// What holds it.
        store ("store"): Store,
        /// The name of the setting.
        key ("key"): &'s str,
        /// What it is evidence of, in words that don't give the value away: "a GitHub token", "the default
        /// password of postgres".
        evidence ("evidence"): &'s str,
        /// Whether a data store that needs no password is published.
        published ("published"): bool,
    }
    also {
        /// All bytes of the value, which may be put together from several files, and those of a default
        /// that another value replaces.
        bytes: Vec<Span>,
    }
}
