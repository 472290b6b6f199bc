//! Rules of security groups. What they are is protocol, ports and peer; only the description can be changed.

mod lifecycle;

use super::{Kind, Property, in_place, replaced};
use crate::{key::Key, text::Text};
use serde::{Deserialize, Serialize};

/// What may come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IngressRule {
    /// The group that the rule belongs to.
    pub group_id: Text,
    /// `tcp`, `udp`, a number, or `-1` for all, which has no ports.
    pub ip_protocol: String,
    /// First port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<u16>,
    /// Last port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<u16>,
    /// The peer, if it is a range of IPv4 addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ip: Option<String>,
    /// The peer, if it is a range of IPv6 addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ipv6: Option<String>,
    /// The peer, if it is a security group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_security_group_id: Option<Text>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What may go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EgressRule {
    /// The group that the rule belongs to.
    pub group_id: Text,
    /// `tcp`, `udp`, a number, or `-1` for all, which has no ports.
    pub ip_protocol: String,
    /// First port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<u16>,
    /// Last port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<u16>,
    /// The peer, if it is a range of IPv4 addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ip: Option<String>,
    /// The peer, if it is a range of IPv6 addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ipv6: Option<String>,
    /// The peer, if it is a security group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_security_group_id: Option<Text>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Who is on the other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A range of IPv4 addresses.
    Ipv4(String),
    /// A range of IPv6 addresses.
    Ipv6(String),
    /// A security group.
    Group(Text),
}

impl Peer {
    /// Addresses as written, IPv4 or IPv6.
    pub fn cidr(cidr: &str) -> Self {
        if cidr.contains(':') {
            Self::Ipv6(cidr.to_owned())
        } else {
            Self::Ipv4(cidr.to_owned())
        }
    }

    fn split(self) -> (Option<String>, Option<String>, Option<Text>) {
        match self {
            Self::Ipv4(cidr) => (Some(cidr), None, None),
            Self::Ipv6(cidr) => (None, Some(cidr), None),
            Self::Group(group) => (None, None, Some(group)),
        }
    }
}

/// Protocol and ports of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Everything.
    All,
    /// TCP on these ports, the first and the last.
    Tcp(u16, u16),
}

impl Traffic {
    fn split(&self) -> (String, Option<u16>, Option<u16>) {
        match *self {
            Self::All => ("-1".to_owned(), None, None),
            Self::Tcp(from, to) => ("tcp".to_owned(), Some(from), Some(to)),
        }
    }
}

/// A group or peer as it stands in a rule's key: a hole without `${}`.
fn name(text: &Text) -> String {
    match text.as_hole() {
        Some(hole) => {
            let shown = hole.to_string();
            shown.trim_start_matches("${").trim_end_matches('}').to_owned()
        }
        None => text.to_string(),
    }
}

fn key(group: &Text, direction: &str, protocol: &str, ports: (Option<u16>, Option<u16>), peer: &str) -> Key {
    let ports = match ports {
        (Some(from), Some(to)) => format!("{from}-{to}"),
        _ => "all".to_owned(),
    };
    Key::new(format!("{}/{direction}/{protocol}/{ports}/{peer}", name(group)))
}

impl IngressRule {
    /// A rule of `group` that lets `traffic` in from `peer`.
    pub fn new(group: Text, traffic: &Traffic, peer: Peer, description: &str) -> Self {
        let (ip_protocol, from_port, to_port) = traffic.split();
        let (cidr_ip, cidr_ipv6, source_security_group_id) = peer.split();
        let description = (!description.is_empty()).then(|| description.to_owned());
        Self {
            group_id: group,
            ip_protocol,
            from_port,
            to_port,
            cidr_ip,
            cidr_ipv6,
            source_security_group_id,
            description,
        }
    }

    /// `GROUP/ingress/PROTOCOL/PORTS/PEER`; `None` for a rule without a peer that `lb` knows (a prefix list).
    pub fn key(&self) -> Option<Key> {
        let peer = self.source_security_group_id.as_ref().map(name);
        let peer = peer
            .or_else(|| self.cidr_ip.clone())
            .or_else(|| self.cidr_ipv6.clone())?;
        Some(key(
            &self.group_id,
            "ingress",
            &self.ip_protocol,
            (self.from_port, self.to_port),
            &peer,
        ))
    }
}

impl EgressRule {
    /// A rule of `group` that lets `traffic` out to `peer`.
    pub fn new(group: Text, traffic: &Traffic, peer: Peer, description: &str) -> Self {
        let (ip_protocol, from_port, to_port) = traffic.split();
        let (cidr_ip, cidr_ipv6, destination_security_group_id) = peer.split();
        let description = (!description.is_empty()).then(|| description.to_owned());
        Self {
            group_id: group,
            ip_protocol,
            from_port,
            to_port,
            cidr_ip,
            cidr_ipv6,
            destination_security_group_id,
            description,
        }
    }

    /// `GROUP/egress/PROTOCOL/PORTS/PEER`; `None` for a rule without a peer that `lb` knows (a prefix list).
    pub fn key(&self) -> Option<Key> {
        let peer = self.destination_security_group_id.as_ref().map(name);
        let peer = peer
            .or_else(|| self.cidr_ip.clone())
            .or_else(|| self.cidr_ipv6.clone())?;
        Some(key(
            &self.group_id,
            "egress",
            &self.ip_protocol,
            (self.from_port, self.to_port),
            &peer,
        ))
    }
}

const WHO: &str = "who may talk to whom, for seconds";

impl Kind for IngressRule {
    const TYPE: &'static str = "AWS::EC2::SecurityGroupIngress";
    const NOUN: &'static str = "ingress rule";
    const TABLE: &'static [Property] = &[
        replaced("GroupId", WHO),
        replaced("IpProtocol", WHO),
        replaced("FromPort", WHO),
        replaced("ToPort", WHO),
        replaced("CidrIp", WHO),
        replaced("CidrIpv6", WHO),
        replaced("SourceSecurityGroupId", WHO),
        in_place("Description"),
    ];
}

impl Kind for EgressRule {
    const TYPE: &'static str = "AWS::EC2::SecurityGroupEgress";
    const NOUN: &'static str = "egress rule";
    const TABLE: &'static [Property] = &[
        replaced("GroupId", WHO),
        replaced("IpProtocol", WHO),
        replaced("FromPort", WHO),
        replaced("ToPort", WHO),
        replaced("CidrIp", WHO),
        replaced("CidrIpv6", WHO),
        replaced("DestinationSecurityGroupId", WHO),
        in_place("Description"),
    ];
}
