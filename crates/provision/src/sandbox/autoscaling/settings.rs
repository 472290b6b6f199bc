//! Processes, metrics and tags of a group.

use super::{checks::check_tags, invalid};
use crate::{
    objects::METRICS,
    operations::autoscaling::{
        AttachLoadBalancerTargetGroups, AttachLoadBalancers, CreateOrUpdateTags, DeleteTags,
        DetachLoadBalancerTargetGroups, DetachLoadBalancers, DisableMetricsCollection,
        EnableMetricsCollection, EnabledMetric, ResumeProcesses, SuspendProcesses, SuspendedProcess,
    },
    sandbox::{Answer, Refusal, world::World},
};

const PROCESSES: [&str; 9] = [
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
];

impl World<'_> {
    pub(super) fn attach_load_balancers(&mut self, input: AttachLoadBalancers) -> Answer<()> {
        let held = &mut self
            .scaling_group(&input.auto_scaling_group_name)?
            .shape
            .load_balancer_names;
        attach(held, input.load_balancer_names);
        Ok(())
    }

    pub(super) fn detach_load_balancers(&mut self, input: DetachLoadBalancers) -> Answer<()> {
        let held = &mut self
            .scaling_group(&input.auto_scaling_group_name)?
            .shape
            .load_balancer_names;
        held.retain(|name| !input.load_balancer_names.contains(name));
        Ok(())
    }

    pub(super) fn attach_target_groups(&mut self, input: AttachLoadBalancerTargetGroups) -> Answer<()> {
        let held = &mut self
            .scaling_group(&input.auto_scaling_group_name)?
            .shape
            .target_group_arns;
        attach(held, input.target_group_arns);
        Ok(())
    }

    pub(super) fn detach_target_groups(&mut self, input: DetachLoadBalancerTargetGroups) -> Answer<()> {
        let held = &mut self
            .scaling_group(&input.auto_scaling_group_name)?
            .shape
            .target_group_arns;
        held.retain(|arn| !input.target_group_arns.contains(arn));
        Ok(())
    }

    pub(super) fn suspend_processes(&mut self, input: SuspendProcesses) -> Answer<()> {
        let names = check_processes(input.scaling_processes)?;
        let group = self.scaling_group(&input.auto_scaling_group_name)?;
        for process_name in names {
            if !group.suspends(&process_name) {
                let suspension_reason = "User suspended".to_owned();
                group.shape.suspended_processes.push(SuspendedProcess {
                    process_name,
                    suspension_reason,
                });
            }
        }
        Ok(())
    }

    pub(super) fn resume_processes(&mut self, input: ResumeProcesses) -> Answer<()> {
        let names = check_processes(input.scaling_processes)?;
        let group = self.scaling_group(&input.auto_scaling_group_name)?;
        group
            .shape
            .suspended_processes
            .retain(|suspended| !names.contains(&suspended.process_name));
        self.wake(&input.auto_scaling_group_name);
        Ok(())
    }

    pub(super) fn enable_metrics(&mut self, input: EnableMetricsCollection) -> Answer<()> {
        let names = check_metrics(input.metrics)?;
        let group = self.scaling_group(&input.auto_scaling_group_name)?;
        for metric in names {
            if group
                .shape
                .enabled_metrics
                .iter()
                .all(|enabled| enabled.metric != metric)
            {
                group.shape.enabled_metrics.push(EnabledMetric {
                    metric,
                    granularity: input.granularity.clone(),
                });
            }
        }
        Ok(())
    }

    pub(super) fn disable_metrics(&mut self, input: DisableMetricsCollection) -> Answer<()> {
        let names = check_metrics(input.metrics)?;
        let group = self.scaling_group(&input.auto_scaling_group_name)?;
        group
            .shape
            .enabled_metrics
            .retain(|enabled| !names.contains(&enabled.metric));
        Ok(())
    }

    pub(super) fn create_or_update_tags(&mut self, input: CreateOrUpdateTags) -> Answer<()> {
        for tag in &input.tags {
            let name = tag.resource_id.clone().unwrap_or_default();
            let new = check_tags(&name, std::slice::from_ref(tag))?;
            let group = self.scaling_group(&name)?;
            group.shape.tags.retain(|old| old.key != tag.key);
            group.shape.tags.extend(new);
            if group.shape.tags.len() > 50 {
                return Err(Refusal::new(
                    "LimitExceeded",
                    "The maximum number of tags for a resource is 50.",
                ));
            }
            group.retag();
        }
        Ok(())
    }

    pub(super) fn delete_group_tags(&mut self, input: DeleteTags) -> Answer<()> {
        for tag in &input.tags {
            let group = self.scaling_group(tag.resource_id.as_deref().unwrap_or_default())?;
            group.shape.tags.retain(|old| old.key != tag.key);
            group.retag();
        }
        Ok(())
    }
}

fn check_names(names: Vec<String>, known: &[&str], kind: &str) -> Answer<Vec<String>> {
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(format!("{name} is not a valid {kind}")));
    }
    Ok(if names.is_empty() {
        known.iter().map(|name| (*name).to_owned()).collect()
    } else {
        names
    })
}

fn check_processes(names: Vec<String>) -> Answer<Vec<String>> {
    check_names(names, &PROCESSES, "process")
}

fn check_metrics(names: Vec<String>) -> Answer<Vec<String>> {
    check_names(names, &METRICS, "metric")
}

fn attach(held: &mut Vec<String>, new: Vec<String>) {
    for one in new {
        if !held.contains(&one) {
            held.push(one);
        }
    }
}
