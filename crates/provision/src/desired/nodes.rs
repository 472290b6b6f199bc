//! Self-managed nodegroups (eksctl's `nodegroup.go`): role, group of rules, key, launch template, Auto Scaling group.

use super::{Build, eks::authentication_mode, network, volumes};
use crate::{
    facts::{self, IMAGE_TAG, family},
    key::Key,
    objects::{
        AutoScalingGroup, IamInstanceProfile, InstanceProfile, KeyPair, LaunchTemplate, LaunchTemplateData,
        LaunchTemplateReference, MetadataOptions, MetricsCollection, NetworkInterface, Spec,
        SuspendedProcesses, Switch, Tags,
    },
    support,
    text::{Attribute, Text},
    userdata::{Format, MAX_BYTES, Node, UserData},
};
use lb_model::{
    catalog,
    config::{
        AccessConfig, ClusterIAM, ClusterVPC, NodeGroup, NodeGroupIAM, NodeGroupSGs, NodeGroupSSH, OrEmpty,
    },
    path::Path,
};
use std::collections::BTreeSet;

/// The parts of a config that all nodegroups share.
pub(super) struct Shared<'a> {
    pub(super) vpc: &'a ClusterVPC,
    pub(super) iam: &'a ClusterIAM,
    pub(super) access: &'a AccessConfig,
    pub(super) zones: &'a [String],
}

/// The role of a nodegroup's nodes.
pub(super) struct NodeRole {
    pub(super) arn: Text,
    pub(super) tags: Tags,
}

/// What a nodegroup is made of beside its own fields.
struct Made {
    groups: Vec<Text>,
    profile: Text,
    key_name: Option<Text>,
    /// Everything that a node needs before it starts, beside what its template reads.
    after: Vec<Key>,
}

