//! URLs and connection strings in a text, taken apart.

mod connection;
mod identifier;
mod scan;
mod scheme;
mod tls;

use super::Part;

pub use identifier::is_identifier;
pub use scheme::Scheme;
pub use tls::{Tls, tls, unverified};

/// A URL or connection string. Its pieces stand as written, percent encodings and variables included, and
/// their ranges count from the start of the text that was searched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Url<'t> {
    /// All of it.
    pub whole: Part<'t>,
    /// How it is written.
    pub form: Form,
    /// The scheme without `://` and without `jdbc:`. Where a form has no scheme, an empty piece; see
    /// [`Url::scheme`].
    pub scheme: Part<'t>,
    /// The user's name; empty in `redis://:password@host`.
    pub user: Option<Part<'t>>,
    /// The password.
    pub password: Option<Part<'t>>,
    /// The hosts: none (`file:///etc`), one, or several (`mongodb://a,b`).
    pub hosts: Vec<Host<'t>>,
    /// The path from its `/` on, without query; empty where there is none.
    pub path: Part<'t>,
    /// What is set by name: query parameters, or the settings of a connection string.
    pub params: Vec<Param<'t>>,
}

/// How a URL or connection string is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Form {
    /// `scheme://user:password@host:port/path?name=value`.
    Uri,
    /// A URI behind `jdbc:`, whose parameters may also be written behind `;`.
    Jdbc,
    /// Settings behind `;`, as ADO, ODBC and Azure write them: `Server=…;Password=…`.
    Ado,
    /// Settings with white space between them, as libpq reads them: `host=… password=…`.
    Libpq,
    /// The data source name of Go's MySQL driver: `user:password@tcp(host:3306)/db`.
    GoMysql,
    /// Hosts and settings behind `,`, as .NET's client of Redis reads them: `host:6380,password=…,ssl=True`.
    StackExchange,
}

/// A host of a URL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host<'t> {
    /// The name or address, IPv6 without brackets. May hold a variable.
    pub name: Part<'t>,
    /// The port, as written.
    pub port: Option<Part<'t>>,
}

impl Host<'_> {
    /// The number of the port, where one is written.
    #[must_use]
    pub fn port_number(&self) -> Option<u16> {
        self.port.as_ref()?.text.parse().ok()
    }
}

/// A query parameter, or a setting of a connection string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param<'t> {
    /// Its name.
    pub name: Part<'t>,
    /// Its value; empty where none is written.
    pub value: Part<'t>,
}

impl<'t> Url<'t> {
    /// The scheme. A connection string without one has that of the server it is made for, where known.
    #[must_use]
    pub fn scheme(&self) -> Scheme<'t> {
        match self.form {
            Form::Uri | Form::Jdbc => Scheme::new(self.scheme.text),
            Form::Libpq => Scheme::new("postgresql"),
            Form::GoMysql => Scheme::new("mysql"),
            Form::StackExchange => Scheme::new("redis"),
            Form::Ado => Scheme::new(""),
        }
    }

    /// A parameter by name, in any case; the last one of that name counts.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param<'t>> {
        self.params.iter().rev().find(|param| param.name.text.eq_ignore_ascii_case(name))
    }
}

