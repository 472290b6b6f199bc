//! Auto Scaling groups in an account.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AutoScalingGroup, InstanceTypeOverride, InstancesDistribution, LaunchTemplateReference,
    MetricsCollection, MixedInstancesPolicy,
};
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::Tags;
use crate::objects::auto_scaling_group_tags::TAGS_PART;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, attributes, literal, must_be_ours_by, object, tag_changes, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::autoscaling::{
    self, CreateAutoScalingGroup, CreateOrUpdateTags, DeleteAutoScalingGroup, DeleteTags,
    DescribeAutoScalingGroups, DisableMetricsCollection, EnableMetricsCollection,
    LaunchTemplateSpecification, UpdateAutoScalingGroup,
};
use crate::text::{Attribute, Text};

/// Instances are gone 1 to 4 minutes after the order.
const DELETED: Expected = Expected::seconds(90, 240, 1500);

fn described(name: &str, arn: &str) -> Attributes {
    attributes([(Attribute::Id, name), (Attribute::Arn, arn)])
}

pub(super) async fn by_name(
    cx: &Cx<'_>,
    name: &str,
) -> Result<Option<autoscaling::AutoScalingGroup>, Failure> {
    let by_name = DescribeAutoScalingGroups {
        auto_scaling_group_names: vec![name.to_owned()],
        ..DescribeAutoScalingGroups::default()
    };
    Ok(cx.call(by_name).await?.into_iter().next())
}

/// A tag as the group takes it. Everything that a node is made of inherits it at its start.
fn tag(name: &str, key: &str, value: Option<&str>) -> autoscaling::Tag {
    autoscaling::Tag {
        resource_id: Some(name.to_owned()),
        resource_type: Some("auto-scaling-group".to_owned()),
        key: key.to_owned(),
        value: value.map(str::to_owned),
        propagate_at_launch: Some(true),
    }
}

impl AutoScalingGroup {
    /// The template by itself, or in a policy of several types: AWS takes one of the two.
    fn source(
        &self,
    ) -> Result<
        (
            Option<LaunchTemplateSpecification>,
            Option<autoscaling::MixedInstancesPolicy>,
        ),
        Failure,
    > {
        let template = LaunchTemplateSpecification {
            launch_template_id: Some(literal(&self.launch_template.launch_template_id)?.to_owned()),
            launch_template_name: None,
            version: Some(literal(&self.launch_template.version)?.to_owned()),
        };
        let Some(policy) = &self.mixed_instances_policy else {
            return Ok((Some(template), None));
        };
        let distribution = policy.instances_distribution.clone().with_defaults();
        let policy = autoscaling::MixedInstancesPolicy {
            launch_template: Some(autoscaling::LaunchTemplate {
                launch_template_specification: Some(template),
                overrides: policy
                    .overrides
                    .iter()
                    .map(|instance| autoscaling::LaunchTemplateOverrides {
                        instance_type: Some(instance.instance_type.clone()),
                    })
                    .collect(),
            }),
            instances_distribution: Some(autoscaling::InstancesDistribution {
                on_demand_base_capacity: distribution.on_demand_base_capacity,
                on_demand_percentage_above_base_capacity: distribution
                    .on_demand_percentage_above_base_capacity,
                spot_allocation_strategy: distribution.spot_allocation_strategy,
                spot_instance_pools: distribution.spot_instance_pools,
                spot_max_price: distribution.spot_max_price,
            }),
        };
        Ok((None, Some(policy)))
    }

    async fn set_balancers(&self, cx: &Cx<'_>, name: &str, from: &Self) -> Result<(), Failure> {
        let new = |to: &BTreeSet<String>, from: &BTreeSet<String>| -> Vec<String> {
            to.difference(from).cloned().collect()
        };
        let auto_scaling_group_name = name.to_owned();
        let load_balancer_names = new(&self.load_balancer_names, &from.load_balancer_names);
        if !load_balancer_names.is_empty() {
            cx.call(autoscaling::AttachLoadBalancers {
                auto_scaling_group_name: auto_scaling_group_name.clone(),
                load_balancer_names,
            })
            .await?;
        }
        let load_balancer_names = new(&from.load_balancer_names, &self.load_balancer_names);
        if !load_balancer_names.is_empty() {
            cx.call(autoscaling::DetachLoadBalancers {
                auto_scaling_group_name: auto_scaling_group_name.clone(),
                load_balancer_names,
            })
            .await?;
        }
        let target_group_arns = new(&self.target_group_arns, &from.target_group_arns);
        if !target_group_arns.is_empty() {
            cx.call(autoscaling::AttachLoadBalancerTargetGroups {
                auto_scaling_group_name: auto_scaling_group_name.clone(),
                target_group_arns,
            })
            .await?;
        }
        let target_group_arns = new(&from.target_group_arns, &self.target_group_arns);
        if !target_group_arns.is_empty() {
            cx.call(autoscaling::DetachLoadBalancerTargetGroups {
                auto_scaling_group_name,
                target_group_arns,
            })
            .await?;
        }
        Ok(())
    }

