//! `broken-healthcheck`: the check's tool isn't in the image, its port isn't one that anything listens on,
//! or liveness is readiness over again and kills too soon.

use super::{Context, Hit};
use crate::data::images;
use crate::facts::{Check, Command, Container, Installed, Phase, Platform, Scope, Setting};
use crate::source::{Sources, Span, Text};
use crate::syntax::shell::{self, Operator};

/// The programs that are judged, with the packages that bring them besides one of the same name. Where a
/// name ends in `*`, so do all packages that begin like it.
const TOOLS: &[(&str, &[&str])] = &[
    ("bash", &[]),
    ("curl", &["curl-minimal"]),
    ("nc", &["netcat*", "ncat", "nmap-ncat", "busybox*"]),
    ("node", &["nodejs*", "npm"]),
    ("python", &["python*", "py3-*"]),
    ("python3", &["python*", "py3-*"]),
    ("wget", &["busybox*"]),
];

/// What Kubernetes takes where a probe doesn't say
/// (kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes).
const PERIOD: u32 = 10;
const FAILURE_THRESHOLD: u32 = 3;

/// A container that is restarted sooner than this many seconds after it went quiet has no time to recover.
const AGGRESSIVE: u32 = 10;

/// The cases of the rule's file, in order.
const MISSING_TOOL: usize = 0;
const SILENT_PORT: usize = 1;
const SAME_PROBES: usize = 2;
const UNDECLARED_PORT: usize = 3;
const UNNAMED_PORT: usize = 4;

pub(super) fn find<'s>(context: &Context<'_, 's>, emit: &mut dyn FnMut(Hit<'s>)) {
    let facts = &context.project.facts;
    if facts.containers.iter().all(|container| container.checks.is_empty()) {
        return;
    }
    let mut commands: Vec<&Command<'s>> =
        facts.commands.iter().filter(|command| command.phase == Phase::Run).collect();
    commands.sort_by_key(|command| command.head.anchor);
    for container in &facts.containers {
        for check in &container.checks {
            missing_tool(container, check, &commands, context.sources, emit);
            port(container, check, &facts.settings, emit);
        }
        same_probes(container, emit);
    }
}

/// The commands of a check, in order: those within its place, or else its own and what that gives to a
/// shell.
fn commands_of<'s>(check: &Check<'s>, all: &[&Command<'s>], sources: &'s Sources) -> Vec<shell::Command<'s>> {
    let first = all.partition_point(|command| command.head.anchor < check.span.head());
    let within: Vec<_> = all
        .iter()
        .skip(first)
        .take_while(|command| {
            let at = command.head.anchor;
            at.file == check.span.file && at.start < check.span.end
        })
        .filter(|command| check.span.contains(command.head.anchor))
        .map(|command| command.parsed.clone())
        .collect();
    if !within.is_empty() {
        return within;
    }
    let Some(own) = check.command.as_ref().map(|command| command.parsed.clone()) else { return within };
    let texts: Vec<Text<'s>> = own.words.iter().map(|word| word.text.clone()).collect();
    let mut commands = vec![own];
    commands.extend(shell::from_words(&texts, sources).into_iter().skip(1));
    commands
}

fn missing_tool<'s>(
    container: &Container<'s>,
    check: &Check<'s>,
    all: &[&Command<'s>],
    sources: &'s Sources,
    emit: &mut dyn FnMut(Hit<'s>),
) {
    let Some(reference) = container.image.as_ref().and_then(|image| image.reference.value()) else { return };
    let Some(known) = images::parse_reference(reference).and_then(|parsed| images::lookup(&parsed)) else {
        return;
    };
    let commands = commands_of(check, all, sources);
    let lacks = |command: &shell::Command<'_>| {
        let tool = command.program().and_then(|program| TOOLS.iter().find(|(name, _)| *name == program));
        tool.filter(|tool| known.carries(tool.0) == Some(false) && !brings(&container.installed, tool))
    };
    for (at, command) in commands.iter().enumerate() {
        let Some((tool, _)) = lacks(command) else { continue };
        if command.operator == Operator::Or && another_is_tried(&commands, at) {
            continue;
        }
        emit(Hit {
            case: MISSING_TOOL,
            at: program_place(command, tool).unwrap_or(command.span),
            subject: container.head.subject,
            related: container.head.uses.clone(),
            named: vec![("tool", (*tool).to_owned()), ("image", (*reference).to_owned())],
        });
        // One tool that isn't there is enough to know.
        return;
    }
}

/// Whether the build of an image brings a program, or may.
fn brings(installed: &Installed<'_>, (tool, packages): &(&str, &[&str])) -> bool {
    let fits = |name: &str, package: &str| match package.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == package,
    };
    installed.open
        || installed
            .names
            .iter()
            .any(|name| name == tool || packages.iter().any(|package| fits(name, package)))
}

