//! Asking an account.

use super::{
    AccountFacts, AddonIam, AddonVersions, GivenNetwork, GivenProfile, GivenSubnet, GivenTemplate, Image,
    NetworkQuestion, Questions,
};
use crate::{
    execute::{Cx, Failure},
    objects::lifecycle::present,
    operations::{
        ec2::{
            DescribeAvailabilityZones, DescribeImages, DescribeInstanceTypeOfferings, DescribeInstanceTypes,
            DescribeLaunchTemplateVersions, DescribeSubnets, DescribeVpcs, Filter, NetworkCardInfo,
            NetworkInfo,
        },
        eks::{AddonPodIdentityConfiguration, DescribeAddonConfiguration, DescribeAddonVersions},
        iam::GetInstanceProfile,
        ssm::GetParameter,
    },
};
use lb_model::{
    catalog::{Catalog, Efa},
    config::ClusterConfig,
};
use std::collections::{BTreeMap, BTreeSet};

impl AccountFacts {
    /// The account's answers to `questions`, asked for `config`. What does not exist is left out; planning says so
    /// where it matters.
    ///
    /// # Errors
    /// The first call that was refused.
    pub async fn ask(cx: &Cx<'_>, questions: &Questions, config: &ClusterConfig) -> Result<Self, Failure> {
        let version = crate::desired::version(config, Catalog::builtin());
        let images = images(cx, &questions.parameters).await?;
        let ids = questions.images.iter().chain(images.values()).cloned().collect();
        let account = match &questions.account {
            Some(account) => account.clone(),
            None => cx.caller().await?.account,
        };
        let mut facts = Self {
            account: Some(account),
            assumed: false,
            zones: zones(cx).await?,
            offerings: offerings(cx, &questions.instance_types).await?,
            efas: efas(cx, &questions.efa_types).await?,
            image_details: image_details(cx, ids).await?,
            images,
            network: network(cx, questions.network.as_ref()).await?,
            templates: templates(cx, &questions.templates).await?,
            profiles: profiles(cx, &questions.profiles).await?,
            addons: addons(cx, &questions.addons, &version).await?,
            ..Self::default()
        };
        facts.ask_identities(cx, questions).await?;
        Ok(facts)
    }

    /// What EKS recommends for the service accounts of add-ons.
    async fn ask_identities(&mut self, cx: &Cx<'_>, questions: &Questions) -> Result<(), Failure> {
        for (name, version) in &questions.identities {
            let Some(addon_version) = self.addon_version(name, version.as_deref()) else {
                continue;
            };
            let ask = DescribeAddonConfiguration {
                addon_name: name.clone(),
                addon_version,
            };
            let recommended = present(cx.call(ask).await)?.unwrap_or_default();
            if let Some(addon) = self.addons.get_mut(name) {
                let identity = |found: AddonPodIdentityConfiguration| AddonIam {
                    service_account: found.service_account,
                    policies: found.recommended_managed_policies,
                };
                addon.identities = recommended.into_iter().map(identity).collect();
            }
        }
        Ok(())
    }
}

/// Zones of the region in which a cluster can have subnets: no local and no wavelength zones.
async fn zones(cx: &Cx<'_>) -> Result<Vec<String>, Failure> {
    let zones = cx
        .call(DescribeAvailabilityZones {
            zone_names: Vec::new(),
            filters: Vec::new(),
        })
        .await?;
    let usable = zones
        .into_iter()
        .filter(|zone| zone.zone_type == "availability-zone" && zone.state == "available");
    let mut names: Vec<String> = usable.map(|zone| zone.zone_name).collect();
    names.sort();
    Ok(names)
}

