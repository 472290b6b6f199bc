//! What AWS and Kubernetes create and delete by themselves, one file a kind.
//!
//! A kind is a struct that serialises to CloudFormation's property names, and a table that says of each property
//! how it can be changed. A property equal to what AWS gives when nobody asks is left out: that is what "chosen"
//! means. Ownership tags (`lb/...`) are no properties: whoever creates an object adds them.

mod access_entry;
mod addon;
mod auto_scaling_group;
mod auto_scaling_group_tags;
mod cluster;
mod eip;
mod gateway_attachment;
mod instance_profile;
mod internet_gateway;
mod key_pair;
mod launch_template;
pub(crate) mod lifecycle;
mod log_group;
pub(crate) mod manifest;
mod nat_gateway;
mod nodegroup;
mod oidc_provider;
mod placement_group;
mod pod_identity_association;
mod policy;
mod role;
mod role_policy;
mod route;
mod route_table;
mod route_table_association;
mod security_group;
mod security_group_rule;
mod subnet;
mod suspended_processes;
#[cfg(test)]
mod tests;
mod vpc;

pub use access_entry::{AccessEntry, AccessPolicy, AccessScope};
pub use addon::{Addon, AddonNamespaceConfig, AddonPodIdentity};
pub use auto_scaling_group::{
    AutoScalingGroup, InstanceTypeOverride, InstancesDistribution, LaunchTemplateReference,
    MetricsCollection, MixedInstancesPolicy, NoNode,
};
pub(crate) use auto_scaling_group::{METRICS, is_outdated};
pub use auto_scaling_group_tags::AutoScalingGroupTags;
pub use cluster::{
    AccessConfig, Cluster, ClusterLogging, EncryptionConfig, KubernetesNetworkConfig, LogType, Logging,
    Provider, ResourcesVpcConfig, UpgradePolicy, ZonalShiftConfig,
};
pub use eip::Eip;
pub use gateway_attachment::GatewayAttachment;
pub use instance_profile::InstanceProfile;
pub use internet_gateway::InternetGateway;
pub use key_pair::KeyPair;
pub use launch_template::{
    BlockDeviceMapping, CapacityReservationSpecification, CapacityReservationTarget, CreditSpecification,
    Ebs, IamInstanceProfile, InstanceMarketOptions, LaunchTemplate, LaunchTemplateData, MetadataOptions,
    NetworkInterface, Placement, Switch,
};
pub use log_group::LogGroup;
pub use manifest::Manifest;
pub use nat_gateway::NatGateway;
pub use nodegroup::{
    NodeRepairConfig, NodeRepairOverride, Nodegroup, ScalingConfig, Taint, TemplateVersion, UpdateConfig,
};
pub(crate) use nodegroup::{RELEASE_TAG, TEMPLATE_VERSION_TAG};
pub use oidc_provider::OidcProvider;
pub use placement_group::PlacementGroup;
pub use pod_identity_association::PodIdentityAssociation;
pub use policy::Policy;
pub use role::Role;
pub use role_policy::RolePolicy;
pub use route::Route;
pub use route_table::RouteTable;
pub use route_table_association::RouteTableAssociation;
pub(crate) use security_group::DEFAULT_GROUP;
pub use security_group::SecurityGroup;
pub use security_group_rule::{Direction, Egress, EgressRule, Ingress, IngressRule, Peer, Rule, Traffic};
pub(crate) use subnet::IP_NAME;
pub use subnet::{PrivateDnsNameOptions, Subnet};
pub use suspended_processes::SuspendedProcesses;
pub use vpc::Vpc;

use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::observe::Reading;
use crate::observed::Object;
use crate::text::{Hole, Text, map_texts};
use lifecycle::{Attributes, Lifecycle};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Tags by key. Never those of the tool (`lb/...`) nor of AWS (`aws:...`).
pub type Tags = BTreeMap<String, String>;

/// How a property of an existing object takes a new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A call changes it; the object stays what it is.
    InPlace,
    /// The object gets a new version; what runs keeps the old one.
    NewVersion,
    /// Another object takes the place of this one.
    Replaced,
    /// Not in the life of this cluster.
    Never,
}

/// A row of a kind's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Property {
    /// The property; where parts of it differ, the path of the part: `ResourcesVpcConfig.SubnetIds`.
    pub name: &'static str,
    /// How it is changed.
    pub change: Change,
    /// What the change disturbs, in a few words; empty where it disturbs nothing.
    pub disturbs: &'static str,
}

/// A property that a call changes, disturbing nothing.
pub(crate) const fn in_place(name: &'static str) -> Property {
    Property {
        name,
        change: Change::InPlace,
        disturbs: "",
    }
}

