//! What annotations of Ingresses and Services say to well-known controllers beside TLS itself: settings of the
//! server, and pieces of its configuration.

use super::control_plane::setting;
use super::manifest::Manifest;
use crate::facts::{Cors, Field, Head, Position, Protects, Protocol, Store, Switch};
use crate::formats::{self, Reader};
use crate::syntax::yaml::{Kind, Node};

/// Annotations that are settings of the server, by the part behind the slash.
const SETTINGS: [&str; 7] = [
    "auth-signin",
    "auth-url",
    "proxy-ssl-ciphers",
    "proxy-ssl-protocols",
    "ssl-ciphers",
    "ssl-protocols",
    "tls-minimum-version",
];

/// Annotations by which AWS is told a TLS policy by its name.
const AWS_POLICIES: [&str; 2] = [
    "alb.ingress.kubernetes.io/ssl-policy",
    "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy",
];

/// Reads the annotations of an Ingress or a Service.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let Some(annotations) = manifest.look(&["metadata", "annotations"]).node() else { return };
    for entry in annotations.entries() {
        let name = behind(entry.key);
        if SETTINGS.contains(&name) {
            setting(manifest, entry.key, entry.key_span, entry.value, reader);
        } else if is_snippet(entry.key) {
            snippet(entry.value, reader);
        } else if name == "proxy-ssl-verify" {
            verification(manifest, entry.key, entry.value, reader);
        } else if AWS_POLICIES.contains(&entry.key) {
            policy(manifest, entry.value, reader);
        }
    }
}

/// The part of an annotation's name that is its controller's own.
pub(super) fn behind(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(_, name)| name)
}

/// Whether an annotation or an option holds directives: `configuration-snippet`, `server-snippets`.
pub(super) fn is_snippet(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    let kind = name.strip_suffix("-snippet").or_else(|| name.strip_suffix("-snippets"));
    matches!(kind, Some("main" | "http" | "server" | "location" | "configuration" | "stream" | "auth"))
}

/// Directives for the nginx of a controller are a fragment of its configuration.
fn snippet<'s>(value: Node<'_, 's>, reader: &mut Reader<'s>) {
    if let Some(format) = formats::find("nginx").filter(|_| value.as_str().is_some()) {
        reader.embed(value.text(), format, Store::Setting);
    }
}

/// Verification of the servers behind, where those speak TLS.
fn verification<'s>(manifest: &Manifest<'_, 's>, key: &'s str, value: Node<'_, 's>, reader: &mut Reader<'s>) {
    let encrypted = manifest.find_annotation(|name| behind(name) == "backend-protocol");
    let encrypted = encrypted.and_then(Node::as_str).is_some_and(|name| matches!(name, "HTTPS" | "GRPCS"));
    if encrypted && value.truthy() == Some(false) {
        let place = value.content_span();
        reader.reading.facts.switches.push(Switch {
            head: Head::new(place, manifest.subject),
            protects: Field::set(Protects::Verification, place, ""),
            position: Field::set(Position::Off, place, ""),
            key: Field::set(key, place, ""),
        });
    }
}

/// The oldest version that a policy of AWS admits, in tenths.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
fn policy<'s>(manifest: &Manifest<'_, 's>, value: Node<'_, 's>, reader: &mut Reader<'s>) {
    let Some(name) = value.as_str().and_then(|name| name.strip_prefix("ELBSecurityPolicy-")) else { return };
    let (version, oldest) = match name {
        "2015-02" | "2015-03" | "2015-05" | "2016-08" | "FS-2018-06" => (10, "TLSv1"),
        _ if name.contains("-1-0-") => (10, "TLSv1"),
        _ if name.contains("-1-1-") => (11, "TLSv1.1"),
        _ => return,
    };
    let place = value.content_span();
    let name = reader.sources.keep(format!("{oldest}, which ELBSecurityPolicy-{name} admits,").into());
    reader.reading.facts.protocols.push(Protocol {
        head: Head::new(place, manifest.subject),
        version: Field::set(version, place, ""),
        name: Field::set(name, place, ""),
        implied: Field::set(false, place, ""),
    });
}

