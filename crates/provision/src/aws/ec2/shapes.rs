//! EC2's shapes.

use aws_sdk_ec2::types;

use crate::aws::convert::{Give, Read};
use crate::aws::fault::Fault;
use crate::operations::ec2::*;

gives! {
    Tag { key, value }
    TagSpecification { resource_type, tags }
    TagSpecification as LaunchTemplateTagSpecificationRequest { resource_type, tags }
    Filter { name, values }
    AttributeBooleanValue { value }
    IpPermission { ip_protocol, from_port, to_port, ip_ranges, ipv6_ranges, user_id_group_pairs }
    IpRange { cidr_ip, description }
    Ipv6Range { cidr_ipv6, description }
    UserIdGroupPair { group_id, description }
    LaunchTemplateData as RequestLaunchTemplateData {
        image_id, instance_type, key_name, user_data, ebs_optimized, iam_instance_profile, block_device_mappings,
        network_interfaces, security_group_ids, metadata_options, monitoring, placement, credit_specification,
        instance_market_options, capacity_reservation_specification, enclave_options, tag_specifications,
    }
    IamInstanceProfileSpecification as LaunchTemplateIamInstanceProfileSpecificationRequest { arn, name }
    BlockDeviceMapping as LaunchTemplateBlockDeviceMappingRequest { device_name, ebs }
    EbsBlockDevice as LaunchTemplateEbsBlockDeviceRequest {
        encrypted, delete_on_termination, iops, kms_key_id, snapshot_id, throughput, volume_size, volume_type,
    }
    InstanceNetworkInterfaceSpecification as LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
        associate_public_ip_address, delete_on_termination, device_index, groups, interface_type, network_card_index,
    }
    InstanceMetadataOptions as LaunchTemplateInstanceMetadataOptionsRequest {
        http_endpoint, http_put_response_hop_limit, http_tokens,
    }
    Monitoring as LaunchTemplatesMonitoringRequest { enabled }
    Placement as LaunchTemplatePlacementRequest { group_name, tenancy }
    CreditSpecification as CreditSpecificationRequest { cpu_credits }
    InstanceMarketOptions as LaunchTemplateInstanceMarketOptionsRequest { market_type, spot_options }
    SpotMarketOptions as LaunchTemplateSpotMarketOptionsRequest { max_price }
    CapacityReservationSpecification as LaunchTemplateCapacityReservationSpecificationRequest {
        capacity_reservation_preference, capacity_reservation_target,
    }
    CapacityReservationTarget { capacity_reservation_id, capacity_reservation_resource_group_arn }
    EnclaveOptions as LaunchTemplateEnclaveOptionsRequest { enabled }
}

