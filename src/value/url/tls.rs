//! What a URL says of encryption on the way.

use std::ops::Range;

use super::{Form, Url};
use crate::value::boolean;

/// What a URL says of encryption on the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tls {
    /// Encrypted, by the scheme or by a parameter.
    On,
    /// A parameter turns it off or lets the server decide against it; the range is that of the parameter.
    Off(Range<usize>),
    /// A parameter asks for it but goes on without (`sslmode=prefer`).
    Optional(Range<usize>),
    /// Nothing is said, and the scheme doesn't encrypt.
    Unstated,
    /// No network is used, or what the scheme does is not known.
    NotApplicable,
}

/// Parameters that turn encryption on or off, with all drivers' spellings; compared without `-` and `_`.
const SWITCHES: &[&str] = &[
    "sslmode",
    "ssl",
    "tls",
    "usessl",
    "usetls",
    "encrypt",
    "secure",
    "sslenabled",
    "tlsenabled",
    "requiressl",
    "useencryption",
];

/// Parameters that turn the certificate's verification on.
const VERIFIES: &[&str] = &[
    "verify",
    "verifyssl",
    "sslverify",
    "verifyservercertificate",
    "rejectunauthorized",
    "verifycert",
    "verifypeer",
    "tlsverify",
];

/// Parameters that turn the certificate's verification off.
const TRUSTS: &[&str] = &[
    "tlsinsecure",
    "tlsallowinvalidcertificates",
    "tlsallowinvalidhostnames",
    "trustservercertificate",
    "skipverify",
    "insecureskipverify",
    "tlsskipverify",
    "insecure",
    "sslallowinvalidcertificates",
    "sslallowinvalidhostnames",
];

enum Said {
    On,
    Off,
    Optional,
}

/// What a URL says of encryption on the way. A host is not looked at: loopback is the caller's question.
#[must_use]
pub fn tls(url: &Url<'_>) -> Tls {
    let scheme = url.scheme();
    // The query of a web address is the application's own affair.
    let web = scheme.is("http") || scheme.is("https") || scheme.is("ws") || scheme.is("wss");
    let stated = if web { None } else { stated(url) };
    match stated {
        Some((Said::Off, range)) => Tls::Off(range),
        Some((Said::Optional, range)) => Tls::Optional(range),
        Some((Said::On, _)) => Tls::On,
        None if scheme.encrypted() => Tls::On,
        None if on_local_socket(url) => Tls::NotApplicable,
        None if scheme.cleartext() || is_docker_api(url) => Tls::Unstated,
        None => Tls::NotApplicable,
    }
}

/// The parameter by which a URL turns the verification of certificates off.
#[must_use]
pub fn unverified(url: &Url<'_>) -> Option<Range<usize>> {
    let off = |name: &str, value: &str| {
        let value = plain(value);
        (TRUSTS.contains(&name) && boolean::parse(&value) == Some(true))
            || (VERIFIES.contains(&name) && (boolean::parse(&value) == Some(false) || value == "verifynone"))
            || (matches!(name, "sslcertreqs" | "tlscertreqs")
                && matches!(value.as_str(), "none" | "certnone"))
            || (name == "sslaccept" && value == "acceptinvalidcerts")
            || (name == "tls" && value == "skipverify")
            || (name == "sslmode" && value == "noverify")
    };
    url.params
        .iter()
        .find(|param| off(&plain(param.name.text), param.value.text))
        .map(|param| param.name.range.start..param.value.range.end)
}

fn stated(url: &Url<'_>) -> Option<(Said, Range<usize>)> {
    url.params.iter().rev().find_map(|param| {
        let name = plain(param.name.text);
        // MySQL's drivers encrypt as soon as they know whom to trust.
        let trusts = name == "sslca" && (url.scheme().is("mysql") || url.scheme().is("mariadb"));
        // Azure's storage: `DefaultEndpointsProtocol=http`, of an emulator where endpoints are named.
        if name == "defaultendpointsprotocol" && plain(param.value.text) == "http" {
            let named = url.params.iter().any(|other| plain(other.name.text).ends_with("endpoint"));
            return (!named).then_some((Said::Off, param.name.range.start..param.value.range.end));
        }
        if !SWITCHES.contains(&name.as_str()) && !trusts {
            return None;
        }
        let said = if trusts { Said::On } else { said(&plain(param.value.text))? };
        Some((said, param.name.range.start..param.value.range.end))
    })
}

fn said(value: &str) -> Option<Said> {
    match value {
        "disable" | "disabled" | "allow" | "none" => Some(Said::Off),
        "prefer" | "preferred" | "optional" => Some(Said::Optional),
        "require" | "required" | "verifyca" | "verifyfull" | "verifyidentity" | "strict" | "mandatory"
        | "skipverify" | "noverify" => Some(Said::On),
        _ => boolean::parse(value).map(|on| if on { Said::On } else { Said::Off }),
    }
}

