//! For tests: an account in which a desired state was applied.

use crate::{
    desired::Desired,
    key::Key,
    names::Names,
    objects::Spec,
    observed::{Object, Observed, Ownership, State},
    text::{Attribute, Hole},
};

/// What would be there after `desired` was applied, with ids that AWS might have given.
pub(crate) fn applied(desired: &Desired) -> Observed {
    let name = |spec: &Spec| -> Option<String> {
        match spec {
            Spec::Role(role) => Some(role.role_name.clone()),
            Spec::InstanceProfile(profile) => Some(profile.instance_profile_name.clone()),
            Spec::AutoScalingGroup(group) => Some(group.auto_scaling_group_name.clone()),
            Spec::Nodegroup(group) => Some(group.nodegroup_name.clone()),
            Spec::KeyPair(pair) => Some(pair.key_name.clone()),
            Spec::PlacementGroup(group) => Some(group.group_name.clone()),
            Spec::Cluster(cluster) => Some(cluster.name.clone()),
            _ => None,
        }
    };
    let hash = |key: &Key| {
        Names::new("x", "y")
            .object(key)
            .rsplit('-')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let id = |key: &Key, spec: &Spec| name(spec).unwrap_or_else(|| format!("id-{}", hash(key)));
    let value = |hole: &Hole, spec: &Spec| match hole.attribute {
        Attribute::Id => id(&hole.key, spec),
        Attribute::LatestVersionNumber => "3".to_owned(),
        Attribute::CreatedAt => "2026-01-01T00:00:00Z".to_owned(),
        attribute => format!("{}:{}", attribute.name(), hash(&hole.key)),
    };
    let objects = desired.objects.iter().map(|(key, wanted)| {
        let lookup = |hole: &Hole| Some(value(hole, &desired.objects.get(&hole.key)?.spec));
        let attributes = Attribute::ALL.map(|attribute| {
            (
                attribute,
                value(
                    &Hole {
                        key: key.clone(),
                        attribute,
                    },
                    &wanted.spec,
                ),
            )
        });
        let object = Object {
            spec: wanted.spec.filled(&lookup).unwrap(),
            id: id(key, &wanted.spec),
            attributes: attributes.into(),
            ownership: Ownership::Ours,
            state: State::Ready,
        };
        (key.clone(), object)
    });
    Observed {
        cluster: desired.cluster.clone(),
        region: desired.region.clone(),
        objects: objects.collect(),
        ..Observed::default()
    }
}
