//! VPCs in an account.

use super::Vpc;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, create_once, object, own_filters, present, retag, specifications,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{AttributeBooleanValue, CreateVpc, DeleteVpc, DescribeVpcs, ModifyVpcAttribute};
use crate::text::Attribute;

impl Vpc {
    /// CreateVpc takes no DNS attributes, and one call changes one of them.
    async fn set_dns(&self, cx: &Cx<'_>, id: &str, from: (bool, bool)) -> Result<(), Failure> {
        let modify = |hostnames, support| ModifyVpcAttribute {
            vpc_id: id.to_owned(),
            enable_dns_hostnames: hostnames,
            enable_dns_support: support,
        };
        let value = |value| Some(AttributeBooleanValue { value });
        // Host names need support, so support goes first.
        if self.enable_dns_support != from.1 {
            cx.call(modify(None, value(self.enable_dns_support))).await?;
        }
        if self.enable_dns_hostnames != from.0 {
            cx.call(modify(value(self.enable_dns_hostnames), None)).await?;
        }
        Ok(())
    }
}

impl Lifecycle for Vpc {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let create = CreateVpc {
            cidr_block: self.cidr_block.clone(),
            tag_specifications: specifications(cx, "vpc", key, &self.tags),
        };
        let find = DescribeVpcs {
            filters: own_filters(cx, key),
            ..DescribeVpcs::default()
        };
        let vpc = create_once(
            cx,
            async || cx.call(create.clone()).await,
            async || Ok(cx.call(find.clone()).await?.into_iter().next()),
        )
        .await?;
        // What a new VPC has: names are resolved, but instances get none.
        self.set_dns(cx, &vpc.vpc_id, (false, true)).await?;
        Ok(attributes([(Attribute::Id, &vpc.vpc_id)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        self.set_dns(cx, id, (from.enable_dns_hostnames, from.enable_dns_support))
            .await?;
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        present(
            cx.call(DeleteVpc {
                vpc_id: id.to_owned(),
            })
            .await,
        )
        .map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.vpcs.iter().filter_map(|(vpc, dns)| {
            let (key, ownership) = reading.key_of(&vpc.tags)?;
            let spec = Self {
                cidr_block: vpc.cidr_block.clone(),
                enable_dns_hostnames: dns.hostnames,
                enable_dns_support: dns.support,
                tags: reading.chosen(&vpc.tags),
            };
            Some((
                key,
                object(
                    spec,
                    attributes([(Attribute::Id, &vpc.vpc_id)]),
                    ownership,
                    State::Ready,
                ),
            ))
        });
        ours.collect()
    }
}
