//! Images of nodes: families, Kubernetes versions, custom images and the bootstrap that they need.

use super::group::*;
use super::shape::*;
use crate::{
    catalog::{Arch, Catalog, Family, has_neuron},
    config::*,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};
use jiff::civil::{Date, date};

const FAMILY: Code = Code("EK310");
const AL2: Code = Code("EK311");
pub(super) const NO_STOCK_IMAGE: Code = Code("EK312");
const FAMILY_OF_IMAGE: Code = Code("EK313");
const BOOTSTRAP_OF_IMAGE: Code = Code("EK314");
pub(super) const IMAGE_ID: Code = Code("EK315");
const ACCELERATORS: Code = Code("EK316");
const COMMANDS: Code = Code("EK318");
pub(super) const NODE_CONFIG: Code = Code("EK319");

/// The day after which EKS publishes no AmazonLinux2 image.
const AL2_LAST_IMAGES: Date = date(2025, 11, 26);

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: FAMILY,
        title: "unknown AMI family",
        doc: "\
The AMI family says which operating system the nodes have, and so how they are told to join. Its name may be written \
in any case of letters. Families whose images AWS or Canonical no longer make are refused.",
        bad: "nodeGroups: [{name: worker, amiFamily: AmazonLinux}]\n",
        good: "nodeGroups: [{name: worker, amiFamily: AmazonLinux2023}]\n",
        check: Some(family_is_known),
    },
    Rule {
        code: AL2,
        title: "Amazon Linux 2 is at its end",
        doc: "\
EKS makes no images of Amazon Linux 2 for Kubernetes 1.33 and later. eksctl refuses the family there: for self-managed \
nodegroups always, for managed ones unless they name an image.

For earlier versions it is a warning, once in a file: the last images are of November 2025, so nodes get no more \
security updates.",
        bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.33'}
nodeGroups: [{name: worker, amiFamily: AmazonLinux2}]
",
        good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.33'}
nodeGroups: [{name: worker, amiFamily: AmazonLinux2023}]
",
        check: Some(amazon_linux_2),
    },
    Rule {
        code: NO_STOCK_IMAGE,
        title: "no stock image for this version",
        doc: "\
A family has stock images for some Kubernetes versions only: Ubuntu2004 for 1.21 to 1.29, Ubuntu2204 from 1.29, \
Ubuntu2404 from 1.31, Ubuntu2604 from 1.35. eksctl looks for the image just before it creates the cluster, and fails \
there. For versions before the first one it searches EC2 by name, which may find an image for types without GPU; \
that is a warning.

A custom image (`ami`) may have any version.",
        bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.34'}
nodeGroups: [{name: worker, amiFamily: Ubuntu2004}]
",
        good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.34'}
nodeGroups: [{name: worker, amiFamily: Ubuntu2404}]
",
        check: Some(stock_image),
    },
    Rule {
        code: FAMILY_OF_IMAGE,
        title: "custom image without family",
        doc: "\
An image does not say how its nodes are told to join the cluster; the family does. So `ami` needs `amiFamily`, \
whatever value it has.",
        bad: "nodeGroups: [{name: worker, ami: ami-0a1b2c3d4e5f67890}]\n",
        good: "nodeGroups: [{name: worker, ami: ami-0a1b2c3d4e5f67890, amiFamily: AmazonLinux2023}]\n",
        check: Some(image_has_family),
    },
    Rule {
        code: BOOTSTRAP_OF_IMAGE,
        title: "custom image without bootstrap command",
        doc: "\
eksctl does not know what a custom image based on Amazon Linux 2 or Ubuntu brings along, so `overrideBootstrapCommand` \
has to make the node join: for example `/etc/eks/bootstrap.sh` with the cluster's name. AmazonLinux2023 and \
Bottlerocket do without.",
        bad: "nodeGroups: [{name: worker, ami: ami-0a1b2c3d4e5f67890, amiFamily: Ubuntu2204}]\n",
        good: "\
nodeGroups:
- name: worker
  ami: ami-0a1b2c3d4e5f67890
  amiFamily: Ubuntu2204
  overrideBootstrapCommand: |
    #!/bin/bash
    /etc/eks/bootstrap.sh leaderboard-20
",
        check: Some(image_has_bootstrap),
    },
    Rule {
        code: IMAGE_ID,
        title: "not an image",
        doc: "\
An image is an id beginning with `ami-`. Self-managed nodegroups also take `auto` and `auto-ssm`, the two ways to find \
the newest stock image; managed ones find it without. Managed Windows nodegroups take no custom image at all.",
        bad: "managedNodeGroups: [{name: worker, ami: auto, amiFamily: AmazonLinux2023}]\n",
        good: "managedNodeGroups: [{name: worker, ami: ami-0a1b2c3d4e5f67890, amiFamily: AmazonLinux2023}]\n",
        check: Some(image_id),
    },
    Rule {
        code: ACCELERATORS,
        title: "no image for this instance type",
        doc: "\
Inferentia and Trainium types work with AmazonLinux2, AmazonLinux2023 and Bottlerocket only. Self-managed nodegroups \
need a stock image for processor and GPU of their type: there is none of Windows for ARM, and none of AmazonLinux2 for \
ARM with an NVIDIA GPU.",
        bad: "nodeGroups: [{name: worker, amiFamily: Ubuntu2204, instanceType: trn1.32xlarge}]\n",
        good: "nodeGroups: [{name: worker, amiFamily: AmazonLinux2023, instanceType: trn1.32xlarge}]\n",
        check: Some(accelerators),
    },
    Rule {
        code: COMMANDS,
        title: "these nodes run no such commands",
        doc: "\
Bottlerocket has no shell, so `preBootstrapCommands` and `overrideBootstrapCommand` are refused. A managed nodegroup \
takes an `overrideBootstrapCommand` only with an image of your own or with AmazonLinux2023, and not with Windows.",
        bad: "nodeGroups: [{name: worker, amiFamily: Bottlerocket, preBootstrapCommands: [echo]}]\n",
        good: "nodeGroups: [{name: worker, amiFamily: Bottlerocket}]\n",
        check: Some(commands),
    },
    Rule {
        code: NODE_CONFIG,
        title: "bootstrap of AmazonLinux2023 is a NodeConfig",
        doc: "\
Nodes of AmazonLinux2023 join by nodeadm, which reads a NodeConfig. So their `overrideBootstrapCommand` is YAML with \
settings, and no shell script as with AmazonLinux2 and Ubuntu; commands belong into `preBootstrapCommands`.

For self-managed nodegroups eksctl finds this only when the cluster exists already.",
        bad: "\
nodeGroups:
- name: worker
  overrideBootstrapCommand: |
    #!/bin/bash
    /etc/eks/bootstrap.sh leaderboard-20
",
        good: "\
nodeGroups:
- name: worker
  overrideBootstrapCommand: |
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec: {kubelet: {config: {maxPods: 20}}}
",
        check: Some(node_configs),
    },
];

