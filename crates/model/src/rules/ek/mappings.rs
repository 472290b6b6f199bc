//! Identity mappings: principals as Kubernetes users and groups.

use super::shape::*;
use crate::{
    config::*,
    format::Arn,
    path::Path,
    problem::{Code, Place, Problem},
    rules::{Facts, Rule},
};
use std::collections::{HashMap, HashSet};

const EXCLUDES: Code = Code("EK602");
const REQUIRES: Code = Code("EK603");
pub(super) const MAPPING: Code = Code("EK650");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: EXCLUDES,
        title: "two settings exclude each other",
        doc: "\
A mapping of a whole `account` has no other field: its principals keep their ARNs as names. A mapping of an AWS service \
does not name a principal with user and groups.",
        bad: "iamIdentityMappings: [{account: '111122223333', username: admin}]\n",
        good: "iamIdentityMappings: [{account: '111122223333'}]\n",
        check: Some(exclusive_fields),
    },
    Rule {
        code: REQUIRES,
        title: "a setting needs another one",
        doc: "A mapping of an AWS service is for a namespace, so `serviceName` and `namespace` need each other.",
        bad: "iamIdentityMappings: [{serviceName: emr-containers}]\n",
        good: "iamIdentityMappings: [{serviceName: emr-containers, namespace: emr}]\n",
        check: Some(|config, _, problems| {
            each_mapping(config, |at, mapping| requires(REQUIRES, REQUIRES_ROWS, at, &mapping, problems));
        }),
    },
    Rule {
        code: MAPPING,
        title: "identity mapping of nobody",
        doc: "\
A mapping names a role or user by its ARN and says which Kubernetes user or groups it becomes. The ARN of an assumed \
role or of a root account cannot be mapped, and with `noDuplicateARNs` one ARN has one mapping.

eksctl finds these mistakes only when the control plane exists, and stops before the nodegroups.",
        bad: "iamIdentityMappings: [{arn: 'arn:aws:iam::111122223333:role/admin'}]\n",
        good: "iamIdentityMappings: [{arn: 'arn:aws:iam::111122223333:role/admin', groups: ['system:masters']}]\n",
        check: Some(mappings),
    },
];

/// Every identity mapping with its path.
fn each_mapping<'a>(config: &'a ClusterConfig, mut check: impl FnMut(&Path, &'a IAMIdentityMapping)) {
    for (index, mapping) in config.iam_identity_mappings.iter().enumerate() {
        check(&Path::root().key("iamIdentityMappings").index(index), mapping);
    }
}

type Row = (&'static str, Given<IAMIdentityMapping>);

const ACCOUNT: Row = ("account", |m| m.account.is_given());

const SERVICE: Row = ("serviceName", |m| m.service_name.is_given());

const NAMESPACE: Row = ("namespace", |m| m.namespace.is_given());

const ALONE: &str = "remove it, and map principals one by one where they need it";

const EXCLUDES_ROWS: &[Excludes<IAMIdentityMapping>] = &[
    Excludes {
        a: ACCOUNT,
        b: ("arn", |m| m.arn.is_given()),
        help: ALONE,
    },
    Excludes {
        a: ACCOUNT,
        b: ("username", |m| m.username.is_given()),
        help: ALONE,
    },
    Excludes {
        a: ACCOUNT,
        b: ("groups", |m| m.groups.is_given()),
        help: ALONE,
    },
    Excludes {
        a: ACCOUNT,
        b: SERVICE,
        help: ALONE,
    },
    Excludes {
        a: ACCOUNT,
        b: NAMESPACE,
        help: ALONE,
    },
    Excludes {
        a: SERVICE,
        b: ("arn", |m| {
            m.arn.is_given() && m.username.is_given() && m.groups.is_given()
        }),
        help: "remove `arn`, `username` and `groups`, or put them into a mapping of their own",
    },
];

const REQUIRES_ROWS: &[Requires<IAMIdentityMapping>] = &[
    Requires {
        field: SERVICE,
        needs: NAMESPACE,
        help: "name the namespace that the service may use",
    },
    Requires {
        field: NAMESPACE,
        needs: SERVICE,
        help: "name the service, or remove the namespace",
    },
];

fn exclusive_fields(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    each_mapping(config, |at, mapping| {
        excludes(EXCLUDES, EXCLUDES_ROWS, at, &mapping, problems)
    });
}

fn mappings(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let ambiguous = mapped_in_two_ways(config);
    each_mapping(config, |at, mapping| {
        let mut complain = |place: Place, message: String, help: &str| {
            problems.push(Problem::error(MAPPING, place, message).with_help(help));
        };
        if mapping.account.is_given() {
            return;
        }
        if mapping.service_name.is_given() {
            let service = mapping.service_name.or_empty();
            if service != "emr-containers" {
                let message = format!("eksctl knows no service `{service}`");
                complain(
                    Place::Value(at.key("serviceName")),
                    message,
                    "the only value is `emr-containers`",
                );
            }
            return;
        }
        let arn = mapping.arn.or_empty();
        let kind = Arn::parse(arn)
            .and_then(|arn| arn.typed_resource())
            .map(|(kind, _)| kind);
        if arn.is_empty() {
            complain(
                Place::Key(at.clone()),
                "the mapping names no principal".to_owned(),
                "give the ARN of a role or user",
            );
        } else if !matches!(kind, Some("role" | "user")) {
            let message = format!("`{arn}` is not a role or user of IAM");
            complain(
                Place::Value(at.key("arn")),
                message,
                "write it as `arn:aws:iam::111122223333:role/NAME`",
            );
        }
        if !mapping.username.is_given() && !mapping.groups.is_given() {
            let message = "the mapping gives neither user nor groups".to_owned();
            complain(Place::Key(at.clone()), message, "add `username` or `groups`");
        }
        if yes(mapping.no_duplicate_arns) && ambiguous.contains(arn) {
            let message = format!("`{arn}` is mapped in two ways");
            complain(
                Place::Value(at.key("arn")),
                message,
                "keep one mapping, or remove `noDuplicateARNs`",
            );
        }
    });
}

/// The ARNs that are mapped to different users or groups.
fn mapped_in_two_ways(config: &ClusterConfig) -> HashSet<&str> {
    let mut identities: HashMap<&str, (&str, &[String])> = HashMap::new();
    let mappings = config
        .iam_identity_mappings
        .iter()
        .filter(|mapping| mapping.arn.is_given());
    mappings
        .filter_map(|mapping| {
            let arn = mapping.arn.or_empty();
            let identity = (mapping.username.or_empty(), &mapping.groups[..]);
            (*identities.entry(arn).or_insert(identity) != identity).then_some(arn)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ek::shape::tests::*;

    #[test]
    fn rows_name_fields_of_the_schema() {
        assert_fields(EXCLUDES_ROWS);
        assert_fields(REQUIRES_ROWS);
    }
}
