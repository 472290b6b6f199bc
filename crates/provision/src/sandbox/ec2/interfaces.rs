//! Network interfaces: those of NAT gateways, control planes, instances, and the CNI's.

use super::{invalid, not_found};
use crate::{
    objects::DEFAULT_GROUP,
    operations::ec2::{
        DeleteNetworkInterface, DescribeNetworkInterfaces, GroupIdentifier, NetworkInterface, Subnet, Tag,
    },
    sandbox::{Answer, cidr::Cidr, shelf::Described, world::World},
};

impl Described for NetworkInterface {
    fn tags(&self) -> &[Tag] {
        &self.tag_set
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        let attachment = self.attachment.as_ref();
        Some(match filter {
            "network-interface-id" => test(&self.network_interface_id),
            "vpc-id" => test(&self.vpc_id),
            "subnet-id" => test(&self.subnet_id),
            "status" => test(&self.status),
            "description" => test(&self.description),
            "interface-type" => test(&self.interface_type),
            "group-id" => self.groups.iter().any(|group| test(&group.group_id)),
            "requester-managed" => test(if self.requester_managed { "true" } else { "false" }),
            "attachment.instance-id" => attachment
                .and_then(|a| a.instance_id.as_deref())
                .is_some_and(test),
            _ => return None,
        })
    }
}

impl World<'_> {
    /// A new interface in a subnet, in use, with the next free address.
    pub(in crate::sandbox) fn interface_in(&mut self, subnet: &Subnet) -> NetworkInterface {
        let cidr = Cidr::rounded(&subnet.cidr_block);
        let taken = |address: &str| {
            self.region
                .interfaces
                .values()
                .any(|i| i.subnet_id == subnet.subnet_id && i.private_ip_address == address)
        };
        // EC2 keeps the first four addresses of a subnet, and the last.
        let address = cidr.and_then(|cidr| {
            let last = u32::try_from(cidr.size()).unwrap_or(u32::MAX).saturating_sub(1);
            (4..last)
                .map(|offset| cidr.address(offset))
                .find(|address| !taken(address))
        });
        NetworkInterface {
            network_interface_id: self.random.id("eni"),
            vpc_id: subnet.vpc_id.clone(),
            subnet_id: subnet.subnet_id.clone(),
            availability_zone: subnet.availability_zone.clone(),
            interface_type: "interface".into(),
            status: "in-use".into(),
            private_ip_address: address.unwrap_or_default(),
            ..NetworkInterface::default()
        }
    }

    /// Security groups as interfaces and instances show them.
    /// The groups of an interface: those that are named, else the VPC's default one.
    pub(super) fn groups_or_default(&self, named: &[String], vpc: &str) -> Vec<String> {
        if !named.is_empty() {
            return named.to_vec();
        }
        let groups = self.region.groups.values();
        groups
            .filter(|group| group.vpc_id == vpc && group.group_name == DEFAULT_GROUP)
            .map(|group| group.group_id.clone())
            .collect()
    }

    pub(in crate::sandbox) fn group_identifiers(&self, ids: &[String]) -> Vec<GroupIdentifier> {
        ids.iter()
            .map(|id| GroupIdentifier {
                group_id: id.clone(),
                group_name: self
                    .region
                    .groups
                    .get(id)
                    .map_or_else(String::new, |group| group.group_name.clone()),
            })
            .collect()
    }

    pub(super) fn describe_network_interfaces(
        &mut self,
        input: DescribeNetworkInterfaces,
    ) -> Answer<Vec<NetworkInterface>> {
        let missing = |id: &str| not_found("InvalidNetworkInterfaceID.NotFound", id);
        let interfaces = &self.region.interfaces;
        let found = interfaces.describe(&input.network_interface_ids, &input.filters, self.now, missing)?;
        Ok(found.into_iter().cloned().collect())
    }

    pub(super) fn delete_network_interface(&mut self, input: DeleteNetworkInterface) -> Answer<()> {
        let id = &input.network_interface_id;
        let interface = self
            .region
            .interfaces
            .named(id, self.now)
            .ok_or_else(|| not_found("InvalidNetworkInterfaceID.NotFound", id))?;
        if interface.requester_managed || interface.status != "available" {
            return Err(invalid(format!("Network interface '{id}' is currently in use.")));
        }
        self.region.interfaces.remove(id);
        Ok(())
    }
}
