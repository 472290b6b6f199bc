//! Placement groups in an account.

use super::PlacementGroup;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, must_be_ours, object, present, retag, search, specifications,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{self, CreatePlacementGroup, DeletePlacementGroup, DescribePlacementGroups};
use crate::text::Attribute;

fn by_name(name: &str) -> DescribePlacementGroups {
    DescribePlacementGroups {
        group_names: vec![name.to_owned()],
        ..DescribePlacementGroups::default()
    }
}

impl PlacementGroup {
    /// The group of this name, made by an earlier run.
    async fn existing(&self, cx: &Cx<'_>, key: &Key) -> Result<ec2::PlacementGroup, Failure> {
        let find = async || {
            let found = present(cx.call(by_name(&self.group_name)).await)?;
            Ok(found.into_iter().flatten().next())
        };
        let what = format!("placement group `{}`", self.group_name);
        let Some(found) = search(cx, find).await? else {
            let reason = "it is said to exist, but is not shown".to_owned();
            return Err(Failure::Broken { what, reason });
        };
        must_be_ours(cx, key, &what, &found.tags)?;
        Ok(found)
    }
}

impl Lifecycle for PlacementGroup {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let create = CreatePlacementGroup {
            group_name: self.group_name.clone(),
            strategy: self.strategy.clone(),
            tag_specifications: specifications(cx, "placement-group", key, &self.tags),
        };
        if unless_exists(cx.call(create).await)?.is_none() {
            self.existing(cx, key).await?;
        }
        Ok(attributes([(Attribute::Id, &self.group_name)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        // Tags are set by its id, everything else goes by its name.
        for group in cx.call(by_name(id)).await? {
            retag(cx, &group.group_id, &from.tags, &self.tags).await?;
        }
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let delete = DeletePlacementGroup {
            group_name: id.to_owned(),
        };
        present(cx.call(delete).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.placement_groups.iter().filter_map(|group| {
            let (key, ownership) = reading.key_of(&group.tags)?;
            let spec = Self {
                group_name: group.group_name.clone(),
                strategy: group.strategy.clone(),
                tags: reading.chosen(&group.tags),
            };
            let state = match group.state.as_str() {
                "deleting" | "deleted" => State::Deleting,
                _ => State::Ready,
            };
            let attributes = attributes([(Attribute::Id, &group.group_name)]);
            Some((key, object(spec, attributes, ownership, state)))
        });
        ours.collect()
    }
}
