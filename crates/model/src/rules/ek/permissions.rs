//! Permissions of pods, and the add-ons that need them: service accounts, pod identities, add-ons.

use super::group::is_settings;
use super::shape::*;
use crate::{
    config::*,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK701");
const EXCLUDES: Code = Code("EK702");
const REQUIRES: Code = Code("EK703");
pub(super) const FORMAT: Code = Code("EK706");
const UNIQUE: Code = Code("EK707");
const NO_POLICY: Code = Code("EK710");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "a name is missing",
        doc: "\
Service accounts and add-ons have names; a pod identity association says for which `namespace` and \
`serviceAccountName` it is.",
        bad: "addons: [{version: latest}]\n",
        good: "addons: [{name: coredns, version: latest}]\n",
        check: Some(required_fields),
    },
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
An add-on gets its permissions in one way: an existing role, policy ARNs, a policy document or policies by name, or pod \
identity associations, or those that it recommends. An association with an existing `roleARN` takes no policies.",
        bad: "\
addons:
- name: aws-ebs-csi-driver
  serviceAccountRoleARN: arn:aws:iam::111122223333:role/ebs
  wellKnownPolicies: {ebsCSIController: true}
",
        good: "addons: [{name: aws-ebs-csi-driver, wellKnownPolicies: {ebsCSIController: true}}]\n",
        check: Some(exclusive_fields),
    },
    Rule {
        code: REQUIRES,
        title: "a setting needs another one",
        doc: "\
Roles of service accounts need the cluster's OpenID Connect provider (`iam.withOIDC: true`).",
        bad: "\
iam:
  serviceAccounts: [{metadata: {name: logs}, wellKnownPolicies: {autoScaler: true}}]
",
        good: "\
iam:
  withOIDC: true
  serviceAccounts: [{metadata: {name: logs}, wellKnownPolicies: {autoScaler: true}}]
",
        check: Some(needed),
    },
    Rule {
        code: FORMAT,
        title: "a text has the wrong form",
        doc: "\
A namespace of an add-on has lower-case letters, digits and dashes, begins with a letter, ends with a letter or digit, and \
has at most 63 characters. Its `configurationValues` are JSON, or a map in YAML.",
        bad: "addons: [{name: coredns, namespaceConfig: {namespace: Kube_System}}]\n",
        good: "addons: [{name: coredns, namespaceConfig: {namespace: kube-system}}]\n",
        check: Some(formats),
    },
    Rule {
        code: UNIQUE,
        title: "two service accounts of one name",
        doc: "\
A service account is listed once: namespace and name together are unique. Without namespace it is in `default`.",
        bad: "\
iam:
  withOIDC: true
  serviceAccounts:
  - {metadata: {name: logs}, attachPolicyARNs: ['arn:aws:iam::aws:policy/CloudWatchLogsFullAccess']}
  - {metadata: {name: logs, namespace: default}, wellKnownPolicies: {autoScaler: true}}
",
        good: "\
iam:
  withOIDC: true
  serviceAccounts:
  - {metadata: {name: logs}, attachPolicyARNs: ['arn:aws:iam::aws:policy/CloudWatchLogsFullAccess']}
  - {metadata: {name: logs, namespace: jobs}, wellKnownPolicies: {autoScaler: true}}
",
        check: Some(accounts_are_unique),
    },
    Rule {
        code: NO_POLICY,
        title: "a role without permissions",
        doc: "\
A service account or pod identity association names what its role may do: an existing role, policy ARNs, a policy \
document, or policies by name.",
        bad: "iam: {withOIDC: true, serviceAccounts: [{metadata: {name: logs}}]}\n",
        good: "\
iam: {withOIDC: true, serviceAccounts: [{metadata: {name: logs}, wellKnownPolicies: {autoScaler: true}}]}
",
        check: Some(permissions),
    },
];

/// Every add-on with its path.
pub(super) fn each_addon<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a Addon)) {
    for (index, addon) in config.addons.iter().enumerate() {
        check(&Path::root().key("addons").index(index), addon);
    }
}

/// Every pod identity association, of the cluster and of add-ons, with its path.
pub(super) fn each_association<'a>(
    config: &'a ClusterConfig,
    mut check: impl FnMut(&Path, &'a PodIdentityAssociation),
) {
    let own = config
        .iam
        .as_ref()
        .map_or(&[][..], |iam| &iam.pod_identity_associations);
    for (index, association) in own.iter().enumerate() {
        check(
            &below(&Path::root(), "iam.podIdentityAssociations").index(index),
            association,
        );
    }
    each_addon(config, |at, addon| {
        for (index, association) in addon.pod_identity_associations.iter().flatten().enumerate() {
            check(&at.key("podIdentityAssociations").index(index), association);
        }
    });
}

