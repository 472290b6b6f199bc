//! What must be gone before something can go, and an order in which every step comes after those it needs.

use super::{Step, StepId};
use crate::{key::Key, objects::Spec, observed::Observed};
use std::collections::{BTreeMap, BTreeSet};

/// Whether an object goes by itself when another one does, so that no step is needed: add-ons, entries and Kubernetes
/// objects with the cluster, inline policies with their role, routes with their table.
pub(super) fn goes_with(spec: &Spec, gone: &dyn Fn(&Key) -> bool) -> bool {
    let parent = |text: &crate::text::Text| text.as_hole().is_some_and(|hole| gone(&hole.key));
    match spec {
        Spec::Addon(_) | Spec::AccessEntry(_) | Spec::Manifest(_) => gone(&Key::CONTROL_PLANE),
        Spec::RolePolicy(policy) => parent(&policy.role_name),
        Spec::Route(route) => parent(&route.route_table_id),
        Spec::SuspendedProcesses(processes) => parent(&processes.auto_scaling_group_name),
        _ => false,
    }
}

/// For every object that is there, those that use it and have to let go first. `observed` has its holes.
pub(super) fn users(observed: &Observed) -> BTreeMap<Key, BTreeSet<Key>> {
    let mut users: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    let mut uses = |used: &Key, user: &Key| {
        users.entry(used.clone()).or_default().insert(user.clone());
    };
    for (key, object) in &observed.objects {
        for hole in object.spec.holes() {
            if hole.key != *key && holds(&object.spec, &hole.key) {
                uses(&hole.key, key);
            }
        }
        match &object.spec {
            // Instances and gateways with public addresses hold the attachment.
            Spec::AutoScalingGroup(_) | Spec::Nodegroup(_) => {
                uses(&Key::GATEWAY_ATTACHMENT, key);
                uses(&Key::CONTROL_PLANE, key);
            }
            Spec::NatGateway(_) | Spec::Eip(_) => uses(&Key::GATEWAY_ATTACHMENT, key),
            // EKS writes late logs, and would make the group again.
            Spec::Cluster(_) => uses(&Key::LOG_GROUP, key),
            _ => {}
        }
    }
    users
}

/// Whether reading `key` keeps it from being deleted. A trust policy may name an issuer that is gone.
fn holds(user: &Spec, key: &Key) -> bool {
    !(matches!(user, Spec::Role(_) | Spec::OidcProvider(_))
        && (*key == Key::CONTROL_PLANE || *key == Key::OIDC_PROVIDER))
}

/// The steps in an order in which each comes after those it needs; of those that could be next, the first by name.
/// Needs that are no steps are dropped. Steps on a circle come last, so that none is lost.
pub(super) fn sorted(mut steps: Vec<Step>) -> Vec<Step> {
    let ids: BTreeSet<StepId> = steps.iter().map(Step::id).collect();
    for step in &mut steps {
        let own = step.id();
        step.needs.retain(|need| ids.contains(need) && *need != own);
    }
    steps.sort_by_key(Step::id);
    let mut waiting: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(waiting.len());
    let mut done: BTreeSet<StepId> = BTreeSet::new();
    loop {
        let before = sorted.len();
        for slot in &mut waiting {
            if let Some(step) = slot.take_if(|step| step.needs.is_subset(&done)) {
                done.insert(step.id());
                sorted.push(step);
            }
        }
        if sorted.len() == before {
            sorted.extend(waiting.into_iter().flatten());
            return sorted;
        }
    }
}
