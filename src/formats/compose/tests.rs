//! Whole files through [`Reader::read`] and [`join`].

mod neighbours;
mod projects;

use proptest::prelude::*;

use crate::facts::links::MountSource;
use crate::facts::{Container, Facts, Field, Healthcheck, Mounts, ProblemKind, Reach, Runs};
use crate::formats::{Candidate, Reader, Reading, find, join, recognise};
use crate::link::{Nothing, link};
use crate::source::{Sources, Span};

pub(super) fn read<'s>(sources: &'s Sources, files: &[(&str, &str)]) -> Vec<Reading<'s>> {
    let mut readings: Vec<_> = files
        .iter()
        .map(|(path, text)| {
            let id = sources.add((*path).into(), (*text).into());
            let candidate = Candidate::new(path, &|_| false);
            let format = recognise(&candidate, || Some(text)).map_or("compose", |found| found.format.name);
            Reader::read(sources, id, find(format).unwrap())
        })
        .collect();
    join(&mut readings, sources);
    readings
}

pub(super) fn one<'s>(sources: &'s Sources, text: &str) -> Reading<'s> {
    read(sources, &[("compose.yaml", text)]).pop().unwrap()
}

pub(super) fn at(sources: &Sources, span: Span) -> (&str, &str) {
    (sources.file(span.file).path(), sources.slice(span))
}

pub(super) fn settings(facts: &Facts<'_>) -> Vec<(String, String)> {
    let settings = facts.settings.iter();
    settings.map(|one| (one.key.value().unwrap().to_string(), one.text.as_str().to_owned())).collect()
}

fn container<'a, 's>(reading: &'a Reading<'s>, name: &str) -> &'a Container<'s> {
    reading.facts.containers.iter().find(|one| one.name.value() == Some(&name)).unwrap()
}

#[test]
fn files_are_known_by_name_and_by_content() {
    let format = |path: &str, text: &str| {
        let candidate = Candidate::new(path, &|_| false);
        recognise(&candidate, || Some(text)).map(|found| found.format.name)
    };
    for path in ["compose.yaml", "docker-compose.prod.yml", "a/compose.dev.yml", "docker-compose.yml.example"]
    {
        assert_eq!(format(path, ""), Some("compose"), "{path}");
    }
    assert_ne!(format("composer.yml", ""), Some("compose"));
    assert_eq!(format("stack.yml", "# s\nservices:\n  web:\n    image: a\n"), Some("compose"));
    for text in [
        "on: push\njobs:\n  a:\n    services:\n      b:\n        image: c\n",
        "image: x\nservices:\n  - name: docker\n    image: y\n",
        "services:\n  web:\n    replicas: 1\n",
        "apiVersion: v1\nservices:\n  a:\n    image: b\n",
    ] {
        assert_ne!(format("x.yml", text), Some("compose"), "{text}");
    }
}

#[test]
fn environments_are_settings_in_both_forms() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: postgres:16\n    environment:\n      REDIS_TLS: off\n      PORT: 6379\n      SHELL:\n  b:\n    image: b\n    environment:\n      - KEY=a=b\n      - FROM_SHELL\n";
    let reading = one(&sources, text);
    let expected = [("REDIS_TLS", "off"), ("PORT", "6379"), ("KEY", "a=b")];
    assert_eq!(settings(&reading.facts), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let key = &reading.facts.settings[2];
    assert_eq!(at(&sources, key.key.span().unwrap()).1, "KEY");
    assert_eq!(at(&sources, key.head.anchor).1, "a=b");
    assert_eq!(reading.facts.settings[0].image, Some("postgres"));
    assert_eq!(container(&reading, "a").environment_given, ["SHELL"]);
    assert_eq!(container(&reading, "b").environment_given, ["FROM_SHELL"]);
    assert_ne!(reading.facts.settings[0].scope, key.scope);
}

#[test]
fn a_default_that_is_empty_is_no_value() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: a\n    environment:\n      PASSWORD: ${PASSWORD:-}\n      REAL_PASSWORD: ''\n";
    let id = sources.add("compose.yaml".into(), text.into());
    let mut readings = vec![Reader::read(&sources, id, find("compose").unwrap())];
    join(&mut readings, &sources);
    assert_eq!(settings(&readings[0].facts), [("REAL_PASSWORD".to_owned(), String::new())]);
}

#[test]
fn ports_are_published_where_they_say() {
    let sources = Sources::default();
    let text = r#"services:
  redis:
    image: redis:7
    ports:
      - "6379:6379"
      - 127.0.0.1:6380:6379
      - "[::1]:6381:6379"
      - "[::]:6382:6379/tcp"
      - "3000"
      - "${BIND}:80:80"
      - "${BIND:-127.0.0.1}:81:80"
      - "${WEB_PORT}:5432"
      - "${ANYTHING}:5432"
      - 9000-9010:9000-9010
      - target: 80
        published: 8080
        host_ip: 0.0.0.0
      - target: 81
        published: "8081"
      - target: 82
"#;
    let reading = one(&sources, text);
    let all: Vec<_> = reading.facts.ports.iter().map(|port| port.all_interfaces.value().copied()).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(all, [yes, no, no, yes, yes, None, no, yes, None, yes, yes, yes, yes]);
    let places: Vec<_> = reading.facts.ports.iter().map(|port| at(&sources, port.head.anchor).1).collect();
    assert_eq!(places[2], "[::1]:6381:6379");
    assert_eq!(places[10..], ["0.0.0.0", "8081", "82"]);
    assert_eq!(reading.facts.ports[9].container_port.value(), Some(&9000));
    assert_eq!(reading.facts.ports[0].datastore.value(), Some(&"Redis"));
    assert!(container(&reading, "redis").published);
}

