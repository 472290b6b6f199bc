//! Whether the account may have as much as a config asks for: vCPUs by family, and the parts of a network.
//!
//! Too little for what starts now is an error, for full scale a warning. What runs already counts.

use super::{Case, Findings, error, found};
use crate::{
    execute::{Cx, Failure},
    key::Key,
    objects::Spec,
    operations::{
        ec2::{
            DescribeAddresses, DescribeInstances, DescribeInternetGateways, DescribeNatGateways,
            DescribeSubnets, DescribeVpcs, Filter, Instance,
        },
        servicequotas::{GetAWSDefaultServiceQuota, GetServiceQuota},
    },
    plan::Action,
    support,
};
use lb_model::{
    catalog::{Quota, QuotaFamily},
    config::NodeGroupRef,
    path::Path,
    problem::Severity,
};
use std::collections::BTreeMap;

const WHAT: &str = "quotas";

/// eksctl's size of a group that the file gives none.
const DEFAULT_NODES: i64 = 2;

pub(super) async fn check(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    vcpus(cx, case, findings).await?;
    network(cx, case, findings).await
}

/// What the account may have of something: its own quota, else AWS's default, else what the catalog knows of it.
async fn limit(cx: &Cx<'_>, findings: &mut Findings, quota: &Quota) -> Result<Option<f64>, Failure> {
    let Some(code) = quota.code else {
        return Ok(Some(quota.limit as f64));
    };
    let (service_code, quota_code) = (quota.service.to_owned(), code.to_owned());
    let own = GetServiceQuota {
        service_code: service_code.clone(),
        quota_code: quota_code.clone(),
    };
    if let Some(own) = findings.answer(WHAT, cx.call(own).await)? {
        return Ok(Some(own.value));
    }
    if findings.is_blind(WHAT) {
        return Ok(None);
    }
    let default = GetAWSDefaultServiceQuota {
        service_code,
        quota_code,
    };
    let default = findings.answer(WHAT, cx.call(default).await)?;
    Ok(default.map(|default| default.value).or(Some(quota.limit as f64)))
}

/// The vCPUs that nodegroups need of one quota.
#[derive(Default)]
struct Demand {
    /// As large as the groups want to be now.
    now: Need,
    /// As large as they may be.
    full: Need,
}

#[derive(Default)]
struct Need {
    vcpus: u64,
    /// The largest part of it, and where the config asks for it.
    most: (u64, Path),
}

impl Need {
    fn add(&mut self, vcpus: u64, path: Path) {
        self.vcpus += vcpus;
        if vcpus > self.most.0 {
            self.most = (vcpus, path);
        }
    }
}

/// A quota of vCPUs: a family, on demand or spot.
type Pot = (QuotaFamily, bool);

async fn vcpus(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let is_group = |key: &Key| key.nodegroup_name().is_some() && key.as_str().ends_with("NodeGroup");
    if !case.making().any(|step| is_group(&step.key)) {
        return Ok(());
    }
    let demands = demands(case);
    let state = Filter {
        name: "instance-state-name".to_owned(),
        values: vec!["pending".to_owned(), "running".to_owned()],
    };
    let running = DescribeInstances {
        filters: vec![state],
        ..DescribeInstances::default()
    };
    let running = findings.answer(WHAT, cx.call(running).await)?.unwrap_or_default();
    for ((family, spot), demand) in demands {
        if demand.full.vcpus == 0 {
            continue;
        }
        let key = if spot {
            family.spot_quota_key()
        } else {
            family.quota_key()
        };
        let Some(quota) = case.catalog.quota(key) else {
            continue;
        };
        let Some(limit) = limit(cx, findings, quota).await? else {
            return Ok(());
        };
        let (own, others) = in_use(case, &running, (family, spot));
        let kind = format!("{}{}", family.name(), if spot { " spot" } else { "" });
        findings
            .problems
            .extend(judge(&demand, limit, own, others, &kind, quota));
    }
    Ok(())
}

fn judge(
    demand: &Demand,
    limit: f64,
    own: u64,
    others: u64,
    kind: &str,
    quota: &Quota,
) -> Option<lb_model::problem::Problem> {
    let exceeds = |vcpus: u64| (vcpus + others) as f64 > limit;
    let beside = match others {
        0 => String::new(),
        others => format!(", and {others} run already for others"),
    };
    let code = quota.code.unwrap_or_default();
    let raise = |to: u64, or: &str| {
        format!(
            "ask AWS for {} under quota `{code}` of `{}`, or {or}",
            to + others,
            quota.service
        )
    };
    if demand.now.vcpus > own && exceeds(demand.now.vcpus) {
        let message = format!(
            "nodes that start now need {} vCPUs of {kind} instances; the account may run {limit}{beside}",
            demand.now.vcpus
        );
        let help = raise(demand.full.vcpus.max(demand.now.vcpus), "start fewer");
        return Some(error(support::QUOTA, demand.now.most.1.clone(), message, help));
    }
    exceeds(demand.full.vcpus).then(|| {
        let message = format!(
            "full scale needs {} vCPUs of {kind} instances; the account may run {limit}{beside}",
            demand.full.vcpus
        );
        let help = raise(demand.full.vcpus, "lower `maxSize`");
        found(
            Severity::Warning,
            support::QUOTA,
            demand.full.most.1.clone(),
            message,
            help,
        )
    })
}

