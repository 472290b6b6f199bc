//! VPCs and subnets.

use super::{dependency, invalid, not_found};
use crate::{
    clock::after,
    objects::{DEFAULT_GROUP, IP_NAME},
    operations::ec2::{
        AttributeBooleanValue, CreateSubnet, CreateVpc, DeleteSubnet, DeleteVpc, DescribeSubnets,
        DescribeVpcAttribute, DescribeVpcs, ModifySubnetAttribute, ModifyVpcAttribute,
        PrivateDnsNameOptionsOnLaunch, Subnet, Tag, Vpc,
    },
    sandbox::{
        Answer, Facts, GivenVpc, Refusal,
        cidr::Cidr,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What instances of a subnet can be called.
const HOSTNAME_TYPES: [&str; 2] = [IP_NAME, "resource-name"];

/// A VPC with what DescribeVpcs does not show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::sandbox) struct VpcState {
    pub(in crate::sandbox) shape: Vpc,
    dns_hostnames: bool,
    dns_support: bool,
    available: Timestamp,
}

/// Subnets that a VPC may have.
const SUBNETS: usize = 200;

impl Described for VpcState {
    fn tags(&self) -> &[Tag] {
        &self.shape.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "vpc-id" => test(&self.shape.vpc_id),
            "cidr" | "cidr-block-association.cidr-block" => test(&self.shape.cidr_block),
            "state" => test(&self.shape.state),
            "is-default" => test(if self.shape.is_default { "true" } else { "false" }),
            _ => return None,
        })
    }
}

impl Described for Subnet {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "subnet-id" => test(&self.subnet_id),
            "vpc-id" => test(&self.vpc_id),
            "availability-zone" => test(&self.availability_zone),
            "cidr-block" => test(&self.cidr_block),
            "state" => test(&self.state),
            _ => return None,
        })
    }
}

impl Region {
    /// An empty region, with the VPCs that the account already has there.
    pub(in crate::sandbox) fn new(name: &str, facts: &Facts) -> Self {
        let mut region = Self {
            name: name.to_owned(),
            capacity: facts.capacity.clone(),
            later_groups: facts.later_security_groups.clone(),
            ..Self::default()
        };
        for vpc in facts.vpcs.iter().filter(|vpc| vpc.region == name) {
            region.give_vpc(vpc);
        }
        for (id, given) in &facts.templates {
            region.give_template(id, given);
        }
        for (name, public_key) in &facts.key_pairs {
            region.give_key(name, public_key);
        }
        for name in &facts.placement_groups {
            region.give_placement_group(name);
        }
        region
    }

    fn give_vpc(&mut self, given: &GivenVpc) {
        let shape = Vpc {
            vpc_id: given.id.clone(),
            cidr_block: given.cidr.clone(),
            state: "available".into(),
            ..Vpc::default()
        };
        let tail = given.id.trim_start_matches("vpc-");
        let state = VpcState {
            shape,
            dns_hostnames: true,
            dns_support: true,
            available: Timestamp::MIN,
        };
        self.vpcs.insert(&given.id, state, Seen::ALWAYS);
        self.give_routes(given, tail);
        self.give_default_group(&given.id, &format!("sg-{tail}"), Seen::ALWAYS);
        for group in &given.security_groups {
            self.give_group(&given.id, &given.cidr, group);
        }
        for subnet in &given.subnets {
            let shape = Subnet {
                subnet_id: subnet.id.clone(),
                vpc_id: given.id.clone(),
                availability_zone: subnet.zone.clone(),
                cidr_block: subnet.cidr.clone(),
                state: "available".into(),
                map_public_ip_on_launch: subnet.public,
                ..Subnet::default()
            };
            self.subnets.insert(&subnet.id, shape, Seen::ALWAYS);
        }
    }

    /// A VPC as a call that names it sees it.
    pub(in crate::sandbox) fn vpc(&self, id: &str, now: Timestamp) -> Answer<&VpcState> {
        self.vpcs.named(id, now).ok_or_else(|| no_vpc(id))
    }

    /// A subnet as a call that names it sees it.
    pub(in crate::sandbox) fn subnet(&self, id: &str, now: Timestamp) -> Answer<&Subnet> {
        self.subnets.named(id, now).ok_or_else(|| no_subnet(id))
    }
}

fn no_vpc(id: &str) -> Refusal {
    Refusal::new(
        "InvalidVpcID.NotFound",
        format!("The vpc ID '{id}' does not exist"),
    )
}

fn no_subnet(id: &str) -> Refusal {
    Refusal::new(
        "InvalidSubnetID.NotFound",
        format!("The subnet ID '{id}' does not exist"),
    )
}

