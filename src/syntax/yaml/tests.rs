use std::fmt::Write;

use proptest::prelude::*;

use super::*;

fn with<R>(content: &str, mode: Mode, look: impl FnOnce(&Stream<'_>, &Sources) -> R) -> R {
    let sources = Sources::default();
    let file = sources.add("a.yaml".into(), content.into());
    let stream = parse(&sources.text(file), &sources, mode);
    look(&stream, &sources)
}

fn plain<R>(content: &str, look: impl FnOnce(Node<'_, '_>, &Stream<'_>, &Sources) -> R) -> R {
    with(content, Mode::Plain, |stream, sources| look(stream.documents[0].root(), stream, sources))
}

fn templated<R>(content: &str, look: impl FnOnce(Node<'_, '_>, &Stream<'_>, &Sources) -> R) -> R {
    with(content, Mode::Templated, |stream, sources| look(stream.documents[0].root(), stream, sources))
}

/// All that can be asked of a stream, with the properties that hold for any text.
fn touch(content: &str, stream: &Stream, sources: &Sources) {
    let check = |span: Span| {
        assert!(span.start <= span.end, "{span:?}");
        assert!(content.get(span.range()).is_some(), "{span:?} in {content:?}");
    };
    for error in &stream.errors {
        check(error.span);
        assert!(!error.message.is_empty());
    }
    for comment in &stream.comments {
        assert!(sources.slice(comment.span).starts_with(['#', '{']), "{comment:?}");
    }
    for duplicate in &stream.duplicates {
        check(duplicate.first);
        check(duplicate.second);
        assert!(duplicate.first.end <= duplicate.second.start);
    }
    for document in &stream.documents {
        check(document.span());
        for node in document.nodes() {
            check(node.span());
            if let Some(text) = node.as_str() {
                let written = sources.slice(node.span());
                if node.style() == Some(Style::Plain) && !written.contains(['\n', '\r']) {
                    assert_eq!(written, text);
                }
                let whole = node.text();
                assert_eq!(whole.as_str(), text);
                for (at, character) in text.char_indices() {
                    check(whole.span(at..at + character.len_utf8()));
                }
                check(whole.span(0..text.len()));
            }
            let _ = (node.as_bool(), node.truthy(), node.as_i64(), node.as_f64(), node.is_null(), node.tag());
            let own = node.own_entries().count();
            let resolved: Vec<_> = node.entries().collect();
            assert!(resolved.iter().filter(|entry| !entry.merged).count() <= own);
            for entry in resolved.iter().take(50).filter(|entry| !entry.key.is_empty()) {
                check(entry.key_span);
                assert_eq!(node.get(entry.key), Some(entry.value));
            }
            for item in node.items() {
                assert!(item.alias_span().is_some() || node.span().contains(item.span()));
            }
        }
    }
}

fn touch_both(content: &str) {
    for mode in [Mode::Plain, Mode::Templated] {
        with(content, mode, |stream, sources| touch(content, stream, sources));
    }
}

#[test]
fn a_stream_holds_documents_with_exact_places() {
    with("# top\na: 1\n---\n- x # why\n- 'y'\n...\n", Mode::Plain, |stream, sources| {
        assert_eq!(stream.errors, []);
        let [first, second] = &stream.documents[..] else { panic!("two documents") };
        let one = first.root().get("a").unwrap();
        assert_eq!((one.as_i64(), sources.slice(one.span())), (Some(1), "1"));
        let items: Vec<_> = second.root().items().map(|item| sources.slice(item.span())).collect();
        assert_eq!(items, ["x", "'y'"]);
        assert_eq!(sources.slice(second.span()), "---\n- x # why\n- 'y'");
        let comments: Vec<_> = stream.comments.iter().map(|c| (c.text, c.alone)).collect();
        assert_eq!(comments, [("top", true), ("why", false)]);
    });
}

#[test]
fn collections_reach_from_their_first_to_their_last_byte() {
    plain("a:\n- x\n- k: v\n\n# c\nb: {c: [1 ], d: }\ne:\n", |root, _, sources| {
        let slice = |node: Node<'_, '_>| sources.slice(node.span()).to_owned();
        assert_eq!(slice(root.get("a").unwrap()), "- x\n- k: v");
        assert_eq!(slice(root.get("b").unwrap()), "{c: [1 ], d: }");
        assert_eq!(slice(root.path(&["b", "c"]).unwrap()), "[1 ]");
        assert_eq!(root.get("e").unwrap().span().range(), 39..39);
        assert!(root.get("e").unwrap().is_null());
        assert_eq!(root.span().range(), 0..39);
    });
}

#[test]
fn empty_values_have_a_place_and_no_width() {
    plain("a:\nb: ~\nc: ''\nd: |\n\ne: !!str\n", |root, _, _| {
        let at = |key: &str| root.get(key).unwrap();
        assert_eq!(at("a").span().range(), 2..2);
        assert!(at("a").is_null() && at("b").is_null());
        assert!(!at("c").is_null() && !at("d").is_null() && !at("e").is_null());
        assert_eq!(at("d").span().range(), 18..18);
        assert_eq!((at("e").as_str(), at("e").tag()), (Some(""), Some("!!str")));
    });
}

#[test]
fn plain_scalars_have_types_and_quoted_ones_do_not() {
    plain("[yes, 'yes', 0777, \"1\", !!str 1, 1.5, on]", |root, _, _| {
        let items: Vec<_> = root.items().collect();
        assert_eq!(items[0].as_bool(), Some(true));
        assert_eq!((items[1].as_bool(), items[1].truthy()), (None, Some(true)));
        assert_eq!(items[2].as_i64(), Some(511));
        assert_eq!((items[3].as_i64(), items[4].as_i64()), (None, None));
        assert_eq!(items[5].as_f64(), Some(1.5));
        assert_eq!(items[6].as_bool(), Some(true));
    });
}

#[test]
fn block_scalars_map_back_line_by_line() {
    let content =
        "a: |\n\n  one\n   two\n  \n\n  three\nb: >-\n    x\n    y\n\n     more\n    z\nc: |+\n  k\n\n";
    plain(content, |root, _, sources| {
        let at = |key: &str, word: &str| {
            let node = root.get(key).unwrap();
            let text = node.text();
            let start = text.as_str().find(word).unwrap();
            assert_eq!(sources.slice(text.span(start..start + word.len())), word, "{key} {word}");
            text.span(start..start + word.len()).start
        };
        for word in ["one", " two", "three"] {
            at("a", word);
        }
        assert_eq!(at("a", "three"), 25);
        for word in ["x", "y", " more", "z"] {
            at("b", word);
        }
        at("c", "k");
        assert_eq!(sources.slice(root.get("a").unwrap().span()), "one\n   two\n  \n\n  three");
        assert_eq!(root.get("a").unwrap().as_str(), Some("\none\n two\n\n\nthree\n"));
        assert_eq!(root.get("b").unwrap().as_str(), Some("x y\n\n more\nz"));
        assert_eq!(sources.slice(root.get("c").unwrap().span()), "k");
    });
}

#[test]
fn block_scalars_may_end_with_the_file_or_have_carriage_returns() {
    plain("\u{feff}a: |\r\n  one\r\n  two\r\nb: |2\r\n    deep\r\n  x", |root, _, sources| {
        let text = root.get("a").unwrap().text();
        assert_eq!(text.as_str(), "one\ntwo\n");
        assert_eq!(sources.slice(text.span(4..7)), "two");
        assert_eq!(sources.slice(text.span(3..4)), "\r\n  ");
        let text = root.get("b").unwrap().text();
        assert_eq!(text.as_str(), "  deep\nx\n");
        assert_eq!(sources.slice(text.span(7..8)), "x");
        assert_eq!(sources.slice(text.span(2..6)), "deep");
    });
}

#[test]
fn quoted_scalars_map_back_between_their_escapes() {
    plain(
        "a: 'it''s\n   so'\nb: \"\\u00e9\\x41b \\\n  c\\n\\\"\"\nc: \"\\ud83d\\ude00x\"",
        |root, _, sources| {
            let text = root.get("a").unwrap().text();
            assert_eq!(text.as_str(), "it's so");
            assert_eq!(sources.slice(text.span(2..3)), "''");
            assert_eq!(sources.slice(text.span(5..7)), "so");
            let text = root.get("b").unwrap().text();
            assert_eq!(text.as_str(), "éAb c\n\"");
            assert_eq!(sources.slice(text.span(0..2)), "\\u00e9");
            assert_eq!(sources.slice(text.span(5..6)), "c");
            assert_eq!(sources.slice(text.span(7..8)), "\\\"");
            let text = root.get("c").unwrap().text();
            assert_eq!(sources.slice(text.span(4..5)), "x");
        },
    );
}

#[test]
fn yaml_within_yaml_keeps_its_places() {
    plain("outer: |\n  inner: |\n    one\n    two\n  quoted: \"a\\tb\"\n", |root, _, sources| {
        let inner = parse(&root.get("outer").unwrap().text(), sources, Mode::Plain);
        let root = inner.documents[0].root();
        let text = root.get("inner").unwrap().text();
        assert_eq!(text.as_str(), "one\ntwo\n");
        assert_eq!(text.span(4..7).range(), 32..35);
        assert_eq!(sources.slice(root.get("quoted").unwrap().span()), "\"a\\tb\"");
        assert_eq!(sources.slice(root.get("quoted").unwrap().text().span(1..2)), "\\t");
    });
}

#[test]
fn aliases_are_followed_and_leave_their_place() {
    plain("a: &x {k: v}\nb: *x\n*x : complex\n", |root, _, sources| {
        let value = root.path(&["b", "k"]).unwrap();
        assert_eq!(sources.slice(value.span()), "v");
        assert_eq!(sources.slice(value.alias_span().unwrap()), "*x");
        assert_eq!(root.path(&["a", "k"]).unwrap().alias_span(), None);
        assert_eq!(root.path(&["a", "k"]), Some(value));
    });
}

#[test]
fn merge_keys_yield_to_the_mapping_and_to_earlier_ones() {
    let content =
        "- &a {x: 1, y: 1}\n- &b {y: 2, z: 2, <<: {w: 3, z: 3}}\n- {<<: [*a, *b], x: 0}\n- {'<<': 1}";
    plain(content, |root, stream, _| {
        assert_eq!(stream.errors, []);
        let node = root.items().nth(2).unwrap();
        let entries: Vec<_> = node.entries().map(|e| (e.key, e.value.as_i64().unwrap(), e.merged)).collect();
        assert_eq!(entries, [("x", 0, false), ("y", 1, true), ("z", 2, true), ("w", 3, true)]);
        for (key, value, merged) in entries {
            let entry = node.entry(key).unwrap();
            assert_eq!((entry.value.as_i64(), entry.merged), (Some(value), merged));
        }
        assert!(node.get("<<").is_none());
        assert_eq!(node.own_entries().filter(Entry::is_merge).count(), 1);
        assert_eq!(root.items().nth(3).unwrap().get("<<").unwrap().as_i64(), Some(1));
    });
}

#[test]
fn repeated_keys_are_reported_and_the_last_counts() {
    plain("a: 1\nb: 2\na: 3\n", |root, stream, sources| {
        let [duplicate] = &stream.duplicates[..] else { panic!("one duplicate") };
        assert_eq!((duplicate.key, duplicate.first.start, duplicate.second.start), ("a", 0, 10));
        assert_eq!(sources.slice(duplicate.second), "a");
        assert_eq!(root.get("a").unwrap().as_i64(), Some(3));
        assert_eq!(root.entries().map(|e| e.value.as_i64().unwrap()).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(root.own_entries().count(), 3);
    });
    let mut many = String::new();
    for n in 0..100 {
        writeln!(many, "k{}: {n}", n % 99).unwrap();
    }
    plain(&many, |root, stream, _| {
        assert_eq!(stream.duplicates.len(), 1);
        assert_eq!(root.get("k0").unwrap().as_i64(), Some(99));
    });
}

#[test]
fn an_unknown_alias_is_an_error_and_nothing_else_is_lost() {
    plain("a: *gone\nb: &me [*me]\nc: {<<: *gone, k: v}\n", |root, stream, sources| {
        let errors: Vec<_> = stream.errors.iter().map(|e| (e.kind, sources.slice(e.span))).collect();
        let kind = ErrorKind::UnknownAlias;
        assert_eq!(errors, [(kind, "*gone"), (kind, "*me"), (kind, "*gone")]);
        assert!(root.get("a").unwrap().is_unknown() && root.get("a").unwrap().as_str().is_none());
        assert!(root.get("b").unwrap().items().all(Node::is_unknown));
        assert!(root.get("c").unwrap().is_open() && !root.is_open());
        assert_eq!(root.path(&["c", "k"]).unwrap().as_str(), Some("v"));
    });
}

#[test]
fn an_alias_bomb_is_an_error() {
    let mut bomb = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n".to_owned();
    for level in 1..30 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
    }
    plain(&bomb, |root, stream, _| {
        assert_eq!(stream.errors.len(), 1);
        assert_eq!(stream.errors[0].kind, ErrorKind::TooManyAliases);
        assert!(root.get("a1").unwrap().items().all(Node::is_unknown));
    });
    let mut ladder = format!("a0: &a0 {}1{}\n", "[".repeat(200), "]".repeat(200));
    for level in 1..30 {
        let (open, close) = ("[".repeat(200), "]".repeat(200));
        writeln!(ladder, "a{level}: &a{level} {open}*a{}{close}", level - 1).unwrap();
    }
    plain(&ladder, |_, stream, _| assert_eq!(stream.errors[0].kind, ErrorKind::TooManyAliases));
}

#[test]
fn a_broken_document_keeps_what_was_read_and_hides_no_other() {
    with("ok: 1\n---\na: {b: 1\n---\nc: d: e\n---\nlast: 2\n", Mode::Plain, |stream, sources| {
        assert_eq!(stream.documents.len(), 4);
        let broken: Vec<_> = stream.documents.iter().map(Document::is_broken).collect();
        assert_eq!(broken, [false, true, true, false]);
        assert_eq!(stream.errors.iter().map(|e| e.span.start).collect::<Vec<_>>(), [13, 27]);
        assert_eq!(sources.slice(stream.errors[1].span), ":");
        assert!(stream.documents[1].root().is_open());
        assert!(stream.documents[1].root().get("a").unwrap().is_open());
        assert!(!stream.documents[3].root().is_open());
        assert_eq!(stream.documents[3].root().get("last").unwrap().as_i64(), Some(2));
    });
}

#[test]
fn what_breaks_a_document_may_lie_before_what_was_read() {
    for content in ["a: [x{{ y }}z: ", "a: [x{{- if y }}z: # c"] {
        templated(content, |root, stream, sources| {
            assert_eq!(stream.errors[0].span.start, 3);
            let value = root.get("a").unwrap();
            let pair = value.items().next().unwrap();
            let key = pair.own_entries().next().unwrap().key_span;
            assert!(pair.span().contains(key) && value.span().contains(pair.span()));
            assert!(sources.slice(key).starts_with('x'));
            assert!(stream.documents[0].nodes().all(|node| node.as_str().is_none_or(|text| text == "a")));
        });
    }
}

#[test]
fn deep_nesting_is_an_error_of_its_own() {
    for content in
        ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(50_000), "a: &a [*a".repeat(9_000)]
    {
        with(&content, Mode::Plain, |stream, _| assert!(!stream.errors.is_empty()));
    }
    with(&"[".repeat(100_000), Mode::Plain, |stream, _| {
        assert_eq!(stream.errors[0].kind, ErrorKind::TooDeep);
    });
}

#[test]
fn json_is_read_whatever_its_indentation() {
    plain("{\n\t\"a\": [\n\t\t1,\n\t\t{\"b\": null}\n\t],\n\t\"c\": \"\\/x\"\n}\n", |root, stream, _| {
        assert_eq!(stream.errors, []);
        assert_eq!(root.get("c").unwrap().as_str(), Some("/x"));
        assert!(root.get("a").unwrap().items().nth(1).unwrap().get("b").unwrap().is_null());
    });
}

#[test]
fn a_long_comment_block_is_read_whole() {
    let content = format!("a:\n{}  b: 1\n", "  # x\n".repeat(5_000));
    plain(&content, |root, stream, _| {
        assert_eq!((stream.comments.len(), stream.errors.len()), (5_000, 0));
        assert_eq!(root.path(&["a", "b"]).unwrap().as_i64(), Some(1));
    });
}

#[test]
fn templates_are_told_from_comments_about_them() {
    assert!(is_templated("a: {{ .Values.x }}"));
    assert!(is_templated("# {{ x }}\n  a: '{{ y }}'"));
    assert!(!is_templated("a: 1\n  # {{ x }}{{ y }}\n"));
    assert!(!is_templated("a: {b: {c: 1}}"));
}

const CHART: &str = "\
{{- if .Values.enabled }}
# kept {{ .Values.x }}
apiVersion: apps/v1
metadata:
  name: {{ include \"chart.name\" . }}
  labels:
    {{- include \"chart.labels\" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  image: \"{{ .Values.image }}:1\"
  hostNetwork: true
  containers:
    - name: web
      {{- with .Values.security }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      privileged: true
      env:
        - name: A
          value: b
        {{- toYaml .Values.env | nindent 8 }}
      ports: []
  {{- /* a comment with }} inside */}}
  tolerations:
    {{- toYaml .Values.tolerations | nindent 4 }}
{{- end }}
";

#[test]
fn a_template_is_read_around_its_actions() {
    templated(CHART, |root, stream, sources| {
        assert_eq!(stream.errors, []);
        assert!(stream.templated);
        let comments: Vec<_> = stream.comments.iter().map(|comment| comment.text).collect();
        assert_eq!(comments, ["kept {{ .Values.x }}", "a comment with }} inside"]);
        let at = |path: &[&str]| root.path(path).unwrap();
        assert_eq!(at(&["apiVersion"]).as_str(), Some("apps/v1"));
        assert!(at(&["metadata", "labels"]).is_unknown());
        assert!(at(&["spec", "replicas"]).is_unknown() && at(&["spec", "image"]).is_unknown());
        assert_eq!(at(&["spec", "hostNetwork"]).as_bool(), Some(true));
        assert_eq!(sources.slice(at(&["spec", "hostNetwork"]).span()), "true");
        let container = at(&["spec", "containers"]).items().next().unwrap();
        assert!(container.get("securityContext").unwrap().is_unknown());
        assert_eq!(container.get("privileged").unwrap().as_bool(), Some(true));
        assert!(container.get("env").unwrap().is_open());
        assert!(!container.get("env").unwrap().items().next().unwrap().is_open());
        assert!(at(&["spec", "tolerations"]).is_unknown());
        for node in [root, at(&["spec"]), at(&["metadata"]), container] {
            assert!(!node.is_open(), "{:?}", node.span());
        }
    });
}

#[test]
fn lines_of_unknown_place_open_all_that_may_hold_them() {
    templated("a:\n  b:\n    c: 1\n{{ include \"x\" . | nindent .Values.n }}\nd: 1\n", |root, _, _| {
        assert!(root.is_open() && root.get("a").unwrap().is_open());
        assert!(root.path(&["a", "b"]).unwrap().is_open());
        assert_eq!(root.path(&["a", "b", "c"]).unwrap().as_i64(), Some(1));
    });
    templated("a:\n  b: 1\n{{ include \"x\" . | indent 2 }}\nd: 1\n", |root, _, _| {
        assert!(!root.is_open() && root.get("a").unwrap().is_open());
    });
}

#[test]
fn conditional_values_keys_and_block_scalars_are_unknown() {
    templated(
        "a: {{ if .x }}one{{ else }}two{{ end }}\n{{ .k }}: 1\nb: |\n  x\n  {{ .y }}\nc: {{- .z }}\nd: 1\n",
        |root, stream, _| {
            assert_eq!(stream.errors, []);
            for key in ["a", "b"] {
                assert!(root.get(key).unwrap().is_unknown(), "{key}");
            }
            assert_eq!(root.get("d").unwrap().as_i64(), Some(1));
            assert!(root.is_open());
        },
    );
}

#[test]
fn branches_are_no_duplicates() {
    templated("{{ if .a }}\nk: 1\n{{ else }}\nk: 2\n{{ end }}\n", |root, stream, _| {
        assert_eq!(stream.duplicates, []);
        assert_eq!(root.own_entries().count(), 2);
    });
}

#[test]
fn an_action_that_is_not_closed_ends_with_its_line() {
    templated("a: {{ .x\nb: 1\n", |root, stream, sources| {
        let [error] = &stream.errors[..] else { panic!() };
        assert_eq!((error.kind, sources.slice(error.span)), (ErrorKind::OpenAction, "{{ .x"));
        assert!(root.get("a").unwrap().is_unknown());
        assert_eq!(root.get("b").unwrap().as_i64(), Some(1));
    });
}

#[test]
fn hostile_texts_end_soon() {
    let start = std::time::Instant::now();
    let unit = 100_000;
    for piece in [
        "{{",
        "{{\n",
        "{{`\n",
        "{{ \"\n",
        "{{/*\n",
        "{{x}}",
        "a: {{x}} # ",
        "- *a\n",
        "&a ",
        "? ",
        "!",
        "'",
        "\"\\",
        "a: |\n",
        "a: # c\n",
        "---\n[",
        "---\n- *a\n",
        "\t",
        " ",
        "{{x}}\n",
        "- {{x}}\n",
        "x",
        "#",
        "# \n",
        "a: >\n \n",
        "[a: b, ",
    ] {
        touch_both_lightly(&piece.repeat(unit / piece.len()));
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

fn touch_both_lightly(content: &str) {
    let start = std::time::Instant::now();
    for mode in [Mode::Plain, Mode::Templated] {
        with(content, mode, |stream, _| {
            for node in stream.documents.iter().flat_map(Document::nodes) {
                let _ = (node.span(), node.text().span(0..1), node.is_open());
            }
        });
    }
    let taken = start.elapsed().as_secs_f32();
    assert!(taken < 5.0, "{taken} s for {:?}…", content.chars().take(12).collect::<String>());
}

fn snippet() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a: ",
        "b:",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "x",
        "'",
        "\"",
        "\\",
        "\\n",
        "\\u0041",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "# c",
        "|",
        ">-",
        "|+\n",
        "|2\n",
        "&a ",
        "*a",
        "<<: ",
        "? ",
        "!!str ",
        "---\n",
        "...\n",
        "{{ ",
        " }}",
        "{{- if x }}",
        "{{ end }}",
        "{{ toYaml . | nindent 4 }}",
        "{{/*",
        "*/}}",
        "\r\n",
        "\t",
        "é",
        "\u{feff}",
        "~",
        "1",
        "%TAG",
        "\"\\\n  ",
        "\u{2028}",
        "\u{85}",
        " ",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_gives_sound_places(content in "\\PC{0,80}") {
        touch_both(&content);
    }

    #[test]
    fn any_yaml_like_text_gives_sound_places(content in snippet()) {
        touch_both(&content);
    }

    #[test]
    fn masking_keeps_length_and_lines(content in snippet()) {
        let actions = template::actions(&content);
        for fill in [Fill::Comment, Fill::Blank] {
            let masked = template::mask(&content, &actions, fill);
            prop_assert_eq!(masked.len(), content.len());
            let breaks = |text: &str| -> Vec<_> { text.match_indices('\n').map(|(at, _)| at).collect() };
            prop_assert_eq!(breaks(&masked), breaks(&content));
        }
    }

    #[test]
    fn a_chart_cut_anywhere_gives_sound_places(cut in 0..CHART.len(), drop in 0..40usize) {
        let rest = CHART.get(cut + drop..).unwrap_or_default();
        touch_both(&format!("{}{rest}", &CHART[..cut]));
    }

    #[test]
    fn embedded_text_gives_sound_places(content in snippet()) {
        let outer = format!("k: |2\n  {}\n", content.replace(['\r', '\u{feff}'], "").replace('\n', "\n  "));
        let sources = Sources::default();
        let file = sources.add("a.yaml".into(), outer.clone());
        let stream = parse(&sources.text(file), &sources, Mode::Plain);
        if let Some(node) = stream.documents.first().and_then(|document| document.root().get("k")) {
            let inner = parse(&node.text(), &sources, Mode::Templated);
            for node in inner.documents.iter().flat_map(Document::nodes) {
                prop_assert!(outer.get(node.span().range()).is_some());
                let text = node.text();
                for (at, character) in text.as_str().char_indices() {
                    prop_assert!(outer.get(text.span(at..at + character.len_utf8()).range()).is_some());
                }
            }
        }
    }
}

#[test]
fn an_error_lies_on_a_whole_character() {
    touch_both("{{/*é\n\u{2028}");
}

/// Compares the trees of both readers; whether the quick one reads the text at all.
fn is_simple(content: &str) -> bool {
    let sources = Sources::default();
    let file = sources.add("a.yaml".into(), content.into());
    let text = Arc::new(sources.text(file));
    let Some(simple) = build::build_simple(&text, text.as_str(), &sources, &[]) else { return false };
    let any = build::build_any(&text, text.as_str(), &sources, &[]);
    assert_eq!(format!("{simple:#?}"), format!("{any:#?}"), "{content:?}");
    true
}

#[test]
fn both_readers_see_the_same_in_what_most_files_hold() {
    let long = format!("a:\n- {0}\n-\n  {0}\nb: [{0}]\n", "x".repeat(2000));
    for content in [
        "a: b\nc:\n  - d\n  - e: f\n    g: h\n-x: --y\n",
        "# c\n---\na:\n- b # c\n-\n  c: d\n# e\nf:\n---\n--- # empty\n",
        "a: 'it''s'\n\"b\": \"\\\"c\\\\\\n\"\n'd e': http://f#g\n",
        "a: [b, \"c\", [d], {e: f, 'g': []}]\nb: {}\nc: [ ]\n",
        "a: |\n  b\n\n    c\nd: >-\n\n  e\n  f\n\n  g\n\n\nh: |+ # i\n  j\n\n",
        "a: &b\n  c: d\ne: *b\nf:\n  <<: [*b, *b]\n  g: &h 1\n",
        "é: ü\u{2028}\u{1f600} # ß\n",
        long.as_str(),
    ] {
        assert!(is_simple(content), "{content:?}");
    }
}

#[test]
fn what_is_hard_to_read_is_left_to_the_yaml_crate() {
    let long = format!("{}: a\n", "x".repeat(1100));
    for content in [
        "a: !b c\n",
        "a: b\n  c\n",
        "a: 'b\n  c'\n",
        "a:\tb\n",
        "a: b\r\n",
        "\u{feff}a: b\n",
        "? a\n: b\n",
        "a: b: c\n",
        "a: *b\n",
        "a: [b,\n  c]\n",
        "- - a\n",
        "a: |2\n   b\n",
        "a: b\n---\n- c\nd\n",
        "%YAML 1.2\n",
        "a: \"\\u00e9\"\n",
        "a : b\n",
        "a\n",
        "...\n",
        "a: b\n c: d\n",
        "a: @b\n",
        "a: \u{1}\n",
        long.as_str(),
    ] {
        assert!(!is_simple(content), "{content:?}");
    }
}

#[test]
fn most_files_are_simple() {
    fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => files(&path, found),
                Some("yaml" | "yml") => found.push(path),
                _ => {}
            }
        }
    }
    let mut paths = Vec::new();
    files(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")), &mut paths);
    let texts: Vec<String> = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let simple = texts.iter().filter(|text| !is_templated(text) && is_simple(text)).count();
    let plain = texts.iter().filter(|text| !is_templated(text)).count();
    assert!(simple * 10 >= plain * 8, "{simple} of {plain}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn both_readers_see_the_same_in_any_text(
        lines in prop::collection::vec((0_usize..5, line(), prop_oneof![9 => Just("\n"), 1 => Just("")]), 1..9),
        (at, put) in (any::<prop::sample::Index>(), select(&["", "", "", ":", " ", "-", "#", "'", "\"", "\n", "]", "&"])),
    ) {
        let mut content: String =
            lines.iter().flat_map(|(indent, line, end)| [&" ".repeat(*indent), line.as_str(), end].map(str::to_owned)).collect();
        let places: Vec<usize> = content.char_indices().map(|(place, _)| place).chain([content.len()]).collect();
        content.insert_str(*at.get(&places), put);
        is_simple(&content);
    }
}

fn select(from: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(from)
}

/// A line that may be YAML: dashes, a key, a value.
fn line() -> impl Strategy<Value = String> {
    let dashes = select(&["", "", "", "- ", "-  ", "-", "- - "]);
    let key = select(&[
        "", "k: ", "l: ", "m:  ", "k:", "'k': ", "\"k\": ", "k : ", "a b: ", "<<: ", "? ", "&a k: ",
    ]);
    let value = select(&[
        "",
        "v",
        "a b",
        "x#y",
        "a:b",
        "-1",
        "~",
        "'q'",
        "'it''s'",
        "\"d\"",
        "\"\\\"\\n\"",
        "'",
        "\"x",
        "é",
        "# c",
        "v # c",
        "[]",
        "{}",
        "[a, 'b']",
        "[ a , b ] # c",
        "{a: b, c: [d]}",
        "{a: }",
        "[a,]",
        "[a #b]",
        "a, b]",
        "|",
        "|-",
        "|+ # c",
        ">",
        ">-",
        "&a v",
        "&a",
        "&b # c",
        "&b [1]",
        "*a",
        "[*a, *b]",
        "!t v",
        "--- ",
        "---",
        "...",
    ]);
    (dashes, key, value).prop_map(|(dashes, key, value)| format!("{dashes}{key}{value}"))
}

#[test]
fn an_error_beside_an_action_lies_on_a_whole_character() {
    touch_both("{{𝕊]ꟕ");
}
