//! A plan in a few lines: the same words in the terminal and on the page.

use super::{Action, Plan, Step, Timeline};
use crate::{
    key::Key,
    objects::Spec,
    words::{about, count as counted},
};
use jiff::SignedDuration;
use serde::Serialize;
use std::collections::BTreeSet;

/// What objects are shown together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// The VPC and its parts.
    Network,
    /// Security groups and their rules.
    SecurityGroups,
    /// IAM roles with their policies, and instance profiles.
    Roles,
    /// The cluster with what belongs to it.
    Eks,
    /// What nodes are made from.
    Nodes,
    /// Kubernetes objects.
    Kubernetes,
}

impl Group {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 6] = [
        Self::Network,
        Self::SecurityGroups,
        Self::Roles,
        Self::Eks,
        Self::Nodes,
        Self::Kubernetes,
    ];

    /// The group of an object.
    pub fn of(spec: &Spec) -> Self {
        match spec {
            Spec::Vpc(_)
            | Spec::Subnet(_)
            | Spec::InternetGateway(_)
            | Spec::GatewayAttachment(_)
            | Spec::RouteTable(_)
            | Spec::Route(_)
            | Spec::RouteTableAssociation(_)
            | Spec::Eip(_)
            | Spec::NatGateway(_) => Self::Network,
            Spec::SecurityGroup(_) | Spec::IngressRule(_) | Spec::EgressRule(_) => Self::SecurityGroups,
            Spec::Role(_) | Spec::RolePolicy(_) | Spec::InstanceProfile(_) => Self::Roles,
            Spec::OidcProvider(_)
            | Spec::Cluster(_)
            | Spec::Addon(_)
            | Spec::AccessEntry(_)
            | Spec::PodIdentityAssociation(_)
            | Spec::LogGroup(_) => Self::Eks,
            Spec::KeyPair(_)
            | Spec::PlacementGroup(_)
            | Spec::LaunchTemplate(_)
            | Spec::AutoScalingGroup(_)
            | Spec::Nodegroup(_)
            | Spec::AutoScalingGroupTags(_)
            | Spec::SuspendedProcesses(_) => Self::Nodes,
            Spec::Manifest(_) => Self::Kubernetes,
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::SecurityGroups => "security groups",
            Self::Roles => "roles",
            Self::Eks => "eks",
            Self::Nodes => "nodes",
            Self::Kubernetes => "kubernetes",
        }
    }

    /// What it is called where there is room for a heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Network => "Network",
            Self::SecurityGroups => "Security groups",
            Self::Roles => "Roles and policies",
            Self::Eks => "EKS",
            Self::Nodes => "Nodes",
            Self::Kubernetes => "Kubernetes",
        }
    }
}

/// One line of a plan: a group of objects to which the same is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The objects.
    pub group: Group,
    /// What is done to them: made, changed or deleted.
    pub action: Action,
    /// What they are, in a few words: `VPC 192.168.0.0/16, 3 zones, 6 subnets, 1 NAT gateway`.
    pub line: String,
    /// How many they are.
    pub count: usize,
}

/// The three kinds of action that are told apart in a summary.
fn kind(action: Action) -> Action {
    match action {
        Action::Create | Action::Await => Action::Create,
        Action::Update | Action::NewVersion | Action::Replace | Action::Roll => Action::Update,
        Action::Delete => Action::Delete,
    }
}

impl Spec {
    /// What tells the object from others of its kind, in a few words: `Kubernetes 1.35`, `0 to 4 nodes`.
    pub fn gist(&self) -> Option<String> {
        let nodes = |fewest: u32, most: u32| {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            match usize::try_from(fewest) {
                Ok(fewest) if fewest != most => format!("{fewest} to {}", counted(most, "node")),
                _ => counted(most, "node"),
            }
        };
        match self {
            Self::Cluster(cluster) => Some(format!("Kubernetes {}", cluster.version)),
            Self::Vpc(vpc) => Some(vpc.cidr_block.clone()),
            Self::Subnet(subnet) => Some(format!("{}, {}", subnet.availability_zone, subnet.cidr_block)),
            Self::Addon(addon) => Some(addon.addon_version.clone()).filter(|version| !version.is_empty()),
            Self::LaunchTemplate(template) => template.launch_template_data.instance_type.clone(),
            Self::AutoScalingGroup(group) => Some(nodes(group.min_size, group.max_size)),
            Self::Nodegroup(group) => {
                let sizes = &group.scaling_config;
                Some(nodes(sizes.min_size, sizes.max_size))
            }
            _ => None,
        }
    }
}

