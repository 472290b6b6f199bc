//! From what should be there and what is there to what has to be done.

use super::{
    Action, Blocked, Difference, NotOurs, Pending, Plan, Step, StepId, diff, durations,
    order::sorted,
    others::{leave_to_others, version_block},
};
use crate::{
    desired::{Desired, Wanted},
    key::Key,
    names::Names,
    objects::{AutoScalingGroup, Spec},
    observed::{Object, Observed, Ownership, State},
    text::{Attribute, Hole},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What an operator allows a plan to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Take over objects of the right name that are not ours.
    pub adopt: bool,
    /// Replace nodes that run with an older template than their group has.
    pub roll: bool,
}

/// What has to be done so that `observed` becomes `desired`. Pure: the same arguments give the same plan.
pub fn plan(desired: &Desired, observed: &Observed, options: Options) -> Plan {
    let planner = Planner {
        desired,
        observed,
        options,
        has_nodes: has_nodes(desired),
    };
    planner.plan()
}

fn has_nodes(desired: &Desired) -> bool {
    desired.objects.values().any(|wanted| match &wanted.spec {
        Spec::AutoScalingGroup(group) => group.min_size > 0,
        Spec::Nodegroup(group) => group.scaling_config.min_size > 0,
        _ => false,
    })
}

/// What a step gives new values to: the attributes of its object that others may have read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Renewed {
    /// All of them: it is another object.
    All,
    /// The number of its newest version.
    Version,
}

pub(super) struct Planner<'a> {
    pub(super) desired: &'a Desired,
    pub(super) observed: &'a Observed,
    pub(super) options: Options,
    has_nodes: bool,
}

