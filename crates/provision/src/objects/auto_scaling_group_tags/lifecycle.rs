//! Tags of EKS's Auto Scaling groups in an account.

use super::{AutoScalingGroupTags, TAGS_PART};
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::Tags;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, literal, object, present, tag_changes};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::autoscaling::{CreateOrUpdateTags, DeleteTags, Tag};
use crate::text::{Attribute, Text};

fn tag(group: &str, key: &str, value: Option<&str>, propagate: bool) -> Tag {
    Tag {
        resource_id: Some(group.to_owned()),
        resource_type: Some("auto-scaling-group".to_owned()),
        key: key.to_owned(),
        value: value.map(str::to_owned),
        propagate_at_launch: Some(propagate),
    }
}

/// What EKS gives its groups itself: taking our value away means giving EKS's back.
fn of_eks(cluster: &str, key: &str) -> Option<&'static str> {
    let own = |prefix: &str| key.strip_prefix(prefix) == Some(cluster);
    match key {
        "k8s.io/cluster-autoscaler/enabled" => Some("true"),
        _ if own("k8s.io/cluster-autoscaler/") || own("kubernetes.io/cluster/") => Some("owned"),
        _ => None,
    }
}

impl AutoScalingGroupTags {
    async fn set(&self, cx: &Cx<'_>, group: &str, tags: &Tags) -> Result<(), Failure> {
        let tags: Vec<Tag> = tags
            .iter()
            .map(|(key, value)| tag(group, key, Some(value), false))
            .collect();
        // AWS takes 25 in one call.
        for some in tags.chunks(25) {
            cx.call(CreateOrUpdateTags { tags: some.to_vec() }).await?;
        }
        Ok(())
    }

    async fn unset(&self, cx: &Cx<'_>, group: &str, keys: &[String]) -> Result<(), Failure> {
        let cluster = &cx.owner().cluster;
        let given_back = keys
            .iter()
            .filter_map(|key| Some(tag(group, key, Some(of_eks(cluster, key)?), true)));
        let given_back: Vec<Tag> = given_back.collect();
        if !given_back.is_empty() {
            present(cx.call(CreateOrUpdateTags { tags: given_back }).await)?;
        }
        let gone = keys.iter().filter(|key| of_eks(cluster, key).is_none());
        let tags: Vec<Tag> = gone.map(|key| tag(group, key, None, false)).collect();
        if !tags.is_empty() {
            present(cx.call(DeleteTags { tags }).await)?;
        }
        Ok(())
    }
}

impl Lifecycle for AutoScalingGroupTags {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let group = literal(&self.auto_scaling_group_name)?;
        let mut tags = cx.owner().tags(key);
        tags.extend(self.tags.clone());
        self.set(cx, group, &tags).await?;
        Ok(attributes([(Attribute::Id, group)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        let (set, removed) = tag_changes(&from.tags, &self.tags);
        self.set(cx, id, &set).await?;
        self.unset(cx, id, &removed).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, key: &Key, id: &str) -> Result<(), Failure> {
        let keys = self.tags.keys().cloned();
        let keys: Vec<String> = keys.chain(cx.owner().tags(key).into_keys()).collect();
        self.unset(cx, id, &keys).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let found = reading.scaling_groups.iter().filter_map(|group| {
            let value = |name: &str| {
                let tag = group.tags.iter().find(|tag| tag.key == name)?;
                tag.value.as_deref()
            };
            let (key, ownership) = reading.key_by(value)?;
            if !key.as_str().ends_with(TAGS_PART) {
                return None;
            }
            // EKS's own are propagated to nodes, ours are not.
            let ours = group
                .tags
                .iter()
                .filter(|tag| tag.propagate_at_launch != Some(true));
            let pairs = ours.map(|tag| (tag.key.as_str(), tag.value.as_deref().unwrap_or_default()));
            let name = group.auto_scaling_group_name.as_str();
            let spec = Self {
                auto_scaling_group_name: Text::from(name),
                tags: reading.chosen_pairs(pairs),
            };
            let attributes = attributes([(Attribute::Id, name)]);
            Some((key, object(spec, attributes, ownership, State::Ready)))
        });
        found.collect()
    }
}
