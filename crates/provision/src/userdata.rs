//! What a node does when it starts.

use crate::text::Text;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, GzBuilder, read::GzDecoder};
use serde::{Deserialize, Serialize};
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

impl UserData {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for gzip in [false, true] {
            let data = UserData {
                text: Text::from("#cloud-config\nä: ${X}\n"),
                gzip,
            };
            let encoded = data.encoded().unwrap();
            assert_eq!(data.encoded(), Some(encoded.clone()));
            assert_eq!(UserData::decode(&encoded), Some(data));
        }
        assert_eq!(UserData::decode("H4sIAAAA"), None);
        assert_eq!(UserData::decode("not base64!"), None);
    }
}
