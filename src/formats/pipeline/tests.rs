use proptest::prelude::*;

use crate::facts::{Facts, Field, Store};
use crate::formats::{Candidate, Reader, Reading, find, recognise};
use crate::source::Sources;

const WORKFLOW: &str = ".github/workflows/x.yml";

fn read<'s>(sources: &'s Sources, path: &str, text: &str) -> Reading<'s> {
    let id = sources.add(path.to_owned(), text.to_owned());
    let candidate = Candidate::new(path, &|_| false);
    let format = recognise(&candidate, || Some(text)).unwrap().format;
    Reader::read(sources, id, format)
}

/// The names of all settings with what holds them.
fn settings<'s>(facts: &Facts<'s>) -> Vec<(&'s str, Store)> {
    facts.settings.iter().map(|one| (one.key.value().copied().unwrap_or_default(), one.store)).collect()
}

fn format(path: &str, text: &str) -> Option<&'static str> {
    let candidate = Candidate::new(path, &|_| false);
    recognise(&candidate, || Some(text)).map(|found| found.format.name)
}

#[test]
fn pipelines_are_recognised_by_where_they_lie() {
    for (path, name) in [
        (".github/workflows/ci.yml", Some("github-actions")),
        ("api/.github/workflows/ci.yaml", Some("github-actions")),
        (".forgejo/workflows/ci.yml", Some("github-actions")),
        ("x.github/workflows/ci.yml", None),
        (".github/dependabot.yml", None),
        (".gitlab-ci.yml", Some("gitlab-ci")),
        ("ci/build.gitlab-ci.yml", Some("gitlab-ci")),
        (".gitlab-ci.production.yaml", Some("gitlab-ci")),
        ("ci/build.yml", None),
        ("scripts/run.sh", Some("shell")),
        ("scripts/run.bash", Some("shell")),
        ("run.zsh", None),
    ] {
        assert_eq!(format(path, "a: b\n"), name, "{path}");
    }
    assert_eq!(format("setup/action.yml", "name: x\nruns:\n  using: composite\n"), Some("github-actions"));
    assert_eq!(format("setup/action.yml", "name: x\nfails: y\n"), None);
}

#[test]
fn the_settings_of_tests_are_those_of_their_services_alone() {
    let sources = Sources::default();
    let text = "env: {A: a}\njobs:\n  test:\n    env: {B: b}\n    services:\n      db: {image: x, env: {C: c}}\n    steps:\n      - {run: x, env: {D: d}}\n";
    let reading = read(&sources, WORKFLOW, text);
    assert_eq!(settings(&reading.facts), [("C", Store::Scratch)]);
}

#[test]
fn the_settings_of_a_deployment_count_wherever_they_stand() {
    let sources = Sources::default();
    let text = "env: {A: a}\njobs:\n  test:\n    env: {B: b}\n  x:\n    environment: live\n    env: {C: c}\n    steps:\n      - {uses: y, with: {region: d, debug: true, key: z, script: 'x\n\n          y'}}\n      - {run: x, env: {E: e}}\n";
    let reading = read(&sources, WORKFLOW, text);
    let names: Vec<_> = settings(&reading.facts).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["A", "C", "region", "E"]);
}

#[test]
fn a_job_is_for_real_by_its_name_its_environment_or_its_actions() {
    for (job, counts) in [
        ("deploy: {env: {A: a}}", true),
        ("x: {name: Push to production, env: {A: a}}", true),
        ("x: {environment: {name: staging}, env: {A: a}}", true),
        ("x: {env: {A: a}, steps: [{uses: aws-actions/configure-aws-credentials@v4}]}", true),
        ("x: {env: {A: a}, steps: [{uses: actions/checkout@v4}]}", false),
        ("deploy-check: {env: {A: a}}", false),
        ("x: {env: {A: a}}", false),
    ] {
        let sources = Sources::default();
        let reading = read(&sources, WORKFLOW, &format!("jobs:\n  {job}\n"));
        assert_eq!(!reading.facts.settings.is_empty(), counts, "{job}");
    }
    let sources = Sources::default();
    let reading = read(&sources, ".github/workflows/deploy.yml", "jobs:\n  x: {env: {A: a}}\n");
    assert_eq!(reading.facts.settings.len(), 1);
}

