//! Tests over several files in memory.

use proptest::prelude::*;

use crate::facts::links::{Mount, MountSource};
use crate::facts::{Fact as _, Facts, Field, HostPlace, Protects, Reach, Serves};
use crate::formats::{Candidate, FORMATS, Reader, find, join, recognise};
use crate::source::{Sources, Span};
use crate::value::duration::Duration;

/// Reads files as nginx configuration and joins them; the facts of all, in the order of the files.
fn facts<'s>(sources: &'s Sources, files: &[(&str, &str)]) -> Facts<'s> {
    let format = find("nginx").unwrap();
    let ids: Vec<_> = files.iter().map(|(path, text)| sources.add((*path).into(), (*text).into())).collect();
    let mut readings: Vec<_> = ids.into_iter().map(|id| Reader::read(sources, id, format)).collect();
    join(&mut readings, sources);
    readings.into_iter().fold(Facts::default(), |mut all, reading| {
        all.append(reading.facts);
        all
    })
}

/// A span as `path:bytes`.
fn place(sources: &Sources, span: Span) -> String {
    format!("{}:{}", sources.file(span.file).path(), sources.slice(span))
}

fn serves(server: &str) -> Option<Serves> {
    let sources = Sources::default();
    let facts = facts(&sources, &[("a.conf", server)]);
    facts.listeners[0].serves.value().copied()
}

#[test]
fn names_and_contents_are_recognised() {
    let named = |path: &str, text: &'static str| {
        let candidate = Candidate::new(path, &|_| false);
        recognise(&candidate, || Some(text)).map(|found| found.format.name)
    };
    for path in ["nginx.conf", "a/nginx.prod.conf", "x.nginx", "sites-enabled/default", "nginx.conf.template"]
    {
        assert_eq!(named(path, ""), Some("nginx"), "{path}");
    }
    assert_eq!(named("conf.d/app.conf", "server {\n  listen 80;\n}\n"), Some("nginx"));
    assert_eq!(named("conf.d/httpd.conf", "<VirtualHost *:80>\n</VirtualHost>\n"), None);
    assert_eq!(named("redis.conf", "bind 127.0.0.1\nport 6379\n"), Some("redis"));
    assert!(FORMATS.iter().any(|format| format.name == "nginx"));
}

#[test]
fn included_files_are_judged_in_their_place() {
    let sources = Sources::default();
    let facts = facts(
        &sources,
        &[
            (
                "conf.d/app.conf",
                "server {\n listen 443 ssl;\n include snippets/tls.conf;\n include snippets/hsts.conf;\n}\n",
            ),
            ("nginx.conf", "events {}\nhttp {\n include mime.types;\n include conf.d/*.conf;\n}\n"),
            ("snippets/hsts.conf", "add_header Strict-Transport-Security \"max-age=63072000\" always;\n"),
            ("snippets/tls.conf", "ssl_protocols TLSv1.1 TLSv1.2;\n"),
        ],
    );
    assert_eq!(facts.servers.len(), 1);
    assert_eq!(facts.servers[0].hsts.value(), Some(&Duration::from_days(730)));
    assert_eq!(place(&sources, facts.servers[0].head().anchor), "conf.d/app.conf:server");
    assert_eq!(place(&sources, facts.protocols[0].head().anchor), "snippets/tls.conf:TLSv1.1");
    assert_eq!(facts.references.len(), 0);
}

#[test]
fn a_missing_include_is_a_reference_and_leaves_absences_open() {
    let sources = Sources::default();
    let facts = facts(
        &sources,
        &[("nginx.conf", "http { server { listen 443 ssl; include x/headers.conf; root /srv; } }")],
    );
    assert_eq!(place(&sources, facts.references[0].head().anchor), "nginx.conf:x/headers.conf");
    assert_eq!(facts.servers[0].hsts, Field::Unknown);
    assert_eq!(facts.servers[0].rate_limit, Field::Unknown);
}

