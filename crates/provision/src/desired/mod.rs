//! What should be there: every object that a config asks for.
//!
//! Each function here takes the structs of the config apart completely, so that a new field does not compile until
//! someone decides what it does. A field bound to `_` is one that [`crate::support`] refuses or that changes nothing
//! in AWS; its table says which, and why.

mod access;
mod addons;
pub(crate) mod cidr;
mod efa;
mod eks;
#[cfg(test)]
mod field_tests;
mod given;
mod identities;
pub(crate) mod install;
mod kubernetes;
mod managed;
mod network;
#[cfg(test)]
mod node_tests;
mod nodes;
mod origin;
mod places;
mod policies;
mod roles;
mod security_groups;
mod templates;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod userdata_tests;
mod volumes;

use crate::{
    facts::AccountFacts,
    key::Key,
    names::Names,
    objects::{Spec, Tags},
    support,
};
use lb_model::{
    catalog::Catalog,
    config::{ClusterConfig, ClusterMeta, NodeGroupKind, NodeGroupRef, OrEmpty},
    path::Path,
    problem::{Code, Place, Problem, Severity},
    schema::Map,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An object that should be there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wanted {
    /// What it should be.
    pub spec: Spec,
    /// What must be ready before it beside what its holes read: a gateway before a NAT gateway, routes before nodes.
    pub after: BTreeSet<Key>,
}

/// Everything that should be there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Desired {
    /// The cluster's name.
    pub cluster: String,
    /// Its region.
    pub region: String,
    /// The objects.
    pub objects: BTreeMap<Key, Wanted>,
    /// Principals that may not exist yet, by their entry's key, with where the config maps them.
    #[serde(skip)]
    pub principals: BTreeMap<Key, Path>,
}

impl Desired {
    /// Everything that must be ready before the object `key`: what its holes read and what is declared.
    pub fn needs(&self, key: &Key) -> BTreeSet<Key> {
        let Some(wanted) = self.objects.get(key) else {
            return BTreeSet::new();
        };
        let read = wanted.spec.holes().into_iter().map(|hole| hole.key);
        read.chain(wanted.after.iter().cloned())
            .filter(|needed| needed != key)
            .collect()
    }
}

/// Everything that `config` asks for in the account that `facts` describe.
///
/// # Errors
/// Everything that `lb` does not provision (`NP`), and what this account cannot give (`AC`), all at once. `config` is
/// expected to have passed validation; what would not have is refused here too, or left out.
pub fn desired(
    config: &ClusterConfig,
    facts: &AccountFacts,
    catalog: &Catalog,
) -> Result<Desired, Vec<Problem>> {
    let mut problems = support::refused_in(config, Severity::Error);
    if let Some(problem) = support::too_many_nodegroups(config) {
        problems.push(problem);
        return Err(problems);
    }
    let mut build = Build::new(config, facts, catalog);
    build.all(config);
    // What is not provisioned needs no second reason at its place, such as an image that nobody looked for.
    let refused: BTreeSet<Path> = problems
        .iter()
        .filter_map(|problem| problem.place.path().cloned())
        .collect();
    problems.extend(
        build
            .problems
            .into_iter()
            .filter(|problem| problem.place.path().is_none_or(|path| !refused.contains(path))),
    );
    if problems.is_empty() {
        Ok(build.desired)
    } else {
        Err(problems)
    }
}

/// The Kubernetes version that a config asks for (eksctl's `versions_manager.go`).
pub(crate) fn version(config: &ClusterConfig, catalog: &Catalog) -> String {
    match config.metadata.version.or_empty() {
        "" | "auto" => "1.34".to_owned(),
        "latest" => {
            let newest = catalog.versions().iter().rev().find(|version| version.eksctl);
            newest.map_or_else(String::new, |version| version.name.to_owned())
        }
        version => version.to_owned(),
    }
}

/// The instance types of a nodegroup; eksctl's default where none is named, and none where a template of someone's
/// own names them.
pub(crate) fn instance_types<'a>(group: &NodeGroupRef<'a>) -> Vec<&'a str> {
    let several = match group.kind {
        NodeGroupKind::Managed(own) => own.instance_types.as_slice(),
        NodeGroupKind::SelfManaged(own) => match &own.instances_distribution {
            Some(distribution) if !distribution.instance_types.is_empty() => {
                return distribution.instance_types.iter().map(String::as_str).collect();
            }
            _ => &[],
        },
    };
    match group.instance_type.or_empty() {
        "" if several.is_empty() => vec!["m5.large"],
        "" => several.iter().map(String::as_str).collect(),
        one => vec![one],
    }
}

