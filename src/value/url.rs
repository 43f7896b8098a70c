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
    let whole = connection::parse(text);
    let scan = if whole.is_some() { None } else { Some(scan::Scan::new(text)) };
    whole.into_iter().chain(scan.into_iter().flatten())
}
