//! Managed nodegroups (eksctl's `managed_nodegroup.go`): role, template, and what EKS is asked for.

use super::{Build, nodes::Shared, nodes::ssh_allowed, roles::Nodes, security_groups, templates};
use crate::{
    facts::{self, GivenTemplate, family},
    key::Key,
    objects::{
        AutoScalingGroupTags, NodeRepairConfig, NodeRepairOverride, Nodegroup, RELEASE_TAG, ScalingConfig,
        TEMPLATE_VERSION_TAG, Tags, Taint, TemplateVersion, UpdateConfig,
    },
    support,
    text::{Attribute, Text},
};
use lb_model::{
    catalog::{Arch, has_neuron},
    config::{self, ManagedNodeGroup, NodeGroupRef, OrEmpty},
};

/// What nodes are made from, and what of it the group itself still has to say.
struct Source {
    template: TemplateVersion,
    /// Whether the template names the image.
    has_image: bool,
    /// The instance type that the template names.
    instance_type: Option<String>,
}

impl Build<'_> {
    pub(super) fn managed_group(
        &mut self,
        group: &NodeGroupRef<'_>,
        own: &ManagedNodeGroup,
        shared: &Shared<'_>,
    ) {
        every_field(own);
        let mut tags = self.tags_and(group.tags);
        let iam = group.iam.clone().unwrap_or_default();
        let who = Nodes {
            group: group.name,
            managed: true,
            with_oidc: shared.iam.with_oidc.unwrap_or(false),
        };
        let node_role = match self.node_role(&who, &iam, &tags) {
            Some(key) => Text::arn(&key),
            None => Text::from(iam.instance_role_arn.or_empty()),
        };
        let source = match &own.launch_template {
            Some(given) => self.given_template(group, given, &mut tags),
            None => self.own_template(group, &tags),
        };
        let places = self.places(group);
        let mut after = vec![Key::CONTROL_PLANE];
        after.extend(places.iter().flat_map(|place| place.way_out.iter().cloned()));
        // Private nodes of a VPC without NAT have no way out to wait for.
        after.retain(|key| self.desired.objects.contains_key(key));
        if !own.release_version.or_empty().is_empty() {
            tags.insert(RELEASE_TAG.to_owned(), own.release_version.or_empty().to_owned());
        }
        let types = self.types(group, &source);
        let nodegroup = Nodegroup {
            cluster_name: self.desired.cluster.clone(),
            nodegroup_name: group.name.clone(),
            scaling_config: scaling(group),
            subnets: places.into_iter().map(|place| place.id).collect(),
            node_role,
            ami_type: (!source.has_image).then(|| self.ami_type(group, &source)),
            release_version: own.release_version.clone().filter(|version| !version.is_empty()),
            instance_types: types,
            capacity_type: capacity_type(group, own).map(str::to_owned),
            launch_template: source.template,
            labels: self.labels(group).into_iter().collect(),
            taints: own.taints.iter().map(taint).collect(),
            update_config: own.update_config.as_ref().map(update_config),
            node_repair_config: own.node_repair_config.as_ref().map(repair_config),
            tags: tags.clone(),
        };
        let key = Key::nodegroup(group.name, "ManagedNodeGroup");
        self.add_after(key.clone(), nodegroup.without_defaults(), after);
        if group.propagate_asg_tags.unwrap_or(false) {
            tags.retain(|tag, _| !tag.starts_with("lb/"));
            tags.extend(self.hints(group));
            let tags = AutoScalingGroupTags {
                auto_scaling_group_name: Text::hole(&key, Attribute::AutoScalingGroupName),
                tags,
            };
            self.add(Key::nodegroup(group.name, "AutoScalingGroupTags"), tags);
        }
    }

    /// A template of ours: the groups of EKS's own security group and those of the config, with port 22 where a key
    /// opens it.
    fn own_template(&mut self, group: &NodeGroupRef<'_>, tags: &Tags) -> Source {
        let ssh = group.ssh.clone().unwrap_or_default();
        let key_name = self.key_pair(group.name, &ssh);
        let mut groups = vec![security_groups::eks_group()];
        let attached = group.security_groups.iter().flat_map(|groups| &groups.attach_ids);
        groups.extend(attached.map(|id| Text::from(id.as_str())));
        if key_name.is_some() && ssh_allowed(&ssh) {
            let key = Key::nodegroup(group.name, "SSH");
            self.remote_access(&key, &ssh, group.private_networking.unwrap_or(false), tags);
            groups.push(Text::id(&key));
        }
        groups.extend(self.efa_security_group(group, tags));
        let made = templates::Made {
            groups,
            profile: None,
            key_name,
        };
        let template = self.template(group, made, tags);
        let ubuntu = facts::is_ubuntu(family(group.ami_family.or_empty()));
        Source {
            has_image: ubuntu || group.ami.or_empty().starts_with("ami-"),
            instance_type: templates::is_capacity_block(group)
                .then(|| {
                    super::instance_types(group)
                        .first()
                        .map(|name| (*name).to_owned())
                })
                .flatten(),
            template: TemplateVersion {
                id: Text::id(&template),
                version: Some(Text::hole(&template, Attribute::LatestVersionNumber)),
            },
        }
    }

    /// A template of someone's own.
    fn given_template(
        &mut self,
        group: &NodeGroupRef<'_>,
        given: &config::LaunchTemplate,
        tags: &mut Tags,
    ) -> Source {
        let config::LaunchTemplate { id, version } = given;
        let known = self.facts.templates.get(id).cloned();
        if known.is_none() && !self.facts.assumed {
            let message =
                format!("there is no launch template `{id}` of that version in this account and region");
            let help = "name a launch template of this account and region";
            let path = group.path().key("launchTemplate");
            self.refuse(support::TEMPLATE, path, message, help);
        }
        let version = version.as_deref().filter(|version| !version.is_empty());
        if let Some(version) = version {
            tags.insert(TEMPLATE_VERSION_TAG.to_owned(), version.to_owned());
        }
        let GivenTemplate {
            has_image,
            instance_type,
        } = known.unwrap_or_default();
        Source {
            template: TemplateVersion {
                id: Text::from(id.as_str()),
                version: version.map(Text::from),
            },
            has_image,
            instance_type,
        }
    }

    /// The instance types that the group itself names.
    fn types(&self, group: &NodeGroupRef<'_>, source: &Source) -> Vec<String> {
        if source.instance_type.is_some() {
            return Vec::new();
        }
        let types = super::instance_types(group).into_iter();
        types.map(str::to_owned).collect()
    }

    /// EKS's name for the image of a family and an instance type (eksctl's `GetAMIType`).
    fn ami_type(&self, group: &NodeGroupRef<'_>, source: &Source) -> String {
        let types = super::instance_types(group);
        let mut types: Vec<&str> = match &source.instance_type {
            Some(name) => vec![name],
            None => types,
        };
        let gpus = |name: &&str| {
            self.catalog
                .instance(name)
                .is_some_and(|found| found.gpus.is_some())
        };
        // As eksctl does: a GPU type decides, wherever it stands in the list.
        types.sort_by_key(|name| !gpus(name));
        let name = types.first().copied().unwrap_or_default();
        let arm = self
            .catalog
            .instance(name)
            .is_some_and(|found| found.arch == Arch::Arm64);
        let neuron = has_neuron(name);
        let arch = if arm { "ARM_64" } else { "x86_64" };
        let family = family(group.ami_family.or_empty()).to_ascii_lowercase();
        match family.as_str() {
            "amazonlinux2" => match (gpus(&name) || neuron, arm) {
                (true, false) => "AL2_x86_64_GPU".to_owned(),
                _ => format!("AL2_{arch}"),
            },
            "bottlerocket" | "bottlerocketfips" => {
                let nvidia = if gpus(&name) { "_NVIDIA" } else { "" };
                let fips = if family.ends_with("fips") { "_FIPS" } else { "" };
                format!("BOTTLEROCKET_{arch}{nvidia}{fips}")
            }
            _ => {
                let variant = match (gpus(&name), neuron, arm) {
                    (true, _, _) => "NVIDIA",
                    (_, true, false) => "NEURON",
                    _ => "STANDARD",
                };
                format!("AL2023_{arch}_{variant}")
            }
        }
    }
}