#[test]
fn a_port_is_a_data_stores_by_its_number_too() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: own/store\n    ports: ['127.0.0.1:5432:5432', '80:80']\n";
    let reading = one(&sources, text);
    assert!(matches!(reading.facts.ports[0].datastore, Field::Set(_)));
    assert_eq!(reading.facts.ports[1].datastore, Field::Unset);
    let loopback = one(&sources, "services:\n  a:\n    image: x\n    ports: ['127.0.0.1:5432:5432']\n");
    assert!(!container(&loopback, "a").published);
}

#[test]
fn privileges_are_read_with_their_places() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: x\n    user: 0\n    privileged: yes\n    cap_add: [cap_sys_admin, NET_RAW]\n    network_mode: host\n    pid: host\n    ipc: service:b\n    read_only: true\n    security_opt: ['no-new-privileges:true']\n  b:\n    image: y\n    user: ${UID}\n    security_opt: [apparmor:x]\n";
    let reading = one(&sources, text);
    let a = container(&reading, "a");
    assert_eq!(a.user.value(), Some(&"0"));
    assert_eq!(at(&sources, a.privileged.span().unwrap()).1, "yes");
    assert_eq!(a.added_capabilities.value().unwrap(), &["SYS_ADMIN", "NET_RAW"]);
    assert_eq!(at(&sources, a.added_capabilities.span().unwrap()).1, "cap_sys_admin, NET_RAW");
    assert_eq!(
        (a.host_network.value(), a.host_pid.value(), a.host_ipc.value()),
        (Some(&true), Some(&true), Some(&false))
    );
    assert_eq!((a.read_only_root.value(), a.escalation.value()), (Some(&true), Some(&false)));
    assert!(a.published);
    let b = container(&reading, "b");
    assert_eq!(
        (b.user, b.escalation, b.host_network),
        (Field::Unknown, Field::Default(true), Field::Default(false))
    );
    assert_eq!(at(&sources, b.head.anchor).1, "b");
    assert_eq!((b.cpu_limit, b.healthcheck), (Field::Unset, Field::Unset));
}

#[test]
fn health_checks_are_present_disabled_or_the_images() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: x\n    healthcheck:\n      test: [CMD, curl, -f, 'http://localhost:8080/health']\n      interval: 30s\n      retries: 3\n  b:\n    image: x\n    healthcheck: {disable: true}\n  c:\n    image: x\n    healthcheck: {test: [\"NONE\"]}\n  d:\n    build: .\n  e:\n    image: ${IMAGE}\n  f:\n    image: x\n    healthcheck: {test: curl localhost || exit 1}\n  g:\n    image: x:${TAG}\n";
    let reading = one(&sources, text);
    let health = |name| container(&reading, name).healthcheck.value().copied();
    assert_eq!(health("a"), Some(Healthcheck::Present));
    let check = &container(&reading, "a").checks[0];
    assert_eq!(check.command.as_ref().unwrap().program.value(), Some(&"curl"));
    assert_eq!((check.port.unwrap().0, check.period, check.failure_threshold), (8080, Some(30), Some(3)));
    assert_eq!(at(&sources, check.port.unwrap().1).1, "8080");
    let b = container(&reading, "b").healthcheck;
    assert_eq!((b.value(), at(&sources, b.span().unwrap()).1), (Some(&Healthcheck::Disabled), "true"));
    assert_eq!(health("c"), Some(Healthcheck::Disabled));
    assert_eq!(container(&reading, "d").healthcheck, Field::Unset);
    assert_eq!(container(&reading, "e").healthcheck, Field::Unknown);
    assert_eq!(health("f"), Some(Healthcheck::Present));
    assert_eq!(container(&reading, "g").healthcheck, Field::Unset);
}

#[test]
fn a_service_that_another_waits_for_runs_to_completion() {
    let sources = Sources::default();
    let text = "services:\n  migrate:\n    build: .\n  web:\n    build: .\n    depends_on:\n      migrate: {condition: service_completed_successfully}\n";
    let reading = one(&sources, text);
    assert_eq!(container(&reading, "migrate").runs.value(), Some(&Runs::ToCompletion));
    assert_eq!(container(&reading, "web").runs.value(), Some(&Runs::Long));
}

#[test]
fn limits_are_read_in_all_their_spellings() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: x\n    deploy: {resources: {limits: {cpus: '0.5', memory: 64M}}}\n  b:\n    image: x\n    cpus: 1\n    mem_limit: 1g\n";
    let reading = one(&sources, text);
    assert_eq!(
        (container(&reading, "a").cpu_limit.value(), container(&reading, "a").memory_limit.value()),
        (Some(&"0.5"), Some(&"64M"))
    );
    assert_eq!(
        (container(&reading, "b").cpu_limit.value(), container(&reading, "b").memory_limit.value()),
        (Some(&"1"), Some(&"1g"))
    );
}

