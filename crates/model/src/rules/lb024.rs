//! Images and the region and version that they are for.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, OrEmpty},
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB024");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "image of another region or version",
    doc: "\
An image exists in one region only, and is made for one Kubernetes version. When a config moves to another region, or \
to another version, the image must move with it: instances of a missing image never start, and nodes with a kubelet \
more than three versions old, or newer than the control plane, are refused.

Without an account the rule knows the images that Leaderboard configs have named so far. An error is a region in which \
the image does not exist, a warning a version that it was not made for. Whether any other image exists is asked when \
there is an account.",
    bad: "\
metadata: {name: leaderboard-20, region: us-east-1, version: '1.35'}
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2004
    ami: ami-05c54e41645c675fe
    overrideBootstrapCommand: /etc/eks/bootstrap.sh leaderboard-20
",
    good: "\
metadata: {name: leaderboard-20, region: us-east-1, version: '1.35'}
nodeGroups:
  - name: gpu
    amiFamily: Ubuntu2204
    ami: ami-0123456789abcdef0
    overrideBootstrapCommand: /etc/eks/bootstrap.sh leaderboard-20
",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let region = config.metadata.region.as_str();
    let version = config.metadata.version.or_empty();
    let here = |key: &str| Place::Value(Path::root().key("metadata").key(key));
    for group in config.all_node_groups() {
        let Some(image) = facts.catalog.image(group.ami.or_empty()) else {
            continue;
        };
        let path = group.path().key("ami");
        let place = Place::Value(path.clone());
        if !region.is_empty() && image.region != region {
            let message = format!("image `{}` exists in `{}` only", image.id, image.region);
            let edits = vec![Edit::Remove { path }];
            problems.push(
                Problem::error(CODE, place, message)
                    .with_help(format!(
                        "name an image of `{region}`, or go back to `{}`",
                        image.region
                    ))
                    .with_fix(Fix::on_request("Remove the image id", edits))
                    .with_related(here("region"), "the cluster's region"),
            );
        } else if !version.is_empty() && image.version != version {
            let message = format!("image `{}` is made for Kubernetes `{}`", image.id, image.version);
            problems.push(
                Problem::warning(CODE, place, message)
                    .with_help(format!("name an image for `{version}`"))
                    .with_related(here("version"), "the cluster's version"),
            );
        }
    }
}
