//! AWS's and Kubernetes' answers about one cluster, as they are.

use std::collections::BTreeMap;

use futures_util::future::{try_join, try_join_all, try_join4, try_join5};
use serde_json::Value;

use super::calls::{self, Dns, Ec2, Entry, Inside, Template, value};
use super::iam::Iam;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::names::{CLUSTER_ID_TAG, CLUSTER_TAG, KEY_TAG, REGION_TAG};
use crate::objects::Tags;
use crate::objects::lifecycle::{chosen, present};
use crate::observed::Ownership;
use crate::operations::ec2::{self, Tag};
use crate::operations::{autoscaling, eks, iam, logs};
use crate::ownership::Owner;
use crate::text::{Attribute, Text};

/// AWS's and Kubernetes' answers about one cluster. Lists hold what carries the cluster's name and region in its tags,
/// of whatever life, and what lies in something that does; roles and providers are the account's.
pub(crate) struct Reading {
    /// The cluster, with the id of its life.
    pub(crate) owner: Owner,
    /// Whether that id was found, not made up for this run.
    pub(crate) cluster_id_found: bool,
    pub(crate) account: Option<String>,
    pub(crate) caller: Option<String>,
    pub(crate) vpcs: Vec<(ec2::Vpc, Dns)>,
    pub(crate) subnets: Vec<ec2::Subnet>,
    pub(crate) internet_gateways: Vec<ec2::InternetGateway>,
    pub(crate) route_tables: Vec<ec2::RouteTable>,
    pub(crate) addresses: Vec<ec2::Address>,
    pub(crate) nat_gateways: Vec<ec2::NatGateway>,
    pub(crate) groups: Vec<ec2::SecurityGroup>,
    pub(crate) rules: Vec<ec2::SecurityGroupRule>,
    pub(crate) keys: Vec<ec2::KeyPairInfo>,
    pub(crate) templates: Vec<Template>,
    pub(crate) placement_groups: Vec<ec2::PlacementGroup>,
    pub(crate) scaling_groups: Vec<autoscaling::AutoScalingGroup>,
    pub(crate) roles: Vec<iam::RoleDetail>,
    pub(crate) profiles: Vec<iam::InstanceProfile>,
    /// Whether only the roles under the cluster's path are known.
    pub(crate) one_by_one: bool,
    pub(crate) providers: Vec<(String, iam::OpenIDConnectProvider)>,
    pub(crate) cluster: Option<eks::Cluster>,
    pub(crate) addons: Vec<eks::Addon>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) identities: Vec<eks::PodIdentityAssociation>,
    pub(crate) nodegroups: Vec<eks::Nodegroup>,
    pub(crate) log_groups: Vec<(logs::LogGroup, BTreeMap<String, String>)>,
    pub(crate) manifests: Vec<Value>,
    /// Whether the cluster's API does not know who asks, so that its objects are not seen.
    pub(crate) is_locked: bool,
}

impl Reading {
    /// Reads everything of the cluster of `cx`'s owner.
    pub(crate) async fn of(cx: &Cx<'_>) -> Result<Self, Failure> {
        let owner = cx.owner();
        let scaling = autoscaling::DescribeAutoScalingGroups {
            filters: calls::named(owner),
            ..Default::default()
        };
        let describe = eks::DescribeCluster {
            name: owner.cluster.clone(),
        };
        let (ec2, iam, (scaling_groups, log_groups), (cluster, caller)) = try_join4(
            Ec2::of(cx),
            Iam::of(cx),
            try_join(cx.call(scaling), calls::log_groups(cx)),
            try_join(async { present(cx.call(describe).await) }, cx.caller()),
        )
        .await?;
        let found_id = cluster_id(owner, &ec2, cluster.as_ref(), &iam, &scaling_groups).map(str::to_owned);
        let mut groups: Vec<String> = ec2.groups.iter().map(|group| group.group_id.clone()).collect();
        let network = cluster.iter().map(|cluster| &cluster.resources_vpc_config);
        groups.extend(network.filter_map(|network| network.cluster_security_group_id.clone()));
        let is_given = ec2.vpcs.is_empty();
        let (rules, inside, providers, vpcs, templates) = try_join5(
            calls::rules(cx, groups, is_given),
            Inside::of(cx, cluster.as_ref()),
            calls::providers(cx, cluster.as_ref()),
            try_join_all(ec2.vpcs.into_iter().map(|vpc| calls::with_dns(cx, vpc))),
            calls::newest_versions(cx, ec2.templates),
        )
        .await?;
        Ok(Self {
            cluster_id_found: found_id.is_some(),
            owner: Owner {
                cluster_id: found_id.unwrap_or_else(|| owner.cluster_id.clone()),
                ..owner.clone()
            },
            account: Some(caller.account),
            caller: Some(without_session(&caller.arn)),
            vpcs,
            subnets: ec2.subnets,
            internet_gateways: ec2.internet_gateways,
            route_tables: ec2.route_tables,
            addresses: ec2.addresses,
            nat_gateways: ec2.nat_gateways,
            groups: ec2.groups,
            rules,
            keys: ec2.keys,
            templates,
            placement_groups: ec2.placement_groups,
            scaling_groups,
            roles: iam.roles,
            profiles: iam.profiles,
            one_by_one: iam.one_by_one,
            providers,
            cluster,
            addons: inside.addons,
            entries: inside.entries,
            identities: inside.identities,
            nodegroups: inside.nodegroups,
            log_groups,
            manifests: inside.manifests,
            is_locked: inside.is_locked,
        })
    }

