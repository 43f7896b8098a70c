//! System properties of Java inside settings: `JAVA_OPTS=-Dcom.sun.management.jmxremote.ssl=false`.
//! <https://docs.oracle.com/en/java/javase/21/management/monitoring-and-management-using-jmx-technology.html>

use super::Named;
use super::credentials::credential;
use crate::facts::{CredentialClass, Facts, Field, Position, Protects, Switch};
use crate::value::boolean;

/// How the properties begin that say who may manage a virtual machine from outside, and how.
const REMOTE: &str = "-Dcom.sun.management.jmxremote.";

/// Management from outside without TLS or without authentication.
pub(super) fn derive<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let text = &named.setting.text;
    // Most values are too short, and that is seen at once.
    if text.as_str().len() < REMOTE.len() {
        return;
    }
    for (start, _) in text.as_str().match_indices(REMOTE) {
        let option = text.as_str().get(start..).unwrap_or_default();
        let option = option.split([' ', '\t', '\n', '"', '\'', '\\']).next().unwrap_or_default();
        let Some((name, value)) = option.split_once('=') else { continue };
        if boolean::parse(value) != Some(false) {
            continue;
        }
        let end = start + option.len();
        let at = text.span(end - value.len()..end);
        let head = named.head_at(at);
        match name.trim_start_matches(REMOTE) {
            "ssl" => out.switches.push(Switch {
                head,
                protects: Field::set(Protects::Tls, at, ""),
                position: Field::set(Position::Off, at, ""),
                key: Field::set("com.sun.management.jmxremote.ssl", at, ""),
            }),
            "authenticate" => out.credentials.push(credential(
                &head,
                CredentialClass::Empty,
                named.setting.store,
                "com.sun.management.jmxremote.authenticate",
                "authentication is turned off",
                at,
            )),
            _ => {}
        }
    }
}
