use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::source::Sources;

fn with<R>(text: &str, read: impl FnOnce(&Sources, File<'_>) -> R) -> R {
    let sources = Sources::default();
    let id = sources.add("main.tf".into(), text.into());
    let file = parse(&sources.text(id), &sources);
    read(&sources, file)
}

/// The tree in a short notation.
fn show(body: &Body<'_>) -> String {
    let mut out = String::new();
    for attribute in &body.attributes {
        let _ = write!(out, "{}={} ", attribute.key, value(&attribute.value));
    }
    for block in &body.blocks {
        let _ = write!(out, "{}({})[{}] ", block.kind, block.labels.join(","), show(&block.body));
    }
    out.trim_end().to_owned()
}

fn value(expression: &Expression<'_>) -> String {
    let list = |items: &[Expression<'_>]| items.iter().map(value).collect::<Vec<_>>().join(" ");
    match &expression.kind {
        Kind::Null => "null".into(),
        Kind::Bool(is) => is.to_string(),
        Kind::Number(number) => (*number).to_owned(),
        Kind::Template(parts) => {
            let part = |part: &Part<'_>| match part {
                Part::Literal(text) => text.as_str().to_owned(),
                Part::Interpolation(_, inner) => format!("${{{}}}", value(inner)),
                Part::Directive(_) => "%".into(),
            };
            format!("'{}'", parts.iter().map(part).collect::<String>())
        }
        Kind::List(items) => format!("[{}]", list(items)),
        Kind::Object(items) => {
            let item = |item: &Item<'_>| format!("{}:{}", item.key.unwrap_or("?"), value(&item.value));
            format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(" "))
        }
        Kind::Reference(names) => names.join("."),
        Kind::Call(name, arguments) => format!("{name}({})", list(arguments)),
        Kind::Other => "?".into(),
    }
}

fn read(text: &str) -> (String, Vec<(String, String)>) {
    with(text, |sources, file| {
        let errors = file.errors.iter();
        (show(&file.body), errors.map(|e| (sources.slice(e.span).to_owned(), e.message.clone())).collect())
    })
}

fn clean(text: &str) -> String {
    let (shown, errors) = read(text);
    assert_eq!(errors, [], "{text}");
    shown
}

#[test]
fn attributes_blocks_and_labels_are_read() {
    assert_eq!(
        clean("a = 1\nb \"x\" y {\n  c = true\n  d { e = null }\n}\nf {}"),
        "a=1 b(x,y)[c=true d()[e=null]] f()[]"
    );
    assert_eq!(clean("\u{feff}# c\na = 1 # d\r\n/* e\n */ b = -2.5e-3 // f"), "a=1 b=-2.5e-3");
}

