//! Whole files through [`Reader::read`] and [`join`].

use proptest::prelude::*;

use crate::facts::links::MountSource;
use crate::facts::{Container, Facts, Field, Healthcheck, Mounts, ProblemKind, Runs};
use crate::formats::{Candidate, Reader, Reading, find, join, recognise};
use crate::link::{Nothing, link};
use crate::source::{Sources, Span};

pub(super) fn read<'s>(sources: &'s Sources, files: &[(&str, &str)]) -> Vec<Reading<'s>> {
    let mut readings: Vec<_> = files
        .iter()
        .map(|(path, text)| {
            let id = sources.add((*path).into(), (*text).into());
            let candidate = Candidate { path, has_sibling: &|_| false };
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
        let candidate = Candidate { path, has_sibling: &|_| false };
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
fn variables_come_from_the_env_file_beside_the_project() {
    let sources = Sources::default();
    let text = "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: ${STORE_LOGIN}\n      URL: postgres://u:${STORE_LOGIN}@db\n      OTHER: ${UNSET}\n      SECRET: ${MISSING:-changeme}\n";
    let readings = read(
        &sources,
        &[("a/compose.yaml", text), ("a/.env", "STORE_LOGIN=hunter2\n"), (".env", "UNSET=1\n")],
    );
    let [password, url, other, secret] = readings[0].facts.settings.as_slice() else { panic!() };
    assert_eq!(at(&sources, password.head.anchor), ("a/.env", "hunter2"));
    assert_eq!(at(&sources, password.head.uses[0].span), ("a/compose.yaml", "${STORE_LOGIN}"));
    assert_eq!(url.text.as_str(), "postgres://u:hunter2@db");
    assert_eq!(at(&sources, url.head.anchor).1, "postgres://u:${STORE_LOGIN}@db");
    assert_eq!((other.text.as_str(), &other.value), ("${UNSET}", &Field::Unknown));
    assert_eq!(at(&sources, secret.head.anchor).1, "changeme");
    assert!(secret.head.uses.is_empty());
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
fn mounts_of_the_host_and_of_the_project_are_told_apart() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n      - ${PWD}/conf.d:/etc/nginx/conf.d\n      - data:/data\n      - /anonymous\n      - type: bind\n        source: /etc/ssl\n        target: /ssl\n        read_only: true\n      - ${UNKNOWN}:/x\n";
    let readings = read(&sources, &[("a/compose.yaml", text)]);
    let volumes = &readings[0].facts.volumes;
    assert_eq!(volumes.len(), 2);
    assert_eq!(volumes[0].mounts.value(), Some(&Mounts::RuntimeSocket));
    assert_eq!(at(&sources, volumes[0].source.span().unwrap()).1, "/var/run/docker.sock");
    assert_eq!((volumes[0].read_only.value(), volumes[1].read_only.value()), (Some(&true), Some(&true)));
    assert_eq!(at(&sources, volumes[1].head.anchor).1, "/etc/ssl");
    let mounts: Vec<_> = readings[0].links.mounts.iter().map(|mount| (&mount.source, mount.published)).collect();
    let path =
        |path: &str, written: &'static str| MountSource::Path { path: path.to_owned(), written };
    let expected = [path("a/nginx.conf", "./nginx.conf"), path("a/conf.d", "${PWD}/conf.d")];
    assert_eq!(mounts, [(&expected[0], true), (&expected[1], true)]);
    let wanted: Vec<_> = readings[0]
        .wants
        .iter()
        .filter(|want| want.format == "nginx")
        .map(|want| want.path.as_str())
        .collect();
    assert_eq!(wanted, ["a/conf.d/*.conf", "a/nginx.conf"]);
}

#[test]
fn builds_name_their_dockerfiles() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    build: ./api\n    image: me/api\n  b:\n    build: {context: .., dockerfile: docker/Dockerfile, target: run}\n  c:\n    build: https://github.com/x/y.git\n  d:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.20\n        USER 0\n";
    let readings = read(&sources, &[("deploy/compose.yaml", text)]);
    let builds = &readings[0].links.builds;
    let paths: Vec<_> = builds.iter().map(|build| build.dockerfile.as_deref()).collect();
    assert_eq!(
        paths,
        [Some("deploy/api/Dockerfile"), Some("docker/Dockerfile"), None, Some("deploy/compose.yaml")]
    );
    assert_eq!(builds[1].target.map(|(target, _)| target), Some("run"));
    assert_eq!(builds[3].stages, Some(0..1));
    assert_eq!(readings[0].links.stages[0].container.user.value(), Some(&"0"));
    assert!(
        readings[0]
            .wants
            .iter()
            .any(|want| want.path == "deploy/api/Dockerfile" && want.format == "dockerfile")
    );
    assert_eq!(readings[0].facts.images.len(), 1);
}

#[test]
fn env_files_are_links() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: x\n    env_file: [.env.prod, {path: ./opt.env, required: false}]\n  b:\n    image: x\n    env_file: common.env\n";
    let reading = one(&sources, text);
    let files: Vec<_> = reading
        .links
        .env_files
        .iter()
        .map(|file| (file.path.as_str(), file.container, file.required))
        .collect();
    assert_eq!(files, [(".env.prod", 0, true), ("opt.env", 0, false), ("common.env", 1, true)]);
    assert_eq!(reading.links.env_files[0].note, "read by service a");
}

