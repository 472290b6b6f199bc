//! What is there: every object of a cluster as AWS and Kubernetes show it.

use crate::{
    key::Key,
    objects::Spec,
    operations::kubernetes::ObjectRef,
    text::{Attribute, Hole, Piece, Text},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// Cluster, region and cluster id of its tags agree, or it belongs to a parent of which they do.
    Ours,
    /// It has the right name, but not our tags. It is never changed or deleted, only reported; `--adopt` takes it over.
    Foreign,
    /// A CloudFormation stack owns it, by its id: read and shown, destroyed only through the stack.
    Stack(String),
    /// EKS or AWS makes and removes it by itself.
    Aws,
}

/// What an object is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it should be.
    Ready,
    /// Being made; a step that makes it only waits.
    Creating,
    /// Being changed.
    Updating,
    /// Going away; it must be gone before it is made again.
    Deleting,
    /// AWS gave up, in its words. It is deleted and made again.
    Failed(String),
}

/// An object that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// What it is. Ids of other objects are the ids themselves: [`Observed::with_holes`] makes holes of them.
    pub spec: Spec,
    /// What CloudFormation's `Ref` gives: its id, or its name where it has no id.
    pub id: String,
    /// What it says about itself, `Id` and `Arn` included.
    pub attributes: BTreeMap<Attribute, String>,
    /// Whose it is.
    pub ownership: Ownership,
    /// What it is doing.
    pub state: State,
}

/// Something in the cluster's network, or with its name, that no key stands for: an interface of a load balancer, a
/// security group made by hand, a second object with one `lb/id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Leftover {
    /// What it is, as CloudFormation names it: `AWS::EC2::NetworkInterface`.
    pub type_name: String,
    /// Its id.
    pub id: String,
    /// What is known of it: `of load balancer k8s-default-web`.
    pub detail: String,
    /// Whether it is ours to delete: CNI interfaces that lost their node, EKS's own leftover security group.
    pub removable: bool,
    /// The objects that cannot be deleted while this is there; the cluster itself, if something would be lost for ever
    /// with it.
    pub blocks: BTreeSet<Key>,
}

/// An object in the cluster that has something made in AWS, which only the cluster's controllers remove.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// The object.
    pub object: ObjectRef,
    /// What it has in AWS: `load balancer a1b2.us-west-2.elb.amazonaws.com`.
    pub holds: String,
}

/// Everything of a cluster that is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The cluster's name.
    pub cluster: String,
    /// Its region.
    pub region: String,
    /// The account, once it is known.
    pub account: Option<String>,
    /// The random id of this life of the cluster, from the VPC's (for a given VPC: the cluster's) tags.
    pub cluster_id: Option<String>,
    /// Its objects.
    pub objects: BTreeMap<Key, Object>,
    /// What is in the way or left over.
    pub leftovers: Vec<Leftover>,
    /// Mapped principals, by ARN, that do not exist (yet).
    pub missing_principals: BTreeSet<String>,
    /// The principal that asks, by ARN without session: its entry is never removed.
    pub caller: Option<String>,
    /// The instances of each Auto Scaling group that run with an older template than their group has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outdated: BTreeMap<Key, BTreeSet<String>>,
    /// What in the cluster has something made in AWS; looked at only before it is destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<Workload>,
    /// The cluster's jobs that have not ended, and end with its nodes; looked at only before it is destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<ObjectRef>,
    /// What whoever looks should know of the look itself: what was denied, and what stood in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Observed {
    /// The objects without those that AWS makes itself.
    pub fn made(&self) -> impl Iterator<Item = (&Key, &Object)> {
        let objects = self.objects.iter();
        objects.filter(|(_, object)| object.ownership != Ownership::Aws)
    }

    /// The value of a hole, where its object is there and says so.
    pub fn lookup(&self, hole: &Hole) -> Option<String> {
        let object = self.objects.get(&hole.key)?;
        match hole.attribute {
            Attribute::Id => Some(object.id.clone()),
            attribute => object.attributes.get(&attribute).cloned(),
        }
    }
}

