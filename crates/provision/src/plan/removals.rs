//! What goes because nobody asks for it any more, and what stays all the same.

use super::{
    Action, Kept, Plan, StepId,
    apply::{Planner, not_ours},
    order::{goes_with, users},
    others::is_admin,
};
use crate::{
    key::Key,
    objects::{Replacement, Spec},
    observed::{Object, Observed, Ownership},
};
use std::collections::BTreeSet;

impl Planner<'_> {
    /// Objects that nobody asks for any more, and the old selves of those that are made anew first.
    pub(super) fn deletions(&self, plan: &mut Plan) {
        let observed = self.observed.with_holes();
        let mut gone: BTreeSet<Key> = BTreeSet::new();
        let used = self.used_by_nodes(&observed, plan);
        for (key, object) in &self.observed.objects {
            if used.contains(key) {
                plan.kept.push(Kept {
                    key: key.clone(),
                    reason: "nodes that run with an older template use it; `--roll` replaces them".to_owned(),
                });
            } else if !self.desired.objects.contains_key(key) && self.may_go(key, object, plan) {
                gone.insert(key.clone());
            }
        }
        let replaced = plan.steps.iter().filter(|step| step.action == Action::Replace);
        let anew = replaced
            .filter(|step| step.spec.as_ref().map(Spec::replacement) == Some(Replacement::CreateFirst));
        let anew: BTreeSet<Key> = anew.map(|step| step.key.clone()).collect();
        if gone.is_empty() && anew.is_empty() {
            return;
        }
        let users = users(&observed);
        for key in gone.union(&anew) {
            let Some(object) = self.observed.objects.get(key) else {
                continue;
            };
            let with_holes = observed
                .objects
                .get(key)
                .map_or(&object.spec, |object| &object.spec);
            if goes_with(with_holes, &|parent| gone.contains(parent)) {
                continue;
            }
            let reason = if anew.contains(key) {
                "another one took its place"
            } else {
                "it is no longer asked for"
            };
            let users = users.get(key).into_iter().flatten();
            let mut needs: BTreeSet<StepId> = users
                .flat_map(|user| {
                    [true, false].map(|delete| StepId {
                        key: user.clone(),
                        delete,
                    })
                })
                .collect();
            if anew.contains(key) {
                needs.insert(StepId {
                    key: key.clone(),
                    delete: false,
                });
            }
            needs.extend(self.nodes_of(key, with_holes));
            plan.steps
                .push(super::destroy::deletion(key, object, needs, reason));
        }
    }

    /// What nobody asks for any more, but nodes that stay need: they run with an older template than their group has.
    fn used_by_nodes(&self, observed: &Observed, plan: &Plan) -> BTreeSet<Key> {
        if self.options.roll {
            return BTreeSet::new();
        }
        let left = self
            .desired
            .objects
            .iter()
            .filter_map(|(key, wanted)| match &wanted.spec {
                Spec::AutoScalingGroup(group) if self.outdated(key, group, plan) > 0 => key.nodegroup_name(),
                _ => None,
            });
        let left: BTreeSet<&str> = left.collect();
        let goes = |key: &Key, object: &Object| {
            !self.desired.objects.contains_key(key) && object.ownership == Ownership::Ours
        };
        let going = || observed.objects.iter().filter(|(key, object)| goes(key, object));
        let needed = |(key, object): &(&Key, &Object)| match &object.spec {
            Spec::SecurityGroup(_) | Spec::PlacementGroup(_) | Spec::InstanceProfile(_) | Spec::Role(_) => {
                key.nodegroup_name().is_some_and(|name| left.contains(name))
            }
            // A role that is not ours does not say whose nodes have it.
            Spec::AccessEntry(entry) => !left.is_empty() && entry.r#type.is_some(),
            _ => false,
        };
        let mut used: BTreeSet<Key> = going().filter(needed).map(|(key, _)| key.clone()).collect();
        let parts = going().filter(|(_, object)| {
            let part = matches!(
                object.spec,
                Spec::IngressRule(_) | Spec::EgressRule(_) | Spec::RolePolicy(_)
            );
            part && object.spec.holes().iter().any(|hole| used.contains(&hole.key))
        });
        let parts: Vec<Key> = parts.map(|(key, _)| key.clone()).collect();
        used.extend(parts);
        used
    }

    /// The steps after which no node has what it was started with: those of its nodegroup, which replace the nodes that EKS
    /// starts, and the one that replaces the others. A role that is not ours may be that of any nodes.
    fn nodes_of(&self, key: &Key, with_holes: &Spec) -> Vec<StepId> {
        let of_any = matches!(with_holes, Spec::AccessEntry(entry) if entry.r#type.is_some());
        let read = with_holes.holes().into_iter().map(|hole| hole.key);
        let all = self.desired.objects.keys().filter(|_| of_any).cloned();
        let names: BTreeSet<String> = read
            .chain(all)
            .chain([key.clone()])
            .filter_map(|key| key.nodegroup_name().map(str::to_owned))
            .collect();
        names
            .iter()
            .flat_map(|name| {
                ["NodeGroup", "ManagedNodeGroup", "Nodes"].map(|part| Key::nodegroup(name, part))
            })
            .filter(|step| step != key)
            .map(|key| StepId { key, delete: false })
            .collect()
    }

    /// Whether an object that is not asked for goes; why not is in the plan.
    fn may_go(&self, key: &Key, object: &Object, plan: &mut Plan) -> bool {
        let kept = match (&object.ownership, &object.spec) {
            (Ownership::Aws, _) => return false,
            (Ownership::Foreign | Ownership::Stack(_), _) => {
                plan.not_ours.push(not_ours(key, object));
                return false;
            }
            (Ownership::Ours, Spec::LogGroup(_)) => "the logs in it would be lost; `lb destroy` removes it",
            (Ownership::Ours, Spec::AccessEntry(entry)) => {
                let own = self.observed.caller.as_deref();
                if own.is_some() && entry.principal_arn.as_literal() == own {
                    "it is the entry of whoever runs this"
                } else if self.is_last_admin(key) {
                    "it is the last administrator of the cluster"
                } else {
                    return true;
                }
            }
            (Ownership::Ours, _) => return true,
        };
        plan.kept.push(Kept {
            key: key.clone(),
            reason: kept.to_owned(),
        });
        false
    }

    /// Whether nobody else could administer the cluster: neither who is there nor who will be.
    fn is_last_admin(&self, key: &Key) -> bool {
        let present = self
            .observed
            .objects
            .iter()
            .map(|(key, object)| (key, &object.spec));
        let stays = |(other, _): &(&Key, &Spec)| *other != key && self.desired.objects.contains_key(*other);
        let aws = |(other, _): &(&Key, &Spec)| {
            self.observed
                .objects
                .get(*other)
                .is_some_and(|object| object.ownership == Ownership::Aws)
        };
        let this = self
            .observed
            .objects
            .get(key)
            .is_some_and(|object| is_admin(&object.spec));
        this && !present
            .filter(|entry| stays(entry) || aws(entry))
            .any(|(_, spec)| is_admin(spec))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Options, applied::applied, plan};
    use super::*;
    use crate::{
        desired::{Desired, desired, tests::config},
        facts::AccountFacts,
    };
    use lb_model::catalog::Catalog;

    fn want(group: &str) -> Desired {
        let text = format!(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: lb, region: us-west-2, version: '1.34'}}\n\
             nodeGroups: [{{name: a, instanceType: c5n.18xlarge, {group}}}]\n"
        );
        let catalog = Catalog::builtin();
        desired(
            &config(&text),
            &AccountFacts::assumed(catalog, "us-west-2"),
            catalog,
        )
        .unwrap()
    }

    /// What is kept of the nodegroup and what goes.
    fn planned(nodes: u32, options: Options) -> (Vec<String>, Plan) {
        let adapters = want(&format!("desiredCapacity: {nodes}, minSize: 0, efaEnabled: true"));
        let profile = "iam: {instanceProfileARN: 'arn:aws:iam::111122223333:instance-profile/given'}";
        let to = want(&format!("desiredCapacity: {nodes}, minSize: 0, {profile}"));
        let plan = plan(&to, &applied(&adapters), options);
        let kept = plan.kept.iter().map(|kept| kept.key.to_string());
        (kept.collect(), plan)
    }

    fn deleted(plan: &Plan) -> Vec<&str> {
        let deletions = plan.steps.iter().filter(|step| step.action == Action::Delete);
        deletions
            .map(|step| step.key.as_str())
            .filter(|key| !key.contains("DaemonSet") && !key.contains("ServiceAccount"))
            .collect()
    }

    const PARTS: [&str; 7] = [
        "ng:a/AccessEntry",
        "ng:a/EFASG",
        "ng:a/EFASG/egress/-1/all/ng:a/EFASG",
        "ng:a/EFASG/ingress/-1/all/ng:a/EFASG",
        "ng:a/NodeGroupPlacementGroup",
        "ng:a/NodeInstanceProfile",
        "ng:a/NodeInstanceRole",
    ];

    #[test]
    fn what_older_nodes_use_stays_as_long_as_they_do() {
        let (kept, plan) = planned(2, Options::default());
        assert_eq!(kept, PARTS);
        assert_eq!(deleted(&plan), Vec::<&str>::new());
        // Without nodes nothing is in use.
        let (kept, plan) = planned(0, Options::default());
        assert_eq!(kept, Vec::<String>::new());
        let mut gone = deleted(&plan);
        gone.sort_unstable();
        assert_eq!(gone, PARTS);
    }

    #[test]
    fn what_older_nodes_use_goes_when_they_are_replaced() {
        let roll = Options {
            roll: true,
            ..Options::default()
        };
        let (kept, plan) = planned(2, roll);
        assert_eq!(kept, Vec::<String>::new());
        let nodes = StepId {
            key: Key::nodegroup("a", "Nodes"),
            delete: false,
        };
        for part in PARTS {
            let deletes =
                |step: &&super::super::Step| step.action == Action::Delete && step.key.as_str() == part;
            let step = plan
                .steps
                .iter()
                .find(deletes)
                .unwrap_or_else(|| panic!("{part}"));
            assert!(step.needs.contains(&nodes), "{part}");
        }
    }
}
