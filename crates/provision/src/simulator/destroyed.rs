//! What stands around a cluster when it is destroyed: load balancers, protection, other people's objects, and what EKS
//! leaves behind.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::five::{account, counts, desired};
use super::world::{Account, Kill};
use super::{Task, must, run};
use crate::apply::{Refusal, Report};
use crate::clock::Clock;
use crate::desired::{Desired, Wanted};
use crate::key::Key;
use crate::objects::{ClusterLogging, LogGroup, LogType, Logging, Spec, Tags};
use crate::operations::ec2::{
    AuthorizeSecurityGroupIngress, CreateSecurityGroup, DescribeSecurityGroups, DescribeVpcs, IpPermission,
    UserIdGroupPair,
};
use crate::operations::eks::{DescribeCluster, UpdateClusterConfig, VpcConfigRequest};
use crate::operations::elb;
use crate::operations::kubernetes::Apply;
use crate::operations::logs::DescribeLogGroups;

const DESTROY: Task<'static> = Task::Destroy("demo");

fn wait(account: &Account, seconds: u64) {
    account
        .clock
        .run(account.clock.sleep(Duration::from_secs(seconds)))
        .unwrap();
}

pub(super) fn put(account: &Account, cluster: &str, manifest: Value) {
    account.ask(Apply {
        cluster: cluster.to_owned(),
        field_manager: "somebody".to_owned(),
        force: false,
        manifest,
    });
}

/// An account with the cluster, and in it a Service that has a load balancer.
fn with_service(seed: u64) -> Account {
    let account = account(seed);
    must(&account, Task::Apply(&desired()));
    wait(&account, 300);
    let service = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"}, "spec": {"type": "LoadBalancer"}});
    put(&account, "demo", service);
    wait(&account, 300);
    assert_eq!(account.ask(elb::DescribeLoadBalancers::default()).len(), 1);
    account
}

fn configure(account: &Account, update: UpdateClusterConfig) {
    account.ask(UpdateClusterConfig {
        name: "demo".to_owned(),
        ..update
    });
    wait(account, 900);
}

fn make_private(account: &Account) {
    configure(
        account,
        UpdateClusterConfig {
            resources_vpc_config: Some(VpcConfigRequest {
                endpoint_public_access: Some(false),
                endpoint_private_access: Some(true),
                ..VpcConfigRequest::default()
            }),
            ..UpdateClusterConfig::default()
        },
    );
}

fn destroyed(account: &Account) -> Result<Report, Refusal> {
    run(account, DESTROY, Kill::Never).unwrap().0
}

#[test]
fn a_service_loses_its_load_balancer_before_the_cluster_goes() {
    let account = with_service(31);
    must(&account, DESTROY);
    assert!(account.ask(elb::DescribeLoadBalancers::default()).is_empty());
    assert_eq!(counts(&account), [0, 0, 0, 0]);
}

#[test]
fn jobs_that_have_not_ended_are_seen_before_the_cluster_goes() {
    let account = account(37);
    must(&account, Task::Apply(&desired()));
    wait(&account, 300);
    let job = |name: &str, conditions: Value| {
        json!({"apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": name, "namespace": "default"}, "status": {"conditions": conditions}})
    };
    put(&account, "demo", job("waits", json!([])));
    put(
        &account,
        "demo",
        job("suspended", json!([{"type": "Suspended", "status": "True"}])),
    );
    put(
        &account,
        "demo",
        job("done", json!([{"type": "Complete", "status": "True"}])),
    );
    put(
        &account,
        "demo",
        job("failed", json!([{"type": "Failed", "status": "True"}])),
    );
    let world = must(&account, DESTROY);
    let seen = world.seen.lock().unwrap();
    let names: Vec<&str> = seen.jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["suspended", "waits"]);
}

#[test]
fn an_api_that_cannot_be_asked_stops_it_only_where_a_load_balancer_may_be_lost() {
    let account = with_service(32);
    make_private(&account);
    assert_eq!(destroyed(&account).unwrap_err(), Refusal::Blocked);
    assert_eq!(counts(&account), [1, 1, 1, 1]);

    let without = self::account(33);
    must(&without, Task::Apply(&desired()));
    make_private(&without);
    must(&without, DESTROY);
    assert_eq!(counts(&without), [0, 0, 0, 0]);
}

