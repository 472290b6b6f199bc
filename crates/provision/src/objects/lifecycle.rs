//! What a kind can do with its objects in an account, and what all kinds need for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use super::{Kind, Tags};
use crate::cloud::Verdict;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::names::{CLUSTER_ID_TAG, CLUSTER_TAG, KEY_TAG, REGION_TAG};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::ec2::{CreateTags, DeleteTags, Filter, Tag, TagSpecification};
use crate::operations::{Operation, eks};
use crate::ownership::{Owner, is_own_tag};
use crate::text::{Attribute, Text};

/// What an object says about itself, its id included.
pub(crate) type Attributes = BTreeMap<Attribute, String>;

/// Making, changing, deleting and reading the objects of a kind.
///
/// Every function is idempotent: what an earlier run did half is found and finished, and what is gone is deleted.
/// Specs are given with all holes filled.
pub(crate) trait Lifecycle: Kind {
    /// Makes the object `key`, or finds that it is there, and waits until it is ready.
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure>;

    /// Makes the object `id`, which is as `from` says, be as `self` says.
    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, from: &Self) -> Result<Attributes, Failure>;

    /// Deletes the object `id`, which is as `self` says, and waits until it is gone.
    async fn delete(&self, cx: &Cx<'_>, key: &Key, id: &str) -> Result<(), Failure>;

    /// The objects of this kind in what was read of an account.
    fn read(reading: &Reading) -> Vec<(Key, Object)>;
}

/// Attributes from pairs.
pub(crate) fn attributes<const N: usize>(pairs: [(Attribute, &str); N]) -> Attributes {
    pairs
        .into_iter()
        .map(|(attribute, value)| (attribute, value.to_owned()))
        .collect()
}

/// An object that was read.
pub(crate) fn object(
    spec: impl Into<super::Spec>,
    attributes: Attributes,
    ownership: Ownership,
    state: State,
) -> Object {
    let id = attributes.get(&Attribute::Id).cloned().unwrap_or_default();
    Object {
        spec: spec.into(),
        id,
        attributes,
        ownership,
        state,
    }
}

/// The text of a filled spec.
///
/// # Errors
/// The first hole that was not filled.
pub(crate) fn literal(text: &Text) -> Result<&str, Failure> {
    text.as_literal().ok_or_else(|| {
        let hole = text.holes().next().cloned();
        Failure::Unknown(hole.unwrap_or(crate::text::Hole {
            key: Key::VPC,
            attribute: Attribute::Id,
        }))
    })
}

/// An answer in which "does not exist" is no error.
pub(crate) fn present<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.is_absent() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// An answer in which "is there already" is no error: `None`.
pub(crate) fn unless_exists<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(made) => Ok(Some(made)),
        Err(Failure::Call(error)) if error.verdict() == Verdict::Exists => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// All tags that the object `key` is made with: ours, a readable name, and those that someone chose, which win.
pub(crate) fn all_tags(cx: &Cx<'_>, key: &Key, chosen: &Tags) -> Tags {
    let mut tags = cx.owner().tags(key);
    tags.insert("Name".to_owned(), cx.owner().names().display(key));
    tags.extend(chosen.iter().map(|(tag, value)| (tag.clone(), value.clone())));
    tags
}

/// All tags, as EC2 and IAM take them.
pub(crate) fn tag_list(cx: &Cx<'_>, key: &Key, chosen: &Tags) -> Vec<Tag> {
    list(&all_tags(cx, key, chosen))
}

/// Tags as a list.
pub(crate) fn list(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(tag, value)| Tag::new(tag, value)).collect()
}

/// All tags, as EC2's creating calls take them.
pub(crate) fn specifications(
    cx: &Cx<'_>,
    resource_type: &str,
    key: &Key,
    chosen: &Tags,
) -> Vec<TagSpecification> {
    vec![TagSpecification {
        resource_type: resource_type.to_owned(),
        tags: tag_list(cx, key, chosen),
    }]
}

/// The tags that someone chose: neither ours, nor AWS's own, nor the name that we give.
pub(crate) fn chosen<'t>(owner: &Owner, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Tags {
    let tags: Tags = tags
        .into_iter()
        .map(|(tag, value)| (tag.to_owned(), value.to_owned()))
        .collect();
    let name = tags
        .get(KEY_TAG)
        .map(|key| owner.names().display(&Key::new(key.as_str())));
    let ours = |tag: &str, value: &str| {
        is_own_tag(tag) || tag.starts_with("aws:") || (tag == "Name" && name.as_deref() == Some(value))
    };
    tags.into_iter()
        .filter(|(tag, value)| !ours(tag, value))
        .collect()
}

/// What changes between two sets of tags: those to set, and the keys of those to remove.
pub(crate) fn tag_changes(from: &Tags, to: &Tags) -> (Tags, Vec<String>) {
    let set = to.iter().filter(|(tag, value)| from.get(*tag) != Some(value));
    let set = set.map(|(tag, value)| (tag.clone(), value.clone())).collect();
    let removed: BTreeSet<&String> = from.keys().filter(|tag| !to.contains_key(*tag)).collect();
    (set, removed.into_iter().cloned().collect())
}