/// A word in small letters without separators, so that all spellings compare equal.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the server is reached by a socket of the machine.
fn on_local_socket(url: &Url<'_>) -> bool {
    let is_path = |text: &str| text.starts_with('/') || text.starts_with("%2F") || text.starts_with("%2f");
    let socket = url.param("host").or_else(|| url.param("unix_socket")).or_else(|| url.param("socket"));
    let by_param = socket.is_some_and(|param| is_path(param.value.text));
    by_param
        || (url.hosts.is_empty() && url.form != Form::Ado)
        || url.hosts.iter().any(|host| is_path(host.name.text))
}

/// Docker's API without TLS: `tcp://host:2375`.
fn is_docker_api(url: &Url<'_>) -> bool {
    url.scheme().is("tcp") && url.hosts.iter().any(|host| host.port_number() == Some(2375))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::url::find_all;

    fn said(text: &str) -> (String, &str) {
        let url = find_all(text).next().unwrap_or_else(|| panic!("no URL in {text}"));
        let at = |range: Range<usize>| text.get(range).unwrap_or_default();
        match tls(&url) {
            Tls::On => ("on".into(), ""),
            Tls::Off(range) => ("off".into(), at(range)),
            Tls::Optional(range) => ("optional".into(), at(range)),
            Tls::Unstated => ("unstated".into(), ""),
            Tls::NotApplicable => ("none".into(), ""),
        }
    }

    #[test]
    fn encryption_is_read_from_scheme_and_parameters() {
        let table = [
            ("http://a", "unstated", ""),
            ("https://a", "on", ""),
            ("http://a/?ssl=true", "unstated", ""),
            ("redis://a", "unstated", ""),
            ("rediss://a", "on", ""),
            ("redis://a?ssl=true", "on", ""),
            ("mongodb://a/?tls=true", "on", ""),
            ("mongodb+srv://a", "on", ""),
            ("mongodb+srv://a/?tls=false", "off", "tls=false"),
            ("postgres://a/db", "unstated", ""),
            ("postgresql+asyncpg://a/db?x=1&sslmode=verify-full", "on", ""),
            ("postgres://a/db?sslmode=disable", "off", "sslmode=disable"),
            ("postgres://a/db?sslmode=allow&x=1", "off", "sslmode=allow"),
            ("postgres://a/db?sslmode=prefer", "optional", "sslmode=prefer"),
            ("postgres://a/db?sslmode=${MODE}", "unstated", ""),
            ("jdbc:mysql://a/db?useSSL=false", "off", "useSSL=false"),
            ("mysql://a/db?ssl-mode=VERIFY_IDENTITY", "on", ""),
            ("jdbc:sqlserver://a;encrypt=false", "off", "encrypt=false"),
            ("jdbc:sqlserver://a;databaseName=x", "none", ""),
            ("u:p@tcp(a:3306)/db", "unstated", ""),
            ("u:p@tcp(a:3306)/db?tls=false", "off", "tls=false"),
            ("u:p@unix(/run/mysqld.sock)/db", "none", ""),
            ("host=a dbname=b sslmode=disable", "off", "sslmode=disable"),
            ("postgresql:///db?host=/run/postgresql", "none", ""),
            ("Server=a;Database=b;Password=c;Encrypt=False", "off", "Encrypt=False"),
            ("unix:///var/run/docker.sock", "none", ""),
            ("tcp://a:2375", "unstated", ""),
            ("tcp://a:5000", "none", ""),
            ("bolt+s://a", "on", ""),
            ("s3://bucket", "none", ""),
            ("SASL_PLAINTEXT://a:9092", "unstated", ""),
            ("mysql://a/db?ssl_ca=/etc/ca.pem", "on", ""),
            ("cache:6380,password=x,ssl=False", "off", "ssl=False"),
            ("cache:6380,password=x,ssl=True,abortConnect=False", "on", ""),
            ("cache:6379,abortConnect=false", "unstated", ""),
            (
                "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=b",
                "off",
                "DefaultEndpointsProtocol=http",
            ),
        ];
        for (text, expected, at) in table {
            assert_eq!(said(text), (expected.to_owned(), at), "{text}");
        }
    }

    #[test]
    fn verification_is_turned_off_by_parameters() {
        for text in [
            "mongodb://a/?tls=true&tlsAllowInvalidCertificates=true",
            "Server=a;Database=b;TrustServerCertificate=True",
            "rediss://a?ssl_cert_reqs=none",
            "u:p@tcp(a)/b?tls=skip-verify",
            "postgres://a/b?sslaccept=accept_invalid_certs",
            "amqps://a?verify=false",
        ] {
            assert!(find_all(text).any(|url| unverified(&url).is_some()), "{text}");
        }
        for text in [
            "rediss://a?ssl_cert_reqs=required",
            "mongodb://a/?tlsInsecure=false",
            "postgres://a?sslmode=require",
        ] {
            assert!(find_all(text).all(|url| unverified(&url).is_none()), "{text}");
        }
    }
}