#[test]
fn mounts_tell_where_includes_lie_and_whether_anyone_outside_can_ask() {
    let sources = Sources::default();
    let nginx = |path: &str, text: &str| {
        Reader::read(&sources, sources.add(path.into(), text.into()), find("nginx").unwrap())
    };
    let main = nginx("proxy/main.conf", "http { include /etc/nginx/conf.d/*.conf; }");
    let site = nginx("sites/web.conf", "server { listen 80; location / { proxy_pass http://127.0.0.1; } }");
    let file = sources.add("compose.yaml".into(), String::new());
    let mut compose = Reader::read(&sources, file, find("compose").unwrap());
    for (path, target) in [("proxy/main.conf", "/etc/nginx/nginx.conf"), ("./sites", "/etc/nginx/conf.d/")] {
        compose.links.mounts.push(Mount {
            container: 0,
            source: MountSource::Path { path: path.trim_start_matches("./").to_owned(), written: path },
            target,
            span: sources.text(file).span(0..0),
            note: "",
            published: false,
            read: false,
        });
    }
    let mut readings = vec![site, main, compose];
    join(&mut readings, &sources);
    assert_eq!(readings[0].facts.servers.len(), 0);
    assert_eq!(readings[1].facts.listeners[0].reach.value(), Some(&Reach::Internal));
    assert_eq!(readings[1].facts.servers[0].public.value(), Some(&false));
}

#[test]
fn files_that_include_each_other_end() {
    let sources = Sources::default();
    let text = "include a.conf; include b.conf; include *.conf; server { listen 80; include a.conf; }";
    let facts = facts(&sources, &[("a.conf", text), ("b.conf", text), ("c.conf", text)]);
    assert!(!facts.servers.is_empty());
}

#[test]
fn what_a_cleartext_server_serves_is_told() {
    for (text, expected) in [
        ("server { return 301 https://$host$request_uri; }", Serves::RedirectToHttps),
        ("server { if ($scheme = http) { return 301 https://$host; } root /srv; }", Serves::RedirectToHttps),
        ("server { if ($host = a.org) { return 301 https://$host; } return 404; }", Serves::RedirectToHttps),
        ("server { rewrite ^ https://$host$request_uri? permanent; }", Serves::RedirectToHttps),
        (
            "server { location /.well-known/acme-challenge/ { root /w; } location / { return 301 https://a.org; } }",
            Serves::RedirectToHttps,
        ),
        ("server { return 301 http://www.a.org; }", Serves::Redirect),
        ("server { return 444; }", Serves::Nothing),
        ("server { location = /health { return 200; } location / { return 404; } }", Serves::Nothing),
        ("server { return 200 hello; }", Serves::Content),
        ("server { location / { deny all; } }", Serves::Nothing),
        ("server { location / { proxy_pass http://app; } }", Serves::Content),
        ("server { root /srv; location /x { return 404; } }", Serves::Content),
        ("server { }", Serves::Content),
    ] {
        assert_eq!(serves(text), Some(expected), "{text}");
    }
    assert_eq!(serves("server { return 301 $target; }"), None);
}

#[test]
fn listeners_lie_on_their_addresses() {
    let sources = Sources::default();
    let text = "server { listen 80; listen 127.0.0.1:81; listen [::]:443 ssl; listen unix:/x; } server { }";
    let facts = facts(&sources, &[("a.conf", text)]);
    let seen: Vec<_> = facts
        .listeners
        .iter()
        .map(|one| {
            (sources.slice(one.head.anchor), one.tls.value() == Some(&true), *one.reach.value().unwrap())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("80", false, Reach::Public),
            ("127.0.0.1:81", false, Reach::Loopback),
            ("[::]:443", true, Reach::Public),
            ("unix:/x", false, Reach::Loopback),
            ("server", false, Reach::Public),
        ]
    );
}

#[test]
fn headers_are_inherited_all_or_none() {
    let sources = Sources::default();
    let text = "http {\n add_header X-Frame-Options DENY;\n server {\n  listen 443 ssl;\n  location /a { add_header X-Frame-Options DENY; add_header X-A b; }\n  location /b { add_header X-B c; }\n }\n}\n";
    let facts = facts(&sources, &[("nginx.conf", text)]);
    let drops: Vec<_> = facts.servers.iter().filter_map(|one| one.drops_headers.span()).collect();
    assert_eq!(drops.iter().map(|span| sources.slice(*span)).collect::<Vec<_>>(), ["add_header X-B c"]);
    let server = facts.servers.iter().find(|one| one.tls.value() == Some(&true)).unwrap();
    assert_eq!(server.frame_protection.value(), Some(&true));
    assert_eq!((server.hsts, server.content_type_options), (Field::Unset, Field::Unset));
}

