//! Managed nodegroups: what can be asked of them. What they do by themselves is in [`super::managed`].

use super::{invalid, updates::Change};
use crate::{
    operations::eks::{
        CreateNodegroup, DeleteNodegroup, DescribeNodegroup, LaunchTemplateSpecification, ListNodegroups,
        Nodegroup, NodegroupScalingConfig, NodegroupUpdateConfig, Taint, Update, UpdateNodegroupConfig,
        UpdateNodegroupVersion,
    },
    sandbox::{Answer, Refusal, event::Event, policy, tags, world::World},
};
use lb_model::catalog::Catalog;
use serde::{Deserialize, Serialize};

/// Managed nodegroups that a cluster may have.
const LIMIT: usize = 30;
/// Nodes that one may have.
const NODES: i64 = 450;
const EFFECTS: [&str; 3] = ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"];

/// A managed nodegroup with what EKS made for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NodegroupState {
    pub(super) shape: Nodegroup,
    /// EKS's own copy of the launch template, by id.
    pub(super) template: String,
    /// The instance profile that EKS made, by name.
    pub(super) profile: String,
    /// Whether EKS made the access entry of its role.
    pub(super) entry: bool,
}

pub(super) fn no_nodegroup(name: &str) -> Refusal {
    Refusal::new(
        "ResourceNotFoundException",
        format!("No node group found for name: {name}."),
    )
}

fn check_sizes(sizes: &NodegroupScalingConfig) -> Answer<()> {
    let (min, max) = (sizes.min_size.unwrap_or(1), sizes.max_size.unwrap_or(2));
    let desired = sizes.desired_size.unwrap_or(min);
    if !(1..=NODES).contains(&max) {
        return Err(invalid(format!("maxSize {max} must be from 1 to {NODES}")));
    }
    if min < 0 || min > max {
        return Err(invalid("Minimum capacity can't be greater than desired size"));
    }
    if desired < min || desired > max {
        return Err(invalid(format!(
            "desiredSize {desired} must be between minSize {min} and maxSize {max}"
        )));
    }
    Ok(())
}

fn check_taints(taints: &[Taint]) -> Answer<()> {
    let known = |taint: &Taint| {
        taint
            .effect
            .as_deref()
            .is_some_and(|effect| EFFECTS.contains(&effect))
    };
    if taints.len() > 50 || !taints.iter().all(known) {
        return Err(invalid(format!(
            "A nodegroup takes up to 50 taints, with one of the effects {EFFECTS:?}"
        )));
    }
    Ok(())
}

fn check_update(config: &NodegroupUpdateConfig) -> Answer<()> {
    let (count, share) = (config.max_unavailable, config.max_unavailable_percentage);
    let fits = match (count, share) {
        (Some(count), None) => (1..=100).contains(&count),
        (None, Some(share)) => (1..=100).contains(&share),
        _ => false,
    };
    if fits {
        return Ok(());
    }
    Err(invalid(
        "updateConfig takes either maxUnavailable or maxUnavailablePercentage, from 1 to 100",
    ))
}

