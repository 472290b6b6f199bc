//! What a config takes for given: the account that a new sandbox must be for this file to have a chance.
//!
//! It owns what the file names by id. Principals that the file's identity mappings name do not exist in it, as on the
//! first day of a real account: `aws-auth` takes anybody. EKS makes an access entry only for a principal that exists, so
//! those of access entries do. Nothing is made that the file would make itself.

use crate::names::role_of_profile;
use crate::sandbox::{Facts, GivenRole, GivenSubnet, GivenTemplate, GivenVpc, ImageFacts, KeyFacts};
use jiff::Timestamp;
use lb_model::{
    catalog::Catalog,
    config::{AZSubnetSpec, ClusterConfig, LaunchTemplate, ManagedNodeGroup, NodeGroupRef, OrEmpty as _},
    format::Arn,
    path::{Path, Segment},
    rename,
};

/// A well-formed public key that nobody has the other half of.
const NOBODYS_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA sandbox";

/// The facts of an account made for `config`, whose clock begins at `start`.
pub fn facts(config: &ClusterConfig, start: Timestamp) -> Facts {
    let mut facts = Facts {
        start,
        ..Facts::default()
    };
    if let Some(account) = rename::account(config) {
        facts.caller = format!("arn:aws:iam::{account}:user/operator");
        facts.account = account;
    }
    for group in config.all_node_groups() {
        facts.images.extend(image(&group));
        let more = group
            .additional_volumes
            .iter()
            .map(|volume| &volume.volume_kms_key_id);
        for id in more.chain([group.volume_kms_key_id]) {
            if let Some(arn) = key_arn(id.or_empty(), &config.metadata.region, &facts.account) {
                let key = key(&facts.account, &arn);
                facts.keys.insert(arn, key);
            }
        }
        let key = group
            .ssh
            .as_ref()
            .map(|ssh| ssh.public_key_name.or_empty())
            .unwrap_or_default();
        if !key.is_empty() {
            facts.key_pairs.insert(key.to_owned(), NOBODYS_KEY.to_owned());
        }
        let placement = group.placement.iter();
        let name = placement.filter_map(|placement| placement.group_name.clone());
        facts
            .placement_groups
            .extend(name.filter(|name| !name.is_empty()));
    }
    for group in &config.managed_node_groups {
        if let Some(template) = &group.launch_template {
            facts
                .templates
                .insert(template.id.clone(), given_template(group, template));
        }
    }
    for (path, text) in rename::texts(config) {
        let Some(arn) = Arn::parse(&text).filter(|arn| arn.account_id() == Some(&facts.account)) else {
            continue;
        };
        match arn.typed_resource() {
            Some(("policy", _)) => {
                facts.policies.insert(text);
            }
            Some(("role", _)) => facts.roles.extend(role(&path, &text)),
            Some(("key", _)) => {
                facts.keys.insert(text.clone(), key(&facts.account, &text));
            }
            _ => {}
        }
    }
    profiles(config, &mut facts);
    admit(config, &mut facts);
    facts.vpcs.extend(vpc(config));
    facts
}

/// A launch template with as many versions as the file names, and an instance type where the file names none.
fn given_template(group: &ManagedNodeGroup, template: &LaunchTemplate) -> GivenTemplate {
    let version = template
        .version
        .as_deref()
        .and_then(|version| version.parse().ok());
    let types = !group.instance_types.is_empty();
    GivenTemplate {
        versions: version.unwrap_or(1),
        instance_type: (!types).then(|| "m5.large".to_owned()),
        image: None,
    }
}

fn image(group: &NodeGroupRef<'_>) -> Option<(String, ImageFacts)> {
    let id = group.ami.or_empty();
    let ubuntu = group.ami_family.or_empty().starts_with("Ubuntu");
    let root_device = if ubuntu { "/dev/sda1" } else { "/dev/xvda" };
    id.starts_with("ami-").then(|| {
        let image = ImageFacts {
            root_device: root_device.to_owned(),
            ..ImageFacts::default()
        };
        (id.to_owned(), image)
    })
}

/// The ARN of a key that is not named by its ARN.
fn key_arn(id: &str, region: &str, account: &str) -> Option<String> {
    let resource = match id {
        "" | "alias/aws/ebs" => return None,
        id if id.starts_with("arn:") => return None,
        id if id.starts_with("alias/") || id.starts_with("key/") => id.to_owned(),
        id => format!("key/{id}"),
    };
    let partition = Catalog::builtin()
        .region(region)
        .map_or("aws", |region| region.partition);
    Some(format!("arn:{partition}:kms:{region}:{account}:{resource}"))
}