/// Every service account with its path.
fn each_account<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a ClusterIAMServiceAccount)) {
    let accounts = config.iam.as_ref().map_or(&[][..], |iam| &iam.service_accounts);
    for (index, account) in accounts.iter().enumerate() {
        check(&below(&Path::root(), "iam.serviceAccounts").index(index), account);
    }
}

fn account_name(account: &ClusterIAMServiceAccount) -> &str {
    account.metadata.as_ref().map_or("", |metadata| &metadata.name)
}

const ADDON_ROWS: &[Required<Addon>] = &[Required {
    path: "name",
    missing: |a| a.name.is_empty(),
    help: "name the add-on, such as `vpc-cni`",
}];

const ASSOCIATION_ROWS: &[Required<PodIdentityAssociation>] = &[
    Required {
        path: "namespace",
        missing: |p| !p.namespace.is_given(),
        help: "name the namespace of the pods",
    },
    Required {
        path: "serviceAccountName",
        missing: |p| !p.service_account_name.is_given(),
        help: "name the service account of the pods",
    },
];

fn required_fields(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_account(config, |at, account| {
        if account_name(account).is_empty() {
            let at = at.key("metadata").key("name");
            let problem = Problem::error(REQUIRED, Place::Value(at.clone()), format!("`{at}` is missing"));
            problems.push(problem.with_help("name the Kubernetes service account"));
        }
    });
    each_addon(config, |at, addon| {
        required(REQUIRED, ADDON_ROWS, at, &addon, problems)
    });
    each_association(config, |at, association| {
        required(REQUIRED, ASSOCIATION_ROWS, at, &association, problems)
    });
}

/// Whether policies are chosen by name; those that are set to false do not count.
pub(super) fn has_known_policy(policies: Option<&WellKnownPolicies>) -> bool {
    policies.is_some_and(|policies| {
        let flags = [
            policies.image_builder,
            policies.auto_scaler,
            policies.aws_load_balancer_controller,
            policies.external_dns,
            policies.cert_manager,
            policies.ebs_csi_controller,
            policies.efs_csi_controller,
        ];
        flags.into_iter().any(yes)
    })
}

pub(super) fn is_filled(document: Option<&AnyMap>) -> bool {
    document.is_some_and(|document| !document.is_empty())
}