#[test]
fn a_mapped_header_has_the_value_of_its_map() {
    let sources = Sources::default();
    let text = "map $scheme $hsts { https \"max-age=60\"; }\nserver { listen 443 ssl; add_header Strict-Transport-Security $hsts; }\nserver { listen 443 ssl; add_header Strict-Transport-Security $other; }";
    let facts = facts(&sources, &[("a.conf", text)]);
    assert_eq!(facts.servers[0].hsts.value(), Some(&Duration::Finite(60_000)));
    assert_eq!(facts.servers[1].hsts, Field::Unknown);
}

#[test]
fn stated_weaknesses_lie_on_their_bytes() {
    let sources = Sources::default();
    let text = "user root;\nerror_log /x debug;\nevents {}\nhttp {\n access_log off;\n ssl_ciphers \"HIGH:RC4:!aNULL\";\n server {\n  listen 443 ssl;\n  location / {\n   access_log off;\n   proxy_ssl_verify off;\n   proxy_pass https://api.example.org;\n  }\n  location /b { proxy_pass http://api.example.org/b; proxy_ssl_verify off; }\n  location /c { proxy_pass http://app:80; }\n  location /d { proxy_pass http://127.0.0.1; }\n  location /e { proxy_pass http://up; }\n }\n upstream up { server app:1; }\n}\n";
    let facts = facts(&sources, &[("nginx.conf", text)]);
    let switches: Vec<_> = facts
        .switches
        .iter()
        .map(|one| (*one.protects.value().unwrap(), sources.slice(one.head.anchor)))
        .collect();
    assert_eq!(
        switches,
        [
            (Protects::Debug, "debug"),
            (Protects::AccessLog, "off"),
            (Protects::AccessLog, "off"),
            (Protects::Verification, "off")
        ]
    );
    assert_eq!(sources.slice(facts.containers[0].user.span().unwrap()), "root");
    assert!(facts.ciphers.iter().any(|one| sources.slice(one.head.anchor) == "RC4"));
    let endpoints: Vec<_> = facts
        .endpoints
        .iter()
        .map(|one| (sources.slice(one.head.anchor), *one.place.value().unwrap()))
        .collect();
    assert_eq!(
        endpoints,
        [
            ("http://api.example.org/b", HostPlace::Public),
            ("http://app:80", HostPlace::Internal),
            ("http://up", HostPlace::Internal)
        ]
    );
}

#[test]
fn a_group_of_servers_lies_where_the_farthest_of_them_does() {
    for (servers, expected) in [
        ("server app:8000;", Some(("app", HostPlace::Internal))),
        ("server 127.0.0.1:1; server app;", Some(("app", HostPlace::Internal))),
        ("server app; server api.example.org:80 backup;", Some(("api.example.org", HostPlace::Public))),
        ("server [2001:db8::1]:80;", Some(("2001:db8::1", HostPlace::Public))),
        ("server 127.0.0.1:1; server [::1]:2; server unix:/run/app.sock;", None),
        ("server ${HOST}:80;", None),
        ("zone backends 64k;", None),
    ] {
        let sources = Sources::default();
        let text = format!(
            "upstream up {{ {servers} }}\nserver {{ listen 443 ssl; location / {{ proxy_pass http://up/v1; }} location /s {{ proxy_pass https://up; }} }}"
        );
        // A group of the same name in another file is another group.
        let other = "upstream up { server far.example.org; }";
        let files: &[(&str, &str)] = &[("a.conf", &text), ("other/b.conf", other)];
        let facts = facts(&sources, if expected.is_some() { files } else { &files[..1] });
        let found: Vec<_> = facts
            .endpoints
            .iter()
            .map(|one| {
                assert_eq!(sources.slice(one.head.anchor), "http://up/v1");
                (*one.host.value().unwrap(), *one.place.value().unwrap())
            })
            .collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{servers}");
    }
}

#[test]
fn limits_of_requests_are_inherited_or_stand_where_requests_are_handed_on() {
    let sources = Sources::default();
    let text = "server { listen 80; limit_req zone=a; location / { proxy_pass http://127.0.0.1; } }\nserver { listen 80; location / { limit_req zone=a; proxy_pass http://127.0.0.1; } }\nserver { listen 80; limit_conn a 1; location / { proxy_pass http://127.0.0.1; } }";
    let facts = facts(&sources, &[("a.conf", text)]);
    let limits: Vec<_> = facts.servers.iter().map(|one| one.rate_limit.value() == Some(&true)).collect();
    assert_eq!(limits, [true, true, false]);
    assert!(facts.servers.iter().all(|one| one.proxies.value() == Some(&true)));
}

