//! A socket that answers requests.

use super::fact;
use super::field::words;

words! {
    /// From where a listener can be reached.
    Reach {
        /// From outside the deployment.
        Public = "public",
        /// From the deployment's network only.
        Internal = "internal",
        /// From the machine itself only.
        Loopback = "loopback",
    }
}

words! {
    /// What a listener answers with.
    Serves {
        /// Content of its own, or a proxied service's.
        Content = "content",
        /// Redirects to https, or ACME challenges, and nothing else.
        RedirectToHttps = "redirect-to-https",
        /// Redirects to somewhere that isn't https.
        Redirect = "redirect",
        /// Nothing: a closed or refused connection.
        Nothing = "nothing",
    }
}

fact! {
    /// A socket that answers requests: an nginx `listen`, an Ingress host, a Gateway listener, a port of a
    /// load balancer.
    Listener<'s> {
        /// Whether it speaks TLS.
        tls ("tls"): bool,
        /// From where it can be reached.
        reach ("reach"): Reach,
        /// What it answers with.
        serves ("serves"): Serves,
        /// The host name or address it answers for.
        host ("host"): &'s str,
    }
}
