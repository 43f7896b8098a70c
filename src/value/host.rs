//! Where a host is, as far as its name or address tells.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a host is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// The machine or container itself: `localhost`, 127.0.0.0/8, `::1`.
    Loopback,
    /// No host but all addresses of the machine, where a server listens: `0.0.0.0`, `*`, `+`, `[::]`.
    Bind,
    /// Inside the deployment or a private network: a single label, a private address, a cluster's or local
    /// network's domain.
    Internal,
    /// Anywhere else. Domains reserved for examples count, since they stand for public ones.
    Public,
    /// Not known from the text: empty, or with a variable in it.
    Unknown,
}

/// Last labels of names that no public resolver answers for.
const INTERNAL_DOMAINS: &[&str] = &[
    "local",
    "internal",
    "svc",
    "lan",
    "intranet",
    "corp",
    "home",
    "localdomain",
    "private",
    "consul",
    "test",
    "default",
    "docker",
];

/// The place of a host: a name or an address, IPv6 with or without brackets, without port.
#[must_use]
pub fn classify(host: &str) -> Place {
    let host = host.trim();
    let host = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    if matches!(host, "*" | "+") {
        return Place::Bind;
    }
    let (address, _zone) = host.split_once('%').unwrap_or((host, ""));
    match address.parse() {
        Ok(IpAddr::V4(address)) => return ipv4(address),
        Ok(IpAddr::V6(address)) => return ipv6(address),
        Err(_) => {}
    }
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '*');
    if host.is_empty() || !host.chars().all(is_name) {
        return Place::Unknown;
    }
    named(host)
}

fn ipv4(address: Ipv4Addr) -> Place {
    let [first, second, ..] = address.octets();
    if address.is_loopback() {
        Place::Loopback
    } else if address.is_unspecified() {
        Place::Bind
    } else if address.is_private() || address.is_link_local() || (first == 100 && second & 0xc0 == 64) {
        // 100.64.0.0/10 is shared address space within a provider's network (RFC 6598).
        Place::Internal
    } else {
        Place::Public
    }
}

fn ipv6(address: Ipv6Addr) -> Place {
    if let Some(address) = address.to_ipv4_mapped() {
        return ipv4(address);
    }
    if address.is_loopback() {
        Place::Loopback
    } else if address.is_unspecified() {
        Place::Bind
    } else if address.is_unique_local() || address.is_unicast_link_local() {
        Place::Internal
    } else {
        Place::Public
    }
}

fn named(host: &str) -> Place {
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default();
    let second = labels.next();
    let is = |label: &str, word: &str| label.eq_ignore_ascii_case(word);
    if is(last, "localhost")
        || is(last, "ip6-localhost")
        || (is(last, "localdomain") && is(second.unwrap_or_default(), "localhost"))
    {
        return Place::Loopback;
    }
    // No top-level domain has a hyphen, but namespaces of a cluster do; the exception is punycode.
    let hyphenated = last.contains('-') && !last.to_ascii_lowercase().starts_with("xn--");
    let in_home = is(last, "arpa") && second.is_some_and(|label| is(label, "home"));
    let internal =
        second.is_none() || hyphenated || in_home || INTERNAL_DOMAINS.iter().any(|domain| is(last, domain));
    if internal { Place::Internal } else { Place::Public }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_addresses_have_places() {
        let table = [
            (
                Place::Loopback,
                &[
                    "localhost",
                    "LOCALHOST",
                    "127.0.0.1",
                    "127.8.8.8",
                    "::1",
                    "[::1]",
                    "app.localhost",
                    "::ffff:127.0.0.1",
                    "localhost.localdomain",
                ][..],
            ),
            (Place::Bind, &["0.0.0.0", "*", "+", "[::]", "::"]),
            (
                Place::Internal,
                &[
                    "redis",
                    "my-db_1",
                    "10.0.0.1",
                    "172.16.3.4",
                    "172.31.0.1",
                    "192.168.1.1",
                    "169.254.169.254",
                    "100.64.0.9",
                    "fc00::1",
                    "fd12::1",
                    "[fe80::1%eth0]",
                    "host.docker.internal",
                    "printer.local",
                    "db.prod.svc",
                    "db.prod.svc.cluster.local",
                    "db.prod.svc.cluster.local.",
                    "nas.lan",
                    "x.home.arpa",
                    "dns.kube-system",
                ],
            ),
            (
                Place::Public,
                &[
                    "example.com",
                    "api.example.org",
                    "8.8.8.8",
                    "172.32.0.1",
                    "2606:4700::1111",
                    "db.example.co.uk",
                    "x.xn--p1ai",
                    "100.128.0.1",
                ],
            ),
            (Place::Unknown, &["", "${HOST}", "$host", "{{ .Values.host }}", "<host>", "%(host)s", "a b"]),
        ];
        for (place, hosts) in table {
            for host in hosts {
                assert_eq!(classify(host), place, "{host}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_host_is_too_strange(host in ".{0,40}") {
            let _ = classify(&host);
        }
    }
}
