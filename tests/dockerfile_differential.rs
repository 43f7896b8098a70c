//! Our Dockerfile parser against the crate `parse-dockerfile`: wherever that one accepts a file, both see
//! the same instructions at the same places.
//!
//! Known differences, in which ours follows `BuildKit`:
//! - two escape characters at the end of a line are a literal one there, and no continuation;
//! - `parse-dockerfile` takes heredocs only at the start of `RUN`, so it refuses most that stand elsewhere;
//! - a file without `FROM`, an unknown instruction and a missing argument are errors there, which end the
//!   reading; here they are noted and reading goes on.
#![allow(clippy::panic, reason = "this is a test")]

use std::ops::Range;

use govlint::source::Sources;
use govlint::syntax::dockerfile::{self, Keyword};
use parse_dockerfile::{Command, HealthcheckArguments, Instruction, JsonOrStringArray};
use proptest::prelude::*;

/// An instruction: its name, the place of the keyword, and where it ends if that is known.
type Seen = (Keyword, Range<usize>, Option<usize>);

fn command_end(command: &Command<'_>) -> Option<usize> {
    match command {
        Command::Exec(array) => Some(array.span.end),
        Command::Shell(text) => Some(text.span.end),
        _ => None,
    }
}

fn theirs(instruction: &Instruction<'_>) -> Seen {
    match instruction {
        Instruction::Add(it) => (Keyword::Add, it.add.span.clone(), None),
        Instruction::Arg(it) => (Keyword::Arg, it.arg.span.clone(), Some(it.arguments.span.end)),
        Instruction::Cmd(it) => (Keyword::Cmd, it.cmd.span.clone(), command_end(&it.arguments)),
        Instruction::Copy(it) => (Keyword::Copy, it.copy.span.clone(), None),
        Instruction::Entrypoint(it) => {
            (Keyword::Entrypoint, it.entrypoint.span.clone(), command_end(&it.arguments))
        }
        Instruction::Env(it) => (Keyword::Env, it.env.span.clone(), Some(it.arguments.span.end)),
        Instruction::Expose(it) => {
            (Keyword::Expose, it.expose.span.clone(), it.arguments.last().map(|word| word.span.end))
        }
        Instruction::From(it) => {
            let last = it.as_.as_ref().map_or(&it.image, |(_, name)| name);
            (Keyword::From, it.from.span.clone(), Some(last.span.end))
        }
        Instruction::Healthcheck(it) => {
            let end = match &it.arguments {
                HealthcheckArguments::Cmd { arguments, .. } => command_end(arguments),
                HealthcheckArguments::None { none, .. } => Some(none.span.end),
                _ => None,
            };
            (Keyword::Healthcheck, it.healthcheck.span.clone(), end)
        }
        Instruction::Label(it) => (Keyword::Label, it.label.span.clone(), Some(it.arguments.span.end)),
        Instruction::Maintainer(it) => {
            (Keyword::Maintainer, it.maintainer.span.clone(), Some(it.name.span.end))
        }
        Instruction::Onbuild(it) => (Keyword::Onbuild, it.onbuild.span.clone(), theirs(&it.instruction).2),
        Instruction::Run(it) => {
            let end = if it.here_docs.is_empty() { command_end(&it.arguments) } else { None };
            (Keyword::Run, it.run.span.clone(), end)
        }
        Instruction::Shell(it) => (Keyword::Shell, it.shell.span.clone(), None),
        Instruction::Stopsignal(it) => {
            (Keyword::Stopsignal, it.stopsignal.span.clone(), Some(it.arguments.span.end))
        }
        Instruction::User(it) => (Keyword::User, it.user.span.clone(), Some(it.arguments.span.end)),
        Instruction::Volume(it) => {
            let end = match &it.arguments {
                JsonOrStringArray::Json(array) => Some(array.span.end),
                JsonOrStringArray::String(words) => words.last().map(|word| word.span.end),
            };
            (Keyword::Volume, it.volume.span.clone(), end)
        }
        Instruction::Workdir(it) => (Keyword::Workdir, it.workdir.span.clone(), Some(it.arguments.span.end)),
        _ => panic!("an instruction of which this test knows nothing"),
    }
}

