//! Log groups.

use super::{Answer, Refusal, tags, world::World};
use crate::operations::logs::{LogGroup, Reply, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A log group with its tags.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct LogGroupState {
    shape: LogGroup,
    tags: BTreeMap<String, String>,
}

/// The days that a retention may have.
const RETENTIONS: [i64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

impl World<'_> {
    pub(super) fn logs(&mut self, request: Request) -> Answer<Reply> {
        Ok(match request {
            Request::CreateLogGroup(input) => {
                let name = input.log_group_name;
                let valid = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
                if name.is_empty() || name.len() > 512 || !name.chars().all(valid) {
                    return Err(Refusal::new(
                        "InvalidParameterException",
                        format!("`{name}` is no valid log group name"),
                    ));
                }
                if self.region.logs.contains_key(&name) {
                    return Err(Refusal::new(
                        "ResourceAlreadyExistsException",
                        "The specified log group already exists",
                    ));
                }
                let tags = tags::map_at_creation(&input.tags)?;
                self.make_log_group(&name, tags);
                Reply::CreateLogGroup(())
            }
            Request::DescribeLogGroups(input) => {
                let prefix = input.log_group_name_prefix.unwrap_or_default();
                let groups = self.region.logs.values().map(|group| &group.shape);
                Reply::DescribeLogGroups(
                    groups
                        .filter(|group| group.log_group_name.starts_with(&prefix))
                        .cloned()
                        .collect(),
                )
            }
            Request::PutRetentionPolicy(input) => {
                if !RETENTIONS.contains(&input.retention_in_days) {
                    return Err(Refusal::new(
                        "InvalidParameterException",
                        format!(
                            "{} days is no valid retention; these are: {RETENTIONS:?}",
                            input.retention_in_days
                        ),
                    ));
                }
                self.log_group(&input.log_group_name)?.shape.retention_in_days =
                    Some(input.retention_in_days);
                Reply::PutRetentionPolicy(())
            }
            Request::DeleteRetentionPolicy(input) => {
                self.log_group(&input.log_group_name)?.shape.retention_in_days = None;
                Reply::DeleteRetentionPolicy(())
            }
            Request::DeleteLogGroup(input) => {
                self.log_group(&input.log_group_name)?;
                self.region.logs.remove(&input.log_group_name);
                Reply::DeleteLogGroup(())
            }
            Request::ListTagsForResource(input) => {
                Reply::ListTagsForResource(self.log_group_of_arn(&input.resource_arn)?.tags.clone())
            }
            Request::TagResource(input) => {
                tags::set_map(&mut self.log_group_of_arn(&input.resource_arn)?.tags, &input.tags)?;
                Reply::TagResource(())
            }
            Request::UntagResource(input) => {
                let group = self.log_group_of_arn(&input.resource_arn)?;
                group.tags.retain(|key, _| !input.tag_keys.contains(key));
                Reply::UntagResource(())
            }
        })
    }

    /// Makes a log group unless it exists, as EKS does for a cluster that logs.
    pub(super) fn make_log_group(&mut self, name: &str, tags: BTreeMap<String, String>) {
        let arn = self.arn("logs", &format!("log-group:{name}"));
        self.region
            .logs
            .entry(name.to_owned())
            .or_insert_with(|| LogGroupState {
                shape: LogGroup {
                    log_group_name: name.to_owned(),
                    arn: format!("{arn}:*"),
                    ..LogGroup::default()
                },
                tags,
            });
    }

    fn log_group(&mut self, name: &str) -> Answer<&mut LogGroupState> {
        self.region.logs.get_mut(name).ok_or_else(|| {
            Refusal::new(
                "ResourceNotFoundException",
                "The specified log group does not exist.",
            )
        })
    }

    fn log_group_of_arn(&mut self, arn: &str) -> Answer<&mut LogGroupState> {
        self.region
            .logs
            .values_mut()
            .find(|group| group.shape.arn.strip_suffix(":*") == Some(arn))
            .ok_or_else(|| {
                Refusal::new(
                    "ResourceNotFoundException",
                    "The specified resource does not exist.",
                )
            })
    }
}
