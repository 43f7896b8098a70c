//! What manifests say.

use proptest::prelude::*;

use super::FORMAT;
use crate::facts::{Field, Mounts, Pin, Position, ProblemKind, Protects, Publish, Reach, Runs, Store};
use crate::formats::{Candidate, Reader, Reading};
use crate::source::{Sources, Span};

pub(super) fn read(text: &str, check: impl Fn(&Reading<'_>, &dyn Fn(Span) -> String)) {
    named("k8s/app.yaml", text, check);
}

pub(super) fn named(path: &str, text: &str, check: impl Fn(&Reading<'_>, &dyn Fn(Span) -> String)) {
    let sources = Sources::default();
    let file = sources.add(path.into(), text.into());
    let reading = Reader::read(&sources, file, &FORMAT);
    check(&reading, &|span| sources.slice(span).to_owned());
}

/// A Deployment whose pod has these lines, each indented by six blanks.
fn deployment(pod: &str) -> String {
    let head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: {}\n  template:\n    spec:\n";
    let lines: String = pod.lines().flat_map(|line| ["      ", line, "\n"]).collect();
    format!("{head}{lines}")
}

fn recognised(path: &str, text: &str) -> bool {
    let candidate = Candidate { path, has_sibling: &|_| false };
    (FORMAT.by_name)(&candidate).or_else(|| (FORMAT.by_content)(&candidate, text)).is_some()
}

#[test]
fn manifests_are_told_by_their_outermost_keys() {
    assert!(recognised("a.yaml", "# x\napiVersion: v1\nkind: Pod\n"));
    assert!(recognised("a.yml", "---\n\"kind\": Pod\n\"apiVersion\": v1\n"));
    assert!(recognised("a.json", "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}"));
    assert!(recognised("templates/a.yaml", "{{- if .Values.x }}\napiVersion: v1\nkind: Pod\n{{- end }}"));
    assert!(recognised("base/kustomization.yaml", "resources: []"));
    assert!(!recognised("Chart.yaml", "apiVersion: v2\nname: x\n"));
    assert!(!recognised("a.yaml", "spec:\n  apiVersion: v1\n  kind: Pod\n"));
    assert!(!recognised("a.txt", "apiVersion: v1\nkind: Pod\n"));
}

#[test]
fn a_container_says_more_than_its_pod() {
    let pod = "securityContext: {runAsUser: 1000}\ncontainers:\n  - name: good\n  - image: x\n    name: bad\n    securityContext:\n      runAsUser: 0\n      privileged: true\n      capabilities: {add: [cap_net_admin], drop: [ALL]}";
    read(&deployment(pod), |reading, at| {
        let [good, bad] = &reading.facts.containers[..] else { panic!() };
        assert_eq!(good.user.value(), Some(&"1000"));
        assert_eq!(good.escalation, Field::Default(true));
        assert_eq!(bad.user.value(), Some(&"0"));
        assert_eq!(bad.user.span().map(at).as_deref(), Some("0"));
        assert_eq!(bad.privileged.value(), Some(&true));
        assert_eq!(bad.added_capabilities.value(), Some(&vec!["NET_ADMIN"]));
        assert_eq!(bad.added_capabilities.span().map(at).as_deref(), Some("cap_net_admin"));
        assert_eq!(at(bad.head.anchor), "image");
    });
}

#[test]
fn root_holds_by_default_unless_it_is_ruled_out() {
    let user = |context: &str| {
        let pod = format!("containers:\n  - name: a\n    securityContext: {context}");
        let mut user = String::new();
        let cell = std::cell::RefCell::new(&mut user);
        read(&deployment(&pod), |reading, _| {
            **cell.borrow_mut() = match &reading.facts.containers[0].user {
                Field::Set(stated) => stated.value.to_owned(),
                Field::Default(value) => format!("default {value}"),
                other => format!("{other:?}"),
            };
        });
        user
    };
    assert_eq!(user("{}"), "default root");
    assert_eq!(user("{runAsNonRoot: false}"), "default root");
    assert_eq!(user("{runAsNonRoot: true}"), "NotApplicable");
    assert_eq!(user("{runAsNonRoot: true, runAsUser: 0}"), "0");
    assert_eq!(user("{windowsOptions: {runAsUserName: ContainerAdministrator}}"), "ContainerAdministrator");
}

#[test]
fn what_a_template_may_add_is_unknown() {
    let pod = "containers:\n  - name: a\n    image: {{ .Values.image }}\n    {{- with .Values.more }}\n    {{- toYaml . | nindent 10 }}\n    {{- end }}";
    read(&deployment(pod), |reading, _| {
        let [container] = &reading.facts.containers[..] else { panic!() };
        assert_eq!(container.liveness, Field::Unknown);
        assert_eq!(container.user, Field::Unknown);
        assert!(reading.facts.images.is_empty());
    });
}

#[test]
fn probes_limits_and_lives_are_told_apart() {
    let pod = "initContainers:\n  - {name: setup}\n  - {name: sidecar, restartPolicy: Always}\ncontainers:\n  - name: web\n    ports: [{name: http, containerPort: 8080}]\n    livenessProbe: {httpGet: {port: http}, periodSeconds: 2}\n    resources: {limits: {cpu: 1}, requests: {memory: 1Gi}}";
    read(&deployment(pod), |reading, at| {
        let runs: Vec<_> =
            reading.facts.containers.iter().filter_map(|one| one.runs.value().copied()).collect();
        assert_eq!(runs, [Runs::ToCompletion, Runs::Long, Runs::Long]);
        let web = &reading.facts.containers[2];
        assert_eq!(web.liveness.value(), Some(&true));
        assert_eq!(web.readiness, Field::Unset);
        assert_eq!(web.cpu_limit.value(), Some(&"1"));
        assert_eq!(web.memory_limit, Field::Unset);
        assert_eq!(web.listens, [8080]);
        let check = &web.checks[0];
        assert_eq!(check.port.map(|(port, span)| (port, at(span))), Some((8080, "http".to_owned())));
        assert_eq!((check.period, check.failure_threshold), (Some(2), Some(3)));
    });
}

#[test]
fn jobs_and_once_only_pods_run_to_completion() {
    for text in [
        "apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}",
        "apiVersion: v1\nkind: Pod\nspec: {restartPolicy: Never, containers: [{name: a}]}",
    ] {
        read(text, |reading, _| {
            assert_eq!(reading.facts.containers[0].runs.value(), Some(&Runs::ToCompletion), "{text}");
        });
    }
}

#[test]
fn pods_of_kinds_that_are_not_known_are_found_and_schemas_are_not_pods() {
    let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {spec: {containers: [{name: a}]}}}";
    read(rollout, |reading, _| assert_eq!(reading.facts.containers.len(), 1));
    read(&rollout.replace("Rollout", "CustomResourceDefinition"), |reading, _| {
        assert!(reading.facts.containers.is_empty());
    });
}

#[test]
fn what_the_pod_says_is_said_once() {
    let pod = "hostNetwork: true\ncontainers:\n  - {name: a}\n  - {name: b}";
    read(&deployment(pod), |reading, at| {
        let [a, b] = &reading.facts.containers[..] else { panic!() };
        assert_eq!(a.host_network.span().map(at).as_deref(), Some("true"));
        assert_eq!(b.host_network, Field::NotApplicable);
    });
}

#[test]
fn a_patch_is_not_blamed_for_what_it_does_not_say() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: a}]}}}";
    read(patch, |reading, _| assert_eq!(reading.facts.containers[0].liveness, Field::Unknown));
}

