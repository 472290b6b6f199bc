//! Rules of security groups in an account. AWS knows a rule by protocol, ports and peer, whatever its description.

use super::{EgressRule, IngressRule, Peer};
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, literal, object, present, search, specifications, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::ec2::{
    AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress, DescribeSecurityGroupRules, Filter,
    IpPermission, IpRange, Ipv6Range, RevokeSecurityGroupEgress, RevokeSecurityGroupIngress,
    SecurityGroupRule, UserIdGroupPair,
};
use crate::text::{Attribute, Text};

/// A rule of either direction with its ids filled in.
struct Filled<'a> {
    group: &'a str,
    is_egress: bool,
    protocol: &'a str,
    from_port: Option<u16>,
    to_port: Option<u16>,
    cidr_ip: Option<&'a str>,
    cidr_ipv6: Option<&'a str>,
    peer_group: Option<&'a str>,
    description: Option<&'a str>,
}

impl Filled<'_> {
    fn permission(&self) -> IpPermission {
        let description = self.description.map(str::to_owned);
        IpPermission {
            ip_protocol: self.protocol.to_owned(),
            from_port: self.from_port.map(i64::from),
            to_port: self.to_port.map(i64::from),
            ip_ranges: self
                .cidr_ip
                .map(|cidr| IpRange {
                    cidr_ip: cidr.to_owned(),
                    description: description.clone(),
                })
                .into_iter()
                .collect(),
            ipv6_ranges: self
                .cidr_ipv6
                .map(|cidr| Ipv6Range {
                    cidr_ipv6: cidr.to_owned(),
                    description: description.clone(),
                })
                .into_iter()
                .collect(),
            user_id_group_pairs: self
                .peer_group
                .map(|group| UserIdGroupPair {
                    group_id: group.to_owned(),
                    description,
                })
                .into_iter()
                .collect(),
        }
    }

    /// Whether AWS would call `rule` a duplicate of this one.
    fn is(&self, rule: &SecurityGroupRule) -> bool {
        // Protocol -1 reads back with ports -1.
        let port = |port: Option<u16>| port.map_or(-1, i64::from);
        let peer = rule
            .referenced_group_info
            .as_ref()
            .map(|group| group.group_id.as_str());
        rule.is_egress == self.is_egress
            && rule.ip_protocol == self.protocol
            && (self.protocol == "-1"
                || (rule.from_port, rule.to_port) == (port(self.from_port), port(self.to_port)))
            && rule.cidr_ipv4.as_deref() == self.cidr_ip
            && rule.cidr_ipv6.as_deref() == self.cidr_ipv6
            && peer == self.peer_group
    }

    async fn authorize(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let (group_id, ip_permissions) = (self.group.to_owned(), vec![self.permission()]);
        let tag_specifications = specifications(cx, "security-group-rule", key, &super::super::Tags::new());
        let made = if self.is_egress {
            cx.call(AuthorizeSecurityGroupEgress {
                group_id,
                ip_permissions,
                tag_specifications,
            })
            .await
        } else {
            cx.call(AuthorizeSecurityGroupIngress {
                group_id,
                ip_permissions,
                tag_specifications,
            })
            .await
        };
        let rule = match unless_exists(made)? {
            Some(made) => made.into_iter().next(),
            None => {
                let filters = vec![Filter::new("group-id", self.group)];
                let rules = DescribeSecurityGroupRules {
                    filters,
                    ..DescribeSecurityGroupRules::default()
                };
                let same = async || {
                    Ok(cx
                        .call(rules.clone())
                        .await?
                        .into_iter()
                        .find(|rule| self.is(rule)))
                };
                search(cx, same).await?
            }
        };
        let id = rule.map(|rule| rule.security_group_rule_id).unwrap_or_default();
        Ok(attributes([(Attribute::Id, &id)]))
    }

    async fn revoke(&self, cx: &Cx<'_>, id: &str) -> Result<(), Failure> {
        let (group_id, security_group_rule_ids) = (self.group.to_owned(), vec![id.to_owned()]);
        let ip_permissions = vec![];
        let revoked = if self.is_egress {
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
}

fn optional(text: Option<&Text>) -> Result<Option<&str>, Failure> {
    text.map(literal).transpose()
}

impl IngressRule {
    fn filled(&self) -> Result<Filled<'_>, Failure> {
        Ok(Filled {
            group: literal(&self.group_id)?,
            is_egress: false,
            protocol: &self.ip_protocol,
            from_port: self.from_port,
            to_port: self.to_port,
            cidr_ip: self.cidr_ip.as_deref(),
            cidr_ipv6: self.cidr_ipv6.as_deref(),
            peer_group: optional(self.source_security_group_id.as_ref())?,
            description: self.description.as_deref(),
        })
    }
}

