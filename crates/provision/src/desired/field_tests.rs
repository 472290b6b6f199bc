//! Every field of the schema does something: it gives another desired state, it is refused by its path, or
//! [`crate::support::TABLE`] says why it changes nothing.

use super::{tests::config, *};
use crate::support::{Effect, TABLE, found};
use lb_model::{
    path::Segment,
    schema::{Field, Shape, Type},
};
use serde_json::{Value, json};

/// Configs in which every field has something to act on; a field has to act on one of them.
const BASES: [&str; 5] = [
    r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: us-west-2, version: "1.34"}
availabilityZones: [us-west-2a, us-west-2b, us-west-2c]
iamIdentityMappings:
- {arn: "arn:aws:iam::111122223333:role/b", groups: [system:masters], username: admin}
accessConfig:
  accessEntries:
  - {principalARN: "arn:aws:iam::111122223333:role/c", accessPolicies: [{policyARN: "arn:aws:eks::aws:x/y", accessScope: {type: namespace}}]}
cloudWatch: {clusterLogging: {enableTypes: [api]}}
iam:
  withOIDC: true
  serviceAccounts: [{metadata: {name: d}, attachPolicyARNs: ["arn:aws:iam::aws:policy/x"]}]
  podIdentityAssociations: [{namespace: i, serviceAccountName: j, permissionPolicyARNs: ["arn:aws:iam::aws:policy/x"], permissionPolicy: {a: b}}]
addons: [{name: aws-ebs-csi-driver}]
nodeGroups:
- name: e
  instanceType: t3.large
  taints: [{key: f, value: g, effect: NoSchedule}]
  ssh: {publicKey: ssh-rsa AAAA}
  additionalVolumes: [{volumeName: /dev/xvdb}]
  asgMetricsCollection: [{granularity: 1Minute, metrics: [x]}]
"#,
    r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: us-west-2, version: "1.34"}
nodeGroups: [{name: e, instanceType: t3.large, additionalVolumes: [{volumeName: /dev/xvdb}]}]
"#,
    r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: us-west-2, version: "1.34"}
vpc:
  subnets:
    private: {us-west-2a: {id: subnet-1}, us-west-2b: {cidr: 10.0.0.0/24}}
    public: {us-west-2a: {id: subnet-3}, us-west-2b: {cidr: 10.0.1.0/24}}
nodeGroups: [{name: e, instanceType: t3.large}]
"#,
    r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: us-west-2, version: "1.34"}
nodeGroups: [{name: e, instancesDistribution: {instanceTypes: [t3.large, t3a.large], onDemandPercentageAboveBaseCapacity: 50}}]
"#,
    r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: us-west-2, version: "1.34"}
nodeGroups: [{name: e, instanceType: t3.large, amiFamily: Bottlerocket}]
"#,
];

fn outcome(config: &Value) -> Result<Value, Vec<Problem>> {
    let config: ClusterConfig = serde_json::from_value(config.clone()).unwrap();
    let catalog = Catalog::builtin();
    let facts = AccountFacts::assumed(catalog, "us-west-2");
    desired(&config, &facts, catalog).map(|desired| serde_json::to_value(desired).unwrap())
}

/// The config with the value at `path` replaced; what leads there is made.
fn with(base: &Value, path: &Path, new: &Value) -> Value {
    let mut config = base.clone();
    let mut place = &mut config;
    for segment in path.segments() {
        place = match segment {
            Segment::Key(key) => {
                if !place.is_object() {
                    *place = json!({});
                }
                place
                    .as_object_mut()
                    .unwrap()
                    .entry(key.as_str())
                    .or_insert(Value::Null)
            }
            Segment::Index(index) => {
                if !place.is_array() {
                    *place = json!([]);
                }
                let items = place.as_array_mut().unwrap();
                items.resize_with(items.len().max(index + 1), || Value::Null);
                &mut items[*index]
            }
        };
    }
    *place = new.clone();
    config
}

/// Values that a field may have.
fn samples(field: &Field, shape: &Shape) -> Vec<Value> {
    let texts = [
        "changed",
        "10.1.0.0/16",
        "us-west-2a",
        "ami-0123456789abcdef0",
        "arn:aws:iam::111122223333:role/z",
    ];
    match shape {
        Shape::Str | Shape::Cidr | Shape::Arn | Shape::Any => field
            .values
            .iter()
            .chain(&texts)
            .map(|text| json!(text))
            .collect(),
        Shape::Int => vec![json!(7), json!(4000)],
        Shape::Float => vec![json!(0.5)],
        Shape::Bool => vec![json!(true), json!(false)],
        Shape::AnyMap => vec![json!({"key": "value"})],
        Shape::List(item) => samples(field, item)
            .into_iter()
            .map(|item| json!([item]))
            .collect(),
        Shape::Map(item) => samples(field, item)
            .into_iter()
            .map(|item| json!({"key": item}))
            .collect(),
        Shape::Struct(_) | Shape::ListOrMap(..) => Vec::new(),
    }
}

/// Every field that holds no further fields, with its path.
fn leaves(of: &'static Type, path: &Path, leaf: &mut dyn FnMut(Path, &'static Field)) {
    for field in of.fields {
        let path = path.key(field.key);
        match (field.shape.item_type(), field.shape) {
            (None, _) => leaf(path, field),
            (Some(of), Shape::Struct(_)) => leaves(of, &path, leaf),
            (Some(of), Shape::Map(_)) => leaves(of, &path.key("key"), leaf),
            (Some(of), _) => leaves(of, &path.index(0), leaf),
        }
    }
}

fn is_decided(base: &Value, unchanged: &Value, path: &Path, new: &Value) -> bool {
    let config = with(base, path, new);
    let related = |other: &Path| path.starts_with(other) || other.starts_with(path);
    match outcome(&config) {
        Ok(desired) if desired != *unchanged => true,
        Ok(_) => {
            let silent = TABLE.iter().filter(|row| row.effect == Effect::None);
            silent
                .flat_map(|row| found(row, &config))
                .any(|place| related(&place))
        }
        Err(problems) => problems.iter().any(|problem| match &problem.place {
            Place::Key(place) | Place::Value(place) | Place::Within(place, _) => related(place),
            Place::Text(_) => false,
        }),
    }
}

#[test]
fn no_field_is_ignored_silently() {
    let bases = BASES.map(|text| {
        let base = serde_json::to_value(config(text)).unwrap();
        let unchanged = outcome(&base).unwrap();
        (base, unchanged)
    });
    let (mut fields, mut ignored) = (0, Vec::new());
    leaves(ClusterConfig::schema(), &Path::root(), &mut |path, field| {
        fields += 1;
        let samples = samples(field, &field.shape);
        let decided = |(base, unchanged): &(Value, Value)| {
            samples
                .iter()
                .any(|sample| is_decided(base, unchanged, &path, sample))
        };
        if !bases.iter().any(decided) {
            ignored.push(path.to_string());
        }
    });
    assert!(fields > 300, "{fields}");
    assert!(ignored.is_empty(), "{fields} fields, ignored: {ignored:#?}");
}
