//! What a scheme says about the transport.

/// The scheme of a URL, such as `https` or `postgresql+asyncpg`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scheme<'t>(&'t str);

/// Schemes whose traffic is readable on the way unless something else says otherwise.
const CLEARTEXT: &[&str] = &[
    "amqp",
    "bolt",
    "cassandra",
    "clickhouse",
    "coap",
    "couchbase",
    "cql",
    "ftp",
    "git",
    "grpc",
    "gopher",
    "http",
    "icap",
    "imap",
    "influx",
    "irc",
    "ldap",
    "mariadb",
    "memcache",
    "memcached",
    "mongodb",
    "mqtt",
    "mysql",
    "mysqlx",
    "nats",
    "neo4j",
    "nntp",
    "pgsql",
    "plaintext",
    "pop",
    "pop3",
    "postgis",
    "postgres",
    "postgresql",
    "redis",
    "redshift",
    "rtmp",
    "rtsp",
    "sasl_plaintext",
    "sip",
    "smtp",
    "stomp",
    "svn",
    "telnet",
    "tftp",
    "valkey",
    "vnc",
    "ws",
    "xmpp",
    "zk",
    "zookeeper",
];

/// Schemes that encrypt.
const ENCRYPTED: &[&str] = &[
    "amqps",
    "clickhouses",
    "coaps",
    "couchbases",
    "ftps",
    "grpcs",
    "https",
    "imaps",
    "ircs",
    "ldaps",
    "mqtts",
    "mqtt-tls",
    "nntps",
    "pop3s",
    "pops",
    "quic",
    "rediss",
    "rtmps",
    "rtsps",
    "sasl_ssl",
    "scp",
    "sftp",
    "sips",
    "smtps",
    "ssh",
    "ssl",
    "stomps",
    "tls",
    "tcps",
    "valkeys",
    "wss",
];

impl<'t> Scheme<'t> {
    pub(super) fn new(name: &'t str) -> Scheme<'t> {
        Scheme(name)
    }

    /// The scheme as written.
    #[must_use]
    pub fn as_str(self) -> &'t str {
        self.0
    }

    /// The scheme without the driver that follows a `+`: `postgresql` of `postgresql+asyncpg`. Celery says in
    /// front how it reaches a database: `db+postgresql`.
    /// <https://docs.celeryq.dev/en/stable/userguide/configuration.html#database-backend-settings>
    #[must_use]
    pub fn base(self) -> &'t str {
        let mut parts = self.0.split(['+', ':']);
        let first = parts.next().unwrap_or_default();
        let transport = ["db", "sqla"].iter().any(|name| first.eq_ignore_ascii_case(name));
        parts.next().filter(|_| transport).unwrap_or(first)
    }

    /// Whether the scheme is this one, in any case and whatever its driver.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.base().eq_ignore_ascii_case(name)
    }

    /// Whether the protocol is readable on the way unless a parameter turns encryption on.
    #[must_use]
    pub fn cleartext(self) -> bool {
        !self.encrypted() && !self.has_driver(&["unix", "ipc"]) && CLEARTEXT.iter().any(|name| self.is(name))
    }

    /// Whether the scheme alone encrypts. `mongodb+srv` does by default.
    #[must_use]
    pub fn encrypted(self) -> bool {
        let secure_driver = self.has_driver(&["s", "ssc", "ssl", "tls", "ssh", "https"]);
        secure_driver
            || (self.is("mongodb") && self.has_driver(&["srv"]))
            || ENCRYPTED.iter().any(|name| self.is(name))
    }

    fn has_driver(self, names: &[&str]) -> bool {
        self.0
            .split(['+', ':'])
            .skip(1)
            .any(|driver| names.iter().any(|name| driver.eq_ignore_ascii_case(name)))
    }
}
