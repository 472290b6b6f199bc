//! Subnets in an account.

use super::{IP_NAME, PrivateDnsNameOptions, Subnet};
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
    /// Sets what CreateSubnet does not take and is otherwise; AWS takes one attribute a call.
    async fn set(
        &self,
        cx: &Cx<'_>,
        id: &str,
        is_public: bool,
        names: Option<&PrivateDnsNameOptions>,
    ) -> Result<(), Failure> {
        let set = ModifySubnetAttribute {
            subnet_id: id.to_owned(),
            ..ModifySubnetAttribute::default()
        };
        if self.map_public_ip_on_launch != is_public {
            let value = self.map_public_ip_on_launch;
            cx.call(ModifySubnetAttribute {
                map_public_ip_on_launch: Some(AttributeBooleanValue { value }),
                ..set.clone()
            })
            .await?;
        }
        let wanted = self.private_dns_name_options_on_launch.as_ref();
        if wanted != names {
            let hostname_type = wanted.map_or(IP_NAME, |wanted| wanted.hostname_type.as_str());
            cx.call(ModifySubnetAttribute {
                private_dns_hostname_type_on_launch: Some(hostname_type.to_owned()),
                ..set
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

/// What instances of a subnet are called, unless it is what AWS calls them by default.
fn names(subnet: &Ec2Subnet) -> Option<PrivateDnsNameOptions> {
    let options = subnet.private_dns_name_options_on_launch.as_ref()?;
    let hostname_type = options.hostname_type.clone();
    (hostname_type != IP_NAME).then_some(PrivateDnsNameOptions { hostname_type })
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
        let (is_public, names) = (subnet.map_public_ip_on_launch, names(&subnet));
        self.set(cx, &subnet.subnet_id, is_public, names.as_ref()).await?;
        Ok(attributes([(Attribute::Id, &subnet.subnet_id)]))
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        let names = from.private_dns_name_options_on_launch.as_ref();
        self.set(cx, id, from.map_public_ip_on_launch, names).await?;
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
                private_dns_name_options_on_launch: names(subnet),
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
