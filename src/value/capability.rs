//! The names of Linux capabilities: `CAP_NET_ADMIN`, `net_admin` and `NET_ADMIN` are one.
//! <https://man7.org/linux/man-pages/man7/capabilities.7.html>

use std::borrow::Cow;

/// The name in capitals and without `CAP_`.
#[must_use]
pub fn name(text: &str) -> Cow<'_, str> {
    let bare = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("CAP_") => text.get(4..).unwrap_or_default(),
        _ => text,
    };
    if bare.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Cow::Owned(bare.to_ascii_uppercase())
    } else {
        Cow::Borrowed(bare)
    }
}

/// What a container starts with where nothing else is said.
/// <https://github.com/moby/profiles/blob/main/capabilities/defaults.go>
const DEFAULT: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Adds `ALL` to dropped capabilities where they are all that a container starts with, one by one.
pub fn complete(dropped: &mut Vec<&str>) {
    if DEFAULT.iter().all(|name| dropped.contains(name)) && !dropped.contains(&"ALL") {
        dropped.push("ALL");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_and_case_do_not_count() {
        for text in ["NET_ADMIN", "net_admin", "CAP_NET_ADMIN", "cap_net_admin", "Cap_Net_Admin"] {
            assert_eq!(name(text), "NET_ADMIN");
        }
        assert_eq!(name("all"), "ALL");
        assert_eq!(name("éé"), "éé");
    }

    #[test]
    fn dropping_each_by_name_drops_all() {
        let mut dropped = DEFAULT.to_vec();
        complete(&mut dropped);
        assert!(dropped.contains(&"ALL"));
        let mut dropped = DEFAULT.iter().copied().filter(|name| *name != "NET_BIND_SERVICE").collect();
        complete(&mut dropped);
        assert!(!dropped.contains(&"ALL"));
    }
}
