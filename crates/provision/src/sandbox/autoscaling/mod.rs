//! Auto Scaling groups: what can be asked of them. What they do by themselves is in [`scaling`].

mod scaling;
mod settings;

use super::{Answer, Refusal, tags, world::World};
use crate::operations::{
    autoscaling::{
        self, Activity, AutoScalingGroup, CreateAutoScalingGroup, DeleteAutoScalingGroup,
        DescribeAutoScalingGroups, DescribeScalingActivities, LaunchTemplateSpecification,
        MixedInstancesPolicy, SetDesiredCapacity, Tag, TerminateInstanceInAutoScalingGroup,
        UpdateAutoScalingGroup,
    },
    ec2::{self, LaunchTemplateData},
};
use crate::sandbox::{
    event::Event,
    shelf::{Described, passes_all},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A group with what it remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) shape: AutoScalingGroup,
    /// Newest first.
    activities: Vec<Activity>,
    /// Launches that failed one after another: the group waits longer after each.
    failures: u32,
    tags: Vec<ec2::Tag>,
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", message)
}

fn no_group(name: &str) -> Refusal {
    invalid(format!(
        "AutoScalingGroup name not found - AutoScalingGroup '{name}' not found"
    ))
}

impl Described for Group {
    fn tags(&self) -> &[ec2::Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        (filter == "tag-value").then(|| self.tags.iter().any(|tag| test(&tag.value)))
    }
}

impl Group {
    /// Whether a process is stopped.
    fn suspends(&self, process: &str) -> bool {
        self.shape
            .suspended_processes
            .iter()
            .any(|suspended| suspended.process_name == process)
    }

    fn is_deleted(&self) -> bool {
        self.shape.status.is_some()
    }

    /// Keeps the tags that filters look at equal to those that are shown.
    fn retag(&mut self) {
        let plain = |tag: &Tag| ec2::Tag::new(&tag.key, tag.value.clone().unwrap_or_default());
        self.tags = self.shape.tags.iter().map(plain).collect();
    }
}

