//! EKS add-ons in an account.

use std::collections::BTreeSet;

use super::{Addon, AddonNamespaceConfig, AddonPodIdentity};
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, all_tags, attributes, literal, object, present, retag_eks, token, unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::eks;
use crate::text::{Attribute, Text};

/// Public logs: 4 to 56 seconds; coredns and metrics-server wait for the first node.
const ACTIVE: Expected = Expected::seconds(30, 60, 1200);
const DELETED: Expected = Expected::seconds(20, 60, 900);

/// Where the add-ons that `lb` makes by default live. EKS says of some where they are though nobody asked.
const DEFAULT_NAMESPACE: &str = "kube-system";

fn identities_of(reading: &Reading, addon: &eks::Addon) -> BTreeSet<AddonPodIdentity> {
    let of_addon = |found: &&eks::PodIdentityAssociation| {
        addon.pod_identity_associations.contains(&found.association_arn)
    };
    let identity = |found: &eks::PodIdentityAssociation| AddonPodIdentity {
        service_account: found.service_account.clone(),
        role_arn: Text::from(found.role_arn.as_str()),
    };
    reading.identities.iter().filter(of_addon).map(identity).collect()
}

fn described(addon: &eks::Addon) -> Attributes {
    attributes([
        (Attribute::Id, &addon.addon_name),
        (Attribute::Arn, &addon.addon_arn),
    ])
}

/// Whether an add-on lacks nothing but nodes for its pods.
fn only_lacks_nodes(addon: &eks::Addon) -> bool {
    !addon.health.issues.is_empty()
        && addon
            .health
            .issues
            .iter()
            .all(|issue| issue.code == "InsufficientNumberOfReplicas")
}

