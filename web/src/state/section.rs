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
    /// Everything that the form does not show yet; it is edited in the file.
    File,
}

impl Section {
    /// The parts that the form shows.
    pub(crate) const FORM: [Self; 5] = [
        Self::Environment,
        Self::Version,
        Self::Pools,
        Self::Permissions,
        Self::Access,
    ];

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
            _ => Self::File,
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
            Self::File => "file",
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
            Self::File => "File",
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
            Self::File => "Everything else is edited in the file",
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
        assert_eq!(part(&["vpc", "cidr"]), Section::File);
        assert_eq!(part(&[]), Section::File);
    }
}