#[test]
fn origins_that_a_map_lists_are_no_finding() {
    let sources = Sources::default();
    let text = "map $http_origin $cors { default \"\"; \"https://a.org\" $http_origin; }\nserver { listen 80;\n location /a { add_header Access-Control-Allow-Origin $cors; }\n location /b { add_header Access-Control-Allow-Origin *; add_header Access-Control-Allow-Credentials true; }\n location /c { add_header Access-Control-Allow-Origin $http_origin; }\n location /d { if ($http_origin ~ a.org) { add_header Access-Control-Allow-Origin $http_origin; } }\n}";
    let facts = facts(&sources, &[("a.conf", text)]);
    let seen: Vec<_> = facts
        .cors
        .iter()
        .map(|one| {
            let yes = |field: &Field<bool>| field.value() == Some(&true);
            (sources.slice(one.head.anchor), yes(&one.any_origin), yes(&one.reflected), yes(&one.credentials))
        })
        .collect();
    assert_eq!(seen, [("*", true, false, true), ("$http_origin", false, true, false)]);
}

#[test]
fn fragments_are_blamed_for_what_they_state_alone() {
    let sources = Sources::default();
    let facts =
        facts(&sources, &[("tls.conf", "ssl_protocols TLSv1;\nserver_tokens on;\naccess_log off;\n")]);
    assert_eq!((facts.protocols.len(), facts.switches.len(), facts.listeners.len()), (1, 0, 0));
    assert_eq!(place(&sources, facts.servers[0].hides_version.span().unwrap()), "tls.conf:on");
    assert_eq!(facts.servers[0].hsts, Field::NotApplicable);
}

#[test]
fn redirects_are_followed_through_maps_and_variables() {
    let map = "map $host $to { default https://a.org; b.org https://c.org; }\n\
               map $uri $down { default http://a.org; }\n\
               map $http_x_forwarded_proto $plain { default 1; https 0; }\n";
    for (server, expected) in [
        ("server { return 301 $to$request_uri; }", Some(Serves::RedirectToHttps)),
        ("server { return 301 $down; }", Some(Serves::Redirect)),
        ("server { set $to_there https://a.org; return 301 $to_there$uri; }", Some(Serves::RedirectToHttps)),
        ("server { set $there http://a.org; return 301 $there; }", Some(Serves::Redirect)),
        ("server { return 301 $elsewhere; }", None),
        ("server { return 301 ${scheme}://www.a.org; }", Some(Serves::Redirect)),
        ("server { if ($plain) { return 301 https://$host; } root /srv; }", Some(Serves::RedirectToHttps)),
        (
            "server { set $go 0; if ($server_port = 80) { set $go 1; } if ($go = 1) { return 301 https://a.org; } root /srv; }",
            Some(Serves::RedirectToHttps),
        ),
        ("server { if ($mobile) { return 301 https://m.a.org; } root /srv; }", Some(Serves::Content)),
        (
            "server { location ~ /\\.well-known { root /w; } location / { return 301 https://a.org; } }",
            Some(Serves::RedirectToHttps),
        ),
        (
            "server { location /.well-known/carddav { root /w; } location / { return 301 https://a.org; } }",
            Some(Serves::Content),
        ),
        ("server { location / { allow 10.0.0.0/8; deny all; stub_status; } }", Some(Serves::Nothing)),
    ] {
        let sources = Sources::default();
        let facts = facts(&sources, &[("a.conf", &format!("{map}{server}"))]);
        assert_eq!(facts.listeners[0].serves.value().copied(), expected, "{server}");
    }
}