#[test]
fn protection_from_deletion_is_left_alone_by_an_apply_and_switched_off_by_a_destroy() {
    let account = account(34);
    let desired = desired();
    must(&account, Task::Apply(&desired));
    configure(
        &account,
        UpdateClusterConfig {
            deletion_protection: Some(true),
            ..UpdateClusterConfig::default()
        },
    );
    assert_eq!(
        must(&account, Task::Apply(&desired)).writes(),
        Vec::<String>::new()
    );
    let cluster = account.ask(DescribeCluster {
        name: "demo".to_owned(),
    });
    assert!(cluster.deletion_protection);
    must(&account, DESTROY);
    assert_eq!(counts(&account), [0, 0, 0, 0]);
}

fn vpc(account: &Account) -> String {
    let vpcs = account.ask(DescribeVpcs::default());
    vpcs.into_iter().find(|vpc| !vpc.is_default).unwrap().vpc_id
}

#[test]
fn what_is_not_ours_is_named_and_keeps_only_what_it_stands_in() {
    let account = account(35);
    must(&account, Task::Apply(&desired()));
    let group = account.ask(CreateSecurityGroup {
        group_name: "debug".to_owned(),
        description: "by hand".to_owned(),
        vpc_id: vpc(&account),
        ..CreateSecurityGroup::default()
    });
    wait(&account, 60);
    let report = destroyed(&account).unwrap();
    assert!(report.outcome.is_success(), "{:?}", report.outcome);
    let left: Vec<_> = report
        .leftovers
        .iter()
        .map(|left| (&left.id, &left.blocks))
        .collect();
    assert_eq!(left, [(&group, &BTreeSet::from([Key::VPC]))]);
    assert_eq!(counts(&account), [1, 0, 0, 0]);
}

#[test]
fn the_group_that_eks_leaves_behind_goes_too() {
    let account = account(36);
    let desired = super::five::with_group("one");
    must(&account, Task::Apply(&desired));
    let cluster = account.ask(DescribeCluster {
        name: "demo".to_owned(),
    });
    let of_eks = cluster.resources_vpc_config.cluster_security_group_id.unwrap();
    let groups = account.ask(DescribeSecurityGroups::default());
    let staying = groups
        .into_iter()
        .find(|group| group.group_name == "staying")
        .unwrap();
    // By hand: EKS keeps its group as long as a rule names it.
    account.ask(AuthorizeSecurityGroupIngress {
        group_id: staying.group_id,
        ip_permissions: vec![IpPermission {
            ip_protocol: "tcp".to_owned(),
            from_port: Some(9),
            to_port: Some(9),
            user_id_group_pairs: vec![UserIdGroupPair {
                group_id: of_eks.clone(),
                description: None,
            }],
            ..IpPermission::default()
        }],
        tag_specifications: vec![],
    });
    wait(&account, 60);
    must(&account, DESTROY);
    let groups = account.ask(DescribeSecurityGroups::default());
    assert!(groups.iter().all(|group| group.group_id != of_eks));
    assert_eq!(counts(&account), [0, 0, 0, 0]);
}

/// The same cluster, with its control plane's logs.
fn logging() -> Desired {
    let mut desired = desired();
    if let Some(Spec::Cluster(cluster)) = desired
        .objects
        .get_mut(&Key::CONTROL_PLANE)
        .map(|wanted| &mut wanted.spec)
    {
        let api = LogType {
            r#type: "api".to_owned(),
        };
        let cluster_logging = ClusterLogging {
            enabled_types: [api].into(),
        };
        cluster.logging = Some(Logging { cluster_logging });
    }
    let group = LogGroup {
        log_group_name: "/aws/eks/demo/cluster".to_owned(),
        retention_in_days: None,
        tags: Tags::new(),
    };
    let wanted = Wanted {
        spec: group.into(),
        after: BTreeSet::new(),
    };
    desired.objects.insert(Key::LOG_GROUP, wanted);
    desired
}

#[test]
fn logs_that_arrive_late_leave_no_log_group() {
    let desired = logging();
    for seed in 0..8 {
        let account = account(seed);
        must(&account, Task::Apply(&desired));
        must(&account, DESTROY);
        wait(&account, 600);
        let groups = account.ask(DescribeLogGroups::default());
        assert!(groups.is_empty(), "seed {seed}: {groups:?}");
    }
}
