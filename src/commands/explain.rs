//! `govlint explain`

use std::io::{self, Write};

use super::{Error, Exit, Handles, load};
use crate::policy::did_you_mean;
use crate::rule::{self, Rule};

pub(super) fn run(id: &str, handles: &mut Handles<'_>) -> Result<Exit, Error> {
    // `topic/id`, as the list of rules prints it, is as good.
    let known = || rule::built_in().iter();
    let Some(raw) =
        known().find(|raw| raw.id == id || id.strip_suffix(raw.id) == Some(&format!("{}/", raw.topic)))
    else {
        let meant = did_you_mean(id, known().map(|raw| raw.id));
        return Err(Error::Asked(format!("unknown rule `{id}`{meant}; `govlint rules` lists them all")));
    };
    write(&load(raw)?, handles.terminal.out_colours, handles.out)?;
    Ok(Exit::Clean)
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// The rule's Markdown for a terminal: headings stand out, code is indented.
fn write(rule: &Rule, colours: bool, out: &mut dyn Write) -> io::Result<()> {
    let paint =
        |style: &str, text: &str| if colours { format!("{style}{text}{PLAIN}") } else { text.to_owned() };
    writeln!(out, "{}", paint(BOLD, rule.title))?;
    writeln!(
        out,
        "{}",
        paint(DIM, &format!("{}/{}, {}, since {}", rule.topic, rule.id, rule.level().name(), rule.since))
    )?;
    let mut fence = None;
    let (mut blank, mut first) = (false, true);
    for line in rule.text.trim().lines() {
        if std::mem::take(&mut first) {
            continue;
        }
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if ticks >= open && line.trim_matches('`').trim().is_empty() => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            _ if line.is_empty() => blank = true,
            _ => {
                if std::mem::take(&mut blank) {
                    writeln!(out)?;
                }
                let heading = line.trim_start_matches('#');
                match fence {
                    Some(_) => writeln!(out, "    {}", paint(DIM, line))?,
                    None if heading.len() < line.len() => writeln!(out, "{}", paint(BOLD, heading.trim()))?,
                    None => writeln!(out, "{line}")?,
                }
            }
        }
    }
    for (heading, controls) in [("Controls", rule.controls), ("Supports", rule.related)] {
        if !controls.is_empty() {
            writeln!(out, "\n{}", paint(BOLD, heading))?;
        }
        for (framework, ids) in controls.iter() {
            writeln!(out, "{framework}: {}", ids.join(", "))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{load, read};

    const RULE: &str =
        "\n# Broken file\n\nIt matters.\n\n## Bad\n\n`x`\n\n````text\n# no heading\n\n```\n````\n\n## Good\n";

    fn written(colours: bool) -> String {
        let head = "since = \"0.1\"\ncontrols = { soc2 = [\"CC7.1\", \"CC7.2\"] }\n\
            [[case]]\nabout = \"problem\"\nwhen = {}\nlevel = \"note\"\nmessage = \"\"";
        let raw = read::read("broken", "project", &format!("+++\n{head}\n+++\n{RULE}")).unwrap();
        let rule = load::load(&raw).unwrap();
        let mut out = Vec::new();
        write(&rule, colours, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn code_is_indented_and_keeps_its_hashes() {
        insta::assert_snapshot!(written(false), @r"
        Broken file
        project/broken, note, since 0.1

        It matters.

        Bad

        `x`

            # no heading

            ```

        Good

        Controls
        soc2: CC7.1, CC7.2
        ");
    }

    #[test]
    fn headings_are_bold_where_colours_are_on() {
        assert!(written(true).starts_with("\u{1b}[1mBroken file\u{1b}[0m\n\u{1b}[2mproject/broken"));
    }
}
