//! Waiting for the nodes of a group, and telling why they do not come.
//!
//! Auto Scaling tries for ever and tells only in its activities why it fails; an instance that runs and does not join
//! tells on its console, if at all. Both are read at every look, so that the reason is known at the first one.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::AutoScalingGroup;
use super::lifecycle::by_name;
use super::trouble::{self, Refused, Started};
use crate::clock::between;
use crate::execute::{Cx, Event, Expected, Failure, Progress};
use crate::key::Key;
use crate::observe::{Node, nodes};
use crate::operations::autoscaling::{self, DescribeScalingActivities};
use crate::operations::ec2::{DescribeInstances, GetConsoleOutput, Instance};

/// From the order to a node that takes pods: 100 s for CPU types, up to 240 s for GPU images.
const NODES_READY: Expected = Expected::seconds(110, 240, 1200);
/// A machine that cannot be had is known this soon after the order.
const FIRST_LOOK: Duration = Duration::from_secs(20);
/// An instance that runs this long should have joined: its console is read.
const JOINS_WITHIN: Duration = Duration::from_secs(180);
/// An instance that has run this long and complains on its console will not join any more.
const NEVER_JOINS_AFTER: Duration = Duration::from_secs(300);
/// So many consoles are read at a look: nodes of one group fail alike.
const CONSOLES: usize = 2;

/// What a group is waited for with.
struct Watch<'a> {
    cx: &'a Cx<'a>,
    key: &'a Key,
    /// The group.
    name: &'a str,
    nodegroup: &'a str,
    /// How many nodes are enough.
    wanted: usize,
    since: Timestamp,
    /// Nodes and reasons that were told.
    told: BTreeSet<String>,
}

impl AutoScalingGroup {
    /// Waits until as many nodes take pods as the group has at least. What keeps them from coming is told as soon as
    /// AWS tells it, and ends the wait where it does not pass by itself.
    pub(super) async fn nodes_ready(
        &self,
        cx: &Cx<'_>,
        key: &Key,
        since: Option<Timestamp>,
    ) -> Result<(), Failure> {
        if self.min_size == 0 {
            return Ok(());
        }
        let name = self.auto_scaling_group_name.as_str();
        let mut watch = Watch {
            cx,
            key,
            name,
            nodegroup: key.nodegroup_name().unwrap_or(name),
            wanted: usize::try_from(self.min_size).unwrap_or(usize::MAX),
            since: since.unwrap_or_else(|| cx.now()),
            told: BTreeSet::new(),
        };
        if since.is_none_or(|since| between(since, cx.now()) < FIRST_LOOK) {
            cx.sleep(FIRST_LOOK).await?;
        }
        let what = format!("the first node of `{}`", watch.nodegroup);
        let since = Some(watch.since);
        cx.wait_until(&what, NODES_READY, since, async || watch.look().await)
            .await
    }
}

async fn refused(
    cx: &Cx<'_>,
    nodegroup: &str,
    group: &str,
    since: Timestamp,
) -> Result<Option<Refused>, Failure> {
    let ask = DescribeScalingActivities {
        auto_scaling_group_name: Some(group.to_owned()),
    };
    Ok(trouble::of_activities(nodegroup, &cx.call(ask).await?, since))
}

/// Why a group gets no machines since a moment, in a sentence; an error where waiting longer changes nothing.
pub(in crate::objects) async fn refusal(
    cx: &Cx<'_>,
    nodegroup: &str,
    group: &str,
    since: Timestamp,
) -> Result<Option<String>, Failure> {
    match refused(cx, nodegroup, group, since).await? {
        Some(refused) if refused.is_final => Err(Failure::NoNode(Box::new(refused.node))),
        refused => Ok(refused.map(|refused| refused.node.message)),
    }
}