async fn offerings(
    cx: &Cx<'_>,
    instance_types: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let mut offerings: BTreeMap<String, BTreeSet<String>> = instance_types
        .iter()
        .map(|name| (name.clone(), BTreeSet::new()))
        .collect();
    if instance_types.is_empty() {
        return Ok(offerings);
    }
    let filter = Filter {
        name: "instance-type".to_owned(),
        values: instance_types.iter().cloned().collect(),
    };
    let location_type = "availability-zone".to_owned();
    for offering in cx
        .call(DescribeInstanceTypeOfferings {
            location_type,
            filters: vec![filter],
        })
        .await?
    {
        offerings
            .entry(offering.instance_type)
            .or_default()
            .insert(offering.location);
    }
    Ok(offerings)
}

/// The Elastic Fabric Adapters of instance types. A filter, unlike names, leaves out what does not exist.
async fn efas(cx: &Cx<'_>, instance_types: &BTreeSet<String>) -> Result<BTreeMap<String, Efa>, Failure> {
    if instance_types.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = Filter {
        name: "instance-type".to_owned(),
        values: instance_types.iter().cloned().collect(),
    };
    let call = DescribeInstanceTypes {
        filters: vec![filter],
        ..DescribeInstanceTypes::default()
    };
    let found = cx.call(call).await?.into_iter();
    let found = found.filter_map(|info| Some((info.instance_type, efa(&info.network_info?)?)));
    Ok(found.collect())
}

/// What a type's network says of its adapters: as many as it takes, else one a card as eksctl counts, from the first card
/// that takes one.
fn efa(network: &NetworkInfo) -> Option<Efa> {
    let most = network.efa_info.as_ref().map(|info| info.maximum_efa_interfaces);
    let adapters = most.unwrap_or(network.maximum_network_cards);
    let takes = |card: &&NetworkCardInfo| card.interface_types.iter().any(|kind| kind == "efa");
    let cards = network.network_cards.iter().filter(takes);
    let first_card = cards.map(|card| card.network_card_index).min().unwrap_or(0);
    network.efa_supported.then_some(Efa {
        first_card: u32::try_from(first_card).ok()?,
        adapters: u32::try_from(adapters).ok()?,
    })
}

/// What the launch templates that a config brings say of image and instance type.
async fn templates(
    cx: &Cx<'_>,
    asked: &BTreeMap<String, Option<String>>,
) -> Result<BTreeMap<String, GivenTemplate>, Failure> {
    let mut templates = BTreeMap::new();
    for (id, version) in asked {
        let ask = DescribeLaunchTemplateVersions {
            launch_template_id: Some(id.clone()),
            versions: vec![version.clone().unwrap_or_else(|| "$Default".to_owned())],
        };
        if let Some(found) = present(cx.call(ask).await)?.into_iter().flatten().next() {
            let data = found.launch_template_data;
            let template = GivenTemplate {
                has_image: data.image_id.is_some(),
                instance_type: data.instance_type,
            };
            templates.insert(id.clone(), template);
        }
    }
    Ok(templates)
}

/// The roles of the instance profiles that a config brings. IAM finds a profile by its name alone, so its ARN tells
/// whether it is the one that is meant.
async fn profiles(cx: &Cx<'_>, asked: &BTreeSet<String>) -> Result<BTreeMap<String, GivenProfile>, Failure> {
    let mut profiles = BTreeMap::new();
    for arn in asked {
        let Some((_, path)) = arn.split_once(":instance-profile/") else {
            continue;
        };
        let ask = GetInstanceProfile {
            instance_profile_name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        };
        if let Some(found) = present(cx.call(ask).await)?.filter(|found| found.arn == *arn) {
            let role = found.roles.into_iter().next().map(|role| role.arn);
            profiles.insert(arn.clone(), GivenProfile { role });
        }
    }
    Ok(profiles)
}

