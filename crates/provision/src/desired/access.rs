//! Who may use the cluster: access entries, and `aws-auth` in mode `CONFIG_MAP`.

use super::{Build, eks::authentication_mode, nodes::NodeRole};
use crate::{
    key::Key,
    names::plain_arn,
    objects::{AccessEntry, AccessPolicy, AccessScope, Manifest},
    support,
    text::{Attribute, Text},
};
use lb_model::{
    config::{self, IAMIdentityMapping, OrEmpty},
    path::Path,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ADMIN_POLICY: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
/// Beginnings of user names that EKS keeps for itself.
const RESERVED_NAMES: [&str; 5] = ["system:", "eks:", "aws:", "amazon:", "iam:"];

impl Build<'_> {
    pub(super) fn access(
        &mut self,
        access: &config::AccessConfig,
        mappings: &[IAMIdentityMapping],
        nodes: &[NodeRole],
    ) {
        let config::AccessConfig {
            authentication_mode: _,
            bootstrap_cluster_creator_admin_permissions: _,
            access_entries,
        } = access;
        if authentication_mode(access) == "CONFIG_MAP" {
            return self.aws_auth(mappings, nodes);
        }
        for (index, entry) in access_entries.iter().enumerate() {
            let path = Path::root().key("accessConfig").key("accessEntries").index(index);
            self.access_entry(entry, path);
        }
        for (index, mapping) in mappings.iter().enumerate() {
            let path = Path::root().key("iamIdentityMappings").index(index);
            match entry_of(mapping) {
                Ok((arn, entry)) => self.mapped_entry(&arn, entry, path),
                Err((key, message)) => {
                    let help = "describe the principal in `accessConfig.accessEntries`, or use `authenticationMode: CONFIG_MAP`";
                    self.refuse(
                        support::MAPPING,
                        key.map_or(path.clone(), |key| path.key(key)),
                        message,
                        help,
                    );
                }
            }
        }
    }

    fn access_entry(&mut self, entry: &config::AccessEntry, path: Path) {
        let config::AccessEntry {
            principal_arn,
            r#type,
            kubernetes_groups,
            kubernetes_username,
            access_policies,
        } = entry;
        let arn = principal_arn.or_empty();
        let entry = AccessEntry {
            cluster_name: self.desired.cluster.clone(),
            principal_arn: Text::from(arn),
            r#type: r#type
                .clone()
                .filter(|kind| !kind.is_empty() && kind != "STANDARD"),
            username: kubernetes_username.clone().filter(|name| !name.is_empty()),
            kubernetes_groups: kubernetes_groups.iter().cloned().collect(),
            access_policies: access_policies.iter().map(access_policy).collect(),
            tags: self.tags.clone(),
        };
        self.principal_entry(arn, entry, path);
    }

    fn mapped_entry(&mut self, arn: &str, mut entry: AccessEntry, path: Path) {
        entry.cluster_name.clone_from(&self.desired.cluster);
        entry.tags.clone_from(&self.tags);
        let present = self
            .desired
            .objects
            .get(&Key::access_entry(arn))
            .map(|wanted| &wanted.spec);
        match present {
            Some(crate::objects::Spec::AccessEntry(other)) if *other == entry => {}
            Some(_) => {
                let message = format!("`{arn}` is mapped twice, with different users or groups");
                let help = "keep one mapping, with all its groups";
                self.refuse(support::MAPPING, path.key("arn"), message, help);
            }
            None => self.principal_entry(arn, entry, path),
        }
    }

    fn principal_entry(&mut self, arn: &str, entry: AccessEntry, path: Path) {
        let key = Key::access_entry(arn);
        self.desired.principals.insert(key.clone(), path);
        self.add_after(key, entry, [Key::CONTROL_PLANE]);
    }

    /// The ConfigMap as eksctl leaves it: mappings in their order, then node roles.
    fn aws_auth(&mut self, mappings: &[IAMIdentityMapping], nodes: &[NodeRole]) {
        let (mut roles, mut users, mut accounts) = (Vec::new(), Vec::new(), BTreeSet::new());
        for mapping in mappings {
            let IAMIdentityMapping {
                arn,
                username,
                groups,
                account,
                service_name: _,
                namespace: _,
                no_duplicate_arns: _,
            } = mapping;
            if !account.or_empty().is_empty() {
                accounts.insert(account.or_empty().to_owned());
                continue;
            }
            let (list, name) = if arn.or_empty().contains(":user/") {
                (&mut users, "userarn")
            } else {
                (&mut roles, "rolearn")
            };
            let entry = json!({name: Text::from(plain_arn(arn.or_empty())), "username": username.or_empty(), "groups": groups});
            if !list.contains(&entry) {
                list.push(entry);
            }
        }
        let mut seen = BTreeSet::new();
        for arn in nodes
            .iter()
            .map(|node| plain(&node.arn))
            .filter(|arn| seen.insert(arn.clone()))
        {
            roles.push(json!({
                "rolearn": arn,
                "username": "system:node:{{EC2PrivateDNSName}}",
                "groups": ["system:bootstrappers", "system:nodes"],
            }));
        }
        let mut data = Map::new();
        data.insert("mapRoles".to_owned(), list(&roles));
        data.insert("mapUsers".to_owned(), list(&users));
        let accounts: Vec<Value> = accounts.into_iter().map(Value::from).collect();
        data.insert("mapAccounts".to_owned(), list(&accounts));
        let map = Manifest {
            api_version: "v1".to_owned(),
            kind: "ConfigMap".to_owned(),
            name: "aws-auth".to_owned(),
            namespace: Some("kube-system".to_owned()),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            content: Map::from_iter([("data".to_owned(), Value::Object(data))]),
        };
        self.add_after(
            Key::kubernetes(Some("kube-system"), "ConfigMap", "aws-auth"),
            map,
            [Key::CONTROL_PLANE],
        );
    }

    /// The entry that lets nodes of a group join; by the role, or by ARN if the role is not ours.
    pub(super) fn node_entry(&mut self, key: Key, role: &NodeRole) {
        let entry = AccessEntry {
            cluster_name: self.desired.cluster.clone(),
            principal_arn: role.arn.clone(),
            r#type: Some("EC2_LINUX".to_owned()),
            username: None,
            kubernetes_groups: BTreeSet::new(),
            access_policies: BTreeSet::new(),
            tags: role.tags.clone(),
        };
        self.add_after(key, entry, [Key::CONTROL_PLANE]);
    }
}

