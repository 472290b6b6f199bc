//! Key pairs in an account.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::KeyPair;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, object, of_this_name, present, retag, specifications, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{DeleteKeyPair, DescribeKeyPairs, ImportKeyPair, KeyPairInfo};
use crate::text::Attribute;

/// A public key without its comment, which EC2 replaces by the key pair's name.
fn without_comment(public_key: &str) -> String {
    public_key
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" ")
}

impl KeyPair {
    async fn existing(&self, cx: &Cx<'_>, key: &Key) -> Result<KeyPairInfo, Failure> {
        let by_name = DescribeKeyPairs {
            key_names: vec![self.key_name.clone()],
            include_public_key: Some(true),
            ..DescribeKeyPairs::default()
        };
        let what = format!("key pair `{}`", self.key_name);
        of_this_name(cx, key, &what, &by_name, |pair| &pair.tags).await
    }
}

impl Lifecycle for KeyPair {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let import = ImportKeyPair {
            key_name: self.key_name.clone(),
            public_key_material: BASE64_STANDARD.encode(&self.public_key_material),
            tag_specifications: specifications(cx, "key-pair", key, &self.tags),
        };
        let pair = match unless_exists(cx.call(import).await)? {
            Some(made) => made,
            None => self.existing(cx, key).await?,
        };
        Ok(attributes([(Attribute::Id, &pair.key_name)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        // Tags of a key pair are set by its id, everything else goes by its name.
        let by_name = DescribeKeyPairs {
            key_names: vec![id.to_owned()],
            ..DescribeKeyPairs::default()
        };
        for pair in cx.call(by_name).await? {
            retag(cx, &pair.key_pair_id, &from.tags, &self.tags).await?;
        }
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(DeleteKeyPair {
                key_name: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.keys.iter().filter_map(|pair| {
            let (key, ownership) = reading.key_of(&pair.tags)?;
            let spec = Self {
                key_name: pair.key_name.clone(),
                public_key_material: without_comment(pair.public_key.as_deref().unwrap_or_default()),
                tags: reading.chosen(&pair.tags),
            };
            Some((
                key,
                object(
                    spec,
                    attributes([(Attribute::Id, &pair.key_name)]),
                    ownership,
                    State::Ready,
                ),
            ))
        });
        ours.collect()
    }
}