#[test]
fn commands_in_block_scalars_lie_on_their_bytes() {
    let sources = Sources::default();
    let text = "jobs:\n  deploy:\n    steps:\n      - run: |\n          set -e\n          curl -k \\\n            https://é.example.org  # because\n      - run: >-\n          a b\n          c\n      - {shell: pwsh, run: curl -k x}\n";
    let reading = read(&sources, WORKFLOW, text);
    let words: Vec<_> = reading
        .facts
        .commands
        .iter()
        .flat_map(|command| &command.parsed.words)
        .map(|word| sources.slice(word.span))
        .collect();
    assert_eq!(words, ["set", "-e", "curl", "-k", "https://é.example.org", "a", "b", "c"]);
}

#[test]
fn images_of_jobs_services_and_steps_are_pulled() {
    let sources = Sources::default();
    let text = "jobs:\n  deploy:\n    container: {image: a:1}\n    services: {s: {image: b:2}, t: {image: '${{ matrix.image }}'}}\n    steps: [{uses: docker://c:3}, {uses: d/e@v1}]\n  y: {container: f, services: {s: {image: g:5}}}\n";
    let reading = read(&sources, WORKFLOW, text);
    let images: Vec<_> = reading.facts.images.iter().map(|one| sources.slice(one.head.anchor)).collect();
    assert_eq!(images, ["a:1", "b:2", "c:3", "f"]);
    let text = "image: a:1\ndefault: {services: [b:2]}\ndeploy: {image: {name: c:3}, services: [{name: d:4, alias: s}, $X]}\n";
    let reading = read(&sources, ".gitlab-ci.yml", text);
    let mut images: Vec<_> = reading.facts.images.iter().map(|one| sources.slice(one.head.anchor)).collect();
    images.sort_unstable();
    assert_eq!(images, ["a:1", "b:2", "c:3", "d:4"]);
}

#[test]
fn what_gitlab_takes_from_elsewhere_is_read_once_and_where_it_stands() {
    let sources = Sources::default();
    let text = ".deploy: &base\n  environment: live\n  variables: &vars {A: a}\n  script: &script [one]\nx:\n  <<: *base\n  stage: deploy\ny:\n  extends: .deploy\n  variables: *vars\n  script:\n    - *script\n    - !reference [.deploy, script]\n    - [two, [three]]\n";
    let reading = read(&sources, ".gitlab-ci.yml", text);
    assert_eq!(settings(&reading.facts), [("A", Store::Setting)]);
    let programs: Vec<_> =
        reading.facts.commands.iter().filter_map(|command| command.program.value().copied()).collect();
    assert_eq!(programs, ["one", "two", "three"]);
}

#[test]
fn files_of_the_project_that_gitlab_includes_are_wanted() {
    let sources = Sources::default();
    let text = "include:\n  - local: /ci/build.yml\n  - 'ci/*.yml'\n  - https://example.org/x.yml\n  - template: Y.gitlab-ci.yml\n  - {project: a/b, file: /z.yml}\n  - local: ci/**/deep.yml\n";
    let reading = read(&sources, ".gitlab-ci.yml", text);
    let paths: Vec<_> = reading.wants.iter().map(|want| want.path.as_str()).collect();
    assert_eq!(paths, ["ci/build.yml", "ci/*.yml"]);
}

