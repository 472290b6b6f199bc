//! The VPC and its parts (eksctl's `vpc_ipv4.go`).

use super::{Build, cidr::Cidr, instance_types};
use crate::{
    key::Key,
    objects::{
        Eip, GatewayAttachment, IP_NAME, InternetGateway, NatGateway, PrivateDnsNameOptions, Route,
        RouteTable, RouteTableAssociation, Subnet, Vpc,
    },
    support,
    text::{Attribute, Text},
};
use lb_model::{
    config::{ClusterConfig, ClusterNAT, ClusterVPC, OrEmpty},
    path::Path,
};

/// What eksctl gives a VPC when nobody asks.
const CIDR: &str = "192.168.0.0/16";
const EVERYWHERE: &str = "0.0.0.0/0";

/// A zone in keys: `us-west-2a` is `USWEST2A`.
fn part(zone: &str) -> String {
    zone.chars()
        .filter(|c| *c != '-')
        .collect::<String>()
        .to_uppercase()
}

/// The key of a zone's public subnet.
fn public_subnet(zone: &str) -> Key {
    Key::new(format!("SubnetPublic{}", part(zone)))
}

/// The key of a zone's private subnet.
fn private_subnet(zone: &str) -> Key {
    Key::new(format!("SubnetPrivate{}", part(zone)))
}

/// Everything that must be there before a node in `subnet` can reach the internet.
fn way_out(zone: &str, private: bool) -> Vec<Key> {
    let zone = part(zone);
    if private {
        vec![
            Key::new(format!("NATPrivateSubnetRoute{zone}")),
            Key::new(format!("RouteTableAssociationPrivate{zone}")),
        ]
    } else {
        vec![
            Key::PUBLIC_SUBNET_ROUTE,
            Key::new(format!("RouteTableAssociationPublic{zone}")),
        ]
    }
}

/// Where everything stands: the VPC and its subnets, ours or those that the config brings.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// The VPC, by id.
    pub(super) vpc: Text,
    /// Its addresses.
    pub(super) cidr: String,
    pub(super) public: Vec<Place>,
    pub(super) private: Vec<Place>,
}

/// A subnet to put something into.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What the config calls it: its zone unless it says otherwise.
    pub(super) name: String,
    pub(super) zone: String,
    /// The subnet, by id.
    pub(super) id: Text,
    /// What must be there before a node in it can reach the internet; nothing where that is not ours to make.
    pub(super) way_out: Vec<Key>,
}

impl Network {
    /// A VPC of ours with a public and a private subnet in each zone.
    fn own(cidr: String, zones: &[String]) -> Self {
        let place = |zone: &String, private: bool| Place {
            name: zone.clone(),
            zone: zone.clone(),
            id: Text::id(&if private {
                private_subnet(zone)
            } else {
                public_subnet(zone)
            }),
            way_out: way_out(zone, private),
        };
        Self {
            vpc: Text::id(&Key::VPC),
            cidr,
            public: zones.iter().map(|zone| place(zone, false)).collect(),
            private: zones.iter().map(|zone| place(zone, true)).collect(),
        }
    }

    /// The subnets of nodes that are private, or are not.
    pub(super) fn places(&self, private: bool) -> &[Place] {
        if private { &self.private } else { &self.public }
    }
}

