//! A part of the host that a container sees.

use super::field::words;
use super::{Field, Head, fact, host_path};

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

impl<'s> Volume<'s> {
    /// A folder or file of the host that a command or a pipeline mounts; nothing where it gives no power over
    /// the host. The head lies on the path.
    #[must_use]
    pub fn of_host(path: &'s str, head: Head<'s>, read_only: Field<bool>) -> Option<Self> {
        let mounts = host_path::classify(path)?;
        let place = head.anchor;
        Some(Volume {
            head,
            mounts: Field::set(mounts, place, "volume"),
            source: Field::set(path, place, "volume"),
            read_only,
            of_node: Field::set(false, place, ""),
        })
    }
}