reads! {
    Tag { key, value }
    AttributeBooleanValue { value }
    Vpc { vpc_id, cidr_block, state, is_default, tags }
    Subnet {
        subnet_id, vpc_id, availability_zone, cidr_block, state, map_public_ip_on_launch,
        private_dns_name_options_on_launch, available_ip_address_count, tags,
    }
    PrivateDnsNameOptionsOnLaunch { hostname_type }
    InternetGateway { internet_gateway_id, attachments, tags }
    InternetGatewayAttachment { vpc_id, state }
    RouteTable { route_table_id, vpc_id, routes, associations, tags }
    Route { destination_cidr_block, gateway_id, nat_gateway_id, transit_gateway_id, state, origin }
    RouteTableAssociation { route_table_association_id, route_table_id, subnet_id, main }
    Address { allocation_id, public_ip, domain, association_id, network_interface_id, tags }
    NatGateway {
        nat_gateway_id, vpc_id, subnet_id, state, failure_code, failure_message, nat_gateway_addresses, create_time,
        tags,
    }
    NatGatewayAddress { allocation_id, network_interface_id, private_ip, public_ip }
    SecurityGroup { group_id, group_name, description, vpc_id, tags }
    SecurityGroupRule {
        security_group_rule_id, group_id, is_egress, ip_protocol, from_port, to_port, cidr_ipv4, cidr_ipv6,
        referenced_group_info, description, tags,
    }
    ReferencedSecurityGroup { group_id }
    KeyPairInfo { key_pair_id, key_name, key_type, public_key, tags }
    LaunchTemplate {
        launch_template_id, launch_template_name, create_time, default_version_number, latest_version_number, tags,
    }
    LaunchTemplateVersion {
        launch_template_id, launch_template_name, version_number, version_description, default_version, create_time,
        launch_template_data,
    }
    LaunchTemplateData from ResponseLaunchTemplateData {
        image_id, instance_type, key_name, user_data, ebs_optimized, iam_instance_profile, block_device_mappings,
        network_interfaces, security_group_ids, metadata_options, monitoring, placement, credit_specification,
        instance_market_options, capacity_reservation_specification, enclave_options, tag_specifications,
    }
    IamInstanceProfileSpecification from LaunchTemplateIamInstanceProfileSpecification { arn, name }
    BlockDeviceMapping from LaunchTemplateBlockDeviceMapping { device_name, ebs }
    EbsBlockDevice from LaunchTemplateEbsBlockDevice {
        encrypted, delete_on_termination, iops, kms_key_id, snapshot_id, throughput, volume_size, volume_type,
    }
    InstanceNetworkInterfaceSpecification from LaunchTemplateInstanceNetworkInterfaceSpecification {
        associate_public_ip_address, delete_on_termination, device_index, groups, interface_type, network_card_index,
    }
    InstanceMetadataOptions from LaunchTemplateInstanceMetadataOptions {
        http_endpoint, http_put_response_hop_limit, http_tokens,
    }
    Monitoring from LaunchTemplatesMonitoring { enabled }
    Placement from LaunchTemplatePlacement { group_name, tenancy }
    CreditSpecification { cpu_credits }
    InstanceMarketOptions from LaunchTemplateInstanceMarketOptions { market_type, spot_options }
    SpotMarketOptions from LaunchTemplateSpotMarketOptions { max_price }
    CapacityReservationSpecification from LaunchTemplateCapacityReservationSpecificationResponse {
        capacity_reservation_preference, capacity_reservation_target,
    }
    CapacityReservationTarget from CapacityReservationTargetResponse {
        capacity_reservation_id, capacity_reservation_resource_group_arn,
    }
    EnclaveOptions from LaunchTemplateEnclaveOptions { enabled }
    Image {
        image_id, name, architecture, owner_id, state, root_device_name, root_device_type, block_device_mappings,
        platform, creation_date, deprecation_time,
    }
    Instance {
        instance_id, image_id, instance_type, state, state_transition_reason, state_reason, vpc_id, subnet_id,
        private_dns_name, private_ip_address, public_ip_address, placement, iam_instance_profile, key_name,
        security_groups, instance_lifecycle, launch_time, tags,
    }
    InstanceState { name }
    StateReason { code, message }
    InstancePlacement from Placement { availability_zone, group_name }
    PlacementGroup { group_id, group_name, strategy, state, tags }
    IamInstanceProfile { arn, id }
    GroupIdentifier { group_id, group_name }
    InstanceTypeOffering { instance_type, location, location_type }
    InstanceTypeInfo { instance_type, v_cpu_info, memory_info, processor_info, gpu_info, network_info }
    VCpuInfo { default_v_cpus }
    MemoryInfo { size_in_mib }
    ProcessorInfo { supported_architectures }
    NetworkInfo { efa_supported, efa_info, maximum_network_cards, network_cards }
    EfaInfo { maximum_efa_interfaces }
    NetworkCardInfo { network_card_index, interface_types }
    GpuInfo { gpus }
    GpuDeviceInfo { count, manufacturer, name }
    AvailabilityZone { zone_name, zone_id, region_name, state, zone_type }
    Volume { volume_id, size, state, availability_zone, tags }
    NetworkInterface {
        network_interface_id, vpc_id, subnet_id, availability_zone, description, interface_type, requester_managed,
        status, groups, attachment, private_ip_address, association, tag_set,
    }
    NetworkInterfaceAttachment { attachment_id, instance_id, delete_on_termination }
    NetworkInterfaceAssociation { public_ip, allocation_id }
    BlockDeviceMapping { device_name, ebs }
    EbsBlockDevice {
        encrypted, delete_on_termination, iops, kms_key_id, snapshot_id, throughput, volume_size, volume_type,
    }
    TagSpecification from LaunchTemplateTagSpecification { resource_type, tags }
}

reads_words! { ArchitectureType NetworkCardInterfaceType }
gives_words! { InstanceType PlacementStrategy }
