//! Pods of which each container is a step: workflows of Argo, tasks of Tekton.

use super::container::{self, Place};
use super::lookup::{Found, look};
use super::manifest::Manifest;
use super::pod::Pod;
use super::{command, volumes};
use crate::facts::{Command, Runs};
use crate::formats::Reader;
use crate::source::Sources;
use crate::syntax::yaml::{Kind, Node};

/// Reads one of them; the answer is whether it is one.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) -> bool {
    let spec = match (manifest.api.split('/').next(), manifest.kind) {
        (Some("argoproj.io"), "Workflow" | "WorkflowTemplate" | "ClusterWorkflowTemplate") => {
            manifest.look(&["spec"])
        }
        (Some("argoproj.io"), "CronWorkflow") => manifest.look(&["spec", "workflowSpec"]),
        (Some("tekton.dev"), "Task" | "ClusterTask") => manifest.look(&["spec"]),
        (Some("tekton.dev"), "TaskRun") => manifest.look(&["spec", "taskSpec"]),
        (Some("tekton.dev"), "Pipeline") => return pipeline(manifest, manifest.look(&["spec"]), reader),
        (Some("tekton.dev"), "PipelineRun") => {
            return pipeline(manifest, manifest.look(&["spec", "pipelineSpec"]), reader);
        }
        _ => return false,
    };
    let Some(spec) = spec.node() else { return true };
    if manifest.api.starts_with("tekton") {
        // https://tekton.dev/docs/pipelines/tasks/#configuring-a-task
        steps(manifest, spec, spec, &["steps", "sidecars"], reader);
    } else {
        // https://argo-workflows.readthedocs.io/en/latest/fields/#template
        for template in look(spec, &["templates"]).items() {
            let lists = ["container", "script", "initContainers", "sidecars"];
            steps(manifest, spec, template, &lists, reader);
        }
    }
    volumes::read(manifest, spec, reader);
    true
}

/// The tasks that stand within a pipeline.
/// <https://tekton.dev/docs/pipelines/pipelines/#specifying-embedded-tasks>
fn pipeline<'s>(manifest: &Manifest<'_, 's>, spec: Found<'_, 's>, reader: &mut Reader<'s>) -> bool {
    for list in ["tasks", "finally"] {
        for task in spec.look(&[list]).items().filter_map(|task| look(task, &["taskSpec"]).node()) {
            steps(manifest, task, task, &["steps", "sidecars"], reader);
            volumes::read(manifest, task, reader);
        }
    }
    true
}

/// The commands of the script that a step runs.
pub(super) fn script<'s>(
    manifest: &Manifest<'_, 's>,
    step: Node<'_, 's>,
    subject: &'s str,
    sources: &'s Sources,
) -> Vec<Command<'s>> {
    match manifest.api.split('/').next() {
        // https://tekton.dev/docs/pipelines/tasks/#running-scripts-within-steps: a shell is what runs it by default.
        Some("tekton.dev") => command::of_script(look(step, &["script"]), true, subject, sources),
        Some("argoproj.io") => {
            let program = look(step, &["command"]).items().next().and_then(Node::as_str);
            let by_shell = program.is_some_and(|program| {
                matches!(program.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh"))
            });
            command::of_script(look(step, &["source"]), by_shell, subject, sources)
        }
        _ => Vec::new(),
    }
}

/// The containers that stand in a template, as an entry or as a list of entries.
fn steps<'s>(
    manifest: &Manifest<'_, 's>,
    spec: Node<'_, 's>,
    template: Node<'_, 's>,
    lists: &[&str],
    reader: &mut Reader<'s>,
) {
    // What the template says of security, it says instead of the workflow.
    let own = look(template, &["securityContext"]).is_absent();
    let pod = Pod {
        manifest: *manifest,
        template,
        spec: if own { spec } else { template },
        runs: Some(Runs::ToCompletion),
        is_fragment: false,
    };
    let first = reader.reading.facts.containers.len();
    for list in lists {
        match look(template, &[list]) {
            Found::Stated(one) if one.kind() == Kind::Mapping => {
                container::read(&pod, one, Place::Main, reader);
            }
            found => {
                for item in found.items().filter(|item| item.kind() == Kind::Mapping) {
                    container::read(&pod, item, Place::Main, reader);
                }
            }
        }
    }
    if first < reader.reading.facts.containers.len() {
        pod.once_a_pod(first, reader);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use crate::facts::Runs;

    #[test]
    fn each_template_of_a_workflow_is_a_pod_of_its_own() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  securityContext: {runAsUser: 1000}\n  templates:\n    - {name: a, container: {image: x}, sidecars: [{name: s, image: y}]}\n    - {name: b, securityContext: {runAsUser: 0}, script: {image: z}}\n    - {name: c, dag: {}}\n";
        read(text, |reading, _| {
            let found: Vec<_> = reading
                .facts
                .containers
                .iter()
                .map(|one| (one.user.value().copied(), one.runs.value().copied()))
                .collect();
            let once = Some(Runs::ToCompletion);
            assert_eq!(found, [(Some("1000"), once), (Some("1000"), once), (Some("0"), once)]);
        });
    }
}
