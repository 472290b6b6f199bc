//! OpenID Connect providers.

use super::{set_tags, tags_at_creation};
use crate::{
    operations::iam::{
        AddClientIDToOpenIDConnectProvider, CreateOpenIDConnectProvider, DeleteOpenIDConnectProvider,
        GetOpenIDConnectProvider, ListOpenIDConnectProviders, OpenIDConnectProvider,
        TagOpenIDConnectProvider,
    },
    sandbox::{Answer, Refusal, world::World},
};

fn no_provider(arn: &str) -> Refusal {
    Refusal::new(
        "NoSuchEntity",
        format!("OpenIDConnect Provider not found for arn {arn}"),
    )
}

impl World<'_> {
    pub(super) fn create_provider(&mut self, input: CreateOpenIDConnectProvider) -> Answer<String> {
        let Some(url) = input.url.strip_prefix("https://").filter(|rest| !rest.is_empty()) else {
            return Err(Refusal::new(
                "InvalidInput",
                format!("Invalid Open ID Connect Provider URL: {}", input.url),
            ));
        };
        if input.thumbprint_list.iter().any(|print| print.len() != 40) {
            return Err(Refusal::new(
                "InvalidInput",
                "Thumbprints are 40 hexadecimal digits",
            ));
        }
        let arn = format!(
            "arn:{}:iam::{}:oidc-provider/{url}",
            self.partition(),
            self.facts.account
        );
        if self.iam.providers.contains_key(&arn) {
            return Err(Refusal::new(
                "EntityAlreadyExists",
                format!("Provider with url {} already exists.", input.url),
            ));
        }
        if !self.allows("L-858F3967", self.iam.providers.len()) {
            return Err(Refusal::new(
                "LimitExceeded",
                "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100",
            ));
        }
        // IAM fetches the issuer's keys; it cannot just after the cluster became ACTIVE, nor without a cluster.
        if url.contains("oidc.eks.")
            && self
                .iam
                .issuers
                .get(&input.url)
                .is_none_or(|ready| *ready > self.now)
        {
            return Err(Refusal::new(
                "OpenIdIdpCommunicationError",
                format!("Unable to retrieve the provider's certificate from {}", input.url),
            ));
        }
        let provider = OpenIDConnectProvider {
            url: url.to_owned(),
            client_id_list: input.client_id_list,
            thumbprint_list: input.thumbprint_list,
            create_date: self.now,
            tags: tags_at_creation(&input.tags)?,
        };
        self.iam.providers.insert(arn.clone(), provider);
        Ok(arn)
    }

    fn provider(&mut self, arn: &str) -> Answer<&mut OpenIDConnectProvider> {
        self.iam.providers.get_mut(arn).ok_or_else(|| no_provider(arn))
    }

    pub(super) fn get_provider(&mut self, input: GetOpenIDConnectProvider) -> Answer<OpenIDConnectProvider> {
        self.provider(&input.open_id_connect_provider_arn).cloned()
    }

    pub(super) fn list_providers(&mut self, _: ListOpenIDConnectProviders) -> Answer<Vec<String>> {
        Ok(self.iam.providers.keys().cloned().collect())
    }

    pub(super) fn delete_provider(&mut self, input: DeleteOpenIDConnectProvider) -> Answer<()> {
        let arn = &input.open_id_connect_provider_arn;
        self.iam
            .providers
            .remove(arn)
            .map(|_| ())
            .ok_or_else(|| no_provider(arn))
    }

    pub(super) fn add_client_id(&mut self, input: AddClientIDToOpenIDConnectProvider) -> Answer<()> {
        let provider = self.provider(&input.open_id_connect_provider_arn)?;
        if !provider.client_id_list.contains(&input.client_id) {
            provider.client_id_list.push(input.client_id);
        }
        Ok(())
    }

    pub(super) fn tag_provider(&mut self, input: TagOpenIDConnectProvider) -> Answer<()> {
        set_tags(
            &mut self.provider(&input.open_id_connect_provider_arn)?.tags,
            &input.tags,
        )
    }
}