#[test]
fn an_unknown_tag_leaves_the_image_known() {
    let sources = Sources::default();
    let reading = one(
        &sources,
        "services:\n  a:\n    image: postgres:${TAG}\n    ports: ['1:1']\n  b:\n    image: ${REGISTRY}/a:1\n",
    );
    assert_eq!(reading.facts.images.len(), 1);
    let image = &reading.facts.images[0];
    assert_eq!((image.repository.value(), image.pin), (Some(&"postgres"), Field::Unknown));
    assert!(matches!(reading.facts.ports[0].datastore, Field::Set(_)));
}

#[test]
fn commands_are_stated_as_words() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: x\n    command: redis-server --requirepass $$PASS\n  b:\n    image: x\n    entrypoint: [sh, -c]\n    command: [\"flask run --debug\"]\n  c:\n    image: x\n    command: [--insecure]\n";
    let reading = one(&sources, text);
    let lines: Vec<_> = reading.facts.commands.iter().map(|command| *command.line.value().unwrap()).collect();
    assert!(lines.contains(&"redis-server --requirepass $PASS"), "{lines:?}");
    assert!(lines.contains(&"flask run --debug"), "{lines:?}");
    assert!(lines.contains(&"--insecure"), "{lines:?}");
}

#[test]
fn what_compose_refuses_is_a_problem() {
    let sources = Sources::default();
    let reading = one(&sources, "services:\n  a:\n    image: x\n    image: y\n  b: text\n  c:\n");
    let details: Vec<_> =
        reading.facts.problems.iter().map(|problem| at(&sources, problem.head.anchor).1).collect();
    assert_eq!(details, ["image", "text"]);
    assert!(reading.facts.problems.iter().all(|problem| problem.kind.value() == Some(&ProblemKind::Syntax)));
    let broken = one(&sources, "services:\n  a:\n    image: x\n    user: root\n   bad\n");
    assert_eq!(broken.facts.problems.len(), 1);
    assert_eq!(container(&broken, "a").user.value(), Some(&"root"));
    assert_eq!(container(&broken, "a").cpu_limit, Field::Unknown);
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let sources = Sources::default();
    let text = "x-env: &env\n  A: b\nx-base: &base\n  image: x\n  environment: *env\nservices:\n  a:\n    <<: *base\n    user: app\n  b: *base\n";
    let reading = one(&sources, text);
    assert_eq!(settings(&reading.facts).len(), 2);
    assert_eq!(reading.facts.containers.len(), 2);
    assert_eq!(at(&sources, reading.blocks[1]).1, "b: *base");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a-z$:{}\\[\\]&*<!\\-\n ]{0,200}", tail in ".{0,60}") {
        let sources = Sources::default();
        let text = format!("services:\n  a:\n    {text}\n    ports: [\"{tail}\"]\n");
        let readings = read(&sources, &[("compose.yaml", &text), ("compose.x.yaml", &text)]);
        for port in readings.iter().flat_map(|reading| &reading.facts.ports) {
            prop_assert!(port.head.anchor.start <= port.head.anchor.end);
        }
    }

    #[test]
    fn no_value_makes_it_panic(
        key in "(environment|ports|volumes|env_file|build|extends|healthcheck|command|configs|deploy|user|image|cap_add|depends_on|labels|profiles|secrets)",
        value in "([a-z0-9$:{}\\[\\], /.~=\"'|-]|\\$\\{[A-Z]{1,2}(:-|:\\?|\\+)?|\n      - |\n      [a-z]{1,9}: ){0,30}",
    ) {
        let sources = Sources::default();
        let text = format!("services:\n  a:\n    {key}: {value}\ninclude: {value}\nconfigs:\n  c: {{content: {value}}}\nvolumes: {value}\n");
        read(&sources, &[("compose.yaml", &text), ("compose.x.yaml", &text), (".env", "A=${B}\nB=x:1\n")]);
    }
}

#[test]
fn only_a_service_of_its_profiles_is_for_development() {
    let sources = Sources::default();
    let text = "services:\n  a: {image: x, profiles: [dev]}\n  b: {image: x, profiles: [dev, live]}\n  c: {image: x}\n  d: {extends: c, profiles: [debug, local-test]}\n";
    let reading = one(&sources, text);
    let parts: Vec<_> = reading.links.development.iter().map(|part| &at(&sources, *part).1[..1]).collect();
    assert_eq!(parts, ["a", "d"]);
}

#[test]
fn a_check_is_a_command_too() {
    let sources = Sources::default();
    let reading = one(
        &sources,
        "services:\n  a:\n    image: x\n    healthcheck: {test: 'curl -k https://localhost'}\n",
    );
    assert_eq!(reading.facts.commands[0].line.value(), Some(&"curl -k https://localhost"));
}
