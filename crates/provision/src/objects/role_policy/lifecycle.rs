//! Inline policies of roles in an account. They take no tags: they belong to their role.

use super::RolePolicy;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::Policy;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, literal, object, present};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::iam::{DeleteRolePolicy, PutRolePolicy};
use crate::text::{Attribute, Text};

fn id(role: &str, policy: &str) -> String {
    format!("{role}|{policy}")
}

impl Lifecycle for RolePolicy {
    async fn create(&self, cx: &Cx<'_>, _: &Key) -> Result<Attributes, Failure> {
        let role_name = literal(&self.role_name)?.to_owned();
        let id = id(&role_name, &self.policy_name);
        let put = PutRolePolicy {
            role_name,
            policy_name: self.policy_name.clone(),
            policy_document: self.policy_document.document().to_string(),
        };
        cx.call(put).await?;
        Ok(attributes([(Attribute::Id, &id)]))
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, _: &Self) -> Result<Attributes, Failure> {
        self.create(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, _: &str) -> Result<(), Failure> {
        let role_name = literal(&self.role_name)?.to_owned();
        let delete = DeleteRolePolicy {
            role_name,
            policy_name: self.policy_name.clone(),
        };
        present(cx.call(delete).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let mut objects = vec![];
        for role in &reading.roles {
            let Some((role_key, Ownership::Ours)) = reading.key_of(&role.tags) else {
                continue;
            };
            for policy in &role.role_policy_list {
                let spec = Self {
                    role_name: Text::from(role.role_name.as_str()),
                    policy_name: policy.policy_name.clone(),
                    policy_document: Policy::parse(&policy.policy_document),
                };
                let attributes = attributes([(Attribute::Id, &id(&role.role_name, &policy.policy_name))]);
                // `irsa:kube-system/fluentd/Role1` and policy `Policy1`: `irsa:kube-system/fluentd/Policy1`.
                let group = role_key.as_str().rsplit_once('/').map_or("", |(group, _)| group);
                let separator = if group.is_empty() { "" } else { "/" };
                let key = Key::new(format!("{group}{separator}{}", policy.policy_name));
                objects.push((key, object(spec, attributes, Ownership::Ours, State::Ready)));
            }
        }
        objects
    }
}