fn family_is_known(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let families: Vec<&str> = facts
        .catalog
        .families()
        .iter()
        .map(|family| family.name)
        .collect();
    for group in config.all_node_groups() {
        let at = group.path().key("amiFamily");
        if let Some(name) = group.ami_family.as_deref().filter(|name| !name.is_empty()) {
            problems.extend(not_among(FAMILY, at, name, &families, true));
        }
    }
}

fn amazon_linux_2(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let is_too_new = cluster_minor(config, facts.catalog).is_some_and(|minor| minor >= 33);
    let mut is_warned = false;
    for group in config.all_node_groups() {
        if !family(&group, facts.catalog).is_some_and(is_amazon_linux_2) {
            continue;
        }
        let place = Place::Value(group.path().key("amiFamily"));
        if is_too_new && (group.as_self_managed().is_some() || !group.ami.is_given()) {
            let message = "there is no `AmazonLinux2` for Kubernetes 1.33 and later";
            problems.push(Problem::error(AL2, place, message).with_help("choose `AmazonLinux2023`"));
        } else if !is_warned && facts.today >= AL2_LAST_IMAGES {
            is_warned = true;
            let message = "`AmazonLinux2` gets no new images since November 2025";
            problems.push(Problem::warning(AL2, place, message).with_help("choose `AmazonLinux2023`"));
        }
    }
}

/// The text `1.21 to 1.29`, or `1.31 and later`.
fn versions_of(family: &Family) -> String {
    match (family.first_minor, family.last_minor) {
        (Some(first), Some(last)) => format!("1.{first} to 1.{last}"),
        (Some(first), None) => format!("1.{first} and later"),
        (None, Some(last)) => format!("1.{last} and earlier"),
        (None, None) => "every version".to_owned(),
    }
}

fn stock_image(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let Some(minor) = cluster_minor(config, facts.catalog) else {
        return;
    };
    for group in config.all_node_groups() {
        let Some(family) = family(&group, facts.catalog).filter(|family| !is_amazon_linux_2(family)) else {
            continue;
        };
        if has_custom_image(&group) || family.has_image_for(&format!("1.{minor}")) {
            continue;
        }
        let place = Place::Value(group.path().key("amiFamily"));
        let message = format!(
            "`{}` has stock images for {}, and the cluster is 1.{minor}",
            family.name,
            versions_of(family)
        );
        let is_early = family.first_minor.is_some_and(|first| minor < first);
        let is_searched = is_ubuntu(family) && is_early && !has_gpu(&group, facts.catalog);
        let problem = if is_searched {
            Problem::warning(NO_STOCK_IMAGE, place, message)
        } else {
            Problem::error(NO_STOCK_IMAGE, place, message)
        };
        problems.push(
            problem.with_help("choose another family or version, or name an image of your own with `ami`"),
        );
    }
}

fn has_gpu(group: &NodeGroupRef<'_>, catalog: &Catalog) -> bool {
    let has_gpu = |name: &&str| {
        catalog
            .instance(name)
            .is_some_and(|instance| instance.gpus.is_some())
    };
    instance_types(group).iter().any(has_gpu)
}

