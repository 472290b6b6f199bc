//! Launch templates: image, user data, volumes and tags of a nodegroup's nodes (eksctl's `nodegroup.go`).

use super::{Build, volumes};
use crate::{
    facts::{self, IMAGE_TAG, family},
    key::Key,
    objects::{
        IamInstanceProfile, LaunchTemplate, LaunchTemplateData, MetadataOptions, NetworkInterface, Switch,
        Tags,
    },
    support,
    text::Text,
    userdata::{Format, MAX_BYTES, Node, UserData},
};
use lb_model::{
    catalog,
    config::{NodeGroup, OrEmpty},
    path::Path,
};

/// What a nodegroup is made of beside its own fields.
pub(super) struct Made {
    pub(super) groups: Vec<Text>,
    pub(super) profile: Text,
    pub(super) key_name: Option<Text>,
}

impl Build<'_> {
    pub(super) fn template(&mut self, group: &NodeGroup, made: &Made, tags: &Tags, path: &Path) -> Key {
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
        self.add(key.clone(), template);
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
    pub(super) fn labels(&self, group: &NodeGroup) -> Vec<(String, String)> {
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

    pub(super) fn node_name(&self, group: &NodeGroup) -> String {
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

/// The instance type of a group; eksctl's default where none is named.
pub(super) fn instance_type(group: &NodeGroup) -> &str {
    match group.instance_type.or_empty() {
        "" => "m5.large",
        name => name,
    }
}
