//! Updates of clusters and add-ons: one at a time, one kind a call.

use super::{
    ClusterState,
    checks::{MODES, check_logging},
    invalid,
};
use crate::{
    operations::eks::{
        DescribeUpdate, ListUpdates, Logging, Update, UpdateAddon, UpdateClusterConfig, UpdateClusterVersion,
        UpdateNodegroupConfig, UpdateNodegroupVersion, UpgradePolicy, VpcConfigRequest, ZonalShiftConfig,
    },
    sandbox::{Answer, Refusal, event::Event, world::World},
};
use lb_model::catalog::minor;
use serde::{Deserialize, Serialize};

/// An update with what it does when it ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UpdateState {
    shape: Update,
    change: Change,
}

/// What an update changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Change {
    /// Endpoint access, subnets or groups.
    Vpc(VpcConfigRequest),
    /// Control-plane logging.
    Logging(Logging),
    /// How callers are known.
    Mode(String),
    /// Extended support or not.
    Upgrade(UpgradePolicy),
    /// Zonal shift.
    Zonal(ZonalShiftConfig),
    /// Deletion protection.
    Protection(bool),
    /// The Kubernetes version.
    Version(String),
    /// An add-on.
    Addon(Box<UpdateAddon>),
    /// Sizes, labels, taints and manners of a managed nodegroup.
    NodegroupConfig(Box<UpdateNodegroupConfig>),
    /// The image or template of a managed nodegroup.
    NodegroupVersion(Box<UpdateNodegroupVersion>),
}

impl Change {
    fn kind(&self) -> &'static str {
        match self {
            Self::Vpc(config) if !config.subnet_ids.is_empty() || !config.security_group_ids.is_empty() => {
                "VpcConfigUpdate"
            }
            Self::Vpc(_) => "EndpointAccessUpdate",
            Self::Logging(_) => "LoggingUpdate",
            Self::Mode(_) => "AccessConfigUpdate",
            Self::Upgrade(_) => "UpgradePolicyUpdate",
            Self::Zonal(_) => "ZonalShiftConfigUpdate",
            Self::Protection(_) => "DeletionProtectionUpdate",
            Self::Version(_) => "VersionUpdate",
            Self::Addon(_) => "AddonUpdate",
            Self::NodegroupConfig(_) => "ConfigUpdate",
            Self::NodegroupVersion(_) => "VersionUpdate",
        }
    }

    /// Whether it is about something in the cluster, not the cluster itself.
    fn is_inside(&self) -> bool {
        matches!(
            self,
            Self::Addon(_) | Self::NodegroupConfig(_) | Self::NodegroupVersion(_)
        )
    }

    /// Whether the cluster is as the change wants it.
    fn is_made(&self, cluster: &ClusterState) -> bool {
        let mut changed = cluster.shape.clone();
        self.make(&mut changed);
        !self.is_inside() && changed == cluster.shape
    }

    fn make(&self, shape: &mut crate::operations::eks::Cluster) {
        match self {
            Self::Vpc(new) => {
                let config = &mut shape.resources_vpc_config;
                if let Some(public) = new.endpoint_public_access {
                    config.endpoint_public_access = public;
                }
                if let Some(private) = new.endpoint_private_access {
                    config.endpoint_private_access = private;
                }
                for (old, new) in [
                    (&mut config.public_access_cidrs, &new.public_access_cidrs),
                    (&mut config.subnet_ids, &new.subnet_ids),
                    (&mut config.security_group_ids, &new.security_group_ids),
                ] {
                    if !new.is_empty() {
                        old.clone_from(new);
                    }
                }
            }
            Self::Logging(logging) => shape.logging.clone_from(logging),
            Self::Mode(mode) => shape.access_config.authentication_mode.clone_from(mode),
            Self::Upgrade(policy) => shape.upgrade_policy.clone_from(policy),
            Self::Zonal(config) => shape.zonal_shift_config = Some(config.clone()),
            Self::Protection(on) => shape.deletion_protection = *on,
            Self::Version(version) => shape.version.clone_from(version),
            Self::Addon(_) | Self::NodegroupConfig(_) | Self::NodegroupVersion(_) => {}
        }
    }
}

