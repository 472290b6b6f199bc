"""What the emulators lack, and what stands in for it: one row each.

A row names the emulator, the operation, who answers instead, and why; the behaviour of both emulators is measured in
the project's notes about them, and a row whose reason is gone is to be deleted. Everything else goes to the emulator
that is tested, as it arrived.
"""

import base64
import hashlib

import botocore.exceptions

import wire

BOTH = ("moto", "ministack")


def sandbox(member):
    """The sandbox account answers: what a region offers and what a new account has, which no call can seed. `member`
    is the answer's one member under the API's name, or nothing if the answer has several."""

    def answer(call):
        answer = call.gateway.facts.ask(call.request.service, call.request.operation, call.parameters)
        return {member: answer} if member else answer

    return answer


def sandbox_below(member, prefix):
    """The same for AWS's own names, those of users are the emulator's."""

    def answer(call):
        own = call.parameters["Name"].startswith(prefix)
        return sandbox(member)(call) if own else call.ask()

    return answer


def ministack(call):
    """ministack answers, whose EKS has what moto's lacks."""
    return call.ask(call.gateway.eks)


def without_empty(call):
    """ministack's add-on or association without the empty texts for what nobody asked for."""
    answer = call.ask(call.gateway.eks)
    objects = [answer.get("addon"), answer.get("association"), *answer.get("associations", [])]
    for shown in filter(None, objects):
        for name in ("configurationValues", "serviceAccountRoleArn", "ownerArn"):
            if shown.get(name) == "":
                del shown[name]
    return answer


def with_keys(call):
    """Key pairs with what ministack forgets of them: the public key and the tags; a name is taken once."""
    keys, asked = call.gateway.keys, call.parameters
    if call.request.operation == "ImportKeyPair":
        if asked["KeyName"] in keys:
            raise wire.Refused("InvalidKeyPair.Duplicate", f"The keypair '{asked['KeyName']}' already exists.")
        answer = call.ask()
        tags = [tag for tagged in asked.get("TagSpecifications", []) for tag in tagged["Tags"]]
        keys[asked["KeyName"]] = {"PublicKey": asked["PublicKeyMaterial"].decode(), "Tags": tags}
        return answer | {"Tags": tags}
    if call.request.operation == "DeleteKeyPair":
        keys.pop(asked.get("KeyName"), None)
        return call.ask()
    answer = call.ask()
    wanted = [(one["Name"].removeprefix("tag:"), one["Values"]) for one in asked.get("Filters", [])]
    pairs = [pair | keys.get(pair["KeyName"], {"Tags": []}) for pair in answer["KeyPairs"]]
    has = lambda pair, name, values: any(tag["Key"] == name and tag["Value"] in values for tag in pair["Tags"])
    answer["KeyPairs"] = [pair for pair in pairs if all(has(pair, *one) for one in wanted)]
    return answer


def with_host_names(call):
    """Subnets with what their instances are called, as an update said."""
    answer, known, asked = call.ask(), call.gateway.host_names, call.parameters
    if "PrivateDnsHostnameTypeOnLaunch" in asked:
        known[asked["SubnetId"]] = {"HostnameType": asked["PrivateDnsHostnameTypeOnLaunch"]}
    for subnet in answer.get("Subnets", []):
        subnet["PrivateDnsNameOptionsOnLaunch"] |= known.get(subnet["SubnetId"], {})
    return answer


def with_descriptions(call):
    """Rules with the descriptions that moto shows only with their groups."""
    answer = call.ask()
    ids = {rule["GroupId"] for rule in answer["SecurityGroupRules"]}
    groups = call.gateway.emulator.client("ec2").describe_security_groups(GroupIds=sorted(ids))["SecurityGroups"]
    known = {}
    for group in groups:
        for egress, permissions in ((False, "IpPermissions"), (True, "IpPermissionsEgress")):
            for permission in group[permissions]:
                ports = permission["IpProtocol"], permission.get("FromPort", -1), permission.get("ToPort", -1)
                for pair in permission["UserIdGroupPairs"]:
                    known[group["GroupId"], egress, *ports, pair["GroupId"]] = pair.get("Description")
    for rule in answer["SecurityGroupRules"]:
        ports = rule["IpProtocol"], rule.get("FromPort", -1), rule.get("ToPort", -1)
        peer = rule.get("ReferencedGroupInfo", {}).get("GroupId")
        description = known.get((rule["GroupId"], rule["IsEgress"], *ports, peer))
        if description:
            rule["Description"] = description
    return answer


