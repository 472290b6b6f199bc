//! Subnets in an account.

use super::Subnet;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, literal, must_be_ours, object, retag, search, specifications,
    unless_exists,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{
    AttributeBooleanValue, CreateSubnet, DescribeSubnets, Filter, ModifySubnetAttribute, Subnet as Ec2Subnet,
};
use crate::text::{Attribute, Text};

impl Subnet {
    async fn set_public(&self, cx: &Cx<'_>, id: &str, from: bool) -> Result<(), Failure> {
        if self.map_public_ip_on_launch != from {
            let value = self.map_public_ip_on_launch;
            let map_public_ip_on_launch = Some(AttributeBooleanValue { value });
            cx.call(ModifySubnetAttribute {
                subnet_id: id.to_owned(),
                map_public_ip_on_launch,
            })
            .await?;
        }
        Ok(())
    }

    /// The subnet that has these addresses already: made by an earlier run, or somebody else's.
    async fn existing(&self, cx: &Cx<'_>, key: &Key, vpc: &str) -> Result<Ec2Subnet, Failure> {
        let filters = vec![
            Filter::new("vpc-id", vpc),
            Filter::new("cidr-block", &self.cidr_block),
        ];
        let find = DescribeSubnets {
            filters,
            ..DescribeSubnets::default()
        };
        let found = search(cx, async || Ok(cx.call(find.clone()).await?.into_iter().next())).await?;
        let Some(found) = found else {
            return Err(Failure::Blocked {
                what: format!("subnet {} of {vpc}", self.cidr_block),
                by: "another subnet whose addresses overlap with it".to_owned(),
            });
        };
        must_be_ours(
            cx,
            key,
            &format!("subnet `{}` ({})", found.subnet_id, found.cidr_block),
            &found.tags,
        )?;
        Ok(found)
    }
}

impl Lifecycle for Subnet {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let vpc_id = literal(&self.vpc_id)?;
        let create = CreateSubnet {
            vpc_id: vpc_id.to_owned(),
            availability_zone: Some(self.availability_zone.clone()),
            cidr_block: self.cidr_block.clone(),
            tag_specifications: specifications(cx, "subnet", key, &self.tags),
        };
        let subnet = match unless_exists(cx.call(create).await)? {
            Some(made) => made,
            None => self.existing(cx, key, vpc_id).await?,
        };
        self.set_public(cx, &subnet.subnet_id, subnet.map_public_ip_on_launch)
            .await?;
        Ok(attributes([(Attribute::Id, &subnet.subnet_id)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        self.set_public(cx, id, from.map_public_ip_on_launch).await?;
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        crate::destroy::delete_subnet(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let ours = reading.subnets.iter().filter_map(|subnet| {
            let (key, ownership) = reading.key_of(&subnet.tags)?;
            let spec = Self {
                availability_zone: subnet.availability_zone.clone(),
                cidr_block: subnet.cidr_block.clone(),
                map_public_ip_on_launch: subnet.map_public_ip_on_launch,
                private_dns_name_options_on_launch: None,
                vpc_id: Text::from(subnet.vpc_id.as_str()),
                tags: reading.chosen(&subnet.tags),
            };
            Some((
                key,
                object(
                    spec,
                    attributes([(Attribute::Id, &subnet.subnet_id)]),
                    ownership,
                    State::Ready,
                ),
            ))
        });
        ours.collect()
    }
}
