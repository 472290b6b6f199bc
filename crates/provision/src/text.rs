//! Text that may name what only AWS will know: literal pieces and holes.
//!
//! Serialised, a hole stands between two NUL characters and a literal NUL is doubled, so that a whole spec is
//! plain JSON and a hole can stand inside any string or key of it (also of a policy that the user wrote)
//! without ever being confused with a shell's `${X}`.

use crate::key::Key;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// What an object says about itself once it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Attribute {
    /// What CloudFormation's `Ref` gives: the id, or the name of what has no id (roles, keys, Auto Scaling groups).
    Id,
    /// The ARN.
    Arn,
    /// The ARN of a role without its path, as STS and `aws-auth` have it.
    PlainArn,
    /// The allocation id of an Elastic IP address.
    AllocationId,
    /// The address of a cluster's API server, with scheme.
    Endpoint,
    /// The certificate of a cluster's API server: base64 of PEM.
    CertificateAuthorityData,
    /// The issuer of a cluster's tokens: host and path, without scheme.
    OpenIdConnectIssuer,
    /// The security group that EKS makes for a cluster.
    ClusterSecurityGroupId,
    /// The addresses of a cluster's services; EKS chooses them when nobody asks.
    ServiceIpv4Cidr,
    /// The address of the cluster's DNS service: the tenth of its service addresses.
    ClusterDns,
    /// The number of a launch template's newest version.
    LatestVersionNumber,
    /// The Auto Scaling group that EKS made for a managed nodegroup, by name.
    AutoScalingGroupName,
    /// When the object was made.
    CreatedAt,
}

impl Attribute {
    /// Every attribute, in the order of declaration.
    pub const ALL: [Self; 13] = [
        Self::Id,
        Self::Arn,
        Self::PlainArn,
        Self::AllocationId,
        Self::Endpoint,
        Self::CertificateAuthorityData,
        Self::OpenIdConnectIssuer,
        Self::ClusterSecurityGroupId,
        Self::ServiceIpv4Cidr,
        Self::ClusterDns,
        Self::LatestVersionNumber,
        Self::AutoScalingGroupName,
        Self::CreatedAt,
    ];

    /// The name as CloudFormation has it, where it has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "Id",
            Self::Arn => "Arn",
            Self::PlainArn => "PlainArn",
            Self::AllocationId => "AllocationId",
            Self::Endpoint => "Endpoint",
            Self::CertificateAuthorityData => "CertificateAuthorityData",
            Self::OpenIdConnectIssuer => "OpenIdConnectIssuer",
            Self::ClusterSecurityGroupId => "ClusterSecurityGroupId",
            Self::ServiceIpv4Cidr => "ServiceIpv4Cidr",
            Self::ClusterDns => "ClusterDns",
            Self::LatestVersionNumber => "LatestVersionNumber",
            Self::AutoScalingGroupName => "AutoScalingGroupName",
            Self::CreatedAt => "CreatedAt",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.name() == name)
    }
}

/// An attribute of another object that a text reads. Holes are the edges of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hole {
    /// The object.
    pub key: Key,
    /// What of it.
    pub attribute: Attribute,
}

impl fmt::Display for Hole {
    /// As in an inventory: `${VPC}`, `${ControlPlane.Endpoint}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.attribute {
            Attribute::Id => write!(f, "${{{}}}", self.key),
            attribute => write!(f, "${{{}.{}}}", self.key, attribute.name()),
        }
    }
}

/// One part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    /// What it says.
    Literal(String),
    /// What another object will say.
    Hole(Hole),
}

/// A string with holes. Neighbouring literals are always joined, so equal texts are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Vec<Piece>);

impl Text {
    /// The text that is one hole: the attribute of the object `key`.
    pub fn hole(key: &Key, attribute: Attribute) -> Self {
        Self(vec![Piece::Hole(Hole {
            key: key.clone(),
            attribute,
        })])
    }

    /// The text that is the id of the object `key`.
    pub fn id(key: &Key) -> Self {
        Self::hole(key, Attribute::Id)
    }

    /// The text that is the ARN of the object `key`.
    pub fn arn(key: &Key) -> Self {
        Self::hole(key, Attribute::Arn)
    }

    /// This text and then another.
    #[must_use]
    pub fn then(mut self, next: impl Into<Text>) -> Self {
        for piece in next.into().0 {
            self.push(piece);
        }
        self
    }

