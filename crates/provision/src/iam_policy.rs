//! The smallest IAM policy with which `lb` works: made from the actions in the table of operations, so that a new
//! operation is in it by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::operations::{Access, table};

/// IAM takes a managed policy of so many characters, blanks not counted.
pub const LIMIT: usize = 6144;

/// Services to which `lb` hands roles: EKS the cluster's and add-ons', EC2 the nodes', the pods' by pod identity.
const PASSED_TO: &[&str] = &["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"];
/// Services whose own roles may have to be made in a new account.
const LINKED: &[&str] = &[
    "autoscaling.amazonaws.com",
    "eks-nodegroup.amazonaws.com",
    "eks.amazonaws.com",
    "spot.amazonaws.com",
];

/// What a policy is narrowed to. Empty: `lb`'s clusters in any region of any account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The account's id.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The cluster's name.
    pub cluster: Option<String>,
    /// ARNs of roles that a file names for the cluster or its nodes, beside those that `lb` makes.
    pub roles: BTreeSet<String>,
}

/// What a statement allows, and on what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    sid: &'static str,
    resources: Vec<String>,
    /// Operator, key, values.
    condition: Option<(&'static str, &'static str, Vec<String>)>,
}

impl Scope {
    /// The policy.
    #[must_use]
    pub fn policy(&self) -> Value {
        let mut statements: BTreeMap<Place, BTreeSet<&str>> = BTreeMap::new();
        for info in table() {
            for action in info.actions {
                // The operation's own action reads if the operation does; the others come with a write.
                let reads = info.access == Access::Read || reads(action);
                let place = self.place(action, reads);
                statements.entry(place).or_default().insert(written(action));
            }
        }
        let tagging = self.tagging_at_creation();
        statements.entry(tagging).or_default().insert("ec2:CreateTags");
        let statements: Vec<Value> = statements
            .into_iter()
            .map(|(place, actions)| statement(&place, &actions))
            .collect();
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    fn place(&self, action: &str, reads: bool) -> Place {
        let everywhere = |sid| Place {
            sid,
            resources: vec!["*".to_owned()],
            condition: None,
        };
        let on = |sid, resources: Vec<String>| Place {
            sid,
            resources,
            condition: None,
        };
        let name = action.split_once(':').map_or(action, |(_, name)| name);
        let service = action.split_once(':').map_or("", |(service, _)| service);
        match (service, name) {
            ("iam", "PassRole") => {
                let roles = std::iter::once(self.iam("role")).chain(self.roles.iter().cloned());
                Place {
                    condition: Some(("StringEquals", "iam:PassedToService", owned(PASSED_TO))),
                    ..on("PassRoles", roles.collect())
                }
            }
            ("iam", "CreateServiceLinkedRole") => Place {
                condition: Some(("StringEquals", "iam:AWSServiceName", owned(LINKED))),
                ..on(
                    "MakeServicesOwnRoles",
                    vec![self.arn("iam", "", "role/aws-service-role/*")],
                )
            },
            // For secrets of a cluster: EKS takes the grant in the caller's name.
            ("kms", "CreateGrant") => Place {
                condition: Some(("Bool", "kms:GrantIsForAWSResource", vec!["true".to_owned()])),
                ..everywhere("LetServicesUseKeys")
            },
            _ if reads => everywhere("Read"),
            ("iam", name) if name.contains("OpenIDConnect") => on(
                "ChangeIdentityProviders",
                vec![self.arn(
                    "iam",
                    "",
                    &format!("oidc-provider/oidc.eks.{}.amazonaws.com*", self.region()),
                )],
            ),
            ("iam", name) if name.contains("InstanceProfile") => {
                on("ChangeInstanceProfiles", vec![self.iam("instance-profile")])
            }
            ("iam", _) => on("ChangeRoles", vec![self.iam("role")]),
            // Whatever its kind, what belongs to a cluster has the cluster's name behind it.
            ("eks", _) => {
                let arn = |end: &str| self.arn("eks", &self.region(), &format!("*/{}{end}", self.cluster()));
                on("ChangeClusters", vec![arn(""), arn("/*")])
            }
            ("logs", _) => on(
                "ChangeLogGroups",
                vec![self.arn(
                    "logs",
                    &self.region(),
                    &format!("log-group:/aws/eks/{}/cluster*", self.cluster()),
                )],
            ),
            // Of what is ours: without this, the statement on tags at creation would narrow nothing.
            ("ec2", "CreateTags" | "DeleteTags") => Place {
                condition: Some(("Null", "aws:ResourceTag/lb/cluster", vec!["false".to_owned()])),
                ..everywhere("ChangeTagsOfOurs")
            },
            ("ec2", _) => self.in_region("ChangeNetworkAndTemplates"),
            ("autoscaling", _) => self.in_region("ChangeGroups"),
            _ => self.in_region("ChangeOthers"),
        }
    }

    fn in_region(&self, sid: &'static str) -> Place {
        let region = |region: &String| ("StringEquals", "aws:RequestedRegion", vec![region.clone()]);
        Place {
            sid,
            resources: vec!["*".to_owned()],
            condition: self.region.as_ref().map(region),
        }
    }

    /// Tags of what is made in the same call, and of nothing else.
    fn tagging_at_creation(&self) -> Place {
        let tagged = table().filter(|info| {
            info.service == "ec2"
                && info.actions.contains(&"ec2:CreateTags")
                && info.operation != "CreateTags"
        });
        let names: BTreeSet<String> = tagged
            .map(|info| info.operation.to_owned())
            .chain(["RunInstances".to_owned()])
            .collect();
        Place {
            sid: "TagWhatIsMade",
            resources: vec!["*".to_owned()],
            condition: Some(("StringEquals", "ec2:CreateAction", names.into_iter().collect())),
        }
    }

    /// Roles or instance profiles of `lb`: their path says whose they are.
    fn iam(&self, kind: &str) -> String {
        let path = match (&self.region, &self.cluster) {
            (Some(region), Some(cluster)) => format!("{region}/{cluster}/*"),
            (Some(region), None) => format!("{region}/*"),
            _ => "*".to_owned(),
        };
        self.arn("iam", "", &format!("{kind}/lb/{path}"))
    }

    fn region(&self) -> String {
        self.region.clone().unwrap_or_else(|| "*".to_owned())
    }

    fn cluster(&self) -> &str {
        self.cluster.as_deref().unwrap_or("*")
    }

    fn arn(&self, service: &str, region: &str, resource: &str) -> String {
        let partition = match self.region.as_deref() {
            Some(region) if region.starts_with("cn-") => "aws-cn",
            Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let account = self.account.as_deref().unwrap_or("*");
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// Actions that only look, many of a kind: one by one they leave no room for the rest.
const TOGETHER: [&str; 2] = ["ec2:Describe*", "eks:List*"];

/// How an action is written: with those of its kind, where they are written together.
fn written(action: &'static str) -> &'static str {
    let kind = TOGETHER
        .into_iter()
        .find(|kind| action.starts_with(kind.trim_end_matches('*')));
    kind.unwrap_or(action)
}

/// Whether an action only looks.
fn reads(action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    ["Describe", "Get", "List"]
        .iter()
        .any(|verb| name.starts_with(verb))
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// A list, or its only item.
fn one_or_many(values: &[String]) -> Value {
    match values {
        [one] => json!(one),
        many => json!(many),
    }
}

fn statement(place: &Place, actions: &BTreeSet<&str>) -> Value {
    let mut statement = Map::new();
    statement.insert("Sid".to_owned(), json!(place.sid));
    statement.insert("Effect".to_owned(), json!("Allow"));
    let actions: Vec<String> = actions.iter().map(|action| (*action).to_owned()).collect();
    statement.insert("Action".to_owned(), one_or_many(&actions));
    statement.insert("Resource".to_owned(), one_or_many(&place.resources));
    if let Some((operator, key, values)) = &place.condition {
        let key = json!({ *key: one_or_many(values) });
        statement.insert("Condition".to_owned(), json!({ *operator: key }));
    }
    Value::Object(statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn characters(policy: &Value) -> usize {
        policy.to_string().chars().filter(|c| !c.is_whitespace()).count()
    }

    #[test]
    fn the_document_in_docs_is_the_policy_of_the_table() {
        let policy = serde_json::to_string_pretty(&Scope::default().policy()).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/iam-policy.json");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            policy == written,
            "docs/iam-policy.json is not the policy of the table; `lb iam-policy > docs/iam-policy.json` writes it"
        );
    }

    #[test]
    fn every_action_of_the_table_is_allowed_and_the_whole_fits_into_one_policy() {
        for scope in [Scope::default(), leaderboard()] {
            let policy = scope.policy();
            let text = policy.to_string();
            for action in table().flat_map(|info| info.actions) {
                assert!(text.contains(&format!("\"{}\"", written(action))), "{action}");
            }
            assert!(characters(&policy) <= LIMIT, "{} characters", characters(&policy));
        }
    }

    #[test]
    fn a_cluster_s_policy_reaches_only_its_own_roles() {
        let policy = leaderboard().policy();
        let statements = policy["Statement"].as_array().unwrap();
        let of = |sid: &str| {
            statements
                .iter()
                .find(|statement| statement["Sid"] == sid)
                .unwrap()
        };
        assert_eq!(
            of("ChangeRoles")["Resource"],
            "arn:aws:iam::111122223333:role/lb/us-west-2/leaderboard-20/*"
        );
        assert_eq!(
            of("PassRoles")["Condition"]["StringEquals"]["iam:PassedToService"],
            json!(PASSED_TO)
        );
        let made = &of("TagWhatIsMade")["Condition"]["StringEquals"]["ec2:CreateAction"];
        assert!(made.as_array().unwrap().contains(&json!("CreateVpc")), "{made}");
        assert!(of("ChangeRoles").to_string().contains("iam:CreateRole"));
        assert!(!of("Read").to_string().contains("Create"));
    }

    fn leaderboard() -> Scope {
        Scope {
            account: Some("111122223333".to_owned()),
            region: Some("us-west-2".to_owned()),
            cluster: Some("leaderboard-20".to_owned()),
            roles: BTreeSet::new(),
        }
    }
}
