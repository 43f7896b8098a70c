use crate::facts::{Container, Field, Healthcheck, Store};
use crate::formats::{Candidate, Reader, Reading, find};
use crate::source::Sources;

fn read<'s>(sources: &'s Sources, text: &str) -> Reading<'s> {
    let id = sources.add("Dockerfile".into(), text.into());
    Reader::read(sources, id, find("dockerfile").unwrap())
}

fn last<'a, 's>(reading: &'a Reading<'s>) -> &'a Container<'s> {
    &reading.links.stages.last().unwrap().container
}

#[test]
fn the_last_user_counts_and_a_base_that_nobody_knows_is_root() {
    let sources = Sources::default();
    let stated = read(&sources, "FROM debian:12\nUSER root\nRUN x\nUSER app:app\n");
    assert_eq!(last(&stated).user.value(), Some(&"app:app"));
    assert_eq!(sources.slice(last(&stated).user.span().unwrap()), "app:app");
    let unstated = read(&sources, "FROM registry.example.org/x:1\n");
    assert_eq!(last(&unstated).user, Field::Default("root"));
    let unknown = read(&sources, "ARG BASE\nFROM ${BASE}\n");
    assert_eq!(last(&unknown).user, Field::Unknown);
}

#[test]
fn a_stage_inherits_from_the_stage_it_is_built_on() {
    let sources = Sources::default();
    let text = "FROM debian:12 AS base\nENV PORT=8080\nUSER app\nHEALTHCHECK CMD x\nFROM base\nENV URL=http://localhost:${PORT}/\n";
    let reading = read(&sources, text);
    assert_eq!(last(&reading).user.value(), Some(&"app"));
    assert_eq!(last(&reading).healthcheck.value(), Some(&Healthcheck::Present));
    let url = reading.facts.settings.last().unwrap();
    assert_eq!(url.text.as_str(), "http://localhost:8080/");
    assert_eq!(reading.facts.images.len(), 1);
}

#[test]
fn what_does_not_ship_is_told_from_what_does() {
    let sources = Sources::default();
    let reading =
        read(&sources, "FROM a AS build\nENV A=1\nFROM scratch\nCOPY --from=build /x /x\nENV B=2\n");
    let stores: Vec<_> = reading.facts.settings.iter().map(|setting| setting.store).collect();
    assert_eq!(stores, [Store::BuildStage, Store::Image]);
    assert_eq!(last(&reading).user, Field::Default("root"));
}

#[test]
fn a_variable_user_is_root_by_its_default() {
    let sources = Sources::default();
    let reading = read(&sources, "FROM debian:12\nARG UID\nUSER ${UID:-0}\n");
    assert_eq!(last(&reading).user.value(), Some(&"0"));
    assert_eq!(sources.slice(last(&reading).user.span().unwrap()), "${UID:-0}");
}

#[test]
fn credential_files_that_are_copied_are_credentials() {
    let sources = Sources::default();
    let text = "FROM a\nCOPY .env ./\nCOPY certs/server.key /etc/\nCOPY .env.example .\nCOPY . .\n";
    let reading = read(&sources, text);
    let places: Vec<_> = reading.facts.credentials.iter().map(|one| sources.slice(one.head.anchor)).collect();
    assert_eq!(places, [".env", "certs/server.key"]);
}

#[test]
fn commands_and_checks_are_stated() {
    let sources = Sources::default();
    let text = "FROM a\nRUN apt-get update && curl -k https://example.org\nHEALTHCHECK --interval=5s CMD curl -f http://localhost:8080/health || exit 1\n";
    let reading = read(&sources, text);
    let programs: Vec<_> =
        reading.facts.commands.iter().filter_map(|one| one.program.value().copied()).collect();
    assert_eq!(programs, ["apt-get", "curl", "curl", "exit"]);
    let check = &last(&reading).checks[0];
    assert_eq!(check.port.map(|(port, _)| port), Some(8080));
    assert_eq!(check.period, Some(5));
}

