//! Rules as SARIF reporting descriptors.

use std::collections::BTreeMap;

use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor,
};

use super::taxonomy::Taxonomies;
use crate::rule::{Level, Rule};

/// Where a rule's file can be read; its id follows.
const HELP: &str = "https://govlint.dev/rules/";
/// The topic whose rules speak of the files and the policy, and of no weakness.
const PROJECT: &str = "project";
/// GitHub's limit of the tags of a rule; it shows the first ten.
const MOST_TAGS: usize = 20;
/// GitHub's limit of the characters of a description.
const LONGEST_DESCRIPTION: usize = 1024;

/// A rule.
pub(super) fn descriptor(rule: &Rule, taxonomies: &Taxonomies) -> ReportingDescriptor {
    let reason = rule.reason().split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let full = if reason.is_empty() { rule.title } else { reason.as_str() };
    let fix = rule.section("Fix").map(|fix| format!("\n\n{fix}")).unwrap_or_default();
    let help = MultiformatMessageString::builder()
        .text(format!("{}\n\n{}{fix}", rule.title, rule.reason()))
        .markdown(rule.text.trim())
        .build();
    let level = ReportingConfiguration::builder().level(rule.level().name()).build();
    let relationships = taxonomies.relationships(rule);
    let mut descriptor = ReportingDescriptor::builder()
        .id(rule.id)
        .name(pascal_case(rule.id))
        .short_description(description(rule.title))
        .full_description(description(full))
        .help(help)
        .help_uri(format!("{HELP}{}", rule.id))
        .default_configuration(level)
        .properties(properties(rule))
        .build();
    descriptor.relationships = (!relationships.is_empty()).then_some(relationships);
    descriptor
}

fn description(text: &str) -> MultiformatMessageString {
    let text: String = text.chars().take(LONGEST_DESCRIPTION).collect();
    MultiformatMessageString::builder().text(text).build()
}

fn properties(rule: &Rule) -> PropertyBag {
    let weakness = rule.topic != PROJECT;
    let all = rule.controls.iter().chain(rule.related.iter());
    let weaknesses = all.filter(|(framework, _)| *framework == "cwe").flat_map(|(_, ids)| ids);
    let security = weakness.then(|| "security".to_owned());
    let tags = security
        .into_iter()
        .chain([rule.topic.to_owned()])
        .chain(weaknesses.map(|id| format!("external/cwe/{}", id.to_ascii_lowercase())))
        .take(MOST_TAGS);
    let mut properties = BTreeMap::from([("precision".to_owned(), "high".into())]);
    if weakness {
        // GitHub's scale: from 7.0 on high, from 4.0 on medium, below low.
        let severity = match rule.level() {
            Level::Error => "8.0",
            Level::Warning => "5.0",
            Level::Note => "2.0",
        };
        properties.insert("security-severity".to_owned(), severity.into());
    }
    PropertyBag::builder().tags(tags.collect::<Vec<_>>()).additional_properties(properties).build()
}

/// `root-user` as `RootUser`.
fn pascal_case(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split('-') {
        let mut characters = word.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(characters.as_str());
    }
    name
}
