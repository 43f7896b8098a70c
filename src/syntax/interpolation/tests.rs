use proptest::prelude::*;

use super::*;

const DOCKERFILE: Dialect = Dialect::Dockerfile { escape: '\\' };

fn with<R>(text: &str, read: impl FnOnce(&Sources, Text<'_>) -> R) -> R {
    let sources = Sources::default();
    let id = sources.add("a.yaml".into(), text.into());
    read(&sources, sources.text(id))
}

/// The template in a short notation: literals in quotes, variables as name, operator and value.
fn show(template: &Template<'_>) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Literal(text) => format!("'{}'", text.as_str()),
        Part::Variable(variable) => {
            let colon = |when_empty: &bool| if *when_empty { ":" } else { "" };
            let operator = match &variable.operator {
                Operator::None => String::new(),
                Operator::Default { when_empty, value } => format!("{}-[{}]", colon(when_empty), show(value)),
                Operator::Required { when_empty, message } => {
                    format!("{}?[{}]", colon(when_empty), show(message))
                }
                Operator::Alternative { when_empty, value } => {
                    format!("{}+[{}]", colon(when_empty), show(value))
                }
                Operator::Other => "~".into(),
            };
            format!("{}{operator}", variable.name)
        }
    };
    template.parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn read(text: &str, dialect: Dialect) -> (String, usize) {
    with(text, |sources, text| {
        let template = parse(&text, dialect, sources);
        (show(&template), template.errors.len())
    })
}

#[test]
fn every_operator_is_read() {
    for dialect in [Dialect::Compose, DOCKERFILE, Dialect::Env] {
        let clean = |text| {
            let (shown, errors) = read(text, dialect);
            assert_eq!(errors, 0, "{text}");
            shown
        };
        assert_eq!(clean("a$B.c${D}e"), "'a' B '.c' D 'e'");
        assert_eq!(clean("${A:-b}${A-b}"), "A:-['b'] A-['b']");
        assert_eq!(clean("${A:?b c}${A?}"), "A:?['b c'] A?[]");
        assert_eq!(clean("${A:+b}${A+b}"), "A:+['b'] A+['b']");
        assert_eq!(clean("${A:-${B:-c}d}e"), "A:-[B:-['c'] 'd'] 'e'");
        assert_eq!(clean("${A:-$B}"), "A:-[B]");
    }
}

#[test]
fn each_dialect_has_its_escapes() {
    assert_eq!(read("a$$B$$", Dialect::Compose), ("'a$B$'".into(), 0));
    assert_eq!(read(r"\$B", Dialect::Compose), (r"'\' B".into(), 0));
    assert_eq!(read(r"\$B\x\\$C", DOCKERFILE), (r"'$B\x\' C".into(), 0));
    assert_eq!(read("`$B\\$C", Dialect::Dockerfile { escape: '`' }), (r"'$B\' C".into(), 0));
    assert_eq!(read(r"\$B$$C", Dialect::Env), ("'$B$C'".into(), 0));
}

#[test]
fn buildkit_cuts_and_replaces_and_has_positional_variables() {
    assert_eq!(read("${A#x}${A##x}${A%x}${A%%x}${A/x/y}", DOCKERFILE), ("A~ A~ A~ A~ A~".into(), 0));
    assert_eq!(read("$1a$@", DOCKERFILE), ("1 'a' @".into(), 0));
    assert_eq!(read("${A#x}", Dialect::Compose), ("'${A#x}'".into(), 1));
}

#[test]
fn what_is_broken_is_literal_and_an_error() {
    assert_eq!(read("a${", Dialect::Compose), ("'a${'".into(), 1));
    assert_eq!(read("a${}b", Dialect::Compose), ("'a${}b'".into(), 1));
    assert_eq!(read("${ A}", Dialect::Compose), ("'${ A}'".into(), 1));
    assert_eq!(read("${A!}$B", Dialect::Compose), ("'${A!}' B".into(), 1));
    assert_eq!(read("x${A:-b$C", Dialect::Compose), ("'x${A:-b' C".into(), 1));
    assert_eq!(read("a $(date) $", Dialect::Compose), ("'a $(date) $'".into(), 2));
    assert_eq!(read("a $(date) $", Dialect::Env), ("'a $(date) $'".into(), 0));
}

#[test]
fn places_are_exact() {
    with("a$$b-${NAME:-d}", |sources, text| {
        let template = parse(&text, Dialect::Compose, sources);
        let [Part::Literal(literal), Part::Variable(variable)] = template.parts.as_slice() else { panic!() };
        assert_eq!(sources.slice(literal.span(2..4)), "b-");
        assert_eq!(sources.slice(variable.span), "${NAME:-d}");
        assert_eq!(sources.slice(variable.name_span), "NAME");
        assert_eq!(template.literal(), None);
        let Operator::Default { value, .. } = &variable.operator else { panic!() };
        assert_eq!(sources.slice(value.span), "d");
    });
}

/// Expands with variables that stand in an env file of `NAME=value` lines; `?` as a value is unknown.
fn expand<R>(value: &str, env: &str, check: impl FnOnce(&Sources, Expansion<'_>) -> R) -> R {
    let sources = Sources::default();
    let id = sources.add("compose.yaml".into(), value.into());
    let env_id = sources.add(".env".into(), env.into());
    let template = parse(&sources.text(id), Dialect::Compose, &sources);
    let variables = sources.text(env_id);
    let mut lookup = |name: &str| {
        let mut start = 0;
        for line in variables.as_str().lines() {
            match line.split_once('=') {
                Some((key, "?")) if key == name => return Lookup::Unknown,
                Some((key, _)) if key == name => {
                    let value = variables.part(start + key.len() + 1..start + line.len());
                    return Lookup::Value(Expanded::literal(value));
                }
                _ => start += line.len() + 1,
            }
        }
        Lookup::Unset
    };
    check(&sources, template.expand(&mut lookup, &sources))
}

fn expanded(value: &str, env: &str) -> Option<(String, bool)> {
    expand(value, env, |_, expansion| match expansion {
        Expansion::Known(known) => Some((known.text.to_owned(), known.by_default)),
        Expansion::Unknown => None,
    })
}

#[test]
fn variables_are_put_in() {
    let known = |text: &str| Some((text.to_owned(), false));
    let default = |text: &str| Some((text.to_owned(), true));
    assert_eq!(expanded("a$B", "B=c"), known("ac"));
    assert_eq!(expanded("a$B", ""), None);
    assert_eq!(expanded("a$B", "B=?"), None);
    assert_eq!(expanded("${B:-d}", ""), default("d"));
    assert_eq!(expanded("${B:-d}", "B="), default("d"));
    assert_eq!(expanded("${B-d}", "B="), known(""));
    assert_eq!(expanded("${B:-d}", "B=?"), None);
    assert_eq!(expanded("${B:-${C:-d}}", "C=e"), default("e"));
    assert_eq!(expanded("${B:?no}", ""), None);
    assert_eq!(expanded("${B?no}", "B=c"), known("c"));
    assert_eq!(expanded("${B:+x}", "B=c"), known("x"));
    assert_eq!(expanded("${B:+x}y", ""), default("y"));
    assert_eq!(expanded("${B:+x}", "B="), known(""));
}

#[test]
fn a_value_keeps_its_place_in_the_other_file() {
    expand("${STORE_LOGIN}", "STORE_LOGIN=postgres", |sources, expansion| {
        let Expansion::Known(known) = expansion else { panic!() };
        assert_eq!(known.text, "postgres");
        let span = known.span(0..8);
        assert_eq!((sources.file(span.file).path(), sources.slice(span)), (".env", "postgres"));
        assert_eq!(known.to_text(sources).as_str(), "postgres");
    });
}

#[test]
fn a_default_keeps_its_place() {
    expand("user:${PW:-postgres}@db", "", |sources, expansion| {
        let Expansion::Known(known) = expansion else { panic!() };
        assert_eq!(known.text, "user:postgres@db");
        assert_eq!(sources.slice(known.span(5..13)), "postgres");
        assert!(
            matches!(known.pieces[1].origin, Origin::Default { used } if sources.slice(used) == "${PW:-postgres}")
        );
        assert_eq!(sources.slice(known.span(0..16)), "user:${PW:-postgres}@db");
        let text = known.to_text(sources);
        assert_eq!(sources.slice(text.span(5..13)), "postgres");
    });
}

#[test]
fn a_range_over_two_files_lies_at_the_uses() {
    expand("$USER:$PW@db", "USER=u\nPW=secret", |sources, expansion| {
        let Expansion::Known(known) = expansion else { panic!() };
        assert_eq!(known.text, "u:secret@db");
        assert_eq!(sources.slice(known.span(0..8)), "$USER:$PW");
        assert_eq!(sources.slice(known.span(2..8)), "secret");
        let text = known.to_text(sources);
        assert_eq!(sources.slice(text.span(2..8)), "secret");
        assert_eq!(sources.file(text.span(2..8).file).path(), ".env");
    });
}

#[test]
fn a_text_that_grows_too_long_is_unknown() {
    let value = "$A".repeat(100);
    assert_eq!(expanded(&value, &format!("A={}", "x".repeat(600))).map(|known| known.0.len()), Some(60_000));
    assert_eq!(expanded(&value, &format!("A={}", "x".repeat(700))), None);
}

#[test]
fn hostile_input_is_read_quickly() {
    for piece in ["$", "${", "${A", "${A:-", "${A:-}", "\\$", "$$", "}", "${A:-$B", "${A#"] {
        let text = piece.repeat(1_000_000 / piece.len());
        for dialect in [Dialect::Compose, DOCKERFILE, Dialect::Env] {
            with(&text, |sources, text| parse(&text, dialect, sources).parts.len());
        }
    }
}

fn check(template: &Template<'_>, text: &Text<'_>, sources: &Sources) {
    let whole = text.span(0..text.as_str().len());
    for part in &template.parts {
        match part {
            Part::Literal(literal) => {
                assert!(whole.contains(literal.span(0..literal.as_str().len())));
            }
            Part::Variable(variable) => {
                assert!(whole.contains(variable.span));
                assert_eq!(sources.slice(variable.name_span), variable.name);
                match &variable.operator {
                    Operator::Default { value, .. }
                    | Operator::Required { message: value, .. }
                    | Operator::Alternative { value, .. } => {
                        assert!(variable.span.contains(value.span));
                        check(value, text, sources);
                    }
                    Operator::None | Operator::Other => {}
                }
            }
        }
    }
    for error in &template.errors {
        assert!(!sources.slice(error.span).is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_true_places(
        text in r"([${}:?+\-\\a_é`#/]|\$\{A:-|\$\{|\PC){0,40}"
    ) {
        for dialect in [Dialect::Compose, DOCKERFILE, Dialect::Dockerfile { escape: '`' }, Dialect::Env] {
            with(&text, |sources, text| {
                let template = parse(&text, dialect, sources);
                check(&template, &text, sources);
                let mut lookup = |name: &str| match name.len() % 2 {
                    0 => Lookup::Unset,
                    _ => Lookup::Value(Expanded::literal(text.part(0..0))),
                };
                if let Expansion::Known(known) = template.expand(&mut lookup, sources) {
                    for (at, _) in known.text.char_indices() {
                        let _ = known.span(at..known.text.len());
                    }
                }
            });
        }
    }

    #[test]
    fn a_text_without_dollar_and_backslash_is_itself(text in r"[^$\\]{0,40}") {
        with(&text, |sources, read| {
            assert_eq!(parse(&read, Dialect::Env, sources).literal(), Some(text.as_str()));
        });
    }
}