#[test]
fn an_override_is_judged_with_its_base() {
    let sources = Sources::default();
    let base = "services:\n  web:\n    image: x:1\n    healthcheck: {test: [CMD, a]}\n    environment: {A: base, B: base}\n  db:\n    image: y:1\n";
    let prod = "services:\n  web:\n    privileged: true\n    environment: [A=prod]\n";
    let readings = read(&sources, &[("docker-compose.prod.yml", prod), ("docker-compose.yml", base)]);
    let merged = container(&readings[0], "web");
    assert_eq!(at(&sources, merged.head.anchor), ("docker-compose.yml", "web"));
    assert_eq!(at(&sources, merged.privileged.span().unwrap()), ("docker-compose.prod.yml", "true"));
    assert_eq!(merged.healthcheck.value(), Some(&Healthcheck::Present));
    assert_eq!(readings[0].facts.containers.len(), 1);
    let mut values = settings(&readings[0].facts);
    values.sort();
    assert_eq!(values, [("A".to_owned(), "prod".to_owned()), ("B".to_owned(), "base".to_owned())]);
    assert_ne!(readings[0].facts.settings[0].scope, readings[1].facts.settings[0].scope);
    assert_eq!(container(&readings[1], "web").privileged, Field::Default(false));
}

#[test]
fn a_fragment_without_its_base_is_not_blamed_for_what_it_lacks() {
    let sources = Sources::default();
    let readings = read(&sources, &[("docker-compose.prod.yml", "services:\n  web:\n    user: root\n")]);
    let web = container(&readings[0], "web");
    assert_eq!(web.user.value(), Some(&"root"));
    assert_eq!(
        (web.healthcheck, web.cpu_limit, web.escalation),
        (Field::Unknown, Field::Unknown, Field::Unknown)
    );
    assert!(readings[0].wants.iter().any(|want| want.path == "docker-compose.yml"));
}

#[test]
fn a_service_has_what_it_extends() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    extends: {file: common/base.yml, service: base}\n    environment: {X: own}\n  b:\n    extends: a\n  c:\n    extends: {file: nowhere.yml, service: base}\n    image: z\n  d:\n    extends: d\n    image: z\n";
    let base = "services:\n  base:\n    build: ./app\n    user: root\n    environment: {X: base, Y: base}\n    env_file: base.env\n";
    let readings = read(&sources, &[("compose.yaml", text), ("common/base.yml", base)]);
    let b = container(&readings[0], "b");
    assert_eq!(at(&sources, b.user.span().unwrap()), ("common/base.yml", "root"));
    assert_eq!(at(&sources, b.head.anchor), ("compose.yaml", "b"));
    assert_eq!(readings[0].links.builds[1].dockerfile.as_deref(), Some("common/app/Dockerfile"));
    assert_eq!(readings[0].links.env_files[0].path, "common/base.env");
    let own = readings[0].facts.settings.iter().filter(|setting| setting.head.subject == "service b");
    let mut own: Vec<_> = own.map(|setting| setting.text.as_str()).collect();
    own.sort_unstable();
    assert_eq!(own, ["base", "own"]);
    assert_eq!(container(&readings[0], "c").healthcheck, Field::Unknown);
    assert!(readings[0].wants.iter().any(|want| want.path == "common/base.yml" && want.format == "compose"));
}

