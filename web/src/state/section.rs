//! The parts of the form, in its order.

use lb_model::path::{Path, Segment};

/// A part of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Which cluster this file describes.
    Environment,
    /// The Kubernetes version and the images of the nodes.
    Version,
    /// The nodegroups.
    Pools,
    /// What the pods of each service account may do in AWS.
    Permissions,
    /// Who may use the cluster.
    Access,
    /// The VPC, its subnets and endpoints, and the addresses of Kubernetes.
    Network,
    /// What EKS installs.
    AddOns,
    /// The logs of the control plane.
    Logging,
    /// The key of the cluster's secrets.
    Encryption,
    /// Everything else that eksctl knows.
    Fields,
}

impl Section {
    /// The parts that the form shows.
    pub(crate) const FORM: [Self; 10] = [
        Self::Environment,
        Self::Version,
        Self::Pools,
        Self::Permissions,
        Self::Access,
        Self::Network,
        Self::AddOns,
        Self::Logging,
        Self::Encryption,
        Self::Fields,
    ];

    /// The first of those that most files do not need.
    pub(crate) const RARE: usize = 5;

    /// The part that shows the value at a path.
    pub(crate) fn of(path: &Path) -> Self {
        let key = |n: usize| match path.segments().get(n) {
            Some(Segment::Key(key)) => key.as_str(),
            _ => "",
        };
        match (key(0), key(1)) {
            ("metadata", "version") | ("upgradePolicy", _) => Self::Version,
            ("metadata" | "apiVersion" | "kind", _) => Self::Environment,
            ("nodeGroups" | "managedNodeGroups", _) => Self::Pools,
            ("iam", _) => Self::Permissions,
            ("iamIdentityMappings" | "accessConfig", _) => Self::Access,
            (
                "vpc" | "kubernetesNetworkConfig" | "privateCluster" | "availabilityZones" | "localZones",
                _,
            ) => Self::Network,
            ("addons" | "addonsConfig", _) => Self::AddOns,
            ("cloudWatch", _) => Self::Logging,
            ("secretsEncryption", _) => Self::Encryption,
            _ => Self::Fields,
        }
    }

    /// Its id in the page.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Version => "version",
            Self::Pools => "pools",
            Self::Permissions => "permissions",
            Self::Access => "access",
            Self::Network => "network",
            Self::AddOns => "add-ons",
            Self::Logging => "logging",
            Self::Encryption => "encryption",
            Self::Fields => "fields",
        }
    }

    /// Its title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Environment => "Environment",
            Self::Version => "Version and image",
            Self::Pools => "Node pools",
            Self::Permissions => "Permissions",
            Self::Access => "Access",
            Self::Network => "Network",
            Self::AddOns => "Add-ons",
            Self::Logging => "Logging",
            Self::Encryption => "Encryption",
            Self::Fields => "All other fields",
        }
    }

    /// What it is about, beside the title.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Environment => "Which cluster this file describes",
            Self::Version => "One choice: each Kubernetes version works with certain node images only",
            Self::Pools => "Groups of machines that grow when jobs wait and shrink when they are done",
            Self::Permissions => "What the pods of each service account may do in AWS",
            Self::Access => "Who may use the cluster",
            Self::Network => "Where the cluster runs, and who reaches its endpoint",
            Self::AddOns => "What EKS installs into the cluster",
            Self::Logging => "Which logs of the control plane are kept, and how long",
            Self::Encryption => "The key that Kubernetes secrets are encrypted with",
            Self::Fields => "Every field that eksctl knows",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_part() {
        let part = |keys: &[&str]| Section::of(&keys.iter().fold(Path::root(), |path, key| path.key(*key)));
        assert_eq!(part(&["metadata", "name"]), Section::Environment);
        assert_eq!(part(&["metadata", "version"]), Section::Version);
        assert_eq!(part(&["nodeGroups"]), Section::Pools);
        assert_eq!(part(&["vpc", "cidr"]), Section::Network);
        assert_eq!(part(&["karpenter"]), Section::Fields);
        assert_eq!(part(&[]), Section::Fields);
    }
}
