//! Configs of every theme: made, read back as desired, left alone, destroyed to the last object.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lb_model::catalog::Catalog;
use lb_model::config::ClusterConfig;

use super::world::{Account, Kill, World};
use super::{Task, assert_same, inventory, must};
use crate::desired::{Desired, desired};
use crate::execute::{self, Cx, Stop};
use crate::facts::{AccountFacts, Questions};
use crate::given;
use crate::inventory::Inventory;
use crate::operations::autoscaling::DescribeAutoScalingGroups;
use crate::operations::ec2::{
    DescribeLaunchTemplates, DescribeNetworkInterfaces, DescribePlacementGroups, DescribeSecurityGroupRules,
    DescribeSecurityGroups,
};
use crate::operations::eks::ListClusters;
use crate::operations::iam::{ListInstanceProfiles, ListRoles};
use crate::ownership::Owner;

/// What the account says of itself, asked as `lb` asks.
fn ask(account: &Account, config: &ClusterConfig) -> AccountFacts {
    let world = World::new(account, Kill::Never);
    let stop = Stop::new();
    let owner = Owner {
        cluster: config.metadata.name.clone(),
        region: config.metadata.region.clone(),
        cluster_id: "asks".to_owned(),
    };
    let questions = Questions::of(config, Catalog::builtin());
    let asked = async {
        let account = execute::Account::new(&world, &world.account.clock, &(), &stop, 0);
        AccountFacts::ask(&Cx::new(&account, &owner), &questions, config).await
    };
    world.drive(asked).unwrap().unwrap()
}

fn wanted(account: &Account, config: &ClusterConfig) -> Desired {
    desired(config, &ask(account, config), Catalog::builtin())
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// How many things of each kind there are that a cluster could leave behind.
fn things(account: &Account) -> Vec<usize> {
    let of_lb = Some("/lb/".to_owned());
    vec![
        account.ask(ListClusters {}).len(),
        account.ask(DescribeAutoScalingGroups::default()).len(),
        account.ask(DescribeLaunchTemplates::default()).len(),
        account.ask(DescribePlacementGroups::default()).len(),
        account.ask(DescribeNetworkInterfaces::default()).len(),
        account.ask(DescribeSecurityGroups::default()).len(),
        account.ask(DescribeSecurityGroupRules::default()).len(),
        account
            .ask(ListRoles {
                path_prefix: of_lb.clone(),
            })
            .len(),
        account.ask(ListInstanceProfiles { path_prefix: of_lb }).len(),
        account.ask(ListInstanceProfiles { path_prefix: None }).len(),
    ]
}

/// Without what only the account knows, and entries that nobody can have yet.
fn comparable(mut inventory: Inventory, desired: &Desired) -> Inventory {
    inventory
        .objects
        .retain(|entry| !desired.principals.contains_key(&entry.id));
    for entry in &mut inventory.objects {
        let data = entry.properties.pointer_mut("/LaunchTemplateData");
        if let Some(data) = data.and_then(|data| data.as_object_mut()) {
            data.remove("UserData");
        }
    }
    inventory
}

/// Makes the cluster of one config, then that of another one under the same name with new nodes, and destroys it.
fn changed(from: &str, to: &str) {
    let configs = [from, to].map(crate::desired::tests::config);
    let name = configs[0].metadata.name.clone();
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut facts = given::facts(&configs[0], start);
    let more = given::facts(&configs[1], start);
    facts.roles.extend(more.roles);
    facts.profiles.extend(more.profiles);
    facts.placement_groups.extend(more.placement_groups);
    let account = Account::new(facts);
    let before = things(&account);
    for config in &configs {
        let desired = wanted(&account, config);
        let task = Task::Apply(&desired);
        must(&account, task);
        let again = BTreeSet::from_iter(must(&account, task).writes());
        assert_eq!(again, BTreeSet::new(), "{name} with older nodes, again");
        // What older nodes use goes with them.
        must(&account, Task::Roll(&desired));
        assert_same(
            &comparable(inventory(&account, task), &desired),
            &comparable(Inventory::of_desired(&desired), &desired),
            &name,
        );
        let again = BTreeSet::from_iter(must(&account, task).writes());
        assert_eq!(again, BTreeSet::new(), "{name} again");
    }
    must(&account, Task::Destroy(&name));
    assert_eq!(things(&account), before, "{name} destroyed");
}

/// Makes the config's cluster, twice, and destroys it; the desired state.
pub(super) fn there_and_back(text: &str) {
    let config = crate::desired::tests::config(text);
    let name = config.metadata.name.clone();
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let account = Account::new(given::facts(&config, start));
    let before = things(&account);
    let desired = wanted(&account, &config);
    let task = Task::Apply(&desired);
    must(&account, task);
    assert_same(
        &comparable(inventory(&account, task), &desired),
        &comparable(Inventory::of_desired(&desired), &desired),
        &name,
    );
    let observed = BTreeSet::from_iter(must(&account, task).writes());
    assert_eq!(observed, BTreeSet::new(), "{name} again");
    must(&account, Task::Destroy(&name));
    assert_eq!(things(&account), before, "{name} destroyed");
}

#[test]
fn pod_identities() {
    there_and_back(
        r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: pods, region: us-west-2, version: "1.34", tags: {team: a}}
iam:
  podIdentityAssociations:
  - {namespace: submissions, serviceAccountName: uploader, createServiceAccount: true, permissionPolicyARNs: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"], tags: {team: b}}
  - {namespace: default, serviceAccountName: given, roleARN: "arn:aws:iam::111122223333:role/given"}
  - {namespace: kube-system, serviceAccountName: balancer, wellKnownPolicies: {awsLoadBalancerController: true}}
addons:
- {name: eks-pod-identity-agent}
- {name: vpc-cni, useDefaultPodIdentityAssociations: true}
- name: aws-ebs-csi-driver
  podIdentityAssociations:
  - {serviceAccountName: ebs-csi-controller-sa, permissionPolicyARNs: ["arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"]}
zonalShiftConfig: {enabled: true}
nodeGroups:
- {name: cpu, instanceType: t3.large, desiredCapacity: 1}
"#,
    );
}

/// A VPC as the file names it; private subnets of a given VPC have the way out that their owner made.
const GIVEN: &str = r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: given, region: us-west-2, version: "1.34"}
vpc:
  id: vpc-0a1b2c3d4e5f60001
  cidr: 10.0.0.0/16
  subnets:
    public:
      us-west-2a: {id: subnet-0aaaaaaaaaaaa0001, cidr: 10.0.0.0/20}
      us-west-2b: {id: subnet-0aaaaaaaaaaaa0002, cidr: 10.0.16.0/20}
    private:
      gpu-a: {id: subnet-0aaaaaaaaaaaa0003, az: us-west-2a, cidr: 10.0.112.0/20}
      gpu-c: {id: subnet-0aaaaaaaaaaaa0005, az: us-west-2c, cidr: 10.0.144.0/20}
