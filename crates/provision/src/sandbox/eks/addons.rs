//! Add-ons.

use super::{ClusterState, invalid, updates::Change};
use crate::{
    operations::eks::{
        Addon, AddonHealth, AddonInfo, AddonVersionInfo, Compatibility, CreateAddon, DeleteAddon,
        DescribeAddon, DescribeAddonVersions, Issue, ListAddons, Update, UpdateAddon,
    },
    sandbox::{AddonFacts, Answer, Facts, Refusal, event::Event, tags, world::World},
};
use lb_model::catalog::Catalog;
use std::time::Duration;

/// Add-ons of an account that was made without any: name, versions (newest first, the last one the default), and
/// whether they want a role.
const ADDONS: &[(&str, [&str; 2], bool)] = &[
    ("vpc-cni", ["v1.20.4-eksbuild.2", "v1.20.3-eksbuild.1"], true),
    ("coredns", ["v1.12.4-eksbuild.1", "v1.12.3-eksbuild.1"], false),
    ("kube-proxy", ["v{v}.1-eksbuild.2", "v{v}.0-eksbuild.2"], false),
    (
        "metrics-server",
        ["v0.8.0-eksbuild.3", "v0.8.0-eksbuild.2"],
        false,
    ),
    (
        "eks-pod-identity-agent",
        ["v1.3.9-eksbuild.3", "v1.3.8-eksbuild.2"],
        false,
    ),
    (
        "aws-ebs-csi-driver",
        ["v1.51.0-eksbuild.1", "v1.50.1-eksbuild.1"],
        true,
    ),
    (
        "aws-efs-csi-driver",
        ["v2.1.14-eksbuild.1", "v2.1.13-eksbuild.1"],
        true,
    ),
    (
        "amazon-cloudwatch-observability",
        ["v4.6.0-eksbuild.1", "v4.5.0-eksbuild.1"],
        true,
    ),
    (
        "snapshot-controller",
        ["v8.3.0-eksbuild.2", "v8.3.0-eksbuild.1"],
        false,
    ),
];

