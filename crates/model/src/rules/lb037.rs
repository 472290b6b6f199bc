//! SSH from anywhere.

use super::{Facts, Rule};
use crate::{
    config::{ClusterConfig, NodeGroupRef, OrEmpty},
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB037");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "port 22 open to the internet",
    doc: "\
A key under `ssh` turns SSH on, also without `allow: true`. Unless `sourceSecurityGroupIds` names who may come, or the \
nodes are in private subnets, the nodegroup's security group then lets the whole internet reach port 22 of nodes with \
public addresses, as eksctl does it. Nothing of the Leaderboard needs that.

Remove `ssh`, say `allow: false` and keep the key for later, name security groups, or set `privateNetworking`. Session \
Manager reaches nodes without any open port.",
    bad: "\
nodeGroups:
  - name: gpu
    ssh:
      publicKeyName: operators
",
    good: "\
nodeGroups:
  - name: gpu
    ssh:
      publicKeyName: operators
      sourceSecurityGroupIds: [sg-0123456789abcdef0]
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    let private = config
        .private_cluster
        .as_ref()
        .is_some_and(|private| private.enabled == Some(true));
    if private {
        return;
    }
    let open: Vec<_> = config.all_node_groups().filter(is_open).collect();
    let what = match open.as_slice() {
        [one] => format!("`{}`", one.name),
        several => format!("{} nodegroups", several.len()),
    };
    for group in &open {
        let path = group.path().key("ssh");
        let edits = vec![Edit::Remove { path: path.clone() }];
        problems.push(
            Problem::warning(
                CODE,
                Place::Key(path),
                format!("port 22 of {what} is open to the whole internet"),
            )
            .with_help("set `ssh.sourceSecurityGroupIds` or `ssh.allow: false`, or remove `ssh`")
            .with_fix(Fix::on_request("Remove the key", edits)),
        );
    }
}

/// Whether anyone may reach port 22 of its nodes.
fn is_open(group: &NodeGroupRef<'_>) -> bool {
    let Some(ssh) = group.ssh else { return false };
    let keys = [&ssh.public_key, &ssh.public_key_name, &ssh.public_key_path];
    let allowed = ssh
        .allow
        .unwrap_or_else(|| keys.iter().any(|key| !key.or_empty().is_empty()));
    allowed && ssh.source_security_group_ids.is_empty() && *group.private_networking != Some(true)
}
