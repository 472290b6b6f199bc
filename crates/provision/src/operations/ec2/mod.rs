//! EC2: networks, security groups, key pairs, launch templates, and what is read of images, types and instances.

mod shapes;

pub use shapes::*;

operations! { Ec2, "ec2", "PascalCase";
/// Makes a VPC, with its main route table and its default security group.
Write CreateVpc(EC2_WRITE, Doubles, "ec2:CreateVpc", "ec2:CreateTags") -> Vpc {
    cidr_block: String,
    tag_specifications: Vec<TagSpecification>,
}
/// The VPCs that match; by an id that does not exist `InvalidVpcID.NotFound`.
Read DescribeVpcs(EC2_READ, Same, "ec2:DescribeVpcs") -> Vec<Vpc> { vpc_ids: Vec<String>, filters: Vec<Filter> }
/// Deletes a VPC with nothing left in it but its main route table and default group.
Write DeleteVpc(EC2_WRITE, Same, "ec2:DeleteVpc") -> () { vpc_id: String }
/// Changes one DNS attribute: AWS takes one a call.
Write ModifyVpcAttribute(EC2_WRITE, Same, "ec2:ModifyVpcAttribute") -> () {
    vpc_id: String,
    enable_dns_hostnames: Option<AttributeBooleanValue>,
    enable_dns_support: Option<AttributeBooleanValue>,
}
/// One DNS attribute of a VPC.
Read DescribeVpcAttribute(EC2_READ, Same, "ec2:DescribeVpcAttribute") -> AttributeBooleanValue {
    vpc_id: String,
    /// `enableDnsHostnames` or `enableDnsSupport`.
    attribute: String,
}
/// Makes a subnet. Public addresses at launch cannot be asked for here.
Write CreateSubnet(EC2_WRITE, Refused, "ec2:CreateSubnet", "ec2:CreateTags") -> Subnet {
    vpc_id: String,
    availability_zone: Option<String>,
    cidr_block: String,
    tag_specifications: Vec<TagSpecification>,
}
/// The subnets that match.
Read DescribeSubnets(EC2_READ, Same, "ec2:DescribeSubnets") -> Vec<Subnet> {
    subnet_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Deletes a subnet without interfaces.
Write DeleteSubnet(EC2_WRITE, Same, "ec2:DeleteSubnet") -> () { subnet_id: String }
/// Turns public addresses at launch on or off, or says what instances are called; one of them in a call.
Write ModifySubnetAttribute(EC2_WRITE, Same, "ec2:ModifySubnetAttribute") -> () {
    subnet_id: String,
    map_public_ip_on_launch: Option<AttributeBooleanValue>,
    /// `ip-name` or `resource-name`.
    private_dns_hostname_type_on_launch: Option<String>,
}
/// Makes an internet gateway.
Write CreateInternetGateway(EC2_WRITE, Doubles, "ec2:CreateInternetGateway", "ec2:CreateTags") -> InternetGateway {
    tag_specifications: Vec<TagSpecification>,
}
/// The internet gateways that match.
Read DescribeInternetGateways(EC2_READ, Same, "ec2:DescribeInternetGateways") -> Vec<InternetGateway> {
    internet_gateway_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Attaches an internet gateway: `Resource.AlreadyAssociated` if it is, to whatever VPC.
Write AttachInternetGateway(EC2_WRITE, Refused, "ec2:AttachInternetGateway") -> () {
    internet_gateway_id: String,
    vpc_id: String,
}
/// Detaches an internet gateway; `DependencyViolation` while public addresses are mapped in the VPC.
Write DetachInternetGateway(EC2_WRITE, Same, "ec2:DetachInternetGateway") -> () {
    internet_gateway_id: String,
    vpc_id: String,
}
/// Deletes a detached internet gateway.
Write DeleteInternetGateway(EC2_WRITE, Same, "ec2:DeleteInternetGateway") -> () { internet_gateway_id: String }
/// Makes a route table with the local route.
Write CreateRouteTable(EC2_WRITE, Token, "ec2:CreateRouteTable", "ec2:CreateTags") -> RouteTable {
    vpc_id: String,
    tag_specifications: Vec<TagSpecification>,
    client_token: Option<String>,
}
/// The route tables that match, with routes and associations.
Read DescribeRouteTables(EC2_READ, Same, "ec2:DescribeRouteTables") -> Vec<RouteTable> {
    route_table_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Deletes a route table without associations.
Write DeleteRouteTable(EC2_WRITE, Same, "ec2:DeleteRouteTable") -> () { route_table_id: String }
/// Makes a subnet use a route table, and answers the association's id.
Write AssociateRouteTable(EC2_WRITE, Refused, "ec2:AssociateRouteTable") -> String {
    route_table_id: String,
    subnet_id: String,
}
/// Ends an association; the subnet falls back to the main table.
Write DisassociateRouteTable(EC2_WRITE, Same, "ec2:DisassociateRouteTable") -> () { association_id: String }
/// Adds a route: `RouteAlreadyExists` if the destination has one, to whatever target.
Write CreateRoute(EC2_WRITE, Refused, "ec2:CreateRoute") -> () {
    route_table_id: String,
    destination_cidr_block: String,
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
}
/// Gives a destination another target.
Write ReplaceRoute(EC2_WRITE, Same, "ec2:ReplaceRoute") -> () {
    route_table_id: String,
    destination_cidr_block: String,
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
}
/// Removes a route.
Write DeleteRoute(EC2_WRITE, Same, "ec2:DeleteRoute") -> () { route_table_id: String, destination_cidr_block: String }
/// Takes an Elastic IP address.
Write AllocateAddress(EC2_WRITE, Doubles, "ec2:AllocateAddress", "ec2:CreateTags") -> Address {
    /// `vpc`.
    domain: String,
    tag_specifications: Vec<TagSpecification>,
}
/// The addresses that match.
Read DescribeAddresses(EC2_READ, Same, "ec2:DescribeAddresses") -> Vec<Address> {
    allocation_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Gives an address back; refused while something uses it.
Write ReleaseAddress(EC2_WRITE, Same, "ec2:ReleaseAddress") -> () { allocation_id: String }
/// Makes a NAT gateway. A VPC without an attached internet gateway makes it fail later, not now.
Write CreateNatGateway(EC2_NAT, Token, "ec2:CreateNatGateway", "ec2:CreateTags") -> NatGateway {
    allocation_id: String,
    subnet_id: String,
    tag_specifications: Vec<TagSpecification>,
    client_token: Option<String>,
}
/// The NAT gateways that match, deleted ones of the last hour included.
Read DescribeNatGateways(EC2_READ, Same, "ec2:DescribeNatGateways") -> Vec<NatGateway> {
    nat_gateway_ids: Vec<String>,
    /// The API's name for it is singular here.
    filter: Vec<Filter>,
}
/// Starts deleting a NAT gateway.
Write DeleteNatGateway(EC2_NAT, Same, "ec2:DeleteNatGateway") -> () { nat_gateway_id: String }
/// Makes a security group, which lets everything out, and answers its id.
Write CreateSecurityGroup(EC2_WRITE, Refused, "ec2:CreateSecurityGroup", "ec2:CreateTags") -> String {
    group_name: String,
    /// At most 255 of `a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`.
    description: String,
    vpc_id: String,
    tag_specifications: Vec<TagSpecification>,
}
/// The security groups that match.
Read DescribeSecurityGroups(EC2_READ, Same, "ec2:DescribeSecurityGroups") -> Vec<SecurityGroup> {
    group_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Deletes a group that no interface uses and no other group's rule names.
Write DeleteSecurityGroup(EC2_WRITE, Same, "ec2:DeleteSecurityGroup") -> () { group_id: String }
/// Adds rules for incoming traffic: all or, if one exists, none.
Write AuthorizeSecurityGroupIngress(EC2_WRITE, Refused, "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags") -> Vec<SecurityGroupRule> {
    group_id: String,
    ip_permissions: Vec<IpPermission>,
    tag_specifications: Vec<TagSpecification>,
}
/// Adds rules for outgoing traffic: all or, if one exists, none.
Write AuthorizeSecurityGroupEgress(EC2_WRITE, Refused, "ec2:AuthorizeSecurityGroupEgress", "ec2:CreateTags") -> Vec<SecurityGroupRule> {
    group_id: String,
    ip_permissions: Vec<IpPermission>,
    tag_specifications: Vec<TagSpecification>,
}
/// Removes rules for incoming traffic.
Write RevokeSecurityGroupIngress(EC2_WRITE, Same, "ec2:RevokeSecurityGroupIngress") -> () {
    group_id: String,
    security_group_rule_ids: Vec<String>,
    ip_permissions: Vec<IpPermission>,
}
/// Removes rules for outgoing traffic.
Write RevokeSecurityGroupEgress(EC2_WRITE, Same, "ec2:RevokeSecurityGroupEgress") -> () {
    group_id: String,
    security_group_rule_ids: Vec<String>,
    ip_permissions: Vec<IpPermission>,
}
/// The rules that match, of one or many groups (filter `group-id`).
Read DescribeSecurityGroupRules(EC2_READ, Same, "ec2:DescribeSecurityGroupRules") -> Vec<SecurityGroupRule> {
    security_group_rule_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Imports a public key.
Write ImportKeyPair(EC2_WRITE, Refused, "ec2:ImportKeyPair", "ec2:CreateTags") -> KeyPairInfo {
    key_name: String,
    /// The OpenSSH line, base64.
    public_key_material: String,
    tag_specifications: Vec<TagSpecification>,
}
/// The key pairs that match.
Read DescribeKeyPairs(EC2_READ, Same, "ec2:DescribeKeyPairs") -> Vec<KeyPairInfo> {
    key_names: Vec<String>,
    filters: Vec<Filter>,
    include_public_key: Option<bool>,
}
/// Deletes a key pair; one that does not exist is no error.
Write DeleteKeyPair(EC2_WRITE, Same, "ec2:DeleteKeyPair") -> () { key_name: String }
/// Makes a placement group.
Write CreatePlacementGroup(EC2_WRITE, Refused, "ec2:CreatePlacementGroup", "ec2:CreateTags") -> PlacementGroup {
    group_name: String,
    strategy: String,
    tag_specifications: Vec<TagSpecification>,
}
/// The placement groups that match; by a name that does not exist `InvalidPlacementGroup.Unknown`.
Read DescribePlacementGroups(EC2_READ, Same, "ec2:DescribePlacementGroups") -> Vec<PlacementGroup> {
    group_names: Vec<String>,
    filters: Vec<Filter>,
}
/// Deletes a placement group in which no instance runs or ends.
Write DeletePlacementGroup(EC2_WRITE, Same, "ec2:DeletePlacementGroup") -> () { group_name: String }
/// Makes a launch template with its first version. Profile, image and groups are not looked up.
Write CreateLaunchTemplate(EC2_WRITE, Token, "ec2:CreateLaunchTemplate", "ec2:CreateTags") -> LaunchTemplate {
    launch_template_name: String,
    version_description: Option<String>,
    launch_template_data: LaunchTemplateData,
    tag_specifications: Vec<TagSpecification>,
    client_token: Option<String>,
}
/// Adds a version, whole: nothing is taken over from an earlier one.
Write CreateLaunchTemplateVersion(EC2_TEMPLATE, Token, "ec2:CreateLaunchTemplateVersion") -> LaunchTemplateVersion {
    launch_template_id: String,
    version_description: Option<String>,
    launch_template_data: LaunchTemplateData,
    client_token: Option<String>,
}
/// Makes a version the default one.
Write ModifyLaunchTemplate(EC2_TEMPLATE, Same, "ec2:ModifyLaunchTemplate") -> LaunchTemplate {
    launch_template_id: String,
    /// The number of the version, as text.
    default_version: Option<String>,
}
/// The launch templates that match.
Read DescribeLaunchTemplates(EC2_READ, Same, "ec2:DescribeLaunchTemplates") -> Vec<LaunchTemplate> {
    launch_template_ids: Vec<String>,
    launch_template_names: Vec<String>,
    filters: Vec<Filter>,
}
/// Versions of one template (numbers, `$Latest`, `$Default`), or with no template the `$Latest` of all of them.
Read DescribeLaunchTemplateVersions(EC2_READ, Same, "ec2:DescribeLaunchTemplateVersions") -> Vec<LaunchTemplateVersion> {
    launch_template_id: Option<String>,
    versions: Vec<String>,
}
/// Deletes a launch template with all versions.
Write DeleteLaunchTemplate(EC2_WRITE, Same, "ec2:DeleteLaunchTemplate") -> () { launch_template_id: String }
/// The network interfaces that match.
Read DescribeNetworkInterfaces(EC2_READ, Same, "ec2:DescribeNetworkInterfaces") -> Vec<NetworkInterface> {
    network_interface_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// Deletes an interface that is `available`.
Write DeleteNetworkInterface(EC2_INTERFACE, Same, "ec2:DeleteNetworkInterface") -> () { network_interface_id: String }
/// The volumes that match.
Read DescribeVolumes(EC2_READ, Same, "ec2:DescribeVolumes") -> Vec<Volume> {
    volume_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// The images that match.
Read DescribeImages(EC2_READ, Same, "ec2:DescribeImages") -> Vec<Image> {
    image_ids: Vec<String>,
    owners: Vec<String>,
    filters: Vec<Filter>,
    /// Without it, deprecated images of others are left out, but for those that `image_ids` names.
    include_deprecated: Option<bool>,
}
/// The instances that match, terminated ones of the last hour included.
Read DescribeInstances(EC2_READ, Same, "ec2:DescribeInstances") -> Vec<Instance> {
    instance_ids: Vec<String>,
    filters: Vec<Filter>,
}
/// What an instance wrote to its serial console, newest last; with `latest` what it holds now, not at its last boot.
Read GetConsoleOutput(EC2_READ, Same, "ec2:GetConsoleOutput") -> ConsoleOutput {
    instance_id: String,
    /// Only Nitro instances have it.
    latest: Option<bool>,
}
/// The key that volumes are encrypted with where none is named: an ARN, or `alias/aws/ebs` for AWS's own.
Read GetEbsDefaultKmsKeyId(EC2_READ, Same, "ec2:GetEbsDefaultKmsKeyId") -> String {}
/// Whether the region encrypts volumes whatever is asked for.
Read GetEbsEncryptionByDefault(EC2_READ, Same, "ec2:GetEbsEncryptionByDefault") -> bool {}
/// Where instance types are offered (filters `instance-type` and `location`).
Read DescribeInstanceTypeOfferings(EC2_READ, Same, "ec2:DescribeInstanceTypeOfferings") -> Vec<InstanceTypeOffering> {
    /// `availability-zone` for zones.
    location_type: String,
    filters: Vec<Filter>,
}
/// What instance types are; by a name that does not exist `InvalidInstanceType`.
Read DescribeInstanceTypes(EC2_READ, Same, "ec2:DescribeInstanceTypes") -> Vec<InstanceTypeInfo> {
    instance_types: Vec<String>,
    filters: Vec<Filter>,
}
/// The zones of the region.
Read DescribeAvailabilityZones(EC2_READ, Same, "ec2:DescribeAvailabilityZones") -> Vec<AvailabilityZone> {
    zone_names: Vec<String>,
    filters: Vec<Filter>,
}
/// Sets tags on any number of objects.
Write CreateTags(EC2_TAGS, Same, "ec2:CreateTags") -> () { resources: Vec<String>, tags: Vec<Tag> }
/// Removes tags by key (and, if given, value).
Write DeleteTags(EC2_TAGS, Same, "ec2:DeleteTags") -> () { resources: Vec<String>, tags: Vec<Tag> }
}
