//! Placement groups in an account.

use super::PlacementGroup;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, object, of_this_name, present, retag, specifications, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{CreatePlacementGroup, DeletePlacementGroup, DescribePlacementGroups};
use crate::text::Attribute;

fn by_name(name: &str) -> DescribePlacementGroups {
    DescribePlacementGroups {
        group_names: vec![name.to_owned()],
        ..DescribePlacementGroups::default()
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
            let what = format!("placement group `{}`", self.group_name);
            of_this_name(cx, key, &what, &by_name(&self.group_name), |group| &group.tags).await?;
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
