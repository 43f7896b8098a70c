//! Cipher strings as OpenSSL reads them, and the names of protocol versions.

use std::fmt;
use std::ops::Range;

use crate::packed::{Text, has};

/// A suite and what it is made of, a bit for each part.
struct Suite {
    name: Text,
    parts: u128,
    /// Today's builds of OpenSSL have it no more.
    former: bool,
}

/// A word and the suites that it takes: those with all of these parts and none of those.
struct Word {
    name: Text,
    all: u128,
    none: u128,
    /// It names a weakness, so it takes former suites too.
    weak: bool,
}

include!(concat!(env!("OUT_DIR"), "/tls.rs"));

/// What is wrong with a token of a cipher string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weakness {
    /// The token's bytes within the string, without an operator before it.
    pub range: Range<usize>,
    /// The gravest of its faults.
    pub kind: Kind,
}

/// A fault of a cipher suite, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// No encryption.
    Null,
    /// No authentication.
    Anonymous,
    /// Keys of 40 or 56 bits, as export laws once asked for.
    Export,
    /// DES: keys of 56 bits.
    Des,
    /// Triple DES: blocks of 64 bits.
    TripleDes,
    /// RC4, a stream cipher with known biases (RFC 7465).
    Rc4,
    /// MD5 as the message authentication code.
    Md5,
    /// A name that no TLS library knows, so that it adds nothing.
    Unknown,
}

/// The suites that a token takes.
enum Taken {
    /// Suites with all and none of these parts; former ones too where the flag is set.
    Parts { all: u128, none: u128, former: bool },
    /// The suite of this index.
    One(usize),
    /// A known name that takes no suite.
    Nothing,
}

/// What became of a suite so far.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Absent,
    /// Brought in by the token of this number.
    Present(usize),
    /// Removed for good.
    Banned,
}

struct Token<'s> {
    operator: Option<char>,
    name: &'s str,
    at: usize,
}

/// The tokens of a cipher string through which weak suites come in, and those that nothing knows, in their
/// order. OpenSSL's operators and words, IANA's names, the groups of `BoringSSL` and `GnuTLS`'s priority strings
/// are understood; what a later `!` or `-` takes away isn't reported.
#[must_use]
pub fn weak_ciphers(list: &str) -> Vec<Weakness> {
    let tokens = tokens(list);
    if tokens.first().is_some_and(|first| is_gnutls(first.name)) {
        return tokens.iter().filter_map(gnutls_weakness).collect();
    }
    let mut states = vec![State::Absent; SUITES.len()];
    let mut weak = vec![None; tokens.len()];
    // A token that names a fault is told for this one, whatever else its suites have.
    let mut named = vec![None; tokens.len()];
    for (number, (token, found)) in tokens.iter().zip(&mut weak).enumerate() {
        let adds = token.operator.is_none();
        if token.name.starts_with('@') {
            continue;
        }
        if is_iana(token.name) {
            *found = iana_weakness(token.name).filter(|_| adds);
            continue;
        }
        match taken(token.name) {
            Some(taken) => {
                if let (Taken::Parts { all, .. }, Some(slot)) = (&taken, named.get_mut(number)) {
                    *slot = fault(*all);
                }
                apply(&taken, token.operator, number, &mut states);
            }
            None if adds && !is_filled_in(token.name) => *found = Some(Kind::Unknown),
            None => {}
        }
    }
    for (suite, state) in SUITES.iter().zip(&states) {
        let State::Present(number) = *state else { continue };
        let kind = named.get(number).copied().flatten().or_else(|| fault(suite.parts));
        if let (Some(kind), Some(slot)) = (kind, weak.get_mut(number)) {
            *slot = Some(slot.map_or(kind, |other: Kind| other.min(kind)));
        }
    }
    tokens
        .iter()
        .zip(weak)
        .filter_map(|(token, kind)| {
            Some(Weakness { range: token.at..token.at + token.name.len(), kind: kind? })
        })
        .collect()
}

/// The gravest fault among the parts.
fn fault(parts: u128) -> Option<Kind> {
    WEAK_PARTS.iter().find(|(part, _)| parts & part != 0).map(|&(_, kind)| kind)
}

