//! Rules of security groups in an account. AWS knows a rule by protocol, ports and peer, whatever its description.
//!
//! A call adds many rules of a group, all with the same tags. So the tags of a rule say whose it is, and what it is
//! says which one it is.

use super::{Direction, Peer, Rule};
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::names::KEY_TAG;
use crate::objects::Spec;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, list, literal, object, present, search};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::ec2::{
    AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress, CreateTags, DescribeSecurityGroupRules,
    Filter, IpPermission, IpRange, Ipv6Range, RevokeSecurityGroupEgress, RevokeSecurityGroupIngress,
    SecurityGroupRule, Tag, TagSpecification, UserIdGroupPair,
};
use crate::text::{Attribute, Text};

/// The tags of all rules of this life of the cluster.
fn tags(cx: &Cx<'_>, key: &Key) -> Vec<Tag> {
    let mut tags = cx.owner().tags(key);
    tags.remove(KEY_TAG);
    list(&tags)
}

/// Whether AWS would call `rule` a duplicate of one with this permission, which names one peer.
fn is(permission: &IpPermission, is_egress: bool, rule: &SecurityGroupRule) -> bool {
    // Protocol -1 reads back with ports -1.
    let ports = (
        permission.from_port.unwrap_or(-1),
        permission.to_port.unwrap_or(-1),
    );
    let ipv4 = permission.ip_ranges.first().map(|range| &range.cidr_ip);
    let ipv6 = permission.ipv6_ranges.first().map(|range| &range.cidr_ipv6);
    let group = permission.user_id_group_pairs.first().map(|pair| &pair.group_id);
    let peer = rule.referenced_group_info.as_ref().map(|group| &group.group_id);
    rule.is_egress == is_egress
        && rule.ip_protocol == permission.ip_protocol
        && (rule.ip_protocol == "-1" || (rule.from_port, rule.to_port) == ports)
        && (rule.cidr_ipv4.as_ref(), rule.cidr_ipv6.as_ref(), peer) == (ipv4, ipv6, group)
}

impl<D: Direction> Rule<D> {
    fn permission(&self) -> Result<IpPermission, Failure> {
        let description = self.description.clone();
        let mut permission = IpPermission {
            ip_protocol: self.ip_protocol.clone(),
            from_port: self.from_port.map(i64::from),
            to_port: self.to_port.map(i64::from),
            ..IpPermission::default()
        };
        match &self.peer {
            Peer::Ipv4(cidr) => permission.ip_ranges.push(IpRange {
                cidr_ip: cidr.clone(),
                description,
            }),
            Peer::Ipv6(cidr) => permission.ipv6_ranges.push(Ipv6Range {
                cidr_ipv6: cidr.clone(),
                description,
            }),
            Peer::Group(group) => permission.user_id_group_pairs.push(UserIdGroupPair {
                group_id: literal(group)?.to_owned(),
                description,
            }),
        }
        Ok(permission)
    }

    async fn authorize(
        &self,
        cx: &Cx<'_>,
        key: &Key,
        ip_permissions: Vec<IpPermission>,
    ) -> Result<(), Failure> {
        let group_id = literal(&self.group_id)?.to_owned();
        let tag_specifications = vec![TagSpecification {
            resource_type: "security-group-rule".to_owned(),
            tags: tags(cx, key),
        }];
        let made = if D::IS_EGRESS {
            let authorize = AuthorizeSecurityGroupEgress {
                group_id,
                ip_permissions,
                tag_specifications,
            };
            cx.call(authorize).await
        } else {
            let authorize = AuthorizeSecurityGroupIngress {
                group_id,
                ip_permissions,
                tag_specifications,
            };
            cx.call(authorize).await
        };
        made.map(|_| ())
    }

    /// Adds rules. Of several, one that is there already keeps AWS from adding any: then each is added alone.
    async fn add(&self, cx: &Cx<'_>, key: &Key, permissions: Vec<IpPermission>) -> Result<(), Failure> {
        match self.authorize(cx, key, permissions.clone()).await {
            Err(Failure::Call(error)) if error.verdict() == crate::cloud::Verdict::Exists => {}
            added => return added,
        }
        for permission in permissions {
            match self.authorize(cx, key, vec![permission.clone()]).await {
                Err(Failure::Call(error)) if error.verdict() == crate::cloud::Verdict::Exists => {
                    self.take(cx, key, &permission).await?;
                }
                added => added?,
            }
        }
        Ok(())
    }

