//! Self-managed nodegroups (eksctl's `nodegroup.go`): role, security group, key and Auto Scaling group.

use super::{Build, eks::authentication_mode, roles::Nodes, security_groups, templates::Made};
use crate::{
    facts::GivenProfile,
    key::Key,
    names::plain_arn,
    objects::{
        AutoScalingGroup, InstanceProfile, InstanceTypeOverride, InstancesDistribution, KeyPair,
        LaunchTemplateReference, MetricsCollection, MixedInstancesPolicy, Spec, SuspendedProcesses, Tags,
    },
    support,
    text::{Attribute, Text},
};
use lb_model::config::{
    AccessConfig, ClusterConfig, ClusterIAM, ClusterVPC, NodeGroup, NodeGroupIAM,
    NodeGroupInstancesDistribution, NodeGroupKind, NodeGroupRef, NodeGroupSGs, NodeGroupSSH, OrEmpty,
};

/// The parts of a config that all nodegroups share.
pub(super) struct Shared<'a> {
    pub(super) vpc: &'a ClusterVPC,
    pub(super) iam: &'a ClusterIAM,
    pub(super) access: &'a AccessConfig,
}

/// The role of a nodegroup's nodes.
pub(super) struct NodeRole {
    pub(super) arn: Text,
    pub(super) tags: Tags,
}

