//! Whether a web server tells its version, where a setting says it: `NGINX_SERVER_TOKENS`, `server-tokens`,
//! `PHP_EXPOSE_PHP`.

use super::Named;
use crate::facts::{Facts, Field, Server};
use crate::value::boolean;

/// Only a stated one counts: what the server does where nothing is said differs.
pub(super) fn derive<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let (key, value) = (&named.key, named.value);
    let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    let on = boolean::parse(value) == Some(true);
    // Apache's words beside nginx's: only `Prod` leaves the version out.
    let tokens = key.ends_with(&["server", "tokens"]) || key.ends_with(&["servertokens"]);
    let tells = tokens && (on || is(&["build", "full", "os", "min", "minimal", "minor", "major"]));
    if tells || key.ends_with(&["expose", "php"]) && on {
        let hides_version = Field::set(false, named.place(), "");
        out.servers.push(Server { hides_version, ..Server::silent(named.head()) });
    }
}
