//! Instance types that cannot be had.

use super::{Facts, Rule, pools::instance_types};
use crate::{
    catalog::Catalog,
    config::ClusterConfig,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB031");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "instance type does not exist",
    doc: "\
eksctl does not look whether an instance type exists; the Auto Scaling group then fails to start anything.

An error is a size that a known family does not have, as in `g5.3xlarge`. A warning is a family that the catalog did not \
know on its day, for AWS adds new ones, and a type that AWS no longer starts: p2, most of p3, g3.",
    bad: "nodeGroups: [{name: gpu, instanceType: g5.3xlarge}]\n",
    good: "nodeGroups: [{name: gpu, instanceType: g5.4xlarge}]\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    for group in config.all_node_groups() {
        for (path, name) in instance_types(&group) {
            let place = Place::Value(path.clone());
            if facts.catalog.is_retired(name) {
                let message = format!("AWS no longer starts `{name}`");
                problems.push(
                    Problem::warning(CODE, place, message)
                        .with_help("take a newer type, such as `g5.xlarge`"),
                );
            } else if facts.catalog.instance(name).is_none() {
                problems.push(unknown(facts.catalog, name, place));
            }
        }
    }
}

fn unknown(catalog: &Catalog, name: &str, place: Place) -> Problem {
    let Place::Value(path) = &place else {
        return Problem::error(CODE, place, String::new());
    };
    let path = path.clone();
    let (family, _) = name.split_once('.').unwrap_or((name, ""));
    let sizes: Vec<&str> = catalog
        .instances()
        .iter()
        .filter(|instance| instance.family() == family)
        .map(|instance| instance.name)
        .collect();
    if sizes.is_empty() {
        let message = format!(
            "no instance type `{name}` was known on {}",
            catalog.instances_known_as_of()
        );
        return Problem::warning(CODE, place, message)
            .with_help("check its name, or take one such as `g5.xlarge`");
    }
    let problem =
        Problem::error(CODE, place, format!("family `{family}` has no size `{name}`")).with_help(format!(
            "take one of {}",
            sizes
                .iter()
                .map(|size| format!("`{size}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ));
    match sizes.iter().find(|size| size.eq_ignore_ascii_case(name)) {
        None => problem,
        Some(size) => {
            let edits = vec![Edit::Set {
                path,
                value: (*size).into(),
            }];
            problem.with_fix(Fix::safe(format!("Use {size}"), edits))
        }
    }
}
