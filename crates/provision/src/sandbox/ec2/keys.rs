//! Key pairs.

use super::{invalid, not_found};
use crate::{
    operations::ec2::{DeleteKeyPair, DescribeKeyPairs, ImportKeyPair, KeyPairInfo, Tag},
    sandbox::{
        Answer, Refusal,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

impl Described for KeyPairInfo {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "key-name" => test(&self.key_name),
            "key-pair-id" => test(&self.key_pair_id),
            _ => return None,
        })
    }
}

/// The kind of an OpenSSH public key, if it is one that EC2 takes.
fn key_type(line: &str) -> Option<&'static str> {
    let mut words = line.split_whitespace();
    let (kind, data) = (words.next()?, STANDARD.decode(words.next()?).ok()?);
    let name = data.get(4..4 + kind.len())?;
    let fits = data.get(..4)? == u32::try_from(kind.len()).ok()?.to_be_bytes() && name == kind.as_bytes();
    match kind {
        "ssh-rsa" if fits => Some("rsa"),
        "ssh-ed25519" if fits => Some("ed25519"),
        _ => None,
    }
}

impl Region {
    /// A key pair that was there before.
    pub(super) fn give_key(&mut self, name: &str, public_key: &str) {
        let key = KeyPairInfo {
            key_pair_id: format!("key-{}", self.keys.len()),
            key_name: name.to_owned(),
            key_type: key_type(public_key).unwrap_or("rsa").into(),
            public_key: Some(public_key.to_owned()),
            tags: Vec::new(),
        };
        self.keys.insert(name, key, Seen::ALWAYS);
    }
}

impl World<'_> {
    pub(super) fn import_key_pair(&mut self, input: ImportKeyPair) -> Answer<KeyPairInfo> {
        let name = input.key_name;
        if name.is_empty() || name.len() > 255 || !name.is_ascii() || name.trim() != name {
            return Err(invalid(format!(
                "Value ({name}) for parameter KeyName is invalid."
            )));
        }
        if self.region.keys.get(&name).is_some() {
            return Err(Refusal::new(
                "InvalidKeyPair.Duplicate",
                format!("The keypair '{name}' already exists."),
            ));
        }
        let line = STANDARD
            .decode(&input.public_key_material)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let key = line.and_then(|line| key_type(&line).map(|kind| (line, kind)));
        let (line, kind) = key.ok_or_else(|| {
            Refusal::new(
                "InvalidKey.Format",
                "Key is not in valid OpenSSH public key format",
            )
        })?;
        let key = KeyPairInfo {
            key_pair_id: self.random.id("key"),
            key_name: name.clone(),
            key_type: kind.into(),
            public_key: Some(line),
            tags: tags::at_creation(&input.tag_specifications, "key-pair")?,
        };
        let seen = self.fresh();
        self.region.keys.insert(name, key.clone(), seen);
        Ok(KeyPairInfo {
            public_key: None,
            ..key
        })
    }

    pub(super) fn describe_key_pairs(&mut self, input: DescribeKeyPairs) -> Answer<Vec<KeyPairInfo>> {
        let missing = |name: &str| {
            Refusal::new(
                "InvalidKeyPair.NotFound",
                format!("The key pair '{name}' does not exist"),
            )
        };
        let found = self
            .region
            .keys
            .describe(&input.key_names, &input.filters, self.now, missing)?;
        let with_key = input.include_public_key.unwrap_or(false);
        let shown = |key: &KeyPairInfo| KeyPairInfo {
            public_key: key.public_key.clone().filter(|_| with_key),
            ..key.clone()
        };
        Ok(found.into_iter().map(shown).collect())
    }

    pub(super) fn delete_key_pair(&mut self, input: DeleteKeyPair) -> Answer<()> {
        self.region.keys.remove(&input.key_name);
        Ok(())
    }

    /// A key pair that a template names.
    pub(in crate::sandbox) fn key_pair(&self, name: &str) -> Answer<()> {
        match self.region.keys.named(name, self.now) {
            Some(_) => Ok(()),
            None => Err(not_found("InvalidKeyPair.NotFound", name)),
        }
    }
}
