//! Ingresses: the hosts that they answer for, and what their annotations say to well-known controllers.

use rustc_hash::FxHashSet;

use super::annotations::{self, behind};
use super::config::Datum;
use super::env::named_use;
use super::lookup::{Found, look};
use super::manifest::Manifest;
use crate::facts::{Field, Head, Listener, Position, Protects, Reach, Server, Serves, Switch};
use crate::formats::Reader;
use crate::source::Span;
use crate::syntax::yaml::Node;
use crate::value::boolean;
use crate::value::duration::Duration;

/// Annotations by which a provider is told which certificate to use, for all hosts.
const CERTIFICATES: [&str; 7] = [
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "alb.ingress.kubernetes.io/certificate-arn",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate-profile",
    "oci-native-ingress.oraclecloud.com/certificate-ocid",
];

/// Whether annotations say that requests are answered with TLS, wherever the certificate comes from: the AWS
/// controller finds one by the host, Traefik has one of its own, and a server behind brings one.
fn encrypts(manifest: &Manifest<'_, '_>) -> bool {
    let says = |name: &str| manifest.annotation(name).str();
    let on = |name: &str| manifest.annotation(name).node().and_then(Node::truthy) == Some(true);
    says("alb.ingress.kubernetes.io/listen-ports").is_some_and(|ports| ports.contains("HTTPS"))
        || says("traefik.ingress.kubernetes.io/router.entrypoints") == Some("websecure")
        || says("traefik.ingress.kubernetes.io/router.tls.certresolver").is_some()
        || on("traefik.ingress.kubernetes.io/router.tls")
        || manifest
            .find_annotation(|name| behind(name) == "ssl-passthrough")
            .is_some_and(|node| node.truthy() == Some(true))
}

/// Annotations of ingress-nginx, NGINX Inc., `HAProxy` and Traefik that limit requests, by their ends.
const LIMITS: [&str; 8] = [
    "/limit-rps",
    "/limit-rpm",
    "/limit-connections",
    "/limit-req-rate",
    "/rate-limit-requests",
    "/rate-limit",
    "/rewrite-limit-rps",
    "/global-rate-limit",
];

/// Reads an Ingress.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    reader.reading.links.objects.extend(manifest.object());
    let cover = Cover::new(manifest);
    let rules: Vec<Node<'_, 's>> = manifest.look(&["spec", "rules"]).items().collect();
    for rule in &rules {
        reader.reading.facts.listeners.extend(of_rule(manifest, *rule, &cover));
    }
    let default = manifest.look(&["spec", "defaultBackend"]).or(manifest.look(&["spec", "backend"]));
    if rules.is_empty() && default.node().is_some() {
        let tls = cover.any();
        reader.reading.facts.listeners.push(listener(manifest, manifest.kind_span, tls, Field::Unset));
    }
    backends(manifest, &rules, default, reader);
    redirects(manifest, reader);
    annotations::read(manifest, reader);
    annotations::cors(manifest, reader);
    let server = server(manifest, &cover);
    reader.reading.facts.servers.push(server);
}

/// Which hosts have a certificate.
struct Cover {
    /// In small letters.
    hosts: FxHashSet<String>,
    /// There is an entry of `spec.tls`, whatever its hosts.
    entries: bool,
    /// All hosts are covered.
    all: bool,
    /// There may be more than is seen.
    open: bool,
}

impl Cover {
    fn new(manifest: &Manifest<'_, '_>) -> Self {
        let provided =
            manifest.find_annotation(|name| CERTIFICATES.contains(&name)).is_some() || encrypts(manifest);
        let tls = manifest.look(&["spec", "tls"]);
        let mut cover = Cover {
            hosts: FxHashSet::default(),
            entries: false,
            all: provided,
            open: manifest.annotations_open(),
        };
        match tls {
            Found::Stated(list) => cover.open |= list.is_open(),
            Found::Absent => {}
            Found::Unknown => cover.open = true,
        }
        for entry in tls.items() {
            cover.entries = true;
            match look(entry, &["hosts"]) {
                Found::Stated(hosts) => {
                    cover.open |= hosts.is_open() || hosts.items().any(Node::is_unknown);
                    cover.hosts.extend(hosts.items().filter_map(Node::as_str).map(str::to_ascii_lowercase));
                }
                // "If the hosts list is empty, the host of the loadbalancer fulfilling this Ingress":
                // controllers take it as all hosts.
                Found::Absent => cover.all = true,
                Found::Unknown => cover.open = true,
            }
        }
        cover
    }