/// All URLs and connection strings of a text, in order. A text that is a connection string as a whole is
/// one; URLs are also found inside longer text: command lines, lists, prose.
pub fn find_all(text: &str) -> impl Iterator<Item = Url<'_>> {
    // Each form holds one of these; most values hold none.
    let may_hold = memchr::memchr3(b':', b'=', b'@', text.as_bytes()).is_some();
    let whole = if may_hold { connection::parse(text) } else { None };
    // Azure's connection strings name an account, and may name its addresses as URLs.
    let closed = whole.as_ref().is_some_and(|url| url.form != Form::Ado || !url.hosts.is_empty());
    let scan = if closed || !may_hold { None } else { Some(scan::Scan::new(text)) };
    whole.into_iter().chain(scan.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn only(text: &str) -> Url<'_> {
        let mut urls = find_all(text);
        let url = urls.next().unwrap_or_else(|| panic!("no URL in {text}"));
        assert_eq!(urls.next(), None, "{text}");
        url
    }

    /// Scheme, user, password, hosts with ports, path.
    fn pieces(text: &str) -> (String, Option<&str>, Option<&str>, String, &str) {
        let url = only(text);
        let hosts: Vec<String> = url
            .hosts
            .iter()
            .map(|host| match &host.port {
                Some(port) => format!("{} {}", host.name.text, port.text),
                None => host.name.text.to_owned(),
            })
            .collect();
        (
            url.scheme().as_str().to_owned(),
            url.user.as_ref().map(|part| part.text),
            url.password.as_ref().map(|part| part.text),
            hosts.join(","),
            url.path.text,
        )
    }

    #[test]
    fn a_uri_is_taken_apart() {
        let table = [
            (
                "postgresql://user:pw@db:5432/app?sslmode=require",
                ("postgresql", Some("user"), Some("pw"), "db 5432", "/app"),
            ),
            ("redis://:pw@cache:6379/0", ("redis", Some(""), Some("pw"), "cache 6379", "/0")),
            ("https://token@example.com/x", ("https", Some("token"), None, "example.com", "/x")),
            (
                "mongodb://u:p@a:1,b:2,c:3/db?replicaSet=r",
                ("mongodb", Some("u"), Some("p"), "a 1,b 2,c 3", "/db"),
            ),
            ("http://[::1]:8080/x", ("http", None, None, "::1 8080", "/x")),
            ("postgres://u:p@ss@db/x", ("postgres", Some("u"), Some("p@ss"), "db", "/x")),
            ("postgres://u:pa/ss@db/x", ("postgres", Some("u"), Some("pa/ss"), "db", "/x")),
            ("postgres://u:pa#s?s@db:1/x", ("postgres", Some("u"), Some("pa#s?s"), "db 1", "/x")),
            ("postgres://u:a:b@db", ("postgres", Some("u"), Some("a:b"), "db", "")),
            ("http://example.com:8080/@scope/pkg", ("http", None, None, "example.com 8080", "/@scope/pkg")),
            ("jdbc:postgresql://db:5432/app?ssl=true", ("postgresql", None, None, "db 5432", "/app")),
            (
                "jdbc:sqlserver://db:1433;databaseName=x;encrypt=false",
                ("sqlserver", None, None, "db 1433", ""),
            ),
            ("jdbc:mysql:replication://a,b/x", ("mysql:replication", None, None, "a,b", "/x")),
            (
                "postgresql+asyncpg://u:${DB_PASSWORD:-pw@x/y}@${HOST:-db}:${PORT}/app",
                (
                    "postgresql+asyncpg",
                    Some("u"),
                    Some("${DB_PASSWORD:-pw@x/y}"),
                    "${HOST:-db} ${PORT}",
                    "/app",
                ),
            ),
            (
                "redis://:{{ .Values.password }}@cache:6379",
                ("redis", Some(""), Some("{{ .Values.password }}"), "cache 6379", ""),
            ),
            (
                "postgresql://app:<password>@db/app",
                ("postgresql", Some("app"), Some("<password>"), "db", "/app"),
            ),
            (
                "user:p@ss@tcp(db:3306)/app?tls=false",
                ("mysql", Some("user"), Some("p@ss"), "db 3306", "/app"),
            ),
            (
                "Server=tcp:db.example.com,1433;Database=x;User Id=sa;Password=pw;Encrypt=false",
                ("", Some("sa"), Some("pw"), "db.example.com 1433", ""),
            ),
            (
                "host=db port=5432 user=app password='p w' sslmode=disable",
                ("postgresql", Some("app"), Some("p w"), "db 5432", ""),
            ),
            (
                "cache.example.com:6380,password=pw,ssl=True,abortConnect=False",
                ("redis", None, Some("pw"), "cache.example.com 6380", ""),
            ),
            (
                "jdbc:postgresql://db/app?user=app&password=pw",
                ("postgresql", Some("app"), Some("pw"), "db", "/app"),
            ),
            (
                "jdbc:sqlserver://db;databaseName=x;user=sa;password=pw",
                ("sqlserver", Some("sa"), Some("pw"), "db", ""),
            ),
            ("SASL_PLAINTEXT://broker:9092", ("SASL_PLAINTEXT", None, None, "broker 9092", "")),
            ("http://unix:/run/app.sock:/x", ("http", None, None, "", "/run/app.sock:/x")),
            ("http://$host$request_uri", ("http", None, None, "$host$request_uri", "")),
        ];
        for (text, (scheme, user, password, hosts, path)) in table {
            assert_eq!(pieces(text), (scheme.to_owned(), user, password, hosts.to_owned(), path), "{text}");
        }
    }

    #[test]
    fn urls_are_found_in_longer_text() {
        let table: [(&str, &[&str]); 9] = [
            ("curl -k https://a.example/x -H 'x: y' http://b", &["https://a.example/x", "http://b"]),
            ("http://a,https://b:1/x, ws://c", &["http://a", "https://b:1/x", "ws://c"]),
            ("see (https://a.example/x(y)) or [z](http://b).", &["https://a.example/x(y)", "http://b"]),
            ("proxy_pass http://api;", &["http://api"]),
            ("${API:-http://api:80}", &["http://api:80"]),
            (r#"["http://a", "http://b"]"#, &["http://a", "http://b"]),
            ("<a href=\"http://a\">http://b</a>", &["http://a", "http://b"]),
            ("A://x PLAINTEXT://:9092,SSL://b:9093", &["A://x", "PLAINTEXT://:9092", "SSL://b:9093"]),
            ("no :// url and http:// neither", &[]),
        ];
        for (text, urls) in table {
            assert_eq!(find_all(text).map(|url| url.whole.text).collect::<Vec<_>>(), urls, "{text}");
        }
    }

    #[test]
    fn an_unfinished_expression_ends_at_white_space() {
        assert_eq!(
            find_all("http://${A and http://b").map(|url| url.whole.text).collect::<Vec<_>>(),
            ["http://${A", "http://b"]
        );
    }

    #[test]
    fn text_that_merely_has_settings_is_no_connection_string() {
        for text in [
            "a=b;c=d",
            "user=x",
            "key=value other=thing",
            "max-age=1; includeSubDomains",
            "f(tcp(x))",
            "host=a",
            "name=x; server=y",
        ] {
            assert_eq!(find_all(text).count(), 0, "{text}");
        }
    }

    #[test]
    fn long_text_is_searched_in_linear_time() {
        for piece in [
            "http://",
            "http://{ ",
            "a:b://x:y/",
            "://",
            "jdbc:",
            "http://a,",
            "${",
            "http://<a",
            "http://u:p/",
            "http://[",
            "{{",
        ] {
            let text = piece.repeat(1_000_000 / piece.len());
            assert!(find_all(&text).count() <= text.len());
        }
    }

    proptest! {
        #[test]
        fn pieces_lie_where_they_say(text in r#"(http://|jdbc:|redis://|mongodb://|[a-c:@/?#&=;,.$<>{}()\[\] '"é]|tcp\(|host=|Server=){0,30}"#) {
            for url in find_all(&text) {
                let mut parts = vec![&url.whole, &url.scheme, &url.path];
                parts.extend(url.user.iter().chain(&url.password));
                parts.extend(url.hosts.iter().flat_map(|host| std::iter::once(&host.name).chain(&host.port)));
                parts.extend(url.params.iter().flat_map(|param| [&param.name, &param.value]));
                for part in parts {
                    prop_assert_eq!(text.get(part.range.clone()), Some(part.text));
                    prop_assert!(part.text.is_empty() || (url.whole.range.start <= part.range.start && part.range.end <= url.whole.range.end));
                }
                let _ = (tls(&url), unverified(&url), is_identifier(&url));
            }
        }
    }
}
