//! IAM policy documents.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A policy document as parsed JSON. What is a set in IAM (actions, resources, principals, values of a condition)
/// is sorted, so that equal policies are equal values; otherwise it stays as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Policy(Value);

impl Policy {
    /// The document, sets sorted. Strings in it are texts in their serialised form.
    pub fn new(document: Value) -> Self {
        let Value::Object(mut entries) = document else {
            return Self(document);
        };
        if let Some(statement) = entries.get_mut("Statement") {
            match statement {
                Value::Array(statements) => statements.iter_mut().for_each(sort_statement),
                one => sort_statement(one),
            }
        }
        Self(Value::Object(entries))
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::new)
    }
}

fn sort_statement(statement: &mut Value) {
    let Value::Object(entries) = statement else { return };
    for key in ["Action", "NotAction", "Resource", "NotResource"] {
        entries.get_mut(key).map(sort_set);
    }
    for key in ["Principal", "NotPrincipal"] {
        entries.get_mut(key).and_then(Value::as_object_mut).map(sort_sets);
    }
    if let Some(Value::Object(operators)) = entries.get_mut("Condition") {
        operators
            .values_mut()
            .filter_map(Value::as_object_mut)
            .for_each(sort_sets);
    }
}

fn sort_sets(entries: &mut Map<String, Value>) {
    entries.values_mut().for_each(sort_set);
}

fn sort_set(value: &mut Value) {
    if let Value::Array(items) = value {
        items.sort_by_key(ToString::to_string);
        items.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_actions_says_nothing() {
        let policy =
            |actions: Value| Policy::new(json!({"Statement": [{"Effect": "Allow", "Action": actions}]}));
        assert_eq!(
            policy(json!(["s3:Put*", "s3:Get*"])),
            policy(json!(["s3:Get*", "s3:Put*"]))
        );
        assert_ne!(policy(json!(["s3:Get*"])), policy(json!(["s3:Put*"])));
    }
}