def of_each_template(call):
    """The versions of all templates, asked for one by one where none is named."""
    if "LaunchTemplateId" in call.parameters:
        return call.ask()
    ec2 = call.gateway.emulator.client("ec2")
    found = []
    for template in ec2.describe_launch_templates()["LaunchTemplates"]:
        one = {"LaunchTemplateId": template["LaunchTemplateId"], "Versions": call.parameters["Versions"]}
        try:
            found += ec2.describe_launch_template_versions(**one)["LaunchTemplateVersions"]
        except botocore.exceptions.ClientError as refusal:
            # Another run may delete one between the two questions.
            if refusal.response["Error"]["Code"] != "InvalidLaunchTemplateId.NotFoundException":
                raise
    return {"LaunchTemplateVersions": found}


def below_path(call):
    """Instance profiles below the path that is asked for."""
    answer, path = call.ask(), call.parameters.get("PathPrefix", "/")
    answer["InstanceProfiles"] = [one for one in answer["InstanceProfiles"] if one["Path"].startswith(path)]
    return answer


def without_own_tags(call):
    """Versions of templates without the tags of the template itself."""
    answer = call.ask()
    for version in answer["LaunchTemplateVersions"]:
        specifications = version["LaunchTemplateData"].get("TagSpecifications", [])
        specifications[:] = [one for one in specifications if one.get("ResourceType") != "launch-template"]
    return answer


def with_address(call):
    """NAT gateways with the address that they were made with."""
    answer, known = call.ask(), call.gateway.addresses
    if call.request.operation == "CreateNatGateway":
        known[answer["NatGateway"]["NatGatewayId"]] = call.parameters["AllocationId"]
    for gateway in answer.get("NatGateways", [answer.get("NatGateway")]):
        gateway["NatGatewayAddresses"] = [{"AllocationId": known.get(gateway["NatGatewayId"])}]
    return answer


def with_template(call):
    """Auto Scaling groups with the launch template that an update gave them."""
    answer, known = call.ask(), call.gateway.templates
    if call.request.operation == "UpdateAutoScalingGroup":
        if "LaunchTemplate" in call.parameters:
            known[call.parameters["AutoScalingGroupName"]] = call.parameters["LaunchTemplate"]
        return answer
    for group in answer["AutoScalingGroups"]:
        group["LaunchTemplate"] |= known.get(group["AutoScalingGroupName"], {})
    return answer


def as_given(call):
    """Managed nodegroups with the launch template that they were given; where that names the image, AWS calls its type
    so."""
    asked, known = call.parameters, call.gateway.nodegroups
    answer = call.ask(call.gateway.eks)
    name = asked["clusterName"], asked["nodegroupName"]
    if call.request.operation == "CreateNodegroup":
        known[name] = {"amiType": asked.get("amiType", "CUSTOM")}
    if "launchTemplate" in asked:
        known[name]["launchTemplate"] = asked["launchTemplate"]
    if "nodegroup" in answer:
        answer["nodegroup"] |= known.get(name, {})
    return answer


