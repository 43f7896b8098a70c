//! Several files that are read together.

use super::*;

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
fn reset_and_override_tags_drop_what_was_there() {
    let sources = Sources::default();
    let base = "services:\n  web:\n    image: x\n    ports: ['1:1']\n    cap_add: [SYS_ADMIN]\n";
    let other = "services:\n  web:\n    ports: !override ['2:2']\n    cap_add: !reset []\n";
    let readings = read(&sources, &[("compose.yaml", base), ("compose.override.yaml", other)]);
    assert_eq!(readings[1].facts.ports.len(), 1);
    assert_eq!(container(&readings[1], "web").added_capabilities, Field::Default(Vec::new()));
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