#[test]
fn services_of_gitlab_take_the_variables_of_their_images() {
    let sources = Sources::default();
    let text = "deploy:\n  services: [postgres:17]\n  variables:\n    POSTGRES_PASSWORD: x\n    OTHER: {value: y, description: z}\n";
    let reading = read(&sources, ".gitlab-ci.yml", text);
    assert_eq!(settings(&reading.facts), [("POSTGRES_PASSWORD", Store::Scratch), ("OTHER", Store::Setting)]);
}

#[test]
fn parts_for_development_do_not_lie_in_one_another() {
    let sources = Sources::default();
    let text = "jobs:\n  deploy:\n    env: {NODE_ENV: development}\n    steps:\n      - {run: x, env: {APP_ENV: test}}\n  deploy-live:\n    steps:\n      - {run: x, env: {APP_ENV: test}}\n";
    let reading = read(&sources, WORKFLOW, text);
    let parts: Vec<_> = reading.links.development.iter().map(|part| &sources.slice(*part)[..4]).collect();
    assert_eq!(parts, ["env:", "{run"]);
}

#[test]
fn an_action_of_ones_own_is_read_like_a_job() {
    let sources = Sources::default();
    let text = "name: Deploy\ninputs: {region: {default: eu-west-2}}\nruns:\n  using: composite\n  steps:\n    - {shell: bash, run: one}\n";
    let reading = read(&sources, "deploy/action.yml", text);
    assert_eq!(settings(&reading.facts), [("region", Store::Setting)]);
    assert_eq!(
        reading.facts.commands[0].program,
        Field::set("one", reading.facts.commands[0].parsed.span, "")
    );
}

const SAMPLE: &str = "env: {A: '${{ b }}'}\non: {workflow_call: {inputs: {region: {default: x}}}}\nvariables: {B: {value: c}}\ninclude: ['a.yml']\njobs:\n  deploy: &d\n    environment: é\n    strategy: {matrix: {region: [a, b], include: [{zone: c}]}}\n    container: {image: 'x:1', options: '--privileged -p 80:80', volumes: ['/etc:/é:ro'], credentials: {password: x}}\n    services: {db: {image: y, env: {P: x}}}\n    steps:\n      - run: |\n          A=${B:-x} find /backup -mtime +$A -delete\n          docker run -e A=b -v /etc:/x --build-arg é=x\n      - {uses: docker/x, with: {build-args: 'A=b\n\n          é=c', region: x}}\ntest: {<<: *d, script: [[x, !reference [a]], 'curl -k é'], services: [{name: x, variables: {A: b}}]}\n";

/// Reads a text as each of the formats and derives from it; places lie in the text.
fn check(text: &str) {
    for (path, name) in
        [(WORKFLOW, "github-actions"), (".gitlab-ci.yml", "gitlab-ci"), ("deploy.sh", "shell")]
    {
        let sources = Sources::default();
        let id = sources.add(path.to_owned(), text.to_owned());
        let mut facts = Reader::read(&sources, id, find(name).unwrap()).facts;
        crate::derive::derive(&mut facts, &sources);
        let settings = facts.settings.iter().map(|one| one.head.anchor);
        let commands = facts.commands.iter().map(|one| one.head.anchor);
        let volumes = facts.volumes.iter().map(|one| one.head.anchor);
        let kept = facts.retentions.iter().map(|one| one.head.anchor);
        for place in settings.chain(commands).chain(volumes).chain(kept) {
            assert!(text.get(place.range()).is_some(), "{place:?} in {text}");
        }
    }
}

#[test]
fn the_sample_is_read() {
    check(SAMPLE);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        check(&text);
    }

    #[test]
    fn mutated_pipelines_are_read(at in 0..SAMPLE.len(), cut in 0_usize..12, mark in "[\\[\\]{}:'\"&*!|>-]?[ \n é$]?") {
        let start = SAMPLE.floor_char_boundary(at);
        let end = SAMPLE.floor_char_boundary((at + cut).min(SAMPLE.len())).max(start);
        check(&format!("{}{mark}{}", &SAMPLE[..start], &SAMPLE[end..]));
    }
}
