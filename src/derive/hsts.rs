//! How long browsers must insist on TLS, where a setting says it to a framework: `SECURE_HSTS_SECONDS`,
//! `HSTS_MAX_AGE`.

use super::Named;
use crate::facts::{Facts, Field, Server};
use crate::value::duration::{self, Duration, Unit};

/// A setting of zero takes the header's effect away. What others are worth depends on who else sends the
/// header.
pub(super) fn derive<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let key = &named.key;
    let age = key.has(&["max", "age"]) || key.has_any(&["seconds", "maxage"]);
    if !(key.has_any(&["hsts"]) && age) {
        return;
    }
    let zero = duration::parse(named.value, Some(Unit::Second)).is_some_and(Duration::is_zero);
    if zero {
        let hsts = Field::set(Duration::Finite(0), named.place(), "");
        out.servers.push(Server { hsts, ..Server::silent(named.head()) });
    }
}
