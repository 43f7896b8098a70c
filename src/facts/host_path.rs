//! What a path of the host gives to a container that mounts it.

use super::Mounts;

/// The sockets through which container runtimes take orders.
const SOCKETS: [&str; 9] = [
    "docker.sock",
    "docker.socket",
    "dockershim.sock",
    "cri-dockerd.sock",
    "containerd.sock",
    "crio.sock",
    "podman.sock",
    "buildkitd.sock",
    "rkt.sock",
];

/// Folders that are sensitive themselves, not what lies below them.
const ALONE: [&str; 4] = ["/", "/home", "/mnt", "/srv"];

/// Folders of which everything below is sensitive too.
const TREES: [&str; 12] = [
    "/etc", "/proc", "/sys", "/dev", "/boot", "/run", "/var/run", "/var/log", "/var/lib", "/usr", "/lib",
    "/root",
];

/// Folders of a home directory that hold keys.
const KEYS: [&str; 4] = [".ssh", ".aws", ".kube", ".docker"];

/// What a path of the host is, where it gives power over the host; `~` and `$HOME` are homes.
#[must_use]
pub fn classify(path: &str) -> Option<Mounts> {
    let parts = parts(path.trim())?;
    if parts.last().is_some_and(|name| SOCKETS.contains(name)) {
        return Some(Mounts::RuntimeSocket);
    }
    let sensitive = if let Some("~" | "$HOME" | "${HOME}") = parts.first().copied() {
        parts.get(1).is_some_and(|part| KEYS.contains(part))
    } else {
        let path = format!("/{}", parts.join("/"));
        let below =
            |tree: &str| path.strip_prefix(tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        ALONE.contains(&path.as_str())
            || TREES.iter().any(|tree| below(tree))
            || parts.first() == Some(&"home") && parts.get(2).is_some_and(|part| KEYS.contains(part))
    };
    sensitive.then_some(Mounts::SensitivePath)
}

/// The parts of an absolute path or one below a home, with `.` and `..` worked off.
fn parts(path: &str) -> Option<Vec<&str>> {
    let home = ["~", "$HOME", "${HOME}"]
        .iter()
        .any(|home| path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if !path.starts_with('/') && !home {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtime_sockets_are_known_wherever_they_lie() {
        for path in
            ["/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/user/1000/podman/podman.sock"]
        {
            assert_eq!(classify(path), Some(Mounts::RuntimeSocket), "{path}");
        }
    }

    #[test]
    fn sensitive_trees_and_folders_are_told_from_others() {
        for path in [
            "/",
            "/etc",
            "/etc/kubernetes/",
            "/var/lib/kubelet",
            "/home/",
            "~/.ssh",
            "$HOME/.aws",
            "/srv/../proc",
            "/home/ann/.kube",
        ] {
            assert_eq!(classify(path), Some(Mounts::SensitivePath), "{path}");
        }
        for path in
            ["/home/ann", "/mnt/data", "/srv/app", "/data", "/etcetera", "~/work", "./etc", "data", "/opt"]
        {
            assert_eq!(classify(path), None, "{path}");
        }
    }
}
