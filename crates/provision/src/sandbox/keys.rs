//! KMS keys, and who may use them.

use super::{Answer, Refusal, world::World};
use crate::operations::{ec2::LaunchTemplateData, kms};

/// Auto Scaling's own role in an account, which starts instances with encrypted volumes.
const AUTO_SCALING_ROLE: &str =
    "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
/// Where AWS's own keys for volumes are.
pub(super) const AWS_VOLUME_KEY: &str = "alias/aws/ebs";

impl World<'_> {
    pub(super) fn kms(&mut self, request: kms::Request) -> Answer<kms::Reply> {
        Ok(match request {
            kms::Request::DescribeKey(input) => kms::Reply::DescribeKey(self.describe_key(&input.key_id)?),
            kms::Request::GetKeyPolicy(input) => kms::Reply::GetKeyPolicy(self.key_policy(&input.key_id)?),
            kms::Request::ListGrants(input) => kms::Reply::ListGrants(self.grants(&input)?),
        })
    }

    /// The ARN of a key of the account in this region; AWS's own has one too.
    fn key_arn(&self, id: &str) -> Option<String> {
        if id == AWS_VOLUME_KEY || id.ends_with(":alias/aws/ebs") {
            return Some(self.arn("kms", "key/00000000-0000-4000-8000-000000000eb5"));
        }
        let arn = if id.starts_with("arn:") {
            id.to_owned()
        } else {
            let of_key = format!("key/{}", id.trim_start_matches("key/"));
            self.arn("kms", if id.starts_with("alias/") { id } else { &of_key })
        };
        let here = arn.split(':').nth(3) == Some(&self.region.name);
        (here && self.facts.keys.contains_key(&arn)).then_some(arn)
    }

    fn describe_key(&self, id: &str) -> Answer<kms::KeyMetadata> {
        let arn = self.key_arn(id).ok_or_else(|| missing(id))?;
        let own = self.facts.keys.get(&arn);
        let enabled = own.is_none_or(|key| !key.disabled);
        Ok(kms::KeyMetadata {
            key_id: arn.rsplit('/').next().unwrap_or_default().to_owned(),
            enabled,
            key_state: if enabled { "Enabled" } else { "Disabled" }.into(),
            key_manager: if own.is_some() { "CUSTOMER" } else { "AWS" }.into(),
            key_spec: "SYMMETRIC_DEFAULT".into(),
            arn,
        })
    }

    fn key_policy(&self, id: &str) -> Answer<String> {
        let arn = self.key_arn(id).ok_or_else(|| missing(id))?;
        let statement = |principals: Vec<&str>| {
            serde_json::json!({
                "Effect": "Allow",
                "Principal": {"AWS": principals},
                "Action": "kms:*",
                "Resource": "*",
            })
        };
        let root = format!("arn:{}:iam::{}:root", self.partition(), self.facts.account);
        let mut statements = vec![statement(vec![&root])];
        let users = self.facts.keys.get(&arn).map(|key| &key.users);
        if let Some(users) = users.filter(|users| !users.is_empty()) {
            statements.push(statement(users.iter().map(String::as_str).collect()));
        }
        Ok(serde_json::json!({"Version": "2012-10-17", "Statement": statements}).to_string())
    }

    fn grants(&self, input: &kms::ListGrants) -> Answer<Vec<kms::Grant>> {
        let arn = self
            .key_arn(&input.key_id)
            .ok_or_else(|| missing(&input.key_id))?;
        let grantees = self
            .facts
            .keys
            .get(&arn)
            .into_iter()
            .flat_map(|key| &key.grantees);
        let asked = grantees.filter(|grantee| {
            input
                .grantee_principal
                .as_ref()
                .is_none_or(|principal| principal == *grantee)
        });
        let grant = |(place, grantee): (usize, &String)| kms::Grant {
            grant_id: format!("{place:064x}"),
            grantee_principal: grantee.clone(),
            operations: ["Decrypt", "GenerateDataKeyWithoutPlaintext", "CreateGrant"]
                .map(str::to_owned)
                .to_vec(),
        };
        Ok(asked.enumerate().map(grant).collect())
    }

    /// Why an instance cannot have its volumes, in EC2's words: Auto Scaling's role may not use a key of the account's
    /// own unless the key's policy or a grant says so (`aws-apply.md`, trap 13).
    pub(super) fn volume_trouble(&self, data: &LaunchTemplateData) -> Option<(&'static str, &'static str)> {
        let volumes = data
            .block_device_mappings
            .iter()
            .filter_map(|mapping| mapping.ebs.as_ref());
        let encrypted = volumes.filter(|ebs| ebs.encrypted == Some(true) || self.facts.encrypts_volumes);
        let mut keys = encrypted.filter_map(|ebs| ebs.kms_key_id.as_ref().or(self.facts.volume_key.as_ref()));
        let role = format!(
            "arn:{}:iam::{}:{AUTO_SCALING_ROLE}",
            self.partition(),
            self.facts.account
        );
        keys.find_map(|id| {
            if id.ends_with(AWS_VOLUME_KEY) {
                return None;
            }
            let key = self.key_arn(id).and_then(|arn| self.facts.keys.get(&arn));
            match key {
                Some(key) if key.disabled => Some((
                    "Client.InvalidKMSKey.InvalidState",
                    "The KMS key provided is in an incorrect state",
                )),
                Some(key) if key.users.contains(&role) || key.grantees.contains(&role) => None,
                _ => Some(("Client.InternalError", "Client error on launch")),
            }
        })
    }
}

fn missing(id: &str) -> Refusal {
    Refusal::new("NotFoundException", format!("Key '{id}' does not exist"))
}
