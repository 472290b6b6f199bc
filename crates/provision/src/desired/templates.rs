//! Launch templates: image, user data, volumes and tags of a nodegroup's nodes (eksctl's `nodegroup.go` and
//! `managed_launch_template.go`).

use super::{Build, efa, volumes};
use crate::{
    facts::{self, IMAGE_TAG, family},
    key::Key,
    objects::{
        CapacityReservationSpecification, CapacityReservationTarget, CreditSpecification, IamInstanceProfile,
        InstanceMarketOptions, LaunchTemplate, LaunchTemplateData, MetadataOptions, NetworkInterface,
        Placement, Switch, Tags,
    },
    support,
    text::Text,
    userdata::{Format, MAX_BYTES, Node, Starter, UserData},
};
use lb_model::{
    catalog,
    config::{self, NodeGroupKind, NodeGroupRef, OrEmpty},
};

/// What a nodegroup is made of beside its own fields.
pub(super) struct Made {
    pub(super) groups: Vec<Text>,
    /// None where EKS makes the profile.
    pub(super) profile: Option<Text>,
    pub(super) key_name: Option<Text>,
}

impl Build<'_> {
    /// The launch template of a nodegroup, under the name that eksctl gives it for each kind.
    pub(super) fn template(&mut self, group: &NodeGroupRef<'_>, made: Made, tags: &Tags) -> Key {
        let managed = group.as_managed().is_some();
        let part = if managed {
            "LaunchTemplate"
        } else {
            "NodeGroupLaunchTemplate"
        };
        let key = Key::nodegroup(group.name, part);
        let family = family(group.ami_family.or_empty());
        let (image_id, parameter) = self.image(group, family);
        let user_data = self.user_data(group, family);
        self.check_size(group, &user_data);
        let root_device = self
            .facts
            .image_details(image_id.as_deref().unwrap_or_default(), family)
            .root_device;
        let mut node_tags = tags.clone();
        node_tags.insert("Name".to_owned(), self.node_name(group));
        let (network_interfaces, security_group_ids) = if efa::is_enabled(group) {
            (self.efa_interfaces(group, &made.groups), Vec::new())
        } else if managed {
            (Vec::new(), made.groups)
        } else {
            let interface = NetworkInterface {
                device_index: 0,
                network_card_index: 0,
                interface_type: None,
                groups: made.groups,
            };
            (vec![interface], Vec::new())
        };
        let placement = self
            .placement_group(group, tags)
            .map(|group_name| Placement { group_name });
        let own = group.as_self_managed();
        let data = LaunchTemplateData {
            image_id,
            instance_type: instance_type(group).map(str::to_owned),
            key_name: made.key_name,
            iam_instance_profile: made.profile.map(|arn| IamInstanceProfile { arn }),
            metadata_options: metadata(group),
            network_interfaces,
            security_group_ids,
            block_device_mappings: volumes::of(group, family, root_device),
            ebs_optimized: *group.ebs_optimized,
            monitoring: switch(*group.enable_detailed_monitoring),
            placement,
            credit_specification: own.and_then(|own| credits(own.cpu_credits.or_empty())),
            enclave_options: switch(own.and_then(|own| own.enclave_enabled)),
            capacity_reservation_specification: group.capacity_reservation.as_ref().map(reservation),
            instance_market_options: market(group).map(|market_type| InstanceMarketOptions {
                market_type: market_type.to_owned(),
            }),
            tag_specifications: ["instance", "volume", "network-interface"]
                .map(|resource| (resource.to_owned(), node_tags.clone()))
                .into(),
            user_data,
        };
        let tags = parameter
            .into_iter()
            .map(|parameter| (IMAGE_TAG.to_owned(), parameter))
            .collect();
        let template = LaunchTemplate {
            launch_template_name: self.names.object(&key),
            launch_template_data: data,
            tags,
        };
        self.add(key.clone(), template);
        key
    }

    fn check_size(&mut self, group: &NodeGroupRef<'_>, user_data: &UserData) {
        let bytes = user_data.estimated_bytes();
        if bytes > MAX_BYTES {
            let message = format!(
                "the user data of `{}` has {bytes} bytes, and EC2 takes {MAX_BYTES}",
                group.name
            );
            let help = "move what `overrideBootstrapCommand` and `preBootstrapCommands` do into the image";
            let path = group.path().key("overrideBootstrapCommand");
            self.refuse(support::USER_DATA, path, message, help);
        }
    }

    /// The image of a group, and the SSM parameter that named it, if one did. EKS chooses it for managed groups of the
    /// families that it knows.
    fn image(&mut self, group: &NodeGroupRef<'_>, family: &str) -> (Option<String>, Option<String>) {
        let ami = group.ami.or_empty();
        if ami.starts_with("ami-") {
            return (Some(ami.to_owned()), None);
        }
        if group.as_managed().is_some() && !facts::is_ubuntu(family) {
            return (None, None);
        }
        let types = super::instance_types(group);
        let parameter = facts::image_parameter(self.catalog, &self.version, family, &types);
        let image = parameter
            .as_ref()
            .and_then(|parameter| self.facts.image(group.name, parameter));
        if image.is_none() {
            let message = format!(
                "there is no `{family}` image for Kubernetes {} and `{}`",
                self.version,
                types.join("`, `")
            );
            let help = "choose another `amiFamily`, or name an image in `ami`";
            self.refuse(support::IMAGE, group.path().key("amiFamily"), message, help);
        }
        (image, parameter)
    }

    fn user_data(&self, group: &NodeGroupRef<'_>, family: &str) -> UserData {
        let format = match self.catalog.family(family).map(|family| family.user_data) {
            Some(catalog::UserData::Nodeadm) => Format::Nodeadm,
            _ if is_bottlerocket(family) => Format::Bottlerocket,
            _ if family.eq_ignore_ascii_case("AmazonLinux2") => Format::AmazonLinux2,
            _ => Format::Ubuntu,
        };
        let own = group.as_self_managed();
        let labels = self.labels(group);
        let taints = group.taints().iter();
        let bottlerocket = group.bottlerocket.as_ref();
        let ssh = group.ssh.as_ref().is_some_and(super::nodes::ssh_allowed);
        let admin = bottlerocket.and_then(|settings| settings.enable_admin_container);
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
            cluster_dns: own
                .and_then(|own| own.cluster_dns.as_deref())
                .filter(|address| !address.is_empty()),
            kubelet: own.and_then(|own| own.kubelet_extra_config.as_ref()),
            before: group.pre_bootstrap_commands.as_deref().unwrap_or_default(),
            instead: group
                .override_bootstrap_command
                .as_deref()
                .filter(|command| !command.is_empty()),
            settings: bottlerocket.and_then(|settings| settings.settings.as_ref()),
            // SSH into Bottlerocket ends in this container.
            admin_container: admin.or(ssh.then_some(true)),
            starter: match (own, group.ami.or_empty().starts_with("ami-")) {
                (Some(_), _) => Starter::Ours,
                (None, true) => Starter::EksWithOwnImage,
                (None, false) => Starter::Eks,
            },
        }
        .user_data(format)
    }

    /// The labels of the nodes: the user's, then the two that eksctl always gives.
    pub(super) fn labels(&self, group: &NodeGroupRef<'_>) -> Vec<(String, String)> {
        let forced = [
            ("alpha.eksctl.io/cluster-name", &self.desired.cluster),
            ("alpha.eksctl.io/nodegroup-name", group.name),
        ];
        let own = group
            .labels
            .iter()
            .filter(|(key, _)| forced.iter().all(|(name, _)| name != key));
        let own = own.map(|(key, value)| (key.clone(), value.clone()));
        own.chain(forced.map(|(key, value)| (key.to_owned(), value.clone())))
            .collect()
    }

    pub(super) fn node_name(&self, group: &NodeGroupRef<'_>) -> String {
        let name = match group.instance_name.or_empty() {
            "" => format!("{}-{}-Node", self.desired.cluster, group.name),
            name => name.to_owned(),
        };
        match group.instance_prefix.or_empty() {
            "" => name,
            prefix => format!("{prefix}-{name}"),
        }
    }
}

