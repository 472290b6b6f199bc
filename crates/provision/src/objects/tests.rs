use super::*;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::{collections::BTreeMap, fmt};

/// Asks a type for the names of its fields, the way any deserialiser learns them.
struct Fields<'a>(&'a mut Vec<&'static str>);

#[derive(Debug)]
struct Asked;

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("asked")
    }
}

impl std::error::Error for Asked {}

impl de::Error for Asked {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Asked;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Asked> {
        self.0.extend(fields);
        Err(Asked)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
        Err(Asked)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

pub(super) fn fields<T: for<'de> Deserialize<'de>>() -> Vec<&'static str> {
    let mut fields = Vec::new();
    assert!(T::deserialize(Fields(&mut fields)).is_err());
    fields
}

/// Every property of a kind has its row, and every row its property.
fn check(
    kind: &str,
    fields: &[&'static str],
    table: &[Property],
    nested: &BTreeMap<&str, Vec<&'static str>>,
) {
    let has_row = |path: &str| table.iter().any(|row| row.name == path);
    assert!(!fields.is_empty(), "{kind}");
    for field in fields {
        let parts = nested.get(field);
        let all_parts =
            parts.is_some_and(|parts| parts.iter().all(|part| has_row(&format!("{field}.{part}"))));
        assert!(has_row(field) || all_parts, "{kind} has no row for {field}");
    }
    for row in table {
        let (field, part) = row
            .name
            .split_once('.')
            .map_or((row.name, None), |(field, part)| (field, Some(part)));
        assert!(fields.contains(&field), "{kind} has no property {}", row.name);
        let known = part.is_none_or(|part| nested.get(field).is_some_and(|parts| parts.contains(&part)));
        assert!(known, "{kind} has no property {}", row.name);
    }
}

#[test]
fn every_property_says_how_it_changes() {
    let none = BTreeMap::new();
    let of_cluster = BTreeMap::from([
        ("ResourcesVpcConfig", fields::<ResourcesVpcConfig>()),
        ("AccessConfig", fields::<AccessConfig>()),
    ]);
    let of_nodegroup = BTreeMap::from([
        ("ScalingConfig", fields::<ScalingConfig>()),
        ("LaunchTemplate", fields::<TemplateVersion>()),
    ]);
    for (kind, fields, table) in KINDS {
        let nested = match *kind {
            "Cluster" => &of_cluster,
            "Nodegroup" => &of_nodegroup,
            _ => &none,
        };
        check(kind, &fields(), table, nested);
    }
}

#[test]
fn a_part_is_as_its_own_row_or_as_the_whole() {
    let spec = Spec::from(Cluster {
        name: "c".to_owned(),
        version: "1.35".to_owned(),
        role_arn: Text::arn(&crate::key::Key::SERVICE_ROLE),
        resources_vpc_config: ResourcesVpcConfig {
            subnet_ids: BTreeSet::new(),
            security_group_ids: BTreeSet::new(),
            endpoint_public_access: true,
            endpoint_private_access: false,
            public_access_cidrs: BTreeSet::new(),
        },
        access_config: AccessConfig {
            authentication_mode: "API".to_owned(),
            bootstrap_cluster_creator_admin_permissions: true,
        },
        kubernetes_network_config: None,
        encryption_config: Vec::new(),
        logging: None,
        upgrade_policy: None,
        zonal_shift_config: None,
        deletion_protection: false,
        tags: Tags::new(),
    });
    let change = |path| spec.property(path).map(|row| row.change);
    assert_eq!(change("ResourcesVpcConfig.SubnetIds"), Some(Change::InPlace));
    assert_eq!(
        change("AccessConfig.BootstrapClusterCreatorAdminPermissions"),
        Some(Change::Never)
    );
    assert_eq!(change("Version"), Some(Change::InPlace));
    assert_eq!(change("Versions"), None);
}

#[test]
fn holes_are_found_and_filled_anywhere_in_a_spec() {
    use crate::{key::Key, text::Attribute};
    let issuer = Text::hole(&Key::CONTROL_PLANE, Attribute::OpenIdConnectIssuer);
    let condition = issuer.clone().then(":aud").encode();
    let role = Spec::from(Role {
        role_name: "r".to_owned(),
        path: "/".to_owned(),
        assume_role_policy_document: Policy::new(
            serde_json::json!({"Statement": [{"Condition": {"StringEquals": {condition: "x"}}}]}),
        ),
        managed_policy_arns: BTreeSet::new(),
        permissions_boundary: None,
        tags: Tags::new(),
    });
    assert_eq!(
        role.holes().into_iter().collect::<Vec<_>>(),
        issuer.holes().cloned().collect::<Vec<_>>()
    );
    assert!(role.filled(&|_| None).is_err());
    let filled = role.filled(&|_| Some("oidc.example/id".to_owned())).unwrap();
    assert!(
        filled
            .properties()
            .to_string()
            .contains(r#""oidc.example/id:aud":"x""#)
    );
}
