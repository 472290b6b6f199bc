//! The subnets of a nodegroup (eksctl's `SelectNodeGroupSubnets`).

use super::{Build, efa, network::Place};
use crate::{support, text::Text};
use lb_model::{config::NodeGroupRef, path::Path};

/// What a nodegroup says of where its nodes go.
struct Wish<'a> {
    name: &'a str,
    private: bool,
    /// Every instance type that it may start.
    types: Vec<&'a str>,
    /// Where the config says so.
    path: Path,
}

impl Build<'_> {
    /// The subnets of a nodegroup: those that it names, or all whose zone offers every one of its instance types.
    pub(super) fn places(&mut self, group: &NodeGroupRef<'_>) -> Vec<Place> {
        let wish = Wish {
            name: group.name,
            private: group.private_networking.unwrap_or(false),
            types: super::instance_types(group),
            path: group.path(),
        };
        let usual = self.network.places(wish.private).to_vec();
        if group.availability_zones.is_empty() && group.subnets.is_empty() {
            let offers = |place: &Place| self.facts.offers_all(&place.zone, &wish.types);
            let places: Vec<Place> = usual.iter().filter(|place| offers(place)).cloned().collect();
            if places.is_empty() {
                self.no_place(&wish, usual.is_empty());
            }
            return places;
        }
        let mut places = Vec::new();
        for (index, zone) in group.availability_zones.iter().enumerate() {
            let path = wish.path.key("availabilityZones").index(index);
            let found: Vec<Place> = usual
                .iter()
                .filter(|place| place.zone == *zone)
                .cloned()
                .collect();
            if found.is_empty() && !usual.is_empty() {
                let message = format!("the cluster has no subnet for `{}` in `{zone}`", wish.name);
                let help = "name a zone of the cluster's subnets";
                self.refuse(support::ZONES, path, message, help);
            } else {
                self.must_offer(&wish, zone, path);
            }
            places.extend(found);
        }
        for (index, name) in group.subnets.iter().enumerate() {
            let path = wish.path.key("subnets").index(index);
            match self.named_place(&wish, name) {
                Ok(place) => {
                    self.must_offer(&wish, &place.zone, path);
                    places.push(place);
                }
                Err((message, help)) => self.refuse(support::NETWORK, path, message, help),
            }
        }
        // What adapters say to each other stays in one subnet.
        if efa::is_enabled(group) {
            places.truncate(1);
        }
        places
    }

    fn no_place(&mut self, wish: &Wish<'_>, no_subnets: bool) {
        let elsewhere = !self.network.places(!wish.private).is_empty();
        let types = wish.types.join("`, `");
        if !no_subnets {
            let message = format!("no zone of `{}` offers `{types}`", wish.name);
            let help = "use another instance type, or other zones in `availabilityZones`";
            let key = if wish.types.len() > 1 {
                "instanceTypes"
            } else {
                "instanceType"
            };
            self.refuse(support::ZONES, wish.path.key(key), message, help);
        } else if elsewhere {
            let (kind, other) = if wish.private {
                ("private", "remove `privateNetworking`")
            } else {
                ("public", "set `privateNetworking: true`")
            };
            let message = format!("the cluster has no {kind} subnet for `{}`", wish.name);
            let path = wish.path.key("privateNetworking");
            self.refuse(support::NETWORK, path, message, other);
        }
    }

    fn must_offer(&mut self, wish: &Wish<'_>, zone: &str, path: Path) {
        if !self.facts.offers_all(zone, &wish.types) {
            let message = format!("`{zone}` does not offer `{}`", wish.types.join("`, `"));
            self.refuse(support::ZONES, path, message, "name another zone");
        }
    }

    /// The subnet that a nodegroup names: one of the cluster's by name or id, or another one of its VPC by id.
    fn named_place(&self, wish: &Wish<'_>, name: &str) -> Result<Place, (String, &'static str)> {
        let is = |place: &&Place| place.name == name || place.id.as_literal() == Some(name);
        let of = |private: bool| self.network.places(private).iter().find(is).cloned();
        if let Some(place) = of(wish.private) {
            return Ok(place);
        }
        if let Some(place) = of(!wish.private) {
            if wish.private {
                return Ok(place);
            }
            let message = format!("subnet `{name}` is a private one, and `{}` is not", wish.name);
            return Err((message, "set `privateNetworking: true`"));
        }
        let given = self.facts.network.as_ref();
        let found = given.and_then(|given| given.subnets.iter().find(|subnet| subnet.id == name));
        match found {
            Some(subnet) => Ok(Place {
                name: name.to_owned(),
                zone: subnet.zone.clone(),
                id: Text::from(name),
                way_out: Vec::new(),
            }),
            // Without an account the config is believed.
            None if self.facts.assumed && name.starts_with("subnet-") => Ok(Place {
                name: name.to_owned(),
                zone: String::new(),
                id: Text::from(name),
                way_out: Vec::new(),
            }),
            None => {
                let message = format!("the cluster's VPC has no subnet `{name}`");
                Err((message, "use a name or an id from `vpc.subnets`"))
            }
        }
    }
}
