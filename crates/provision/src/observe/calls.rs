//! The calls that read a cluster: by tags, by paths and by what an earlier answer says, as few as AWS allows.

use std::collections::BTreeMap;

use futures_util::future::{try_join, try_join_all, try_join4, try_join5};
use serde_json::Value;

use crate::desired::install::MARKER;
use crate::execute::{Cx, Failure};
use crate::names::{CLUSTER_ID_TAG, CLUSTER_TAG, KEY_TAG, REGION_TAG};
use crate::objects::lifecycle::present;
use crate::objects::manifest::{MANAGED_BY, US, aws_auth_reference};
use crate::operations::ec2::{self, Filter, Tag};
use crate::operations::{eks, iam, kubernetes, logs};
use crate::ownership::Owner;

/// Kinds of Kubernetes objects that `lb` makes.
const MANIFEST_KINDS: [(&str, &str); 2] = [("v1", "Namespace"), ("v1", "ServiceAccount")];

/// Kinds of what is installed on request, looked for only where something is ([`crate::desired::install`]).
const INSTALLED_KINDS: [(&str, &str); 7] = [
    ("v1", "ConfigMap"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
];

/// The value of a tag.
pub(super) fn value<'t>(tags: &'t [Tag], name: &str) -> Option<&'t str> {
    tags.iter()
        .find(|tag| tag.key == name)
        .map(|tag| tag.value.as_str())
}

/// The filters that find what carries the cluster's name and region, of whatever life.
pub(super) fn named(owner: &Owner) -> Vec<Filter> {
    vec![
        Filter::new(format!("tag:{CLUSTER_TAG}"), &owner.cluster),
        Filter::new(format!("tag:{REGION_TAG}"), &owner.region),
    ]
}

/// What EC2 finds by tags, one call a kind.
pub(super) struct Ec2 {
    pub(super) vpcs: Vec<ec2::Vpc>,
    pub(super) subnets: Vec<ec2::Subnet>,
    pub(super) internet_gateways: Vec<ec2::InternetGateway>,
    pub(super) route_tables: Vec<ec2::RouteTable>,
    pub(super) addresses: Vec<ec2::Address>,
    pub(super) nat_gateways: Vec<ec2::NatGateway>,
    pub(super) groups: Vec<ec2::SecurityGroup>,
    pub(super) keys: Vec<ec2::KeyPairInfo>,
    pub(super) templates: Vec<ec2::LaunchTemplate>,
    pub(super) placement_groups: Vec<ec2::PlacementGroup>,
}

impl Ec2 {
    pub(super) async fn of(cx: &Cx<'_>) -> Result<Self, Failure> {
        let filters = named(cx.owner());
        let network = try_join5(
            cx.call(ec2::DescribeVpcs {
                filters: filters.clone(),
                ..Default::default()
            }),
            cx.call(ec2::DescribeSubnets {
                filters: filters.clone(),
                ..Default::default()
            }),
            cx.call(ec2::DescribeInternetGateways {
                filters: filters.clone(),
                ..Default::default()
            }),
            cx.call(ec2::DescribeRouteTables {
                filters: filters.clone(),
                ..Default::default()
            }),
            cx.call(ec2::DescribeAddresses {
                filters: filters.clone(),
                ..Default::default()
            }),
        );
        let keys = ec2::DescribeKeyPairs {
            filters: filters.clone(),
            include_public_key: Some(true),
            ..Default::default()
        };
        let others = try_join5(
            cx.call(ec2::DescribeNatGateways {
                filter: filters.clone(),
                ..Default::default()
            }),
            cx.call(ec2::DescribeSecurityGroups {
                filters: filters.clone(),
                ..Default::default()
            }),
            cx.call(keys),
            cx.call(ec2::DescribeLaunchTemplates {
                filters: filters.clone(),
                ..Default::default()
            }),
            cx.call(ec2::DescribePlacementGroups {
                filters: filters.clone(),
                ..Default::default()
            }),
        );
        let (network, others) = try_join(network, others).await?;
        let (vpcs, subnets, internet_gateways, route_tables, addresses) = network;
        let (nat_gateways, groups, keys, templates, placement_groups) = others;
        Ok(Self {
            vpcs,
            subnets,
            internet_gateways,
            route_tables,
            addresses,
            nat_gateways,
            groups,
            keys,
            templates,
            placement_groups,
        })
    }

