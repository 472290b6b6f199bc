//! What keeps nodes from joining, or from ever taking pods.

use super::{Facts, Rule};
use crate::{
    config::{AddonsConfig, ClusterConfig, NodeGroupKind, NodeGroupRef},
    format::Arn,
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
};

const CODE: Code = Code("LB042");

/// What a node may do to join, as AWS's policy says it.
const WORKER: &str = "AmazonEKSWorkerNodePolicy";
/// What the network plugin may do, where it has the rights of its node.
const PLUGIN: &str = "AmazonEKS_CNI_Policy";
/// The add-on that gives pods their network.
const NETWORK: &str = "vpc-cni";
const EVERYWHERE: &str = "0.0.0.0/0";

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "nodes that cannot join the cluster",
    doc: "\
Nodes that never become ready are the costliest mistake: instances start and are paid for, and the create fails after \
twenty minutes. Three of its causes stand in the config.

A warning is `vpc.publicAccessCIDRs` without private access, for nodes reach the API through the public endpoint then, \
and their own addresses are not on the list; default add-ons switched off without the add-on `vpc-cni`, because \
without a network plugin no node becomes ready; and `iam.attachPolicyARNs` without `AmazonEKSWorkerNodePolicy`, or \
without `AmazonEKS_CNI_Policy` where the plugin has no role of its own (`iam.withOIDC`), because that list replaces the \
policies that eksctl attaches by itself. Policies of your own and inline ones may allow the same, and are trusted, \
except that AWS asks for `AmazonEKSWorkerNodePolicy` itself for managed nodegroups.",
    bad: "\
vpc:
  publicAccessCIDRs: [203.0.113.0/24]
nodeGroups:
- {name: basic-worker, minSize: 1}
",
    good: "\
vpc:
  clusterEndpoints: {publicAccess: true, privateAccess: true}
  publicAccessCIDRs: [203.0.113.0/24]
nodeGroups:
- {name: basic-worker, minSize: 1}
",
    check: Some(check),
};

fn check(config: &ClusterConfig, _: &Facts<'_>, problems: &mut Vec<Problem>) {
    if config.all_node_groups().next().is_some() {
        problems.extend(locked_out(config));
        problems.extend(without_network(config));
    }
    let plugin_has_rights = plugin_has_rights(config);
    let groups = config.all_node_groups();
    problems.extend(groups.filter_map(|group| without_rights(&group, plugin_has_rights)));
}

/// An API that lets in only addresses among which the nodes' are not.
fn locked_out(config: &ClusterConfig) -> Option<Problem> {
    let vpc = config.vpc.as_ref()?;
    let ends = vpc.cluster_endpoints.as_ref();
    let is_private = config
        .private_cluster
        .as_ref()
        .and_then(|cluster| cluster.enabled)
        .or(ends.and_then(|ends| ends.private_access));
    let is_open =
        vpc.public_access_cidrs.is_empty() || vpc.public_access_cidrs.iter().any(|cidr| cidr == EVERYWHERE);
    let is_public = ends.and_then(|ends| ends.public_access).unwrap_or(true);
    if is_open || !is_public || is_private == Some(true) || config.outpost.is_some() {
        return None;
    }
    let vpc = Path::root().key("vpc");
    let edits = vec![Edit::Set {
        path: vpc.key("clusterEndpoints").key("privateAccess"),
        value: true.into(),
    }];
    let place = Place::Value(vpc.key("publicAccessCIDRs"));
    let message = "the cluster's API lets in these addresses only, and nodes have others";
    Some(
        Problem::warning(CODE, place, message)
            .with_help(
                "set `vpc.clusterEndpoints.privateAccess: true`, so that nodes reach it inside the VPC",
            )
            .with_fix(Fix::on_request("Switch private access on", edits)),
    )
}

/// A cluster without any network plugin.
fn without_network(config: &ClusterConfig) -> Option<Problem> {
    let is_off = config.addons_config.as_ref()?.disable_default_addons == Some(true);
    if !is_off || config.addons.iter().any(|addon| addon.name == NETWORK) {
        return None;
    }
    let place = Place::Value(Path::root().key("addonsConfig").key("disableDefaultAddons"));
    let message = "without a network plugin no node becomes ready";
    Some(
        Problem::warning(CODE, place, message)
            .with_help("add the add-on `vpc-cni`, or add nodes when your own plugin is installed"),
    )
}

/// Whether the network plugin has rights of its own, instead of its node's: eksctl sees to that where there is an OIDC
/// provider.
fn plugin_has_rights(config: &ClusterConfig) -> bool {
    let has_provider = config.iam.as_ref().and_then(|iam| iam.with_oidc) == Some(true);
    let mut plugins = config.addons.iter().filter(|addon| addon.name == NETWORK);
    let by_default = |addons: &AddonsConfig| addons.auto_apply_pod_identity_associations == Some(true);
    has_provider
        || config.addons_config.as_ref().is_some_and(by_default)
        || plugins.any(|addon| {
            let asks = addon.use_default_pod_identity_associations == Some(true);
            asks || addon
                .pod_identity_associations
                .as_ref()
                .is_some_and(|list| !list.is_empty())
        })
}

