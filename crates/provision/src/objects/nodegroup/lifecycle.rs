//! Managed nodegroups in an account.

use std::collections::BTreeSet;

use super::{
    NodeRepairConfig, NodeRepairOverride, Nodegroup, RELEASE_TAG, ScalingConfig, TEMPLATE_VERSION_TAG, Taint,
    TemplateVersion, UpdateConfig,
};
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::auto_scaling_group::refusal;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, literal, must_be_ours_by, object, present, retag_eks, tag_changes,
    token, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::eks;
use crate::text::{Attribute, Text};

/// Public logs: 58 s without nodes, about two minutes with two; EKS gives up after 25.
const ACTIVE: Expected = Expected::seconds(130, 300, 1800);
/// Public logs: 3 to 5 minutes.
const DELETED: Expected = Expected::seconds(180, 420, 3600);
/// A change of sizes or labels takes seconds; one of the template replaces nodes, each in minutes.
const CONFIGURED: Expected = Expected::seconds(30, 120, 1800);
const ROLLED: Expected = Expected::seconds(600, 1800, 14400);

fn described(found: &eks::Nodegroup) -> Attributes {
    let mut attributes = Attributes::from([
        (Attribute::Id, found.nodegroup_name.clone()),
        (Attribute::Arn, found.nodegroup_arn.clone()),
    ]);
    let group = found.resources.auto_scaling_groups.first();
    attributes.extend(group.map(|group| (Attribute::AutoScalingGroupName, group.name.clone())));
    attributes
}

fn reasons(found: &eks::Nodegroup) -> String {
    let issues = found.health.issues.iter();
    let each: Vec<String> = issues
        .map(|issue| format!("{} ({})", issue.message, issue.code))
        .collect();
    each.join("; ")
}

async fn by_name(cx: &Cx<'_>, name: &str) -> Result<Option<eks::Nodegroup>, Failure> {
    let ask = eks::DescribeNodegroup {
        cluster_name: cx.owner().cluster.clone(),
        nodegroup_name: name.to_owned(),
    };
    present(cx.call(ask).await)
}

/// What a nodegroup that is being made waits for, in the words of whoever knows.
async fn waits_for(cx: &Cx<'_>, found: &eks::Nodegroup) -> Result<String, Failure> {
    if let Some(group) = found.resources.auto_scaling_groups.first()
        && let Some(reason) = refusal(cx, &found.nodegroup_name, &group.name, found.created_at).await?
    {
        return Ok(reason);
    }
    Ok(match reasons(found) {
        none if none.is_empty() => found.status.clone(),
        reasons => format!("{}, {reasons}", found.status),
    })
}

/// Waits until a nodegroup is ACTIVE; `None` if its creation failed or it goes away.
async fn settled(cx: &Cx<'_>, name: &str, since: jiff::Timestamp) -> Result<Option<eks::Nodegroup>, Failure> {
    let what = format!("managed nodegroup `{name}`");
    cx.wait_until(&what, ACTIVE, Some(since), async || {
        let Some(found) = by_name(cx, name).await? else {
            return Ok(Progress::Ready(None));
        };
        Ok(match found.status.as_str() {
            "ACTIVE" | "DEGRADED" => Progress::Ready(Some(found)),
            "CREATE_FAILED" | "DELETING" => Progress::Ready(None),
            _ => Progress::Pending(waits_for(cx, &found).await?),
        })
    })
    .await
}

async fn delete(cx: &Cx<'_>, name: &str) -> Result<(), Failure> {
    let delete = eks::DeleteNodegroup {
        cluster_name: cx.owner().cluster.clone(),
        nodegroup_name: name.to_owned(),
    };
    if present(cx.call(delete).await)?.is_none() {
        return Ok(());
    }
    let what = format!("managed nodegroup `{name}`");
    cx.wait_until(&what, DELETED, None, async || {
        Ok(match by_name(cx, name).await? {
            Some(found) if found.status == "DELETE_FAILED" => {
                return Err(Failure::Broken {
                    what: what.clone(),
                    reason: reasons(&found),
                });
            }
            Some(found) => Progress::Pending(found.status),
            None => Progress::Ready(()),
        })
    })
    .await
}

impl Nodegroup {
    fn template(&self) -> Result<eks::LaunchTemplateSpecification, Failure> {
        let version = self.launch_template.version.as_ref();
        Ok(eks::LaunchTemplateSpecification {
            id: Some(literal(&self.launch_template.id)?.to_owned()),
            name: None,
            version: version
                .map(|version| literal(version).map(str::to_owned))
                .transpose()?,
        })
    }

