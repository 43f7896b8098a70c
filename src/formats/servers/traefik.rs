//! Traefik where it decides TLS: entry points without it, and the dashboard beside them.
//! <https://doc.traefik.io/traefik/routing/entrypoints/>

use super::documented::{Documented, Meaning, state as state_documented};
use super::{is_named, is_yaml, reads_like, switch};
use crate::facts::{Field, Head, Listener, Position, Protects, Reach, Serves};
use crate::formats::sections::{has_key, parse, sections};
use crate::formats::{Candidate, Format, Reader};
use crate::source::Span;
use crate::syntax::entry::{Entry, Section};
use crate::syntax::yaml::{Mode, Node};
use crate::value::boolean;
use crate::value::host::{self, Place};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "traefik",
    doc: "configuration of Traefik in YAML: with `entryPoints`, or with `http`, `tcp` or `tls` where `traefik` is in the path",
    by_name: |_| None,
    by_content,
    read,
};

fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if !is_yaml(candidate, &[""]) {
        return None;
    }
    if has_key(text, "entryPoints") && !has_key(text, "apiVersion") {
        return Some("entryPoints");
    }
    let named = is_named(candidate, &["traefik"], "yml")
        || is_named(candidate, &["traefik"], "yaml")
        || candidate.path.rsplit('/').skip(1).any(|folder| folder.contains("traefik"));
    (named && reads_like(text, &["api", "certificatesResolvers", "http", "providers", "tcp", "tls"]))
        .then_some("traefik in its path, and reads like it")
}

const DOCUMENTED: Documented = &[
    ("api.insecure", Meaning::Nothing),
    // Whose word on the client's address is taken.
    ("entryPoints.*.forwardedHeaders.*", Meaning::Nothing),
    ("entryPoints.*.proxyProtocol.*", Meaning::Nothing),
];

fn read(reader: &mut Reader<'_>) {
    let stream = parse(reader, Mode::Plain);
    let subject = reader.reading.path;
    for document in &stream.documents {
        let sections = sections(document, reader.sources);
        state_documented(reader, &sections, DOCUMENTED);
        api(reader, &sections, subject);
        let root = document.root();
        let mut points = entry_points(&sections);
        for point in &mut points {
            // An empty mapping is enough.
            point.tls |= root.path(&["entryPoints", point.name, "http", "tls"]).is_some();
        }
        listener(reader, &sections, &points, by_routers(root));
        routers(reader, root);
    }
}

fn entries_of<'t, 's>(root: Node<'t, 's>, path: &[&str]) -> impl Iterator<Item = (&'s str, Node<'t, 's>)> {
    root.path(path).into_iter().flat_map(Node::entries).map(|entry| (entry.key, entry.value))
}

/// Whether routers of the same file speak TLS.
fn by_routers(root: Node<'_, '_>) -> bool {
    entries_of(root, &["http", "routers"]).any(|(_, router)| router.get("tls").is_some())
}

/// Routers of the usual cleartext entry points. Others may do anything, and so may middlewares that are
/// called redirects. <https://doc.traefik.io/traefik/routing/routers/>
fn routers<'s>(reader: &mut Reader<'s>, root: Node<'_, 's>) {
    for (name, router) in entries_of(root, &["http", "routers"]) {
        let named = |key: &str| router.get(key).into_iter().flat_map(Node::items).collect::<Vec<_>>();
        let points = named("entryPoints");
        let cleartext = points.iter().find(|point| matches!(point.as_str(), Some("web" | "http")));
        let redirects = named("middlewares")
            .iter()
            .any(|one| one.as_str().is_none_or(|name| name.contains("redirect") || name.contains("https")));
        let Some(point) = cleartext.filter(|_| points.len() == 1 && router.get("tls").is_none()) else {
            continue;
        };
        let at = point.content_span();
        let serves = if redirects { Serves::RedirectToHttps } else { Serves::Content };
        reader.reading.facts.listeners.push(Listener {
            head: Head::new(at, reader.sources.keep(format!("router {name}").into())),
            tls: Field::set(false, at, ""),
            reach: Field::set(Reach::Public, at, ""),
            serves: Field::set(serves, at, ""),
            host: Field::Unset,
        });
    }
}

/// States what a file of settings says of entry points; nothing where it is none of Traefik's.
pub(in crate::formats) fn state<'s>(reader: &mut Reader<'s>, sections: &[Section<'s>], subject: &'s str) {
    let points = entry_points(sections);
    if points.is_empty() && !subject.contains("traefik") {
        return;
    }
    api(reader, sections, subject);
    listener(reader, sections, &points, false);
}

