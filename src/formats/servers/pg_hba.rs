//! Who may log in to PostgreSQL, from where, and how.
//! <https://www.postgresql.org/docs/current/auth-pg-hba-conf.html>

use std::net::IpAddr;

use super::{credential, extension, finish, switch};
use crate::facts::{CredentialClass, Position, Protects, Reach};
use crate::formats::{Candidate, Format, Reader};
use crate::syntax::words::{Dialect, Line, Word, parse};
use crate::value::host::{self, Place};

pub(in crate::formats) const FORMAT: Format = Format {
    name: "pg-hba",
    doc: "PostgreSQL's client authentication: `pg_hba*.conf`",
    by_name,
    by_content: |_, _| None,
    read,
};

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let named = candidate.unmarked().starts_with("pg_hba") && extension(candidate) == "conf";
    named.then_some("named pg_hba*.conf")
}

fn read(reader: &mut Reader<'_>) {
    let file = parse(&reader.text, Dialect::Hba, reader.sources);
    let subject = reader.reading.path;
    let mut cleartext_refused = false;
    for line in &file.lines {
        let Some(record) = Record::of(line) else { continue };
        cleartext_refused |= record.refuses_cleartext();
        record.state(reader, subject, cleartext_refused);
    }
    finish(reader, file.comments, file.errors);
}

/// A record that speaks of connections over the network.
struct Record<'l, 's> {
    kind: &'l Word<'s>,
    whose: [&'l Word<'s>; 2],
    address: &'l Word<'s>,
    method: &'l Word<'s>,
    reach: Option<Reach>,
}

impl<'l, 's> Record<'l, 's> {
    fn of(line: &'l Line<'s>) -> Option<Self> {
        let [kind, database, user, address, rest @ ..] = line.words.as_slice() else { return None };
        if !["host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"].iter().any(|known| kind.is(known))
        {
            return None;
        }
        // An address without its length has a mask behind it.
        let is_address = |word: &Word<'_>| word.as_str().parse::<IpAddr>().is_ok();
        let (mask, method) = match rest {
            [mask, method, ..] if is_address(address) && is_address(mask) => (Some(mask), method),
            [method, ..] => (None, method),
            [] => return None,
        };
        let reach = reach(address.as_str(), mask.map(Word::as_str));
        Some(Record { kind, whose: [database, user], address, method, reach })
    }

    /// Whether it turns away whoever comes without TLS, so that the records behind it speak of others.
    fn refuses_cleartext(&self) -> bool {
        self.kind.is("hostnossl")
            && self.method.is("reject")
            && self.whose.iter().all(|whose| whose.is("all"))
            && self.reach == Some(Reach::Public)
    }

    fn state(&self, reader: &mut Reader<'s>, subject: &'s str, cleartext_refused: bool) {
        if self.method.is("reject") || matches!(self.reach, None | Some(Reach::Loopback)) {
            return;
        }
        let (kind, method) = (self.kind.as_str(), self.method.content());
        if self.method.is("trust") {
            let evidence = format!("anyone from {} is let in without a password", self.address.as_str());
            let evidence = reader.sources.keep(evidence.into());
            credential(reader, subject, CredentialClass::Empty, method, self.method.as_str(), evidence);
        }
        let tls = if self.kind.is("hostnossl") {
            Some(Position::Off)
        } else {
            let either = self.kind.is("host") || self.kind.is("hostnogssenc");
            (either && self.reach == Some(Reach::Public) && !cleartext_refused).then_some(Position::Optional)
        };
        if let Some(position) = tls {
            switch(reader, subject, (Protects::Tls, position), self.kind.content(), kind);
        }
    }
}

/// From where the addresses of a record come; nothing where that isn't known.
fn reach(address: &str, mask: Option<&str>) -> Option<Reach> {
    let (host, length) = address.split_once('/').unwrap_or((address, ""));
    let unspecified = |text: &str| text.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
    if host == "all" || unspecified(host) && (length == "0" || mask.is_some_and(unspecified)) {
        return Some(Reach::Public);
    }
    match (host, host::classify(host.trim_start_matches('.'))) {
        ("samehost", _) | (_, Place::Loopback) => Some(Reach::Loopback),
        ("samenet", _) | (_, Place::Internal | Place::Bind) => Some(Reach::Internal),
        (_, Place::Public) => Some(Reach::Public),
        (_, Place::Unknown) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read_as, recognised};
    use super::*;

    #[test]
    fn files_are_told_by_their_name() {
        for path in ["pg_hba.conf", "db/pg_hba_replica.conf", "pg_hba.conf.sample"] {
            assert_eq!(recognised(path, ""), Some("pg-hba"), "{path}");
        }
        assert_eq!(recognised("pg_hba.txt", "host all all all trust"), None);
    }

    #[test]
    fn addresses_say_from_where() {
        for (address, mask, expected) in [
            ("0.0.0.0/0", None, Some(Reach::Public)),
            ("::/0", None, Some(Reach::Public)),
            ("::0/0", None, Some(Reach::Public)),
            ("all", None, Some(Reach::Public)),
            ("0.0.0.0", Some("0.0.0.0"), Some(Reach::Public)),
            ("203.0.113.0/24", None, Some(Reach::Public)),
            (".example.org", None, Some(Reach::Public)),
            ("10.0.0.0/8", None, Some(Reach::Internal)),
            ("samenet", None, Some(Reach::Internal)),
            ("127.0.0.1/32", None, Some(Reach::Loopback)),
            ("::1/128", None, Some(Reach::Loopback)),
            ("localhost", None, Some(Reach::Loopback)),
            ("samehost", None, Some(Reach::Loopback)),
            ("{{ subnet }}", None, None),
        ] {
            assert_eq!(reach(address, mask), expected, "{address}");
        }
    }

    #[test]
    fn trust_lets_anyone_in_unless_only_the_machine_itself_comes() {
        let trusted = |line: &str| !read_as("pg-hba", line).credentials.is_empty();
        assert!(trusted("host all all 0.0.0.0/0 trust\n"));
        assert!(trusted("hostssl all all 10.0.0.0 255.0.0.0 trust\n"));
        assert!(!trusted("local all all trust\n"));
        assert!(!trusted("host all all 127.0.0.1/32 trust\n"));
        assert!(!trusted("host all all 0.0.0.0/0 scram-sha-256\n"));
    }

    #[test]
    fn records_for_either_kind_of_connection_leave_tls_optional() {
        let switches = |text: &str| read_as("pg-hba", text).switches;
        assert_eq!(switches("host all all all scram-sha-256\n"), ["host Tls Optional host"]);
        assert_eq!(switches("hostnossl all all 10.0.0.0/8 md5\n"), ["hostnossl Tls Off hostnossl"]);
        assert!(switches("hostssl all all all scram-sha-256\n").is_empty());
        assert!(switches("host all all 10.0.0.0/8 scram-sha-256\n").is_empty());
        assert!(switches("host all all 0.0.0.0/0 reject\n").is_empty());
        assert!(switches("hostnossl all all all reject\nhost all all all scram-sha-256\n").is_empty());
    }
}
