//! What permissions mean: the rules of a security group.

use super::{invalid, security::no_group};
use crate::{
    operations::ec2::{IpPermission, ReferencedSecurityGroup, SecurityGroupRule, Tag},
    sandbox::{Answer, Refusal, cidr::Cidr, shelf::Described, world::World},
};

impl Described for SecurityGroupRule {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "group-id" => test(&self.group_id),
            "security-group-rule-id" => test(&self.security_group_rule_id),
            _ => return None,
        })
    }
}

/// What tells a rule from others of its group: not the description.
pub(super) fn same(a: &SecurityGroupRule, b: &SecurityGroupRule) -> bool {
    a.is_egress == b.is_egress
        && a.ip_protocol == b.ip_protocol
        && (a.from_port, a.to_port) == (b.from_port, b.to_port)
        && (&a.cidr_ipv4, &a.cidr_ipv6, &a.referenced_group_info)
            == (&b.cidr_ipv4, &b.cidr_ipv6, &b.referenced_group_info)
}

/// AWS's names for the protocols it knows.
fn protocol(text: &str) -> Answer<String> {
    let known = match text {
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        "tcp" | "udp" | "icmp" | "icmpv6" | "-1" => text,
        number if number.parse::<u8>().is_ok() => number,
        _ => {
            return Err(invalid(format!(
                "Invalid value '{text}' for IP protocol. Unknown protocol."
            )));
        }
    };
    Ok(known.to_owned())
}

/// Protocol and ports as they read back: -1 where the protocol has none.
fn ports(permission: &IpPermission) -> Answer<(String, i64, i64)> {
    let protocol = protocol(&permission.ip_protocol)?;
    match protocol.as_str() {
        "tcp" | "udp" => {
            let (Some(from), Some(to)) = (permission.from_port, permission.to_port) else {
                return Err(Refusal::new(
                    "MissingParameter",
                    "The request must contain the parameter fromPort and toPort",
                ));
            };
            let valid = (0..=65535).contains(&from) && (0..=65535).contains(&to) && from <= to;
            if valid {
                Ok((protocol, from, to))
            } else {
                Err(invalid(format!("Invalid TCP/UDP port range ({from}:{to})")))
            }
        }
        "icmp" | "icmpv6" => Ok((
            protocol,
            permission.from_port.unwrap_or(-1),
            permission.to_port.unwrap_or(-1),
        )),
        _ => Ok((protocol, -1, -1)),
    }
}

impl World<'_> {
    /// The rules that permissions mean: one for each peer.
    pub(super) fn rules_of(
        &self,
        group: &str,
        is_egress: bool,
        permissions: &[IpPermission],
    ) -> Answer<Vec<SecurityGroupRule>> {
        let vpc = &self
            .region
            .groups
            .named(group, self.now)
            .ok_or_else(|| no_group(group))?
            .vpc_id;
        let mut rules = Vec::new();
        for permission in permissions {
            let (ip_protocol, from_port, to_port) = ports(permission)?;
            let rule = SecurityGroupRule {
                group_id: group.to_owned(),
                is_egress,
                ip_protocol,
                from_port,
                to_port,
                ..SecurityGroupRule::default()
            };
            for range in &permission.ip_ranges {
                let cidr = Cidr::rounded(&range.cidr_ip)
                    .ok_or_else(|| invalid(format!("CIDR block {} is malformed", range.cidr_ip)))?;
                let description = range.description.clone();
                rules.push(SecurityGroupRule {
                    cidr_ipv4: Some(cidr.to_string()),
                    description,
                    ..rule.clone()
                });
            }
            for range in &permission.ipv6_ranges {
                let (address, bits) = range.cidr_ipv6.split_once('/').unwrap_or_default();
                let valid = address.parse::<std::net::Ipv6Addr>().is_ok()
                    && bits.parse::<u8>().is_ok_and(|bits| bits <= 128);
                if !valid {
                    return Err(invalid(format!("CIDR block {} is malformed", range.cidr_ipv6)));
                }
                let (cidr_ipv6, description) = (Some(range.cidr_ipv6.clone()), range.description.clone());
                rules.push(SecurityGroupRule {
                    cidr_ipv6,
                    description,
                    ..rule.clone()
                });
            }
            for pair in &permission.user_id_group_pairs {
                self.group_in(&pair.group_id, vpc)?;
                let referenced_group_info = Some(ReferencedSecurityGroup {
                    group_id: pair.group_id.clone(),
                });
                let description = pair.description.clone();
                rules.push(SecurityGroupRule {
                    referenced_group_info,
                    description,
                    ..rule.clone()
                });
            }
        }
        Ok(rules)
    }
}

/// A rule as AWS words it.
pub(super) fn shown(rule: &SecurityGroupRule) -> String {
    let group = rule.referenced_group_info.as_ref().map(|group| &group.group_id);
    let peer = rule
        .cidr_ipv4
        .as_ref()
        .or(rule.cidr_ipv6.as_ref())
        .or(group)
        .map_or("", String::as_str);
    format!(
        "peer: {peer}, {}, from port: {}, to port: {}, ALLOW",
        rule.ip_protocol, rule.from_port, rule.to_port
    )
}
