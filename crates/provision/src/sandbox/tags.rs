//! Tags, with the limits that all services share.

use super::{Answer, Refusal};
use crate::operations::ec2::{Tag, TagSpecification};
use std::collections::BTreeMap;

/// Tags that an object may carry.
const LIMIT: usize = 50;

fn check(key: &str, value: &str, code: &'static str) -> Answer<()> {
    let refuse = |message: String| Err(Refusal::new(code, message));
    if key.is_empty() || key.chars().count() > 128 {
        return refuse(format!("Tag key '{key}' must have 1 to 128 characters"));
    }
    if value.chars().count() > 256 {
        return refuse(format!(
            "Tag value of '{key}' exceeds the maximum length of 256 characters"
        ));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return refuse(format!(
            "Tag keys starting with 'aws:' are reserved for internal use: '{key}'"
        ));
    }
    Ok(())
}

/// Sets tags in a list, as CreateTags and its kin do.
pub(super) fn set(tags: &mut Vec<Tag>, new: &[Tag]) -> Answer<()> {
    for (index, tag) in new.iter().enumerate() {
        check(&tag.key, &tag.value, "InvalidParameterValue")?;
        if new.iter().take(index).any(|earlier| earlier.key == tag.key) {
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!("Duplicate tag key '{}' specified.", tag.key),
            ));
        }
    }
    let mut all = tags.clone();
    for tag in new {
        match all.iter_mut().find(|old| old.key == tag.key) {
            Some(old) => old.value.clone_from(&tag.value),
            None => all.push(tag.clone()),
        }
    }
    if all.iter().filter(|tag| !tag.key.starts_with("aws:")).count() > LIMIT {
        return Err(Refusal::new(
            "TagLimitExceeded",
            "The maximum number of tags for a resource is 50.",
        ));
    }
    *tags = all;
    Ok(())
}

/// Removes tags by key and, where a value is given, value.
pub(super) fn unset(tags: &mut Vec<Tag>, old: &[Tag]) {
    tags.retain(|tag| {
        !old.iter()
            .any(|old| old.key == tag.key && (old.value.is_empty() || old.value == tag.value))
    });
}

/// The tags of a creation, which must be for what is created.
pub(super) fn at_creation(specifications: &[TagSpecification], resource_type: &str) -> Answer<Vec<Tag>> {
    let mut tags = Vec::new();
    for specification in specifications {
        if specification.resource_type != resource_type {
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!(
                    "'{}' is not a valid taggable resource type for this operation; '{resource_type}' is.",
                    specification.resource_type
                ),
            ));
        }
        set(&mut tags, &specification.tags)?;
    }
    Ok(tags)
}

/// Sets tags in a map, as EKS and Logs do.
pub(super) fn set_map(tags: &mut BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Answer<()> {
    for (key, value) in new {
        check(key, value, "InvalidParameterException")?;
    }
    let added = new.keys().filter(|key| !tags.contains_key(*key)).count();
    if tags.len() + added > LIMIT {
        return Err(Refusal::new(
            "InvalidParameterException",
            "The maximum number of tags for a resource is 50.",
        ));
    }
    tags.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(())
}

/// The tags of a creation, as a map.
pub(super) fn map_at_creation(new: &BTreeMap<String, String>) -> Answer<BTreeMap<String, String>> {
    let mut tags = BTreeMap::new();
    set_map(&mut tags, new)?;
    Ok(tags)
}
