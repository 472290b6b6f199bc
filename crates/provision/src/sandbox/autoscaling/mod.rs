//! Auto Scaling groups: what can be asked of them. What they do by themselves is in [`scaling`].

mod checks;
mod scaling;
mod settings;

use super::{Answer, Refusal, world::World};
use crate::operations::{
    autoscaling::{
        self, Activity, AutoScalingGroup, CreateAutoScalingGroup, DeleteAutoScalingGroup,
        DescribeAutoScalingGroups, DescribeScalingActivities, SetDesiredCapacity, Tag,
        TerminateInstanceInAutoScalingGroup, UpdateAutoScalingGroup,
    },
    ec2,
};
use crate::sandbox::{
    event::Event,
    shelf::{Described, passes_all},
};
use checks::{check_sizes, check_tags};
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
