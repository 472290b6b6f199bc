//! Security groups in an account.

use std::time::Duration;

use super::SecurityGroup;
use crate::clock::between;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, literal, must_be_ours, object, present, retag, search, specifications,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{
    AuthorizeSecurityGroupEgress, CreateSecurityGroup, DescribeSecurityGroups, Filter, IpPermission, IpRange,
    RevokeSecurityGroupEgress, SecurityGroup as Ec2SecurityGroup, SecurityGroupRule,
};
use crate::text::{Attribute, Text};

/// How long a new group may not be seen.
const UNSEEN: Duration = Duration::from_secs(31);

/// The rule that every new group has: everything may leave.
pub(super) fn is_default_egress(rule: &SecurityGroupRule) -> bool {
    rule.is_egress && rule.ip_protocol == "-1" && rule.cidr_ipv4.as_deref() == Some("0.0.0.0/0")
}

fn default_egress() -> IpPermission {
    IpPermission {
        ip_protocol: "-1".to_owned(),
        ip_ranges: vec![IpRange {
            cidr_ip: "0.0.0.0/0".to_owned(),
            description: None,
        }],
        ..IpPermission::default()
    }
}

impl SecurityGroup {
    async fn existing(&self, cx: &Cx<'_>, key: &Key, vpc: &str) -> Result<Ec2SecurityGroup, Failure> {
        let filters = vec![
            Filter::new("vpc-id", vpc),
            Filter::new("group-name", &self.group_name),
        ];
        let find = DescribeSecurityGroups {
            filters,
            ..DescribeSecurityGroups::default()
        };
        let found = search(cx, async || Ok(cx.call(find.clone()).await?.into_iter().next())).await?;
        let what = format!("security group `{}` of {vpc}", self.group_name);
        let Some(found) = found else {
            let state = "said to exist, but not shown".to_owned();
            return Err(Failure::TooSlow {
                what,
                waited: UNSEEN,
                state,
            });
        };
        must_be_ours(cx, key, &what, &found.tags)?;
        Ok(found)
    }

    async fn set_default_egress(&self, cx: &Cx<'_>, id: &str) -> Result<(), Failure> {
        let (group_id, ip_permissions) = (id.to_owned(), vec![default_egress()]);
        if self.default_egress {
            let authorize = AuthorizeSecurityGroupEgress {
                group_id,
                ip_permissions,
                tag_specifications: vec![],
            };
            unless_exists(cx.call(authorize).await).map(|_| ())
        } else {
            let revoke = RevokeSecurityGroupEgress {
                group_id,
                security_group_rule_ids: vec![],
                ip_permissions,
            };
            let began = cx.now();
            loop {
                match cx.call(revoke.clone()).await {
                    // Not the rule is missing, but the group: it is too new to be seen.
                    Err(Failure::Call(error))
                        if error.code == "InvalidGroup.NotFound" && between(began, cx.now()) < UNSEEN =>
                    {
                        cx.sleep(Duration::from_secs(2)).await?;
                    }
                    answer => return present(answer).map(|_| ()),
                }
            }
        }
    }
}

impl Lifecycle for SecurityGroup {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let vpc_id = literal(&self.vpc_id)?;
        let create = CreateSecurityGroup {
            group_name: self.group_name.clone(),
            description: self.group_description.clone(),
            vpc_id: vpc_id.to_owned(),
            tag_specifications: specifications(cx, "security-group", key, &self.tags),
        };
        let id = match unless_exists(cx.call(create).await)? {
            Some(made) => made,
            None => self.existing(cx, key, vpc_id).await?.group_id,
        };
        // A new group lets everything out until it is told otherwise.
        if !self.default_egress {
            self.set_default_egress(cx, &id).await?;
        }
        Ok(attributes([(Attribute::Id, &id)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        if self.default_egress != from.default_egress {
            self.set_default_egress(cx, id).await?;
        }
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        crate::destroy::delete_security_group(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.groups.iter().filter_map(|group| {
            let (key, ownership) = reading.key_of(&group.tags)?;
            let mut rules = reading
                .rules
                .iter()
                .filter(|rule| rule.group_id == group.group_id);
            let spec = Self {
                group_name: group.group_name.clone(),
                group_description: group.description.clone(),
                vpc_id: Text::from(group.vpc_id.as_str()),
                default_egress: rules.any(is_default_egress),
                tags: reading.chosen(&group.tags),
            };
            Some((
                key,
                object(
                    spec,
                    attributes([(Attribute::Id, &group.group_id)]),
                    ownership,
                    State::Ready,
                ),
            ))
        });
        ours.collect()
    }
}
