//! What a node does when it starts.
//!
//! The interface is eksctl's: keys of the cloud-config, paths and modes of files, names of variables, what sourcing
//! `bootstrap.helper.sh` gives, and the user's own lines byte for byte and in order. The scripts are our own.

mod bottlerocket;
mod cloud_config;
mod nodeadm;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::through;

use crate::{
    key::Key,
    text::{Attribute, Text},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, GzBuilder, read::GzDecoder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io::{Read, Write};

/// EC2's limit of user data, in bytes before base64.
pub const MAX_BYTES: usize = 16 * 1024;

/// The user data of a launch template: its text, and whether it is compressed in the template.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UserData {
    /// What cloud-init reads.
    pub text: Text,
    /// Whether the template holds it compressed: cloud-config is, MIME archives are not, as in eksctl.
    #[serde(default, skip_serializing_if = "crate::objects::is_false")]
    pub gzip: bool,
}

/// What is known of the nodes of a group.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// The cluster's name.
    pub cluster: &'a str,
    /// Labels in their order, eksctl's own two included.
    pub labels: Vec<(&'a str, &'a str)>,
    /// Taints as key, value and effect.
    pub taints: Vec<(&'a str, &'a str, &'a str)>,
    /// Most pods on a node.
    pub max_pods: Option<i64>,
    /// The address of the cluster's DNS service, if the config says another than the cluster's own.
    pub cluster_dns: Option<&'a str>,
    /// Further settings of the kubelet.
    pub kubelet: Option<&'a Map<String, Value>>,
    /// Commands before the node joins.
    pub before: &'a [String],
    /// What joins the node in place of our script; for nodeadm, a further NodeConfig.
    pub instead: Option<&'a str>,
    /// Settings of Bottlerocket.
    pub settings: Option<&'a Map<String, Value>>,
    /// Whether Bottlerocket's admin container runs; none is as the image has it.
    pub admin_container: Option<bool>,
    /// Who starts the nodes.
    pub starter: Starter,
}

/// Who starts nodes, and so brings what joins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starter {
    /// A group of ours: user data does everything.
    Ours,
    /// EKS, with its own image: it adds what joins the node.
    Eks,
    /// EKS, with an image that the config names: it adds nothing.
    EksWithOwnImage,
}

/// How an image takes its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Amazon Linux 2: cloud-config with our script for it.
    AmazonLinux2,
    /// Ubuntu: cloud-config with our script for it.
    Ubuntu,
    /// Amazon Linux 2023: a MIME archive for nodeadm.
    Nodeadm,
    /// Bottlerocket: settings in TOML.
    Bottlerocket,
}

impl Node<'_> {
    /// The user data of these nodes.
    pub fn user_data(&self, format: Format) -> UserData {
        let plain = |text| UserData { text, gzip: false };
        match format {
            Format::AmazonLinux2 if self.starter != Starter::Ours => plain(nodeadm::scripts(self)),
            Format::AmazonLinux2 | Format::Ubuntu => UserData {
                text: cloud_config::text(self, format),
                gzip: true,
            },
            Format::Nodeadm => plain(nodeadm::text(self)),
            Format::Bottlerocket => plain(bottlerocket::text(self)),
        }
    }

    /// `key=value,...`
    fn labels(&self) -> String {
        self.labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join(",")
    }

    /// `key=value:effect,...`
    fn taints(&self) -> String {
        let taints = self
            .taints
            .iter()
            .map(|(key, value, effect)| format!("{key}={value}:{effect}"));
        taints.collect::<Vec<_>>().join(",")
    }

    fn cluster_dns(&self) -> Text {
        self.cluster_dns
            .map_or_else(|| of_cluster(Attribute::ClusterDns), Text::from)
    }
}

/// What the cluster says about itself once it is active.
fn of_cluster(attribute: Attribute) -> Text {
    Text::hole(&Key::CONTROL_PLANE, attribute)
}

impl UserData {
    /// How many bytes the template will hold before base64, with holes taken for the longest that fill them: 1.5 KB
    /// for a certificate, 100 for everything else.
    pub fn estimated_bytes(&self) -> usize {
        let certificate = "A".repeat(1500);
        let text = self.text.filled(&|hole| match hole.attribute {
            Attribute::CertificateAuthorityData => Some(certificate.clone()),
            _ => Some("x".repeat(100)),
        });
        let encoded = Self {
            text,
            gzip: self.gzip,
        }
        .encoded()
        .unwrap_or_default();
        BASE64_STANDARD.decode(encoded).map_or(0, |bytes| bytes.len())
    }

    /// What the template holds: base64, of gzip if `gzip` is set. The same text always gives the same bytes.
    /// `None` while there are holes.
    pub fn encoded(&self) -> Option<String> {
        let text = self.text.as_literal()?;
        if !self.gzip {
            return Some(BASE64_STANDARD.encode(text));
        }
        let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).ok()?;
        Some(BASE64_STANDARD.encode(encoder.finish().ok()?))
    }

    /// The inverse of [`UserData::encoded`]; `None` for what is not base64 of UTF-8 text.
    pub fn decode(encoded: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(encoded).ok()?;
        let gzip = bytes.starts_with(&[0x1f, 0x8b]);
        let text = if gzip {
            let mut text = String::new();
            // No more than a template could usefully hold: what is read here may be anyone's.
            GzDecoder::new(bytes.as_slice())
                .take(64 * MAX_BYTES as u64)
                .read_to_string(&mut text)
                .ok()?;
            text
        } else {
            String::from_utf8(bytes).ok()?
        };
        Some(Self {
            text: Text::from(text),
            gzip,
        })
    }
}
