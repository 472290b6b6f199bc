//! What else lies in a cluster's network, and what its workloads have made in AWS: looked at before it is destroyed.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join, try_join3, try_join4};
use serde_json::Value;

use super::calls::{named, value};
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::{DEFAULT_GROUP, SecurityGroup, Spec, Tags};
use crate::observed::{Leftover, Observed, Ownership, State, Workload};
use crate::operations::ec2::{
    self, DescribeInstances, DescribeNetworkInterfaces, DescribeSecurityGroups, DescribeSubnets,
    DescribeVolumes, Filter, NetworkInterface,
};
use crate::operations::kubernetes::{List, ObjectRef, Readyz};
use crate::operations::{elb, elbv2};
use crate::text::{Attribute, Text};

/// The tag of EKS's own security group.
const EKS_CLUSTER_TAG: &str = "aws:eks:cluster-name";
/// Beginnings of the descriptions of interfaces that go by themselves: the control plane's, those of NAT gateways, and
/// the CNI's, which the deletion of a subnet removes.
const OF_AWS: [&str; 3] = ["Amazon EKS ", "Interface for NAT Gateway ", "aws-K8S-"];

/// Adds to `observed` what its destruction has to know beside the cluster's own objects.
///
/// # Errors
/// The first call that was refused. A cluster's API that cannot be asked is no error.
pub(crate) async fn look_around(cx: &Cx<'_>, observed: &mut Observed) -> Result<(), Failure> {
    let (found, balancers, volumes) = try_join3(workloads(cx, observed), balancers(cx), volumes(cx)).await?;
    let vpc = observed
        .objects
        .get(&Key::VPC)
        .filter(|vpc| vpc.ownership == Ownership::Ours)
        .map(|vpc| vpc.id.clone());
    let network = match &vpc {
        Some(vpc) => Some(Network::of(cx, vpc).await?),
        None => None,
    };
    let here = |of: &Balancer| vpc.is_none() || of.vpc == vpc;
    let balancers: Vec<Balancer> = balancers.into_iter().filter(here).collect();
    let (hosts, unreachable) = match found {
        Found::None => (String::new(), None),
        Found::Unreachable(why) => (String::new(), Some(why)),
        Found::Answered {
            workloads,
            hosts,
            jobs,
        } => {
            observed.workloads = workloads;
            observed.jobs = jobs;
            (hosts, None)
        }
    };
    let mut leftovers = volumes;
    let strange: Vec<&Balancer> = balancers
        .iter()
        .filter(|balancer| vpc.is_some() && !hosts.contains(&balancer.name))
        .collect();
    for balancer in &strange {
        leftovers.push(balancer.leftover(unreachable.as_deref()));
    }
    if let Some(network) = network {
        network.judge(cx, observed, &strange, &mut leftovers);
    }
    observed.leftovers.extend(leftovers);
    observed.leftovers.sort();
    Ok(())
}

/// What the cluster's API says of what would be lost with it.
enum Found {
    /// There is no cluster to ask.
    None,
    /// It does not answer, and why.
    Unreachable(String),
    /// Objects that have something made in AWS, the host names of their load balancers, and jobs that have not ended.
    Answered {
        workloads: Vec<Workload>,
        hosts: String,
        jobs: Vec<ObjectRef>,
    },
}

async fn workloads(cx: &Cx<'_>, observed: &Observed) -> Result<Found, Failure> {
    let cluster = observed.objects.get(&Key::CONTROL_PLANE);
    let serves = cluster.is_some_and(|cluster| {
        cluster.ownership == Ownership::Ours && matches!(cluster.state, State::Ready | State::Updating)
    });
    if !serves {
        return Ok(Found::None);
    }
    let cluster = cx.owner().cluster.clone();
    match cx
        .call_once(Readyz {
            cluster: cluster.clone(),
        })
        .await
    {
        Err(Failure::Call(error)) => return Ok(Found::Unreachable(error.to_string())),
        answer => answer?,
    }
    let list = |api_version: &str, kind: &str| List {
        cluster: cluster.clone(),
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: None,
        label_selector: None,
    };
    let services = cx.call(list("v1", "Service"));
    let ingresses = cx.call(list("networking.k8s.io/v1", "Ingress"));
    let jobs = cx.call(list("batch/v1", "Job"));
    let (services, ingresses, jobs) = try_join3(services, ingresses, jobs).await?;
    let balanced = services
        .iter()
        .filter(|service| service.pointer("/spec/type") == Some(&"LoadBalancer".into()))
        .chain(&ingresses);
    let (mut found, mut hosts) = (vec![], String::new());
    for manifest in balanced {
        let host = manifest
            .pointer("/status/loadBalancer/ingress/0/hostname")
            .and_then(Value::as_str);
        // An Ingress that no controller has taken up holds nothing.
        if let Some(host) = host {
            hosts.push_str(host);
            hosts.push(' ');
        } else if manifest.get("kind") == Some(&"Ingress".into()) {
            continue;
        }
        let object = reference(manifest);
        found.push(Workload {
            object,
            holds: format!("load balancer {}", host.unwrap_or("that is being made")),
        });
    }
    Ok(Found::Answered {
        workloads: found,
        hosts,
        jobs: jobs.iter().filter(|job| !has_ended(job)).map(reference).collect(),
    })
}