fn tokens(list: &str) -> Vec<Token<'_>> {
    let is_separator =
        |c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '[' | ']' | '|' | '"' | '\'');
    let mut tokens = Vec::new();
    let mut at = 0;
    for part in list.split_inclusive(is_separator) {
        let mut rest = part.trim_end_matches(is_separator);
        // OpenSSL ends a name where it can't go on: `HIGH!aNULL@STRENGTH` are three tokens.
        while !rest.is_empty() {
            let name_at = rest.len() - rest.trim_start_matches(['!', '-', '+']).len();
            let behind = rest.get(name_at..).unwrap_or_default();
            let inner = behind.char_indices().skip(1).find(|(_, c)| matches!(c, '!' | '@'));
            let end = inner.map_or(rest.len(), |(end, _)| name_at + end);
            let (token, following) = rest.split_at(end);
            let start = at + part.trim_end_matches(is_separator).len() - rest.len();
            if let Some(name) = token.get(name_at..).filter(|name| !name.is_empty()) {
                tokens.push(Token {
                    operator: token.chars().next().filter(|first| matches!(first, '!' | '-' | '+')),
                    name,
                    at: start + name_at,
                });
            }
            rest = following;
        }
        at += part.len();
    }
    tokens
}

/// Whether something else puts a value in its place: `${CIPHERS}`, `{{ ciphers }}`, `<ciphers>`.
fn is_filled_in(name: &str) -> bool {
    name.contains(['$', '{', '}', '<', '>', '%'])
}

/// What a token takes: a suite, a word, or words and suites joined by `+`, which must all fit.
fn taken(name: &str) -> Option<Taken> {
    let upper = name.to_ascii_uppercase();
    if let Ok(index) = SUITES.binary_search_by(|suite| suite.name.get().cmp(&upper)) {
        return Some(Taken::One(index));
    }
    let (mut all, mut none, mut former) = (0, 0, false);
    let mut nothing = false;
    for part in upper.split('+') {
        if let Ok(at) = WORDS.binary_search_by(|word| word.name.get().cmp(part)) {
            let word = WORDS.get(at)?;
            all |= word.all;
            none |= word.none;
            former |= word.weak;
        } else if has(KNOWN, part) {
            nothing = true;
        } else {
            return None;
        }
    }
    Some(if nothing { Taken::Nothing } else { Taken::Parts { all, none, former } })
}

fn apply(taken: &Taken, operator: Option<char>, number: usize, states: &mut [State]) {
    let mut change = |state: &mut State| match operator {
        None if *state == State::Absent => *state = State::Present(number),
        Some('!') => *state = State::Banned,
        Some('-') if *state != State::Banned => *state = State::Absent,
        // `+` only moves suites to the end.
        _ => {}
    };
    match *taken {
        Taken::One(index) => states.get_mut(index).into_iter().for_each(&mut change),
        Taken::Nothing => {}
        Taken::Parts { all, none, former } => {
            let former = former || operator.is_some();
            SUITES
                .iter()
                .zip(states)
                .filter(|(suite, _)| suite.parts & all == all && suite.parts & none == 0)
                .filter(|(suite, _)| former || !suite.former)
                .for_each(|(_, state)| change(state));
        }
    }
}

/// Whether it has the form of a name of IANA's registry, or of Java's older spelling of one.
fn is_iana(name: &str) -> bool {
    (name.starts_with("TLS_") || name.starts_with("SSL_")) && name.contains("_WITH_")
}

fn iana_weakness(name: &str) -> Option<Kind> {
    const FAULTS: &[(&str, Kind)] = &[
        ("WITH_NULL", Kind::Null),
        ("_ANON_", Kind::Anonymous),
        ("NULL_WITH", Kind::Anonymous),
        ("EXPORT", Kind::Export),
        ("3DES", Kind::TripleDes),
        ("DES_CBC", Kind::Des),
        ("DES40", Kind::Des),
        ("RC4", Kind::Rc4),
        ("RC2", Kind::Export),
    ];
    let upper = name.to_ascii_uppercase();
    let fault = FAULTS.iter().find(|(part, _)| upper.contains(part)).map(|&(_, kind)| kind);
    fault.or_else(|| upper.ends_with("_MD5").then_some(Kind::Md5))
}

/// Whether a priority string of `GnuTLS` begins with this word.
fn is_gnutls(name: &str) -> bool {
    const FIRST: &[&str] =
        &["NORMAL", "PERFORMANCE", "PFS", "SECURE128", "SECURE192", "SECURE256", "SYSTEM", "LEGACY", "NONE"];
    FIRST.contains(&name.trim_start_matches('@'))
}

