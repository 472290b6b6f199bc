//! EKS Pod Identity: its agent, and associations that cannot be made.

use super::auto_mode::{auto_mode_is_on, has_addon};
use super::permissions::{
    ADDON_DEFAULTS, ADDON_IDENTITIES, each_addon, each_association, has_known_policy, is_filled,
};
use super::shape::*;
use crate::{
    config::*,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const AGENT: Code = Code("EK711");
const AGENT_ASSOCIATION: Code = Code("EK712");
pub(super) const LATE_ASSOCIATION: Code = Code("EK750");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: AGENT,
        title: "pod identity without its agent",
        doc: "\
Pod identity associations work through the add-on `eks-pod-identity-agent`, which has to be listed, in exactly this \
spelling. EKS Auto Mode brings it along.",
        bad: "\
iam:
  podIdentityAssociations:
  - {namespace: jobs, serviceAccountName: worker, roleARN: 'arn:aws:iam::111122223333:role/worker'}
",
        good: "\
addons: [{name: eks-pod-identity-agent}]
iam:
  podIdentityAssociations:
  - {namespace: jobs, serviceAccountName: worker, roleARN: 'arn:aws:iam::111122223333:role/worker'}
",
        check: Some(agent),
    },
    Rule {
        code: AGENT_ASSOCIATION,
        title: "the agent takes no association",
        doc: "\
The add-on eks-pod-identity-agent gives pods their identities. It has its own permissions from the nodes, and no \
association.",
        bad: "\
addons:
- name: eks-pod-identity-agent
  podIdentityAssociations:
  - {namespace: kube-system, serviceAccountName: agent, roleARN: 'arn:aws:iam::111122223333:role/agent'}
",
        good: "addons: [{name: eks-pod-identity-agent}]\n",
        check: Some(agent_association),
    },
    Rule {
        code: LATE_ASSOCIATION,
        title: "association that cannot be made",
        doc: "\
Pod identity associations of an add-on take no tags and no policies by name. A name of a policy has a letter or digit, and \
the policy that it names. eksctl refuses these when it makes the association, and the cluster exists already.",
        bad: "\
addons:
- name: eks-pod-identity-agent
- name: vpc-cni
  podIdentityAssociations:
  - {namespace: kube-system, serviceAccountName: aws-node, roleARN: 'arn:aws:iam::111122223333:role/cni', tags: {a: b}}
",
        good: "\
addons:
- name: eks-pod-identity-agent
- name: vpc-cni
  podIdentityAssociations:
  - {namespace: kube-system, serviceAccountName: aws-node, roleARN: 'arn:aws:iam::111122223333:role/cni'}
",
        check: Some(late_associations),
    },
];

/// The add-on behind EKS Pod Identity.
const POD_IDENTITY_AGENT: &str = "eks-pod-identity-agent";

fn agent(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if has_addon(config, POD_IDENTITY_AGENT) || auto_mode_is_on(config) {
        return;
    }
    let mut found: Vec<Path> = Vec::new();
    if config
        .iam
        .as_ref()
        .is_some_and(|iam| !iam.pod_identity_associations.is_empty())
    {
        found.push(below(&Path::root(), "iam.podIdentityAssociations"));
    }
    let all = config.addons_config.as_ref();
    if !config.addons.is_empty() && all.is_some_and(|all| yes(all.auto_apply_pod_identity_associations)) {
        found.push(below(
            &Path::root(),
            "addonsConfig.autoApplyPodIdentityAssociations",
        ));
    }
    each_addon(config, |at, addon| {
        let ways = [ADDON_IDENTITIES, ADDON_DEFAULTS];
        found.extend(
            ways.into_iter()
                .filter(|(_, is_given)| is_given(&addon))
                .map(|(key, _)| at.key(key)),
        );
    });
    for at in found {
        let problem = Problem::error(
            AGENT,
            Place::Key(at),
            format!("pod identity needs the add-on `{POD_IDENTITY_AGENT}`"),
        );
        problems.push(problem.with_help(format!("add `- name: {POD_IDENTITY_AGENT}` to `addons`")));
    }
}

fn agent_association(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_addon(config, |at, addon| {
        if addon.name == POD_IDENTITY_AGENT && ADDON_IDENTITIES.1(&addon) {
            let message = format!("`{POD_IDENTITY_AGENT}` takes no association itself");
            let place = Place::Key(at.key("podIdentityAssociations"));
            problems.push(Problem::error(AGENT_ASSOCIATION, place, message).with_help("remove it"));
        }
    });
}

fn late_associations(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    const POLICY_NAME: Requires<PodIdentityAssociation> = Requires {
        field: ("permissionPolicyName", |p| p.permission_policy_name.is_given()),
        needs: ("permissionPolicy", |p| is_filled(p.permission_policy.as_ref())),
        help: "remove the name, or write the policy that it names",
    };
    each_association(config, |at, association| {
        requires(LATE_ASSOCIATION, &[POLICY_NAME], at, &association, problems);
        let name = association.permission_policy_name.or_empty();
        if !name.is_empty() && !name.chars().any(|c| c.is_ascii_alphanumeric()) {
            let place = Place::Value(at.key("permissionPolicyName"));
            let problem = Problem::error(
                LATE_ASSOCIATION,
                place,
                format!("`{name}` is not the name of a policy"),
            );
            problems.push(problem.with_help("use letters and digits"));
        }
    });
    each_addon(config, |at, addon| {
        let list = at.key("podIdentityAssociations");
        for (index, association) in addon.pod_identity_associations.iter().flatten().enumerate() {
            let rows = [
                (
                    "wellKnownPolicies",
                    has_known_policy(association.well_known_policies.as_ref()),
                ),
                ("tags", association.tags.is_some()),
            ];
            for (key, _) in rows.into_iter().filter(|(_, is_set)| *is_set) {
                let message = format!("a pod identity association of an add-on takes no `{key}`");
                let place = Place::Key(list.index(index).key(key));
                let help = if key == "tags" {
                    "remove them"
                } else {
                    "use `permissionPolicyARNs`"
                };
                problems.push(Problem::error(LATE_ASSOCIATION, place, message).with_help(help));
            }
        }
    });
}
