//! Where a config asks for an object.

use super::Desired;
use crate::key::Key;
use lb_model::{
    config::{ClusterConfig, OrEmpty as _},
    path::Path,
};

impl Desired {
    /// The value of the config that an object is made for; `None` for what the defaults ask for and the config does not
    /// name.
    pub fn origin(&self, key: &Key, config: &ClusterConfig) -> Option<Path> {
        if let Some(path) = self.principals.get(key) {
            return Some(path.clone());
        }
        let root = Path::root();
        if let Some(name) = key.nodegroup_name() {
            return Some(config.all_node_groups().find(|group| group.name == name)?.path());
        }
        let (kind, rest) = key.as_str().split_once(':').unwrap_or((key.as_str(), ""));
        let iam = config.iam.as_ref();
        let owner = rest.rsplit_once('/').map_or(rest, |(owner, _)| owner);
        match kind {
            "irsa" => service_account(config, owner),
            "k8s" => {
                let (namespace, rest) = rest.split_once('/')?;
                let name = rest.strip_prefix("ServiceAccount/")?;
                service_account(config, &format!("{namespace}/{name}"))
            }
            "podidentity" => {
                let all = &iam?.pod_identity_associations;
                let index = all.iter().position(|own| {
                    let (namespace, name) = (own.namespace.or_empty(), own.service_account_name.or_empty());
                    format!("{namespace}-{name}") == owner
                })?;
                Some(root.key("iam").key("podIdentityAssociations").index(index))
            }
            "addon" => {
                let all = &config.addons;
                let index = all
                    .iter()
                    .position(|addon| addon.name.eq_ignore_ascii_case(owner))?;
                Some(root.key("addons").index(index))
            }
            _ if *key == Key::CONTROL_PLANE => Some(root.key("metadata")),
            _ if *key == Key::OIDC_PROVIDER => Some(root.key("iam").key("withOIDC")),
            _ if *key == Key::LOG_GROUP => Some(root.key("cloudWatch")),
            _ if *key == Key::VPC && config.vpc.is_some() => Some(root.key("vpc")),
            _ => None,
        }
    }
}

/// The service account `namespace/name` of the config.
fn service_account(config: &ClusterConfig, called: &str) -> Option<Path> {
    let all = &config.iam.as_ref()?.service_accounts;
    let index = all.iter().position(|account| {
        let meta = account.metadata.clone().unwrap_or_default();
        let namespace = match meta.namespace.or_empty() {
            "" => "default",
            named => named,
        };
        format!("{namespace}/{}", meta.name) == called
    })?;
    Some(Path::root().key("iam").key("serviceAccounts").index(index))
}

#[cfg(test)]
mod tests {
    use crate::{desired, facts::AccountFacts};
    use lb_model::catalog::Catalog;

    #[test]
    fn what_the_config_names_leads_back_to_it() {
        let config = desired::tests::config(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-west-2, version: '1.35'}\n\
             iam:\n  withOIDC: true\n  serviceAccounts:\n  - metadata: {name: worker}\n    wellKnownPolicies: {autoScaler: true}\n\
             \x20 podIdentityAssociations:\n  - {namespace: jobs, serviceAccountName: up, permissionPolicyARNs: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}\n\
             iamIdentityMappings:\n- {arn: 'arn:aws:iam::111122223333:role/x', username: x, groups: [g]}\n\
             addons: [{name: vpc-cni}]\nnodeGroups: [{name: g, instanceType: t3.large}]\n",
        );
        let catalog = Catalog::builtin();
        let facts = AccountFacts::assumed(catalog, "us-west-2");
        let desired = desired::desired(&config, &facts, catalog).unwrap();
        let leads: Vec<(String, String)> = desired
            .objects
            .keys()
            .filter_map(|key| Some((key.to_string(), desired.origin(key, &config)?.to_string())))
            .collect();
        let to = |key: &str| {
            let found = leads.iter().find(|(other, _)| other == key);
            found.map(|(_, path)| path.as_str())
        };
        assert_eq!(to("ng:g/NodeGroup"), Some("nodeGroups[0]"));
        assert_eq!(to("irsa:default/worker/Role1"), Some("iam.serviceAccounts[0]"));
        assert_eq!(
            to("k8s:default/ServiceAccount/worker"),
            Some("iam.serviceAccounts[0]")
        );
        assert_eq!(to("addon:vpc-cni/Addon"), Some("addons[0]"));
        assert_eq!(to("addon:coredns/Addon"), None);
        assert_eq!(to("ControlPlane"), Some("metadata"));
        assert_eq!(to("VPC"), None);
        let mapped = leads
            .iter()
            .any(|(_, path)| path.starts_with("iamIdentityMappings[0]"));
        let pods = leads
            .iter()
            .any(|(_, path)| path == "iam.podIdentityAssociations[0]");
        assert!(mapped && pods, "{leads:?}");
    }
}
