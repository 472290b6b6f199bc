//! Who may use the cluster: access entries, identity mappings, identity providers.

use super::shape::*;
use crate::{
    config::*,
    format::Arn,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK601");
const ONE_OF: Code = Code("EK604");
const FORMAT: Code = Code("EK606");
const UNIQUE: Code = Code("EK607");
const SCOPE: Code = Code("EK610");
const NODE_ENTRY: Code = Code("EK611");
const NO_ENTRIES: Code = Code("EK612");
const CREATOR: Code = Code("EK613");
pub(super) const MODE: Code = Code("EK651");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "a field of an access is missing",
        doc: "\
An access entry is for a principal, and each of its policies has an ARN and a scope. An identity provider has a name, \
a client and an issuer.",
        bad: "accessConfig: {accessEntries: [{type: STANDARD}]}\n",
        good: "accessConfig: {accessEntries: [{principalARN: 'arn:aws:iam::111122223333:role/admin'}]}\n",
        check: Some(required_fields),
    },
    Rule {
        code: ONE_OF,
        title: "a setting has an unknown value",
        doc: "The type of an access entry and of an identity provider have a fixed set of values.",
        bad: "\
accessConfig: {accessEntries: [{principalARN: 'arn:aws:iam::111122223333:role/admin', type: standard}]}
",
        good: "\
accessConfig: {accessEntries: [{principalARN: 'arn:aws:iam::111122223333:role/admin', type: STANDARD}]}
",
        check: Some(known_values),
    },
    Rule {
        code: FORMAT,
        title: "not an access policy",
        doc: "\
An access policy of EKS has an ARN of its own kind, `arn:aws:eks::aws:cluster-access-policy/NAME`; policies of IAM \
are something else.",
        bad: "\
accessConfig:
  accessEntries:
  - principalARN: arn:aws:iam::111122223333:role/admin
    accessPolicies:
    - {policyARN: 'arn:aws:iam::aws:policy/AdministratorAccess', accessScope: {type: cluster}}
",
        good: "\
accessConfig:
  accessEntries:
  - principalARN: arn:aws:iam::111122223333:role/admin
    accessPolicies:
    - policyARN: arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy
      accessScope: {type: cluster}
",
        check: Some(policy_arns),
    },
    Rule {
        code: UNIQUE,
        title: "two access entries of one principal",
        doc: "A principal has one access entry in a cluster; its groups and policies go together into it.",
        bad: "\
accessConfig:
  accessEntries:
  - {principalARN: 'arn:aws:iam::111122223333:role/admin'}
  - {principalARN: 'arn:aws:iam::111122223333:role/admin'}
",
        good: "accessConfig: {accessEntries: [{principalARN: 'arn:aws:iam::111122223333:role/admin'}]}\n",
        check: Some(principals_are_unique),
    },
    Rule {
        code: SCOPE,
        title: "scope of an access policy contradicts",
        doc: "\
An access policy holds in the whole cluster (`type: cluster`, without namespaces) or in some namespaces (`type: \
namespace`, with their names).",
        bad: "\
accessConfig:
  accessEntries:
  - principalARN: arn:aws:iam::111122223333:role/admin
    accessPolicies:
    - policyARN: arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy
      accessScope: {type: namespace}
",
        good: "\
accessConfig:
  accessEntries:
  - principalARN: arn:aws:iam::111122223333:role/admin
    accessPolicies:
    - policyARN: arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy
      accessScope: {type: namespace, namespaces: [jobs]}
",
        check: Some(scopes),
    },
    Rule {
        code: NODE_ENTRY,
        title: "access entry of nodes has rights",
        doc: "\
Entries of the types `EC2_LINUX`, `EC2_WINDOWS`, `FARGATE_LINUX` and `HYBRID_LINUX` let nodes join. EKS gives them \
user and groups, so they take neither `kubernetesUsername`, `kubernetesGroups` nor `accessPolicies`.",
        bad: "\
accessConfig:
  accessEntries:
  - {principalARN: 'arn:aws:iam::111122223333:role/node', type: EC2_LINUX, kubernetesGroups: [admins]}
",
        good: "\
accessConfig:
  accessEntries:
  - {principalARN: 'arn:aws:iam::111122223333:role/node', type: EC2_LINUX}
",
        check: Some(node_entries),
    },
    Rule {
        code: NO_ENTRIES,
        title: "access entries in ConfigMap mode",
        doc: "\
In the authentication mode `CONFIG_MAP` there are no access entries. A control plane on Outposts without \
`etcdInstanceType` has this mode by default.",
        bad: "\
accessConfig:
  authenticationMode: CONFIG_MAP
  accessEntries: [{principalARN: 'arn:aws:iam::111122223333:role/admin'}]
",
        good: "\
accessConfig:
  authenticationMode: API_AND_CONFIG_MAP
  accessEntries: [{principalARN: 'arn:aws:iam::111122223333:role/admin'}]
",
        check: Some(entries_need_a_mode),
    },
    Rule {
        code: CREATOR,
        title: "nobody could let the nodes join",
        doc: "\
Self-managed nodes join by an entry that the creator of the cluster makes for their role. If the creator does not \
become administrator, the creator needs an access entry, and a mode that has access entries.",
        bad: "\
accessConfig: {bootstrapClusterCreatorAdminPermissions: false}
nodeGroups: [{name: worker}]
",
        good: "\
accessConfig:
  bootstrapClusterCreatorAdminPermissions: false
  accessEntries:
  - principalARN: arn:aws:iam::111122223333:role/admin
    accessPolicies:
    - policyARN: arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy
      accessScope: {type: cluster}
nodeGroups: [{name: worker}]
",
        check: Some(creator),
    },
    Rule {
        code: MODE,
        title: "unknown authentication mode",
        doc: "\
The authentication mode is `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`, in exactly this case. eksctl passes any value \
on, and EKS refuses it.",
        bad: "accessConfig: {authenticationMode: api}\n",
        good: "accessConfig: {authenticationMode: API}\n",
        check: Some(|config, _, problems| {
            one_of(MODE, MODE_ROWS, &Path::root(), &config, problems);
        }),
    },
];

