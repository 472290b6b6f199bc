//! Changing what many places of a config agree on: the environment's name, the account, the region.
//!
//! Nothing is replaced as text: a place follows the name because of what it is, such as a tag of the autoscaler, the
//! argument of `bootstrap.sh`, or the bucket in an ARN.

use crate::{
    config::ClusterConfig,
    format::{Arn, is_account_id},
    path::Path,
    preset::{ENVIRONMENT_NAME, is_environment_name, unfit_name},
    problem::{Edit, Place},
    rules::is_plain_name,
    shell,
};
use serde_json::Value;
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// Prefixes of tags whose keys end with the cluster's name.
const TAGS_BY_NAME: &[&str] = &["k8s.io/cluster-autoscaler/", "kubernetes.io/cluster/"];

/// A part of a config that is a copy of something else in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follower {
    /// Bytes of a text value.
    Text {
        /// Where the text stands.
        path: Path,
        /// The whole text.
        text: Arc<str>,
        /// The copy in it.
        range: Range<usize>,
    },
    /// The end of a key.
    Key {
        /// The entry.
        path: Path,
        /// The part of its key that stays.
        prefix: &'static str,
    },
}

impl Follower {
    /// Where it is.
    pub fn place(&self) -> Place {
        match self {
            Self::Text { path, range, .. } => Place::Within(path.clone(), range.clone()),
            Self::Key { path, .. } => Place::Key(path.clone()),
        }
    }
}

/// Every place that follows the environment's name, `metadata.name` itself not among them, in the order of fields:
/// tags of the autoscaler, the argument of `bootstrap.sh`, buckets, tables, log groups and roles in ARNs, tags and
/// labels whose value is the name. Image repositories are shared by environments and do not follow.
pub fn name_followers(config: &ClusterConfig) -> Vec<Follower> {
    let name = config.metadata.name.as_str();
    if name.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    walk(config, &mut |path, visited| match visited {
        Visited::Key(key) => {
            let is_tag = path
                .split_last()
                .is_some_and(|(parent, _)| ends_with_key(&parent, "tags"));
            let prefix = TAGS_BY_NAME
                .iter()
                .find(|prefix| key.strip_prefix(**prefix) == Some(name));
            if let Some(prefix) = prefix.filter(|_| is_tag) {
                found.push(Follower::Key {
                    path: path.clone(),
                    prefix,
                });
            }
        }
        Visited::Text(text) => {
            found.extend(followers_in(path, text, names_in(path, text, name)));
        }
    });
    found
}

/// The edits that give the environment another name, with all that follows it.
pub fn rename(config: &ClusterConfig, name: &str) -> Vec<Edit> {
    let mut edits = vec![Edit::Set {
        path: Path::root().key("metadata").key("name"),
        value: name.into(),
    }];
    edits.extend(replaced(&name_followers(config), name));
    edits
}

/// What EKS takes as a cluster's name, in words.
const CLUSTER_NAME: &str = "up to 100 letters, digits and dashes, no dash first";

/// What the environment's name may be made of, in words that begin in the middle of a sentence. EKS takes up to 100
/// letters, digits and dashes; where a bucket follows the name, it must be one that a bucket can have too.
pub fn name_form(config: &ClusterConfig) -> &'static str {
    if names_bucket(config) {
        ENVIRONMENT_NAME
    } else {
        CLUSTER_NAME
    }
}

/// Why `name` cannot be the environment's, with what [can be](name_form); `None` if it can.
pub fn refuse_name(config: &ClusterConfig, name: &str) -> Option<String> {
    if names_bucket(config) {
        return (!is_environment_name(name)).then(|| unfit_name(name));
    }
    let fits = (1..=100).contains(&name.len()) && !name.starts_with('-') && is_plain_name(name);
    (!fits).then(|| match name {
        "" => format!("a cluster needs a name; take {CLUSTER_NAME}"),
        _ => format!("`{name}` cannot be a cluster's name; take {CLUSTER_NAME}"),
    })
}

