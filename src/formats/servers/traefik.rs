//! Traefik where it decides TLS: entry points without it, and the dashboard beside them.
//! <https://doc.traefik.io/traefik/routing/entrypoints/>

use super::switch;
use crate::facts::{Field, Head, Listener, Position, Protects, Reach, Serves};
use crate::formats::Reader;
use crate::source::Span;
use crate::syntax::entry::Entry;
use crate::syntax::toml::File;
use crate::value::boolean;
use crate::value::host::{self, Place};

/// States what a file says of entry points; nothing where it is none of Traefik's.
pub(in crate::formats) fn state<'s>(reader: &mut Reader<'s>, file: &File<'s>, subject: &'s str) {
    let points = entry_points(file);
    if points.is_empty() && !subject.contains("traefik") {
        return;
    }
    api(reader, file, subject);
    // Which of several a router takes, the routers say, and those may stand anywhere.
    let [point] = points.as_slice() else { return };
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
        tls: if point.tls { Field::set(true, at, "") } else { without_tls(file, at) },
        reach: Field::set(reach, at, ""),
        serves: Field::set(if point.redirects { Serves::RedirectToHttps } else { Serves::Content }, at, ""),
        host: Field::set(address.value.as_str(), at, ""),
    });
}

/// Routers of the same file may speak TLS on an entry point that says nothing of it.
fn without_tls(file: &File<'_>, at: Span) -> Field<bool> {
    let by_router = |found: &Entry<'_>| {
        let key = found.key.to_ascii_lowercase();
        key.contains("routers.") && key.contains(".tls") || key.starts_with("certificatesresolvers.")
    };
    if file.entries().any(|(_, found)| by_router(found)) { Field::Unknown } else { Field::set(false, at, "") }
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

fn entry_points<'f, 's>(file: &'f File<'s>) -> Vec<EntryPoint<'f, 's>> {
    const START: &str = "entrypoints.";
    let mut points: Vec<EntryPoint<'f, 's>> = Vec::new();
    for (_, found) in file.entries() {
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
fn api<'s>(reader: &mut Reader<'s>, file: &File<'s>, subject: &'s str) {
    for (_, found) in file.entries() {
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
}