fn entries(config: &ClusterConfig) -> &[AccessEntry] {
    config
        .access_config
        .as_ref()
        .map_or(&[], |access| &access.access_entries)
}

/// Every access entry with its path.
fn each_entry<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a AccessEntry)) {
    let list = below(&Path::root(), "accessConfig.accessEntries");
    for (index, entry) in entries(config).iter().enumerate() {
        check(&list.index(index), entry);
    }
}

/// Every policy of every access entry with its path.
fn each_policy<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a AccessPolicy)) {
    each_entry(config, |at, entry| {
        for (index, policy) in entry.access_policies.iter().enumerate() {
            check(&at.key("accessPolicies").index(index), policy);
        }
    });
}

const ENTRY_ROWS: &[Required<AccessEntry>] = &[Required {
    path: "principalARN",
    missing: |e| !is_arn(e.principal_arn.as_deref()),
    help: "give the ARN of a role or user",
}];

const POLICY_ROWS: &[Required<AccessPolicy>] = &[
    Required {
        path: "policyARN",
        missing: |p| !is_arn(p.policy_arn.as_deref()),
        help: "give the ARN of an access policy, as in `arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`",
    },
    Required {
        path: "accessScope.type",
        missing: |p| scope(p).is_empty(),
        help: "write `cluster`, or `namespace` with the names of namespaces",
    },
];

const PROVIDER_ROWS: &[Required<IdentityProvider>] = &[
    Required {
        path: "name",
        missing: |p| p.name.is_empty(),
        help: "give the configuration a name",
    },
    Required {
        path: "clientID",
        missing: |p| p.client_id.is_empty(),
        help: "name the client that tokens are for",
    },
    Required {
        path: "issuerURL",
        missing: |p| p.issuer_url.is_empty(),
        help: "give the URL of the issuer",
    },
];

