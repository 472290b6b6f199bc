//! Placement groups, and the network cards of what is put in them.

use super::invalid;
use crate::{
    operations::ec2::{
        CreatePlacementGroup, DeletePlacementGroup, DescribePlacementGroups,
        InstanceNetworkInterfaceSpecification, LaunchTemplateData, PlacementGroup, Tag,
    },
    sandbox::{
        Answer, Refusal,
        shelf::{Described, Seen},
        tags,
        world::{Region, World},
    },
};
use lb_model::catalog::Catalog;

impl Described for PlacementGroup {
    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn passes(&self, filter: &str, test: &dyn Fn(&str) -> bool) -> Option<bool> {
        Some(match filter {
            "group-name" => test(&self.group_name),
            "strategy" => test(&self.strategy),
            "state" => test(&self.state),
            _ => return None,
        })
    }
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(
        "InvalidPlacementGroup.Unknown",
        format!("The placement group '{name}' is unknown."),
    )
}

impl Region {
    /// A placement group that was there before, of the strategy that takes least.
    pub(super) fn give_placement_group(&mut self, name: &str) {
        let group = PlacementGroup {
            group_id: format!("pg-{}", self.placements.len()),
            group_name: name.to_owned(),
            strategy: "cluster".into(),
            state: "available".into(),
            tags: Vec::new(),
        };
        self.placements.insert(name, group, Seen::ALWAYS);
    }
}

impl World<'_> {
    pub(super) fn create_placement_group(&mut self, input: CreatePlacementGroup) -> Answer<PlacementGroup> {
        let name = input.group_name;
        if name.is_empty() || name.len() > 255 || !name.is_ascii() {
            return Err(invalid(format!(
                "Value ({name}) for parameter groupName is invalid."
            )));
        }
        if !["cluster", "spread", "partition"].contains(&input.strategy.as_str()) {
            return Err(invalid(format!(
                "Value ({}) for parameter strategy is invalid.",
                input.strategy
            )));
        }
        if self.region.placements.get(&name).is_some() {
            return Err(Refusal::new(
                "InvalidPlacementGroup.Duplicate",
                format!("The placement group '{name}' already exists."),
            ));
        }
        let group = PlacementGroup {
            group_id: self.random.id("pg"),
            group_name: name.clone(),
            strategy: input.strategy,
            state: "available".into(),
            tags: tags::at_creation(&input.tag_specifications, "placement-group")?,
        };
        let seen = self.fresh();
        self.region.placements.insert(name, group.clone(), seen);
        Ok(group)
    }

    pub(super) fn describe_placement_groups(
        &mut self,
        input: DescribePlacementGroups,
    ) -> Answer<Vec<PlacementGroup>> {
        let found = self
            .region
            .placements
            .describe(&input.group_names, &input.filters, self.now, unknown)?;
        Ok(found.into_iter().cloned().collect())
    }

    pub(super) fn delete_placement_group(&mut self, input: DeletePlacementGroup) -> Answer<()> {
        let name = &input.group_name;
        if self.region.placements.named(name, self.now).is_none() {
            return Err(unknown(name));
        }
        let mut machines = self.region.machines.values();
        if machines.any(|machine| machine.is_in(name) && machine.shape.state.name != "terminated") {
            return Err(Refusal::new(
                "InvalidPlacementGroup.InUse",
                format!("The placement group '{name}' is in use and may not be deleted."),
            ));
        }
        self.region.placements.remove(name);
        Ok(())
    }

    /// Whether what a template says of placement and network cards fits the type that it starts.
    pub(in crate::sandbox) fn check_placement(&self, data: &LaunchTemplateData) -> Answer<()> {
        let placement = data.placement.as_ref();
        let name = placement.and_then(|placement| placement.group_name.as_deref());
        if let Some(name) = name.filter(|name| self.region.placements.named(name, self.now).is_none()) {
            return Err(unknown(name));
        }
        let instance_type = data.instance_type.as_deref().unwrap_or_default();
        for interface in &data.network_interfaces {
            check_card(interface, instance_type)?;
        }
        Ok(())
    }

    /// Whether a zone is the one of the group: the instances of a cluster are all in one.
    pub(in crate::sandbox) fn fits_placement(&self, data: &LaunchTemplateData, zone: &str) -> Answer<()> {
        let placement = data.placement.as_ref();
        let name = placement.and_then(|placement| placement.group_name.as_deref());
        let group = name.and_then(|name| self.region.placements.get(name));
        let Some(group) = group.filter(|group| group.strategy == "cluster") else {
            return Ok(());
        };
        let mut living = self.region.machines.values().filter(|machine| machine.lives());
        let other = living.find(|machine| {
            machine.is_in(&group.group_name) && machine.shape.placement.availability_zone != zone
        });
        other.map_or(Ok(()), |other| {
            let taken = &other.shape.placement.availability_zone;
            Err(invalid(format!(
                "Instances in the {} Placement Group must be launched in the {taken} Availability Zone. Specify the \
                 {taken} Availability Zone and try again.",
                group.group_name
            )))
        })
    }
}

/// Whether an instance type has the card of an interface, and takes an adapter on it if it is one. Only the first
/// interface of an instance has device 0.
fn check_card(interface: &InstanceNetworkInterfaceSpecification, instance_type: &str) -> Answer<()> {
    let card = interface.network_card_index.unwrap_or(0);
    let efa = Catalog::builtin().efa(instance_type);
    let (first, adapters) = efa.map_or((0, 0), |efa| (i64::from(efa.first_card), i64::from(efa.adapters)));
    let takes = (first..first + adapters).contains(&card);
    if (interface.device_index == Some(0)) != (card == 0) {
        return Err(invalid(
            "Only the interface of network card 0 can have device index 0.",
        ));
    }
    match interface.interface_type.as_deref() {
        Some("efa") if efa.is_none() => Err(Refusal::new(
            "InvalidParameterCombination",
            format!("{instance_type} instances do not support Elastic Fabric Adapters."),
        )),
        Some("efa") if !takes => Err(Refusal::new(
            "InvalidParameterCombination",
            format!("Network card {card} of {instance_type} does not support Elastic Fabric Adapters."),
        )),
        Some("efa" | "interface") | None => Ok(()),
        Some(other) => Err(invalid(format!(
            "Value ({other}) for parameter interfaceType is invalid."
        ))),
    }
}
