//! A container as it will run.

use super::field::words;
use super::{Field, Head, Image, fact};
use crate::source::Span;

words! {
    /// What runs the container.
    Platform {
        /// A Compose service.
        Compose = "compose",
        /// An image that a Dockerfile builds, started by whoever uses it.
        Dockerfile = "dockerfile",
        /// A container of a Kubernetes pod.
        Kubernetes = "kubernetes",
        /// A container of a task that a cloud runs (Amazon ECS).
        Task = "task",
        /// A process that a configuration file (nginx) or a command (`docker run`) starts.
        Process = "process",
    }
}

words! {
    /// How long a container is meant to run.
    Runs {
        /// Until it is stopped.
        Long = "long",
        /// Until its work is done: Jobs, init containers, one-shot services.
        ToCompletion = "to-completion",
        /// A debugging container put into a running pod.
        Ephemeral = "ephemeral",
    }
}

words! {
    /// A health check that the platform itself runs.
    Healthcheck {
        /// There is one.
        Present = "present",
        /// One is turned off (`HEALTHCHECK NONE`).
        Disabled = "disabled",
    }
}

fact! {
    /// A container as it will run, after everything that takes part in it (image, service, pod) has been
    /// put together.
    Container<'s> {
        /// What runs it.
        platform ("platform"): Platform,
        /// Its name.
        name ("name"): &'s str,
        /// How long it is meant to run.
        runs ("runs"): Runs,
        /// Whether something here starts it: a Dockerfile that no service builds is started by nobody.
        started ("started"): bool,
        /// The user it ends up as: a name, a number, or `user:group`.
        user ("user"): &'s str,
        /// Whether that user is only the default of a variable, which whoever builds or starts the container
        /// may set.
        user_by_default ("user-by-default"): bool,
        /// Whether it must not start as root (Kubernetes `runAsNonRoot`).
        non_root ("non-root"): bool,
        /// Whether it has all privileges of the host.
        privileged ("privileged"): bool,
        /// Whether a process in it may gain privileges that its parent doesn't have.
        escalation ("escalation"): bool,
        /// Capabilities added to the default set, in capitals and without `CAP_`.
        added_capabilities ("added-capabilities"): Vec<&'s str>,
        /// Capabilities dropped from the default set, in capitals and without `CAP_`.
        dropped_capabilities ("dropped-capabilities"): Vec<&'s str>,
        /// Whether it shares the host's network.
        host_network ("host-network"): bool,
        /// Whether it shares the host's process ids.
        host_pid ("host-pid"): bool,
        /// Whether it shares the host's interprocess communication.
        host_ipc ("host-ipc"): bool,
        /// Whether it shares the host's name (UTS namespace).
        host_uts ("host-uts"): bool,
        /// Whether it shares the host's user ids although user namespaces are in use.
        host_users ("host-users"): bool,
        /// Whether its root file system can't be written.
        read_only_root ("read-only-root"): bool,
        /// The health check that the platform runs (Compose and Dockerfiles).
        healthcheck ("healthcheck"): Healthcheck,
        /// Whether it has a liveness probe.
        liveness ("liveness"): bool,
        /// Whether it has a readiness probe.
        readiness ("readiness"): bool,
        /// The limit on processor time.
        cpu_limit ("cpu-limit"): &'s str,
        /// The limit on memory.
        memory_limit ("memory-limit"): &'s str,
        /// The processor time it asks for.
        cpu_request ("cpu-request"): &'s str,
        /// The memory it asks for.
        memory_request ("memory-request"): &'s str,
    }
    also {
        /// Its image.
        image: Option<Image<'s>>,
        /// The commands of its health checks and probes, and the ports they ask.
        checks: Vec<Check<'s>>,
        /// The ports that it is known to listen on; empty where none is known.
        listens: Vec<u16>,
        /// The whole entry in its file.
        block: Span,
        /// The scopes of the settings that it sees.
        environment: Vec<super::Scope>,
        /// The names of settings that it sees, but whose values come from outside.
        environment_given: Vec<&'s str>,
        /// Whether it may see settings that aren't known here, not even by name.
        environment_open: bool,
        /// Whether one of its ports can be reached from outside.
        published: bool,
        /// What the build of its image adds to the base.
        installed: Installed<'s>,
        /// The paths in it at which something from outside is mounted, as far as they are known.
        mounted: Vec<&'s str>,
    }
}

/// What the build of an image adds to its base, as far as it decides which programs are there.
#[derive(Clone, Debug, Default)]
pub struct Installed<'s> {
    /// The names of installed packages, of copied files, and of the programs that the build itself runs.
    pub names: Vec<&'s str>,
    /// Whether something runs that may install anything: a script of the project's own.
    pub open: bool,
}

impl<'s> Container<'s> {
    /// About how many bytes a copy of its lists takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        size_of_val(self.listens.as_slice())
            + size_of_val(self.environment.as_slice())
            + size_of_val(self.installed.names.as_slice())
    }

    /// A container of a platform of which nothing else is said: no property applies until the format that
    /// knows the platform says what it is.
    #[must_use]
    pub fn of(platform: Platform, head: Head<'s>, block: Span) -> Self {
        let anchor = head.anchor;
        Container {
            head,
            platform: Field::set(platform, anchor, ""),
            name: Field::NotApplicable,
            runs: Field::NotApplicable,
            started: Field::NotApplicable,
            user: Field::NotApplicable,
            user_by_default: Field::NotApplicable,
            non_root: Field::NotApplicable,
            privileged: Field::NotApplicable,
            escalation: Field::NotApplicable,
            added_capabilities: Field::NotApplicable,
            dropped_capabilities: Field::NotApplicable,
            host_network: Field::NotApplicable,
            host_pid: Field::NotApplicable,
            host_ipc: Field::NotApplicable,
            host_uts: Field::NotApplicable,
            host_users: Field::NotApplicable,
            read_only_root: Field::NotApplicable,
            healthcheck: Field::NotApplicable,
            liveness: Field::NotApplicable,
            readiness: Field::NotApplicable,
            cpu_limit: Field::NotApplicable,
            memory_limit: Field::NotApplicable,
            cpu_request: Field::NotApplicable,
            memory_request: Field::NotApplicable,
            image: None,
            checks: Vec::new(),
            listens: Vec::new(),
            block,
            environment: Vec::new(),
            environment_given: Vec::new(),
            environment_open: false,
            published: false,
            installed: Installed::default(),
            mounted: Vec::new(),
        }
    }
}

/// What a health check or a probe does.
#[derive(Clone, Debug)]
pub struct Check<'s> {
    /// Which check it is, as the file spells it: `HEALTHCHECK`, `livenessProbe`.
    pub written: &'static str,
    /// The place of the check.
    pub span: Span,
    /// The command it runs, where it runs one.
    pub command: Option<super::Command<'s>>,
    /// The port that it asks, with its place.
    pub port: Option<(u16, Span)>,
    /// The name of a port that it asks and that none of the container's ports has, with its place.
    pub nameless: Option<(&'s str, Span)>,
    /// The period in seconds, where it is known.
    pub period: Option<u32>,
    /// How many failures count as one, where it is known.
    pub failure_threshold: Option<u32>,
    /// The check's settings as written, to tell whether two are the same.
    pub fingerprint: u64,
}
