//! What the build of a stage adds to its base, so that a health check's program isn't missed where it is.

use crate::facts::Installed;
use crate::syntax::dockerfile::Word;
use crate::syntax::shell;

/// Package managers, by the name as they are called.
const MANAGERS: &[&str] = &[
    "apk",
    "apt",
    "apt-get",
    "aptitude",
    "conda",
    "dnf",
    "mamba",
    "microdnf",
    "micromamba",
    "nix-env",
    "pacman",
    "tdnf",
    "yum",
    "zypper",
];

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "."];

/// Takes in a command of `RUN`.
pub(super) fn run<'s>(command: &shell::Command<'s>, installed: &mut Installed<'s>) {
    let Some(program) = command.program() else {
        installed.open |= !command.words.is_empty();
        return;
    };
    // A build that runs a program has it, or fails.
    installed.names.push(program);
    let written = command.words.iter().find(|word| word.as_str().ends_with(program));
    let of_project = written.is_some_and(|word| word.as_str().starts_with("./"))
        || program.rsplit_once('.').is_some_and(|(_, extension)| extension == "sh");
    if of_project || runs_script(program, command) {
        installed.open = true;
    }
    if MANAGERS.contains(&program) {
        for word in command.arguments() {
            let text = word.as_str();
            if !word.literal {
                installed.open = true;
            } else if !text.starts_with('-') {
                let end = text.find(['=', '~', '<', '>', '@', ':']).unwrap_or(text.len());
                installed.names.extend(text.get(..end));
            }
        }
    }
}

/// The word by which a command runs `sudo`, or installs it.
pub(super) fn sudo<'a, 's>(command: &'a shell::Command<'s>) -> Option<&'a shell::Word<'s>> {
    let runs = command.words.first().filter(|word| base_name(word.as_str()) == "sudo");
    let installs = command.program().is_some_and(|program| MANAGERS.contains(&program));
    let adds = |word: &&shell::Word<'s>| matches!(word.as_str(), "install" | "add" | "-S");
    let mut behind = command.arguments().iter().skip_while(|word| !adds(word)).filter(|_| installs);
    runs.or_else(|| behind.find(|word| word.as_str() == "sudo"))
}

/// Whether a shell is given a file, or its input. A text behind `-c` is seen as commands of its own.
fn runs_script(program: &str, command: &shell::Command<'_>) -> bool {
    let text = command.arguments().iter().any(|word| {
        let flag = word.as_str();
        flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c')
    });
    SHELLS.contains(&program) && !text
}

/// Takes in the words of `COPY` and `ADD`. A folder of programs, copied as a whole, may bring anything.
pub(super) fn copy<'s>(words: &[Word<'s>], installed: &mut Installed<'s>) {
    let folders = ["", "bin", "sbin", "usr", "local"];
    let Some((target, copied)) = words.split_last() else { return };
    for word in copied {
        let name = base_name(word.text.as_str());
        let into_path = target.text.as_str().contains("bin") || target.text.as_str() == "/";
        installed.open |= into_path && (folders.contains(&name) || name.contains(['*', '$']));
        installed.names.push(name);
    }
    installed.names.push(base_name(target.text.as_str()));
}

fn base_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use crate::facts::Installed;
    use crate::formats::{Reader, find};
    use crate::source::Sources;

    fn installed<'s>(sources: &'s Sources, text: &str) -> Installed<'s> {
        let id = sources.add("Dockerfile".into(), text.into());
        let reading = Reader::read(sources, id, find("dockerfile").unwrap());
        reading.links.stages.last().unwrap().container.installed.clone()
    }

    fn names(text: &str, name: &str) -> bool {
        installed(&Sources::default(), text).names.contains(&name)
    }

    fn open(text: &str) -> bool {
        installed(&Sources::default(), text).open
    }

    #[test]
    fn packages_count_by_name_whatever_their_version() {
        assert!(names("FROM alpine\nRUN apk add --no-cache curl=8.9.1-r2 jq\n", "curl"));
        assert!(names("FROM debian\nRUN apt-get update && apt-get install -y wget\n", "wget"));
        assert!(names("FROM debian AS a\nRUN apt-get install -y curl\nFROM a\n", "curl"));
        assert!(!names("FROM debian AS a\nRUN apt-get install -y curl\nFROM debian\n", "curl"));
    }

    #[test]
    fn a_copied_program_counts_by_its_name() {
        assert!(names("FROM alpine\nCOPY --from=tools /opt/curl /usr/bin/\n", "curl"));
        assert!(names("FROM alpine\nCOPY probe /usr/bin/wget\n", "wget"));
        assert!(open("FROM alpine\nCOPY --from=tools /usr/bin/ /usr/bin/\n"));
        assert!(!open("FROM alpine\nCOPY . /srv\n"));
    }

    #[test]
    fn sudo_counts_where_it_runs_and_where_it_is_installed() {
        let place = |text: &str| {
            let sources = Sources::default();
            let id = sources.add("Dockerfile".into(), text.into());
            let reading = Reader::read(&sources, id, find("dockerfile").unwrap());
            let gains = reading.facts.containers.iter().filter_map(|one| one.escalation.span());
            gains.map(|span| sources.slice(span).to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(place("FROM debian\nRUN apt-get install -y sudo curl\n"), "sudo");
        assert_eq!(place("FROM debian\nRUN /usr/bin/sudo ls\n"), "/usr/bin/sudo");
        assert_eq!(place("FROM debian\nRUN apt-get purge sudo\n"), "");
        assert_eq!(place("FROM debian\nRUN echo sudo\n"), "");
        assert_eq!(place("FROM debian\nRUN sudo a && sudo b\nCMD sudo c\nFROM x\n"), "sudo sudo sudo");
    }

    #[test]
    fn what_the_build_runs_is_there() {
        assert!(names("FROM debian\nRUN curl -O https://example.org/x\n", "curl"));
    }

    #[test]
    fn scripts_and_variables_may_install_anything() {
        for run in ["./setup.sh", "sh /tmp/setup.sh", "curl https://example.org/x | sh", "apk add $TOOLS"] {
            assert!(open(&format!("FROM alpine\nRUN {run}\n")), "{run}");
        }
        for run in ["sh -c 'npm ci'", "apk add curl", "npm ci && npm run build"] {
            assert!(!open(&format!("FROM alpine\nRUN {run}\n")), "{run}");
        }
    }
}
