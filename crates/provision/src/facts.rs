//! What is asked of an account before planning: zones, images, versions of add-ons. Without an account the catalog
//! and a few conventions of AWS stand in, and the plan says so.

use crate::{
    names::role_of_profile,
    objects::{Spec, Subnet},
    observed::Observed,
};
use lb_model::{
    catalog::{Catalog, Efa},
    config::{ClusterConfig, NodeGroupRef, OrEmpty},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod asked;
mod images;

pub use images::{family, image_parameter, is_ubuntu};

/// The tag of a launch template that names the SSM parameter its image came from, so that a newer image is no
/// reason for a new version until someone asks for it.
pub const IMAGE_TAG: &str = "lb/image";

/// What is known of the account and region that a cluster is planned for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// The account's id.
    pub account: Option<String>,
    /// Whether nobody was asked: the catalog's assumptions stand in for what is missing.
    pub assumed: bool,
    /// The zones that EKS can use, in order.
    pub zones: Vec<String>,
    /// The zones that offer an instance type. A type that is not named is offered everywhere.
    pub offerings: BTreeMap<String, BTreeSet<String>>,
    /// The Elastic Fabric Adapters that instance types take. A type that is not named takes none.
    pub efas: BTreeMap<String, Efa>,
    /// Image ids by SSM parameter.
    pub images: BTreeMap<String, String>,
    /// What is known of images, by id.
    pub image_details: BTreeMap<String, Image>,
    /// Add-ons by name.
    pub addons: BTreeMap<String, AddonVersions>,
    /// The VPC that the config brings, if it brings one and it was asked for and found.
    pub network: Option<GivenNetwork>,
    /// Launch templates that the config brings, by id.
    pub templates: BTreeMap<String, GivenTemplate>,
    /// Instance profiles that the config brings, by ARN.
    pub profiles: BTreeMap<String, GivenProfile>,
    /// What the cluster has already and keeps unless its config asks for something else.
    pub present: Present,
}

/// What is known of a launch template that was there before the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenTemplate {
    /// Whether it names an image.
    pub has_image: bool,
    /// The instance type that it names.
    pub instance_type: Option<String>,
}

/// What is known of an instance profile that was there before the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenProfile {
    /// The ARN of the role that it holds, with its path.
    pub role: Option<String>,
}

/// A VPC that was there before the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenNetwork {
    /// Its id.
    pub vpc: String,
    /// Its addresses.
    pub cidr: String,
    /// Its subnets.
    pub subnets: Vec<GivenSubnet>,
}

/// A subnet that was there before the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenSubnet {
    /// Its id.
    pub id: String,
    /// Its zone.
    pub zone: String,
    /// Its addresses.
    pub cidr: String,
}

/// What is known of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its root device: `/dev/xvda`.
    pub root_device: String,
    /// Whether its root snapshot is encrypted.
    pub encrypted: bool,
    /// Size of its root snapshot in GiB.
    pub root_gib: i64,
    /// `x86_64` or `arm64`; empty where nobody was asked.
    pub architecture: String,
    /// `available`, or why it cannot be used.
    pub state: String,
    /// Since when it is deprecated, or will be.
    pub deprecated: Option<String>,
}

/// The versions of an add-on for the cluster's Kubernetes version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddonVersions {
    /// All of them, newest first.
    pub versions: Vec<String>,
    /// EKS's default.
    pub default: Option<String>,
    /// What EKS recommends for its service accounts by pod identity; only where the config asks for that.
    pub identities: Vec<AddonIam>,
}

/// What EKS recommends for a service account of an add-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddonIam {
    /// The service account.
    pub service_account: String,
    /// ARNs of managed policies.
    pub policies: Vec<String>,
}