/// A role's ARN as the map is searched for it: without its path.
fn plain(arn: &Text) -> Text {
    match arn.as_hole() {
        Some(hole) => Text::hole(&hole.key, Attribute::PlainArn),
        None => Text::from(plain_arn(&arn.to_string())),
    }
}

/// A list as a ConfigMap holds it: text. JSON is YAML too; the marks of holes stay marks.
fn list(items: &[Value]) -> Value {
    Value::from(Value::from(items.to_vec()).to_string().replace("\\u0000", "\0"))
}

fn access_policy(policy: &config::AccessPolicy) -> AccessPolicy {
    let config::AccessPolicy {
        policy_arn,
        access_scope,
    } = policy;
    let config::AccessScope { r#type, namespaces } = access_scope.clone().unwrap_or_default();
    AccessPolicy {
        policy_arn: policy_arn.or_empty().to_owned(),
        access_scope: AccessScope {
            r#type: r#type.unwrap_or_else(|| "cluster".to_owned()),
            namespaces: namespaces.into_iter().collect(),
        },
    }
}

/// A mapping as an access entry with its principal, or the key that cannot be one and why.
fn entry_of(mapping: &IAMIdentityMapping) -> Result<(String, AccessEntry), (Option<&'static str>, String)> {
    let IAMIdentityMapping {
        arn,
        username,
        groups,
        account,
        service_name,
        namespace: _,
        no_duplicate_arns: _,
    } = mapping;
    if !account.or_empty().is_empty() {
        return Err((
            Some("account"),
            "a whole account cannot have an access entry".to_owned(),
        ));
    }
    if !service_name.or_empty().is_empty() {
        return Err((
            Some("serviceName"),
            "a service cannot have an access entry".to_owned(),
        ));
    }
    let name = username.or_empty();
    if RESERVED_NAMES.iter().any(|reserved| name.starts_with(reserved)) {
        return Err((
            Some("username"),
            format!("an access entry cannot have the user name `{name}`"),
        ));
    }
    let mut access_policies = BTreeSet::new();
    let mut kubernetes_groups = BTreeSet::new();
    for group in groups {
        match group.as_str() {
            "system:masters" => {
                let access_scope = AccessScope {
                    r#type: "cluster".to_owned(),
                    namespaces: BTreeSet::new(),
                };
                access_policies.insert(AccessPolicy {
                    policy_arn: ADMIN_POLICY.to_owned(),
                    access_scope,
                });
            }
            group if RESERVED_NAMES.iter().any(|reserved| group.starts_with(reserved)) => {
                return Err((
                    Some("groups"),
                    format!("an access entry cannot have the group `{group}`"),
                ));
            }
            group => {
                kubernetes_groups.insert(group.to_owned());
            }
        }
    }
    let entry = AccessEntry {
        cluster_name: String::new(),
        principal_arn: Text::from(arn.or_empty()),
        r#type: None,
        username: (!name.is_empty()).then(|| name.to_owned()),
        kubernetes_groups,
        access_policies,
        tags: BTreeMap::new(),
    };
    Ok((arn.or_empty().to_owned(), entry))
}