impl World<'_> {
    pub(super) fn create_nodegroup(&mut self, input: CreateNodegroup) -> Answer<Nodegroup> {
        let (cluster, name) = (input.cluster_name.clone(), input.nodegroup_name.clone());
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !begins || name.len() > 63 || !name.chars().all(fits) {
            return Err(invalid(format!("The nodegroup name '{name}' is invalid")));
        }
        check_sizes(&input.scaling_config.clone().unwrap_or_default())?;
        check_taints(&input.taints)?;
        input.update_config.as_ref().map(check_update).transpose()?;
        let tags = tags::map_at_creation(&input.tags)?;
        let find = |world: &mut Self, id: &str| {
            let held = world.region.clusters.get(&cluster)?.nodegroups.get(id)?;
            Some(held.shape.clone())
        };
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            let held = world.active(&cluster)?;
            if held.nodegroups.contains_key(&name) {
                return Err(Refusal::new(
                    "ResourceInUseException",
                    format!("NodeGroup already exists with name {name} and cluster name {cluster}"),
                ));
            }
            if held.nodegroups.len() >= LIMIT {
                return Err(Refusal::new(
                    "ResourceLimitExceededException",
                    "The cluster has as many nodegroups as it may have",
                ));
            }
            let shape = Nodegroup {
                tags,
                ..world.new_nodegroup(&input)?
            };
            let state = NodegroupState {
                shape: shape.clone(),
                template: String::new(),
                profile: String::new(),
                entry: false,
            };
            world.active(&cluster)?.nodegroups.insert(name.clone(), state);
            world.make_linked_role("eks-nodegroup.amazonaws.com");
            let event = Event::NodegroupActs {
                cluster: cluster.clone(),
                nodegroup: name.clone(),
            };
            world.soon_about(12.0, 25.0, event);
            Ok((shape, name.clone()))
        })
    }

    fn new_nodegroup(&mut self, input: &CreateNodegroup) -> Answer<Nodegroup> {
        let cluster = self.active(&input.cluster_name)?.shape.clone();
        self.check_node_role(&input.node_role)?;
        for id in &input.subnets {
            let subnet = self.region.subnets.named(id, self.now);
            let subnet = subnet.ok_or_else(|| invalid(format!("The subnet ID '{id}' does not exist")))?;
            if subnet.vpc_id != cluster.resources_vpc_config.vpc_id {
                return Err(invalid(format!("Subnet {id} is not in the cluster's VPC")));
            }
        }
        if input.subnets.is_empty() {
            return Err(invalid("A nodegroup needs subnets"));
        }
        let template = match &input.launch_template {
            Some(asked) => Some(self.check_nodegroup_template(input, asked)?),
            None => None,
        };
        let custom = template.as_ref().is_some_and(|(_, has_image)| *has_image);
        let uuid = self.random.uuid();
        let arn = self.arn(
            "eks",
            &format!("nodegroup/{}/{}/{uuid}", input.cluster_name, input.nodegroup_name),
        );
        let sizes = input.scaling_config.clone().unwrap_or_default();
        let min = sizes.min_size.unwrap_or(1);
        let or_one = || NodegroupUpdateConfig {
            max_unavailable: Some(1),
            max_unavailable_percentage: None,
        };
        let release = || format!("{}.0-20261101", cluster.version);
        Ok(Nodegroup {
            nodegroup_name: input.nodegroup_name.clone(),
            nodegroup_arn: arn,
            cluster_name: input.cluster_name.clone(),
            version: (!custom).then(|| cluster.version.clone()),
            release_version: (!custom).then(|| input.release_version.clone().unwrap_or_else(release)),
            created_at: self.now,
            modified_at: self.now,
            status: "CREATING".into(),
            capacity_type: Some(input.capacity_type.clone().unwrap_or_else(|| "ON_DEMAND".into())),
            scaling_config: NodegroupScalingConfig {
                min_size: Some(min),
                max_size: Some(sizes.max_size.unwrap_or(2)),
                desired_size: Some(sizes.desired_size.unwrap_or(min)),
            },
            instance_types: input.instance_types.clone(),
            subnets: input.subnets.clone(),
            ami_type: Some(if custom {
                "CUSTOM".into()
            } else {
                let usual = || "AL2023_x86_64_STANDARD".to_owned();
                input.ami_type.clone().unwrap_or_else(usual)
            }),
            node_role: input.node_role.clone(),
            labels: input.labels.clone(),
            taints: input.taints.clone(),
            update_config: Some(input.update_config.clone().unwrap_or_else(or_one)),
            node_repair_config: input.node_repair_config.clone(),
            launch_template: template.map(|(template, _)| template),
            ..Nodegroup::default()
        })
    }

    /// A role that EKS may give to instances. A new one is not seen for a while.
    fn check_node_role(&self, arn: &str) -> Answer<()> {
        let role = self
            .iam
            .role_of_arn(arn)
            .filter(|role| role.effective <= self.now);
        let trusts = role
            .is_some_and(|role| policy::trusts(&role.shape.assume_role_policy_document, "ec2.amazonaws.com"));
        if !trusts {
            return Err(invalid(format!(
                "Following required service principals [ec2.amazonaws.com] were not found in the trust \
                 relationships of nodeRole {arn}, or the role does not exist"
            )));
        }
        if role.is_some_and(|role| !role.has("AmazonEKSWorkerNodePolicy") && !role.allows_inline("eks:")) {
            return Err(invalid(
                "The provided role doesn't have the Amazon EKS Managed Policies associated with it. Please ensure the \
                 following policies are attached: AmazonEKSWorkerNodePolicy",
            ));
        }
        Ok(())
    }

    /// The template with its version's number, and whether it names an image.
    pub(super) fn check_nodegroup_template(
        &self,
        input: &CreateNodegroup,
        asked: &LaunchTemplateSpecification,
    ) -> Answer<(LaunchTemplateSpecification, bool)> {
        let version = asked.version.as_deref().unwrap_or("$Default");
        let found = self.template_version(asked.id.as_deref(), asked.name.as_deref(), version);
        let found = found.map_err(|refusal| invalid(refusal.message))?;
        let data = &found.launch_template_data;
        if data.iam_instance_profile.is_some() {
            return Err(invalid(
                "Launch template should not specify an instance profile. The noderole in your request will be used \
                 to construct an instance profile.",
            ));
        }
        if data.image_id.is_some() && (input.ami_type.is_some() || input.release_version.is_some()) {
            return Err(invalid(
                "You cannot specify an AMI Type other than CUSTOM or a release version, when specifying an image id \
                 in your launch template.",
            ));
        }
        if data.instance_type.is_some() && !input.instance_types.is_empty() {
            return Err(invalid(
                "Instance types can be specified in the launch template or in the nodegroup, not in both",
            ));
        }
        if data.instance_market_options.is_some() && input.capacity_type.as_deref() != Some("CAPACITY_BLOCK")
        {
            return Err(invalid(
                "Launch template should not specify how instances are bought",
            ));
        }
        let template = LaunchTemplateSpecification {
            id: Some(found.launch_template_id.clone()),
            name: Some(found.launch_template_name.clone()),
            version: Some(found.version_number.to_string()),
        };
        Ok((template, data.image_id.is_some()))
    }

    pub(super) fn nodegroup(&mut self, cluster: &str, name: &str) -> Answer<&mut NodegroupState> {
        self.cluster_mut(cluster)?
            .nodegroups
            .get_mut(name)
            .ok_or_else(|| no_nodegroup(name))
    }

    pub(super) fn describe_nodegroup(&mut self, input: DescribeNodegroup) -> Answer<Nodegroup> {
        let held = self.nodegroup(&input.cluster_name, &input.nodegroup_name)?;
        let mut shape = held.shape.clone();
        // Whoever scales does it at the Auto Scaling group; EKS shows what that wants.
        let group = shape.resources.auto_scaling_groups.first();
        if let Some(group) = group.and_then(|group| self.region.scaling.get(&group.name)) {
            shape.scaling_config.desired_size = Some(group.shape.desired_capacity);
        }
        Ok(shape)
    }

    pub(super) fn list_nodegroups(&mut self, input: ListNodegroups) -> Answer<Vec<String>> {
        Ok(self
            .cluster(&input.cluster_name)?
            .nodegroups
            .keys()
            .cloned()
            .collect())
    }

    /// A nodegroup that takes changes.
    fn settled_nodegroup(&mut self, cluster: &str, name: &str) -> Answer<&mut NodegroupState> {
        let held = self.nodegroup(cluster, name)?;
        if !matches!(held.shape.status.as_str(), "ACTIVE" | "DEGRADED") {
            let text = format!(
                "Nodegroup {name} is {}: an operation is in progress",
                held.shape.status
            );
            return Err(Refusal::new("ResourceInUseException", text));
        }
        Ok(held)
    }

    pub(super) fn update_nodegroup_config(&mut self, input: UpdateNodegroupConfig) -> Answer<Update> {
        let (cluster, name) = (input.cluster_name.clone(), input.nodegroup_name.clone());
        input.update_config.as_ref().map(check_update).transpose()?;
        if let Some(taints) = &input.taints {
            check_taints(&taints.add_or_update_taints)?;
        }
        let find = |world: &mut Self, id: &str| world.update(&cluster, id);
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            let held = world.settled_nodegroup(&cluster, &name)?;
            if let Some(sizes) = &input.scaling_config {
                let now = held.shape.scaling_config.clone();
                let sizes = NodegroupScalingConfig {
                    min_size: sizes.min_size.or(now.min_size),
                    max_size: sizes.max_size.or(now.max_size),
                    desired_size: sizes.desired_size,
                };
                check_sizes(&sizes)?;
            }
            held.shape.status = "UPDATING".into();
            world.start_update(
                &cluster,
                Change::NodegroupConfig(Box::new(input.clone())),
                20.0,
                60.0,
            )
        })
    }

    pub(super) fn update_nodegroup_version(&mut self, input: UpdateNodegroupVersion) -> Answer<Update> {
        let (cluster, name) = (input.cluster_name.clone(), input.nodegroup_name.clone());
        let find = |world: &mut Self, id: &str| world.update(&cluster, id);
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            let shape = world.settled_nodegroup(&cluster, &name)?.shape.clone();
            let mut change = input.clone();
            if let Some(asked) = &input.launch_template {
                let present = shape.launch_template.clone().unwrap_or_default();
                if asked.id.is_some() && asked.id != present.id {
                    return Err(invalid(
                        "You cannot change the launch template of a nodegroup, only its version",
                    ));
                }
                let whole = CreateNodegroup {
                    instance_types: shape.instance_types.clone(),
                    ..CreateNodegroup::default()
                };
                let (template, _) = world.check_nodegroup_template(&whole, asked)?;
                change.launch_template = Some(template);
            }
            world.settled_nodegroup(&cluster, &name)?.shape.status = "UPDATING".into();
            world.start_update(&cluster, Change::NodegroupVersion(Box::new(change)), 60.0, 90.0)
        })
    }

    pub(super) fn delete_nodegroup(&mut self, input: DeleteNodegroup) -> Answer<Nodegroup> {
        let (cluster, name) = (&input.cluster_name, &input.nodegroup_name);
        let held = self.nodegroup(cluster, name)?;
        if matches!(held.shape.status.as_str(), "CREATING" | "UPDATING") {
            let text = format!("Nodegroup {name} has an operation in progress");
            return Err(Refusal::new("ResourceInUseException", text));
        }
        held.shape.status = "DELETING".into();
        let shape = held.shape.clone();
        let event = Event::NodegroupActs {
            cluster: cluster.clone(),
            nodegroup: name.clone(),
        };
        self.soon_about(20.0, 40.0, event);
        Ok(shape)
    }

    /// The SSM parameter of the image that EKS takes for a type and a version.
    pub(super) fn parameter_of(ami_type: &str, version: &str) -> Option<String> {
        let arm = ami_type.contains("ARM_64");
        let arch = if arm { "arm64" } else { "x86_64" };
        let eks = format!("/aws/service/eks/optimized-ami/{version}");
        if ami_type.starts_with("AL2023_") {
            let variant = match ami_type.rsplit('_').next() {
                Some("NVIDIA") => "nvidia",
                Some("NEURON") => "neuron",
                _ => "standard",
            };
            return Some(format!(
                "{eks}/amazon-linux-2023/{arch}/{variant}/recommended/image_id"
            ));
        }
        if ami_type.starts_with("AL2_") {
            // Its last images are for this version.
            let minor = lb_model::catalog::minor(version)?;
            let kind = match (arm, ami_type.ends_with("_GPU")) {
                (true, _) => "amazon-linux-2-arm64",
                (_, true) => "amazon-linux-2-gpu",
                _ => "amazon-linux-2",
            };
            return (minor < 33).then(|| format!("{eks}/{kind}/recommended/image_id"));
        }
        let rest = ami_type.strip_prefix("BOTTLEROCKET_")?;
        let nvidia = if rest.contains("NVIDIA") { "-nvidia" } else { "" };
        let fips = if rest.ends_with("FIPS") { "-fips" } else { "" };
        Some(format!(
            "/aws/service/bottlerocket/aws-k8s-{version}{nvidia}{fips}/{arch}/latest/image_id"
        ))
    }

    /// Whether a type that a nodegroup names exists.
    pub(super) fn knows_type(name: &str) -> bool {
        Catalog::builtin().instance(name).is_some()
    }
}
