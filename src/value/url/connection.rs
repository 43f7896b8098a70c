//! Connection strings that are no URIs; each is one only as a whole text.

use std::ops::Range;

use super::{Form, Host, Param, Part, Url, scan};

/// Longer texts are no connection strings.
const LONGEST: usize = 4096;

/// Settings that name the server in ADO, ODBC and Azure connection strings.
const ADO_SERVERS: &[&str] = &[
    "server",
    "data source",
    "datasource",
    "address",
    "addr",
    "network address",
    "host",
    "hostname",
    "endpoint",
    "accountname",
    "accountendpoint",
    "driver",
    "dsn",
];
const ADO_USERS: &[&str] =
    &["user id", "uid", "user", "username", "user name", "sharedaccesskeyname", "accountname"];
const ADO_PASSWORDS: &[&str] = &["password", "pwd", "accountkey", "sharedaccesskey"];
const ADO_OTHERS: &[&str] = &[
    "database",
    "initial catalog",
    "integrated security",
    "trusted_connection",
    "encrypt",
    "trustservercertificate",
    "defaultendpointsprotocol",
    "port",
    "ssl mode",
    "sslmode",
];

/// The settings of libpq that name or reach the server.
const LIBPQ_NAMES: &[&str] =
    &["host", "hostaddr", "port", "user", "password", "dbname", "sslmode", "passfile", "service"];

/// The text as a connection string, white space and quotes around it aside.
pub(super) fn parse(text: &str) -> Option<Url<'_>> {
    let whole = Part::of(text, 0..text.len()).trimmed().unquoted().trimmed();
    if whole.text.is_empty() || whole.text.len() > LONGEST || whole.text.contains('\n') {
        return None;
    }
    go_mysql(text, &whole)
        .or_else(|| ado(text, &whole))
        .or_else(|| stack_exchange(text, &whole))
        .or_else(|| libpq(text, &whole))
}

/// `[user[:password]@][protocol[(address)]]/database[?name=value]`, of the protocols tcp and unix alone.
fn go_mysql<'t>(text: &'t str, whole: &Part<'t>) -> Option<Url<'t>> {
    let base = whole.range.start;
    let (open, protocol) = ["tcp(", "tcp6(", "unix("]
        .into_iter()
        .find_map(|protocol| whole.text.rfind(protocol).map(|at| (at, protocol)))?;
    let before = whole.text.get(..open)?;
    if !(before.is_empty() || before.ends_with('@')) || before.contains("://") {
        return None;
    }
    let address = open + protocol.len();
    let close = address + whole.text.get(address..)?.find(')')?;
    let after = whole.text.get(close + 1..)?;
    if !after.is_empty() && !after.starts_with('/') {
        return None;
    }
    let (user, password) = match before.strip_suffix('@') {
        Some(userinfo) => match userinfo.find(':') {
            Some(at) => (
                Some(Part::of(text, base..base + at)),
                Some(Part::of(text, base + at + 1..base + userinfo.len())),
            ),
            None => (Some(Part::of(text, base..base + userinfo.len())), None),
        },
        None => (None, None),
    };
    let query = after.find('?').unwrap_or(after.len());
    let params = base + close + 1 + query..whole.range.end;
    let hosts = match protocol {
        "unix(" => Vec::new(),
        _ => scan::split_hosts(text, base + address..base + close),
    };
    Some(Url {
        whole: whole.clone(),
        form: Form::GoMysql,
        scheme: Part::of(text, base..base),
        user,
        password,
        hosts,
        path: Part::of(text, base + close + 1..base + close + 1 + query),
        params: scan::pairs(text, params, |c| matches!(c, '?' | '&')),
    })
}

/// `Server=tcp:host,1433;Database=db;User Id=u;Password=p;Encrypt=false`.
fn ado<'t>(text: &'t str, whole: &Part<'t>) -> Option<Url<'t>> {
    if !whole.text.contains(';') {
        return None;
    }
    let params = scan::pairs(text, whole.range.clone(), |c| c == ';');
    let all_known_shape = params
        .iter()
        .all(|param| param.name.range.end < param.value.range.start || param.value.text.is_empty());
    let knows = |names: &[&str]| params.iter().find(|param| is_one_of(param, names));
    let server = knows(ADO_SERVERS)?;
    let others = [ADO_USERS, ADO_PASSWORDS, ADO_OTHERS].iter().any(|names| knows(names).is_some());
    if !others || !all_known_shape {
        return None;
    }
    let hosts = ado_host(text, server);
    let user = knows(ADO_USERS).map(|param| param.value.clone());
    let password = knows(ADO_PASSWORDS).map(|param| param.value.clone());
    Some(Url {
        whole: whole.clone(),
        form: Form::Ado,
        scheme: Part::of(text, whole.range.start..whole.range.start),
        user,
        password,
        hosts,
        path: Part::of(text, whole.range.end..whole.range.end),
        params,
    })
}