impl Build<'_> {
    /// The zones of the subnets: those of the config; else those that the cluster has; else the first three (two in
    /// us-east-1) that offer every instance type. eksctl takes three of these at random.
    pub(super) fn zones(&mut self, config: &ClusterConfig, asked: &[String]) -> Vec<String> {
        if !asked.is_empty() {
            let mut zones = asked.to_vec();
            let mut seen = std::collections::BTreeSet::new();
            zones.retain(|zone| seen.insert(zone.clone()));
            return zones;
        }
        if !self.facts.present.zones.is_empty() {
            return self.facts.present.zones.clone();
        }
        let groups: Vec<_> = config
            .all_node_groups()
            .map(|group| instance_types(&group))
            .collect();
        let suits = |zone: &&String| {
            groups
                .iter()
                .flatten()
                .all(|name| self.facts.offers_all(zone, &[name]))
        };
        let wanted = if self.desired.region == "us-east-1" { 2 } else { 3 };
        let zones: Vec<String> = self
            .facts
            .zones
            .iter()
            .filter(suits)
            .take(wanted)
            .cloned()
            .collect();
        if zones.len() < 2 {
            let message = format!(
                "fewer than 2 zones of `{}` offer every instance type",
                self.desired.region
            );
            let help = "name the zones in `availabilityZones`, or use other instance types";
            self.refuse(support::ZONES, Path::root().key("nodeGroups"), message, help);
        }
        zones
    }

    pub(super) fn network(&mut self, config: &ClusterConfig, vpc: &ClusterVPC) {
        let is_given = vpc
            .subnets
            .as_ref()
            .is_some_and(|subnets| !(subnets.private.is_empty() && subnets.public.is_empty()));
        if is_given {
            return self.given_network(vpc);
        }
        if !vpc.id.or_empty().is_empty() {
            let message = "a VPC is given without its subnets".to_owned();
            let help = "name the subnets in `vpc.subnets`, at least two of different zones";
            return self.refuse(support::NETWORK, Path::root().key("vpc").key("id"), message, help);
        }
        let zones = self.zones(config, &config.availability_zones);
        self.own_network(vpc, &zones);
    }

    fn own_network(&mut self, vpc: &ClusterVPC, zones: &[String]) {
        let ClusterVPC {
            id: _,
            cidr,
            ipv6_cidr: _,
            ipv6_pool: _,
            security_group: _,
            subnets: _,
            hostname_type,
            extra_cidrs: _,
            extra_ipv6_cidrs: _,
            shared_node_security_group: _,
            manage_shared_node_security_group_rules: _,
            auto_allocate_ipv6: _,
            nat,
            cluster_endpoints: _,
            public_access_cidrs: _,
            control_plane_subnet_ids: _,
            control_plane_on_private_subnets: _,
            control_plane_security_group_ids: _,
            control_plane_egress_mode: _,
        } = vpc;
        let cidr = if cidr.or_empty().is_empty() {
            CIDR
        } else {
            cidr.or_empty()
        };
        let pieces = Cidr::parse(cidr).and_then(|range| Some((range, range.subnets(zones.len())?)));
        let Some((range, (public, private))) = pieces else {
            if zones.len() >= 2 {
                let message = format!("`{cidr}` cannot be cut into subnets for {} zones", zones.len());
                let help = "use a range of size /16 to /24, and at most 8 zones";
                self.refuse(
                    support::SUBNETS,
                    Path::root().key("vpc").key("cidr"),
                    message,
                    help,
                );
            }
            return;
        };
        let tags = self.tags.clone();
        let cidr_block = range.to_string();
        self.add(
            Key::VPC,
            Vpc {
                cidr_block,
                enable_dns_hostnames: true,
                enable_dns_support: true,
                tags,
            },
        );
        self.internet_gateway();
        self.network = Network::own(range.to_string(), zones);
        for ((zone, public), private) in zones.iter().zip(public).zip(private) {
            self.subnet(zone, public, hostname_type.as_deref(), false);
            self.subnet(zone, private, hostname_type.as_deref(), true);
        }
        self.nat(nat.clone().unwrap_or_default(), zones);
    }

    /// The way from private subnets to the internet.
    fn nat(&mut self, nat: ClusterNAT, zones: &[String]) {
        let ClusterNAT { gateway } = nat;
        match gateway.or_empty() {
            "Disable" => {}
            "HighlyAvailable" => {
                for zone in zones {
                    let gateway = self.nat_gateway(zone, &part(zone));
                    self.private_route(zone, &gateway);
                }
            }
            _ => {
                if let Some(first) = zones.first() {
                    let gateway = self.nat_gateway(first, "");
                    zones.iter().for_each(|zone| self.private_route(zone, &gateway));
                }
            }
        }
    }

    fn internet_gateway(&mut self) {
        let tags = self.tags.clone();
        self.add(Key::INTERNET_GATEWAY, InternetGateway { tags });
        let internet_gateway_id = Text::id(&Key::INTERNET_GATEWAY);
        let vpc_id = Text::id(&Key::VPC);
        self.add(
            Key::GATEWAY_ATTACHMENT,
            GatewayAttachment {
                internet_gateway_id,
                vpc_id,
            },
        );
        let tags = self.tags.clone();
        self.add(
            Key::PUBLIC_ROUTE_TABLE,
            RouteTable {
                vpc_id: Text::id(&Key::VPC),
                tags,
            },
        );
        let route = Route {
            route_table_id: Text::id(&Key::PUBLIC_ROUTE_TABLE),
            destination_cidr_block: EVERYWHERE.to_owned(),
            gateway_id: Some(Text::id(&Key::INTERNET_GATEWAY)),
            nat_gateway_id: None,
        };
        self.add_after(Key::PUBLIC_SUBNET_ROUTE, route, [Key::GATEWAY_ATTACHMENT]);
    }

    /// A subnet with its use of a route table; private ones have a table each.
    fn subnet(&mut self, zone: &str, cidr_block: String, hostname_type: Option<&str>, private: bool) {
        let (key, role) = if private {
            (private_subnet(zone), "kubernetes.io/role/internal-elb")
        } else {
            (public_subnet(zone), "kubernetes.io/role/elb")
        };
        let mut tags = self.tags.clone();
        tags.insert(role.to_owned(), "1".to_owned());
        let hostname_type = hostname_type
            .filter(|name| !name.is_empty() && *name != IP_NAME)
            .map(str::to_owned);
        let subnet = Subnet {
            availability_zone: zone.to_owned(),
            cidr_block,
            map_public_ip_on_launch: !private,
            private_dns_name_options_on_launch: hostname_type
                .map(|hostname_type| PrivateDnsNameOptions { hostname_type }),
            vpc_id: Text::id(&Key::VPC),
            tags,
        };
        self.add(key.clone(), subnet);
        let table = if private {
            let table = Key::new(format!("PrivateRouteTable{}", part(zone)));
            let tags = self.tags.clone();
            self.add(
                table.clone(),
                RouteTable {
                    vpc_id: Text::id(&Key::VPC),
                    tags,
                },
            );
            table
        } else {
            Key::PUBLIC_ROUTE_TABLE
        };
        let side = if private { "Private" } else { "Public" };
        let association = RouteTableAssociation {
            route_table_id: Text::id(&table),
            subnet_id: Text::id(&key),
        };
        self.add(
            Key::new(format!("RouteTableAssociation{side}{}", part(zone))),
            association,
        );
    }

    fn nat_gateway(&mut self, zone: &str, suffix: &str) -> Key {
        let address = Key::new(format!("NATIP{suffix}"));
        let tags = self.tags.clone();
        // AWS would give an address without the gateway too, but not let it be used.
        self.add_after(address.clone(), Eip { tags }, [Key::GATEWAY_ATTACHMENT]);
        let gateway = Key::new(format!("NATGateway{suffix}"));
        let tags = self.tags.clone();
        let allocation_id = Text::hole(&address, Attribute::AllocationId);
        let subnet_id = Text::id(&public_subnet(zone));
        // Without a route out of its subnet it is made, and fails minutes later.
        let ready = [Key::GATEWAY_ATTACHMENT, Key::PUBLIC_SUBNET_ROUTE];
        self.add_after(
            gateway.clone(),
            NatGateway {
                allocation_id,
                subnet_id,
                tags,
            },
            ready,
        );
        gateway
    }

    fn private_route(&mut self, zone: &str, gateway: &Key) {
        let route = Route {
            route_table_id: Text::id(&Key::new(format!("PrivateRouteTable{}", part(zone)))),
            destination_cidr_block: EVERYWHERE.to_owned(),
            gateway_id: None,
            nat_gateway_id: Some(Text::id(gateway)),
        };
        self.add(Key::new(format!("NATPrivateSubnetRoute{}", part(zone))), route);
    }
}
