//! One canonical form of a cluster's objects: the yardstick between the sandbox, AWS, emulators and eksctl.
//!
//! Two accounts hold the same cluster exactly if their inventories are equal. References are `${Key.Attribute}`; what
//! follows from something else that is shown is left out, and so are the tags by which a tool knows its own.

use crate::{
    desired::Desired,
    key::Key,
    objects::{Manifest, Spec},
    observed::Observed,
    text::{Attribute, Hole, Piece, Text, map_texts},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Every object of a cluster, sorted by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// The version of this form: 1.
    pub version: u32,
    /// The cluster's name.
    pub cluster: String,
    /// Its region.
    pub region: String,
    /// Its objects.
    pub objects: Vec<Entry>,
}

/// An object of an inventory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its key.
    pub id: Key,
    /// Its type, as CloudFormation names it, or `v1/ServiceAccount`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Every property that someone chose.
    pub properties: Value,
}

impl Inventory {
    /// What should be there.
    pub fn of_desired(desired: &Desired) -> Self {
        let specs = desired.objects.iter().map(|(key, wanted)| (key, &wanted.spec));
        Self::new(&desired.cluster, &desired.region, specs.collect())
    }

    /// What is there, but for what AWS makes by itself: nobody chose that.
    pub fn of_observed(observed: &Observed) -> Self {
        let observed = observed.with_holes();
        let specs = observed.made().map(|(key, object)| (key, &object.spec));
        Self::new(&observed.cluster, &observed.region, specs.collect())
    }

    fn new(cluster: &str, region: &str, specs: Vec<(&Key, &Spec)>) -> Self {
        let has_egress = |group: &Key| {
            specs
                .iter()
                .any(|(_, spec)| matches!(spec, Spec::EgressRule(rule) if rule.group_id == Text::id(group)))
        };
        let entry = |(key, spec): &(&Key, &Spec)| Entry {
            id: (*key).clone(),
            type_name: spec.type_name(),
            properties: canonical(spec, has_egress(key)),
        };
        let mut objects: Vec<Entry> = specs.iter().map(entry).collect();
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            version: 1,
            cluster: cluster.to_owned(),
            region: region.to_owned(),
            objects,
        }
    }
}

/// The properties of an object in canonical form.
fn canonical(spec: &Spec, has_egress: bool) -> Value {
    let mut properties = match spec {
        Spec::Manifest(manifest) => kubernetes(manifest),
        spec => spec.properties(),
    };
    properties = map_texts(&properties, &shown);
    if let Value::Object(entries) = &mut properties {
        match spec {
            // A group with egress rules of its own has lost the rule that it was born with, as CloudFormation does it.
            Spec::SecurityGroup(group) if group.default_egress == has_egress => {
                entries.insert("DefaultEgress".to_owned(), Value::Bool(group.default_egress));
            }
            Spec::SecurityGroup(_) => {
                entries.remove("DefaultEgress");
            }
            Spec::AutoScalingGroup(group) => {
                let template = &group.launch_template;
                let latest = template.launch_template_id.as_hole().map(|hole| Hole {
                    key: hole.key.clone(),
                    attribute: Attribute::LatestVersionNumber,
                });
                if template.version.as_hole() == latest.as_ref()
                    && let Some(Value::Object(reference)) = entries.get_mut("LaunchTemplate")
                {
                    reference.remove("Version");
                }
                into_policy(entries);
            }
            Spec::Nodegroup(group) => {
                let newest = group.launch_template.version.as_ref().and_then(Text::as_hole);
                if newest.is_some_and(|hole| hole.attribute == Attribute::LatestVersionNumber)
                    && let Some(Value::Object(reference)) = entries.get_mut("LaunchTemplate")
                {
                    reference.remove("Version");
                }
            }
            Spec::LaunchTemplate(template) => {
                if let Some(Value::Object(data)) = entries.get_mut("LaunchTemplateData") {
                    let text = shown(template.launch_template_data.user_data.text.clone());
                    data.insert("UserData".to_owned(), Value::String(text));
                    leave_out_tags(data.get_mut("TagSpecifications"), true);
                    data.retain(|_, value| !is_empty(value));
                }
            }
            Spec::Manifest(manifest) if manifest.is_aws_auth() => read_lists(entries),
            _ => {}
        }
        leave_out_tags(entries.get_mut("Tags"), false);
        entries.retain(|_, value| !is_empty(value));
    }
    properties
}

/// CloudFormation has the template of a group of several types inside the policy of these types.
fn into_policy(entries: &mut Map<String, Value>) {
    let Some(Value::Object(policy)) = entries.get("MixedInstancesPolicy").cloned() else {
        return;
    };
    let specification = entries.remove("LaunchTemplate").unwrap_or_default();
    let overrides = policy.get("Overrides").cloned().unwrap_or_default();
    let template = serde_json::json!({"LaunchTemplateSpecification": specification, "Overrides": overrides});
    let mut whole = policy;
    whole.remove("Overrides");
    whole.retain(|_, value| !is_empty(value));
    whole.insert("LaunchTemplate".to_owned(), template);
    entries.insert("MixedInstancesPolicy".to_owned(), Value::Object(whole));
}

/// A text as an inventory shows it. The provider's ARN is made of the account and the issuer, and shown as that.
fn shown(text: Text) -> String {
    let provider = Hole {
        key: Key::OIDC_PROVIDER,
        attribute: Attribute::Arn,
    };
    let issuer = || Text::hole(&Key::CONTROL_PLANE, Attribute::OpenIdConnectIssuer);
    let pieces = text
        .pieces()
        .iter()
        .fold(Text::default(), |shown, piece| match piece {
            Piece::Hole(hole) if *hole == provider => shown
                .then("arn:aws:iam::${AccountId}:oidc-provider/")
                .then(issuer()),
            // Paths are no part of an inventory.
            Piece::Hole(hole) if hole.attribute == Attribute::PlainArn => shown.then(Text::arn(&hole.key)),
            Piece::Hole(hole) => shown.then(Text::hole(&hole.key, hole.attribute)),
            Piece::Literal(literal) => shown.then(literal.as_str()),
        });
    pieces.to_string()
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

/// Tags by which a tool knows its own, and the name that it gave: `Name`, `lb/...`.
fn leave_out_tags(tags: Option<&mut Value>, by_resource: bool) {
    let Some(Value::Object(tags)) = tags else { return };
    if by_resource {
        tags.values_mut()
            .for_each(|tags| leave_out_tags(Some(tags), false));
        tags.retain(|_, tags| !is_empty(tags));
    } else {
        tags.retain(|key, _| key != "Name" && !key.starts_with("lb/"));
    }
}

/// A Kubernetes object without what its type and id say already.
fn kubernetes(manifest: &Manifest) -> Value {
    let mut whole = manifest.manifest();
    if let Value::Object(entries) = &mut whole {
        entries.remove("apiVersion");
        entries.remove("kind");
        if let Some(Value::Object(metadata)) = entries.get_mut("metadata") {
            metadata.remove("name");
            metadata.remove("namespace");
        }
    }
    whole
}

/// The lists of `aws-auth`, which it holds as text.
fn read_lists(entries: &mut Map<String, Value>) {
    let Some(Value::Object(data)) = entries.get_mut("data") else {
        return;
    };
    for value in data.values_mut() {
        if let Some(list) = value.as_str().and_then(lb_model::reader::value) {
            *value = list;
        }
    }
    data.retain(|_, list| list.as_array().is_none_or(|list| !list.is_empty()));
}
