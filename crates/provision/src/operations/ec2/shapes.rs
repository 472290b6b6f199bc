//! The things that EC2's operations take and answer.

shapes! { "PascalCase";
/// A tag. Keys have at most 128 characters, values 256; `aws:` is AWS's own.
Tag { key: String, value: String }

/// Tags to set at creation on what the call makes.
TagSpecification {
    /// `vpc`, `subnet`, `natgateway`, `security-group-rule`, ...
    resource_type: String,
    tags: Vec<Tag>,
}

/// A filter: an object passes if one of the values matches; `*` and `?` are wildcards. `tag:KEY` filters by tag.
Filter { name: String, values: Vec<String> }

/// A boolean attribute of a Modify call.
AttributeBooleanValue { value: bool }

/// A VPC.
Vpc { vpc_id: String, cidr_block: String, state: String, is_default: bool, tags: Vec<Tag> }

/// A subnet.
Subnet {
    subnet_id: String,
    vpc_id: String,
    availability_zone: String,
    cidr_block: String,
    /// `pending` or `available`.
    state: String,
    map_public_ip_on_launch: bool,
    private_dns_name_options_on_launch: Option<PrivateDnsNameOptionsOnLaunch>,
    available_ip_address_count: i64,
    tags: Vec<Tag>,
}

/// What instances of a subnet are called.
PrivateDnsNameOptionsOnLaunch {
    /// `ip-name` (AWS's default) or `resource-name`.
    hostname_type: String,
}

/// An internet gateway.
InternetGateway { internet_gateway_id: String, attachments: Vec<InternetGatewayAttachment>, tags: Vec<Tag> }

/// The VPC that an internet gateway is attached to.
InternetGatewayAttachment {
    vpc_id: String,
    /// `available` (AWS's word for attached), `attaching`, `detaching`.
    state: String,
}

/// A route table.
RouteTable {
    route_table_id: String,
    vpc_id: String,
    routes: Vec<Route>,
    associations: Vec<RouteTableAssociation>,
    tags: Vec<Tag>,
}

/// A route.
Route {
    destination_cidr_block: Option<String>,
    /// An internet gateway's id, or `local`.
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
    transit_gateway_id: Option<String>,
    /// `active`, or `blackhole` if the target is gone.
    state: String,
    /// `CreateRouteTable` (the local route) or `CreateRoute`.
    origin: String,
}

/// A subnet's use of a route table, or the VPC's main association.
RouteTableAssociation {
    route_table_association_id: String,
    route_table_id: String,
    subnet_id: Option<String>,
    main: bool,
}

/// An Elastic IP address.
Address {
    allocation_id: String,
    public_ip: String,
    domain: String,
    association_id: Option<String>,
    network_interface_id: Option<String>,
    tags: Vec<Tag>,
}

/// A NAT gateway. Deleted ones stay visible for about an hour.
NatGateway {
    nat_gateway_id: String,
    vpc_id: String,
    subnet_id: String,
    /// `pending`, `available`, `deleting`, `deleted`, `failed`.
    state: String,
    failure_code: Option<String>,
    failure_message: Option<String>,
    nat_gateway_addresses: Vec<NatGatewayAddress>,
    create_time: jiff::Timestamp,
    tags: Vec<Tag>,
}

/// The address of a NAT gateway.
NatGatewayAddress {
    allocation_id: Option<String>,
    network_interface_id: Option<String>,
    private_ip: Option<String>,
    public_ip: Option<String>,
}

/// A security group. Its rules are read with DescribeSecurityGroupRules.
SecurityGroup { group_id: String, group_name: String, description: String, vpc_id: String, tags: Vec<Tag> }

/// Rules to add or remove: a protocol, ports, and any number of peers, each of which becomes one rule.
IpPermission {
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    ip_protocol: String,
    from_port: Option<i64>,
    to_port: Option<i64>,
    ip_ranges: Vec<IpRange>,
    ipv6_ranges: Vec<Ipv6Range>,
    user_id_group_pairs: Vec<UserIdGroupPair>,
}

/// An IPv4 peer.
IpRange { cidr_ip: String, description: Option<String> }

/// An IPv6 peer.
Ipv6Range { cidr_ipv6: String, description: Option<String> }

/// A security group as peer.
UserIdGroupPair { group_id: String, description: Option<String> }

/// A rule of a security group. Ports of protocol `-1` read back as -1.
SecurityGroupRule {
    security_group_rule_id: String,
    group_id: String,
    is_egress: bool,
    ip_protocol: String,
    from_port: i64,
    to_port: i64,
    cidr_ipv4: Option<String>,
    cidr_ipv6: Option<String>,
    referenced_group_info: Option<ReferencedSecurityGroup>,
    description: Option<String>,
    tags: Vec<Tag>,
}

/// The peer of a rule.
ReferencedSecurityGroup { group_id: String }

/// A key pair. The private key is never ours.
KeyPairInfo {
    key_pair_id: String,
    key_name: String,
    /// `rsa` or `ed25519`.
    key_type: String,
    /// In OpenSSH form; only when it was asked for.
    public_key: Option<String>,
    tags: Vec<Tag>,
}

/// A launch template.
LaunchTemplate {
    launch_template_id: String,
    launch_template_name: String,
    create_time: jiff::Timestamp,
    default_version_number: i64,
    latest_version_number: i64,
    tags: Vec<Tag>,
}

/// A version of a launch template: never changed, only followed by another.
LaunchTemplateVersion {
    launch_template_id: String,
    launch_template_name: String,
    version_number: i64,
    version_description: Option<String>,
    default_version: bool,
    create_time: jiff::Timestamp,
    launch_template_data: LaunchTemplateData,
}

/// What instances are started from.
LaunchTemplateData {
    image_id: Option<String>,
    instance_type: Option<String>,
    key_name: Option<String>,
    /// Base64; at most 16 KiB before it.
    user_data: Option<String>,
    ebs_optimized: Option<bool>,
    iam_instance_profile: Option<IamInstanceProfileSpecification>,
    block_device_mappings: Vec<BlockDeviceMapping>,
    network_interfaces: Vec<InstanceNetworkInterfaceSpecification>,
    security_group_ids: Vec<String>,
    metadata_options: Option<InstanceMetadataOptions>,
    monitoring: Option<Monitoring>,
    placement: Option<Placement>,
    credit_specification: Option<CreditSpecification>,
    instance_market_options: Option<InstanceMarketOptions>,
    capacity_reservation_specification: Option<CapacityReservationSpecification>,
    enclave_options: Option<EnclaveOptions>,
    tag_specifications: Vec<TagSpecification>,
}

/// A profile, by ARN or name.
IamInstanceProfileSpecification { arn: Option<String>, name: Option<String> }

/// A volume of an instance.
BlockDeviceMapping { device_name: String, ebs: Option<EbsBlockDevice> }

/// An EBS volume.
EbsBlockDevice {
    encrypted: Option<bool>,
    delete_on_termination: Option<bool>,
    iops: Option<i64>,
    kms_key_id: Option<String>,
    snapshot_id: Option<String>,
    /// MiB/s.
    throughput: Option<i64>,
    /// GiB.
    volume_size: Option<i64>,
    volume_type: Option<String>,
}

/// A network interface that an instance starts with.
InstanceNetworkInterfaceSpecification {
    associate_public_ip_address: Option<bool>,
    delete_on_termination: Option<bool>,
    device_index: Option<i64>,
    groups: Vec<String>,
    /// `interface` or `efa`.
    interface_type: Option<String>,
    network_card_index: Option<i64>,
}

/// The instance metadata service.
InstanceMetadataOptions {
    http_endpoint: Option<String>,
    http_put_response_hop_limit: Option<i64>,
    /// `required` means IMDSv2 only.
    http_tokens: Option<String>,
}

/// Detailed monitoring.
Monitoring { enabled: bool }

/// Nitro Enclaves.
EnclaveOptions { enabled: bool }

/// Which reserved capacity instances take.
CapacityReservationSpecification {
    /// `open`, `none` or `capacity-reservations-only`.
    capacity_reservation_preference: Option<String>,
    capacity_reservation_target: Option<CapacityReservationTarget>,
}

/// A reservation, or a group of them.
CapacityReservationTarget {
    capacity_reservation_id: Option<String>,
    capacity_reservation_resource_group_arn: Option<String>,
}

/// Where instances are put.
Placement { group_name: Option<String>, tenancy: Option<String> }

/// CPU credits of T types.
CreditSpecification { cpu_credits: String }

/// On-demand or spot.
InstanceMarketOptions { market_type: Option<String>, spot_options: Option<SpotMarketOptions> }

/// Limits of a spot request.
SpotMarketOptions { max_price: Option<String> }

/// A placement group. It is named by its name everywhere; its id only tags it.
PlacementGroup {
    group_id: String,
    group_name: String,
    /// `cluster`, `spread` or `partition`.
    strategy: String,
    /// `pending`, `available`, `deleting`, `deleted`.
    state: String,
    tags: Vec<Tag>,
}

/// A machine image.
Image {
    image_id: String,
    name: String,
    architecture: String,
    owner_id: String,
    /// `pending`, `available`, `deregistered`, ...
    state: String,
    root_device_name: Option<String>,
    root_device_type: String,
    block_device_mappings: Vec<BlockDeviceMapping>,
    /// `windows`, or absent.
    platform: Option<String>,
    creation_date: Option<String>,
    deprecation_time: Option<String>,
}

/// An instance.
Instance {
    instance_id: String,
    image_id: String,
    instance_type: String,
    state: InstanceState,
    state_transition_reason: Option<String>,
    state_reason: Option<StateReason>,
    vpc_id: Option<String>,
    subnet_id: Option<String>,
    private_dns_name: Option<String>,
    private_ip_address: Option<String>,
    public_ip_address: Option<String>,
    placement: InstancePlacement,
    iam_instance_profile: Option<IamInstanceProfile>,
    key_name: Option<String>,
    security_groups: Vec<GroupIdentifier>,
    instance_lifecycle: Option<String>,
    launch_time: jiff::Timestamp,
    tags: Vec<Tag>,
}

/// What an instance wrote to its console.
ConsoleOutput {
    instance_id: String,
    /// Base64, up to 64 KiB; absent before the first of it.
    output: Option<String>,
    timestamp: Option<jiff::Timestamp>,
}

/// The state of an instance.
InstanceState {
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping`, `stopped`.
    name: String,
}

/// Why an instance is in its state.
StateReason { code: String, message: String }

/// Where an instance is.
InstancePlacement {
    availability_zone: String,
    /// Its placement group.
    group_name: Option<String>,
}

/// The profile of an instance.
IamInstanceProfile { arn: String, id: String }

/// A security group of an instance or interface.
GroupIdentifier { group_id: String, group_name: String }

/// An offering of an instance type at a location.
InstanceTypeOffering { instance_type: String, location: String, location_type: String }

/// What an instance type is.
InstanceTypeInfo {
    instance_type: String,
    v_cpu_info: VCpuInfo,
    memory_info: MemoryInfo,
    processor_info: ProcessorInfo,
    gpu_info: Option<GpuInfo>,
    network_info: Option<NetworkInfo>,
}

/// vCPUs of a type.
VCpuInfo { default_v_cpus: i64 }

/// Memory of a type.
MemoryInfo {
    #[serde(rename = "SizeInMiB")]
    size_in_mib: i64,
}

/// Architectures of a type.
ProcessorInfo { supported_architectures: Vec<String> }

/// The network of a type.
NetworkInfo {
    efa_supported: bool,
    efa_info: Option<EfaInfo>,
    maximum_network_cards: i64,
    network_cards: Vec<NetworkCardInfo>,
}

/// How many Elastic Fabric Adapters a type takes.
EfaInfo { maximum_efa_interfaces: i64 }

/// A network card of a type.
NetworkCardInfo {
    network_card_index: i64,
    /// `interface`, `efa`, `efa-only`.
    interface_types: Vec<String>,
}

/// GPUs of a type.
GpuInfo { gpus: Vec<GpuDeviceInfo> }

/// GPUs of one kind.
GpuDeviceInfo { count: i64, manufacturer: String, name: String }

/// A zone.
AvailabilityZone { zone_name: String, zone_id: String, region_name: String, state: String, zone_type: String }

/// A volume.
Volume {
    volume_id: String,
    /// GiB.
    size: i64,
    /// `creating`, `available`, `in-use`, `deleting`, ...
    state: String,
    availability_zone: String,
    tags: Vec<Tag>,
}

/// A network interface.
NetworkInterface {
    network_interface_id: String,
    vpc_id: String,
    subnet_id: String,
    availability_zone: String,
    description: String,
    /// `interface`, `nat_gateway`, ...
    interface_type: String,
    /// True for interfaces that belong to a service: they cannot be deleted by us.
    requester_managed: bool,
    /// `available`, `in-use`, ...
    status: String,
    groups: Vec<GroupIdentifier>,
    attachment: Option<NetworkInterfaceAttachment>,
    private_ip_address: String,
    association: Option<NetworkInterfaceAssociation>,
    tag_set: Vec<Tag>,
}

/// What an interface is attached to.
NetworkInterfaceAttachment { attachment_id: String, instance_id: Option<String>, delete_on_termination: bool }

/// The public address of an interface.
NetworkInterfaceAssociation { public_ip: String, allocation_id: Option<String> }
}

impl Tag {
    /// A tag.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
        }
    }
}

impl Filter {
    /// A filter on one value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            values: vec![value.into()],
        }
    }
}
