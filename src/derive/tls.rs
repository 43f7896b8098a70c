//! Protocol versions and cipher suites that a setting admits.

use super::Named;
use crate::facts::{Cipher, Facts, Protocol};

pub(super) fn derive<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let key = &named.key;
    if key.ends_with(&["node", "options"]) {
        node_options(named, out);
        return;
    }
    let about_tls = key.has_any(&["tls", "ssl", "https"]) || key.has_any(&["sslprotocols", "tlsversion"]);
    if !about_tls || named.value.is_empty() {
        return;
    }
    if key.has_any(&["cipher", "ciphers", "ciphersuites", "suites"])
        && !key.has_any(&["prefer", "server", "order"])
    {
        Cipher::of_list(&named.setting.text, &named.head(), &mut out.ciphers);
    } else if key.has_any(&["version", "versions", "protocol", "protocols", "sslprotocols", "tlsversion"])
        && !key.has_any(&["max", "maximum"])
        || key.ends_with(&["tls", "min"])
        || key.ends_with(&["min", "tls"])
        || key.ends_with(&["minimum", "tls"])
    {
        Protocol::of_list(&named.setting.text, &named.head(), &mut out.protocols);
    }
}

/// `--tls-min-v1.0`, as Node takes it: <https://nodejs.org/api/cli.html#--tls-min-v10>.
fn node_options<'s>(named: &Named<'_, 's>, out: &mut Facts<'s>) {
    let text = &named.setting.text;
    let Some(at) = text.as_str().find("--tls-min-v1.") else { return };
    let start = at + "--tls-min-v".len();
    let part = text.part(start..(start + "1.0".len()).min(text.as_str().len()));
    Protocol::of_list(&part, &named.head(), &mut out.protocols);
}
