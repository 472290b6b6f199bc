//! EC2 Auto Scaling's operations and shapes.

use aws_sdk_autoscaling::{Client, types};
use futures_util::future::BoxFuture;

use super::convert::{Give, Read};
use super::fault::Fault;
use crate::operations::autoscaling::{
    self, Activity, AutoScalingGroup, EnabledMetric, Instance, InstancesDistribution, LaunchTemplate,
    LaunchTemplateOverrides, LaunchTemplateSpecification, MixedInstancesPolicy, SuspendedProcess, Tag,
};
use crate::operations::{Reply, ec2::Filter};

pub(super) fn call(client: &Client, request: autoscaling::Request) -> BoxFuture<'_, Result<Reply, Fault>> {
    calls! { autoscaling, client, request;
        CreateAutoScalingGroup => create_auto_scaling_group(auto_scaling_group_name, launch_template,
            mixed_instances_policy, load_balancer_names, target_group_arns, min_size, max_size,
            desired_capacity, default_cooldown, health_check_type, health_check_grace_period, capacity_rebalance,
            vpc_zone_identifier, new_instances_protected_from_scale_in, max_instance_lifetime, termination_policies,
            tags);
        DescribeAutoScalingGroups => describe_auto_scaling_groups(auto_scaling_group_names, filters) -> *;
        UpdateAutoScalingGroup => update_auto_scaling_group(auto_scaling_group_name, launch_template,
            mixed_instances_policy, min_size, max_size,
            desired_capacity, default_cooldown, health_check_type, health_check_grace_period, capacity_rebalance,
            vpc_zone_identifier, new_instances_protected_from_scale_in, max_instance_lifetime, termination_policies);
        SetDesiredCapacity => set_desired_capacity(auto_scaling_group_name, desired_capacity);
        DeleteAutoScalingGroup => delete_auto_scaling_group(auto_scaling_group_name, force_delete);
        SuspendProcesses => suspend_processes(auto_scaling_group_name, scaling_processes);
        ResumeProcesses => resume_processes(auto_scaling_group_name, scaling_processes);
        EnableMetricsCollection => enable_metrics_collection(auto_scaling_group_name, metrics, granularity);
        DisableMetricsCollection => disable_metrics_collection(auto_scaling_group_name, metrics);
        AttachLoadBalancers => attach_load_balancers(auto_scaling_group_name, load_balancer_names);
        DetachLoadBalancers => detach_load_balancers(auto_scaling_group_name, load_balancer_names);
        AttachLoadBalancerTargetGroups =>
            attach_load_balancer_target_groups(auto_scaling_group_name, target_group_arns);
        DetachLoadBalancerTargetGroups =>
            detach_load_balancer_target_groups(auto_scaling_group_name, target_group_arns);
        CreateOrUpdateTags => create_or_update_tags(tags);
        DeleteTags => delete_tags(tags);
        DescribeScalingActivities => describe_scaling_activities(auto_scaling_group_name) -> *;
        TerminateInstanceInAutoScalingGroup =>
            terminate_instance_in_auto_scaling_group(instance_id, should_decrement_desired_capacity) -> activity;
    }
}

gives! {
    Tag { resource_id, resource_type, key, value, propagate_at_launch }
    LaunchTemplateSpecification { launch_template_id, launch_template_name, version }
    MixedInstancesPolicy { launch_template, instances_distribution }
    LaunchTemplate { launch_template_specification, overrides }
    LaunchTemplateOverrides { instance_type }
    InstancesDistribution {
        on_demand_base_capacity, on_demand_percentage_above_base_capacity, spot_allocation_strategy,
        spot_instance_pools, spot_max_price,
    }
    Filter { name, values }
}

reads! {
    Tag from TagDescription { resource_id, resource_type, key, value, propagate_at_launch }
    LaunchTemplateSpecification { launch_template_id, launch_template_name, version }
    MixedInstancesPolicy { launch_template, instances_distribution }
    LaunchTemplate { launch_template_specification, overrides }
    LaunchTemplateOverrides { instance_type }
    InstancesDistribution {
        on_demand_base_capacity, on_demand_percentage_above_base_capacity, spot_allocation_strategy,
        spot_instance_pools, spot_max_price,
    }
    AutoScalingGroup {
        auto_scaling_group_name, auto_scaling_group_arn, launch_template, mixed_instances_policy, load_balancer_names,
        target_group_arns, min_size, max_size, desired_capacity,
        availability_zones, default_cooldown, health_check_type, health_check_grace_period, capacity_rebalance,
        instances, created_time, suspended_processes, vpc_zone_identifier, enabled_metrics, termination_policies,
        new_instances_protected_from_scale_in, service_linked_role_arn, max_instance_lifetime, status, tags,
    }
    Instance {
        instance_id, instance_type, availability_zone, lifecycle_state, health_status, launch_template,
        protected_from_scale_in,
    }
    SuspendedProcess { process_name, suspension_reason }
    EnabledMetric { metric, granularity }
    Activity {
        activity_id, auto_scaling_group_name, description, cause, start_time, end_time, status_code, status_message,
        progress,
    }
}
