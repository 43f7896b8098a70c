//! A part of the host that a container sees.

use super::fact;
use super::field::words;

words! {
    /// What a mounted path is.
    Mounts {
        /// The container runtime's socket.
        RuntimeSocket = "runtime-socket",
        /// A path that gives power over the host.
        SensitivePath = "sensitive-path",
        /// Another path of the node.
        HostPath = "host-path",
    }
}

fact! {
    /// A path of the host that a container sees.
    Volume<'s> {
        /// What it is.
        mounts ("mounts"): Mounts,
        /// The path on the host.
        source ("source"): &'s str,
        /// Whether it can't be written.
        read_only ("read-only"): bool,
        /// Whether it is a node's path in Kubernetes.
        of_node ("of-node"): bool,
    }
}
