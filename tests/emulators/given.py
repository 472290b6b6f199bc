"""What the account has before anybody calls, made in an emulator. Ids are chosen there as AWS chooses them, so each is
told with the one that it stands for.
"""

import urllib.parse


def make(facts, emulator):
    """The ids of the account's objects, each with the one that it has in the emulator."""
    roles(facts, emulator)
    ids = {}
    for part in (networks, security_groups, templates, names):
        part(facts, emulator.client("ec2"), ids)
    return ids


def roles(facts, emulator):
    """Roles and instance profiles."""
    iam = emulator.client("iam")
    for role in facts.ask("iam", "GetAccountAuthorizationDetails", {"Filter": ["Role"]}):
        if role["Path"].startswith("/aws-service-role/"):
            continue
        name, trust = role["RoleName"], urllib.parse.unquote(role["AssumeRolePolicyDocument"])
        iam.create_role(Path=role["Path"], RoleName=name, AssumeRolePolicyDocument=trust)
        for policy in role.get("AttachedManagedPolicies", []):
            iam.attach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for profile in role.get("InstanceProfileList", []):
            profile_name = profile["InstanceProfileName"]
            iam.create_instance_profile(Path=profile["Path"], InstanceProfileName=profile_name)
            iam.add_role_to_instance_profile(InstanceProfileName=profile_name, RoleName=name)


def networks(facts, ec2, ids):
    """VPCs with their subnets; those that give public addresses reach the internet."""
    ways_out = {}
    for vpc in facts.ask("ec2", "DescribeVpcs", {}):
        made = ids[vpc["VpcId"]] = ec2.create_vpc(CidrBlock=vpc["CidrBlock"])["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=made)
        table = ec2.create_route_table(VpcId=made)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        ways_out[made] = table
    for subnet in facts.ask("ec2", "DescribeSubnets", {}):
        vpc = ids[subnet["VpcId"]]
        place = {"AvailabilityZone": subnet["AvailabilityZone"], "CidrBlock": subnet["CidrBlock"]}
        made = ids[subnet["SubnetId"]] = ec2.create_subnet(VpcId=vpc, **place)["Subnet"]["SubnetId"]
        if subnet["MapPublicIpOnLaunch"]:
            ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})
            ec2.associate_route_table(RouteTableId=ways_out[vpc], SubnetId=made)


def security_groups(facts, ec2, ids):
    """Security groups with what they let in from ranges of addresses."""
    for group in facts.ask("ec2", "DescribeSecurityGroups", {}):
        if group["GroupName"] == "default":
            continue
        texts = {"GroupName": "given-" + group["GroupName"], "Description": group["Description"]}
        ids[group["GroupId"]] = ec2.create_security_group(VpcId=ids[group["VpcId"]], **texts)["GroupId"]
    for rule in facts.ask("ec2", "DescribeSecurityGroupRules", {}):
        if rule["GroupId"] in ids and not rule["IsEgress"]:
            permission = {"IpProtocol": rule["IpProtocol"], "IpRanges": [{"CidrIp": rule["CidrIpv4"]}]}
            ec2.authorize_security_group_ingress(GroupId=ids[rule["GroupId"]], IpPermissions=[permission])


def templates(facts, ec2, ids):
    """Launch templates with all their versions."""
    for template in facts.ask("ec2", "DescribeLaunchTemplates", {}):
        id = template["LaunchTemplateId"]
        asked = {"LaunchTemplateId": id, "Versions": ["$Latest"]}
        data = facts.ask("ec2", "DescribeLaunchTemplateVersions", asked)[0]["LaunchTemplateData"]
        data = {key: value for key, value in data.items() if value}
        made = ec2.create_launch_template(LaunchTemplateName="given-" + id, LaunchTemplateData=data)
        ids[id] = made["LaunchTemplate"]["LaunchTemplateId"]
        for _ in range(1, template["LatestVersionNumber"]):
            ec2.create_launch_template_version(LaunchTemplateId=ids[id], LaunchTemplateData=data)


def names(facts, ec2, _):
    """What has a name in place of an id."""
    for key in facts.ask("ec2", "DescribeKeyPairs", {"IncludePublicKey": True}):
        ec2.import_key_pair(KeyName=key["KeyName"], PublicKeyMaterial=key["PublicKey"])
    for group in facts.ask("ec2", "DescribePlacementGroups", {}):
        ec2.create_placement_group(GroupName=group["GroupName"], Strategy=group["Strategy"])
