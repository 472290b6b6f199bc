//! What an account is made from: whatever is not the same for everyone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The facts of a new account. Everything else (versions, instance types, zones, AWS's images) is the catalog's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// 12 digits.
    pub account: String,
    /// The ARN of whoever calls.
    pub caller: String,
    /// Where chance starts.
    pub seed: u64,
    /// When the account's clock starts.
    pub start: Timestamp,
    /// Images of its own, or shared with it, by id.
    pub images: BTreeMap<String, ImageFacts>,
    /// Images by the public parameter that names them; for others the id is made from the parameter's name.
    pub parameters: BTreeMap<String, String>,
    /// Public keys in OpenSSH form, by the key pair's name; in every region.
    pub key_pairs: BTreeMap<String, String>,
    /// Placement groups that were there before, by name; in every region.
    pub placement_groups: BTreeSet<String>,
    /// Launch templates that were there before, by id; in every region.
    pub templates: BTreeMap<String, GivenTemplate>,
    /// KMS keys of the account, by ARN; in the region that the ARN names.
    pub keys: BTreeMap<String, KeyFacts>,
    /// The ARN of the key that volumes are encrypted with where none is named; without it AWS's own.
    pub volume_key: Option<String>,
    /// Whether the account has all volumes encrypted, whatever is asked for.
    pub encrypts_volumes: bool,
    /// VPCs that were there before.
    pub vpcs: Vec<GivenVpc>,
    /// Ids of security groups that somebody makes in the first VPC that comes after those.
    pub later_security_groups: BTreeSet<String>,
    /// ARNs of managed policies of the account's own.
    pub policies: BTreeSet<String>,
    /// Roles that were there before.
    pub roles: Vec<GivenRole>,
    /// Instance profiles that were there before, by ARN, with the ARN of the role that each holds, if one.
    pub profiles: BTreeMap<String, Option<String>>,
    /// Users, and roles of other accounts, that exist.
    pub foreign_principals: BTreeSet<String>,
    /// Versions of add-ons by name; empty means the sandbox's own.
    pub addons: BTreeMap<String, AddonFacts>,
    /// Zones by region; for others the catalog's.
    pub zones: BTreeMap<String, Vec<String>>,
    /// Whether every zone offers every instance type.
    pub every_type_everywhere: bool,
    /// Quotas by code, where they are not AWS's default. vCPUs of on-demand instances: `L-1216C47A` (standard),
    /// `L-DB2E81BA` (G and VT), `L-417A185B` (P); of spot instances `L-34B43A08`, `L-3819A6DF`, `L-7212CCBC`.
    pub quotas: BTreeMap<String, f64>,
    /// How many more instances of a type AWS has in a zone, by `TYPE ZONE`; without an entry: enough.
    pub capacity: BTreeMap<String, u32>,
}

impl Default for Facts {
    /// Account 111122223333 at the epoch, called by a user, with 512 vCPUs a family.
    fn default() -> Self {
        let on_demand = ["L-1216C47A", "L-DB2E81BA", "L-417A185B"];
        let spot = ["L-34B43A08", "L-3819A6DF", "L-7212CCBC"];
        let quotas = on_demand
            .into_iter()
            .chain(spot)
            .map(|code| (code.to_owned(), 512.0));
        Self {
            account: "111122223333".into(),
            caller: "arn:aws:iam::111122223333:user/operator".into(),
            seed: 0,
            start: Timestamp::UNIX_EPOCH,
            images: BTreeMap::new(),
            parameters: BTreeMap::new(),
            key_pairs: BTreeMap::new(),
            placement_groups: BTreeSet::new(),
            templates: BTreeMap::new(),
            keys: BTreeMap::new(),
            volume_key: None,
            encrypts_volumes: false,
            vpcs: Vec::new(),
            later_security_groups: BTreeSet::new(),
            policies: BTreeSet::new(),
            roles: Vec::new(),
            profiles: BTreeMap::new(),
            foreign_principals: BTreeSet::new(),
            addons: BTreeMap::new(),
            zones: BTreeMap::new(),
            every_type_everywhere: false,
            quotas: quotas.collect(),
            capacity: BTreeMap::new(),
        }
    }
}

/// A launch template that was there before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenTemplate {
    /// The number of its newest version, which is its default one; at least 1.
    pub versions: i64,
    /// The instance type that it names.
    pub instance_type: Option<String>,
    /// The image that it names.
    pub image: Option<String>,
}

/// An image of the account's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageFacts {
    /// The only region it is in; empty for all.
    pub region: String,
    /// Its name.
    pub name: String,
    /// `/dev/sda1` or `/dev/xvda`.
    pub root_device: String,
    /// Size of the root volume's snapshot in GiB.
    pub root_gib: i64,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// `available`, or why nothing can be started from it.
    pub state: String,
    /// Since when it is deprecated.
    pub deprecated: Option<Timestamp>,
    /// The account that owns it; empty for this one.
    pub owner: String,
}

impl Default for ImageFacts {
    fn default() -> Self {
        Self {
            region: String::new(),
            name: "own image".into(),
            root_device: "/dev/sda1".into(),
            root_gib: 8,
            architecture: "x86_64".into(),
            state: "available".into(),
            deprecated: None,
            owner: String::new(),
        }
    }
}

/// A KMS key of the account's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyFacts {
    /// Whether it is turned off.
    pub disabled: bool,
    /// Principals that may use it and make grants for it, beside those to whom the account gives it: by policy.
    pub users: BTreeSet<String>,
    /// Principals that have a grant for it.
    pub grantees: BTreeSet<String>,
}

/// A VPC that was there before, with an internet gateway if a subnet of it is public; its private subnets have a way
/// out through a transit gateway, which belongs to others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenVpc {
    /// Its id.
    pub id: String,
    /// Its region.
    pub region: String,
    /// Its IPv4 range.
    pub cidr: String,
    /// Its subnets.
    pub subnets: Vec<GivenSubnet>,
    /// Ids of security groups in it, which let in what comes from the VPC.
    pub security_groups: Vec<String>,
}

/// A subnet that was there before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenSubnet {
    /// Its id.
    pub id: String,
    /// Its zone.
    pub zone: String,
    /// Its IPv4 range.
    pub cidr: String,
    /// Whether it has a route to the internet gateway and gives instances public addresses.
    pub public: bool,
}

/// A role that was there before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenRole {
    /// Its ARN, with its path.
    pub arn: String,
    /// Services that may take it, such as `ec2.amazonaws.com`.
    pub services: Vec<String>,
    /// ARNs of its managed policies.
    pub policies: Vec<String>,
}

/// An add-on that EKS offers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddonFacts {
    /// Versions, newest first; `{v}` stands for the Kubernetes version.
    pub versions: Vec<String>,
    /// Which of them is the default one.
    pub default_version: String,
    /// Whether it calls AWS and so wants a role.
    pub requires_iam: bool,
}