/// What the cluster has already and keeps unless its config asks for something else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Present {
    /// The zones of its subnets, in the order of their addresses.
    pub zones: Vec<String>,
    /// Its images by nodegroup: the SSM parameter that they came from, and the id.
    pub images: BTreeMap<String, (String, String)>,
    /// Versions of its add-ons.
    pub addons: BTreeMap<String, String>,
}

/// What has to be asked of an account for a config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// The account, where a look has told it already.
    pub account: Option<String>,
    /// SSM parameters that hold image ids.
    pub parameters: BTreeSet<String>,
    /// Images that the config names itself.
    pub images: BTreeSet<String>,
    /// The VPC that the config brings.
    pub network: Option<NetworkQuestion>,
    /// Launch templates that the config brings, by id, with the version that it names.
    pub templates: BTreeMap<String, Option<String>>,
    /// Instance profiles that the config brings, by ARN.
    pub profiles: BTreeSet<String>,
    /// Instance types whose zones matter.
    pub instance_types: BTreeSet<String>,
    /// Instance types whose Elastic Fabric Adapters matter.
    pub efa_types: BTreeSet<String>,
    /// Add-ons whose versions matter.
    pub addons: BTreeSet<String>,
    /// Add-ons that get the roles which EKS recommends, with the version that the config names.
    pub identities: BTreeMap<String, Option<String>>,
}

/// Which VPC to ask for: the one that is named, else the one of a subnet that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkQuestion {
    /// Its id.
    pub vpc: Option<String>,
    /// Ids of subnets.
    pub subnets: BTreeSet<String>,
}

impl NetworkQuestion {
    fn of(config: &ClusterConfig) -> Option<Self> {
        let vpc = config.vpc.as_ref()?;
        let subnets = vpc.subnets.as_ref()?;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let each = subnets.private.iter().chain(subnets.public.iter());
        let question = Self {
            vpc: given(&vpc.id),
            subnets: each.filter_map(|(_, subnet)| given(&subnet.id)).collect(),
        };
        (question.vpc.is_some() || !question.subnets.is_empty()).then_some(question)
    }
}

impl AccountFacts {
    /// What is assumed of `region` without an account.
    pub fn assumed(catalog: &Catalog, region: &str) -> Self {
        let zones = catalog.zones(region);
        let offerings = catalog
            .instances()
            .iter()
            .filter_map(|instance| Some((instance.name, catalog.zones_offering(instance.name, region)?)));
        Self {
            assumed: true,
            zones: zones
                .unwrap_or_else(|| ["a", "b", "c"].map(|letter| format!("{region}{letter}")).to_vec()),
            offerings: offerings
                .map(|(name, zones)| (name.to_owned(), zones.into_iter().collect()))
                .collect(),
            ..Self::default()
        }
    }

    /// The same, with what the cluster has already.
    #[must_use]
    pub fn keeping(mut self, observed: &Observed) -> Self {
        let mut subnets: Vec<&Subnet> = Vec::new();
        for (key, object) in &observed.objects {
            match &object.spec {
                Spec::Subnet(subnet) => subnets.push(subnet),
                Spec::Addon(addon) => {
                    self.present
                        .addons
                        .insert(addon.addon_name.clone(), addon.addon_version.clone());
                }
                Spec::LaunchTemplate(template) => {
                    if let (Some(group), Some(parameter)) =
                        (key.nodegroup_name(), template.tags.get(IMAGE_TAG))
                    {
                        let image = template.launch_template_data.image_id.clone();
                        self.present
                            .images
                            .insert(group.to_owned(), (parameter.clone(), image.unwrap_or_default()));
                    }
                }
                _ => {}
            }
        }
        // Public subnets have the first pieces of the VPC in the order of the zones, so this order finds them again.
        subnets.sort_by_key(|subnet| crate::desired::cidr::first_address(&subnet.cidr_block));
        for subnet in subnets {
            if !self.present.zones.contains(&subnet.availability_zone) {
                self.present.zones.push(subnet.availability_zone.clone());
            }
        }
        self
    }

