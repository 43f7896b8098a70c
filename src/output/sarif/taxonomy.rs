//! The frameworks that rules name, as SARIF taxonomies whose taxa are the controls in use.

use std::collections::{BTreeMap, BTreeSet};

use serde_sarif::sarif::{
    MultiformatMessageString, ReportingDescriptor, ReportingDescriptorReference,
    ReportingDescriptorRelationship, ToolComponent, ToolComponentReference,
};

use super::int;
use crate::data::frameworks;
use crate::rule::Rule;

/// Frameworks with the controls that rules name; both sorted, and known by their index.
pub(super) struct Taxonomies(Vec<(&'static str, Vec<&'static str>)>);

impl Taxonomies {
    /// Those of some rules.
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut frameworks: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let named = |rule: &Rule| rule.controls.iter().chain(rule.related.iter());
        for (framework, controls) in rules.iter().flat_map(named) {
            frameworks.entry(framework).or_default().extend(controls);
        }
        Taxonomies(
            frameworks.into_iter().map(|(id, controls)| (id, controls.into_iter().collect())).collect(),
        )
    }

    /// Them as components of a run.
    pub(super) fn components(&self) -> Vec<ToolComponent> {
        self.0.iter().map(|(id, controls)| component(id, controls)).collect()
    }

    /// References to all of them.
    pub(super) fn references(&self) -> Vec<ToolComponentReference> {
        self.0.iter().enumerate().map(|(index, (id, _))| reference(id, index)).collect()
    }

    /// How a rule relates to controls: one that it checks directly demands more than the rule does; others
    /// it merely supports.
    pub(super) fn relationships(&self, rule: &Rule) -> Vec<ReportingDescriptorRelationship> {
        let direct = rule.controls.iter().map(|controls| (controls, "superset"));
        let indirect = rule.related.iter().map(|controls| (controls, "relevant"));
        let mut relationships = Vec::new();
        for ((framework, controls), kind) in direct.chain(indirect) {
            for control in controls {
                relationships.extend(self.relationship(framework, control, kind));
            }
        }
        relationships
    }

    fn relationship(
        &self,
        framework: &str,
        control: &str,
        kind: &str,
    ) -> Option<ReportingDescriptorRelationship> {
        let index = self.0.binary_search_by_key(&framework, |(id, _)| id).ok()?;
        let (id, controls) = self.0.get(index)?;
        let target = ReportingDescriptorReference::builder()
            .id(control)
            .index(int(controls.binary_search(&control).ok()?))
            .tool_component(reference(id, index))
            .build();
        Some(ReportingDescriptorRelationship::builder().target(target).kinds(vec![kind.to_owned()]).build())
    }
}

fn component(id: &str, controls: &[&'static str]) -> ToolComponent {
    let taxa: Vec<_> = controls
        .iter()
        .map(|control| {
            let text = format!("{} {control}", name(id));
            let description = MultiformatMessageString::builder().text(text).build();
            ReportingDescriptor::builder().id(*control).short_description(description).build()
        })
        .collect();
    let mut component = ToolComponent::builder().name(name(id)).taxa(taxa).is_comprehensive(false).build();
    if let Some(framework) = frameworks::find(id) {
        component.version = Some(framework.version.to_owned());
        component.organization = Some(framework.organization.to_owned());
        component.information_uri = framework.url.map(str::to_owned);
    }
    component
}

fn reference(id: &str, index: usize) -> ToolComponentReference {
    ToolComponentReference::builder().name(name(id)).index(int(index)).build()
}

/// The name of a framework; of one that only the user knows, its id.
fn name(id: &str) -> &str {
    frameworks::find(id).map_or(id, |framework| framework.name)
}