/// The VPC that a config brings, with its subnets; none if it is not there.
async fn network(cx: &Cx<'_>, asked: Option<&NetworkQuestion>) -> Result<Option<GivenNetwork>, Failure> {
    let Some(asked) = asked else { return Ok(None) };
    let id = match &asked.vpc {
        Some(id) => Some(id.clone()),
        None => {
            let named = DescribeSubnets {
                subnet_ids: asked.subnets.iter().cloned().collect(),
                filters: Vec::new(),
            };
            let found = present(cx.call(named).await)?.into_iter().flatten();
            found.map(|subnet| subnet.vpc_id).next()
        }
    };
    let Some(id) = id else { return Ok(None) };
    let vpcs = DescribeVpcs {
        vpc_ids: vec![id.clone()],
        filters: Vec::new(),
    };
    let Some(vpc) = present(cx.call(vpcs).await)?.into_iter().flatten().next() else {
        return Ok(None);
    };
    let of_vpc = DescribeSubnets {
        subnet_ids: Vec::new(),
        filters: vec![Filter::new("vpc-id", &id)],
    };
    let subnets = cx.call(of_vpc).await?.into_iter().map(|subnet| GivenSubnet {
        id: subnet.subnet_id,
        zone: subnet.availability_zone,
        cidr: subnet.cidr_block,
    });
    Ok(Some(GivenNetwork {
        vpc: vpc.vpc_id,
        cidr: vpc.cidr_block,
        subnets: subnets.collect(),
    }))
}

/// Image ids by the parameters that name them.
async fn images(cx: &Cx<'_>, parameters: &BTreeSet<String>) -> Result<BTreeMap<String, String>, Failure> {
    let mut images = BTreeMap::new();
    for name in parameters {
        match cx.call(GetParameter { name: name.clone() }).await {
            Ok(parameter) => {
                images.insert(name.clone(), parameter.value);
            }
            Err(failure) if failure.is_absent() => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(images)
}

/// One call for all of them: a filter, unlike a list of ids, leaves out what does not exist.
async fn image_details(cx: &Cx<'_>, ids: BTreeSet<String>) -> Result<BTreeMap<String, Image>, Failure> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = Filter {
        name: "image-id".to_owned(),
        values: ids.into_iter().collect(),
    };
    let call = DescribeImages {
        filters: vec![filter],
        // Whether one is deprecated is for the rules to say.
        include_deprecated: Some(true),
        ..DescribeImages::default()
    };
    let found = cx.call(call).await?.into_iter().filter_map(image);
    Ok(found.collect())
}

fn image(image: crate::operations::ec2::Image) -> Option<(String, Image)> {
    let root_device = image.root_device_name?;
    let root = image
        .block_device_mappings
        .iter()
        .find(|mapping| mapping.device_name == root_device)
        .and_then(|mapping| mapping.ebs.as_ref());
    let details = Image {
        encrypted: root.and_then(|ebs| ebs.encrypted).unwrap_or(false),
        root_gib: root.and_then(|ebs| ebs.volume_size).unwrap_or(0),
        architecture: image.architecture,
        state: image.state,
        deprecated: image.deprecation_time,
        root_device,
    };
    Some((image.image_id, details))
}

async fn addons(
    cx: &Cx<'_>,
    names: &BTreeSet<String>,
    version: &str,
) -> Result<BTreeMap<String, AddonVersions>, Failure> {
    let mut addons = BTreeMap::new();
    for name in names {
        let call = DescribeAddonVersions {
            kubernetes_version: Some(version.to_owned()),
            addon_name: Some(name.clone()),
        };
        let offered = match cx.call(call).await {
            Ok(offered) => offered,
            Err(failure) if failure.is_absent() => Vec::new(),
            Err(failure) => return Err(failure),
        };
        for addon in offered {
            let is_default = |of: &crate::operations::eks::AddonVersionInfo| {
                of.compatibilities
                    .iter()
                    .any(|with| with.cluster_version == version && with.default_version)
            };
            let default = addon
                .addon_versions
                .iter()
                .find(|of| is_default(of))
                .map(|of| of.addon_version.clone());
            let versions = addon
                .addon_versions
                .into_iter()
                .map(|of| of.addon_version)
                .collect();
            addons.insert(
                addon.addon_name,
                AddonVersions {
                    versions,
                    default,
                    identities: Vec::new(),
                },
            );
        }
    }
    Ok(addons)
}