/// The desired state while it is put together.
struct Build<'a> {
    facts: &'a AccountFacts,
    catalog: &'a Catalog,
    names: Names,
    version: String,
    /// `metadata.tags`, which go on everything that eksctl's stacks give tags to.
    tags: Tags,
    network: network::Network,
    desired: Desired,
    problems: Vec<Problem>,
}

impl<'a> Build<'a> {
    fn new(config: &ClusterConfig, facts: &'a AccountFacts, catalog: &'a Catalog) -> Self {
        let ClusterMeta {
            name,
            region,
            version: _,
            force_update_version: _,
            rollback_config: _,
            tags,
            annotations: _,
        } = &config.metadata;
        Self {
            facts,
            catalog,
            names: Names::new(name, region),
            version: version(config, catalog),
            tags: plain(tags),
            desired: Desired {
                cluster: name.clone(),
                region: region.clone(),
                ..Desired::default()
            },
            network: network::Network::default(),
            problems: Vec::new(),
        }
    }

    fn all(&mut self, config: &ClusterConfig) {
        let ClusterConfig {
            api_version: _,
            kind: _,
            metadata: _,
            upgrade_policy,
            kubernetes_network_config,
            auto_mode_config: _,
            remote_network_config: _,
            iam,
            iam_identity_mappings,
            identity_providers: _,
            access_config,
            vpc,
            addons,
            addons_config,
            private_cluster: _,
            node_groups: _,
            managed_node_groups: _,
            fargate_profiles: _,
            availability_zones: _,
            local_zones: _,
            cloud_watch,
            secrets_encryption,
            gitops: _,
            karpenter: _,
            outpost: _,
            control_plane_scaling_config: _,
            zonal_shift_config,
            kube_api_server_config: _,
            kube_scheduler_config: _,
            kube_controller_manager_config: _,
            capabilities: _,
        } = config;
        let vpc = vpc.clone().unwrap_or_default();
        let iam = iam.clone().unwrap_or_default();
        let access = access_config.clone().unwrap_or_default();
        self.network(config, &vpc);
        self.cluster_security_groups(&vpc, &config.node_groups);
        let service_role = self.service_role(&iam);
        self.cluster(&eks::Parts {
            vpc: &vpc,
            access: &access,
            service_role,
            upgrade_policy: upgrade_policy.as_ref(),
            network: kubernetes_network_config.as_ref(),
            cloud_watch: cloud_watch.as_ref(),
            secrets: secrets_encryption.as_ref(),
            zonal_shift: zonal_shift_config.as_ref(),
        });
        self.service_accounts(&iam);
        self.pod_identities(&iam.pod_identity_associations);
        self.addons(addons, addons_config.as_ref(), &iam);
        let node_roles = self.nodes(
            config,
            &nodes::Shared {
                vpc: &vpc,
                iam: &iam,
                access: &access,
            },
        );
        self.access(&access, iam_identity_mappings, &node_roles);
        self.install(config, &iam);
        self.after_all_groups();
    }

    /// metrics-server waits for a node, so it is asked for when there can be one.
    fn after_all_groups(&mut self) {
        let is_group =
            |wanted: &Wanted| matches!(wanted.spec, Spec::AutoScalingGroup(_) | Spec::Nodegroup(_));
        let groups = self.desired.objects.iter().filter(|(_, wanted)| is_group(wanted));
        let groups: BTreeSet<Key> = groups.map(|(key, _)| key.clone()).collect();
        if let Some(wanted) = self
            .desired
            .objects
            .get_mut(&Key::addon("metrics-server", "Addon"))
        {
            wanted.after.extend(groups);
        }
    }

    fn add(&mut self, key: Key, spec: impl Into<Spec>) {
        self.add_after(key, spec, []);
    }

    fn add_after(&mut self, key: Key, spec: impl Into<Spec>, after: impl IntoIterator<Item = Key>) {
        self.desired.objects.insert(
            key,
            Wanted {
                spec: spec.into(),
                after: after.into_iter().collect(),
            },
        );
    }

    /// The tags of the cluster and `more`, which win.
    fn tags_and(&self, more: &Map<String>) -> Tags {
        let mut tags = self.tags.clone();
        tags.extend(plain(more));
        tags
    }

    fn refuse(&mut self, code: Code, path: Path, message: String, help: &str) {
        self.problems.push(Problem {
            code,
            severity: Severity::Error,
            place: Place::Value(path),
            message,
            help: Some(help.to_owned()),
            fix: None,
            related: Vec::new(),
        });
    }
}

fn plain(tags: &Map<String>) -> Tags {
    tags.iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
