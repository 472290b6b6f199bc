//! EKS add-ons and their roles (eksctl's `addon` package).

use super::{
    Build,
    policies::{self, Named},
    roles::{self, Permissions},
};
use crate::{
    key::Key,
    objects::{Addon, AddonNamespaceConfig},
    support,
    text::Text,
};
use lb_model::{
    config::{self, AddonsConfig, ClusterIAM, OrEmpty},
    path::Path,
};
use std::collections::BTreeSet;

/// Add-ons that every cluster gets (eksctl's `known_addons.go`).
const DEFAULT_ADDONS: [&str; 4] = ["vpc-cni", "kube-proxy", "coredns", METRICS_SERVER];
const METRICS_SERVER: &str = "metrics-server";
/// Regions in which EKS does not offer metrics-server (as there).
const WITHOUT_METRICS_SERVER: [&str; 9] = [
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isof-east-1",
    "us-isof-south-1",
];

/// How add-ons get roles of which the config says nothing.
struct Roles {
    /// Whether there is an OIDC provider to trust.
    with_oidc: bool,
    /// Whether pod identity gives every add-on what EKS recommends.
    recommended: bool,
}

impl Build<'_> {
    pub(super) fn addons(
        &mut self,
        addons: &[config::Addon],
        settings: Option<&AddonsConfig>,
        iam: &ClusterIAM,
    ) {
        let AddonsConfig {
            auto_apply_pod_identity_associations,
            disable_default_addons,
        } = settings.cloned().unwrap_or_default();
        let roles = Roles {
            with_oidc: iam.with_oidc.unwrap_or(false),
            recommended: auto_apply_pod_identity_associations.unwrap_or(false),
        };
        for (index, addon) in addons.iter().enumerate() {
            self.addon(addon, &Path::root().key("addons").index(index), &roles);
        }
        if disable_default_addons.unwrap_or(false) {
            return;
        }
        let offered = !WITHOUT_METRICS_SERVER.contains(&self.desired.region.as_str());
        for name in DEFAULT_ADDONS {
            let listed = addons.iter().any(|addon| addon.name.eq_ignore_ascii_case(name));
            if !listed && (name != METRICS_SERVER || offered) {
                let addon = config::Addon {
                    name: name.to_owned(),
                    ..config::Addon::default()
                };
                self.addon(&addon, &Path::root().key("addons"), &roles);
            }
        }
    }

    fn addon(&mut self, addon: &config::Addon, path: &Path, roles: &Roles) {
        let config::Addon {
            name,
            version,
            tags,
            resolve_conflicts: _,
            pod_identity_associations,
            use_default_pod_identity_associations,
            configuration_values,
            namespace_config,
            // Of a role by the OIDC provider: `described`.
            service_account_role_arn: _,
            attach_policy_arns: _,
            attach_policy: _,
            permissions_boundary: _,
            well_known_policies: _,
            publishers: _,
            types: _,
            owners: _,
        } = addon;
        let Some(addon_version) = self.facts.addon_version(name, version.as_deref()) else {
            let message = format!(
                "add-on `{name}` has no version `{}` for Kubernetes {}",
                version.or_empty(),
                self.version
            );
            let help = "leave `version` out for the default of EKS";
            self.refuse(support::ADDON_VERSION, path.key("version"), message, help);
            return;
        };
        // eksctl's order: associations of the config, a role of the config, recommended associations, a
        // recommended role.
        let asked = pod_identity_associations.as_deref();
        let by_default = roles.recommended || use_default_pod_identity_associations.unwrap_or(false);
        let (mut role, mut identities) = (None, BTreeSet::new());
        if asked.is_some_and(|asked| !asked.is_empty()) {
            identities = self.addon_identities(name, asked);
        } else if let Some(permissions) = described(addon) {
            role = self.addon_role(addon, permissions, roles);
        } else {
            if by_default {
                identities = self.addon_identities(name, None);
            }
            let named = recommended(name);
            if identities.is_empty() && !named.is_empty() {
                let permissions = Permissions {
                    named,
                    boundary: addon.permissions_boundary.as_deref(),
                    ..Permissions::default()
                };
                role = self.addon_role(addon, permissions, roles);
            }
        }
        let namespace = namespace_config
            .as_ref()
            .map(|config| config.namespace.or_empty().to_owned());
        let addon = Addon {
            addon_name: name.clone(),
            addon_version,
            configuration_values: configuration_values.clone().filter(|values| !values.is_empty()),
            service_account_role_arn: role,
            pod_identity_associations: identities,
            namespace_config: namespace
                .filter(|namespace| !namespace.is_empty() && namespace != "kube-system")
                .map(|namespace| AddonNamespaceConfig { namespace }),
            tags: super::plain(tags),
        };
        self.add_after(Key::addon(name, "Addon"), addon, [Key::CONTROL_PLANE]);
    }

    /// The role of an add-on's service account by the OIDC provider: the one that the config names, or one of ours.
    fn addon_role(
        &mut self,
        addon: &config::Addon,
        permissions: Permissions<'_>,
        roles: &Roles,
    ) -> Option<Text> {
        if let Some(arn) = given_role(addon) {
            return Some(Text::from(arn));
        }
        if !roles.with_oidc {
            return None;
        }
        // eksctl knows the service account of vpc-cni only; the others' roles trust every account.
        let name = &addon.name;
        let subject = (name == "vpc-cni").then_some(("kube-system", "aws-node"));
        let trust = roles::trust_service_account(subject, None);
        let tags = self.tags.clone();
        let key = |part: &str| Key::addon(name, part);
        Some(self.role_with_policies(&key, "Role1", trust, permissions, tags))
    }
}

fn given_role(addon: &config::Addon) -> Option<&str> {
    addon
        .service_account_role_arn
        .as_deref()
        .filter(|arn| !arn.is_empty())
}

/// What the config says that the role of an add-on may do; none if it says nothing of one.
fn described(addon: &config::Addon) -> Option<Permissions<'_>> {
    let policies = addon.well_known_policies.as_ref();
    let permissions = Permissions {
        managed: addon.attach_policy_arns.clone(),
        named: policies.map(roles::well_known).unwrap_or_default(),
        inline: addon.attach_policy.as_ref(),
        boundary: addon.permissions_boundary.as_deref(),
        ..Permissions::default()
    };
    let any = given_role(addon).is_some()
        || !permissions.managed.is_empty()
        || !permissions.named.is_empty()
        || permissions.inline.is_some();
    any.then_some(permissions)
}

/// The policies of an add-on that needs IAM and of which the config says nothing (eksctl's `addon/create.go`).
fn recommended(name: &str) -> Vec<Named> {
    match name {
        "vpc-cni" => vec![Named::Managed("AmazonEKS_CNI_Policy")],
        "aws-ebs-csi-driver" => policies::ebs(),
        "aws-efs-csi-driver" => policies::efs_csi_controller(),
        _ => Vec::new(),
    }
}
