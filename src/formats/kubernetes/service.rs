//! Services: which ports lead in from outside, and whether they are encrypted.

use std::net::IpAddr;

use super::annotations;
use super::lookup::{Found, known_str, look, pairs, port};
use super::manifest::Manifest;
use crate::data::images;
use crate::facts::links::Exposure;
use crate::facts::{Field, Head, Listener, Port, Publish, Reach, Serves};
use crate::formats::Reader;
use crate::syntax::yaml::Node;

/// Annotations by which load balancers of providers are told to end TLS.
const TLS: [&str; 19] = [
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
    "service.beta.kubernetes.io/do-loadbalancer-certificate-id",
    "service.beta.kubernetes.io/do-loadbalancer-certificate-name",
    "service.beta.kubernetes.io/do-loadbalancer-tls-ports",
    "service.beta.kubernetes.io/do-loadbalancer-tls-passthrough",
    "service.beta.kubernetes.io/oci-load-balancer-tls-secret",
    "service.beta.kubernetes.io/oci-load-balancer-ssl-ports",
    "service.beta.kubernetes.io/scw-loadbalancer-certificate-ids",
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-cert-id",
    "service.beta.kubernetes.io/linode-loadbalancer-default-tls-secret",
    "loadbalancer.openstack.org/default-tls-container-ref",
    "load-balancer.hetzner.cloud/http-certificates",
    "load-balancer.hetzner.cloud/http-managed-certificate-name",
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ssl-certificate",
    "service.beta.kubernetes.io/linode-loadbalancer-tls",
    "service.beta.kubernetes.io/vultr-loadbalancer-ssl",
    "service.beta.kubernetes.io/brightbox-load-balancer-listener-protocol-ssl",
    "kubernetes.io/elb.cert-id",
    "kubernetes.io/elb.tls-certificate-ids",
];

/// Annotations that keep a load balancer inside, and what they must say; an empty list takes any value but
/// a plain no.
const INTERNAL: [(&str, &[&str]); 17] = [
    ("service.beta.kubernetes.io/aws-load-balancer-internal", &[]),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", &["internal"]),
    ("networking.gke.io/load-balancer-type", &["internal"]),
    ("cloud.google.com/load-balancer-type", &["internal"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    ("oci.oraclecloud.com/internal", &["true"]),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", &[]),
    ("load-balancer.hetzner.cloud/disable-public-network", &["true"]),
    ("service.beta.kubernetes.io/cce-load-balancer-internal-vpc", &["true"]),
    ("service.beta.kubernetes.io/scw-loadbalancer-private", &["true"]),
    ("yandex.cloud/load-balancer-type", &["internal"]),
    ("service.beta.kubernetes.io/do-loadbalancer-network", &["internal"]),
    ("kubernetes.io/elb.class-type", &["internal"]),
];

/// Reads a Service.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let selector = manifest.look(&["spec", "selector"]).node().map(pairs);
    reader.reading.links.objects.extend(manifest.object());
    let publish = match manifest.look(&["spec", "type"]).str() {
        Some("NodePort") => Publish::NodePort,
        Some("LoadBalancer") if is_internal(manifest) => Publish::InternalLoadBalancer,
        Some("LoadBalancer") => Publish::LoadBalancer,
        _ => return,
    };
    let tls_ends_before = manifest.annotations_open()
        || manifest.find_annotation(|name| TLS.contains(&name)).is_some()
        || ends_tls_by_port(manifest);
    annotations::read(manifest, reader);
    for entry in manifest.look(&["spec", "ports"]).items() {
        let Some(node) = look(entry, &["port"]).node() else { continue };
        let Some(number) = port(node) else { continue };
        let index = reader.reading.facts.ports.len();
        reader.reading.facts.ports.push(published(manifest, entry, node, number, publish));
        if let Some(selector) = selector.clone().filter(|selector| !selector.is_empty()) {
            let exposure = Exposure { port: index, namespace: manifest.namespace, selector };
            reader.reading.links.exposures.push(exposure);
        }
        let balanced = matches!(publish, Publish::LoadBalancer | Publish::InternalLoadBalancer);
        if balanced && !tls_ends_before {
            reader.reading.facts.listeners.extend(listener(manifest, entry, node, number, publish));
        }
    }
}

/// Linode takes the certificate of each port as an annotation of its own.
/// <https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md>
fn ends_tls_by_port(manifest: &Manifest<'_, '_>) -> bool {
    let name = |name: &str| name.starts_with("service.beta.kubernetes.io/linode-loadbalancer-port-");
    let says = |node: Node<'_, '_>| node.as_str().is_some_and(|value| value.contains("tls-secret-name"));
    manifest.find_annotation(name).is_some_and(says)
}

/// Whether a load balancer can't be reached from everywhere: an annotation, its class, or the addresses that
/// it takes connections from say so.
fn is_internal(manifest: &Manifest<'_, '_>) -> bool {
    marked_internal(manifest) || balanced_inside(manifest) || takes_private_sources(manifest)
}

/// The AWS load balancer controller makes internal ones unless it is told otherwise, and Tailscale's reach
/// its own network only.
/// <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#lb-scheme>
fn balanced_inside(manifest: &Manifest<'_, '_>) -> bool {
    let annotation = |name: &str| manifest.annotation(&format!("service.beta.kubernetes.io/{name}"));
    let class = manifest.look(&["spec", "loadBalancerClass"]).str();
    let kind = annotation("aws-load-balancer-type").str();
    let by_controller = class == Some("service.k8s.aws/nlb") || matches!(kind, Some("external" | "nlb-ip"));
    let scheme = annotation("aws-load-balancer-scheme");
    let internal = annotation("aws-load-balancer-internal");
    class == Some("tailscale")
        || by_controller && scheme.is_absent() && internal.is_absent() && !manifest.annotations_open()
}

/// Whether connections are taken from private addresses only.
fn takes_private_sources(manifest: &Manifest<'_, '_>) -> bool {
    let mut sources = manifest.look(&["spec", "loadBalancerSourceRanges"]).items().peekable();
    sources.peek().is_some()
        && sources.all(|source| {
            let address =
                source.as_str().and_then(|range| range.split('/').next()?.trim().parse::<IpAddr>().ok());
            match address {
                Some(IpAddr::V4(address)) => address.is_private() || address.is_loopback(),
                Some(IpAddr::V6(address)) => address.is_unique_local() || address.is_loopback(),
                None => false,
            }
        })
}

fn marked_internal(manifest: &Manifest<'_, '_>) -> bool {
    INTERNAL.iter().any(|(name, values)| match manifest.annotation(name) {
        Found::Stated(node) => node.as_str().is_some_and(|value| {
            let is = |one: &&str| value.eq_ignore_ascii_case(one);
            if values.is_empty() { !value.eq_ignore_ascii_case("false") } else { values.iter().any(is) }
        }),
        _ => false,
    })
}

fn published<'s>(
    manifest: &Manifest<'_, 's>,
    entry: Node<'_, 's>,
    node: Node<'_, 's>,
    number: u16,
    publish: Publish,
) -> Port<'s> {
    let span = node.span();
    let written = match publish {
        Publish::NodePort => "NodePort",
        _ => "LoadBalancer",
    };
    let target = match look(entry, &["targetPort"]) {
        Found::Stated(target) => port(target),
        Found::Absent => Some(number),
        Found::Unknown => None,
    };
    let node_port = look(entry, &["nodePort"]).node().and_then(port);
    let host = if publish == Publish::NodePort { node_port } else { Some(number) };
    let store = images::datastore_port(number).or_else(|| target.and_then(images::datastore_port));
    Port {
        head: Head::new(span, manifest.subject),
        publish: Field::set(publish, span, written),
        container_port: target.map_or(Field::Unknown, |port| Field::set(port.into(), span, "targetPort")),
        host_port: host.map_or(Field::Unknown, |port| Field::set(port.into(), span, "port")),
        shown: Field::NotApplicable,
        all_interfaces: Field::set(true, span, written),
        datastore: store.map_or(Field::Unset, |store| Field::set(store, span, "port")),
    }
}

