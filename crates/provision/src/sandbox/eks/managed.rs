//! What managed nodegroups do by themselves: EKS makes a copy of the template, an instance profile and an Auto Scaling
//! group, lets the nodes in, waits for them, replaces them, and takes everything away again.

use super::nodegroups::NodegroupState;
use crate::{
    clock::after,
    operations::{
        autoscaling,
        ec2::{IamInstanceProfileSpecification, LaunchTemplateData},
        eks::{AutoScalingGroup, Issue, Nodegroup, Taint, UpdateNodegroupConfig, UpdateNodegroupVersion},
    },
    sandbox::{event::Event, world::World},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{collections::BTreeMap, time::Duration};

/// How long EKS waits for the nodes of a new group.
const PATIENCE: Duration = Duration::from_secs(25 * 60);
/// How often it looks.
const LOOK: Duration = Duration::from_secs(10);

impl World<'_> {
    fn state(&self, cluster: &str, name: &str) -> Option<&NodegroupState> {
        self.region.clusters.get(cluster)?.nodegroups.get(name)
    }

    fn state_mut(&mut self, cluster: &str, name: &str) -> Option<&mut NodegroupState> {
        self.region.clusters.get_mut(cluster)?.nodegroups.get_mut(name)
    }

    /// A nodegroup takes its next step.
    pub(in crate::sandbox) fn nodegroup_acts(&mut self, cluster: &str, name: &str) {
        let Some(state) = self.state(cluster, name) else {
            return;
        };
        let begun = !state.shape.resources.auto_scaling_groups.is_empty();
        match state.shape.status.as_str() {
            "CREATING" if !begun => match self.begin_nodegroup(cluster, name) {
                Ok(()) => self.look_again(cluster, name),
                Err((code, message)) => self.nodegroup_fails(cluster, name, code, message),
            },
            "CREATING" => self.nodegroup_waits(cluster, name),
            "DELETING" => self.nodegroup_goes(cluster, name),
            _ => {}
        }
    }

    fn look_again(&mut self, cluster: &str, name: &str) {
        let event = Event::NodegroupActs {
            cluster: cluster.to_owned(),
            nodegroup: name.to_owned(),
        };
        self.soon(LOOK, event);
    }

    fn nodegroup_fails(&mut self, cluster: &str, name: &str, code: &str, message: String) {
        let now = self.now;
        if let Some(state) = self.state_mut(cluster, name) {
            state.shape.status = "CREATE_FAILED".into();
            state.shape.modified_at = now;
            state.shape.health.issues = vec![Issue {
                code: code.into(),
                message,
                resource_ids: Vec::new(),
            }];
        }
    }

    /// Template, profile, Auto Scaling group and access entry.
    fn begin_nodegroup(&mut self, cluster: &str, name: &str) -> Result<(), (&'static str, String)> {
        let Some(shape) = self.state(cluster, name).map(|state| state.shape.clone()) else {
            return Ok(());
        };
        let profile = format!("eks-{}", self.random.uuid());
        let profile_arn = self.make_profile(&profile, &shape.node_role);
        let data = self
            .node_data(&shape, &profile_arn)
            .map_err(|message| ("AsgInstanceLaunchFailures", message))?;
        let copy = format!("eks-{}", self.random.uuid());
        let template = self.make_template(&copy, data, tags_of(&shape));
        let entry = self.let_nodes_in(cluster, &shape.node_role);
        let group = format!("eks-{name}-{}", self.random.uuid());
        let sizes = &shape.scaling_config;
        let create = autoscaling::CreateAutoScalingGroup {
            auto_scaling_group_name: group.clone(),
            launch_template: Some(autoscaling::LaunchTemplateSpecification {
                launch_template_id: Some(template.clone()),
                launch_template_name: None,
                version: Some("1".into()),
            }),
            min_size: sizes.min_size.unwrap_or(0),
            max_size: sizes.max_size.unwrap_or(1),
            desired_capacity: sizes.desired_size,
            vpc_zone_identifier: Some(shape.subnets.join(",")),
            capacity_rebalance: Some(shape.capacity_type.as_deref() == Some("SPOT")),
            tags: group_tags(cluster, name),
            ..autoscaling::CreateAutoScalingGroup::default()
        };
        let made = self.autoscaling(autoscaling::Request::CreateAutoScalingGroup(create));
        if let Some(state) = self.state_mut(cluster, name) {
            state.template = template;
            state.profile = profile;
            state.entry = entry;
            if made.is_ok() {
                state.shape.resources.auto_scaling_groups = vec![AutoScalingGroup { name: group }];
            }
        }
        made.map(|_| ())
            .map_err(|refusal| ("AsgInstanceLaunchFailures", refusal.message))
    }

    /// Lets the nodes of a role in, as the cluster's mode has it; whether that made an access entry.
    fn let_nodes_in(&mut self, cluster: &str, role: &str) -> bool {
        let Some(held) = self.region.clusters.get_mut(cluster) else {
            return false;
        };
        if !held.has_entries() {
            let now = self.now;
            held.store.map_node_role(role, now);
            return false;
        }
        if held.entries.contains_key(role) {
            return false;
        }
        let entry = self.insert_entry(cluster, role, "EC2_LINUX", Vec::new(), None, BTreeMap::new());
        entry.is_some()
    }

    /// What the nodes of a group are started from: the config's template with what EKS adds.
    fn node_data(&self, shape: &Nodegroup, profile_arn: &str) -> Result<LaunchTemplateData, String> {
        let asked = shape.launch_template.clone().unwrap_or_default();
        let version = asked.version.as_deref().unwrap_or("$Default");
        let mut data = match &asked.id {
            Some(id) => {
                let found = self.template_version(Some(id), None, version);
                let found = found.map_err(|refusal| refusal.message)?;
                found.launch_template_data.clone()
            }
            None => LaunchTemplateData::default(),
        };
        let Some(cluster) = self.region.clusters.get(&shape.cluster_name) else {
            return Err("the cluster is gone".into());
        };
        let network = &cluster.shape.resources_vpc_config;
        if data.network_interfaces.is_empty() && data.security_group_ids.is_empty() {
            data.security_group_ids = network.cluster_security_group_id.iter().cloned().collect();
        }
        data.iam_instance_profile = Some(IamInstanceProfileSpecification {
            arn: Some(profile_arn.to_owned()),
            name: None,
        });
        if data.instance_type.is_none() {
            let first = shape.instance_types.first().cloned();
            data.instance_type = Some(first.unwrap_or_else(|| "t3.medium".into()));
        }
        let known = data.instance_type.as_deref().is_some_and(Self::knows_type);
        if !known {
            return Err(format!(
                "Invalid value '{:?}' for InstanceType.",
                data.instance_type
            ));
        }
        // An image of someone's own joins by its own user data, or not at all.
        if data.image_id.is_none() {
            let ami_type = shape.ami_type.clone().unwrap_or_default();
            let parameter = Self::parameter_of(&ami_type, &cluster.shape.version);
            let image = parameter.and_then(|parameter| self.image_of_parameter(&parameter));
            data.image_id = Some(image.ok_or_else(|| {
                format!(
                    "Requested AMI for this version {} is not supported",
                    cluster.shape.version
                )
            })?);
            data.user_data = Some(STANDARD.encode(self.bootstrap(shape, &ami_type)));
        }
        Ok(data)
    }

    /// The user data with which EKS's own images join: endpoint and authority, labels and taints.
    fn bootstrap(&self, shape: &Nodegroup, ami_type: &str) -> String {
        let held = self.region.clusters.get(&shape.cluster_name);
        let cluster = held.map(|held| held.shape.clone()).unwrap_or_default();
        let endpoint = cluster.endpoint.unwrap_or_default();
        let authority = cluster
            .certificate_authority
            .map(|authority| authority.data)
            .unwrap_or_default();
        let services = cluster
            .kubernetes_network_config
            .service_ipv4_cidr
            .unwrap_or_default();
        let mut labels = shape.labels.clone();
        labels.insert("eks.amazonaws.com/nodegroup".into(), shape.nodegroup_name.clone());
        let capacity = shape.capacity_type.clone().unwrap_or_default();
        labels.insert("eks.amazonaws.com/capacityType".into(), capacity);
        let joined = |pairs: Vec<String>| pairs.join(",");
        let labels_flag = joined(
            labels
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect(),
        );
        let taints_flag = joined(shape.taints.iter().map(taint).collect());
        let name = &shape.cluster_name;
        if ami_type.starts_with("AL2023_") {
            return format!(
                "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    name: {name}\n    \
                 apiServerEndpoint: {endpoint}\n    certificateAuthority: {authority}\n    cidr: {services}\n  \
                 kubelet:\n    flags:\n    - --node-labels={labels_flag}\n    - --register-with-taints={taints_flag}\n"
            );
        }
        if ami_type.starts_with("BOTTLEROCKET_") {
            let mut text = format!(
                "[settings.kubernetes]\napi-server = \"{endpoint}\"\ncluster-certificate = \"{authority}\"\n\
                 cluster-name = \"{name}\"\n[settings.kubernetes.node-labels]\n"
            );
            for (key, value) in &labels {
                text.push_str(&format!("\"{key}\" = \"{value}\"\n"));
            }
            text.push_str("[settings.kubernetes.node-taints]\n");
            for taint in &shape.taints {
                let of = |text: &Option<String>| text.clone().unwrap_or_default();
                let line = format!(
                    "\"{}\" = \"{}:{}\"\n",
                    of(&taint.key),
                    of(&taint.value),
                    effect(taint)
                );
                text.push_str(&line);
            }
            return text;
        }
        format!(
            "#!/bin/bash\n/etc/eks/bootstrap.sh {name} --apiserver-endpoint {endpoint} --b64-cluster-ca {authority} \
             --kubelet-extra-args '--node-labels={labels_flag} --register-with-taints={taints_flag}'\n"
        )
    }

    /// ACTIVE once as many nodes take pods as are wanted; after a while EKS gives up.
    fn nodegroup_waits(&mut self, cluster: &str, name: &str) {
        let Some(state) = self.state(cluster, name) else {
            return;
        };
        let shape = state.shape.clone();
        let wanted = usize::try_from(shape.scaling_config.desired_size.unwrap_or(0)).unwrap_or(0);
        if self.ready_nodes_of(cluster, &shape) >= wanted {
            let now = self.now;
            if let Some(state) = self.state_mut(cluster, name) {
                state.shape.status = "ACTIVE".into();
                state.shape.modified_at = now;
            }
            return;
        }
        if after(shape.created_at, PATIENCE) > self.now {
            return self.look_again(cluster, name);
        }
        let group = shape
            .resources
            .auto_scaling_groups
            .first()
            .map(|group| group.name.clone());
        let trouble = self.launch_trouble(&group.unwrap_or_default());
        match trouble {
            Some(message) => self.nodegroup_fails(cluster, name, "AsgInstanceLaunchFailures", message),
            None => {
                let message = "Instances failed to join the kubernetes cluster".to_owned();
                self.nodegroup_fails(cluster, name, "NodeCreationFailure", message);
            }
        }
    }

    /// How many nodes of a group take pods.
    fn ready_nodes_of(&self, cluster: &str, shape: &Nodegroup) -> usize {
        let Some(group) = shape.resources.auto_scaling_groups.first() else {
            return 0;
        };
        let Some(held) = self.region.clusters.get(cluster) else {
            return 0;
        };
        let of_group = self
            .region
            .machines
            .values()
            .filter(|machine| machine.scaling == group.name);
        let nodes = of_group.filter_map(|machine| machine.node.as_ref());
        nodes.filter(|(_, node)| held.store.is_node_ready(node)).count()
    }

    /// Everything of a group goes, its nodes first.
    fn nodegroup_goes(&mut self, cluster: &str, name: &str) {
        let Some(state) = self.state(cluster, name).cloned() else {
            return;
        };
        for group in &state.shape.resources.auto_scaling_groups {
            if self.region.scaling.contains_key(&group.name) {
                self.drop_group(&group.name);
            }
        }
        let there = |group: &AutoScalingGroup| self.region.scaling.contains_key(&group.name);
        if state.shape.resources.auto_scaling_groups.iter().any(there) {
            return self.look_again(cluster, name);
        }
        self.region.templates.remove(&state.template);
        self.drop_profile(&state.profile);
        let Some(held) = self.region.clusters.get_mut(cluster) else {
            return;
        };
        held.nodegroups.remove(name);
        let role = &state.shape.node_role;
        let used = held
            .nodegroups
            .values()
            .any(|other| other.shape.node_role == *role);
        if state.entry && !used {
            held.entries.remove(role);
        }
    }

    /// The end of a change of sizes, labels, taints and manners.
    pub(super) fn nodegroup_reconfigured(&mut self, change: &UpdateNodegroupConfig) {
        let (cluster, name) = (&change.cluster_name, &change.nodegroup_name);
        let now = self.now;
        let Some(state) = self.state_mut(cluster, name) else {
            return;
        };
        let shape = &mut state.shape;
        shape.status = "ACTIVE".into();
        shape.modified_at = now;
        if let Some(labels) = &change.labels {
            shape.labels.retain(|key, _| !labels.remove_labels.contains(key));
            shape.labels.extend(labels.add_or_update_labels.clone());
        }
        if let Some(taints) = &change.taints {
            let same = |one: &Taint, other: &Taint| one.key == other.key && one.effect == other.effect;
            let gone = taints.remove_taints.iter().chain(&taints.add_or_update_taints);
            let gone: Vec<&Taint> = gone.collect();
            shape
                .taints
                .retain(|held| !gone.iter().any(|old| same(held, old)));
            shape.taints.extend(taints.add_or_update_taints.clone());
        }
        if change.update_config.is_some() {
            shape.update_config.clone_from(&change.update_config);
        }
        if change.node_repair_config.is_some() {
            shape.node_repair_config.clone_from(&change.node_repair_config);
        }
        let Some(sizes) = &change.scaling_config else {
            return;
        };
        let held = &mut shape.scaling_config;
        held.min_size = sizes.min_size.or(held.min_size);
        held.max_size = sizes.max_size.or(held.max_size);
        held.desired_size = sizes.desired_size.or(held.desired_size);
        let group = shape.resources.auto_scaling_groups.first().cloned();
        let update = autoscaling::UpdateAutoScalingGroup {
            auto_scaling_group_name: group.unwrap_or_default().name,
            min_size: held.min_size,
            max_size: held.max_size,
            desired_capacity: sizes.desired_size,
            ..autoscaling::UpdateAutoScalingGroup::default()
        };
        // A group that someone deleted is not the update's to make again.
        let _ = self.autoscaling(autoscaling::Request::UpdateAutoScalingGroup(update));
    }

    /// A change of the template's version: true once all nodes are of it. Until then one is replaced at a time.
    pub(super) fn nodegroup_rolls(&mut self, change: &UpdateNodegroupVersion) -> bool {
        let (cluster, name) = (&change.cluster_name, &change.nodegroup_name);
        let Some(state) = self.state_mut(cluster, name) else {
            return true;
        };
        let newer = change.launch_template.is_some() && state.shape.launch_template != change.launch_template;
        if newer {
            state.shape.launch_template.clone_from(&change.launch_template);
        }
        if change.release_version.is_some() {
            state.shape.release_version.clone_from(&change.release_version);
        }
        let state = state.clone();
        if newer {
            self.renew_template(&state);
        }
        let group = state.shape.resources.auto_scaling_groups.first().cloned();
        let group = group.unwrap_or_default().name;
        let current = self.region.templates.get(&state.template);
        let current = current.map(|held| held.shape.latest_version_number.to_string());
        let of_group = self.region.machines.values();
        let live = of_group.filter(|machine| machine.scaling == group && machine.lives());
        let (mut old, mut count) = (None, 0);
        for machine in live {
            count += 1;
            if Some(&machine.template.1) != current.as_ref() {
                old = Some(machine.shape.instance_id.clone());
            }
        }
        let all_ready = self.ready_nodes_of(cluster, &state.shape) >= count;
        match old {
            None if all_ready => {
                let now = self.now;
                if let Some(state) = self.state_mut(cluster, name) {
                    state.shape.status = "ACTIVE".into();
                    state.shape.modified_at = now;
                }
                return true;
            }
            Some(id) if all_ready => {
                self.end_machine(&id, "replaced by a node of the new version");
                self.soon(Duration::from_secs(2), Event::GroupActs(group));
            }
            _ => {}
        }
        false
    }

    /// EKS's copy gets a version of the new template, and the group takes it for nodes that start from now on.
    fn renew_template(&mut self, state: &NodegroupState) {
        let arn = self
            .iam
            .profile(&state.profile)
            .map(|profile| profile.shape.arn.clone());
        let Ok(data) = self.node_data(&state.shape, &arn.unwrap_or_default()) else {
            return;
        };
        let Some(version) = self.add_template_version(&state.template, data) else {
            return;
        };
        let group = state.shape.resources.auto_scaling_groups.first().cloned();
        let update = autoscaling::UpdateAutoScalingGroup {
            auto_scaling_group_name: group.unwrap_or_default().name,
            launch_template: Some(autoscaling::LaunchTemplateSpecification {
                launch_template_id: Some(state.template.clone()),
                launch_template_name: None,
                version: Some(version.to_string()),
            }),
            ..autoscaling::UpdateAutoScalingGroup::default()
        };
        let _ = self.autoscaling(autoscaling::Request::UpdateAutoScalingGroup(update));
    }
}

