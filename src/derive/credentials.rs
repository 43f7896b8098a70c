//! Credentials that settings state: by the name of the setting, or by the form of the value.

use super::{Named, Siblings};
use crate::facts::{Credential, CredentialClass, Facts, Field, Head, Store, Use};
use crate::source::{Sources, Span};
use crate::value::key::Key;
use crate::value::secret::{self, Class, KeyKind};
use crate::value::url::Url;
use crate::value::{base64, boolean, list, url};

pub(super) fn derive<'s>(
    named: &Named<'_, 's>,
    siblings: &Siblings<'_, 's>,
    sources: &'s Sources,
    out: &mut Facts<'s>,
) {
    if authentication_off(named, out) {
        return;
    }
    let by_url = in_urls(named, sources, out);
    let by_form = by_form(named, by_url, out);
    if !by_url && !by_form {
        by_name(named, siblings, out);
    }
}

/// What a value that is judged by its name or form is to the rules.
fn class(class: Class) -> Option<CredentialClass> {
    match class {
        Class::Empty => Some(CredentialClass::Empty),
        Class::Default => Some(CredentialClass::Default),
        Class::Placeholder => Some(CredentialClass::Placeholder),
        Class::Literal => Some(CredentialClass::Literal),
        Class::Reference | Class::PublicByNature | Class::NotASecret => None,
    }
}

fn push<'s>(
    named: &Named<'_, 's>,
    class: CredentialClass,
    evidence: &'static str,
    at: Span,
    out: &mut Facts<'s>,
) {
    let mut found = credential(&named.head_at(at), class, named.setting.store, named.name(), evidence, at);
    found.key = Field::set(named.name(), named.setting.key.span().unwrap_or(at), "");
    found.bytes.clone_from(&named.setting.defaults);
    if at == named.place() {
        let text = &named.setting.text;
        found.bytes.extend(text.spans(0..text.as_str().len()));
    }
    out.credentials.push(found);
}

/// A credential fact.
pub(super) fn credential<'s>(
    head: &Head<'s>,
    class: CredentialClass,
    store: Store,
    key: &'s str,
    evidence: &'s str,
    at: Span,
) -> Credential<'s> {
    Credential {
        head: Head { anchor: at, ..head.clone() },
        class: Field::set(class, at, ""),
        store: Field::set(store, at, ""),
        key: Field::set(key, at, ""),
        evidence: Field::set(evidence, at, ""),
        published: Field::Unset,
        bytes: vec![at],
    }
}

/// Makes one credential of each value. A value that is used under other names is judged under the name that
/// stands before it, by the most that any of the names says of it.
pub(super) fn once(credentials: &mut Vec<Credential<'_>>) {
    let distance = |one: &Credential<'_>| {
        let at = one.head.anchor;
        let key = one.key.span().filter(|key| key.file == at.file && key.end <= at.start);
        key.map_or(u32::MAX, |key| at.start - key.end)
    };
    credentials.sort_by_key(|one| {
        let words = (one.evidence.value().copied(), one.key.value().copied());
        (one.head.anchor, distance(one), std::cmp::Reverse(weight(one)), words)
    });
    credentials.dedup_by(|other, first| {
        let of_image = |one: &Credential<'_>| one.store.value() == Some(&Store::ImageDefault);
        if other.head.anchor != first.head.anchor || of_image(other) || of_image(first) {
            return false;
        }
        if weight(other) > weight(first) {
            (first.class, first.evidence) = (other.class, other.evidence);
        }
        let known = std::mem::take(&mut first.head.uses);
        let new: Vec<Use<'_>> =
            other.head.uses.iter().filter(|used| !known.contains(used)).copied().collect();
        first.head.uses = known.into_iter().chain(new).collect();
        first.bytes.append(&mut other.bytes);
        true
    });
}

/// How much a class says.
fn weight(credential: &Credential<'_>) -> u8 {
    match credential.class.value() {
        Some(CredentialClass::Default) => 4,
        Some(CredentialClass::Literal) => 3,
        Some(CredentialClass::Placeholder) => 2,
        Some(CredentialClass::Empty) => 1,
        None => 0,
    }
}