/// Whether the family is one of Bottlerocket's.
pub(super) fn is_bottlerocket(family: &str) -> bool {
    family.to_ascii_lowercase().starts_with("bottlerocket")
}

/// The instance type in a group's template: EKS takes those of managed groups itself, but for a capacity block's.
fn instance_type<'a>(group: &NodeGroupRef<'a>) -> Option<&'a str> {
    let first = super::instance_types(group).into_iter().next();
    match group.kind {
        NodeGroupKind::SelfManaged(_) => first,
        NodeGroupKind::Managed(_) => first.filter(|_| is_capacity_block(group)),
    }
}

/// Whether a group's nodes are bought as a capacity block.
pub(super) fn is_capacity_block(group: &NodeGroupRef<'_>) -> bool {
    let options = group.instance_market_options.as_ref();
    options.is_some_and(|options| options.market_type.or_empty() == "capacity-block")
}

/// How a group's nodes are bought; eksctl passes it on only beside a reservation.
fn market<'a>(group: &NodeGroupRef<'a>) -> Option<&'a str> {
    group.capacity_reservation.as_ref()?;
    let options = group.instance_market_options.as_ref()?;
    options.market_type.as_deref().filter(|market| !market.is_empty())
}

fn metadata(group: &NodeGroupRef<'_>) -> MetadataOptions {
    let no_pods = group.disable_pod_imds.unwrap_or(false);
    let tokens = no_pods || group.disable_imdsv1.unwrap_or(true);
    MetadataOptions {
        http_tokens: if tokens { "required" } else { "optional" }.to_owned(),
        http_put_response_hop_limit: if no_pods { 1 } else { 2 },
    }
}

/// Off is what AWS gives when nobody asks.
fn switch(asked: Option<bool>) -> Option<Switch> {
    asked.filter(|on| *on).map(|enabled| Switch { enabled })
}

fn credits(asked: &str) -> Option<CreditSpecification> {
    (!asked.is_empty()).then(|| CreditSpecification {
        cpu_credits: asked.to_ascii_lowercase(),
    })
}

fn reservation(asked: &config::CapacityReservation) -> CapacityReservationSpecification {
    let config::CapacityReservation {
        capacity_reservation_preference,
        capacity_reservation_target,
    } = asked;
    let target = |target: &config::CapacityReservationTarget| {
        let config::CapacityReservationTarget {
            capacity_reservation_id,
            capacity_reservation_resource_group_arn,
        } = target;
        CapacityReservationTarget {
            capacity_reservation_id: capacity_reservation_id.clone(),
            capacity_reservation_resource_group_arn: capacity_reservation_resource_group_arn.clone(),
        }
    };
    CapacityReservationSpecification {
        capacity_reservation_preference: capacity_reservation_preference.clone(),
        capacity_reservation_target: capacity_reservation_target.as_ref().map(target),
    }
}
