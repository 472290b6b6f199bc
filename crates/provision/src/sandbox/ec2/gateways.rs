//! Internet gateways, addresses and NAT gateways.

use super::{dependency, invalid, not_found};
use crate::{
    operations::ec2::{
        Address, AllocateAddress, AttachInternetGateway, CreateInternetGateway, CreateNatGateway,
        DeleteInternetGateway, DeleteNatGateway, DescribeAddresses, DescribeInternetGateways,
        DescribeNatGateways, DetachInternetGateway, InternetGateway, InternetGatewayAttachment, NatGateway,
        NatGatewayAddress, NetworkInterface, NetworkInterfaceAssociation, NetworkInterfaceAttachment,
        ReleaseAddress, Tag,
    },
    sandbox::{
        Answer, Refusal,
        event::Event,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};
use std::time::Duration;

/// How long deleted and failed NAT gateways are shown.
const REMEMBERED: Duration = Duration::from_secs(3600);

impl Described for InternetGateway {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "internet-gateway-id" => test(&self.internet_gateway_id),
            "attachment.vpc-id" => self.attachments.iter().any(|a| test(&a.vpc_id)),
            "attachment.state" => self.attachments.iter().any(|a| test(&a.state)),
            _ => return None,
        })
    }
}

impl Described for Address {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "allocation-id" => test(&self.allocation_id),
            "association-id" => self.association_id.as_deref().is_some_and(test),
            "public-ip" => test(&self.public_ip),
            "network-interface-id" => self.network_interface_id.as_deref().is_some_and(test),
            _ => return None,
        })
    }
}

impl Described for NatGateway {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "nat-gateway-id" => test(&self.nat_gateway_id),
            "vpc-id" => test(&self.vpc_id),
            "subnet-id" => test(&self.subnet_id),
            "state" => test(&self.state),
            _ => return None,
        })
    }
}

fn no_gateway(id: &str) -> Refusal {
    not_found("InvalidInternetGatewayID.NotFound", id)
}

fn no_address(id: &str) -> Refusal {
    Refusal::new(
        "InvalidAllocationID.NotFound",
        format!("The allocation ID '{id}' does not exist"),
    )
}

fn no_nat(id: &str) -> Refusal {
    Refusal::new(
        "NatGatewayNotFound",
        format!("The Nat Gateway {id} was not found"),
    )
}

impl Region {
    /// The attached gateway of a VPC that was there before.
    pub(super) fn give_gateway(&mut self, vpc: &str, tail: &str) -> String {
        let id = format!("igw-{tail}");
        let attachment = InternetGatewayAttachment {
            vpc_id: vpc.to_owned(),
            state: "available".into(),
        };
        let gateway = InternetGateway {
            internet_gateway_id: id.clone(),
            attachments: vec![attachment],
            ..InternetGateway::default()
        };
        self.gateways.insert(&id, gateway, Seen::ALWAYS);
        id
    }

    fn has_gateway(&self, vpc: &str) -> bool {
        self.gateways
            .values()
            .any(|gateway| gateway.attachments.iter().any(|a| a.vpc_id == vpc))
    }
}

