//! A command that a file starts, with its flags.

use super::fact;
use crate::syntax::shell;

/// When a command runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// While an image is built: `RUN`.
    Build,
    /// In the container, or as its health check.
    Run,
    /// In a script or a step of a pipeline, on whatever machine that runs on.
    Script,
}

fact! {
    /// A command that a file starts: in `RUN`, `CMD`, `command:`, `args:`, a health check, a script.
    Command<'s> {
        /// The program's base name (`curl`).
        program ("program"): &'s str,
        /// The whole command, words joined by blanks.
        line ("line"): &'s str,
    }
    also {
        /// The words with their places.
        parsed: shell::Command<'s>,
        /// When it runs.
        phase: Phase,
        /// What holds the credentials that it is given.
        store: super::Store,
        /// The scope of the settings of the container that runs it, where its place doesn't tell which
        /// container that is: a service may take its command from another file.
        scope: Option<super::Scope>,
    }
}

impl Command<'_> {
    /// The program of a command that consists of nothing but the options with which the runner of a pipeline
    /// creates a container.
    pub const CREATES_CONTAINER: &'static str = "docker create";
}
