//! Copies of a pool that have drifted apart.

use super::{Facts, Rule, pools::has_gpus};
use crate::{
    config::{ClusterConfig, NodeGroupRef, NodeGroupSSH, OrEmpty},
    leaderboard::is_leaderboard,
    problem::{Code, Edit, Fix, Place, Problem},
};
use serde_json::Value;
use std::collections::BTreeMap;

const CODE: Code = Code("LB023");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "GPU pools that have drifted apart",
    doc: "\
GPU pools are copies of each other that differ in instance type and size. When the image of one is changed and that of \
another is not, jobs behave differently from pool to pool, and results cannot be compared.

A warning is a GPU group whose `amiFamily`, `ami`, `volumeSize` or SSH key is not that of most GPU groups, if more than \
half agree. While a new image is tried on one pool, say so with `# lb: allow LB023 reason`. The rule looks at \
Leaderboard clusters only: annotation `lb/edition`, a name with `leaderboard`, or a service account \
`submission-worker`.",
    bad: "\
nodeGroups:
  - {name: a, instanceType: g5.xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: b, instanceType: g5.2xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: c, instanceType: g5.4xlarge, amiFamily: Ubuntu2204, ami: ami-0fedcba9876543210, overrideBootstrapCommand: run}
",
    good: "\
nodeGroups:
  - {name: a, instanceType: g5.xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: b, instanceType: g5.2xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
  - {name: c, instanceType: g5.4xlarge, amiFamily: Ubuntu2204, ami: ami-0123456789abcdef0, overrideBootstrapCommand: run}
",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    if !is_leaderboard(config) {
        return;
    }
    let mut pools: Vec<_> = config
        .all_node_groups()
        .filter(|group| has_gpus(group, facts))
        .collect();
    for (field, value) in FIELDS {
        if let Some(usual) = usual(&pools, value) {
            // A group without a key is not less alike, only less open.
            let is_other = |pool: &&NodeGroupRef<'_>| {
                let value = value(pool);
                value != usual && !(field.starts_with("ssh") && value == "")
            };
            let others = pools.iter().filter(is_other);
            problems.extend(others.map(|pool| differs(pool, field, &usual)));
        }
        // Images of another family are other images anyway, so groups of another family are done with.
        if *field == "amiFamily"
            && let Some(usual) = usual(&pools, value)
        {
            pools.retain(|pool| value(pool) == usual);
        }
    }
}

/// Reads what a pool has.
type Read = fn(&NodeGroupRef<'_>) -> Value;

/// What the pools share, and how to read it.
const FIELDS: &[(&str, Read)] = &[
    ("amiFamily", |pool| match pool.ami_family.or_empty() {
        "" => "AmazonLinux2023".into(),
        name => name.into(),
    }),
    ("ami", |pool| pool.ami.or_empty().into()),
    ("volumeSize", |pool| (*pool.volume_size).into()),
    ("ssh.publicKey", |pool| key(pool, |ssh| &ssh.public_key)),
    ("ssh.publicKeyName", |pool| key(pool, |ssh| &ssh.public_key_name)),
];

fn key(pool: &NodeGroupRef<'_>, field: fn(&NodeGroupSSH) -> &Option<String>) -> Value {
    pool.ssh.as_ref().map_or("", |ssh| field(ssh).or_empty()).into()
}

/// What more than half of the pools have.
fn usual(pools: &[NodeGroupRef<'_>], value: &Read) -> Option<Value> {
    let mut counts: BTreeMap<String, (usize, Value)> = BTreeMap::new();
    for value in pools.iter().map(value) {
        counts.entry(value.to_string()).or_insert((0, value)).0 += 1;
    }
    let most = counts.into_values().find(|(count, _)| count * 2 > pools.len());
    most.map(|(_, value)| value)
}

fn differs(pool: &NodeGroupRef<'_>, field: &str, usual: &Value) -> Problem {
    let path = field.split('.').fold(pool.path(), |path, key| path.key(key));
    let message = format!("`{}` has another `{field}` than the other GPU pools", pool.name);
    let problem = Problem::warning(CODE, Place::Value(path.clone()), message);
    if usual.is_null() || usual == "" {
        return problem.with_help(format!("remove `{field}`, as in the others"));
    }
    let name = usual.as_str().map_or_else(|| usual.to_string(), str::to_owned);
    let edits = vec![Edit::Set {
        path,
        value: usual.clone(),
    }];
    let (help, title) = if name.len() > 40 {
        (
            "use that of the others".to_owned(),
            "Use that of the others".to_owned(),
        )
    } else {
        (format!("use `{name}`"), format!("Use {name}"))
    };
    problem.with_help(help).with_fix(Fix::on_request(title, edits))
}