fn effect(taint: &Taint) -> &'static str {
    match taint.effect.as_deref() {
        Some("NO_EXECUTE") => "NoExecute",
        Some("PREFER_NO_SCHEDULE") => "PreferNoSchedule",
        _ => "NoSchedule",
    }
}

fn taint(taint: &Taint) -> String {
    let (key, value) = (taint.key.as_deref(), taint.value.as_deref());
    format!("{}={}:{}", key.unwrap_or(""), value.unwrap_or(""), effect(taint))
}

/// The tags of what EKS makes.
fn tags_of(shape: &Nodegroup) -> Vec<crate::operations::ec2::Tag> {
    use crate::operations::ec2::Tag;
    vec![
        Tag::new("eks:cluster-name", &shape.cluster_name),
        Tag::new("eks:nodegroup-name", &shape.nodegroup_name),
    ]
}

/// The tags of its Auto Scaling groups, which nodes get too.
fn group_tags(cluster: &str, name: &str) -> Vec<autoscaling::Tag> {
    let pairs = [
        ("eks:cluster-name".to_owned(), cluster),
        ("eks:nodegroup-name".to_owned(), name),
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true"),
        (format!("k8s.io/cluster-autoscaler/{cluster}"), "owned"),
        (format!("kubernetes.io/cluster/{cluster}"), "owned"),
    ];
    let tag = |(key, value): (String, &str)| autoscaling::Tag {
        key,
        value: Some(value.to_owned()),
        propagate_at_launch: Some(true),
        ..autoscaling::Tag::default()
    };
    pairs.map(tag).to_vec()
}
