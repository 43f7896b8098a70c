//! Facts that follow from containers: a well-known image whose documented password, or lack of one, nothing
//! replaces.

use rustc_hash::FxHashMap;

use super::scope_of;
use crate::data::images::{self, DefaultCredentials, Known, Open};
use crate::facts::{
    Command, Container, Credential, CredentialClass, Facts, Field, Phase, Platform, Scope, Setting, Store,
};
use crate::packed::Texts;
use crate::source::{SourceId, Sources, Span};

/// Programs that ask a data store something and end; whoever starts one runs no server.
const CLIENTS: &[&str] = &[
    "cqlsh",
    "etcdctl",
    "influx",
    "mongo",
    "mongodump",
    "mongoimport",
    "mongorestore",
    "mongosh",
    "redis-cli",
    "valkey-cli",
];

pub(super) fn derive<'s>(
    containers: &[Container<'s>],
    scopes: &[&[Setting<'s>]],
    commands: &[Command<'s>],
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    let mut started = Started::default();
    for (at, container) in containers.iter().enumerate() {
        let Some(known) = known(container) else { continue };
        let around = Around { container, scopes };
        let in_place = |default: &DefaultCredentials| {
            around.sets_none(default.unless_set) && around.mounts_none(default.unless_files)
        };
        if known.default_credentials().is_some_and(in_place) {
            out.credentials.push(left_in_place(container, &known, sources));
        }
        if let Some(open) = known.open()
            && around.sets_none(open.unless_set)
            && around.mounts_none(open.unless_files)
        {
            if started.is_empty() {
                started = Started::new(containers, commands);
            }
            let mut commands = started.of(at).filter(|command| !checks(container, command));
            if !commands.any(|command| may_close(command, open)) {
                out.credentials.extend(no_password(container, &known, sources));
            }
        }
    }
}

/// What is known of the image that a container runs. An image that only builds on a data store is judged
/// where something starts it.
fn known<'s>(container: &Container<'s>) -> Option<Known<'s>> {
    let platform = container.platform.value()?;
    if container.environment_open
        || !matches!(platform, Platform::Compose | Platform::Kubernetes | Platform::Task)
    {
        return None;
    }
    let reference = container.image.as_ref()?.reference.value()?;
    images::lookup(&images::parse_reference(reference)?)
}

/// A container with the settings that it sees.
struct Around<'a, 's> {
    container: &'a Container<'s>,
    scopes: &'a [&'a [Setting<'s>]],
}

impl Around<'_, '_> {
    fn sets_none(&self, names: Texts) -> bool {
        let mut settings =
            self.container.environment.iter().flat_map(|scope| scope_of(self.scopes, *scope)).map(name);
        let known = |set: &str| names.iter().any(|name| name.eq_ignore_ascii_case(set));
        !settings.any(known) && !self.container.environment_given.iter().any(|set| known(set))
    }

    /// Whether none of these files, nor a folder that holds one, is mounted.
    fn mounts_none(&self, files: Texts) -> bool {
        let holds = |target: &str, file: &str| {
            let rest = file.strip_prefix(target.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut targets = self.container.mounted.iter().filter(|target| target.starts_with('/'));
        !targets.any(|target| files.iter().any(|file| holds(target, file)))
    }
}

fn name<'s>(setting: &Setting<'s>) -> &'s str {
    setting.key.value().copied().unwrap_or_default()
}

/// Which commands each container starts.
#[derive(Default)]
struct Started<'a, 's>(Vec<Vec<&'a Command<'s>>>);

impl<'a, 's> Started<'a, 's> {
    /// A command belongs to the container that it names, else to those whose entry holds it. One that an anchor brings from elsewhere
    /// belongs to the container that it names as its own.
    fn new(containers: &[Container<'s>], commands: &'a [Command<'s>]) -> Self {
        let mut blocks: Vec<(Span, usize)> =
            containers.iter().enumerate().map(|(at, container)| (container.block, at)).collect();
        blocks.sort_unstable();
        let mut subjects: FxHashMap<(SourceId, &str), usize> = FxHashMap::default();
        for (at, container) in containers.iter().enumerate() {
            subjects.entry((container.block.file, container.head.subject)).or_insert(at);
        }
        let mut scopes: FxHashMap<Scope, usize> = FxHashMap::default();
        for (at, container) in containers.iter().enumerate() {
            scopes.extend(container.environment.first().map(|scope| (*scope, at)));
        }
        let mut started = vec![Vec::new(); containers.len()];
        for command in commands.iter().filter(|command| command.phase == Phase::Run) {
            let place = command.head.anchor;
            let before = blocks.partition_point(|(block, _)| block.head() <= place.head());
            let holders = blocks.iter().take(before).rev().take_while(|(block, _)| block.contains(place));
            let mut held = false;
            let scope = command.scope.and_then(|scope| scopes.get(&scope));
            if let Some(list) = scope.and_then(|at| started.get_mut(*at)) {
                list.push(command);
                continue;
            }
            for (_, at) in holders {
                held = true;
                started.get_mut(*at).into_iter().for_each(|list: &mut Vec<_>| list.push(command));
            }
            let named = subjects.get(&(place.file, command.head.subject)).filter(|_| !held);
            if let Some(list) = named.and_then(|at| started.get_mut(*at)) {
                list.push(command);
            }
        }
        Started(started)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, at: usize) -> impl Iterator<Item = &'a Command<'s>> {
        self.0.get(at).into_iter().flatten().copied()
    }
}

/// Whether a command is part of a health check, which says nothing of who may ask the server.
fn checks(container: &Container<'_>, command: &Command<'_>) -> bool {
    container.checks.iter().any(|check| check.span.contains(command.head.anchor))
}

/// Whether a command may turn authentication on, or starts something else than the server: by a flag, by a
/// configuration file, or by a variable that stands for either.
fn may_close(command: &Command<'_>, open: &Open) -> bool {
    let parsed = &command.parsed;
    let client = parsed.program().is_some_and(|program| CLIENTS.contains(&program));
    let flags: Vec<_> = open.unless_flags.iter().collect();
    if client || parsed.has_flag(&flags).is_some() {
        return true;
    }
    let mut value = false;
    parsed.words.iter().any(|word| {
        let text = word.as_str();
        let of_option = std::mem::replace(&mut value, text.starts_with('-'));
        let file = text.rsplit('/').next().unwrap_or(text);
        let (flag, _) = text.split_once('=').unwrap_or((text, ""));
        open.unless_flags.iter().any(|known| known == file || known == flag)
            || is_configuration(file)
            || (!of_option && text.starts_with('$'))
    })
}

fn is_configuration(file: &str) -> bool {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["conf", "cfg", "cnf", "ini", "yml", "yaml", "toml"].contains(&extension)
}

fn left_in_place<'s>(container: &Container<'s>, known: &Known<'_>, sources: &'s Sources) -> Credential<'s> {
    let evidence = format!("the documented default password of {}", known.image.repository());
    credential(container, CredentialClass::Default, sources.keep(evidence.into()))
}

fn no_password<'s>(
    container: &Container<'s>,
    known: &Known<'_>,
    sources: &'s Sources,
) -> Option<Credential<'s>> {
    let store = known.image.datastore()?;
    let evidence = format!("{} lets anyone in unless it is told otherwise", store.name);
    Some(credential(container, CredentialClass::Empty, sources.keep(evidence.into())))
}

