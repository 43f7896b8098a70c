//! What is said of pods and their containers.

use super::{deployment, read};
use crate::facts::{Field, Mounts, Runs};

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
fn a_container_whose_name_is_not_known_is_one_of_its_workload() {
    read(&deployment("containers:\n  - name: {{ .Values.name }}\n    image: x"), |reading, _| {
        assert_eq!(reading.facts.containers[0].head.subject, "a container of Deployment api");
    });
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
fn an_operator_knows_what_its_pods_lack() {
    let template = "apiVersion: elasticsearch.k8s.elastic.co/v1\nkind: Elasticsearch\nspec: {podTemplate: {spec: {containers: [{name: a, securityContext: {privileged: true}}]}}}\n";
    read(template, |reading, _| {
        assert_eq!(reading.facts.containers[0].privileged.value(), Some(&true));
        assert_eq!(reading.facts.containers[0].cpu_limit, Field::Unknown);
        assert_eq!(reading.facts.containers[0].runs, Field::Unknown);
    });
}