/// The host of `tcp:host\instance,port`, `host:port` and `sb://host/`.
fn ado_host<'t>(text: &'t str, server: &Param<'t>) -> Vec<Host<'t>> {
    if is_one_of(server, &["driver", "dsn", "accountname"]) {
        return Vec::new();
    }
    let value = &server.value;
    let skipped = match value.text.find("://") {
        Some(at) => at + "://".len(),
        None if value.text.to_ascii_lowercase().starts_with("tcp:") => "tcp:".len(),
        None => 0,
    };
    let Some(rest) = value.text.get(skipped..) else { return Vec::new() };
    let start = value.range.start + skipped;
    let end = rest.find(['/', '\\', ',']).unwrap_or(rest.len());
    let mut host = scan::host(text, start..start + end);
    if let Some(comma) = rest.find(',') {
        host.port = Some(Part::of(text, start + comma + 1..value.range.end).trimmed());
    }
    if host.name.text.is_empty() { Vec::new() } else { vec![host] }
}

/// Settings by which a text is known to be meant for .NET's client of Redis.
/// <https://stackexchange.github.io/StackExchange.Redis/Configuration>
const STACK_EXCHANGE: &[&str] = &[
    "password",
    "user",
    "ssl",
    "abortconnect",
    "allowadmin",
    "connecttimeout",
    "connectretry",
    "synctimeout",
    "defaultdatabase",
    "sslprotocols",
    "sslhost",
];

/// `host:6380,password=p,ssl=True,abortConnect=False`.
fn stack_exchange<'t>(text: &'t str, whole: &Part<'t>) -> Option<Url<'t>> {
    let (first, rest) = whole.text.split_once(',')?;
    if first.is_empty() || first.contains(['=', ' ', '/', '@', ';', '"', '[', '{']) {
        return None;
    }
    let start = whole.range.start;
    let params =
        scan::pairs(text, start + first.len() + 1..start + first.len() + 1 + rest.len(), |c| c == ',');
    let setting = |param: &&Param<'_>| param.name.range.end < param.value.range.start;
    let known = params.iter().filter(setting).any(|param| is_one_of(param, STACK_EXCHANGE));
    let plain = params.iter().all(|param| !param.name.text.contains(['/', '@', ' ', '"', '<']));
    if !known || !plain {
        return None;
    }
    let value =
        |name: &str| params.iter().find(|param| is_one_of(param, &[name])).map(|param| param.value.clone());
    let mut hosts = vec![scan::host(text, start..start + first.len())];
    hosts.extend(
        params.iter().filter(|param| !setting(param)).map(|param| scan::host(text, param.name.range.clone())),
    );
    Some(Url {
        whole: whole.clone(),
        form: Form::StackExchange,
        scheme: Part::of(text, start..start),
        user: value("user"),
        password: value("password"),
        hosts,
        path: Part::of(text, whole.range.end..whole.range.end),
        params,
    })
}

/// `host=db port=5432 user=u password='p' sslmode=disable`.
fn libpq<'t>(text: &'t str, whole: &Part<'t>) -> Option<Url<'t>> {
    let params = libpq_params(text, whole.range.clone())?;
    let value =
        |name: &str| params.iter().find(|param| is_one_of(param, &[name])).map(|param| param.value.clone());
    let known = params.iter().filter(|param| is_one_of(param, LIBPQ_NAMES)).count();
    let host = value("host").or_else(|| value("hostaddr"));
    if known < 2 || (host.is_none() && value("dbname").is_none()) {
        return None;
    }
    let hosts = match host {
        Some(host) if !host.text.starts_with('/') => vec![Host { name: host, port: value("port") }],
        _ => Vec::new(),
    };
    Some(Url {
        whole: whole.clone(),
        form: Form::Libpq,
        scheme: Part::of(text, whole.range.start..whole.range.start),
        user: value("user"),
        password: value("password"),
        hosts,
        path: Part::of(text, whole.range.end..whole.range.end),
        params,
    })
}

/// The settings, if the text is nothing but settings; values may be quoted with `'`.
fn libpq_params(text: &str, range: Range<usize>) -> Option<Vec<Param<'_>>> {
    let mut params = Vec::new();
    let mut at = range.start;
    loop {
        let rest = text.get(at..range.end)?;
        at += rest.len() - rest.trim_start().len();
        let rest = text.get(at..range.end)?;
        if rest.is_empty() {
            return Some(params);
        }
        let equals = rest.find('=')?;
        let name = Part::of(text, at..at + equals).trimmed();
        if name.text.is_empty() || !name.text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') {
            return None;
        }
        let value = rest.get(equals + 1..)?;
        let start = at + equals + 1;
        if let Some(quoted) = value.strip_prefix('\'') {
            let close = quoted.find('\'')?;
            params.push(Param { name, value: Part::of(text, start + 1..start + 1 + close) });
            at = start + close + 2;
        } else {
            let length = value.find(char::is_whitespace).unwrap_or(value.len());
            params.push(Param { name, value: Part::of(text, start..start + length) });
            at = start + length;
        }
    }
}

fn is_one_of(param: &Param<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| param.name.text.eq_ignore_ascii_case(name))
}