impl World<'_> {
    pub(super) fn create_vpc(&mut self, input: CreateVpc) -> Answer<Vpc> {
        let cidr: Cidr = input.cidr_block.parse().map_err(|()| {
            invalid(format!(
                "Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
                input.cidr_block
            ))
        })?;
        if !(16..=28).contains(&cidr.bits()) {
            return Err(Refusal::new(
                "InvalidVpc.Range",
                format!("The CIDR '{cidr}' is invalid."),
            ));
        }
        if !self.allows("L-F678F1CE", self.region.vpcs.len()) {
            return Err(Refusal::new(
                "VpcLimitExceeded",
                "The maximum number of VPCs has been reached.",
            ));
        }
        let tags = tags::at_creation(&input.tag_specifications, "vpc")?;
        let shape = Vpc {
            vpc_id: self.random.id("vpc"),
            cidr_block: input.cidr_block,
            state: "pending".into(),
            is_default: false,
            tags,
        };
        let seen = self.fresh();
        let available = self.later(2.0, 12.0);
        let state = VpcState {
            shape: shape.clone(),
            dns_hostnames: false,
            dns_support: true,
            available,
        };
        self.region.vpcs.insert(&shape.vpc_id, state, seen);
        self.make_main_table(&shape.vpc_id, &shape.cidr_block, seen);
        let group = self.random.id("sg");
        self.region.give_default_group(&shape.vpc_id, &group, seen);
        for group in std::mem::take(&mut self.region.later_groups) {
            self.region.give_group(&shape.vpc_id, &shape.cidr_block, &group);
        }
        Ok(shape)
    }

    pub(super) fn describe_vpcs(&mut self, input: DescribeVpcs) -> Answer<Vec<Vpc>> {
        let now = self.now;
        for vpc in self.region.vpcs.values_mut().filter(|vpc| vpc.available <= now) {
            if vpc.shape.state != "available" {
                vpc.shape.state = "available".into();
            }
        }
        let found = self
            .region
            .vpcs
            .describe(&input.vpc_ids, &input.filters, now, no_vpc)?;
        Ok(found.into_iter().map(|vpc| vpc.shape.clone()).collect())
    }

    pub(super) fn delete_vpc(&mut self, input: DeleteVpc) -> Answer<()> {
        let id = &input.vpc_id;
        self.region.vpc(id, self.now)?;
        let region = &self.region;
        let blocks = |what: &str| Err(dependency("vpc", id, what));
        if let Some(subnet) = region.subnets.values().find(|subnet| subnet.vpc_id == *id) {
            return blocks(&subnet.subnet_id);
        }
        if let Some(interface) = region
            .interfaces
            .values()
            .find(|interface| interface.vpc_id == *id)
        {
            return blocks(&interface.network_interface_id);
        }
        if let Some(group) = region
            .groups
            .values()
            .find(|g| g.vpc_id == *id && g.group_name != DEFAULT_GROUP)
        {
            return blocks(&group.group_id);
        }
        if let Some(gateway) = region
            .gateways
            .values()
            .find(|g| g.attachments.iter().any(|a| a.vpc_id == *id))
        {
            return blocks(&gateway.internet_gateway_id);
        }
        let main = |table: &crate::operations::ec2::RouteTable| table.associations.iter().any(|a| a.main);
        if let Some(table) = region
            .tables
            .values()
            .find(|table| table.vpc_id == *id && !main(table))
        {
            return blocks(&table.route_table_id);
        }
        let region = &mut self.region;
        region.vpcs.remove(id);
        region.tables.retain(|table| table.vpc_id != *id);
        let gone: Vec<String> = region
            .groups
            .values()
            .filter(|g| g.vpc_id == *id)
            .map(|g| g.group_id.clone())
            .collect();
        region.groups.retain(|group| group.vpc_id != *id);
        region.rules.retain(|rule| !gone.contains(&rule.group_id));
        Ok(())
    }

    pub(super) fn modify_vpc_attribute(&mut self, input: ModifyVpcAttribute) -> Answer<()> {
        let now = self.now;
        let vpc = self
            .region
            .vpcs
            .named_mut(&input.vpc_id, now)
            .ok_or_else(|| no_vpc(&input.vpc_id))?;
        match (input.enable_dns_hostnames, input.enable_dns_support) {
            (Some(hostnames), None) => vpc.dns_hostnames = hostnames.value,
            (None, Some(support)) => vpc.dns_support = support.value,
            _ => {
                return Err(Refusal::new(
                    "InvalidParameterCombination",
                    "Exactly one attribute must be given in a call.",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn describe_vpc_attribute(
        &mut self,
        input: DescribeVpcAttribute,
    ) -> Answer<AttributeBooleanValue> {
        let vpc = self.region.vpc(&input.vpc_id, self.now)?;
        match input.attribute.as_str() {
            "enableDnsHostnames" => Ok(AttributeBooleanValue {
                value: vpc.dns_hostnames,
            }),
            "enableDnsSupport" => Ok(AttributeBooleanValue {
                value: vpc.dns_support,
            }),
            other => Err(invalid(format!(
                "Value ({other}) for parameter attribute is invalid."
            ))),
        }
    }

    pub(super) fn create_subnet(&mut self, input: CreateSubnet) -> Answer<Subnet> {
        let vpc = self.region.vpc(&input.vpc_id, self.now)?;
        let outer: Option<Cidr> = vpc.shape.cidr_block.parse().ok();
        let cidr: Cidr = input.cidr_block.parse().map_err(|()| {
            invalid(format!(
                "Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
                input.cidr_block
            ))
        })?;
        if !(16..=28).contains(&cidr.bits()) || outer.is_none_or(|outer| !outer.contains(cidr)) {
            return Err(Refusal::new(
                "InvalidSubnet.Range",
                format!("The CIDR '{cidr}' is invalid."),
            ));
        }
        let siblings = || {
            self.region
                .subnets
                .values()
                .filter(|subnet| subnet.vpc_id == input.vpc_id)
        };
        if siblings().any(|subnet| subnet.cidr_block.parse().is_ok_and(|other| cidr.overlaps(other))) {
            return Err(Refusal::new(
                "InvalidSubnet.Conflict",
                format!("The CIDR '{cidr}' conflicts with another subnet"),
            ));
        }
        if siblings().count() >= SUBNETS {
            return Err(Refusal::new(
                "SubnetLimitExceeded",
                "The maximum number of subnets has been reached.",
            ));
        }
        let zones = self.zones();
        let zone = input
            .availability_zone
            .or_else(|| zones.first().cloned())
            .unwrap_or_default();
        if !zones.contains(&zone) {
            return Err(invalid(format!(
                "Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the \
                 following availability zones: {}.",
                zones.join(", ")
            )));
        }
        let subnet = Subnet {
            subnet_id: self.random.id("subnet"),
            vpc_id: input.vpc_id,
            availability_zone: zone,
            cidr_block: input.cidr_block,
            state: "available".into(),
            map_public_ip_on_launch: false,
            private_dns_name_options_on_launch: Some(PrivateDnsNameOptionsOnLaunch {
                hostname_type: IP_NAME.to_owned(),
            }),
            available_ip_address_count: i64::try_from(cidr.size()).unwrap_or(0) - 5,
            tags: tags::at_creation(&input.tag_specifications, "subnet")?,
        };
        let seen = self.fresh();
        self.region
            .subnets
            .insert(&subnet.subnet_id, subnet.clone(), seen);
        Ok(subnet)
    }

    pub(super) fn describe_subnets(&mut self, input: DescribeSubnets) -> Answer<Vec<Subnet>> {
        let found = self
            .region
            .subnets
            .describe(&input.subnet_ids, &input.filters, self.now, no_subnet)?;
        let count = |subnet: &Subnet| {
            let used = self
                .region
                .interfaces
                .values()
                .filter(|i| i.subnet_id == subnet.subnet_id)
                .count();
            let size = subnet.cidr_block.parse().map_or(0, Cidr::size);
            i64::try_from(size).unwrap_or(0) - 5 - i64::try_from(used).unwrap_or(0)
        };
        Ok(found
            .into_iter()
            .map(|subnet| Subnet {
                available_ip_address_count: count(subnet),
                ..subnet.clone()
            })
            .collect())
    }

    pub(super) fn delete_subnet(&mut self, input: DeleteSubnet) -> Answer<()> {
        let id = &input.subnet_id;
        self.region.subnet(id, self.now)?;
        if let Some(interface) = self.region.interfaces.values().find(|i| i.subnet_id == *id) {
            return Err(dependency("subnet", id, &interface.network_interface_id));
        }
        self.region.subnets.remove(id);
        for table in self.region.tables.values_mut() {
            table
                .associations
                .retain(|association| association.subnet_id.as_ref() != Some(id));
        }
        Ok(())
    }

    pub(super) fn modify_subnet_attribute(&mut self, input: ModifySubnetAttribute) -> Answer<()> {
        let now = self.now;
        let subnet = self
            .region
            .subnets
            .named_mut(&input.subnet_id, now)
            .ok_or_else(|| no_subnet(&input.subnet_id))?;
        match (
            input.map_public_ip_on_launch,
            input.private_dns_hostname_type_on_launch,
        ) {
            (Some(public), None) => subnet.map_public_ip_on_launch = public.value,
            (None, Some(hostname_type)) if HOSTNAME_TYPES.contains(&hostname_type.as_str()) => {
                subnet.private_dns_name_options_on_launch =
                    Some(PrivateDnsNameOptionsOnLaunch { hostname_type });
            }
            (None, Some(other)) => {
                return Err(invalid(format!(
                    "Invalid value '{other}' for PrivateDnsHostnameType"
                )));
            }
            (Some(_), Some(_)) => {
                return Err(Refusal::new(
                    "InvalidParameterCombination",
                    "Only one attribute can be modified at a time.",
                ));
            }
            (None, None) => {
                return Err(Refusal::new(
                    "MissingParameter",
                    "The request must contain one attribute.",
                ));
            }
        }
        Ok(())
    }

    /// A group of the VPC that a call names.
    pub(in crate::sandbox) fn group_in(&self, id: &str, vpc: &str) -> Answer<()> {
        match self.region.groups.named(id, self.now) {
            Some(group) if group.vpc_id == vpc => Ok(()),
            Some(_) => Err(invalid(format!(
                "The security group '{id}' is not in the VPC '{vpc}'"
            ))),
            None => Err(not_found("InvalidGroup.NotFound", id)),
        }
    }

    /// `wait` from now.
    pub(in crate::sandbox) fn after(&self, wait: Duration) -> Timestamp {
        after(self.now, wait)
    }
}