fn gnutls_weakness(token: &Token) -> Option<Weakness> {
    const FAULTS: &[(&str, Kind)] = &[
        ("NULL", Kind::Null),
        ("ANON-", Kind::Anonymous),
        ("3DES-", Kind::TripleDes),
        ("DES-", Kind::Des),
        ("ARCFOUR-", Kind::Rc4),
        ("MD5", Kind::Md5),
    ];
    let (_, kind) = FAULTS.iter().find(|(part, _)| token.name.starts_with(part))?;
    let range = token.at..token.at + token.name.len();
    (token.operator == Some('+')).then_some(Weakness { range, kind: *kind })
}

/// A version of SSL or TLS; later ones are greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Version {
    /// SSL 2.0
    Ssl2,
    /// SSL 3.0
    Ssl3,
    /// TLS 1.0
    Tls10,
    /// TLS 1.1
    Tls11,
    /// TLS 1.2
    Tls12,
    /// TLS 1.3
    Tls13,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Version::Ssl2 => "SSL 2.0",
            Version::Ssl3 => "SSL 3.0",
            Version::Tls10 => "TLS 1.0",
            Version::Tls11 => "TLS 1.1",
            Version::Tls12 => "TLS 1.2",
            Version::Tls13 => "TLS 1.3",
        })
    }
}

