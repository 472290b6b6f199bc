//! What is there: the whole cluster read back from AWS and Kubernetes, in few calls.
//!
//! Reading and understanding are apart: `Reading` holds AWS's answers as they are, and each kind makes its objects
//! from it without a call of its own. So a look at a cluster costs about 40 calls, and understanding is a pure
//! function.

mod calls;
mod iam;
mod nodes;
mod reading;
mod surroundings;

use std::collections::{BTreeMap, BTreeSet};

pub use nodes::{Node, nodes, pods};
pub(crate) use nodes::{live_pods, node_name, ready_nodes};
pub(crate) use reading::Reading;
pub(crate) use surroundings::{group_to_delete, look_around};

use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::present;
use crate::objects::{Spec, is_outdated};
use crate::observed::{Leftover, Object, Observed, Ownership};
use crate::operations::iam::{GetRole, GetUser};

/// Reads everything of the cluster of `cx`'s owner, and looks which of `principals` (ARNs) exist. The owner's cluster
/// id counts only where the account knows none.
///
/// # Errors
/// The first call that was refused.
pub async fn observe(cx: &Cx<'_>, principals: &BTreeSet<String>) -> Result<Observed, Failure> {
    let reading = Box::pin(Reading::of(cx)).await?;
    let missing_principals = missing(cx, &reading, principals).await?;
    Ok(Observed {
        missing_principals,
        ..understood(&reading)
    })
}

/// Those of `principals` that do not exist. Of other accounts nothing can be known, so theirs count as existing.
async fn missing(
    cx: &Cx<'_>,
    reading: &Reading,
    principals: &BTreeSet<String>,
) -> Result<BTreeSet<String>, Failure> {
    let mut missing = BTreeSet::new();
    for arn in principals {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, _, "iam", _, account, resource] = parts.as_slice() else {
            continue;
        };
        if reading.account.as_deref() != Some(*account) {
            continue;
        }
        let exists = match resource.split_once('/') {
            Some(("role", path)) if reading.one_by_one => {
                let role_name = path.rsplit('/').next().unwrap_or_default().to_owned();
                present(cx.call(GetRole { role_name }).await)?.is_some_and(|role| role.arn == *arn)
            }
            Some(("role", _)) => reading.roles.iter().any(|role| role.arn == *arn),
            Some(("user", path)) => {
                let user_name = path.rsplit('/').next().unwrap_or_default().to_owned();
                present(cx.call(GetUser { user_name }).await)?.is_some_and(|user| user.arn == *arn)
            }
            _ => true,
        };
        if !exists {
            missing.insert(arn.clone());
        }
    }
    Ok(missing)
}

/// The objects in what was read.
fn understood(reading: &Reading) -> Observed {
    let mut objects: BTreeMap<Key, Object> = BTreeMap::new();
    let mut leftovers = vec![];
    for (key, object) in Spec::read_all(reading) {
        // Kinds that can have several of one key put the best one last.
        if let Some(other) = objects.insert(key.clone(), object)
            && other.ownership == Ownership::Ours
        {
            leftovers.push(second(&key, &other));
        }
    }
    leftovers.sort();
    Observed {
        cluster: reading.owner.cluster.clone(),
        region: reading.owner.region.clone(),
        account: reading.account.clone(),
        cluster_id: reading.cluster_id_found.then(|| reading.owner.cluster_id.clone()),
        objects,
        leftovers,
        missing_principals: BTreeSet::new(),
        caller: reading.caller.clone(),
        notes: reading.notes(),
        outdated: outdated(reading),
        workloads: vec![],
        jobs: vec![],
    }
}

/// The instances of each nodegroup that run with an older template than their group has.
fn outdated(reading: &Reading) -> BTreeMap<Key, BTreeSet<String>> {
    let groups = reading.scaling_groups.iter().filter_map(|group| {
        let tag = |name: &str| {
            let tag = group.tags.iter().find(|tag| tag.key == name)?;
            tag.value.as_deref()
        };
        let (key, _) = reading.key_by(tag)?;
        let version = group.launch_template.as_ref()?.version.as_deref()?;
        let old = group
            .instances
            .iter()
            .filter(|instance| is_outdated(instance, version));
        let old: BTreeSet<String> = old.map(|instance| instance.instance_id.clone()).collect();
        (!old.is_empty()).then_some((key, old))
    });
    groups.collect()
}

/// A second object with the key of another one.
fn second(key: &Key, object: &Object) -> Leftover {
    Leftover {
        type_name: object.spec.type_name(),
        id: object.id.clone(),
        detail: format!("a second `{key}`"),
        removable: true,
        blocks: BTreeSet::new(),
    }
}
