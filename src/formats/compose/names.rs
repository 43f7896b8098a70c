//! What the names of Compose files say.

use crate::formats::{Candidate, resolve};

/// What a team keeps beside the real file, to be copied.
const TEMPLATES: [&str; 5] = [".example", ".sample", ".template", ".dist", ".tmpl"];

/// The names of a project's first file, as Compose looks for them, and those of its older program.
pub(super) const BASES: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Keys at the top of a Compose file.
const KEYS: [&str; 8] =
    ["version", "name", "services", "networks", "volumes", "configs", "secrets", "include"];

pub(super) fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let name = candidate.name();
    let name = TEMPLATES.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let follows = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest: &str| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    if follows("docker-compose") {
        Some("named docker-compose*.yml")
    } else if follows("compose") {
        Some("named compose*.yaml")
    } else {
        None
    }
}

/// Services with images or builds, and nothing at the top that Compose doesn't know.
pub(super) fn by_content(candidate: &Candidate<'_>, text: &str) -> Option<&'static str> {
    if !candidate.is_yaml() || candidate.name().contains("gitlab-ci") {
        return None;
    }
    let (mut inside, mut services, mut runs) = (false, false, false);
    for line in text.lines() {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') || line.starts_with("---") {
            continue;
        }
        if content.len() == line.len() {
            let (key, rest) = line.split_once(':')?;
            if !KEYS.contains(&key) && !key.starts_with("x-") {
                return None;
            }
            inside = key == "services";
            services |= inside && rest.split('#').next().is_some_and(|rest| rest.trim().is_empty());
        } else if inside {
            runs |= content.starts_with("image:") || content.starts_with("build:");
        }
    }
    (services && runs).then_some("services with images or builds")
}

/// The files that a file may override: `docker-compose.prod.yml` is merged over `docker-compose.yml`.
pub(super) fn bases(path: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = TEMPLATES.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let Some((stem, _)) = name.rsplit_once('.') else { return Vec::new() };
    let Some((own, _)) = stem.split_once('.') else { return Vec::new() };
    if !matches!(own, "compose" | "docker-compose") {
        return Vec::new();
    }
    let mut names = BASES.to_vec();
    names.sort_by_key(|name| name.rsplit_once('.').is_none_or(|(stem, _)| stem != own));
    names.into_iter().map(|name| resolve(path, name)).collect()
}
