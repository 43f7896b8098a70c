use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// The tree in one line: `name[argument, …]{…}`.
fn shown(directives: &[Directive<'_>]) -> String {
    let mut out = String::new();
    for directive in directives {
        let words: Vec<_> = directive.arguments.iter().map(|word| word.text).collect();
        let _ = write!(out, "{}[{}]", directive.name.text, words.join(", "));
        if let Some(block) = &directive.block {
            let _ = write!(out, "{{{}{}}}", shown(&block.directives), block.raw.unwrap_or_default());
        }
        out.push(' ');
    }
    out.trim_end().to_owned()
}

/// The tree, and each error as its message with what it lies on.
fn read(content: &str) -> (String, Vec<String>) {
    let sources = Sources::default();
    let id = sources.add("nginx.conf".into(), content.into());
    let config = parse(&sources.text(id), &sources);
    let errors = config.errors.iter().map(|error| {
        let line = sources.file(id).line_of(error.span.start);
        format!("{line}:{}: {}", sources.slice(error.span), error.message)
    });
    (shown(&config.directives), errors.collect())
}

fn clean(content: &str) -> String {
    let (tree, errors) = read(content);
    assert_eq!(errors, Vec::<String>::new(), "{content}");
    tree
}

#[test]
fn directives_words_and_blocks() {
    assert_eq!(
        clean("\u{feff}user  nginx;\r\nhttp {\r\n\tserver{listen 80;}\r\n}\r\n"),
        "user[nginx] http[]{server[]{listen[80]}}"
    );
    assert_eq!(clean("location /a{return 200;}"), "location[/a]{return[200]}");
}

#[test]
fn quotes_and_escapes_are_resolved() {
    assert_eq!(
        clean(r#"log_format main '$a "x"' "it\"s" a\ b \"c\";"#),
        r#"log_format[main, $a "x", it"s, a\ b, "c"]"#
    );
    assert_eq!(clean("add_header X \"a\n  b; {\" always;"), "add_header[X, a\n  b; {, always]");
    assert_eq!(clean(r"'~^a b{2}$' 1;"), "~^a b{2}$[1]");
}

#[test]
fn words_hold_marks_and_variables() {
    assert_eq!(clean("rewrite ^/a#b$ /c?d#e;"), "rewrite[^/a#b$, /c?d#e]");
    assert_eq!(clean("proxy_pass http://${host}x:${port};"), "proxy_pass[http://${host}x:${port}]");
    assert_eq!(clean("listen ${PORT};\nset $a ${b}{}"), "listen[${PORT}] set[$a, ${b}]{}");
}

#[test]
fn conditions_keep_their_brackets() {
    assert_eq!(
        clean("if ($host = \"a\") {return 1;} if ($a ~* '^(b|c)') {}"),
        "if[($host, =, a, )]{return[1]} if[($a, ~*, ^(b|c), )]{}"
    );
}

#[test]
fn data_bodies_are_entries() {
    assert_eq!(clean("types{text/html html htm;}"), "types[]{text/html[html, htm]}");
    assert_eq!(
        clean("map $a $b {default x; ~*re val; '' close; include y; hostnames;}"),
        "map[$a, $b]{default[x] ~*re[val] [close] include[y] hostnames[]}"
    );
    assert_eq!(clean("match ok {status 200; body ~ \"a\";}"), "match[ok]{status[200] body[~, a]}");
}

#[test]
fn lua_bodies_stay_whole() {
    assert_eq!(
        clean("set_by_lua_block $r { return '}' -- }\n}\nreturn 200;"),
        "set_by_lua_block[$r]{ return '}' -- }\n} return[200]"
    );
    let (tree, errors) = read("content_by_lua_block { if {");
    assert_eq!(tree, "content_by_lua_block[]{ if {}");
    assert_eq!(errors, ["1:{: block is never closed"]);
}

#[test]
fn braces_in_expressions_need_quotes() {
    assert_eq!(clean(r#"location ~ "^/x\d{2}$" {}"#), r"location[~, ^/x\d{2}$]{}");
    let (tree, errors) = read("location ~ ^/x\\d{2}$ {return 200;}");
    assert_eq!(tree, r"location[~, ^/x\d{2}$]{return[200]}");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("1:{2}: "), "{errors:?}");
}

#[test]
fn a_missing_semicolon_before_a_brace() {
    for text in ["server {\n listen 80\n}\nuser a;", "server {listen 80}\nuser a;"] {
        let (tree, errors) = read(text);
        assert_eq!(tree, "server[]{listen[80]} user[a]");
        assert!(errors.len() == 1 && errors[0].ends_with("missing `;`"), "{errors:?}");
    }
}

#[test]
fn a_missing_semicolon_before_a_known_name() {
    let (tree, errors) = read("server {\n  listen 80 # x\n  server_name a;\n  root /x\n  index y z;\n}");
    assert_eq!(tree, "server[]{listen[80] server_name[a] root[/x] index[y, z]}");
    assert_eq!(errors, ["2:: missing `;`", "4:: missing `;`"]);
    let (tree, errors) = read("map $a $b {\n  x 1\n  y 2;\n}");
    assert_eq!(tree, "map[$a, $b]{x[1] y[2]}");
    assert_eq!(errors, ["2:: missing `;`"]);
}

#[test]
fn arguments_on_further_lines_are_no_directives() {
    assert_eq!(clean("server_name\n  a\n  internal;"), "server_name[a, internal]");
    assert_eq!(clean("try_files $uri\n  index x\n  root;"), "try_files[$uri, index, x, root]");
    assert_eq!(clean("types {\n  a\n  add_header b;\n}"), "types[]{a[add_header, b]}");
}

#[test]
fn stray_braces_and_semicolons() {
    let (tree, errors) = read("server {};\n}\nuser a;\n{ pid b; }");
    assert_eq!(tree, "server[]{} user[a] pid[b]");
    assert_eq!(errors, ["1:;: unexpected `;`", "2:}: unexpected `}`", "4:{: unexpected `{`"]);
}

#[test]
fn unclosed_blocks_end_with_the_text() {
    let (tree, errors) = read("http {\n  server {\n    listen 80;\n}\n");
    assert_eq!(tree, "http[]{server[]{listen[80]}}");
    assert_eq!(errors, ["1:{: block is never closed"]);
}

#[test]
fn unclosed_quotes_end_with_their_line() {
    let (tree, errors) = read("add_header A \"x;\nadd_header B \"y\";\nuser 'a;\n");
    assert_eq!(tree, "add_header[A, x] add_header[B, y] user[a]");
    assert_eq!(errors, ["1:\"x: quote is never closed", "3:'a: quote is never closed"]);
    let (tree, errors) = read("server { root \"/x; }\nuser a;\n");
    assert_eq!(tree, "server[]{root[/x]} user[a]");
    assert_eq!(errors, ["1:\"/x: quote is never closed"]);
}

#[test]
fn templates_are_read_around() {
    assert_eq!(clean("${EVENTS}\nhttp {\n${SERVERS}\n}"), "${EVENTS}[] http[]{${SERVERS}[]}");
    let (tree, errors) = read("{% if x %}\nserver_name {{ a }}.b;\n{% endif %}\nlisten {{ p }};");
    assert_eq!(tree, "server_name[{{ a }}.b] listen[{{ p }}]");
    assert_eq!(errors, ["1:{% if x %}: template expression that is not rendered"]);
}

#[test]
fn comments_know_whether_they_stand_alone() {
    let sources = Sources::default();
    let id = sources.add("a".into(), "# one\r\nuser a; #two\n  server { # three\n  # four\n}".into());
    let config = parse(&sources.text(id), &sources);
    let comments: Vec<_> = config.comments.iter().map(|comment| (comment.text, comment.alone)).collect();
    assert_eq!(comments, [("one", true), ("two", false), ("three", false), ("four", true)]);
    assert_eq!(sources.slice(config.comments[0].span), "# one");
}

#[test]
fn spans_are_exact() {
    let sources = Sources::default();
    let id = sources.add("a".into(), "http { add_header \"X\" é ; }".into());
    let config = parse(&sources.text(id), &sources);
    let block = config.directives[0].block.as_ref().unwrap();
    assert_eq!(sources.slice(config.directives[0].span), "http { add_header \"X\" é ; }");
    assert_eq!(sources.slice(block.span), "{ add_header \"X\" é ; }");
    let header = block.last("add_header").unwrap();
    assert_eq!(sources.slice(header.span), "add_header \"X\" é ;");
    assert_eq!(sources.slice(header.arguments[0].span), "\"X\"");
    assert!(header.has_argument("é") && header.arguments[0].quoted);
    assert_eq!(header.argument(1).map(|word| word.text), Some("é"));
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{}x;{}user a;", "a{".repeat(100), "}".repeat(100));
    let (tree, errors) = read(&deep);
    assert!(tree.ends_with(" user[a]"));
    assert_eq!(errors.len(), 1);
}

#[test]
fn hostile_text_is_quick() {
    for unit in [
        "{",
        "}",
        "\"",
        "'",
        "\"'\n",
        "{{",
        "a{{",
        "a}",
        "{%",
        "a{1",
        "${",
        "\\",
        "};",
        "a\n",
        "a_by_lua_block{[",
        "[=",
        "#",
        "\"\n\\",
        "server_name\n",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let started = std::time::Instant::now();
        let _ = read(&text);
        let _ = looks_like(&text);
        assert!(started.elapsed().as_secs() < 10, "{unit:?} took {:?}", started.elapsed());
    }
}

fn check(content: &str) {
    let sources = Sources::default();
    let id = sources.add("a".into(), content.into());
    let config = parse(&sources.text(id), &sources);
    let _ = looks_like(content);
    let sound = |span: Span| assert!(content.get(span.range()).is_some(), "{span:?} in {content:?}");
    config.errors.iter().for_each(|error| sound(error.span));
    config.comments.iter().for_each(|comment| sound(comment.span));
    let mut open: Vec<_> = config.directives.iter().collect();
    while let Some(directive) = open.pop() {
        sound(directive.span);
        let words = std::iter::once(&directive.name).chain(&directive.arguments).map(|word| word.span);
        for part in words.chain(directive.block.iter().map(|block| block.span)) {
            sound(part);
            assert!(directive.span.contains(part), "{content:?}");
        }
        let inner = directive.block.iter().flat_map(|block| &block.directives);
        open.extend(inner.inspect(|inner| assert!(directive.span.contains(inner.span), "{content:?}")));
    }
}

const SAMPLE: &str = "http {\n  map $a $b { default x; ~^\"y\" 'z'; }\n  server {\n    listen 443 ssl; # é\n    \
    content_by_lua_block { s = [[ } ]] }\n    location ~ \"^/x{2}\" { proxy_pass http://${up}; }\n  }\n}\n";

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_run_of_marks_is_read(text in "(server|listen |_by_lua_block|\\{|\\}|;|\"|'|\\\\|\\$|#|\n|\r| |é|-|\\[|=|\\]|%|1){0,60}") {
        check(&text);
    }

    #[test]
    fn mutated_configuration_is_read(at in 0..SAMPLE.len(), cut in 0_usize..5, mark in "[{};\"'\\\\$#\n é]?") {
        let start = SAMPLE.floor_char_boundary(at);
        let end = SAMPLE.floor_char_boundary((at + cut).min(SAMPLE.len())).max(start);
        check(&format!("{}{mark}{}", &SAMPLE[..start], &SAMPLE[end..]));
    }
}
