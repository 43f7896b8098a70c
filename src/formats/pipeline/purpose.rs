//! What a script or a part of a pipeline is for: something real, or a test that leaves nothing behind.

use crate::facts::Store;
use crate::value::key::Key;

/// What commands and settings are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::formats) enum Purpose {
    /// They reach something that stays: a deployment, a release, a backup.
    Real,
    /// Some of what they are for is real, some a test: what all jobs of a pipeline have in common.
    Mixed,
    /// They build or test something, or nothing says what they are for.
    Test,
}

/// Words that tell of something real.
const REAL: &[&str] = &[
    "archive",
    "backup",
    "backups",
    "bootstrap",
    "cd",
    "cleanup",
    "cutover",
    "deliver",
    "delivery",
    "deploy",
    "deployer",
    "deployment",
    "deploys",
    "destroy",
    "entrypoint",
    "failover",
    "infra",
    "infrastructure",
    "install",
    "live",
    "maintenance",
    "migrate",
    "migration",
    "migrations",
    "prod",
    "production",
    "promote",
    "provision",
    "publish",
    "purge",
    "push",
    "recovery",
    "release",
    "releases",
    "replicate",
    "restore",
    "retention",
    "rollback",
    "rollout",
    "rotate",
    "ship",
    "staging",
    "sync",
    "terraform",
    "upgrade",
    "upload",
];

/// Words that tell of a test.
const TEST: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "check",
    "checks",
    "coverage",
    "debug",
    "demo",
    "demos",
    "dev",
    "develop",
    "development",
    "docs",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "hack",
    "integration",
    "kind",
    "lint",
    "local",
    "minikube",
    "mock",
    "mocks",
    "playground",
    "preview",
    "sandbox",
    "sample",
    "samples",
    "scan",
    "smoke",
    "spec",
    "test",
    "testing",
    "tests",
    "tutorial",
    "tutorials",
    "unit",
];

impl Purpose {
    /// What a name says, where it says anything. A test of what is deployed is a test.
    pub(in crate::formats) fn of_name(name: &str) -> Option<Purpose> {
        let key = Key::new(name);
        if key.has_any(TEST) { Some(Purpose::Test) } else { key.has_any(REAL).then_some(Purpose::Real) }
    }

    /// What is common to parts for these purposes.
    pub(in crate::formats) fn common(parts: &[Purpose]) -> Purpose {
        let real = parts.iter().filter(|part| **part == Purpose::Real).count();
        match real {
            0 => Purpose::Test,
            _ if real == parts.len() => Purpose::Real,
            _ => Purpose::Mixed,
        }
    }

    /// What the path of a script says: its name first, then its folders from the inside out.
    pub(in crate::formats) fn of_path(path: &str) -> Purpose {
        let name = path.rsplit('/').next().unwrap_or(path);
        let folders = path.rsplit('/').skip(1);
        // A script for a test lies anywhere below a folder of tests.
        if folders.clone().any(|folder| Purpose::of_name(folder) == Some(Purpose::Test)) {
            return Purpose::Test;
        }
        Purpose::of_name(name)
            .or_else(|| folders.into_iter().find_map(Purpose::of_name))
            .unwrap_or(Purpose::Test)
    }

    /// What holds the credentials that commands are given for it.
    pub(in crate::formats) fn store(self) -> Store {
        match self {
            Purpose::Real => Store::Setting,
            Purpose::Mixed | Purpose::Test => Store::Scratch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_something_is_for() {
        for (name, purpose) in [
            ("deploy-production", Some(Purpose::Real)),
            ("Build and push", Some(Purpose::Real)),
            ("backupDatabase", Some(Purpose::Real)),
            ("test-deploy", Some(Purpose::Test)),
            ("lint", Some(Purpose::Test)),
            ("build", None),
        ] {
            assert_eq!(Purpose::of_name(name), purpose, "{name}");
        }
    }

    #[test]
    fn paths_of_scripts_say_what_they_are_for() {
        for (path, purpose) in [
            ("scripts/backup-database.sh", Purpose::Real),
            ("docker-entrypoint.sh", Purpose::Real),
            ("deploy/start.sh", Purpose::Real),
            ("test/e2e/deploy.sh", Purpose::Test),
            ("scripts/run.sh", Purpose::Test),
            ("dev/install.sh", Purpose::Test),
        ] {
            assert_eq!(Purpose::of_path(path), purpose, "{path}");
        }
    }
}
