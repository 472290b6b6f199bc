//! The schema as a table: what every type of the config may hold, with its documentation.
//!
//! [`lb_model_derive::Schema`] makes it from the structs of the config. The strict check and its
//! suggestions, the JSON schema, the field reference, the generic form and the help texts all read this one
//! table.

use serde_json::Value;

pub use lb_model_derive::Schema;

/// A map of the config with keys of the user's choice, in the order they are written.
pub type Map<T> = indexmap::IndexMap<String, T>;

/// A struct of the config.
#[derive(Debug)]
pub struct Type {
    /// Its name in Rust, which is eksctl's: `NodeGroupSSH`.
    pub name: &'static str,
    /// What it is for; the first line is the short form.
    pub doc: &'static str,
    /// Whether eksctl ignores keys it does not know here, instead of refusing them.
    pub open: bool,
    /// Its fields, in the order in which they are shown and written.
    pub fields: &'static [Field],
}

impl Type {
    /// The field with this key, in exactly this case.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// One field of a [`Type`].
#[derive(Debug)]
pub struct Field {
    /// The key in the file.
    pub key: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// What it means; the first line is the short form.
    pub doc: &'static str,
    /// What eksctl takes when it is absent, as text.
    pub default: Option<&'static str>,
    /// The unit of a number: `GiB`.
    pub unit: Option<&'static str>,
    /// Every value that is allowed, where that is a fixed list. For the form and the documentation: the rule
    /// that refuses others is eksctl's and has an `EK` code.
    pub values: &'static [&'static str],
    /// The eksctl or AWS fact that it rests on.
    pub source: Option<&'static str>,
    /// Whether it must be written.
    pub required: bool,
}

impl Field {
    /// The first line of the documentation.
    pub fn summary(&self) -> &'static str {
        self.doc.lines().next().unwrap_or(self.doc)
    }
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text.
    Str,
    /// A whole number of 64 bits.
    Int,
    /// A number.
    Float,
    /// Yes or no.
    Bool,
    /// Any value; eksctl passes it on.
    Any,
    /// A map of any values.
    AnyMap,
    /// Text that eksctl parses as a range of addresses while it decodes: `192.168.0.0/16`.
    Cidr,
    /// Text that eksctl parses as an Amazon Resource Name while it decodes.
    Arn,
    /// A list.
    List(&'static Shape),
    /// A map with keys of the user's choice.
    Map(&'static Shape),
    /// A map with the keys of a type.
    Struct(fn() -> &'static Type),
    /// Either a list of the first or a map to the second: `taints` of a nodegroup.
    ListOrMap(&'static Shape, &'static Shape),
}

impl Shape {
    /// The type at this place: of the value itself, or of the items of a list or map.
    pub fn item_type(&self) -> Option<&'static Type> {
        match self {
            Self::Struct(of) => Some(of()),
            Self::List(item) | Self::Map(item) | Self::ListOrMap(item, _) => item.item_type(),
            _ => None,
        }
    }
}

/// A Rust type that has a place in the table.
pub trait Schema {
    /// What its values may be.
    const SHAPE: Shape;
}

impl Schema for String {
    const SHAPE: Shape = Shape::Str;
}

impl Schema for i64 {
    const SHAPE: Shape = Shape::Int;
}

impl Schema for f64 {
    const SHAPE: Shape = Shape::Float;
}

impl Schema for bool {
    const SHAPE: Shape = Shape::Bool;
}

impl Schema for Value {
    const SHAPE: Shape = Shape::Any;
}

impl Schema for serde_json::Map<String, Value> {
    const SHAPE: Shape = Shape::AnyMap;
}

/// Absent is a state of its own for every field, so `Option` adds nothing to the table.
impl<T: Schema> Schema for Option<T> {
    const SHAPE: Shape = T::SHAPE;
}

impl<T: Schema> Schema for Box<T> {
    const SHAPE: Shape = T::SHAPE;
}

impl<T: Schema> Schema for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);
}

impl<T: Schema> Schema for Map<T> {
    const SHAPE: Shape = Shape::Map(&T::SHAPE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};

    /// Example of a pool.
    ///
    /// With a second paragraph.
    #[derive(Schema, Serialize, Deserialize, Default, Clone, Debug, PartialEq)]
    #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
    struct Pool {
        /// Name of the pool.
        #[schema(required, source = "EKS")]
        name: String,
        /// Size of the root volume.
        #[schema(default = "80", unit = "GiB")]
        #[serde(skip_serializing_if = "Option::is_none")]
        volume_size: Option<i64>,
        /// Kind of the root volume.
        #[schema(values("gp2", "gp3"), default = "gp3")]
        r#type: Option<String>,
        /// Role of the nodes.
        #[schema(shape = Arn)]
        #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
        role_arn: Option<String>,
        /// Labels of the nodes.
        labels: Map<String>,
        /// Policy of the role.
        policy: Option<serde_json::Map<String, Value>>,
        /// Pools inside it.
        pools: Vec<Pool>,
    }

    #[test]
    fn keys_are_those_that_serde_writes() {
        let keys: Vec<&str> = Pool::schema().fields.iter().map(|field| field.key).collect();
        let written = serde_json::to_value(Pool {
            volume_size: Some(1),
            role_arn: Some(String::new()),
            ..Pool::default()
        })
        .unwrap();
        assert_eq!(keys, written.as_object().unwrap().keys().collect::<Vec<_>>());
    }

    #[test]
    fn properties_and_documentation_are_in_the_table() {
        let pool = Pool::schema();
        assert_eq!(
            (pool.name, pool.doc),
            ("Pool", "Example of a pool.\n\nWith a second paragraph.")
        );
        let size = pool.field("volumeSize").unwrap();
        assert_eq!(
            (size.default, size.unit, size.required),
            (Some("80"), Some("GiB"), false)
        );
        assert_eq!(size.summary(), "Size of the root volume.");
        assert!(pool.field("name").unwrap().required);
        assert_eq!(pool.field("type").unwrap().values, ["gp2", "gp3"]);
        assert!(pool.field("VolumeSize").is_none());
    }

    #[test]
    fn shapes_follow_the_rust_types() {
        let shape = |key: &str| Pool::schema().field(key).unwrap().shape;
        assert!(matches!(shape("roleARN"), Shape::Arn));
        assert!(matches!(shape("labels"), Shape::Map(Shape::Str)));
        assert!(matches!(shape("policy"), Shape::AnyMap));
        assert!(matches!(shape("pools"), Shape::List(Shape::Struct(_))));
        assert_eq!(shape("pools").item_type().map(|item| item.name), Some("Pool"));
    }
}