fn reasons(addon: &eks::Addon) -> String {
    addon
        .health
        .issues
        .iter()
        .map(|issue| issue.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}

async fn delete(cx: &Cx<'_>, cluster_name: &str, addon_name: &str) -> Result<(), Failure> {
    let delete = eks::DeleteAddon {
        cluster_name: cluster_name.to_owned(),
        addon_name: addon_name.to_owned(),
        preserve: None,
    };
    if present(cx.call(delete).await)?.is_none() {
        return Ok(());
    }
    cx.wait_until(&format!("add-on `{addon_name}`"), DELETED, None, async || {
        let ask = eks::DescribeAddon {
            cluster_name: cluster_name.to_owned(),
            addon_name: addon_name.to_owned(),
        };
        Ok(match present(cx.call(ask).await)? {
            Some(found) => Progress::Pending(found.status),
            None => Progress::Ready(()),
        })
    })
    .await
}

impl Addon {
    async fn describe(&self, cx: &Cx<'_>) -> Result<eks::Addon, Failure> {
        let cluster_name = cx.owner().cluster.clone();
        cx.call(eks::DescribeAddon {
            cluster_name,
            addon_name: self.addon_name.clone(),
        })
        .await
    }

    /// Waits until the add-on works; `None` if its creation failed.
    async fn settled(&self, cx: &Cx<'_>, since: jiff::Timestamp) -> Result<Option<eks::Addon>, Failure> {
        let what = format!("add-on `{}`", self.addon_name);
        cx.wait_until(&what, ACTIVE, Some(since), async || {
            let found = self.describe(cx).await?;
            match found.status.as_str() {
                "ACTIVE" => Ok(Progress::Ready(Some(found))),
                "CREATE_FAILED" => Ok(Progress::Ready(None)),
                "UPDATE_FAILED" => Err(Failure::Broken {
                    what: what.clone(),
                    reason: reasons(&found),
                }),
                // Where nobody asked for a node there is nothing to wait for.
                _ if only_lacks_nodes(&found) && !cx.expects_nodes() => Ok(Progress::Ready(Some(found))),
                status => Ok(Progress::Pending(match reasons(&found) {
                    none if none.is_empty() => status.to_owned(),
                    reasons => format!("{status}, {reasons}"),
                })),
            }
        })
        .await
    }

    fn identities(&self) -> Result<Vec<eks::AddonPodIdentityAssociations>, Failure> {
        let identities = self.pod_identity_associations.iter();
        identities
            .map(|identity| {
                Ok(eks::AddonPodIdentityAssociations {
                    service_account: identity.service_account.clone(),
                    role_arn: literal(&identity.role_arn)?.to_owned(),
                })
            })
            .collect()
    }

    fn role(&self) -> Result<Option<String>, Failure> {
        self.service_account_role_arn
            .as_ref()
            .map(|arn| literal(arn).map(str::to_owned))
            .transpose()
    }
}

impl Lifecycle for Addon {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = eks::CreateAddon {
            cluster_name: cx.owner().cluster.clone(),
            addon_name: self.addon_name.clone(),
            addon_version: Some(self.addon_version.clone()),
            service_account_role_arn: self.role()?,
            resolve_conflicts: Some("OVERWRITE".to_owned()),
            client_request_token: None,
            tags: all_tags(cx, key, &self.tags),
            configuration_values: self.configuration_values.clone(),
            pod_identity_associations: self.identities()?,
            namespace_config: self
                .namespace_config
                .as_ref()
                .map(|config| eks::AddonNamespaceConfig {
                    namespace: config.namespace.clone(),
                }),
        };
        let parameters = create.clone();
        let mut dead = 0;
        loop {
            create.client_request_token = Some(token(cx, key, &(&parameters, cx.now().as_second()), dead));
            let made = match unless_exists(cx.call(create.clone()).await)? {
                Some(made) => made,
                None => self.describe(cx).await?,
            };
            if let Some(found) = self.settled(cx, made.created_at).await? {
                return Ok(described(&found));
            }
            let failed = self.describe(cx).await?;
            delete(cx, &create.cluster_name, &self.addon_name).await?;
            dead += 1;
            if dead > 1 {
                let what = format!("add-on `{}`", self.addon_name);
                return Err(Failure::Broken {
                    what,
                    reason: reasons(&failed),
                });
            }
        }
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, from: &Self) -> Result<Attributes, Failure> {
        let found = self.describe(cx).await?;
        retag_eks(cx, &found.addon_arn, &from.tags, &self.tags).await?;
        let untagged = |addon: &Self| Self {
            tags: crate::objects::Tags::new(),
            ..addon.clone()
        };
        if untagged(self) != untagged(from) {
            let mut update = eks::UpdateAddon {
                cluster_name: cx.owner().cluster.clone(),
                addon_name: self.addon_name.clone(),
                addon_version: Some(self.addon_version.clone()),
                service_account_role_arn: self.role()?,
                resolve_conflicts: Some("OVERWRITE".to_owned()),
                client_request_token: None,
                configuration_values: self.configuration_values.clone(),
                pod_identity_associations: (self.pod_identity_associations != from.pod_identity_associations)
                    .then(|| self.identities())
                    .transpose()?,
            };
            update.client_request_token = Some(token(cx, key, &(update.clone(), cx.now().as_second()), 0));
            unless_exists(cx.call(update).await)?;
            self.settled(cx, cx.now()).await?;
        }
        Ok(described(&found))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        delete(cx, &cx.owner().cluster, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let found = reading.addons.iter().map(|addon| {
            let tag = |name: &str| addon.tags.get(name).map(String::as_str);
            let ownership = match reading.owner.judge(tag) {
                // An add-on of a cluster of ours can be nobody else's, whoever installed it.
                Ownership::Foreign if reading.cluster_is_ours() => Ownership::Ours,
                whose => whose,
            };
            let spec = Self {
                addon_name: addon.addon_name.clone(),
                addon_version: addon.addon_version.clone(),
                configuration_values: addon.configuration_values.clone(),
                service_account_role_arn: addon.service_account_role_arn.as_deref().map(Text::from),
                pod_identity_associations: identities_of(reading, addon),
                namespace_config: addon
                    .namespace_config
                    .as_ref()
                    .filter(|config| !config.namespace.is_empty() && config.namespace != DEFAULT_NAMESPACE)
                    .map(|config| AddonNamespaceConfig {
                        namespace: config.namespace.clone(),
                    }),
                tags: reading.chosen_of(&addon.tags),
            };
            let state = match addon.status.as_str() {
                "CREATING" if !only_lacks_nodes(addon) => State::Creating,
                "UPDATING" => State::Updating,
                "DELETING" => State::Deleting,
                "CREATE_FAILED" | "DELETE_FAILED" => State::Failed(reasons(addon)),
                // Degraded add-ons are installed as asked; what they lack is not theirs to get.
                _ => State::Ready,
            };
            (
                Key::addon(&addon.addon_name, "Addon"),
                object(spec, described(addon), ownership, state),
            )
        });
        found.collect()
    }
}