impl Build<'_> {
    /// All nodegroups; the roles of the nodes that are ours to let in.
    pub(super) fn nodes(&mut self, config: &ClusterConfig, shared: &Shared<'_>) -> Vec<NodeRole> {
        let mut roles = Vec::new();
        for group in config.all_node_groups() {
            match group.kind {
                NodeGroupKind::SelfManaged(own) => roles.push(self.node_group(&group, own, shared)),
                NodeGroupKind::Managed(own) => self.managed_group(&group, own, shared),
            }
        }
        roles
    }

    fn node_group(&mut self, group: &NodeGroupRef<'_>, own: &NodeGroup, shared: &Shared<'_>) -> NodeRole {
        every_field(own);
        let name = group.name;
        let tags = self.tags_and(group.tags);
        let iam = group.iam.clone().unwrap_or_default();
        let who = Nodes {
            group: name,
            managed: false,
            with_oidc: shared.iam.with_oidc.unwrap_or(false),
        };
        let arn = if iam.instance_profile_arn.or_empty().is_empty() {
            match self.node_role(&who, &iam, &tags) {
                Some(key) => Text::arn(&key),
                None => Text::from(iam.instance_role_arn.or_empty()),
            }
        } else {
            self.role_of_profile(group, &iam)
        };
        let role = NodeRole {
            arn,
            tags: tags.clone(),
        };
        let mut after = Vec::new();
        if authentication_mode(shared.access) != "CONFIG_MAP" {
            let key = match role.arn.as_literal() {
                Some(arn) => Key::access_entry(arn),
                None => Key::nodegroup(name, "AccessEntry"),
            };
            after.push(key.clone());
            self.node_entry(key, &role);
        }
        let profile = self.instance_profile(name, &iam);
        let (groups, local) = self.groups(group, shared.vpc, &tags);
        let ssh = group.ssh.clone().unwrap_or_default();
        let key_name = self.key_pair(name, &ssh);
        if let Some(local) = &local
            && ssh_allowed(&ssh)
        {
            self.ssh(local, &ssh, group.private_networking.unwrap_or(false));
        }
        after.extend(self.rules_of(&groups));
        let made = Made {
            groups,
            profile: Some(profile),
            key_name,
        };
        let template = self.template(group, made, &tags);
        self.auto_scaling_group(group, own, &template, tags, after);
        role
    }

    /// The role that a given instance profile holds: the nodes' own, so the one that is let in. The config may name it
    /// too; eksctl lets in what it names, or else a role that its templates do not make.
    fn role_of_profile(&mut self, group: &NodeGroupRef<'_>, iam: &NodeGroupIAM) -> Text {
        let (profile, named) = (
            iam.instance_profile_arn.or_empty(),
            iam.instance_role_arn.or_empty(),
        );
        let path = group.path().key("iam");
        let place = path.key("instanceProfileARN");
        match self.facts.profile(profile) {
            None => {
                let message = format!("there is no instance profile `{profile}`");
                let help = "make it first, or leave the field out: then `lb` makes one";
                self.refuse(support::NOT_THERE, place, message, help);
            }
            Some(GivenProfile { role: None }) => {
                let message = format!("instance profile `{profile}` holds no role, so no node would start");
                self.refuse(
                    support::NOT_THERE,
                    place,
                    message,
                    "add the role of the nodes to it",
                );
            }
            Some(GivenProfile { role: Some(_) }) if self.facts.assumed && !named.is_empty() => {
                return Text::from(named);
            }
            Some(GivenProfile { role: Some(held) }) => {
                if !named.is_empty() && plain_arn(named) != plain_arn(&held) {
                    let message = format!(
                        "instance profile `{profile}` holds role `{held}`, so `{named}` is not the nodes' role"
                    );
                    let help = "name the role that the profile holds, or leave `instanceRoleARN` out";
                    self.refuse(support::NOT_THERE, path.key("instanceRoleARN"), message, help);
                }
                return Text::from(held);
            }
        }
        Text::from(named)
    }

    fn instance_profile(&mut self, name: &str, iam: &NodeGroupIAM) -> Text {
        if let Some(arn) = iam.instance_profile_arn.as_deref().filter(|arn| !arn.is_empty()) {
            return Text::from(arn);
        }
        let role = match iam.instance_role_arn.or_empty() {
            "" => Text::id(&Key::nodegroup(name, "NodeInstanceRole")),
            arn => Text::from(arn.rsplit('/').next().unwrap_or(arn)),
        };
        let key = Key::nodegroup(name, "NodeInstanceProfile");
        let profile = InstanceProfile {
            instance_profile_name: self.names.object(&key),
            path: self.names.iam_path(),
            roles: vec![role],
            tags: Tags::new(),
        };
        self.add(key.clone(), profile);
        Text::arn(&key)
    }

    /// The security groups of a nodegroup's nodes in eksctl's order, and its own among them.
    fn groups(
        &mut self,
        group: &NodeGroupRef<'_>,
        vpc: &ClusterVPC,
        tags: &Tags,
    ) -> (Vec<Text>, Option<Key>) {
        let NodeGroupSGs {
            attach_ids,
            with_shared,
            with_local,
        } = group.security_groups.clone().unwrap_or_default();
        let mut groups: Vec<Text> = attach_ids.into_iter().map(Text::from).collect();
        if with_shared.unwrap_or(true) {
            groups.push(security_groups::shared(vpc));
        }
        let local = with_local
            .unwrap_or(true)
            .then(|| self.nodegroup_security_group(group.name, vpc, tags));
        groups.extend(local.as_ref().map(Text::id));
        // As eksctl does: nodes without a group of their own have none for adapters either.
        if local.is_some() {
            groups.extend(self.efa_security_group(group, tags));
        }
        (groups, local)
    }

    /// Every rule that lets nodes in these groups talk.
    fn rules_of(&self, groups: &[Text]) -> Vec<Key> {
        let is_theirs = |spec: &Spec| match spec {
            Spec::IngressRule(rule) => {
                groups.contains(&rule.group_id) || rule.peer.group().is_some_and(|peer| groups.contains(peer))
            }
            Spec::EgressRule(rule) => rule.peer.group().is_some_and(|peer| groups.contains(peer)),
            _ => false,
        };
        let rules = self
            .desired
            .objects
            .iter()
            .filter(|(_, wanted)| is_theirs(&wanted.spec));
        rules.map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn key_pair(&mut self, name: &str, ssh: &NodeGroupSSH) -> Option<Text> {
        let NodeGroupSSH {
            allow: _,
            public_key_path: _,
            public_key,
            public_key_name,
            source_security_group_ids: _,
            enable_ssm: _,
        } = ssh;
        let material = public_key.or_empty().trim();
        if material.is_empty() || !ssh_allowed(ssh) {
            return public_key_name
                .clone()
                .filter(|name| !name.is_empty())
                .map(Text::from);
        }
        // The comment behind the key is not part of it.
        let material = material
            .split_ascii_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ");
        let key = Key::nodegroup(name, "KeyPair");
        let key_name = self.names.object_of(&key, &material);
        self.add(
            key.clone(),
            KeyPair {
                key_name,
                public_key_material: material,
                tags: Tags::new(),
            },
        );
        Some(Text::id(&key))
    }

    fn auto_scaling_group(
        &mut self,
        group: &NodeGroupRef<'_>,
        own: &NodeGroup,
        template: &Key,
        tags: Tags,
        mut after: Vec<Key>,
    ) {
        let places = self.places(group);
        after.extend(places.iter().flat_map(|place| place.way_out.iter().cloned()));
        // Private nodes of a VPC without NAT have no way out to wait for.
        after.retain(|key| self.desired.objects.contains_key(key));
        let key = Key::nodegroup(group.name, "NodeGroup");
        let size = |asked: Option<i64>| asked.and_then(|size| u32::try_from(size).ok());
        let desired_capacity = size(*group.desired_capacity);
        let min_size = size(*group.min_size).or(desired_capacity).unwrap_or(2);
        let spec = AutoScalingGroup {
            auto_scaling_group_name: self.names.object(&key),
            min_size,
            max_size: size(*group.max_size).or(desired_capacity).unwrap_or(min_size),
            desired_capacity,
            launch_template: LaunchTemplateReference {
                launch_template_id: Text::id(template),
                version: Text::hole(template, Attribute::LatestVersionNumber),
            },
            vpc_zone_identifier: places.into_iter().map(|place| place.id).collect(),
            mixed_instances_policy: own.instances_distribution.as_ref().and_then(mixed),
            load_balancer_names: own.classic_load_balancer_names.iter().cloned().collect(),
            target_group_arns: own.target_group_arns.iter().cloned().collect(),
            capacity_rebalance: own
                .instances_distribution
                .as_ref()
                .and_then(|distribution| distribution.capacity_rebalance)
                .unwrap_or(false),
            metrics_collection: metrics(own),
            max_instance_lifetime: size(own.max_instance_lifetime),
            tags: self.group_tags(group, tags),
        };
        self.add_after(key.clone(), spec, after);
        if !group.asg_suspend_processes.is_empty() {
            let processes = SuspendedProcesses {
                auto_scaling_group_name: Text::id(&key),
                scaling_processes: group.asg_suspend_processes.iter().cloned().collect(),
            };
            self.add(Key::nodegroup(group.name, "SuspendedProcesses"), processes);
        }
    }

    /// Tags of the group, which instances get too: those that eksctl leaves to CloudFormation included, because the
    /// cluster autoscaler finds its groups by them.
    fn group_tags(&self, group: &NodeGroupRef<'_>, mut tags: Tags) -> Tags {
        let mut tag = |key: String, value: &str| tags.insert(key, value.to_owned());
        let cluster = &self.desired.cluster;
        tag("Name".to_owned(), &self.node_name(group));
        tag(format!("kubernetes.io/cluster/{cluster}"), "owned");
        let policies = group
            .iam
            .as_ref()
            .and_then(|iam| iam.with_addon_policies.as_ref());
        if policies
            .and_then(|policies| policies.auto_scaler)
            .unwrap_or(false)
        {
            tag("k8s.io/cluster-autoscaler/enabled".to_owned(), "true");
            tag(format!("k8s.io/cluster-autoscaler/{cluster}"), "owned");
        }
        if group.propagate_asg_tags.unwrap_or(false) {
            tags.extend(self.hints(group));
        }
        tags
    }

    /// What tells the cluster autoscaler of an empty group what its nodes would be like.
    pub(super) fn hints(&self, group: &NodeGroupRef<'_>) -> Tags {
        let prefix = "k8s.io/cluster-autoscaler/node-template";
        let labels = self.labels(group).into_iter();
        let labels = labels.map(|(key, value)| (format!("{prefix}/label/{key}"), value));
        let taints = group.taints().iter();
        let taints = taints.map(|taint| {
            let key = format!("{prefix}/taint/{}", taint.key.or_empty());
            (key, taint.value.or_empty().to_owned())
        });
        labels.chain(taints).collect()
    }
}

