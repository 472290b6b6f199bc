//! A VPC that was there before, and the subnets that the config names in it (eksctl's `pkg/vpc`).

use super::{
    Build,
    cidr::Cidr,
    network::{Network, Place},
};
use crate::{
    facts::{GivenNetwork, GivenSubnet},
    support,
    text::Text,
};
use lb_model::{
    config::{AZSubnetSpec, ClusterSubnets, ClusterVPC, OrEmpty},
    path::Path,
    schema::Map,
};
use std::collections::BTreeSet;

/// How a subnet is found.
enum By<'a> {
    Id(&'a str),
    Cidr(&'a str),
    Zone(&'a str),
}

/// Its name is its zone where nothing else says how to find it, as eksctl has it.
fn by<'a>(name: &'a str, spec: &'a AZSubnetSpec) -> By<'a> {
    match (spec.id.or_empty(), spec.cidr.or_empty(), spec.az.or_empty()) {
        ("", "", "") => By::Zone(name),
        ("", "", zone) => By::Zone(zone),
        ("", cidr, _) => By::Cidr(cidr),
        (id, _, _) => By::Id(id),
    }
}

/// The same range, however its address is written.
fn same_range(one: &str, other: &str) -> bool {
    let range = |text: &str| Cidr::parse(text).map_or_else(|| text.to_owned(), |range| range.to_string());
    range(one) == range(other)
}

impl Build<'_> {
    pub(super) fn given_network(&mut self, vpc: &ClusterVPC) {
        let path = Path::root().key("vpc");
        let ClusterSubnets { private, public } = vpc.subnets.clone().unwrap_or_default();
        let Some(given) = self.facts.network.clone() else {
            if self.facts.assumed {
                self.network = assumed(vpc, &private, &public);
            } else {
                let message = match vpc.id.or_empty() {
                    "" => "the subnets are not in this account and region".to_owned(),
                    id => format!("there is no VPC `{id}` in this account and region"),
                };
                let help = "name a VPC and subnets of this account and region";
                self.refuse(support::NETWORK, path.key("subnets"), message, help);
            }
            return;
        };
        let asked = vpc.cidr.or_empty();
        if !asked.is_empty() && !same_range(asked, &given.cidr) {
            let message = format!(
                "VPC `{}` has the addresses {}, not `{asked}`",
                given.vpc, given.cidr
            );
            let help = "leave `vpc.cidr` out, or write the VPC's own";
            self.refuse(support::NETWORK, path.key("cidr"), message, help);
        }
        let subnets = path.key("subnets");
        let private = self.given_places(&given, &private, &subnets.key("private"));
        let public = self.given_places(&given, &public, &subnets.key("public"));
        let all = private.iter().chain(&public);
        let zones: BTreeSet<&str> = all.map(|place| place.zone.as_str()).collect();
        if zones.len() == 1 {
            let message = "the subnets are all in one zone, and EKS needs two".to_owned();
            let help = "add a subnet of another zone";
            self.refuse(support::NETWORK, subnets, message, help);
        }
        self.network = Network {
            vpc: Text::from(given.vpc),
            cidr: given.cidr,
            public,
            private,
        };
    }

    fn given_places(&mut self, given: &GivenNetwork, named: &Map<AZSubnetSpec>, path: &Path) -> Vec<Place> {
        let mut places = Vec::new();
        for (name, spec) in named.iter() {
            match find(given, name, spec) {
                Ok(subnet) => places.push(Place {
                    name: name.clone(),
                    zone: subnet.zone.clone(),
                    id: Text::from(subnet.id.as_str()),
                    way_out: Vec::new(),
                }),
                Err(message) => {
                    let help = "name each subnet by its `id`";
                    self.refuse(support::NETWORK, path.key(name), message, help);
                }
            }
        }
        places
    }
}

/// The subnet that an entry means, or why it means none.
fn find<'a>(given: &'a GivenNetwork, name: &str, spec: &AZSubnetSpec) -> Result<&'a GivenSubnet, String> {
    let fits = |subnet: &&GivenSubnet| match by(name, spec) {
        By::Id(id) => subnet.id == id,
        By::Cidr(cidr) => same_range(&subnet.cidr, cidr),
        By::Zone(zone) => subnet.zone == zone,
    };
    let mut found = given.subnets.iter().filter(fits);
    let said = match by(name, spec) {
        By::Id(id) => format!("`{id}`"),
        By::Cidr(cidr) => cidr.to_owned(),
        By::Zone(zone) => format!("in `{zone}`"),
    };
    let Some(subnet) = found.next() else {
        return Err(format!("VPC `{}` has no subnet {said}", given.vpc));
    };
    if found.next().is_some() {
        return Err(format!("VPC `{}` has several subnets {said}", given.vpc));
    }
    let (cidr, zone) = (spec.cidr.or_empty(), spec.az.or_empty());
    if !cidr.is_empty() && !same_range(&subnet.cidr, cidr) {
        return Err(format!(
            "subnet `{}` has the addresses {}, not `{cidr}`",
            subnet.id, subnet.cidr
        ));
    }
    if !zone.is_empty() && subnet.zone != zone {
        return Err(format!(
            "subnet `{}` is in `{}`, not in `{zone}`",
            subnet.id, subnet.zone
        ));
    }
    Ok(subnet)
}

/// What is planned for a given network when nobody can be asked: what the config itself says.
fn assumed(vpc: &ClusterVPC, private: &Map<AZSubnetSpec>, public: &Map<AZSubnetSpec>) -> Network {
    let place = |(name, spec): (&String, &AZSubnetSpec)| Place {
        name: name.clone(),
        zone: match spec.az.or_empty() {
            "" => name.clone(),
            zone => zone.to_owned(),
        },
        id: match by(name, spec) {
            By::Id(id) => Text::from(id),
            By::Cidr(found) | By::Zone(found) => Text::from(format!("subnet:{found}")),
        },
        way_out: Vec::new(),
    };
    let named = |text: &str, other: &str| if text.is_empty() { other } else { text }.to_owned();
    Network {
        vpc: Text::from(named(vpc.id.or_empty(), "vpc:given")),
        cidr: named(vpc.cidr.or_empty(), "192.168.0.0/16"),
        public: public.iter().map(place).collect(),
        private: private.iter().map(place).collect(),
    }
}
