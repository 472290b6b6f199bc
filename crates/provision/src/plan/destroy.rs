//! A plan that leaves nothing of a cluster, from what is there alone.

use super::{
    Action, Blocked, NotOurs, Plan, Step, StepId, durations,
    order::{goes_with, sorted, users},
};
use crate::{
    key::Key,
    objects::Spec,
    observed::{Object, Observed, Ownership},
};
use std::collections::BTreeSet;

/// What has to be done so that nothing of ours is left. It needs no config and works from every half-made state.
pub fn destroy(observed: &Observed) -> Plan {
    let with_holes = observed.with_holes();
    let users = users(&with_holes);
    let mut plan = Plan {
        cluster: observed.cluster.clone(),
        region: observed.region.clone(),
        leftovers: observed.leftovers.clone(),
        ..Plan::default()
    };
    let gone = |key: &Key| {
        observed
            .objects
            .get(key)
            .is_some_and(|object| object.ownership == Ownership::Ours)
    };
    for (key, object) in &observed.objects {
        match &object.ownership {
            Ownership::Aws => continue,
            Ownership::Ours => {}
            Ownership::Foreign | Ownership::Stack(_) => {
                let (id, ownership) = (object.id.clone(), object.ownership.clone());
                plan.not_ours.push(NotOurs {
                    key: key.clone(),
                    id,
                    ownership,
                });
                if let Ownership::Stack(stack) = &object.ownership {
                    let reason = format!(
                        "it belongs to the CloudFormation stack `{stack}`; delete the cluster with eksctl"
                    );
                    plan.blocked.push(Blocked {
                        key: key.clone(),
                        reason,
                    });
                }
                continue;
            }
        }
        let spec = with_holes
            .objects
            .get(key)
            .map_or(&object.spec, |object| &object.spec);
        if goes_with(spec, &gone) {
            continue;
        }
        let users = users.get(key).into_iter().flatten();
        let needs = users
            .map(|user| StepId {
                key: user.clone(),
                delete: true,
            })
            .collect();
        plan.steps
            .push(deletion(key, object, needs, "the cluster is destroyed"));
    }
    plan.steps = sorted(plan.steps);
    plan
}

/// The step that deletes what is there.
pub(super) fn deletion(key: &Key, object: &Object, needs: BTreeSet<StepId>, reason: &str) -> Step {
    let (expected, slow) = durations::of(Action::Delete, &object.spec, true);
    let disturbs = match &object.spec {
        Spec::AutoScalingGroup(group) if group.desired_capacity.unwrap_or(0) > 0 => {
            Some("its nodes stop".to_owned())
        }
        Spec::Nodegroup(group) if group.scaling_config.desired_size.unwrap_or(0) > 0 => {
            Some("its nodes stop".to_owned())
        }
        Spec::AccessEntry(_) => Some("the principal loses its access".to_owned()),
        Spec::Role(_) => Some("whoever uses the role loses its rights".to_owned()),
        _ => None,
    };
    Step {
        key: key.clone(),
        action: Action::Delete,
        spec: None,
        present: Some((object.spec.clone(), object.id.clone())),
        needs,
        differences: Vec::new(),
        reason: reason.to_owned(),
        disturbs,
        waits: true,
        expected,
        slow,
    }
}