impl World<'_> {
    pub(super) fn update_cluster_config(&mut self, input: UpdateClusterConfig) -> Answer<Update> {
        let given = [
            input.resources_vpc_config.clone().map(Change::Vpc),
            input.logging.clone().map(Change::Logging),
            input
                .access_config
                .clone()
                .and_then(|access| access.authentication_mode)
                .map(Change::Mode),
            input.upgrade_policy.clone().map(Change::Upgrade),
            input.zonal_shift_config.clone().map(Change::Zonal),
            input.deletion_protection.map(Change::Protection),
        ];
        let mut changes = given.into_iter().flatten();
        let (Some(change), None) = (changes.next(), changes.next()) else {
            return Err(invalid(
                "Only one type of update can be allowed: give exactly one",
            ));
        };
        let cluster = input.name.clone();
        let find = |world: &mut Self, id: &str| world.update(&cluster, id);
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            world.check_change(&cluster, &change)?;
            let (median, p95) = if matches!(change, Change::Protection(_)) {
                (40.0, 80.0)
            } else {
                (60.0, 180.0)
            };
            world.start_update(&cluster, change, median, p95)
        })
    }

    fn check_change(&self, name: &str, change: &Change) -> Answer<()> {
        let cluster = self.cluster(name)?;
        match change {
            Change::Logging(logging) => check_logging(logging)?,
            Change::Mode(mode) => {
                let rank = |mode: &str| MODES.iter().position(|known| *known == mode);
                let present = &cluster.shape.access_config.authentication_mode;
                if rank(mode).is_none() || rank(mode) < rank(present) {
                    let text = format!("Unsupported authentication mode update from {present} to {mode}");
                    return Err(Refusal::new("InvalidRequestException", text));
                }
            }
            Change::Vpc(config) if !config.subnet_ids.is_empty() => {
                self.check_subnets(&config.subnet_ids, &config.security_group_ids)?;
            }
            _ => {}
        }
        let mut after = cluster.shape.clone();
        change.make(&mut after);
        let access = &after.resources_vpc_config;
        if !access.endpoint_public_access && !access.endpoint_private_access {
            return Err(invalid("Private and public endpoint access cannot be false"));
        }
        Ok(())
    }

    pub(super) fn update_cluster_version(&mut self, input: UpdateClusterVersion) -> Answer<Update> {
        let (name, version) = (input.name.clone(), input.version.clone());
        let find = |world: &mut Self, id: &str| world.update(&name, id);
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            let present = world.cluster(&name)?.shape.version.clone();
            let next = minor(&present).map(|minor| minor + 1);
            if present != version && (minor(&version) != next || !world.offered(&version)) {
                return Err(invalid(format!(
                    "Unsupported Kubernetes minor version update from {present} to {version}"
                )));
            }
            world.start_update(&name, Change::Version(version.clone()), 720.0, 2700.0)
        })
    }

    /// Starts an update, unless one is going on or there is nothing to change.
    pub(super) fn start_update(
        &mut self,
        name: &str,
        change: Change,
        median: f64,
        p95: f64,
    ) -> Answer<(Update, String)> {
        let (id, now) = (self.random.uuid(), self.now);
        let cluster = self.active(name)?;
        let inside = change.is_inside();
        if !inside && cluster.shape.status != "ACTIVE" {
            return Err(Refusal::new(
                "ResourceInUseException",
                format!("Cannot update because cluster {name} currently has an update in progress"),
            ));
        }
        if change.is_made(cluster) {
            return Err(invalid(format!(
                "No changes needed for the {} provided",
                change.kind()
            )));
        }
        if !inside {
            cluster.shape.status = "UPDATING".into();
        }
        let shape = Update {
            id: id.clone(),
            status: "InProgress".into(),
            kind: change.kind().into(),
            created_at: now,
            errors: Vec::new(),
        };
        cluster.updates.insert(
            id.clone(),
            UpdateState {
                shape: shape.clone(),
                change,
            },
        );
        self.soon_about(
            median,
            p95,
            Event::UpdateEnds {
                cluster: name.to_owned(),
                id: id.clone(),
            },
        );
        Ok((shape, id))
    }

    pub(in crate::sandbox) fn update_ends(&mut self, name: &str, id: &str) {
        let Some(cluster) = self.region.clusters.get_mut(name) else {
            return;
        };
        let Some(update) = cluster.updates.get(id) else {
            return;
        };
        let change = update.change.clone();
        if let Change::NodegroupVersion(rolling) = &change
            && !self.nodegroup_rolls(rolling)
        {
            let event = Event::UpdateEnds {
                cluster: name.to_owned(),
                id: id.to_owned(),
            };
            return self.soon(std::time::Duration::from_secs(20), event);
        }
        let Some(cluster) = self.region.clusters.get_mut(name) else {
            return;
        };
        if let Some(update) = cluster.updates.get_mut(id) {
            update.shape.status = "Successful".into();
        }
        change.make(&mut cluster.shape);
        match change {
            Change::Addon(update) => self.addon_updated(name, &update),
            Change::NodegroupConfig(update) => self.nodegroup_reconfigured(&update),
            Change::NodegroupVersion(_) => {}
            _ if cluster.shape.status == "UPDATING" => cluster.shape.status = "ACTIVE".into(),
            _ => {}
        }
        self.begin_logs(name);
        if self
            .region
            .clusters
            .get(name)
            .is_some_and(|cluster| cluster.has_entries() && cluster.entries.is_empty())
        {
            self.begin_entries(name);
        }
    }

    pub(super) fn update(&self, cluster: &str, id: &str) -> Option<Update> {
        Some(self.region.clusters.get(cluster)?.updates.get(id)?.shape.clone())
    }

    pub(super) fn describe_update(&mut self, input: DescribeUpdate) -> Answer<Update> {
        self.cluster(&input.name)?;
        self.update(&input.name, &input.update_id).ok_or_else(|| {
            Refusal::new(
                "ResourceNotFoundException",
                format!("No update found for ID: {}", input.update_id),
            )
        })
    }

    pub(super) fn list_updates(&mut self, input: ListUpdates) -> Answer<Vec<String>> {
        let of = |update: &UpdateState| match &update.change {
            Change::Addon(change) => Some(change.addon_name.clone()),
            _ => None,
        };
        let updates = self.cluster(&input.name)?.updates.iter();
        Ok(updates
            .filter(|(_, update)| of(update) == input.addon_name)
            .map(|(id, _)| id.clone())
            .collect())
    }
}