"#;

#[test]
fn a_given_vpc() {
    let groups = r#"
nodeGroups:
- {name: cpu, instanceType: t3.large, desiredCapacity: 1}
- {name: gpu, instanceType: g5.2xlarge, privateNetworking: true, subnets: [gpu-c], minSize: 0, desiredCapacity: 0, maxSize: 2}
- {name: zone, instanceType: t3.large, availabilityZones: [us-west-2b], minSize: 0, desiredCapacity: 0, maxSize: 2}
"#;
    there_and_back(&format!("{GIVEN}{groups}"));
}

#[test]
fn a_network_of_our_own() {
    there_and_back(
        r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: network, region: us-west-2, version: "1.34"}
availabilityZones: [us-west-2b, us-west-2c]
vpc:
  cidr: 10.20.0.0/20
  extraCIDRs: [100.64.0.0/16]
  hostnameType: resource-name
  nat: {gateway: HighlyAvailable}
  clusterEndpoints: {privateAccess: true}
  publicAccessCIDRs: [203.0.113.0/24]
nodeGroups: [{name: a, instanceType: t3.large, desiredCapacity: 1, privateNetworking: true}]
"#,
    );
}

#[test]
fn nodes_in_the_default_group_that_report_everything() {
    there_and_back(
        r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: plain, region: us-west-2, version: "1.34"}
nodeGroups:
- name: a
  instanceType: t3.large
  desiredCapacity: 1
  securityGroups: {withShared: false, withLocal: false}
  asgMetricsCollection: [{granularity: 1Minute}]
"#,
    );
}

#[test]
fn a_cluster_that_lets_its_maker_not_in() {
    there_and_back(
        r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: locked, region: us-west-2, version: "1.34"}
accessConfig:
  bootstrapClusterCreatorAdminPermissions: false
  accessEntries: [{principalARN: "arn:aws:iam::111122223333:role/admin"}]
nodeGroups: [{name: a, instanceType: t3.large, desiredCapacity: 2}]
"#,
    );
}

#[test]
fn given_security_groups_keep_what_is_theirs() {
    let rest = r#"
  securityGroup: sg-0bbbbbbbbbbbb0001
  sharedNodeSecurityGroup: sg-0bbbbbbbbbbbb0002
iam: {serviceRoleARN: "arn:aws:iam::111122223333:role/own"}
nodeGroups:
- {name: cpu, instanceType: t3.large, desiredCapacity: 1}
"#;
    there_and_back(&format!("{}{rest}", GIVEN.trim_end()));
}

