//! The schema as JSON Schema (draft 7, which the usual editors take), out of the same table as everything else.
//!
//! It refuses nothing that eksctl takes: where eksctl reads a value in any case of letters, so does the schema, and
//! where only eksctl's own rules know whether a field is needed, it is not required here.

use crate::{
    config::ClusterConfig,
    reference::{properties, types},
    scalar::{self, Written},
    schema::{Field, Shape, Type},
};
use serde_json::{Map, Value, json};

/// Fields that the table calls required and eksctl does without, in one form or another.
const NOT_ALWAYS: &[(&str, &str)] = &[
    // Filled by `instanceSelector`.
    ("NodeGroupInstancesDistribution", "instanceTypes"),
    // Both node networks may be said to be empty, and a gateway is only missed with a warning.
    ("RemoteNetworkConfig", "remoteNodeNetworks"),
    ("RemoteNetworkConfig", "vpcGatewayID"),
    // EKS misses them when the cluster exists; eksctl does not look.
    ("FargateProfile", "selectors"),
    ("AccessPolicy", "policyARN"),
    ("AccessPolicy", "accessScope"),
    ("AccessScope", "type"),
];

/// Fields whose values nobody but EKS compares with its list, which grows: shown, not asked for.
const SUGGESTED: &[&str] = &["deletePropagationPolicy", "repairAction", "role"];

/// Fields whose values eksctl compares without case.
const ANY_CASE: &[&str] = &["ipFamily", "provider", "cpuCredits", "amiFamily"];

/// The JSON Schema of a `ClusterConfig`.
pub fn json_schema() -> Value {
    let definitions: Map<String, Value> = types()
        .into_iter()
        .map(|of| (of.name.to_owned(), definition(of)))
        .collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "ClusterConfig",
        "description": "An EKS cluster, as eksctl and lb read it (eksctl.io/v1alpha5)",
        "$ref": reference(ClusterConfig::schema()),
        "definitions": definitions,
    })
}

fn reference(of: &Type) -> String {
    format!("#/definitions/{}", of.name)
}

fn definition(of: &'static Type) -> Value {
    let fields = of.fields.iter();
    let properties: Map<String, Value> = fields
        .clone()
        .map(|field| (field.key.to_owned(), property(field)))
        .collect();
    let required: Vec<&str> = fields
        .filter(|field| field.required && !NOT_ALWAYS.contains(&(of.name, field.key)))
        .map(|field| field.key)
        .collect();
    let mut definition = json!({
        "type": "object",
        "description": of.doc,
        "properties": properties,
        "additionalProperties": of.open,
    });
    if let (Some(entries), false) = (definition.as_object_mut(), required.is_empty()) {
        entries.insert("required".to_owned(), json!(required));
    }
    definition
}

fn property(field: &Field) -> Value {
    let mut about = field.doc.to_owned();
    for (name, text) in properties(field) {
        if ["unit", "default", "source"].contains(&name) && text != "none" {
            about.push_str(&format!("\n{name}: {text}"));
        }
    }
    let mut property = Map::new();
    property.insert("description".to_owned(), about.into());
    let value = if field.values.is_empty() {
        shape(&field.shape)
    } else {
        listed(field)
    };
    match value {
        Value::Object(entries) if !entries.contains_key("$ref") => property.extend(entries),
        // Draft 7 ignores what stands beside a reference.
        other => drop(property.insert("allOf".to_owned(), json!([other]))),
    }
    if let Some(default) = default(field) {
        property.insert("default".to_owned(), default);
    }
    Value::Object(property)
}

/// The default as a value, where it is one and not a sentence.
fn default(field: &Field) -> Option<Value> {
    let text = field.default?;
    let plain = scalar::resolve(text, Written::Plain).ok()?;
    match field.shape {
        Shape::Int if plain.is_i64() => Some(plain),
        Shape::Bool if plain.is_boolean() => Some(plain),
        Shape::Str | Shape::Cidr if !text.contains([' ', ',']) => Some(text.into()),
        _ => None,
    }
}

/// A field with a fixed list of values; its items, if it is a list.
fn listed(field: &Field) -> Value {
    match field.shape {
        Shape::List(_) => json!({"type": "array", "items": one_of(field)}),
        Shape::Int => {
            let numbers: Vec<i64> = field
                .values
                .iter()
                .filter_map(|value| value.parse().ok())
                .collect();
            json!({"type": "integer", "enum": numbers})
        }
        _ => one_of(field),
    }
}

fn one_of(field: &Field) -> Value {
    // Empty is absent to eksctl.
    let values: Vec<&str> = field
        .values
        .iter()
        .copied()
        .chain((!field.required).then_some(""))
        .collect();
    if SUGGESTED.contains(&field.key) {
        return json!({"type": "string", "anyOf": [{"enum": values}, {}]});
    }
    if !ANY_CASE.contains(&field.key) {
        return json!({"type": "string", "enum": values});
    }
    let pattern: Vec<String> = field.values.iter().map(|value| any_case(value)).collect();
    json!({"type": "string", "anyOf": [{"enum": values}, {"pattern": format!("^({})$", pattern.join("|"))}]})
}

/// A pattern that matches a word in any case of letters.
fn any_case(word: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphabetic() {
            format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase())
        } else {
            c.to_string()
        }
    };
    word.chars().map(letter).collect()
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Str => json!({"type": "string"}),
        Shape::Int => json!({"type": "integer"}),
        Shape::Float => json!({"type": "number"}),
        Shape::Bool => json!({"type": "boolean"}),
        Shape::Any => json!({}),
        Shape::AnyMap => json!({"type": "object"}),
        Shape::Cidr => json!({"type": "string", "pattern": "^[0-9A-Fa-f.:]+/[0-9]+$"}),
        Shape::Arn => json!({"type": "string", "pattern": "^arn:([^:]*:){4}"}),
        Shape::List(item) => json!({"type": "array", "items": shape(item)}),
        Shape::Map(value) => json!({"type": "object", "additionalProperties": shape(value)}),
        Shape::Struct(of) => json!({"$ref": reference(of())}),
        Shape::ListOrMap(item, value) => json!({"anyOf": [
            {"type": "array", "items": shape(item)},
            {"type": "object", "additionalProperties": shape(value)},
        ]}),
    }
}
