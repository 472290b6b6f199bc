//! EC2 and VPC.

mod console;
mod gateways;
mod images;
pub(super) mod instances;
mod interfaces;
mod keys;
pub(super) mod network;
mod offers;
mod placements;
pub(super) mod routes;
mod rules;
mod security;
pub(super) mod templates;

use super::{Answer, Refusal, tags, world::World};
use crate::operations::ec2::{self, Tag};

impl World<'_> {
    pub(super) fn ec2(&mut self, request: ec2::Request) -> Answer<ec2::Reply> {
        dispatch!(self, request, ec2:
            CreateVpc => create_vpc,
            DescribeVpcs => describe_vpcs,
            DeleteVpc => delete_vpc,
            ModifyVpcAttribute => modify_vpc_attribute,
            DescribeVpcAttribute => describe_vpc_attribute,
            CreateSubnet => create_subnet,
            DescribeSubnets => describe_subnets,
            DeleteSubnet => delete_subnet,
            ModifySubnetAttribute => modify_subnet_attribute,
            CreateInternetGateway => create_internet_gateway,
            DescribeInternetGateways => describe_internet_gateways,
            AttachInternetGateway => attach_internet_gateway,
            DetachInternetGateway => detach_internet_gateway,
            DeleteInternetGateway => delete_internet_gateway,
            CreateRouteTable => create_route_table,
            DescribeRouteTables => describe_route_tables,
            DeleteRouteTable => delete_route_table,
            AssociateRouteTable => associate_route_table,
            DisassociateRouteTable => disassociate_route_table,
            CreateRoute => create_route,
            ReplaceRoute => replace_route,
            DeleteRoute => delete_route,
            AllocateAddress => allocate_address,
            DescribeAddresses => describe_addresses,
            ReleaseAddress => release_address,
            CreateNatGateway => create_nat_gateway,
            DescribeNatGateways => describe_nat_gateways,
            DeleteNatGateway => delete_nat_gateway,
            CreateSecurityGroup => create_security_group,
            DescribeSecurityGroups => describe_security_groups,
            DeleteSecurityGroup => delete_security_group,
            AuthorizeSecurityGroupIngress => authorize_ingress,
            AuthorizeSecurityGroupEgress => authorize_egress,
            RevokeSecurityGroupIngress => revoke_ingress,
            RevokeSecurityGroupEgress => revoke_egress,
            DescribeSecurityGroupRules => describe_security_group_rules,
            ImportKeyPair => import_key_pair,
            DescribeKeyPairs => describe_key_pairs,
            DeleteKeyPair => delete_key_pair,
            CreatePlacementGroup => create_placement_group,
            DescribePlacementGroups => describe_placement_groups,
            DeletePlacementGroup => delete_placement_group,
            CreateLaunchTemplate => create_launch_template,
            CreateLaunchTemplateVersion => create_launch_template_version,
            ModifyLaunchTemplate => modify_launch_template,
            DescribeLaunchTemplates => describe_launch_templates,
            DescribeLaunchTemplateVersions => describe_launch_template_versions,
            DeleteLaunchTemplate => delete_launch_template,
            DescribeNetworkInterfaces => describe_network_interfaces,
            DeleteNetworkInterface => delete_network_interface,
            DescribeImages => describe_images,
            DescribeInstances => describe_instances,
            GetConsoleOutput => get_console_output,
            GetEbsDefaultKmsKeyId => get_ebs_default_kms_key_id,
            GetEbsEncryptionByDefault => get_ebs_encryption_by_default,
            DescribeInstanceTypeOfferings => describe_instance_type_offerings,
            DescribeInstanceTypes => describe_instance_types,
            DescribeAvailabilityZones => describe_availability_zones,
            DescribeVolumes => describe_volumes,
            CreateTags => create_tags,
            DeleteTags => delete_tags,
        )
    }

    fn create_tags(&mut self, input: ec2::CreateTags) -> Answer<()> {
        for id in &input.resources {
            self.tags_of(id)?;
        }
        for id in &input.resources {
            tags::set(self.tags_of(id)?, &input.tags)?;
        }
        Ok(())
    }

    fn delete_tags(&mut self, input: ec2::DeleteTags) -> Answer<()> {
        for id in &input.resources {
            tags::unset(self.tags_of(id)?, &input.tags);
        }
        Ok(())
    }

    /// The tags of the object with that id, whatever it is.
    fn tags_of(&mut self, id: &str) -> Answer<&mut Vec<Tag>> {
        let (now, region) = (self.now, &mut *self.region);
        let kind = id.split('-').next().unwrap_or_default();
        let tags = match kind {
            "vpc" => region.vpcs.named_mut(id, now).map(|vpc| &mut vpc.shape.tags),
            "subnet" => region.subnets.named_mut(id, now).map(|subnet| &mut subnet.tags),
            "igw" => region
                .gateways
                .named_mut(id, now)
                .map(|gateway| &mut gateway.tags),
            "rtb" => region.tables.named_mut(id, now).map(|table| &mut table.tags),
            "eipalloc" => region
                .addresses
                .named_mut(id, now)
                .map(|address| &mut address.tags),
            "nat" => region.nats.named_mut(id, now).map(|nat| &mut nat.tags),
            "sg" => region.groups.named_mut(id, now).map(|group| &mut group.tags),
            "sgr" => region.rules.named_mut(id, now).map(|rule| &mut rule.tags),
            "lt" => region
                .templates
                .named_mut(id, now)
                .map(|template| &mut template.shape.tags),
            "i" => region
                .machines
                .named_mut(id, now)
                .map(|machine| &mut machine.shape.tags),
            "eni" => region
                .interfaces
                .named_mut(id, now)
                .map(|interface| &mut interface.tag_set),
            "key" => region
                .keys
                .values_mut()
                .find(|key| key.key_pair_id == id)
                .map(|key| &mut key.tags),
            "pg" => region
                .placements
                .values_mut()
                .find(|group| group.group_id == id)
                .map(|group| &mut group.tags),
            _ => return Err(Refusal::new("InvalidID", format!("The ID '{id}' is not valid"))),
        };
        let code = match kind {
            "vpc" => "InvalidVpcID.NotFound",
            "subnet" => "InvalidSubnetID.NotFound",
            "igw" => "InvalidInternetGatewayID.NotFound",
            "rtb" => "InvalidRouteTableID.NotFound",
            "eipalloc" => "InvalidAllocationID.NotFound",
            "nat" => "InvalidNatGatewayID.NotFound",
            "sg" => "InvalidGroup.NotFound",
            "sgr" => "InvalidSecurityGroupRuleId.NotFound",
            "lt" => "InvalidLaunchTemplateId.NotFound",
            "i" => "InvalidInstanceID.NotFound",
            "eni" => "InvalidNetworkInterfaceID.NotFound",
            "pg" => "InvalidPlacementGroup.Unknown",
            _ => "InvalidKeyPair.NotFound",
        };
        tags.ok_or_else(|| not_found(code, id))
    }
}

/// "The ... does not exist", under the kind's own code.
fn not_found(code: &'static str, id: &str) -> Refusal {
    Refusal::new(code, format!("The ID '{id}' does not exist"))
}

/// What still hangs on something that is to be deleted.
fn dependency(kind: &str, id: &str, what: &str) -> Refusal {
    Refusal::new(
        "DependencyViolation",
        format!("The {kind} '{id}' has dependencies and cannot be deleted: {what}"),
    )
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}