def of_the_living(call):
    """Network interfaces without those of terminated instances and deleted NAT gateways, which go with them."""
    answer, ec2 = call.ask(), call.gateway.emulator.client("ec2")
    ended = [{"Name": "instance-state-name", "Values": ["terminated"]}]
    dead = {
        instance["InstanceId"]
        for reservation in ec2.describe_instances(Filters=ended)["Reservations"]
        for instance in reservation["Instances"]
    }
    deleted = [{"Name": "state", "Values": ["deleted"]}]
    dead |= {
        address.get("NetworkInterfaceId")
        for gateway in ec2.describe_nat_gateways(Filters=deleted)["NatGateways"]
        for address in gateway["NatGatewayAddresses"]
    }
    answer["NetworkInterfaces"] = [
        interface
        for interface in answer["NetworkInterfaces"]
        if not dead & {interface["NetworkInterfaceId"], interface.get("Attachment", {}).get("InstanceId")}
    ]
    return answer


def control_plane(call):
    """ministack's cluster, with the control plane that AWS would make: the VPC of its subnets, a security group of its
    own in that VPC, an API server and its certificate, an issuer that has AWS's form."""
    cluster = call.parameters.get("name")
    clusters = call.gateway.clusters
    if call.request.operation == "CreateCluster":
        answer = call.ask(call.gateway.eks)
        clusters[cluster] = Cluster(call)
        call.gateway.api.clusters[cluster] = call.gateway.store()
    else:
        answer = call.ask(call.gateway.eks)
    if cluster in clusters:
        clusters[cluster].complete(answer["cluster"], call.gateway)
    if call.request.operation == "DeleteCluster":
        clusters.pop(cluster).delete(call.gateway)
        call.gateway.api.clusters.pop(cluster)
    return answer


class Cluster:
    """What AWS has of a cluster beside what ministack keeps."""

    def __init__(self, call):
        asked = call.parameters
        ec2 = call.gateway.emulator.client("ec2")
        subnets = ec2.describe_subnets(SubnetIds=asked["resourcesVpcConfig"]["subnetIds"])["Subnets"]
        self.asked, self.vpc = asked, subnets[0]["VpcId"]
        self.id = hashlib.sha256(f"{asked['name']} {self.vpc}".encode()).hexdigest()[:32].upper()
        tags = [
            {"Key": "aws:eks:cluster-name", "Value": asked["name"]},
            {"Key": f"kubernetes.io/cluster/{asked['name']}", "Value": "owned"},
            {"Key": "Name", "Value": f"eks-cluster-sg-{asked['name']}"},
        ]
        self.group = ec2.create_security_group(
            GroupName=f"eks-cluster-sg-{asked['name']}-{self.id[:8].lower()}",
            Description="EKS created security group applied to ENI that is attached to EKS Control Plane",
            VpcId=self.vpc,
        )["GroupId"]
        # Where tags of AWS's own are refused at creation, they are refused here too.
        ec2.create_tags(Resources=[self.group], Tags=tags)
        everyone = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": self.group}]}]
        ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=everyone)

    def complete(self, cluster, gateway):
        vpc = cluster.setdefault("resourcesVpcConfig", {})
        vpc["vpcId"], vpc["clusterSecurityGroupId"] = self.vpc, self.group
        for kept in ("upgradePolicy", "deletionProtection", "logging", "encryptionConfig", "zonalShiftConfig"):
            if kept in self.asked:
                cluster[kept] = self.asked[kept]
        cluster["endpoint"] = gateway.api.endpoint
        cluster["certificateAuthority"] = {"data": base64.b64encode(gateway.api.ca).decode()}
        issuer = f"https://oidc.eks.{gateway.emulator.region}.amazonaws.com/id/{self.id}"
        cluster["identity"] = {"oidc": {"issuer": issuer}}

    def delete(self, gateway):
        gateway.emulator.client("ec2").delete_security_group(GroupId=self.group)


