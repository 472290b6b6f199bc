//! The cluster and its log group (eksctl's `cluster.go`).

use super::Build;
use crate::{
    key::Key,
    objects::{
        AccessConfig, Cluster, ClusterLogging, EncryptionConfig, KubernetesNetworkConfig, LogGroup, LogType,
        Logging, Provider, ResourcesVpcConfig, UpgradePolicy, ZonalShiftConfig,
    },
    text::Text,
};
use lb_model::config::{self, ClusterCloudWatch, ClusterCloudWatchLogging, ClusterVPC, OrEmpty};
use std::collections::BTreeSet;

/// Kinds of control-plane logs.
const LOG_TYPES: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
/// The parts of a config that the cluster is made from.
pub(super) struct Parts<'a> {
    pub(super) vpc: &'a ClusterVPC,
    pub(super) access: &'a config::AccessConfig,
    pub(super) service_role: Text,
    pub(super) upgrade_policy: Option<&'a config::UpgradePolicy>,
    pub(super) network: Option<&'a config::KubernetesNetworkConfig>,
    pub(super) cloud_watch: Option<&'a ClusterCloudWatch>,
    pub(super) secrets: Option<&'a config::SecretsEncryption>,
    pub(super) zonal_shift: Option<&'a config::ZonalShiftConfig>,
}

/// The authentication mode; eksctl's default where none is named.
pub(super) fn authentication_mode(access: &config::AccessConfig) -> &str {
    match access.authentication_mode.or_empty() {
        "" => "API_AND_CONFIG_MAP",
        mode => mode,
    }
}

impl Build<'_> {
    pub(super) fn cluster(&mut self, parts: &Parts<'_>) {
        let config::ClusterEndpoints {
            private_access,
            public_access,
        } = parts.vpc.cluster_endpoints.clone().unwrap_or_default();
        let subnet_ids = self.control_plane_subnets(parts.vpc);
        let bootstrap = parts.access.bootstrap_cluster_creator_admin_permissions;
        let logging = self.logging(parts.cloud_watch);
        let tags = self.tags.clone();
        let after = logging.is_some().then_some(Key::LOG_GROUP);
        let cluster = Cluster {
            name: self.desired.cluster.clone(),
            version: self.version.clone(),
            role_arn: parts.service_role.clone(),
            resources_vpc_config: ResourcesVpcConfig {
                subnet_ids,
                security_group_ids: super::security_groups::of_control_plane(parts.vpc),
                endpoint_public_access: public_access.unwrap_or(true),
                endpoint_private_access: private_access.unwrap_or(false),
                public_access_cidrs: public_cidrs(&parts.vpc.public_access_cidrs),
            },
            access_config: AccessConfig {
                authentication_mode: authentication_mode(parts.access).to_owned(),
                bootstrap_cluster_creator_admin_permissions: bootstrap.unwrap_or(true),
            },
            kubernetes_network_config: parts.network.and_then(network_config),
            encryption_config: parts.secrets.map(encryption).into_iter().collect(),
            logging,
            upgrade_policy: parts.upgrade_policy.and_then(upgrade_policy),
            zonal_shift_config: parts.zonal_shift.and_then(zonal_shift),
            deletion_protection: false,
            tags,
        };
        self.add_after(Key::CONTROL_PLANE, cluster, after);
    }

    /// The subnets of the control plane's interfaces: all, unless the config says otherwise.
    fn control_plane_subnets(&self, vpc: &ClusterVPC) -> BTreeSet<Text> {
        if !vpc.control_plane_subnet_ids.is_empty() {
            let named = vpc.control_plane_subnet_ids.iter();
            return named.map(|id| Text::from(id.as_str())).collect();
        }
        let private_only = vpc.control_plane_on_private_subnets.unwrap_or(false);
        let public = self.network.public.iter().filter(|_| !private_only);
        public
            .chain(&self.network.private)
            .map(|place| place.id.clone())
            .collect()
    }

    fn logging(&mut self, cloud_watch: Option<&ClusterCloudWatch>) -> Option<Logging> {
        let ClusterCloudWatch { cluster_logging } = cloud_watch?;
        let ClusterCloudWatchLogging {
            enable_types,
            log_retention_in_days,
        } = cluster_logging.as_ref()?;
        let all = enable_types.iter().any(|name| name == "*" || name == "all");
        let asked = LOG_TYPES
            .into_iter()
            .filter(|name| all || enable_types.iter().any(|asked| asked == name));
        let enabled_types: BTreeSet<_> = asked
            .map(|name| LogType {
                r#type: name.to_owned(),
            })
            .collect();
        if enabled_types.is_empty() {
            return None;
        }
        // Made before the cluster, so that it has tags and a retention from its first event on.
        let group = LogGroup {
            log_group_name: format!("/aws/eks/{}/cluster", self.desired.cluster),
            retention_in_days: log_retention_in_days
                .and_then(|days| u32::try_from(days).ok())
                .filter(|days| *days > 0),
            tags: self.tags.clone(),
        };
        self.add(Key::LOG_GROUP, group);
        Some(Logging {
            cluster_logging: ClusterLogging { enabled_types },
        })
    }
}

/// Everywhere is what AWS gives when nobody asks; host bits are cleared, as EKS wants it.
fn public_cidrs(cidrs: &[String]) -> BTreeSet<String> {
    let network =
        |cidr: &String| super::cidr::Cidr::parse(cidr).map_or_else(|| cidr.clone(), |cidr| cidr.to_string());
    let cidrs: BTreeSet<String> = cidrs.iter().map(network).collect();
    if cidrs.iter().eq(["0.0.0.0/0"]) {
        BTreeSet::new()
    } else {
        cidrs
    }
}

fn network_config(network: &config::KubernetesNetworkConfig) -> Option<KubernetesNetworkConfig> {
    let config::KubernetesNetworkConfig {
        ip_family: _,
        service_ipv4_cidr,
        service_ipv6_cidr: _,
    } = network;
    let service_ipv4_cidr = service_ipv4_cidr.clone().filter(|cidr| !cidr.is_empty())?;
    Some(KubernetesNetworkConfig {
        service_ipv4_cidr: Some(service_ipv4_cidr),
    })
}

fn encryption(secrets: &config::SecretsEncryption) -> EncryptionConfig {
    let config::SecretsEncryption { key_arn } = secrets;
    EncryptionConfig {
        provider: Provider {
            key_arn: key_arn.clone(),
        },
        resources: vec!["secrets".to_owned()],
    }
}

fn zonal_shift(config: &config::ZonalShiftConfig) -> Option<ZonalShiftConfig> {
    let config::ZonalShiftConfig { enabled } = config;
    enabled
        .filter(|on| *on)
        .map(|enabled| ZonalShiftConfig { enabled })
}

fn upgrade_policy(policy: &config::UpgradePolicy) -> Option<UpgradePolicy> {
    let config::UpgradePolicy { support_type } = policy;
    let support_type = support_type.clone().filter(|support| support == "STANDARD")?;
    Some(UpgradePolicy { support_type })
}