    /// Makes a rule ours that is there already: by our own hand before an answer was lost, or by somebody who gave the
    /// group what it needs.
    async fn take(&self, cx: &Cx<'_>, key: &Key, permission: &IpPermission) -> Result<(), Failure> {
        let filters = vec![Filter::new("group-id", literal(&self.group_id)?)];
        let rules = DescribeSecurityGroupRules {
            filters,
            ..DescribeSecurityGroupRules::default()
        };
        let same = async || {
            let mut rules = cx.call(rules.clone()).await?.into_iter();
            Ok(rules.find(|rule| is(permission, D::IS_EGRESS, rule)))
        };
        let Some(found) = search(cx, same).await? else {
            return Ok(());
        };
        let missing: Vec<Tag> = tags(cx, key)
            .into_iter()
            .filter(|tag| !found.tags.contains(tag))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        cx.call(CreateTags {
            resources: vec![found.security_group_rule_id],
            tags: missing,
        })
        .await
    }

    async fn revoke(&self, cx: &Cx<'_>, id: &str) -> Result<(), Failure> {
        let (group_id, security_group_rule_ids) = (literal(&self.group_id)?.to_owned(), vec![id.to_owned()]);
        let ip_permissions = vec![];
        let revoked = if D::IS_EGRESS {
            cx.call(RevokeSecurityGroupEgress {
                group_id,
                security_group_rule_ids,
                ip_permissions,
            })
            .await
        } else {
            cx.call(RevokeSecurityGroupIngress {
                group_id,
                security_group_rule_ids,
                ip_permissions,
            })
            .await
        };
        present(revoked).map(|_| ())
    }

    /// The rule as AWS shows it; `None` for one without a peer that `lb` knows (a prefix list).
    fn shown(rule: &SecurityGroupRule, group: impl Fn(&str) -> Text) -> Option<Self> {
        let port = |port: i64| u16::try_from(port).ok().filter(|_| rule.ip_protocol != "-1");
        let by_group = rule
            .referenced_group_info
            .as_ref()
            .map(|peer| Peer::Group(group(&peer.group_id)));
        let ipv4 = || rule.cidr_ipv4.clone().map(Peer::Ipv4);
        let ipv6 = || rule.cidr_ipv6.clone().map(Peer::Ipv6);
        Some(Self {
            group_id: group(&rule.group_id),
            ip_protocol: rule.ip_protocol.clone(),
            from_port: port(rule.from_port),
            to_port: port(rule.to_port),
            peer: by_group.or_else(ipv4).or_else(ipv6)?,
            description: rule.description.clone(),
            direction: std::marker::PhantomData,
        })
    }
}

impl<D: Direction> Lifecycle for Rule<D>
where
    Spec: From<Self>,
{
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let permission = self.permission()?;
        match cx.batch() {
            Some(batch) => {
                let add = async |permissions| self.add(cx, key, permissions).await;
                batch.join(cx, permission, add).await?;
            }
            None => self.add(cx, key, vec![permission]).await?,
        }
        Ok(Attributes::new())
    }

    /// Only its description can differ: the rule is taken away and given back, which cuts nothing that is open.
    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, _: &Self) -> Result<Attributes, Failure> {
        self.revoke(cx, id).await?;
        self.add(cx, key, vec![self.permission()?]).await?;
        Ok(Attributes::new())
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        self.revoke(cx, id).await
    }

    /// The rules that are ours by their own tags; AWS's default rule has none.
    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let rules = reading.rules.iter().filter(|rule| rule.is_egress == D::IS_EGRESS);
        let objects = rules.filter_map(|rule| {
            let tag = |name: &str| {
                rule.tags
                    .iter()
                    .find(|tag| tag.key == name)
                    .map(|tag| tag.value.as_str())
            };
            if reading.owner.judge(tag) != Ownership::Ours {
                return None;
            }
            let key = Self::shown(rule, |id| reading.group(id))?.key();
            let spec = Self::shown(rule, |id| Text::from(id))?;
            let attributes = attributes([(Attribute::Id, &rule.security_group_rule_id)]);
            Some((key, object(spec, attributes, Ownership::Ours, State::Ready)))
        });
        objects.collect()
    }
}
