//! Rolling the nodes of a group: those that run with an older template give way one by one, each when its jobs are done.

use std::collections::BTreeSet;

use serde_json::Value;

use super::AutoScalingGroup;
use super::lifecycle::by_name;
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::lifecycle::{Attributes, attributes, literal, present};
use crate::observe::{Node, live_pods, node_name, nodes, ready_nodes};
use crate::operations::autoscaling::{self, Instance, TerminateInstanceInAutoScalingGroup};
use crate::operations::kubernetes::{Cordon, Evict};
use crate::text::Attribute;

/// A submission may run for hours; whoever does not want to wait stops the roll, and the node stays cordoned.
const JOBS_DONE: Expected = Expected::seconds(600, 14_400, 172_800);
/// The old instance is gone after minutes, and a new one takes pods after minutes more.
const REPLACED: Expected = Expected::seconds(180, 420, 1800);

/// Whether an instance runs with another version of the template than `version`.
pub(crate) fn is_outdated(instance: &Instance, version: &str) -> bool {
    let runs = instance
        .launch_template
        .as_ref()
        .and_then(|template| template.version.as_deref());
    let alive = ["Pending", "InService"].contains(&instance.lifecycle_state.as_str());
    alive && runs.is_some_and(|runs| runs != version)
}

impl AutoScalingGroup {
    /// Replaces every instance that runs with an older template.
    pub(crate) async fn roll(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let (name, version) = (
            &self.auto_scaling_group_name,
            literal(&self.launch_template.version)?,
        );
        let group = key.nodegroup_name().unwrap_or(name);
        let all = nodes(cx).await?;
        // No pod that has to leave one old node shall start on another.
        for instance in self.outdated(cx, version).await? {
            if let Some(node) = node_of(&all, &instance) {
                self.cordon(cx, node).await?;
            }
        }
        while let Some(instance) = self.outdated(cx, version).await?.into_iter().next() {
            if let Some(node) = node_of(&nodes(cx).await?, &instance) {
                self.cordon(cx, node).await?;
                drain(cx, &node.name).await?;
            }
            let terminate = TerminateInstanceInAutoScalingGroup {
                instance_id: instance.clone(),
                should_decrement_desired_capacity: false,
            };
            present(cx.call(terminate).await)?;
            self.replaced(cx, group, &instance).await?;
        }
        Ok(attributes([(Attribute::Id, name)]))
    }

    /// The instances that run with an older template, by id.
    async fn outdated(&self, cx: &Cx<'_>, version: &str) -> Result<BTreeSet<String>, Failure> {
        let group = by_name(cx, &self.auto_scaling_group_name).await?;
        let instances = group.map(|group| group.instances).unwrap_or_default();
        let outdated = instances
            .into_iter()
            .filter(|instance| is_outdated(instance, version));
        Ok(outdated.map(|instance| instance.instance_id).collect())
    }

    async fn cordon(&self, cx: &Cx<'_>, node: &Node) -> Result<(), Failure> {
        let cordon = Cordon {
            cluster: cx.owner().cluster.clone(),
            node: node.name.clone(),
            unschedulable: true,
        };
        cx.call(cordon).await
    }

    /// Waits until the group has as many ready nodes as it wants, without the old instance.
    async fn replaced(&self, cx: &Cx<'_>, group: &str, old: &str) -> Result<(), Failure> {
        let what = format!("the node of `{group}` that replaces `{old}`");
        cx.wait_until(&what, REPLACED, None, async || {
            let Some(group) = by_name(cx, &self.auto_scaling_group_name).await? else {
                return Ok(Progress::Ready(()));
            };
            let instances = ids(&group);
            let ready = ready_nodes(cx, &instances).await?.len();
            let wanted = usize::try_from(group.desired_capacity).unwrap_or(0);
            if !instances.contains(old) && ready >= wanted {
                return Ok(Progress::Ready(()));
            }
            Ok(Progress::Pending(format!("{ready} of {wanted} nodes ready")))
        })
        .await
    }
}

fn ids(group: &autoscaling::AutoScalingGroup) -> BTreeSet<&str> {
    group
        .instances
        .iter()
        .map(|instance| instance.instance_id.as_str())
        .collect()
}

fn node_of<'n>(nodes: &'n [Node], instance: &str) -> Option<&'n Node> {
    nodes.iter().find(|node| node.instance == instance)
}

/// Waits for the jobs on a node, then evicts what else runs there, as far as disruption budgets allow.
async fn drain(cx: &Cx<'_>, node: &str) -> Result<(), Failure> {
    let first = pods(cx, node).await?;
    if first.iter().any(is_job) {
        cx.wait_until(
            &format!("the jobs on node `{node}`"),
            JOBS_DONE,
            Some(cx.now()),
            async || {
                let jobs = pods(cx, node).await?.iter().filter(|pod| is_job(pod)).count();
                Ok(match jobs {
                    0 => Progress::Ready(()),
                    jobs => Progress::Pending(format!("{jobs} jobs run on `{node}`")),
                })
            },
        )
        .await?;
    }
    for pod in pods(cx, node).await?.iter().filter(|pod| !stays(pod)) {
        let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let evict = Evict {
            cluster: cx.owner().cluster.clone(),
            namespace: text("/metadata/namespace").to_owned(),
            name: text("/metadata/name").to_owned(),
        };
        present(cx.call(evict).await)?;
    }
    Ok(())
}

/// The pods on a node that have not come to their end.
async fn pods(cx: &Cx<'_>, node: &str) -> Result<Vec<Value>, Failure> {
    let mut pods = live_pods(cx).await?;
    pods.retain(|pod| node_name(pod) == Some(node));
    Ok(pods)
}

fn is_owned_by(pod: &Value, kind: &str) -> bool {
    let owners = pod.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    owners
        .into_iter()
        .flatten()
        .any(|owner| owner.get("kind") == Some(&kind.into()))
}

/// A pod that does its work once: whoever evicts it loses what it has done.
fn is_job(pod: &Value) -> bool {
    is_owned_by(pod, "Job")
}

/// A pod that belongs to its node: a daemon, or one of the kubelet's own.
fn stays(pod: &Value) -> bool {
    let mirror = "/metadata/annotations/kubernetes.io~1config.mirror";
    is_owned_by(pod, "DaemonSet") || is_owned_by(pod, "Node") || pod.pointer(mirror).is_some()
}