#[test]
fn every_kind_of_value_is_read() {
    for (text, expected) in [
        (r#""x${var.a}y""#, "'x${var.a}y'"),
        (r#""${a["b"]["c"][0].d}""#, "'${a.b.c.0.d}'"),
        (r#""\"\t$${x} %%{y} \u00e9""#, "'\"\t${x} %{y} é'"),
        (r#""%{ if x == "}" }a%{ endif }""#, "'%a%'"),
        ("[1, 2,\n  \"3\",\n]", "[1 2 '3']"),
        ("{ a = 1, \"b.c\" : 2\n (d) = 3\n}", "{a:1 b.c:2 d:3}"),
        ("{}", "{}"),
        ("f(x, [g()]...)", "f(x [g()])"),
        ("provider::p::f(1)", "provider::p::f(1)"),
        ("(\n  \"a\"\n)", "'a'"),
        ("a.b[*].c", "?"),
        ("a.*.c", "?"),
        ("x == 1 && !y ? \"a\" : f(b)", "?"),
        ("1 + 2 * -x % 3", "?"),
        ("[for k, v in m : k if v != 1]", "?"),
        ("{ for k in m : k => { a = k }... }", "?"),
        ("forest", "forest"),
        ("<<EOT\nhi ${var.x}\n  there\nEOT", "'hi ${var.x}\n  there\n'"),
        ("<<-EOT\n    a\n      b\n    EOT", "'a\n  b\n'"),
        ("jsonencode([{\n  a = 1 # c\n  b = 2,\n}, {}])", "jsonencode([{a:1 b:2} {}])"),
    ] {
        assert_eq!(clean(&format!("v = {text}\nw = 1\n")), format!("v={expected} w=1"), "{text}");
    }
}

#[test]
fn one_mistake_is_one_error_and_hides_nothing_else() {
    for (text, place, shown) in [
        ("a = \"x\nb = 1\n", "\"", "a='x' b=1"),
        ("a = \nb = 1\n", "", "a=? b=1"),
        ("a = [1 2]\nb = 1\n", "2", "a=? b=1"),
        ("a = {\n x = 1 2\n y = 3\n}\nb = 1\n", "2", "a=? b=1"),
        ("a = [1,\n\nresource \"x\" \"y\" {\n b = 1\n}\n", "\"", "a=? resource(x,y)[b=1]"),
        ("a { b = 1\n\nc d {\n e = 2\n}\n", "a", "a()[b=1] c(d)[e=2]"),
        ("a {\n b = ]\n c = 2\n}\nd = 1", "]", "d=1 a()[b=? c=2]"),
        ("a = 1\n}\nb = 2\n", "}", "a=1 b=2"),
        ("a = <<EOT\nx\nb = 1\n", "<<EOT", "a=? b=1"),
        ("a = \"${x\"\nb = 1", "\"", "a='%x' b=1"),
        ("a = \"${b c}-d\"\nb = 1", "c", "a='%-d' b=1"),
        ("a b c # x\nd = 1", "a b c # x", "d=1"),
        ("*\nd = 1", "*", "d=1"),
        ("a = 1 }\nd = 1", "}", "a=1 d=1"),
    ] {
        let (tree, errors) = read(text);
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
        assert_eq!(errors[0].0, place, "{text}: {errors:?}");
        assert_eq!(tree, shown, "{text}");
    }
}

#[test]
fn places_are_those_of_the_bytes() {
    with("a = \"x\\ny\"\nb = <<-E\n  one\n  two\n  E\n", |sources, file| {
        let text = |at: usize| file.body.attributes[at].value.literal().unwrap();
        assert_eq!(text(0).as_str(), "x\ny");
        assert_eq!(sources.slice(text(0).span(1..2)), "\\n");
        assert_eq!(sources.slice(text(1).span(4..7)), "two");
        assert_eq!(sources.slice(file.body.attributes[0].value.span), "\"x\\ny\"");
    });
    with("# one\na = 1 // two\n/* three */ b = 2", |_, file| {
        let comments: Vec<_> = file.comments.iter().map(|comment| (comment.text, comment.alone)).collect();
        assert_eq!(comments, [("one", true), ("two", false), ("three", true)]);
    });
}

#[test]
fn nesting_has_an_end() {
    for (open, close) in
        [("[", "]"), ("{a=", "}"), ("\"${", "}\""), ("(", ")"), ("f(", ")"), ("x[", "]"), ("1?2:", "")]
    {
        let nested = |times: usize| format!("a = {}1{}\n", open.repeat(times), close.repeat(times));
        assert!(with(&nested(60), |_, file| file.too_deep.is_none() && file.errors.is_empty()), "{open}");
        let deep = std::thread::Builder::new().stack_size(512 << 10);
        let text = nested(20_000);
        let handle = deep.spawn(move || with(&text, |_, file| file.too_deep.is_some())).unwrap();
        assert!(handle.join().unwrap(), "{open}");
    }
    assert!(with(&"a {\n".repeat(20_000), |_, file| file.too_deep.is_some()));
}

#[test]
fn hostile_input_is_read_quickly() {
    for piece in [
        "a = [1 2\n",
        "a = \"${ ${ ",
        "a = <<E\n",
        "a = <<-E\nb\n",
        "/**/",
        "a = {b = 1\n",
        "a {\n",
        "}",
        "a = \"",
        "\"${",
        "k = 1,",
        "a = f(\n",
        "# x\n",
        "a = [",
        "x[",
        "a = b ? c : d\n",
        "a.b.c",
        "<<E\n${",
        "-",
        "a = - - -",
        "\\",
        "\"\\",
        "%{",
        "$${",
        "resource \"a\" {\n b = [\n",
        "a b c\n",
        "a = { x 1\n",
        "a = \"\n",
        " ",
        "\n",
        "a = {for x in\n",
    ] {
        for start in ["", "a = ", "a = \"", "a = {\n", "a {\n", "a = [\n", "a = \"${", "a = <<X\n"] {
            let text = format!("{start}{}", piece.repeat(200_000 / piece.len()));
            let from = std::time::Instant::now();
            with(&text, |_, file| file.body.attributes.len());
            assert!(from.elapsed().as_secs() < 5, "{start}{piece}");
        }
    }
}

fn check(sources: &Sources, body: &Body<'_>, whole: Span) {
    for attribute in &body.attributes {
        assert_eq!(sources.slice(attribute.key_span), attribute.key);
        assert!(whole.contains(attribute.key_span));
        check_value(sources, &attribute.value, whole);
    }
    for block in &body.blocks {
        assert!(whole.contains(block.span) && block.span.contains(block.kind_span));
        check(sources, &block.body, block.span);
    }
}

fn check_value(sources: &Sources, expression: &Expression<'_>, whole: Span) {
    assert!(whole.contains(expression.span), "{expression:?}");
    assert!(sources.file(whole.file).text().get(expression.span.range()).is_some());
    match &expression.kind {
        Kind::Template(parts) => {
            for part in parts {
                match part {
                    Part::Literal(text) => {
                        for (at, c) in text.as_str().char_indices() {
                            let span = text.span(at..at + c.len_utf8());
                            assert!(expression.span.contains(span));
                            assert!(!sources.slice(span).is_empty());
                        }
                    }
                    Part::Interpolation(span, inner) => {
                        assert!(expression.span.contains(*span));
                        check_value(sources, inner, *span);
                    }
                    Part::Directive(span) => assert!(expression.span.contains(*span)),
                }
            }
        }
        Kind::List(items) | Kind::Call(_, items) => {
            for item in items {
                check_value(sources, item, expression.span);
            }
        }
        Kind::Object(items) => {
            for item in items {
                assert!(expression.span.contains(item.key_span));
                check_value(sources, &item.value, expression.span);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_true_places(
        text in "([a-c=:#\u{85}'\"$\\\\ \t\r\né{}\\[\\]()<>?%.,!*/-]|<<E\n|\nE\n|\\$\\{|a = |b \\{\n|for |\u{feff}|\\PC){0,60}"
    ) {
        with(&text, |sources, file| {
            let id = sources.add("again.tf".into(), text.clone());
            let whole = sources.text(id);
            check(sources, &parse(&whole, sources).body, whole.span(0..text.len()));
            for error in &file.errors {
                assert!(text.get(error.span.range()).is_some());
            }
            for comment in &file.comments {
                assert!(sources.slice(comment.span).starts_with(['#', '/']));
            }
        });
    }

    #[test]
    fn plain_attributes_are_read_as_written(key in "[a-z_][a-z0-9_]{0,8}", value in "[a-z0-9/:.@-]{0,12}") {
        prop_assert_eq!(clean(&format!("{key} = \"{value}\"\n")), format!("{key}='{value}'"));
    }
}
