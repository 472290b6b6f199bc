//! The field reference: every type and field of the config out of the schema table, for people.

use crate::{
    config::ClusterConfig,
    schema::{Field, Shape, Type},
};
use std::fmt::Write;

/// Every type of the config, each once, in the order in which it is first used.
pub fn types() -> Vec<&'static Type> {
    let mut found = vec![ClusterConfig::schema()];
    let mut next = 0;
    while let Some(of) = found.get(next).copied() {
        for below in of.fields.iter().filter_map(|field| field.shape.item_type()) {
            if !found.iter().any(|known| known.name == below.name) {
                found.push(below);
            }
        }
        next += 1;
    }
    found
}

/// What a path without indices leads to: `nodeGroups.ssh.allow`. Indices are skipped, and `metadata.tags.KEY` is an
/// entry of `metadata.tags`.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// The field that the path names.
    Field(&'static Field),
    /// The path's first key that does not exist, and the type that it was looked for in.
    Unknown {
        /// Which of the path's keys, from 0.
        key: usize,
        /// The type without such a field.
        of: &'static Type,
    },
}

/// Follows a path through the table; `None` for an empty one.
pub fn lookup(path: &str) -> Option<Found> {
    let mut of = ClusterConfig::schema();
    let mut found: Option<&'static Field> = None;
    for (index, key) in keys(path).enumerate() {
        if let Some(field) = found {
            match field.shape.item_type() {
                Some(below) => of = below,
                // Below it are keys of the user's choice, or of somebody else's.
                None => break,
            }
        }
        match of.field(key) {
            Some(field) => found = Some(field),
            None => return Some(Found::Unknown { key: index, of }),
        }
    }
    found.map(Found::Field)
}

/// The keys of a path, without indices.
pub fn keys(path: &str) -> impl Iterator<Item = &str> {
    path.split('.')
        .map(|part| part.split('[').next().unwrap_or(part).trim())
        .filter(|key| !key.is_empty())
}

/// What a shape is, with what is in it: `list of text`, `NodeGroupSSH`.
pub fn shape_in_words(shape: &Shape) -> String {
    match shape {
        Shape::Str => "text".to_owned(),
        Shape::Int => "whole number".to_owned(),
        Shape::Float => "number".to_owned(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Any => "any value".to_owned(),
        Shape::AnyMap => "map of any values".to_owned(),
        Shape::Cidr => "range of addresses, as `192.168.0.0/16`".to_owned(),
        Shape::Arn => "ARN".to_owned(),
        Shape::List(item) => format!("list of {}", shape_in_words(item)),
        Shape::Map(value) => format!("map to {}", shape_in_words(value)),
        Shape::Struct(of) => of().name.to_owned(),
        Shape::ListOrMap(item, value) => {
            format!(
                "list of {}, or map to {}",
                shape_in_words(item),
                shape_in_words(value)
            )
        }
    }
}

/// What is known of a field beside its meaning, each as one phrase: unit, default, allowed values, source.
pub fn properties(field: &Field) -> Vec<(&'static str, String)> {
    let mut found = vec![("type", shape_in_words(&field.shape))];
    if let Some(unit) = field.unit {
        found.push(("unit", unit.to_owned()));
    }
    found.push((
        "default",
        match field.default {
            Some(default) => default.to_owned(),
            None if field.required => "none, it must be written".to_owned(),
            None => "none".to_owned(),
        },
    ));
    if !field.values.is_empty() {
        found.push(("values", format!("`{}`", field.values.join("`, `"))));
    }
    if let Some(source) = field.source {
        found.push(("source", source.to_owned()));
    }
    found
}

/// The whole reference as one page of Markdown.
pub fn markdown() -> String {
    let mut page =
        "# Fields of a ClusterConfig\n\nEvery type and field of `eksctl.io/v1alpha5`, out of the table that \
                    `lb` reads, checks and writes files by. `lb explain PATH` shows one of them.\n"
            .to_owned();
    for of in types() {
        // Writing to a text cannot fail.
        let _ = write!(page, "\n## {}\n\n{}\n\n", of.name, of.doc);
        for field in of.fields {
            let about: Vec<String> = properties(field)
                .into_iter()
                .map(|(name, text)| {
                    if name == "type" {
                        text
                    } else {
                        format!("{name}: {text}")
                    }
                })
                .collect();
            let doc = field.doc.replace("\n\n", "\n").replace('\n', "\n  ");
            let _ = write!(page, "- **`{}`** ({})\n  {doc}\n", field.key, about.join("; "));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_eksctl_is_there_with_meaning_and_source() {
        let types = types();
        let fields = || {
            types
                .iter()
                .flat_map(|of| of.fields.iter().map(move |field| (of.name, field)))
        };
        // eksctl's own JSON schema has the same fields in 89 definitions: 13 of them name what is no struct of ours but a
        // shape (ARNs, ranges, maps, enumerations, free documents) or, the OIDC provider, a struct inside another.
        assert_eq!((types.len(), fields().count()), (76, 422));
        let mut missing = Vec::new();
        for (of, field) in fields() {
            let key = field.key;
            let counts = matches!(field.shape, Shape::Int | Shape::Float) && field.values.is_empty();
            for (what, is_there) in [
                ("meaning", field.doc.len() > 5 && field.doc.contains(' ')),
                ("source", field.source.is_some()),
                ("unit", !counts || field.unit.is_some()),
            ] {
                if !is_there {
                    missing.push(format!("{of}.{key}: no {what}"));
                }
            }
        }
        assert_eq!(missing, [""; 0], "{}", missing.join("\n"));
    }

    #[test]
    fn the_page_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fields.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            page == markdown(),
            "docs/fields.md is old: `UPDATE_DOCS=1 cargo test -p lb-model` writes it again"
        );
    }

    #[test]
    fn paths_lead_to_fields() {
        let key = |path: &str| match lookup(path) {
            Some(Found::Field(field)) => field.key.to_owned(),
            Some(Found::Unknown { key, of }) => format!("{key} of {}", of.name),
            None => String::new(),
        };
        assert_eq!(key("nodeGroups[2].ssh.allow"), "allow");
        assert_eq!(key("metadata.tags.owner"), "tags");
        assert_eq!(key("nodeGroups.taints.key"), "key");
        assert_eq!(key("nodeGroups.maxSzie"), "1 of NodeGroup");
        assert_eq!(key(""), "");
    }
}
