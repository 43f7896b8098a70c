use super::super::tests::{read_as, recognised};
use crate::facts::Facts;
use crate::formats::{Reader, find};
use crate::source::Sources;

fn facts<T>(text: &str, ask: impl Fn(&Facts<'_>, &Sources) -> T) -> T {
    let sources = Sources::default();
    let id = sources.add("haproxy.cfg".into(), text.into());
    let reading = Reader::read(&sources, id, find("haproxy").unwrap());
    ask(&reading.facts, &sources)
}

/// The sockets: address, TLS, reach, what they serve.
fn listeners(text: &str) -> Vec<String> {
    facts(text, |facts, sources| {
        let all = facts.listeners.iter().map(|one| {
            let (tls, reach, serves) = (one.tls.value(), one.reach.value(), one.serves.value());
            format!("{} {tls:?} {reach:?} {serves:?}", sources.slice(one.head.anchor))
        });
        all.map(|line| line.replace("Some(", "").replace(')', "")).collect()
    })
}

#[test]
fn files_are_told_by_their_name() {
    for path in
        ["haproxy.cfg", "lb/haproxy-prod.cfg", "haproxy/10-front.cfg", "haproxy.cfg.j2", "haproxy.conf"]
    {
        assert_eq!(recognised(path, ""), Some("haproxy"), "{path}");
    }
    assert_eq!(recognised("setup.cfg", "frontend x\n"), None);
}

#[test]
fn a_frontend_serves_or_redirects() {
    let front = |lines: &str| listeners(&format!("defaults\n mode http\nfrontend web\n{lines}"));
    assert_eq!(front(" bind *:80\n default_backend app\n"), ["*:80 false Public Content"]);
    for redirect in [
        " bind *:80\n redirect scheme https code 301 if !{ ssl_fc }\n default_backend app\n",
        " bind *:80\n http-request redirect scheme https unless { ssl_fc }\n default_backend app\n",
        " bind *:80\n http-request redirect location https://x.example.org/\n",
        " bind *:80\n acl acme path_beg /.well-known/acme-challenge/\n redirect scheme https if !acme\n",
    ] {
        assert_eq!(front(redirect), ["*:80 false Public RedirectToHttps"], "{redirect}");
    }
    let some = " bind *:80\n redirect scheme https if { hdr(host) -i a.example.org }\n default_backend app\n";
    assert_eq!(front(some), ["*:80 false Public None"]);
    assert_eq!(front(" bind *:8404\n stats enable\n"), ["*:8404 false Public None"]);
}

#[test]
fn the_backend_may_redirect() {
    let text = "defaults\n mode http\nfrontend web\n bind *:80\n default_backend app\nbackend app\n redirect scheme https if !{ ssl_fc }\n";
    assert_eq!(listeners(text), ["*:80 false Public None"]);
}

#[test]
fn sockets_say_from_where_they_are_reached() {
    let text = "listen a\n mode http\n bind :80,127.0.0.1:81\n bind /run/h.sock\n bind ipv4@10.0.0.1:82\n bind \"${IP}:83\"\n bind [::]:443 ssl crt /x.pem\n server s s:80\n";
    assert_eq!(
        listeners(text),
        [
            ":80 false Public Content",
            "127.0.0.1:81 false Loopback Content",
            "/run/h.sock false Loopback Content",
            "ipv4@10.0.0.1:82 false Internal Content",
            "${IP}:83 false None Content",
            "[::]:443 true Public Content",
        ]
    );
}

#[test]
fn what_passes_through_is_not_known() {
    assert!(listeners("frontend db\n mode tcp\n bind *:5432\n default_backend db\n").is_empty());
    assert!(listeners("frontend x\n bind *:443\n default_backend x\n").is_empty());
}

#[test]
fn versions_and_ciphers_lie_where_they_are_named() {
    let text = "global\n ssl-default-bind-options ssl-min-ver TLSv1.1 no-tls-tickets\n ssl-default-bind-ciphers HIGH:RC4-SHA:!aNULL\nfrontend x\n bind :443 ssl crt a force-tlsv10\nbackend b\n server s s:443 ssl verify required ssl-min-ver TLSv1.2\n";
    let names = facts(text, |facts, sources| {
        let protocols = facts.protocols.iter().map(|one| one.head.anchor);
        let all = protocols.chain(facts.ciphers.iter().map(|one| one.head.anchor));
        all.map(|span| sources.slice(span).to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(names, ["TLSv1.1", "tlsv10", "TLSv1.2", "RC4-SHA"]);
}

#[test]
fn servers_may_go_unverified() {
    let switches = |text: &str| read_as("haproxy", text).switches;
    let off = ["verify none Verification Off none"];
    assert_eq!(switches("backend b\n server s s:443 ssl verify none\n"), off);
    assert_eq!(switches("backend b\n default-server ssl verify none\n"), off);
    assert!(switches("backend b\n server s s:80 verify none\n").is_empty());
    assert!(switches("frontend f\n bind :443 ssl crt x verify none\n").is_empty());
    assert_eq!(
        switches("global\n ssl-server-verify none\n"),
        ["ssl-server-verify none Verification Off none"]
    );
}

#[test]
fn logins_are_settings() {
    let text =
        "listen s\n stats auth admin:a:b\nuserlist u\n user x insecure-password y\n user z password $6$a\n";
    assert_eq!(
        read_as("haproxy", text).settings,
        ["stats auth user=admin", "stats auth password=a:b", "userlist user=x", "userlist password=y"]
    );
}

#[test]
fn hsts_is_sent_by_the_frontend_or_behind_it() {
    let hsts = |lines: &str| {
        let text = format!(
            "defaults\n mode http\nfrontend web\n bind *:443 ssl crt a\n default_backend app\n{lines}"
        );
        facts(&text, |facts, _| format!("{:?}", facts.servers[0].hsts.value()))
    };
    assert_eq!(hsts(""), "None");
    assert!(
        hsts(" http-response set-header Strict-Transport-Security max-age=63072000\n")
            .contains("63072000000")
    );
    assert!(
        hsts("backend app\n http-response set-header strict-transport-security \"max-age=300; preload\"\n")
            .contains("300000")
    );
    assert!(hsts(" rspadd Strict-Transport-Security:\\ max-age=300\n").contains("300000"));
}
