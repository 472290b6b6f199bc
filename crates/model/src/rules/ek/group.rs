//! What several rules want to know of a nodegroup.

use super::shape::IsGiven;
use crate::{
    catalog::{self, Catalog, Family},
    config::*,
    problem::Problem,
    reader,
    rules::pools,
    tree::Kind,
    ym,
};
use serde_json::Value;

/// The minor of the cluster's version; `None` if it is none that EKS has.
pub(super) fn cluster_minor(config: &ClusterConfig, catalog: &Catalog) -> Option<u32> {
    match config.metadata.version.or_empty() {
        "" | "auto" => catalog::minor(DEFAULT_VERSION),
        "latest" => catalog
            .versions()
            .iter()
            .rfind(|version| version.eksctl)
            .and_then(|latest| catalog::minor(latest.name)),
        version => catalog::minor(version),
    }
}

/// The family of a group. eksctl validates self-managed groups before it fills in defaults, managed ones after;
/// so for the first an absent family is none.
pub(super) fn family<'a>(group: &NodeGroupRef<'_>, catalog: &'a Catalog) -> Option<&'a Family> {
    match group.ami_family.or_empty() {
        "" if group.as_managed().is_some() && group.ami.or_empty().is_empty() => {
            catalog.family(DEFAULT_FAMILY)
        }
        "" => None,
        name => catalog.family(name),
    }
}

/// Whether the group names one image by its id.
pub(super) fn has_custom_image(group: &NodeGroupRef<'_>) -> bool {
    group.ami.or_empty().starts_with("ami-")
}

/// Every instance type that the group names.
pub(super) fn instance_types<'a>(group: &NodeGroupRef<'a>) -> Vec<&'a str> {
    pools::instance_types(group)
        .into_iter()
        .map(|(_, name)| name)
        .collect()
}

/// What kind of system a family is.
pub(super) fn is_ubuntu(family: &Family) -> bool {
    family.name.starts_with("Ubuntu")
}

/// See [`is_ubuntu`].
pub(super) fn is_windows(family: &Family) -> bool {
    family.name.starts_with("Windows")
}

/// See [`is_ubuntu`].
pub(super) fn is_bottlerocket(family: &Family) -> bool {
    family.name.starts_with("Bottlerocket")
}

/// See [`is_ubuntu`].
pub(super) fn is_amazon_linux_2(family: &Family) -> bool {
    family.name == "AmazonLinux2"
}

/// See [`is_ubuntu`].
pub(super) fn is_amazon_linux_2023(family: &Family) -> bool {
    family.name == "AmazonLinux2023"
}

/// Whether a selector of instance types asks for anything; an empty one does not count.
pub(super) fn selects(selector: Option<&InstanceSelector>) -> bool {
    selector.is_some_and(|selector| {
        selector.vcpus.unwrap_or_default() != 0
            || selector.memory.is_given()
            || selector.cpu_architecture.is_given()
            || selector.gpus.is_some()
            || selector.neuron_devices.is_some()
            || selector.allow.is_some()
            || selector.deny.is_some()
    })
}

/// The fewest and the most nodes of a group, defaults filled in.
pub(super) fn node_bounds(group: &NodeGroupRef<'_>) -> (i64, i64) {
    let least_max = i64::from(group.as_managed().is_some());
    bounds(
        *group.min_size,
        *group.max_size,
        *group.desired_capacity,
        least_max,
    )
}

/// Whether a text is a YAML map, or a JSON object.
pub(super) fn is_map(text: &str) -> bool {
    let reading = reader::read(text);
    let root = reading.tree.root().map(|root| &reading.tree.node(root).kind);
    reading.complete && reading.problems.is_empty() && matches!(root, Some(Kind::Map { .. }))
}

/// Whether the first document of a text is a YAML map, or empty: eksctl looks no further.
pub(super) fn is_settings(text: &str) -> bool {
    let reading = reader::read(text);
    let stands = |problem: &Problem| problem.code == ym::DOCUMENTS;
    let root = reading.tree.root().map(|root| reading.tree.value(root));
    reading.problems.iter().all(stands)
        && (reading.complete || !reading.problems.is_empty())
        && matches!(root, None | Some(Value::Null | Value::Object(_)))
}
