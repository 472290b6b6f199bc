//! Pod identity associations in an account.

use super::PodIdentityAssociation;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, attributes, literal, must_be_ours_by, not_shown, object, present,
    retag_eks, token, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::eks;
use crate::text::{Attribute, Text};

fn described(found: &eks::PodIdentityAssociation) -> Attributes {
    attributes([
        (Attribute::Id, &found.association_id),
        (Attribute::Arn, &found.association_arn),
    ])
}

impl PodIdentityAssociation {
    /// The association that its service account has already.
    async fn existing(&self, cx: &Cx<'_>) -> Result<Option<eks::PodIdentityAssociation>, Failure> {
        let cluster_name = cx.owner().cluster.clone();
        let list = eks::ListPodIdentityAssociations {
            cluster_name: cluster_name.clone(),
            namespace: Some(self.namespace.clone()),
            service_account: Some(self.service_account.clone()),
        };
        let Some(found) = cx.call(list).await?.into_iter().next() else {
            return Ok(None);
        };
        let association_id = found.association_id;
        let ask = eks::DescribePodIdentityAssociation {
            cluster_name,
            association_id,
        };
        present(cx.call(ask).await)
    }

    /// Gives the association `id` the role that is wanted.
    async fn update(&self, cx: &Cx<'_>, key: &Key, id: &str) -> Result<(), Failure> {
        let mut update = eks::UpdatePodIdentityAssociation {
            cluster_name: cx.owner().cluster.clone(),
            association_id: id.to_owned(),
            role_arn: Some(literal(&self.role_arn)?.to_owned()),
            client_request_token: None,
            disable_session_tags: Some(self.disable_session_tags),
            target_role_arn: self.target_role_arn.clone(),
            policy: self.policy.clone(),
        };
        update.client_request_token = Some(token(cx, key, &(update.clone(), cx.now().as_second()), 0));
        cx.call(update).await.map(|_| ())
    }
}

impl Lifecycle for PodIdentityAssociation {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let role_arn = literal(&self.role_arn)?.to_owned();
        let mut create = eks::CreatePodIdentityAssociation {
            cluster_name: cx.owner().cluster.clone(),
            namespace: self.namespace.clone(),
            service_account: self.service_account.clone(),
            role_arn: role_arn.clone(),
            client_request_token: None,
            tags: all_tags(cx, key, &self.tags),
            disable_session_tags: self.disable_session_tags.then_some(true),
            target_role_arn: self.target_role_arn.clone(),
            policy: self.policy.clone(),
        };
        // The instant keeps the token of one that was deleted since from answering for this one.
        create.client_request_token = Some(token(cx, key, &(create.clone(), cx.now().as_second()), 0));
        if let Some(made) = unless_exists(cx.call(create).await)? {
            return Ok(described(&made));
        }
        let what = format!(
            "pod identity association of `{}/{}`",
            self.namespace, self.service_account
        );
        let found = self.existing(cx).await?.ok_or_else(|| not_shown(&what))?;
        must_be_ours_by(cx, key, &what, |name| found.tags.get(name).map(String::as_str))?;
        if found.role_arn != role_arn {
            self.update(cx, key, &found.association_id).await?;
        }
        Ok(described(&found))
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        if (&self.role_arn, self.disable_session_tags) != (&from.role_arn, from.disable_session_tags) {
            self.update(cx, key, id).await?;
        }
        let ask = eks::DescribePodIdentityAssociation {
            cluster_name: cx.owner().cluster.clone(),
            association_id: id.to_owned(),
        };
        let found = cx.call(ask).await?;
        retag_eks(cx, &found.association_arn, &from.tags, &self.tags).await?;
        Ok(described(&found))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let delete = eks::DeletePodIdentityAssociation {
            cluster_name: cx.owner().cluster.clone(),
            association_id: id.to_owned(),
        };
        present(cx.call(delete).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        // Those of an add-on are a property of it.
        let own = reading
            .identities
            .iter()
            .filter(|found| found.owner_arn.is_none());
        own.map(|found| read(reading, found)).collect()
    }
}

fn read(reading: &Reading, found: &eks::PodIdentityAssociation) -> (Key, Object) {
    let ownership = reading
        .owner
        .judge(|name| found.tags.get(name).map(String::as_str));
    let spec = PodIdentityAssociation {
        namespace: found.namespace.clone(),
        service_account: found.service_account.clone(),
        role_arn: Text::from(found.role_arn.as_str()),
        target_role_arn: found.target_role_arn.clone(),
        disable_session_tags: found.disable_session_tags.unwrap_or(false),
        policy: found.policy.clone(),
        tags: reading.chosen_of(&found.tags),
    };
    (
        Key::pod_identity(&found.namespace, &found.service_account, "Association"),
        object(spec, described(found), ownership, State::Ready),
    )
}
