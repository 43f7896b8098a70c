//! Ingresses: the hosts that they answer for, and what their annotations say to well-known controllers.

use super::config::Datum;
use super::env::named_use;
use super::lookup::{Found, look};
use super::manifest::Manifest;
use crate::facts::{Cors, Field, Head, Listener, Position, Protects, Reach, Server, Serves, Store, Switch};
use crate::formats::{Reader, nginx};
use crate::source::Span;
use crate::syntax::yaml::Node;
use crate::value::boolean;
use crate::value::duration::Duration;

/// Annotations by which a provider is told which certificate to use, for all hosts.
const CERTIFICATES: [&str; 5] = [
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "alb.ingress.kubernetes.io/certificate-arn",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
];

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

const NGINX: &str = "nginx.ingress.kubernetes.io/";

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
    cors(manifest, reader);
    snippets(manifest, reader);
    let server = server(manifest, &cover);
    reader.reading.facts.servers.push(server);
}

/// Which hosts have a certificate.
struct Cover<'s> {
    hosts: Vec<&'s str>,
    /// There is an entry of `spec.tls`, whatever its hosts.
    entries: bool,
    /// All hosts are covered.
    all: bool,
    /// There may be more than is seen.
    open: bool,
}

impl<'s> Cover<'s> {
    fn new(manifest: &Manifest<'_, 's>) -> Self {
        let provided = manifest.find_annotation(|name| CERTIFICATES.contains(&name)).is_some();
        let tls = manifest.look(&["spec", "tls"]);
        let mut cover =
            Cover { hosts: Vec::new(), entries: false, all: provided, open: manifest.annotations_open() };
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
                    cover.hosts.extend(hosts.items().filter_map(Node::as_str));
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
        let covers = |pattern: &&str| {
            pattern.eq_ignore_ascii_case(host)
                || pattern.strip_prefix("*.").is_some_and(|suffix| {
                    host.split_once('.')
                        .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(suffix))
                })
        };
        self.answer(self.all || self.hosts.iter().any(covers))
    }
}

fn of_rule<'s>(manifest: &Manifest<'_, 's>, rule: Node<'_, 's>, cover: &Cover<'s>) -> Option<Listener<'s>> {
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

fn reach(manifest: &Manifest<'_, '_>, place: Span) -> Field<Reach> {
    let scheme = manifest.annotation("alb.ingress.kubernetes.io/scheme").str();
    let class = manifest.annotation("kubernetes.io/ingress.class").str();
    let internal = match (scheme, class) {
        (Some(scheme), _) => scheme == "internal",
        (None, Some(class)) => class == "gce-internal",
        (None, None) => false,
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
fn redirects<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
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

/// ingress-nginx lets every origin in, with credentials, where CORS is on and nothing else is said.
/// <https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#enable-cors>
fn cors<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let annotation = |name: &str| manifest.annotation(&format!("{NGINX}{name}"));
    let Some(enabled) = annotation("enable-cors").node().filter(|node| node.truthy() == Some(true)) else {
        return;
    };
    let (any, place) = match annotation("cors-allow-origin") {
        Found::Stated(node) => match node.as_str() {
            Some(origins) => (origins.split(',').any(|origin| origin.trim() == "*"), node.span()),
            None => return,
        },
        Found::Absent => (true, enabled.span()),
        Found::Unknown => return,
    };
    let credentials =
        annotation("cors-allow-credentials").boolean("cors-allow-credentials", Field::Default(true));
    reader.reading.facts.cors.push(Cors {
        head: Head::new(place, manifest.subject),
        any_origin: Field::set(any, place, "cors-allow-origin"),
        reflected: Field::set(false, place, "cors-allow-origin"),
        credentials,
    });
}

/// Annotations that hold directives for the nginx of a controller are fragments of its configuration.
fn snippets<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let annotations = manifest.look(&["metadata", "annotations"]).node();
    for entry in annotations.into_iter().flat_map(Node::entries) {
        if is_snippet(entry.key) && entry.value.as_str().is_some() {
            reader.embed(entry.value.text(), &nginx::FORMAT, Store::Setting);
        }
    }
}

/// Whether an annotation or an option holds directives: `configuration-snippet`, `server-snippets`.
pub(super) fn is_snippet(key: &str) -> bool {
    let words = key.rsplit('/').next().unwrap_or(key);
    let kind = words.strip_suffix("-snippet").or_else(|| words.strip_suffix("-snippets"));
    matches!(kind, Some("main" | "http" | "server" | "location" | "configuration" | "stream" | "auth"))
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
fn server<'s>(manifest: &Manifest<'_, 's>, cover: &Cover<'s>) -> Server<'s> {
    let place = manifest.kind_span;
    let off =
        manifest.find_annotation(|name| name.ends_with("/hsts")).filter(|node| node.truthy() == Some(false));
    let limit = manifest.find_annotation(|name| LIMITS.iter().any(|end| name.ends_with(end)));
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
