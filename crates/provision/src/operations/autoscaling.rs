//! EC2 Auto Scaling: the groups that start nodes.

shapes! { "PascalCase";
/// A tag of a group. Instances get it only at their launch.
Tag {
    /// The group's name.
    resource_id: Option<String>,
    /// `auto-scaling-group`.
    resource_type: Option<String>,
    key: String,
    value: Option<String>,
    propagate_at_launch: Option<bool>,
}

/// A version of a launch template.
LaunchTemplateSpecification {
    launch_template_id: Option<String>,
    launch_template_name: Option<String>,
    /// A number, `$Latest` or `$Default`.
    version: Option<String>,
}

/// Several instance types, on demand and spot.
MixedInstancesPolicy { launch_template: Option<LaunchTemplate>, instances_distribution: Option<InstancesDistribution> }

/// What instances of a mixed group are started from.
LaunchTemplate {
    launch_template_specification: Option<LaunchTemplateSpecification>,
    overrides: Vec<LaunchTemplateOverrides>,
}

/// An instance type in place of the template's.
LaunchTemplateOverrides { instance_type: Option<String> }

/// How many instances of a mixed group are spot, and which.
InstancesDistribution {
    on_demand_base_capacity: Option<i64>,
    on_demand_percentage_above_base_capacity: Option<i64>,
    spot_allocation_strategy: Option<String>,
    spot_instance_pools: Option<i64>,
    /// USD an hour.
    spot_max_price: Option<String>,
}

/// A group.
AutoScalingGroup {
    auto_scaling_group_name: String,
    #[serde(rename = "AutoScalingGroupARN")]
    auto_scaling_group_arn: String,
    launch_template: Option<LaunchTemplateSpecification>,
    mixed_instances_policy: Option<MixedInstancesPolicy>,
    load_balancer_names: Vec<String>,
    #[serde(rename = "TargetGroupARNs")]
    target_group_arns: Vec<String>,
    min_size: i64,
    max_size: i64,
    desired_capacity: i64,
    availability_zones: Vec<String>,
    /// Seconds.
    default_cooldown: i64,
    /// `EC2` or `ELB`.
    health_check_type: String,
    /// Seconds.
    health_check_grace_period: i64,
    capacity_rebalance: bool,
    instances: Vec<Instance>,
    created_time: jiff::Timestamp,
    suspended_processes: Vec<SuspendedProcess>,
    /// Subnets, comma-separated.
    #[serde(rename = "VPCZoneIdentifier")]
    vpc_zone_identifier: String,
    enabled_metrics: Vec<EnabledMetric>,
    termination_policies: Vec<String>,
    new_instances_protected_from_scale_in: bool,
    #[serde(rename = "ServiceLinkedRoleARN")]
    service_linked_role_arn: Option<String>,
    /// Seconds.
    max_instance_lifetime: Option<i64>,
    /// `Delete in progress`, or absent.
    status: Option<String>,
    tags: Vec<Tag>,
}

/// An instance of a group.
Instance {
    instance_id: String,
    instance_type: Option<String>,
    availability_zone: String,
    /// `Pending`, `InService`, `Terminating`, ...
    lifecycle_state: String,
    /// `Healthy` or `Unhealthy`.
    health_status: String,
    launch_template: Option<LaunchTemplateSpecification>,
    protected_from_scale_in: bool,
}

/// A process that is stopped.
SuspendedProcess { process_name: String, suspension_reason: String }

/// A metric that the group reports.
EnabledMetric { metric: String, granularity: String }

/// Something that a group tried, and how it went.
Activity {
    activity_id: String,
    auto_scaling_group_name: String,
    description: String,
    cause: String,
    start_time: jiff::Timestamp,
    end_time: Option<jiff::Timestamp>,
    /// `InProgress`, `Successful`, `Failed`, ...
    status_code: String,
    /// Why it failed, in EC2's words.
    status_message: Option<String>,
    /// 0 to 100.
    progress: i64,
}
}

