//! Names and ownership tags: the same for the same cluster and key, whoever asks and whenever.

use crate::{key::Key, objects::Tags};
use sha2::{Digest, Sha256};

/// The tag with the cluster's name.
pub const CLUSTER_TAG: &str = "lb/cluster";
/// The tag with the cluster's region: IAM has none of its own.
pub const REGION_TAG: &str = "lb/region";
/// The tag with the random id of one life of the cluster.
pub const CLUSTER_ID_TAG: &str = "lb/cluster-id";
/// The tag with the object's key.
pub const KEY_TAG: &str = "lb/id";

/// The longest name that IAM gives a role.
const ROLE_LIMIT: usize = 64;
/// The longest name that all other kinds take: IAM's for instance profiles, which is the shortest of them.
const LIMIT: usize = 128;

/// The names of one cluster's objects.
#[derive(Clone, Debug)]
pub struct Names {
    cluster: String,
    region: String,
}

impl Names {
    /// The names of cluster `cluster` in `region`.
    pub fn new(cluster: &str, region: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            region: region.to_owned(),
        }
    }

    /// The path of the cluster's roles and instance profiles, found by one listing. Its last slash keeps
    /// `leaderboard-1` from seeing `leaderboard-10`.
    pub fn iam_path(&self) -> String {
        format!("/lb/{}/{}/", self.region, self.cluster)
    }

    /// The name of a role.
    pub fn role(&self, key: &Key) -> String {
        self.name(key, "", ROLE_LIMIT)
    }

    /// The name of an object of any other kind.
    pub fn object(&self, key: &Key) -> String {
        self.name(key, "", LIMIT)
    }

    /// The name of an object that is another one when `content` is: a key pair and its key.
    pub fn object_of(&self, key: &Key, content: &str) -> String {
        self.name(key, content, LIMIT)
    }

    /// The `Name` tag of an object.
    pub fn display(&self, key: &Key) -> String {
        format!("{}/{key}", self.cluster)
    }

    /// The tags that make an object ours, for the call that creates it.
    pub fn ownership(&self, cluster_id: &str, key: &Key) -> Tags {
        [
            (CLUSTER_TAG, self.cluster.as_str()),
            (REGION_TAG, &self.region),
            (CLUSTER_ID_TAG, cluster_id),
            (KEY_TAG, key.as_str()),
        ]
        .into_iter()
        .map(|(tag, value)| (tag.to_owned(), value.to_owned()))
        .collect()
    }

    /// A readable prefix cut to fit (`lb-` first, since a group must not be called `sg-...`), and always 8 hex digits of a hash over the full parts, so that neither cutting
    /// nor the letters that a kind does not allow make two names the same.
    fn name(&self, key: &Key, content: &str, limit: usize) -> String {
        let parts = [self.region.as_str(), &self.cluster, key.as_str(), content]
            .join("\n")
            .to_lowercase();
        let hash: String = Sha256::digest(parts)
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let readable = format!("lb-{}-{key}", self.cluster);
        let plain = readable
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        let cut: String = plain.take(limit.saturating_sub(hash.len() + 1)).collect();
        format!("{}-{hash}", cut.trim_end_matches('-'))
    }
}

/// The ARN of a role or user without its path: what STS makes of it, and what `aws-auth` is searched for.
pub fn plain_arn(arn: &str) -> String {
    let parts = arn
        .split_once(":role/")
        .map(|(account, path)| (account, "role", path));
    let parts = parts.or_else(|| {
        arn.split_once(":user/")
            .map(|(account, path)| (account, "user", path))
    });
    match parts {
        Some((account, kind, path)) => {
            format!("{account}:{kind}/{}", path.rsplit('/').next().unwrap_or_default())
        }
        None => arn.to_owned(),
    }
}

/// The ARN of the role that an instance profile holds if it was made as the console makes it: of the same name and path.
pub fn role_of_profile(arn: &str) -> Option<String> {
    arn.split_once(":instance-profile/")
        .map(|(account, path)| format!("{account}:role/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_and_tell_clusters_regions_and_keys_apart() {
        let long = "a".repeat(100);
        let mut seen = std::collections::BTreeSet::new();
        for cluster in [
            "leaderboard-1",
            "leaderboard-10",
            "Leaderboard-10-ng",
            long.as_str(),
        ] {
            for region in ["us-west-2", "us-east-1"] {
                for key in [
                    Key::SERVICE_ROLE,
                    Key::nodegroup("a", "NodeInstanceRole"),
                    Key::nodegroup("a-b", "x"),
                    Key::nodegroup("a", "b-x"),
                ] {
                    let name = Names::new(cluster, region).role(&key);
                    assert!(name.len() <= ROLE_LIMIT, "{name}");
                    assert!(
                        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                        "{name}"
                    );
                    assert!(seen.insert(name.to_lowercase()), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_name_never_changes() {
        let names = Names::new("leaderboard-10", "us-west-2");
        assert_eq!(
            names.role(&Key::SERVICE_ROLE),
            "lb-leaderboard-10-ServiceRole-07630ecd"
        );
        assert_eq!(names.iam_path(), "/lb/us-west-2/leaderboard-10/");
    }
}
