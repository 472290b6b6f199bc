//! The control plane's log group in an account.

use std::time::Duration;

use super::LogGroup;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, attributes, object, present, tag_changes, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::logs::{
    CreateLogGroup, DeleteLogGroup, DeleteRetentionPolicy, DescribeLogGroups, PutRetentionPolicy,
    TagResource, UntagResource,
};
use crate::text::Attribute;

/// How long logs of a deleted cluster may still arrive.
const LATE: Duration = Duration::from_secs(60);

impl LogGroup {
    async fn set_retention(&self, cx: &Cx<'_>, from: Option<u32>) -> Result<(), Failure> {
        let log_group_name = self.log_group_name.clone();
        match self.retention_in_days {
            days if days == from => Ok(()),
            Some(days) => {
                cx.call(PutRetentionPolicy {
                    log_group_name,
                    retention_in_days: days.into(),
                })
                .await
            }
            None => cx.call(DeleteRetentionPolicy { log_group_name }).await,
        }
    }

    async fn arn(&self, cx: &Cx<'_>) -> Result<Option<String>, Failure> {
        let log_group_name_prefix = Some(self.log_group_name.clone());
        let found = cx
            .call(DescribeLogGroups {
                log_group_name_prefix,
            })
            .await?;
        let group = found
            .into_iter()
            .find(|group| group.log_group_name == self.log_group_name);
        // Tagging wants the ARN without the `:*` that describing gives it.
        Ok(group.map(|group| group.arn.trim_end_matches(":*").to_owned()))
    }
}

impl Lifecycle for LogGroup {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let tags = all_tags(cx, key, &self.tags);
        let create = CreateLogGroup {
            log_group_name: self.log_group_name.clone(),
            tags: tags.clone(),
        };
        // EKS makes the group too when logs come before it is there: that one becomes ours by its tags.
        if unless_exists(cx.call(create).await)?.is_none()
            && let Some(resource_arn) = self.arn(cx).await?
        {
            cx.call(TagResource { resource_arn, tags }).await?;
        }
        self.set_retention(cx, None).await?;
        Ok(attributes([(Attribute::Id, &self.log_group_name)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        self.set_retention(cx, from.retention_in_days).await?;
        let (tags, tag_keys) = tag_changes(&from.tags, &self.tags);
        if let Some(resource_arn) = self.arn(cx).await? {
            if !tags.is_empty() {
                cx.call(TagResource {
                    resource_arn: resource_arn.clone(),
                    tags,
                })
                .await?;
            }
            if !tag_keys.is_empty() {
                cx.call(UntagResource {
                    resource_arn,
                    tag_keys,
                })
                .await?;
            }
        }
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let delete = DeleteLogGroup {
            log_group_name: id.to_owned(),
        };
        present(cx.call(delete.clone()).await)?;
        // Logs of a cluster that is gone may still arrive, and EKS makes the group again for them.
        cx.sleep(LATE).await?;
        if self.arn(cx).await?.is_some() {
            present(cx.call(delete).await)?;
        }
        Ok(())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let found = reading.log_groups.iter().map(|(group, tags)| {
            let tag = |name: &str| tags.get(name).map(String::as_str);
            let ownership = match reading.owner.judge(tag) {
                // Nobody but EKS writes under this name.
                Ownership::Foreign => Ownership::Aws,
                whose => whose,
            };
            let spec = Self {
                log_group_name: group.log_group_name.clone(),
                retention_in_days: group.retention_in_days.and_then(|days| u32::try_from(days).ok()),
                tags: reading.chosen_of(tags),
            };
            let attributes = attributes([(Attribute::Id, &group.log_group_name)]);
            (Key::LOG_GROUP, object(spec, attributes, ownership, State::Ready))
        });
        found.collect()
    }
}
