//! The cluster itself: identity, version, logs, encryption, Auto Mode and what is installed with it.

use super::auto_mode::auto_mode_is_on;
use super::shape::*;
use crate::{
    catalog::minor,
    config::*,
    format::{Arn, LooseVersion},
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};

const REQUIRED: Code = Code("EK101");
const EXCLUDES: Code = Code("EK102");
const REQUIRES: Code = Code("EK103");
const ONE_OF: Code = Code("EK104");
const RANGE: Code = Code("EK105");
const FORMAT: Code = Code("EK106");
const UNIQUE: Code = Code("EK107");
pub(super) const VERSION: Code = Code("EK110");
const ZONES: Code = Code("EK111");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: REQUIRED,
        title: "a field of the cluster is missing",
        doc: "\
A cluster needs `metadata.name` and `metadata.region`. A block for encryption, Karpenter or Flux needs what makes it \
work: `secretsEncryption.keyARN`, `karpenter.version`, and `gitProvider` and `flags` under `gitops.flux`.",
        bad: "metadata: {name: leaderboard-20}\n",
        good: "metadata: {name: leaderboard-20, region: us-west-2}\n",
        check: Some(|config, _, problems| {
            required(REQUIRED, REQUIRED_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
In Auto Mode the nodes have either a role of your own (`nodeRoleARN`) or a role to be made, which may have a \
permissions boundary. An empty `nodePools` means that there are no nodes, so there is no role for them either.",
        bad: "\
autoModeConfig:
  enabled: true
  nodeRoleARN: arn:aws:iam::111122223333:role/node
  permissionsBoundaryARN: arn:aws:iam::111122223333:policy/boundary
",
        good: "\
autoModeConfig:
  enabled: true
  nodeRoleARN: arn:aws:iam::111122223333:role/node
",
        check: Some(|config, _, problems| {
            excludes(EXCLUDES, EXCLUDES_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: REQUIRES,
        title: "a setting needs another one",
        doc: "\
A retention of logs needs kinds of log to keep, Karpenter needs IAM roles for service accounts, and the settings of \
Auto Mode need Auto Mode.",
        bad: "cloudWatch: {clusterLogging: {logRetentionInDays: 30}}\n",
        good: "cloudWatch: {clusterLogging: {enableTypes: [audit], logRetentionInDays: 30}}\n",
        check: Some(|config, _, problems| {
            requires(REQUIRES, REQUIRES_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: ONE_OF,
        title: "a setting has an unknown value",
        doc: "\
The region, the support type, kinds of log, days of retention and pools of Auto Mode each have a fixed set of values. \
`*` or `all` among the kinds of log means all of them, whatever else is listed.",
        bad: "upgradePolicy: {supportType: standard}\n",
        good: "upgradePolicy: {supportType: STANDARD}\n",
        check: Some(one_of_the_known),
    },
    Rule {
        code: RANGE,
        title: "a number is out of range",
        doc: "The time for a rollback is between two hours (120 minutes) and a week (10080 minutes).",
        bad: "metadata: {name: a, region: us-west-2, rollbackConfig: {timeoutMinutes: 60}}\n",
        good: "metadata: {name: a, region: us-west-2, rollbackConfig: {timeoutMinutes: 120}}\n",
        check: Some(|config, _, problems| {
            range(RANGE, RANGE_ROWS, &Path::root(), &config, problems);
        }),
    },
    Rule {
        code: FORMAT,
        title: "a text has the wrong form",
        doc: "\
The name of a cluster has letters, digits and dashes only, because names of AWS objects are made from it. The key of \
`secretsEncryption` is an ARN. Karpenter's version is a version number, at least 0.20.0.",
        bad: "metadata: {name: leaderboard_20, region: us-west-2}\n",
        good: "metadata: {name: leaderboard-20, region: us-west-2}\n",
        check: Some(formats),
    },
    Rule {
        code: UNIQUE,
        title: "a node pool is listed twice",
        doc: "Each built-in node pool of Auto Mode can be listed once.",
        bad: "autoModeConfig: {enabled: true, nodePools: [system, system]}\n",
        good: "autoModeConfig: {enabled: true, nodePools: [system]}\n",
        check: Some(node_pools_are_unique),
    },
    Rule {
        code: VERSION,
        title: "not a Kubernetes version of EKS",
        doc: "\
A Kubernetes version on EKS is `1.NN`, in quotes: without patch number and without `v`. Also allowed are `auto`, \
which is the same as no version at all, and `latest`.

A version of the right form that the catalog does not know is a warning: it may be too old, or newer than the catalog.",
        bad: "metadata: {name: leaderboard-20, region: us-west-2, version: 1.34.2}\n",
        good: "metadata: {name: leaderboard-20, region: us-west-2, version: '1.34'}\n",
        check: Some(version),
    },
    Rule {
        code: ZONES,
        title: "a single availability zone",
        doc: "\
EKS puts the control plane into at least two zones, so `availabilityZones` lists none, and zones are chosen, or at \
least two.",
        bad: "availabilityZones: [us-west-2a]\n",
        good: "availabilityZones: [us-west-2a, us-west-2b]\n",
        check: Some(zones),
    },
];

/// The settings of Auto Mode, as absent as the block itself may be.
fn auto<T>(config: &ClusterConfig, of: impl Fn(&AutoModeConfig) -> Option<T>) -> Option<T> {
    config.auto_mode_config.as_ref().and_then(of)
}

const REQUIRED_ROWS: &[Required<ClusterConfig>] = &[
    Required {
        path: "metadata.name",
        missing: |c| c.metadata.name.is_empty(),
        help: "give the cluster a name, such as `leaderboard-20`",
    },
    Required {
        path: "metadata.region",
        missing: |c| c.metadata.region.is_empty(),
        help: "name the AWS region, such as `us-west-2`",
    },
    Required {
        path: "secretsEncryption.keyARN",
        missing: |c| {
            c.secrets_encryption
                .as_ref()
                .is_some_and(|s| s.key_arn.is_empty())
        },
        help: "give the ARN of a KMS key, or remove `secretsEncryption`",
    },
    Required {
        path: "karpenter.version",
        missing: |c| c.karpenter.as_ref().is_some_and(|k| k.version.is_empty()),
        help: "give a version of Karpenter, or remove `karpenter`",
    },
    Required {
        path: "gitops.flux.gitProvider",
        missing: |c| flux(c).is_some_and(|flux| !flux.git_provider.is_given()),
        help: "name where the repository is, such as `github`",
    },
    Required {
        path: "gitops.flux.flags",
        missing: |c| flux(c).is_some_and(|flux| flux.flags.is_empty()),
        help: "give the flags of `flux bootstrap`, such as `owner` and `repository`",
    },
];

fn flux(config: &ClusterConfig) -> Option<&Flux> {
    config.gitops.as_ref().and_then(|gitops| gitops.flux.as_ref())
}

const NODE_ROLE: (&str, Given<ClusterConfig>) = ("autoModeConfig.nodeRoleARN", |c| {
    c.auto_mode_config
        .as_ref()
        .is_some_and(|auto| is_arn(auto.node_role_arn.as_deref()))
});
const NODE_BOUNDARY: (&str, Given<ClusterConfig>) = ("autoModeConfig.permissionsBoundaryARN", |c| {
    c.auto_mode_config
        .as_ref()
        .is_some_and(|auto| is_arn(auto.permissions_boundary_arn.as_deref()))
});
const NO_POOLS: (&str, Given<ClusterConfig>) = ("autoModeConfig.nodePools", |c| {
    auto(c, |a| a.node_pools.as_ref().map(Vec::is_empty)) == Some(true)
});
const AUTO_MODE_ON: (&str, Given<ClusterConfig>) = ("autoModeConfig.enabled", |c| auto_mode_is_on(c));

const EXCLUDES_ROWS: &[Excludes<ClusterConfig>] = &[
    Excludes {
        a: NODE_ROLE,
        b: NODE_BOUNDARY,
        help: "remove one of them: the boundary is for a role that is made",
    },
    Excludes {
        a: NODE_ROLE,
        b: NO_POOLS,
        help: "list a node pool, or remove the role",
    },
    Excludes {
        a: NODE_BOUNDARY,
        b: NO_POOLS,
        help: "list a node pool, or remove the boundary",
    },
];

const REQUIRES_ROWS: &[Requires<ClusterConfig>] = &[
    Requires {
        field: ("cloudWatch.clusterLogging.logRetentionInDays", |c| {
            retention(c).is_some()
        }),
        needs: ("cloudWatch.clusterLogging.enableTypes", |c| {
            logging(c).is_some_and(|logging| logging.enable_types.is_given())
        }),
        help: "list the logs to keep, such as `audit`, or `all`",
    },
    Requires {
        field: ("karpenter", |c| c.karpenter.is_some()),
        needs: ("iam.withOIDC", |c| {
            c.iam.as_ref().is_some_and(|iam| yes(iam.with_oidc))
        }),
        help: "set `iam.withOIDC: true`",
    },
    Requires {
        field: NODE_ROLE,
        needs: AUTO_MODE_ON,
        help: "set `autoModeConfig.enabled: true`",
    },
    Requires {
        field: NODE_BOUNDARY,
        needs: AUTO_MODE_ON,
        help: "set `autoModeConfig.enabled: true`",
    },
    Requires {
        field: ("autoModeConfig.nodePools", |c| {
            auto(c, |a| a.node_pools.as_ref().map(Vec::is_empty)) == Some(false)
        }),
        needs: AUTO_MODE_ON,
        help: "set `autoModeConfig.enabled: true`",
    },
];

fn logging(config: &ClusterConfig) -> Option<&ClusterCloudWatchLogging> {
    config
        .cloud_watch
        .as_ref()
        .and_then(|watch| watch.cluster_logging.as_ref())
}

/// The days that logs are kept; eksctl takes 0 for absent.
fn retention(config: &ClusterConfig) -> Option<i64> {
    logging(config)
        .and_then(|logging| logging.log_retention_in_days)
        .filter(|days| *days != 0)
}

const RANGE_ROWS: &[Range<ClusterConfig>] = &[Range {
    path: "metadata.rollbackConfig.timeoutMinutes",
    value: |c| {
        c.metadata
            .rollback_config
            .as_ref()
            .and_then(|rollback| rollback.timeout_minutes)
    },
    min: 120,
    max: 10_080,
}];

const ONE_OF_ROWS: &[OneOf<ClusterConfig>] = &[
    OneOf {
        path: "upgradePolicy.supportType",
        values: |c| {
            c.upgrade_policy
                .as_ref()
                .map_or(&[], |policy| policy.support_type.as_slice())
        },
        any_case: false,
        may_be_empty: true,
    },
    OneOf {
        path: "cloudWatch.clusterLogging.enableTypes",
        values: |c| match logging(c) {
            Some(logging)
                if !logging
                    .enable_types
                    .iter()
                    .any(|kind| kind == "*" || kind == "all") =>
            {
                &logging.enable_types
            }
            _ => &[][..],
        },
        any_case: false,
        may_be_empty: false,
    },
    OneOf {
        path: "autoModeConfig.nodePools",
        values: |c| {
            c.auto_mode_config
                .as_ref()
                .and_then(|auto| auto.node_pools.as_deref())
                .unwrap_or_default()
        },
        any_case: false,
        may_be_empty: false,
    },
];

fn one_of_the_known(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    one_of(ONE_OF, ONE_OF_ROWS, &Path::root(), &config, problems);
    let regions: Vec<&str> = facts.catalog.regions().iter().map(|region| region.name).collect();
    let at = below(&Path::root(), "metadata.region");
    if !config.metadata.region.is_empty() {
        problems.extend(not_among(ONE_OF, at, &config.metadata.region, &regions, false));
    }

    const RETENTION: &str = "cloudWatch.clusterLogging.logRetentionInDays";
    let allowed = schema_field(ClusterConfig::schema(), RETENTION).map_or(&[][..], |field| field.values);
    let allowed: Vec<i64> = allowed.iter().filter_map(|days| days.parse().ok()).collect();
    let wrong = retention(config).filter(|days| !allowed.contains(days));
    if let (Some(days), Some(most)) = (wrong, allowed.last()) {
        let next = allowed.iter().find(|other| **other > days).unwrap_or(most);
        let place = Place::Value(below(&Path::root(), RETENTION));
        let problem = Problem::error(
            ONE_OF,
            place,
            format!("CloudWatch does not keep logs for {days} days"),
        );
        problems.push(problem.with_help(format!("choose {next}, the next number that it offers")));
    }
}

/// Whether a text has letters, digits and dashes only. eksctl promises more in its message, but checks this.
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The problem of a name that is not [plain](is_plain_name); the empty name is another rule's.
pub(super) fn check_name(code: Code, at: Path, name: &str, problems: &mut Vec<Problem>) {
    if !is_plain_name(name) {
        let plain: String = name
            .trim()
            .chars()
            .map(|c| if is_plain_name(&c.to_string()) { c } else { '-' })
            .collect();
        let message = format!("`{at}` has other characters than letters, digits and dashes");
        let problem = Problem::error(code, Place::Value(at), message);
        problems.push(problem.with_help(format!("write `{}`, for example", plain.trim_matches('-'))));
    }
}

fn formats(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let root = Path::root();
    check_name(
        FORMAT,
        below(&root, "metadata.name"),
        &config.metadata.name,
        problems,
    );
    if let Some(key) = config
        .secrets_encryption
        .as_ref()
        .map(|secrets| secrets.key_arn.as_str())
        && !key.is_empty()
        && Arn::parse(key).is_none()
    {
        let place = Place::Value(below(&root, "secretsEncryption.keyARN"));
        let problem = Problem::error(FORMAT, place, format!("`{key}` is not an ARN"));
        problems.push(
            problem.with_help("write the key's ARN, as in `arn:aws:kms:us-west-2:111122223333:key/...`"),
        );
    }
    if let Some(version) = config
        .karpenter
        .as_ref()
        .map(|karpenter| karpenter.version.as_str())
        && !version.is_empty()
        && !LooseVersion::parse(version).is_some_and(|version| version.is_at_least(&[0, 20, 0]))
    {
        let place = Place::Value(below(&root, "karpenter.version"));
        let message = format!("`{version}` is not a version of Karpenter from 0.20.0 on");
        problems.push(
            Problem::error(FORMAT, place, message).with_help("write the version's number, as in `1.6.1`"),
        );
    }
}

fn node_pools_are_unique(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let pools = config
        .auto_mode_config
        .as_ref()
        .and_then(|auto| auto.node_pools.as_deref());
    let at = below(&Path::root(), "autoModeConfig.nodePools");
    unique(
        UNIQUE,
        "is listed already",
        "remove one of them",
        items(&at, pools.unwrap_or_default()),
        problems,
    );
}

fn version(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let version = config.metadata.version.or_empty();
    let place = Place::Value(below(&Path::root(), "metadata.version"));
    if matches!(version, "" | "auto" | "latest") || facts.catalog.version(version).is_some() {
        return;
    }
    if minor(version).is_some() {
        let message =
            format!("Kubernetes `{version}` is not in the catalog, so nothing is known of its support");
        problems.push(Problem::warning(VERSION, place, message).with_help("check the number"));
        return;
    }
    let number = version.trim().trim_start_matches(['v', 'V']);
    let parts: Vec<&str> = number.splitn(3, '.').collect();
    let meant = parts
        .get(..2)
        .map(|parts| parts.join("."))
        .filter(|short| minor(short).is_some());
    let newest = facts
        .catalog
        .versions()
        .iter()
        .rfind(|version| version.eksctl)
        .map(|version| version.name);
    let help = match (meant, newest) {
        (Some(meant), _) => format!("write `\"{meant}\"`"),
        (None, Some(newest)) => format!("write a version such as `\"{newest}\"`, with quotes"),
        (None, None) => "write a version of the form `\"1.NN\"`, with quotes".to_owned(),
    };
    let message = format!("`{version}` is not a Kubernetes version of EKS");
    problems.push(Problem::error(VERSION, place, message).with_help(help));
}

fn zones(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if let [only] = &config.availability_zones[..] {
        let place = Place::Value(Path::root().key("availabilityZones"));
        let message = format!("`{only}` is the only zone, and a control plane needs two");
        problems.push(
            Problem::error(ZONES, place, message)
                .with_help("add another zone of the region, or remove the list"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(REQUIRED_ROWS);
        assert_fields(EXCLUDES_ROWS);
        assert_fields(REQUIRES_ROWS);
        assert_fields(RANGE_ROWS);
        assert_values(ONE_OF_ROWS);
    }
}
