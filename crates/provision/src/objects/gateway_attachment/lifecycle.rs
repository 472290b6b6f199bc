//! Attachments of internet gateways in an account. They take no tags: they belong to their gateway.

use super::GatewayAttachment;
use crate::execute::{Cx, Failure};
use crate::key::Key;
use crate::objects::lifecycle::{Attributes, Lifecycle, attributes, literal, object, present, unless_exists};
use crate::observe::Reading;
use crate::observed::{Object, Ownership, State};
use crate::operations::ec2::{AttachInternetGateway, DescribeInternetGateways, DetachInternetGateway};
use crate::text::{Attribute, Text};

/// What CloudFormation's `Ref` of an attachment gives.
fn id(gateway: &str, vpc: &str) -> String {
    format!("{gateway}|{vpc}")
}

impl Lifecycle for GatewayAttachment {
    async fn create(&self, cx: &Cx<'_>, _: &Key) -> Result<Attributes, Failure> {
        let (gateway, vpc) = (literal(&self.internet_gateway_id)?, literal(&self.vpc_id)?);
        let attach = AttachInternetGateway {
            internet_gateway_id: gateway.to_owned(),
            vpc_id: vpc.to_owned(),
        };
        if unless_exists(cx.call(attach).await)?.is_none() {
            let by_id = DescribeInternetGateways {
                internet_gateway_ids: vec![gateway.to_owned()],
                ..DescribeInternetGateways::default()
            };
            let found = cx.call(by_id).await?;
            let here = found
                .iter()
                .flat_map(|gateway| &gateway.attachments)
                .any(|at| at.vpc_id == vpc);
            if !here {
                return Err(Failure::Blocked {
                    what: format!("the place of internet gateway `{gateway}` in `{vpc}`"),
                    by: "another attachment of the gateway or of the VPC".to_owned(),
                });
            }
        }
        Ok(attributes([(Attribute::Id, &id(gateway, vpc))]))
    }

    /// Nothing of it can be changed.
    async fn change(&self, cx: &Cx<'_>, key: &Key, _: &str, _: &Self) -> Result<Attributes, Failure> {
        self.create(cx, key).await
    }

    async fn delete(&self, cx: &Cx<'_>, _: &Key, _: &str) -> Result<(), Failure> {
        let detach = DetachInternetGateway {
            internet_gateway_id: literal(&self.internet_gateway_id)?.to_owned(),
            vpc_id: literal(&self.vpc_id)?.to_owned(),
        };
        present(cx.call(detach).await).map(|_| ())
    }

    fn read(reading: &Reading) -> Vec<(Key, Object)> {
        let gateways = reading.internet_gateways.iter();
        let ours = gateways.filter(|gateway| {
            reading
                .key_of(&gateway.tags)
                .is_some_and(|(_, whose)| whose == Ownership::Ours)
        });
        let attachments = ours.flat_map(|gateway| gateway.attachments.iter().map(move |at| (gateway, at)));
        let objects = attachments.map(|(gateway, at)| {
            let gateway = gateway.internet_gateway_id.as_str();
            let spec = Self {
                internet_gateway_id: Text::from(gateway),
                vpc_id: Text::from(at.vpc_id.as_str()),
            };
            let attributes = attributes([(Attribute::Id, &id(gateway, &at.vpc_id))]);
            (
                Key::GATEWAY_ATTACHMENT,
                object(spec, attributes, Ownership::Ours, State::Ready),
            )
        });
        objects.collect()
    }
}
