//! What Auto Scaling refuses: sizes, tags, subnets, and what instances could not be started from.

use super::invalid;
use crate::operations::{
    autoscaling::{LaunchTemplateSpecification, MixedInstancesPolicy, Tag},
    ec2::{self, LaunchTemplateData},
};
use crate::sandbox::{Answer, Refusal, tags, world::World};

pub(super) fn check_sizes(min: i64, max: i64, desired: i64) -> Answer<()> {
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

pub(super) fn check_tags(name: &str, new: &[Tag]) -> Answer<Vec<Tag>> {
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
    /// The zones of a group's subnets, which must exist and be in one VPC.
    pub(super) fn check_group_subnets(&self, subnets: &str) -> Answer<Vec<String>> {
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
    pub(super) fn check_source(
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
}