#[test]
fn variables_are_settings_and_references_are_uses() {
    let pod = "containers:\n  - name: a\n    env:\n      - {name: MODE, value: \"on\"}\n      - {name: PASS, valueFrom: {secretKeyRef: {name: login, key: password}}}\n    envFrom: [{configMapRef: {name: app, optional: true}}]\nvolumes: [{name: v, configMap: {name: files}}]";
    read(&deployment(pod), |reading, at| {
        let [mode] = &reading.facts.settings[..] else { panic!() };
        assert_eq!((mode.key.value(), at(mode.head.anchor).as_str()), (Some(&"MODE"), "on"));
        let uses: Vec<_> =
            reading.links.uses.iter().map(|one| (one.kind, one.name, one.key, one.optional)).collect();
        let expected = [
            ("Secret", "login", Some("password"), false),
            ("ConfigMap", "app", None, true),
            ("ConfigMap", "files", None, false),
        ];
        assert_eq!(uses, expected);
        assert!(reading.facts.containers[0].environment_open);
    });
}

#[test]
fn entries_of_config_maps_keep_their_places() {
    read(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  url: http://a\n  config.json: |\n    {\"db\": {\"host\": \"x\"}}\n    \n",
        |reading, at| {
            let found: Vec<_> = reading
                .facts
                .settings
                .iter()
                .map(|one| (one.key.value().copied(), at(one.head.anchor), one.store))
                .collect();
            assert_eq!(found[0], (Some("url"), "http://a".to_owned(), Store::ConfigMap));
            assert_eq!(found[1], (Some("db.host"), "x".to_owned(), Store::ConfigMap));
        },
    );
}