/// Whether a bucket follows the environment's name.
fn names_bucket(config: &ClusterConfig) -> bool {
    name_followers(config).iter().any(|follower| match follower {
        Follower::Text { text, range, .. } => Arn::find(text)
            .any(|(at, arn)| arn.service == "s3" && at + arn.resource_range().start == range.start),
        Follower::Key { .. } => false,
    })
}

/// Every place that names the account: in ARNs, in addresses of image registries, in mappings of whole accounts.
pub fn account_followers(config: &ClusterConfig) -> Vec<Follower> {
    let account = account(config).unwrap_or_default();
    let mut found = Vec::new();
    for (path, text) in texts(config) {
        let ranges = account_ids(&text)
            .into_iter()
            .filter(|range| text.get(range.clone()) == Some(&account));
        found.extend(followers_in(&path, &text, ranges.collect()));
    }
    found
}

/// The edits that move a config to another account.
pub fn change_account(config: &ClusterConfig, account: &str) -> Vec<Edit> {
    replaced(&account_followers(config), account)
}

/// The account that a config is for: the one that most of its ARNs name, the first of several.
pub fn account(config: &ClusterConfig) -> Option<String> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (position, (_, text)) in texts(config).iter().enumerate() {
        for id in Arn::find(text).filter_map(|(_, arn)| arn.account_id()) {
            counts.entry(id.to_owned()).or_insert((0, position)).0 += 1;
        }
    }
    let most = counts
        .into_iter()
        .max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first)));
    most.map(|(id, _)| id)
}

/// The edits that move a config to another region, with the ARNs that name the old one. Images and key pairs exist
/// in one region only and are left for the rules to point at.
pub fn change_region(config: &ClusterConfig, region: &str) -> Vec<Edit> {
    let old = config.metadata.region.as_str();
    let mut edits = vec![Edit::Set {
        path: Path::root().key("metadata").key("region"),
        value: region.into(),
    }];
    let mut followers = Vec::new();
    for (path, text) in texts(config) {
        let ranges = Arn::find(&text)
            .filter(|(_, arn)| !old.is_empty() && arn.region == old)
            .map(|(at, arn)| shifted(arn.region_range(), at));
        followers.extend(followers_in(&path, &text, ranges.collect()));
    }
    edits.extend(replaced(&followers, region));
    edits
}

/// Every text of a config with its place, in the order of fields.
pub fn texts(config: &ClusterConfig) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    walk(config, &mut |path, visited| {
        if let Visited::Text(text) = visited {
            found.push((path.clone(), text.to_owned()));
        }
    });
    found
}

