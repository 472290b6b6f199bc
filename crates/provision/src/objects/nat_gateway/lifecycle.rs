//! NAT gateways in an account.

use super::NatGateway;
use crate::execute::{Cx, Expected, Failure, Progress};
use crate::key::Key;
use crate::objects::lifecycle::{
    Attributes, Lifecycle, attributes, literal, object, own_filters, present, retag, specifications, token,
};
use crate::observe::Reading;
use crate::observed::{Object, State};
use crate::operations::ec2::{
    CreateNatGateway, DeleteNatGateway, DescribeNatGateways, NatGateway as Ec2NatGateway,
};
use crate::text::{Attribute, Text};

/// Public logs: 1m25 to 2m05; Terraform gives up after 10 minutes.
const AVAILABLE: Expected = Expected::seconds(105, 130, 600);
/// Public logs: 37 to 79 seconds.
const DELETED: Expected = Expected::seconds(56, 80, 600);

async fn by_id(cx: &Cx<'_>, id: &str) -> Result<Option<Ec2NatGateway>, Failure> {
    let by_id = DescribeNatGateways {
        nat_gateway_ids: vec![id.to_owned()],
        ..DescribeNatGateways::default()
    };
    Ok(present(cx.call(by_id).await)?.into_iter().flatten().next())
}

/// Waits until a gateway is `available` or will never be; its last state.
async fn settled(cx: &Cx<'_>, made: &Ec2NatGateway) -> Result<Option<Ec2NatGateway>, Failure> {
    let what = format!("NAT gateway `{}`", made.nat_gateway_id);
    cx.wait_until(&what, AVAILABLE, Some(made.create_time), async || {
        let Some(found) = by_id(cx, &made.nat_gateway_id).await? else {
            return Ok(Progress::Pending("not seen yet".to_owned()));
        };
        match found.state.as_str() {
            "available" => Ok(Progress::Ready(Some(found))),
            "deleting" | "deleted" => Ok(Progress::Ready(None)),
            "failed" => Err(Failure::Broken {
                what: what.clone(),
                reason: found.failure_message.or(found.failure_code).unwrap_or_default(),
            }),
            state => Ok(Progress::Pending(state.to_owned())),
        }
    })
    .await
}

async fn delete(cx: &Cx<'_>, id: &str) -> Result<(), Failure> {
    if present(
        cx.call(DeleteNatGateway {
            nat_gateway_id: id.to_owned(),
        })
        .await,
    )?
    .is_none()
    {
        return Ok(());
    }
    // Its address and subnet are free only when it is gone.
    cx.wait_until(&format!("NAT gateway `{id}`"), DELETED, None, async || {
        Ok(match by_id(cx, id).await?.map(|found| found.state) {
            Some(state) if state == "deleted" => Progress::Ready(()),
            Some(state) => Progress::Pending(state),
            None => Progress::Ready(()),
        })
    })
    .await
}

impl Lifecycle for NatGateway {
    async fn create(&self, cx: &Cx<'_>, key: &Key) -> Result<Attributes, Failure> {
        let mut create = CreateNatGateway {
            allocation_id: literal(&self.allocation_id)?.to_owned(),
            subnet_id: literal(&self.subnet_id)?.to_owned(),
            tag_specifications: specifications(cx, "natgateway", key, &self.tags),
            client_token: None,
        };
        let parameters = create.clone();
        let before = DescribeNatGateways {
            filter: own_filters(cx, key),
            ..DescribeNatGateways::default()
        };
        let mut dead = 0;
        for earlier in cx.call(before).await? {
            if earlier.state == "failed" {
                delete(cx, &earlier.nat_gateway_id).await?;
            }
            dead += usize::from(["failed", "deleting", "deleted"].contains(&earlier.state.as_str()));
        }
        loop {
            create.client_token = Some(token(cx, key, &parameters, dead));
            let made = cx.call(create.clone()).await?;
            match settled(cx, &made).await? {
                Some(found) => return Ok(attributes([(Attribute::Id, &found.nat_gateway_id)])),
                // The token's gateway was deleted since; AWS answers with it all the same.
                None => dead += 1,
            }
        }
    }

    async fn change(&self, cx: &Cx<'_>, _: &Key, id: &str, from: &Self) -> Result<Attributes, Failure> {
        retag(cx, id, &from.tags, &self.tags).await?;
        Ok(attributes([(Attribute::Id, id)]))
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, id: &str) -> Result<(), Failure> {
        delete(cx, id).await
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        // Deleted ones stay visible for an hour, also beside the one that took their place.
        let alive = reading
            .nat_gateways
            .iter()
            .filter(|gateway| gateway.state != "deleted");
        let mut objects: Vec<_> = alive
            .filter_map(|gateway| {
                let (key, ownership) = reading.key_of(&gateway.tags)?;
                let address = gateway
                    .nat_gateway_addresses
                    .iter()
                    .find_map(|at| at.allocation_id.as_deref());
                let spec = Self {
                    allocation_id: Text::from(address.unwrap_or_default()),
                    subnet_id: Text::from(gateway.subnet_id.as_str()),
                    tags: reading.chosen(&gateway.tags),
                };
                let state = match gateway.state.as_str() {
                    "available" => State::Ready,
                    "deleting" => State::Deleting,
                    "failed" => State::Failed(gateway.failure_message.clone().unwrap_or_default()),
                    _ => State::Creating,
                };
                let attributes = attributes([(Attribute::Id, &gateway.nat_gateway_id)]);
                Some((key, object(spec, attributes, ownership, state)))
            })
            .collect();
        // Of several of one key the last one counts: the best one goes last.
        objects.sort_by_key(|(_, object)| match object.state {
            State::Ready | State::Updating => 3,
            State::Creating => 2,
            State::Failed(_) => 1,
            State::Deleting => 0,
        });
        objects
    }
}