/// Which origins the annotations of an Ingress let in. Where CORS is on and nothing else is said, controllers
/// let in every origin; those that copy ingress-nginx do so with credentials.
/// <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#enable-cors>
pub(super) fn cors<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let Some(annotations) = manifest.look(&["metadata", "annotations"]).node() else { return };
    let named = |name: &str| annotations.entries().find(|entry| behind(entry.key) == name);
    let Some(enabled) = named("enable-cors").or_else(|| named("cors-enable")) else { return };
    if enabled.value.truthy() != Some(true) {
        return;
    }
    let origins = named("cors-allow-origin");
    let (any, place) = match origins.map(|entry| entry.value) {
        Some(origins) => match origins.as_str() {
            Some(text) => (text.split(',').any(|origin| origin.trim() == "*"), origins.content_span()),
            None => return,
        },
        None if annotations.is_open() => return,
        None => (true, enabled.value.content_span()),
    };
    let by_default = !enabled.key.starts_with("haproxy.org/");
    let credentials = match named("cors-allow-credentials").map(|entry| entry.value) {
        Some(stated) => stated
            .truthy()
            .map_or(Field::Unknown, |on| Field::set(on, stated.content_span(), "cors-allow-credentials")),
        None => Field::Default(by_default),
    };
    reader.reading.facts.cors.push(stated_cors(Head::new(place, manifest.subject), any, credentials));
}

/// A statement of CORS of which only a wildcard counts.
pub(super) fn stated_cors(head: Head<'_>, any: bool, credentials: Field<bool>) -> Cors<'_> {
    let place = head.anchor;
    Cors {
        head,
        any_origin: Field::set(any, place, ""),
        reflected: Field::set(false, place, ""),
        credentials,
    }
}

/// The first origin of a list that stands for all.
pub(super) fn wildcard<'t, 's>(origins: Node<'t, 's>) -> Option<Node<'t, 's>> {
    let text = |node: Node<'t, 's>| match node.kind() {
        Kind::Scalar => Some(node),
        // Istio: `{exact: "*"}`, `{regex: ".*"}`.
        _ => node.entries().next().map(|entry| entry.value),
    };
    origins.items().filter_map(text).find(|node| matches!(node.as_str(), Some("*" | ".*")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

    fn ingress(annotations: &str) -> String {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{annotations: {{{annotations}}}}}\nspec: {{}}\n"
        )
    }

    #[test]
    fn policies_of_aws_are_named_by_what_they_admit() {
        let oldest = |name: &str| {
            let version = std::cell::Cell::new(None);
            let text = ingress(&format!("alb.ingress.kubernetes.io/ssl-policy: {name}"));
            read(&text, |reading, _| {
                version.set(reading.facts.protocols.first().and_then(|one| one.version.value().copied()));
            });
            version.get()
        };
        assert_eq!(oldest("ELBSecurityPolicy-2016-08"), Some(10));
        assert_eq!(oldest("ELBSecurityPolicy-TLS13-1-0-2021-06"), Some(10));
        assert_eq!(oldest("ELBSecurityPolicy-FS-1-1-2019-08"), Some(11));
        assert_eq!(oldest("ELBSecurityPolicy-TLS13-1-2-2021-06"), None);
        assert_eq!(oldest("ELBSecurityPolicy-FS-1-2-Res-2020-10"), None);
    }

    #[test]
    fn verification_counts_only_where_the_server_behind_speaks_tls() {
        let off = "nginx.ingress.kubernetes.io/proxy-ssl-verify: \"off\"";
        read(&ingress(off), |reading, _| assert!(reading.facts.switches.is_empty()));
        let with = format!("{off}, nginx.ingress.kubernetes.io/backend-protocol: HTTPS");
        read(&ingress(&with), |reading, at| {
            assert_eq!(at(reading.facts.switches[0].head.anchor), "off");
        });
    }

    #[test]
    fn origins_are_open_where_cors_is_on_and_none_is_named() {
        read(&ingress("haproxy.org/cors-enable: \"true\""), |reading, at| {
            let [cors] = &reading.facts.cors[..] else { panic!() };
            assert_eq!((cors.any_origin.value(), cors.credentials.value()), (Some(&true), Some(&false)));
            assert_eq!(at(cors.head.anchor), "true");
        });
        read(&ingress("x/cors-allow-origin: \"*\""), |reading, _| assert!(reading.facts.cors.is_empty()));
    }
}
