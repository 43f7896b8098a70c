//! An image that a container runs or a stage builds on.

use super::fact;
use super::field::words;

words! {
    /// How exactly an image is named.
    Pin {
        /// No tag, or `latest` or another tag that moves by intention.
        Latest = "latest",
        /// A tag without a digest.
        Tag = "tag",
        /// A digest.
        Digest = "digest",
    }
}

fact! {
    /// An image reference that something pulls. Images that are built here and stages are none.
    Image<'s> {
        /// The reference as it reads after expansion.
        reference ("reference"): &'s str,
        /// How exactly it is named.
        pin ("pin"): Pin,
        /// The registry's host name, `docker.io` where none is stated.
        registry ("registry"): &'s str,
        /// The repository within the registry.
        repository ("repository"): &'s str,
        /// The tag.
        tag ("tag"): &'s str,
    }
}