#[test]
fn secrets_are_decoded_and_encrypted_ones_say_nothing() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\ndata: {user: cG9zdGdyZXM=}\nstringData: {mode: x}\n";
    read(secret, |reading, at| {
        let [user, mode] = &reading.facts.settings[..] else { panic!() };
        assert_eq!((user.text.as_str(), at(user.head.anchor).as_str()), ("postgres", "cG9zdGdyZXM="));
        assert_eq!(mode.store, Store::Secret);
        assert_eq!(reading.links.objects[0].data.len(), 2);
    });
    read(&format!("{secret}sops: {{mac: x}}\n"), |reading, _| assert!(reading.facts.settings.is_empty()));
}

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
fn a_path_of_the_node_is_read_only_where_every_mount_is() {
    let pod = "containers:\n  - {name: a, volumeMounts: [{name: sock, mountPath: /s, readOnly: true}, {name: data, mountPath: /d}]}\nvolumes:\n  - {name: sock, hostPath: {path: /var/run/docker.sock}}\n  - {name: data, hostPath: {path: /data}}";
    read(&deployment(pod), |reading, at| {
        let [sock, data] = &reading.facts.volumes[..] else { panic!() };
        assert_eq!(sock.mounts.value(), Some(&Mounts::RuntimeSocket));
        assert_eq!(sock.read_only.value(), Some(&true));
        assert_eq!(at(sock.head.anchor), "/var/run/docker.sock");
        assert_eq!((data.mounts.value(), data.read_only.value()), (Some(&Mounts::HostPath), Some(&false)));
    });
}

#[test]
fn an_audit_policy_that_starts_with_none_for_all_records_nothing() {
    let policy = |rule: &str| {
        format!("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - {rule}\n  - {{level: Metadata}}\n")
    };
    read(&policy("{level: None}"), |reading, at| {
        assert_eq!(reading.facts.switches[0].protects.value(), Some(&Protects::Audit));
        assert_eq!(at(reading.facts.switches[0].head.anchor), "None");
    });
    read(&policy("{level: None, users: [x]}"), |reading, _| assert!(reading.facts.switches.is_empty()));
}

#[test]
fn places_that_a_pod_is_bound_to_and_addresses_of_other_kinds_are_settings() {
    let pod = "containers: [{name: a}]\nnodeSelector: {topology.kubernetes.io/region: eu-west-2, disk: ssd}\naffinity: {nodeAffinity: {x: [{key: topology.kubernetes.io/zone, operator: In, values: [eu-west-2a]}]}}";
    read(&deployment(pod), |reading, at| {
        let found: Vec<_> = reading.facts.settings.iter().map(|one| at(one.head.anchor)).collect();
        assert_eq!(found, ["eu-west-2", "eu-west-2a"]);
    });
    read(
        "apiVersion: velero.io/v1\nkind: BackupStorageLocation\nspec: {provider: aws, config: {region: eu-west-1}}\n",
        |reading, _| {
            assert_eq!(reading.facts.settings.len(), 1);
        },
    );
}

