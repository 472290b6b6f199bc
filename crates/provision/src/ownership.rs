//! Whose an object is, and how a repeated request is known to be the same.
//!
//! AWS holds the only state, so every object says by its tags whose it is: cluster, region and one life of the cluster.
//! A name alone never makes an object ours, and names are compared whole: `leaderboard-1` is not a part of
//! `leaderboard-10`.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::key::Key;
use crate::names::{CLUSTER_ID_TAG, CLUSTER_TAG, KEY_TAG, Names, REGION_TAG};
use crate::objects::Tags;
use crate::observed::Ownership;

/// The tag that CloudFormation puts on everything that a stack owns. It cannot be removed.
pub const TAG_STACK: &str = "aws:cloudformation:stack-id";

/// One life of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// The cluster's name.
    pub cluster: String,
    /// Its region.
    pub region: String,
    /// What tells this life of the cluster from an earlier one of the same name: random, made before the first object
    /// and kept in the tags of all of them.
    pub cluster_id: String,
}

impl Owner {
    /// The tags that every object of this life carries.
    #[must_use]
    pub fn tags(&self, key: &Key) -> Tags {
        self.names().ownership(&self.cluster_id, key)
    }

    /// The names of this cluster's objects.
    #[must_use]
    pub fn names(&self) -> Names {
        Names::new(&self.cluster, &self.region)
    }

    /// Whose an object with these tags is. One of an earlier life of the cluster is not ours: what that life left
    /// behind may be in use by something else by now.
    pub fn judge<'t>(&self, tag: impl Fn(&str) -> Option<&'t str>) -> Ownership {
        if let Some(stack) = tag(TAG_STACK) {
            return Ownership::Stack(stack.to_owned());
        }
        let is = |name: &str, value: &str| tag(name) == Some(value);
        let ours = is(CLUSTER_TAG, &self.cluster)
            && is(REGION_TAG, &self.region)
            && is(CLUSTER_ID_TAG, &self.cluster_id);
        if ours { Ownership::Ours } else { Ownership::Foreign }
    }

    /// The client token of a create: the same for a repeated request, another one after anything that makes it a
    /// different request. `dead` counts earlier objects of this key with the same parameters: AWS remembers tokens of
    /// deleted objects, and would answer with the dead one.
    #[must_use]
    pub fn token(&self, key: &Key, parameters: &str, dead: u32) -> String {
        let mut hash = Sha256::new();
        for part in [&self.cluster_id, key.as_str(), parameters, &dead.to_string()] {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        // AWS takes 64 ASCII characters.
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether a tag is `lb`'s own, and so no property that anybody chose.
#[must_use]
pub fn is_own_tag(tag: &str) -> bool {
    [CLUSTER_TAG, REGION_TAG, CLUSTER_ID_TAG, KEY_TAG].contains(&tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner() -> Owner {
        Owner {
            cluster: "leaderboard-1".into(),
            region: "us-west-2".into(),
            cluster_id: "a1".into(),
        }
    }

    fn judged(change: &[(&str, &str)]) -> Ownership {
        let mut tags = owner().tags(&Key::VPC);
        for (tag, value) in change {
            tags.insert((*tag).to_owned(), (*value).to_owned());
        }
        owner().judge(|tag| tags.get(tag).map(String::as_str))
    }

    #[test]
    fn ours_only_if_cluster_region_and_life_agree() {
        assert_eq!(judged(&[]), Ownership::Ours);
        assert_eq!(judged(&[(CLUSTER_TAG, "leaderboard-10")]), Ownership::Foreign);
        assert_eq!(judged(&[(REGION_TAG, "us-east-1")]), Ownership::Foreign);
        assert_eq!(judged(&[(CLUSTER_ID_TAG, "b2")]), Ownership::Foreign);
        assert_eq!(owner().judge(|_| None), Ownership::Foreign);
    }

    #[test]
    fn what_a_stack_owns_is_the_stacks_even_with_our_tags() {
        assert_eq!(
            judged(&[(TAG_STACK, "arn:stack")]),
            Ownership::Stack("arn:stack".into())
        );
    }

    #[test]
    fn a_token_changes_with_everything_that_makes_another_request() {
        let token = |parameters, dead| owner().token(&Key::VPC, parameters, dead);
        assert_eq!(token("p", 0), token("p", 0));
        assert_ne!(token("p", 0), token("p", 1));
        assert_ne!(token("p", 0), token("q", 0));
        assert_eq!(token("p", 0).len(), 64);
    }
}
