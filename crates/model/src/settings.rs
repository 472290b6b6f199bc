//! `lb`'s own settings, kept in annotations of `metadata`, so that the file stays one that eksctl takes.

use crate::{config::ClusterConfig, leaderboard::EDITION_ANNOTATION};

/// The annotation that lists what is installed into the cluster: `device-plugin, cluster-autoscaler`.
pub const INSTALL_ANNOTATION: &str = "lb/install";

/// The annotation that lists quotas of the account: `g-vcpus=192`.
pub const QUOTAS_ANNOTATION: &str = "lb/quotas";

/// Every annotation that is a setting.
pub const ANNOTATIONS: &[&str] = &[EDITION_ANNOTATION, INSTALL_ANNOTATION, QUOTAS_ANNOTATION];

/// What [`INSTALL_ANNOTATION`] may list.
pub const INSTALLABLE: &[&str] = &["device-plugin", "cluster-autoscaler", "log-shipping"];

/// The entries of a setting that is a list, parted by commas.
pub fn entries(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// An entry of [`QUOTAS_ANNOTATION`]: the quota's key in the catalog, and how much of it the account has.
pub fn quota(entry: &str) -> Option<(&str, u64)> {
    let (key, limit) = entry.split_once('=')?;
    Some((key.trim(), limit.trim().parse().ok()?))
}

/// The quotas that a config says its account has.
pub fn quotas(config: &ClusterConfig) -> Vec<(&str, u64)> {
    let given = config.metadata.annotations.get(QUOTAS_ANNOTATION);
    given.map_or_else(Vec::new, |value| entries(value).filter_map(quota).collect())
}