/// States the listener of a lone entry point. Routers of the same file may speak TLS on it.
fn listener<'s>(
    reader: &mut Reader<'s>,
    sections: &[Section<'s>],
    points: &[EntryPoint<'_, 's>],
    routed: bool,
) {
    // Which of several a router takes, the routers say, and those may stand anywhere.
    let [point] = points else { return };
    let Some(address) = point.address.filter(|_| !point.udp) else { return };
    let at = address.value.span(0..address.value.as_str().len());
    let host = address.value.as_str().rsplit_once(':').map_or("", |(host, _)| host);
    let reach = match host::classify(if host.is_empty() { "*" } else { host }) {
        Place::Loopback => Reach::Loopback,
        Place::Internal => Reach::Internal,
        Place::Bind | Place::Public => Reach::Public,
        Place::Unknown => return,
    };
    let head = Head::new(at, reader.sources.keep(format!("entry point {}", point.name).into()));
    reader.reading.facts.listeners.push(Listener {
        head,
        tls: match (point.tls, routed) {
            (true, _) => Field::set(true, at, ""),
            (false, true) => Field::Unknown,
            (false, false) => without_tls(sections, at),
        },
        reach: Field::set(reach, at, ""),
        serves: Field::set(if point.redirects { Serves::RedirectToHttps } else { Serves::Content }, at, ""),
        host: Field::set(address.value.as_str(), at, ""),
    });
}

/// Routers of the same file may speak TLS on an entry point that says nothing of it.
fn without_tls(sections: &[Section<'_>], at: Span) -> Field<bool> {
    let by_router = |found: &Entry<'_>| {
        let key = found.key.to_ascii_lowercase();
        key.contains("routers.") && key.contains(".tls") || key.starts_with("certificatesresolvers.")
    };
    if entries(sections).any(by_router) { Field::Unknown } else { Field::set(false, at, "") }
}

fn entries<'f, 's>(sections: &'f [Section<'s>]) -> impl Iterator<Item = &'f Entry<'s>> {
    sections.iter().flat_map(|section| &section.entries)
}

/// An entry point.
#[derive(Default)]
struct EntryPoint<'f, 's> {
    name: &'f str,
    address: Option<&'f Entry<'s>>,
    tls: bool,
    redirects: bool,
    udp: bool,
}

fn entry_points<'f, 's>(sections: &'f [Section<'s>]) -> Vec<EntryPoint<'f, 's>> {
    const START: &str = "entrypoints.";
    let mut points: Vec<EntryPoint<'f, 's>> = Vec::new();
    for found in entries(sections) {
        let starts = found.key.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START));
        let Some((name, option)) =
            found.key.get(START.len()..).filter(|_| starts).and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        // One after the other, as they are written.
        if points.last().is_none_or(|point| point.name != name) {
            points.push(EntryPoint { name, ..EntryPoint::default() });
        }
        let Some(point) = points.last_mut() else { continue };
        let option = option.to_ascii_lowercase();
        match option.as_str() {
            "address" => {
                point.address = Some(found);
                point.udp = found.value.as_str().ends_with("/udp");
            }
            option if option.starts_with("http.tls") || option.starts_with("tls") => point.tls = true,
            option if option.contains("redirect") => point.redirects = true,
            _ => {}
        }
    }
    points
}