/// Whether `||` leads to another way of asking, and not only to the end.
fn another_is_tried(commands: &[shell::Command<'_>], at: usize) -> bool {
    let ends = ["exit", "false", "true", "kill", "return", "echo", ":"];
    let next = shell::following(commands, at).and_then(shell::Command::program);
    next.is_some_and(|program| !ends.contains(&program))
}

fn program_place(command: &shell::Command<'_>, program: &str) -> Option<Span> {
    let named = |word: &&shell::Word<'_>| word.as_str().rsplit('/').next() == Some(program);
    command.words.iter().find(named).map(|word| word.span)
}

fn port<'s>(
    container: &Container<'s>,
    check: &Check<'s>,
    settings: &[Setting<'s>],
    emit: &mut dyn FnMut(Hit<'s>),
) {
    if let Some((name, at)) = check.nameless {
        emit(Hit {
            case: UNNAMED_PORT,
            at,
            subject: container.head.subject,
            related: container.head.uses.clone(),
            named: vec![("port", name.to_owned())],
        });
    }
    let Some((port, at)) = check.port else { return };
    if container.listens.is_empty() || container.listens.contains(&port) {
        return;
    }
    let case = match container.platform.value() {
        Some(Platform::Kubernetes) if check.command.is_none() => UNDECLARED_PORT,
        Some(Platform::Compose | Platform::Dockerfile) if !is_set(container, port, settings) => SILENT_PORT,
        _ => return,
    };
    emit(Hit {
        case,
        at,
        subject: container.head.subject,
        related: container.head.uses.clone(),
        named: vec![("port", port.to_string())],
    });
}

/// Whether one of the container's settings names this port: `PORT=3000`, `MANAGEMENT_SERVER_PORT=9001`.
fn is_set(container: &Container<'_>, port: u16, settings: &[Setting<'_>]) -> bool {
    container.environment.iter().any(|scope| {
        of_scope(settings, *scope).any(|setting| {
            let key = setting.key.value().copied().unwrap_or_default();
            let names_port = key.len() >= 4
                && key.get(key.len() - 4..).is_some_and(|end| end.eq_ignore_ascii_case("port"));
            names_port && setting.text.as_str().trim().parse() == Ok(port)
        })
    })
}

/// The settings of a scope; all settings are sorted by it.
fn of_scope<'a, 's>(settings: &'a [Setting<'s>], scope: Scope) -> impl Iterator<Item = &'a Setting<'s>> {
    let first = settings.partition_point(|setting| setting.scope < scope);
    settings.iter().skip(first).take_while(move |setting| setting.scope == scope)
}

