//! Pod identity associations: roles for the pods of service accounts.

use super::invalid;
use crate::{
    operations::eks::{
        AddonPodIdentityAssociations, AddonPodIdentityConfiguration, CreatePodIdentityAssociation,
        DeletePodIdentityAssociation, DescribeAddonConfiguration, DescribePodIdentityAssociation,
        ListPodIdentityAssociations, PodIdentityAssociation, PodIdentityAssociationSummary,
        UpdatePodIdentityAssociation,
    },
    sandbox::{Answer, Refusal, policy, tags, world::World},
};
use lb_model::catalog::Catalog;

/// Associations that a cluster may have.
const LIMIT: usize = 1000;
/// Who takes roles for pods.
const PRINCIPAL: &str = "pods.eks.amazonaws.com";

fn missing(id: &str) -> Refusal {
    Refusal::new(
        "ResourceNotFoundException",
        format!("No pod identity association found for ID: {id}"),
    )
}

impl World<'_> {
    /// The role, if EKS may take it for pods. A new one is not seen for a while.
    pub(super) fn check_pod_role(&self, arn: &str) -> Answer<()> {
        let role = self
            .iam
            .role_of_arn(arn)
            .filter(|role| role.effective <= self.now);
        let trusts =
            role.is_some_and(|role| policy::trusts(&role.shape.assume_role_policy_document, PRINCIPAL));
        if trusts {
            return Ok(());
        }
        Err(invalid(format!(
            "Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"
        )))
    }

    pub(super) fn create_pod_identity_association(
        &mut self,
        input: CreatePodIdentityAssociation,
    ) -> Answer<PodIdentityAssociation> {
        let cluster = input.cluster_name.clone();
        let tags = tags::map_at_creation(&input.tags)?;
        let find =
            |world: &mut Self, id: &str| world.region.clusters.get(&cluster)?.identities.get(id).cloned();
        self.once(input.client_request_token.as_deref(), &input, find, |world| {
            world.active(&cluster)?;
            world.check_pod_role(&input.role_arn)?;
            let shape = PodIdentityAssociation {
                tags,
                disable_session_tags: Some(input.disable_session_tags.unwrap_or(false)),
                target_role_arn: input.target_role_arn.clone(),
                policy: input.policy.clone(),
                ..world.new_identity(
                    &cluster,
                    &input.namespace,
                    &input.service_account,
                    &input.role_arn,
                    None,
                )?
            };
            let id = shape.association_id.clone();
            let held = world.active(&cluster)?;
            held.identities.insert(id.clone(), shape.clone());
            Ok((shape, id))
        })
    }

    /// A new association of a service account that has none.
    fn new_identity(
        &mut self,
        cluster: &str,
        namespace: &str,
        account: &str,
        role_arn: &str,
        owner_arn: Option<String>,
    ) -> Answer<PodIdentityAssociation> {
        let held = self.active(cluster)?;
        if held.identities.len() >= LIMIT {
            return Err(Refusal::new(
                "ResourceLimitExceededException",
                "The cluster has as many pod identity associations as it may have",
            ));
        }
        let same =
            |other: &PodIdentityAssociation| other.namespace == namespace && other.service_account == account;
        if held.identities.values().any(same) {
            return Err(Refusal::new(
                "ResourceInUseException",
                "Association already exists for this service account in this namespace",
            ));
        }
        let association_id = self.random.id("a");
        Ok(PodIdentityAssociation {
            association_arn: self.arn(
                "eks",
                &format!("podidentityassociation/{cluster}/{association_id}"),
            ),
            cluster_name: cluster.to_owned(),
            namespace: namespace.to_owned(),
            service_account: account.to_owned(),
            role_arn: role_arn.to_owned(),
            association_id,
            created_at: self.now,
            modified_at: self.now,
            owner_arn,
            ..PodIdentityAssociation::default()
        })
    }

    /// Makes the associations of an add-on be those, and says their ARNs.
    pub(super) fn set_addon_identities(
        &mut self,
        cluster: &str,
        owner_arn: &str,
        namespace: &str,
        wanted: &[AddonPodIdentityAssociations],
    ) -> Answer<Vec<String>> {
        for identity in wanted {
            self.check_pod_role(&identity.role_arn)?;
        }
        let held = self.active(cluster)?;
        held.identities
            .retain(|_, identity| identity.owner_arn.as_deref() != Some(owner_arn));
        let mut arns = Vec::new();
        for identity in wanted {
            let made = self.new_identity(
                cluster,
                namespace,
                &identity.service_account,
                &identity.role_arn,
                Some(owner_arn.to_owned()),
            )?;
            arns.push(made.association_arn.clone());
            self.active(cluster)?
                .identities
                .insert(made.association_id.clone(), made);
        }
        Ok(arns)
    }

    fn identity(&mut self, cluster: &str, id: &str) -> Answer<&mut PodIdentityAssociation> {
        self.cluster_mut(cluster)?
            .identities
            .get_mut(id)
            .ok_or_else(|| missing(id))
    }

    pub(super) fn describe_pod_identity_association(
        &mut self,
        input: DescribePodIdentityAssociation,
    ) -> Answer<PodIdentityAssociation> {
        self.identity(&input.cluster_name, &input.association_id)
            .map(|identity| identity.clone())
    }

    pub(super) fn list_pod_identity_associations(
        &mut self,
        input: ListPodIdentityAssociations,
    ) -> Answer<Vec<PodIdentityAssociationSummary>> {
        let asked = |identity: &&PodIdentityAssociation| {
            let is =
                |asked: &Option<String>, value: &str| asked.as_deref().is_none_or(|asked| asked == value);
            is(&input.namespace, &identity.namespace) && is(&input.service_account, &identity.service_account)
        };
        let summary = |identity: &PodIdentityAssociation| PodIdentityAssociationSummary {
            namespace: identity.namespace.clone(),
            service_account: identity.service_account.clone(),
            association_arn: identity.association_arn.clone(),
            association_id: identity.association_id.clone(),
            owner_arn: identity.owner_arn.clone(),
        };
        let cluster = self.cluster(&input.cluster_name)?;
        Ok(cluster.identities.values().filter(asked).map(summary).collect())
    }

    pub(super) fn update_pod_identity_association(
        &mut self,
        input: UpdatePodIdentityAssociation,
    ) -> Answer<PodIdentityAssociation> {
        if let Some(arn) = &input.role_arn {
            self.check_pod_role(arn)?;
        }
        let now = self.now;
        let identity = self.identity(&input.cluster_name, &input.association_id)?;
        if identity.owner_arn.is_some() {
            return Err(invalid(
                "An association of an add-on is changed through the add-on",
            ));
        }
        if let Some(arn) = input.role_arn {
            identity.role_arn = arn;
        }
        if let Some(off) = input.disable_session_tags {
            identity.disable_session_tags = Some(off);
        }
        if input.target_role_arn.is_some() {
            identity.target_role_arn = input.target_role_arn;
        }
        if input.policy.is_some() {
            identity.policy = input.policy;
        }
        identity.modified_at = now;
        Ok(identity.clone())
    }

    pub(super) fn delete_pod_identity_association(
        &mut self,
        input: DeletePodIdentityAssociation,
    ) -> Answer<PodIdentityAssociation> {
        let id = &input.association_id;
        if self.identity(&input.cluster_name, id)?.owner_arn.is_some() {
            return Err(invalid("An association of an add-on is deleted with the add-on"));
        }
        let held = self.cluster_mut(&input.cluster_name)?;
        held.identities.remove(id).ok_or_else(|| missing(id))
    }

    pub(super) fn describe_addon_configuration(
        &mut self,
        input: DescribeAddonConfiguration,
    ) -> Answer<Vec<AddonPodIdentityConfiguration>> {
        let known = Catalog::builtin().addon_identities(&input.addon_name);
        Ok(known
            .map(|identity| AddonPodIdentityConfiguration {
                service_account: identity.service_account.to_owned(),
                recommended_managed_policies: identity.policies().map(str::to_owned).collect(),
            })
            .collect())
    }
}