fn check_sizes(min: i64, max: i64, desired: i64) -> Answer<()> {
    if min < 0 || max < min {
        return Err(invalid(format!(
            "Max bound, {max}, must be greater than or equal to min bound, {min}"
        )));
    }
    if !(min..=max).contains(&desired) {
        return Err(invalid(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

fn check_distribution(policy: &MixedInstancesPolicy) -> Answer<()> {
    let distribution = policy.instances_distribution.clone().unwrap_or_default();
    let share = distribution
        .on_demand_percentage_above_base_capacity
        .unwrap_or(100);
    if !(0..=100).contains(&share) || distribution.on_demand_base_capacity.unwrap_or(0) < 0 {
        return Err(invalid("Invalid on-demand capacity in InstancesDistribution"));
    }
    let strategy = distribution
        .spot_allocation_strategy
        .as_deref()
        .unwrap_or("lowest-price");
    let known = [
        "lowest-price",
        "capacity-optimized",
        "capacity-optimized-prioritized",
        "price-capacity-optimized",
        "diversified",
    ];
    if !known.contains(&strategy) {
        return Err(invalid(format!(
            "Unsupported spot allocation strategy: {strategy}"
        )));
    }
    match distribution.spot_instance_pools {
        Some(_) if strategy != "lowest-price" => Err(invalid(
            "SpotInstancePools option is only available with the lowest-price allocation strategy.",
        )),
        Some(pools) if !(1..=20).contains(&pools) => Err(invalid("SpotInstancePools must be from 1 to 20")),
        _ => Ok(()),
    }
}

fn check_tags(name: &str, new: &[Tag]) -> Answer<Vec<Tag>> {
    let plain: Vec<_> = new
        .iter()
        .map(|tag| ec2::Tag::new(&tag.key, tag.value.clone().unwrap_or_default()))
        .collect();
    tags::set(&mut Vec::new(), &plain).map_err(|refusal| invalid(refusal.message))?;
    let shown = |tag: &Tag| Tag {
        resource_id: Some(name.to_owned()),
        resource_type: Some("auto-scaling-group".into()),
        key: tag.key.clone(),
        value: Some(tag.value.clone().unwrap_or_default()),
        propagate_at_launch: Some(tag.propagate_at_launch.unwrap_or(false)),
    };
    Ok(new.iter().map(shown).collect())
}

impl World<'_> {
    pub(super) fn autoscaling(&mut self, request: autoscaling::Request) -> Answer<autoscaling::Reply> {
        dispatch!(self, request, autoscaling:
            CreateAutoScalingGroup => create_group,
            DescribeAutoScalingGroups => describe_groups,
            UpdateAutoScalingGroup => update_group,
            SetDesiredCapacity => set_desired_capacity,
            DeleteAutoScalingGroup => delete_group,
            SuspendProcesses => suspend_processes,
            ResumeProcesses => resume_processes,
            EnableMetricsCollection => enable_metrics,
            DisableMetricsCollection => disable_metrics,
            AttachLoadBalancers => attach_load_balancers,
            DetachLoadBalancers => detach_load_balancers,
            AttachLoadBalancerTargetGroups => attach_target_groups,
            DetachLoadBalancerTargetGroups => detach_target_groups,
            CreateOrUpdateTags => create_or_update_tags,
            DeleteTags => delete_group_tags,
            DescribeScalingActivities => describe_scaling_activities,
            TerminateInstanceInAutoScalingGroup => terminate_instance,
        )
    }

    /// A group that calls can change.
    fn scaling_group(&mut self, name: &str) -> Answer<&mut Group> {
        let group = self.region.scaling.get_mut(name).ok_or_else(|| no_group(name))?;
        if group.is_deleted() {
            return Err(invalid(format!("AutoScalingGroup {name} is pending delete")));
        }
        Ok(group)
    }

    /// Makes a group look at itself in a moment.
    fn wake(&mut self, name: &str) {
        self.soon(Duration::from_secs(2), Event::GroupActs(name.to_owned()));
    }

    fn create_group(&mut self, input: CreateAutoScalingGroup) -> Answer<()> {
        let name = input.auto_scaling_group_name;
        if name.is_empty() || name.len() > 255 || name.chars().any(|c| c.is_control() || c == ':') {
            return Err(invalid(format!("The group name '{name}' is invalid")));
        }
        let desired = input.desired_capacity.unwrap_or(input.min_size);
        check_sizes(input.min_size, input.max_size, desired)?;
        let tags = check_tags(&name, &input.tags)?;
        if let Some(old) = self.region.scaling.get(&name) {
            let state = if old.is_deleted() {
                "is pending delete"
            } else {
                "already exists"
            };
            let text = format!(
                "AutoScalingGroup by this name already exists - A group with the name {name} {state}"
            );
            return Err(Refusal::new("AlreadyExists", text));
        }
        let subnets = input.vpc_zone_identifier.unwrap_or_default();
        let availability_zones = self.check_group_subnets(&subnets)?;
        let (launch_template, mixed_instances_policy) =
            self.check_source(input.launch_template, input.mixed_instances_policy, &subnets)?;
        if self.make_linked_role("autoscaling.amazonaws.com") > self.now {
            return Err(Refusal::new(
                "ServiceLinkedRoleFailure",
                "The AWSServiceRoleForAutoScaling service-linked role is not yet ready for use.",
            ));
        }
        let uuid = self.random.uuid();
        let shape = AutoScalingGroup {
            auto_scaling_group_arn: self.arn(
                "autoscaling",
                &format!("autoScalingGroup:{uuid}:autoScalingGroupName/{name}"),
            ),
            launch_template,
            mixed_instances_policy,
            load_balancer_names: input.load_balancer_names,
            target_group_arns: input.target_group_arns,
            min_size: input.min_size,
            max_size: input.max_size,
            desired_capacity: desired,
            availability_zones,
            default_cooldown: input.default_cooldown.unwrap_or(300),
            health_check_type: input.health_check_type.unwrap_or_else(|| "EC2".into()),
            health_check_grace_period: input.health_check_grace_period.unwrap_or(0),
            capacity_rebalance: input.capacity_rebalance.unwrap_or(false),
            created_time: self.now,
            vpc_zone_identifier: subnets,
            termination_policies: or_default(input.termination_policies),
            new_instances_protected_from_scale_in: input
                .new_instances_protected_from_scale_in
                .unwrap_or(false),
            max_instance_lifetime: input.max_instance_lifetime,
            tags,
            auto_scaling_group_name: name.clone(),
            ..AutoScalingGroup::default()
        };
        let mut group = Group {
            shape,
            activities: Vec::new(),
            failures: 0,
            tags: Vec::new(),
        };
        group.retag();
        self.region.scaling.insert(name.clone(), group);
        self.wake(&name);
        Ok(())
    }

    /// The zones of a group's subnets, which must exist and be in one VPC.
    fn check_group_subnets(&self, subnets: &str) -> Answer<Vec<String>> {
        let mut zones = Vec::new();
        let mut vpc: Option<&str> = None;
        for id in subnets.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let subnet = self.region.subnets.named(id, self.now);
            let subnet = subnet.ok_or_else(|| invalid(format!("The subnet ID '{id}' does not exist")))?;
            if vpc.is_some_and(|vpc| vpc != subnet.vpc_id) {
                return Err(invalid("The subnets of a group must be in the same VPC"));
            }
            vpc = Some(&subnet.vpc_id);
            if !zones.contains(&subnet.availability_zone) {
                zones.push(subnet.availability_zone.clone());
            }
        }
        if zones.is_empty() {
            return Err(invalid(
                "At least one Availability Zone or VPC Subnet is required.",
            ));
        }
        Ok(zones)
    }

    /// What instances are started from: a template, or a policy of several types; one of the two.
    fn check_source(
        &self,
        template: Option<LaunchTemplateSpecification>,
        policy: Option<MixedInstancesPolicy>,
        subnets: &str,
    ) -> Answer<(Option<LaunchTemplateSpecification>, Option<MixedInstancesPolicy>)> {
        match (template, policy) {
            (Some(template), None) => Ok((Some(self.check_template(&template, subnets, &[])?), None)),
            (None, Some(mut policy)) => {
                check_distribution(&policy)?;
                let mut inner = policy.launch_template.unwrap_or_default();
                let types: Vec<String> = inner
                    .overrides
                    .iter()
                    .filter_map(|instance| instance.instance_type.clone())
                    .collect();
                let asked = inner.launch_template_specification.unwrap_or_default();
                inner.launch_template_specification = Some(self.check_template(&asked, subnets, &types)?);
                policy.launch_template = Some(inner);
                Ok((None, Some(policy)))
            }
            _ => Err(invalid(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
                 MixedInstancesPolicy parameter.",
            )),
        }
    }

    /// The template with its id and name, if instances of all the types could be started from it.
    fn check_template(
        &self,
        template: &LaunchTemplateSpecification,
        subnets: &str,
        types: &[String],
    ) -> Answer<LaunchTemplateSpecification> {
        let text = template.version.as_deref().unwrap_or("$Default");
        let (id, name) = (
            template.launch_template_id.as_deref(),
            template.launch_template_name.as_deref(),
        );
        let refuse = |refusal: Refusal| {
            invalid(format!(
                "You must use a valid fully-formed launch template. {}",
                refusal.message
            ))
        };
        let version = self.template_version(id, name, text).map_err(refuse)?;
        self.profile_of(&version.launch_template_data).map_err(refuse)?;
        self.check_launch(&version.launch_template_data, subnets)
            .map_err(refuse)?;
        for name in types {
            let data = LaunchTemplateData {
                instance_type: Some(name.clone()),
                ..version.launch_template_data.clone()
            };
            self.check_launch(&data, subnets).map_err(refuse)?;
        }
        Ok(LaunchTemplateSpecification {
            launch_template_id: Some(version.launch_template_id.clone()),
            launch_template_name: Some(version.launch_template_name.clone()),
            version: Some(text.to_owned()),
        })
    }

    fn describe_groups(&mut self, input: DescribeAutoScalingGroups) -> Answer<Vec<AutoScalingGroup>> {
        let names = &input.auto_scaling_group_names;
        let mut found = Vec::new();
        for group in self.region.scaling.values() {
            let asked = names.is_empty() || names.contains(&group.shape.auto_scaling_group_name);
            if asked && passes_all(group, &input.filters).map_err(|refusal| invalid(refusal.message))? {
                found.push(AutoScalingGroup {
                    instances: self.instances_of(group),
                    ..group.shape.clone()
                });
            }
        }
        Ok(found)
    }

    fn update_group(&mut self, input: UpdateAutoScalingGroup) -> Answer<()> {
        let name = input.auto_scaling_group_name;
        let old = self.scaling_group(&name)?.shape.clone();
        let (min, max) = (
            input.min_size.unwrap_or(old.min_size),
            input.max_size.unwrap_or(old.max_size),
        );
        let desired = input
            .desired_capacity
            .unwrap_or_else(|| old.desired_capacity.max(min).min(max.max(min)));
        check_sizes(min, max, desired)?;
        let subnets = input
            .vpc_zone_identifier
            .unwrap_or_else(|| old.vpc_zone_identifier.clone());
        let availability_zones = self.check_group_subnets(&subnets)?;
        let (launch_template, mixed_instances_policy) =
            if input.launch_template.is_some() || input.mixed_instances_policy.is_some() {
                self.check_source(input.launch_template, input.mixed_instances_policy, &subnets)?
            } else {
                (old.launch_template.clone(), old.mixed_instances_policy.clone())
            };
        let group = self.scaling_group(&name)?;
        let policies = input.termination_policies;
        group.shape = AutoScalingGroup {
            launch_template,
            mixed_instances_policy,
            min_size: min,
            max_size: max,
            desired_capacity: desired,
            availability_zones,
            vpc_zone_identifier: subnets,
            default_cooldown: input.default_cooldown.unwrap_or(old.default_cooldown),
            health_check_type: input
                .health_check_type
                .unwrap_or_else(|| old.health_check_type.clone()),
            health_check_grace_period: input
                .health_check_grace_period
                .unwrap_or(old.health_check_grace_period),
            capacity_rebalance: input.capacity_rebalance.unwrap_or(old.capacity_rebalance),
            new_instances_protected_from_scale_in: input
                .new_instances_protected_from_scale_in
                .unwrap_or(old.new_instances_protected_from_scale_in),
            max_instance_lifetime: input.max_instance_lifetime.or(old.max_instance_lifetime),
            termination_policies: if policies.is_empty() {
                old.termination_policies.clone()
            } else {
                policies
            },
            ..old
        };
        group.failures = 0;
        self.wake(&name);
        Ok(())
    }

    fn set_desired_capacity(&mut self, input: SetDesiredCapacity) -> Answer<()> {
        let shape = &mut self.scaling_group(&input.auto_scaling_group_name)?.shape;
        if !(shape.min_size..=shape.max_size).contains(&input.desired_capacity) {
            return Err(invalid(format!(
                "New SetDesiredCapacity value {} is above max value {} or below min value {} for the AutoScalingGroup.",
                input.desired_capacity, shape.max_size, shape.min_size
            )));
        }
        shape.desired_capacity = input.desired_capacity;
        self.wake(&input.auto_scaling_group_name);
        Ok(())
    }

    fn delete_group(&mut self, input: DeleteAutoScalingGroup) -> Answer<()> {
        let (name, now) = (&input.auto_scaling_group_name, self.now);
        let has_some = self
            .region
            .machines
            .values()
            .any(|m| m.scaling == *name && m.shape.state.name != "terminated");
        let group = self.region.scaling.get_mut(name).ok_or_else(|| no_group(name))?;
        if group.is_deleted() {
            return Err(Refusal::new(
                "ScalingActivityInProgress",
                format!("AutoScalingGroup {name} deletion is in progress since {now}"),
            ));
        }
        if !has_some {
            self.region.scaling.remove(name);
            return Ok(());
        }
        if input.force_delete != Some(true) {
            return Err(Refusal::new(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) \
                 still in the group.",
            ));
        }
        group.shape.status = Some("Delete in progress".into());
        group.shape.min_size = 0;
        group.shape.desired_capacity = 0;
        self.wake(name);
        Ok(())
    }

    /// Ends a group with its instances, unless it is ending already.
    pub(in crate::sandbox) fn drop_group(&mut self, name: &str) {
        // A group that is being deleted refuses, and that is as well.
        let _ = self.delete_group(DeleteAutoScalingGroup {
            auto_scaling_group_name: name.to_owned(),
            force_delete: Some(true),
        });
    }

    /// Why a group's newest attempt to start an instance failed.
    pub(in crate::sandbox) fn launch_trouble(&self, name: &str) -> Option<String> {
        let newest = self.region.scaling.get(name)?.activities.first()?;
        newest
            .status_message
            .clone()
            .filter(|_| newest.status_code == "Failed")
    }

    fn describe_scaling_activities(&mut self, input: DescribeScalingActivities) -> Answer<Vec<Activity>> {
        let asked = input.auto_scaling_group_name;
        let groups = self
            .region
            .scaling
            .iter()
            .filter(|(name, _)| asked.as_ref().is_none_or(|asked| asked == *name));
        Ok(groups
            .flat_map(|(_, group)| group.activities.iter().cloned())
            .collect())
    }

    fn terminate_instance(&mut self, input: TerminateInstanceInAutoScalingGroup) -> Answer<Activity> {
        let id = &input.instance_id;
        let machine = self.region.machines.get(id).filter(|machine| machine.lives());
        let missing = || {
            invalid(format!(
                "Instance Id not found - No managed instance found for instance ID: {id}"
            ))
        };
        let name = machine.ok_or_else(missing)?.scaling.clone();
        let group = self.scaling_group(&name)?;
        if input.should_decrement_desired_capacity {
            let (min, desired) = (group.shape.min_size, group.shape.desired_capacity);
            if desired <= min {
                return Err(invalid(format!(
                    "Currently, desiredSize equals minSize ({min}). Terminating instance without replacement will \
                     violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or \
                     lower group's min size."
                )));
            }
            group.shape.desired_capacity -= 1;
        }
        let activity = self.terminate(
            &name,
            id,
            "instance was taken out of service in response to a user request",
        );
        self.wake(&name);
        Ok(activity)
    }
}

fn or_default(policies: Vec<String>) -> Vec<String> {
    if policies.is_empty() {
        vec!["Default".into()]
    } else {
        policies
    }
}
