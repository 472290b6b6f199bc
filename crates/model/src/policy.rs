//! The IAM policy documents of a config, statement by statement, with the path of every action and resource.

use crate::{
    config::{AnyMap, ClusterConfig, OrEmpty, PodIdentityAssociation},
    path::Path,
};
use serde_json::Value;

/// A policy that the config writes out, in whole.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// Where the document stands.
    pub path: Path,
    /// Whom it gives permissions: the name of a service account, nodegroup or add-on.
    pub owner: &'a str,
    /// The document itself.
    pub document: &'a AnyMap,
}

/// A statement of a policy.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// Where it stands.
    pub path: Path,
    /// Its elements.
    pub elements: &'a AnyMap,
}

/// An action or a resource of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where it stands.
    pub path: Path,
    /// `s3:GetObject`, `arn:aws:s3:::bucket`, `*`.
    pub text: &'a str,
}

/// The policies of service accounts, pod identities, add-ons, nodegroups and capabilities.
pub fn policies(config: &ClusterConfig) -> Vec<Policy<'_>> {
    let root = Path::root();
    let accounts = root.key("iam").key("serviceAccounts");
    let identities = root.key("iam").key("podIdentityAssociations");
    let (addons, capabilities) = (root.key("addons"), root.key("capabilities"));
    let mut found = Vec::new();
    if let Some(iam) = &config.iam {
        for (i, account) in iam.service_accounts.iter().enumerate() {
            let owner = account
                .metadata
                .as_ref()
                .map_or("", |metadata| metadata.name.as_str());
            let path = accounts.index(i).key("attachPolicy");
            found.extend(policy(path, owner, &account.attach_policy));
        }
        found.extend(of_identities(&identities, &iam.pod_identity_associations));
    }
    for (i, addon) in config.addons.iter().enumerate() {
        let path = addons.index(i);
        found.extend(policy(
            path.key("attachPolicy"),
            &addon.name,
            &addon.attach_policy,
        ));
        let identities = addon.pod_identity_associations.as_deref().unwrap_or_default();
        found.extend(of_identities(&path.key("podIdentityAssociations"), identities));
    }
    for group in config.all_node_groups() {
        let path = group.path().key("iam").key("attachPolicy");
        let document = group.iam.as_ref().map(|iam| &iam.attach_policy);
        found.extend(document.and_then(|document| policy(path, group.name, document)));
    }
    for (i, capability) in config.capabilities.iter().enumerate() {
        let path = capabilities.index(i).key("attachPolicy");
        found.extend(policy(path, &capability.name, &capability.attach_policy));
    }
    found
}

fn of_identities<'a>(
    list: &Path,
    identities: &'a [PodIdentityAssociation],
) -> impl Iterator<Item = Policy<'a>> {
    identities.iter().enumerate().filter_map(move |(i, identity)| {
        let owner = identity.service_account_name.or_empty();
        policy(
            list.index(i).key("permissionPolicy"),
            owner,
            &identity.permission_policy,
        )
    })
}

fn policy<'a>(path: Path, owner: &'a str, document: &'a Option<AnyMap>) -> Option<Policy<'a>> {
    document.as_ref().map(|document| Policy {
        path,
        owner,
        document,
    })
}

impl<'a> Policy<'a> {
    /// Its statements; IAM takes a list of them or a single one.
    pub fn statements(&self) -> Vec<Statement<'a>> {
        let path = self.path.key("Statement");
        match self.document.get("Statement") {
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(i, item)| {
                    Some(Statement {
                        path: path.index(i),
                        elements: item.as_object()?,
                    })
                })
                .collect(),
            Some(Value::Object(elements)) => vec![Statement { path, elements }],
            _ => Vec::new(),
        }
    }
}

impl<'a> Statement<'a> {
    /// Its `Action`.
    pub fn actions(&self) -> Vec<Entry<'a>> {
        self.entries("Action")
    }

    /// Its `Resource`.
    pub fn resources(&self) -> Vec<Entry<'a>> {
        self.entries("Resource")
    }

    /// Whether an action is among its actions; wildcards count, case does not, as in IAM.
    pub fn covers(&self, action: &str) -> bool {
        self.actions().iter().any(|entry| glob(entry.text, action))
    }

    /// Whether it denies what it names.
    pub fn denies(&self) -> bool {
        self.elements.get("Effect").and_then(Value::as_str) == Some("Deny")
    }

    /// The texts of an element, which IAM takes as a list or a single text.
    fn entries(&self, element: &str) -> Vec<Entry<'a>> {
        let path = self.path.key(element);
        match self.elements.get(element) {
            Some(Value::String(text)) => vec![Entry { path, text }],
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(i, item)| {
                    Some(Entry {
                        path: path.index(i),
                        text: item.as_str()?,
                    })
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a pattern with `*` and `?` matches a text, in any case of letters.
pub fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == c => {
                p += 1;
                t += 1;
            }
            // Let the last star swallow one character more.
            _ => match &mut star {
                Some((behind, at)) => {
                    *at += 1;
                    (p, t) = (*behind, *at);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_statements_and_texts_read_like_lists() {
        let config: ClusterConfig = crate::testing::config(
            "iam:\n  serviceAccounts:\n  - metadata: {name: a}\n    attachPolicy:\n      Statement:\n        \
             Action: 's3:Get*'\n        Resource: ['x', 'y']\n",
        );
        let policies = policies(&config);
        assert_eq!(policies[0].owner, "a");
        let statement = &policies[0].statements()[0];
        assert!(statement.covers("s3:getobject") && !statement.covers("s3:PutObject"));
        assert_eq!(
            statement.resources()[1].path.to_string(),
            "iam.serviceAccounts[0].attachPolicy.Statement.Resource[1]"
        );
        assert_eq!(
            statement.actions()[0].path.to_string(),
            "iam.serviceAccounts[0].attachPolicy.Statement.Action"
        );
    }

    #[test]
    fn globs() {
        for (pattern, text) in [
            ("*", ""),
            ("s3:*", "s3:GetObject"),
            ("a*b*c", "aXbYbZc"),
            ("?b", "ab"),
            ("a**", "a"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("s3:*", "s3-object-lambda:Get"),
            ("a*b", "abc"),
            ("?", ""),
        ] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }
}