impl Step {
    /// What the step's object is, or was.
    pub fn shown(&self) -> Option<&Spec> {
        self.spec
            .as_ref()
            .or_else(|| self.present.as_ref().map(|(spec, _)| spec))
    }
}

impl Plan {
    /// How many objects are made, changed and deleted.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: Action| {
            self.steps
                .iter()
                .filter(|step| kind(step.action) == wanted)
                .count()
        };
        (
            count(Action::Create),
            count(Action::Update),
            count(Action::Delete),
        )
    }

    /// What is done to how many objects: `122 to create, 2 to change, 1 to delete`.
    pub fn in_words(&self) -> String {
        let count = |wanted: fn(Action) -> bool| self.steps.iter().filter(|step| wanted(step.action)).count();
        let all = [
            (count(|action| action == Action::Create), "to create"),
            (
                count(|action| matches!(action, Action::Update | Action::NewVersion)),
                "to change",
            ),
            (count(|action| action == Action::Replace), "to replace"),
            (count(|action| action == Action::Roll), "to roll"),
            (count(|action| action == Action::Delete), "to delete"),
            (count(|action| action == Action::Await), "to wait for"),
        ];
        let some: Vec<String> = all
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        some.join(", ")
    }

    /// The plan in lines: by what is done, then by group.
    pub fn summary(&self) -> Vec<Summary> {
        let mut lines = Vec::new();
        for action in [Action::Create, Action::Update, Action::Delete] {
            for group in Group::ALL {
                let these =
                    |step: &&Step| kind(step.action) == action && step.shown().map(Group::of) == Some(group);
                let specs: Vec<(&Key, &Spec)> = self
                    .steps
                    .iter()
                    .filter(these)
                    .filter_map(|step| Some((&step.key, step.shown()?)))
                    .collect();
                if !specs.is_empty() {
                    lines.push(Summary {
                        group,
                        action,
                        line: line(group, &specs),
                        count: specs.len(),
                    });
                }
            }
        }
        lines
    }
}

impl Timeline {
    /// How long it takes: `about 12 min (17 min on a slow day)`.
    pub fn in_words(&self) -> String {
        let seconds = |seconds: u64| SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        let (expected, slow) = (about(seconds(self.expected_s)), about(seconds(self.slow_s)));
        if expected == slow {
            format!("about {expected}")
        } else {
            format!("about {expected} ({slow} on a slow day)")
        }
    }
}

fn line(group: Group, specs: &[(&Key, &Spec)]) -> String {
    let count = |is: fn(&Spec) -> bool| specs.iter().filter(|(_, spec)| is(spec)).count();
    let mut parts: Vec<String> = Vec::new();
    let some = |parts: &mut Vec<String>, count: usize, noun: &str| {
        if count > 0 {
            parts.push(counted(count, noun));
        }
    };
    match group {
        Group::Network => network(specs, &mut parts),
        Group::SecurityGroups => {
            some(
                &mut parts,
                count(|spec| matches!(spec, Spec::SecurityGroup(_))),
                "group",
            );
            some(
                &mut parts,
                count(|spec| matches!(spec, Spec::IngressRule(_) | Spec::EgressRule(_))),
                "rule",
            );
        }
        Group::Roles => roles(specs, &mut parts),
        Group::Eks => {
            for (_, spec) in specs {
                match spec {
                    Spec::Cluster(cluster) => {
                        parts.insert(0, format!("cluster, Kubernetes {}", cluster.version))
                    }
                    Spec::OidcProvider(_) | Spec::LogGroup(_) => parts.push(spec.noun().to_owned()),
                    _ => {}
                }
            }
            some(&mut parts, count(|spec| matches!(spec, Spec::Addon(_))), "add-on");
            some(
                &mut parts,
                count(|spec| matches!(spec, Spec::AccessEntry(_))),
                "access entry",
            );
        }
        Group::Nodes => nodes(specs, &mut parts),
        Group::Kubernetes => {
            let kinds: BTreeSet<&str> = specs.iter().map(|(_, spec)| spec.noun()).collect();
            for kind in kinds {
                let count = specs.iter().filter(|(_, spec)| spec.noun() == kind).count();
                parts.push(counted(count, &words(kind)));
            }
        }
    }
    parts.join(", ")
}

