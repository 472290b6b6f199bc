//! What the rules about nodegroups ask again and again.

use super::Facts;
use crate::{
    catalog::Instance,
    config::{NodeGroupKind, NodeGroupRef, NodeGroupTaint, OrEmpty},
    path::Path,
};

/// The instance types that a nodegroup names, with where each stands.
pub(super) fn instance_types<'a>(group: &NodeGroupRef<'a>) -> Vec<(Path, &'a str)> {
    let (list, several): (Path, &[String]) = match group.kind {
        NodeGroupKind::SelfManaged(own) => (
            group.path().key("instancesDistribution").key("instanceTypes"),
            own.instances_distribution
                .as_ref()
                .map_or(&[], |mixed| &mixed.instance_types),
        ),
        NodeGroupKind::Managed(managed) => (group.path().key("instanceTypes"), &managed.instance_types),
    };
    let one = group
        .instance_type
        .as_deref()
        .filter(|name| !["", "mixed"].contains(name));
    one.map(|name| (group.path().key("instanceType"), name))
        .into_iter()
        .chain(
            several
                .iter()
                .enumerate()
                .map(|(index, name)| (list.index(index), name.as_str())),
        )
        .collect()
}

/// What the catalog knows of a nodegroup's instance types.
pub(super) fn known_types<'a>(group: &NodeGroupRef<'_>, facts: &Facts<'a>) -> Vec<&'a Instance> {
    instance_types(group)
        .iter()
        .filter_map(|(_, name)| facts.catalog.instance(name))
        .collect()
}

/// Whether all its nodes have at least one whole NVIDIA GPU.
pub(super) fn has_gpus(group: &NodeGroupRef<'_>, facts: &Facts<'_>) -> bool {
    let types = known_types(group, facts);
    !types.is_empty() && types.iter().all(|instance| instance.gpu_count() > 0)
}

/// Whether pods that do not tolerate the taint stay away.
pub(super) fn keeps_off(taint: &NodeGroupTaint) -> bool {
    ["NoSchedule", "NoExecute"].contains(&taint.effect.or_empty())
}