/// Every field of a nodegroup, and who decides it: a new one does not compile until someone does.
fn every_field(group: &NodeGroup) {
    let NodeGroup {
        // Role, groups of rules, key, Auto Scaling group: `node_group`, `auto_scaling_group` and what they call.
        name: _,
        iam: _,
        security_groups: _,
        ssh: _,
        private_networking: _,
        availability_zones: _,
        subnets: _,
        desired_capacity: _,
        min_size: _,
        max_size: _,
        max_instance_lifetime: _,
        asg_suspend_processes: _,
        asg_metrics_collection: _,
        tags: _,
        instance_prefix: _,
        instance_name: _,
        propagate_asg_tags: _,
        instances_distribution: _,
        classic_load_balancer_names: _,
        target_group_arns: _,
        // What a node is made from: `template`, `image` and `volumes`.
        ami_family: _,
        ami: _,
        instance_type: _,
        ebs_optimized: _,
        enable_detailed_monitoring: _,
        placement: _,
        cpu_credits: _,
        enclave_enabled: _,
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
        labels: _,
        taints: _,
        max_pods_per_node: _,
        cluster_dns: _,
        kubelet_extra_config: _,
        pre_bootstrap_commands: _,
        override_bootstrap_command: _,
        bottlerocket: _,
        // Its adapters: `efa`.
        efa_enabled: _,
        // Refused, or without effect: `support`.
        instance_selector: _,
        outpost_arn: _,
        update_config: _,
        container_runtime: _,
        local_zones: _,
    } = group;
}