fn same_probes<'s>(container: &Container<'s>, emit: &mut dyn FnMut(Hit<'s>)) {
    let probe = |written: &str| container.checks.iter().find(|check| check.written == written);
    let (Some(liveness), Some(readiness)) = (probe("livenessProbe"), probe("readinessProbe")) else { return };
    let seconds = liveness
        .period
        .unwrap_or(PERIOD)
        .saturating_mul(liveness.failure_threshold.unwrap_or(FAILURE_THRESHOLD));
    if liveness.fingerprint == readiness.fingerprint && seconds < AGGRESSIVE {
        emit(Hit {
            case: SAME_PROBES,
            at: liveness.span,
            subject: container.head.subject,
            related: vec![crate::facts::Use { span: readiness.span, note: "the same readiness probe" }],
            named: vec![("seconds", seconds.to_string())],
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Field;
    use crate::formats::{Reader, Reading, find as format};
    use crate::link::{Nothing, Project, link};
    use crate::policy::Limits;
    use crate::source::Sources;

    /// Each hit as its case and the text that it lies on.
    fn judge(text: &str, change: impl Fn(&mut Project<'_>)) -> Vec<(usize, String)> {
        let sources = Sources::default();
        let file = sources.add("Dockerfile".into(), text.into());
        let reading: Reading<'_> = Reader::read(&sources, file, format("dockerfile").unwrap());
        let mut project = link(vec![reading], &Nothing, &sources);
        project.facts.settings.sort_by_key(|setting| (setting.scope, setting.head.anchor));
        change(&mut project);
        let limits = Limits::default();
        let context = Context { project: &project, limits: &limits, sources: &sources };
        let mut hits = Vec::new();
        find(&context, &mut |hit| hits.push((hit.case, sources.slice(hit.at).to_owned())));
        hits
    }

    fn dockerfile(text: &str) -> Vec<(usize, String)> {
        judge(text, |_| {})
    }

    #[test]
    fn a_tool_that_the_image_is_known_to_lack_is_missing() {
        let found =
            dockerfile("FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n");
        assert_eq!(found, [(MISSING_TOOL, "curl".to_owned())]);
        let found = dockerfile(
            "FROM node:22-alpine\nHEALTHCHECK CMD [\"/usr/bin/curl\", \"-f\", \"http://localhost/\"]\n",
        );
        assert_eq!(found.len(), 1);
        let found = dockerfile("FROM node:22-alpine\nHEALTHCHECK CMD [\"sh\", \"-c\", \"bash -c true\"]\n");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_tool_that_is_there_or_may_be_there_is_none() {
        for text in [
            "FROM nginx:1.27-alpine\nHEALTHCHECK CMD curl -f http://localhost/\n",
            "FROM node:22-alpine\nHEALTHCHECK CMD wget -qO- http://localhost/\n",
            "FROM registry.example.org/base:1\nHEALTHCHECK CMD curl -f http://localhost/\n",
            "ARG BASE\nFROM ${BASE}\nHEALTHCHECK CMD curl -f http://localhost/\n",
            "FROM alpine:3.22\nRUN apk add --no-cache curl\nHEALTHCHECK CMD curl -f http://localhost/\n",
            "FROM alpine:3.22\nRUN apk add nodejs-current\nHEALTHCHECK CMD node check.js\n",
            "FROM alpine:3.22 AS base\nRUN apk add curl\nFROM base\nHEALTHCHECK CMD curl localhost\n",
            "FROM alpine:3.22\nCOPY --from=tools /out/curl /usr/bin/\nHEALTHCHECK CMD curl localhost\n",
            "FROM alpine:3.22\nRUN ./setup.sh\nHEALTHCHECK CMD curl localhost\n",
            "FROM python:3.12-slim\nHEALTHCHECK CMD python check.py\n",
            "FROM postgres:17\nHEALTHCHECK CMD pg_isready\n",
        ] {
            assert_eq!(dockerfile(text), [], "{text}");
        }
    }

    #[test]
    fn another_tool_may_stand_in_for_the_one_that_lacks() {
        let text = "FROM alpine:3.22\nHEALTHCHECK CMD curl -f localhost || wget -q localhost\n";
        assert_eq!(dockerfile(text), []);
    }

    #[test]
    fn a_port_on_which_nothing_listens_answers_nobody() {
        let check = "HEALTHCHECK CMD wget -q http://localhost:9090/health\n";
        let found = dockerfile(&format!("FROM alpine:3.22\nEXPOSE 8080\n{check}"));
        assert_eq!(found, [(SILENT_PORT, "9090".to_owned())]);
        assert_eq!(dockerfile(&format!("FROM alpine:3.22\nEXPOSE 8080 9090\n{check}")), []);
        assert_eq!(dockerfile(&format!("FROM alpine:3.22\n{check}")), []);
        assert_eq!(dockerfile(&format!("FROM alpine:3.22\nENV ADMIN_PORT=9090\nEXPOSE 8080\n{check}")), []);
    }

    fn kubernetes(project: &mut Project<'_>, change: impl Fn(&mut Check<'_>)) {
        for container in &mut project.facts.containers {
            container.platform = Field::Default(Platform::Kubernetes);
            let mut liveness = container.checks[0].clone();
            (liveness.written, liveness.command) = ("livenessProbe", None);
            let mut readiness = liveness.clone();
            readiness.written = "readinessProbe";
            change(&mut liveness);
            container.checks = vec![liveness, readiness];
        }
    }

    const PROBED: &str = "FROM alpine:3.22\nEXPOSE 80\nHEALTHCHECK CMD wget http://localhost:80/\n";

    #[test]
    fn the_same_probe_twice_must_not_kill_too_soon() {
        let cases = |change: &dyn Fn(&mut Check<'_>)| {
            let found = judge(PROBED, |project| kubernetes(project, change));
            found.into_iter().map(|(case, _)| case).collect::<Vec<_>>()
        };
        assert_eq!(
            cases(&|probe| (probe.period, probe.failure_threshold) = (Some(3), Some(3))),
            [SAME_PROBES]
        );
        assert_eq!(cases(&|probe| probe.period = Some(3)), [SAME_PROBES]);
        assert_eq!(cases(&|probe| (probe.period, probe.failure_threshold) = (Some(5), Some(2))), [0; 0]);
        assert_eq!(cases(&|_| {}), [0; 0]);
        assert_eq!(cases(&|probe| (probe.period, probe.fingerprint) = (Some(1), 1)), [0; 0]);
    }

    #[test]
    fn a_port_that_a_pod_does_not_declare_is_advice() {
        let text = PROBED.replace("EXPOSE 80", "EXPOSE 8080");
        let found = judge(&text, |project| kubernetes(project, |_| {}));
        assert_eq!(found, [(UNDECLARED_PORT, "80".to_owned()), (UNDECLARED_PORT, "80".to_owned())]);
    }
}
