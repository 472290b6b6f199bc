//! Zones that have the machines.

use super::{Facts, Rule, pools::instance_types};
use crate::{
    config::ClusterConfig,
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB032");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "zone does not offer the instance type",
    doc: "\
GPU types are not offered in every zone, nor in every region. A nodegroup in a zone without its type fails when it is \
made; one that spans several zones loses that share of its capacity.

An error is a region that does not offer the type at all. A warning is a zone named in `availabilityZones`, of the \
nodegroup or else of the cluster, that does not: AWS deals out the letters of zones per account in its oldest regions, so \
only an account can say for certain. The catalog's list has a date; regions that it does not know are not judged.",
    bad: "nodeGroups: [{name: gpu, instanceType: g5.xlarge, availabilityZones: [us-west-2a, us-west-2d]}]\n",
    good: "nodeGroups: [{name: gpu, instanceType: g5.xlarge, availabilityZones: [us-west-2a, us-west-2b]}]\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let region = config.metadata.region.as_str();
    for group in config.all_node_groups() {
        let own = !group.availability_zones.is_empty();
        // The cluster's zones hold for groups that choose neither zones nor subnets.
        let (list, zones) = if own || !group.subnets.is_empty() {
            (group.path().key("availabilityZones"), group.availability_zones)
        } else {
            (Path::root().key("availabilityZones"), &config.availability_zones)
        };
        for (path, name) in instance_types(&group) {
            if facts.catalog.is_retired(name) {
                continue;
            }
            let Some(offering) = facts.catalog.zones_offering(name, region) else {
                continue;
            };
            if offering.is_empty() {
                let message = format!("no zone of `{region}` has `{name}`");
                problems.push(
                    Problem::error(CODE, Place::Value(path), message)
                        .with_help("take another type or region"),
                );
                continue;
            }
            let has = offering
                .iter()
                .map(|zone| format!("`{zone}`"))
                .collect::<Vec<_>>()
                .join(", ");
            for (index, zone) in zones
                .iter()
                .enumerate()
                .filter(|(_, zone)| !offering.contains(zone))
            {
                let message = format!("`{zone}` does not offer `{name}`, which `{}` runs on", group.name);
                let problem = Problem::warning(CODE, Place::Value(list.index(index)), message)
                    .with_help(format!("use {has}"))
                    .with_related(Place::Value(path.clone()), "asked for here");
                problems.push(if own {
                    // `2a` of `us-west-2a`.
                    let short: Vec<&str> = offering
                        .iter()
                        .map(|zone| zone.rsplit('-').next().unwrap_or(zone))
                        .collect();
                    let edits = vec![Edit::Set {
                        path: list.clone(),
                        value: offering.clone().into(),
                    }];
                    problem.with_fix(Fix::on_request(format!("Use {}", short.join(", ")), edits))
                } else {
                    problem
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{problem::Severity, testing::found};

    fn say(text: &str) -> Vec<(Severity, String)> {
        let problems = found(check, text).into_iter();
        problems
            .map(|problem| (problem.severity, problem.message))
            .collect()
    }

    #[test]
    fn the_cluster_s_zones_hold_for_groups_without_their_own() {
        let text =
            "metadata: {region: us-west-2}\navailabilityZones: [us-west-2a, us-west-2d]\nnodeGroups:\n";
        assert_eq!(say(&format!("{text}- {{name: a, instanceType: t3.large}}\n")), []);
        assert_eq!(
            say(&format!(
                "{text}- {{name: a, instanceType: g5.xlarge, subnets: [subnet-1]}}\n"
            )),
            []
        );
        let said = say(&format!("{text}- {{name: a, instanceType: g5.xlarge}}\n"));
        assert_eq!(
            said,
            [(
                Severity::Warning,
                "`us-west-2d` does not offer `g5.xlarge`, which `a` runs on".to_owned()
            )]
        );
    }

    #[test]
    fn a_region_without_the_type_is_an_error_and_an_unknown_one_is_none() {
        let said =
            say("metadata: {region: us-west-1}\nnodeGroups: [{name: a, instanceType: p5e.48xlarge}]\n");
        assert_eq!(
            said,
            [(
                Severity::Error,
                "no zone of `us-west-1` has `p5e.48xlarge`".to_owned()
            )]
        );
        assert_eq!(
            say("metadata: {region: mx-central-1}\nnodeGroups: [{name: a, instanceType: g5.xlarge}]\n"),
            []
        );
    }
}
