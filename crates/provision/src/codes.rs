//! The documentation of the codes that are found here: `NP`, what `lb` does not provision, and `AC`, what this
//! account cannot give. Shown by `lb explain` beside the model's own rules.

use crate::support;
use lb_model::rules::Rule;

/// Every code that [`crate::desired`] gives.
pub static RULES: &[Rule] = &[
    Rule {
        code: support::NOT_PROVISIONED,
        title: "Not provisioned by lb",
        doc: "\
The file asks for something that eksctl can make and `lb` cannot. `lb validate` says so, and `lb plan` and `lb apply` \
refuse before the first call: nothing is left out silently.

Take it out of the file, use what the message names in its place, or create this cluster with eksctl.",
        bad: "fargateProfiles:\n- name: workers\n",
        good: "nodeGroups:\n- name: workers\n",
        check: None,
    },
    Rule {
        code: support::MAPPING,
        title: "Mapping that cannot be an entry",
        doc: "\
Identity mappings become EKS access entries wherever the cluster's authentication mode allows them. An entry names one \
role or user, cannot give the groups that belong to Kubernetes itself (`system:...`, except `system:masters`, which is \
the cluster-admin policy), and cannot map a whole account.

Map the principals one by one to groups of your own, or set `accessConfig.authenticationMode: CONFIG_MAP`.",
        bad: "iamIdentityMappings:\n- account: '111122223333'\n",
        good: "iamIdentityMappings:\n- arn: arn:aws:iam::111122223333:role/operator\n  groups: [system:masters]\n",
        check: None,
    },
    Rule {
        code: support::USER_DATA,
        title: "User data is too large",
        doc: "\
EC2 takes 16 KiB of user data for each instance, after compression. A nodegroup's commands and files are a part of it.

Move what is long into the image, or load it from a bucket when the node starts.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::SUBNETS,
        title: "VPC too small for its subnets",
        doc: "\
eksctl cuts a VPC's range into equal pieces: one public and one private subnet for each zone. AWS makes no subnet \
smaller than /28 or larger than /16.

Take a larger range, between /16 and /24.",
        bad: "vpc: {cidr: 10.0.0.0/28}\n",
        good: "vpc: {cidr: 10.0.0.0/16}\n",
        check: None,
    },
    Rule {
        code: support::IMAGE,
        title: "No image in this account",
        doc: "\
The image of a nodegroup is found by a public SSM parameter of its AMI family, or named by its id. This account and \
region have no image by that name: the family has none for the Kubernetes version, or the id belongs to another region.

Choose another family or version, or give the id of an image in this region.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::ZONES,
        title: "Zones do not offer it",
        doc: "\
EKS needs two zones, and a nodegroup needs one that offers its instance type. Which zone offers what differs by \
account.

Name zones that do under `availabilityZones`, or take another instance type.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::NETWORK,
        title: "Given network is not as the file says",
        doc: "\
With `vpc.subnets` the cluster goes into a VPC that is there already. Its subnets are found by id, by range or by zone; \
what was not found in this account and region, or has another range or zone than the file says, cannot be used. EKS \
needs subnets in two zones.

Name each subnet by its `id`.",
        bad: "vpc: {id: vpc-0123456789abcdef0}\n",
        good: "vpc:\n  subnets:\n    private:\n      us-west-2a: {id: subnet-0123456789abcdef0}\n      us-west-2b: {id: subnet-0123456789abcdef1}\n",
        check: None,
    },
    Rule {
        code: support::TEMPLATE,
        title: "No such launch template",
        doc: "\
A managed nodegroup can start its nodes from a launch template of your own. This account and region have none of that \
id, or not that version of it.

Name one that is there, or leave `launchTemplate` out.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::EFA,
        title: "No Elastic Fabric Adapter",
        doc: "\
With `efaEnabled` each node starts with one Elastic Fabric Adapter for each of its network cards. Only some instance \
types take them, mostly the largest of their family, and of several types all have to. EC2 gives an instance that starts \
with several interfaces no public address, so nodes with more than one card need `privateNetworking: true`; without it \
they would never reach the cluster.

Take another instance type, set `privateNetworking`, or remove `efaEnabled`.",
        bad: "nodeGroups:\n- name: workers\n  instanceType: t3.large\n  efaEnabled: true\n",
        good: "nodeGroups:\n- name: workers\n  instanceType: c5n.18xlarge\n  efaEnabled: true\n",
        check: None,
    },
    Rule {
        code: support::ADDON_VERSION,
        title: "No such add-on version",
        doc: "\
EKS offers certain versions of each add-on for each Kubernetes version. This account is offered no version like the \
one asked for.

Leave `version` out for EKS's default, or write `latest`.",
        bad: "addons:\n- name: coredns\n  version: v0.0.1\n",
        good: "addons:\n- name: coredns\n",
        check: None,
    },
    Rule {
        code: support::ACCOUNT,
        title: "Another account",
        doc: "\
Every ARN in the file names another account than the one of your credentials. A cluster made there would trust roles, \
buckets and tables that are not its own. Where the file only maps principals of that account, this is a warning: they \
may belong to anybody.

Use the credentials of the file's account, such as by `AWS_PROFILE`, or write your account into the file: \
`lb validate --select LB005` shows where accounts are named. If everything it names belongs to another account on \
purpose, say so at the first of them with `# lb: allow AC004 reason`.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::VERSION,
        title: "Version not offered",
        doc: "\
`lb` asks EKS itself which Kubernetes versions it offers in the region before it makes a cluster or upgrades one. The \
version in the file is not among them: its extended support has ended, or it has not been released there yet.

Take one of those that the message lists.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::QUOTA,
        title: "Quota too small",
        doc: "\
AWS limits how much an account may have in a region: vCPUs of running instances by family (new accounts have none of G \
and P), VPCs, internet gateways, Elastic IP addresses, NAT gateways by zone. What exists or runs already counts. Too \
little for what starts now is an error; too little for every group at its `maxSize` is a warning, because nodes would \
be missing only then.

Ask AWS for more in the Service Quotas console under the code that the message names (an answer takes from minutes to \
days), or ask for less.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::IMAGE_UNFIT,
        title: "Image does not fit",
        doc: "\
An image starts only on instance types of its architecture, while it is `available`, and from a root volume that holds \
its snapshot. AWS accepts a launch template that breaks this and then starts no node. A deprecated image, a warning, \
still starts.

Take another image, or the size or type that the message names.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::KEY,
        title: "Key that nodes cannot use",
        doc: "\
Auto Scaling starts nodes with a role of its own, `AWSServiceRoleForAutoScaling`. Volumes that are encrypted with a KMS \
key of the account, named in the file or set as the default of the region, need a key that lets this role use it and \
make grants for it. Otherwise each node ends with `Client.InternalError` as soon as it starts, for ever.

Add the role to the key's users in its policy, or give it a grant, or name another key.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::NOT_THERE,
        title: "Named, but not there",
        doc: "\
The file names a role, policy, instance profile, key pair or placement group that exists nowhere in this account and region, or a \
profile that does not hold the role of the nodes, and what AWS makes from it needs it at once. Principals that the file only maps are not meant: they may come later.

Correct the name, make it first, or leave the field out where `lb` can make one.",
        bad: "",
        good: "",
        check: None,
    },
    Rule {
        code: support::NOT_CHECKED,
        title: "Could not be looked at",
        doc: "\
Before it writes, `lb` looks whether the account has what the file needs. A call for that was refused, mostly because \
the permission is missing. Nothing depends on its answer but the warning itself.

Allow the call that the message names, or make sure of it in another way.",
        bad: "",
        good: "",
        check: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use lb_model::rules;
    use std::collections::BTreeSet;

    #[test]
    fn no_code_has_two_meanings() {
        let codes: Vec<_> = rules::all().chain(RULES).map(|rule| rule.code).collect();
        let distinct: BTreeSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
    }
}
