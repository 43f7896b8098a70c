//! What manifests say.