/// A nodegroup whose role lacks what a node needs.
fn without_rights(group: &NodeGroupRef<'_>, plugin_has_rights: bool) -> Option<Problem> {
    let iam = group.iam.as_ref()?;
    let policies = &iam.attach_policy_arns;
    let arns: Vec<Arn<'_>> = policies.iter().filter_map(|policy| Arn::parse(policy)).collect();
    let partition = arns.first()?.partition;
    let is_trusted = iam.attach_policy.is_some() || arns.iter().any(|arn| arn.account_id().is_some());
    let is_managed = matches!(group.kind, NodeGroupKind::Managed(_));
    let needed = [
        (WORKER, is_managed || !is_trusted),
        (PLUGIN, !plugin_has_rights && !is_trusted),
    ];
    let has = |name: &str| {
        let names = arns.iter().filter_map(Arn::typed_resource);
        names.map(|(_, name)| name).any(|one| one == name)
    };
    let lacking: Vec<&str> = needed
        .into_iter()
        .filter(|(name, is_needed)| *is_needed && !has(name))
        .map(|(name, _)| name)
        .collect();
    if lacking.is_empty() {
        return None;
    }
    let path = group.path().key("iam").key("attachPolicyARNs");
    let edits = lacking.iter().enumerate().map(|(nth, name)| Edit::Insert {
        path: path.clone(),
        index: policies.len() + nth,
        value: format!("arn:{partition}:iam::aws:policy/{name}").into(),
    });
    let fix = Fix::on_request(format!("Add {}", lacking.join(" and ")), edits.collect());
    let names: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "this list replaces eksctl's own policies, and lacks {}",
        names.join(" and ")
    );
    Some(
        Problem::warning(CODE, Place::Key(path), message)
            .with_help("add what is lacking; nodes do not become ready without")
            .with_fix(fix),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        crate::testing::said(check, text)
    }

    #[test]
    fn who_may_reach_the_api_matters_only_where_nodes_are() {
        let with = |vpc: &str| say(&format!("vpc: {{{vpc}}}\nmanagedNodeGroups: [{{name: a}}]"));
        let locked = ["the cluster's API lets in these addresses only, and nodes have others"];
        assert_eq!(with("publicAccessCIDRs: [1.2.3.4/32]"), locked);
        assert_eq!(
            with("publicAccessCIDRs: [1.2.3.4/32], clusterEndpoints: {publicAccess: true}"),
            locked
        );
        assert_eq!(with("publicAccessCIDRs: [1.2.3.4/32, 0.0.0.0/0]"), [""; 0]);
        assert_eq!(
            with("publicAccessCIDRs: [1.2.3.4/32], clusterEndpoints: {privateAccess: true}"),
            [""; 0]
        );
        assert_eq!(say("vpc: {publicAccessCIDRs: [1.2.3.4/32]}"), [""; 0]);
    }

    #[test]
    fn nodes_need_a_network_plugin() {
        let with = |addons: &str| {
            say(&format!(
                "addonsConfig: {{disableDefaultAddons: true}}\n{addons}nodeGroups: [{{name: a}}]"
            ))
        };
        assert_eq!(with(""), ["without a network plugin no node becomes ready"]);
        assert_eq!(with("addons: [{name: vpc-cni}]\n"), [""; 0]);
    }

    #[test]
    fn policies_of_ones_own_are_trusted_but_not_by_managed_groups() {
        let with = |list: &str, oidc: bool, iam: &str| {
            say(&format!(
                "iam: {{withOIDC: {oidc}}}\n{list}: [{{name: a, iam: {{{iam}}}}}]"
            ))
        };
        let lacks = |what: &str| {
            [format!(
                "this list replaces eksctl's own policies, and lacks {what}"
            )]
        };
        let reads = "attachPolicyARNs: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']";
        let own = "attachPolicyARNs: ['arn:aws:iam::111122223333:policy/nodes']";
        let worker = "attachPolicyARNs: ['arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodePolicy']";
        let inline = format!("{reads}, attachPolicy: {{Statement: []}}");
        for list in ["nodeGroups", "managedNodeGroups"] {
            assert_eq!(with(list, true, reads), lacks("`AmazonEKSWorkerNodePolicy`"));
            assert_eq!(
                with(list, false, reads),
                lacks("`AmazonEKSWorkerNodePolicy` and `AmazonEKS_CNI_Policy`")
            );
            assert_eq!(with(list, true, worker), [""; 0]);
            assert_eq!(with(list, false, worker), lacks("`AmazonEKS_CNI_Policy`"));
        }
        assert_eq!(with("nodeGroups", false, own), [""; 0]);
        assert_eq!(with("nodeGroups", false, &inline), [""; 0]);
        assert_eq!(
            with("managedNodeGroups", false, own),
            lacks("`AmazonEKSWorkerNodePolicy`")
        );
    }
}
