//! A port that is published outside its network.

use super::fact;
use super::field::words;

words! {
    /// Who publishes a port.
    Publish {
        /// Compose `ports`.
        Compose = "compose",
        /// `docker run --publish`.
        Run = "docker-run",
        /// Kubernetes `hostPort`.
        HostPort = "host-port",
        /// A Service of type `NodePort`.
        NodePort = "node-port",
        /// A Service of type `LoadBalancer`.
        LoadBalancer = "load-balancer",
        /// A load balancer that is marked internal.
        InternalLoadBalancer = "internal-load-balancer",
        /// A firewall or a managed service of a cloud that lets in the whole internet.
        Cloud = "cloud",
    }
}

fact! {
    /// A port that can be reached from outside the container's network.
    Port<'s> {
        /// Who publishes it.
        publish ("publish"): Publish,
        /// The port in the container, the first of a range.
        container_port ("container-port"): i64,
        /// The port on the host, the first of a range.
        host_port ("host-port"): i64,
        /// The port or range by which it is known outside, as the file states it: that of the host, or that of
        /// the container where the host picks one or its own isn't known.
        shown ("shown"): &'s str,
        /// Whether it is bound on every interface.
        all_interfaces ("all-interfaces"): bool,
        /// The data store behind it, by image or by well-known port.
        datastore ("datastore"): &'s str,
    }
}
