//! What the readers of the outputs can show.

use std::ffi::OsStr;
use std::io::IsTerminal;

use crate::cli::Color;

/// What the readers of the outputs can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Terminal {
    /// Whether standard output is a terminal.
    pub is_terminal: bool,
    /// Whether standard output gets colours.
    pub out_colours: bool,
    /// Whether standard error gets colours.
    pub err_colours: bool,
    /// How many columns a line has; nothing where it isn't known.
    pub width: Option<usize>,
}

impl Terminal {
    /// The terminal of this process.
    #[must_use]
    pub fn of_process(color: Color) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let (out, err) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        Terminal {
            is_terminal: out,
            out_colours: colours(color, out, variable),
            err_colours: colours(color, err, variable),
            width: variable("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok()),
        }
    }
}

/// As no-color.org and bixense.com/clicolors have it.
fn colours<V: AsRef<OsStr>>(color: Color, is_terminal: bool, variable: impl Fn(&str) -> Option<V>) -> bool {
    let says = |name: &str, value: &str| variable(name).is_some_and(|found| found.as_ref() == value);
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if variable("NO_COLOR").is_some() => false,
        Color::Auto if variable("CLICOLOR_FORCE").is_some() && !says("CLICOLOR_FORCE", "0") => true,
        Color::Auto => is_terminal && !says("CLICOLOR", "0") && !says("TERM", "dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_and_the_terminal_decide_where_nothing_is_said() {
        let decide = |color, is_terminal, variables: &[(&str, &'static str)]| {
            colours(color, is_terminal, |name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
            })
        };
        assert!(decide(Color::Auto, true, &[]));
        assert!(!decide(Color::Auto, false, &[]));
        assert!(!decide(Color::Auto, true, &[("NO_COLOR", "1")]));
        assert!(decide(Color::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!decide(Color::Auto, false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!decide(Color::Auto, true, &[("CLICOLOR", "0")]));
        assert!(!decide(Color::Auto, true, &[("TERM", "dumb")]));
        assert!(decide(Color::Always, false, &[("NO_COLOR", "1")]));
        assert!(!decide(Color::Never, true, &[("CLICOLOR_FORCE", "1")]));
    }
}
