use proptest::prelude::*;

use super::*;
use crate::syntax::interpolation::{self, Dialect};

fn with<R>(text: &str, read: impl FnOnce(&Sources, &Dockerfile<'_>) -> R) -> R {
    let sources = Sources::default();
    let id = sources.add("Dockerfile".into(), text.into());
    let file = parse(&sources.text(id), &sources);
    read(&sources, &file)
}

fn show_word(word: &Word<'_>) -> String {
    format!("{}'{}'", if word.interpolates { "$" } else { "" }, word.text.as_str())
}

fn show_words(words: &[Word<'_>]) -> String {
    words.iter().map(show_word).collect::<Vec<_>>().join(" ")
}

fn show_pair((name, value): &(Word<'_>, Option<Word<'_>>)) -> String {
    match value {
        Some(value) => format!("{}={}", show_word(name), show_word(value)),
        None => show_word(name),
    }
}

fn show(instruction: &Instruction<'_>) -> String {
    let mut shown = vec![instruction.keyword.name().to_lowercase()];
    for flag in &instruction.flags {
        let value = flag.value.as_ref().map(|value| format!("={}", show_word(value)));
        shown.push(format!("--{}{}", flag.name, value.unwrap_or_default()));
    }
    match &instruction.arguments {
        Arguments::Exec(words) => shown.push(format!("[{}]", show_words(words))),
        Arguments::Shell(text) => shown.push(format!("<{}>", text.as_str())),
        Arguments::Words(words) => shown.push(show_words(words)),
        Arguments::Pairs(pairs) => shown.extend(pairs.iter().map(show_pair)),
        Arguments::None => {}
    }
    shown.extend(instruction.nested.iter().map(|nested| format!("({})", show(nested))));
    for heredoc in &instruction.heredocs {
        let expands = if heredoc.expands { "$" } else { "" };
        shown.push(format!("{expands}{}:{:?}", heredoc.name, heredoc.body.as_str()));
    }
    shown.join(" ")
}

/// Everything behind `FROM a`, and the messages.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    with(&format!("FROM a\n{text}"), |_, file| {
        let instructions = file.instructions.iter().skip(1).map(show).collect();
        (instructions, file.errors.iter().map(|error| error.message.clone()).collect())
    })
}

/// The only instruction, which must be without fault.
fn one(text: &str) -> String {
    let (mut instructions, errors) = read(text);
    assert_eq!((instructions.len(), errors.as_slice()), (1, [].as_slice()), "{text}");
    instructions.remove(0)
}

/// The instructions, and how many errors there are.
fn broken(text: &str) -> (Vec<String>, usize) {
    let (instructions, errors) = read(text);
    (instructions, errors.len())
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}

#[test]
fn every_instruction_is_read_in_any_case() {
    assert_eq!(one("from b:1 as c"), "from 'b:1' 'as' 'c'");
    assert_eq!(one("rUn a | b"), "run <a | b>");
    assert_eq!(one("LABEL a=b c=\"d e\""), "label 'a'='b' 'c'='d e'");
    assert_eq!(one("MAINTAINER A \"B\" <c@d>"), "maintainer 'A \"B\" <c@d>'");
    assert_eq!(one("EXPOSE 80 443/tcp"), "expose '80' '443/tcp'");
    assert_eq!(one("ADD a b /c/"), "add 'a' 'b' '/c/'");
    assert_eq!(one("VOLUME /a /b"), "volume '/a' '/b'");
    assert_eq!(one("USER a:b"), "user 'a:b'");
    assert_eq!(one("WORKDIR /a b"), "workdir '/a b'");
    assert_eq!(one("STOPSIGNAL SIGTERM"), "stopsignal 'SIGTERM'");
    assert_eq!(one("CMD"), "cmd");
    assert_eq!(one("ARG a b=c d="), "arg 'a' 'b'='c' 'd'=''");
}