/// Whether a job has run to its end, good or bad; one that waits for a node or is suspended has not.
fn has_ended(job: &Value) -> bool {
    let conditions = job.pointer("/status/conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().any(|condition| {
        let text = |name| condition.get(name).and_then(Value::as_str);
        matches!(text("type"), Some("Complete" | "Failed")) && text("status") == Some("True")
    })
}

fn reference(manifest: &Value) -> ObjectRef {
    let text = |pointer: &str| {
        manifest
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (api_version, kind) = (text("/apiVersion"), text("/kind"));
    ObjectRef::namespaced(
        api_version,
        kind,
        text("/metadata/namespace"),
        text("/metadata/name"),
    )
}

/// A load balancer of the region.
struct Balancer {
    name: String,
    type_name: &'static str,
    vpc: Option<String>,
    groups: Vec<String>,
}

impl Balancer {
    fn leftover(&self, unreachable: Option<&str>) -> Leftover {
        let (detail, blocks) = match unreachable {
            // It may be a workload's; with the cluster gone nobody would ever remove it.
            Some(why) => (
                format!("may be of a workload, but the cluster's API cannot be asked ({why})"),
                Key::CONTROL_PLANE,
            ),
            None => ("stands in the VPC and is of no workload".to_owned(), Key::VPC),
        };
        Leftover {
            type_name: self.type_name.to_owned(),
            id: self.name.clone(),
            detail,
            removable: false,
            blocks: BTreeSet::from([blocks]),
        }
    }
}

async fn balancers(cx: &Cx<'_>) -> Result<Vec<Balancer>, Failure> {
    let classic = cx.call(elb::DescribeLoadBalancers::default());
    let newer = cx.call(elbv2::DescribeLoadBalancers::default());
    let (classic, newer) = try_join(classic, newer).await?;
    let classic = classic.into_iter().map(|found| Balancer {
        name: found.load_balancer_name,
        type_name: "AWS::ElasticLoadBalancing::LoadBalancer",
        vpc: found.vpc_id,
        groups: found.security_groups,
    });
    let newer = newer.into_iter().map(|found| Balancer {
        name: found.load_balancer_name,
        type_name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        vpc: found.vpc_id,
        groups: found.security_groups,
    });
    Ok(classic.chain(newer).collect())
}

/// Volumes that were made for claims: they keep their data when the cluster is gone.
async fn volumes(cx: &Cx<'_>) -> Result<Vec<Leftover>, Failure> {
    let filters = vec![
        Filter::new(
            format!("tag:kubernetes.io/cluster/{}", cx.owner().cluster),
            "owned",
        ),
        Filter::new("tag-key", "kubernetes.io/created-for/pvc/name"),
    ];
    let found = cx
        .call(DescribeVolumes {
            filters,
            ..DescribeVolumes::default()
        })
        .await?;
    let leftovers = found.into_iter().map(|volume| {
        let tag = |name: &str| value(&volume.tags, &format!("kubernetes.io/created-for/pvc/{name}"));
        let (namespace, name) = (
            tag("namespace").unwrap_or_default(),
            tag("name").unwrap_or_default(),
        );
        Leftover {
            type_name: "AWS::EC2::Volume".to_owned(),
            detail: format!(
                "of {} GiB holds the data of claim {namespace}/{name}; \
                 `aws ec2 delete-volume --volume-id {}` removes it",
                volume.size, volume.volume_id
            ),
            id: volume.volume_id,
            removable: false,
            blocks: BTreeSet::new(),
        }
    });
    Ok(leftovers.collect())
}

/// What lies in the VPC, whoever made it.
struct Network {
    interfaces: Vec<NetworkInterface>,
    groups: Vec<ec2::SecurityGroup>,
    subnets: Vec<ec2::Subnet>,
    /// The instances that are ours.
    instances: BTreeSet<String>,
}

impl Network {
    async fn of(cx: &Cx<'_>, vpc: &str) -> Result<Self, Failure> {
        let filters = || vec![Filter::new("vpc-id", vpc)];
        let ours = DescribeInstances {
            filters: named(cx.owner()),
            ..DescribeInstances::default()
        };
        let (interfaces, groups, subnets, instances) = try_join4(
            cx.call(DescribeNetworkInterfaces {
                filters: filters(),
                ..DescribeNetworkInterfaces::default()
            }),
            cx.call(DescribeSecurityGroups {
                filters: filters(),
                ..DescribeSecurityGroups::default()
            }),
            cx.call(DescribeSubnets {
                filters: filters(),
                ..DescribeSubnets::default()
            }),
            cx.call(ours),
        )
        .await?;
        Ok(Self {
            interfaces,
            groups,
            subnets,
            instances: instances.into_iter().map(|found| found.instance_id).collect(),
        })
    }

    /// Names what is not the cluster's, and what of the cluster EKS and controllers left behind.
    fn judge(&self, cx: &Cx<'_>, observed: &Observed, strange: &[&Balancer], leftovers: &mut Vec<Leftover>) {
        let keys: BTreeMap<&str, &Key> = observed
            .objects
            .iter()
            .map(|(key, object)| (object.id.as_str(), key))
            .collect();
        for subnet in self
            .subnets
            .iter()
            .filter(|subnet| !keys.contains_key(subnet.subnet_id.as_str()))
        {
            let id = &subnet.subnet_id;
            leftovers.push(foreign("AWS::EC2::Subnet", id, "is not ours", [Key::VPC].into()));
        }
        for interface in &self.interfaces {
            let Some(detail) = self.strangeness(interface, strange) else {
                continue;
            };
            let subnet = keys.get(interface.subnet_id.as_str()).copied();
            let blocks = subnet.unwrap_or(&Key::VPC).clone();
            let id = &interface.network_interface_id;
            leftovers.push(foreign(
                "AWS::EC2::NetworkInterface",
                id,
                &detail,
                [blocks].into(),
            ));
        }
        let of_cluster = format!("kubernetes.io/cluster/{}", cx.owner().cluster);
        let own_group = observed
            .objects
            .get(&Key::CONTROL_PLANE)
            .and_then(|cluster| cluster.attributes.get(&Attribute::ClusterSecurityGroupId));
        for group in &self.groups {
            let id = &group.group_id;
            let of_eks = value(&group.tags, EKS_CLUSTER_TAG) == Some(cx.owner().cluster.as_str());
            let strange_group = strange.iter().any(|balancer| balancer.groups.contains(id));
            if group.group_name == DEFAULT_GROUP || keys.contains_key(id.as_str()) || own_group == Some(id) {
                continue;
            }
            if of_eks || (value(&group.tags, &of_cluster) == Some("owned") && !strange_group) {
                leftovers.push(Leftover {
                    removable: true,
                    ..foreign(
                        "AWS::EC2::SecurityGroup",
                        id,
                        &left_behind(&group.group_name),
                        BTreeSet::new(),
                    )
                });
            } else {
                let detail = format!("(`{}`) is not ours", group.group_name);
                leftovers.push(foreign("AWS::EC2::SecurityGroup", id, &detail, [Key::VPC].into()));
            }
        }
    }

    /// What an interface is, unless it goes with the cluster.
    fn strangeness(&self, interface: &NetworkInterface, strange: &[&Balancer]) -> Option<String> {
        let description = interface.description.as_str();
        let attachment = interface.attachment.as_ref();
        let instance = attachment.and_then(|at| at.instance_id.as_deref());
        if OF_AWS.iter().any(|beginning| description.starts_with(beginning))
            || instance.is_some_and(|instance| self.instances.contains(instance))
        {
            return None;
        }
        if let Some(balancer) = description.strip_prefix("ELB ") {
            // Load balancers of workloads go before anything else does.
            let is = |of: &&&Balancer| balancer.contains(&of.name);
            return strange
                .iter()
                .find(is)
                .map(|of| format!("is of load balancer `{}`", of.name));
        }
        Some(match (instance, description) {
            (Some(instance), _) => format!("is of instance `{instance}`, which is not ours"),
            (None, "") => "is not ours".to_owned(),
            (None, description) => format!("({description}) is not ours"),
        })
    }
}

fn left_behind(name: &str) -> String {
    format!("(`{name}`) was left behind by the cluster")
}

fn foreign(type_name: &str, id: &str, detail: &str, blocks: BTreeSet<Key>) -> Leftover {
    Leftover {
        type_name: type_name.to_owned(),
        id: id.to_owned(),
        detail: detail.to_owned(),
        removable: false,
        blocks,
    }
}

/// A security group of which nothing is known but its id, as a step that deletes it needs it.
pub(crate) fn group_to_delete(id: &str) -> Spec {
    SecurityGroup {
        group_name: id.to_owned(),
        group_description: String::new(),
        vpc_id: Text::id(&Key::VPC),
        default_egress: true,
        tags: Tags::new(),
    }
    .into()
}
