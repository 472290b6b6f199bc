//! EKS clusters in an account.

use super::read::{DEFAULT_SUPPORT, described, spec};
use super::{Cluster, ResourcesVpcConfig, UpgradePolicy, ZonalShiftConfig};
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, literal, must_be_ours_by, object, present, retag_eks, token,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::eks;
use crate::text::Text;

/// Public logs of 13 clusters: 8m21 to 11m23; Terraform gives up after 30 minutes.
const ACTIVE: Expected = Expected::seconds(585, 780, 1800);
/// Public logs: 1m09 to 8m42.
const DELETED: Expected = Expected::seconds(165, 480, 1800);
/// Changes of the configuration take minutes; nobody publishes figures.
const CONFIGURED: Expected = Expected::seconds(120, 600, 3600);
/// Users report "45 min and more" for an upgrade.
const UPGRADED: Expected = Expected::seconds(720, 2700, 5400);

/// Who reaches the API.
fn reach(config: &ResourcesVpcConfig) -> (bool, bool, &std::collections::BTreeSet<String>) {
    (
        config.endpoint_public_access,
        config.endpoint_private_access,
        &config.public_access_cidrs,
    )
}

async fn by_name(cx: &Cx<'_>, name: &str) -> Result<Option<eks::Cluster>, Failure> {
    present(
        cx.call(eks::DescribeCluster {
            name: name.to_owned(),
        })
        .await,
    )
}

/// Waits until a cluster is ACTIVE; `None` if it FAILED or goes away.
async fn settled(cx: &Cx<'_>, made: &eks::Cluster) -> Result<Option<eks::Cluster>, Failure> {
    let what = format!("cluster `{}`", made.name);
    cx.wait_until(&what, ACTIVE, Some(made.created_at), async || {
        Ok(match by_name(cx, &made.name).await? {
            Some(found) if ["ACTIVE", "UPDATING"].contains(&found.status.as_str()) => {
                Progress::Ready(Some(found))
            }
            Some(found) if ["FAILED", "DELETING"].contains(&found.status.as_str()) => Progress::Ready(None),
            Some(found) => Progress::Pending(found.status),
            None => Progress::Ready(None),
        })
    })
    .await
}

async fn delete(cx: &Cx<'_>, name: &str) -> Result<(), Failure> {
    // EKS leaves its security group there if anything still has it, and then nobody deletes the VPC.
    let found = by_name(cx, name).await?;
    if let Some(group) = found.and_then(|found| found.resources_vpc_config.cluster_security_group_id) {
        crate::destroy::release(cx, &group).await?;
    }
    if present(
        cx.call(eks::DeleteCluster {
            name: name.to_owned(),
        })
        .await,
    )?
    .is_none()
    {
        return Ok(());
    }
    cx.wait_until(&format!("cluster `{name}`"), DELETED, None, async || {
        Ok(match by_name(cx, name).await? {
            Some(found) => Progress::Pending(found.status),
            None => Progress::Ready(()),
        })
    })
    .await
}

impl Cluster {
    fn request(&self, cx: &Cx<'_>, key: &Key) -> Result<eks::CreateCluster, Failure> {
        let network = self.kubernetes_network_config.as_ref();
        Ok(eks::CreateCluster {
            name: self.name.clone(),
            version: Some(self.version.clone()),
            role_arn: literal(&self.role_arn)?.to_owned(),
            resources_vpc_config: self.network(true)?,
            kubernetes_network_config: network.map(|network| eks::KubernetesNetworkConfig {
                service_ipv4_cidr: network.service_ipv4_cidr.clone(),
                ..eks::KubernetesNetworkConfig::default()
            }),
            logging: self.logging.as_ref().map(|_| self.log_setups()),
            client_request_token: None,
            tags: all_tags(cx, key, &self.tags),
            encryption_config: self
                .encryption_config
                .iter()
                .map(|config| eks::EncryptionConfig {
                    resources: config.resources.clone(),
                    provider: eks::Provider {
                        key_arn: config.provider.key_arn.clone(),
                    },
                })
                .collect(),
            access_config: Some(eks::CreateAccessConfigRequest {
                authentication_mode: Some(self.access_config.authentication_mode.clone()),
                bootstrap_cluster_creator_admin_permissions: Some(
                    self.access_config.bootstrap_cluster_creator_admin_permissions,
                ),
            }),
            bootstrap_self_managed_addons: Some(false),
            upgrade_policy: self.upgrade_policy.as_ref().map(Self::support),
            zonal_shift_config: self.zonal_shift_config.as_ref().map(Self::zonal_shift),
            deletion_protection: None,
        })
    }

    fn zonal_shift(config: &ZonalShiftConfig) -> eks::ZonalShiftConfig {
        eks::ZonalShiftConfig {
            enabled: Some(config.enabled),
        }
    }