/// Settings that turn authentication off, by their own documentation.
fn authentication_off<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) -> bool {
    let key = &named.key;
    let value = named.value;
    let off = if key.ends_with(&["allow", "empty", "password"])
        || key.ends_with(&["allow", "empty", "root", "password"])
    {
        // The images of MySQL and MariaDB take any value for yes, those of Bitnami only a true one.
        let any_value = key.has_any(&["mysql", "mariadb"]) && key.words().len() > 3;
        !value.is_empty() && (any_value || boolean::parse(value) == Some(true))
    } else if key.ends_with(&["host", "auth", "method"]) {
        value.eq_ignore_ascii_case("trust")
    } else if key.ends_with(&["anonymous", "auth", "enabled"]) {
        // https://docs.opensearch.org/latest/security/access-control/anonymous-authentication/
        boolean::parse(value) == Some(true)
    } else if key.ends_with(&["auth", "enabled"])
        || key.ends_with(&["authentication", "enabled"])
        || key.ends_with(&["enable", "auth"])
    {
        boolean::parse(value) == Some(false)
    } else if key.ends_with(&["disable", "auth"])
        || key.ends_with(&["disable", "authentication"])
        || key.ends_with(&["auth", "disabled"])
    {
        boolean::parse(value) == Some(true)
    } else if key.is(&["xpack", "security", "enabled"]) {
        boolean::parse(value) == Some(false)
    } else if key.ends_with(&["plugins", "security", "disabled"])
        || key.is(&["disable", "security", "plugin"])
    {
        // https://docs.opensearch.org/latest/security/configuration/disable-enable-security/
        boolean::parse(value) == Some(true)
    } else if key.is(&["authentication", "anonymous", "access", "enabled"]) {
        // https://docs.weaviate.io/deploy/configuration/env-vars
        boolean::parse(value) == Some(true)
    } else if key.is(&["neo4j", "auth"]) {
        value.eq_ignore_ascii_case("none")
    } else {
        return false;
    };
    if off {
        push(named, CredentialClass::Empty, "authentication is turned off", named.place(), out);
    }
    off
}

/// Passwords in URLs and connection strings.
fn in_urls<'s>(named: &Named<'_, 's>, sources: &'s Sources, out: &mut Facts<'s>) -> bool {
    let text = &named.setting.text;
    if !text.as_str().contains(['@', '=']) {
        return false;
    }
    let mut found = false;
    for url in url::find_all(text.as_str()) {
        found |= in_query(named, &url, out);
        let Some(password) = &url.password else { continue };
        let user = url.user.as_ref().map(|user| user.text);
        if let Some((class, evidence)) = password_class(user, password.text) {
            // `user:password`, where they stand side by side.
            let beside = url.user.as_ref().filter(|user| user.range.end + 1 == password.range.start);
            let start = beside.map_or(password.range.start, |user| user.range.start);
            let whole = text.spans(start..password.range.end);
            let supplied = text.span(password.range.clone());
            let found_at = out.credentials.len();
            if named.place().contains(supplied) {
                push(named, class, evidence, text.span(start..password.range.end), out);
            } else {
                // The password comes from elsewhere, and only the rest of the URL stands here.
                push(named, class, evidence, supplied, out);
                let note = sources.keep(format!("used by {}", named.setting.head.subject).into());
                let place = Use { span: named.place(), note };
                out.credentials.iter_mut().skip(found_at).for_each(|one| one.head.uses.push(place));
            }
            out.credentials.iter_mut().skip(found_at).for_each(|one| one.bytes.extend(&whole));
            found = true;
        }
    }
    found
}

