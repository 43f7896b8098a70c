//! An address that something connects to.

use super::fact;
use super::field::words;

words! {
    /// Whether a connection is encrypted.
    Transport {
        /// Its scheme is a cleartext one, and nothing turns TLS on.
        Cleartext = "cleartext",
        /// It is encrypted.
        Encrypted = "encrypted",
    }
}

words! {
    /// Where a host lies.
    HostPlace {
        /// On the machine itself, or an address to bind to.
        Loopback = "loopback",
        /// In the deployment's own network: a single label, a private address, a cluster-internal name.
        Internal = "internal",
        /// Anywhere else.
        Public = "public",
    }
}

fact! {
    /// A URL or a connection string that something connects to.
    Endpoint<'s> {
        /// The scheme (`http`, `redis`), in lower case.
        scheme ("scheme"): &'s str,
        /// Whether it is encrypted.
        transport ("transport"): Transport,
        /// The host.
        host ("host"): &'s str,
        /// Where the host lies.
        place ("place"): HostPlace,
    }
}
