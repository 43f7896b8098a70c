//! Bind mounts of files that aren't there.

use super::{Surroundings, refer};
use crate::facts::links::MountSource;
use crate::facts::{ReferenceKind, Resolution};
use crate::formats::Reading;

/// Extensions of files that are mounted one by one.
const FILES: [&str; 45] = [
    "acl",
    "cer",
    "cert",
    "cfg",
    "cnf",
    "conf",
    "config",
    "crt",
    "csv",
    "env",
    "gz",
    "hcl",
    "htm",
    "html",
    "htpasswd",
    "ini",
    "jar",
    "java",
    "jks",
    "js",
    "json",
    "key",
    "list",
    "lua",
    "md",
    "p12",
    "pem",
    "pfx",
    "php",
    "properties",
    "pub",
    "py",
    "rb",
    "repo",
    "rules",
    "sh",
    "sql",
    "template",
    "tmpl",
    "toml",
    "ts",
    "txt",
    "xml",
    "yaml",
    "yml",
];

/// A missing file becomes an empty folder when Docker mounts it; a missing folder is made, which may be
/// meant. A name with an extension of files is taken for one: `initdb.d` and `example.org` may be folders.
pub(super) fn link(readings: &mut [Reading<'_>], around: &dyn Surroundings) {
    for reading in readings {
        let mounts = std::mem::take(&mut reading.links.mounts);
        for mount in &mounts {
            if !mount.read
                && may_name_ports(mount.target)
                && let Some(container) = reading.facts.containers.get_mut(mount.container)
            {
                container.listens.clear();
            }
            let MountSource::Path { path, written } = &mount.source else { continue };
            let is_file = names_file(written) || names_file(mount.target);
            let inside = !path.starts_with('/') && !path.starts_with("..");
            if is_file && inside && around.entry(path).is_none() && !around.is_ignored(path) {
                let subject = reading.facts.containers.get(mount.container);
                let subject = subject.map_or("", |container| container.head.subject);
                refer(
                    &mut reading.facts,
                    ReferenceKind::Mount,
                    written,
                    Resolution::Missing,
                    mount.span,
                    subject,
                );
            }
        }
        reading.links.mounts = mounts;
    }
}

fn names_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().trim_start_matches('.');
    name.rsplit_once('.').is_some_and(|(_, extension)| FILES.contains(&extension))
}

/// Whether a mount may hold a server's configuration, which decides on what ports it listens.
fn may_name_ports(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let configuration =
        ["cfg", "conf", "d", "ini", "json", "properties", "template", "toml", "xml", "yaml", "yml"];
    configuration.contains(&extension) || target.starts_with("/etc/") && extension.is_empty()
}

#[cfg(test)]
mod tests {
    use super::names_file;

    #[test]
    fn files_are_told_from_folders_by_their_extensions() {
        for path in ["./init.sql", "/etc/nginx/nginx.conf", "conf/.my.cnf", "/run/x.yml"] {
            assert!(names_file(path), "{path}");
        }
        for path in [
            "/docker-entrypoint-initdb.d",
            "/etc/nginx/conf.d",
            "/var/www/example.org",
            "./.ssh",
            "/srv/v1.2",
        ] {
            assert!(!names_file(path), "{path}");
        }
    }
}