# Every operation of a service that has no row of its own.
REST = (None,)
CONTROL_PLANE = ("CreateCluster", "DescribeCluster", "DeleteCluster")
ADDON = ("CreateAddon", "DescribeAddon", "DeleteAddon")
ASSOCIATION = tuple(f"{verb}PodIdentityAssociation" for verb in ("Create", "Describe", "Update", "Delete"))
ASSOCIATIONS = (*ASSOCIATION, "ListPodIdentityAssociations")
NODEGROUP = ("CreateNodegroup", "DescribeNodegroup", "UpdateNodegroupVersion")
KEYS = ("ImportKeyPair", "DescribeKeyPairs", "DeleteKeyPair")
PLACEMENT = ("CreatePlacementGroup", "DescribePlacementGroups", "DeletePlacementGroup")
QUOTAS = ("GetServiceQuota", "GetAWSDefaultServiceQuota")

# Emulators, service, operations, what stands in, why.
ROWS = [
    (BOTH, "eks", NODEGROUP, as_given, "not implemented by moto; launch templates are lost, images have a wrong type"),
    (BOTH, "eks", CONTROL_PLANE, control_plane, "no VPC, security group, API server or certificate that exists"),
    (("moto",), "eks", REST, ministack, "add-ons, access entries, pod identities, updates are not implemented"),
    (("moto",), "sts", ("GetCallerIdentity",), ministack, "another caller than the creator of a cluster in ministack"),
    (("moto",), "iam", ("ListInstanceProfiles",), below_path, "the path is ignored"),
    (BOTH, "eks", ASSOCIATIONS, without_empty, "not implemented by moto; an empty owner where there is none"),
    (("ministack",), "ec2", KEYS, with_keys, "public key, tags and filters are lost, and a name can be taken twice"),
    (BOTH, "eks", ADDON, without_empty, "not implemented by moto; empty texts for what was not asked for"),
    (("moto",), "ec2", ("DescribeSecurityGroupRules",), with_descriptions, "descriptions of rules between groups are lost"),
    (("moto",), "ec2", ("ModifySubnetAttribute", "DescribeSubnets"), with_host_names, "the kind of host names is lost"),
    (("moto",), "ec2", ("DescribeNetworkInterfaces",), of_the_living, "interfaces outlive their instances and NAT gateways"),
    (("moto",), "ec2", PLACEMENT, ministack, "no placement groups"),
    (BOTH, "eks", ("DescribeClusterVersions",), sandbox("clusterVersions"), "not implemented"),
    (BOTH, "eks", ("DescribeAddonVersions",), sandbox("addons"), "not implemented"),
    (BOTH, "ssm", ("GetParameter",), sandbox_below("Parameter", "/aws/"), "images' names are missing"),
    (BOTH, "ec2", ("DescribeImages",), sandbox("Images"), "no image of EKS's, none can be given its id"),
    (BOTH, "ec2", ("GetEbsDefaultKmsKeyId",), sandbox("KmsKeyId"), "not implemented"),
    (("ministack",), "ec2", ("GetEbsEncryptionByDefault",), sandbox("EbsEncryptionByDefault"), "not implemented"),
    (BOTH, "service-quotas", QUOTAS, sandbox("Quota"), "moto knows only VPCs', ministack none"),
    (
        ("ministack",),
        "autoscaling",
        ("UpdateAutoScalingGroup", "DescribeAutoScalingGroups"),
        with_template,
        "an update leaves the launch template as it was",
    ),
    (("ministack",), "ec2", ("CreateNatGateway", "DescribeNatGateways"), with_address, "addresses are not shown"),
    (("moto",), "ec2", ("DescribeLaunchTemplateVersions",), without_own_tags, "a template's own tags are in its data"),
    (("ministack",), "ec2", ("DescribeLaunchTemplateVersions",), of_each_template, "a template has to be named"),
    (("ministack",), "ec2", ("DescribeInstanceTypes",), sandbox("InstanceTypes"), "every type is the same, without GPUs"),
    (
        ("ministack",),
        "ec2",
        ("DescribeInstanceTypeOfferings",),
        sandbox("InstanceTypeOfferings"),
        "not implemented",
    ),
]


def of(emulator):
    """The stand-ins of an emulator, by service and operation."""
    return {
        (service, operation): answer
        for emulators, service, operations, answer, _ in ROWS
        for operation in operations
        if emulator in emulators
    }