    fn support(policy: &UpgradePolicy) -> eks::UpgradePolicy {
        eks::UpgradePolicy {
            support_type: Some(policy.support_type.clone()),
        }
    }

    /// The network settings of a request: where the cluster stands, who reaches it, or both.
    fn network(&self, both: bool) -> Result<eks::VpcConfigRequest, Failure> {
        let config = &self.resources_vpc_config;
        let ids = |ids: &std::collections::BTreeSet<Text>| {
            ids.iter()
                .map(|id| literal(id).map(str::to_owned))
                .collect::<Result<Vec<_>, _>>()
        };
        let mut request = eks::VpcConfigRequest {
            endpoint_public_access: Some(config.endpoint_public_access),
            endpoint_private_access: Some(config.endpoint_private_access),
            public_access_cidrs: config.public_access_cidrs.iter().cloned().collect(),
            ..eks::VpcConfigRequest::default()
        };
        if both {
            request.subnet_ids = ids(&config.subnet_ids)?;
            request.security_group_ids = ids(&config.security_group_ids)?;
        }
        Ok(request)
    }

    /// Which logs are on and which are off: what is not said stays as it is.
    fn log_setups(&self) -> eks::Logging {
        const TYPES: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
        let on = |name: &&str| {
            self.logging.as_ref().is_some_and(|logging| {
                logging
                    .cluster_logging
                    .enabled_types
                    .iter()
                    .any(|log| log.r#type == **name)
            })
        };
        let setup = |enabled: bool| {
            let types: Vec<_> = TYPES
                .iter()
                .filter(|name| on(name) == enabled)
                .map(ToString::to_string)
                .collect();
            (!types.is_empty()).then_some(eks::LogSetup { types, enabled })
        };
        eks::Logging {
            cluster_logging: [setup(true), setup(false)].into_iter().flatten().collect(),
        }
    }

    /// The calls that make of `from` what is wanted: AWS takes one kind of change a call.
    fn changes(&self, from: &Self) -> Result<Vec<eks::UpdateClusterConfig>, Failure> {
        let mut changes = vec![];
        let mut change = |fill: &dyn Fn(&mut eks::UpdateClusterConfig)| {
            let mut change = eks::UpdateClusterConfig::default();
            fill(&mut change);
            changes.push(change);
        };
        if self.access_config.authentication_mode != from.access_config.authentication_mode {
            let mode = &self.access_config.authentication_mode;
            let access_config = eks::UpdateAccessConfigRequest {
                authentication_mode: Some(mode.clone()),
            };
            change(&|change| change.access_config = Some(access_config.clone()));
        }
        let (config, before) = (&self.resources_vpc_config, &from.resources_vpc_config);
        if config.subnet_ids != before.subnet_ids || config.security_group_ids != before.security_group_ids {
            let whole = self.network(true)?;
            let placed = eks::VpcConfigRequest {
                subnet_ids: whole.subnet_ids,
                security_group_ids: whole.security_group_ids,
                ..eks::VpcConfigRequest::default()
            };
            change(&|change| change.resources_vpc_config = Some(placed.clone()));
        }
        if reach(config) != reach(before) {
            let mut reached = self.network(false)?;
            if reached.public_access_cidrs.is_empty() && config.endpoint_public_access {
                // Not said would be: as before.
                reached.public_access_cidrs.push("0.0.0.0/0".to_owned());
            }
            change(&|change| change.resources_vpc_config = Some(reached.clone()));
        }
        if self.logging != from.logging {
            change(&|change| change.logging = Some(self.log_setups()));
        }
        if self.upgrade_policy != from.upgrade_policy {
            let none = UpgradePolicy {
                support_type: DEFAULT_SUPPORT.to_owned(),
            };
            let policy = Self::support(self.upgrade_policy.as_ref().unwrap_or(&none));
            change(&|change| change.upgrade_policy = Some(policy.clone()));
        }
        if self.zonal_shift_config != from.zonal_shift_config {
            let none = ZonalShiftConfig { enabled: false };
            let config = Self::zonal_shift(self.zonal_shift_config.as_ref().unwrap_or(&none));
            change(&|change| change.zonal_shift_config = Some(config.clone()));
        }
        Ok(changes)
    }

    /// Starts one change and waits for its end: AWS takes one kind a call and one at a time.
    async fn update(&self, cx: &Cx<'_>, key: &Key, change: eks::UpdateClusterConfig) -> Result<(), Failure> {
        let mut change = eks::UpdateClusterConfig {
            name: self.name.clone(),
            ..change
        };
        // The instant makes a change there and back again three requests and not one.
        let parameters = (change.clone(), cx.now().as_second());
        change.client_request_token = Some(token(cx, key, &parameters, 0));
        match unless_exists(cx.call(change).await)? {
            Some(update) => self.updated(cx, update, CONFIGURED).await,
            None => Ok(()),
        }
    }

    async fn updated(&self, cx: &Cx<'_>, update: eks::Update, expected: Expected) -> Result<(), Failure> {
        let what = format!("{} of cluster `{}`", update.kind, self.name);
        let ask = eks::DescribeUpdate {
            name: self.name.clone(),
            update_id: update.id,
            addon_name: None,
            nodegroup_name: None,
        };
        cx.wait_until(&what, expected, Some(update.created_at), async || {
            let update = cx.call(ask.clone()).await?;
            match update.status.as_str() {
                "Successful" => Ok(Progress::Ready(())),
                "InProgress" => Ok(Progress::Pending(update.status)),
                _ => {
                    let reasons = update.errors.into_iter().map(|error| error.error_message);
                    let reason = reasons.collect::<Vec<_>>().join("; ");
                    Err(Failure::Broken {
                        what: what.clone(),
                        reason,
                    })
                }
            }
        })
        .await
    }

    /// Upgrades by one minor version after the other, as AWS wants it.
    async fn upgrade(&self, cx: &Cx<'_>, key: &Key, from: &str) -> Result<(), Failure> {
        let minor = |version: &str| {
            version
                .split_once('.')
                .and_then(|(_, minor)| minor.parse::<u32>().ok())
        };
        let (Some(present), Some(wanted)) = (minor(from), minor(&self.version)) else {
            return Ok(());
        };
        for minor in present + 1..=wanted {
            let mut upgrade = eks::UpdateClusterVersion {
                name: self.name.clone(),
                version: format!("1.{minor}"),
                client_request_token: None,
            };
            upgrade.client_request_token = Some(token(cx, key, &(upgrade.clone(), cx.now().as_second()), 0));
            if let Some(update) = unless_exists(cx.call(upgrade).await)? {
                self.updated(cx, update, UPGRADED).await?;
            }
        }
        Ok(())
    }
}

impl Lifecycle for Cluster {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = self.request(cx, key)?;
        let parameters = create.clone();
        let mut dead = 0;
        loop {
            create.client_request_token = Some(token(cx, key, &parameters, dead));
            let cluster = match unless_exists(cx.call(create.clone()).await)? {
                Some(made) => made,
                None => match by_name(cx, &self.name).await? {
                    Some(found) => found,
                    None => continue,
                },
            };
            must_be_ours_by(cx, key, &format!("cluster `{}`", self.name), |name| {
                cluster.tags.get(name).map(String::as_str)
            })?;
            if let Some(found) = settled(cx, &cluster).await? {
                return Ok(described(&found));
            }
            // FAILED clusters never recover. One that fails twice has a reason that only a person can remove.
            let issues = by_name(cx, &self.name).await?.and_then(|found| found.health);
            delete(cx, &self.name).await?;
            dead += 1;
            if dead > 1 {
                let reasons = issues
                    .into_iter()
                    .flat_map(|health| health.issues)
                    .map(|issue| issue.message);
                let reason = reasons.collect::<Vec<_>>().join("; ");
                return Err(Failure::Broken {
                    what: format!("cluster `{}`", self.name),
                    reason,
                });
            }
        }
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, from: &Self) -> Result<Attributes, Failure> {
        for change in self.changes(from)? {
            self.update(cx, key, change).await?;
        }
        self.upgrade(cx, key, &from.version).await?;
        let found = cx
            .call(eks::DescribeCluster {
                name: self.name.clone(),
            })
            .await?;
        retag_eks(cx, &found.arn, &from.tags, &self.tags).await?;
        Ok(described(&found))
    }

    async fn delete(&self, cx: &Cx<'_>, key: &Key, id: &str) -> Result<(), Failure> {
        // Only where it was seen, and so shown before anybody agreed.
        if self.deletion_protection {
            let off = eks::UpdateClusterConfig {
                deletion_protection: Some(false),
                ..eks::UpdateClusterConfig::default()
            };
            self.update(cx, key, off).await?;
        }
        delete(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let objects = reading.cluster.iter().map(|cluster| {
            let tag = |name: &str| cluster.tags.get(name).map(String::as_str);
            let state = match cluster.status.as_str() {
                "ACTIVE" => State::Ready,
                "UPDATING" => State::Updating,
                "DELETING" => State::Deleting,
                "FAILED" => {
                    let issues = cluster.health.iter().flat_map(|health| &health.issues);
                    State::Failed(
                        issues
                            .map(|issue| issue.message.as_str())
                            .collect::<Vec<_>>()
                            .join("; "),
                    )
                }
                _ => State::Creating,
            };
            let object = object(
                spec(reading, cluster),
                described(cluster),
                reading.owner.judge(tag),
                state,
            );
            (Key::CONTROL_PLANE, object)
        });
        objects.collect()
    }
}