/// `api.insecure`: <https://doc.traefik.io/traefik/operations/api/#insecure>
fn api<'s>(reader: &mut Reader<'s>, sections: &[Section<'s>], subject: &'s str) {
    for found in entries(sections) {
        if !found.key.eq_ignore_ascii_case("api.insecure")
            || boolean::parse(found.value.as_str()) != Some(true)
        {
            continue;
        }
        let at = found.value.span(0..found.value.as_str().len());
        switch(reader, subject, (Protects::Tls, Position::Off), at, found.key);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::{Reader, find};
    use crate::source::Sources;

    fn listeners(text: &str) -> Vec<String> {
        let sources = Sources::default();
        let id = sources.add("traefik.toml".into(), text.into());
        let facts = Reader::read(&sources, id, find("toml").unwrap()).facts;
        let all = facts.listeners.iter().map(|one| {
            let place = sources.slice(one.head.anchor);
            format!("{place} {:?} {:?}", one.tls.value(), one.serves.value().unwrap())
        });
        all.collect()
    }

    #[test]
    fn a_lone_entry_point_without_tls_serves_in_the_clear() {
        assert_eq!(listeners("[entryPoints.web]\naddress = ':80'\n"), [":80 Some(false) Content"]);
        assert_eq!(
            listeners(
                "[entryPoints.web]\naddress = ':443'\n[entryPoints.web.http.tls]\ncertResolver = 'a'\n"
            ),
            [":443 Some(true) Content"]
        );
        assert_eq!(
            listeners(
                "[entryPoints.web]\naddress = ':80'\n[entryPoints.web.http.redirections.entryPoint]\nto = 'websecure'\n"
            ),
            [":80 Some(false) RedirectToHttps"]
        );
    }

    #[test]
    fn of_several_entry_points_the_routers_decide() {
        let text =
            "[entryPoints]\n[entryPoints.web]\naddress = ':80'\n[entryPoints.websecure]\naddress = ':443'\n";
        assert!(listeners(text).is_empty());
        let router = "[entryPoints.web]\naddress = ':80'\n[http.routers.a.tls]\ncertResolver = 'x'\n";
        assert_eq!(listeners(router), [":80 None Content"]);
    }

    #[test]
    fn the_dashboard_may_speak_no_tls() {
        let sources = Sources::default();
        let id = sources.add("traefik.toml".into(), "[api]\ninsecure = true\n".into());
        let facts = Reader::read(&sources, id, find("toml").unwrap()).facts;
        assert_eq!(facts.switches.len(), 1);
        let other = sources.add("config/a.toml".into(), "[api]\ninsecure = true\n".into());
        let facts = Reader::read(&sources, other, find("toml").unwrap()).facts;
        assert!(facts.switches.is_empty());
    }

    fn yaml(path: &str, text: &str) -> Vec<String> {
        let sources = Sources::default();
        let id = sources.add(path.into(), text.into());
        let facts = Reader::read(&sources, id, find("traefik").unwrap()).facts;
        let all = facts.listeners.iter().map(|one| {
            let place = sources.slice(one.head.anchor);
            format!("{place} {:?} {:?}", one.tls.value(), one.serves.value().unwrap())
        });
        all.collect()
    }

    #[test]
    fn yaml_is_told_by_its_entry_points_or_its_path() {
        let recognised = |path, text| {
            let candidate = crate::formats::Candidate::new(path, &|_| false);
            crate::formats::recognise(&candidate, || Some(text)).map(|found| found.format.name)
        };
        assert_eq!(
            recognised("proxy/static.yml", "entryPoints:\n  web: {address: ':80'}\n"),
            Some("traefik")
        );
        assert_eq!(recognised("traefik/dynamic/a.yaml", "http:\n  routers: {}\n"), Some("traefik"));
        assert_eq!(recognised("traefik.yml", "providers:\n  docker: {}\n"), Some("traefik"));
        for (path, text) in [
            ("api/http.yml", "http:\n  routers: {}\n"),
            ("traefik/values.yaml", "deployment:\n  replicas: 2\n"),
            ("traefik/tasks.yml", "- name: a\n"),
            ("traefik/middleware.yaml", "apiVersion: traefik.io/v1alpha1\nkind: Middleware\ntls: {}\n"),
        ] {
            assert_ne!(recognised(path, text), Some("traefik"), "{path}");
        }
    }

    #[test]
    fn an_empty_mapping_turns_tls_on() {
        let point =
            |rest: &str| yaml("traefik.yml", &format!("entryPoints:\n  web:\n    address: ':8443'\n{rest}"));
        assert_eq!(point("    http: {tls: {}}\n"), [":8443 Some(true) Content"]);
        assert_eq!(point("http:\n  routers: {a: {tls: {}}}\n"), [":8443 None Content"]);
        assert_eq!(point(""), [":8443 Some(false) Content"]);
    }

    #[test]
    fn routers_of_the_usual_entry_point_serve_in_the_clear_or_redirect() {
        let router = |text: &str| yaml("traefik/dynamic.yml", &format!("http:\n  routers:\n    a: {text}\n"));
        assert_eq!(router("{entryPoints: [web], service: a}"), ["web Some(false) Content"]);
        assert_eq!(
            router("{entryPoints: [web], middlewares: [to-https], service: a}"),
            ["web Some(false) RedirectToHttps"]
        );
        assert!(router("{entryPoints: [web], tls: {}}").is_empty());
        assert!(router("{entryPoints: [websecure]}").is_empty());
        assert!(router("{entryPoints: [web, websecure]}").is_empty());
        assert!(router("{service: a}").is_empty());
    }
}