impl Watch<'_> {
    async fn look(&mut self) -> Result<Progress<()>, Failure> {
        let group = by_name(self.cx, self.name).await?;
        let instances = group.map(|group| group.instances).unwrap_or_default();
        let ids: BTreeSet<&str> = instances
            .iter()
            .map(|instance| instance.instance_id.as_str())
            .collect();
        let all = if ids.is_empty() {
            Vec::new()
        } else {
            match nodes(self.cx).await {
                Err(failure) if failure.is_unauthorized() => return self.unseen(&instances),
                all => all?,
            }
        };
        let joined: Vec<Node> = all
            .into_iter()
            .filter(|node| ids.contains(node.instance.as_str()))
            .collect();
        let ready = joined.iter().filter(|node| node.ready);
        for node in ready.clone() {
            if self.told.insert(node.name.clone()) {
                self.cx.tell(&Event::NodeReady {
                    nodegroup: self.nodegroup,
                    node: &node.name,
                });
            }
        }
        let ready = ready.count();
        if ready >= self.wanted {
            return Ok(Progress::Ready(()));
        }
        if let Some(reason) = self.reason(&instances, &joined).await? {
            return Ok(Progress::Pending(reason));
        }
        let (wanted, started) = (self.wanted, instances.len());
        Ok(Progress::Pending(format!(
            "{ready} of {wanted} nodes ready, {started} started"
        )))
    }

    /// Where the cluster lets its maker not in (`bootstrapClusterCreatorAdminPermissions: false`), machines that run are
    /// all that is seen of nodes.
    fn unseen(&mut self, instances: &[autoscaling::Instance]) -> Result<Progress<()>, Failure> {
        let running = instances
            .iter()
            .filter(|instance| instance.lifecycle_state == "InService")
            .count();
        let wanted = self.wanted;
        if running < wanted {
            return Ok(Progress::Pending(format!("{running} of {wanted} machines run")));
        }
        let reason = format!(
            "{running} machines run; whether they joined is not seen, the cluster's API lets `lb` not in"
        );
        self.told_once(reason, None)?;
        Ok(Progress::Ready(()))
    }

    /// Why nodes are missing, as far as it is known; an error if it does not pass.
    async fn reason(
        &mut self,
        instances: &[autoscaling::Instance],
        joined: &[Node],
    ) -> Result<Option<String>, Failure> {
        let living = |instance: &&autoscaling::Instance| !instance.lifecycle_state.starts_with("Terminat");
        if instances.iter().filter(living).count() < self.wanted {
            let refused = refused(self.cx, self.nodegroup, self.name, self.since).await?;
            if let Some(refused) = refused {
                return self.told_once(
                    refused.node.message.clone(),
                    refused.is_final.then_some(refused.node),
                );
            }
        }
        if let Some(node) = joined.iter().find(|node| !node.ready && node.trouble.is_some()) {
            let why = node.trouble.as_deref().unwrap_or_default();
            return self.told_once(format!("`{}` joined, but is not ready: {why}", node.name), None);
        }
        let silent: Vec<String> = instances
            .iter()
            .filter(living)
            .map(|instance| instance.instance_id.clone())
            .filter(|id| joined.iter().all(|node| node.instance != *id))
            .collect();
        if silent.is_empty() || between(self.since, self.cx.now()) < JOINS_WITHIN {
            return Ok(None);
        }
        self.silent(silent).await
    }

    /// Instances that have not joined: how long they run, and what their consoles say.
    async fn silent(&mut self, ids: Vec<String>) -> Result<Option<String>, Failure> {
        let describe = DescribeInstances {
            instance_ids: ids,
            filters: Vec::new(),
        };
        let running = self.cx.call(describe).await?.into_iter();
        let long: Vec<Instance> = running
            .filter(|instance| instance.state.name == "running")
            .filter(|instance| between(instance.launch_time, self.cx.now()) >= JOINS_WITHIN)
            .take(CONSOLES)
            .collect();
        for instance in &long {
            let ask = GetConsoleOutput {
                instance_id: instance.instance_id.clone(),
                latest: None,
            };
            // Without the permission to read it, the console is silent.
            let console = match self.cx.call(ask).await {
                Ok(console) => console.output.unwrap_or_default(),
                Err(failure) if failure.is_stop() => return Err(failure),
                Err(_) => String::new(),
            };
            let ran = between(instance.launch_time, self.cx.now());
            let started = Started {
                id: &instance.instance_id,
                ran,
            };
            if let Some(node) = trouble::of_console(self.nodegroup, &started, &console) {
                let is_final = ran >= NEVER_JOINS_AFTER;
                return self.told_once(node.message.clone(), is_final.then_some(node));
            }
        }
        Ok(long.first().map(|instance| {
            let minutes = between(instance.launch_time, self.cx.now()).as_secs() / 60;
            format!(
                "`{}` runs since {minutes} min, but has not joined; its console tells no reason",
                instance.instance_id
            )
        }))
    }

    fn told_once(
        &mut self,
        reason: String,
        last: Option<trouble::NoNode>,
    ) -> Result<Option<String>, Failure> {
        if self.told.insert(reason.clone()) {
            self.cx.tell(&Event::Trouble {
                key: self.key,
                reason: &reason,
            });
        }
        match last {
            Some(node) => Err(Failure::NoNode(Box::new(node))),
            None => Ok(Some(reason)),
        }
    }
}