/// What differs; nothing where `parse-dockerfile` refuses the text.
fn difference(text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}');
    let expected = parse_dockerfile::parse(text).ok()?;
    let sources = Sources::default();
    let id = sources.add("Dockerfile".into(), text.into());
    let found = dockerfile::parse(&sources.text(id), &sources);
    if found.instructions.len() != expected.instructions.len() {
        let keywords: Vec<_> = found.instructions.iter().map(|it| it.keyword).collect();
        return Some(format!("{} instructions, but {keywords:?}", expected.instructions.len()));
    }
    for (ours, theirs) in found.instructions.iter().zip(expected.instructions.iter().map(theirs)) {
        let (keyword, place, end) = theirs;
        let start = place.start;
        if ours.keyword != keyword || ours.keyword_span.range() != place || ours.span.range().start != start {
            return Some(format!(
                "{keyword:?} at {place:?}, but {:?} at {:?}",
                ours.keyword, ours.keyword_span
            ));
        }
        // Their arguments may include the blanks, the escape and the comments behind the last word.
        let ours_end = ours.span.range().end;
        let rest = |end: usize| text.get(ours_end.min(end)..ours_end.max(end)).unwrap_or("?");
        let is_blank = |end: usize| {
            rest(end).lines().all(|line| {
                let line = line.trim().trim_end_matches(found.escape);
                line.trim().is_empty() || line.trim_start().starts_with('#')
            })
        };
        if end.is_some_and(|end| !is_blank(end)) {
            return Some(format!("{keyword:?} ends at {end:?}, but at {ours_end}"));
        }
    }
    None
}

const FILES: [&str; 12] = [
    "FROM a\n",
    "# syntax=docker/dockerfile:1\n# escape=`\nFROM a AS b\nRUN c `\n  d\nUSER e\n",
    "ARG A=1\nFROM --platform=$A a:${A}\nENV A=b C=\"d e\"\nENV F g h\nLABEL i=j\n",
    "FROM a\r\nRUN b \\\r\n  && c\r\n\r\nCMD [\"d\", \"e\"]\r\n",
    "from a\nrun b \\\n # comment\n\n  c\ncopy --from=b --chown=c d e /f/\n",
    "FROM a\nRUN <<EOF\nFROM b\n# no comment\nEOF\nUSER c\n",
    "FROM a\nRUN <<-EOF b\n\tc\n\tEOF\nWORKDIR /d e\n",
    "FROM a\nHEALTHCHECK --interval=5s --timeout=3s CMD curl -f b || exit 1\nHEALTHCHECK NONE\n",
    "FROM a\nONBUILD RUN b\nONBUILD COPY . /c\nSTOPSIGNAL 9\nSHELL [\"sh\", \"-c\"]\n",
    "FROM a\nVOLUME [\"/b\", \"/c\"]\nVOLUME /d /e\nEXPOSE 80 443/tcp\nMAINTAINER F <g@h>\n",
    "FROM a\nCOPY <<EOF /b\nc\nEOF\nENTRYPOINT d\nCMD e\n",
    "  FROM\ta\n\tRUN b \\\n\n\n c\n# end\n",
];

#[test]
fn both_parsers_agree_on_ordinary_files() {
    for text in FILES {
        assert!(parse_dockerfile::parse(text).is_ok(), "not accepted: {text}");
        assert_eq!(difference(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_parsers_agree_on_generated_files(
        lines in prop::collection::vec(
            (
                "(RUN|CMD|ENTRYPOINT|USER|WORKDIR|EXPOSE|LABEL|ENV|ARG|COPY|ADD|VOLUME|STOPSIGNAL|ONBUILD RUN|run)",
                r#" {1,2}[a-z]=?[a-z"]{0,6} ([a-z]=)?[a-z$\[]{1,6}( \\\n( #x\n|\n)?  [a-z]=[a-z]{1,3})?[ \t]?(\r?\n#c|\n)?"#,
            ),
            0..8,
        )
    ) {
        let body: Vec<_> = lines.iter().map(|(keyword, rest)| format!("{keyword}{rest}\n")).collect();
        let text = format!("FROM a\n{}", body.concat());
        prop_assert_eq!(difference(&text), None, "{}", text);
    }
}