#[test]
fn lists_are_unpacked_and_documents_stand_alone() {
    let list = "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"nginx\"}]}}]}";
    named("a.json", list, |reading, _| {
        assert_eq!(reading.facts.images[0].pin.value(), Some(&Pin::Latest));
    });
    read("kind: [\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\n", |reading, _| {
        assert_eq!(reading.facts.containers.len(), 1);
        assert_eq!(reading.facts.problems[0].kind.value(), Some(&ProblemKind::Syntax));
    });
}

#[test]
fn a_key_that_stands_twice_is_a_problem_at_the_second() {
    read("apiVersion: v1\nkind: Pod\nkind: Pod\n", |reading, at| {
        let [problem] = &reading.facts.problems[..] else { panic!() };
        assert_eq!(at(problem.head.anchor), "kind");
        assert!(problem.detail.value().is_some_and(|detail| detail.contains("kind")));
    });
}

#[test]
fn kustomizations_name_files_and_generate_objects() {
    let text = "resources: [deployment.yaml, https://example.org/x.yaml]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: app, literals: [MODE=\"on\"]}]\nimages: [{name: nginx, newTag: latest}]\n";
    named("k8s/kustomization.yaml", text, |reading, at| {
        let files: Vec<_> = reading.links.files.iter().map(|one| (one.path.as_str(), one.patch)).collect();
        assert_eq!(files, [("k8s/deployment.yaml", false), ("k8s/patch.yaml", true)]);
        assert!(reading.links.objects[0].open);
        assert_eq!(reading.facts.settings[0].text.as_str(), "on");
        assert_eq!(at(reading.facts.images[0].head.anchor), "latest");
    });
}

/// Manifests with parts put in, taken out and mixed up.
fn mangled() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "apiVersion: v1\n",
        "kind: Pod\n",
        "kind: Deployment\n",
        "kind: Ingress\n",
        "kind: ConfigMap\n",
        "kind: NetworkPolicy\n",
        "kind: Workflow\n",
        "patches:\n",
        "- target: {kind: Deployment}\n",
        "  patch: |-\n",
        "    - {op: add, path: /spec/template/spec/containers/0/image, value: a}\n",
        "podSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}\n",
        "annotations: {a/server-snippet: \"ssl_protocols TLSv1;\"}\n",
        "kind: List\n",
        "items:\n",
        "- ",
        "spec:\n",
        "  ",
        "    ",
        "template:\n",
        "containers:\n",
        "- name: a\n",
        "env: [",
        "{name: x, value: y}",
        "]",
        "}",
        "{",
        "&a ",
        "*a\n",
        "<<: *a\n",
        "securityContext: {runAsUser: 0}\n",
        "data:\n",
        "x.json: |\n",
        "a=b\n",
        "{{ .x }}",
        "{{- if }}\n",
        "---\n",
        "ports: [{port: 99999}]\n",
        "kind: Service\n",
        "type: LoadBalancer\n",
        "é",
        "\t",
        "\r\n",
        "\u{0}",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_makes_it_panic_and_all_places_lie_in_the_text(text in prop_oneof![mangled(), ".{0,200}"]) {
        let sources = Sources::default();
        let file = sources.add("k8s/kustomization.yaml".into(), text.clone());
        let reading = Reader::read(&sources, file, &FORMAT);
        for setting in &reading.facts.settings {
            prop_assert!(text.get(setting.head.anchor.range()).is_some());
        }
        for container in &reading.facts.containers {
            prop_assert!(text.get(container.head.anchor.range()).is_some());
        }
    }
}

