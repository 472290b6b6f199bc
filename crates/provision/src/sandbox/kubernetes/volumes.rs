//! Volumes that the EBS driver makes for claims. They outlive the cluster that they were made for.

use crate::{
    operations::{
        ec2::{DescribeVolumes, Tag, Volume},
        kubernetes::ObjectRef,
    },
    sandbox::{Answer, event::Event, shelf::Described, world::World},
};
use serde_json::{Value, json};
use std::time::Duration;

/// The add-on that makes volumes.
const DRIVER: &str = "aws-ebs-csi-driver";

impl Described for Volume {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "volume-id" => test(&self.volume_id),
            "status" => test(&self.state),
            "availability-zone" => test(&self.availability_zone),
            _ => return None,
        })
    }
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

impl World<'_> {
    /// A claim was written: it is bound a moment later.
    pub(super) fn see_claim(&mut self, cluster: &str, object: &ObjectRef, live: &Value) {
        let event = Event::ClaimBinds(cluster.to_owned(), object.clone());
        let bound = !text(live, "/spec/volumeName").is_empty();
        if object.kind == "PersistentVolumeClaim" && !bound && !self.region.events.awaits(&event) {
            self.soon(Duration::from_secs(8), event);
        }
    }

    pub(in crate::sandbox) fn claim_binds(&mut self, cluster: &str, object: &ObjectRef) {
        let Some(held) = self.region.clusters.get(cluster) else {
            return;
        };
        let Ok(claim) = held.store.get(object) else { return };
        if !held.has_addon(DRIVER) || !held.store.has_ready_node() {
            let event = Event::ClaimBinds(cluster.to_owned(), object.clone());
            return self.soon(Duration::from_secs(30), event);
        }
        let (namespace, name) = (object.namespace.clone().unwrap_or_default(), &object.name);
        let (id, volume_name) = (self.random.id("vol"), format!("pvc-{}", self.random.uuid()));
        let gib = text(&claim, "/spec/resources/requests/storage")
            .trim_end_matches("Gi")
            .parse()
            .unwrap_or(1);
        let tags = [
            (format!("kubernetes.io/cluster/{cluster}"), "owned".to_owned()),
            ("ebs.csi.aws.com/cluster".to_owned(), "true".to_owned()),
            (
                "kubernetes.io/created-for/pvc/namespace".to_owned(),
                namespace.clone(),
            ),
            ("kubernetes.io/created-for/pvc/name".to_owned(), name.clone()),
            (
                "kubernetes.io/created-for/pv/name".to_owned(),
                volume_name.clone(),
            ),
        ];
        let volume = Volume {
            volume_id: id.clone(),
            size: gib,
            state: "available".into(),
            availability_zone: self.zones().into_iter().next().unwrap_or_default(),
            tags: tags
                .into_iter()
                .map(|(key, value)| Tag::new(key, value))
                .collect(),
        };
        let (seen, now, uid) = (self.fresh(), self.now, self.random.uuid());
        self.region.volumes.insert(id.clone(), volume, seen);
        let Some(held) = self.region.clusters.get_mut(cluster) else {
            return;
        };
        held.store
            .change(object, &["spec", "volumeName"], json!(volume_name));
        held.store.change(object, &["status", "phase"], json!("Bound"));
        let volume = json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": volume_name},
            "spec": {
                "claimRef": {"namespace": namespace, "name": name},
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": id},
            },
        });
        let key = format!("v1/PersistentVolume//{}", text(&volume, "/metadata/name"));
        held.store.make(&key, volume, now, uid);
    }

    /// A claim was deleted: its volume goes with it.
    pub(super) fn drop_claim(&mut self, cluster: &str, claim: &Value) {
        let name = text(claim, "/spec/volumeName").to_owned();
        if name.is_empty() {
            return;
        }
        let Some(held) = self.region.clusters.get_mut(cluster) else {
            return;
        };
        let volume = ObjectRef::new("v1", "PersistentVolume", &name);
        let id = held
            .store
            .get(&volume)
            .map(|volume| text(&volume, "/spec/csi/volumeHandle").to_owned());
        let _ = held.store.delete(&volume);
        if let Ok(id) = id {
            self.region.volumes.remove(&id);
        }
    }

    pub(in crate::sandbox) fn describe_volumes(&mut self, input: DescribeVolumes) -> Answer<Vec<Volume>> {
        let missing = |id: &str| {
            crate::sandbox::Refusal::new(
                "InvalidVolume.NotFound",
                format!("The volume '{id}' does not exist."),
            )
        };
        let volumes = &self.region.volumes;
        let found = volumes.describe(&input.volume_ids, &input.filters, self.now, missing)?;
        Ok(found.into_iter().cloned().collect())
    }
}