#[test]
fn a_secret_argument_that_is_kept_in_a_variable_is_baked_in() {
    let sources = Sources::default();
    let text = "FROM a\nARG DB_PASSWORD\nARG PORT\nARG TOKEN=x\nENV DB_PASSWORD=${DB_PASSWORD} P=$DB_PASSWORD PORT=${PORT}\nENV API_TOKEN=$OTHER TOKEN=$TOKEN\n";
    let reading = read(&sources, text);
    let places: Vec<_> = reading.facts.credentials.iter().map(|one| sources.slice(one.head.anchor)).collect();
    assert_eq!(places, ["${DB_PASSWORD}", "$DB_PASSWORD"]);
}

#[test]
fn a_heredoc_is_what_its_reader_makes_of_it() {
    let sources = Sources::default();
    let programs = |text: &str| -> Vec<&str> {
        let reading = read(&sources, text);
        reading.facts.commands.iter().filter_map(|command| command.program.value().copied()).collect()
    };
    assert_eq!(programs("FROM a\nRUN <<EOF\nls\nEOF\n"), ["ls"]);
    assert_eq!(programs("FROM a\nRUN <<EOF bash\nls\nEOF\n"), ["ls", "bash"]);
    assert_eq!(programs("FROM a\nRUN python3 <<EOF\nls\nEOF\n"), ["python3"]);
    assert_eq!(programs("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nls\nEOF\n"), [""; 0]);
    assert_eq!(programs("FROM a\nCOPY <<EOF /run.sh\n#!/bin/bash\nls\nEOF\n"), ["ls"]);
    for text in ["FROM a\nCOPY <<EOF /app/.env\nA=1\nEOF\n", "FROM a\nRUN cat <<EOF > /app/.env\nA=1\nEOF\n"]
    {
        let reading = read(&sources, text);
        let [setting] = reading.facts.settings.as_slice() else { panic!("{text}") };
        assert_eq!((setting.key.value(), setting.store), (Some(&"A"), Store::Image));
    }
}

#[test]
fn images_that_are_copied_from_are_images_and_stages_are_none() {
    let sources = Sources::default();
    let images = |text: &str| -> Vec<String> {
        let reading = read(&sources, &format!("FROM scratch AS build\nFROM scratch\n{text}\n"));
        let places = reading.facts.images.iter().filter_map(|image| image.reference.span());
        places.map(|place| sources.slice(place).to_owned()).collect()
    };
    assert_eq!(images("COPY --from=composer:2 /a /b"), ["composer:2"]);
    assert_eq!(images("COPY --from=nginx /a /b"), ["nginx"]);
    assert_eq!(images("RUN --mount=type=bind,from=a.example/b,target=/x true"), ["a.example/b"]);
    for text in ["COPY --from=Build /a /b", "COPY --from=0 /a /b", "COPY --from=assets /a /b", "COPY a b"] {
        assert_eq!(images(text), [""; 0], "{text}");
    }
}

#[test]
fn ports_are_exposed_alone_and_in_ranges() {
    let sources = Sources::default();
    let reading = read(&sources, "FROM a\nARG P=81\nEXPOSE 80/tcp $P 90-92 x 5-1 70000\n");
    assert_eq!(last(&reading).listens, [80, 81, 90, 91, 92]);
}

#[test]
fn files_about_dockerfiles_are_none() {
    let is_one = |path| (super::FORMAT.by_name)(&Candidate::new(path, &|_| false)).is_some();
    for path in ["Dockerfile", "Dockerfile.php", "dockerfile-dev", "api.Dockerfile", "Containerfile"] {
        assert!(is_one(path), "{path}");
    }
    for path in ["dockerfile.vim", "Dockerfile.5.gz", "Dockerfile.jinja", "Dockerfile.md", "Dockerfiles"] {
        assert!(!is_one(path), "{path}");
    }
}