fn scope(policy: &AccessPolicy) -> &str {
    policy
        .access_scope
        .as_ref()
        .map_or("", |scope| scope.r#type.or_empty())
}

fn required_fields(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_entry(config, |at, entry| {
        required(REQUIRED, ENTRY_ROWS, at, &entry, problems)
    });
    each_policy(config, |at, policy| {
        required(REQUIRED, POLICY_ROWS, at, &policy, problems)
    });
    for (index, provider) in config.identity_providers.iter().enumerate() {
        let at = Path::root().key("identityProviders").index(index);
        required(REQUIRED, PROVIDER_ROWS, &at, &provider, problems);
    }
}

const ENTRY_VALUES: &[OneOf<AccessEntry>] = &[OneOf {
    path: "type",
    values: |e| e.r#type.as_slice(),
    any_case: false,
    may_be_empty: true,
}];

const POLICY_VALUES: &[OneOf<AccessPolicy>] = &[OneOf {
    path: "accessScope.type",
    values: |p| {
        p.access_scope
            .as_ref()
            .map_or(&[], |scope| scope.r#type.as_slice())
    },
    any_case: false,
    may_be_empty: true,
}];

const PROVIDER_VALUES: &[OneOf<IdentityProvider>] = &[OneOf {
    path: "type",
    values: |p| std::slice::from_ref(&p.r#type),
    any_case: false,
    may_be_empty: true,
}];

const MODE_ROWS: &[OneOf<ClusterConfig>] = &[OneOf {
    path: "accessConfig.authenticationMode",
    values: |c| {
        c.access_config
            .as_ref()
            .map_or(&[], |access| access.authentication_mode.as_slice())
    },
    any_case: false,
    may_be_empty: true,
}];

fn known_values(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_entry(config, |at, entry| {
        one_of(ONE_OF, ENTRY_VALUES, at, &entry, problems)
    });
    each_policy(config, |at, policy| {
        one_of(ONE_OF, POLICY_VALUES, at, &policy, problems)
    });
    for (index, provider) in config.identity_providers.iter().enumerate() {
        let at = Path::root().key("identityProviders").index(index);
        one_of(ONE_OF, PROVIDER_VALUES, &at, &provider, problems);
        if provider.r#type.is_empty() {
            let problem = Problem::error(ONE_OF, Place::Key(at), "an identity provider has a type");
            problems.push(problem.with_help("write `type: oidc`"));
        }
    }
}

fn policy_arns(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_policy(config, |at, policy| {
        let text = policy.policy_arn.or_empty();
        let kind = Arn::parse(text)
            .filter(|_| is_arn(Some(text)))
            .map(|arn| arn.typed_resource());
        if kind.is_some_and(|kind| kind.is_none_or(|(kind, _)| kind != "cluster-access-policy")) {
            let message = format!("`{text}` is not an access policy of EKS");
            let problem = Problem::error(FORMAT, Place::Value(at.key("policyARN")), message);
            problems.push(problem.with_help("write it as `arn:aws:eks::aws:cluster-access-policy/NAME`"));
        }
    });
}

fn principals_are_unique(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let mut principals = Vec::new();
    each_entry(config, |at, entry| {
        principals.push((entry.principal_arn.or_empty().to_owned(), at.key("principalARN")));
    });
    let help = "put groups and policies of both into one entry";
    unique(UNIQUE, "has another access entry", help, principals, problems);
}

fn scopes(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_policy(config, |at, policy| {
        let has_names = policy
            .access_scope
            .as_ref()
            .is_some_and(|scope| scope.namespaces.is_given());
        let (message, help) = match scope(policy) {
            "cluster" if has_names => (
                "the whole cluster has all namespaces",
                "remove them, or write `type: namespace`",
            ),
            "namespace" if !has_names => (
                "the namespaces of the policy are missing",
                "list them, or write `type: cluster`",
            ),
            _ => return,
        };
        let place = Place::Value(below(at, "accessScope.namespaces"));
        problems.push(Problem::error(SCOPE, place, message).with_help(help));
    });
}

fn node_entries(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_entry(config, |at, entry| {
        let kind = entry.r#type.or_empty();
        if !matches!(
            kind,
            "EC2_LINUX" | "EC2_WINDOWS" | "FARGATE_LINUX" | "HYBRID_LINUX"
        ) {
            return;
        }
        let rights = [
            ("kubernetesGroups", entry.kubernetes_groups.is_given()),
            ("kubernetesUsername", entry.kubernetes_username.is_given()),
            ("accessPolicies", entry.access_policies.is_given()),
        ];
        for (key, _) in rights.into_iter().filter(|(_, is_set)| *is_set) {
            let message = format!("an entry of type `{kind}` takes no `{key}`");
            let problem = Problem::error(NODE_ENTRY, Place::Value(at.key(key)), message);
            problems.push(problem.with_help("remove it, or make the entry `STANDARD`"));
        }
    });
}

/// Whether the cluster looks for principals in the ConfigMap only.
fn is_config_map_mode(config: &ClusterConfig) -> bool {
    match config
        .access_config
        .as_ref()
        .map_or("", |access| access.authentication_mode.or_empty())
    {
        "" => config
            .outpost
            .as_ref()
            .is_some_and(|outpost| !outpost.etcd_instance_type.is_given()),
        mode => mode == "CONFIG_MAP",
    }
}

fn entries_need_a_mode(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !entries(config).is_empty() && is_config_map_mode(config) {
        let place = Place::Key(below(&Path::root(), "accessConfig.accessEntries"));
        let message = "there are no access entries in the authentication mode `CONFIG_MAP`";
        let problem = Problem::error(NO_ENTRIES, place, message);
        problems.push(problem.with_help("choose `authenticationMode: API_AND_CONFIG_MAP`"));
    }
}

fn creator(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let access = config.access_config.as_ref();
    let is_admin = !access.is_some_and(|access| no(access.bootstrap_cluster_creator_admin_permissions));
    if is_admin || config.node_groups.is_empty() {
        return;
    }
    let help = if is_config_map_mode(config) {
        "remove it, or choose another `authenticationMode`"
    } else if entries(config).is_empty() {
        "remove it, or add an access entry for whoever creates the cluster"
    } else {
        return;
    };
    let place = Place::Value(below(
        &Path::root(),
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
    ));
    let message = "nobody would have the right to let self-managed nodes join";
    problems.push(Problem::error(CREATOR, place, message).with_help(help));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(ENTRY_ROWS);
        assert_fields(POLICY_ROWS);
        assert_fields(PROVIDER_ROWS);
        assert_values(ENTRY_VALUES);
        assert_values(POLICY_VALUES);
        assert_values(PROVIDER_VALUES);
        assert_values(MODE_ROWS);
    }
}
