//! A namespace of a cluster.

use super::fact;

fact! {
    /// A Kubernetes namespace in which workloads run.
    Namespace<'s> {
        /// Whether network policies select all of its pods that they can reach.
        isolated ("isolated"): bool,
    }
}
