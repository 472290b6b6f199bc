//! Rules of security groups. What they are is protocol, ports and peer; only the description can be changed.

mod lifecycle;

use super::{Kind, Property, in_place, replaced};
use crate::{key::Key, text::Text};
use serde::{Deserialize, Serialize};
use std::{fmt::Debug, marker::PhantomData};

/// Which way the traffic of a rule goes.
pub trait Direction: Clone + Debug + PartialEq + Send + Sync {
    /// The rule's type as CloudFormation names it.
    const TYPE: &'static str;
    /// What a person calls it.
    const NOUN: &'static str;
    /// The direction as it stands in keys.
    const NAME: &'static str;
    /// Whether it leads out of the group.
    const IS_EGRESS: bool;
}

/// Into the group's machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Ingress;

/// Out of the group's machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Egress;

impl Direction for Ingress {
    const TYPE: &'static str = "AWS::EC2::SecurityGroupIngress";
    const NOUN: &'static str = "ingress rule";
    const NAME: &'static str = "ingress";
    const IS_EGRESS: bool = false;
}

impl Direction for Egress {
    const TYPE: &'static str = "AWS::EC2::SecurityGroupEgress";
    const NOUN: &'static str = "egress rule";
    const NAME: &'static str = "egress";
    const IS_EGRESS: bool = true;
}

/// What may come in.
pub type IngressRule = Rule<Ingress>;
/// What may go out.
pub type EgressRule = Rule<Egress>;

/// What may come in or go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    into = "Properties",
    try_from = "Properties",
    bound(serialize = "D: Direction", deserialize = "")
)]
pub struct Rule<D> {
    /// The group that the rule belongs to.
    pub group_id: Text,
    /// `tcp`, `udp`, a number, or `-1` for all, which has no ports.
    pub ip_protocol: String,
    /// First port.
    pub from_port: Option<u16>,
    /// Last port.
    pub to_port: Option<u16>,
    /// Who is on the other side.
    pub peer: Peer,
    /// What it is for.
    pub description: Option<String>,
    direction: PhantomData<D>,
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

    /// The peer, if it is a security group.
    pub fn group(&self) -> Option<&Text> {
        match self {
            Self::Group(group) => Some(group),
            Self::Ipv4(_) | Self::Ipv6(_) => None,
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

impl<D: Direction> Rule<D> {
    /// A rule of `group` about `traffic` from or to `peer`.
    pub fn new(group: Text, traffic: &Traffic, peer: Peer, description: &str) -> Self {
        let (ip_protocol, from_port, to_port) = traffic.split();
        Self {
            group_id: group,
            ip_protocol,
            from_port,
            to_port,
            peer,
            description: (!description.is_empty()).then(|| description.to_owned()),
            direction: PhantomData,
        }
    }

    /// `GROUP/ingress|egress/PROTOCOL/PORTS/PEER`.
    pub fn key(&self) -> Key {
        let ports = match (self.from_port, self.to_port) {
            (Some(from), Some(to)) => format!("{from}-{to}"),
            _ => "all".to_owned(),
        };
        let peer = match &self.peer {
            Peer::Group(group) => name(group),
            Peer::Ipv4(cidr) | Peer::Ipv6(cidr) => cidr.clone(),
        };
        let (group, direction, protocol) = (name(&self.group_id), D::NAME, &self.ip_protocol);
        Key::new(format!("{group}/{direction}/{protocol}/{ports}/{peer}"))
    }

    /// What one call can make at once: the rules of one group in one direction.
    pub(crate) fn batch(&self) -> String {
        format!("{}/{}", name(&self.group_id), D::NAME)
    }
}

/// CloudFormation's properties of a rule. They name the peer by its kind and by the rule's direction.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    group_id: Text,
    ip_protocol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cidr_ip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cidr_ipv6: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_security_group_id: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    destination_security_group_id: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl<D: Direction> From<Rule<D>> for Properties {
    fn from(rule: Rule<D>) -> Self {
        let (cidr_ip, cidr_ipv6, group) = match rule.peer {
            Peer::Ipv4(cidr) => (Some(cidr), None, None),
            Peer::Ipv6(cidr) => (None, Some(cidr), None),
            Peer::Group(group) => (None, None, Some(group)),
        };
        let (source, destination) = if D::IS_EGRESS {
            (None, group)
        } else {
            (group, None)
        };
        Self {
            group_id: rule.group_id,
            ip_protocol: rule.ip_protocol,
            from_port: rule.from_port,
            to_port: rule.to_port,
            cidr_ip,
            cidr_ipv6,
            source_security_group_id: source,
            destination_security_group_id: destination,
            description: rule.description,
        }
    }
}

impl<D> TryFrom<Properties> for Rule<D> {
    type Error = &'static str;

    fn try_from(properties: Properties) -> Result<Self, Self::Error> {
        let group = properties
            .source_security_group_id
            .or(properties.destination_security_group_id);
        let peer = group
            .map(Peer::Group)
            .or(properties.cidr_ip.map(Peer::Ipv4))
            .or(properties.cidr_ipv6.map(Peer::Ipv6));
        Ok(Self {
            group_id: properties.group_id,
            ip_protocol: properties.ip_protocol,
            from_port: properties.from_port,
            to_port: properties.to_port,
            peer: peer.ok_or("a rule without a peer")?,
            description: properties.description,
            direction: PhantomData,
        })
    }
}

const WHO: &str = "who may talk to whom, for seconds";

impl<D: Direction> Kind for Rule<D> {
    const TYPE: &'static str = D::TYPE;
    const NOUN: &'static str = D::NOUN;
    const TABLE: &'static [Property] = &[
        replaced("GroupId", WHO),
        replaced("IpProtocol", WHO),
        replaced("FromPort", WHO),
        replaced("ToPort", WHO),
        replaced("CidrIp", WHO),
        replaced("CidrIpv6", WHO),
        replaced("SourceSecurityGroupId", WHO),
        replaced("DestinationSecurityGroupId", WHO),
        in_place("Description"),
    ];
}