#[test]
fn commands_have_two_forms() {
    assert_eq!(one(r#"CMD ["a", "b\n\"\u00e9\ud83d\ude00"]"#), "cmd ['a' 'b\n\"é😀']");
    assert_eq!(one("ENTRYPOINT [ ]"), "entrypoint []");
    assert_eq!(one("SHELL [\"a\"]"), "shell ['a']");
    assert_eq!(one("CMD ['a']"), "cmd <['a']>");
    assert_eq!(one("RUN [\"a\"] && b"), "run <[\"a\"] && b>");
    assert_eq!(one("RUN [ -f a ]"), "run <[ -f a ]>");
    assert_eq!(broken("SHELL a").1, 1);
}

#[test]
fn lists_may_be_json_and_hold_variables() {
    assert_eq!(one(r#"COPY ["a b", "$c"]"#), "copy 'a b' $'$c'");
    assert_eq!(one(r#"VOLUME ["/a"]"#), "volume '/a'");
    assert_eq!(one(r#"COPY ["[a", "b"]"#), "copy '[a' 'b'");
}

#[test]
fn flags_come_before_the_arguments() {
    assert_eq!(
        one("RUN --mount=type=secret,id=a --network=none b --c"),
        "run --mount='type=secret,id=a' --network='none' <b --c>"
    );
    assert_eq!(
        one("COPY --from=$a --link --chown=\"b\" c d"),
        "copy --from=$'$a' --link --chown='b' 'c' 'd'"
    );
}

#[test]
fn healthcheck_holds_a_command_or_none() {
    assert_eq!(one("HEALTHCHECK NONE"), "healthcheck 'NONE'");
    assert_eq!(
        one("HEALTHCHECK --interval=5s --retries=3 CMD curl -f a || exit 1"),
        "healthcheck --interval='5s' --retries='3' (cmd <curl -f a || exit 1>)"
    );
    assert_eq!(one("HEALTHCHECK cmd [\"a\"]"), "healthcheck (cmd ['a'])");
    assert_eq!(broken("HEALTHCHECK a").1, 1);
    assert_eq!(broken("HEALTHCHECK CMD").1, 1);
}

#[test]
fn onbuild_holds_an_instruction() {
    assert_eq!(one("ONBUILD USER a"), "onbuild (user 'a')");
    assert_eq!(one("ONBUILD RUN cat <<A\nb\nA"), "onbuild (run <cat <<A> $A:\"b\\n\")");
    assert_eq!(broken("ONBUILD ONBUILD ONBUILD RUN a"), (list(&["onbuild (onbuild)"]), 1));
    assert_eq!(broken("ONBUILD FROM b").1, 1);
}

#[test]
fn env_has_an_old_form() {
    assert_eq!(one("ENV A=b C=\"d e\" F=g\\ h"), "env 'A'='b' 'C'='d e' 'F'='g h'");
    assert_eq!(one("ENV A  b \"c\" d=e"), "env 'A'='b c d=e'");
    assert_eq!(broken("ENV A"), (list(&["env 'A'"]), 1));
    assert_eq!(broken("ENV A=b C"), (list(&["env 'A'='b' 'C'"]), 1));
    assert_eq!(one("LABEL \"a.b\"=\"c\""), "label 'a.b'='c'");
}

#[test]
fn words_lose_quotes_and_keep_variables() {
    assert_eq!(one(r#"ENV A="b"'c'd"#), "env 'A'='bcd'");
    assert_eq!(one(r"ENV A='$B'"), "env 'A'='$B'");
    assert_eq!(one(r"ENV A=\$B\x"), "env 'A'='$Bx'");
    assert_eq!(one(r#"ENV A="\$B\x\"""#), r#"env 'A'='$B\x"'"#);
    assert_eq!(one(r#"ENV A="$B" C=${D:-e}"#), "env 'A'=$'$B' 'C'=$'${D:-e}'");
    assert_eq!(one(r"ENV A='$B'$C\\"), r"env 'A'=$'\$B$C\\'");
    assert_eq!(one("ENV A=$"), "env 'A'='$'");
    assert_eq!(broken("ENV A=\"b").1, 1);
}

#[test]
fn an_interpolating_word_is_a_template() {
    let sources = Sources::default();
    let id = sources.add("Dockerfile".into(), "FROM a\nENV A='$B'${C:-x'}'y}\\\\z".into());
    let file = parse(&sources.text(id), &sources);
    let Arguments::Pairs(pairs) = &file.instructions[1].arguments else { panic!() };
    let value = &pairs[0].1.as_ref().unwrap().text;
    let template = interpolation::parse(value, Dialect::Dockerfile { escape: '\\' }, &sources);
    assert!(template.errors.is_empty());
    let interpolation::Part::Literal(first) = &template.parts[0] else { panic!() };
    assert_eq!(first.as_str(), "$B");
    let interpolation::Part::Variable(variable) = &template.parts[1] else { panic!() };
    let interpolation::Operator::Default { value, .. } = &variable.operator else { panic!() };
    assert_eq!(value.literal(), Some("x}y"));
    let interpolation::Part::Literal(last) = &template.parts[2] else { panic!() };
    assert_eq!(last.as_str(), "\\z");
}

#[test]
fn lines_are_joined() {
    assert_eq!(one("RUN a \\\n  b\\\nc"), "run <a   bc>");
    assert_eq!(one("RUN a \\ \t\n# comment\n\n  # another\n b"), "run <a  b>");
    assert_eq!(one("RUN a \\\r\n b\r\n"), "run <a  b>");
    assert_eq!(one("RUN a \\"), "run <a>");
    assert_eq!(one("\\\nRUN a"), "run <a>");
    assert_eq!(read("RUN a \\\\\nUSER b").0, ["run <a \\\\>", "user 'b'"]);
    with("FROM a\nRUN b \\\n # c\n d", |sources, file| {
        assert_eq!(sources.slice(file.instructions[1].span), "RUN b \\\n # c\n d");
        assert_eq!(file.comments[0].text, "c");
        let Arguments::Shell(text) = &file.instructions[1].arguments else { panic!() };
        assert_eq!(text.as_str(), "b  d");
        assert_eq!(sources.slice(text.span(3..4)), "d");
    });
}

#[test]
fn directives_choose_the_escape_character() {
    with(
        "# syntax=docker/dockerfile:1\n#escape = `\n# escape\nFROM a\nRUN b `\n c\\\nUSER d",
        |sources, file| {
            assert_eq!(file.escape, '`');
            assert_eq!(file.directives.len(), 2);
            assert_eq!(sources.slice(file.directives[0].value_span), "docker/dockerfile:1");
            assert_eq!(file.comments.len(), 1);
            assert_eq!(
                file.instructions.iter().map(show).collect::<Vec<_>>(),
                ["from 'a'", "run <b  c\\>", "user 'd'"]
            );
        },
    );
    with("# a\n# escape=`\nFROM a", |_, file| assert_eq!((file.escape, file.comments.len()), ('\\', 2)));
    with("# escape=x\nFROM a", |_, file| assert_eq!(file.errors.len(), 1));
    with("# escape=`\n# escape=`\nFROM a", |_, file| assert_eq!(file.errors.len(), 1));
}

#[test]
fn heredocs_stand_anywhere_in_a_command() {
    assert_eq!(one("RUN <<EOF\na\nb\nEOF"), r#"run <<<EOF> $EOF:"a\nb\n""#);
    assert_eq!(one("RUN cat <<EOF > f && b\na\nEOF\n"), r#"run <cat <<EOF > f && b> $EOF:"a\n""#);
    assert_eq!(one("COPY <<a <<'b' /c/\n1\na\n2\nb"), r#"copy '<<a' '<<b' '/c/' $a:"1\n" b:"2\n""#);
    assert_eq!(one("RUN <<-\"EOF\" a\n\t\tb\n\t\n\tEOF"), "run <<<-\"EOF\" a> EOF:\"b\\n\\n\"");
    assert_eq!(one("RUN 3<<EOF a\n EOF\nEOF"), r#"run <3<<EOF a> $EOF:" EOF\n""#);
    assert_eq!(one("RUN a \\\n <<EOF\r\n# b\r\nEOF\r\n"), r##"run <a  <<EOF> $EOF:"# b\r\n""##);
    assert_eq!(one("RUN a <<< b \"<<c\" $((1<<2)) 1 << 2"), "run <a <<< b \"<<c\" $((1<<2)) 1 << 2>");
    assert_eq!(one("CMD cat <<EOF"), "cmd <cat <<EOF>");
    assert_eq!(one("RUN <<EOF\nEOF"), r#"run <<<EOF> $EOF:"""#);
}

#[test]
fn a_heredoc_without_end_stops_at_the_next_instruction() {
    assert_eq!(broken("RUN <<EOF\na\nUSER b"), (list(&["run <<<EOF> $EOF:\"a\\n\"", "user 'b'"]), 1));
    assert_eq!(broken("RUN <<-A\n\ta"), (list(&["run <<<-A> $A:\"a\""]), 1));
}

#[test]
fn places_of_heredocs_are_exact() {
    with("FROM a\nRUN cat <<-EOF\n\tb\n\tEOF\nUSER c\n", |sources, file| {
        let run = &file.instructions[1];
        assert_eq!(sources.slice(run.span), "RUN cat <<-EOF\n\tb\n\tEOF");
        assert_eq!(sources.slice(run.heredocs[0].opening), "<<-EOF");
        assert_eq!(sources.slice(run.heredocs[0].span), "\tb\n\tEOF");
        assert_eq!(sources.slice(run.heredocs[0].body.span(0..1)), "b");
    });
}

#[test]
fn errors_hide_nothing() {
    assert_eq!(broken("RUM a\nUSER b"), (list(&[" <a>", "user 'b'"]), 1));
    assert_eq!(broken("USER\nUSER b"), (list(&["user", "user 'b'"]), 1));
    assert_eq!(broken("COPY a"), (list(&["copy 'a'"]), 1));
    assert_eq!(broken("FROM a b").1, 1);
    let messages = |text| with(text, |_, file| file.errors.len());
    assert_eq!(messages(""), 1);
    assert_eq!(messages("ARG a\nRUN b\nFROM c"), 1);
    assert_eq!(messages("ARG a\nFROM c"), 0);
    assert_eq!(messages("RUN a\nRUN b"), 1);
}

#[test]
fn byte_order_mark_tabs_and_carriage_returns_are_no_part_of_anything() {
    with("\u{feff}FROM\ta\r\n\r\n\tUSER\tb \r\n", |sources, file| {
        assert_eq!(file.instructions.iter().map(show).collect::<Vec<_>>(), ["from 'a'", "user 'b'"]);
        assert_eq!(sources.slice(file.instructions[1].span), "USER\tb");
        assert!(file.errors.is_empty());
    });
}

#[test]
fn places_are_exact() {
    with("FROM a\nENV A=\"b c\" D=e\\\nf\nCMD [\"x\\u0041\"]\nRUN --mount=type=bind a", |sources, file| {
        let Arguments::Pairs(pairs) = &file.instructions[1].arguments else { panic!() };
        let value = pairs[0].1.as_ref().unwrap();
        assert_eq!(sources.slice(value.span), "\"b c\"");
        assert_eq!(sources.slice(value.text.span(2..3)), "c");
        let joined = pairs[1].1.as_ref().unwrap();
        assert_eq!((joined.text.as_str(), sources.slice(joined.span)), ("ef", "e\\\nf"));
        let Arguments::Exec(words) = &file.instructions[2].arguments else { panic!() };
        assert_eq!(sources.slice(words[0].text.span(1..2)), "\\u0041");
        assert_eq!(sources.slice(words[0].span), "\"x\\u0041\"");
        assert_eq!(sources.slice(file.instructions[3].flags[0].span), "--mount=type=bind");
        assert_eq!(sources.slice(file.instructions[3].keyword_span), "RUN");
    });
}

#[test]
fn hostile_input_is_read_quickly() {
    for piece in [
        "\\\n",
        "$",
        "${",
        "\"",
        "'",
        "<<A",
        "<<A ",
        "RUN <<A\n",
        "RUN <<A\n\tA\n",
        "ONBUILD ",
        "--a ",
        "a=b ",
        "\\",
        "# a\n",
        "[\"a\",",
        "RUN <<-A\n",
        "\n",
        "\r",
    ] {
        for head in ["", "FROM a\nRUN ", "FROM a\nENV ", "FROM a\nCOPY ["] {
            let text = head.to_owned() + &piece.repeat(200_000 / piece.len());
            with(&text, |_, file| file.instructions.len());
        }
    }
}

fn check_word(word: &Word<'_>, within: Span, sources: &Sources) {
    assert!(within.contains(word.span));
    let text = word.text.as_str();
    assert!(word.span.contains(word.text.span(0..text.len())), "{word:?}");
    let raw = sources.slice(word.span);
    if !raw.contains(['"', '\'', '\\', '`', '\n']) {
        assert_eq!(raw, text);
    }
    for (at, c) in text.char_indices() {
        assert!(!sources.slice(word.text.span(at..at + c.len_utf8())).is_empty());
    }
}

fn check(instruction: &Instruction<'_>, sources: &Sources) {
    assert!(instruction.span.contains(instruction.keyword_span));
    let words: Vec<&Word<'_>> = match &instruction.arguments {
        Arguments::Exec(words) | Arguments::Words(words) => words.iter().collect(),
        Arguments::Pairs(pairs) => {
            pairs.iter().flat_map(|(name, value)| [Some(name), value.as_ref()]).flatten().collect()
        }
        Arguments::Shell(text) => {
            assert!(instruction.span.contains(text.span(0..text.as_str().len())));
            Vec::new()
        }
        Arguments::None => Vec::new(),
    };
    for word in words {
        check_word(word, instruction.span, sources);
    }
    for flag in &instruction.flags {
        assert!(instruction.span.contains(flag.span));
        flag.value.iter().for_each(|value| check_word(value, flag.span, sources));
    }
    for heredoc in &instruction.heredocs {
        assert!(instruction.span.contains(heredoc.span) && instruction.span.contains(heredoc.opening));
        assert!(heredoc.span.contains(heredoc.body.span(0..heredoc.body.as_str().trim_end().len())));
    }
    if let Some(nested) = &instruction.nested {
        assert!(instruction.span.contains(nested.span));
        check(nested, sources);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_true_places(
        text in "((FROM|RUN|CMD|ENV|COPY|ONBUILD|HEALTHCHECK|USER|LABEL) |[A-Ca-c=\\[\\],\"'`$\\\\ \t\r\né{}#-]|<<-?A\n|A\n|\n|# escape=`\n|\u{feff}|\\PC){0,60}"
    ) {
        with(&text, |sources, file| {
            let mut end = 0;
            for instruction in &file.instructions {
                assert!(instruction.span.start >= end);
                end = instruction.span.end;
                check(instruction, sources);
            }
            for comment in &file.comments {
                assert!(sources.slice(comment.span).starts_with('#'));
            }
            for error in &file.errors {
                assert!(error.span.end as usize <= text.len());
            }
        });
    }
}
