//! Route tables in an account.

use super::RouteTable;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, literal, object, present, retag, specifications, token,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{CreateRouteTable, DeleteRouteTable};
use crate::text::{Attribute, Text};

impl Lifecycle for RouteTable {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = CreateRouteTable {
            vpc_id: literal(&self.vpc_id)?.to_owned(),
            tag_specifications: specifications(cx, "route-table", key, &self.tags),
            client_token: None,
        };
        // AWS remembers the token of a table that was deleted since, and would answer with that one. The token has to hold
        // for one call only, repeats included: what a run made that died is found by its tags.
        create.client_token = Some(token(cx, key, &(create.clone(), cx.now().as_second()), 0));
        let table = cx.call(create).await?;
        Ok(attributes([(Attribute::Id, &table.route_table_id)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(DeleteRouteTable {
                route_table_id: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.route_tables.iter().filter_map(|table| {
            let (key, ownership) = reading.key_of(&table.tags)?;
            let spec = Self {
                vpc_id: Text::from(table.vpc_id.as_str()),
                tags: reading.chosen(&table.tags),
            };
            let attributes = attributes([(Attribute::Id, &table.route_table_id)]);
            Some((key, object(spec, attributes, ownership, State::Ready)))
        });
        ours.collect()
    }
}
