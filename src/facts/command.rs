//! A command that a file starts, with its flags.

use super::fact;
use crate::syntax::shell;

fact! {
    /// A command that a file starts: in `RUN`, `CMD`, `command:`, `args:`, a health check.
    Command<'s> {
        /// The program's base name (`curl`).
        program ("program"): &'s str,
        /// The whole command, words joined by blanks.
        line ("line"): &'s str,
    }
    also {
        /// The words with their places.
        parsed: shell::Command<'s>,
        /// Whether it runs while the image is built (`RUN`), not in the container.
        at_build: bool,
        /// What holds the credentials that it is given.
        store: super::Store,
        /// The scope of the settings of the container that runs it, where its place doesn't tell which
        /// container that is: a service may take its command from another file.
        scope: Option<super::Scope>,
    }
}
