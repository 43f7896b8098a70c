//! How workloads are reached.

use super::{deployment, read};
use crate::facts::{Field, Position, Publish, Reach};
use crate::formats::Reader;
use crate::source::Sources;

#[test]
fn a_certificate_covers_its_host_and_a_wildcard_one_label() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: portal}\nspec:\n  tls: [{hosts: [\"*.example.org\", a.example.net]}]\n  rules: [{host: b.example.org}, {host: c.b.example.org}, {host: A.example.net}, {}]\n";
    read(ingress, |reading, at| {
        let found: Vec<_> = reading
            .facts
            .listeners
            .iter()
            .map(|one| (at(one.head.anchor), one.tls.value().copied()))
            .collect();
        let expected =
            [("b.example.org", true), ("c.b.example.org", false), ("A.example.net", true), ("kind", true)];
        assert_eq!(found, expected.map(|(host, tls)| (host.to_owned(), Some(tls))));
    });
}

#[test]
fn annotations_of_an_ingress_are_heard() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/ssl-redirect: \"false\"\n    nginx.ingress.kubernetes.io/enable-cors: \"true\"\n    networking.gke.io/managed-certificates: x\nspec: {rules: [{host: a.example.org}]}\n";
    read(ingress, |reading, at| {
        let [switch] = &reading.facts.switches[..] else { panic!() };
        assert_eq!(switch.position.value(), Some(&Position::Off));
        assert_eq!(at(switch.head.anchor), "false");
        assert_eq!(reading.facts.cors[0].any_origin.value(), Some(&true));
        assert_eq!(reading.facts.listeners[0].tls.value(), Some(&true));
        assert_eq!(reading.facts.servers[0].rate_limit, Field::Unset);
    });
}

#[test]
fn load_balancers_publish_their_ports() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec:\n  type: LoadBalancer\n  ports: [{port: 5432}, {port: 443}]\n";
    read(service, |reading, at| {
        let port = &reading.facts.ports[0];
        assert_eq!(port.publish.value(), Some(&Publish::LoadBalancer));
        assert!(port.datastore.value().is_some());
        assert_eq!(at(port.head.anchor), "5432");
        let tls: Vec<_> = reading.facts.listeners.iter().map(|one| one.tls.value().copied()).collect();
        assert_eq!(tls, [Some(false), Some(true)]);
    });
    let internal = service.replace(
        "{name: db}",
        "{name: db, annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: \"true\"}}",
    );
    read(&internal, |reading, _| {
        assert_eq!(reading.facts.ports[0].publish.value(), Some(&Publish::InternalLoadBalancer));
        assert_eq!(reading.facts.listeners[0].reach.value(), Some(&Reach::Internal));
    });
}

#[test]
fn hsts_is_turned_off_for_a_whole_controller() {
    let config = |name: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n  hsts: \"false\"\n")
    };
    read(&config("ingress-nginx-controller"), |reading, at| {
        assert_eq!(reading.facts.servers[0].hsts.span().map(at).as_deref(), Some("false"));
    });
    read(&config("app"), |reading, _| assert!(reading.facts.servers.is_empty()));
}

#[test]
fn snippets_are_fragments_of_nginx_configuration() {
    let sources = Sources::default();
    let text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      more_set_headers \"X-Frame-Options: DENY\";\n      proxy_ssl_protocols TLSv1.1;\nspec:\n  rules: []\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ingress-nginx-controller\ndata:\n  http-snippet: server_tokens on;\n";
    let id = sources.add("a.yaml".into(), text.into());
    let mut readings = vec![Reader::read(&sources, id, crate::formats::find("kubernetes").unwrap())];
    crate::formats::join(&mut readings, &sources);
    let facts = &readings[0].facts;
    assert_eq!(sources.slice(facts.protocols[0].head.anchor), "TLSv1.1");
    let shown = facts.servers.iter().filter_map(|server| server.hides_version.span());
    assert_eq!(shown.map(|span| sources.slice(span)).collect::<Vec<_>>(), ["on"]);
    assert!(facts.settings.is_empty());
}

#[test]
fn pods_on_the_network_of_their_node_are_beyond_policies() {
    let workloads = |pod: &str| {
        let count = std::cell::Cell::new(0);
        read(&deployment(pod), |reading, _| count.set(reading.links.workloads.len()));
        count.get()
    };
    assert_eq!(workloads("containers: [{name: a, image: x}]"), 1);
    assert_eq!(workloads("hostNetwork: true\ncontainers: [{name: a, image: x}]"), 0);
    assert_eq!(workloads("hostNetwork: {{ .Values.host }}\ncontainers: [{name: a, image: x}]"), 0);
}

#[test]
fn selectors_of_every_policy_are_read() {
    let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {podSelector: {matchLabels: {a: b}, matchExpressions: [{key: c, operator: Exists}]}}\n---\napiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nspecs: [{endpointSelector: {matchLabels: {\"k8s:a\": b}}}, {nodeSelector: {}}]\n---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nspec: {selector: \"a == 'b' && has(c)\"}\n";
    read(text, |reading, _| {
        let [plain, cilium, calico] = &reading.links.policies[..] else { panic!() };
        assert_eq!(plain.selector, calico.selector);
        assert_eq!(plain.selector.terms[0], cilium.selector.terms[0]);
        assert!(!plain.everywhere && cilium.everywhere && calico.everywhere);
    });
}
