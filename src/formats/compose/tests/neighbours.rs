//! What a service builds, mounts and reads.

use super::*;

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
    let mounts: Vec<_> =
        readings[0].links.mounts.iter().map(|mount| (&mount.source, mount.published)).collect();
    let path = |path: &str, written: &'static str| MountSource::Path { path: path.to_owned(), written };
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
fn an_empty_context_is_the_folder_itself() {
    let sources = Sources::default();
    let readings = read(&sources, &[("app/compose.yaml", "services:\n  a: {build: ''}\n")]);
    assert_eq!(readings[0].links.builds[0].dockerfile.as_deref(), Some("app/Dockerfile"));
}

#[test]
fn an_image_and_a_config_are_where_their_service_runs() {
    let reaches = |ports: &str| {
        let sources = Sources::default();
        let compose = format!(
            "services:\n  a:\n    build: {{context: ., dockerfile: docker/Dockerfile}}\n    ports: [{ports}]\n  b:\n    image: nginx:1.29\n    ports: [{ports}]\n    configs: [{{source: site, target: /etc/nginx/conf.d/b.conf}}]\nconfigs:\n  site:\n    content: |\n      server {{ listen 81; root /srv; }}\n"
        );
        let dockerfile =
            "FROM nginx:1.29 AS base\nCOPY docker/a.conf /etc/nginx/conf.d/\nFROM base\nEXPOSE 82\n";
        let files = [
            ("compose.yaml", compose.as_str()),
            ("docker/Dockerfile", dockerfile),
            ("docker/a.conf", "server { listen 80; root /srv; }"),
        ];
        let readings = read(&sources, &files);
        let listeners = readings.iter().flat_map(|reading| &reading.facts.listeners);
        let mut reaches: Vec<_> = listeners.filter_map(|one| one.reach.value().copied()).collect();
        reaches.dedup();
        let listens = container(&readings[0], "b").listens.contains(&81);
        (reaches, listens)
    };
    assert_eq!(reaches(""), (vec![Reach::Internal], true));
    assert_eq!(reaches("'8080:80'"), (vec![Reach::Public], true));
}

#[test]
fn a_network_is_the_hosts_by_name_and_a_port_is_that_of_the_network() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    image: redis:8\n    networks: {out: {}}\n  b:\n    image: redis:8\n    network_mode: service:c\n  c:\n    image: vpn:1\n    ports: ['6379:6379']\nnetworks:\n  out: {external: true, name: host}\n";
    let reading = one(&sources, text);
    let a = container(&reading, "a");
    assert_eq!(a.host_network.span().map(|span| at(&sources, span).1), Some("out"));
    assert!(a.published && container(&reading, "b").published);
}

#[test]
fn hooks_and_images_beside_the_service_are_stated() {
    let sources = Sources::default();
    let text = "services:\n  a:\n    build: {context: ., additional_contexts: ['x=docker-image://alpine:3.20', 'y=../y']}\n    volumes: [{type: image, source: 'data:1', target: /d}]\n    post_start:\n      - {command: [sh, -c, 'curl x'], user: root, privileged: true, environment: {A: b}}\n    pre_stop: [{command: ./stop.sh}]\n";
    let reading = one(&sources, text);
    let images: Vec<_> = reading.facts.images.iter().map(|image| at(&sources, image.head.anchor).1).collect();
    assert_eq!(images, ["alpine:3.20", "data:1"]);
    let programs: Vec<_> =
        reading.facts.commands.iter().filter_map(|one| one.program.value().copied()).collect();
    assert_eq!(programs, ["sh", "curl", "stop.sh"]);
    let process = reading.facts.containers.iter().find(|one| one.privileged.value() == Some(&true)).unwrap();
    assert_eq!(at(&sources, process.head.anchor).1, "true");
    assert_eq!(settings(&reading.facts), [("A".to_owned(), "b".to_owned())]);
}