fn credential<'s>(container: &Container<'s>, class: CredentialClass, evidence: &'s str) -> Credential<'s> {
    let at = container.head.anchor;
    Credential {
        head: container.head.clone(),
        class: Field::set(class, at, ""),
        store: Field::set(Store::ImageDefault, at, ""),
        key: Field::Unset,
        evidence: Field::set(evidence, at, ""),
        published: Field::set(container.published, at, ""),
        bytes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Head;
    use crate::formats::{Reader, find};
    use crate::source::Text;
    use crate::syntax::shell;

    /// One container after the other, each on a line of `compose.yaml`: its image, a setting, its command.
    fn judge(lines: &[(&str, &str, &str)], change: impl Fn(&mut Container<'_>)) -> Vec<(String, bool)> {
        let sources = Sources::default();
        let text = lines
            .iter()
            .map(|(image, setting, command)| format!("{image} {setting} {command}\n"))
            .collect::<Vec<_>>()
            .concat();
        let file = sources.add("compose.yaml".into(), text);
        let whole = sources.text(file);
        let mut at = 0;
        let (mut containers, mut settings, mut commands) = (Vec::new(), Vec::new(), Vec::new());
        for (image, setting, command) in lines {
            let end = at + image.len() + setting.len() + command.len() + 2;
            let block = whole.span(at..end);
            let mut container = Container::of(Platform::Compose, Head::new(block, "service db"), block);
            container.image = image_of(&sources, image);
            let scope = Scope(block);
            container.environment.push(scope);
            let place = whole.span(at + image.len() + 1..at + image.len() + 1 + setting.len());
            if !setting.is_empty() {
                settings.push(Setting {
                    head: Head::new(place, "service db"),
                    key: Field::set(*setting, place, ""),
                    value: Field::set("x", place, ""),
                    text: Text::verbatim(place, "x"),
                    store: Store::Setting,
                    scope,
                    image: None,
                    defaults: Vec::new(),
                });
            }
            let start = end - command.len();
            commands.extend(shell::parse(&whole.part(start..end), &sources).into_iter().map(|parsed| {
                Command {
                    head: Head::new(parsed.span, "service db"),
                    program: Field::Unset,
                    line: Field::Unset,
                    parsed,
                    phase: Phase::Run,
                    store: Store::Setting,
                    scope: None,
                }
            }));
            change(&mut container);
            containers.push(container);
            at = end + 1;
        }
        let scopes: Vec<&[Setting<'_>]> = settings.chunk_by(|a, b| a.scope == b.scope).collect();
        let mut out = Facts::default();
        derive(&containers, &scopes, &commands, &sources, &mut out);
        let class = |one: &Credential<'_>| one.class.value().copied().unwrap() == CredentialClass::Default;
        out.credentials.iter().map(|one| ((*one.evidence.value().unwrap()).to_owned(), class(one))).collect()
    }

    fn image_of<'s>(sources: &'s Sources, image: &str) -> Option<crate::facts::Image<'s>> {
        let id = sources.add("Dockerfile".into(), format!("FROM {image}\n"));
        Reader::read(sources, id, find("dockerfile").unwrap()).facts.images.pop()
    }

    fn silent(image: &str, setting: &str, command: &str) -> bool {
        judge(&[(image, setting, command)], |_| {}).is_empty()
    }

    #[test]
    fn a_documented_password_stays_unless_something_sets_another() {
        let found = judge(&[("grafana/grafana:11.1.0", "", "")], |_| {});
        assert_eq!(found, [("the documented default password of grafana/grafana".to_owned(), true)]);
        assert!(silent("grafana/grafana:11.1.0", "GF_SECURITY_ADMIN_PASSWORD", ""));
        assert!(!silent("grafana/grafana:11.1.0", "GF_LOG_MODE", ""));
        assert!(silent("postgres:16", "", ""));
    }

    #[test]
    fn a_data_store_without_a_password_lets_anyone_in() {
        assert!(!silent("redis:7", "", ""));
        assert!(!silent("redis:7", "", "redis-server --save 60 1 --maxmemory $MEMORY"));
        assert!(!silent("mongo:7", "TZ", "mongod --bind_ip_all"));
        assert!(silent("mongo:7", "MONGO_INITDB_ROOT_USERNAME", ""));
        assert!(!silent("elasticsearch:7.17.9", "", ""));
        assert!(silent("elasticsearch:8.13.0", "", ""));
    }

    #[test]
    fn a_flag_a_configuration_file_or_a_variable_may_ask_for_one() {
        for command in [
            "redis-server --requirepass $REDIS_PASSWORD",
            "--requirepass $REDIS_PASSWORD",
            "redis-server /etc/redis/custom.conf",
            "redis-server $REDIS_ARGUMENTS",
            "sh -c 'exec redis-server --requirepass \"$P\"'",
            "redis-cli -h cache ping",
        ] {
            assert!(silent("redis:7", "", command), "{command}");
        }
    }

    #[test]
    fn a_command_counts_for_its_own_container_alone() {
        let lines = [("redis:7", "", "redis-server --requirepass x"), ("redis:6", "", "redis-server")];
        assert_eq!(judge(&lines, |_| {}).len(), 1);
    }

    #[test]
    fn a_health_check_is_no_server() {
        let check = |one: &mut Container<'_>| {
            one.checks.push(crate::facts::Check {
                written: "healthcheck",
                span: one.block,
                command: None,
                port: None,
                nameless: None,
                period: None,
                failure_threshold: None,
                fingerprint: 0,
            });
        };
        assert_eq!(judge(&[("redis:7", "", "redis-cli ping")], check).len(), 1);
    }

    #[test]
    fn a_mounted_configuration_may_set_another_password() {
        let mounted = |target: &'static str| {
            judge(&[("grafana/grafana:11.1.0", "", "")], |one| one.mounted.push(target)).is_empty()
        };
        assert!(mounted("/etc/grafana/grafana.ini"));
        assert!(mounted("/etc/grafana/"));
        assert!(!mounted("/etc/grafana/provisioning"));
        assert!(!mounted("/var/lib/grafana"));
    }

    #[test]
    fn what_comes_from_outside_is_known_by_its_name() {
        let given = |image: &str, name: &'static str| {
            judge(&[(image, "", "")], |one| one.environment_given.push(name)).is_empty()
        };
        assert!(given("mongo:7", "MONGO_INITDB_ROOT_USERNAME"));
        assert!(given("grafana/grafana:11.1.0", "GF_SECURITY_ADMIN_PASSWORD"));
        assert!(!given("mongo:7", "TZ"));
    }

    #[test]
    fn what_may_see_more_settings_is_not_judged() {
        assert!(judge(&[("redis:7", "", "")], |one| one.environment_open = true).is_empty());
        let image = |one: &mut Container<'_>| one.platform = Field::Default(Platform::Dockerfile);
        assert!(judge(&[("redis:7", "", "")], image).is_empty());
    }
}