/// Sizes as eksctl completes them.
fn scaling(group: &NodeGroupRef<'_>) -> ScalingConfig {
    let size = |asked: &Option<i64>| asked.and_then(|size| u32::try_from(size).ok());
    let desired = size(group.desired_capacity);
    let min_size = size(group.min_size).or(desired).unwrap_or(2);
    ScalingConfig {
        min_size,
        max_size: size(group.max_size).unwrap_or_else(|| desired.unwrap_or(min_size).max(1)),
        desired_size: Some(desired.unwrap_or(min_size)),
    }
}

fn capacity_type(group: &NodeGroupRef<'_>, own: &ManagedNodeGroup) -> Option<&'static str> {
    if templates::is_capacity_block(group) {
        return Some("CAPACITY_BLOCK");
    }
    own.spot.unwrap_or(false).then_some("SPOT")
}

fn taint(taint: &config::NodeGroupTaint) -> Taint {
    let config::NodeGroupTaint { key, value, effect } = taint;
    let effect = match effect.or_empty() {
        "NoExecute" => "NO_EXECUTE",
        "PreferNoSchedule" => "PREFER_NO_SCHEDULE",
        _ => "NO_SCHEDULE",
    };
    Taint {
        key: key.or_empty().to_owned(),
        value: value.or_empty().to_owned(),
        effect: effect.to_owned(),
    }
}

fn update_config(config: &config::NodeGroupUpdateConfig) -> UpdateConfig {
    let config::NodeGroupUpdateConfig {
        max_unavailable,
        max_unavailable_percentage,
    } = config;
    UpdateConfig {
        max_unavailable: *max_unavailable,
        max_unavailable_percentage: *max_unavailable_percentage,
    }
}

fn repair_config(config: &config::NodeGroupNodeRepairConfig) -> NodeRepairConfig {
    let config::NodeGroupNodeRepairConfig {
        enabled,
        max_unhealthy_node_threshold_percentage,
        max_unhealthy_node_threshold_count,
        max_parallel_nodes_repaired_percentage,
        max_parallel_nodes_repaired_count,
        node_repair_config_overrides,
    } = config;
    let one = |one: &config::NodeRepairConfigOverride| {
        let config::NodeRepairConfigOverride {
            node_monitoring_condition,
            node_unhealthy_reason,
            min_repair_wait_time_mins,
            repair_action,
        } = one;
        NodeRepairOverride {
            node_monitoring_condition: node_monitoring_condition.clone(),
            node_unhealthy_reason: node_unhealthy_reason.clone(),
            min_repair_wait_time_mins: *min_repair_wait_time_mins,
            repair_action: repair_action.clone(),
        }
    };
    NodeRepairConfig {
        enabled: *enabled,
        max_unhealthy_node_threshold_count: *max_unhealthy_node_threshold_count,
        max_unhealthy_node_threshold_percentage: *max_unhealthy_node_threshold_percentage,
        max_parallel_nodes_repaired_count: *max_parallel_nodes_repaired_count,
        max_parallel_nodes_repaired_percentage: *max_parallel_nodes_repaired_percentage,
        node_repair_config_overrides: node_repair_config_overrides.iter().map(one).collect(),
    }
}

/// Every field of a managed nodegroup, and who decides it: a new one does not compile until someone does.
fn every_field(group: &ManagedNodeGroup) {
    let ManagedNodeGroup {
        // What EKS is asked for: `managed_group` and what it calls.
        name: _,
        iam: _,
        desired_capacity: _,
        min_size: _,
        max_size: _,
        availability_zones: _,
        subnets: _,
        private_networking: _,
        tags: _,
        labels: _,
        taints: _,
        propagate_asg_tags: _,
        instance_type: _,
        instance_types: _,
        spot: _,
        update_config: _,
        launch_template: _,
        release_version: _,
        node_repair_config: _,
        // Its template: `own_template` and `template`.
        security_groups: _,
        ssh: _,
        instance_prefix: _,
        instance_name: _,
        ami_family: _,
        ami: _,
        ebs_optimized: _,
        enable_detailed_monitoring: _,
        placement: _,
        capacity_reservation: _,
        instance_market_options: _,
        disable_imdsv1: _,
        disable_pod_imds: _,
        volume_size: _,
        volume_type: _,
        volume_name: _,
        volume_encrypted: _,
        volume_kms_key_id: _,
        volume_iops: _,
        volume_throughput: _,
        additional_volumes: _,
        // What a node does when it starts: `user_data`.
        max_pods_per_node: _,
        pre_bootstrap_commands: _,
        override_bootstrap_command: _,
        bottlerocket: _,
        // Its adapters: `efa`.
        efa_enabled: _,
        // Refused: `support`.
        asg_suspend_processes: _,
        instance_selector: _,
        outpost_arn: _,
    } = group;
}