enum Visited<'a> {
    Key(&'a str),
    Text(&'a str),
}

fn walk(config: &ClusterConfig, visit: &mut dyn FnMut(&Path, Visited<'_>)) {
    // Types that hold only text, numbers, lists and maps with text as keys always become JSON.
    if let Ok(value) = serde_json::to_value(config) {
        walk_value(&Path::root(), &value, visit);
    }
}

fn walk_value(path: &Path, value: &Value, visit: &mut dyn FnMut(&Path, Visited<'_>)) {
    match value {
        Value::String(text) => visit(path, Visited::Text(text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk_value(&path.index(index), item, visit);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = path.key(key);
                visit(&path, Visited::Key(key));
                walk_value(&path, value, visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn ends_with_key(path: &Path, key: &str) -> bool {
    matches!(path.segments().last(), Some(crate::path::Segment::Key(last)) if last == key)
}

/// Where a text names the environment.
fn names_in(path: &Path, text: &str, name: &str) -> Vec<Range<usize>> {
    let parent = path.split_last().map(|(parent, _)| parent).unwrap_or_default();
    let mut found: Vec<_> = Arn::find(text)
        .filter(|(_, arn)| arn.service != "ecr")
        .flat_map(|(at, arn)| {
            let start = at + arn.resource_range().start;
            tokens(arn.resource, name)
                .into_iter()
                .map(move |range| shifted(range, start))
        })
        .collect();
    if ends_with_key(path, "overrideBootstrapCommand") || ends_with_key(&parent, "preBootstrapCommands") {
        found.extend(names_in_script(text, name));
    }
    if text == name && (ends_with_key(&parent, "tags") || ends_with_key(&parent, "labels")) {
        found.push(0..text.len());
    }
    found.sort_by_key(|range| range.start);
    found.dedup();
    found
}

/// The words of a script that are the name, or give it to a variable.
fn names_in_script(script: &str, name: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for command in shell::commands(script) {
        for word in &command.words {
            let value = word
                .text
                .split_once('=')
                .map_or(0, |(variable, _)| variable.len() + 1);
            for start in [0, value] {
                let range = word.part(start..word.text.len());
                if word.text.get(start..) == Some(name) && script.get(range.clone()) == Some(name) {
                    found.push(range);
                }
            }
        }
    }
    found
}

/// Where the resource of an ARN has the name as a whole: behind a slash, a colon or nothing, before one of these, a
/// dash or a wildcard.
fn tokens(resource: &str, name: &str) -> Vec<Range<usize>> {
    resource
        .match_indices(name)
        .filter(|(at, _)| {
            let before = resource.get(..*at).and_then(|text| text.chars().next_back());
            let behind = resource
                .get(at + name.len()..)
                .and_then(|text| text.chars().next());
            before.is_none_or(|c| "/:".contains(c)) && behind.is_none_or(|c| "/:-*?".contains(c))
        })
        .map(|(at, _)| at..at + name.len())
        .collect()
}

/// Runs of exactly twelve digits.
fn account_ids(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        if is_account_id(run) {
            found.push(start..start + run.len());
        }
        // What parts two runs is one character, of one byte or more.
        let behind = start + run.len();
        start = behind
            + text
                .get(behind..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
    }
    found
}

/// The followers in one text, which they share.
fn followers_in(path: &Path, text: &str, ranges: Vec<Range<usize>>) -> Vec<Follower> {
    if ranges.is_empty() {
        return Vec::new();
    }
    let text: Arc<str> = text.into();
    let follower = |range| Follower::Text {
        path: path.clone(),
        text: text.clone(),
        range,
    };
    ranges.into_iter().map(follower).collect()
}

fn shifted(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// The edits that put `new` into every follower: one a text, then the keys, whose paths they change.
fn replaced(followers: &[Follower], new: &str) -> Vec<Edit> {
    let mut texts = Vec::new();
    let mut keys = Vec::new();
    let same_text = |a: &Follower, b: &Follower| match (a, b) {
        (Follower::Text { path: a, .. }, Follower::Text { path: b, .. }) => a == b,
        _ => false,
    };
    for group in followers.chunk_by(same_text) {
        match group.first() {
            Some(Follower::Key { path, prefix }) => {
                keys.push(Edit::RenameKey {
                    path: path.clone(),
                    key: format!("{prefix}{new}"),
                });
            }
            Some(Follower::Text { path, text, .. }) => {
                let mut written = String::with_capacity(text.len());
                let mut done = 0;
                for follower in group {
                    if let Follower::Text { range, .. } = follower {
                        written.push_str(text.get(done..range.start).unwrap_or_default());
                        written.push_str(new);
                        done = range.end;
                    }
                }
                written.push_str(text.get(done..).unwrap_or_default());
                texts.push(Edit::Set {
                    path: path.clone(),
                    value: written.into(),
                });
            }
            None => {}
        }
    }
    texts.append(&mut keys);
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        leaderboard::Edition,
        preset::{GpuImage, Preset},
        testing::{config, edited},
    };

    fn preset(name: &str, account: &str, region: &str) -> String {
        let image = GpuImage::Own {
            family: "Ubuntu2404".to_owned(),
            id: GpuImage::PLACEHOLDER.to_owned(),
        };
        let preset = Preset::current(Edition::V2, account, image);
        let preset = Preset {
            name: name.to_owned(),
            region: region.to_owned(),
            ..preset
        };
        preset.yaml().unwrap()
    }

    #[test]
    fn renaming_a_preset_gives_the_preset_of_that_name() {
        let old = preset("leaderboard-20", "111122223333", "us-west-2");
        let new = preset("staging-leaderboard-20", "111122223333", "us-west-2");
        assert_eq!(
            edited(&old, &rename(&config(&old), "staging-leaderboard-20")),
            new
        );
        // 5 tags, 2 log groups, 2 buckets, 1 table.
        assert_eq!(name_followers(&config(&old)).len(), 10);
    }

    #[test]
    fn accounts_and_regions_move_with_all_their_arns() {
        let old = preset("leaderboard-20", "111122223333", "us-west-2");
        let moved = edited(&old, &change_account(&config(&old), "444455556666"));
        assert_eq!(moved, preset("leaderboard-20", "444455556666", "us-west-2"));
        let moved = edited(&moved, &change_region(&config(&moved), "eu-central-1"));
        assert_eq!(moved, preset("leaderboard-20", "444455556666", "eu-central-1"));
        assert_eq!(account(&config(&moved)).as_deref(), Some("444455556666"));
    }

    #[test]
    fn upstream_s_script_and_wildcard_follow_too() {
        let preset = Preset::upstream(
            Edition::V1,
            "111122223333",
            "ami-00254c198912bd2a1",
            "ssh-rsa AAAA",
        );
        let old = preset.yaml().unwrap();
        let new = Preset {
            name: "beta-leaderboard-10".to_owned(),
            ..preset
        };
        assert_eq!(
            edited(&old, &rename(&config(&old), "beta-leaderboard-10")),
            new.yaml().unwrap()
        );
    }

    #[test]
    fn a_name_is_refused_by_the_rules_of_what_it_names() {
        let of_preset = config(&preset("leaderboard-20", "111122223333", "us-west-2"));
        let plain = config("metadata: {name: lb, region: us-west-2}\n");
        for (name, with_bucket, without) in [
            ("staging-20", true, true),
            ("Staging", false, true),
            ("ab", false, true),
            ("a_b", false, false),
            ("20", false, true),
            ("-a", false, false),
            ("", false, false),
            (&"a".repeat(101), false, false),
        ] {
            assert_eq!(refuse_name(&of_preset, name).is_none(), with_bucket, "{name}");
            assert_eq!(refuse_name(&plain, name).is_none(), without, "{name}");
        }
        for config in [&of_preset, &plain] {
            let refused = refuse_name(config, "a_b").unwrap();
            assert!(refused.ends_with(name_form(config)), "{refused}");
        }
    }

    #[test]
    fn what_only_looks_like_the_name_stays() {
        let config = config(
            "metadata: {name: lb, region: us-west-2, tags: {env: lb, team: lb-team}}\nnodeGroups:\n- name: lb\n  \
             labels: {role: lbx, cluster: lb}\n  preBootstrapCommands: ['NAME=lb run lb lb2 \"lb\" # lb']\n  \
             iam: {attachPolicyARNs: ['arn:aws:iam::111122223333:policy/lb-x', 'arn:aws:s3:::lbx',\n  \
             'arn:aws:ecr:*:111122223333:repository/lb']}\n",
        );
        let found: Vec<String> = name_followers(&config)
            .iter()
            .map(|follower| match follower {
                Follower::Text { path, range, .. } => format!("{path} {}", range.start),
                Follower::Key { path, .. } => path.to_string(),
            })
            .collect();
        assert_eq!(
            found,
            [
                "metadata.tags.env 0",
                "nodeGroups[0].labels.cluster 0",
                "nodeGroups[0].iam.attachPolicyARNs[0] 33",
                "nodeGroups[0].preBootstrapCommands[0] 5",
                "nodeGroups[0].preBootstrapCommands[0] 12",
                "nodeGroups[0].preBootstrapCommands[0] 20",
            ]
        );
    }

    #[test]
    fn only_runs_of_twelve_digits_are_accounts() {
        let text = "111122223333.dkr.ecr é1111222233334 a111122223333 1111-222233334444";
        let found: Vec<&str> = account_ids(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["111122223333", "222233334444"]);
    }
}