fn image_has_family(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config
        .all_node_groups()
        .filter(|group| group.ami.is_given() && !group.ami_family.is_given())
    {
        let place = Place::Value(group.path().key("ami"));
        let message = format!("image `{}` needs an `amiFamily`", group.ami.or_empty());
        problems.push(
            Problem::error(FAMILY_OF_IMAGE, place, message)
                .with_help("name the family that the image is made from, such as `AmazonLinux2023`"),
        );
    }
}

fn image_has_bootstrap(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let Some(family) = family(&group, facts.catalog).filter(|_| group.ami.is_given()) else {
            continue;
        };
        if (is_amazon_linux_2(family) || is_ubuntu(family)) && group.override_bootstrap_command.is_none() {
            let place = Place::Value(group.path().key("ami"));
            let message = format!(
                "an image based on `{}` needs `overrideBootstrapCommand`",
                family.name
            );
            problems.push(
                Problem::error(BOOTSTRAP_OF_IMAGE, place, message)
                    .with_help("add the command that makes the node join, such as `/etc/eks/bootstrap.sh`"),
            );
        }
    }
}

fn image_id(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups().filter(|group| group.ami.is_given()) {
        let image = group.ami.or_empty();
        let is_managed = group.as_managed().is_some();
        let is_search = !is_managed && matches!(image, "auto" | "auto-ssm");
        let place = Place::Value(group.path().key("ami"));
        if !has_custom_image(&group) && !is_search {
            let help = if is_managed {
                "write an id such as `ami-0a1b2c3d4e5f67890`, or remove it for the newest stock image"
            } else {
                "write an id such as `ami-0a1b2c3d4e5f67890`, or `auto`"
            };
            problems
                .push(Problem::error(IMAGE_ID, place, format!("`{image}` is not an image")).with_help(help));
        } else if is_managed && family(&group, facts.catalog).is_some_and(is_windows) {
            let message = "a managed Windows nodegroup takes no image of your own";
            problems.push(
                Problem::error(IMAGE_ID, place, message).with_help("remove `ami`, or use `nodeGroups`"),
            );
        }
    }
}

fn accelerators(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let Some(family) = family(&group, facts.catalog) else {
            continue;
        };
        let needs_stock_image = group.as_self_managed().is_some() && !has_custom_image(&group);
        let is_impossible = |name: &&&str| {
            let instance = facts.catalog.instance(name);
            let is_arm = instance.is_some_and(|instance| instance.arch == Arch::Arm64);
            let has_gpu = instance.is_some_and(|instance| instance.gpus.is_some());
            let takes_neuron =
                is_amazon_linux_2(family) || is_amazon_linux_2023(family) || family.name == "Bottlerocket";
            (has_neuron(name) && !takes_neuron)
                || (needs_stock_image
                    && is_arm
                    && (is_windows(family) || (has_gpu && is_amazon_linux_2(family))))
        };
        if let Some(name) = instance_types(&group).iter().find(is_impossible) {
            let place = Place::Value(group.path().key("amiFamily"));
            let message = format!("there is no image of `{}` for `{name}`", family.name);
            problems.push(Problem::error(ACCELERATORS, place, message).with_help("choose `AmazonLinux2023`"));
        }
    }
}

fn commands(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let family = family(&group, facts.catalog);
        let mut complain = |key: &str, message: String, help: &str| {
            problems
                .push(Problem::error(COMMANDS, Place::Value(group.path().key(key)), message).with_help(help));
        };
        let name = family.map_or("", |family| family.name);
        let is_managed = group.as_managed().is_some();
        let is_bottlerocket = family.is_some_and(is_bottlerocket);
        if is_bottlerocket && group.pre_bootstrap_commands.is_some() {
            complain(
                "preBootstrapCommands",
                format!("`{name}` runs no commands"),
                "remove them",
            );
        }
        if group.override_bootstrap_command.is_none() {
            continue;
        }
        let key = "overrideBootstrapCommand";
        if is_bottlerocket || (is_managed && family.is_some_and(is_windows)) {
            complain(key, format!("`{name}` takes no bootstrap command"), "remove it");
        } else if is_managed && !group.ami.is_given() && !family.is_some_and(is_amazon_linux_2023) {
            let message = "a managed nodegroup takes a bootstrap command only for an image of your own";
            complain(
                key,
                message.to_owned(),
                "name the image with `ami`, or remove the command",
            );
        }
    }
}

fn node_configs(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        let by_default = !group.ami_family.is_given() && !group.ami.is_given();
        let is_2023 = by_default || family(&group, facts.catalog).is_some_and(is_amazon_linux_2023);
        if is_2023
            && group
                .override_bootstrap_command
                .as_deref()
                .is_some_and(|text| !is_map(text))
        {
            let place = Place::Value(group.path().key("overrideBootstrapCommand"));
            let problem = Problem::error(
                NODE_CONFIG,
                place,
                "this is no NodeConfig, as AmazonLinux2023 needs it",
            );
            problems.push(problem.with_help("write a NodeConfig, and commands into `preBootstrapCommands`"));
        }
    }
}
