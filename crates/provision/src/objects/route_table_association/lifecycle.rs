//! Uses of route tables by subnets in an account. They take no tags: they belong to their subnet.

use super::RouteTableAssociation;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, literal, object, present, unless_exists};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::ec2::{AssociateRouteTable, DescribeRouteTables, DisassociateRouteTable, Filter};
use crate::text::{Attribute, Text};

impl RouteTableAssociation {
    /// The table that the subnet uses now, and the association's id.
    async fn present(&self, cx: &Cx<'_>) -> Result<Option<(String, String)>, Failure> {
        let subnet = literal(&self.subnet_id)?;
        let filters = vec![Filter::new("association.subnet-id", subnet)];
        let tables = cx
            .call(DescribeRouteTables {
                filters,
                ..DescribeRouteTables::default()
            })
            .await?;
        let mut associations = tables.into_iter().flat_map(|table| table.associations);
        let found = associations.find(|association| association.subnet_id.as_deref() == Some(subnet));
        Ok(found.map(|found| (found.route_table_id, found.route_table_association_id)))
    }
}

impl Lifecycle for RouteTableAssociation {
    async fn create(&self, cx: &Cx<'_>, _: &Key) -> Result<Attributes, Failure> {
        let table = literal(&self.route_table_id)?;
        let associate = AssociateRouteTable {
            route_table_id: table.to_owned(),
            subnet_id: literal(&self.subnet_id)?.to_owned(),
        };
        loop {
            if let Some(id) = unless_exists(cx.call(associate.clone()).await)? {
                return Ok(attributes([(Attribute::Id, &id)]));
            }
            match self.present(cx).await? {
                Some((used, id)) if used == table => return Ok(attributes([(Attribute::Id, &id)])),
                // The subnet is ours, so its use of another table is one that lost its place.
                Some((_, id)) => {
                    present(cx.call(DisassociateRouteTable { association_id: id }).await)?;
                }
                // AWS refused for an association that reads do not show yet.
                None => cx.sleep(std::time::Duration::from_secs(2)).await?,
            }
        }
    }

    async fn change(&self, cx: &Cx<'_>, key: &Key, id: &str, _: &Self) -> Result<Attributes, Failure> {
        present(
            cx.call(DisassociateRouteTable {
                association_id: id.to_owned(),
            })
            .await,
        )?;
        self.create(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(DisassociateRouteTable {
                association_id: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let associations = reading.route_tables.iter().flat_map(|table| &table.associations);
        let ours = associations.filter_map(|association| {
            let subnet_id = association.subnet_id.as_deref()?;
            let subnet = reading
                .subnets
                .iter()
                .find(|subnet| subnet.subnet_id == subnet_id)?;
            let (Ownership::Ours, subnet_key) =
                reading.key_of(&subnet.tags).map(|(key, whose)| (whose, key))?
            else {
                return None;
            };
            // As eksctl's templates name it: `SubnetPublicUSWEST2A`, `RouteTableAssociationPublicUSWEST2A`.
            let name = subnet_key.as_str().strip_prefix("Subnet")?;
            let spec = Self {
                route_table_id: Text::from(association.route_table_id.as_str()),
                subnet_id: Text::from(subnet_id),
            };
            let attributes = attributes([(Attribute::Id, &association.route_table_association_id)]);
            let key = Key::new(format!("RouteTableAssociation{name}"));
            Some((key, object(spec, attributes, Ownership::Ours, State::Ready)))
        });
        ours.collect()
    }
}
