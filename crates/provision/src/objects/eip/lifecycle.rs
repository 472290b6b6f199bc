//! Elastic IP addresses in an account.

use super::Eip;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, create_once, object, own_filters, present, retag, specifications,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{Address, AllocateAddress, DescribeAddresses, ReleaseAddress};
use crate::text::Attribute;

fn described(address: &Address) -> Attributes {
    attributes([
        (Attribute::Id, &address.allocation_id),
        (Attribute::AllocationId, &address.allocation_id),
    ])
}

impl Lifecycle for Eip {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let allocate = AllocateAddress {
            domain: "vpc".to_owned(),
            tag_specifications: specifications(cx, "elastic-ip", key, &self.tags),
        };
        let find = DescribeAddresses {
            filters: own_filters(cx, key),
            ..DescribeAddresses::default()
        };
        let address = create_once(
            cx,
            async || cx.call(allocate.clone()).await,
            async || Ok(cx.call(find.clone()).await?.into_iter().next()),
        )
        .await?;
        Ok(described(&address))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id), (Attribute::AllocationId, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(ReleaseAddress {
                allocation_id: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.addresses.iter().filter_map(|address| {
            let (key, ownership) = reading.key_of(&address.tags)?;
            let spec = Self {
                tags: reading.chosen(&address.tags),
            };
            Some((key, object(spec, described(address), ownership, State::Ready)))
        });
        ours.collect()
    }
}