    fn subnets(&self) -> Result<Option<String>, Failure> {
        let subnets = self
            .vpc_zone_identifier
            .iter()
            .map(literal)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Some(subnets.join(",")))
    }

    async fn set_tags(&self, cx: &Cx<'_>, name: &str, from: &Tags) -> Result<(), Failure> {
        let (set, removed) = tag_changes(from, &self.tags);
        if !set.is_empty() {
            let tags = set
                .iter()
                .map(|(key, value)| tag(name, key, Some(value)))
                .collect();
            cx.call(CreateOrUpdateTags { tags }).await?;
        }
        if !removed.is_empty() {
            let tags = removed.iter().map(|key| tag(name, key, None)).collect();
            cx.call(DeleteTags { tags }).await?;
        }
        Ok(())
    }

    async fn set_metrics(&self, cx: &Cx<'_>, name: &str, from: &[MetricsCollection]) -> Result<(), Failure> {
        if self.metrics_collection == from {
            return Ok(());
        }
        if !from.is_empty() {
            let auto_scaling_group_name = name.to_owned();
            cx.call(DisableMetricsCollection {
                auto_scaling_group_name,
                metrics: vec![],
            })
            .await?;
        }
        for collection in &self.metrics_collection {
            let enable = EnableMetricsCollection {
                auto_scaling_group_name: name.to_owned(),
                metrics: collection.metrics.iter().cloned().collect(),
                granularity: collection.granularity.clone(),
            };
            cx.call(enable).await?;
        }
        Ok(())
    }

    async fn update(&self, cx: &Cx<'_>, name: &str, desired: Option<u32>) -> Result<(), Failure> {
        let (launch_template, mixed_instances_policy) = self.source()?;
        let update = UpdateAutoScalingGroup {
            auto_scaling_group_name: name.to_owned(),
            launch_template,
            mixed_instances_policy,
            min_size: Some(self.min_size.into()),
            max_size: Some(self.max_size.into()),
            // The number of nodes belongs to whoever scales; it is named only where it has to move.
            desired_capacity: desired.map(i64::from),
            vpc_zone_identifier: self.subnets()?,
            capacity_rebalance: Some(self.capacity_rebalance),
            // Zero means none again.
            max_instance_lifetime: Some(self.max_instance_lifetime.unwrap_or(0).into()),
            ..UpdateAutoScalingGroup::default()
        };
        cx.call(update).await
    }
}

impl Lifecycle for AutoScalingGroup {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let name = &self.auto_scaling_group_name;
        let tags = all_tags(cx, key, &self.tags);
        let (launch_template, mixed_instances_policy) = self.source()?;
        let create = CreateAutoScalingGroup {
            auto_scaling_group_name: name.clone(),
            launch_template,
            mixed_instances_policy,
            load_balancer_names: self.load_balancer_names.iter().cloned().collect(),
            target_group_arns: self.target_group_arns.iter().cloned().collect(),
            min_size: self.min_size.into(),
            max_size: self.max_size.into(),
            desired_capacity: self.desired_capacity.map(i64::from),
            capacity_rebalance: self.capacity_rebalance.then_some(true),
            vpc_zone_identifier: self.subnets()?,
            max_instance_lifetime: self.max_instance_lifetime.map(i64::from),
            tags: tags
                .iter()
                .map(|(key, value)| tag(name, key, Some(value)))
                .collect(),
            ..CreateAutoScalingGroup::default()
        };
        let mut since = None;
        if unless_exists(cx.call(create).await)?.is_none()
            && let Some(found) = by_name(cx, name).await?
        {
            must_be_ours_by(cx, key, &format!("Auto Scaling group `{name}`"), |wanted| {
                found
                    .tags
                    .iter()
                    .find(|tag| tag.key == wanted)
                    .and_then(|tag| tag.value.as_deref())
            })?;
            self.update(cx, name, None).await?;
            since = Some(found.created_time);
        }
        self.set_metrics(cx, name, &[]).await?;
        self.nodes_ready(cx, key, since).await?;
        Ok(attributes([(Attribute::Id, name)]))
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        let fixed = |group: &Self| Self {
            desired_capacity: None,
            metrics_collection: vec![],
            load_balancer_names: BTreeSet::new(),
            target_group_arns: BTreeSet::new(),
            tags: Tags::new(),
            ..group.clone()
        };
        let moves = self.desired_capacity.is_some() && self.desired_capacity != from.desired_capacity;
        if moves || fixed(self) != fixed(from) {
            self.update(cx, id, self.desired_capacity).await?;
        }
        self.set_tags(cx, id, &from.tags).await?;
        self.set_metrics(cx, id, &from.metrics_collection).await?;
        self.set_balancers(cx, id, from).await?;
        if self.min_size > from.min_size {
            self.nodes_ready(cx, key, None).await?;
        }
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let delete = DeleteAutoScalingGroup {
            auto_scaling_group_name: id.to_owned(),
            force_delete: Some(true),
        };
        match cx.call(delete).await {
            // A group that is being deleted already is refused as well.
            Err(Failure::Call(error)) if error.message.contains("delete") || error.is_absent() => {}
            answer => answer?,
        }
        cx.wait_until(&format!("Auto Scaling group `{id}`"), DELETED, None, async || {
            Ok(match by_name(cx, id).await? {
                Some(group) => Progress::Pending(format!("{} nodes left", group.instances.len())),
                None => Progress::Ready(()),
            })
        })
        .await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let found = reading.scaling_groups.iter().filter_map(|group| {
            let tags: BTreeMap<_, _> = group
                .tags
                .iter()
                .map(|tag| (tag.key.as_str(), tag.value.as_deref().unwrap_or_default()))
                .collect();
            let (key, ownership) = reading.key_by(|name| tags.get(name).copied())?;
            // EKS's own groups only have tags of ours.
            if key.as_str().ends_with(TAGS_PART) {
                return None;
            }
            let state = match &group.status {
                Some(_) => State::Deleting,
                None => State::Ready,
            };
            let attributes = described(&group.auto_scaling_group_name, &group.auto_scaling_group_arn);
            Some((
                key,
                object(spec(reading, group, &tags), attributes, ownership, state),
            ))
        });
        found.collect()
    }
}