#[test]
fn annotations_allow_in_their_object_and_in_the_pods_of_a_template() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  annotations: {govlint.dev/allow: root-user a}\nspec:\n  template:\n    metadata:\n      annotations: {govlint.dev/allow: root-user b}\n    spec: {containers: [{name: c}]}\n";
    read(text, |reading, at| {
        let [object, pod] = &reading.annotations[..] else { panic!() };
        assert_eq!((object.value, at(object.place).as_str()), ("root-user a", "root-user a"));
        assert!(at(object.block).starts_with("apiVersion"));
        assert_eq!(pod.value, "root-user b");
        assert!(at(pod.block).starts_with("metadata") && at(pod.block).contains("containers"));
    });
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {govlint.dev/allow: root-user a}\nspec: {containers: []}\n";
    read(pod, |reading, _| assert_eq!(reading.annotations.len(), 1));
}

#[test]
fn a_container_whose_name_is_not_known_is_one_of_its_workload() {
    read(&deployment("containers:\n  - name: {{ .Values.name }}\n    image: x"), |reading, _| {
        assert_eq!(reading.facts.containers[0].head.subject, "a container of Deployment api");
    });
}

#[test]
fn a_template_action_that_nothing_closes_is_a_syntax_error() {
    read("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name\n", |reading, at| {
        let [problem] = &reading.facts.problems[..] else { panic!() };
        assert_eq!(problem.kind.value(), Some(&ProblemKind::Syntax));
        assert_eq!(at(problem.head.anchor), "{{ .Values.name");
    });
}

#[test]
fn variables_inside_an_entry_are_settings() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: DB_PASSWORD=one\n  b: DB_PASSWORD:two\n  c: |\n    DB_USER: app\n    DB_PASSWORD: three\n  password: A_B=\n  d: HOST:6379\n";
    read(text, |reading, at| {
        let settings = reading.facts.settings.iter();
        let settings: Vec<_> = settings
            .map(|one| (one.key.value().copied().unwrap_or_default(), at(one.head.anchor), one.store))
            .collect();
        let is = |key, value: &str| (key, value.to_owned(), Store::ConfigMap);
        let expected = [
            is("DB_PASSWORD", "one"),
            is("DB_PASSWORD", "two"),
            is("DB_USER", "app"),
            is("DB_PASSWORD", "three"),
            is("password", "A_B="),
            is("d", "HOST:6379"),
        ];
        assert_eq!(settings, expected);
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
fn arguments_alone_belong_to_a_program_that_the_image_names() {
    let pod = "containers:\n  - name: a\n    args: [--insecure-skip-tls-verify, --port=1]\n";
    read(&deployment(pod), |reading, _| {
        let [command] = &reading.facts.commands[..] else { panic!() };
        assert_eq!((command.program, command.parsed.arguments().len()), (Field::Unknown, 2));
    });
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

#[test]
fn an_operator_knows_what_its_pods_lack() {
    let template = "apiVersion: elasticsearch.k8s.elastic.co/v1\nkind: Elasticsearch\nspec: {podTemplate: {spec: {containers: [{name: a, securityContext: {privileged: true}}]}}}\n";
    read(template, |reading, _| {
        assert_eq!(reading.facts.containers[0].privileged.value(), Some(&true));
        assert_eq!(reading.facts.containers[0].cpu_limit, Field::Unknown);
        assert_eq!(reading.facts.containers[0].runs, Field::Unknown);
    });
}

#[test]
fn switches_and_retentions_of_other_kinds_are_found() {
    let text = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec: {endpoints: [{tlsConfig: {insecureSkipVerify: true}}]}\n---\napiVersion: velero.io/v1\nkind: Schedule\nspec: {template: {ttl: 24h}}\n---\napiVersion: kafka.strimzi.io/v1\nkind: Kafka\nspec: {kafka: {listeners: [{tls: false}], metadata: {tls: false}}}\n";
    read(text, |reading, at| {
        assert_eq!(reading.facts.switches[0].protects.value(), Some(&Protects::Verification));
        let settings: Vec<_> = reading
            .facts
            .settings
            .iter()
            .map(|one| (one.key.value().copied().unwrap_or_default(), at(one.head.anchor)))
            .collect();
        assert_eq!(settings, [("backup.ttl", "24h".to_owned()), ("tls", "false".to_owned())]);
    });
}