    /// The parts in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The holes in order, each as often as it is read.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Literal(_) => None,
        })
    }

    /// The text itself where it has no holes.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The only hole of a text that is nothing else.
    pub fn as_hole(&self) -> Option<&Hole> {
        match self.0.as_slice() {
            [Piece::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// The text with every hole that `lookup` knows filled in.
    #[must_use]
    pub fn filled(&self, lookup: &dyn Fn(&Hole) -> Option<String>) -> Self {
        let mut filled = Self::default();
        for piece in &self.0 {
            match piece {
                Piece::Hole(hole) => match lookup(hole) {
                    Some(value) => filled.push(Piece::Literal(value)),
                    None => filled.push(piece.clone()),
                },
                Piece::Literal(_) => filled.push(piece.clone()),
            }
        }
        filled
    }

    /// The serialised form: a hole between two NULs, a literal NUL doubled.
    pub fn encode(&self) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => out.push_str(&text.replace('\0', "\0\0")),
                Piece::Hole(Hole { key, attribute }) => {
                    out.push('\0');
                    out.push_str(attribute.name());
                    out.push(' ');
                    out.push_str(key.as_str());
                    out.push('\0');
                }
            }
        }
        out
    }

    /// The inverse of [`Text::encode`]; `None` where `encoded` cannot come from it.
    pub fn decode(encoded: &str) -> Option<Self> {
        let mut text = Self::default();
        for (i, part) in encoded.split('\0').enumerate() {
            match (i % 2, part) {
                (0, "") => {}
                (0, literal) => text.push(Piece::Literal(literal.to_owned())),
                (_, "") => text.push(Piece::Literal("\0".to_owned())),
                (_, hole) => {
                    let (attribute, key) = hole.split_once(' ')?;
                    text.push(Piece::Hole(Hole {
                        key: Key::new(key),
                        attribute: Attribute::parse(attribute)?,
                    }));
                }
            }
        }
        // An even number of NULs, so an odd number of parts.
        (encoded.matches('\0').count().is_multiple_of(2)).then_some(text)
    }

    fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Literal(new)) if new.is_empty() => {}
            (Some(Piece::Literal(last)), Piece::Literal(new)) => last.push_str(&new),
            (_, piece) => self.0.push(piece),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let mut this = Self::default();
        this.push(Piece::Literal(text));
        this
    }
}

impl fmt::Display for Text {
    /// For people and inventories: holes as `${Key.Attribute}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Hole(hole) => hole.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let encoded = String::deserialize(deserializer)?;
        Self::decode(&encoded)
            .ok_or_else(|| de::Error::custom("not the serialised form of a text with holes"))
    }
}

/// The same JSON with `change` applied to every string and every key, as the texts they are.
pub(crate) fn map_texts(value: &serde_json::Value, change: &dyn Fn(Text) -> String) -> serde_json::Value {
    use serde_json::Value;
    let each = |encoded: &str| change(Text::decode(encoded).unwrap_or_else(|| Text::from(encoded)));
    match value {
        Value::String(encoded) => Value::String(each(encoded)),
        Value::Array(items) => items.iter().map(|item| map_texts(item, change)).collect(),
        Value::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, item)| (each(key), map_texts(item, change)))
                .collect(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shells_variable_is_never_a_hole() {
        let text = Text::from("${VPC} ").then(Text::id(&Key::VPC));
        assert_eq!(text.holes().count(), 1);
        assert_eq!(text.to_string(), "${VPC} ${VPC}");
        assert_eq!(Text::decode(&text.encode()), Some(text));
    }

    #[test]
    fn nul_in_a_literal_survives_and_forges_nothing() {
        for hostile in ["\0", "\0Id VPC\0", "a\0\0b", "\0\0\0", "x\0Id VPC\0y"] {
            let text = Text::from(hostile);
            assert_eq!(text.holes().count(), 0);
            assert_eq!(Text::decode(&text.encode()), Some(text));
        }
        assert_eq!(Text::decode("\0Id VPC"), None);
        assert_eq!(Text::decode("\0Nonsense VPC\0"), None);
    }

    #[test]
    fn filling_joins_the_literals() {
        let text = Text::from("https://")
            .then(Text::hole(&Key::CONTROL_PLANE, Attribute::OpenIdConnectIssuer))
            .then("/x");
        let filled = text.filled(&|_| Some("oidc".to_owned()));
        assert_eq!(filled.as_literal(), Some("https://oidc/x"));
        assert_eq!(filled, Text::from("https://oidc/x"));
    }
}