fn spec(
    reading: &Reading,
    group: &autoscaling::AutoScalingGroup,
    tags: &BTreeMap<&str, &str>,
) -> AutoScalingGroup {
    let size = |size: i64| u32::try_from(size).unwrap_or(0);
    let mixed = group.mixed_instances_policy.clone();
    let in_policy = mixed.as_ref().and_then(|policy| policy.launch_template.clone());
    let in_policy = in_policy.and_then(|template| template.launch_template_specification);
    let template = group.launch_template.clone().or(in_policy).unwrap_or_default();
    let text = |value: Option<String>| Text::from(value.unwrap_or_default());
    let subnets = group
        .vpc_zone_identifier
        .split(',')
        .filter(|subnet| !subnet.is_empty());
    let mut metrics: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for metric in &group.enabled_metrics {
        metrics
            .entry(&metric.granularity)
            .or_default()
            .insert(metric.metric.clone());
    }
    AutoScalingGroup {
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        min_size: size(group.min_size),
        max_size: size(group.max_size),
        desired_capacity: Some(size(group.desired_capacity)),
        launch_template: LaunchTemplateReference {
            launch_template_id: text(template.launch_template_id),
            version: text(template.version),
        },
        vpc_zone_identifier: subnets.map(Text::from).collect(),
        mixed_instances_policy: mixed.map(policy),
        load_balancer_names: group.load_balancer_names.iter().cloned().collect(),
        target_group_arns: group.target_group_arns.iter().cloned().collect(),
        capacity_rebalance: group.capacity_rebalance,
        metrics_collection: metrics
            .into_iter()
            .map(|(granularity, metrics)| MetricsCollection::new(granularity, metrics))
            .collect(),
        max_instance_lifetime: group
            .max_instance_lifetime
            .map(size)
            .filter(|seconds| *seconds > 0),
        tags: reading.chosen_pairs(tags.iter().map(|(tag, value)| (*tag, *value))),
    }
}

/// A policy's spec, without what AWS takes when nobody asks.
fn policy(found: autoscaling::MixedInstancesPolicy) -> MixedInstancesPolicy {
    let distribution = found.instances_distribution.unwrap_or_default();
    let overrides = found.launch_template.unwrap_or_default().overrides.into_iter();
    MixedInstancesPolicy {
        instances_distribution: InstancesDistribution {
            on_demand_base_capacity: distribution.on_demand_base_capacity,
            on_demand_percentage_above_base_capacity: distribution.on_demand_percentage_above_base_capacity,
            spot_allocation_strategy: distribution.spot_allocation_strategy,
            spot_instance_pools: distribution.spot_instance_pools,
            spot_max_price: distribution.spot_max_price,
        }
        .without_defaults(),
        overrides: overrides
            .filter_map(|instance| instance.instance_type)
            .map(|instance_type| InstanceTypeOverride { instance_type })
            .collect(),
    }
}
