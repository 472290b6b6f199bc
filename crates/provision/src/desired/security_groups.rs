//! Security groups and their rules (`reference` table of eksctl's `cluster.go` and `nodegroup.go`).

use super::Build;
use crate::{
    key::Key,
    objects::{EgressRule, IngressRule, Peer, SecurityGroup, Tags, Traffic},
    text::{Attribute, Text},
};
use lb_model::config::{ClusterVPC, NodeGroup, NodeGroupSSH, OrEmpty};
use std::collections::BTreeSet;

const HTTPS: Traffic = Traffic::Tcp(443, 443);
const HIGH_PORTS: Traffic = Traffic::Tcp(1025, 65535);
const SSH: Traffic = Traffic::Tcp(22, 22);

/// The security group that EKS makes for a cluster.
pub(super) fn eks_group() -> Text {
    Text::hole(&Key::CONTROL_PLANE, Attribute::ClusterSecurityGroupId)
}

/// The groups that the config gives the control plane.
fn given_to_control_plane(vpc: &ClusterVPC) -> Vec<&str> {
    match vpc.security_group.or_empty() {
        "" => vpc
            .control_plane_security_group_ids
            .iter()
            .map(String::as_str)
            .collect(),
        group => vec![group],
    }
}

/// The groups of the control plane's interfaces, by id: those of the config, or one of ours.
pub(super) fn of_control_plane(vpc: &ClusterVPC) -> BTreeSet<Text> {
    let given = given_to_control_plane(vpc);
    if given.is_empty() {
        return BTreeSet::from([Text::id(&Key::CONTROL_PLANE_SECURITY_GROUP)]);
    }
    given.into_iter().map(Text::from).collect()
}

/// The group through which the control plane and nodes talk: the first one of the config, or ours.
pub(super) fn control_plane(vpc: &ClusterVPC) -> Text {
    let given = given_to_control_plane(vpc).into_iter().next();
    given.map_or_else(|| Text::id(&Key::CONTROL_PLANE_SECURITY_GROUP), Text::from)
}

/// The group that all nodes share: that of the config, or ours.
pub(super) fn shared(vpc: &ClusterVPC) -> Text {
    match vpc.shared_node_security_group.or_empty() {
        "" => Text::id(&Key::SHARED_NODE_SECURITY_GROUP),
        given => Text::from(given),
    }
}

impl Build<'_> {
    /// The groups that nodegroups share. The control plane's is born open to everywhere; that it speaks only to the
    /// nodes begins with the first nodegroup that has rules of its own.
    pub(super) fn cluster_security_groups(&mut self, vpc: &ClusterVPC, groups: &[NodeGroup]) {
        if given_to_control_plane(vpc).is_empty() {
            let has_rules = |group: &NodeGroup| {
                let given = group.security_groups.as_ref();
                given.and_then(|given| given.with_local).unwrap_or(true)
            };
            self.group(
                Key::CONTROL_PLANE_SECURITY_GROUP,
                "between the control plane and nodes",
                !groups.iter().any(has_rules),
                &Tags::new(),
            );
            let control_plane = control_plane(vpc);
            for cidr in vpc.extra_cidrs.iter().chain(&vpc.extra_ipv6_cidrs) {
                self.ingress(
                    &control_plane,
                    &HTTPS,
                    Peer::cidr(cidr),
                    "the API from further addresses",
                );
            }
        }
        let shared = shared(vpc);
        if vpc.shared_node_security_group.or_empty().is_empty() {
            self.group(
                Key::SHARED_NODE_SECURITY_GROUP,
                "between all nodes of the cluster",
                true,
                &Tags::new(),
            );
            self.ingress(
                &shared,
                &Traffic::All,
                Peer::Group(shared.clone()),
                "nodes among themselves",
            );
        }
        if vpc.manage_shared_node_security_group_rules.unwrap_or(true) {
            self.ingress(
                &shared,
                &Traffic::All,
                Peer::Group(eks_group()),
                "managed nodes and the control plane",
            );
            self.ingress(
                &eks_group(),
                &Traffic::All,
                Peer::Group(shared),
                "self-managed nodes",
            );
        }
    }

    /// The group of one nodegroup, and what the control plane and its nodes say to each other.
    pub(super) fn nodegroup_security_group(&mut self, name: &str, vpc: &ClusterVPC, tags: &Tags) -> Key {
        let key = Key::nodegroup(name, "SG");
        let mut tags = tags.clone();
        tags.insert(
            format!("kubernetes.io/cluster/{}", self.desired.cluster),
            "owned".to_owned(),
        );
        self.group(
            key.clone(),
            "between the control plane and this nodegroup",
            true,
            &tags,
        );
        let nodes = Text::id(&key);
        let control_plane = control_plane(vpc);
        for traffic in [&HIGH_PORTS, &HTTPS] {
            self.ingress(
                &nodes,
                traffic,
                Peer::Group(control_plane.clone()),
                "from the control plane",
            );
            let rule = EgressRule::new(
                control_plane.clone(),
                traffic,
                Peer::Group(nodes.clone()),
                "to nodes",
            );
            self.add(rule.key(), rule);
        }
        self.ingress(&control_plane, &HTTPS, Peer::Group(nodes), "the API from nodes");
        key
    }

    /// A group that opens port 22 of a managed nodegroup's nodes.
    pub(super) fn remote_access(&mut self, key: &Key, ssh: &NodeGroupSSH, private: bool, tags: &Tags) {
        self.group(key.clone(), "of SSH to the nodes of this nodegroup", true, tags);
        self.ssh(key, ssh, private);
    }

    /// Port 22 of a nodegroup: as eksctl does, open to everyone as soon as there is a key, unless groups are named
    /// or the nodes are private.
    pub(super) fn ssh(&mut self, group: &Key, ssh: &NodeGroupSSH, private: bool) {
        let group = Text::id(group);
        if !ssh.source_security_group_ids.is_empty() {
            for source in &ssh.source_security_group_ids {
                self.ingress(&group, &SSH, Peer::Group(Text::from(source.as_str())), "");
            }
        } else if private {
            let addresses = Peer::cidr(&self.network.cidr);
            self.ingress(&group, &SSH, addresses, "SSH from the VPC");
        } else {
            for everywhere in ["0.0.0.0/0", "::/0"] {
                self.ingress(&group, &SSH, Peer::cidr(everywhere), "SSH");
            }
        }
    }

    /// A group; EC2 refuses many characters in descriptions, so they are plain words.
    pub(super) fn group(&mut self, key: Key, what: &str, default_egress: bool, tags: &Tags) {
        let mut all = self.tags.clone();
        all.extend(tags.clone());
        let group = SecurityGroup {
            group_name: self.names.object(&key),
            group_description: format!("traffic {what}"),
            vpc_id: self.network.vpc.clone(),
            default_egress,
            tags: all,
        };
        self.add(key, group);
    }

    pub(super) fn ingress(&mut self, group: &Text, traffic: &Traffic, peer: Peer, description: &str) {
        let rule = IngressRule::new(group.clone(), traffic, peer, description);
        self.add(rule.key(), rule);
    }
}