    /// The image of nodegroup `group` whose SSM parameter is `parameter`: what the group has, what the account
    /// answered, or (assumed) a reference that EC2 itself resolves.
    pub fn image(&self, group: &str, parameter: &str) -> Option<String> {
        let present = self
            .present
            .images
            .get(group)
            .filter(|(from, _)| from == parameter)
            .map(|(_, id)| id.clone());
        let answered = || self.images.get(parameter).cloned();
        present
            .or_else(answered)
            .or_else(|| self.assumed.then(|| format!("resolve:ssm:{parameter}")))
    }

    /// The Elastic Fabric Adapters that an instance type takes; the catalog's where nobody was asked.
    pub fn efa(&self, instance_type: &str, catalog: &Catalog) -> Option<Efa> {
        let answered = self.efas.get(instance_type).copied();
        answered.or_else(|| catalog.efa(instance_type).filter(|_| self.assumed))
    }

    /// What is known of an instance profile; none where it is not there. Without an account it is assumed to be as the
    /// console makes it: of the same name as its role.
    pub fn profile(&self, arn: &str) -> Option<GivenProfile> {
        let answered = self.profiles.get(arn).cloned();
        let assumed = || {
            role_of_profile(arn)
                .filter(|_| self.assumed)
                .map(|role| GivenProfile { role: Some(role) })
        };
        answered.or_else(assumed)
    }

    /// What is known of an image; AWS's and Canonical's conventions where nothing is.
    pub fn image_details(&self, image: &str, family: &str) -> Image {
        let known = self.image_details.get(image).cloned();
        known.unwrap_or_else(|| Image {
            root_device: images::root_device(family).to_owned(),
            encrypted: false,
            root_gib: 0,
            architecture: String::new(),
            state: "available".to_owned(),
            deprecated: None,
        })
    }

    /// The version of an add-on that a config asks for: none for EKS's default, `latest`, a whole one or a part of
    /// one, of which the newest that fits is taken.
    pub fn addon_version(&self, name: &str, asked: Option<&str>) -> Option<String> {
        let facts = self.addons.get(name);
        let versions = || facts.into_iter().flat_map(|facts| &facts.versions);
        match asked.filter(|asked| !asked.is_empty()) {
            None => {
                let present = self.present.addons.get(name).cloned();
                let default = || facts.and_then(|facts| facts.default.clone());
                present
                    .or_else(default)
                    .or_else(|| self.assumed.then(|| "default".to_owned()))
            }
            Some("latest") => {
                let newest = versions().next().cloned();
                newest.or_else(|| self.assumed.then(|| "latest".to_owned()))
            }
            Some(asked) => {
                let exact = versions().find(|version| version.as_str() == asked);
                let part = || versions().find(|version| version.contains(asked));
                exact
                    .or_else(part)
                    .cloned()
                    .or_else(|| self.assumed.then(|| asked.to_owned()))
            }
        }
    }

    /// What EKS recommends for the service accounts of an add-on; the catalog's where nobody was asked.
    pub fn addon_identities(&self, name: &str, catalog: &Catalog) -> Vec<AddonIam> {
        let asked = self.addons.get(name).filter(|_| !self.assumed);
        if let Some(facts) = asked {
            return facts.identities.clone();
        }
        let known = catalog.addon_identities(name);
        known
            .map(|identity| AddonIam {
                service_account: identity.service_account.to_owned(),
                policies: identity.policies().map(str::to_owned).collect(),
            })
            .collect()
    }

    /// Whether `zone` offers all of the instance types, as far as is known.
    pub fn offers_all(&self, zone: &str, types: &[&str]) -> bool {
        types
            .iter()
            .all(|name| self.offerings.get(*name).is_none_or(|zones| zones.contains(zone)))
    }
}

