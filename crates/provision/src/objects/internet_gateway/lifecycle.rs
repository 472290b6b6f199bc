//! Internet gateways in an account.

use super::InternetGateway;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, create_once, object, own_filters, present, retag, specifications,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{CreateInternetGateway, DeleteInternetGateway, DescribeInternetGateways};
use crate::text::Attribute;

impl Lifecycle for InternetGateway {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let tag_specifications = specifications(cx, "internet-gateway", key, &self.tags);
        let create = CreateInternetGateway { tag_specifications };
        let find = DescribeInternetGateways {
            filters: own_filters(cx, key),
            ..DescribeInternetGateways::default()
        };
        let gateway = create_once(
            cx,
            async || cx.call(create.clone()).await,
            async || Ok(cx.call(find.clone()).await?.into_iter().next()),
        )
        .await?;
        Ok(attributes([(Attribute::Id, &gateway.internet_gateway_id)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(DeleteInternetGateway {
                internet_gateway_id: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.internet_gateways.iter().filter_map(|gateway| {
            let (key, ownership) = reading.key_of(&gateway.tags)?;
            let spec = Self {
                tags: reading.chosen(&gateway.tags),
            };
            let attributes = attributes([(Attribute::Id, &gateway.internet_gateway_id)]);
            Some((key, object(spec, attributes, ownership, State::Ready)))
        });
        ours.collect()
    }
}
