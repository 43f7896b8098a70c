use proptest::prelude::*;

use super::*;

fn with<R>(text: &str, read: impl FnOnce(&Sources, &File<'_>) -> R) -> R {
    let sources = Sources::default();
    let id = sources.add(".env".into(), text.into());
    let file = parse(&sources.text(id), &sources);
    read(&sources, &file)
}

/// The keys and values, and the number of errors.
fn read(text: &str) -> (Vec<(String, String)>, usize) {
    with(text, |_, file| {
        let entries =
            file.entries.iter().map(|entry| (entry.key.to_owned(), entry.value.as_str().to_owned()));
        (entries.collect(), file.errors.len())
    })
}

/// The value of the only entry.
fn value(text: &str) -> String {
    let (mut entries, errors) = read(text);
    assert_eq!((entries.len(), errors), (1, 0), "{text}");
    entries.remove(0).1
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn unquoted_values_end_at_a_comment_behind_a_blank() {
    assert_eq!(value("KEY=2555 # 7 years"), "2555");
    assert_eq!(value("BACKUP_SCHEDULE=0 2 * * * # Daily"), "0 2 * * *");
    assert_eq!(value("A=a#b"), "a#b");
    assert_eq!(value("A=#b"), "#b");
    assert_eq!(value("A= # b"), "");
    assert_eq!(value("A=\t#b"), "");
    assert_eq!(value("A=b   "), "b");
    assert_eq!(value("A="), "");
    assert_eq!(value("A=it's \"so\""), "it's \"so\"");
}

#[test]
fn quoted_values_lose_their_quotes() {
    assert_eq!(value("A='b # c'  # d"), "b # c");
    assert_eq!(value("A=\"b # c\"# d"), "b # c");
    assert_eq!(value("A=`b 'c'`"), "b 'c'");
    assert_eq!(value(r#"A="b\n\"c\"\\ \x \$D""#), "b\n\"c\"\\ \\x $D");
    assert_eq!(value(r"A='b\n$C'"), r"b\n$C");
    assert_eq!(value(r"A='it\'s'"), r"it\'s");
    assert_eq!(value(r"A='C:\dir\'"), r"C:\dir\");
    assert_eq!(value("A=\"\""), "");
}

#[test]
fn quoted_values_may_span_lines() {
    assert_eq!(value("A=\"b\nc\r\nd\" # e\n"), "b\nc\r\nd");
    assert_eq!(value("A='{\n  \"b\": 1\n}'"), "{\n  \"b\": 1\n}");
}

#[test]
fn a_quote_never_closed_ends_with_its_line() {
    assert_eq!(read("A=\"b\nC=d\n"), (pairs(&[("A", "b"), ("C", "d")]), 1));
    assert_eq!(read("A=\"b\nC=\"d\"\n"), (pairs(&[("A", "b"), ("C", "d")]), 1));
    assert_eq!(read("A='b\nC='d'\n"), (pairs(&[("A", "b"), ("C", "d")]), 1));
}

#[test]
fn text_behind_a_quote_is_an_error() {
    with("A=\"b\"c d # e\nF=g", |sources, file| {
        assert_eq!(file.entries.len(), 2);
        assert_eq!(sources.slice(file.errors[0].span), "c d # e");
    });
}

#[test]
fn export_blanks_and_colons_are_accepted() {
    assert_eq!(
        read("export A=b\n  C = d\nE: f\n\tG=h"),
        (pairs(&[("A", "b"), ("C", "d"), ("E", "f"), ("G", "h")]), 0)
    );
    with("export A=b\nexport=c\nexport D", |_, file| {
        let exports: Vec<_> = file.entries.iter().map(|entry| (entry.key, entry.export)).collect();
        assert_eq!(exports, [("A", true), ("export", false), ("D", true)]);
    });
}

#[test]
fn a_key_alone_is_passed_on() {
    with("A\nB # c\nD=", |_, file| {
        let missing: Vec<_> = file.entries.iter().map(|entry| entry.missing_equals).collect();
        assert_eq!(missing, [true, true, false]);
        assert_eq!((file.errors.len(), file.comments.len()), (0, 1));
    });
}

#[test]
fn other_lines_are_errors_and_hide_nothing() {
    with("A=b\nsome text here \n!\n=x\nC=d", |sources, file| {
        assert_eq!(file.entries.len(), 2);
        let places: Vec<_> = file.errors.iter().map(|error| sources.slice(error.span)).collect();
        assert_eq!(places, ["some text here", "!", "=x"]);
    });
}

#[test]
fn byte_order_mark_and_carriage_returns_are_no_part_of_anything() {
    assert_eq!(
        read("\u{feff}A=b\r\n\r\n# c\r\nD='e'\r\nF\r\nG=\r\n"),
        (pairs(&[("A", "b"), ("D", "e"), ("F", ""), ("G", "")]), 0)
    );
}

#[test]
fn repeated_keys_are_kept() {
    assert_eq!(read("A=1\nA=2").0, pairs(&[("A", "1"), ("A", "2")]));
}

#[test]
fn comments_know_whether_they_stand_alone() {
    with("# one\nA=b # two\n  #three", |sources, file| {
        let comments: Vec<_> = file.comments.iter().map(|c| (c.text, c.alone)).collect();
        assert_eq!(comments, [("one", true), ("two", false), ("three", true)]);
        assert_eq!(sources.slice(file.comments[1].span), "# two");
    });
}

#[test]
fn only_unquoted_and_double_quoted_values_interpolate() {
    let interpolates = |text: &str| with(text, |_, file| file.entries[0].interpolates);
    assert!(interpolates("A=b${C}"));
    assert!(interpolates("A=\"b$C\""));
    assert!(!interpolates("A='b$C'"));
    assert!(!interpolates("A=`b$C`"));
    assert!(!interpolates(r"A=b\$C"));
    assert!(!interpolates("A=b$$C"));
    assert!(!interpolates("A=b$1$"));
    assert_eq!(value(r#"A="\$B$C\n""#), "\\$B$C\n");
}

#[test]
fn places_are_exact() {
    with("export KEY = \"a\\tb\" # c", |sources, file| {
        let entry = &file.entries[0];
        assert_eq!(sources.slice(entry.key_span), "KEY");
        assert_eq!(sources.slice(entry.value_span), r#""a\tb""#);
        assert_eq!(sources.slice(entry.span), r#"export KEY = "a\tb""#);
        assert_eq!(sources.slice(entry.value.span(1..2)), r"\t");
        assert_eq!(sources.slice(entry.value.span(2..3)), "b");
    });
}

#[test]
fn hostile_input_is_read_quickly() {
    for piece in
        ["\"", "'", "A=\"\n", "A='\n", "A=\"\\\n", "A=`\nB='\nC=\"\n", "#", "A='\\'", " ", "A=\\", "export "]
    {
        let text = piece.repeat(300_000 / piece.len());
        with(&text, |_, file| file.entries.len());
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_true_places(
        text in "([A-C=:#\u{85}'\"`$\\\\ \t\r\né{}]|export |\n|\u{feff}|\\PC){0,60}"
    ) {
        with(&text, |sources, file| {
            for entry in &file.entries {
                assert_eq!(sources.slice(entry.key_span), entry.key);
                assert!(entry.span.contains(entry.key_span) && entry.span.contains(entry.value_span));
                let value = entry.value.as_str();
                let span = entry.value.span(0..value.len());
                assert!(entry.value_span.contains(span), "{entry:?}");
                if entry.quote == Quote::None {
                    assert_eq!(sources.slice(entry.value_span), value);
                }
                for (at, c) in value.char_indices() {
                    assert!(!sources.slice(entry.value.span(at..at + c.len_utf8())).is_empty());
                }
            }
            for error in &file.errors {
                assert!(!sources.slice(error.span).is_empty());
            }
            for comment in &file.comments {
                assert!(sources.slice(comment.span).starts_with('#'));
            }
        });
    }

    #[test]
    fn plain_assignments_are_read_as_written(key in "[A-Z_][A-Z0-9_]{0,8}", value in "[a-z0-9/:.@]{0,12}") {
        prop_assert_eq!(read(&format!("{key}={value}\n")), (pairs(&[(&key, &value)]), 0));
    }
}
