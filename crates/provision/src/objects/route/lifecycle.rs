//! Routes in an account. They take no tags: they belong to their table.

use super::Route;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, literal, object, present, unless_exists};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::ec2::{CreateRoute, DeleteRoute, ReplaceRoute};
use crate::text::{Attribute, Text};

/// The only destination of routes that `lb` makes.
const EVERYWHERE: &str = "0.0.0.0/0";

fn id(table: &str, destination: &str) -> String {
    format!("{table}|{destination}")
}

/// The key of the default route of a route table of ours, as eksctl's templates name it.
fn key_of_default(table: &Key) -> Option<Key> {
    if *table == Key::PUBLIC_ROUTE_TABLE {
        return Some(Key::PUBLIC_SUBNET_ROUTE);
    }
    let zone = table.as_str().strip_prefix("PrivateRouteTable")?;
    Some(Key::new(format!("NATPrivateSubnetRoute{zone}")))
}

impl Route {
    fn target(text: Option<&Text>) -> Result<Option<String>, Failure> {
        text.map(|text| literal(text).map(str::to_owned)).transpose()
    }

    async fn replace(&self, cx: &Cx<'_>) -> Result<(), Failure> {
        let replace = ReplaceRoute {
            route_table_id: literal(&self.route_table_id)?.to_owned(),
            destination_cidr_block: self.destination_cidr_block.clone(),
            gateway_id: Self::target(self.gateway_id.as_ref())?,
            nat_gateway_id: Self::target(self.nat_gateway_id.as_ref())?,
        };
        cx.call(replace).await
    }

    fn attributes(&self) -> Result<Attributes, Failure> {
        let id = id(literal(&self.route_table_id)?, &self.destination_cidr_block);
        Ok(attributes([(Attribute::Id, &id)]))
    }
}

impl Lifecycle for Route {
    async fn create(&self, cx: &Cx<'_>, _: &Key) -> Result<Attributes, Failure> {
        let create = CreateRoute {
            route_table_id: literal(&self.route_table_id)?.to_owned(),
            destination_cidr_block: self.destination_cidr_block.clone(),
            gateway_id: Self::target(self.gateway_id.as_ref())?,
            nat_gateway_id: Self::target(self.nat_gateway_id.as_ref())?,
        };
        if unless_exists(cx.call(create).await)?.is_none() {
            // The table is ours, so a route to another target is one that lost its place.
            self.replace(cx).await?;
        }
        self.attributes()
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, _: &str, _: &Self) -> Result<Attributes, Failure> {
        self.replace(cx).await?;
        self.attributes()
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, _: &str) -> Result<(), Failure> {
        let delete = DeleteRoute {
            route_table_id: literal(&self.route_table_id)?.to_owned(),
            destination_cidr_block: self.destination_cidr_block.clone(),
        };
        present(cx.call(delete).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let mut objects = vec![];
        for table in &reading.route_tables {
            let Some((table_key, Ownership::Ours)) = reading.key_of(&table.tags) else {
                continue;
            };
            let made = |route: &&crate::operations::ec2::Route| {
                route.destination_cidr_block.as_deref() == Some(EVERYWHERE)
            };
            let (Some(key), Some(route)) = (key_of_default(&table_key), table.routes.iter().find(made))
            else {
                continue;
            };
            let spec = Self {
                route_table_id: Text::from(table.route_table_id.as_str()),
                destination_cidr_block: EVERYWHERE.to_owned(),
                gateway_id: route.gateway_id.as_deref().map(Text::from),
                nat_gateway_id: route.nat_gateway_id.as_deref().map(Text::from),
            };
            let attributes = attributes([(Attribute::Id, &id(&table.route_table_id, EVERYWHERE))]);
            objects.push((key, object(spec, attributes, Ownership::Ours, State::Ready)));
        }
        objects
    }
}