    fn request(&self, cx: &Cx<'_>, key: &Key) -> Result<eks::CreateNodegroup, Failure> {
        let subnets = self.subnets.iter().map(|id| literal(id).map(str::to_owned));
        Ok(eks::CreateNodegroup {
            cluster_name: self.cluster_name.clone(),
            nodegroup_name: self.nodegroup_name.clone(),
            scaling_config: Some(sizes(&self.scaling_config)),
            subnets: subnets.collect::<Result<_, _>>()?,
            instance_types: self.instance_types.clone(),
            ami_type: self.ami_type.clone(),
            node_role: literal(&self.node_role)?.to_owned(),
            labels: self.labels.clone(),
            taints: self.taints.iter().map(taint).collect(),
            tags: all_tags(cx, key, &self.tags),
            client_request_token: None,
            launch_template: Some(self.template()?),
            update_config: self.update_config.as_ref().map(update_config),
            node_repair_config: self.node_repair_config.as_ref().map(repair_config),
            capacity_type: self.capacity_type.clone(),
            release_version: self.release_version.clone(),
        })
    }

    /// The call that makes of `from` what is wanted, as far as no node has to be replaced; none if nothing has to
    /// change.
    fn reconfigured(&self, from: &Self) -> Option<eks::UpdateNodegroupConfig> {
        let (add_or_update_labels, remove_labels) = tag_changes(&from.labels, &self.labels);
        let labels = (!add_or_update_labels.is_empty() || !remove_labels.is_empty()).then_some(
            eks::UpdateLabelsPayload {
                add_or_update_labels,
                remove_labels,
            },
        );
        let identity = |taint: &Taint| (taint.key.clone(), taint.effect.clone());
        let kept: BTreeSet<_> = self.taints.iter().map(identity).collect();
        let set: Vec<_> = self.taints.difference(&from.taints).map(taint).collect();
        let removed = from.taints.iter().filter(|old| !kept.contains(&identity(old)));
        let removed: Vec<_> = removed.map(taint).collect();
        let taints = (!set.is_empty() || !removed.is_empty()).then_some(eks::UpdateTaintsPayload {
            add_or_update_taints: set,
            remove_taints: removed,
        });
        let (wanted, present) = (&self.scaling_config, &from.scaling_config);
        // The number of nodes belongs to whoever scales; it is named only where it has to move.
        let moves = wanted.desired_size.is_some() && wanted.desired_size != present.desired_size;
        let resized = (wanted.min_size, wanted.max_size) != (present.min_size, present.max_size);
        let change = eks::UpdateNodegroupConfig {
            labels,
            taints,
            scaling_config: (moves || resized).then(|| sizes(wanted)),
            update_config: (self.update_config != from.update_config).then(|| {
                let one = UpdateConfig {
                    max_unavailable: Some(1),
                    ..UpdateConfig::default()
                };
                update_config(self.update_config.as_ref().unwrap_or(&one))
            }),
            node_repair_config: (self.node_repair_config != from.node_repair_config).then(|| {
                let off = NodeRepairConfig {
                    enabled: Some(false),
                    ..NodeRepairConfig::default()
                };
                repair_config(self.node_repair_config.as_ref().unwrap_or(&off))
            }),
            ..eks::UpdateNodegroupConfig::default()
        };
        (change != eks::UpdateNodegroupConfig::default()).then_some(change)
    }

    async fn updated(&self, cx: &Cx<'_>, update: eks::Update, expected: Expected) -> Result<(), Failure> {
        let what = format!("{} of managed nodegroup `{}`", update.kind, self.nodegroup_name);
        let ask = eks::DescribeUpdate {
            name: self.cluster_name.clone(),
            update_id: update.id,
            addon_name: None,
            nodegroup_name: Some(self.nodegroup_name.clone()),
        };
        cx.wait_until(&what, expected, Some(update.created_at), async || {
            let update = cx.call(ask.clone()).await?;
            match update.status.as_str() {
                "Successful" => Ok(Progress::Ready(())),
                "InProgress" => Ok(Progress::Pending(update.status)),
                _ => {
                    let reasons = update.errors.into_iter().map(|error| error.error_message);
                    let reason = reasons.collect::<Vec<_>>().join("; ");
                    Err(Failure::Broken {
                        what: what.clone(),
                        reason,
                    })
                }
            }
        })
        .await
    }