/// Tokens among the parameters of a web address.
fn in_query<'s>(named: &Named<'_, 's>, url: &Url<'_>, out: &mut Facts<'s>) -> bool {
    if !(url.scheme().is("http") || url.scheme().is("https")) {
        return false;
    }
    let mut found = false;
    for param in &url.params {
        let key = Key::new(param.name.text);
        // https://learn.microsoft.com/azure/storage/common/storage-sas-overview: a signed address of Azure.
        let signed = param.name.text == "sig" && url.param("sv").is_some();
        let kind = if signed {
            Some(KeyKind::Token)
        } else {
            secret::is_secret_key(&key).filter(|kind| kind.is_secret_itself())
        };
        let literal = kind
            .is_some_and(|kind| secret::classify_as(kind, &key, param.value.text, None) == Class::Literal);
        if literal {
            let at = named.setting.text.span(param.value.range.clone());
            push(named, CredentialClass::Literal, "a secret in a URL", at, out);
            found = true;
        }
    }
    found
}

/// What a password in a URL is. Some of its characters may be written as `%40`.
pub(super) fn password_class(user: Option<&str>, password: &str) -> Option<(CredentialClass, &'static str)> {
    if password.is_empty() {
        return None;
    }
    let decoded = percent_decoded(password);
    let password = decoded.as_deref().unwrap_or(password);
    if user.is_some_and(|user| secret::is_default_pair(user, password)) {
        return Some((CredentialClass::Default, "a default user and password"));
    }
    let key = Key::new("PASSWORD");
    class(secret::classify_as(KeyKind::Password, &key, password, user))
        .map(|class| (class, "a password in a URL"))
}

