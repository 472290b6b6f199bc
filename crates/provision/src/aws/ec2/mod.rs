//! EC2's operations.

mod shapes;

use aws_sdk_ec2::{Client, operation as sdk, types};
use aws_smithy_types::Blob;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use futures_util::future::BoxFuture;

use super::convert::{Give, Read};
use super::fault::Fault;
use crate::operations::{Reply, ec2};

pub(super) fn call(client: &Client, request: ec2::Request) -> BoxFuture<'_, Result<Reply, Fault>> {
    calls! { ec2, client, request;
        CreateVpc => create_vpc(cidr_block, tag_specifications) -> vpc;
        DescribeVpcs => describe_vpcs(vpc_ids, filters) -> *;
        DeleteVpc => delete_vpc(vpc_id);
        ModifyVpcAttribute => modify_vpc_attribute(vpc_id, enable_dns_hostnames, enable_dns_support);
        DescribeVpcAttribute => describe_vpc_attribute(vpc_id, attribute) -> (dns_attribute);
        CreateSubnet => create_subnet(vpc_id, availability_zone, cidr_block, tag_specifications) -> subnet;
        DescribeSubnets => describe_subnets(subnet_ids, filters) -> *;
        DeleteSubnet => delete_subnet(subnet_id);
        ModifySubnetAttribute => modify_subnet_attribute(subnet_id, map_public_ip_on_launch, private_dns_hostname_type_on_launch);
        CreateInternetGateway => create_internet_gateway(tag_specifications) -> internet_gateway;
        DescribeInternetGateways => describe_internet_gateways(internet_gateway_ids, filters) -> *;
        AttachInternetGateway => attach_internet_gateway(internet_gateway_id, vpc_id);
        DetachInternetGateway => detach_internet_gateway(internet_gateway_id, vpc_id);
        DeleteInternetGateway => delete_internet_gateway(internet_gateway_id);
        CreateRouteTable => create_route_table(vpc_id, tag_specifications, client_token) -> route_table;
        DescribeRouteTables => describe_route_tables(route_table_ids, filters) -> *;
        DeleteRouteTable => delete_route_table(route_table_id);
        AssociateRouteTable => associate_route_table(route_table_id, subnet_id) -> association_id;
        DisassociateRouteTable => disassociate_route_table(association_id);
        CreateRoute => create_route(route_table_id, destination_cidr_block, gateway_id, nat_gateway_id);
        ReplaceRoute => replace_route(route_table_id, destination_cidr_block, gateway_id, nat_gateway_id);
        DeleteRoute => delete_route(route_table_id, destination_cidr_block);
        AllocateAddress => allocate_address(domain, tag_specifications) -> (address);
        DescribeAddresses => describe_addresses(allocation_ids, filters) -> addresses;
        ReleaseAddress => release_address(allocation_id);
        CreateNatGateway => create_nat_gateway(allocation_id, subnet_id, tag_specifications, client_token) -> nat_gateway;
        DescribeNatGateways => describe_nat_gateways(nat_gateway_ids, filter) -> *;
        DeleteNatGateway => delete_nat_gateway(nat_gateway_id);
        CreateSecurityGroup => create_security_group(group_name, description, vpc_id, tag_specifications) -> group_id;
        DescribeSecurityGroups => describe_security_groups(group_ids, filters) -> *;
        DeleteSecurityGroup => delete_security_group(group_id);
        AuthorizeSecurityGroupIngress =>
            authorize_security_group_ingress(group_id, ip_permissions, tag_specifications) -> security_group_rules;
        AuthorizeSecurityGroupEgress =>
            authorize_security_group_egress(group_id, ip_permissions, tag_specifications) -> security_group_rules;
        RevokeSecurityGroupIngress => revoke_security_group_ingress(group_id, security_group_rule_ids, ip_permissions);
        RevokeSecurityGroupEgress => revoke_security_group_egress(group_id, security_group_rule_ids, ip_permissions);
        DescribeSecurityGroupRules => describe_security_group_rules(security_group_rule_ids, filters) -> *;
        ImportKeyPair => import_key_pair(key_name, public_key_material via bytes, tag_specifications) -> (key_pair);
        DescribeKeyPairs => describe_key_pairs(key_names, filters, include_public_key) -> key_pairs;
        DeleteKeyPair => delete_key_pair(key_name);
        CreatePlacementGroup =>
            create_placement_group(group_name, strategy, tag_specifications) -> placement_group;
        DescribePlacementGroups => describe_placement_groups(group_names, filters) -> placement_groups;
        DeletePlacementGroup => delete_placement_group(group_name);
        CreateLaunchTemplate => create_launch_template(launch_template_name, version_description, launch_template_data,
            tag_specifications, client_token) -> launch_template;
        CreateLaunchTemplateVersion => create_launch_template_version(launch_template_id, version_description,
            launch_template_data, client_token) -> launch_template_version;
        ModifyLaunchTemplate => modify_launch_template(launch_template_id, default_version) -> launch_template;
        DescribeLaunchTemplates =>
            describe_launch_templates(launch_template_ids, launch_template_names, filters) -> 200;
        DescribeLaunchTemplateVersions => describe_launch_template_versions(launch_template_id, versions) -> 200;
        DeleteLaunchTemplate => delete_launch_template(launch_template_id);
        DescribeNetworkInterfaces => describe_network_interfaces(network_interface_ids, filters) -> *;
        DeleteNetworkInterface => delete_network_interface(network_interface_id);
        DescribeVolumes => describe_volumes(volume_ids, filters) -> *;
        DescribeImages => describe_images(image_ids, owners, filters, include_deprecated) -> *;
        DescribeInstances => describe_instances(instance_ids, filters) -> [instances];
        GetConsoleOutput => get_console_output(instance_id, latest) -> (console);
        GetEbsDefaultKmsKeyId => get_ebs_default_kms_key_id() -> kms_key_id;
        GetEbsEncryptionByDefault => get_ebs_encryption_by_default() -> ebs_encryption_by_default;
        DescribeInstanceTypeOfferings => describe_instance_type_offerings(location_type, filters) -> *;
        DescribeInstanceTypes => describe_instance_types(instance_types, filters) -> *;
        DescribeAvailabilityZones => describe_availability_zones(zone_names, filters) -> availability_zones;
        CreateTags => create_tags(resources, tags);
        DeleteTags => delete_tags(resources, tags);
    }
}