#[test]
fn given_instance_profiles() {
    for mode in ["API", "CONFIG_MAP"] {
        there_and_back(&format!(
            r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: profiles, region: us-west-2, version: "1.34"}}
accessConfig: {{authenticationMode: {mode}}}
nodeGroups:
- {{name: alone, instanceType: t3.large, desiredCapacity: 1, iam: {{instanceProfileARN: "arn:aws:iam::111122223333:instance-profile/nodes/alone"}}}}
- {{name: both, instanceType: t3.large, desiredCapacity: 1, iam: {{instanceProfileARN: "arn:aws:iam::111122223333:instance-profile/both", instanceRoleARN: "arn:aws:iam::111122223333:role/team/worker"}}}}
- {{name: role, instanceType: t3.large, desiredCapacity: 1, iam: {{instanceRoleARN: "arn:aws:iam::111122223333:role/team/worker"}}}}
"#
        ));
    }
}

#[test]
fn nodes_with_adapters() {
    there_and_back(
        r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: adapters, region: us-west-2, version: "1.32", tags: {team: a}}
nodeGroups:
- {name: one, instanceType: c5n.18xlarge, efaEnabled: true, minSize: 2, desiredCapacity: 2, maxSize: 4}
- {name: four, instanceType: p4d.24xlarge, privateNetworking: true, efaEnabled: true, availabilityZones: [us-west-2a], desiredCapacity: 1}
- {name: placed, instanceType: c5n.18xlarge, efaEnabled: true, desiredCapacity: 1, placement: {groupName: mine}}
managedNodeGroups:
- {name: managed, instanceType: c5n.18xlarge, efaEnabled: true, desiredCapacity: 2, maxSize: 2, availabilityZones: [us-west-2b]}
"#,
    );
}

#[test]
fn adapters_come_and_go() {
    let with = |groups: &str| {
        format!(
            r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: adapters, region: us-west-2, version: "1.34"}}
{groups}
"#
        )
    };
    let own = |efa: &str| {
        with(&format!(
            "nodeGroups: [{{name: own, instanceType: c5n.18xlarge, desiredCapacity: 1{efa}}}]"
        ))
    };
    changed(&own(""), &own(", efaEnabled: true"));
    changed(&own(", efaEnabled: true"), &own(""));
    changed(
        &own(", efaEnabled: true"),
        &own(", efaEnabled: true, placement: {groupName: mine}"),
    );
    let managed = |efa: &str| {
        with(&format!(
            "managedNodeGroups: [{{name: eks, instanceType: c5n.18xlarge, desiredCapacity: 1{efa}}}]"
        ))
    };
    changed(&managed(""), &managed(", efaEnabled: true"));
    changed(&managed(", efaEnabled: true"), &managed(""));
}

#[test]
fn a_nodegroup_changes_to_a_given_profile_and_back() {
    let with = |iam: &str| {
        format!(
            r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: profile, region: us-west-2, version: "1.34"}}
nodeGroups: [{{name: cpu, instanceType: t3.large, desiredCapacity: 1{iam}}}]
"#
        )
    };
    let given = with(r#", iam: {instanceProfileARN: "arn:aws:iam::111122223333:instance-profile/nodes"}"#);
    changed(&with(""), &given);
    changed(&given, &with(""));
}

#[test]
fn managed_nodegroups() {
    there_and_back(
        r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: managed, region: us-west-2, version: "1.34", tags: {team: a}}
managedNodeGroups:
- {name: cpu, instanceType: m5.large, desiredCapacity: 2, maxSize: 4, labels: {role: cpu}, propagateASGTags: true, updateConfig: {maxUnavailablePercentage: 50}, nodeRepairConfig: {enabled: true}}
- {name: spot, instanceTypes: [m5.large, m5a.large], spot: true, minSize: 0, desiredCapacity: 0, maxSize: 3, privateNetworking: true, taints: [{key: spot, value: "true", effect: PreferNoSchedule}]}
- {name: bottle, amiFamily: Bottlerocket, instanceType: m5.large, desiredCapacity: 1, bottlerocket: {settings: {motd: hello}}}
- {name: ubuntu, amiFamily: Ubuntu2204, instanceType: m5.large, desiredCapacity: 1}
- {name: own, launchTemplate: {id: lt-0123456789abcdef0, version: "2"}, desiredCapacity: 1, releaseVersion: 1.34.0-20261101}
- {name: given, instanceType: t3.large, desiredCapacity: 1, iam: {instanceRoleARN: "arn:aws:iam::111122223333:role/nodes"}}
nodeGroups:
- name: mixed
  desiredCapacity: 2
  instancesDistribution: {instanceTypes: [m5.large, m5a.large], onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 0, maxPrice: 0.05, capacityRebalance: true}
  targetGroupARNs: ["arn:aws:elasticloadbalancing:us-west-2:111122223333:targetgroup/a/0123456789abcdef"]
  classicLoadBalancerNames: [classic]
- {name: bottles, amiFamily: Bottlerocket, instanceType: t3.large, desiredCapacity: 1, cpuCredits: unlimited}
"#,
    );
}