/// A property that is part of what the object is: with another value it is another object.
pub(crate) const fn replaced(name: &'static str, disturbs: &'static str) -> Property {
    Property {
        name,
        change: Change::Replaced,
        disturbs,
    }
}

/// A property that stays as it is as long as the cluster lives.
pub(crate) const fn never(name: &'static str) -> Property {
    Property {
        name,
        change: Change::Never,
        disturbs: "",
    }
}

/// Which comes first when an object is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replacement {
    /// Make the new one, move everything over, delete the old one.
    CreateFirst,
    /// AWS allows only one of it, so the old one goes first.
    DeleteFirst,
}

/// What all kinds have in common.
pub trait Kind: Clone + Serialize + DeserializeOwned {
    /// The type as CloudFormation names it (`AWS::EC2::VPC`); Kubernetes objects: `v1/ServiceAccount`.
    const TYPE: &'static str;
    /// What a person calls it: `VPC`, `launch template`.
    const NOUN: &'static str;
    /// Every property and how it changes.
    const TABLE: &'static [Property];
    /// Which comes first when it is replaced.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// What an object should be, or is: one variant a kind.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "properties")]
        pub enum Spec {
            $($(#[$doc])* $kind($kind),)*
        }

        impl Spec {
            /// The kind's type as CloudFormation names it, for Kubernetes objects `v1/ServiceAccount`.
            pub fn type_name(&self) -> String {
                match self {
                    Self::Manifest(manifest) => manifest.type_name(),
                    $(#[allow(unreachable_patterns)] Self::$kind(_) => $kind::TYPE.to_owned(),)*
                }
            }

            /// What a person calls an object of this kind.
            pub fn noun(&self) -> &str {
                match self {
                    Self::Manifest(manifest) => &manifest.kind,
                    $(#[allow(unreachable_patterns)] Self::$kind(_) => $kind::NOUN,)*
                }
            }

            /// How each property of this kind changes.
            pub fn table(&self) -> &'static [Property] {
                match self { $(Self::$kind(_) => $kind::TABLE,)* }
            }

            /// Which comes first when an object of this kind is replaced.
            pub fn replacement(&self) -> Replacement {
                match self { $(Self::$kind(_) => $kind::REPLACEMENT,)* }
            }

            /// The properties under CloudFormation's names, texts in their serialised form ([`Text::encode`]).
            pub fn properties(&self) -> Value {
                match self { $(Self::$kind(spec) => serde_json::to_value(spec),)* }.unwrap_or_default()
            }

            /// The same kind with other properties; `None` where they are not this kind's.
            fn with_properties(&self, properties: Value) -> Option<Self> {
                match self { $(Self::$kind(_) => serde_json::from_value(properties).ok().map(Self::$kind),)* }
            }
        }

        impl Spec {
            /// The objects of all kinds in what was read of an account.
            pub(crate) fn read_all(reading: &Reading) -> Vec<(Key, Object)> {
                let mut all = Vec::new();
                $(all.extend($kind::read(reading));)*
                all
            }

            /// Makes the object `key`, or finds that it is there, and waits until it is ready.
            pub(crate) async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
                match self { $(Self::$kind(spec) => Box::pin(spec.create(cx, key)).await,)* }
            }

            /// Makes the object `id`, which is as `from` says, be as this says.
            pub(crate) async fn change(
                &self,
                cx: &Cx<'_>,
                key: &Key,
                id: &str,
                from: &Self,
            ) -> Result<Attributes, Failure> {
                match (self, from) {
                    $((Self::$kind(to), Self::$kind(from)) => Box::pin(to.change(cx, key, id, from)).await,)*
                    // Another kind under the same key: nothing of it can be kept.
                    _ => {
                        from.delete(cx, key, id).await?;
                        self.create(cx, key).await
                    }
                }
            }

            /// Deletes the object `id`, which is as this says, and waits until it is gone.
            pub(crate) async fn delete(&self, cx: &Cx<'_>, key: &Key, id: &str) -> Result<(), Failure> {
                match self { $(Self::$kind(spec) => Box::pin(spec.delete(cx, key, id)).await,)* }
            }
        }

        $(impl From<$kind> for Spec {
            fn from(spec: $kind) -> Self {
                Self::$kind(spec)
            }
        })*

        /// Every kind: its name, its properties, and how they change.
        #[cfg(test)]
        const KINDS: &[(&str, fn() -> Vec<&'static str>, &[Property])] =
            &[$((stringify!($kind), tests::fields::<$kind>, $kind::TABLE),)*];
    };
}

kinds! {
    /// `AWS::EC2::VPC`
    Vpc,
    /// `AWS::EC2::Subnet`
    Subnet,
    /// `AWS::EC2::InternetGateway`
    InternetGateway,
    /// `AWS::EC2::VPCGatewayAttachment`
    GatewayAttachment,
    /// `AWS::EC2::RouteTable`
    RouteTable,
    /// `AWS::EC2::Route`
    Route,
    /// `AWS::EC2::SubnetRouteTableAssociation`
    RouteTableAssociation,
    /// `AWS::EC2::EIP`
    Eip,
    /// `AWS::EC2::NatGateway`
    NatGateway,
    /// `AWS::EC2::SecurityGroup`
    SecurityGroup,
    /// `AWS::EC2::SecurityGroupIngress`
    IngressRule,
    /// `AWS::EC2::SecurityGroupEgress`
    EgressRule,
    /// `AWS::IAM::Role`
    Role,
    /// `AWS::IAM::RolePolicy`
    RolePolicy,
    /// `AWS::IAM::InstanceProfile`
    InstanceProfile,
    /// `AWS::IAM::OIDCProvider`
    OidcProvider,
    /// `AWS::EKS::Cluster`
    Cluster,
    /// `AWS::EKS::Addon`
    Addon,
    /// `AWS::EKS::AccessEntry`
    AccessEntry,
    /// `AWS::EKS::PodIdentityAssociation`
    PodIdentityAssociation,
    /// `AWS::Logs::LogGroup`
    LogGroup,
    /// `AWS::EC2::KeyPair`
    KeyPair,
    /// `AWS::EC2::PlacementGroup`
    PlacementGroup,
    /// `AWS::EC2::LaunchTemplate`
    LaunchTemplate,
    /// `AWS::AutoScaling::AutoScalingGroup`
    AutoScalingGroup,
    /// `AWS::EKS::Nodegroup`
    Nodegroup,
    /// Tags of the Auto Scaling group of a managed nodegroup.
    AutoScalingGroupTags,
    /// The processes of an Auto Scaling group that are switched off.
    SuspendedProcesses,
    /// A Kubernetes object.
    Manifest,
}

impl Spec {
    /// What it can be made together with in one call: steps of one batch share it.
    pub(crate) fn batch(&self) -> Option<String> {
        match self {
            Self::IngressRule(rule) => Some(rule.batch()),
            Self::EgressRule(rule) => Some(rule.batch()),
            _ => None,
        }
    }

    /// Every hole in it.
    pub fn holes(&self) -> BTreeSet<Hole> {
        let found = std::cell::RefCell::new(BTreeSet::new());
        map_texts(&self.properties(), &|text: Text| {
            found.borrow_mut().extend(text.holes().cloned());
            String::new()
        });
        found.into_inner()
    }

    /// The spec with every hole filled that `lookup` knows, for the call that makes or changes the object.
    ///
    /// # Errors
    /// The first hole that `lookup` does not know.
    pub fn filled(&self, lookup: &dyn Fn(&Hole) -> Option<String>) -> Result<Self, Hole> {
        let spec = self.mapped(&|text| text.filled(lookup));
        match spec.holes().into_iter().next() {
            Some(hole) => Err(hole),
            None => Ok(spec),
        }
    }

    /// The spec with every text in it, keys included, changed.
    #[must_use]
    pub fn mapped(&self, change: &dyn Fn(Text) -> Text) -> Self {
        let mapped = map_texts(&self.properties(), &|text| change(text).encode());
        self.with_properties(mapped).unwrap_or_else(|| self.clone())
    }

    /// How the property at `path` (`LaunchTemplateData.ImageId`) changes: the longest row that it is, or lies below.
    pub fn property(&self, path: &str) -> Option<&'static Property> {
        let below = |name: &str| {
            path.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.table()
            .iter()
            .filter(|row| below(row.name))
            .max_by_key(|row| row.name.len())
    }

    /// The same with further tags; `None` where the kind takes none.
    pub fn with_tags(&self, tags: &Tags) -> Option<Self> {
        if !self.table().iter().any(|row| row.name == "Tags") {
            return None;
        }
        let mut all = self.tags().unwrap_or_default();
        all.extend(tags.clone());
        let mut properties = self.properties();
        properties
            .as_object_mut()?
            .insert("Tags".to_owned(), serde_json::to_value(all).ok()?);
        self.with_properties(properties)
    }

    /// Its tags, where the kind takes them.
    pub fn tags(&self) -> Option<Tags> {
        serde_json::from_value(self.properties().get("Tags")?.clone()).ok()
    }
}

/// For serde: leave out what is false.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// For serde: leave out what is true, where true is what AWS gives.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(crate) fn is_true(value: &bool) -> bool {
    *value
}

/// For serde: what a left-out property means where AWS's default is true.
pub(crate) fn yes() -> bool {
    true
}