/// Makes the tags of an EC2 object be as `to` says.
pub(crate) async fn retag(cx: &Cx<'_>, id: &str, from: &Tags, to: &Tags) -> Result<(), Failure> {
    let (set, removed) = tag_changes(from, to);
    if !set.is_empty() {
        cx.call(CreateTags {
            resources: vec![id.to_owned()],
            tags: list(&set),
        })
        .await?;
    }
    if !removed.is_empty() {
        let tags = removed.into_iter().map(|tag| Tag::new(tag, "")).collect();
        cx.call(DeleteTags {
            resources: vec![id.to_owned()],
            tags,
        })
        .await?;
    }
    Ok(())
}

/// Makes the tags of an EKS object be as `to` says.
pub(crate) async fn retag_eks(cx: &Cx<'_>, arn: &str, from: &Tags, to: &Tags) -> Result<(), Failure> {
    let (tags, tag_keys) = tag_changes(from, to);
    let resource_arn = arn.to_owned();
    if !tags.is_empty() {
        cx.call(eks::TagResource {
            resource_arn: resource_arn.clone(),
            tags,
        })
        .await?;
    }
    if !tag_keys.is_empty() {
        cx.call(eks::UntagResource {
            resource_arn,
            tag_keys,
        })
        .await?;
    }
    Ok(())
}

/// The filters that find the object `key` of this life of the cluster.
pub(crate) fn own_filters(cx: &Cx<'_>, key: &Key) -> Vec<Filter> {
    let owner = cx.owner();
    [
        (CLUSTER_TAG, owner.cluster.as_str()),
        (REGION_TAG, owner.region.as_str()),
        (CLUSTER_ID_TAG, owner.cluster_id.as_str()),
        (KEY_TAG, key.as_str()),
    ]
    .map(|(tag, value)| Filter::new(format!("tag:{tag}"), value))
    .into()
}

/// Whose the thing with these tags is; an error unless it is the object `key` of this life of the cluster.
pub(crate) fn must_be_ours(cx: &Cx<'_>, key: &Key, what: &str, tags: &[Tag]) -> Result<(), Failure> {
    must_be_ours_by(cx, key, what, |name| {
        tags.iter()
            .find(|tag| tag.key == name)
            .map(|tag| tag.value.as_str())
    })
}

/// As [`must_be_ours`], for tags of any form.
pub(crate) fn must_be_ours_by<'t>(
    cx: &Cx<'_>,
    key: &Key,
    what: &str,
    tag: impl Fn(&str) -> Option<&'t str>,
) -> Result<(), Failure> {
    let whose = cx.owner().judge(&tag);
    if whose == Ownership::Ours && tag(KEY_TAG).is_none_or(|other| other == key.as_str()) {
        return Ok(());
    }
    Err(Failure::NotOurs {
        what: what.to_owned(),
        whose,
    })
}

/// Moments, in seconds after a create, at which AWS is asked for what it may have made. Reads by tag show a new object
/// after 30 seconds at the latest; only when the last one is empty too may it be made again.
const LOOKS: [u64; 5] = [1, 3, 8, 20, 31];

/// Looks with `find` for something that was made lately and that reads may not show yet.
pub(crate) async fn search<T>(
    cx: &Cx<'_>,
    mut find: impl AsyncFnMut() -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let mut elapsed = 0;
    for look in LOOKS {
        cx.sleep(Duration::from_secs(look - elapsed)).await?;
        elapsed = look;
        if let Some(found) = find().await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The thing whose name a create was refused for, which `ask` shows by that name. An error unless it is the object `key`
/// of this life of the cluster, made by an earlier run.
pub(crate) async fn of_this_name<O: Operation<Reply = Vec<T>>, T>(
    cx: &Cx<'_>,
    key: &Key,
    what: &str,
    ask: &O,
    tags: impl Fn(&T) -> &[Tag],
) -> Result<T, Failure> {
    let find = async || Ok(present(cx.call(ask.clone()).await)?.into_iter().flatten().next());
    let found = search(cx, find).await?.ok_or_else(|| not_shown(what))?;
    must_be_ours(cx, key, what, tags(&found))?;
    Ok(found)
}

/// The failure of a create that was refused for something that reads do not show.
pub(crate) fn not_shown(what: &str) -> Failure {
    Failure::Broken {
        what: what.to_owned(),
        reason: "it is said to exist, but is not shown".to_owned(),
    }
}

/// Makes something that AWS would make twice if asked twice: after a lost answer it is looked for by its tags before it
/// is made again.
pub(crate) async fn create_once<T>(
    cx: &Cx<'_>,
    mut create: impl AsyncFnMut() -> Result<T, Failure>,
    mut find: impl AsyncFnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    loop {
        match create().await {
            Err(failure) if failure.is_lost() => {
                if let Some(found) = search(cx, &mut find).await? {
                    return Ok(found);
                }
            }
            made_or_refused => return made_or_refused,
        }
    }
}

/// The client token of a create with these parameters, after `dead` earlier objects of the same key.
pub(crate) fn token(cx: &Cx<'_>, key: &Key, parameters: &impl Serialize, dead: usize) -> String {
    let parameters = serde_json::to_string(parameters).unwrap_or_default();
    cx.owner()
        .token(key, &parameters, u32::try_from(dead).unwrap_or(u32::MAX))
}