impl EgressRule {
    fn filled(&self) -> Result<Filled<'_>, Failure> {
        Ok(Filled {
            group: literal(&self.group_id)?,
            is_egress: true,
            protocol: &self.ip_protocol,
            from_port: self.from_port,
            to_port: self.to_port,
            cidr_ip: self.cidr_ip.as_deref(),
            cidr_ipv6: self.cidr_ipv6.as_deref(),
            peer_group: optional(self.destination_security_group_id.as_ref())?,
            description: self.description.as_deref(),
        })
    }
}

fn peer(rule: &SecurityGroupRule) -> Option<Peer> {
    let group = rule
        .referenced_group_info
        .as_ref()
        .map(|group| Peer::Group(Text::from(group.group_id.as_str())));
    let ipv4 = || rule.cidr_ipv4.clone().map(Peer::Ipv4);
    group
        .or_else(ipv4)
        .or_else(|| rule.cidr_ipv6.clone().map(Peer::Ipv6))
}

/// The rules of one direction that are ours by their own tags; AWS's default rule has none.
fn ours<S>(
    reading: &Reading,
    is_egress: bool,
    spec: impl Fn(&SecurityGroupRule, Option<u16>, Option<u16>) -> Option<S>,
) -> Vec<(Key, Object)>
where
    super::super::Spec: From<S>,
{
    let rules = reading.rules.iter().filter(|rule| rule.is_egress == is_egress);
    let objects = rules.filter_map(|rule| {
        let (key, ownership) = reading.key_of(&rule.tags)?;
        if ownership != Ownership::Ours {
            return None;
        }
        let port = |port: i64| u16::try_from(port).ok().filter(|_| rule.ip_protocol != "-1");
        let spec = spec(rule, port(rule.from_port), port(rule.to_port))?;
        let attributes = attributes([(Attribute::Id, &rule.security_group_rule_id)]);
        Some((key, object(spec, attributes, ownership, State::Ready)))
    });
    objects.collect()
}

impl Lifecycle for IngressRule {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        self.filled()?.authorize(cx, key).await
    }

    /// Only its description can differ: the rule is taken away and given back, which cuts nothing that is open.
    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, _: &Self) -> Result<Attributes, Failure> {
        let rule = self.filled()?;
        rule.revoke(cx, id).await?;
        rule.authorize(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        self.filled()?.revoke(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        ours(reading, false, |rule, from_port, to_port| {
            let (cidr_ip, cidr_ipv6, source_security_group_id) = peer(rule)?.split();
            Some(Self {
                group_id: Text::from(rule.group_id.as_str()),
                ip_protocol: rule.ip_protocol.clone(),
                from_port,
                to_port,
                cidr_ip,
                cidr_ipv6,
                source_security_group_id,
                description: rule.description.clone(),
            })
        })
    }
}

impl Lifecycle for EgressRule {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        self.filled()?.authorize(cx, key).await
    }

    /// As for an ingress rule.
    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, _: &Self) -> Result<Attributes, Failure> {
        let rule = self.filled()?;
        rule.revoke(cx, id).await?;
        rule.authorize(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        self.filled()?.revoke(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        ours(reading, true, |rule, from_port, to_port| {
            let (cidr_ip, cidr_ipv6, destination_security_group_id) = peer(rule)?.split();
            Some(Self {
                group_id: Text::from(rule.group_id.as_str()),
                ip_protocol: rule.ip_protocol.clone(),
                from_port,
                to_port,
                cidr_ip,
                cidr_ipv6,
                destination_security_group_id,
                description: rule.description.clone(),
            })
        })
    }
}
