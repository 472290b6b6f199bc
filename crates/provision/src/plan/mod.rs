//! What an apply or a destroy will do: data with nothing left to decide.

#[cfg(test)]
pub(crate) mod applied;
mod apply;
mod cost;
mod destroy;
mod diff;
mod durations;
mod order;
mod others;
mod planned;
mod removals;
mod summary;
#[cfg(test)]
mod tests;
mod timeline;

pub use apply::{Options, plan};
pub use cost::{Cost, Hourly, Line, Nodes, Part, cost, desired_cost, observed_cost};
pub use destroy::destroy;
pub use diff::properties;
pub use planned::Planned;
pub use summary::{Group, Summary};
pub use timeline::{Span, Timeline};

use crate::{
    key::Key,
    objects::Spec,
    observed::{Leftover, Ownership},
};
use serde::Serialize;
use std::{collections::BTreeSet, time::Duration};

/// What a step does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Make it.
    Create,
    /// Change it where it is.
    Update,
    /// Give it a new version; what runs keeps the old one.
    NewVersion,
    /// Make another in its place; the old one is deleted in this step, or (create first) by a step of its own.
    Replace,
    /// Replace the nodes of a group that run with an older template, one by one.
    Roll,
    /// Delete it.
    Delete,
    /// Wait until it is ready, because an earlier run did not.
    Await,
}

/// Names a step: an object can be made anew by one step and its old self deleted by another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct StepId {
    /// The object.
    pub key: Key,
    /// Whether this is the deletion of what is there.
    pub delete: bool,
}

/// One property that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its path: `LaunchTemplateData.InstanceType`.
    pub path: String,
    /// What it is, as shown: holes as `${Key.Attribute}`; `None` where there is nothing.
    pub from: Option<String>,
    /// What it will be.
    pub to: Option<String>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its object.
    pub key: Key,
    /// What it does.
    pub action: Action,
    /// What the object will be; `None` for a deletion. Its holes are filled when the step starts.
    pub spec: Option<Spec>,
    /// What is there now, for a change or a deletion: spec with ids as they are, and the id.
    pub present: Option<(Spec, String)>,
    /// Steps that must be done before.
    pub needs: BTreeSet<StepId>,
    /// What changes, by property.
    pub differences: Vec<Difference>,
    /// Why the step is there.
    pub reason: String,
    /// What it disturbs, if anything.
    pub disturbs: Option<String>,
    /// Whether it ends when the object is ready, and not as soon as AWS accepted it: add-ons that run on nodes are not
    /// waited for where no group has a node.
    pub waits: bool,
    /// How long it takes as a rule, its wait included.
    #[serde(with = "seconds")]
    pub expected: Duration,
    /// How long it takes on a slow day (95 of 100).
    #[serde(with = "seconds")]
    pub slow: Duration,
}

impl Step {
    /// The step's name.
    pub fn id(&self) -> StepId {
        StepId {
            key: self.key.clone(),
            delete: self.action == Action::Delete,
        }
    }
}

/// An access entry that waits for its principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The entry.
    pub key: Key,
    /// The principal, by ARN.
    pub principal: String,
}

/// Something that a plan would do but must not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// The object.
    pub key: Key,
    /// Why, and what to do.
    pub reason: String,
}

/// An object that is there and is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotOurs {
    /// The object.
    pub key: Key,
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub ownership: Ownership,
}

/// An object that the config no longer asks for and that stays all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The object.
    pub key: Key,
    /// Why.
    pub reason: String,
}

/// Everything that an apply or a destroy will do, in an order in which every step comes after those it needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The cluster's name.
    pub cluster: String,
    /// Its region.
    pub region: String,
    /// The steps.
    pub steps: Vec<Step>,
    /// Entries that wait for their principal; no steps.
    pub pending: Vec<Pending>,
    /// What must not be done; a plan with any is not executed.
    pub blocked: Vec<Blocked>,
    /// What is no longer asked for and stays.
    pub kept: Vec<Kept>,
    /// What is there and is not ours; left alone.
    pub not_ours: Vec<NotOurs>,
    /// What else is in the way or will be left over.
    pub leftovers: Vec<Leftover>,
}

impl Plan {
    /// Whether there is nothing to do. Pending entries are nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.blocked.is_empty()
    }
}

mod seconds {
    use serde::Serializer;
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(duration.as_secs())
    }
}
