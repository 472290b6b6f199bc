//! CloudWatch Logs: the control plane's log group.

use std::collections::BTreeMap;

shapes! { "camelCase";
/// A log group.
LogGroup {
    log_group_name: String,
    arn: String,
    /// Days; absent means for ever.
    retention_in_days: Option<i64>,
    kms_key_id: Option<String>,
}
}

operations! { Logs, "logs", "camelCase";
/// Makes a log group.
Write CreateLogGroup(LOGS, Refused, "logs:CreateLogGroup", "logs:TagResource") -> () {
    log_group_name: String,
    tags: BTreeMap<String, String>,
}
/// The log groups whose names begin so.
Read DescribeLogGroups(LOGS, Same, "logs:DescribeLogGroups") -> Vec<LogGroup> { log_group_name_prefix: Option<String> }
/// Sets how many days are kept: one of AWS's list.
Write PutRetentionPolicy(LOGS, Same, "logs:PutRetentionPolicy") -> () { log_group_name: String, retention_in_days: i64 }
/// Keeps everything for ever.
Write DeleteRetentionPolicy(LOGS, Same, "logs:DeleteRetentionPolicy") -> () { log_group_name: String }
/// Deletes a log group with all that it holds.
Write DeleteLogGroup(LOGS, Same, "logs:DeleteLogGroup") -> () { log_group_name: String }
/// The tags of a log group.
Read ListTagsForResource(LOGS, Same, "logs:ListTagsForResource") -> BTreeMap<String, String> {
    /// Without the trailing `:*`.
    resource_arn: String,
}
/// Sets tags of a log group.
Write TagResource(LOGS, Same, "logs:TagResource") -> () { resource_arn: String, tags: BTreeMap<String, String> }
/// Removes tags of a log group.
Write UntagResource(LOGS, Same, "logs:UntagResource") -> () { resource_arn: String, tag_keys: Vec<String> }
}
