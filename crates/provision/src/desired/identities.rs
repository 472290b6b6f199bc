//! Pod identity associations (eksctl's `podidentityassociation` package).

use super::{
    Build,
    roles::{Permissions, trust_services, well_known},
};
use crate::{
    key::Key,
    objects::{AddonPodIdentity, PodIdentityAssociation, Tags},
    text::Text,
};
use lb_model::{
    config::{self, OrEmpty},
    schema::Map,
};
use std::collections::BTreeSet;

/// Text that says something.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

impl Build<'_> {
    pub(super) fn pod_identities(&mut self, associations: &[config::PodIdentityAssociation]) {
        for association in associations {
            self.pod_identity(association);
        }
    }

    fn pod_identity(&mut self, association: &config::PodIdentityAssociation) {
        let config::PodIdentityAssociation {
            namespace,
            service_account_name,
            create_service_account,
            tags,
            target_role_arn,
            disable_session_tags,
            policy,
            // Of the role.
            role_arn: _,
            role_name: _,
            permissions_boundary_arn: _,
            permission_policy_arns: _,
            permission_policy_name: _,
            permission_policy: _,
            well_known_policies: _,
        } = association;
        let (namespace, name) = (namespace.or_empty(), service_account_name.or_empty());
        let key = |part: &str| Key::pod_identity(namespace, name, part);
        let tags = tags.clone().unwrap_or_default();
        let role_tags = self.tags_and(&tags);
        let role_arn = self.pod_role(association, &key, role_tags);
        let mut after = vec![Key::CONTROL_PLANE];
        if create_service_account.unwrap_or(false) {
            let none = Map::default();
            self.kubernetes_service_account(namespace, name, &none, &none, None);
            after.push(Key::kubernetes(Some(namespace), "ServiceAccount", name));
        }
        let association = PodIdentityAssociation {
            namespace: namespace.to_owned(),
            service_account: name.to_owned(),
            role_arn,
            target_role_arn: given(target_role_arn).map(str::to_owned),
            disable_session_tags: disable_session_tags.unwrap_or(false),
            policy: given(policy).map(str::to_owned),
            tags: super::plain(&tags),
        };
        self.add_after(key("Association"), association, after);
    }

    /// The role of the pods, by ARN: the one that the config names, or one of ours.
    fn pod_role(
        &mut self,
        association: &config::PodIdentityAssociation,
        key: &dyn Fn(&str) -> Key,
        tags: Tags,
    ) -> Text {
        if let Some(arn) = given(&association.role_arn) {
            return Text::from(arn);
        }
        let policies = association.well_known_policies.as_ref();
        let permissions = Permissions {
            managed: association.permission_policy_arns.clone(),
            named: policies.map(well_known).unwrap_or_default(),
            inline: association.permission_policy.as_ref(),
            inline_name: given(&association.permission_policy_name),
            boundary: given(&association.permissions_boundary_arn),
            role_name: given(&association.role_name),
        };
        let trust = trust_services(&["pods.eks.amazonaws.com"], &["sts:AssumeRole", "sts:TagSession"]);
        self.role_with_policies(key, "Role1", trust, permissions, tags)
    }

    /// The roles of an add-on's service accounts: those that the config names, or those that EKS recommends.
    pub(super) fn addon_identities(
        &mut self,
        addon: &str,
        asked: Option<&[config::PodIdentityAssociation]>,
    ) -> BTreeSet<AddonPodIdentity> {
        let recommended = || {
            let known = self.facts.addon_identities(addon, self.catalog).into_iter();
            let association = known.map(|identity| config::PodIdentityAssociation {
                service_account_name: Some(identity.service_account),
                permission_policy_arns: identity.policies,
                ..config::PodIdentityAssociation::default()
            });
            association.collect()
        };
        let wanted = asked.map_or_else(recommended, <[_]>::to_vec);
        let mut identities = BTreeSet::new();
        for association in wanted {
            let account = association.service_account_name.or_empty().to_owned();
            let owner = format!("{addon}-podidentityrole-{account}");
            let tags = self.tags_and(&association.tags.clone().unwrap_or_default());
            let role_arn = self.pod_role(&association, &|part| Key::addon(&owner, part), tags);
            identities.insert(AddonPodIdentity {
                service_account: account,
                role_arn,
            });
        }
        identities
    }
}