    async fn reconfigure(&self, cx: &Cx<'_>, key: &Key, from: &Self) -> Result<(), Failure> {
        let Some(mut change) = self.reconfigured(from) else {
            return Ok(());
        };
        change.cluster_name.clone_from(&self.cluster_name);
        change.nodegroup_name.clone_from(&self.nodegroup_name);
        // The instant makes a change there and back again three requests and not one.
        change.client_request_token = Some(token(cx, key, &(change.clone(), cx.now().as_second()), 0));
        match unless_exists(cx.call(change).await)? {
            Some(update) => self.updated(cx, update, CONFIGURED).await,
            None => Ok(()),
        }
    }

    /// Gives the nodes another version of the template or of the image.
    async fn roll(&self, cx: &Cx<'_>, key: &Key, from: &Self) -> Result<(), Failure> {
        let same = self.launch_template == from.launch_template
            && (self.release_version.is_none() || self.release_version == from.release_version);
        if same {
            return Ok(());
        }
        let mut roll = eks::UpdateNodegroupVersion {
            cluster_name: self.cluster_name.clone(),
            nodegroup_name: self.nodegroup_name.clone(),
            version: None,
            release_version: self.release_version.clone(),
            launch_template: Some(self.template()?),
            force: None,
            client_request_token: None,
        };
        roll.client_request_token = Some(token(cx, key, &(roll.clone(), cx.now().as_second()), 0));
        match unless_exists(cx.call(roll).await)? {
            Some(update) => self.updated(cx, update, ROLLED).await,
            None => Ok(()),
        }
    }
}

fn sizes(config: &ScalingConfig) -> eks::NodegroupScalingConfig {
    eks::NodegroupScalingConfig {
        min_size: Some(config.min_size.into()),
        max_size: Some(config.max_size.into()),
        desired_size: config.desired_size.map(i64::from),
    }
}

fn taint(taint: &Taint) -> eks::Taint {
    eks::Taint {
        key: Some(taint.key.clone()),
        value: Some(taint.value.clone()),
        effect: Some(taint.effect.clone()),
    }
}

fn update_config(config: &UpdateConfig) -> eks::NodegroupUpdateConfig {
    eks::NodegroupUpdateConfig {
        max_unavailable: config.max_unavailable,
        max_unavailable_percentage: config.max_unavailable_percentage,
    }
}

fn repair_config(config: &NodeRepairConfig) -> eks::NodeRepairConfig {
    let overrides = config.node_repair_config_overrides.iter();
    eks::NodeRepairConfig {
        enabled: config.enabled,
        max_unhealthy_node_threshold_count: config.max_unhealthy_node_threshold_count,
        max_unhealthy_node_threshold_percentage: config.max_unhealthy_node_threshold_percentage,
        max_parallel_nodes_repaired_count: config.max_parallel_nodes_repaired_count,
        max_parallel_nodes_repaired_percentage: config.max_parallel_nodes_repaired_percentage,
        node_repair_config_overrides: overrides
            .map(|one| eks::NodeRepairConfigOverrides {
                node_monitoring_condition: one.node_monitoring_condition.clone(),
                node_unhealthy_reason: one.node_unhealthy_reason.clone(),
                min_repair_wait_time_mins: one.min_repair_wait_time_mins,
                repair_action: one.repair_action.clone(),
            })
            .collect(),
    }
}

impl Lifecycle for Nodegroup {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = self.request(cx, key)?;
        let parameters = (create.clone(), cx.now().as_second());
        let mut dead = 0;
        loop {
            create.client_request_token = Some(token(cx, key, &parameters, dead));
            let found = match unless_exists(cx.call(create.clone()).await)? {
                Some(made) => made,
                None => match by_name(cx, &self.nodegroup_name).await? {
                    Some(found) => found,
                    None => continue,
                },
            };
            let what = format!("managed nodegroup `{}`", self.nodegroup_name);
            must_be_ours_by(cx, key, &what, |name| found.tags.get(name).map(String::as_str))?;
            if let Some(found) = settled(cx, &self.nodegroup_name, found.created_at).await? {
                return Ok(described(&found));
            }
            // One that failed never recovers; one that fails twice has a reason that only a person can remove.
            let failed = by_name(cx, &self.nodegroup_name).await?;
            if dead > 0 {
                let reason = failed.as_ref().map(reasons).unwrap_or_default();
                return Err(Failure::Broken { what, reason });
            }
            delete(cx, &self.nodegroup_name).await?;
            dead += 1;
        }
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, from: &Self) -> Result<Attributes, Failure> {
        self.reconfigure(cx, key, from).await?;
        self.roll(cx, key, from).await?;
        let ask = eks::DescribeNodegroup {
            cluster_name: self.cluster_name.clone(),
            nodegroup_name: self.nodegroup_name.clone(),
        };
        let found = cx.call(ask).await?;
        retag_eks(cx, &found.nodegroup_arn, &from.tags, &self.tags).await?;
        Ok(described(&found))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        delete(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        reading
            .nodegroups
            .iter()
            .map(|found| read(reading, found))
            .collect()
    }
}