    /// The id of the life that the VPC's tags name.
    pub(super) fn vpc_cluster_id(&self) -> Option<&str> {
        self.vpcs.iter().find_map(|vpc| value(&vpc.tags, CLUSTER_ID_TAG))
    }

    /// The id of the life that any other object's tags name. The lock counts too: a run that died may have made
    /// nothing else that reads show yet.
    pub(super) fn any_cluster_id(&self) -> Option<&str> {
        let tags = self.internet_gateways.iter().map(|gateway| &gateway.tags);
        let tags = tags.chain(self.subnets.iter().map(|subnet| &subnet.tags));
        let tags = tags.chain(self.groups.iter().map(|group| &group.tags));
        let tags = tags.chain(self.addresses.iter().map(|address| &address.tags));
        let tags = tags.chain(self.route_tables.iter().map(|table| &table.tags));
        let tags = tags.chain(self.keys.iter().map(|key| &key.tags));
        let tags = tags.chain(self.templates.iter().map(|template| &template.tags));
        let tags = tags.chain(self.placement_groups.iter().map(|group| &group.tags));
        tags.into_iter().find_map(|tags| value(tags, CLUSTER_ID_TAG))
    }
}

/// An access entry with its policies.
pub(super) type Entry = (eks::AccessEntry, Vec<eks::AssociatedAccessPolicy>);

/// What EKS and Kubernetes say of the inside of the cluster.
#[derive(Default)]
pub(super) struct Inside {
    pub(super) addons: Vec<eks::Addon>,
    pub(super) entries: Vec<Entry>,
    pub(super) identities: Vec<eks::PodIdentityAssociation>,
    pub(super) nodegroups: Vec<eks::Nodegroup>,
    pub(super) manifests: Vec<Value>,
    /// Whether the cluster's API does not know who asks, so that its objects are not seen.
    pub(super) is_locked: bool,
}

impl Inside {
    pub(super) async fn of(cx: &Cx<'_>, cluster: Option<&eks::Cluster>) -> Result<Self, Failure> {
        // Before it is ACTIVE a cluster has none of these, and EKS refuses to say so.
        let Some(cluster) =
            cluster.filter(|cluster| ["ACTIVE", "UPDATING"].contains(&cluster.status.as_str()))
        else {
            return Ok(Self::default());
        };
        let eks = try_join4(addons(cx), entries(cx, cluster), identities(cx), nodegroups(cx));
        let ((addons, entries, identities, nodegroups), manifests) =
            try_join(eks, async { let_in(manifests(cx, cluster).await) }).await?;
        Ok(Self {
            addons,
            entries,
            identities,
            nodegroups,
            is_locked: manifests.is_none(),
            manifests: manifests.unwrap_or_default(),
        })
    }
}