pub(super) type AddonRow = (&'static str, Given<Addon>);

/// The ways to a role for an add-on's service account.
const ADDON_ROLE: [AddonRow; 4] = [
    ("serviceAccountRoleARN", |a| a.service_account_role_arn.is_given()),
    ("attachPolicyARNs", |a| a.attach_policy_arns.is_given()),
    // An empty document counts for eksctl.
    ("attachPolicy", |a| a.attach_policy.is_some()),
    ("wellKnownPolicies", |a| {
        has_known_policy(a.well_known_policies.as_ref())
    }),
];
pub(super) const ADDON_IDENTITIES: AddonRow = ("podIdentityAssociations", |a| {
    a.pod_identity_associations
        .as_ref()
        .is_some_and(|associations| !associations.is_empty())
});
pub(super) const ADDON_DEFAULTS: AddonRow = ("useDefaultPodIdentityAssociations", |a| {
    yes(a.use_default_pod_identity_associations)
});

type AssociationRow = (&'static str, Given<PodIdentityAssociation>);

const ASSOCIATION_POLICIES: [AssociationRow; 3] = [
    ("permissionPolicy", |p| is_filled(p.permission_policy.as_ref())),
    ("permissionPolicyARNs", |p| p.permission_policy_arns.is_given()),
    ("wellKnownPolicies", |p| {
        has_known_policy(p.well_known_policies.as_ref())
    }),
];
const ASSOCIATION_ROLE: AssociationRow = ("roleARN", |p| p.role_arn.is_given());

fn exclusive_fields(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let pair = |a: AddonRow, b: AddonRow| {
        [Excludes::<Addon> {
            a,
            b,
            help: "keep one way to get permissions",
        }]
    };
    each_addon(config, |at, addon| {
        for (index, b) in ADDON_ROLE.iter().enumerate() {
            for a in ADDON_ROLE.iter().take(index) {
                excludes(EXCLUDES, &pair(*a, *b), at, &addon, problems);
            }
            excludes(EXCLUDES, &pair(*b, ADDON_IDENTITIES), at, &addon, problems);
            excludes(EXCLUDES, &pair(*b, ADDON_DEFAULTS), at, &addon, problems);
        }
        excludes(
            EXCLUDES,
            &pair(ADDON_IDENTITIES, ADDON_DEFAULTS),
            at,
            &addon,
            problems,
        );
    });
    each_association(config, |at, association| {
        for b in ASSOCIATION_POLICIES {
            let help = "remove it, and give the existing role what the pods need";
            let row = Excludes::<PodIdentityAssociation> {
                a: ASSOCIATION_ROLE,
                b,
                help,
            };
            excludes(EXCLUDES, &[row], at, &association, problems);
        }
    });
}

fn needed(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let iam = config.iam.as_ref();
    if iam.is_some_and(|iam| !iam.service_accounts.is_empty() && !yes(iam.with_oidc)) {
        let place = Place::Key(below(&Path::root(), "iam.serviceAccounts"));
        let message = "roles of service accounts need the cluster's OpenID Connect provider";
        problems.push(Problem::error(REQUIRES, place, message).with_help("set `iam.withOIDC: true`"));
    }
}

/// Whether a text is a namespace that begins with a letter.
fn is_namespace(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn formats(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_addon(config, |at, addon| {
        let namespace = addon
            .namespace_config
            .as_ref()
            .map_or("", |config| config.namespace.or_empty());
        if !namespace.is_empty() && !is_namespace(namespace) {
            let place = Place::Value(below(at, "namespaceConfig.namespace"));
            let problem = Problem::error(FORMAT, place, format!("`{namespace}` is not a namespace"));
            let help = "use at most 63 lower-case letters, digits and dashes, beginning with a letter";
            problems.push(problem.with_help(help));
        }
    });
    each_addon(config, |at, addon| {
        let values = addon.configuration_values.or_empty();
        let is_json = || serde_json::from_str::<serde::de::IgnoredAny>(values).is_ok();
        if !values.is_empty() && !is_settings(values) && !is_json() {
            let place = Place::Value(at.key("configurationValues"));
            let problem = Problem::error(FORMAT, place, "this is neither JSON nor a map in YAML");
            problems.push(problem.with_help("write the settings as a block: `configurationValues: |-`"));
        }
    });
}

fn accounts_are_unique(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let mut accounts = Vec::new();
    each_account(config, |at, account| {
        let namespace = account
            .metadata
            .as_ref()
            .map_or("", |metadata| metadata.namespace.or_empty());
        let namespace = if namespace.is_empty() {
            "default"
        } else {
            namespace
        };
        accounts.push((
            format!("{namespace}/{}", account_name(account)),
            below(at, "metadata.name"),
        ));
    });
    let help = "put the permissions of both into one";
    unique(UNIQUE, "is another service account", help, accounts, problems);
}

fn permissions(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_account(config, |at, account| {
        let is_given = has_known_policy(account.well_known_policies.as_ref())
            || account.attach_policy_arns.is_given()
            || account.attach_policy.is_some()
            || account.attach_role_arn.is_given();
        if !is_given {
            let message = format!("service account `{}` has no permissions", account_name(account));
            let help = "add `attachPolicyARNs`, `attachPolicy`, `wellKnownPolicies` or `attachRoleARN`";
            problems.push(Problem::error(NO_POLICY, Place::Key(at.clone()), message).with_help(help));
        }
    });
    each_association(config, |at, association| {
        let mut ways = ASSOCIATION_POLICIES.into_iter().chain([ASSOCIATION_ROLE]);
        if !ways.any(|(_, is_given)| is_given(&association)) {
            let message = "the pod identity association has no permissions";
            let help = "add `roleARN`, `permissionPolicyARNs`, `permissionPolicy` or `wellKnownPolicies`";
            problems.push(Problem::error(NO_POLICY, Place::Key(at.clone()), message).with_help(help));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(ADDON_ROWS);
        assert_fields(ASSOCIATION_ROWS);
        for (path, _) in ADDON_ROLE.iter().chain([&ADDON_IDENTITIES, &ADDON_DEFAULTS]) {
            assert_path(Addon::schema(), path);
        }
        for (path, _) in ASSOCIATION_POLICIES.iter().chain([&ASSOCIATION_ROLE]) {
            assert_path(PodIdentityAssociation::schema(), path);
        }
    }
}