impl World<'_> {
    pub(super) fn create_internet_gateway(
        &mut self,
        input: CreateInternetGateway,
    ) -> Answer<InternetGateway> {
        if !self.allows("L-A4707A72", self.region.gateways.len()) {
            return Err(Refusal::new(
                "InternetGatewayLimitExceeded",
                "The maximum number of internet gateways has been reached.",
            ));
        }
        let gateway = InternetGateway {
            internet_gateway_id: self.random.id("igw"),
            attachments: Vec::new(),
            tags: tags::at_creation(&input.tag_specifications, "internet-gateway")?,
        };
        let seen = self.fresh();
        self.region
            .gateways
            .insert(&gateway.internet_gateway_id, gateway.clone(), seen);
        Ok(gateway)
    }

    pub(super) fn describe_internet_gateways(
        &mut self,
        input: DescribeInternetGateways,
    ) -> Answer<Vec<InternetGateway>> {
        let gateways = &self.region.gateways;
        let found = gateways.describe(&input.internet_gateway_ids, &input.filters, self.now, no_gateway)?;
        Ok(found.into_iter().cloned().collect())
    }

    pub(super) fn attach_internet_gateway(&mut self, input: AttachInternetGateway) -> Answer<()> {
        self.region.vpc(&input.vpc_id, self.now)?;
        let has_one = self.region.has_gateway(&input.vpc_id);
        let (id, now) = (&input.internet_gateway_id, self.now);
        let gateway = self
            .region
            .gateways
            .named_mut(id, now)
            .ok_or_else(|| no_gateway(id))?;
        if let Some(attachment) = gateway.attachments.first() {
            return Err(Refusal::new(
                "Resource.AlreadyAssociated",
                format!(
                    "resource {id} is already attached to network {}",
                    attachment.vpc_id
                ),
            ));
        }
        if has_one {
            return Err(invalid(format!(
                "Network {} already has an internet gateway attached",
                input.vpc_id
            )));
        }
        gateway.attachments.push(InternetGatewayAttachment {
            vpc_id: input.vpc_id,
            state: "available".into(),
        });
        Ok(())
    }

    pub(super) fn detach_internet_gateway(&mut self, input: DetachInternetGateway) -> Answer<()> {
        let mapped = self
            .region
            .interfaces
            .values()
            .any(|i| i.vpc_id == input.vpc_id && i.association.is_some());
        let (id, now) = (&input.internet_gateway_id, self.now);
        let gateway = self
            .region
            .gateways
            .named_mut(id, now)
            .ok_or_else(|| no_gateway(id))?;
        if gateway
            .attachments
            .iter()
            .all(|attachment| attachment.vpc_id != input.vpc_id)
        {
            return Err(Refusal::new(
                "Gateway.NotAttached",
                format!("resource {id} is not attached to network {}", input.vpc_id),
            ));
        }
        if mapped {
            return Err(Refusal::new(
                "DependencyViolation",
                format!(
                    "Network {} has some mapped public address(es). Please unmap those public address(es) before \
                     detaching the gateway.",
                    input.vpc_id
                ),
            ));
        }
        gateway.attachments.clear();
        Ok(())
    }

    pub(super) fn delete_internet_gateway(&mut self, input: DeleteInternetGateway) -> Answer<()> {
        let id = &input.internet_gateway_id;
        let gateway = self
            .region
            .gateways
            .named(id, self.now)
            .ok_or_else(|| no_gateway(id))?;
        if let Some(attachment) = gateway.attachments.first() {
            return Err(dependency("internetGateway", id, &attachment.vpc_id));
        }
        self.region.gateways.remove(id);
        Ok(())
    }

    pub(super) fn allocate_address(&mut self, input: AllocateAddress) -> Answer<Address> {
        if input.domain != "vpc" {
            return Err(invalid(format!(
                "Value ({}) for parameter domain is invalid.",
                input.domain
            )));
        }
        if !self.allows("L-0263D0A3", self.region.addresses.len()) {
            return Err(Refusal::new(
                "AddressLimitExceeded",
                "The maximum number of addresses has been reached.",
            ));
        }
        let address = Address {
            allocation_id: self.random.id("eipalloc"),
            public_ip: self.public_ip(),
            domain: "vpc".into(),
            tags: tags::at_creation(&input.tag_specifications, "elastic-ip")?,
            ..Address::default()
        };
        let seen = self.fresh();
        self.region
            .addresses
            .insert(&address.allocation_id, address.clone(), seen);
        Ok(address)
    }

    /// A public address, of the range that is set aside for tests (198.18.0.0/15).
    pub(super) fn public_ip(&mut self) -> String {
        let [_, a, b, c] = self.random.bits().to_be_bytes();
        format!("198.{}.{b}.{c}", 18 + a % 2)
    }

    pub(super) fn describe_addresses(&mut self, input: DescribeAddresses) -> Answer<Vec<Address>> {
        let addresses = &self.region.addresses;
        let found = addresses.describe(&input.allocation_ids, &input.filters, self.now, no_address)?;
        Ok(found.into_iter().cloned().collect())
    }

    pub(super) fn release_address(&mut self, input: ReleaseAddress) -> Answer<()> {
        let id = &input.allocation_id;
        let address = self
            .region
            .addresses
            .named(id, self.now)
            .ok_or_else(|| no_address(id))?;
        if address.association_id.is_some() {
            return Err(Refusal::new(
                "AuthFailure",
                "You do not have permission to access the specified resource.",
            ));
        }
        self.region.addresses.remove(id);
        Ok(())
    }

    pub(super) fn create_nat_gateway(&mut self, input: CreateNatGateway) -> Answer<NatGateway> {
        let subnet = self.region.subnet(&input.subnet_id, self.now)?.clone();
        let tags = tags::at_creation(&input.tag_specifications, "natgateway")?;
        let find = |world: &mut Self, id: &str| world.region.nats.get(id).cloned();
        self.once(input.client_token.as_deref(), &input, find, |world| {
            let address = world.region.addresses.named(&input.allocation_id, world.now);
            let address = address.ok_or_else(|| no_address(&input.allocation_id))?.clone();
            if address.association_id.is_some() {
                return Err(Refusal::new(
                    "Resource.AlreadyAssociated",
                    format!(
                        "Elastic IP address [{}] is already associated",
                        input.allocation_id
                    ),
                ));
            }
            world.nats_left(&subnet.availability_zone)?;
            let id = world.random.id("nat");
            let interface = world.nat_interface(&id, &subnet, &address);
            let nat = NatGateway {
                nat_gateway_id: id.clone(),
                vpc_id: subnet.vpc_id.clone(),
                subnet_id: subnet.subnet_id.clone(),
                state: "pending".into(),
                nat_gateway_addresses: vec![NatGatewayAddress {
                    allocation_id: Some(address.allocation_id.clone()),
                    network_interface_id: Some(interface.network_interface_id.clone()),
                    private_ip: Some(interface.private_ip_address.clone()),
                    public_ip: Some(address.public_ip),
                }],
                create_time: world.now,
                tags,
                ..NatGateway::default()
            };
            if let Some(address) = world.region.addresses.get_mut(&address.allocation_id) {
                address.association_id = Some(world.random.id("eipassoc"));
                address.network_interface_id = Some(interface.network_interface_id.clone());
            }
            let seen = world.fresh();
            world
                .region
                .interfaces
                .insert(interface.network_interface_id.clone(), interface, seen);
            world.region.nats.insert(&id, nat.clone(), seen);
            let settles = Event::NatSettles(id.clone());
            if world.region.has_gateway(&subnet.vpc_id) {
                world.soon_about(105.0, 130.0, settles);
            } else {
                world.soon_about(10.0, 30.0, settles);
            }
            Ok((nat, id))
        })
    }

    fn nats_left(&self, zone: &str) -> Answer<()> {
        let live = |nat: &&NatGateway| !matches!(nat.state.as_str(), "deleted" | "failed");
        let in_zone = |nat: &&NatGateway| {
            self.region
                .subnets
                .get(&nat.subnet_id)
                .is_some_and(|subnet| subnet.availability_zone == zone)
        };
        if !self.allows(
            "L-FE5A380F",
            self.region.nats.values().filter(live).filter(in_zone).count(),
        ) {
            return Err(Refusal::new(
                "NatGatewayLimitExceeded",
                format!("Performing this operation would exceed the limit of NAT gateways in {zone}"),
            ));
        }
        Ok(())
    }

    fn nat_interface(
        &mut self,
        nat: &str,
        subnet: &crate::operations::ec2::Subnet,
        address: &Address,
    ) -> NetworkInterface {
        NetworkInterface {
            description: format!("Interface for NAT Gateway {nat}"),
            interface_type: "nat_gateway".into(),
            requester_managed: true,
            attachment: Some(NetworkInterfaceAttachment {
                attachment_id: self.random.id("ela-attach"),
                ..NetworkInterfaceAttachment::default()
            }),
            association: Some(NetworkInterfaceAssociation {
                public_ip: address.public_ip.clone(),
                allocation_id: Some(address.allocation_id.clone()),
            }),
            ..self.interface_in(subnet)
        }
    }

    pub(in crate::sandbox) fn nat_settles(&mut self, id: &str) {
        let Some(nat) = self.region.nats.get(id).filter(|nat| nat.state == "pending") else {
            return;
        };
        if self.region.has_gateway(&nat.vpc_id) {
            if let Some(nat) = self.region.nats.get_mut(id) {
                nat.state = "available".into();
            }
            return;
        }
        let vpc = nat.vpc_id.clone();
        self.free_nat(id);
        if let Some(nat) = self.region.nats.get_mut(id) {
            nat.state = "failed".into();
            nat.failure_code = Some("Gateway.NotAttached".into());
            nat.failure_message = Some(format!("Network {vpc} has no Internet gateway attached"));
        }
        self.soon(REMEMBERED, Event::NatForgotten(id.to_owned()));
    }

    /// Gives back the address and the interface of a NAT gateway.
    fn free_nat(&mut self, id: &str) {
        let addresses = self
            .region
            .nats
            .get(id)
            .map(|nat| nat.nat_gateway_addresses.clone())
            .unwrap_or_default();
        for used in addresses {
            if let Some(interface) = used.network_interface_id {
                self.region.interfaces.remove(&interface);
            }
            let address = used
                .allocation_id
                .and_then(|id| self.region.addresses.get_mut(&id));
            if let Some(address) = address {
                address.association_id = None;
                address.network_interface_id = None;
            }
        }
    }

    pub(super) fn describe_nat_gateways(&mut self, input: DescribeNatGateways) -> Answer<Vec<NatGateway>> {
        let found = self
            .region
            .nats
            .describe(&input.nat_gateway_ids, &input.filter, self.now, no_nat)?;
        Ok(found.into_iter().cloned().collect())
    }

    pub(super) fn delete_nat_gateway(&mut self, input: DeleteNatGateway) -> Answer<()> {
        let (id, now) = (input.nat_gateway_id, self.now);
        let nat = self.region.nats.named_mut(&id, now).ok_or_else(|| no_nat(&id))?;
        match nat.state.as_str() {
            "deleted" => return Err(no_nat(&id)),
            "deleting" => return Ok(()),
            "failed" => {
                nat.state = "deleted".into();
                return Ok(());
            }
            _ => nat.state = "deleting".into(),
        }
        self.soon_about(56.0, 80.0, Event::NatGone(id));
        Ok(())
    }

    pub(in crate::sandbox) fn nat_gone(&mut self, id: &str) {
        self.free_nat(id);
        if let Some(nat) = self.region.nats.get_mut(id) {
            nat.state = "deleted".into();
        }
        self.soon(REMEMBERED, Event::NatForgotten(id.to_owned()));
    }
}