fn read(reading: &Reading, found: &eks::Nodegroup) -> (Key, Object) {
    let ownership = reading
        .owner
        .judge(|name| found.tags.get(name).map(String::as_str));
    let state = match found.status.as_str() {
        "CREATING" => State::Creating,
        "UPDATING" => State::Updating,
        "DELETING" => State::Deleting,
        "CREATE_FAILED" | "DELETE_FAILED" => State::Failed(reasons(found)),
        // What a degraded one lacks is not for a plan to get.
        _ => State::Ready,
    };
    (
        Key::nodegroup(&found.nodegroup_name, "ManagedNodeGroup"),
        object(spec(reading, found), described(found), ownership, state),
    )
}

/// A nodegroup's spec, without what EKS gives when nobody asks.
fn spec(reading: &Reading, found: &eks::Nodegroup) -> Nodegroup {
    let size = |size: Option<i64>| size.and_then(|size| u32::try_from(size).ok());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let template = found.launch_template.clone().unwrap_or_default();
    let custom = found.ami_type.as_deref() == Some("CUSTOM");
    // EKS always says which release and version it took; only what was asked for was chosen.
    let asked = |tag: &str| found.tags.contains_key(tag);
    let ours = |id: &String| {
        reading
            .templates
            .iter()
            .any(|(held, _)| held.launch_template_id == *id)
    };
    let pinned = template.id.as_ref().is_some_and(ours) || asked(TEMPLATE_VERSION_TAG);
    Nodegroup {
        cluster_name: found.cluster_name.clone(),
        nodegroup_name: found.nodegroup_name.clone(),
        scaling_config: ScalingConfig {
            min_size: size(found.scaling_config.min_size).unwrap_or(0),
            max_size: size(found.scaling_config.max_size).unwrap_or(0),
            desired_size: size(found.scaling_config.desired_size),
        },
        subnets: found.subnets.iter().map(|id| Text::from(id.as_str())).collect(),
        node_role: Text::from(found.node_role.as_str()),
        ami_type: found.ami_type.clone().filter(|_| !custom),
        release_version: found.release_version.clone().filter(|_| asked(RELEASE_TAG)),
        instance_types: found.instance_types.clone(),
        capacity_type: found.capacity_type.clone().filter(|kind| kind != "ON_DEMAND"),
        launch_template: TemplateVersion {
            id: Text::from(template.id.unwrap_or_default()),
            version: template.version.filter(|_| pinned).map(Text::from),
        },
        labels: found.labels.clone(),
        taints: found
            .taints
            .iter()
            .map(|taint| Taint {
                key: text(&taint.key),
                value: text(&taint.value),
                effect: text(&taint.effect),
            })
            .collect(),
        update_config: found.update_config.as_ref().map(|config| UpdateConfig {
            max_unavailable: config.max_unavailable,
            max_unavailable_percentage: config.max_unavailable_percentage,
        }),
        node_repair_config: found.node_repair_config.as_ref().map(read_repair),
        tags: reading.chosen_of(&found.tags),
    }
    .without_defaults()
}

fn read_repair(config: &eks::NodeRepairConfig) -> NodeRepairConfig {
    let overrides = config.node_repair_config_overrides.iter();
    NodeRepairConfig {
        enabled: config.enabled,
        max_unhealthy_node_threshold_count: config.max_unhealthy_node_threshold_count,
        max_unhealthy_node_threshold_percentage: config.max_unhealthy_node_threshold_percentage,
        max_parallel_nodes_repaired_count: config.max_parallel_nodes_repaired_count,
        max_parallel_nodes_repaired_percentage: config.max_parallel_nodes_repaired_percentage,
        node_repair_config_overrides: overrides
            .map(|one| NodeRepairOverride {
                node_monitoring_condition: one.node_monitoring_condition.clone(),
                node_unhealthy_reason: one.node_unhealthy_reason.clone(),
                min_repair_wait_time_mins: one.min_repair_wait_time_mins,
                repair_action: one.repair_action.clone(),
            })
            .collect(),
    }
}