/// Whether port 22 is open: eksctl's rule is that a key alone opens it.
pub(super) fn ssh_allowed(ssh: &NodeGroupSSH) -> bool {
    let given = |text: &Option<String>| !text.or_empty().is_empty();
    let key = given(&ssh.public_key) || given(&ssh.public_key_name) || given(&ssh.public_key_path);
    ssh.allow.unwrap_or(key)
}

/// Several instance types; nothing where none is named.
fn mixed(asked: &NodeGroupInstancesDistribution) -> Option<MixedInstancesPolicy> {
    let NodeGroupInstancesDistribution {
        instance_types,
        max_price,
        on_demand_base_capacity,
        on_demand_percentage_above_base_capacity,
        spot_instance_pools,
        spot_allocation_strategy,
        capacity_rebalance: _,
    } = asked;
    if instance_types.is_empty() {
        return None;
    }
    let overrides = instance_types.iter().map(|name| InstanceTypeOverride {
        instance_type: name.clone(),
    });
    let distribution = InstancesDistribution {
        on_demand_base_capacity: *on_demand_base_capacity,
        on_demand_percentage_above_base_capacity: *on_demand_percentage_above_base_capacity,
        spot_allocation_strategy: spot_allocation_strategy.clone(),
        spot_instance_pools: *spot_instance_pools,
        spot_max_price: max_price.map(|price| format!("{price:.6}")),
    };
    Some(MixedInstancesPolicy {
        instances_distribution: distribution.without_defaults(),
        overrides: overrides.collect(),
    })
}

fn metrics(group: &NodeGroup) -> Vec<MetricsCollection> {
    let each = group.asg_metrics_collection.iter();
    each.map(|metrics| MetricsCollection::new(&metrics.granularity, metrics.metrics.iter().cloned()))
        .collect()
}
