//! What a file is for: production, development, a template, or it doesn't say.

use super::key::Key;

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Environment {
    /// It runs for real.
    Production,
    /// It runs on a developer's machine.
    Development,
    /// It is to be copied and filled in.
    Template,
    /// It doesn't say; most rules take it for production.
    Unstated,
}

const TEMPLATE: [&str; 6] = ["example", "sample", "template", "tmpl", "tpl", "dist"];
const PRODUCTION: [&str; 3] = ["production", "prod", "live"];
const DEVELOPMENT: [&str; 9] =
    ["development", "develop", "dev", "local", "override", "test", "testing", "tests", "debug"];

impl Environment {
    /// What a file's name says; a template's mark wins over the rest of the name.
    #[must_use]
    pub fn of_name(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let has = |words: &[&str]| {
            name.split(['.', '-', '_'])
                .any(|segment| words.iter().any(|word| segment.eq_ignore_ascii_case(word)))
        };
        if has(&TEMPLATE) {
            Environment::Template
        } else if has(&PRODUCTION) {
            Environment::Production
        } else if has(&DEVELOPMENT) {
            Environment::Development
        } else {
            Environment::Unstated
        }
    }

    /// What a setting says of the file it stands in: `NODE_ENV=production`, `ENVIRONMENT=development`.
    #[must_use]
    pub fn of_setting(key: &str, value: &str) -> Self {
        // Most values say nothing, and that is seen at once.
        let environment = match value.trim().to_ascii_lowercase().as_str() {
            "production" | "prod" | "live" => Environment::Production,
            "development" | "develop" | "dev" | "local" | "test" | "testing" => Environment::Development,
            _ => return Environment::Unstated,
        };
        let key = Key::new(key);
        let says = key.is(&["environment"])
            || key.is(&["env"])
            || key.ends_with(&["node", "env"])
            || key.ends_with(&["app", "env"])
            || key.ends_with(&["rails", "env"])
            || key.ends_with(&["rack", "env"])
            || key.ends_with(&["flask", "env"])
            || key.ends_with(&["app", "environment"])
            || key.ends_with(&["aspnetcore", "environment"])
            || key.ends_with(&["dotnet", "environment"])
            || key.ends_with(&["spring", "profiles", "active"])
            || key.ends_with(&["deploy", "env"])
            || key.ends_with(&["deployment", "environment"]);
        if says { environment } else { Environment::Unstated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_file_is_for() {
        for (path, environment) in [
            (".env.production", Environment::Production),
            ("deploy/docker-compose.prod.yml", Environment::Production),
            ("compose.dev.yml", Environment::Development),
            ("docker-compose.override.yml", Environment::Development),
            (".env.local", Environment::Development),
            (".env.production.example", Environment::Template),
            ("secret.example.yaml", Environment::Template),
            (".env", Environment::Unstated),
            ("production/compose.yaml", Environment::Unstated),
        ] {
            assert_eq!(Environment::of_name(path), environment, "{path}");
        }
    }

    #[test]
    fn settings_say_what_their_file_is_for() {
        assert_eq!(Environment::of_setting("NODE_ENV", "production"), Environment::Production);
        assert_eq!(Environment::of_setting("ENVIRONMENT", "Development"), Environment::Development);
        assert_eq!(Environment::of_setting("DATABASE_NAME", "production"), Environment::Unstated);
        assert_eq!(Environment::of_setting("NODE_ENV", "${NODE_ENV}"), Environment::Unstated);
    }
}
