//! A web server as it answers requests.

use super::{Field, Head, fact};
use crate::value::duration::Duration;

fact! {
    /// A web server (an nginx `server`) with all that it inherits.
    Server<'s> {
        /// Whether it is an Ingress, in front of which a provider may stand that limits requests itself.
        of_ingress ("of-ingress"): bool,
        /// Whether it speaks TLS.
        tls ("tls"): bool,
        /// Whether it can be reached from outside the machine.
        public ("public"): bool,
        /// Whether it answers with anything at all.
        answers ("answers"): bool,
        /// Whether it only redirects.
        redirects ("redirects"): bool,
        /// Whether it proxies to another server.
        proxies ("proxies"): bool,
        /// How long browsers must insist on TLS (`Strict-Transport-Security`).
        hsts ("hsts"): Duration,
        /// Whether `X-Content-Type-Options` is sent.
        content_type_options ("content-type-options"): bool,
        /// Whether `X-Frame-Options` or a policy with `frame-ancestors` is sent.
        frame_protection ("frame-protection"): bool,
        /// A block whose own headers drop inherited security headers.
        drops_headers ("drops-headers"): bool,
        /// Whether requests are limited.
        rate_limit ("rate-limit"): bool,
        /// Whether the server's version is hidden (`server_tokens off`).
        hides_version ("hides-version"): bool,
        /// Whether a header is sent that names the software behind the server: `X-Powered-By`.
        names_software ("names-software"): bool,
    }
}

impl<'s> Server<'s> {
    /// A server of which nothing is said.
    #[must_use]
    pub fn silent(head: Head<'s>) -> Self {
        Server {
            head,
            of_ingress: Field::NotApplicable,
            tls: Field::NotApplicable,
            public: Field::NotApplicable,
            answers: Field::NotApplicable,
            redirects: Field::NotApplicable,
            proxies: Field::NotApplicable,
            hsts: Field::NotApplicable,
            content_type_options: Field::NotApplicable,
            frame_protection: Field::NotApplicable,
            drops_headers: Field::NotApplicable,
            rate_limit: Field::NotApplicable,
            hides_version: Field::NotApplicable,
            names_software: Field::NotApplicable,
        }
    }
}
