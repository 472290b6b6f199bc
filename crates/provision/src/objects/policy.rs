//! IAM policy documents.

use crate::text::Text;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A policy document as parsed JSON, in one form: what is a set in IAM (actions, resources, principals) is a sorted
/// list even if it has one member, so that equal policies are equal values. Otherwise it stays as written.
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
            if statement.is_object() {
                *statement = Value::Array(vec![statement.take()]);
            }
            statement
                .as_array_mut()
                .into_iter()
                .flatten()
                .for_each(sort_statement);
        }
        Self(Value::Object(entries))
    }

    /// The document in its JSON form, as IAM gives it back. What is no JSON stays one string.
    #[must_use]
    pub fn parse(document: &str) -> Self {
        let parsed = serde_json::from_str(document).unwrap_or_else(|_| Value::from(document));
        Self::new(crate::text::map_texts(&parsed, &|text| {
            Text::from(text.to_string()).encode()
        }))
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
        if let Some(set) = entries.get_mut(key) {
            list_set(set);
        }
    }
    for key in ["Principal", "NotPrincipal"] {
        if let Some(Value::Object(sets)) = entries.get_mut(key) {
            sets.values_mut().for_each(list_set);
        }
    }
    if let Some(Value::Object(operators)) = entries.get_mut("Condition") {
        operators
            .values_mut()
            .filter_map(Value::as_object_mut)
            .for_each(sort_sets);
    }
}

fn list_set(value: &mut Value) {
    if value.is_string() {
        *value = Value::Array(vec![value.take()]);
    }
    sort_set(value);
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
        assert_eq!(policy(json!("s3:Get*")), policy(json!(["s3:Get*"])));
    }
}