/// The SSM parameter that holds the image of a nodegroup, unless it names its image itself.
fn parameter_of(group: &NodeGroupRef<'_>, catalog: &Catalog, version: &str) -> Option<String> {
    let family = family(group.ami_family.or_empty());
    // EKS chooses the image of managed groups of the families that it knows.
    let by_eks = group.as_managed().is_some() && !is_ubuntu(family);
    if by_eks || group.ami.or_empty().starts_with("ami-") {
        return None;
    }
    let types = crate::desired::instance_types(group);
    image_parameter(catalog, version, family, &types)
}

impl Questions {
    /// What has to be asked for `config`.
    pub fn of(config: &ClusterConfig, catalog: &Catalog) -> Self {
        let mut questions = Self::default();
        let defaults = ["vpc-cni", "kube-proxy", "coredns", "metrics-server"].map(str::to_owned);
        questions.addons.extend(defaults);
        questions
            .addons
            .extend(config.addons.iter().map(|addon| addon.name.clone()));
        let settings = config.addons_config.clone().unwrap_or_default();
        let everywhere = settings.auto_apply_pod_identity_associations.unwrap_or(false);
        for addon in &config.addons {
            if everywhere || addon.use_default_pod_identity_associations.unwrap_or(false) {
                questions
                    .identities
                    .insert(addon.name.clone(), addon.version.clone());
            }
        }
        if everywhere {
            let defaults = questions.addons.iter().cloned();
            let unnamed = defaults.filter(|name| !config.addons.iter().any(|addon| addon.name == *name));
            questions.identities.extend(unnamed.map(|name| (name, None)));
        }
        questions.network = NetworkQuestion::of(config);
        let version = crate::desired::version(config, catalog);
        for group in config.all_node_groups() {
            let types = crate::desired::instance_types(&group);
            questions
                .instance_types
                .extend(types.iter().map(|name| (*name).to_owned()));
            if let Some(template) = group.as_managed().and_then(|own| own.launch_template.as_ref()) {
                questions
                    .templates
                    .insert(template.id.clone(), template.version.clone());
            }
            if group.efa_enabled.unwrap_or(false) {
                questions
                    .efa_types
                    .extend(types.iter().map(|name| (*name).to_owned()));
            }
            let profile = group.iam.as_ref().map(|iam| iam.instance_profile_arn.or_empty());
            let profile = profile.filter(|arn| group.as_self_managed().is_some() && !arn.is_empty());
            questions.profiles.extend(profile.map(str::to_owned));
            let ami = group.ami.or_empty();
            if ami.starts_with("ami-") {
                questions.images.insert(ami.to_owned());
            }
            questions
                .parameters
                .extend(parameter_of(&group, catalog, &version));
        }
        questions
    }

    /// Only what is still to be asked where a cluster has something already: images that its nodegroups keep and
    /// add-ons whose versions stay need no answer.
    #[must_use]
    pub fn beside(mut self, present: &Present, config: &ClusterConfig, catalog: &Catalog) -> Self {
        let version = crate::desired::version(config, catalog);
        self.parameters.clear();
        for group in config.all_node_groups() {
            let Some(parameter) = parameter_of(&group, catalog, &version) else {
                continue;
            };
            match present.images.get(group.name) {
                Some((from, image)) if *from == parameter => self.images.insert(image.clone()),
                _ => self.parameters.insert(parameter),
            };
        }
        let asked = |name: &str| config.addons.iter().find(|addon| addon.name == name);
        self.addons.retain(|name| {
            let version = asked(name).map_or("", |addon| addon.version.or_empty());
            !present.addons.contains_key(name) || !version.is_empty()
        });
        self
    }
}

/// The address of a cluster's DNS service, from its service addresses: the network with its last octet 10, as the
/// images' own bootstrap computes it.
pub fn cluster_dns(service_cidr: &str) -> Option<String> {
    let (address, _) = service_cidr.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let [a, b, c, _] = address.octets();
    Some(std::net::Ipv4Addr::new(a, b, c, 10).to_string())
}
