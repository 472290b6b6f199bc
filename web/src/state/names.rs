//! Names that follow from the environment, and the edits that move them.

use lb_model::{
    config::ClusterConfig,
    format::Arn,
    leaderboard::{AUTOSCALER_TAG, EDITION_ANNOTATION, Edition},
    path::Path,
    policy::policies,
    problem::Edit,
    rename,
};

/// What is shown before it is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// One change.
    Change {
        /// What is asked.
        title: String,
        /// What the button says.
        button: String,
        /// What undo calls it.
        label: String,
        /// The change.
        edits: Vec<Edit>,
    },
    /// All fixes that cannot change what the cluster is meant to be.
    SafeFixes,
}

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An S3 bucket.
    Bucket,
    /// A DynamoDB table.
    Table,
    /// The tag by which the cluster autoscaler finds its nodegroups.
    AutoscalerTag,
}

/// A name that follows from the environment's, with all its places.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    /// What it belongs to.
    pub kind: Kind,
    /// The name.
    pub name: String,
    /// Where it stands.
    pub paths: Vec<Path>,
}

/// The name of the bucket or table that an ARN means.
fn resource(arn: &Arn<'_>) -> Option<(Kind, String)> {
    let (kind, name) = match arn.service {
        "s3" => (Kind::Bucket, arn.resource),
        "dynamodb" => (Kind::Table, arn.resource.strip_prefix("table/")?),
        _ => return None,
    };
    let name = name
        .split('/')
        .next()
        .filter(|name| !name.is_empty() && *name != "*")?;
    Some((kind, name.to_owned()))
}

/// Buckets and tables of the policies, and the autoscaler's tags, each name once.
pub(crate) fn named(config: &ClusterConfig) -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    let mut add = |kind, name: String, path: Path| match all
        .iter_mut()
        .find(|named| named.kind == kind && named.name == name)
    {
        Some(named) => named.paths.push(path),
        None => all.push(Named {
            kind,
            name,
            paths: vec![path],
        }),
    };
    for policy in policies(config) {
        for statement in policy.statements() {
            for entry in statement.resources() {
                if let Some((kind, name)) = Arn::parse(entry.text).as_ref().and_then(resource) {
                    add(kind, name, entry.path.clone());
                }
            }
        }
    }
    for group in config.all_node_groups() {
        for key in group
            .tags
            .keys()
            .filter(|key| key.starts_with(AUTOSCALER_TAG) && !key.ends_with("/enabled"))
        {
            add(
                Kind::AutoscalerTag,
                key.clone(),
                group.path().key("tags").key(key.clone()),
            );
        }
    }
    all.sort_by_key(|named| named.kind as u8);
    all
}

/// The edits that give a bucket or table another name wherever its ARN stands.
pub(crate) fn override_name(config: &ClusterConfig, named: &Named, name: &str) -> Vec<Edit> {
    let texts = rename::texts(config);
    let at = |path: &Path| {
        texts
            .iter()
            .find(|(other, _)| other == path)
            .map(|(_, text)| text)
    };
    let edit = |path: &Path| {
        let text = at(path)?;
        let start = Arn::parse(text)?.resource_range().start;
        let (head, tail) = (text.get(..start)?, text.get(start..)?);
        let value = format!("{head}{}", tail.replacen(&named.name, name, 1)).into();
        Some(Edit::Set {
            path: path.clone(),
            value,
        })
    };
    named.paths.iter().filter_map(edit).collect()
}

/// The change that makes a config one of the other edition: its annotation, its name, and what follows.
pub(crate) fn change_edition(config: &ClusterConfig, to: Edition) -> Question {
    let number = to.number();
    let name = &config.metadata.name;
    let annotation = Path::root()
        .key("metadata")
        .key("annotations")
        .key(EDITION_ANNOTATION);
    let mut edits = vec![Edit::Set {
        path: annotation,
        value: number.into(),
    }];
    let other = Edition::ALL.into_iter().filter(|edition| *edition != to);
    if let Some(stem) = other
        .map(Edition::suffix)
        .find_map(|suffix| name.strip_suffix(suffix))
    {
        edits.extend(rename::rename(config, &format!("{stem}{}", to.suffix())));
    }
    Question::Change {
        title: format!("Make this a cluster of Leaderboard {number}?"),
        button: format!("Change to {number}"),
        label: format!("change the edition to {number}"),
        edits,
    }
}