impl Observed {
    /// The same objects with every id of another one turned back into a hole, so that they are comparable with
    /// what is desired and with other accounts.
    #[must_use]
    pub fn with_holes(&self) -> Self {
        let mut known: Vec<(&str, Hole)> = Vec::new();
        for (key, object) in &self.objects {
            let attributes = object
                .attributes
                .iter()
                .map(|(attribute, value)| (*attribute, value));
            let unmistakable = attributes
                .chain([(Attribute::Id, &object.id)])
                .filter(|(attribute, value)| !value.is_empty() && is_unmistakable(&object.spec, *attribute));
            known.extend(unmistakable.map(|(attribute, value)| {
                (
                    value.as_str(),
                    Hole {
                        key: key.clone(),
                        attribute,
                    },
                )
            }));
        }
        // Longest first: an ARN contains the issuer that is an attribute too.
        known.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.1.cmp(&b.1)));
        let mut with_holes = self.clone();
        for (key, object) in &mut with_holes.objects {
            let others = || known.iter().filter(|(_, hole)| hole.key != *key);
            object.spec = object
                .spec
                .mapped(&|text| others().fold(text, |text, (value, hole)| punch(text, value, hole)));
            self.name(&mut object.spec);
        }
        with_holes
    }

    /// Turns the number of a template's newest version into a hole.
    fn name_version(&self, template: &Text, version: &mut Text) {
        let Some(hole) = template.as_hole() else {
            return;
        };
        let latest = Hole {
            key: hole.key.clone(),
            attribute: Attribute::LatestVersionNumber,
        };
        if self.lookup(&latest).as_deref() == version.as_literal() {
            *version = Text::hole(&latest.key, latest.attribute);
        }
    }

    /// Turns names and numbers into holes, only where a kind refers by them: anywhere else they are just words.
    fn name(&self, spec: &mut Spec) {
        let named = |text: &mut Text, kind: fn(&Spec) -> bool| {
            let is_it = |object: &Object| kind(&object.spec) && text.as_literal() == Some(object.id.as_str());
            if let Some((key, _)) = self.objects.iter().find(|(_, object)| is_it(object)) {
                *text = Text::id(key);
            }
        };
        match spec {
            Spec::RolePolicy(policy) => named(&mut policy.role_name, |spec| matches!(spec, Spec::Role(_))),
            Spec::InstanceProfile(profile) => {
                for role in &mut profile.roles {
                    named(role, |spec| matches!(spec, Spec::Role(_)));
                }
            }
            Spec::LaunchTemplate(template) => {
                if let Some(name) = &mut template.launch_template_data.key_name {
                    named(name, |spec| matches!(spec, Spec::KeyPair(_)));
                }
                if let Some(placement) = &mut template.launch_template_data.placement {
                    named(&mut placement.group_name, |spec| {
                        matches!(spec, Spec::PlacementGroup(_))
                    });
                }
            }
            Spec::SuspendedProcesses(processes) => {
                named(&mut processes.auto_scaling_group_name, |spec| {
                    matches!(spec, Spec::AutoScalingGroup(_))
                });
            }
            Spec::AutoScalingGroup(group) => {
                let template = &mut group.launch_template;
                self.name_version(&template.launch_template_id, &mut template.version);
            }
            Spec::Nodegroup(group) => {
                let template = &mut group.launch_template;
                if let Some(version) = &mut template.version {
                    self.name_version(&template.id, version);
                }
            }
            Spec::AutoScalingGroupTags(tags) => {
                let name = &mut tags.auto_scaling_group_name;
                let of = |object: &Object| {
                    let made = object.attributes.get(&Attribute::AutoScalingGroupName);
                    made.is_some() && made.map(String::as_str) == name.as_literal()
                };
                if let Some((key, _)) = self.objects.iter().find(|(_, object)| of(object)) {
                    *name = Text::hole(key, Attribute::AutoScalingGroupName);
                }
            }
            _ => {}
        }
    }
}