impl Build<'_> {
    pub(super) fn nodes(&mut self, groups: &[NodeGroup], shared: &Shared<'_>) -> Vec<NodeRole> {
        let each = groups.iter().enumerate();
        each.map(|(index, group)| {
            self.node_group(group, shared, &Path::root().key("nodeGroups").index(index))
        })
        .collect()
    }

    fn node_group(&mut self, group: &NodeGroup, shared: &Shared<'_>, path: &Path) -> NodeRole {
        every_field(group);
        let name = &group.name;
        let tags = self.tags_and(&group.tags);
        let iam = group.iam.clone().unwrap_or_default();
        let with_oidc = shared.iam.with_oidc.unwrap_or(false);
        let role = match self.node_role(name, &iam, with_oidc, &tags) {
            Some(key) => Text::arn(&key),
            None => Text::from(iam.instance_role_arn.or_empty()),
        };
        let role = NodeRole {
            arn: role,
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
        let (groups, local) = self.groups(group, &tags);
        let ssh = group.ssh.clone().unwrap_or_default();
        let vpc_cidr = if shared.vpc.cidr.or_empty().is_empty() {
            "192.168.0.0/16"
        } else {
            shared.vpc.cidr.or_empty()
        };
        let key_name = self.key_pair(name, &ssh);
        if let Some(local) = &local
            && ssh_allowed(&ssh)
        {
            self.ssh(local, &ssh, group.private_networking.unwrap_or(false), vpc_cidr);
        }
        after.extend(self.rules_of(&groups));
        let template = self.template(
            group,
            &Made {
                groups,
                profile,
                key_name,
                after: Vec::new(),
            },
            &tags,
            path,
        );
        self.auto_scaling_group(group, shared, &template, tags, after, path);
        role
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
    fn groups(&mut self, group: &NodeGroup, tags: &Tags) -> (Vec<Text>, Option<Key>) {
        let NodeGroupSGs {
            attach_ids,
            with_shared,
            with_local,
        } = group.security_groups.clone().unwrap_or_default();
        let mut groups: Vec<Text> = attach_ids.into_iter().map(Text::from).collect();
        if with_shared.unwrap_or(true) {
            groups.push(Text::id(&Key::SHARED_NODE_SECURITY_GROUP));
        }
        let local = with_local
            .unwrap_or(true)
            .then(|| self.nodegroup_security_group(&group.name, tags));
        groups.extend(local.as_ref().map(Text::id));
        (groups, local)
    }

    /// Every rule that lets nodes in these groups talk.
    fn rules_of(&self, groups: &[Text]) -> Vec<Key> {
        let is_theirs = |spec: &Spec| match spec {
            Spec::IngressRule(rule) => {
                groups.contains(&rule.group_id)
                    || rule
                        .source_security_group_id
                        .as_ref()
                        .is_some_and(|peer| groups.contains(peer))
            }
            Spec::EgressRule(rule) => rule
                .destination_security_group_id
                .as_ref()
                .is_some_and(|peer| groups.contains(peer)),
            _ => false,
        };
        let rules = self
            .desired
            .objects
            .iter()
            .filter(|(_, wanted)| is_theirs(&wanted.spec));
        rules.map(|(key, _)| key.clone()).collect()
    }

    fn key_pair(&mut self, name: &str, ssh: &NodeGroupSSH) -> Option<Text> {
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

    fn template(&mut self, group: &NodeGroup, made: &Made, tags: &Tags, path: &Path) -> Key {
        let key = Key::nodegroup(&group.name, "NodeGroupLaunchTemplate");
        let family = family(group.ami_family.or_empty());
        let (image_id, parameter) = self.image(group, family, path);
        let user_data = self.user_data(group, family);
        let bytes = user_data.estimated_bytes();
        if bytes > MAX_BYTES {
            let message = format!(
                "the user data of `{}` has {bytes} bytes, and EC2 takes {MAX_BYTES}",
                group.name
            );
            let help = "move what `overrideBootstrapCommand` and `preBootstrapCommands` do into the image";
            self.refuse(
                support::USER_DATA,
                path.key("overrideBootstrapCommand"),
                message,
                help,
            );
        }
        let no_pods = group.disable_pod_imds.unwrap_or(false);
        let tokens = no_pods || group.disable_imdsv1.unwrap_or(true);
        let mut node_tags = tags.clone();
        node_tags.insert("Name".to_owned(), self.node_name(group));
        let root_device = self.facts.image_details(&image_id, family).root_device;
        let data = LaunchTemplateData {
            image_id,
            instance_type: Some(instance_type(group).to_owned()),
            key_name: made.key_name.clone(),
            iam_instance_profile: Some(IamInstanceProfile {
                arn: made.profile.clone(),
            }),
            metadata_options: MetadataOptions {
                http_tokens: if tokens { "required" } else { "optional" }.to_owned(),
                http_put_response_hop_limit: if no_pods { 1 } else { 2 },
            },
            network_interfaces: vec![NetworkInterface {
                device_index: 0,
                network_card_index: 0,
                groups: made.groups.clone(),
            }],
            block_device_mappings: volumes::of(group, root_device),
            ebs_optimized: group.ebs_optimized,
            monitoring: group
                .enable_detailed_monitoring
                .filter(|on| *on)
                .map(|enabled| Switch { enabled }),
            tag_specifications: ["instance", "volume", "network-interface"]
                .map(|resource| (resource.to_owned(), node_tags.clone()))
                .into(),
            user_data,
        };
        let tags = parameter
            .into_iter()
            .map(|parameter| (IMAGE_TAG.to_owned(), parameter))
            .collect();
        let launch_template_name = self.names.object(&key);
        let template = LaunchTemplate {
            launch_template_name,
            launch_template_data: data,
            tags,
        };
        self.add_after(key.clone(), template, made.after.iter().cloned());
        key
    }

    /// The image of a group, and the SSM parameter that named it, if one did.
    fn image(&mut self, group: &NodeGroup, family: &str, path: &Path) -> (String, Option<String>) {
        let ami = group.ami.or_empty();
        if ami.starts_with("ami-") {
            return (ami.to_owned(), None);
        }
        let parameter = facts::image_parameter(self.catalog, &self.version, family, &[instance_type(group)]);
        let image = parameter
            .as_ref()
            .and_then(|parameter| self.facts.image(&group.name, parameter));
        if image.is_none() {
            let message = format!(
                "there is no `{family}` image for Kubernetes {} and `{}`",
                self.version,
                instance_type(group)
            );
            let help = "choose another `amiFamily`, or name an image in `ami`";
            self.refuse(support::IMAGE, path.key("amiFamily"), message, help);
        }
        (image.unwrap_or_default(), parameter)
    }

    fn user_data(&self, group: &NodeGroup, family: &str) -> UserData {
        let format = match self.catalog.family(family).map(|family| family.user_data) {
            Some(catalog::UserData::Nodeadm) => Format::Nodeadm,
            _ if family.eq_ignore_ascii_case("AmazonLinux2") => Format::AmazonLinux2,
            _ => Format::Ubuntu,
        };
        let labels = self.labels(group);
        let taints = group.taints.iter();
        Node {
            cluster: &self.desired.cluster,
            labels: labels
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect(),
            taints: taints
                .map(|taint| {
                    (
                        taint.key.or_empty(),
                        taint.value.or_empty(),
                        taint.effect.or_empty(),
                    )
                })
                .collect(),
            max_pods: group.max_pods_per_node.filter(|pods| *pods > 0),
            cluster_dns: group.cluster_dns.as_deref().filter(|address| !address.is_empty()),
            kubelet: group.kubelet_extra_config.as_ref(),
            before: &group.pre_bootstrap_commands,
            instead: group
                .override_bootstrap_command
                .as_deref()
                .filter(|command| !command.is_empty()),
        }
        .user_data(format)
    }

    /// The labels of the nodes: the user's, then the two that eksctl always gives.
    fn labels(&self, group: &NodeGroup) -> Vec<(String, String)> {
        let forced = [
            ("alpha.eksctl.io/cluster-name", &self.desired.cluster),
            ("alpha.eksctl.io/nodegroup-name", &group.name),
        ];
        let own = group
            .labels
            .iter()
            .filter(|(key, _)| forced.iter().all(|(name, _)| name != key));
        let own = own.map(|(key, value)| (key.clone(), value.clone()));
        own.chain(forced.map(|(key, value)| (key.to_owned(), value.clone())))
            .collect()
    }

    fn node_name(&self, group: &NodeGroup) -> String {
        let name = match group.instance_name.or_empty() {
            "" => format!("{}-{}-Node", self.desired.cluster, group.name),
            name => name.to_owned(),
        };
        match group.instance_prefix.or_empty() {
            "" => name,
            prefix => format!("{prefix}-{name}"),
        }
    }

    fn auto_scaling_group(
        &mut self,
        group: &NodeGroup,
        shared: &Shared<'_>,
        template: &Key,
        tags: Tags,
        mut after: Vec<Key>,
        path: &Path,
    ) {
        let private = group.private_networking.unwrap_or(false);
        let asked =
            |zone: &&String| group.availability_zones.is_empty() || group.availability_zones.contains(zone);
        let offers = |zone: &&String| self.facts.offers_any(zone, &[instance_type(group)]);
        let zones: Vec<&String> = shared.zones.iter().filter(asked).filter(offers).collect();
        if zones.is_empty() && !shared.zones.is_empty() {
            let message = format!("no zone of `{}` offers `{}`", group.name, instance_type(group));
            let help = "use another instance type, or other zones in `availabilityZones`";
            self.refuse(support::ZONES, path.key("instanceType"), message, help);
        }
        for zone in &zones {
            after.extend(network::way_out(zone, private));
        }
        // Private nodes of a VPC without NAT have no way out to wait for.
        after.retain(|key| self.desired.objects.contains_key(key));
        let subnet = if private {
            network::private_subnet
        } else {
            network::public_subnet
        };
        let key = Key::nodegroup(&group.name, "NodeGroup");
        let size = |asked: Option<i64>| asked.and_then(|size| u32::try_from(size).ok());
        let desired_capacity = size(group.desired_capacity);
        let min_size = size(group.min_size).or(desired_capacity).unwrap_or(2);
        let spec = AutoScalingGroup {
            auto_scaling_group_name: self.names.object(&key),
            min_size,
            max_size: size(group.max_size).or(desired_capacity).unwrap_or(min_size),
            desired_capacity,
            launch_template: LaunchTemplateReference {
                launch_template_id: Text::id(template),
                version: Text::hole(template, Attribute::LatestVersionNumber),
            },
            vpc_zone_identifier: zones.iter().map(|zone| Text::id(&subnet(zone))).collect(),
            // Only groups of several types have it, and these are refused.
            capacity_rebalance: false,
            metrics_collection: metrics(group),
            max_instance_lifetime: size(group.max_instance_lifetime),
            tags: self.group_tags(group, tags),
        };
        self.add_after(key.clone(), spec, after);
        if !group.asg_suspend_processes.is_empty() {
            let processes = SuspendedProcesses {
                auto_scaling_group_name: Text::id(&key),
                scaling_processes: group.asg_suspend_processes.iter().cloned().collect(),
            };
            self.add(Key::nodegroup(&group.name, "SuspendedProcesses"), processes);
        }
    }

    /// Tags of the group, which instances get too: those that eksctl leaves to CloudFormation included, because the
    /// cluster autoscaler finds its groups by them.
    fn group_tags(&self, group: &NodeGroup, mut tags: Tags) -> Tags {
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
            for (key, value) in self.labels(group) {
                tag(
                    format!("k8s.io/cluster-autoscaler/node-template/label/{key}"),
                    &value,
                );
            }
            for taint in group.taints.iter() {
                let key = format!(
                    "k8s.io/cluster-autoscaler/node-template/taint/{}",
                    taint.key.or_empty()
                );
                tag(key, taint.value.or_empty());
            }
        }
        tags
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
        // What a node is made from: `template`, `image` and `volumes`.
        ami_family: _,
        ami: _,
        instance_type: _,
        ebs_optimized: _,
        enable_detailed_monitoring: _,
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
        // Refused, or without effect: `support`.
        subnets: _,
        placement: _,
        efa_enabled: _,
        instance_selector: _,
        bottlerocket: _,
        capacity_reservation: _,
        instance_market_options: _,
        outpost_arn: _,
        instances_distribution: _,
        cpu_credits: _,
        classic_load_balancer_names: _,
        target_group_arns: _,
        update_config: _,
        container_runtime: _,
        local_zones: _,
        enclave_enabled: _,
    } = group;
}

/// Whether port 22 is open: eksctl's rule is that a key alone opens it.
fn ssh_allowed(ssh: &NodeGroupSSH) -> bool {
    let given = |text: &Option<String>| !text.or_empty().is_empty();
    let key = given(&ssh.public_key) || given(&ssh.public_key_name) || given(&ssh.public_key_path);
    ssh.allow.unwrap_or(key)
}

/// The instance type of a group; eksctl's default where none is named.
fn instance_type(group: &NodeGroup) -> &str {
    match group.instance_type.or_empty() {
        "" => "m5.large",
        name => name,
    }
}

fn metrics(group: &NodeGroup) -> Vec<MetricsCollection> {
    let each = group.asg_metrics_collection.iter();
    each.map(|metrics| MetricsCollection {
        granularity: metrics.granularity.clone(),
        metrics: metrics.metrics.iter().cloned().collect::<BTreeSet<_>>(),
    })
    .collect()
}
