//! eksctl's own validation: what it refuses before it calls AWS, and what it refuses only later but can be seen
//! in the file. The first digit of a code is its section, one file each; 01 to 07 are the shapes that every
//! section has (missing, excludes, needs, values, range, form, unique), 10 and up are single rules, 50 and up are
//! what eksctl itself finds too late or not at all.

mod access;
mod auto_mode;
mod cluster;
mod group;
mod images;
mod ipv6;
mod labels;
mod managed;
mod mappings;
mod network;
mod node_group;
mod outposts;
mod permissions;
mod pod_identities;
mod self_managed;
mod shape;
mod sizes;
mod stricter;
mod subnets;

use super::Rule;

pub(crate) use cluster::is_plain_name;
pub use stricter::STRICTER;

/// The rules of each section.
pub(super) static SECTIONS: &[&[Rule]] = &[
    cluster::RULES,
    auto_mode::RULES,
    network::RULES,
    subnets::RULES,
    ipv6::RULES,
    node_group::RULES,
    images::RULES,
    sizes::RULES,
    labels::RULES,
    self_managed::RULES,
    managed::RULES,
    access::RULES,
    mappings::RULES,
    permissions::RULES,
    pod_identities::RULES,
    outposts::RULES,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::ClusterConfig,
        path::{Path, Segment},
        problem::Place,
        rules::Facts,
        schema::Shape,
    };

    /// Whether a config could have a value at the path.
    fn is_in_schema(path: &Path) -> bool {
        let root = Shape::Struct(ClusterConfig::schema);
        let step = |shape: Shape, segment: &Segment| match (shape, segment) {
            (Shape::Struct(of), Segment::Key(key)) => of().field(key).map(|field| field.shape),
            (Shape::List(item) | Shape::ListOrMap(item, _), Segment::Index(_)) => Some(*item),
            (Shape::Map(item) | Shape::ListOrMap(_, item), Segment::Key(_)) => Some(*item),
            (Shape::AnyMap | Shape::Any, _) => Some(Shape::Any),
            _ => None,
        };
        path.segments().iter().try_fold(root, step).is_some()
    }

    #[test]
    fn every_problem_of_the_examples_is_at_a_place_of_the_schema() {
        let mut places = 0;
        for rule in SECTIONS.iter().copied().flatten() {
            let config: ClusterConfig = serde_yaml::from_str(rule.bad).unwrap();
            let mut problems = Vec::new();
            rule.check.unwrap()(
                &config,
                &Facts::on(jiff::civil::date(2026, 11, 23)),
                &mut problems,
            );
            assert!(
                problems.iter().all(|problem| problem.help.is_some()),
                "{} helps",
                rule.code
            );
            let related = problems
                .iter()
                .flat_map(|problem| problem.related.iter().map(|(place, _)| place));
            for place in problems.iter().map(|problem| &problem.place).chain(related) {
                let (Place::Key(path) | Place::Value(path)) = place else {
                    panic!("{}: {place:?}", rule.code)
                };
                assert!(is_in_schema(path), "{}: {path}", rule.code);
                places += 1;
            }
        }
        assert!(places > 70, "{places}");
    }

    #[test]
    fn a_sound_config_has_no_problem() {
        let config: ClusterConfig = serde_yaml::from_str(
            "metadata: {name: leaderboard-20, region: us-west-2, version: '1.34'}
iam:
  withOIDC: true
  serviceAccounts: [{metadata: {name: fluentd}, attachPolicy: {}}]
nodeGroups: [{name: basic-worker, instanceType: t3.large, desiredCapacity: 1, volumeSize: 100}]
managedNodeGroups: [{name: managed, minSize: 0, maxSize: 3, labels: {role: worker}}]
",
        )
        .unwrap();
        let mut problems = Vec::new();
        for check in SECTIONS.iter().copied().flatten().filter_map(|rule| rule.check) {
            check(
                &config,
                &Facts::on(jiff::civil::date(2026, 11, 23)),
                &mut problems,
            );
        }
        assert_eq!(problems, []);
    }
}
