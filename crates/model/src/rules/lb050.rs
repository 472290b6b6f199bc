//! The service accounts that the Leaderboard's workloads run as.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, OrEmpty},
    leaderboard::{Edition, SUBMISSION_WORKER, is_leaderboard},
    path::Path,
    problem::{Code, Place, Problem},
};

const CODE: Code = Code("LB050");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "service account of the Leaderboard missing",
    doc: "\
The manifests that are applied to the cluster later name three service accounts and do not make them: \
`kube-system/fluentd`, `kube-system/cluster-autoscaler` and `default/submission-worker`. Without one of them its pods \
are not made at all.

The rule looks at clusters whose edition is known, by the annotation `lb/edition` or by a Leaderboard name that ends \
with `-10` or `-20`. Pod identity associations count as well.",
    bad: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: fluentd, namespace: kube-system}
    attachPolicyARNs: [arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy]
  - metadata: {name: submission-worker}
    attachPolicyARNs: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]
",
    good: "\
metadata: {name: leaderboard-20, region: us-west-2, version: '1.35'}
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: {name: fluentd, namespace: kube-system}
    attachPolicyARNs: [arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy]
  - metadata: {name: cluster-autoscaler, namespace: kube-system}
    wellKnownPolicies: {autoScaler: true}
  - metadata: {name: submission-worker}
    attachPolicyARNs: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]
",
    check: Some(check),
};

/// Namespace, name, and what needs it.
const REQUIRED: &[(&str, &str, &str)] = &[
    ("kube-system", "fluentd", "log shipping needs"),
    ("kube-system", "cluster-autoscaler", "the autoscaler needs"),
    ("default", SUBMISSION_WORKER, "the jobs need"),
];

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if Edition::of(config).is_none() || !is_leaderboard(config) {
        return;
    }
    let mut present: Vec<(&str, &str)> = Vec::new();
    if let Some(iam) = &config.iam {
        for metadata in iam
            .service_accounts
            .iter()
            .filter_map(|account| account.metadata.as_ref())
        {
            present.push((metadata.namespace.or_empty(), &metadata.name));
        }
        for identity in &iam.pod_identity_associations {
            present.push((
                identity.namespace.or_empty(),
                identity.service_account_name.or_empty(),
            ));
        }
    }
    let accounts = Path::root().key("iam").key("serviceAccounts");
    let has_accounts = config
        .iam
        .as_ref()
        .is_some_and(|iam| !iam.service_accounts.is_empty());
    let place = if has_accounts {
        Place::Key(accounts)
    } else {
        Place::Value(accounts)
    };
    for (namespace, name, need) in REQUIRED {
        let is_there = |(given, given_name): &(&str, &str)| {
            let given = if given.is_empty() { "default" } else { given };
            given == *namespace && given_name == name
        };
        if !present.iter().any(is_there) {
            let message = format!("there is no service account `{namespace}/{name}`, which {need}");
            problems.push(Problem::warning(CODE, place.clone(), message).with_help(format!(
                "add it to `iam.serviceAccounts`, with `name: {name}` and `namespace: {namespace}`"
            )));
        }
    }
}