/// A text whose percent encodings stand for other characters; nothing where it has none.
fn percent_decoded(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('%')?;
    let mut bytes = first.as_bytes().to_vec();
    for piece in rest.split('%') {
        let code = piece.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(piece.get(2..)?.bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Known token formats and private keys, whatever the setting is called.
fn by_form<'s>(named: &Named<'_, 's>, by_url: bool, out: &mut Facts<'s>) -> bool {
    let text = &named.setting.text;
    let Some((evidence, range)) = secret::known_format(text.as_str()) else { return false };
    if by_url {
        return false;
    }
    push(named, CredentialClass::Literal, evidence, text.span(range), out);
    // A real key is no less real for standing in what a test throws away.
    if let Some(found) = out.credentials.last_mut().filter(|_| named.setting.store == Store::Scratch) {
        found.store = Field::set(Store::Setting, found.head.anchor, "");
    }
    true
}

/// Any value under a name that says secret.
fn by_name<'s>(named: &Named<'_, 's>, siblings: &Siblings<'_, 's>, out: &mut Facts<'s>) {
    let key = &named.key;
    if let Some((class, evidence)) = in_header(key, named.value) {
        push(named, class, evidence, named.place(), out);
        return;
    }
    if key.last().eq_ignore_ascii_case("headers") {
        in_list_of_headers(named, out);
        return;
    }
    let Some(kind) = secret::is_secret_key(key).or_else(|| key_of_secret(named)) else { return };
    let user = user_beside(named, siblings);
    let Some(class) = class(secret::classify_as(kind, key, named.value, user)) else { return };
    let left_off =
        || kind != KeyKind::Password || has_file_sibling(named, siblings) || has_no_host(named, siblings);
    if class == CredentialClass::Empty && left_off() {
        // An empty token is a feature left off, as is a server without a host; an empty password beside `*_FILE`
        // is read from there.
        return;
    }
    if kind == KeyKind::AccessKeyId && class == CredentialClass::Default && has_secret_half(named, siblings) {
        return;
    }
    let evidence = match class {
        CredentialClass::Default => "a default or trivial value",
        CredentialClass::Empty => "an empty password",
        CredentialClass::Placeholder => "a stand-in",
        CredentialClass::Literal => "a literal secret",
    };
    push(named, class, evidence, named.place(), out);
}

/// A Secret's entry that is called `key` is one, as the volumes of Ceph have it.
fn key_of_secret(named: &Named<'_, '_>) -> Option<KeyKind> {
    (named.setting.store == Store::Secret && named.key.is(&["key"])).then_some(KeyKind::Token)
}

/// The credentials of an `Authorization` header, with or without the scheme before them.
fn in_header(key: &Key<'_>, value: &str) -> Option<(CredentialClass, &'static str)> {
    if !key.has_any(&["authorization"]) {
        return None;
    }
    let schemes = ["Basic", "Bearer", "Token"];
    let scheme = value
        .split_once(' ')
        .filter(|(scheme, _)| schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let credentials = scheme.map_or(value, |(_, rest)| rest.trim());
    // https://www.rfc-editor.org/rfc/rfc7617: base64 of user, colon and password.
    if let Some(pair) = base64::decode_text(credentials)
        && let Some((user, password)) = pair.split_once(':')
        && !user.contains(['{', '"'])
    {
        return password_class(Some(user), password)
            .map(|(class, _)| (class, "a user and password in a header"));
    }
    scheme?;
    let class = class(secret::classify_as(KeyKind::Token, key, credentials, None))?;
    (class != CredentialClass::Empty).then_some((class, "a token in a header"))
}

/// `api-key=…,x-other=…`, as the exporters of OpenTelemetry take their headers.
/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables>
fn in_list_of_headers<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let text = &named.setting.text;
    for item in list::split_at_commas(text.as_str()) {
        let Some((name, value)) = item.text.split_once('=') else { continue };
        let key = Key::new(name);
        let judged = in_header(&key, value).or_else(|| {
            let kind = secret::is_secret_key(&key)?;
            let class = class(secret::classify_as(kind, &key, value, None))?;
            (class != CredentialClass::Empty).then_some((class, "a token in a header"))
        });
        if let Some((class, evidence)) = judged {
            let start = item.range.start + name.len() + 1;
            push(named, class, evidence, text.span(start..item.range.end), out);
        }
    }
}

fn has_file_sibling(named: &Named<'_, '_>, siblings: &Siblings<'_, '_>) -> bool {
    let beside = |suffix: &str| {
        siblings.get(&format!("{}{suffix}", named.name())).is_some_and(|file| !file.value.is_empty())
    };
    beside("_FILE") || beside("__FILE")
}

/// Whether the server that an empty password is for has no host either: `SMTP_HOST=` beside `SMTP_PASSWORD=`.
fn has_no_host(named: &Named<'_, '_>, siblings: &Siblings<'_, '_>) -> bool {
    let words = named.key.words().len().saturating_sub(1);
    let is_host =
        |sibling: &Named<'_, '_>| ["host", "hostname"].iter().any(|word| sibling.key.ends_with(&[word]));
    words > 0 && {
        let mut hosts = siblings.sharing(&named.key, words).filter(is_host).peekable();
        hosts.peek().is_some() && hosts.all(|host| host.value.is_empty())
    }
}

/// Whether the secret half of a key pair stands beside its public one: `S3_SECRET_KEY` beside `S3_ACCESS_KEY`.
fn has_secret_half(named: &Named<'_, '_>, siblings: &Siblings<'_, '_>) -> bool {
    let name = named.name().to_ascii_lowercase();
    let Some(at) = name.rfind("access") else { return false };
    let (before, after) = name.split_at(at);
    let key = after.trim_start_matches("access");
    [format!("{before}secret{key}"), format!("{before}secret_{after}"), format!("{before}secret{after}")]
        .iter()
        .any(|half| siblings.get(half).is_some())
}

/// The user's name beside a password: `DB_USER` beside `DB_PASSWORD`. Of several, the one that is the password
/// too, also where only the first words agree: `MYSQL_USER` beside `MYSQL_ROOT_PASSWORD`.
fn user_beside<'s>(named: &Named<'_, 's>, siblings: &Siblings<'_, 's>) -> Option<&'s str> {
    let words = named.key.words().len().saturating_sub(1);
    let same =
        |sibling: &Named<'_, 's>| sibling.names_user() && sibling.value.eq_ignore_ascii_case(named.value);
    siblings
        .sharing(&named.key, words.min(1))
        .find(same)
        .or_else(|| siblings.sharing(&named.key, words).find(Named::names_user))
        .map(|sibling| sibling.value)
}