    /// What whoever reads this should know of the reading itself.
    pub(crate) fn notes(&self) -> Vec<String> {
        let denied = self.one_by_one.then(|| {
            "`iam:GetAccountAuthorizationDetails` is denied, so roles are read one by one, which takes many calls; \
             allow it to be faster"
                .to_owned()
        });
        let locked = self.is_locked.then(|| {
            let caller = self.caller.as_deref().unwrap_or_default();
            format!(
                "the cluster's API does not know `{caller}`, so what is inside the cluster is not seen; \
                 an access entry lets it in"
            )
        });
        denied.into_iter().chain(locked).collect()
    }

    /// The key in an object's tags and whose it is; `None` for what `lb` did not make for this cluster.
    pub(crate) fn key_of(&self, tags: &[Tag]) -> Option<(Key, Ownership)> {
        self.key_by(|name| value(tags, name))
    }

    /// As [`Reading::key_of`], for tags of any form.
    pub(crate) fn key_by<'t>(&self, tag: impl Fn(&str) -> Option<&'t str>) -> Option<(Key, Ownership)> {
        let same =
            tag(CLUSTER_TAG) == Some(&self.owner.cluster) && tag(REGION_TAG) == Some(&self.owner.region);
        let key = Key::new(tag(KEY_TAG).filter(|_| same)?);
        Some((key, self.owner.judge(tag)))
    }

    /// The tags that someone chose.
    pub(crate) fn chosen(&self, tags: &[Tag]) -> Tags {
        self.chosen_pairs(tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())))
    }

    /// As [`Reading::chosen`], for tags in a map.
    pub(crate) fn chosen_of(&self, tags: &BTreeMap<String, String>) -> Tags {
        self.chosen_pairs(tags.iter().map(|(tag, value)| (tag.as_str(), value.as_str())))
    }

    /// As [`Reading::chosen`], for tags in pairs.
    pub(crate) fn chosen_pairs<'t>(&self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Tags {
        chosen(&self.owner, tags)
    }

    /// A security group by its id, as rules name it: a hole where it is one of this cluster's.
    pub(crate) fn group(&self, id: &str) -> Text {
        let cluster = self.cluster.as_ref().map(|cluster| &cluster.resources_vpc_config);
        if cluster.is_some_and(|network| network.cluster_security_group_id.as_deref() == Some(id)) {
            return Text::hole(&Key::CONTROL_PLANE, Attribute::ClusterSecurityGroupId);
        }
        let found = self.groups.iter().find(|group| group.group_id == id);
        found
            .and_then(|group| self.key_of(&group.tags))
            .map_or_else(|| Text::from(id), |(key, _)| Text::id(&key))
    }

    /// Whether the cluster is there and ours.
    pub(crate) fn cluster_is_ours(&self) -> bool {
        self.cluster.as_ref().is_some_and(|cluster| {
            self.owner
                .judge(|name| cluster.tags.get(name).map(String::as_str))
                == Ownership::Ours
        })
    }

    /// Whether a principal is the one that asks.
    pub(crate) fn is_caller(&self, principal: &str) -> bool {
        self.caller.as_deref().is_some_and(|caller| {
            caller == principal || role_name(caller).is_some_and(|name| role_name(principal) == Some(name))
        })
    }
}

/// The id of this life of the cluster: the VPC says it, or the cluster in a given VPC, or whatever is left.
fn cluster_id<'a>(
    owner: &Owner,
    ec2: &'a Ec2,
    cluster: Option<&'a eks::Cluster>,
    iam: &'a Iam,
    groups: &'a [autoscaling::AutoScalingGroup],
) -> Option<&'a str> {
    let of_cluster = cluster.and_then(|cluster| {
        let ours = cluster.tags.get(CLUSTER_TAG) == Some(&owner.cluster);
        cluster
            .tags
            .get(CLUSTER_ID_TAG)
            .filter(|_| ours)
            .map(String::as_str)
    });
    let of_role = || {
        let roles = iam.roles.iter().map(|role| &role.tags);
        let mut tags = roles
            .chain(iam.profiles.iter().map(|profile| &profile.tags))
            .filter(|tags| {
                value(tags, CLUSTER_TAG) == Some(&owner.cluster)
                    && value(tags, REGION_TAG) == Some(&owner.region)
            });
        tags.find_map(|tags| value(tags, CLUSTER_ID_TAG))
    };
    let of_group = || {
        let mut tags = groups.iter().flat_map(|group| &group.tags);
        tags.find(|tag| tag.key == CLUSTER_ID_TAG)
            .and_then(|tag| tag.value.as_deref())
    };
    ec2.vpc_cluster_id()
        .or(of_cluster)
        .or_else(|| ec2.any_cluster_id())
        .or_else(of_role)
        .or_else(of_group)
}

/// A caller's ARN without its session: `arn:aws:sts::1:assumed-role/name/session` is `arn:aws:iam::1:role/name`.
fn without_session(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        [arn, partition, "sts", region, account, resource] if resource.starts_with("assumed-role/") => {
            let name = resource.split('/').nth(1).unwrap_or_default();
            format!("{arn}:{partition}:iam:{region}:{account}:role/{name}")
        }
        _ => arn.to_owned(),
    }
}

/// A role's account and name. STS leaves the path out that IAM has.
fn role_name(arn: &str) -> Option<(&str, &str)> {
    let (account, resource) = arn.split_once(":role/")?;
    Some((account, resource.rsplit('/').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_the_role_that_it_uses() {
        let role = without_session("arn:aws:sts::111122223333:assumed-role/operator/me");
        assert_eq!(role, "arn:aws:iam::111122223333:role/operator");
        assert_eq!(
            role_name("arn:aws:iam::111122223333:role/with/path/operator"),
            role_name(&role)
        );
        assert_eq!(
            without_session("arn:aws:iam::111122223333:user/me"),
            "arn:aws:iam::111122223333:user/me"
        );
    }
}
