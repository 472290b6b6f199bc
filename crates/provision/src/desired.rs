//! What should be there: every object that a config asks for.

use crate::{key::Key, objects::Spec};
use lb_model::path::Path;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An object that should be there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wanted {
    /// What it should be.
    pub spec: Spec,
    /// What must be ready before it beside what its holes read: a gateway before a NAT gateway, routes before nodes.
    pub after: BTreeSet<Key>,
}

/// Everything that should be there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Desired {
    /// The cluster's name.
    pub cluster: String,
    /// Its region.
    pub region: String,
    /// The objects.
    pub objects: BTreeMap<Key, Wanted>,
    /// Groups whose first node is waited for, with how many nodes must be ready: the group's smallest size.
    pub nodes: BTreeMap<String, u32>,
    /// Principals that may not exist yet, by their entry's key, with where the config maps them.
    #[serde(skip)]
    pub principals: BTreeMap<Key, Path>,
}

impl Desired {
    /// Everything that must be ready before the object `key`: what its holes read and what is declared.
    pub fn needs(&self, key: &Key) -> BTreeSet<Key> {
        let Some(wanted) = self.objects.get(key) else {
            return BTreeSet::new();
        };
        let read = wanted.spec.holes().into_iter().map(|hole| hole.key);
        read.chain(wanted.after.iter().cloned())
            .filter(|needed| needed != key)
            .collect()
    }
}