/// The version that a name means, in the spelling of any product: `TLSv1`, `TLS1_2`, `1.2`, `VersionTLS12`,
/// `TLS_1_0`, `SSLv3`, `tls1.0`, `TLSv1.2_2021`.
#[must_use]
pub fn parse_protocol(text: &str) -> Option<Version> {
    let lower = text.trim().to_ascii_lowercase();
    if lower.len() > 32 {
        return None;
    }
    let name = lower.strip_prefix("version").unwrap_or(&lower);
    let name = name.strip_suffix("_method").unwrap_or(name);
    // CloudFront's policies add their year.
    let name = match name.rsplit_once('_') {
        Some((name, year)) if year.len() == 4 && year.starts_with("20") => name,
        _ => name,
    };
    let (is_ssl, number) = match (name.strip_prefix("ssl"), name.strip_prefix("tls")) {
        (Some(number), _) => (true, number),
        (_, Some(number)) => (false, number),
        // A bare number is a version where it has both parts.
        _ => (false, name.strip_prefix('v').unwrap_or(name)),
    };
    let named = number.len() < name.len() && !name.starts_with('v');
    let number = number.trim_start_matches(['v', '_', '-', ' ']);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let separators = number.len() - digits.len();
    if number.contains(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '_' | '-')) || separators > 1 {
        return None;
    }
    match (is_ssl, digits.as_str()) {
        (true, "2" | "20") => Some(Version::Ssl2),
        (true, "3" | "30") => Some(Version::Ssl3),
        (false, "1") if named => Some(Version::Tls10),
        (false, _) if !named && separators == 0 => None,
        (false, "10") => Some(Version::Tls10),
        (false, "11") => Some(Version::Tls11),
        (false, "12") => Some(Version::Tls12),
        (false, "13") => Some(Version::Tls13),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weak(list: &str) -> Vec<(&str, Kind)> {
        weak_ciphers(list).into_iter().map(|found| (list.get(found.range).unwrap(), found.kind)).collect()
    }

    #[test]
    fn good_lists_are_silent() {
        for list in [
            "HIGH:!aNULL:!MD5",
            "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:!RC4:!3DES:!aNULL:!MD5",
            "ECDHE-ECDSA-CHACHA20-POLY1305 DHE-RSA-AES256-GCM-SHA384",
            "EECDH+AESGCM:EDH+AESGCM",
            "AES256+EECDH:AES256+EDH:!aNULL",
            "ALL:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5",
            "ECDH+AESGCM:ECDH+CHACHA20:DH+AESGCM:ECDH+AES256:DH+AES256:RSA+AESGCM:!aNULL:!eNULL:!MD5:!DSS",
            "FIPS@STRENGTH:!aNULL:!eNULL",
            "HIGH!aNULL!MD5",
            "${CIPHERS}",
            "DEFAULT:@SECLEVEL=2",
            "TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS13-AES-256-GCM-SHA384:ECDHE:!COMPLEMENTOFDEFAULT:!eNULL",
            "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]:ECDHE-RSA-AES128-GCM-SHA256",
            "NORMAL:%SERVER_PRECEDENCE:-VERS-ALL:+VERS-TLS1.2",
            "kEDH+AESGCM:!aNULL",
            "",
            ":::!:+",
        ] {
            assert_eq!(weak(list), [], "{list}");
        }
    }

    #[test]
    fn weak_suites_are_found_at_their_token() {
        assert_eq!(weak("RC4-SHA:AES128-SHA"), [("RC4-SHA", Kind::Rc4)]);
        assert_eq!(weak("AES128-SHA:DES-CBC3-SHA"), [("DES-CBC3-SHA", Kind::TripleDes)]);
        assert_eq!(weak("HIGH:MEDIUM:LOW:!aNULL"), [("LOW", Kind::Des)]);
        assert_eq!(weak("EXP-RC4-MD5"), [("EXP-RC4-MD5", Kind::Export)]);
        assert_eq!(weak("HIGH:RC4+RSA:!aNULL:!MD5"), [("RC4+RSA", Kind::Rc4)]);
        assert_eq!(weak("NULL-SHA256"), [("NULL-SHA256", Kind::Null)]);
        assert_eq!(weak("MD5:!aNULL:!eNULL:!EXPORT:!RC4:!DES"), [("MD5", Kind::Md5)]);
    }

    #[test]
    fn broad_words_admit_anonymous_suites_unless_excluded() {
        for word in ["HIGH", "ALL", "MEDIUM"] {
            assert_eq!(weak(word), [(word, Kind::Anonymous)]);
        }
        assert_eq!(weak("ALL:!ADH:!AECDH"), []);
        assert_eq!(weak("HIGH:-aNULL"), []);
    }

    #[test]
    fn a_ban_holds_wherever_it_stands_and_a_removal_until_then() {
        assert_eq!(weak("!RC4:RC4-SHA"), []);
        assert_eq!(weak("-RC4:RC4-SHA"), [("RC4-SHA", Kind::Rc4)]);
        assert_eq!(weak("RC4-SHA:-RC4"), []);
        assert_eq!(weak("+RC4"), []);
    }

    #[test]
    fn names_that_nothing_knows_are_told() {
        assert_eq!(
            weak("ECDHE-RSA-AES256-GCM-SHA512:ECDHE-RSA-AES256-GCM-SHA384"),
            [("ECDHE-RSA-AES256-GCM-SHA512", Kind::Unknown)]
        );
        assert_eq!(weak("HIGH:!aNULL:!NOSUCHTHING"), []);
    }

    #[test]
    fn registry_names_are_read_by_their_parts() {
        assert_eq!(
            weak("TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_RSA_WITH_RC4_128_SHA,TLS_RSA_WITH_AES_128_CBC_SHA"),
            [("TLS_RSA_WITH_3DES_EDE_CBC_SHA", Kind::TripleDes), ("TLS_RSA_WITH_RC4_128_SHA", Kind::Rc4)]
        );
        assert_eq!(weak("TLS_DH_anon_WITH_AES_128_CBC_SHA")[0].1, Kind::Anonymous);
    }

    #[test]
    fn every_suite_knows_itself() {
        for suite in SUITES {
            assert!(matches!(taken(suite.name.get()), Some(Taken::One(_))), "{}", suite.name.get());
        }
    }

    #[test]
    fn versions_are_known_in_every_spelling() {
        for (text, version) in [
            ("TLSv1", Version::Tls10),
            ("TLSv1.0", Version::Tls10),
            ("TLS1_2", Version::Tls12),
            ("1.2", Version::Tls12),
            ("VersionTLS12", Version::Tls12),
            ("VersionTLS10", Version::Tls10),
            ("TLS_1_0", Version::Tls10),
            ("SSLv3", Version::Ssl3),
            ("tls1.0", Version::Tls10),
            ("TLSv1_1", Version::Tls11),
            ("TLSv1.3", Version::Tls13),
            ("TLS13", Version::Tls13),
            ("TLSv1.2_2021", Version::Tls12),
            ("TLSv1_2016", Version::Tls10),
            ("SSLv2", Version::Ssl2),
            ("TLSv1_method", Version::Tls10),
            ("v1.1", Version::Tls11),
        ] {
            assert_eq!(parse_protocol(text), Some(version), "{text}");
        }
        for text in ["", "12", "1", "TLS", "TLSv2", "true", "1.2.3", "tls-alpn", "TLSv1.2 TLSv1.3", "v1"] {
            assert_eq!(parse_protocol(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_token_lies_within_its_list(list in "([!+-]?(ALL|RC4|aNULL|x|é|@STRENGTH|NORMAL)[:,+ ]?){0,12}") {
            for found in weak_ciphers(&list) {
                prop_assert!(list.get(found.range).is_some_and(|token| !token.is_empty()));
            }
        }

        #[test]
        fn no_text_breaks_the_readers(text in "\\PC{0,40}") {
            let _ = weak_ciphers(&text);
            let _ = parse_protocol(&text);
        }
    }
}