    fn any(&self) -> Field<bool> {
        self.answer(self.all || self.entries)
    }

    fn answer(&self, covered: bool) -> Field<bool> {
        match (covered, self.open) {
            (true, _) => Field::Default(true),
            (false, true) => Field::Unknown,
            (false, false) => Field::Default(false),
        }
    }

    /// A wildcard stands for one label.
    /// <https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards>
    fn host(&self, host: &str) -> Field<bool> {
        let host = host.to_ascii_lowercase();
        let wildcard = host.split_once('.').filter(|(label, _)| !label.is_empty());
        let covered = || {
            self.hosts.contains(&host)
                || wildcard.is_some_and(|(_, rest)| self.hosts.contains(&format!("*.{rest}")))
        };
        self.answer(self.all || covered())
    }
}

fn of_rule<'s>(manifest: &Manifest<'_, 's>, rule: Node<'_, 's>, cover: &Cover) -> Option<Listener<'s>> {
    match look(rule, &["host"]) {
        Found::Stated(node) => {
            let host = node.as_str()?;
            let (place, host_field) = (node.span(), Field::set(host, node.span(), "host"));
            let tls = if host.is_empty() { cover.any() } else { cover.host(host) };
            Some(listener(manifest, place, tls, host_field))
        }
        Found::Absent => Some(listener(manifest, manifest.kind_span, cover.any(), Field::Unset)),
        // Whether any certificate covers an unknown host can be told only where none is there.
        Found::Unknown if cover.entries || cover.all || cover.open => None,
        Found::Unknown => Some(listener(manifest, manifest.kind_span, Field::Default(false), Field::Unknown)),
    }
}

/// What can be told of a listener is stated at its place.
fn listener<'s>(
    manifest: &Manifest<'_, 's>,
    place: Span,
    tls: Field<bool>,
    host: Field<&'s str>,
) -> Listener<'s> {
    let subject = manifest.subject;
    Listener {
        head: Head::new(place, subject),
        tls: tls.value().map_or(Field::Unknown, |tls| Field::set(*tls, place, "tls")),
        reach: reach(manifest, place),
        serves: Field::set(Serves::Content, place, ""),
        host,
    }
}

/// Who reaches an Ingress is for its annotations to say, or for the name of its class. The AWS controller
/// makes internal load balancers unless it is told otherwise.
/// <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#scheme>
fn reach(manifest: &Manifest<'_, '_>, place: Span) -> Field<Reach> {
    let scheme = manifest.annotation("alb.ingress.kubernetes.io/scheme");
    let private = manifest.annotation("appgw.ingress.kubernetes.io/use-private-ip").node();
    let class = manifest.look(&["spec", "ingressClassName"]).str();
    let class = class.or(manifest.annotation("kubernetes.io/ingress.class").str()).unwrap_or_default();
    let internal = match scheme {
        Found::Stated(scheme) => scheme.as_str() == Some("internal"),
        Found::Absent if class == "alb" && !manifest.annotations_open() => true,
        _ => {
            let says = |word: &str| matches!(word, "internal" | "private" | "intranet" | "tailscale");
            private.and_then(Node::truthy) == Some(true) || class.split(['-', '.', '_', '/']).any(says)
        }
    };
    Field::set(if internal { Reach::Internal } else { Reach::Public }, place, "")
}

fn backends<'s>(
    manifest: &Manifest<'_, 's>,
    rules: &[Node<'_, 's>],
    default: Found<'_, 's>,
    reader: &mut Reader<'s>,
) {
    let note = reader.sources.keep(format!("used by {}", manifest.subject).into());
    let paths = rules.iter().flat_map(|rule| look(*rule, &["http", "paths"]).items());
    let routed = paths.filter_map(|path| look(path, &["backend"]).node());
    for backend in routed.chain(default.node()) {
        let named = match look(backend, &["service"]) {
            // The AWS load balancer's actions look like Services.
            Found::Stated(service) if look(service, &["port", "name"]).str() == Some("use-annotation") => {
                None
            }
            Found::Stated(service) => named_use(manifest, service, "Service", "name", note),
            _ if look(backend, &["servicePort"]).str() == Some("use-annotation") => None,
            _ => named_use(manifest, backend, "Service", "serviceName", note),
        };
        reader.reading.links.uses.extend(named);
    }
}