/// Whether the value of an attribute is made by AWS and long, so that it means its object wherever it stands.
fn is_unmistakable(spec: &Spec, attribute: Attribute) -> bool {
    match attribute {
        Attribute::Arn
        | Attribute::PlainArn
        | Attribute::Endpoint
        | Attribute::CertificateAuthorityData
        | Attribute::OpenIdConnectIssuer
        | Attribute::ClusterSecurityGroupId
        | Attribute::AllocationId => true,
        Attribute::ServiceIpv4Cidr
        | Attribute::ClusterDns
        | Attribute::LatestVersionNumber
        | Attribute::AutoScalingGroupName
        | Attribute::CreatedAt => false,
        Attribute::Id => matches!(
            spec,
            Spec::Vpc(_)
                | Spec::Subnet(_)
                | Spec::InternetGateway(_)
                | Spec::RouteTable(_)
                | Spec::NatGateway(_)
                | Spec::SecurityGroup(_)
                | Spec::LaunchTemplate(_)
                | Spec::Manifest(_)
        ),
    }
}

/// `text` with every occurrence of `value` replaced by `hole`.
fn punch(text: Text, value: &str, hole: &Hole) -> Text {
    let is_there = |piece: &Piece| matches!(piece, Piece::Literal(literal) if literal.contains(value));
    if !text.pieces().iter().any(is_there) {
        return text;
    }
    text.pieces()
        .iter()
        .fold(Text::default(), |punched, piece| match piece {
            Piece::Hole(other) => punched.then(Text::hole(&other.key, other.attribute)),
            Piece::Literal(literal) => {
                let mut parts = literal.split(value);
                let first = punched.then(parts.next().unwrap_or_default());
                parts.fold(first, |punched, part| {
                    punched.then(Text::hole(&hole.key, hole.attribute)).then(part)
                })
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{EgressRule, InstanceProfile, Peer, Policy, Role, SecurityGroup, Tags, Traffic};

    fn object(spec: impl Into<Spec>, id: &str, attributes: &[(Attribute, &str)]) -> Object {
        let attributes = attributes
            .iter()
            .map(|(attribute, value)| (*attribute, (*value).to_owned()))
            .collect();
        Object {
            spec: spec.into(),
            id: id.to_owned(),
            attributes,
            ownership: Ownership::Ours,
            state: State::Ready,
        }
    }

    fn role(name: &str) -> Role {
        Role {
            role_name: name.to_owned(),
            path: format!("/{name}/"),
            assume_role_policy_document: Policy::default(),
            managed_policy_arns: BTreeSet::new(),
            permissions_boundary: None,
            tags: Tags::new(),
        }
    }

    #[test]
    fn ids_of_others_become_holes_and_words_do_not() {
        let profile = InstanceProfile {
            instance_profile_name: "node-profile".to_owned(),
            path: "/".to_owned(),
            roles: vec![Text::from("node")],
            tags: Tags::new(),
        };
        let group = SecurityGroup {
            group_name: "node".to_owned(),
            group_description: "node".to_owned(),
            vpc_id: Text::from("vpc-1"),
            default_egress: true,
            tags: Tags::new(),
        };
        let rule = EgressRule::new(
            Text::from("sg-0a"),
            &Traffic::All,
            Peer::Group(Text::from("sg-0a")),
            "node",
        );
        let objects = [
            (
                "Role",
                object(
                    role("node"),
                    "node",
                    &[(Attribute::Arn, "arn:aws:iam::1:role/node")],
                ),
            ),
            ("Profile", object(profile, "node-profile", &[])),
            ("SG", object(group, "sg-0a", &[])),
            ("rule", object(rule, "sgr-1", &[])),
        ];
        let objects = objects
            .into_iter()
            .map(|(key, object)| (Key::new(key), object))
            .collect();
        let with_holes = Observed {
            objects,
            ..Observed::default()
        }
        .with_holes();
        let holes = |key: &str| {
            let holes = with_holes.objects[&Key::new(key)].spec.holes();
            holes.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(holes("Role").is_empty());
        assert!(holes("SG").is_empty());
        assert_eq!(holes("Profile"), ["${Role}"]);
        assert_eq!(holes("rule"), ["${SG}"]);
    }
}
