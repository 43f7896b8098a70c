use proptest::prelude::*;

use super::*;

/// The commands, each as its assignments, words and redirects, with `~` before what is not literal.
fn read(content: &str) -> Vec<String> {
    with(content, |commands, _| commands.iter().map(shown).collect())
}

fn with<T>(content: &str, look: impl FnOnce(&[Command<'_>], &Sources) -> T) -> T {
    let sources = Sources::default();
    let id = sources.add("a.sh".into(), content.into());
    look(&parse(&sources.text(id), &sources), &sources)
}

fn word(word: &Word<'_>) -> String {
    format!("{}{}", if word.literal { "" } else { "~" }, word.as_str())
}

fn shown(command: &Command<'_>) -> String {
    let assignments =
        command.assignments.iter().map(|(name, value)| format!("{}:={}", name.as_str(), word(value)));
    let words = command.words.iter().map(word);
    let redirects = command
        .redirects
        .iter()
        .map(|redirect| format!("{:?}:{}", redirect.direction, word(&redirect.target)));
    assignments.chain(words).chain(redirects).collect::<Vec<_>>().join("|")
}

fn program(content: &str) -> Option<String> {
    with(content, |commands, _| commands[0].program().map(str::to_owned))
}

#[test]
fn operators_join_commands() {
    use Operator::{And, Background, Or, Pipe, Sequence};
    let operators = with("a && b || c | d & e; f\ng |& h", |commands, _| {
        commands.iter().map(|command| command.operator).collect::<Vec<_>>()
    });
    assert_eq!(operators, [And, Or, Pipe, Background, Sequence, Sequence, Pipe, Sequence]);
}

#[test]
fn quotes_and_escapes_are_removed() {
    assert_eq!(read(r#"echo 'a b'"c d"e\ f "\"\x" '' $'g'"#), [r#"echo|a bc de f|"\x||g"#]);
    assert_eq!(read("curl \\\n  -k \\\r\n x#y # z"), ["curl|-k|x#y"]);
}

#[test]
fn expansions_are_not_literal() {
    assert_eq!(
        read(r#"a $x "${y:-z}" '$x' \$x *.c a{b,c} {} ~/x $ "$" [ x[1] a{b}"#),
        ["a|~$x|~${y:-z}|$x|$x|~*.c|~a{b,c}|{}|~~/x|$|$|[|~x[1]|a{b}"]
    );
    assert_eq!(read("a $'\\n' $((1 + 2)) `b`"), ["a|~\\n|~$((1 + 2))|~`b`", "b"]);
}

#[test]
fn assignments_stand_in_front() {
    assert_eq!(read("A=1 B='x y' C= run D=2"), ["A:=1|B:=x y|C:=|run|D=2"]);
    assert_eq!(read("A+=(1 $(b)) c[2]=x"), ["A:=~(1 $(b))|c:=x", "b"]);
}

#[test]
fn a_list_that_starts_with_an_option_has_no_program() {
    with("--insecure --port=1 x", |commands, _| {
        assert_eq!((commands[0].program(), commands[0].arguments().len()), (None, 3));
        assert!(commands[0].has_flag(&["--insecure"]).is_some());
    });
}

#[test]
fn compound_commands_only_separate() {
    assert_eq!(read("if a; then b; elif c; then d; else e; fi > f"), ["a", "b", "c", "d", "e", "Write:f"]);
    assert_eq!(read("for x in 1 $(a); do b; done; while ! c\ndo d\ndone"), ["a", "b", "c", "d"]);
    assert_eq!(read("for ((i=0; i<3; i++)); do a; done; ((x++)); b"), ["a", "b"]);
    assert_eq!(read("(a; b) && { c; } | d"), ["a", "b", "c", "d"]);
    assert_eq!(read("f() { a; }; function g { b; }\nf"), ["a", "b", "f"]);
    assert_eq!(read("echo if then"), ["echo|if|then"]);
}

#[test]
fn case_patterns_run_nothing() {
    assert_eq!(
        read("case $(a) in\n  x|y) b ;;\n  (z) c;; # d\n  *)\n e\n ;;\nesac\nf"),
        ["a", "b", "c", "e", "f"]
    );
}

#[test]
fn tests_keep_their_operators() {
    assert_eq!(read("[[ a < b && (c || d) ]] && e"), ["[[|a|<|b|&&|(|c||||d|)|]]", "e"]);
    assert_eq!(read("[ -n x ] && e"), ["[|-n|x|]", "e"]);
}

#[test]
fn substitutions_come_out_behind_their_command() {
    assert_eq!(
        read("a \"$(b $(c))\" `d` ${x:-$(e)} <(f) | g"),
        ["a|~$(b $(c))|~`d`|~${x:-$(e)}|~<(f)", "b|~$(c)", "c", "d", "e", "f", "g"]
    );
    with("a $(b | c) | d", |commands, _| {
        assert_eq!(following(commands, 0).and_then(Command::program), Some("d"));
        assert_eq!(following(commands, 1).and_then(Command::program), Some("c"));
        assert!(following(commands, 2).is_none() && following(commands, 3).is_none());
    });
}

#[test]
fn the_operator_behind_a_bracket_joins_its_last_command() {
    let operators = with("(a; b) | c", |commands, _| commands.iter().map(|c| c.operator).collect::<Vec<_>>());
    assert_eq!(operators, [Operator::Sequence, Operator::Pipe, Operator::Sequence]);
}

#[test]
fn redirects_are_no_words() {
    assert_eq!(
        read("a 2>&1 >b <c >>d &>e 3<>f <<<g x2>h"),
        ["a|x2|Duplicate:1|Write:b|Read:c|Append:d|Write:e|ReadWrite:f|HereString:g|Write:h"]
    );
    with("a 2>b", |commands, sources| {
        assert_eq!(commands[0].redirects[0].descriptor, Some(2));
        assert_eq!(sources.slice(commands[0].redirects[0].span), "2>b");
    });
}

#[test]
fn heredoc_bodies_are_no_commands() {
    let text = "cat <<EOF | b <<-'END'\nx; y\nEOF\n\tz\n\tEND\nc";
    assert_eq!(read(text), ["cat|Heredoc:EOF", "b|Heredoc:END", "c"]);
    with(text, |commands, _| {
        assert_eq!(commands[0].redirects[0].body.as_ref().map(Text::as_str), Some("x; y\n"));
        assert_eq!(commands[1].redirects[0].body.as_ref().map(Text::as_str), Some("\tz\n"));
    });
    assert_eq!(read("cat <<EOF\nx"), ["cat|Heredoc:EOF"]);
}

#[test]
fn a_shell_runs_its_heredoc() {
    assert_eq!(read("bash -e <<EOF\na\nEOF\nb"), ["bash|-e|Heredoc:EOF", "a", "b"]);
}

#[test]
fn a_shell_runs_its_text() {
    assert_eq!(
        read("bash -euxo pipefail -lc 'a; \"b c\"' d; e"),
        ["bash|-euxo|pipefail|-lc|a; \"b c\"|d", "a", "b c", "e"]
    );
    assert_eq!(read("sudo su - x -c \"a $(b)\""), ["sudo|su|-|x|-c|~a $(b)", "a|~$(b)", "b"]);
    assert_eq!(read("sh script.sh -c a"), ["sh|script.sh|-c|a"]);
    with("sh -c 'curl  \"-\"k'", |commands, sources| {
        assert_eq!(commands[1].depth, 1);
        let span = commands[1].has_flag(&["-k"]).unwrap();
        assert_eq!(sources.slice(span), "\"-\"k");
    });
}

#[test]
fn programs_are_found_behind_prefixes() {
    for (text, expected) in [
        ("/usr/bin/curl -k", "curl"),
        ("sudo -E -u root A=b curl", "curl"),
        ("env -i A=b nohup time -p curl", "curl"),
        ("exec \"$@\"", ""),
        ("exec gosu app:app node x", "node"),
        ("timeout -s KILL 5 curl", "curl"),
        ("find . | x", "find"),
        ("xargs -n 1 curl", "curl"),
        ("tini -- node", "node"),
        ("command -v curl", "command"),
        ("sudo -i", "sudo"),
        ("curl.exe -k", "curl"),
        ("$BIN/curl", "curl"),
        ("$CURL x", ""),
        ("A=1", ""),
    ] {
        assert_eq!(program(text).as_deref().unwrap_or_default(), expected, "{text}");
    }
    with("sudo -E curl -k x", |commands, _| assert_eq!(commands[0].arguments().len(), 2));
}

#[test]
fn flags_are_found_in_groups() {
    let found = |text: &str, flags: &[&str]| {
        with(text, |commands, sources| commands[0].has_flag(flags).map(|span| sources.slice(span).to_owned()))
    };
    let insecure = &["-k", "--insecure"];
    assert_eq!(found("curl -fsSLk x", insecure).as_deref(), Some("-fsSLk"));
    assert_eq!(found("curl '--insecure' x", insecure).as_deref(), Some("'--insecure'"));
    assert_eq!(found("wget --tls=off", &["--tls"]).as_deref(), Some("--tls=off"));
    for text in ["curl -okey", "curl --insecure-x", "curl -- -k", "curl x-k", "curl -H-k", "sudo -k curl x"] {
        assert_eq!(found(text, insecure), None, "{text}");
    }
}

#[test]
fn options_have_values() {
    let value = |text: &str, name: &str| {
        with(text, |commands, sources| {
            commands[0]
                .option_value(name)
                .map(|word| (word.as_str().to_owned(), sources.slice(word.span).to_owned()))
        })
    };
    let pair = |text: &str, written: &str| Some((text.to_owned(), written.to_owned()));
    assert_eq!(value("c --user 'a b'", "--user"), pair("a b", "'a b'"));
    assert_eq!(value("c --user=a", "--user"), pair("a", "a"));
    assert_eq!(value("c --user='a b'", "--user"), pair("a b", "a b"));
    assert_eq!(value("c --user=", "--user"), pair("", ""));
    assert_eq!(value("curl -sua:b x", "-u"), pair("a:b", "a:b"));
    assert_eq!(value("curl -su a:b x", "-u"), pair("a:b", "a:b"));
    assert_eq!(value("c --users a", "--user"), None);
    with("curl -H a -H b", |commands, _| assert_eq!(commands[0].option_values("-H").len(), 2));
}

#[test]
fn lists_are_commands() {
    let sources = Sources::default();
    let id = sources.add("a".into(), "sh -c curl -k; x".into());
    let text = sources.text(id);
    let commands = from_words(&[text.part(0..2), text.part(3..5), text.part(6..16)], &sources);
    assert_eq!(commands.iter().map(shown).collect::<Vec<_>>(), ["sh|-c|curl -k; x", "curl|-k", "x"]);
    assert_eq!(sources.slice(commands[1].has_flag(&["-k"]).unwrap()), "-k");
    assert_eq!(sources.slice(commands[0].span), "sh -c curl -k; x");
    assert!(from_words(&[], &sources).is_empty());
}

#[test]
fn a_word_across_pieces_keeps_its_places() {
    let sources = Sources::default();
    let id = sources.add("a.yaml".into(), "k: |\n  a 'b\n  c'd\n".into());
    let pieces = vec![
        crate::source::Piece { at: 0, start: 7, end: 12 },
        crate::source::Piece { at: 5, start: 14, end: 18 },
    ];
    let text = Text::pieced(id, "a 'b\nc'd\n", pieces);
    let commands = parse(&text, &sources);
    let word = &commands[0].words[1];
    assert_eq!(word.as_str(), "b\ncd");
    assert_eq!(sources.slice(word.text.span(2..4)), "c'd");
    assert_eq!(sources.slice(word.text.span(2..3)), "c");
}

#[test]
fn an_unclosed_quote_is_a_character() {
    assert_eq!(read("echo don't; a"), ["echo|don't", "a"]);
    assert_eq!(read("echo x\"$(b); a"), ["echo|~x\"$(b)", "b", "a"]);
}

#[test]
fn other_shells_do_no_harm() {
    read(
        "$ErrorActionPreference = 'Stop'; if (Test-Path C:\\x) { Remove-Item C:\\x -Recurse } @{a=1} | % { $_ }",
    );
    read("@echo off\r\nif \"%1\"==\"\" goto end\r\nset X=%Y:~0,3%\r\n:end\r\n");
}

#[test]
fn hostile_text_is_quick() {
    for unit in [
        "{", "}", "(", ")", "$(", "`", "\"", "'", "\"$(", "${", "$((", "((", "a=(", "<(", "<<a\n", "case ",
        "\\", "$'", "'\"", "a\\", "sh -c ", "for ", "[[ ", "1", "a[", "sudo ", "env -", "`$(", "\"`",
        "eval '", "\"${", "-", "#", "${x:-`",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let started = std::time::Instant::now();
        let _ = with(&text, |commands, _| commands.len());
        assert!(started.elapsed().as_secs() < 20, "{unit:?} took {:?}", started.elapsed());
    }
}

fn check(content: &str) {
    with(content, |commands, _| {
        let sound = |span: Span| assert!(content.get(span.range()).is_some(), "{span:?} in {content:?}");
        for command in commands {
            sound(command.span);
            let pairs = command.assignments.iter().flat_map(|(name, value)| [name, value]);
            let targets = command.redirects.iter().map(|redirect| &redirect.target);
            for word in pairs.chain(&command.words).chain(targets) {
                sound(word.span);
                assert!(command.span.contains(word.span), "{content:?}");
                let text = word.as_str();
                text.char_indices().for_each(|(at, c)| sound(word.text.span(at..at + c.len_utf8())));
            }
            let _ =
                (command.has_flag(&["-k", "--insecure"]), command.option_values("-u"), command.arguments());
            command.option_values("--user").iter().for_each(|word| sound(word.span));
        }
    });
}

const SAMPLE: &str = "set -e; A=\"$(b 'é')\" sudo -E curl -fsSLk \"https://x/${y:-`z`}\" | bash -lc 'a; b' && \
    (case $x in a|b) c;; esac) 2>&1 <<EOF >f\nbody é\nEOF\nfor i in {1..3}; do [[ a && b ]]; done\n";

#[test]
fn an_empty_value_before_an_escape_is_empty() {
    check("sh -c a=\\)");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_run_of_marks_is_read(
        text in "(sh -c |case x in |for |if |curl -|\\(|\\)|\\$|`|\"|'|\\\\|\\{|\\}|;|&|\\||<|>|#|\n|\r| |é|=|a|1|\\[|-){0,60}"
    ) {
        check(&text);
    }

    #[test]
    fn mutated_scripts_are_read(at in 0..SAMPLE.len(), cut in 0_usize..5, mark in "[(){}$`\"'\\\\;&|<>#\n é]?") {
        let start = SAMPLE.floor_char_boundary(at);
        let end = SAMPLE.floor_char_boundary((at + cut).min(SAMPLE.len())).max(start);
        check(&format!("{}{mark}{}", &SAMPLE[..start], &SAMPLE[end..]));
    }
}