#[test]
fn addresses_are_followed_to_where_they_are_set() {
    let sources = Sources::default();
    let text = "server { listen 127.0.0.1:80;\n\
                location /a { set $there http://api.example.org; proxy_pass $there; }\n\
                location /b { set $name api.example.org; proxy_pass http://$name:8080; }\n\
                location /c { proxy_pass http://api.example.org$request_uri; }\n\
                location /d { proxy_pass http://$host; proxy_pass http://api.$domain; }\n}";
    let facts = facts(&sources, &[("a.conf", text)]);
    let seen: Vec<_> = facts.endpoints.iter().map(|one| sources.slice(one.head.anchor)).collect();
    assert_eq!(seen, ["http://api.example.org", "http://$name:8080", "http://api.example.org$request_uri"]);
    assert!(facts.endpoints.iter().all(|one| one.host.value() == Some(&"api.example.org")));
}

#[test]
fn what_tells_of_the_software_is_found_where_it_is_said() {
    let sources = Sources::default();
    let text = "server { listen 443 ssl; add_header X-Powered-By \"x\"; add_header X-Powered-By \"\";\n\
                more_set_headers 'Server: nginx/1.2' 'Server: mine';\n\
                location / { proxy_pass_header Server; proxy_pass_header X-Accel-Redirect; server_tokens on; } }\n\
                server { listen 443 ssl; more_clear_headers Server; }";
    let facts = facts(&sources, &[("a.conf", text)]);
    let named = facts.servers.iter().filter_map(|one| one.names_software.span());
    assert_eq!(
        named.map(|span| sources.slice(span)).collect::<Vec<_>>(),
        ["X-Powered-By", "Server: nginx/1.2", "Server"]
    );
    let hides: Vec<_> = facts.servers.iter().filter_map(|one| one.hides_version.value().copied()).collect();
    assert_eq!(hides, [true, false, true]);
}

#[test]
fn headers_that_a_script_sends_are_not_missing() {
    let sources = Sources::default();
    let text = "server { listen 443 ssl; header_filter_by_lua_block { ngx.header.Strict_Transport_Security = x } }\n\
                server { listen 443 ssl; header_filter_by_lua_file x.lua; }\n\
                server { listen 443 ssl; content_by_lua_block { ngx.say(1) } }";
    let facts = facts(&sources, &[("a.conf", text)]);
    let hsts: Vec<_> = facts.servers.iter().map(|one| one.hsts).collect();
    assert_eq!(hsts, [Field::Unknown, Field::Unknown, Field::Unset]);
    assert_eq!(facts.servers[0].content_type_options, Field::Unset);
    assert_eq!(facts.servers[1].frame_protection, Field::Unknown);
}

#[test]
fn headers_that_another_mechanism_sends_are_not_dropped() {
    let sources = Sources::default();
    let text = "http { add_header X-Frame-Options DENY; add_header X-Content-Type-Options nosniff;\n\
                server { listen 80; location /a { add_header X-A b; more_set_headers 'X-Frame-Options: DENY' 'X-Content-Type-Options: nosniff'; }\n\
                location /b { add_header X-Content-Type-Options nosniff; add_header Content-Security-Policy \"frame-ancestors 'none'\"; }\n\
                location /c { add_header X-Frame-Options DENY; } } }";
    let facts = facts(&sources, &[("nginx.conf", text)]);
    let drops: Vec<_> = facts.servers.iter().filter_map(|one| one.drops_headers.span()).collect();
    assert_eq!(
        drops.iter().map(|span| sources.slice(*span)).collect::<Vec<_>>(),
        ["add_header X-Frame-Options DENY"]
    );
}

#[test]
fn an_age_is_judged_wherever_it_is_stated() {
    let sources = Sources::default();
    let files = [
        ("hsts.conf", "add_header Strict-Transport-Security \"max-age=300\" always;\n"),
        (
            "site.conf",
            "server { listen 443 ssl; location /a { add_header Strict-Transport-Security max-age=0; } }",
        ),
    ];
    let facts = facts(&sources, &files);
    let ages: Vec<_> = facts.servers.iter().filter_map(|one| one.hsts.span()).collect();
    assert_eq!(
        ages.iter().map(|span| sources.slice(*span)).collect::<Vec<_>>(),
        ["max-age=300", "max-age=0"]
    );
}

#[test]
fn ranges_of_ports_are_listened_on() {
    let sources = Sources::default();
    let facts =
        facts(&sources, &[("a.conf", "server { listen 8100-8102; listen 0.0.0.0:90; listen *; root /s; }")]);
    assert!(facts.listeners.iter().all(|one| one.reach.value() == Some(&Reach::Public)));
}