operations! { AutoScaling, "autoscaling", "PascalCase";
/// Makes a group. Template, image, profile and subnets are looked up now.
Write CreateAutoScalingGroup(AUTOSCALING_WRITE, Refused, "autoscaling:CreateAutoScalingGroup",
    "autoscaling:CreateOrUpdateTags", "ec2:RunInstances", "ec2:CreateTags", "iam:PassRole",
    "iam:CreateServiceLinkedRole") -> () {
    auto_scaling_group_name: String,
    launch_template: Option<LaunchTemplateSpecification>,
    mixed_instances_policy: Option<MixedInstancesPolicy>,
    load_balancer_names: Vec<String>,
    #[serde(rename = "TargetGroupARNs")]
    target_group_arns: Vec<String>,
    min_size: i64,
    max_size: i64,
    desired_capacity: Option<i64>,
    default_cooldown: Option<i64>,
    health_check_type: Option<String>,
    health_check_grace_period: Option<i64>,
    capacity_rebalance: Option<bool>,
    #[serde(rename = "VPCZoneIdentifier")]
    vpc_zone_identifier: Option<String>,
    new_instances_protected_from_scale_in: Option<bool>,
    max_instance_lifetime: Option<i64>,
    termination_policies: Vec<String>,
    tags: Vec<Tag>,
}
/// The groups of these names or with these tags (filters `tag:KEY`, `tag-key`), with their instances.
Read DescribeAutoScalingGroups(AUTOSCALING_READ, Same, "autoscaling:DescribeAutoScalingGroups") -> Vec<AutoScalingGroup> {
    auto_scaling_group_names: Vec<String>,
    filters: Vec<super::ec2::Filter>,
}
/// Changes a group. Running instances are left as they are, but for a desired capacity below their number.
Write UpdateAutoScalingGroup(AUTOSCALING_WRITE, Same, "autoscaling:UpdateAutoScalingGroup", "ec2:RunInstances",
    "iam:PassRole") -> () {
    auto_scaling_group_name: String,
    launch_template: Option<LaunchTemplateSpecification>,
    mixed_instances_policy: Option<MixedInstancesPolicy>,
    min_size: Option<i64>,
    max_size: Option<i64>,
    desired_capacity: Option<i64>,
    default_cooldown: Option<i64>,
    health_check_type: Option<String>,
    health_check_grace_period: Option<i64>,
    capacity_rebalance: Option<bool>,
    #[serde(rename = "VPCZoneIdentifier")]
    vpc_zone_identifier: Option<String>,
    new_instances_protected_from_scale_in: Option<bool>,
    max_instance_lifetime: Option<i64>,
    termination_policies: Vec<String>,
}
/// Sets the wanted number of instances.
Write SetDesiredCapacity(AUTOSCALING_WRITE, Same, "autoscaling:SetDesiredCapacity") -> () {
    auto_scaling_group_name: String,
    desired_capacity: i64,
}
/// Deletes a group; with force also its instances, which takes minutes after the answer.
Write DeleteAutoScalingGroup(AUTOSCALING_WRITE, Same, "autoscaling:DeleteAutoScalingGroup") -> () {
    auto_scaling_group_name: String,
    force_delete: Option<bool>,
}
/// Stops processes (`AZRebalance`, `Launch`, ...); none named: all.
Write SuspendProcesses(AUTOSCALING_WRITE, Same, "autoscaling:SuspendProcesses") -> () {
    auto_scaling_group_name: String,
    scaling_processes: Vec<String>,
}
/// Starts processes again.
Write ResumeProcesses(AUTOSCALING_WRITE, Same, "autoscaling:ResumeProcesses") -> () {
    auto_scaling_group_name: String,
    scaling_processes: Vec<String>,
}
/// Reports metrics of the group; none named: all.
Write EnableMetricsCollection(AUTOSCALING_WRITE, Same, "autoscaling:EnableMetricsCollection") -> () {
    auto_scaling_group_name: String,
    metrics: Vec<String>,
    /// `1Minute`.
    granularity: String,
}
/// Stops reporting metrics.
Write DisableMetricsCollection(AUTOSCALING_WRITE, Same, "autoscaling:DisableMetricsCollection") -> () {
    auto_scaling_group_name: String,
    metrics: Vec<String>,
}
/// Puts nodes behind classic load balancers.
Write AttachLoadBalancers(AUTOSCALING_WRITE, Same, "autoscaling:AttachLoadBalancers") -> () {
    auto_scaling_group_name: String,
    load_balancer_names: Vec<String>,
}
/// Takes nodes away from classic load balancers.
Write DetachLoadBalancers(AUTOSCALING_WRITE, Same, "autoscaling:DetachLoadBalancers") -> () {
    auto_scaling_group_name: String,
    load_balancer_names: Vec<String>,
}
/// Puts nodes into target groups.
Write AttachLoadBalancerTargetGroups(AUTOSCALING_WRITE, Same, "autoscaling:AttachLoadBalancerTargetGroups") -> () {
    auto_scaling_group_name: String,
    #[serde(rename = "TargetGroupARNs")]
    target_group_arns: Vec<String>,
}
/// Takes nodes out of target groups.
Write DetachLoadBalancerTargetGroups(AUTOSCALING_WRITE, Same, "autoscaling:DetachLoadBalancerTargetGroups") -> () {
    auto_scaling_group_name: String,
    #[serde(rename = "TargetGroupARNs")]
    target_group_arns: Vec<String>,
}
/// Sets tags of groups.
Write CreateOrUpdateTags(AUTOSCALING_WRITE, Same, "autoscaling:CreateOrUpdateTags") -> () { tags: Vec<Tag> }
/// Removes tags of groups.
Write DeleteTags(AUTOSCALING_WRITE, Same, "autoscaling:DeleteTags") -> () { tags: Vec<Tag> }
/// What a group tried, newest first.
Read DescribeScalingActivities(AUTOSCALING_READ, Same, "autoscaling:DescribeScalingActivities") -> Vec<Activity> {
    auto_scaling_group_name: Option<String>,
}
/// Terminates one instance, and says whether another takes its place.
Write TerminateInstanceInAutoScalingGroup(AUTOSCALING_WRITE, Same, "autoscaling:TerminateInstanceInAutoScalingGroup") -> Activity {
    instance_id: String,
    should_decrement_desired_capacity: bool,
}
}