async fn addons(cx: &Cx<'_>) -> Result<Vec<eks::Addon>, Failure> {
    let cluster_name = cx.owner().cluster.clone();
    let names = cx
        .call(eks::ListAddons {
            cluster_name: cluster_name.clone(),
        })
        .await?;
    let each = names.into_iter().map(|addon_name| {
        let ask = eks::DescribeAddon {
            cluster_name: cluster_name.clone(),
            addon_name,
        };
        async { present(cx.call(ask).await) }
    });
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

async fn nodegroups(cx: &Cx<'_>) -> Result<Vec<eks::Nodegroup>, Failure> {
    let cluster_name = cx.owner().cluster.clone();
    let list = eks::ListNodegroups {
        cluster_name: cluster_name.clone(),
    };
    let each = cx.call(list).await?.into_iter().map(|nodegroup_name| {
        let ask = eks::DescribeNodegroup {
            cluster_name: cluster_name.clone(),
            nodegroup_name,
        };
        async { present(cx.call(ask).await) }
    });
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

/// Pod identity associations, those of add-ons too.
async fn identities(cx: &Cx<'_>) -> Result<Vec<eks::PodIdentityAssociation>, Failure> {
    let cluster_name = cx.owner().cluster.clone();
    let list = eks::ListPodIdentityAssociations {
        cluster_name: cluster_name.clone(),
        ..Default::default()
    };
    let each = cx.call(list).await?.into_iter().map(|found| {
        let ask = eks::DescribePodIdentityAssociation {
            cluster_name: cluster_name.clone(),
            association_id: found.association_id,
        };
        async { present(cx.call(ask).await) }
    });
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

async fn entries(cx: &Cx<'_>, cluster: &eks::Cluster) -> Result<Vec<Entry>, Failure> {
    // In this mode there are none, and asking is refused.
    if cluster.access_config.authentication_mode == "CONFIG_MAP" {
        return Ok(vec![]);
    }
    let cluster_name = cx.owner().cluster.clone();
    let principals = cx
        .call(eks::ListAccessEntries {
            cluster_name: cluster_name.clone(),
        })
        .await?;
    let each = principals
        .into_iter()
        .map(|principal_arn| entry(cx, cluster_name.clone(), principal_arn));
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

async fn entry(cx: &Cx<'_>, cluster_name: String, principal_arn: String) -> Result<Option<Entry>, Failure> {
    let ask = eks::DescribeAccessEntry {
        cluster_name: cluster_name.clone(),
        principal_arn: principal_arn.clone(),
    };
    let Some(entry) = present(cx.call(ask).await)? else {
        return Ok(None);
    };
    // Only entries of this type can have policies.
    if entry.kind != "STANDARD" {
        return Ok(Some((entry, vec![])));
    }
    let ask = eks::ListAssociatedAccessPolicies {
        cluster_name,
        principal_arn,
    };
    let policies = present(cx.call(ask).await)?.unwrap_or_default();
    Ok(Some((entry, policies)))
}

/// The map of principals, in the mode in which it is all there is.
async fn aws_auth(cx: &Cx<'_>, cluster: &eks::Cluster) -> Result<Option<Value>, Failure> {
    if cluster.access_config.authentication_mode != "CONFIG_MAP" {
        return Ok(None);
    }
    let get = kubernetes::Get {
        cluster: cx.owner().cluster.clone(),
        object: aws_auth_reference(),
    };
    present(cx.call(get).await)
}

/// `None` where the cluster's API does not know who asks: its maker may have been left out on purpose
/// (`bootstrapClusterCreatorAdminPermissions: false`), and everything else can be seen and changed.
fn let_in<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Err(failure) if failure.is_unauthorized() => Ok(None),
        answer => answer.map(Some),
    }
}

async fn manifests(cx: &Cx<'_>, cluster: &eks::Cluster) -> Result<Vec<Value>, Failure> {
    if !cx.asks_kubernetes() {
        return Ok(vec![]);
    }
    let (mut all, map) = try_join(of_kinds(cx, &MANIFEST_KINDS), aws_auth(cx, cluster)).await?;
    let marker = |manifest: &Value| manifest.pointer("/metadata/name") == Some(&MARKER.into());
    if all.iter().any(marker) {
        all.extend(of_kinds(cx, &INSTALLED_KINDS).await?);
    }
    all.extend(map);
    Ok(all)
}

/// The objects of these kinds that carry our label.
async fn of_kinds(cx: &Cx<'_>, kinds: &[(&str, &str)]) -> Result<Vec<Value>, Failure> {
    let each = kinds.iter().map(|(api_version, kind)| {
        cx.call(kubernetes::List {
            cluster: cx.owner().cluster.clone(),
            api_version: (*api_version).to_owned(),
            kind: (*kind).to_owned(),
            namespace: None,
            label_selector: Some(format!("{MANAGED_BY}={US}")),
        })
    });
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

/// The provider of the cluster's issuer, or, where the cluster is gone, all of them: their ARNs do not say whose.
pub(super) async fn providers(
    cx: &Cx<'_>,
    cluster: Option<&eks::Cluster>,
) -> Result<Vec<(String, iam::OpenIDConnectProvider)>, Failure> {
    let issuer = cluster.and_then(|cluster| cluster.identity.as_ref());
    let issuer = issuer.map(|identity| identity.oidc.issuer.trim_start_matches("https://").to_owned());
    let arns = cx.call(iam::ListOpenIDConnectProviders {}).await?;
    let wanted = |arn: &String| {
        issuer
            .as_ref()
            .is_none_or(|issuer| arn.ends_with(issuer.as_str()))
    };
    let each = arns.into_iter().filter(wanted).map(|arn| async {
        let ask = iam::GetOpenIDConnectProvider {
            open_id_connect_provider_arn: arn.clone(),
        };
        Ok::<_, Failure>(present(cx.call(ask).await)?.map(|found| (arn, found)))
    });
    Ok(try_join_all(each).await?.into_iter().flatten().collect())
}

/// The control plane's log group with its tags.
pub(super) async fn log_groups(
    cx: &Cx<'_>,
) -> Result<Vec<(logs::LogGroup, BTreeMap<String, String>)>, Failure> {
    let name = format!("/aws/eks/{}/cluster", cx.owner().cluster);
    let found = cx
        .call(logs::DescribeLogGroups {
            log_group_name_prefix: Some(name.clone()),
        })
        .await?;
    let each = found
        .into_iter()
        .filter(|group| group.log_group_name == name)
        .map(|group| async {
            let resource_arn = group.arn.trim_end_matches(":*").to_owned();
            let tags =
                present(cx.call(logs::ListTagsForResource { resource_arn }).await)?.unwrap_or_default();
            Ok::<_, Failure>((group, tags))
        });
    try_join_all(each).await
}

/// The attributes of a VPC that describing it leaves out: one call each.
#[derive(Clone, Copy)]
pub(crate) struct Dns {
    /// Whether instances get names.
    pub(crate) hostnames: bool,
    /// Whether names are resolved.
    pub(crate) support: bool,
}

/// A VPC with the attributes that describing it leaves out.
pub(super) async fn with_dns(cx: &Cx<'_>, vpc: ec2::Vpc) -> Result<(ec2::Vpc, Dns), Failure> {
    let ask = |attribute: &str| {
        let attribute = attribute.to_owned();
        cx.call(ec2::DescribeVpcAttribute {
            vpc_id: vpc.vpc_id.clone(),
            attribute,
        })
    };
    let (hostnames, support) = try_join(ask("enableDnsHostnames"), ask("enableDnsSupport")).await?;
    Ok((
        vpc,
        Dns {
            hostnames: hostnames.value,
            support: support.value,
        },
    ))
}

/// All rules of these groups; where groups may be given, also our rules of other groups.
pub(super) async fn rules(
    cx: &Cx<'_>,
    groups: Vec<String>,
    is_given: bool,
) -> Result<Vec<ec2::SecurityGroupRule>, Failure> {
    let of = async |filters: Vec<Filter>| {
        cx.call(ec2::DescribeSecurityGroupRules {
            filters,
            ..Default::default()
        })
        .await
    };
    let mut rules = Vec::new();
    if !groups.is_empty() {
        rules = of(vec![Filter {
            name: "group-id".to_owned(),
            values: groups.clone(),
        }])
        .await?;
    }
    if is_given {
        let ours = of(named(cx.owner())).await?.into_iter();
        rules.extend(ours.filter(|rule| !groups.contains(&rule.group_id)));
    }
    Ok(rules)
}

/// A launch template and its newest version.
pub(super) type Template = (ec2::LaunchTemplate, ec2::LaunchTemplateVersion);

/// The newest version of each template; the lock is a template too, but stands for no object.
pub(super) async fn newest_versions(
    cx: &Cx<'_>,
    mut templates: Vec<ec2::LaunchTemplate>,
) -> Result<Vec<Template>, Failure> {
    templates.retain(|template| value(&template.tags, KEY_TAG).is_some());
    if templates.is_empty() {
        return Ok(vec![]);
    }
    let versions = vec!["$Latest".to_owned()];
    let ask = ec2::DescribeLaunchTemplateVersions {
        launch_template_id: None,
        versions,
    };
    let newest = cx.call(ask).await?.into_iter();
    let mut newest: BTreeMap<_, _> = newest
        .map(|version| (version.launch_template_id.clone(), version))
        .collect();
    let pairs = templates.into_iter().filter_map(|template| {
        let version = newest.remove(&template.launch_template_id)?;
        Some((template, version))
    });
    Ok(pairs.collect())
}