#[test]
fn copies_into_an_image_tell_where_includes_lie_and_how_old_its_nginx_is() {
    let sources = Sources::default();
    let read = |path: &str, text: &str, format: &str| {
        Reader::read(&sources, sources.add(path.into(), text.into()), find(format).unwrap())
    };
    let dockerfile = "FROM nginx:1.25-alpine\nCOPY proxy/main.conf /etc/nginx/nginx.conf\nCOPY proxy/apps/ /etc/nginx/conf.d/\n\
                      COPY <<'EOF' /etc/nginx/conf.d/health.conf\nserver {\n  listen 8081;\n  return 204;\n}\nEOF\n";
    let mut readings = vec![
        read("proxy/main.conf", "http { include /etc/nginx/conf.d/*.conf; add_header X-A b; }", "nginx"),
        read("proxy/apps/site.conf", "server { listen 443 ssl; server_name a; }", "nginx"),
        read("Dockerfile", dockerfile, "dockerfile"),
    ];
    let wanted: Vec<_> = readings[2].wants.iter().map(|want| want.path.as_str()).collect();
    assert_eq!(wanted, ["proxy/main.conf", "proxy/apps/*.conf"]);
    join(&mut readings, &sources);
    assert_eq!(readings[0].facts.servers.len(), 1, "the site is judged as a part of the main file");
    assert_eq!(readings[0].facts.protocols[0].implied.value(), Some(&true));
    assert_eq!(sources.slice(readings[2].facts.listeners[0].head.anchor), "8081");
}

#[test]
fn an_origin_that_a_variable_was_set_by_is_checked() {
    let sources = Sources::default();
    let text = "server { listen 80;\n\
                location /a { if ($http_origin ~ a.org) { set $ok 1; } if ($ok = 1) { add_header Access-Control-Allow-Origin $http_origin; } }\n\
                location /b { set $who $http_origin; add_header Access-Control-Allow-Origin $who; }\n\
                location /c { set $cors ''; if ($http_origin ~ a.org) { set $cors $http_origin; } add_header Access-Control-Allow-Origin $cors; }\n}";
    let facts = facts(&sources, &[("a.conf", text)]);
    let seen: Vec<_> = facts.cors.iter().map(|one| sources.slice(one.head.anchor)).collect();
    assert_eq!(seen, ["$who"]);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(words in prop::collection::vec(prop::sample::select(vec![
        "server", "http", "location", "/", "{", "}", ";", "listen", "443", "ssl", "include", "a.conf", "*.conf",
        "return", "301", "https://$host", "if", "($scheme", "= http)", "add_header", "\"a: b\"", "more_set_headers",
        "Strict-Transport-Security", "max-age=1", "$x", "map", "proxy_pass", "http://é.org", "user", "ssl_ciphers",
        "set", "$y", "$y$uri", "https://a.org", "${y}", "8100-8110", "header_filter_by_lua_block", "server_tokens", "on",
        "proxy_pass_header", "Server", "'RC4:\\'x'", "\\\"", "[::", ":", "Access-Control-Allow-Origin", "*", "upstream", "é", "ssl_protocols",
    ]), 0..60), text in "\\PC{0,40}") {
        let sources = Sources::default();
        let words = words.join(" ");
        let facts = facts(&sources, &[("a.conf", &words), ("b.conf", &text), ("conf.d/c.conf", &words)]);
        for fact in &facts.listeners {
            prop_assert!(fact.head().anchor.start <= fact.head().anchor.end);
        }
    }
}

#[test]
fn what_every_server_states_anew_takes_effect_nowhere() {
    let protocols = |text: &str| {
        let sources = Sources::default();
        facts(&sources, &[("nginx.conf", text)]).protocols.len()
    };
    let own = "server { listen 443 ssl; ssl_protocols TLSv1.3; }";
    let bare = "server { listen 443 ssl; }";
    let plain = "server { listen 80; return 301 https://$host; }";
    for (servers, expected) in [
        (String::new(), 1),
        (own.to_owned(), 1),
        (format!("{own} {own}"), 2),
        (format!("{own} {plain}"), 1),
        (plain.to_owned(), 1),
        (format!("{own} {bare}"), 2),
        (format!("{own} include missing.conf;"), 2),
    ] {
        assert_eq!(protocols(&format!("http {{ ssl_protocols TLSv1.1; {servers} }}")), expected, "{servers}");
    }
}
