//! A plan that leaves nothing of a cluster, from what is there alone.

use super::{
    Action, Blocked, Kept, NotOurs, Plan, Step, StepId, durations,
    order::{goes_with, sorted, users},
};
use crate::{
    key::Key,
    objects::{Manifest, Spec},
    observe::group_to_delete,
    observed::{Leftover, Object, Observed, Ownership, State, Workload},
    text::Attribute,
};
use std::collections::{BTreeMap, BTreeSet};

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
        if !is_ours(key, object, &mut plan) {
            continue;
        }
        let spec = with_holes
            .objects
            .get(key)
            .map_or(&object.spec, |object| &object.spec);
        if goes_with(spec, &gone) {
            continue;
        }
        let users = users.get(key).into_iter().flatten();
        let needs = users.map(deletion_of).collect();
        plan.steps
            .push(deletion(key, object, needs, "the cluster is destroyed"));
    }
    left_behind(observed, &mut plan);
    workloads(&observed.workloads, &mut plan);
    for leftover in &observed.leftovers {
        blocked_by(leftover, &mut plan);
    }
    plan.steps = sorted(plan.steps);
    plan
}

fn deletion_of(key: &Key) -> StepId {
    StepId {
        key: key.clone(),
        delete: true,
    }
}

/// Whether an object is ours to delete; whose it is otherwise goes into the plan.
fn is_ours(key: &Key, object: &Object, plan: &mut Plan) -> bool {
    match &object.ownership {
        Ownership::Ours => return true,
        Ownership::Aws => return false,
        Ownership::Foreign | Ownership::Stack(_) => {}
    }
    let (id, ownership) = (object.id.clone(), object.ownership.clone());
    plan.not_ours.push(NotOurs {
        key: key.clone(),
        id,
        ownership,
    });
    if let Ownership::Stack(stack) = &object.ownership {
        // `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID`
        let name = stack.split('/').nth(1).unwrap_or(stack);
        let reason =
            format!("it belongs to the CloudFormation stack `{name}`; delete the cluster with eksctl");
        plan.blocked.push(Blocked {
            key: key.clone(),
            reason,
        });
    }
    false
}

/// Security groups that EKS or a controller left behind, or will leave.
fn left_behind(observed: &Observed, plan: &mut Plan) {
    let cluster = observed.objects.get(&Key::CONTROL_PLANE);
    let ours = cluster.filter(|cluster| cluster.ownership == Ownership::Ours);
    let of_eks = ours.and_then(|cluster| cluster.attributes.get(&Attribute::ClusterSecurityGroupId));
    let left = observed
        .leftovers
        .iter()
        .filter(|left| left.removable && left.type_name == "AWS::EC2::SecurityGroup")
        .map(|left| (Key::new(left.id.as_str()), &left.id));
    let groups: Vec<(Key, &String)> = of_eks
        .map(|id| (Key::CLUSTER_SECURITY_GROUP, id))
        .into_iter()
        .chain(left)
        .collect();
    for (key, id) in groups {
        let object = Object {
            spec: group_to_delete(id),
            id: id.clone(),
            attributes: BTreeMap::new(),
            ownership: Ownership::Ours,
            state: State::Ready,
        };
        let needs = BTreeSet::from([deletion_of(&Key::CONTROL_PLANE)]);
        plan.steps
            .push(deletion(&key, &object, needs, "the cluster leaves it behind"));
        for step in plan.steps.iter_mut().filter(|step| step.key == Key::VPC) {
            step.needs.insert(deletion_of(&key));
        }
    }
}

/// What controllers have made in AWS goes first, while they run.
fn workloads(workloads: &[Workload], plan: &mut Plan) {
    let steps = workloads.iter().map(|Workload { object, holds }| {
        let key = Key::kubernetes(object.namespace.as_deref(), &object.kind, &object.name);
        let manifest = Manifest {
            api_version: object.api_version.clone(),
            kind: object.kind.clone(),
            name: object.name.clone(),
            namespace: object.namespace.clone(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            content: serde_json::Map::new(),
        };
        let there = Object {
            spec: manifest.into(),
            id: key.as_str().to_owned(),
            attributes: BTreeMap::new(),
            ownership: Ownership::Ours,
            state: State::Ready,
        };
        deletion(&key, &there, BTreeSet::new(), &format!("it has {holds}"))
    });
    let steps: Vec<Step> = steps.collect();
    let ids: Vec<StepId> = steps.iter().map(Step::id).collect();
    for step in &mut plan.steps {
        step.needs.extend(ids.iter().cloned());
    }
    plan.steps.extend(steps);
}

/// Leaves out what something that is not ours keeps, and what that keeps in turn. What would be lost for ever with the
/// cluster keeps everything.
fn blocked_by(leftover: &Leftover, plan: &mut Plan) {
    let what = format!("{} `{}` {}", leftover.type_name, leftover.id, leftover.detail);
    for key in &leftover.blocks {
        if *key == Key::CONTROL_PLANE {
            plan.blocked.push(Blocked {
                key: key.clone(),
                reason: format!("{what}; delete it, or let the API be reached, and destroy again"),
            });
            continue;
        }
        let mut stays = BTreeSet::from([deletion_of(key)]);
        loop {
            let before = stays.len();
            let kept = plan.steps.iter().filter(|step| !step.needs.is_disjoint(&stays));
            stays.extend(kept.map(Step::id).collect::<Vec<_>>());
            if stays.len() == before {
                break;
            }
        }
        for id in &stays {
            if plan.steps.iter().any(|step| step.id() == *id) {
                plan.kept.push(Kept {
                    key: id.key.clone(),
                    reason: format!("{what}, and it cannot go while that is there"),
                });
            }
        }
        plan.steps.retain(|step| !stays.contains(&step.id()));
    }
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
        Spec::Cluster(cluster) if cluster.deletion_protection => {
            Some("its deletion protection is switched off first".to_owned())
        }
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
