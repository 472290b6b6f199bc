//! What belongs to others, and what EKS does not do: a plan keeps away from it.

use crate::objects::Spec;

/// Whether an entry makes its principal an administrator of the whole cluster.
pub(super) fn is_admin(spec: &Spec) -> bool {
    let Spec::AccessEntry(entry) = spec else {
        return false;
    };
    entry.access_policies.iter().any(|policy| {
        policy.policy_arn.ends_with("/AmazonEKSClusterAdminPolicy") && policy.access_scope.r#type == "cluster"
    })
}

/// Takes out of `target` what is not ours to decide: the number of nodes belongs to whoever scales, and is changed
/// only to bring it inside a changed smallest or largest size; protection from deletion belongs to whoever wants it.
pub(super) fn leave_to_others(target: &mut Spec, present: &Spec) {
    if let (Spec::AutoScalingGroup(target), Spec::AutoScalingGroup(present)) = (&mut *target, present) {
        let now = present.desired_capacity;
        target.desired_capacity =
            now.map(|nodes| nodes.clamp(target.min_size, target.max_size.max(target.min_size)));
    }
    if let (Spec::Nodegroup(target), Spec::Nodegroup(present)) = (&mut *target, present) {
        let (target, now) = (&mut target.scaling_config, present.scaling_config.desired_size);
        target.desired_size =
            now.map(|nodes| nodes.clamp(target.min_size, target.max_size.max(target.min_size)));
    }
    if let (Spec::Cluster(target), Spec::Cluster(present)) = (target, present) {
        target.deletion_protection = present.deletion_protection;
    }
}

/// EKS upgrades one minor version at a time and never back.
pub(super) fn version_block(present: &Spec, wanted: &Spec) -> Option<String> {
    let (Spec::Cluster(present), Spec::Cluster(wanted)) = (present, wanted) else {
        return None;
    };
    let (old, new) = (&present.version, &wanted.version);
    let (from, to) = (lb_model::catalog::minor(old)?, lb_model::catalog::minor(new)?);
    match to.checked_sub(from) {
        None => Some(format!(
            "Kubernetes {old} cannot go back to {new}; write `version: \"{old}\"`"
        )),
        Some(0 | 1) => None,
        Some(_) => Some(format!(
            "Kubernetes {old} can go to 1.{} first, not to {new}",
            from + 1
        )),
    }
}
