//! Nodes with Elastic Fabric Adapters (eksctl's `efa.go` and `network_interfaces.go`): one adapter a network card, a
//! security group in which they talk, and a placement group that keeps the nodes together.

use super::Build;
use crate::{
    key::Key,
    objects::{EgressRule, NetworkInterface, Peer, PlacementGroup, Tags, Traffic},
    support,
    text::Text,
};
use lb_model::{
    catalog::minor,
    config::{self, NodeGroupRef, OrEmpty},
};

/// From this minor version of Kubernetes on, the security group that EKS makes is enough for the nodes that EKS starts.
const BUILT_IN_SINCE: u32 = 33;

/// Whether a group's nodes have Elastic Fabric Adapters.
pub(super) fn is_enabled(group: &NodeGroupRef<'_>) -> bool {
    group.efa_enabled.unwrap_or(false)
}

impl Build<'_> {
    /// The group in which the adapters of a nodegroup talk to each other and to nobody else, where one is needed.
    pub(super) fn efa_security_group(&mut self, group: &NodeGroupRef<'_>, tags: &Tags) -> Option<Text> {
        let built_in =
            group.as_managed().is_some() && minor(&self.version).is_some_and(|minor| minor >= BUILT_IN_SINCE);
        if !is_enabled(group) || built_in {
            return None;
        }
        let key = Key::nodegroup(group.name, "EFASG");
        self.group(
            key.clone(),
            "between the Elastic Fabric Adapters of this nodegroup",
            false,
            tags,
        );
        let adapters = Text::id(&key);
        let peer = || Peer::Group(adapters.clone());
        self.ingress(&adapters, &Traffic::All, peer(), "adapters among themselves");
        let out = EgressRule::new(
            adapters.clone(),
            &Traffic::All,
            peer(),
            "adapters among themselves",
        );
        self.add(out.key(), out);
        Some(adapters)
    }

    /// The interfaces of a group's nodes: one for each card on which every instance type takes an adapter, the first card's
    /// always. Only that one is device 0.
    pub(super) fn efa_interfaces(
        &mut self,
        group: &NodeGroupRef<'_>,
        groups: &[Text],
    ) -> Vec<NetworkInterface> {
        let path = group.path().key("efaEnabled");
        let types = super::instance_types(group);
        let (mut first, mut end) = (0, u32::from(u8::MAX));
        for name in &types {
            let Some(efa) = self.facts.efa(name, self.catalog) else {
                let message = format!("`{name}` takes no Elastic Fabric Adapter");
                let help = "use an instance type that does, such as `c5n.18xlarge` or `g5.48xlarge`";
                self.refuse(support::EFA, path, message, help);
                return Vec::new();
            };
            first = first.max(efa.first_card);
            end = end.min(efa.first_card.saturating_add(efa.adapters));
        }
        if first >= end {
            let types = types.join("`, `");
            let message = format!("no network card takes an Elastic Fabric Adapter in all of `{types}`");
            self.refuse(
                support::EFA,
                path,
                message,
                "give each of them a nodegroup of its own",
            );
            return Vec::new();
        }
        if end > 1 && !group.private_networking.unwrap_or(false) {
            let message = format!(
                "nodes with {end} network interfaces get no public address, and without one they cannot join"
            );
            self.refuse(support::EFA, path, message, "set `privateNetworking: true`");
        }
        let cards = (0..end).filter(|card| *card == 0 || *card >= first);
        cards
            .filter_map(|card| u8::try_from(card).ok())
            .map(|card| NetworkInterface {
                device_index: u8::from(card > 0),
                network_card_index: card,
                interface_type: (u32::from(card) >= first).then(|| "efa".to_owned()),
                groups: groups.to_vec(),
            })
            .collect()
    }

    /// The placement group of a nodegroup's nodes: that of the config, or one that keeps nodes with adapters together.
    /// Reserved capacity that EKS starts nodes in has its place already.
    pub(super) fn placement_group(&mut self, group: &NodeGroupRef<'_>, tags: &Tags) -> Option<Text> {
        if let Some(placement) = group.placement {
            let config::Placement {
                group_name,
                // Of Outposts only.
                spread_level: _,
            } = placement;
            let name = group_name.or_empty();
            return (!name.is_empty()).then(|| Text::from(name));
        }
        let reserved = group.as_managed().is_some() && group.capacity_reservation.is_some();
        if !is_enabled(group) || reserved {
            return None;
        }
        let key = Key::nodegroup(group.name, "NodeGroupPlacementGroup");
        let placement = PlacementGroup {
            group_name: self.names.object(&key),
            strategy: "cluster".to_owned(),
            tags: tags.clone(),
        };
        self.add(key.clone(), placement);
        Some(Text::id(&key))
    }
}