/// What the nodegroups of a config need, by quota; of several types the smallest now, the largest at full scale.
fn demands(case: &Case<'_>) -> Vec<(Pot, Demand)> {
    let mut demands: Vec<(Pot, Demand)> = Vec::new();
    for group in case.config.all_node_groups() {
        let types = instance_types(&group);
        let known: Vec<_> = types
            .iter()
            .filter_map(|name| case.catalog.instance(name))
            .collect();
        let Some(family) = known.iter().find_map(|instance| instance.quota_family()) else {
            continue;
        };
        let vcpus = known.iter().map(|instance| u64::from(instance.vcpus));
        let (smallest, largest) = (vcpus.clone().min().unwrap_or(0), vcpus.max().unwrap_or(0));
        let (now, full) = sizes(case, &group);
        let pot = (family, is_spot(&group));
        let place = demands
            .iter()
            .position(|(other, _)| *other == pot)
            .unwrap_or_else(|| {
                demands.push((pot, Demand::default()));
                demands.len() - 1
            });
        if let Some((_, demand)) = demands.get_mut(place) {
            let size = if group.desired_capacity.is_some() {
                "desiredCapacity"
            } else {
                "minSize"
            };
            demand.now.add(now * smallest, group.path().key(size));
            demand.full.add(full * largest, group.path().key("maxSize"));
        }
    }
    demands
}

fn instance_types<'a>(group: &NodeGroupRef<'a>) -> Vec<&'a str> {
    let several = group
        .as_self_managed()
        .and_then(|group| group.instances_distribution.as_ref())
        .map(|distribution| distribution.instance_types.iter().map(String::as_str).collect());
    several.unwrap_or_else(|| crate::desired::instance_types(group))
}

/// Whether a group's nodes are spot instances, all of them.
fn is_spot(group: &NodeGroupRef<'_>) -> bool {
    let managed = group.as_managed().is_some_and(|group| group.spot == Some(true));
    let distribution = group
        .as_self_managed()
        .and_then(|group| group.instances_distribution.as_ref());
    managed
        || distribution.is_some_and(|distribution| {
            distribution.on_demand_percentage_above_base_capacity == Some(0)
                && distribution.on_demand_base_capacity.unwrap_or(0) == 0
        })
}

/// How many nodes a group wants as soon as it is as planned, and at most. Those that are there stay: their number
/// belongs to whoever scales.
fn sizes(case: &Case<'_>, group: &NodeGroupRef<'_>) -> (u64, u64) {
    let asked = *group.desired_capacity;
    let min = group.min_size.or(asked).unwrap_or(DEFAULT_NODES);
    let max = group.max_size.or(asked).unwrap_or(min).max(min);
    let part = match group.as_managed() {
        Some(_) => "ManagedNodeGroup",
        None => "NodeGroup",
    };
    let there = case.observed.objects.get(&Key::nodegroup(group.name, part));
    let there = there.and_then(|object| match &object.spec {
        Spec::AutoScalingGroup(group) => group.desired_capacity.map(i64::from),
        Spec::Nodegroup(group) => group.scaling_config.desired_size.map(i64::from),
        _ => None,
    });
    let now = there.or(asked).unwrap_or(min).clamp(min, max);
    let count = |nodes: i64| u64::try_from(nodes).unwrap_or(0);
    (count(now), count(max))
}

/// vCPUs of a quota that are in use: by this cluster's own nodes, and by others.
fn in_use(case: &Case<'_>, running: &[Instance], (family, spot): Pot) -> (u64, u64) {
    let ours = format!("kubernetes.io/cluster/{}", case.config.metadata.name);
    let (mut own, mut others) = (0, 0);
    for instance in running {
        let Some(known) = case.catalog.instance(&instance.instance_type) else {
            continue;
        };
        if known.quota_family() != Some(family)
            || (instance.instance_lifecycle.as_deref() == Some("spot")) != spot
        {
            continue;
        }
        let sum = if instance.tags.iter().any(|tag| tag.key == ours) {
            &mut own
        } else {
            &mut others
        };
        *sum += u64::from(known.vcpus);
    }
    (own, others)
}

