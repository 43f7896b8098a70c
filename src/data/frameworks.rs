//! The frameworks whose controls rules name: benchmarks, standards, laws.

/// A framework.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Framework {
    /// The name that rules write: `cis-docker`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The version whose identifiers rules use.
    pub version: &'static str,
    /// Who publishes it.
    pub organization: &'static str,
    /// Where it can be read.
    pub url: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/frameworks.rs"));

/// All frameworks, sorted by id.
#[must_use]
pub fn frameworks() -> &'static [Framework] {
    FRAMEWORKS
}

/// The ids of all frameworks, sorted.
pub fn ids() -> impl Iterator<Item = &'static str> {
    FRAMEWORKS.iter().map(|framework| framework.id)
}

/// The framework of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Framework> {
    let index = FRAMEWORKS.binary_search_by_key(&id, |framework| framework.id).ok()?;
    FRAMEWORKS.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frameworks_are_found_by_id() {
        for framework in frameworks() {
            assert_eq!(find(framework.id), Some(framework));
        }
        assert_eq!(find("cis-docker").unwrap().name, "CIS Docker Benchmark");
        assert_eq!(find("cis"), None);
    }

    #[test]
    fn rules_name_known_frameworks() {
        for raw in crate::rule::built_in() {
            let rule = crate::rule::load::load(raw).unwrap();
            for (framework, _) in rule.controls.iter().chain(rule.related.iter()) {
                assert!(find(framework).is_some(), "{}: {framework}", rule.id);
            }
        }
    }
}
