//! What runs in a Leaderboard cluster beside eksctl's add-ons.

use super::{minor, table::Row};
use jiff::civil::Date;

/// A component that is installed into the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// Our name for it, as in `cluster-autoscaler`.
    pub key: &'static str,
    /// Its image, without tag.
    pub image: &'static str,
    /// The tag, with `{minor}` for the minor of the cluster's Kubernetes version.
    version: &'static str,
    /// The day since which this version is known to be right.
    pub known_since: Date,
}

impl Component {
    /// The image's tag for a cluster of a Kubernetes version, as in `v1.35.0`; `None` where the tag depends on a
    /// version that is not `1.NN`.
    pub fn version(&self, kubernetes: &str) -> Option<String> {
        if !self.version.contains("{minor}") {
            return Some(self.version.to_owned());
        }
        Some(self.version.replace("{minor}", &minor(kubernetes)?.to_string()))
    }

    /// The last part of the image's name, by which it is also called in addresses of manifests.
    pub fn short_name(&self) -> &'static str {
        self.image.rsplit('/').next().unwrap_or(self.image)
    }
}

impl Row for Component {
    fn read(fields: &[&'static str]) -> Option<Self> {
        let &[key, image, version, known_since] = fields else {
            return None;
        };
        Some(Self {
            key,
            image,
            version,
            known_since: known_since.parse().ok()?,
        })
    }
}
