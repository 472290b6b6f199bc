//! How long steps take: medians and slow days (95 of 100) of public logs, 2022 to 2026.

use super::Action;
use crate::objects::Spec;
use std::time::Duration;

/// How long a step takes as a rule, and on a slow day.
pub(super) fn of(action: Action, spec: &Spec, waits: bool) -> (Duration, Duration) {
    let (expected, slow) = match action {
        Action::Create | Action::Await => create(spec, waits),
        Action::Update | Action::NewVersion => update(spec, waits),
        // Of one node without jobs; whoever knows their number multiplies.
        Action::Roll => (180, 420),
        Action::Delete => delete(spec),
        Action::Replace => {
            let (create, delete) = (create(spec, waits), delete(spec));
            (create.0 + delete.0, create.1 + delete.1)
        }
    };
    (Duration::from_secs(expected), Duration::from_secs(slow))
}

fn create(spec: &Spec, waits: bool) -> (u64, u64) {
    match spec {
        Spec::Cluster(_) => (585, 780),
        Spec::NatGateway(_) => (105, 130),
        Spec::Vpc(_) => (2, 12),
        // IAM shows a new role to EKS only after a while.
        Spec::Role(_) => (10, 15),
        Spec::OidcProvider(_) => (1, 5),
        Spec::Addon(_) if waits => (25, 60),
        // From the start of an instance to a ready node.
        Spec::AutoScalingGroup(group) if group.min_size > 0 => (102, 180),
        // EKS's own bookkeeping comes on top.
        Spec::Nodegroup(group) if group.scaling_config.min_size > 0 => (130, 240),
        Spec::Nodegroup(_) => (58, 90),
        // The API answers some time after the cluster is active.
        Spec::Manifest(_) => (2, 30),
        _ => (1, 3),
    }
}

fn update(spec: &Spec, waits: bool) -> (u64, u64) {
    match spec {
        Spec::Cluster(_) => (180, 600),
        Spec::Addon(_) if waits => (25, 60),
        _ => (1, 3),
    }
}

fn delete(spec: &Spec) -> (u64, u64) {
    match spec {
        Spec::Cluster(_) => (165, 480),
        Spec::NatGateway(_) => (56, 80),
        // Until its instances are gone.
        Spec::AutoScalingGroup(group) if group.desired_capacity.unwrap_or(group.min_size) > 0 => (90, 240),
        Spec::Nodegroup(_) => (180, 420),
        Spec::SecurityGroup(_) | Spec::Subnet(_) => (2, 120),
        _ => (1, 3),
    }
}