/// Annotations that let cleartext requests through.
pub(super) fn redirects<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let Some(annotations) = manifest.look(&["metadata", "annotations"]).node() else { return };
    for entry in annotations.entries() {
        let key = entry.key.rsplit('/').next().unwrap_or_default();
        let about = matches!(key, "ssl-redirect" | "force-ssl-redirect") && entry.key.contains('/');
        if about && entry.value.truthy() == Some(false) {
            let span = entry.value.content_span();
            reader.reading.facts.switches.push(Switch {
                head: Head::new(span, manifest.subject),
                protects: Field::set(Protects::Tls, span, ""),
                position: Field::set(Position::Off, span, ""),
                key: Field::set(entry.key, entry.key_span, ""),
            });
        }
    }
}

/// The options of ingress-nginx as a whole stand in a ConfigMap, as `hsts`.
/// <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#hsts>
pub(super) fn controller_option<'s>(manifest: &Manifest<'_, 's>, datum: &Datum<'s>, reader: &mut Reader<'s>) {
    let controller = manifest.kind == "ConfigMap"
        && manifest.name.is_some_and(|name| name.contains("ingress") && name.contains("nginx"));
    let value = datum.text.as_str();
    if controller && datum.key == "hsts" && boolean::parse(value) == Some(false) {
        let place = datum.text.span(0..value.len());
        let hsts = Field::set(Duration::Finite(0), place, "hsts");
        let head = Head::new(place, manifest.subject);
        reader.reading.facts.servers.push(Server { hsts, ..Server::silent(head) });
    }
}

/// An Ingress as a server: only what its annotations state can be told; its controller decides the rest.
fn server<'s>(manifest: &Manifest<'_, 's>, cover: &Cover) -> Server<'s> {
    let place = manifest.kind_span;
    let off =
        manifest.find_annotation(|name| name.ends_with("/hsts")).filter(|node| node.truthy() == Some(false));
    let limit = manifest.find_annotation(|name| LIMITS.iter().any(|end| name.ends_with(end))).or_else(|| {
        let middlewares = manifest.annotation("traefik.ingress.kubernetes.io/router.middlewares");
        let plugins = middlewares.or(manifest.annotation("konghq.com/plugins")).node();
        plugins.filter(|names| {
            names.as_str().is_some_and(|names| names.contains("ratelimit") || names.contains("rate-limit"))
        })
    });
    let unlimited = if manifest.annotations_open() { Field::Unknown } else { Field::Unset };
    Server {
        head: manifest.head(),
        of_ingress: Field::set(true, place, ""),
        tls: cover.any(),
        public: Field::set(true, place, ""),
        answers: Field::NotApplicable,
        redirects: Field::NotApplicable,
        proxies: Field::set(true, place, ""),
        hsts: off.map_or(Field::NotApplicable, |node| {
            Field::set(Duration::Finite(0), node.content_span(), "hsts")
        }),
        content_type_options: Field::NotApplicable,
        frame_protection: Field::NotApplicable,
        drops_headers: Field::NotApplicable,
        rate_limit: limit.map_or(unlimited, |node| Field::set(true, node.span(), "limit")),
        hides_version: version(manifest),
        names_software: Field::NotApplicable,
    }
}

/// <https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/advanced-configuration-with-annotations/>
fn version(manifest: &Manifest<'_, '_>) -> Field<bool> {
    let shown = manifest.annotation("nginx.org/server-tokens").node().filter(|node| {
        node.as_str().is_some_and(|value| value == "on" || boolean::parse(value) == Some(true))
    });
    shown.map_or(Field::NotApplicable, |node| Field::set(false, node.content_span(), "server-tokens"))
}

/// An `OpenShift` Route: one host, with TLS where `spec.tls` is there.
pub(super) fn route<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let place = manifest.look(&["spec", "host"]).node().map_or(manifest.kind_span, Node::span);
    let tls = match manifest.look(&["spec", "tls"]) {
        Found::Stated(_) => Field::Default(true),
        Found::Absent => Field::Default(false),
        Found::Unknown => Field::Unknown,
    };
    let host = manifest.look(&["spec", "host"]).text("host", Field::Unset);
    reader.reading.facts.listeners.push(listener(manifest, place, tls, host));
}