impl Planner<'_> {
    fn plan(&self) -> Plan {
        let mut plan = Plan {
            cluster: self.desired.cluster.clone(),
            region: self.desired.region.clone(),
            ..Plan::default()
        };
        plan.leftovers.clone_from(&self.observed.leftovers);
        let mut renewed: BTreeMap<Key, Renewed> = BTreeMap::new();
        for (key, wanted) in &self.desired.objects {
            if let Some(pending) = self.pending(key, wanted) {
                plan.pending.push(pending);
            } else if self.is_made_anew(key) {
                renewed.insert(key.clone(), Renewed::All);
            }
        }
        let pending: BTreeSet<Key> = plan.pending.iter().map(|pending| pending.key.clone()).collect();
        let changes = self.changes(&pending, &mut renewed);
        for (key, wanted) in self
            .desired
            .objects
            .iter()
            .filter(|(key, _)| !pending.contains(*key))
        {
            self.wanted_step(key, wanted, changes.get(key), &mut plan);
        }
        self.rolls(&mut plan);
        self.deletions(&mut plan);
        plan.steps = sorted(std::mem::take(&mut plan.steps));
        plan
    }

    /// An entry whose principal does not exist yet is no step.
    fn pending(&self, key: &Key, wanted: &Wanted) -> Option<Pending> {
        let Spec::AccessEntry(entry) = &wanted.spec else {
            return None;
        };
        let principal = entry.principal_arn.as_literal()?;
        let waits = self.desired.principals.contains_key(key)
            && !self.observed.objects.contains_key(key)
            && self.observed.missing_principals.contains(principal);
        waits.then(|| Pending {
            key: key.clone(),
            principal: principal.to_owned(),
        })
    }

    /// Whether there is nothing of the object that could stay.
    fn is_made_anew(&self, key: &Key) -> bool {
        let object = self.observed.objects.get(key);
        object.is_none_or(|object| matches!(object.state, State::Deleting | State::Failed(_)))
    }

    /// What differs of every object that is there. A step that gives an attribute a new value puts all that read it
    /// into the plan, and so on until nothing is added.
    fn changes(
        &self,
        pending: &BTreeSet<Key>,
        renewed: &mut BTreeMap<Key, Renewed>,
    ) -> BTreeMap<Key, diff::Changes> {
        let mut readers: BTreeMap<Key, Vec<&Key>> = BTreeMap::new();
        for (key, wanted) in &self.desired.objects {
            for hole in wanted.spec.holes() {
                readers.entry(hole.key).or_default().push(key);
            }
        }
        let mut changes = BTreeMap::new();
        let mut queue: VecDeque<&Key> = self
            .desired
            .objects
            .keys()
            .filter(|key| !pending.contains(*key))
            .collect();
        while let Some(key) = queue.pop_front() {
            let Some(wanted) = self.desired.objects.get(key) else {
                continue;
            };
            let Some(found) = self.change(key, wanted, renewed) else {
                continue;
            };
            let new = match found.action {
                Some(Action::Replace) => Some(Renewed::All),
                Some(Action::NewVersion) => Some(Renewed::Version),
                _ => None,
            };
            let old = renewed.get(key).copied();
            if let Some(new) = new.filter(|new| old.is_none() || (old != Some(*new) && *new == Renewed::All))
            {
                renewed.insert(key.clone(), new);
                queue.extend(readers.get(key).into_iter().flatten());
            }
            changes.insert(key.clone(), found);
        }
        changes
    }

    /// What differs of an object that is there; `None` for one that is not.
    fn change(&self, key: &Key, wanted: &Wanted, renewed: &BTreeMap<Key, Renewed>) -> Option<diff::Changes> {
        let object = self.observed.objects.get(key)?;
        if renewed.get(key) == Some(&Renewed::All) && self.is_made_anew(key) {
            return None;
        }
        let stays = |hole: &Hole| match renewed.get(&hole.key) {
            Some(Renewed::All) => None,
            Some(Renewed::Version) if hole.attribute == Attribute::LatestVersionNumber => None,
            _ => self.observed.lookup(hole),
        };
        let mut target = wanted.spec.mapped(&|text| text.filled(&stays));
        let present = &object.spec;
        leave_to_others(&mut target, present);
        Some(diff::changes(present, &target))
    }

    fn wanted_step(&self, key: &Key, wanted: &Wanted, changes: Option<&diff::Changes>, plan: &mut Plan) {
        let Some(object) = self.observed.objects.get(key) else {
            if let Some(reason) = self.collision(key, &wanted.spec) {
                plan.blocked.push(Blocked {
                    key: key.clone(),
                    reason,
                });
            }
            return self.push(
                plan,
                key,
                wanted,
                Action::Create,
                "it is not there".to_owned(),
                None,
            );
        };
        match self.may_touch(key, object, changes, plan) {
            Permission::No => return,
            Permission::Yes => {}
            Permission::TakeOver(owner) => {
                let tags = Names::new(&self.desired.cluster, &self.desired.region).ownership(&owner, key);
                // What takes no tags belongs to what it is a part of, and is ours with that.
                if let Some(spec) = wanted.spec.with_tags(&tags) {
                    let after = wanted.after.clone();
                    let reason = "it is there and becomes ours".to_owned();
                    self.push(
                        plan,
                        key,
                        &Wanted { spec, after },
                        Action::Update,
                        reason,
                        changes,
                    );
                }
                return;
            }
        }
        let busy = matches!(object.state, State::Creating | State::Updating);
        let (action, reason, changes) = match (&object.state, changes) {
            (State::Deleting, _) => (Action::Create, "it is going away".to_owned(), None),
            (State::Failed(why), _) => (Action::Replace, format!("it failed: {why}"), None),
            (_, None) => return,
            (_, Some(changes)) => {
                Self::blocks(key, object, changes, wanted, plan);
                match changes.action {
                    Some(action) => (action, reason(&changes.differences), Some(changes)),
                    None if busy => (Action::Await, "it is not ready yet".to_owned(), None),
                    None => return,
                }
            }
        };
        self.push(plan, key, wanted, action, reason, changes);
    }

    /// What of the changes of an object must not be made.
    fn blocks(key: &Key, object: &Object, changes: &diff::Changes, wanted: &Wanted, plan: &mut Plan) {
        let mut block = |reason: String| {
            plan.blocked.push(Blocked {
                key: key.clone(),
                reason,
            })
        };
        if !changes.never.is_empty() {
            let what = changes.never.join("`, `");
            block(format!(
                "`{what}` cannot change as long as the cluster lives; make another cluster, or take the change back"
            ));
        }
        if let Some(reason) = version_block(&object.spec, &wanted.spec) {
            block(reason);
        }
    }

    /// Whether an object that is there may be changed; what keeps it from that goes into the plan.
    fn may_touch(
        &self,
        key: &Key,
        object: &Object,
        changes: Option<&diff::Changes>,
        plan: &mut Plan,
    ) -> Permission {
        let differs = changes.is_none_or(|changes| changes.action.is_some());
        let reason = match &object.ownership {
            Ownership::Ours => return Permission::Yes,
            // EKS's entry for the creator of the cluster may be the one that the config asks for.
            Ownership::Aws if !differs => return Permission::No,
            Ownership::Aws => return Permission::Yes,
            Ownership::Foreign if self.options.adopt => match &self.observed.cluster_id {
                Some(id) => return Permission::TakeOver(id.clone()),
                None => {
                    "it exists and is not ours; there is no cluster yet that could take it over, so delete it"
                        .to_owned()
                }
            },
            Ownership::Foreign => "it exists and is not ours; `--adopt` takes it over".to_owned(),
            Ownership::Stack(_) if !differs => {
                plan.not_ours.push(not_ours(key, object));
                return Permission::No;
            }
            Ownership::Stack(stack) => {
                format!("it belongs to the CloudFormation stack `{stack}`; change it with eksctl")
            }
        };
        plan.not_ours.push(not_ours(key, object));
        plan.blocked.push(Blocked {
            key: key.clone(),
            reason,
        });
        Permission::No
    }

    /// A subnet in the way of a new one: zones are dealt out over the VPC's addresses when it is made.
    fn collision(&self, key: &Key, spec: &Spec) -> Option<String> {
        let Spec::Subnet(new) = spec else { return None };
        let taken =
            |object: &&Object| matches!(&object.spec, Spec::Subnet(old) if old.cidr_block == new.cidr_block);
        let (other, _) = self
            .observed
            .objects
            .iter()
            .find(|(other, object)| *other != key && taken(object))?;
        let zone = &new.availability_zone;
        Some(format!(
            "`{zone}` would need the addresses of `{other}`; the zones of a network cannot change, make another cluster"
        ))
    }

    fn push(
        &self,
        plan: &mut Plan,
        key: &Key,
        wanted: &Wanted,
        action: Action,
        reason: String,
        changes: Option<&diff::Changes>,
    ) {
        let present = self
            .observed
            .objects
            .get(key)
            .map(|object| (object.spec.clone(), object.id.clone()));
        let waits = match &wanted.spec {
            Spec::Addon(addon) => {
                self.has_nodes
                    || matches!(
                        addon.addon_name.as_str(),
                        "vpc-cni" | "kube-proxy" | "eks-pod-identity-agent"
                    )
            }
            _ => true,
        };
        let (expected, slow) = durations::of(action, &wanted.spec, waits);
        let (differences, disturbs) = changes.map_or_else(Default::default, |changes| {
            (changes.differences.clone(), changes.disturbs.clone())
        });
        let mut spec = wanted.spec.clone();
        if let Some((present, _)) = &present {
            let size = match &mut spec {
                Spec::AutoScalingGroup(group) => {
                    group.desired_capacity = None;
                    "DesiredCapacity"
                }
                Spec::Nodegroup(group) => {
                    group.scaling_config.desired_size = None;
                    "ScalingConfig.DesiredSize"
                }
                _ => "",
            };
            // Only where it has to move: otherwise the call does not name it.
            if differences.iter().any(|difference| difference.path == size) {
                leave_to_others(&mut spec, present);
            }
        }
        plan.steps.push(Step {
            key: key.clone(),
            action,
            spec: Some(spec),
            present,
            needs: self
                .desired
                .needs(key)
                .into_iter()
                .map(|key| StepId { key, delete: false })
                .collect(),
            differences,
            reason,
            disturbs,
            waits,
            expected,
            slow,
        });
    }

    /// How many nodes of a group run, or will run, with an older template than the group has.
    pub(super) fn outdated(&self, key: &Key, group: &AutoScalingGroup, plan: &Plan) -> u32 {
        let step = |of: &Key| plan.steps.iter().find(|step| step.key == *of);
        if step(key).is_some_and(|step| matches!(step.action, Action::Create | Action::Replace)) {
            return 0;
        }
        let template = group.launch_template.launch_template_id.as_hole();
        if template.is_some_and(|hole| step(&hole.key).is_some()) {
            return match self.observed.objects.get(key).map(|object| &object.spec) {
                Some(Spec::AutoScalingGroup(present)) => present.desired_capacity.unwrap_or(0),
                _ => 0,
            };
        }
        let outdated = self.observed.outdated.get(key).map_or(0, BTreeSet::len);
        u32::try_from(outdated).unwrap_or(u32::MAX)
    }

    /// Nodes that run, or will run, with an older template than their group has: replaced if that was asked for, else
    /// said.
    fn rolls(&self, plan: &mut Plan) {
        for (key, wanted) in &self.desired.objects {
            let Spec::AutoScalingGroup(group) = &wanted.spec else {
                continue;
            };
            let count = self.outdated(key, group, plan);
            if count == 0 {
                continue;
            }
            let template = group.launch_template.launch_template_id.as_hole();
            let renewed = template.and_then(|hole| plan.steps.iter_mut().find(|step| step.key == hole.key));
            let nodes = if count == 1 {
                "1 node runs"
            } else {
                &format!("{count} nodes run")
            };
            if !self.options.roll {
                if let Some(step) = renewed {
                    let hint = format!("{nodes} with the old one (`--roll` replaces them)");
                    step.disturbs = Some(match step.disturbs.take() {
                        Some(disturbs) => format!("{disturbs}; {hint}"),
                        None => hint,
                    });
                }
                continue;
            }
            let (expected, slow) = durations::of(Action::Roll, &wanted.spec, true);
            let mut needs: BTreeSet<Key> = self.desired.needs(key).into_iter().collect();
            needs.insert(key.clone());
            plan.steps.push(Step {
                key: Key::nodegroup(key.nodegroup_name().unwrap_or_default(), "Nodes"),
                action: Action::Roll,
                spec: Some(wanted.spec.clone()),
                present: None,
                needs: needs
                    .into_iter()
                    .map(|key| StepId { key, delete: false })
                    .collect(),
                differences: Vec::new(),
                reason: format!("{nodes} with an older template"),
                disturbs: Some("each node gives way when its jobs are done; the rest is evicted".to_owned()),
                waits: true,
                expected: expected.saturating_mul(count),
                slow: slow.saturating_mul(count),
            });
        }
    }
}

enum Permission {
    Yes,
    No,
    /// For the life of the cluster with this id.
    TakeOver(String),
}

pub(super) fn not_ours(key: &Key, object: &Object) -> NotOurs {
    NotOurs {
        key: key.clone(),
        id: object.id.clone(),
        ownership: object.ownership.clone(),
    }
}

fn reason(differences: &[Difference]) -> String {
    let paths: Vec<&str> = differences
        .iter()
        .map(|difference| difference.path.as_str())
        .collect();
    match paths.as_slice() {
        [one] => format!("`{one}` differs"),
        _ => format!("{} properties differ", paths.len()),
    }
}
