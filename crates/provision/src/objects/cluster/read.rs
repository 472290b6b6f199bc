//! What EKS says of a cluster, in our terms.

use std::collections::BTreeSet;

use super::{
    AccessConfig, Cluster, ClusterLogging, EncryptionConfig, KubernetesNetworkConfig, LogType, Logging,
    Provider, ResourcesVpcConfig, UpgradePolicy, ZonalShiftConfig,
};
use crate::facts::cluster_dns;
use crate::objects::lifecycle::Attributes;
use crate::observe::Reading;
use crate::operations::eks;
use crate::text::{Attribute, Text};

/// EKS takes 10.100.0.0/16 for services, or 172.20.0.0/16 where that would meet the VPC's own addresses.
const DEFAULT_SERVICE_CIDRS: [&str; 2] = ["10.100.0.0/16", "172.20.0.0/16"];

/// What EKS does at the end of standard support when nobody asks: it goes on, at a higher price.
pub(super) const DEFAULT_SUPPORT: &str = "EXTENDED";

pub(super) fn described(cluster: &eks::Cluster) -> Attributes {
    let mut attributes = Attributes::from([
        (Attribute::Id, cluster.name.clone()),
        (Attribute::Arn, cluster.arn.clone()),
        (Attribute::CreatedAt, cluster.created_at.to_string()),
    ]);
    let service_cidr = cluster.kubernetes_network_config.service_ipv4_cidr.clone();
    let dns = service_cidr.as_deref().and_then(cluster_dns);
    let issuer = cluster
        .identity
        .as_ref()
        .map(|identity| identity.oidc.issuer.as_str());
    // AWS has these only once the cluster is ACTIVE.
    let later = [
        (Attribute::Endpoint, cluster.endpoint.clone()),
        (
            Attribute::CertificateAuthorityData,
            cluster
                .certificate_authority
                .as_ref()
                .map(|certificate| certificate.data.clone()),
        ),
        (
            Attribute::OpenIdConnectIssuer,
            issuer.map(|url| url.trim_start_matches("https://").to_owned()),
        ),
        (
            Attribute::ClusterSecurityGroupId,
            cluster.resources_vpc_config.cluster_security_group_id.clone(),
        ),
        (Attribute::ServiceIpv4Cidr, service_cidr),
        (Attribute::ClusterDns, dns),
    ];
    attributes.extend(
        later
            .into_iter()
            .filter_map(|(attribute, value)| Some((attribute, value?))),
    );
    attributes
}

/// A cluster's spec, without what EKS gives when nobody asks.
pub(super) fn spec(reading: &Reading, cluster: &eks::Cluster) -> Cluster {
    let vpc = &cluster.resources_vpc_config;
    let texts = |ids: &[String]| ids.iter().map(|id| Text::from(id.as_str())).collect();
    let asked = |cidr: &&String| !DEFAULT_SERVICE_CIDRS.contains(&cidr.as_str());
    let service_cidr = cluster
        .kubernetes_network_config
        .service_ipv4_cidr
        .as_ref()
        .filter(asked);
    Cluster {
        name: cluster.name.clone(),
        version: cluster.version.clone(),
        role_arn: Text::from(cluster.role_arn.as_str()),
        resources_vpc_config: ResourcesVpcConfig {
            subnet_ids: texts(&vpc.subnet_ids),
            security_group_ids: texts(&vpc.security_group_ids),
            endpoint_public_access: vpc.endpoint_public_access,
            endpoint_private_access: vpc.endpoint_private_access,
            public_access_cidrs: vpc
                .public_access_cidrs
                .iter()
                .filter(|cidr| *cidr != "0.0.0.0/0")
                .cloned()
                .collect(),
        },
        access_config: AccessConfig {
            authentication_mode: cluster.access_config.authentication_mode.clone(),
            bootstrap_cluster_creator_admin_permissions: cluster
                .access_config
                .bootstrap_cluster_creator_admin_permissions
                .unwrap_or(true),
        },
        kubernetes_network_config: service_cidr.map(|cidr| KubernetesNetworkConfig {
            service_ipv4_cidr: Some(cidr.clone()),
        }),
        encryption_config: cluster
            .encryption_config
            .iter()
            .map(|config| EncryptionConfig {
                provider: Provider {
                    key_arn: config.provider.key_arn.clone(),
                },
                resources: config.resources.clone(),
            })
            .collect(),
        logging: logging(&cluster.logging),
        upgrade_policy: cluster
            .upgrade_policy
            .support_type
            .clone()
            .filter(|support| support != DEFAULT_SUPPORT)
            .map(|support_type| UpgradePolicy { support_type }),
        zonal_shift_config: cluster
            .zonal_shift_config
            .as_ref()
            .and_then(|config| config.enabled)
            .filter(|enabled| *enabled)
            .map(|enabled| ZonalShiftConfig { enabled }),
        deletion_protection: cluster.deletion_protection,
        tags: reading.chosen_of(&cluster.tags),
    }
}

/// The kinds of logs that are on, if any is.
fn logging(logging: &eks::Logging) -> Option<Logging> {
    let enabled = logging.cluster_logging.iter().filter(|setup| setup.enabled);
    let enabled_types: BTreeSet<_> = enabled
        .flat_map(|setup| &setup.types)
        .map(|name| LogType { r#type: name.clone() })
        .collect();
    (!enabled_types.is_empty()).then_some(Logging {
        cluster_logging: ClusterLogging { enabled_types },
    })
}