/// A key that nodes can use: its policy names Auto Scaling's own role.
fn key(account: &str, arn: &str) -> KeyFacts {
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    let role = format!(
        "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    );
    KeyFacts {
        users: [role].into(),
        ..KeyFacts::default()
    }
}

/// A role that the file gives to something, or lets in by an access entry. What is only mapped (`arn`) is not there.
fn role(path: &Path, arn: &str) -> Option<GivenRole> {
    let (_, Segment::Key(key)) = path.split_last()? else {
        return None;
    };
    let service = match key.as_str() {
        "serviceRoleARN" => "eks.amazonaws.com",
        "instanceRoleARN" => "ec2.amazonaws.com",
        "fargatePodExecutionRoleARN" | "podExecutionRoleARN" => "eks-fargate-pods.amazonaws.com",
        "attachRoleARN" | "serviceAccountRoleARN" | "roleARN" | "targetRoleARN" => "pods.eks.amazonaws.com",
        _ => return None,
    };
    Some(role_for(service, arn))
}

/// A role that a service can take, with what it needs for what the file gives it to.
fn role_for(service: &str, arn: &str) -> GivenRole {
    let policies: &[&str] = match service {
        "eks.amazonaws.com" => &["AmazonEKSClusterPolicy"],
        "ec2.amazonaws.com" => &[
            "AmazonEKSWorkerNodePolicy",
            "AmazonEKS_CNI_Policy",
            "AmazonEC2ContainerRegistryPullOnly",
        ],
        _ => &[],
    };
    GivenRole {
        arn: arn.to_owned(),
        services: vec![service.to_owned()],
        policies: policies
            .iter()
            .map(|name| format!("arn:aws:iam::aws:policy/{name}"))
            .collect(),
    }
}

/// Instance profiles, each with the role that the file names beside it, or with one of its own name.
fn profiles(config: &ClusterConfig, facts: &mut Facts) {
    for iam in config.node_groups.iter().filter_map(|group| group.iam.as_ref()) {
        let profile = iam.instance_profile_arn.or_empty();
        let own = Arn::parse(profile).is_some_and(|arn| arn.account_id() == Some(&facts.account));
        let Some(role) = role_of_profile(profile).filter(|_| own) else {
            continue;
        };
        let role = match iam.instance_role_arn.or_empty() {
            "" => {
                facts.roles.push(role_for("ec2.amazonaws.com", &role));
                role
            }
            named => named.to_owned(),
        };
        facts.profiles.insert(profile.to_owned(), Some(role));
    }
}

/// The principals of access entries.
fn admit(config: &ClusterConfig, facts: &mut Facts) {
    let entries = config
        .access_config
        .iter()
        .flat_map(|access| &access.access_entries);
    for arn in entries.map(|entry| entry.principal_arn.or_empty()) {
        let named = Arn::parse(arn);
        let own = named
            .as_ref()
            .filter(|arn| arn.account_id() == Some(&facts.account));
        if own.is_some_and(|arn| matches!(arn.typed_resource(), Some(("role", _)))) {
            facts.roles.push(GivenRole {
                arn: arn.to_owned(),
                ..GivenRole::default()
            });
        } else if named.is_some() {
            facts.foreign_principals.insert(arn.to_owned());
        }
    }
}

/// The VPC that the file brings, with its subnets and security groups.
fn vpc(config: &ClusterConfig) -> Option<GivenVpc> {
    let vpc = config.vpc.as_ref()?;
    let region = config.metadata.region.clone();
    let subnets: Vec<GivenSubnet> = vpc
        .subnets
        .iter()
        .flat_map(|subnets| {
            let of = |(name, spec): (&String, &AZSubnetSpec), public| subnet(name, spec, public);
            let public = subnets.public.iter().filter_map(move |entry| of(entry, true));
            public.chain(subnets.private.iter().filter_map(move |entry| of(entry, false)))
        })
        .collect();
    if vpc.id.or_empty().is_empty() && subnets.is_empty() {
        return None;
    }
    let groups = config.all_node_groups().flat_map(|group| {
        group
            .security_groups
            .iter()
            .flat_map(|groups| groups.attach_ids.clone())
            .collect::<Vec<_>>()
    });
    let own = [&vpc.security_group, &vpc.shared_node_security_group]
        .into_iter()
        .flatten()
        .cloned();
    let id = if vpc.id.or_empty().is_empty() {
        "vpc-00000000000000000"
    } else {
        vpc.id.or_empty()
    };
    let cidr = if vpc.cidr.or_empty().is_empty() {
        "192.168.0.0/16"
    } else {
        vpc.cidr.or_empty()
    };
    Some(GivenVpc {
        id: id.to_owned(),
        region,
        cidr: cidr.to_owned(),
        subnets,
        security_groups: own
            .chain(vpc.control_plane_security_group_ids.iter().cloned())
            .chain(groups)
            .collect(),
    })
}

fn subnet(name: &str, spec: &AZSubnetSpec, public: bool) -> Option<GivenSubnet> {
    let id = if spec.id.or_empty().is_empty() && name.starts_with("subnet-") {
        name
    } else {
        spec.id.or_empty()
    };
    let zone = if spec.az.or_empty().is_empty() {
        name
    } else {
        spec.az.or_empty()
    };
    (!id.is_empty()).then(|| GivenSubnet {
        id: id.to_owned(),
        zone: zone.to_owned(),
        cidr: spec.cidr.or_empty().to_owned(),
        public,
    })
}
