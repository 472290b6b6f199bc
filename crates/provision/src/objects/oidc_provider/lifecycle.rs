//! OpenID Connect providers in an account.

use super::OidcProvider;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, list, literal, must_be_ours, object, present, tag_changes, tag_list,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::iam::{
    AddClientIDToOpenIDConnectProvider, CreateOpenIDConnectProvider, DeleteOpenIDConnectProvider,
    GetOpenIDConnectProvider, ListOpenIDConnectProviders, TagOpenIDConnectProvider,
};
use crate::text::{Attribute, Text};

fn described(arn: &str) -> Attributes {
    attributes([(Attribute::Id, arn), (Attribute::Arn, arn)])
}

impl OidcProvider {
    async fn add_audiences(&self, cx: &Cx<'_>, arn: &str, from: &[String]) -> Result<(), Failure> {
        for client_id in self
            .client_id_list
            .iter()
            .filter(|audience| !from.contains(audience))
        {
            let add = AddClientIDToOpenIDConnectProvider {
                open_id_connect_provider_arn: arn.to_owned(),
                client_id: client_id.clone(),
            };
            cx.call(add).await?;
        }
        Ok(())
    }

    /// The provider of this issuer, made by an earlier run. Its ARN ends with the issuer.
    async fn existing(&self, cx: &Cx<'_>, key: &Key, url: &str) -> Result<String, Failure> {
        let issuer = url.trim_start_matches("https://");
        let arns = cx.call(ListOpenIDConnectProviders {}).await?;
        let what = format!("OIDC provider `{issuer}`");
        let Some(arn) = arns
            .into_iter()
            .find(|arn| arn.ends_with(&format!("oidc-provider/{issuer}")))
        else {
            return Err(Failure::Broken {
                what,
                reason: "it is said to exist, but is not listed".to_owned(),
            });
        };
        let found = cx
            .call(GetOpenIDConnectProvider {
                open_id_connect_provider_arn: arn.clone(),
            })
            .await?;
        must_be_ours(cx, key, &what, &found.tags)?;
        self.add_audiences(cx, &arn, &found.client_id_list).await?;
        Ok(arn)
    }
}

impl Lifecycle for OidcProvider {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let url = literal(&self.url)?;
        let create = CreateOpenIDConnectProvider {
            url: url.to_owned(),
            client_id_list: self.client_id_list.clone(),
            thumbprint_list: vec![],
            tags: tag_list(cx, key, &self.tags),
        };
        let arn = match unless_exists(cx.call(create).await)? {
            Some(made) => made,
            None => self.existing(cx, key, url).await?,
        };
        Ok(described(&arn))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        self.add_audiences(cx, id, &from.client_id_list).await?;
        let (set, _) = tag_changes(&from.tags, &self.tags);
        if !set.is_empty() {
            let tag = TagOpenIDConnectProvider {
                open_id_connect_provider_arn: id.to_owned(),
                tags: list(&set),
            };
            cx.call(tag).await?;
        }
        Ok(described(id))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        let delete = DeleteOpenIDConnectProvider {
            open_id_connect_provider_arn: id.to_owned(),
        };
        present(cx.call(delete).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.providers.iter().filter_map(|(arn, provider)| {
            let (key, ownership) = reading.key_of(&provider.tags)?;
            let spec = Self {
                // IAM leaves the scheme out.
                url: Text::from(format!("https://{}", provider.url.trim_start_matches("https://"))),
                client_id_list: provider.client_id_list.clone(),
                tags: reading.chosen(&provider.tags),
            };
            Some((key, object(spec, described(arn), ownership, State::Ready)))
        });
        ours.collect()
    }
}