#[test]
fn included_files_see_the_variables_of_those_that_include_them() {
    let sources = Sources::default();
    let readings = read(
        &sources,
        &[
            ("compose.yaml", "include: [sub/compose.yaml]\nservices: {}\n"),
            ("sub/compose.yaml", "services:\n  a:\n    image: x:${TAG}\n"),
            (".env", "TAG=1.2\n"),
        ],
    );
    assert_eq!(readings[1].facts.images[0].tag.value(), Some(&"1.2"));
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
fn reset_and_override_tags_drop_what_was_there() {
    let sources = Sources::default();
    let base = "services:\n  web:\n    image: x\n    ports: ['1:1']\n    cap_add: [SYS_ADMIN]\n";
    let other = "services:\n  web:\n    ports: !override ['2:2']\n    cap_add: !reset []\n";
    let readings = read(&sources, &[("compose.yaml", base), ("compose.override.yaml", other)]);
    assert_eq!(readings[1].facts.ports.len(), 1);
    assert_eq!(container(&readings[1], "web").added_capabilities, Field::Default(Vec::new()));
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

#[test]
fn a_service_takes_its_user_from_the_dockerfile_that_it_holds() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.20\n        HEALTHCHECK CMD true\n  b:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.20\n        USER app\n";
    let project = link(read(&sources, &[("compose.yaml", text)]), &Nothing, &sources);
    let containers = &project.facts.containers;
    assert_eq!(containers.len(), 4);
    let health: Vec<_> = containers.iter().take(2).map(|one| one.healthcheck.value().copied()).collect();
    assert_eq!(health, [Some(Healthcheck::Present), None]);
    assert_eq!(containers[0].user, Field::NotApplicable);
    assert!(
        containers
            .iter()
            .any(|one| one.user.value() == Some(&"root") && one.head.uses[0].note == "built by service a")
    );
    assert!(project.facts.references.is_empty());
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
fn files_and_services_that_are_named_must_be_there() {
    let sources = Sources::default();
    let text = "include: [more.yaml, 'oci://x']\nservices:\n  a: {extends: nobody}\n  b: {extends: {file: gone.yaml, service: x}}\n  c: {extends: b}\n  d: {build: ./worker}\n";
    let project = link(vec![one(&sources, text)], &Nothing, &sources);
    let mut missing: Vec<_> =
        project.facts.references.iter().map(|one| at(&sources, one.head.anchor).1).collect();
    missing.sort_unstable();
    assert_eq!(missing, ["./worker", "gone.yaml", "more.yaml", "nobody"]);
}

#[test]
fn a_command_from_another_file_is_its_services_own() {
    let sources = Sources::default();
    let readings = read(
        &sources,
        &[
            ("compose.yaml", "services:\n  cache: {extends: {file: common.yaml, service: cache}}\n"),
            (
                "common.yaml",
                "services:\n  cache: {image: 'redis:7', command: redis-server --requirepass $P}\n",
            ),
        ],
    );
    let project = link(readings, &Nothing, &sources);
    let mut facts = project.facts;
    crate::derive::derive(&mut facts, &sources);
    let open = facts.credentials.iter().filter(|one| one.key.value().is_none());
    assert_eq!(open.count(), 0);
}

#[test]
fn a_password_is_judged_where_it_is_written() {
    let sources = Sources::default();
    let readings = read(
        &sources,
        &[
            (
                "compose.yaml",
                "services:\n  a:\n    image: x\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-admin}\n      DATABASE_URL: postgres://u:${DB_PASSWORD:-admin}@db/x\n",
            ),
            (".env", "DB_PASSWORD=postgres\n"),
        ],
    );
    let mut facts = link(readings, &Nothing, &sources).facts;
    crate::derive::derive(&mut facts, &sources);
    let [password] = &facts.credentials[..] else { panic!("{:?}", facts.credentials) };
    assert_eq!(password.key.value(), Some(&"DB_PASSWORD"));
    assert_eq!(at(&sources, password.head.anchor), (".env", "postgres"));
    let uses: Vec<_> = password.head.uses.iter().map(|used| at(&sources, used.span).1).collect();
    assert_eq!(uses.len(), 2, "{uses:?}");
    let hidden: Vec<_> = password.bytes.iter().map(|span| at(&sources, *span)).collect();
    assert!(hidden.contains(&("compose.yaml", "admin")) && hidden.contains(&(".env", "postgres")));
}

#[test]
fn a_container_listens_where_its_mounted_nginx_configuration_says() {
    let sources = Sources::default();
    let compose = "services:\n  web:\n    image: nginx:1\n    ports: ['80:8080']\n    volumes: ['./site.conf:/etc/nginx/conf.d/site.conf']\n  other:\n    image: x\n    ports: ['81:8081']\n    volumes: ['./other.toml:/etc/other.toml']\n";
    let files =
        [("compose.yaml", compose), ("site.conf", "server {\n  listen 127.0.0.1:9090;\n  listen 8080;\n}\n")];
    let project = link(read(&sources, &files), &Nothing, &sources);
    let listens = |name: &str| {
        let found = project.facts.containers.iter().find(|one| one.name.value() == Some(&name));
        found.unwrap().listens.clone()
    };
    assert_eq!(listens("web"), [8080, 9090]);
    assert_eq!(listens("other"), [0; 0]);
}

#[test]
fn an_inline_dockerfile_takes_no_stage_of_another() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM debian:12 AS base\n        USER app\n  b:\n    build:\n      dockerfile_inline: |\n        FROM base\n";
    let reading = one(&sources, text);
    let users: Vec<_> =
        reading.links.stages.iter().map(|stage| stage.container.user.value().copied()).collect();
    assert_eq!(users, [Some("app"), Some("root")]);
}

#[test]
fn a_service_uses_its_stage_once() {
    let sources = Sources::default();
    let base = "services:\n  a:\n    build: .\n";
    let files = [
        ("compose.yaml", base),
        ("compose.override.yaml", "services:\n  a:\n    init: true\n"),
        ("Dockerfile", "FROM debian:12\nUSER app\n"),
    ];
    let project = link(read(&sources, &files), &Nothing, &sources);
    let stage = project.facts.containers.iter().find(|one| at(&sources, one.head.anchor).0 == "Dockerfile");
    assert_eq!(stage.unwrap().head.uses.len(), 1);
}

#[test]
fn an_included_file_starts_from_the_folder_that_is_stated() {
    let sources = Sources::default();
    let readings = read(
        &sources,
        &[
            (
                "compose.yaml",
                "include:\n  - {path: parts/a.yaml, project_directory: .}\n  - path: [parts/b.yaml, more/c.yaml]\n",
            ),
            ("parts/a.yaml", "services:\n  a: {image: x, env_file: a.env}\n"),
            ("parts/b.yaml", "services:\n  b: {image: x, env_file: b.env}\n"),
            ("more/c.yaml", "services:\n  b: {env_file: c.env}\n"),
        ],
    );
    let paths = |index: usize| -> Vec<&str> {
        readings[index].links.env_files.iter().map(|file| file.path.as_str()).collect()
    };
    assert_eq!(paths(1), ["a.env"]);
    assert_eq!(paths(2), ["parts/b.env"]);
    assert_eq!(paths(3), ["parts/b.env", "parts/c.env"]);
}

#[test]
fn a_list_of_files_says_what_is_merged() {
    let sources = Sources::default();
    let readings = read(
        &sources,
        &[
            (".env", "COMPOSE_FILE=base.yaml;deploy/live.yaml;gone.yaml\nTAG=1.2\n"),
            ("base.yaml", "services:\n  a: {image: 'x:${TAG}', read_only: true}\n"),
            ("deploy/live.yaml", "services:\n  a: {env_file: a.env, user: root}\n"),
        ],
    );
    let merged = container(&readings[2], "a");
    assert_eq!(merged.read_only_root.value(), Some(&true));
    assert_eq!(at(&sources, merged.head.anchor).0, "base.yaml");
    assert_eq!(readings[2].links.env_files[0].path, "a.env");
    assert_eq!(readings[2].facts.images[0].tag.value(), Some(&"1.2"));
}

#[test]
fn a_mount_of_any_kind_takes_the_place_of_another() {
    let sources = Sources::default();
    let base = "services:\n  a:\n    image: x\n    volumes: ['/etc:/a', '/proc:/b', '/sys:/c', '/dev:/d']\n";
    let other = "services:\n  a:\n    volumes:\n      - {type: tmpfs, target: /a}\n      - {type: volume, source: data, target: /b}\n      - data:/c\n";
    let readings = read(&sources, &[("compose.yaml", base), ("compose.override.yaml", other)]);
    let left: Vec<_> =
        readings[1].facts.volumes.iter().map(|volume| volume.source.value().copied()).collect();
    assert_eq!(left, [Some("/dev")]);
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

#[test]
fn an_empty_context_is_the_folder_itself() {
    let sources = Sources::default();
    let readings = read(&sources, &[("app/compose.yaml", "services:\n  a: {build: ''}\n")]);
    assert_eq!(readings[0].links.builds[0].dockerfile.as_deref(), Some("app/Dockerfile"));
}
