//! The Kubernetes API of a cluster.

mod apply;
mod balancers;
mod store;
mod volumes;

pub(super) use balancers::Balancer;
pub(super) use store::{NewNode, Store};

use super::{Answer, Refusal, eks::ClusterState, world::World};
use crate::operations::kubernetes::{self, Apply, Cordon, Delete, Evict, Get, List, Readyz, Replace};
use serde_json::Value;

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(code, message)
}

impl World<'_> {
    pub(super) fn kubernetes(&mut self, request: kubernetes::Request) -> Answer<kubernetes::Reply> {
        dispatch!(self, request, kubernetes:
            Readyz => readyz,
            Get => kubernetes_get,
            List => kubernetes_list,
            Apply => kubernetes_apply,
            Replace => kubernetes_replace,
            Delete => kubernetes_delete,
            Evict => kubernetes_evict,
            Cordon => kubernetes_cordon,
        )
    }

    /// The cluster, if it answers this caller.
    fn api(&mut self, name: &str) -> Answer<&mut ClusterState> {
        let caller = &self.facts.caller;
        let Some(cluster) = self
            .region
            .clusters
            .get_mut(name)
            .filter(|cluster| cluster.serves())
        else {
            return Err(refuse(
                "NameNotResolved",
                format!("the API of cluster `{name}` has no address"),
            ));
        };
        if !cluster.shape.resources_vpc_config.endpoint_public_access {
            return Err(refuse(
                "ConnectionRefused",
                format!("the API of cluster `{name}` is open inside its VPC only"),
            ));
        }
        if cluster.api > self.now {
            // First the name does not resolve, then nobody listens, then tokens are not known.
            let left = cluster.api.duration_since(self.now).as_secs();
            return Err(match left {
                30.. => refuse("NameNotResolved", "the endpoint does not resolve yet"),
                10..30 => refuse("ConnectionRefused", "connection refused"),
                _ => refuse("Unauthorized", "Unauthorized"),
            });
        }
        if !cluster.has_entries() {
            // Whoever made the cluster is its administrator, and the sandbox has one caller.
            return Ok(cluster);
        }
        let Some(entry) = cluster.entries.get(caller) else {
            return Err(refuse("Unauthorized", format!("`{caller}` has no access entry")));
        };
        let admin = |policy: &crate::operations::eks::AssociatedAccessPolicy| {
            policy.policy_arn.ends_with("/AmazonEKSClusterAdminPolicy")
                && policy.access_scope.kind == "cluster"
        };
        if !entry.policies.iter().any(admin) {
            return Err(refuse(
                "Forbidden",
                format!("`{caller}` may not do this: its entry has no admin policy"),
            ));
        }
        Ok(cluster)
    }

    fn readyz(&mut self, input: Readyz) -> Answer<()> {
        self.api(&input.cluster).map(|_| ())
    }

    fn kubernetes_get(&mut self, input: Get) -> Answer<Value> {
        self.api(&input.cluster)?.store.get(&input.object)
    }

    fn kubernetes_list(&mut self, input: List) -> Answer<Vec<Value>> {
        let (namespace, selector) = (input.namespace.as_deref(), input.label_selector.as_deref());
        self.api(&input.cluster)?
            .store
            .list(&input.api_version, &input.kind, namespace, selector)
    }

    fn kubernetes_apply(&mut self, input: Apply) -> Answer<Value> {
        let (now, uid) = (self.now, self.random.uuid());
        let store = &mut self.api(&input.cluster)?.store;
        let live = store.apply(input.manifest, &input.field_manager, input.force, now, uid)?;
        let object = store::reference(&live);
        self.see_balancer(&input.cluster, &object, &live);
        self.see_claim(&input.cluster, &object, &live);
        Ok(live)
    }

    fn kubernetes_replace(&mut self, input: Replace) -> Answer<Value> {
        self.api(&input.cluster)?
            .store
            .replace(input.manifest, &input.field_manager)
    }

    fn kubernetes_delete(&mut self, input: Delete) -> Answer<()> {
        let live = self.api(&input.cluster)?.store.get(&input.object)?;
        if self.keeps_for_balancer(&input.cluster, &input.object) {
            return Ok(());
        }
        if input.object.kind == "PersistentVolumeClaim" {
            self.drop_claim(&input.cluster, &live);
        }
        self.api(&input.cluster)?.store.delete(&input.object)
    }

    fn kubernetes_evict(&mut self, input: Evict) -> Answer<()> {
        self.api(&input.cluster)?
            .store
            .evict(&input.namespace, &input.name)
    }

    fn kubernetes_cordon(&mut self, input: Cordon) -> Answer<()> {
        self.api(&input.cluster)?
            .store
            .cordon(&input.node, input.unschedulable)
    }
}