/// `ServiceAccount` as words.
fn words(kind: &str) -> String {
    let mut words = String::new();
    for c in kind.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

fn network(specs: &[(&Key, &Spec)], parts: &mut Vec<String>) {
    let mut zones = BTreeSet::new();
    let (mut subnets, mut gateways, mut others) = (0, 0, 0);
    for (_, spec) in specs {
        match spec {
            Spec::Vpc(vpc) => parts.insert(0, format!("VPC {}", vpc.cidr_block)),
            Spec::Subnet(subnet) => {
                zones.insert(&subnet.availability_zone);
                subnets += 1;
            }
            Spec::NatGateway(_) => gateways += 1,
            _ => others += 1,
        }
    }
    if subnets > 0 {
        parts.push(counted(zones.len(), "zone"));
        parts.push(counted(subnets, "subnet"));
    }
    if gateways > 0 {
        parts.push(counted(gateways, "NAT gateway"));
    }
    if parts.is_empty() {
        parts.push(counted(others, "part"));
    }
}

fn roles(specs: &[(&Key, &Spec)], parts: &mut Vec<String>) {
    let roles: Vec<&str> = specs
        .iter()
        .filter(|(_, spec)| matches!(spec, Spec::Role(_)))
        .map(|(key, _)| key.as_str())
        .collect();
    let starting = |prefix: &str| roles.iter().filter(|key| key.starts_with(prefix)).count();
    if roles.contains(&Key::SERVICE_ROLE.as_str()) {
        parts.push("cluster".to_owned());
    }
    for (prefix, noun) in [("ng:", "node role"), ("irsa:", "service account")] {
        if starting(prefix) > 0 {
            parts.push(counted(starting(prefix), noun));
        }
    }
    let addons = roles
        .iter()
        .filter_map(|key| key.strip_prefix("addon:")?.split('/').next());
    parts.extend(addons.map(str::to_owned));
    if parts.is_empty() {
        let policies = specs
            .iter()
            .filter(|(_, spec)| matches!(spec, Spec::RolePolicy(_)))
            .count();
        let profiles = specs.len() - policies;
        parts.extend((policies > 0).then(|| counted(policies, "inline policy")));
        parts.extend((profiles > 0).then(|| counted(profiles, "instance profile")));
    }
}

fn nodes(specs: &[(&Key, &Spec)], parts: &mut Vec<String>) {
    let groups = specs.iter().filter_map(|(_, spec)| match spec {
        Spec::AutoScalingGroup(group) => Some((group.desired_capacity, group.min_size, group.max_size)),
        Spec::Nodegroup(group) => {
            let sizes = &group.scaling_config;
            Some((sizes.desired_size, sizes.min_size, sizes.max_size))
        }
        _ => None,
    });
    let (mut count, mut now, mut most) = (0, 0, 0);
    for (desired, fewest, largest) in groups {
        count += 1;
        now += desired.unwrap_or(fewest);
        most += largest;
    }
    if count > 0 {
        let nodes = |count: u32| counted(usize::try_from(count).unwrap_or(usize::MAX), "node");
        parts.push(format!(
            "{}; {} now, at most {}",
            counted(count, "group"),
            nodes(now),
            nodes(most)
        ));
        return;
    }
    let templates = specs
        .iter()
        .filter(|(_, spec)| matches!(spec, Spec::LaunchTemplate(_)))
        .count();
    parts.extend((templates > 0).then(|| counted(templates, "launch template")));
    let others = specs.len() - templates;
    parts.extend((others > 0).then(|| counted(others, "other object")));
}