/// Add-ons that run on every node and so are ACTIVE without any; the others need a place to run.
const ON_EVERY_NODE: &[&str] = &["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];
/// What EKS installs itself in a cluster that was not asked to go without.
const SELF_MANAGED: &[&str] = &["vpc-cni", "kube-proxy", "coredns"];
/// After how long an add-on without a place to run is DEGRADED.
const PATIENCE: Duration = Duration::from_secs(600);

fn offers(facts: &Facts) -> Vec<(String, AddonFacts)> {
    if !facts.addons.is_empty() {
        return facts
            .addons
            .iter()
            .map(|(name, addon)| (name.clone(), addon.clone()))
            .collect();
    }
    let own = |(name, versions, requires_iam): &(&str, [&str; 2], bool)| {
        let addon = AddonFacts {
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
            default_version: versions.last().copied().unwrap_or_default().to_owned(),
            requires_iam: *requires_iam,
        };
        ((*name).to_owned(), addon)
    };
    ADDONS.iter().map(own).collect()
}

fn no_addon(name: &str) -> Refusal {
    Refusal::new(
        "ResourceNotFoundException",
        format!("No addon: {name} found in cluster"),
    )
}

impl World<'_> {
    /// The versions of an add-on for a Kubernetes version, newest first, and the default one.
    fn addon_versions(&self, addon: &str, kubernetes: &str) -> Option<(Vec<String>, String)> {
        let (_, facts) = offers(self.facts).into_iter().find(|(name, _)| name == addon)?;
        let of = |version: &String| version.replace("{v}", kubernetes);
        Some((
            facts.versions.iter().map(of).collect(),
            of(&facts.default_version),
        ))
    }

    /// The version that was asked for, if there is one, or the default one.
    fn addon_version(&self, addon: &str, kubernetes: &str, asked: Option<&str>) -> Answer<String> {
        let (versions, default) = self.addon_versions(addon, kubernetes).ok_or_else(|| {
            invalid(format!(
                "Addon {addon} specified is not supported in {kubernetes} Kubernetes version"
            ))
        })?;
        match asked {
            None => Ok(default),
            Some(asked) if versions.iter().any(|version| version == asked) => Ok(asked.to_owned()),
            Some(asked) => Err(invalid(format!(
                "Addon version specified is not supported: {addon} {asked}"
            ))),
        }
    }

    fn check_addon_role(&self, arn: Option<&str>) -> Answer<()> {
        match arn {
            Some(arn)
                if self
                    .iam
                    .role_of_arn(arn)
                    .is_none_or(|role| role.effective > self.now) =>
            {
                Err(invalid(format!(
                    "Role with arn: {arn}, could not be assumed because it does not exist"
                )))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn create_addon(&mut self, input: CreateAddon) -> Answer<Addon> {
        let (cluster, name) = (input.cluster_name.clone(), input.addon_name.clone());
        check_resolution(input.resolve_conflicts.as_deref())?;
        let tags = tags::map_at_creation(&input.tags)?;
        let find = |world: &mut Self, id: &str| world.region.clusters.get(&cluster)?.addons.get(id).cloned();
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            let kubernetes = world.active(&cluster)?.shape.version.clone();
            let addon_version = world.addon_version(&name, &kubernetes, input.addon_version.as_deref())?;
            world.check_addon_role(input.service_account_role_arn.as_deref())?;
            let uuid = world.random.uuid();
            let addon_arn = world.arn("eks", &format!("addon/{cluster}/{name}/{uuid}"));
            if world.active(&cluster)?.addons.contains_key(&name) {
                return Err(Refusal::new("ResourceInUseException", "Addon already exists."));
            }
            let asked = input.namespace_config.as_ref();
            let namespace = asked.map_or("kube-system", |config| &config.namespace);
            let identities = &input.pod_identity_associations;
            let pod_identity_associations =
                world.set_addon_identities(&cluster, &addon_arn, namespace, identities)?;
            let addon = Addon {
                addon_name: name.clone(),
                cluster_name: cluster.clone(),
                status: "CREATING".into(),
                addon_version,
                health: AddonHealth::default(),
                addon_arn,
                created_at: world.now,
                modified_at: world.now,
                service_account_role_arn: input.service_account_role_arn.clone(),
                configuration_values: input.configuration_values.clone(),
                tags,
                pod_identity_associations,
                namespace_config: input.namespace_config.clone(),
            };
            let held = world.active(&cluster)?;
            held.addons.insert(name.clone(), addon.clone());
            let there = held.self_managed && SELF_MANAGED.contains(&name.as_str());
            if there && input.resolve_conflicts.as_deref() != Some("OVERWRITE") {
                held.conflicts.insert(name.clone());
            }
            let (median, p95) = match name.as_str() {
                "vpc-cni" => (32.0, 45.0),
                "kube-proxy" => (24.0, 30.0),
                _ => (30.0, 60.0),
            };
            world.soon_about(
                median,
                p95,
                Event::AddonSettles {
                    cluster: cluster.clone(),
                    addon: name.clone(),
                },
            );
            Ok((addon, name.clone()))
        })
    }

    pub(in crate::sandbox) fn addon_settles(&mut self, cluster: &str, name: &str) {
        let now = self.now;
        let Some(held) = self.region.clusters.get_mut(cluster) else {
            return;
        };
        let placed = ON_EVERY_NODE.contains(&name) || held.store.has_ready_node();
        let clash = held.conflicts.contains(name);
        let Some(addon) = held.addons.get_mut(name) else {
            return;
        };
        if !matches!(addon.status.as_str(), "CREATING" | "DEGRADED") {
            return;
        }
        addon.modified_at = now;
        if clash {
            addon.status = "CREATE_FAILED".into();
            addon.health = issue(
                "ConfigurationConflict",
                "Conflicts found when trying to apply. Will not continue due to resolve conflicts mode.",
            );
        } else if placed {
            addon.status = "ACTIVE".into();
            addon.health = AddonHealth::default();
        } else {
            let due = crate::clock::after(addon.created_at, PATIENCE);
            if due <= now {
                addon.status = "DEGRADED".into();
                addon.health = issue(
                    "InsufficientNumberOfReplicas",
                    "The add-on is unhealthy because it doesn't have the desired number of replicas.",
                );
            } else {
                let event = Event::AddonSettles {
                    cluster: cluster.to_owned(),
                    addon: name.to_owned(),
                };
                self.region.events.at(due, event);
            }
        }
    }

    /// A node became Ready: add-ons that waited for one find a place.
    pub(in crate::sandbox) fn place_addons(&mut self, cluster: &str) {
        let Some(held) = self.region.clusters.get(cluster) else {
            return;
        };
        let waiting = held.addons.values().filter(|addon| {
            matches!(addon.status.as_str(), "CREATING" | "DEGRADED")
                && !ON_EVERY_NODE.contains(&addon.addon_name.as_str())
        });
        let names: Vec<String> = waiting.map(|addon| addon.addon_name.clone()).collect();
        for addon in names {
            self.soon_about(
                20.0,
                40.0,
                Event::AddonSettles {
                    cluster: cluster.to_owned(),
                    addon,
                },
            );
        }
    }

    pub(super) fn describe_addon(&mut self, input: DescribeAddon) -> Answer<Addon> {
        let cluster = self.cluster(&input.cluster_name)?;
        cluster
            .addons
            .get(&input.addon_name)
            .cloned()
            .ok_or_else(|| no_addon(&input.addon_name))
    }

    pub(super) fn list_addons(&mut self, input: ListAddons) -> Answer<Vec<String>> {
        Ok(self
            .cluster(&input.cluster_name)?
            .addons
            .keys()
            .cloned()
            .collect())
    }

    pub(super) fn update_addon(&mut self, input: UpdateAddon) -> Answer<Update> {
        let (cluster, name) = (input.cluster_name.clone(), input.addon_name.clone());
        check_resolution(input.resolve_conflicts.as_deref())?;
        let find = |world: &mut Self, id: &str| world.update(&cluster, id);
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            let held = world.active(&cluster)?;
            let kubernetes = held.shape.version.clone();
            let addon = held.addons.get_mut(&name).ok_or_else(|| no_addon(&name))?;
            if matches!(addon.status.as_str(), "CREATING" | "UPDATING" | "DELETING") {
                return Err(Refusal::new(
                    "ResourceInUseException",
                    format!("Addon {name} has an operation in progress"),
                ));
            }
            let mut change = input.clone();
            change.addon_version = Some(match &input.addon_version {
                Some(asked) => world.addon_version(&name, &kubernetes, Some(asked))?,
                None => addon.addon_version.clone(),
            });
            world.check_addon_role(input.service_account_role_arn.as_deref())?;
            for identity in input.pod_identity_associations.iter().flatten() {
                world.check_pod_role(&identity.role_arn)?;
            }
            if let Some(addon) = world.active(&cluster)?.addons.get_mut(&name) {
                addon.status = "UPDATING".into();
            }
            world.start_update(&cluster, Change::Addon(Box::new(change)), 25.0, 60.0)
        })
    }

    pub(super) fn addon_updated(&mut self, cluster: &str, update: &UpdateAddon) {
        let now = self.now;
        let identities = self.updated_identities(cluster, update);
        let held: Option<&mut ClusterState> = self.region.clusters.get_mut(cluster);
        let Some(addon) = held.and_then(|held| held.addons.get_mut(&update.addon_name)) else {
            return;
        };
        if let Some(version) = &update.addon_version {
            addon.addon_version.clone_from(version);
        }
        if update.service_account_role_arn.is_some() {
            addon
                .service_account_role_arn
                .clone_from(&update.service_account_role_arn);
        }
        if update.configuration_values.is_some() {
            addon
                .configuration_values
                .clone_from(&update.configuration_values);
        }
        if let Some(identities) = identities {
            addon.pod_identity_associations = identities;
        }
        addon.status = "ACTIVE".into();
        addon.modified_at = now;
    }

    /// The associations that an update of an add-on gives it, made now; none if it says nothing of them.
    fn updated_identities(&mut self, cluster: &str, update: &UpdateAddon) -> Option<Vec<String>> {
        let wanted = update.pod_identity_associations.as_ref()?;
        let addon = self
            .region
            .clusters
            .get(cluster)?
            .addons
            .get(&update.addon_name)?;
        let (arn, config) = (addon.addon_arn.clone(), addon.namespace_config.clone());
        let namespace = config.map_or_else(|| "kube-system".to_owned(), |config| config.namespace);
        self.set_addon_identities(cluster, &arn, &namespace, wanted).ok()
    }

    pub(super) fn delete_addon(&mut self, input: DeleteAddon) -> Answer<Addon> {
        let (cluster, name) = (&input.cluster_name, &input.addon_name);
        let held = self.active(cluster)?;
        let addon = held.addons.get_mut(name).ok_or_else(|| no_addon(name))?;
        if addon.status != "DELETING" {
            addon.status = "DELETING".into();
            if input.preserve == Some(true) && SELF_MANAGED.contains(&name.as_str()) {
                held.self_managed = true;
            }
            let event = Event::AddonGone {
                cluster: cluster.clone(),
                addon: name.clone(),
            };
            self.soon_about(15.0, 40.0, event);
        }
        let addon = self.cluster(cluster)?.addons.get(name);
        addon.cloned().ok_or_else(|| no_addon(name))
    }

    pub(in crate::sandbox) fn addon_gone(&mut self, cluster: &str, name: &str) {
        if let Some(held) = self.region.clusters.get_mut(cluster) {
            if let Some(gone) = held.addons.remove(name) {
                held.identities
                    .retain(|_, identity| identity.owner_arn.as_ref() != Some(&gone.addon_arn));
            }
            held.conflicts.remove(name);
        }
    }

    pub(super) fn describe_addon_versions(&mut self, input: DescribeAddonVersions) -> Answer<Vec<AddonInfo>> {
        let kubernetes: Vec<&str> = match &input.kubernetes_version {
            Some(version) => vec![version.as_str()],
            None => Catalog::builtin()
                .versions()
                .iter()
                .map(|v| v.name)
                .filter(|v| self.offered(v))
                .collect(),
        };
        let mut found = Vec::new();
        for (name, facts) in offers(self.facts) {
            if input.addon_name.as_ref().is_some_and(|asked| *asked != name) {
                continue;
            }
            let mut addon_versions: Vec<AddonVersionInfo> = Vec::new();
            for cluster_version in &kubernetes {
                let (versions, default) = self.addon_versions(&name, cluster_version).unwrap_or_default();
                for addon_version in versions {
                    let compatibility = Compatibility {
                        cluster_version: (*cluster_version).to_owned(),
                        default_version: addon_version == default,
                    };
                    match addon_versions
                        .iter_mut()
                        .find(|known| known.addon_version == addon_version)
                    {
                        Some(known) => known.compatibilities.push(compatibility),
                        None => addon_versions.push(AddonVersionInfo {
                            addon_version,
                            compatibilities: vec![compatibility],
                            requires_iam_permissions: facts.requires_iam,
                        }),
                    }
                }
            }
            found.push(AddonInfo {
                addon_name: name,
                addon_versions,
            });
        }
        Ok(found)
    }
}

fn issue(code: &str, message: &str) -> AddonHealth {
    let issue = Issue {
        code: code.into(),
        message: message.into(),
        resource_ids: Vec::new(),
    };
    AddonHealth { issues: vec![issue] }
}

fn check_resolution(mode: Option<&str>) -> Answer<()> {
    match mode {
        None | Some("OVERWRITE" | "NONE" | "PRESERVE") => Ok(()),
        Some(mode) => Err(invalid(format!("Invalid resolveConflicts: {mode}"))),
    }
}