/// A part of a network that the account may have only so many of.
struct Part {
    quota: &'static str,
    is: fn(&Spec) -> bool,
    path: fn(&Case<'_>) -> Path,
}

const PARTS: [Part; 3] = [
    Part {
        quota: "vpcs",
        is: |spec| matches!(spec, Spec::Vpc(_)),
        path: region,
    },
    Part {
        quota: "internet-gateways",
        is: |spec| matches!(spec, Spec::InternetGateway(_)),
        path: region,
    },
    Part {
        quota: "elastic-ips",
        is: |spec| matches!(spec, Spec::Eip(_)),
        path: nat,
    },
];

fn region(_: &Case<'_>) -> Path {
    Path::root().key("metadata").key("region")
}

/// Where the file asks for NAT gateways, if it does.
fn nat(case: &Case<'_>) -> Path {
    match case.config.vpc.as_ref().and_then(|vpc| vpc.nat.as_ref()) {
        Some(_) => Path::root().key("vpc").key("nat").key("gateway"),
        None => region(case),
    }
}

async fn network(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    for part in &PARTS {
        let made = made(case, part.is).count();
        let Some(quota) = case.catalog.quota(part.quota).filter(|_| made > 0) else {
            continue;
        };
        let present = match part.quota {
            "vpcs" => cx.call(DescribeVpcs::default()).await.map(|all| all.len()),
            "internet-gateways" => cx
                .call(DescribeInternetGateways::default())
                .await
                .map(|all| all.len()),
            _ => cx.call(DescribeAddresses::default()).await.map(|all| all.len()),
        };
        if let Some(present) = findings.answer(WHAT, present)? {
            room(cx, findings, quota, (present, made), "", (part.path)(case)).await?;
        }
    }
    nat_gateways(cx, case, findings).await
}

/// The specs of one kind that a plan makes.
fn made<'a>(case: &'a Case<'_>, is: fn(&Spec) -> bool) -> impl Iterator<Item = &'a Spec> {
    let made = case.making().filter(|step| step.action == Action::Create);
    made.filter_map(|step| step.spec.as_ref())
        .filter(move |spec| is(spec))
}

/// NAT gateways are counted by zone.
async fn nat_gateways(cx: &Cx<'_>, case: &Case<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for spec in made(case, |spec| matches!(spec, Spec::NatGateway(_))) {
        if let Spec::NatGateway(gateway) = spec
            && let Some(hole) = gateway.subnet_id.as_hole()
            && let Some(Spec::Subnet(subnet)) = case.desired.objects.get(&hole.key).map(|wanted| &wanted.spec)
        {
            *wanted.entry(subnet.availability_zone.clone()).or_default() += 1;
        }
    }
    let Some(quota) = case.catalog.quota("nat-gateways").filter(|_| !wanted.is_empty()) else {
        return Ok(());
    };
    let alive = Filter {
        name: "state".to_owned(),
        values: vec!["pending".to_owned(), "available".to_owned()],
    };
    let call = DescribeNatGateways {
        filter: vec![alive],
        ..DescribeNatGateways::default()
    };
    let present = findings.answer(WHAT, cx.call(call).await)?.unwrap_or_default();
    let mut zones: BTreeMap<String, usize> = BTreeMap::new();
    // In which zone they are matters only where there are many.
    if present.len() as u64 + 1 > quota.limit {
        let subnets = DescribeSubnets {
            subnet_ids: present.iter().map(|gateway| gateway.subnet_id.clone()).collect(),
            ..DescribeSubnets::default()
        };
        let subnets = findings.answer(WHAT, cx.call(subnets).await)?.unwrap_or_default();
        for gateway in &present {
            let subnet = subnets
                .iter()
                .find(|subnet| subnet.subnet_id == gateway.subnet_id);
            if let Some(subnet) = subnet {
                *zones.entry(subnet.availability_zone.clone()).or_default() += 1;
            }
        }
    }
    for (zone, count) in wanted {
        let present = zones.get(&zone).copied().unwrap_or(0);
        room(cx, findings, quota, (present, count), &zone, nat(case)).await?;
    }
    Ok(())
}

async fn room(
    cx: &Cx<'_>,
    findings: &mut Findings,
    quota: &Quota,
    (present, wanted): (usize, usize),
    zone: &str,
    path: Path,
) -> Result<(), Failure> {
    // AWS gives every account its default of them: only who needs more has to ask.
    if (present + wanted) as u64 <= quota.limit {
        return Ok(());
    }
    let Some(limit) = limit(cx, findings, quota).await? else {
        return Ok(());
    };
    if (present + wanted) as f64 <= limit {
        return Ok(());
    }
    let whereabouts = if zone.is_empty() {
        String::new()
    } else {
        format!(" of `{zone}`")
    };
    let message = format!(
        "the account may have {limit} {}{whereabouts} and has {present}; this cluster needs {wanted} more",
        quota.what
    );
    let help = format!(
        "ask AWS for {} under quota `{}` of `{}`, or delete one that nobody needs",
        present + wanted,
        quota.code.unwrap_or_default(),
        quota.service
    );
    findings.problems.push(error(support::QUOTA, path, message, help));
    Ok(())
}
