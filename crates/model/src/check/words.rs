//! What shapes and values are called in a sentence, and what a wrong one may have been meant to be.

use crate::{
    scalar::{self, Written},
    schema::{Shape, Type},
    tree::{Scalar, Style},
};
use serde_json::{Value, json};

/// What an item that is missing or wrong leaves in its list.
pub(super) fn empty(shape: &Shape) -> Value {
    match shape {
        Shape::Str | Shape::Cidr | Shape::Arn => json!(""),
        Shape::Int | Shape::Float => json!(0),
        Shape::Bool => json!(false),
        Shape::Any => Value::Null,
        Shape::List(_) | Shape::ListOrMap(..) => json!([]),
        Shape::AnyMap | Shape::Map(_) | Shape::Struct(_) => json!({}),
    }
}

/// What a shape is called in a sentence.
pub(super) fn describe(shape: &Shape) -> &'static str {
    match shape {
        Shape::Str => "text",
        Shape::Int => "a whole number",
        Shape::Float => "a number",
        Shape::Bool => "`true` or `false`",
        Shape::Any => "any value",
        Shape::Cidr => "a range of addresses",
        Shape::Arn => "an ARN",
        Shape::List(_) => "a list",
        Shape::AnyMap | Shape::Map(_) | Shape::Struct(_) => "a map",
        Shape::ListOrMap(..) => "a list or a map",
    }
}

/// What a scalar is called where it is wrong.
pub(super) fn found(scalar: &Scalar, wanted: &Shape) -> String {
    let text = &scalar.text;
    match &scalar.value {
        Ok(Value::Bool(value)) if text != &value.to_string() => {
            format!("`{text}`, which eksctl reads as `{value}`")
        }
        Ok(Value::Bool(value)) => format!("`{value}` without quotes"),
        Ok(Value::Number(_)) if matches!(wanted, Shape::Int) => format!("`{text}`"),
        Ok(Value::Number(_)) => format!("the number `{text}`"),
        _ if scalar.style == Style::Plain => format!("the text `{text}`"),
        _ if text.contains('\n') => "text of several lines".to_owned(),
        _ => format!("the text `{text}` in quotes"),
    }
}

/// The same value in the type that is wanted, where that is certain, and how to get there.
pub(super) fn retype(scalar: &Scalar, shape: &Shape) -> Option<(String, Value)> {
    let value = scalar.value.as_ref().ok()?;
    let unquoted = || {
        let plain = scalar::resolve(&scalar.text, Written::Plain).ok();
        plain.filter(|_| value.is_string())
    };
    match shape {
        Shape::Str if value.is_number() || value.is_boolean() => Some((
            format!("put it in quotes: `\"{}\"`", scalar.text),
            json!(scalar.text),
        )),
        Shape::Int => unquoted()
            .filter(Value::is_i64)
            .map(|value| ("remove the quotes".to_owned(), value)),
        Shape::Float => unquoted()
            .filter(Value::is_number)
            .map(|value| ("remove the quotes".to_owned(), value)),
        Shape::Bool => unquoted()
            .filter(Value::is_boolean)
            .map(|value| ("remove the quotes".to_owned(), value)),
        Shape::List(Shape::Str) if value.is_string() => Some((
            format!("write it as an item: `- {}`", scalar.text),
            json!([value]),
        )),
        _ => None,
    }
}

/// Where else a key may belong.
pub(super) fn home_of(name: &str, of: &'static Type) -> String {
    let home = of.fields.iter().find(|field| {
        field
            .shape
            .item_type()
            .is_some_and(|below| below.field(name).is_some())
    });
    match home {
        Some(home) => format!("it belongs below `{}`; check the indentation", home.key),
        None => "remove it, or check the indentation".to_owned(),
    }
}
