//! Which other origins a setting lets in.

use super::{Named, Siblings};
use crate::facts::{Cors, Facts, Field};
use crate::value::{boolean, list};

pub(super) fn derive<'s>(named: &Named<'_, 's>, siblings: &Siblings<'_, 's>, out: &mut Facts<'s>) {
    let key = &named.key;
    let names_origins = key.has_any(&["origin", "origins"])
        && (key.has_any(&["cors", "allow", "allowed", "allows", "websocket", "csrf"]))
        || key.ends_with(&["cors"])
        || key.ends_with(&["cors", "allow"])
        || key.ends_with(&["cors", "allowed"])
        || key.ends_with(&["cors", "hosts"]);
    let all_switch =
        key.has_any(&["cors"]) && key.has_any(&["all", "any"]) && key.has_any(&["allow", "allowed"])
            || key.ends_with(&["allow", "all", "origins"])
            || key.ends_with(&["allow", "any", "origin"])
            || key.ends_with(&["origin", "allow", "all"]);
    let at = if all_switch {
        (boolean::parse(named.value) == Some(true)).then(|| named.place())
    } else if names_origins && !key.has_any(&["methods", "headers", "max", "credentials"]) {
        let text = named.setting.text.as_str();
        list::split(text).find(|item| item.text == "*").map(|item| {
            if text.trim().len() == 1 { named.place() } else { named.setting.text.span(item.range) }
        })
    } else {
        None
    };
    let Some(at) = at else { return };
    out.cors.push(Cors {
        head: named.head_at(at),
        any_origin: Field::set(true, at, ""),
        reflected: Field::set(false, at, ""),
        credentials: Field::set(siblings.cors_credentials(), at, ""),
    });
}