/// A port of a load balancer counts as cleartext unless its number or its name says TLS. UDP has other
/// means, and ssh its own.
fn listener<'s>(
    manifest: &Manifest<'_, 's>,
    entry: Node<'_, 's>,
    node: Node<'_, 's>,
    number: u16,
    publish: Publish,
) -> Option<Listener<'s>> {
    let protocol = look(entry, &["protocol"]);
    if !(protocol.is_absent() || protocol.str().is_some_and(|name| name.eq_ignore_ascii_case("TCP"))) {
        return None;
    }
    let says = |key| {
        known_str(entry, key).is_some_and(|name| {
            name.split(['-', '_', '.', '/'])
                .any(|word| matches!(word.to_ascii_lowercase().as_str(), "https" | "tls" | "wss"))
        })
    };
    if number == 22 || known_str(entry, "name") == Some("ssh") {
        return None;
    }
    let tls = matches!(number, 443 | 8443) || says("name") || says("appProtocol");
    let span = node.span();
    let reach = if publish == Publish::LoadBalancer { Reach::Public } else { Reach::Internal };
    Some(Listener {
        head: Head::new(span, manifest.subject),
        tls: Field::set(tls, span, "port"),
        reach: Field::set(reach, span, "LoadBalancer"),
        serves: Field::set(Serves::Content, span, ""),
        host: Field::Unset,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use crate::facts::Publish;

    fn is_internal(metadata: &str, spec: &str) -> bool {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{{metadata}}}\nspec: {{type: LoadBalancer, ports: [{{port: 80}}]{spec}}}\n"
        );
        let internal = std::cell::Cell::new(false);
        read(&text, |reading, _| {
            internal.set(reading.facts.ports[0].publish.value() == Some(&Publish::InternalLoadBalancer));
        });
        internal.get()
    }

    #[test]
    fn annotations_classes_and_sources_keep_a_load_balancer_inside() {
        let aws = "service.beta.kubernetes.io/aws-load-balancer";
        assert!(!is_internal("", ""));
        assert!(is_internal(&format!("annotations: {{{aws}-scheme: internal}}"), ""));
        assert!(is_internal(&format!("annotations: {{{aws}-type: nlb-ip}}"), ""));
        assert!(!is_internal(
            &format!("annotations: {{{aws}-type: external, {aws}-scheme: internet-facing}}"),
            ""
        ));
        assert!(!is_internal(&format!("annotations: {{{aws}-type: nlb}}"), ""));
        assert!(is_internal("", ", loadBalancerClass: tailscale"));
        assert!(is_internal("", ", loadBalancerSourceRanges: [10.0.0.0/8, \"fd00::/8\"]"));
        assert!(!is_internal("", ", loadBalancerSourceRanges: [10.0.0.0/8, 203.0.113.0/24]"));
        assert!(!is_internal("", ", loadBalancerSourceRanges: []"));
    }
}