/// One of the two attributes: the one that was asked for.
fn dns_attribute(out: sdk::describe_vpc_attribute::DescribeVpcAttributeOutput) -> ec2::AttributeBooleanValue {
    Read::read(out.enable_dns_hostnames.or(out.enable_dns_support))
}

fn address(out: sdk::allocate_address::AllocateAddressOutput) -> ec2::Address {
    ec2::Address {
        allocation_id: Read::read(out.allocation_id),
        public_ip: Read::read(out.public_ip),
        domain: Read::read(out.domain),
        ..ec2::Address::default()
    }
}

fn console(out: sdk::get_console_output::GetConsoleOutputOutput) -> ec2::ConsoleOutput {
    ec2::ConsoleOutput {
        instance_id: Read::read(out.instance_id),
        output: Read::read(out.output),
        timestamp: Read::read(out.timestamp),
    }
}

fn key_pair(out: sdk::import_key_pair::ImportKeyPairOutput) -> ec2::KeyPairInfo {
    ec2::KeyPairInfo {
        key_pair_id: Read::read(out.key_pair_id),
        key_name: Read::read(out.key_name),
        tags: Read::read(out.tags),
        ..ec2::KeyPairInfo::default()
    }
}

/// AWS answers instances by the call that started them.
fn instances(reservations: Vec<types::Reservation>) -> Vec<ec2::Instance> {
    let of = |reservation: types::Reservation| reservation.instances;
    Read::read(
        reservations
            .into_iter()
            .filter_map(of)
            .flatten()
            .collect::<Vec<_>>(),
    )
}

/// The table holds base64, as it goes over the wire; the SDK encodes by itself.
fn bytes(base64: String) -> Result<Option<Blob>, Fault> {
    let decoded = BASE64.decode(base64);
    decoded
        .map(|bytes| Some(Blob::new(bytes)))
        .map_err(|error| Fault::unfit(format!("the public key is not base64: {error}")))
}
